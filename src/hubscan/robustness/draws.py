"""How often each document occurs in a replicate: a function of seed and replicate alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.cluster.resample import resampled_weights
from hubscan.errors import InputError
from hubscan.robustness.evidence import Multiplicity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.robustness.evidence import Evidence

UNITS: Final = ("document", "year", "organisation")
"""What is drawn as a whole: each document by itself, or all that share a year or organisation."""

_COUNTED: Final = 1
_DRAWN_YEARS: Final = 2
"""These tell the generators of counts and of years from any other that is seeded alike."""


def drawn(evidence: Evidence, *, unit: str, seed: int, replicate: int) -> Multiplicity:
    r"""
    Return how often each document and each counted unit occurs in one replicate.

    Every document or organisation occurs a Poisson(1) number of times. Years are few, so that as
    many of them as there are are drawn with replacement, again if an indicator would be left
    without documents. A count of *n* documents at a place, which no unit can be told from, becomes
    :math:`\mathrm{Poisson}(n)` documents: it is assumed that they are independent.

    Parameters
    ----------
    evidence
        Documents and counts.
    unit
        ``"document"``: documents are independent; ``"year"``: those of one publication year occur
        together; ``"organisation"``: those whose first organisation is the same do (documents that
        name none are by themselves).
    seed
        At least 0; equal seeds give equal replicates.
    replicate
        Its number, at least 0. A replicate depends on its number and not on which others are drawn.

    Returns
    -------
    times
        See :class:`hubscan.robustness.evidence.Multiplicity`.

    Raises
    ------
    InputError
        If the unit is not known, or the evidence does not tell it.
    """
    block = blocks(evidence, unit=unit)
    if unit == "year":
        times = _years(evidence, block, seed=seed, replicate=replicate)
    else:
        number = int(block.max(initial=-1)) + 1
        times = resampled_weights(
            np.ones((1, number), np.int64),
            [1],
            keys=np.arange(number),
            seed=seed,
            replicates=range(replicate, replicate + 1),
        )[0]
    return Multiplicity(times[block], _counts(evidence, seed=seed, replicate=replicate))


def blocks(evidence: Evidence, *, unit: str) -> NDArray[np.int64]:
    """
    Return the block of each document, from 0: documents of one block occur together.

    Parameters
    ----------
    evidence, unit
        As for :func:`drawn`.

    Returns
    -------
    blocks
        One number a document.

    Raises
    ------
    InputError
        If the unit is not known, or the evidence has no such column.
    """
    documents = evidence.documents
    if unit not in UNITS:
        msg = f"bootstrap: unit = {unit!r}: must be one of {', '.join(UNITS)}"
        raise InputError(msg)
    if unit == "document":
        return np.arange(len(documents), dtype=np.int64)
    if unit not in documents or not len(documents):
        msg = f"bootstrap: the evidence has no {unit}s of documents: draw by document instead"
        raise InputError(msg)
    group = _grouped(evidence, unit)
    found = np.unique(group)
    few = 2
    if len(found) < few:
        msg = f"bootstrap: all documents are of one {unit}: draw by document instead"
        raise InputError(msg)
    return np.searchsorted(found, group).astype(np.int64)


def _grouped(evidence: Evidence, unit: str) -> NDArray[np.int64]:
    """Return the year or organisation of each document; those without one are by themselves."""
    if unit == "year":
        return evidence.documents["year"].fillna(0).to_numpy(np.int64)
    group = _first_organisations(evidence)
    alone = group <= 0
    group[alone] = group.max(initial=0) + 1 + np.arange(int(alone.sum()))
    return group


def _years(
    evidence: Evidence, block: NDArray[np.int64], *, seed: int, replicate: int
) -> NDArray[np.int64]:
    """Return how often each year is drawn: as many draws as years, every indicator among them."""
    kinds = evidence.documents["indicator"].cat.codes.to_numpy()
    number = int(block.max()) + 1
    has = np.zeros((int(kinds.max()) + 1, number), np.bool_)
    has[kinds, block] = True
    has = has[has.any(axis=1)]
    generator = np.random.default_rng([seed, replicate, _DRAWN_YEARS])
    while True:
        times = np.bincount(generator.integers(0, number, number), minlength=number)
        if (has @ times > 0).all():
            return times.astype(np.int64)


def _first_organisations(evidence: Evidence) -> NDArray[np.int64]:
    """Return the lowest number of an organisation that each document names; 0 for none."""
    named = evidence.rows["organisation"].fillna(0).to_numpy(np.int64)
    largest = np.iinfo(np.int64).max
    lowest = np.minimum.reduceat(np.where(named > 0, named, largest), evidence.begin[:-1])
    return np.where(lowest == largest, 0, lowest)


def _counts(evidence: Evidence, *, seed: int, replicate: int) -> NDArray[np.int64]:
    """Return the address units of counts at places, their documents drawn anew."""
    unit = evidence.counts["denominator"].to_numpy(np.int64)
    mean = evidence.counts["addresses"].to_numpy(np.int64) / unit
    generator = np.random.default_rng([seed, replicate, _COUNTED])
    return np.asarray(generator.poisson(mean) * unit, np.int64)
