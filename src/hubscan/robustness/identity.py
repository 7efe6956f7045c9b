"""Clusters that keep their identity between runs: one-to-one where possible, fates named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.profile.matching import overlapping_clusters
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence


def shared_mass(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    r"""
    Return what every cluster of one run has in common with every cluster of another.

    .. math:: o(a, b) = \sum_{i \in a \cap b} \min(w_i, w'_i)

    Parameters
    ----------
    before, after
        Tables ``membership`` of two runs.

    Returns
    -------
    shared
        By ``a``, ``b``: cluster ids in the two runs, ``overlap`` (inventor-equivalents, greater
        than 0), ``share_a``, ``share_b`` (of each cluster's mass).

    Examples
    --------
    >>> before = pd.DataFrame({"place": [1, 2], "weight": [3.0, 1.0], "cluster": [1, 1]})
    >>> after = pd.DataFrame({"place": [1, 2], "weight": [3.0, 1.0], "cluster": [1, 2]})
    >>> shared_mass(before, after)[["a", "b", "share_a"]].to_numpy().tolist()
    [[1.0, 1.0, 0.75], [1.0, 2.0, 0.25]]
    """
    one, other = _members(before), _members(after)
    both = one.merge(other, on="place", suffixes=("_a", "_b"))
    least = np.minimum(both["weight_a"].to_numpy(float), both["weight_b"].to_numpy(float))
    sums = both.assign(overlap=least).groupby(["cluster_a", "cluster_b"], sort=True)["overlap"]
    table = sums.sum().reset_index().rename(columns={"cluster_a": "a", "cluster_b": "b"})
    table = table[table["overlap"] > 0].reset_index(drop=True)
    for side, placed in (("a", one), ("b", other)):
        mass = placed.groupby("cluster")["weight"].sum()
        table[f"share_{side}"] = table["overlap"] / table[side].map(mass)
    return table


def fates(before: pd.DataFrame, after: pd.DataFrame, *, part: float) -> pd.DataFrame:
    """
    Return what became of each cluster between two runs.

    A cluster goes on as the one that :func:`hubscan.profile.matching.overlapping_clusters` matches
    it with. Besides, *split*: another cluster of the later run is made of a ``part`` or more of
    this one, and is nobody else's; *merge*: a ``part`` or more of this one lies in a cluster that
    another one goes on as.

    Parameters
    ----------
    before, after
        Tables ``membership`` of two runs.
    part
        Least share of mass that makes a part worth naming, in (0, 1].

    Returns
    -------
    fates
        By ``a``, ``b``: ``a`` (cluster before; missing at a birth), ``b`` (cluster after; missing
        at a death), ``fate`` (``same``, ``split``, ``merge``, ``birth``, ``death``), ``share_a``,
        ``share_b`` (mass in common, of each one's).

    Examples
    --------
    >>> before = pd.DataFrame({"place": [1, 2, 3], "weight": [3.0, 1.0, 1.0], "cluster": [1, 1, 2]})
    >>> after = pd.DataFrame({"place": [1, 2, 3], "weight": [3.0, 1.0, 1.0], "cluster": [1, 2, 1]})
    >>> fates(before, after, part=0.2)[["a", "b", "fate"]].astype(str).to_numpy().tolist()
    [['1', '1', 'same'], ['1', '2', 'split'], ['2', '1', 'merge']]
    """
    shared = shared_mass(before, after)
    goes_on = overlapping_clusters(before, after)[["a", "b"]]
    known = set(zip(goes_on["a"], goes_on["b"], strict=True))
    rows: list[tuple[int | None, int | None, str, float, float]] = []
    for a, b, share_a, share_b in zip(
        shared["a"], shared["b"], shared["share_a"], shared["share_b"], strict=True
    ):
        if (a, b) in known:
            rows.append((a, b, "same", share_a, share_b))
        elif share_b >= part and b not in set(goes_on["b"]):
            rows.append((a, b, "split", share_a, share_b))
        elif share_a >= part and a not in set(goes_on["a"]):
            rows.append((a, b, "merge", share_a, share_b))
    told_a, told_b = {row[0] for row in rows}, {row[1] for row in rows}
    rows += [(a, None, "death", 0.0, 0.0) for a in _ids(before) if a not in told_a]
    rows += [(None, b, "birth", 0.0, 0.0) for b in _ids(after) if b not in told_b]
    table = pd.DataFrame(rows, columns=["a", "b", "fate", "share_a", "share_b"])
    table = table.astype({"a": "Int64", "b": "Int64", "share_a": float, "share_b": float})
    return table.sort_values(["a", "b"], na_position="last", ignore_index=True)


def events(found: pd.DataFrame, names_a: pd.Series[str], names_b: pd.Series[str]) -> pd.DataFrame:
    """
    Return in words what happened to clusters that did not simply go on.

    Parameters
    ----------
    found
        From :func:`fates`.
    names_a, names_b
        Names by cluster, before and after.

    Returns
    -------
    events
        One row a cluster: ``cluster``, ``gone`` (whether the number is of the run before, of a
        cluster that did not go on), ``event``, such as ``split from Paris; took in Lyon``.

    Examples
    --------
    >>> before = pd.DataFrame({"place": [1, 2, 3], "weight": [3.0, 1.0, 1.0], "cluster": [1, 1, 2]})
    >>> after = pd.DataFrame({"place": [1, 2, 3], "weight": [3.0, 1.0, 1.0], "cluster": [1, 2, 1]})
    >>> names = pd.Series({1: "Paris", 2: "Lyon"})
    >>> told = events(fates(before, after, part=0.2), names, names)
    >>> told["event"].tolist()
    ['lost Lyon; took in Lyon', 'split from Paris', 'merged into Paris']
    """
    went = found.loc[found["fate"] == "same"].set_index("a")["b"]
    rows: list[tuple[int, bool, str]] = []
    for a, b, fate in zip(found["a"], found["b"], found["fate"], strict=True):
        if fate == "split":
            rows.append((b, False, f"split from {names_a[a]}"))
            rows += [(went[a], False, f"lost {names_b[b]}")] if a in went.index else []
        elif fate == "merge":
            rows += [(b, False, f"took in {names_a[a]}"), (a, True, f"merged into {names_b[b]}")]
        elif fate == "birth":
            rows.append((b, False, "birth"))
        elif fate == "death":
            rows.append((a, True, "death"))
    table = pd.DataFrame(rows, columns=["cluster", "gone", "event"])
    table = table.astype({"cluster": np.int64, "gone": bool, "event": str}).drop_duplicates()
    joined = table.groupby(["cluster", "gone"], sort=True)["event"].agg("; ".join)
    return joined.reset_index()


def lasting_ids(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[int]:
    """
    Return the ids by which the clusters of a run are known, given those of the run before.

    Parameters
    ----------
    before
        Table ``membership`` whose clusters have lasting ids.
    after
        Table ``membership`` of the later run.

    Returns
    -------
    ids
        By cluster of the later run: the id of the one it goes on from; new ones have ids that no
        cluster before had, in the order of their number.

    Examples
    --------
    >>> before = pd.DataFrame({"place": [1, 2], "weight": [1.0, 2.0], "cluster": [4, 9]})
    >>> after = pd.DataFrame({"place": [2, 3], "weight": [2.0, 1.0], "cluster": [1, 2]})
    >>> lasting_ids(before, after).to_dict()
    {1: 9, 2: 10}
    """
    return _carried(before, after, following=int(before["cluster"].max()) + 1)


def _carried(before: pd.DataFrame, after: pd.DataFrame, *, following: int) -> pd.Series[int]:
    """Return the ids of a run's clusters; new ones are numbered from ``following`` on."""
    matches = overlapping_clusters(before, after)
    known = dict(zip(matches["b"], matches["a"], strict=True))
    ids = {}
    for b in _ids(after):
        if b in known:
            ids[b] = int(known[b])
        else:
            ids[b], following = following, following + 1
    return pd.Series(ids, name="id", dtype=np.int64).rename_axis("cluster")


def series_of_clusters(
    memberships: Sequence[pd.DataFrame], rankings: Sequence[pd.DataFrame], names: Sequence[str]
) -> pd.DataFrame:
    """
    Return the ranks of clusters through several runs, under ids that last.

    Parameters
    ----------
    memberships, rankings
        Tables ``membership`` and ``ranking`` of the runs, first to last.
    names
        What each run is called, such as the year of its edition.

    Returns
    -------
    series
        By ``id`` and run: ``id``, ``run``, ``cluster`` (in that run), ``rank``, ``total_share``.
        The ids are those of the first run; a cluster that is gone for a run and comes back is
        known again only if it was there in the run before.

    Examples
    --------
    >>> membership = pd.DataFrame({"place": [1], "weight": [1.0], "cluster": [1]})
    >>> ranking = pd.DataFrame({"cluster": [1], "rank": [1], "total_share": [0.5]})
    >>> series_of_clusters([membership] * 2, [ranking] * 2, ["2024", "2025"])["id"].tolist()
    [1, 1]
    """
    parts = []
    lasting, following = memberships[0], int(memberships[0]["cluster"].max()) + 1
    for position, (membership, ranking) in enumerate(zip(memberships, rankings, strict=True)):
        ids = pd.Series({c: c for c in _ids(membership)}, dtype=np.int64)
        if position:
            ids = _carried(lasting, membership, following=following)
            following = max(following, int(ids.max()) + 1)
            number = membership["cluster"].map(ids).fillna(NOISE).astype(np.int64)
            lasting = membership.assign(cluster=number)
        table = ranking[["cluster", "rank", "total_share"]]
        known = table.assign(id=table["cluster"].map(ids), run=names[position])
        parts.append(known[["id", "run", "cluster", "rank", "total_share"]])
    every = pd.concat(parts, ignore_index=True)
    order = every["run"].map({name: k for k, name in enumerate(names)})
    return every.iloc[np.lexsort((order, every["id"]))].reset_index(drop=True)


def _members(membership: pd.DataFrame) -> pd.DataFrame:
    inside = membership.loc[membership["cluster"] != NOISE, ["place", "weight", "cluster"]]
    return inside.sort_values("place", ignore_index=True)


def _ids(membership: pd.DataFrame) -> list[int]:
    found = np.unique(membership["cluster"].to_numpy(np.int64))
    return [int(each) for each in found if each != NOISE]
