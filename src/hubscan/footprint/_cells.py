"""Sum the people of raster cells on the ground of clusters."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from hubscan.footprint._coverage import covered
from hubscan.footprint._near import Sites, nearest_only
from hubscan.footprint._stamp import stamped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from hubscan.footprint._members import Members
    from hubscan.footprint._stamp import Rows
    from hubscan.footprint.raster import Cells, PopulationRaster

    Parts = list[NDArray[np.float64]]

_WIDE: Final = 1.01
"""Footprints reach a little beyond their discs."""

_TURN: Final = 360.0
_HALF_TURN: Final = 180.0
_QUARTER_TURN: Final = 90.0


class Disc(NamedTuple):
    """Radius and shape of the discs around member places."""

    radius_deg: float
    shape: str


class _Places(NamedTuple):
    """Member places by cluster and square degree, and where each square begins and ends."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    number: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


class _Sight(NamedTuple):
    """A window, its rows from south to north, and the members and grounds that may reach it."""

    cells: Cells
    rows: Rows
    values: NDArray[np.float64]
    numbers: list[int]
    sites: list[NDArray[np.float64]]
    grounds: list[shapely.Geometry]


def persons_in_cells(
    clusters: Sequence[Members],
    grounds: Sequence[shapely.Geometry],
    people: PopulationRaster,
    disc: Disc,
    *,
    cell_rule: str,
    overlap: str,
) -> list[float]:
    """Return the people of the raster on the ground of each cluster, NaN where it ends short."""
    places = _places(clusters)
    persons: list[list[float]] = [[] for _ in clusters]
    held = np.zeros(len(places.number), np.bool_)
    for cells in people.windows(_boxes(places, disc)):
        rows, values = cells.northward()
        near = _near(places, rows, values.shape[1], disc)
        held[near] |= _holds(rows, values.shape[1], places, near)
        sight = _sight(cells, rows, values, places, near, grounds)
        for number, part in zip(
            sight.numbers, _parts(sight, disc, cell_rule, overlap), strict=True
        ):
            inside = (part > 0.0) & np.isfinite(values)
            persons[number].extend((part[inside] * values[inside]).tolist())
    short = set(places.number[~held].tolist())
    return [np.nan if number in short else fsum(each) for number, each in enumerate(persons)]


def _places(clusters: Sequence[Members]) -> _Places:
    """Return the member places of all clusters, square degree by square degree."""
    latitude = np.concatenate([each.latitude for each in clusters])
    longitude = np.concatenate([each.longitude for each in clusters])
    number = np.repeat(np.arange(len(clusters)), [len(each.latitude) for each in clusters])
    square = np.floor(latitude + _QUARTER_TURN) * _TURN + np.floor(longitude + _HALF_TURN)
    order = np.lexsort((square, number))
    square, number = square[order], number[order]
    new = (np.diff(square, prepend=-1.0) != 0.0) | (np.diff(number, prepend=-1) != 0)
    begin = np.flatnonzero(new)
    end = np.append(begin[1:], len(order))
    return _Places(latitude[order], longitude[order], number, begin, end)


def _boxes(places: _Places, disc: Disc) -> NDArray[np.float64]:
    """Return boxes of longitude and latitude that hold all discs."""
    low, left = np.floor(places.latitude[places.begin]), np.floor(places.longitude[places.begin])
    half = _half_width(np.abs(low + 0.5) + 0.5, disc)
    south = np.maximum(low - disc.radius_deg * _WIDE, -_QUARTER_TURN)
    north = np.minimum(low + 1.0 + disc.radius_deg * _WIDE, _QUARTER_TURN)
    boxes = []
    for turn in (-_TURN, 0.0, _TURN):
        west = np.maximum(left - half + turn, -_HALF_TURN)
        east = np.minimum(left + 1.0 + half + turn, _HALF_TURN)
        boxes.append(np.column_stack((west, south, east, north))[west < east])
    return np.concatenate(boxes)


def _half_width(latitude: NDArray[np.float64], disc: Disc) -> NDArray[np.float64]:
    """Return the longitudes that discs take to both sides, at most, up to latitudes."""
    radius = disc.radius_deg * _WIDE
    if disc.shape != "geodesic":
        return np.full(len(latitude), radius)
    part = np.sin(np.radians(radius)) / np.maximum(np.cos(np.radians(latitude)), 1e-9)
    polar = (part >= 1.0) | (latitude >= _QUARTER_TURN)
    return np.where(polar, _HALF_TURN, np.degrees(np.arcsin(np.minimum(part, 1.0))))


def _near(places: _Places, rows: Rows, columns: int, disc: Disc) -> NDArray[np.int64]:
    """Return the places of the square degrees that may reach a window."""
    if not len(rows.latitude):
        return np.empty(0, np.int64)
    margin = disc.radius_deg * _WIDE + 2.0 * float(rows.step.max())
    south, north = rows.latitude[0] - margin, rows.latitude[-1] + margin
    half = _half_width(np.array([max(-south, north, 0.0)]), disc) + 2.0 * rows.step.max()
    west = rows.first.min() - half
    east = (rows.first + rows.step * (columns - 1)).max() + half
    low, left = np.floor(places.latitude[places.begin]), np.floor(places.longitude[places.begin])
    level = (low + 1.0 >= south) & (low <= north)
    reach = (left + 1.0 - west) % _TURN <= east - west + 1.0
    ranges = [
        np.arange(places.begin[square], places.end[square])
        for square in np.flatnonzero(level & reach)
    ]
    return np.concatenate(ranges) if ranges else np.empty(0, np.int64)


def _holds(rows: Rows, columns: int, places: _Places, near: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the near places lie in a window."""
    if not len(near):
        return np.empty(0, np.bool_)
    middles = (rows.latitude[1:] + rows.latitude[:-1]) / 2.0
    row = np.searchsorted(middles, places.latitude[near])
    heights = np.diff(rows.latitude) if len(middles) else rows.step
    level = np.abs(places.latitude[near] - rows.latitude[row]) <= 0.51 * heights.max()
    along = (places.longitude[near] - rows.first[row] + rows.step[row] * 0.51) % _TURN
    return np.asarray(level & (along <= rows.step[row] * (columns + 0.02)))


def _sight(
    cells: Cells,
    rows: Rows,
    values: NDArray[np.float64],
    places: _Places,
    near: NDArray[np.int64],
    grounds: Sequence[shapely.Geometry],
) -> _Sight:
    numbers, begins = np.unique(places.number[near], return_index=True)
    groups = np.split(near, begins[1:]) if len(numbers) else []
    sites = [np.array([places.latitude[group], places.longitude[group]]) for group in groups]
    shapes = [grounds[number] for number in numbers]
    # a raster may run on beyond the antimeridian and repeat itself there
    longitude = rows.first[:, None] + rows.step[:, None] * np.arange(values.shape[1])
    values[(longitude < -_HALF_TURN) | (longitude >= _HALF_TURN)] = np.nan
    return _Sight(cells, rows, values, numbers.tolist(), sites, shapes)


def _parts(sight: _Sight, disc: Disc, cell_rule: str, overlap: str) -> Parts:
    """Return for each cluster in sight which part of each cell it has."""
    parts, joint = CELL_RULES[cell_rule](sight, disc)
    if not parts or overlap == "both":
        return parts
    depth = np.sum([part > 0.0 for part in parts], axis=0)
    row, column = np.nonzero(depth > 1)
    if not len(row):
        return parts
    latitude = sight.rows.latitude[row]
    longitude = sight.rows.first[row] + sight.rows.step[row] * column
    distances = []
    for site, part in zip(sight.sites, parts, strict=True):
        sites = Sites(site[0], site[1], disc.shape)
        distance = sites.degrees(latitude, longitude, within=_TURN)
        distances.append(np.where(part[row, column] > 0.0, distance, np.inf))
    together = joint()[row, column]
    for part, won in zip(parts, nearest_only(distances), strict=True):
        part[row, column] = np.where(won, together, 0.0)
    return parts


def _by_centre(sight: _Sight, disc: Disc) -> tuple[Parts, Callable[[], NDArray[np.float64]]]:
    """Return 1 for cells whose centre is in a disc of each cluster; and of any cluster."""
    parts = [
        stamped(
            site[0],
            site[1],
            sight.rows,
            columns=sight.values.shape[1],
            buffer_deg=disc.radius_deg,
            buffer_shape=disc.shape,
        ).astype(np.float64)
        for site in sight.sites
    ]
    return parts, lambda: np.maximum.reduce(parts)


def _by_area(sight: _Sight, disc: Disc) -> tuple[Parts, Callable[[], NDArray[np.float64]]]:  # noqa: ARG001 - as the other rule
    """Return the part of each cell inside the footprint of each cluster; and of any cluster."""
    parts = [_covered(sight, ground) for ground in sight.grounds]
    return parts, lambda: _covered(sight, shapely.union_all(sight.grounds))


def _covered(sight: _Sight, ground: shapely.Geometry) -> NDArray[np.float64]:
    return covered(shapely.transform(ground, sight.cells.cell_coordinates), sight.values.shape)


CELL_RULES: Final[
    dict[str, Callable[[_Sight, Disc], tuple[Parts, Callable[[], NDArray[np.float64]]]]]
] = {"centre": _by_centre, "area_weighted": _by_area}
"""Which part of a cell counts, by name."""
