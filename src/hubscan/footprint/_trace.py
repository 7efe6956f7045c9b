"""Polygons along the edges of the cells of a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from hubscan.footprint._compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def traced(
    inside: NDArray[np.bool_],
) -> Iterator[tuple[NDArray[np.int64], list[NDArray[np.int64]]]]:
    """
    Give the shell and the holes of each patch of cells that share edges.

    Parameters
    ----------
    inside
        Cells; row r and column c is the square from (c, r) to (c + 1, r + 1).

    Yields
    ------
    shell, holes
        Closed rings of corners (x, y), the cells to their left: shells counter-clockwise, holes
        clockwise. Rings are simple; they may touch one another in a corner.

    Examples
    --------
    >>> [(shell, holes)] = traced(np.array([[True, True]]))
    >>> shell.tolist(), holes
    ([[2, 0], [2, 1], [0, 1], [0, 0], [2, 0]], [])
    """
    padded = np.zeros((inside.shape[0] + 2, inside.shape[1] + 2), np.bool_)
    padded[1:-1, 1:-1] = inside
    # every ring has an edge that runs east, below a cell inside and above one outside
    below = np.zeros(padded.shape, np.bool_)
    np.greater(padded[1:], padded[:-1], out=below[1:])
    corners, ends = _rings(padded, below, np.flatnonzero(below))
    rings = np.split(corners, ends[:-1]) if len(ends) else []
    areas = [_doubled_area(ring) for ring in rings]
    shells = [ring for ring, area in zip(rings, areas, strict=True) if area > 0]
    holes = [ring for ring, area in zip(rings, areas, strict=True) if area < 0]
    holes_of: list[list[NDArray[np.int64]]] = [[] for _ in shells]
    for hole, shell in zip(holes, _shells_around(holes, shells), strict=True):
        holes_of[shell].append(hole)
    yield from zip(shells, holes_of, strict=True)


def _doubled_area(ring: NDArray[np.int64]) -> int:
    x, y = ring.T
    return int((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _shells_around(
    holes: list[NDArray[np.int64]], shells: list[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Return for each hole the number of the smallest shell around it."""
    if len(shells) == 1 or not holes:
        return np.zeros(len(holes), np.int64)
    polygons = np.array([shapely.Polygon(shell) for shell in shells])
    order = np.argsort(shapely.area(polygons), kind="stable")
    # the cell to the left of a hole's first edge belongs to its patch, and so to its shell
    cells = np.array([hole[0] + _left_cell(hole[1] - hole[0]) for hole in holes])
    within = shapely.contains_xy(polygons[order][:, None], cells[:, 0], cells[:, 1])
    return np.asarray(order[np.argmax(within, axis=0)])


def _left_cell(edge: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the way from the begin of an edge to the middle of the first cell to its left."""
    x, y = np.sign(edge)
    return np.array([x - y, x + y]) / 2.0


@compiled
def _rings(
    inside: NDArray[np.bool_], below: NDArray[np.bool_], edges: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the corners of all rings, and where each ring ends; cells are padded all round."""
    corners, count = np.empty((1024, 2), np.int64), 0
    ends, rings = np.empty(64, np.int64), 0
    passed = np.zeros(inside.shape, np.int32)
    for edge in range(len(edges)):
        y, x = edges[edge] // inside.shape[1], edges[edge] % inside.shape[1]
        if not below[y, x]:
            continue
        found, found_ends = _cut(_walked(inside, below, x, y), passed)
        while count + len(found) > len(corners):
            corners = np.concatenate((corners, np.empty_like(corners)))
        while rings + len(found_ends) > len(ends):
            ends = np.concatenate((ends, np.empty_like(ends)))
        corners[count : count + len(found)] = found - 1
        ends[rings : rings + len(found_ends)] = found_ends + count
        count, rings = count + len(found), rings + len(found_ends)
    return corners[:count], ends[:rings]


@compiled
def _walked(
    inside: NDArray[np.bool_], below: NDArray[np.bool_], x: int, y: int
) -> NDArray[np.int64]:
    """Return the corners of the ring that runs east from here, and whether cells touch in them."""
    path, count = np.empty((256, 3), np.int64), 0
    dx, dy = 1, 0
    while dx != 1 or below[y, x]:
        if dx == 1:
            below[y, x] = False
        x, y = x + dx, y + dy
        # of the cells round this corner, the one ahead to the left, and the one to the right
        left = inside[y + ((dx + dy - 1) >> 1), x + ((dx - dy - 1) >> 1)]
        right = inside[y + ((dy - dx - 1) >> 1), x + ((dx + dy - 1) >> 1)]
        if left and not right:
            continue
        if count == len(path):
            path = np.concatenate((path, np.empty_like(path)))
        path[count, 0] = x
        path[count, 1] = y
        path[count, 2] = right and not left
        count += 1
        # cells that share only a corner are apart: keep to the own one
        dx, dy = (dy, -dx) if left else (-dy, dx)
    return path[:count]


@compiled
def _cut(
    path: NDArray[np.int64], passed: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the simple rings that a ring consists of, closed, and where each ends."""
    rings, count = np.empty((2 * len(path) + 2, 2), np.int64), 0
    ends, cuts = np.empty(len(path) + 1, np.int64), 0
    kept, size = np.empty(len(path), np.int64), 0
    for corner in range(len(path)):
        x, y = path[corner, 0], path[corner, 1]
        begin = passed[y, x] - 1 if path[corner, 2] else -1
        if begin >= 0:
            count = _closed(path, kept, begin, size, rings, count, passed)
            ends[cuts] = count
            cuts, size = cuts + 1, begin
        kept[size] = corner
        size += 1
        passed[y, x] = size
    ends[cuts] = _closed(path, kept, 0, size, rings, count, passed)
    return rings[: ends[cuts]], ends[: cuts + 1]


@compiled
def _closed(  # noqa: PLR0913, PLR0917 - a kernel: arrays in, one ring
    path: NDArray[np.int64],
    kept: NDArray[np.int64],
    begin: int,
    end: int,
    rings: NDArray[np.int64],
    count: int,
    passed: NDArray[np.int32],
) -> int:
    """Write the ring of the kept corners from begin to end, and forget them; return its end."""
    for part in range(begin, end):
        x, y = path[kept[part], 0], path[kept[part], 1]
        rings[count, 0] = x
        rings[count, 1] = y
        passed[y, x] = 0
        count += 1
    rings[count, 0] = path[kept[begin], 0]
    rings[count, 1] = path[kept[begin], 1]
    return count + 1
