"""What the map draws: land and borders, footprints, places."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.schema import NOISE
from hubscan.sphere import coordinates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_POINTS: Final = 60_000
"""Points that a page draws; more places than these are gathered on a grid."""

_GRIDS_DEG: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
_SIMPLER_DEG: Final = 0.003
_WORLD_DEG: Final = 0.1
_DECIMALS: Final = 3
_COARSE: Final = 2
_EDGE: Final = 180.0
_SIZE_STEPS: Final = 255


@dataclass(frozen=True)
class Points:
    """Places as the map draws them; cluster 0 is noise, kinds are numbers of indicators."""

    place: NDArray[np.int64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    cluster: NDArray[np.int64]
    kind: NDArray[np.int64]
    size: NDArray[np.float64]

    def packed(self) -> bytes:
        """Return the points as little-endian arrays: see the API's ``points.bin``."""
        top = self.size.max() if len(self.size) else 1.0
        size = np.rint(np.sqrt(self.size / max(top, 1e-300)) * _SIZE_STEPS)
        columns = (
            self.longitude.astype("<f4"),
            self.latitude.astype("<f4"),
            self.cluster.astype("<u2"),
            self.kind.astype("u1"),
            size.astype("u1"),
        )
        head = struct.pack("<I", len(self.place))
        return head + b"".join(column.tobytes() for column in columns)


def points(
    place_addresses: pd.DataFrame,
    assignment: pd.DataFrame,
    *,
    indicators: Sequence[str],
    most: int,
) -> Points:
    """
    Return the places of a run as points, gathered on a grid if there are too many.

    A point shows the indicator of which it holds the largest part of the world.

    Parameters
    ----------
    place_addresses
        Table of this name.
    assignment
        ``place``, ``cluster``, and ``indicator`` if indicators are assigned differently.
    indicators
        Order of the sources; a point's kind is a number in it.
    most
        Most points; the grid is as fine as that allows.

    Returns
    -------
    points
        By cluster (noise first), then source, then place.
    """
    numbers = {name: k for k, name in enumerate(indicators)}
    rows = place_addresses[place_addresses["indicator"].isin(list(numbers))]
    kind = rows["indicator"].map(numbers).to_numpy(np.int64)
    size = (rows["addresses"] / rows["denominator"]).to_numpy(np.float64)
    at, place = pd.factorize(rows["place"].to_numpy(np.int64), sort=True)
    shape = (len(place), max(len(numbers), 1))
    each = np.bincount(at * shape[1] + kind, weights=size, minlength=shape[0] * shape[1])
    world = each.reshape(shape).sum(axis=0)
    parts = each.reshape(shape) / np.where(world > 0, world, 1.0)
    first = pd.DataFrame({"place": place, "kind": parts.argmax(axis=1), "size": parts.sum(axis=1)})
    first["cluster"] = clusters_of(first["place"], assignment)
    latitude, longitude = coordinates(first["place"].to_numpy())
    found = first.assign(latitude=latitude, longitude=longitude)
    return _points(_gathered(found, most))


def clusters_of(place: pd.Series[int], assignment: pd.DataFrame) -> NDArray[np.int64]:
    """Return the cluster of each place, 0 where it has none."""
    asked = (assignment["cluster"] != NOISE) & assignment["place"].isin(place)
    inside = assignment.loc[asked, ["place", "cluster"]]
    known = inside.drop_duplicates("place").set_index("place")["cluster"]
    found: NDArray[np.int64] = place.map(known).fillna(0).to_numpy(np.int64)
    return found


def outlines(shapes: pd.DataFrame) -> dict[str, Any]:
    """
    Return footprints as GeoJSON for the screen: simplified by about 300 m, ids only.

    Parameters
    ----------
    shapes
        ``cluster`` and geometry, degrees.

    Returns
    -------
    collection
        A FeatureCollection; the files for download keep every vertex.
    """
    import shapely  # noqa: PLC0415 - heavy; not needed to print help

    thin = shapely.simplify(shapes.geometry.to_numpy(), _SIMPLER_DEG, preserve_topology=True)
    features = [
        {
            "type": "Feature",
            "id": int(cluster),
            "properties": {"id": int(cluster)},
            "geometry": _geometry(shape),
        }
        for cluster, shape in zip(shapes["cluster"].tolist(), thin, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


@cache
def base_map() -> dict[str, Any]:
    """
    Return land, coast and borders, cut at the antimeridian, as GeoJSON geometries.

    Coasts leave out the cut, so that no line runs down the edge of the world.

    Returns
    -------
    ground
        ``land`` (MultiPolygon), ``coast`` and ``borders`` (MultiLineString), ``attribution``.
    """
    return _ground(*_land_and_borders())


@cache
def small_base_map() -> dict[str, Any]:
    """
    Return the base map as a view of the whole world needs it: a tenth of the size.

    A dot of such a view is a third of a degree wide, so lines keep a tenth of a degree.

    Returns
    -------
    ground
        As :func:`base_map`, simplified, without the smallest islands.
    """
    import shapely  # noqa: PLC0415 - heavy; not needed to print help

    land, borders = (shapely.simplify(one, _WORLD_DEG) for one in _land_and_borders())
    parts = shapely.get_parts(land)
    seen = parts[shapely.area(parts) > _WORLD_DEG**2]
    return _ground(shapely.multipolygons(seen), borders)


@cache
def _land_and_borders() -> tuple[Any, Any]:
    """Return the land as one shape and the borders as another, within the plane of degrees."""
    from hubscan.report import basemap  # noqa: PLC0415 - heavy; not needed to print help

    ground = basemap.base_map()
    world = (-_EDGE, -90.0, _EDGE, 90.0)
    land = _parts(basemap.around(ground.land, extent=world), 2)
    return land, _parts(basemap.around(ground.borders, extent=world), 1)


def _ground(land: Any, borders: Any) -> dict[str, Any]:  # noqa: ANN401 - shapely has no types
    """Return land, its coast and borders as GeoJSON."""
    import shapely  # noqa: PLC0415 - heavy; not needed to print help

    from hubscan.report import basemap  # noqa: PLC0415 - as above

    edges = shapely.MultiLineString(
        [[(-_EDGE, -90), (-_EDGE, 90)], [(_EDGE, -90), (_EDGE, 90)], [(-_EDGE, -90), (_EDGE, -90)]]
    )
    coast = shapely.difference(shapely.boundary(land), shapely.buffer(edges, 1e-6))
    return {
        "land": _geometry(land, _COARSE),
        "coast": _geometry(shapely.line_merge(coast), _COARSE),
        "borders": _geometry(shapely.line_merge(borders), _COARSE),
        "attribution": basemap.ATTRIBUTION,
    }


def _parts(shapes: NDArray[np.object_], dimension: int) -> Any:  # noqa: ANN401 - shapely has no types
    """Return the union of the polygons (2) or lines (1) among shapes: clipping leaves crumbs."""
    import shapely  # noqa: PLC0415 - heavy; not needed to print help

    parts = shapely.get_parts(shapely.get_parts(shapes))
    whole = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension])
    left = shapely.get_parts(whole)
    kept = left[shapely.get_dimensions(left) == dimension]
    return shapely.multipolygons(kept) if dimension == 2 else shapely.multilinestrings(kept)  # noqa: PLR2004 - a plane


def _gathered(found: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return places, or the heaviest place of each cell with the cell's size."""
    if len(found) <= most:
        return found
    cell = np.empty(0, np.int64)
    for grid in _GRIDS_DEG:
        cell = _cells(found, grid)
        if len(pd.unique(cell)) <= most:
            break
    return _of_cells(found, cell)


def _cells(found: pd.DataFrame, grid_deg: float) -> NDArray[np.int64]:
    """Return a number a cell, cluster and kind: in the order of rows, columns, clusters, kinds."""
    row, column = (
        np.rint(found[name].to_numpy() / grid_deg).astype(np.int64)
        for name in ("latitude", "longitude")
    )
    keys = (row, column, found["cluster"].to_numpy(), found["kind"].to_numpy())
    number = np.zeros(len(found), np.int64)
    for key in keys:
        low = int(key.min())
        number = number * (int(key.max()) - low + 1) + (key - low)
    return number


def _of_cells(found: pd.DataFrame, cell: NDArray[np.int64]) -> pd.DataFrame:
    """Return the heaviest place of each cell, the first of those, with the size of all."""
    place, size = found["place"].to_numpy(), found["size"].to_numpy()
    order = np.lexsort((place, -size, cell))
    first = np.flatnonzero(np.diff(cell[order], prepend=-1))
    sums = np.add.reduceat(size[np.argsort(cell, kind="stable")], first)
    return found.iloc[order[first]].assign(size=sums).reset_index(drop=True)


def _points(found: pd.DataFrame) -> Points:
    order = found.sort_values(["cluster", "kind", "place"])
    columns = ("place", "latitude", "longitude", "cluster", "kind", "size")
    return Points(*(order[name].to_numpy() for name in columns))


def _geometry(shape: Any, decimals: int = _DECIMALS) -> dict[str, Any]:  # noqa: ANN401 - shapely has no types
    """Return a geometry as GeoJSON, in short numbers."""
    import shapely  # noqa: PLC0415 - heavy; not needed to print help

    content: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return {**content, "coordinates": _rounded(content["coordinates"], decimals)}


def _rounded(numbers: Any, decimals: int) -> Any:  # noqa: ANN401 - lists of lists of numbers
    if isinstance(numbers, list):
        return [_rounded(part, decimals) for part in numbers]
    return round(numbers, decimals)
