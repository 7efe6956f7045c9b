"""Give every place its cluster: its own if it is core, that of a core place in reach, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled
from hubscan.cluster._link import Cores, has_core
from hubscan.cluster._tree import APART, DEPTH, WITHIN, ball_of, relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAREST_CORE: Final = 0
LOWEST_ID: Final = 1
NOISE: Final = 2


class Clusters(NamedTuple):
    """Core places, the cluster of each cell (-1 without core places), and the border rule."""

    cores: Cores
    cluster: NDArray[np.int32]
    border: int


@compiled
def _only_cluster(clusters: Clusters, cell: int) -> tuple[int, bool]:
    """Return a cluster of a cell or its neighbours (-1: none has one), and whether it is the only one."""
    cells, found = clusters.cores.cells, clusters.cluster[cell]
    for neighbour in cells.neighbour[cells.start[cell] : cells.start[cell + 1]]:
        cluster = clusters.cluster[max(neighbour, ~neighbour)]
        if cluster < 0 or cluster == found:
            continue
        if found >= 0:
            return found, False
        found = cluster
    return found, True


@compiled
def _push_nearest_last(
    clusters: Clusters, node: int, place: int, pending: NDArray[np.int32], waiting: int
) -> int:
    """Add the children of a node to those pending, the nearest to a place on top; return how many."""
    tree = clusters.cores.tree
    nearest, at = np.inf, waiting
    for below in range(tree.child[node], tree.child[node] + tree.children[node]):
        dx, dy = tree.ball[below, 0] - tree.x[place], tree.ball[below, 1] - tree.y[place]
        dz = tree.ball[below, 2] - tree.z[place]
        square = dx * dx + dy * dy + dz * dz
        pending[waiting] = below
        if square < nearest:
            nearest, at = square, waiting
        waiting += 1
    pending[at], pending[waiting - 1] = pending[waiting - 1], pending[at]
    return waiting


@compiled
def _nearest_in_leaf(clusters: Clusters, node: int, place: int, square: float) -> float:
    """Return the square of the shortest chord to a core place of a leaf, or ``square`` if shorter."""
    tree, core = clusters.cores.tree, clusters.cores.core
    x, y, z = tree.x[place], tree.y[place], tree.z[place]
    for i in range(tree.begin[node], tree.end[node]):
        dx, dy, dz = tree.x[i] - x, tree.y[i] - y, tree.z[i] - z
        chord_square = dx * dx + dy * dy + dz * dz
        if core[i] and chord_square < square:
            square = chord_square
    return square


@compiled
def _nearest_in_cell(
    clusters: Clusters, cell: int, place: int, square: float, pending: NDArray[np.int32]
) -> float:
    """Return the square of the shortest chord to a core place of a cell, or ``square`` if shorter."""
    cores = clusters.cores
    tree = cores.tree
    ball = (tree.x[place], tree.y[place], tree.z[place], 0.0)
    pending[0], waiting = cores.cells.node[cell], 1
    while waiting > 0:
        waiting -= 1
        node = pending[waiting]
        if not has_core(cores, node) or relation(tree.ball, node, ball, np.sqrt(square)) == APART:
            continue
        if tree.children[node] > 0:
            waiting = _push_nearest_last(clusters, node, place, pending, waiting)
        else:
            square = _nearest_in_leaf(clusters, node, place, square)
    return square


@compiled
def _nearest_cluster(clusters: Clusters, cell: int, place: int, pending: NDArray[np.int32]) -> int:
    """Return the cluster of the nearest core place in reach, the lowest of several equally near."""
    cells, reach = clusters.cores.cells, clusters.cores.reach
    # the next number above the greatest square in reach: "nearer than" then means "within reach"
    nearest, best = np.nextafter(reach * reach, np.inf), np.int32(-1)
    for entry in range(cells.start[cell] - 1, cells.start[cell + 1]):
        other = cell
        if entry >= cells.start[cell]:
            other = max(cells.neighbour[entry], ~cells.neighbour[entry])
        cluster = clusters.cluster[other]
        if cluster < 0:
            continue
        # a lower cluster wins a tie: let it match the best square so far
        bound = np.nextafter(nearest, np.inf) if 0 <= cluster < best else nearest
        square = _nearest_in_cell(clusters, other, place, bound, pending)
        if square < bound:
            nearest, best = square, cluster
    return best


@compiled
def _in_reach(clusters: Clusters, cell: int, place: int, pending: NDArray[np.int32]) -> bool:
    """Return whether some core place of a cell is within reach of a place."""
    cores, tree = clusters.cores, clusters.cores.tree
    ball = (tree.x[place], tree.y[place], tree.z[place], 0.0)
    beyond = np.nextafter(cores.reach * cores.reach, np.inf)
    pending[0], waiting = cores.cells.node[cell], 1
    while waiting > 0:
        waiting -= 1
        node = pending[waiting]
        side = relation(tree.ball, node, ball, cores.reach) if has_core(cores, node) else APART
        if side == APART:
            continue
        if side == WITHIN:
            return True
        if tree.children[node] > 0:
            waiting = _push_nearest_last(clusters, node, place, pending, waiting)
        elif _nearest_in_leaf(clusters, node, place, beyond) < beyond:
            return True
    return False


@compiled
def _lowest_cluster(clusters: Clusters, cell: int, place: int, pending: NDArray[np.int32]) -> int:
    """Return the lowest cluster with a core place in reach."""
    cells = clusters.cores.cells
    best = clusters.cluster[cell]
    for neighbour in cells.neighbour[cells.start[cell] : cells.start[cell + 1]]:
        other = max(neighbour, ~neighbour)
        cluster = clusters.cluster[other]
        if cluster < 0 or 0 <= best <= cluster:
            continue
        if neighbour >= 0 or _in_reach(clusters, other, place, pending):
            best = cluster
    return best


@compiled
def _label_cell(
    clusters: Clusters,
    cell: int,
    order: NDArray[np.int32],
    labels: NDArray[np.int32],
    pending: NDArray[np.int32],
) -> None:
    """Write the clusters of the places of a cell."""
    cores, own = clusters.cores, clusters.cluster[cell]
    node = cores.cells.node[cell]
    only, single = own, True
    if clusters.border != NOISE:
        only, single = _only_cluster(clusters, cell)
    for i in range(cores.tree.begin[node], cores.tree.end[node]):
        if cores.core[i]:
            labels[order[i]] = own
        elif clusters.border == NOISE or only < 0:
            labels[order[i]] = -1
        elif own >= 0 and single:
            labels[order[i]] = own
        elif single or clusters.border == LOWEST_ID:
            labels[order[i]] = _lowest_cluster(clusters, cell, i, pending)
        else:
            labels[order[i]] = _nearest_cluster(clusters, cell, i, pending)


@compiled
def label_stretch(
    clusters: Clusters,
    order: NDArray[np.int32],
    labels: NDArray[np.int32],
    begin: int,
    end: int,
) -> None:
    """Write the clusters of the places of a stretch of cells."""
    pending = np.empty(DEPTH, np.int32)
    for cell in range(begin, end):
        _label_cell(clusters, cell, order, labels, pending)
