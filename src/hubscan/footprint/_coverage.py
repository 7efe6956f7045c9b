"""The part of each cell of a grid that a polygon covers, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from hubscan.footprint._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


def covered(shape: shapely.Geometry, size: tuple[int, int]) -> NDArray[np.float64]:
    """
    Return the part of each cell that a shape covers.

    Every edge adds what lies to its right in the cells it crosses, with the sign of its direction;
    sums along the rows make covered areas of it.

    Parameters
    ----------
    shape
        Polygons in cells: column c spans c to c + 1, row r spans r to r + 1.
    size
        Number of rows and columns.

    Returns
    -------
    part
        Array of that size, in [0, 1].

    Examples
    --------
    >>> covered(shapely.box(0.5, 0.25, 2.0, 1.0), (1, 3))
    array([[0.375, 0.75 , 0.   ]])
    """
    rows, columns = size
    inside = shapely.orient_polygons(shapely.clip_by_rect(shape, 0.0, 0.0, columns, rows))
    rings = shapely.get_rings(shapely.get_parts(inside))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    area = np.zeros((rows, columns + 1))
    # counter-clockwise rings rise on the right: what is to the right of an edge is outside
    _add_edges(points, ring, area)
    return np.asarray(np.clip(0.0 - np.cumsum(area, axis=1)[:, :-1], 0.0, 1.0))


@compiled
def _add_edges(
    points: NDArray[np.float64], ring: NDArray[np.int64], area: NDArray[np.float64]
) -> None:
    """Add to each cell what lies to the right of each edge there."""
    for edge in range(len(points) - 1):
        if ring[edge] != ring[edge + 1]:
            continue
        x, y = points[edge, 0], points[edge, 1]
        dx, dy = points[edge + 1, 0] - x, points[edge + 1, 1] - y
        if dy == 0.0:
            continue
        low, high = min(y, y + dy), max(y, y + dy)
        for row in range(int(low), min(int(np.ceil(high)), len(area))):
            begin, end = max(low, float(row)), min(high, row + 1.0)
            left = x + (begin - y) / dy * dx
            right = x + (end - y) / dy * dx
            rise = end - begin if dy > 0.0 else begin - end
            _add_row(area[row], min(left, right), max(left, right), rise)


@compiled
def _add_row(area: NDArray[np.float64], left: float, right: float, rise: float) -> None:
    """Add what lies to the right of a piece of an edge within one row."""
    last = len(area) - 2
    if right <= left:
        cell = min(max(int(left), 0), last)
        area[cell] += rise * (cell + 1.0 - left)
        area[cell + 1] += rise * (left - cell)
        return
    for cell in range(min(int(left), last), min(int(np.ceil(right)), last + 1)):
        begin, end = max(left, float(cell)), min(right, cell + 1.0)
        part = rise * (end - begin) / (right - left)
        middle = (begin + end) / 2.0 - cell
        area[cell] += part * (1.0 - middle)
        area[cell + 1] += part * middle
