"""Cells: the largest tree nodes whose places are all neighbours, and which cells are in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, over_stretches
from hubscan.cluster._tree import APART, DEPTH, WITHIN, Tree, ball_of, longer, relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEIGHBOURHOODS: Final = 3.0
"""Cells are looked up for nodes up to this many reaches wide at a time."""


class Cells(NamedTuple):
    """
    Nodes that cut the places into cells, and for cell c its neighbours ``start[c]:start[c + 1]``.

    A neighbour j >= 0 is a cell all of whose places are within reach of all of c's; ``~j`` is a cell
    some of whose places may be. A cell is not its own neighbour.
    """

    node: NDArray[np.int32]
    start: NDArray[np.int64]
    neighbour: NDArray[np.int32]


def cells_in_reach(tree: Tree, *, reach: float, threads: int) -> Cells:
    """Return the cells of a tree whose leaves are no wider than ``reach``, with their neighbours."""
    node = _nodes_narrower(tree, reach)
    cell_of = np.full(len(tree.begin), -1, np.int32)
    cell_of[node] = np.arange(len(node), dtype=np.int32)
    blocks = _nodes_narrower(tree, _NEIGHBOURHOODS * reach)
    ends = np.append(tree.begin[blocks], tree.end[blocks[-1]])
    block_cells = np.searchsorted(tree.begin[node], ends)
    found = over_stretches(
        _neighbours, len(blocks), tree, node, cell_of, blocks, block_cells, reach, threads=threads
    )
    start = np.concatenate(([0], *(counts for counts, _ in found))).cumsum()
    return Cells(node, start, np.concatenate([neighbours for _, neighbours in found]))


@compiled
def _nodes_narrower(tree: Tree, width: float) -> NDArray[np.int32]:
    """Return the highest nodes no wider than ``width``, or leaves, in curve order."""
    nodes, count = np.empty(1024, np.int32), 0
    pending = np.empty(DEPTH, np.int32)
    pending[0], waiting = 0, 1
    while waiting > 0:
        waiting -= 1
        node = pending[waiting]
        if tree.children[node] > 0 and 2.0 * tree.ball[node, 3] > width:
            for below in range(
                tree.child[node] + tree.children[node] - 1, tree.child[node] - 1, -1
            ):
                pending[waiting] = below
                waiting += 1
            continue
        if count == nodes.shape[0]:
            nodes = longer(nodes)
        nodes[count] = node
        count += 1
    return nodes[:count].copy()


@compiled
def _cells_near(
    tree: Tree,
    cell_of: NDArray[np.int32],
    block: int,
    reach: float,
    near: NDArray[np.int32],
) -> tuple[NDArray[np.int32], int]:
    """Return the nodes of the cells that may be in reach of a block, and their number."""
    ball, count = ball_of(tree.ball, block), 0
    pending = np.empty(DEPTH, np.int32)
    pending[0], waiting = 0, 1
    while waiting > 0:
        waiting -= 1
        node = pending[waiting]
        if relation(tree.ball, node, ball, reach) == APART:
            continue
        if cell_of[node] < 0:
            for below in range(tree.child[node], tree.child[node] + tree.children[node]):
                pending[waiting] = below
                waiting += 1
            continue
        if count == near.shape[0]:
            near = longer(near)
        near[count] = node
        count += 1
    return near, count


@compiled
def _neighbours(  # noqa: PLR0913 - a stretch kernel: inputs, stretch
    tree: Tree,
    nodes: NDArray[np.int32],
    cell_of: NDArray[np.int32],
    blocks: NDArray[np.int32],
    block_cells: NDArray[np.int64],
    reach: float,
    begin: int,
    end: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the numbers of neighbours of the cells of a stretch of blocks, and the neighbours."""
    first = block_cells[begin]
    counts = np.zeros(block_cells[end] - first, np.int64)
    neighbours, total = np.empty(4096, np.int32), 0
    near = np.empty(256, np.int32)
    for block in range(begin, end):
        near, candidates = _cells_near(tree, cell_of, blocks[block], reach, near)
        for cell in range(block_cells[block], block_cells[block + 1]):
            before, ball = total, ball_of(tree.ball, nodes[cell])
            for node in near[:candidates]:
                side = relation(tree.ball, node, ball, reach)
                if side == APART or node == nodes[cell]:
                    continue
                if total == neighbours.shape[0]:
                    neighbours = longer(neighbours)
                neighbours[total] = cell_of[node] if side == WITHIN else ~cell_of[node]
                total += 1
            counts[cell - first] = total - before
    return counts, neighbours[:total].copy()
