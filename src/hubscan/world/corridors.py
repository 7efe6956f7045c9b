"""Sites along the roads between the cities of a cluster, and at the gap between its two parts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.sphere import great_circle_km
from hubscan.world.geometry import between
from hubscan.world.published import ADDRESSES, DENSITY_SHARE, RADIUS_KM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubscan.world.geometry import Point

GAP_KM: Final = 4.0
"""Gap between the border places of the two parts of a cluster: published as 3 to 5 km."""

STEP_KM: Final = 11.0
"""Distance from a city within which a small site is core thanks to the city."""

SPOT_KM: Final = 0.3
"""Radius of a site on a corridor."""

SLIGHT: Final = 850.0 / ADDRESSES["patents"]
"""Mass of a site that only passes density on, as a share of inventor addresses."""

DENSE: Final = 1.5 * DENSITY_SHARE
"""Mass of a site that is core by itself."""

Spot = tuple[int, str, float, float, float]
"""Node, kind, latitude, longitude, mass."""


def corridor_sites(cores: pd.DataFrame) -> pd.DataFrame:
    """
    Return the sites that join the cities of each node, and those that face the other part.

    Cities more than a radius apart are one dense area only if core places lie between them. Small
    sites near a city are core thanks to the city; in the middle of a long corridor sites must be
    core by themselves. Where a cluster has two parts, each ends in a border place, and the two
    border places, between the last city of one and the first of the other, are ``GAP_KM`` apart.

    Parameters
    ----------
    cores
        Principal cities: ``rank``, ``part``, ``node``, ``latitude``, ``longitude``.

    Returns
    -------
    sites
        ``node``, ``kind`` (``corridor`` or ``frontier``), ``latitude``, ``longitude``, ``mass``
        (share of inventor addresses) and ``radius_km``.

    Examples
    --------
    >>> cores = pd.DataFrame(
    ...     {"rank": 1, "part": 1, "node": 0, "latitude": [0.0, 0.0], "longitude": [0.0, 0.3]}
    ... )
    >>> corridor_sites(cores)["longitude"].round(3).tolist()
    [0.099, 0.201]
    """
    spots = [spot for _, node in cores.groupby("node") for spot in _chained(node)]
    for _, cluster in cores.groupby("rank"):
        if cluster["part"].max() > 1:
            spots.extend(_frontier(cluster))
    table = pd.DataFrame(spots, columns=["node", "kind", "latitude", "longitude", "mass"])
    return table.assign(radius_km=SPOT_KM)


def _points(cores: pd.DataFrame) -> list[Point]:
    """Return the coordinates of cities."""
    return list(zip(cores["latitude"], cores["longitude"], strict=True))


def _apart_km(a: Point, b: Point) -> float:
    """Return the distance between two points."""
    return float(great_circle_km([a[0]], [a[1]], [b[0]], [b[1]])[0])


def _chained(node: pd.DataFrame) -> Iterator[Spot]:
    """Yield the sites between consecutive cities of one node."""
    number = int(node["node"].iloc[0])
    for start, end in pairwise(_points(node)):
        for km, mass in _steps(_apart_km(start, end)):
            yield (number, "corridor", *between(start, end, km), mass)


def _steps(length_km: float) -> list[tuple[float, float]]:
    """Return where sites stand on a corridor, and their mass."""
    if length_km <= RADIUS_KM - 3.0:
        return []
    if length_km <= 2.0 * STEP_KM:
        return [(length_km / 2.0, SLIGHT)]
    inner_km = length_km - 2.0 * STEP_KM
    pieces = max(1, int(np.ceil((inner_km - 2.0) / 12.0)))
    middle = [(STEP_KM + inner_km * i / pieces, DENSE) for i in range(1, pieces)]
    return [(STEP_KM, SLIGHT), *middle, (length_km - STEP_KM, SLIGHT)]


def _frontier(cluster: pd.DataFrame) -> Iterator[Spot]:
    """Yield a suburb and a border place for each of the two parts, on the line between them."""
    sides = [(int(side["node"].iloc[0]), _points(side)) for _, side in cluster.groupby("node")]
    (first, from_points), (second, to_points) = sides
    a, b = from_points[-1], to_points[0]
    border_km = (_apart_km(a, b) - GAP_KM) / 2.0
    suburb_km = float(np.clip(border_km - 13.0, 3.0, STEP_KM))
    for node, start, end in ((first, a, b), (second, b, a)):
        yield (node, "frontier", *between(start, end, suburb_km), SLIGHT)
        yield (node, "frontier", *between(start, end, border_km), SLIGHT)
