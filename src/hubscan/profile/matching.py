"""Which cluster of one run is which of another: by what they share, or by name."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.schema import NOISE
from hubscan.sphere import place_twice, rows_among

if TYPE_CHECKING:
    from collections.abc import Callable

_STATE: Final = re.compile(r",\s*[A-Z]{2}\b")
_NOT_LETTERS: Final = re.compile(r"[^\w]+")


def overlapping_clusters(membership_a: pd.DataFrame, membership_b: pd.DataFrame) -> pd.DataFrame:
    r"""
    Return clusters of two runs matched by the weight they share, largest first.

    .. math:: o(a, b) = \sum_{i \in a \cap b} \min(w_i, w'_i)

    Pairs are taken from the largest overlap down; each cluster is matched at most once, so that of
    two clusters that were one, the greater part is its successor.

    Parameters
    ----------
    membership_a, membership_b
        Tables ``membership`` of the two runs; noise is left out.

    Returns
    -------
    matches
        By ``b``: ``a``, ``b`` (cluster ids in the two runs), ``overlap`` (weight of the places in
        both), ``share_a``, ``share_b`` (of each cluster's weight in its own run).

    Raises
    ------
    InputError
        If a membership names a place twice.

    Examples
    --------
    >>> before = {"place": [1, 2, 3], "weight": [5.0, 1.0, 2.0], "cluster": [1, 1, 2]}
    >>> now = {"place": [1, 2, 3], "weight": [4.0, 2.0, 2.0], "cluster": [7, 8, 8]}
    >>> overlapping_clusters(pd.DataFrame(before), pd.DataFrame(now))
       a  b  overlap   share_a  share_b
    0  1  7      4.0  0.666667      1.0
    1  2  8      2.0  1.000000      0.5
    """
    one, other = _placed(membership_a), _placed(membership_b)
    rows = rows_among(one["place"], other["place"])
    mine, its = one[rows >= 0], other.iloc[rows[rows >= 0]]
    least = np.minimum(mine["weight"].to_numpy(float), its["weight"].to_numpy(float))
    shared = {"a": mine["cluster"].to_numpy(), "b": its["cluster"].to_numpy(), "overlap": least}
    # sums in the order of places, whatever the order of rows
    table = pd.DataFrame(shared).groupby(["a", "b"], sort=True)["overlap"].sum().reset_index()
    matches = _each_once(table.sort_values(["overlap", "a", "b"], ascending=[False, True, True]))
    for side, placed in (("a", one), ("b", other)):
        weight = placed.groupby("cluster")["weight"].sum()
        matches[f"share_{side}"] = matches["overlap"] / matches[side].map(weight)
    return matches.sort_values("b", ignore_index=True)


def namesakes(clusters_a: pd.DataFrame, clusters_b: pd.DataFrame) -> pd.DataFrame:
    """
    Return clusters of two runs matched by name.

    Diacritics, case, dashes and US or Canadian state codes are looked past: ``Zürich`` is
    ``Zurich``, and ``San Diego, CA`` is ``San Diego``.

    Parameters
    ----------
    clusters_a, clusters_b
        ``cluster``, ``name``.

    Returns
    -------
    matches
        By ``b``: ``a``, ``b`` (cluster ids in the two runs). A name that two clusters of one run
        have matches none.

    Examples
    --------
    >>> before = pd.DataFrame({"cluster": [1, 2], "name": ["Zurich", "Washington, DC-Baltimore"]})
    >>> now = pd.DataFrame({"cluster": [5, 6], "name": ["Washington–Baltimore, MD", "Zürich"]})
    >>> namesakes(before, now).values.tolist()
    [[2, 5], [1, 6]]
    """
    one, other = (
        pd.DataFrame({side: table["cluster"], "name": table["name"].map(_folded)})
        for side, table in (("a", clusters_a), ("b", clusters_b))
    )
    unique = [side.drop_duplicates("name", keep=False) for side in (one, other)]
    matches = unique[0].merge(unique[1], on="name")
    return matches[["a", "b"]].sort_values("b", ignore_index=True)


_MATCHES: Final[dict[str, Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]]] = {
    "overlap": overlapping_clusters,
    "name": namesakes,
}
MATCHES: Final = tuple(_MATCHES)
"""How clusters of two runs are matched."""


def matched_clusters(a: pd.DataFrame, b: pd.DataFrame, *, match: str) -> pd.DataFrame:
    """
    Return which cluster of one run is which of another.

    Parameters
    ----------
    a, b
        For ``"overlap"`` the memberships of the two runs; for ``"name"`` their clusters, with
        names.
    match
        ``"overlap"``: :func:`overlapping_clusters`; ``"name"``: :func:`namesakes`.

    Returns
    -------
    matches
        ``a``, ``b`` (cluster ids in the two runs), and how much they share if it is known; each
        cluster at most once, by ``b``.

    Raises
    ------
    InputError
        If ``match`` is not known, or a membership names a place twice.

    Examples
    --------
    >>> run = pd.DataFrame({"place": [1], "weight": [2.0], "cluster": [1]})
    >>> matched_clusters(run, run, match="overlap")["share_b"].tolist()
    [1.0]
    """
    if match not in _MATCHES:
        msg = f"profile: match = {match!r}: must be one of {', '.join(MATCHES)}"
        raise InputError(msg)
    return _MATCHES[match](a, b)


def carried_over(values: pd.Series[int], matches: pd.DataFrame) -> pd.Series[int]:
    """
    Return values of one run's clusters, such as ranks, under the ids of another's.

    Parameters
    ----------
    values
        By cluster of run *a*.
    matches
        From :func:`matched_clusters`.

    Returns
    -------
    values
        By cluster of run *b*, matched clusters only.

    Examples
    --------
    >>> matches = pd.DataFrame({"a": [1, 2], "b": [7, 8]})
    >>> carried_over(pd.Series({1: 19, 2: 30}), matches).to_dict()
    {7: 19, 8: 30}
    """
    known = matches.loc[matches["a"].isin(values.index)]
    taken = values.loc[known["a"]].to_numpy()
    return pd.Series(taken, pd.Index(known["b"].to_numpy(), name="cluster"), name=values.name)


def _placed(membership: pd.DataFrame) -> pd.DataFrame:
    """Return the clustered places of a run, by place."""
    if (twice := place_twice(membership["place"])) is not None:
        msg = f"profile: place {twice} is a member twice: each place needs one cluster"
        raise InputError(msg)
    inside = membership.loc[membership["cluster"] != NOISE, ["place", "weight", "cluster"]]
    if inside["place"].is_monotonic_increasing:
        return inside.reset_index(drop=True)
    return inside.sort_values("place", ignore_index=True)


def _each_once(ordered: pd.DataFrame) -> pd.DataFrame:
    """Return rows in order, without those of which either end was taken before."""
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    kept = []
    for row, (a, b) in enumerate(zip(ordered["a"], ordered["b"], strict=True)):
        if a not in taken_a and b not in taken_b:
            taken_a.add(a)
            taken_b.add(b)
            kept.append(row)
    return ordered.iloc[kept].copy()


def _folded(name: str) -> str:
    """Return a name in plain lower-case letters, without state codes."""
    plain = unicodedata.normalize("NFKD", _STATE.sub("", str(name)))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_LETTERS.sub(" ", bare.replace("'", "").replace("\u2019", "")).casefold().strip()
