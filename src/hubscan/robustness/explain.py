"""Why a cluster has its rank, and what would move it by one."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.proximity import PointTree
from hubscan.schema import NOISE
from hubscan.sphere import EARTH_RADIUS_KM, coordinates, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.robustness.evidence import Evidence


def cluster_called(ranking: pd.DataFrame, wanted: str) -> int:
    """
    Return the id of the cluster that a user means.

    Parameters
    ----------
    ranking
        ``cluster``, ``name``.
    wanted
        An id, or a name or a part of it; case and diacritics are looked past.

    Returns
    -------
    cluster
        Its id.

    Raises
    ------
    InputError
        If no cluster, or more than one, is called so.

    Examples
    --------
    >>> ranking = pd.DataFrame({"cluster": [4, 7], "name": ["Zürich", "Tokyo–Yokohama"]})
    >>> cluster_called(ranking, "zurich"), cluster_called(ranking, "yokohama")
    (4, 7)
    """
    if wanted.strip().isdigit():
        if int(wanted) in set(ranking["cluster"]):
            return int(wanted)
        msg = f"explain: there is no cluster {wanted}: ids go from 1 to {ranking['cluster'].max()}"
        raise InputError(msg)
    folded = ranking["name"].map(_folded)
    for found in (folded == _folded(wanted), folded.str.contains(_folded(wanted), regex=False)):
        if found.sum() == 1:
            return int(ranking.loc[found, "cluster"].iloc[0])
        if found.any():
            several = ", ".join(ranking.loc[found, "name"].head(5))
            msg = f"explain: {wanted!r} may be {several}: give the whole name or the id"
            raise InputError(msg)
    close = get_close_matches(wanted, list(ranking["name"]), n=3, cutoff=0.4)
    hint = f": did you mean {', '.join(close)}?" if close else ""
    msg = f"explain: no cluster is called {wanted!r}{hint}"
    raise InputError(msg)


def moves(
    ranking: pd.DataFrame, world: Mapping[str, float], cluster: int, *, weights: Mapping[str, float]
) -> pd.DataFrame:
    r"""
    Return how many documents would move a cluster past its neighbours in the ranking.

    *x* further documents of indicator *m*, all else equal, also make the world larger; with
    :math:`D` the difference of the totals without *m* they overtake the neighbour from

    .. math:: x = \frac{-\omega_m (N_c - N_k) - D W_m}{\omega_m + D}

    Parameters
    ----------
    ranking
        From :func:`hubscan.rank.ranking`, totals being weighted sums.
    world
        World totals by indicator.
    cluster
        Its id.
    weights
        Weight of each indicator in the total.

    Returns
    -------
    moves
        One row an indicator and neighbour: ``towards`` (``up``, ``down``), ``neighbour`` (cluster
        id), ``gap`` (of totals), ``indicator``, ``documents`` (to gain, or, below 0, that may be
        lost until the neighbour is level; missing if no number does it).

    Examples
    --------
    >>> ranking = pd.DataFrame(
    ...     {
    ...         "cluster": [1, 2],
    ...         "rank": [1, 2],
    ...         "total_share": [0.3, 0.2],
    ...         "count_deals": [30.0, 20],
    ...     }
    ... )
    >>> moves(ranking, {"deals": 100.0}, 2, weights={"deals": 1.0})["documents"].tolist()
    [10.0]
    """
    ordered = ranking.sort_values(["rank", "cluster"], ignore_index=True)
    at = int(np.flatnonzero(ordered["cluster"] == cluster)[0])
    rows = []
    for towards, other in (("up", at - 1), ("down", at + 1)):
        if not 0 <= other < len(ordered):
            continue
        own, rival = ordered.iloc[at], ordered.iloc[other]
        gap = float(rival["total_share"] - own["total_share"])
        for name, weight in weights.items():
            if weight > 0:
                apart = float(own[f"count_{name}"] - rival[f"count_{name}"])
                needed = _needed(apart, gap, weight=weight, world=world[name])
                rows.append((towards, int(rival["cluster"]), gap, name, needed))
    table = pd.DataFrame(rows, columns=["towards", "neighbour", "gap", "indicator", "documents"])
    return table.astype({"documents": "float64"})


def _needed(apart: float, gap: float, *, weight: float, world: float) -> float | None:
    """Return the documents that close a gap of totals; None if none do."""
    rest = -gap - weight * apart / world
    if weight + rest <= 0:
        return None
    number = (-weight * apart - rest * world) / (weight + rest)
    return float(ceil(round(number, 9))) if abs(number) < inf else None


def documents_counted(
    evidence: Evidence, assignment: pd.DataFrame, cluster: int, *, column: str
) -> pd.DataFrame:
    """
    Return the documents that a cluster's figures count.

    Parameters
    ----------
    evidence
        Of the run.
    assignment
        ``indicator``, ``place``, ``cluster``.
    cluster
        Its id.
    column
        The number among which a document is split: ``n_located`` or ``n_listed``.

    Returns
    -------
    documents
        By indicator and document: ``indicator``, ``document`` (its number in the run), ``inside``
        (its addresses in the cluster), ``n_listed``, ``n_located``, ``counted`` (its part of one).

    Examples
    --------
    >>> from hubscan.robustness.evidence import evidence_of
    >>> rows = pd.DataFrame(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "document": [1, 1],
    ...         "place": [7, 8],
    ...         "economy": ["FR", "FR"],
    ...         "n_listed": [2, 2],
    ...         "n_located": [2, 2],
    ...         "addresses": [1, 1],
    ...     }
    ... )
    >>> held = evidence_of(rows, rows.iloc[:0], pd.DataFrame(), pd.DataFrame())
    >>> places = pd.DataFrame({"indicator": ["patents"], "place": [7], "cluster": [1]})
    >>> documents_counted(held, places, 1, column="n_located")["counted"].tolist()
    [0.5]
    """
    inside = assignment[assignment["cluster"] == cluster]
    parts = []
    for indicator, places in inside.groupby("indicator", observed=True)["place"]:
        mine = evidence.rows["indicator"] == indicator
        parts.append(evidence.rows[mine & evidence.rows["place"].isin(places)])
    rows = pd.concat(parts) if parts else evidence.rows.iloc[:0]
    rows = rows.astype({"indicator": str})
    grouped = rows.groupby(["indicator", "document", "n_listed", "n_located"], as_index=False)
    table = grouped.agg(inside=("addresses", "sum"))
    table["counted"] = table["inside"] / table[column]
    return table[["indicator", "document", "inside", "n_listed", "n_located", "counted"]]


def places_inside(membership: pd.DataFrame, cluster: int, *, most: int) -> pd.DataFrame:
    """
    Return the heaviest places of a cluster.

    Parameters
    ----------
    membership
        Table ``membership``.
    cluster
        Its id.
    most
        So many places.

    Returns
    -------
    places
        By falling weight: ``place``, ``latitude``, ``longitude``, ``weight``, ``share`` (of the
        cluster's mass), ``core``.
    """
    inside = membership[membership["cluster"] == cluster]
    table = inside.assign(share=inside["weight"] / inside["weight"].sum())
    ordered = table.sort_values(["weight", "place"], ascending=[False, True], ignore_index=True)
    return ordered[["place", "latitude", "longitude", "weight", "share", "core"]].head(most)


def left_out(
    membership: pd.DataFrame, cluster: int, *, within_km: float, most: int
) -> pd.DataFrame:
    """
    Return the heaviest places near a cluster that its boundary leaves out.

    Parameters
    ----------
    membership
        Table ``membership``.
    cluster
        Its id.
    within_km
        Farthest from a place of the cluster, kilometres on the great circle.
    most
        So many places.

    Returns
    -------
    places
        By falling weight: ``place``, ``latitude``, ``longitude``, ``weight``, ``away_km``,
        ``cluster`` (the one that has it; -1 for noise).

    Examples
    --------
    >>> from hubscan.sphere import place_keys
    >>> keys = place_keys([0.0, 0.0], [0.0, 0.1])
    >>> membership = pd.DataFrame({"place": keys, "weight": [9.0, 1.0], "cluster": [1, -1]})
    >>> left_out(membership, 1, within_km=20.0, most=5)["away_km"].round(1).tolist()
    [11.1]
    """
    vectors = unit_vectors(*coordinates(membership["place"]))
    mine = (membership["cluster"] == cluster).to_numpy()
    distance = PointTree(vectors[mine]).nearest(vectors[~mine])[0]
    away = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(distance / 2.0, 1.0))
    table = membership[~mine].assign(away_km=away)
    near = table[table["away_km"] <= within_km]
    latitude, longitude = coordinates(near["place"])
    near = near.assign(latitude=latitude, longitude=longitude)
    ordered = near.sort_values(["weight", "place"], ascending=[False, True], ignore_index=True)
    columns = ["place", "latitude", "longitude", "weight", "away_km", "cluster"]
    return ordered[columns].head(most)


def boundary_summary(membership: pd.DataFrame, near: pd.DataFrame, cluster: int) -> dict[str, Any]:
    """
    Return what a cluster's boundary takes in and leaves out, in numbers.

    Parameters
    ----------
    membership
        Table ``membership``.
    near
        From :func:`left_out`, with all places.
    cluster
        Its id.

    Returns
    -------
    summary
        ``places``, ``core_places``, ``weight``, ``core_weight`` (inventor-equivalents), and
        ``noise_near`` and ``others_near``: mass left out to noise and to other clusters.
    """
    inside = membership[membership["cluster"] == cluster]
    core = inside[inside["core"]]
    noise = near["cluster"] == NOISE
    return {
        "places": len(inside),
        "core_places": len(core),
        "weight": float(inside["weight"].sum()),
        "core_weight": float(core["weight"].sum()),
        "noise_near": float(near.loc[noise, "weight"].sum()),
        "others_near": float(near.loc[~noise, "weight"].sum()),
    }


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()
