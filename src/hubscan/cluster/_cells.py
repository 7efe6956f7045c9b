"""Cells: the largest tree nodes whose places are all neighbours, and which cells are in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, inlined, over_stretches
from hubscan.cluster._tree import (
    AFTER,
    APART,
    BEGIN,
    RADIUS,
    WITHIN,
    ball_of,
    longer,
    parts_of,
    relation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.cluster._tree import Tree, Whole

_BLOCK_WIDTH: Final = 8.0
"""Cells in reach are looked up for blocks of cells this many reaches wide at a time."""


class Cells(NamedTuple):
    """
    The nodes that cut the places into cells, and their neighbours.

    The neighbours of cell c are ``neighbour[start[c] : start[c + 1]]``: j >= 0 is a cell all of
    whose places are within reach of all of c's, ``~j`` one some of whose places may be. No cell is
    its own neighbour.
    """

    node: NDArray[np.int32]
    start: NDArray[np.int64]
    neighbour: NDArray[np.int32]


def cells_in_reach(tree: Tree, *, reach: float, threads: int) -> Cells:
    """Return the cells of a tree with no leaf wider than ``reach``, and their neighbours."""
    node = _nodes_narrower(tree.nodes, tree.balls, reach)
    cell_of = np.full(len(tree.nodes), -1, np.int32)
    cell_of[node] = np.arange(len(node), dtype=np.int32)
    blocks = _nodes_narrower(tree.nodes, tree.balls, _BLOCK_WIDTH * reach)
    first_cells = np.searchsorted(tree.nodes[node, BEGIN], tree.nodes[blocks, BEGIN])
    block_cells = np.append(first_cells, len(node))
    found = over_stretches(
        _neighbours, len(blocks), tree, node, cell_of, blocks, block_cells, reach, threads=threads
    )
    start = np.concatenate(([0], *(counts for counts, _, _ in found))).cumsum()
    return Cells(node, start, np.concatenate([listed[:total] for _, listed, total in found]))


def _nodes_narrower(
    nodes: NDArray[np.int32], balls: NDArray[np.float64], width: float
) -> NDArray[np.int32]:
    """Return the highest nodes no wider than ``width``, or leaves, in curve order."""
    found, level = [], np.zeros(min(1, len(nodes)), np.int64)
    while len(level):
        divided = (nodes[level, AFTER] > level + 1) & (2.0 * balls[level, RADIUS] > width)
        found.append(level[~divided])
        level = parts_of(nodes, level[divided])
    return np.sort(np.concatenate([np.empty(0, np.int64), *found])).astype(np.int32)


@inlined
def _cells_near(
    nodes: NDArray[np.int32],
    balls: NDArray[np.float64],
    cell_of: NDArray[np.int32],
    block: Whole,
    reach: float,
    near: NDArray[np.int32],
) -> int:
    """List the nodes of cells that may be in reach of a block; return how many (-1: no room)."""
    ball, count, node = ball_of(balls, block), 0, np.int64(0)
    while node < nodes.shape[0]:
        if relation(balls, node, ball, reach) == APART:
            node = nodes[node, AFTER]
        elif cell_of[node] < 0:
            node += 1
        elif count == near.shape[0]:
            return -1
        else:
            near[count] = node
            count += 1
            node = nodes[node, AFTER]
    return count


@compiled
def _neighbours(  # noqa: PLR0913, PLR0917 - a kernel: its inputs and its stretch
    tree: Tree,
    cell_nodes: NDArray[np.int32],
    cell_of: NDArray[np.int32],
    blocks: NDArray[np.int32],
    block_cells: NDArray[np.int64],
    reach: float,
    begin: int,
    end: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], int]:
    """Return how many neighbours each cell of some blocks has, these, and how many in all."""
    nodes, balls, first = tree.nodes, tree.balls, block_cells[begin]
    counts = np.empty(block_cells[end] - first, np.int64)
    neighbours, total = np.empty(np.int64(4096), np.int32), 0
    near = np.empty(np.int64(256), np.int32)
    for block in range(begin, end):
        candidates = _cells_near(nodes, balls, cell_of, np.int64(blocks[block]), reach, near)
        while candidates < 0:
            near = longer(near)
            candidates = _cells_near(nodes, balls, cell_of, np.int64(blocks[block]), reach, near)
        for cell in range(block_cells[block], block_cells[block + 1]):
            before, own = total, np.int64(cell_nodes[cell])
            ball = ball_of(balls, own)
            while total + candidates > neighbours.shape[0]:
                neighbours = longer(neighbours)
            for candidate in range(candidates):
                node = np.int64(near[candidate])
                side = relation(balls, node, ball, reach)
                if side == APART or node == own:
                    continue
                neighbours[total] = cell_of[node] if side == WITHIN else ~cell_of[node]
                total += 1
            counts[cell - first] = total - before
    return counts, neighbours, total
