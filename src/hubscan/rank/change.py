"""How clusters stand against an earlier edition: ranks before, newcomers and leavers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan.rank.per_capita import rank_change
from hubscan.rank.size import old_method_rank

if TYPE_CHECKING:
    from collections.abc import Sequence


def with_old_method(ranking: pd.DataFrame, *, indicators: Sequence[str]) -> pd.DataFrame:
    """
    Return a ranking with the rank that each cluster has by the method before.

    Parameters
    ----------
    ranking
        From :func:`hubscan.rank.size.ranking`.
    indicators
        The indicators of the method before; those that are not ranked are passed over.

    Returns
    -------
    ranking
        With ``old_method_rank``, among all clusters of the ranking.
    """
    known = [name for name in indicators if f"share_{name}" in ranking]
    if not known:
        return ranking
    return ranking.assign(old_method_rank=old_method_rank(ranking, indicators=known))


def changes(
    ranking: pd.DataFrame,
    previous: pd.DataFrame,
    matches: pd.DataFrame,
    *,
    top: int,
    na_beyond: int,
) -> pd.DataFrame:
    """
    Return each cluster's ranks in an earlier ranking, and how they changed.

    Parameters
    ----------
    ranking, previous
        ``cluster``, ``name``, ``rank``, and ``intensity_rank`` if known.
    matches
        ``a`` (cluster of the previous ranking), ``b`` (of this one).
    top
        Length of the published list.
    na_beyond
        The change of the intensity rank is not told for clusters whose previous rank by size was
        beyond this.

    Returns
    -------
    change
        By rank: ``cluster``, ``name``, ``rank``, ``rank_before`` (missing without a predecessor),
        ``rank_change`` (positive: improvement), ``intensity_rank``, ``intensity_rank_before``,
        ``intensity_rank_change``, ``status``: ``stays`` in the list, ``enters`` it, or is
        ``beyond`` it.

    Examples
    --------
    >>> now = {"cluster": [1, 2], "name": ["A", "B"], "rank": [1, 2], "intensity_rank": [2, 1]}
    >>> then = {"cluster": [7, 8], "name": ["A", "B"], "rank": [2, 3], "intensity_rank": [1, 2]}
    >>> matches = pd.DataFrame({"a": [7, 8], "b": [1, 2]})
    >>> choice = {"top": 2, "na_beyond": 2}
    >>> table = changes(pd.DataFrame(now), pd.DataFrame(then), matches, **choice)
    >>> table[["rank_change", "intensity_rank_change", "status"]].values.tolist()
    [[1, -1, 'stays'], [1, <NA>, 'enters']]
    """
    table = ranking[["cluster", "name", "rank"]].copy()
    by_cluster = previous.set_index("cluster")
    predecessor = table["cluster"].map(matches.set_index("b")["a"])
    before = predecessor.map(by_cluster["rank"]).astype("Int64")
    table["rank_before"] = before
    table["rank_change"] = rank_change(before, table["rank"])
    if "intensity_rank" in ranking and "intensity_rank" in previous:
        told = (before <= na_beyond).fillna(value=False)
        then = predecessor.map(by_cluster["intensity_rank"]).astype("Int64").where(told)
        table["intensity_rank"] = ranking["intensity_rank"].astype("Int64")
        table["intensity_rank_before"] = then
        table["intensity_rank_change"] = rank_change(then, table["intensity_rank"])
    was = (before <= top).fillna(value=False).to_numpy(bool)
    now = (table["rank"] <= top).to_numpy(bool)
    status = pd.Series("beyond", table.index, dtype="str")
    table["status"] = status.mask(now & was, "stays").mask(now & ~was, "enters")
    return table


def leavers(
    ranking: pd.DataFrame, previous: pd.DataFrame, matches: pd.DataFrame, *, top: int
) -> pd.DataFrame:
    """
    Return the clusters of the earlier list that are not in this one.

    Parameters
    ----------
    ranking, previous, matches, top
        As for :func:`changes`.

    Returns
    -------
    leavers
        By previous rank: ``name``, ``rank_before``, ``cluster``, ``rank`` (of its successor;
        missing if there is none).

    Examples
    --------
    >>> now = pd.DataFrame({"cluster": [1], "name": ["A"], "rank": [3]})
    >>> then = pd.DataFrame({"cluster": [7, 8], "name": ["A", "B"], "rank": [1, 2]})
    >>> leavers(now, then, pd.DataFrame({"a": [7], "b": [1]}), top=2).values.tolist()
    [['A', 1, 1, 3], ['B', 2, <NA>, <NA>]]
    """
    listed = previous.loc[previous["rank"] <= top].sort_values(["rank", "cluster"])
    successor = listed["cluster"].map(matches.set_index("a")["b"]).astype("Int64")
    now = successor.map(ranking.set_index("cluster")["rank"]).astype("Int64")
    table = pd.DataFrame(
        {"name": listed["name"], "rank_before": listed["rank"], "cluster": successor, "rank": now}
    )
    gone = (now > top).fillna(value=True).to_numpy(bool)
    return table[gone].reset_index(drop=True)
