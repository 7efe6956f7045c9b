"""Replicates of a run: documents drawn anew, the whole method run again, clusters known again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.profile.matching import overlapping_clusters
from hubscan.robustness.draws import drawn
from hubscan.robustness.identity import shared_mass
from hubscan.robustness.outcome import Outcome, outcome
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from hubscan.edition import Edition
    from hubscan.robustness.evidence import Evidence

ABSENT: Final = -2
"""The label of a place that a replicate has no address at."""

NEW: Final = 0
"""The label of places in a cluster that no cluster of the run goes on as."""


@dataclass(frozen=True)
class Base:
    """The run that replicates are compared with: its edition, evidence and results."""

    edition: Edition
    evidence: Evidence
    partial: tuple[str, ...]
    found: Outcome


class Replicates(NamedTuple):
    """
    What a number of replicates came to, in sums that add up over blocks of them.

    Attributes
    ----------
    ranks
        One row a replicate and cluster of the run that it has: ``replicate``, ``cluster``,
        ``rank``, ``total_share``.
    places
        One row a place of the run and label: ``place``, ``label`` (cluster of the run, -1 for
        noise, 0 for a new cluster, -2 for no address there), ``times``.
    joined
        One row a replicate and pair of clusters that are one in it: ``replicate``, ``a``, ``b``.
    sizes
        One row a replicate: ``replicate``, ``clusters``, ``before_merging``, ``merges``, ``new``,
        ``gone``.
    """

    ranks: pd.DataFrame
    places: pd.DataFrame
    joined: pd.DataFrame
    sizes: pd.DataFrame


def base_of(edition: Edition, evidence: Evidence, *, partial: Iterable[str]) -> Base:
    """
    Return a run as a base for replicates, its results found anew from the evidence.

    Parameters
    ----------
    edition
        Every number of the method.
    evidence
        Documents and counts.
    partial
        Indicators that cover a part of the world.

    Returns
    -------
    base
        Edition, evidence and results.
    """
    covers = tuple(partial)
    found = outcome(edition, evidence, evidence.once, partial=covers)
    return Base(edition, evidence, covers, found)


def replicates(base: Base, *, numbers: range, unit: str, seed: int) -> Replicates:
    """
    Return replicates of a run: every stage from place weights to ranks run on documents drawn anew.

    Parameters
    ----------
    base
        The run.
    numbers
        Numbers of the replicates; each depends on seed and number alone.
    unit, seed
        See :func:`hubscan.robustness.draws.drawn`.

    Returns
    -------
    replicates
        Tables, see :class:`Replicates`.
    """
    parts = [_replicate(base, number, unit=unit, seed=seed) for number in numbers]
    labels = np.array([part.labels for part in parts])
    return Replicates(
        pd.concat([part.ranks for part in parts], ignore_index=True),
        _label_counts(base.found.membership["place"].to_numpy(np.int64), labels),
        pd.concat([part.joined for part in parts], ignore_index=True),
        pd.DataFrame([part.sizes for part in parts]),
    )


def together(parts: list[Replicates]) -> Replicates:
    """
    Return blocks of replicates as one; the same however the replicates were cut into blocks.

    Parameters
    ----------
    parts
        In the order of their numbers.

    Returns
    -------
    replicates
        Rows in order, times added up.

    Raises
    ------
    InputError
        If there are none.
    """
    if not parts:
        msg = "bootstrap: there are no replicates: at least one is needed"
        raise InputError(msg)
    ranks, places, joined, sizes = map(_stacked, zip(*parts, strict=True))
    summed = places.groupby(["place", "label"], as_index=False, sort=True)[["times"]].sum()
    return Replicates(ranks, summed, joined, sizes)


def _stacked(tables: tuple[pd.DataFrame, ...]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True)


class _Replicate(NamedTuple):
    """One replicate: its ranks, the label of each place, pairs that are one, and numbers."""

    ranks: pd.DataFrame
    labels: NDArray[np.int64]
    joined: pd.DataFrame
    sizes: dict[str, int]


def _replicate(base: Base, number: int, *, unit: str, seed: int) -> _Replicate:
    times = drawn(base.evidence, unit=unit, seed=seed, replicate=number)
    found = outcome(base.edition, base.evidence, times, partial=base.partial)
    matches = overlapping_clusters(base.found.membership, found.membership)
    known = pd.Series(matches["a"].to_numpy(np.int64), index=matches["b"].to_numpy(np.int64))
    pairs = _joined(base.found.membership, found.membership)
    clusters = len(found.ranking)
    sizes = {
        "replicate": number,
        "clusters": clusters,
        "before_merging": int(found.dense["cluster"].max()),
        "merges": int(found.candidate_pairs["merged"].sum()),
        "new": clusters - len(matches),
        "gone": len(base.found.ranking) - len(matches),
    }
    return _Replicate(
        known_ranks(found.ranking, known).assign(replicate=number),
        _labels(base.found.membership, found.membership, known),
        pairs.assign(replicate=number)[["replicate", "a", "b"]],
        sizes,
    )


def known_ranks(ranking: pd.DataFrame, known: pd.Series[int]) -> pd.DataFrame:
    """
    Return ranks under the ids of the run's clusters; new clusters are left out.

    Parameters
    ----------
    ranking
        From :func:`hubscan.rank.ranking`.
    known
        The run's cluster of each cluster of the ranking that goes on from one.

    Returns
    -------
    ranks
        By ``cluster``: ``cluster``, ``rank``, ``total_share``.

    Examples
    --------
    >>> ranking = pd.DataFrame({"cluster": [1, 2], "rank": [1, 2], "total_share": [0.2, 0.1]})
    >>> known_ranks(ranking, pd.Series({2: 7})).to_numpy().tolist()
    [[7.0, 2.0, 0.1]]
    """
    table = ranking.loc[ranking["cluster"].isin(known.index), ["cluster", "rank", "total_share"]]
    renamed = table.assign(cluster=table["cluster"].map(known).astype(np.int64))
    return renamed.sort_values("cluster", ignore_index=True)


def _labels(before: pd.DataFrame, after: pd.DataFrame, known: pd.Series[int]) -> NDArray[np.int64]:
    """Return the run's cluster that each of the run's places is in, after."""
    after = after.assign(label=after["cluster"].map(known).fillna(NEW))
    after.loc[after["cluster"] == NOISE, "label"] = NOISE
    at = pd.Index(after["place"]).get_indexer(pd.Index(before["place"]))
    return np.asarray(np.append(after["label"].to_numpy(np.int64), ABSENT)[at])


def _joined(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of clusters before whose greater parts are one cluster after."""
    shared = shared_mass(before, after).sort_values(["overlap", "b"], ascending=[False, True])
    greater = shared.drop_duplicates("a")[["a", "b"]]
    pairs = greater.merge(greater, on="b", suffixes=("", "_other"))
    pairs = pairs[pairs["a"] < pairs["a_other"]].drop(columns="b")
    return pairs.rename(columns={"a_other": "b"}).sort_values(["a", "b"], ignore_index=True)


def _label_counts(places: NDArray[np.int64], labels: NDArray[np.int64]) -> pd.DataFrame:
    """Return how often each place has each label."""
    span = int(labels.max(initial=0)) - ABSENT + 1
    keys = np.arange(labels.shape[1], dtype=np.int64) * span + (labels - ABSENT)
    found, times = np.unique(keys, return_counts=True)
    return pd.DataFrame(
        {"place": places[found // span], "label": found % span + ABSENT, "times": times}
    )
