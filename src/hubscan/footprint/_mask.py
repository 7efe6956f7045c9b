"""The outline of the union of discs on a fine grid: quick, and true to half a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from hubscan.errors import InputError
from hubscan.footprint._stamp import Rows, stamped
from hubscan.footprint._trace import traced
from hubscan.proximity import PointTree
from hubscan.sphere import unit_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from hubscan.footprint._members import Members

CELLS_A_DEGREE: Final = 1000
"""Cells of the grid in a degree; they begin at 90 south and 180 west."""

_SOUTH_WEST: Final = np.array([180, 90]) * CELLS_A_DEGREE
_AROUND: Final = 360 * CELLS_A_DEGREE
_SMALLEST_DEG: Final = 2.0 / CELLS_A_DEGREE
_TOUCHING: Final = 1.8
"""Between the root of 3, as far as two boxes with a common corner are apart, and 2."""
_MOST_CELLS: Final = 400_000_000
_APART: Final = 5.0 / CELLS_A_DEGREE
"""Degrees by which the discs of two islands are apart, so that their cells never touch."""


def mask(members: Members, *, buffer_deg: float, buffer_shape: str) -> shapely.Geometry:
    """
    Return the cells whose centre lies in a disc around a member of one cluster.

    Parameters
    ----------
    members
        The member places.
    buffer_deg, buffer_shape
        Radius and shape of the discs.

    Returns
    -------
    outline
        MultiPolygon along cell edges, of longitude and latitude, cut at the antimeridian.

    Raises
    ------
    InputError
        If the discs are too small for the grid, or the cluster too wide.
    """
    if buffer_deg < _SMALLEST_DEG:
        msg = (
            f"footprint: buffer_deg = {buffer_deg}: must be at least {_SMALLEST_DEG:g} for "
            "outline 'mask'; use 'union'"
        )
        raise InputError(msg)
    polygons: list[shapely.Polygon] = []
    for island in _islands(members, buffer_deg=buffer_deg, buffer_shape=buffer_shape):
        latitude, longitude = members.latitude[island], members.longitude[island]
        bottom, top = _span(latitude, buffer_deg)
        left, right, longitude = _longitude_span(latitude, longitude, buffer_deg, buffer_shape)
        if (top - bottom) * (right - left) > _MOST_CELLS:
            msg = (
                f"footprint: cluster {members.cluster} is too wide for outline 'mask': use 'union'"
            )
            raise InputError(msg)
        centres = (np.arange(bottom, top) + 0.5) / CELLS_A_DEGREE - 90.0
        first = np.full(len(centres), (left + 0.5) / CELLS_A_DEGREE - 180.0)
        rows = Rows(centres, first, np.full(len(centres), 1.0 / CELLS_A_DEGREE))
        inside = stamped(
            latitude,
            longitude,
            rows,
            columns=right - left,
            buffer_deg=buffer_deg,
            buffer_shape=buffer_shape,
        )
        polygons.extend(_polygons(inside, bottom=bottom, left=left))
    return shapely.multipolygons(polygons)


def _islands(
    members: Members, *, buffer_deg: float, buffer_shape: str
) -> Iterator[NDArray[np.int64]]:
    """Give the rows of members whose discs may touch, island by island."""
    width = 2.0 * buffer_deg + _APART
    if buffer_shape == "geodesic":
        points = unit_vectors(members.latitude, members.longitude)
        boxes = np.floor((points + 2.0) / (2.0 * np.sin(np.radians(width) / 2.0)))
        around = 0.0
    else:
        # the last column is the widest, so that whole columns go round the world
        around = max(np.floor(360.0 / width), 1.0)
        column = np.minimum(np.floor((members.longitude + 180.0) / width), around - 1.0)
        row = np.floor((members.latitude + 90.0) / width)
        boxes = np.column_stack((column, row, np.zeros(len(row))))
    distinct, box = np.unique(boxes, axis=0, return_inverse=True)
    numbers = _first_of_island(distinct, around)[box]
    order = np.argsort(numbers, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)


def _first_of_island(boxes: NDArray[np.float64], around: float) -> NDArray[np.int64]:
    """Return for each box the first of those it hangs together with, corners enough."""
    near = PointTree(boxes, around=(around, 0.0, 0.0)).within(boxes, _TOUCHING)
    first = np.arange(len(boxes))
    while True:
        lower = first.copy()
        np.minimum.at(lower, near.asked, first[near.row])
        lower = lower[lower]
        if np.array_equal(lower, first):
            return first
        first = lower


def _span(latitude: NDArray[np.float64], buffer_deg: float) -> tuple[int, int]:
    """Return the first row of the grid that discs may touch, and the one after the last."""
    bottom = np.floor((latitude.min() - buffer_deg + 90.0) * CELLS_A_DEGREE)
    top = np.ceil((latitude.max() + buffer_deg + 90.0) * CELLS_A_DEGREE)
    return max(int(bottom), 0), min(int(top), 180 * CELLS_A_DEGREE)


def _longitude_span(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    buffer_deg: float,
    buffer_shape: str,
) -> tuple[int, int, NDArray[np.float64]]:
    """Return the first column, the one after the last, and longitudes that run on beyond 180."""
    widest = buffer_deg
    if buffer_shape == "geodesic":
        highest = np.radians(np.abs(latitude).max())
        part = np.sin(np.radians(buffer_deg)) / max(np.cos(highest), 1e-9)
        widest = float(np.degrees(np.arcsin(part))) if part < 1.0 else 180.0
    distinct = np.unique(longitude)
    gaps = np.diff(distinct, append=distinct[0] + 360.0)
    start = distinct[(int(np.argmax(gaps)) + 1) % len(distinct)]
    unrolled = np.where(longitude < start, longitude + 360.0, longitude)
    left = int(np.floor((unrolled.min() - widest + 180.0) * CELLS_A_DEGREE))
    right = int(np.ceil((unrolled.max() + widest + 180.0) * CELLS_A_DEGREE))
    if right - left >= _AROUND:
        return 0, _AROUND, longitude
    return left, right, unrolled


def _polygons(inside: NDArray[np.bool_], *, bottom: int, left: int) -> Iterator[shapely.Polygon]:
    """Give the polygons along the edges of cells, cut where the columns pass the antimeridian."""
    right = left + inside.shape[1]
    seams = [seam for seam in (0, _AROUND) if left < seam < right]
    for begin, end in zip([left, *seams], [*seams, right], strict=True):
        corner = np.array([begin % _AROUND, bottom])
        for shell, holes in traced(inside[:, begin - left : end - left]):
            yield shapely.Polygon(
                _degrees(shell + corner), [_degrees(hole + corner) for hole in holes]
            )


def _degrees(corners: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the longitude and latitude of corners of the grid."""
    return np.asarray((corners - _SOUTH_WEST) / CELLS_A_DEGREE)
