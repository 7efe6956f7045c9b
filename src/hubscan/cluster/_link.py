"""Join cells with core places in reach of each other, and number the clusters they form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, inlined
from hubscan.cluster._tree import (
    AFTER,
    APART,
    BEGIN,
    DEPTH,
    END,
    RADIUS,
    WITHIN,
    ball_of,
    relation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.cluster._cells import Cells
    from hubscan.cluster._tree import Whole


class Cores(NamedTuple):
    """A tree, and which places (along the curve) are core; ``before[i]`` of the first i are."""

    nodes: NDArray[np.int32]
    balls: NDArray[np.float64]
    places: NDArray[np.float64]
    core: NDArray[np.bool_]
    before: NDArray[np.int32]
    reach: float


def cores_before(core: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return how many of the first i places are core, for i from 0 to their number."""
    before = np.zeros(len(core) + 1, np.int32)
    np.cumsum(core, dtype=np.int32, out=before[1:])
    return before


@inlined
def has_core(nodes: NDArray[np.int32], before: NDArray[np.int32], node: Whole) -> bool:
    """Return whether any place of a node is core."""
    return bool(before[nodes[node, END]] > before[nodes[node, BEGIN]])


@compiled
def linked_cells(cores: Cores, cells: Cells) -> NDArray[np.int32]:
    """
    Return for each cell the lowest cell of its cluster, -1 without core places.

    Core places of one cell are neighbours. Cells wholly within reach are joined first, which is
    free; only pairs still separate then are searched for a core pair in reach.
    """
    nodes, before, cell_nodes = cores.nodes, cores.before, cells.node
    count = cell_nodes.shape[0]
    parent = np.empty(count, np.int32)
    for cell in range(count):
        parent[cell] = cell if has_core(nodes, before, np.int64(cell_nodes[cell])) else -1
    pending = np.empty((np.int64(2 * DEPTH), np.int64(2)), np.int64)
    for sure in (True, False):
        _join(cores, cells, parent, pending, sure)
    for cell in range(count):
        if parent[cell] >= 0:
            parent[cell] = _root(parent, cell)
    return parent


@inlined
def _join(
    cores: Cores,
    cells: Cells,
    parent: NDArray[np.int32],
    pending: NDArray[np.int64],
    sure: bool,  # noqa: FBT001 - a pass over one kind of neighbours or the other
) -> None:
    """Join the groups of neighbouring cells: those surely in reach, or those to be searched."""
    cell_nodes, start, neighbour = cells.node, cells.start, cells.neighbour
    for cell in range(cell_nodes.shape[0]):
        if parent[cell] < 0:
            continue
        for entry in neighbour[start[cell] : start[cell + 1]]:
            other = entry if sure else ~entry
            if other <= cell or parent[other] < 0:
                continue
            a, b = _root(parent, cell), _root(parent, other)
            if a != b and (sure or _touch(cores, cell_nodes[cell], cell_nodes[other], pending)):
                parent[max(a, b)] = min(a, b)


@inlined
def _root(parent: NDArray[np.int32], cell: int) -> int:
    """Return the cell that stands for a cell's group, shortening the way there."""
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@inlined
def _touch(cores: Cores, node: int, other: int, pending: NDArray[np.int64]) -> bool:
    """Return whether a core place of a node is within reach of a core place of another."""
    nodes, balls, before, reach = cores.nodes, cores.balls, cores.before, cores.reach
    pending[0, 0], pending[0, 1], waiting = node, other, 1
    while waiting > 0:
        waiting -= 1
        a, b = pending[waiting, 0], pending[waiting, 1]
        if not has_core(nodes, before, a) or not has_core(nodes, before, b):
            continue
        side = relation(balls, a, ball_of(balls, b), reach)
        if side == WITHIN:
            return True
        if side == APART:
            continue
        a_leaf, b_leaf = nodes[a, AFTER] == a + 1, nodes[b, AFTER] == b + 1
        if a_leaf and b_leaf and _leaves_touch(cores, a, b):
            return True
        if a_leaf or (not b_leaf and balls[a, RADIUS] < balls[b, RADIUS]):
            a, b = b, a
        part = a + 1
        while part < nodes[a, AFTER]:
            pending[waiting, 0], pending[waiting, 1] = part, b
            waiting += 1
            part = nodes[part, AFTER]
    return False


@inlined
def _leaves_touch(cores: Cores, node: int, other: int) -> bool:
    """Return whether a core place of a leaf is within reach of one of another, place by place."""
    nodes, places, core, square = cores.nodes, cores.places, cores.core, cores.reach * cores.reach
    for i in range(nodes[node, BEGIN], nodes[node, END]):
        if not core[i]:
            continue
        x, y, z = places[0, i], places[1, i], places[2, i]
        for j in range(nodes[other, BEGIN], nodes[other, END]):
            dx, dy, dz = places[0, j] - x, places[1, j] - y, places[2, j] - z
            if core[j] and dx * dx + dy * dy + dz * dz <= square:
                return True
    return False
