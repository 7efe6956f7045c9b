"""Join cells with core places in reach of each other, and number the clusters they form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hubscan.cluster._cells import Cells
from hubscan.cluster._compiled import compiled
from hubscan.cluster._tree import APART, DEPTH, WITHIN, Tree, ball_of, relation

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Cores(NamedTuple):
    """Which places (along the curve) are core; ``before[i]``: how many of the first i places are."""

    tree: Tree
    cells: Cells
    reach: float
    core: NDArray[np.bool_]
    before: NDArray[np.int32]


@compiled
def cores_before(core: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return how many of the first i places are core, for i from 0 to their number."""
    before = np.empty(core.shape[0] + 1, np.int32)
    before[0] = total = np.int32(0)
    for i in range(core.shape[0]):
        total += core[i]
        before[i + 1] = total
    return before


@compiled
def has_core(cores: Cores, node: int) -> bool:
    """Return whether any place of a node is core."""
    return cores.before[cores.tree.end[node]] > cores.before[cores.tree.begin[node]]


@compiled
def _leaves_touch(cores: Cores, node: int, other: int) -> bool:
    """Return whether a core place of a leaf is within reach of one of another, place by place."""
    tree, core = cores.tree, cores.core
    square = cores.reach * cores.reach
    for i in range(tree.begin[node], tree.end[node]):
        if not core[i]:
            continue
        x, y, z = tree.x[i], tree.y[i], tree.z[i]
        for j in range(tree.begin[other], tree.end[other]):
            dx, dy, dz = tree.x[j] - x, tree.y[j] - y, tree.z[j] - z
            if core[j] and dx * dx + dy * dy + dz * dz <= square:
                return True
    return False


@compiled
def _touch(cores: Cores, node: int, other: int, pending: NDArray[np.int32]) -> bool:
    """Return whether a core place of a node is within reach of a core place of another."""
    tree = cores.tree
    pending[0, 0], pending[0, 1], waiting = node, other, 1
    while waiting > 0:
        waiting -= 1
        a, b = pending[waiting, 0], pending[waiting, 1]
        if not has_core(cores, a) or not has_core(cores, b):
            continue
        side = relation(tree.ball, a, ball_of(tree.ball, b), cores.reach)
        if side == APART:
            continue
        if side == WITHIN:
            return True
        if tree.children[a] == 0 and tree.children[b] == 0:
            if _leaves_touch(cores, a, b):
                return True
            continue
        wider = tree.ball[a, 3] >= tree.ball[b, 3]
        if tree.children[a] == 0 or (tree.children[b] > 0 and not wider):
            a, b = b, a
        for below in range(tree.child[a], tree.child[a] + tree.children[a]):
            pending[waiting, 0], pending[waiting, 1] = below, b
            waiting += 1
    return False


@compiled
def _root(parent: NDArray[np.int32], cell: int) -> int:
    """Return the cell that stands for a cell's group, shortening the way there."""
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@compiled
def linked_cells(cores: Cores) -> NDArray[np.int32]:
    """
    Return for each cell the lowest cell of its cluster, -1 without core places.

    Core places of one cell are neighbours. Cells wholly within reach are joined first, which is
    free; only pairs still separate are searched for a core pair in reach.
    """
    cells = cores.cells
    count = cells.node.shape[0]
    parent, dense = np.arange(count).astype(np.int32), np.empty(count, np.bool_)
    pending = np.empty((2 * DEPTH, 2), np.int32)
    for cell in range(count):
        dense[cell] = has_core(cores, cells.node[cell])
    for sure in (True, False):
        for cell in range(count):
            if not dense[cell]:
                continue
            for neighbour in cells.neighbour[cells.start[cell] : cells.start[cell + 1]]:
                other = neighbour if sure else ~neighbour
                if other <= cell or not dense[other]:
                    continue
                a, b = _root(parent, cell), _root(parent, other)
                if a != b and (sure or _touch(cores, cells.node[cell], cells.node[other], pending)):
                    parent[max(a, b)] = min(a, b)
    for cell in range(count):
        parent[cell] = _root(parent, cell) if dense[cell] else -1
    return parent


@compiled
def _root_numbers(roots: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Return the groups of cells numbered along the curve, and how many there are."""
    numbers, count = np.full(roots.shape[0], -1, np.int32), 0
    for cell in range(roots.shape[0]):
        if roots[cell] == cell:
            numbers[cell] = count
            count += 1
        elif roots[cell] >= 0:
            numbers[cell] = numbers[roots[cell]]
    return numbers, count


@compiled
def _core_weights(
    cores: Cores, below: NDArray[np.int64], numbers: NDArray[np.int32], count: int
) -> NDArray[np.int64]:
    """Return the weight of the core places of each group of cells."""
    tree, nodes = cores.tree, cores.cells.node
    weights = np.zeros(count, np.int64)
    for cell in range(nodes.shape[0]):
        if numbers[cell] < 0:
            continue
        first, last = tree.begin[nodes[cell]], tree.end[nodes[cell]]
        if cores.before[last] - cores.before[first] == last - first:
            weights[numbers[cell]] += below[last] - below[first]
            continue
        for i in range(first, last):
            if cores.core[i]:
                weights[numbers[cell]] += below[i + 1] - below[i]
    return weights


@compiled
def _lowest_places(  # noqa: PLR0913 - a compiled inner step: its state is passed, not held
    cores: Cores,
    numbers: NDArray[np.int32],
    tied: NDArray[np.bool_],
    order: NDArray[np.int32],
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinates of the core place lowest by (latitude, longitude) of each tied group."""
    tree, nodes = cores.tree, cores.cells.node
    lowest = np.full(tied.shape[0], np.inf)
    leftmost = np.full(tied.shape[0], np.inf)
    for cell in range(nodes.shape[0]):
        group = numbers[cell]
        if group < 0 or not tied[group]:
            continue
        for i in range(tree.begin[nodes[cell]], tree.end[nodes[cell]]):
            phi, lam = latitude[order[i]], longitude[order[i]]
            if cores.core[i] and (
                phi < lowest[group] or (phi == lowest[group] and lam < leftmost[group])
            ):
                lowest[group], leftmost[group] = phi, lam
    return lowest, leftmost


def numbered_cells(
    cores: Cores,
    roots: NDArray[np.int32],
    *,
    below: NDArray[np.int64],
    order: NDArray[np.int32],
    coordinates: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.int32]:
    """Return the cluster of each cell, -1 without core places; the heaviest cluster is 0."""
    groups, count = _root_numbers(roots)
    weights = _core_weights(cores, below, groups, count)
    _, which, sizes = np.unique(weights, return_inverse=True, return_counts=True)
    tied = sizes[which] > 1
    lowest, leftmost = _lowest_places(cores, groups, tied, order, *coordinates)
    rank = np.empty(count + 1, np.int32)
    rank[np.lexsort((leftmost, lowest, -weights))] = np.arange(count, dtype=np.int32)
    rank[count] = -1
    return rank[groups]
