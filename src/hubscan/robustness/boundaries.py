"""How sure a boundary is: membership probabilities, cores that stay, fringes that flip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.footprint import footprints
from hubscan.robustness.bootstrap import ABSENT, NEW
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.robustness.bootstrap import Replicates


def membership_probability(membership: pd.DataFrame, found: Replicates) -> pd.DataFrame:
    r"""
    Return how often each place is in each cluster.

    .. math:: p_{ic} = \frac{\#\{r: i \in c\}}{\#\{r: i \text{ has an address}\}}

    Parameters
    ----------
    membership
        Table ``membership`` of the run.
    found
        Replicates.

    Returns
    -------
    probabilities
        By ``place``, ``cluster``: ``place``, ``latitude``, ``longitude``, ``weight``, ``cluster``
        (of the run), ``probability`` (greater than 0), ``member`` (whether it is in the run), and
        ``seen`` (replicates in which the place has an address).

    Examples
    --------
    >>> from hubscan.robustness.bootstrap import Replicates
    >>> membership = pd.DataFrame(
    ...     {"place": [7], "latitude": [0.0], "longitude": [0.0], "weight": [1.0], "cluster": [3]}
    ... )
    >>> labels = pd.DataFrame({"place": [7, 7, 7], "label": [3, -1, -2], "times": [6, 2, 2]})
    >>> table = membership_probability(membership, Replicates(None, labels, None, None))
    >>> table[["cluster", "probability", "seen"]].to_numpy().tolist()
    [[3.0, 0.75, 8.0]]
    """
    there = found.places[found.places["label"] != ABSENT]
    seen = there.groupby("place")["times"].sum()
    inside = there[~there["label"].isin([NOISE, NEW])].rename(columns={"label": "cluster"})
    columns = ["place", "latitude", "longitude", "weight"]
    table = inside.merge(membership[[*columns, "cluster"]], on="place", suffixes=("", "_run"))
    table["seen"] = table["place"].map(seen).to_numpy(np.int64)
    table["probability"] = table["times"].to_numpy(float) / table["seen"].to_numpy(float)
    table["member"] = table["cluster"] == table["cluster_run"]
    ordered = table.sort_values(["place", "cluster"], ignore_index=True)
    return ordered[[*columns, "cluster", "probability", "member", "seen"]]


def cores_and_fringes(
    membership: pd.DataFrame, probabilities: pd.DataFrame, *, level: float
) -> pd.DataFrame:
    """
    Return how much of each cluster is always in, and how much flips.

    Parameters
    ----------
    membership
        Table ``membership`` of the run.
    probabilities
        From :func:`membership_probability`.
    level
        Probability from which a place is always in, and 1 less which it is out; such as 0.95.

    Returns
    -------
    clusters
        By ``cluster``: ``core_places``, ``core_weight`` (probability of ``level`` or more),
        ``fringe_places``, ``fringe_weight`` (of more than 1 - ``level``, but less than ``level``),
        ``outside_weight`` (of the fringe, what the run leaves out), ``certain`` (core's share of
        the run's mass of the cluster).
    """
    own = membership[membership["cluster"] != NOISE].groupby("cluster")["weight"].sum()
    chance = probabilities["probability"]
    core, fringe = chance >= level, (chance < level) & (chance > 1.0 - level)
    outside = fringe & ~probabilities["member"]
    table = pd.DataFrame(index=own.index)
    for name, rows in (("core", core), ("fringe", fringe), ("outside", outside)):
        grouped = probabilities[rows].groupby("cluster")["weight"]
        table[f"{name}_places"] = grouped.size().reindex(own.index, fill_value=0)
        table[f"{name}_weight"] = grouped.sum().reindex(own.index, fill_value=0.0)
    inside = probabilities[core & probabilities["member"]].groupby("cluster")["weight"].sum()
    table["certain"] = inside.reindex(own.index, fill_value=0.0) / own
    return table.drop(columns="outside_places").reset_index()


def probability_isolines(
    probabilities: pd.DataFrame,
    *,
    levels: Sequence[float],
    buffer_deg: float,
    buffer_shape: str,
    outline: str,
) -> pd.DataFrame:
    """
    Return the ground of each cluster at several probabilities.

    The ground at *p* is the footprint of the places that are in the cluster with a probability of
    *p* or more: all space within the buffer of one of them. Isolines are nested.

    Parameters
    ----------
    probabilities
        From :func:`membership_probability`.
    levels
        Probabilities, such as 0.05, 0.5 and 0.95.
    buffer_deg, buffer_shape, outline
        As for :func:`hubscan.footprint.footprints`.

    Returns
    -------
    isolines
        By ``cluster``, then ``probability``, ascending: ``geometry``, ``area_km2``.
    """
    parts = []
    for level in sorted(levels):
        places = probabilities[probabilities["probability"] >= level]
        if len(places):
            drawn = footprints(
                places, buffer_deg=buffer_deg, buffer_shape=buffer_shape, outline=outline
            )
            parts.append(drawn.assign(probability=level))
    if not parts:
        return pd.DataFrame(columns=["cluster", "probability", "geometry", "area_km2"])
    every = pd.concat(parts, ignore_index=True)
    ordered = every.sort_values(["cluster", "probability"], ignore_index=True)
    return ordered[["cluster", "probability", "geometry", "area_km2"]]


def joined_clusters(found: Replicates) -> pd.DataFrame:
    """
    Return how often two clusters of the run are one.

    Parameters
    ----------
    found
        Replicates.

    Returns
    -------
    joined
        ``a``, ``b`` (cluster ids of the run), ``probability``; pairs that never are are left out.
    """
    number = found.joined.groupby(["a", "b"], sort=True).size().reset_index(name="times")
    number["probability"] = number["times"] / len(found.sizes)
    return number[["a", "b", "probability"]]
