"""What documents join and where they are, each as often as it occurs: ties, and whole counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from hubscan.merge.tie import OUTSIDE
from hubscan.robustness._reduce import (
    distinct_clusters,
    documents_of_clusters,
    outside_pairs,
    pair_sums,
)
from hubscan.robustness.agreement import summed_cells
from hubscan.schema import NOISE
from hubscan.sphere import values_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from hubscan.robustness.evidence import Evidence, Multiplicity

    Integers = NDArray[np.int64]

_MOST_SUMS = 1 << 24
"""Pairs of clusters that are summed at a time: 128 MB."""
_TIES = ["a", "b", "indicator", "links"]


class _Part(NamedTuple):
    """The documents of one indicator: where the rows of each begin, places, and how often."""

    indicator: str
    begin: Integers
    places: NDArray[np.intp]
    times: Integers


def ties(
    evidence: Evidence, times: Multiplicity, assignment: pd.DataFrame, *, indicators: Sequence[str]
) -> pd.DataFrame:
    """
    Return the documents that join each pair of clusters.

    Parameters
    ----------
    evidence
        Documents.
    times
        How often each document occurs.
    assignment
        ``place``, ``cluster``; other places are noise.
    indicators
        Indicators whose documents are looked at.

    Returns
    -------
    ties
        Table ``ties``, by indicator, ``a`` and ``b``.
    """
    parts = []
    for part in _parts(evidence, times):
        if part.indicator in indicators:
            names, number = _numbered(evidence, assignment)
            of_part = (part.begin, part.places, number, part.times)
            step = max(1, _MOST_SUMS // max(1, len(names)))
            for first in range(0, len(names), step):
                lowest = (first, min(first + step, len(names)))
                sums = pair_sums(*of_part, lowest, len(names))
                lower, higher = np.nonzero(sums)
                ends_of = {"a": names[lower + first], "b": names[higher]}
                links_of = {"indicator": part.indicator, "links": sums[lower, higher].astype(float)}
                parts.append(pd.DataFrame({**ends_of, **links_of}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_TIES)


def outside_ties(  # noqa: PLR0913 - evidence and its weights, two tables and the rule
    evidence: Evidence,
    times: Multiplicity,
    assignment: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    max_gap_km: float,
    noise_rival: str,
    indicators: Sequence[str],
) -> pd.DataFrame:
    """
    Return the ties of neighbouring clusters with single places outside, if they compete.

    Parameters
    ----------
    evidence, times, assignment, indicators
        As for :func:`ties`.
    gaps, max_gap_km, noise_rival
        As for :func:`hubscan.merge.outside_ties`.

    Returns
    -------
    ties
        Table ``ties``, with ``a`` = -2 - place for each place outside.
    """
    near = gaps.loc[gaps["gap_km"] <= max_gap_km, ["a", "b"]].to_numpy(np.int64).ravel()
    wanted = np.unique(near)
    if noise_rival != "places" or not len(wanted):
        return pd.DataFrame(columns=_TIES)
    places = evidence.places[0]
    cluster = _cluster_of(places, assignment)
    # neighbours first, then each place outside, then clusters that are no neighbours
    label = pd.Index(wanted).get_indexer(pd.Index(cluster)).astype(np.int32)
    label[label < 0] = len(wanted) + len(places)
    outside = np.flatnonzero(cluster == NOISE)
    label[outside] = (len(wanted) + outside).astype(np.int32)
    parts = []
    for part in _parts(evidence, times):
        if part.indicator in indicators:
            found, ends = distinct_clusters(part.begin, part.places, label, part.times)
            b, place, links = outside_pairs(found, ends, part.times, len(wanted), len(places))
            cells = summed_cells(b, place, links)
            ends_of = {"a": OUTSIDE - places[cells.column], "b": wanted[cells.row]}
            links_of = {"indicator": part.indicator, "links": cells.total}
            parts.append(pd.DataFrame({**ends_of, **links_of}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_TIES)


def cluster_documents(
    evidence: Evidence, times: Multiplicity, assignment: pd.DataFrame
) -> pd.DataFrame:
    """
    Return the number of documents with an address in each cluster.

    Parameters
    ----------
    evidence
        Documents.
    times
        How often each document occurs.
    assignment
        ``indicator``, ``place``, ``cluster``; other places are noise.

    Returns
    -------
    cluster_documents
        ``cluster``, ``indicator``, ``documents``; only what occurs.
    """
    parts = []
    for part in _parts(evidence, times):
        of_part = assignment[assignment["indicator"] == part.indicator]
        if not len(of_part):
            continue
        names, number = _numbered(evidence, of_part)
        found, ends = distinct_clusters(part.begin, part.places, number, part.times)
        sums = documents_of_clusters(found, ends, part.times, len(names))
        table = pd.DataFrame({"cluster": names, "indicator": part.indicator, "documents": sums})
        parts.append(table[sums > 0])
    empty = pd.DataFrame(columns=["cluster", "indicator", "documents"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def _parts(evidence: Evidence, times: Multiplicity) -> Iterator[_Part]:
    """Give the documents of each indicator."""
    kinds = evidence.documents["indicator"].cat.codes.to_numpy()
    for code, indicator in enumerate(evidence.rows["indicator"].cat.categories):
        mine = np.flatnonzero(kinds == code)
        if len(mine):
            first, last = int(mine[0]), int(mine[-1]) + 1
            begin = evidence.begin[first : last + 1]
            rows = slice(int(begin[0]), int(begin[-1]))
            at = evidence.places[1][rows]
            yield _Part(str(indicator), begin - begin[0], at, times.documents[first:last])


def _numbered(evidence: Evidence, assignment: pd.DataFrame) -> tuple[Integers, NDArray[np.int32]]:
    """Return the cluster ids that places have, noise among them, and each place's among those."""
    clusters = _cluster_of(evidence.places[0], assignment)
    names, number = np.unique(clusters, return_inverse=True)
    return names, number.astype(np.int32)


def _cluster_of(places: Integers, assignment: pd.DataFrame) -> Integers:
    """Return the cluster of each place; noise if it has none."""
    return values_at(places, assignment["place"], assignment["cluster"], elsewhere=NOISE)
