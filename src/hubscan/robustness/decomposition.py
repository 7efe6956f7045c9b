"""Why a rank changed between two runs: output, boundary, method, indicators; exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan import count, rank
from hubscan.errors import InputError
from hubscan.profile.matching import overlapping_clusters
from hubscan.robustness import links
from hubscan.robustness.outcome import outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.edition import Edition
    from hubscan.robustness.bootstrap import Base
    from hubscan.robustness.outcome import Outcome

    Floats = NDArray[np.float64]

PARTS: Final = ("indicators", "method", "boundary", "own_output", "others_output")
"""The parts of a change of rank."""


class States(NamedTuple):
    """
    What a change of rank is taken apart with, one entry a cluster of the later run.

    Attributes
    ----------
    before
        Rank in the earlier run.
    shared_before
        The same by the indicators that both runs have.
    method
        Rank of the earlier run's data under the later run's edition, by these indicators.
    early
        Totals of the earlier run's data in the later run's clusters, under that edition.
    shared_late
        Totals of the later run's data there, by the indicators that both runs have.
    late
        Totals of the later run.
    """

    before: Floats
    shared_before: Floats
    method: Floats
    early: Floats
    shared_late: Floats
    late: Floats


def rank_change_parts(states: States) -> pd.DataFrame:
    r"""
    Return the parts of every cluster's change of rank; they add up to it exactly.

    With positive numbers for a better rank, the change is *before* − *after*. It goes through fixed
    states: the earlier run; the same without indicators that the later one lacks
    (**indicators**); its data under the later edition (**method**); the same data counted in the
    later run's clusters (**boundary**); the later run's data there, which has two causes that come
    together, the cluster's **own output** and the **others'**, each with its Shapley value, the
    mean of its effect when it comes first and when it comes last; at last the indicators that the
    earlier run lacks (**indicators** too). Parts are whole or half ranks, which floats hold
    exactly.

    Parameters
    ----------
    states
        See :class:`States`.

    Returns
    -------
    parts
        ``before``, ``after`` (ranks), ``change``, ``indicators``, ``method``, ``boundary``,
        ``own_output``, ``others_output``. A cluster without a rank before has only ``after``.

    Examples
    --------
    A cluster that overtakes another by its own output alone:

    >>> ranks, early, late = np.array([1.0, 2]), np.array([5.0, 4]), np.array([5.0, 6])
    >>> states = States(ranks, ranks, ranks, early, late, late)
    >>> parts = rank_change_parts(states)
    >>> parts[["change", "own_output", "others_output"]].to_numpy().tolist()
    [[-1.0, 0.0, -1.0], [1.0, 1.0, 0.0]]
    """
    early, late = states.early, states.shared_late
    counted = rank.ranks(early, ties="min").astype(float)
    shared = rank.ranks(late, ties="min").astype(float)
    after = rank.ranks(states.late, ties="min").astype(float)
    # who is there with all indicators and with the later method alone lost its rank to neither
    without = np.where(np.isnan(states.shared_before), states.before, states.shared_before)
    own_first = _rank_of_each(own=late, others=early)
    own_last = _rank_of_each(own=early, others=late)
    own = ((counted - own_first) + (own_last - shared)) / 2.0
    others = ((counted - own_last) + (own_first - shared)) / 2.0
    known = ~np.isnan(states.before) & ~np.isnan(states.method)
    blank = np.where(known, 0.0, np.nan)
    return pd.DataFrame(
        {
            "before": states.before,
            "after": after.astype(int),
            "change": states.before - after + blank,
            "indicators": (states.before - without) + (shared - after) + blank,
            "method": without - states.method + blank,
            "boundary": states.method - counted + blank,
            "own_output": own + blank,
            "others_output": others + blank,
        }
    )


def rank_change(earlier: Base, later: Base) -> pd.DataFrame:
    """
    Return why each cluster's rank changed between two runs.

    Parameters
    ----------
    earlier, later
        Two runs, both with the evidence they were reduced from.

    Returns
    -------
    changes
        By rank in the later run: ``cluster`` (of the later run), ``cluster_before``, and the
        columns of :func:`rank_change_parts`.

    Raises
    ------
    HubscanError
        If the runs are of different regions, or have no indicator in common that shapes clusters.
    """
    once, covers = earlier.evidence.once, earlier.partial
    first, last = _with_shared_indicators(earlier.edition, later.edition)
    fewer = outcome(first, earlier.evidence, once, partial=covers)
    under = outcome(last, earlier.evidence, once, partial=covers)
    clusters = np.sort(later.found.ranking["cluster"].to_numpy(np.int64))
    before, source = _carried(earlier.found, later, clusters)
    inside = later.found.membership
    states = States(
        before,
        _carried(fewer, later, clusters)[0],
        _carried(under, later, clusters)[0],
        *(
            np.asarray(totals.reindex(clusters), float)
            for totals in (
                _counted_in(inside, earlier, last),
                _counted_in(inside, later, last),
                _totals(later.found.ranking),
            )
        ),
    )
    parts = rank_change_parts(states)
    parts.insert(0, "cluster", clusters)
    parts.insert(1, "cluster_before", pd.Series(source, dtype="Int64"))
    return parts.sort_values(["after", "cluster"], ignore_index=True)


def _rank_of_each(*, own: Floats, others: Floats) -> Floats:
    """Return the rank of each value of its own among the others' values."""
    ordered = np.sort(others)
    above = len(others) - np.searchsorted(ordered, own, side="right")
    return np.asarray(1.0 + above - (others > own), float)


def _with_shared_indicators(earlier: Edition, later: Edition) -> tuple[Edition, Edition]:
    """Return both editions with the indicators that both have."""
    if earlier.regional.economies != later.regional.economies:
        msg = "compare: the runs are of different regions: ranks of one region were needed"
        raise InputError(msg)
    shared = [name for name in later.indicators if name in earlier.indicators]
    for edition in (earlier, later):
        if not set(shared) & set(edition.weights.shaped_by):
            msg = (
                f"compare: {earlier.name} has {', '.join(earlier.indicators)} and {later.name} has "
                f"{', '.join(later.indicators)}: one that shapes clusters was needed in both"
            )
            raise InputError(msg)
    return earlier.restricted(shared), later.restricted(shared)


def _totals(ranking: pd.DataFrame) -> pd.Series[float]:
    return ranking.set_index("cluster")["total_share"]


def _counted_in(membership: pd.DataFrame, base: Base, e: Edition) -> pd.Series[float]:
    """Return the totals of a run's data in given clusters, by a given edition."""
    held = base.evidence
    once = held.once
    region = {"economies": e.regional.economies}
    mass = held.place_addresses(once, missing=e.count.missing, indicators=e.indicators, **region)
    assigned = count.assignment(mass, membership, **e.boundary)
    whole = links.cluster_documents(held, once, assigned)
    counts = count.counts(mass, whole, assigned, method=e.count.method)
    totals, by_country = held.weighted_totals(once), held.weighted_countries(once, **region)
    shared = count.universe(totals, by_country, mass, **region, of=e.regional.shares)
    world = count.world_totals(shared, denominator=e.count.denominator)
    return _totals(rank.ranking(counts, world, **e.size_rank(base.partial)))


def _carried(
    found: Outcome, later: Base, clusters: NDArray[np.int64]
) -> tuple[Floats, list[int | None]]:
    """Return ranks of a run, and its cluster ids, under the ids of the later run."""
    matches = overlapping_clusters(found.membership, later.found.membership)
    ranks = found.ranking.set_index("cluster")["rank"]
    known = matches.set_index("b")["a"]
    source = [int(known[c]) if c in known.index else None for c in clusters]
    return np.array([np.nan if a is None else float(ranks[a]) for a in source], float), source
