"""Why a rank changed between two runs: own output, others' output, boundary, method; exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan import count, rank
from hubscan.profile.matching import overlapping_clusters
from hubscan.robustness import links
from hubscan.robustness.outcome import outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.robustness.bootstrap import Base
    from hubscan.robustness.outcome import Outcome

    Floats = NDArray[np.float64]

PARTS: Final = ("method", "boundary", "own_output", "others_output")
"""The parts of a change of rank, in the order in which they are taken."""


class States(NamedTuple):
    """
    What a change of rank is taken apart with, one entry a cluster of the later run.

    Attributes
    ----------
    before
        Rank in the earlier run.
    method
        Rank of the earlier run's data under the later run's edition.
    early
        Totals of the earlier run's data in the later run's clusters, under its edition.
    late
        Totals of the later run.
    """

    before: Floats
    method: Floats
    early: Floats
    late: Floats


def rank_change_parts(states: States) -> pd.DataFrame:
    r"""
    Return the parts of every cluster's change of rank; they add up to it exactly.

    With positive numbers for a better rank, the change is *before* − *after*. It goes through fixed
    states: the earlier run; its data under the later edition (**method**); the same data counted in
    the later run's clusters (**boundary**); the later run. The last step has two causes that come
    together, the cluster's **own output** and the **others'**; each has its Shapley value, the mean
    of its effect when it comes first and when it comes last. Parts are whole or half ranks, which
    floats hold exactly.

    Parameters
    ----------
    states
        See :class:`States`.

    Returns
    -------
    parts
        ``before``, ``after`` (ranks), ``change``, ``method``, ``boundary``, ``own_output``,
        ``others_output``. A cluster without a rank before has only ``after``.

    Examples
    --------
    A cluster that overtakes another by its own output alone:

    >>> states = States(
    ...     np.array([1.0, 2]), np.array([1.0, 2]), np.array([5.0, 4]), np.array([5.0, 6])
    ... )
    >>> parts = rank_change_parts(states)
    >>> parts[["change", "own_output", "others_output"]].to_numpy().tolist()
    [[-1.0, 0.0, -1.0], [1.0, 1.0, 0.0]]
    """
    early, late = states.early, states.late
    counted = rank.ranks(early, ties="min").astype(float)
    after = rank.ranks(late, ties="min").astype(float)
    own_first = _rank_of_each(own=late, others=early)
    own_last = _rank_of_each(own=early, others=late)
    own = ((counted - own_first) + (own_last - after)) / 2.0
    others = ((counted - own_last) + (own_first - after)) / 2.0
    known = ~np.isnan(states.before) & ~np.isnan(states.method)
    blank = np.where(known, 0.0, np.nan)
    return pd.DataFrame(
        {
            "before": states.before,
            "after": after.astype(int),
            "change": states.before - after + blank,
            "method": states.before - states.method + blank,
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
        If the later edition can't be applied to the earlier data, such as for want of an indicator.
    """
    under = outcome(later.edition, earlier.evidence, earlier.evidence.once, partial=earlier.partial)
    clusters = np.sort(later.found.ranking["cluster"].to_numpy(np.int64))
    early = _counted_in(earlier, later).reindex(clusters)
    late = later.found.ranking.set_index("cluster")["total_share"].reindex(clusters)
    before, source = _carried(earlier.found, later, clusters)
    method, _ = _carried(under, later, clusters)
    parts = rank_change_parts(
        States(before, method, np.asarray(early, float), np.asarray(late, float))
    )
    parts.insert(0, "cluster", clusters)
    parts.insert(1, "cluster_before", pd.Series(source, dtype="Int64"))
    return parts.sort_values(["after", "cluster"], ignore_index=True)


def _rank_of_each(*, own: Floats, others: Floats) -> Floats:
    """Return the rank of each value of its own among the others' values."""
    ordered = np.sort(others)
    above = len(others) - np.searchsorted(ordered, own, side="right")
    return np.asarray(1.0 + above - (others > own), float)


def _counted_in(earlier: Base, later: Base) -> pd.Series[float]:
    """Return the totals of the earlier data in the later clusters, by the later edition."""
    e, held = later.edition, earlier.evidence
    once = held.once
    region = {"economies": e.regional.economies}
    mass = held.place_addresses(once, missing=e.count.missing, **region)
    assigned = count.assignment(mass, later.found.membership, **e.boundary)
    whole = links.cluster_documents(held, once, assigned)
    counts = count.counts(mass, whole, assigned, method=e.count.method)
    totals, by_country = held.weighted_totals(once), held.weighted_countries(once, **region)
    shared = count.universe(totals, by_country, mass, **region, of=e.regional.shares)
    world = count.world_totals(shared, denominator=e.count.denominator)
    ranking = rank.ranking(counts, world, **e.size_rank(earlier.partial))
    return ranking.set_index("cluster")["total_share"]


def _carried(
    found: Outcome, later: Base, clusters: NDArray[np.int64]
) -> tuple[Floats, list[int | None]]:
    """Return ranks of a run, and its cluster ids, under the ids of the later run."""
    matches = overlapping_clusters(found.membership, later.found.membership)
    ranks = found.ranking.set_index("cluster")["rank"]
    known = matches.set_index("b")["a"]
    source = [int(known[c]) if c in known.index else None for c in clusters]
    return np.array([np.nan if a is None else float(ranks[a]) for a in source], float), source
