"""Land and borders under the maps: Natural Earth 1:50m, shipped with the package."""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ATTRIBUTION: Final = (
    "Base map: Natural Earth (public domain). Borders are drawn as they stand on the ground "
    "and imply no opinion on the status of any territory."
)
"""What the caption of every map must say about its ground."""

WEST: Final = -169.0
"""Western edge of the base map, degrees: the Bering Strait, where a cut meets hardly any land."""

_TURNS: Final = (-360.0, 0.0, 360.0)


class BaseMap(NamedTuple):
    """Land and borders in degrees, longitude first, from ``WEST`` once around to the east."""

    land: NDArray[np.object_]
    """Polygons."""

    borders: NDArray[np.object_]
    """Lines between two economies."""


@cache
def base_map() -> BaseMap:
    """
    Return the shipped base map.

    Returns
    -------
    ground
        Its arrays are shared: do not change them.

    Examples
    --------
    >>> ground = base_map()
    >>> bool(shapely.intersects_xy(ground.land, 2.35, 48.86).any())
    True
    """
    packed = resources.files("hubscan.report").joinpath("basemap.json.gz").read_bytes()
    table = json.loads(gzip.decompress(packed))
    unit = 1.0 / table["per_degree"]
    land = [
        shapely.Polygon(_points(rings[0], unit), [_points(ring, unit) for ring in rings[1:]])
        for rings in table["land"]
    ]
    borders = [shapely.LineString(_points(line, unit)) for line in table["borders"]]
    return BaseMap(_array(land), _array(borders))


def around(
    shapes: NDArray[np.object_], *, extent: tuple[float, float, float, float]
) -> NDArray[np.object_]:
    """
    Return the parts of shapes inside an extent, whichever turn of the globe they are written in.

    Parameters
    ----------
    shapes
        Geometries in degrees, longitude first; longitudes need not lie in [-180, 180].
    extent
        West, south, east, north in degrees; west < east <= west + 360.

    Returns
    -------
    parts
        One geometry for each of ``shapes``, in their order; empty where nothing is inside.

    Examples
    --------
    >>> chukotka = np.array([shapely.box(-178, 65, -170, 67)])
    >>> around(chukotka, extent=(100, 50, 185, 80))[0].bounds
    (182.0, 65.0, 185.0, 67.0)
    """
    west, south, east, north = extent
    window = shapely.box(west, south, east, north)
    parts = np.empty((len(_TURNS), len(shapes)), dtype=object)
    for row, turn in enumerate(_TURNS):
        moved = shapely.transform(shapes, lambda xy, turn=turn: xy + np.array([turn, 0.0]))
        touching = shapely.intersects(moved, window)
        parts[row] = shapely.from_wkt("GEOMETRYCOLLECTION EMPTY")
        parts[row, touching] = shapely.intersection(moved[touching], window)
    whole: NDArray[np.object_] = shapely.union_all(parts, axis=0)
    return whole


def _points(steps: Sequence[int], unit: float) -> NDArray[np.float64]:
    points = np.cumsum(np.asarray(steps, dtype=np.int64).reshape(-1, 2), axis=0)
    return np.asarray(points * unit, dtype=np.float64)


def _array(shapes: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
