"""The weight in reach of each place: exact where it can matter, cut short where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._cells import Cells
from hubscan.cluster._compiled import compiled
from hubscan.cluster._tree import APART, DEPTH, UNSURE, WITHIN, Tree, ball_of, longer, relation

if TYPE_CHECKING:
    from numpy.typing import NDArray

COARSER: Final = 0.5
"""A node is opened against another while its radius is more than this share of the other's."""


class Field(NamedTuple):
    """
    Weighted places and what is asked of their densities.

    ``below[i]`` is the weight of the first i places along the curve: the weight of a run is a
    difference. Densities are exact in ``floor <= density <= cap``; a greater one is given as
    ``cap``, a lesser one as some number below ``floor``.
    """

    tree: Tree
    cells: Cells
    below: NDArray[np.int64]
    reach: float
    floor: int
    cap: int


@compiled
def weights_below(weights: NDArray[np.int64], order: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the weight of the first i places in the given order, for i from 0 to their number."""
    below = np.empty(order.shape[0] + 1, np.int64)
    below[0] = total = np.int64(0)
    for i in range(order.shape[0]):
        total += weights[order[i]]
        below[i + 1] = total
    return below


@compiled
def _open_cells(
    field: Field, cell: int, unsure: NDArray[np.int32]
) -> tuple[NDArray[np.int32], int, int, int]:
    """Return the nodes only partly in reach of a cell, their number, the weight in reach, theirs."""
    cells, below, begin, end = field.cells, field.below, field.tree.begin, field.tree.end
    nodes = cells.node
    count, open_weight = 0, np.int64(0)
    known = below[end[nodes[cell]]] - below[begin[nodes[cell]]]
    for neighbour in cells.neighbour[cells.start[cell] : cells.start[cell + 1]]:
        node = nodes[max(neighbour, ~neighbour)]
        weight = below[end[node]] - below[begin[node]]
        if neighbour >= 0:
            known += weight
            continue
        if count == unsure.shape[0]:
            unsure = longer(unsure)
        unsure[count] = node
        count += 1
        open_weight += weight
    return unsure, count, known, open_weight


@compiled
def _sorted_out(  # noqa: PLR0913 - a compiled inner step: its state is passed, not held
    field: Field,
    node: int,
    unsure: NDArray[np.int32],
    low: int,
    high: int,
    pending: NDArray[np.int32],
) -> tuple[NDArray[np.int32], int, int, int]:
    """Sort the parent's unsure nodes against a node; append those still unsure from ``high`` on."""
    balls, below = field.tree.ball, field.below
    begin, end = field.tree.begin, field.tree.end
    child, children = field.tree.child, field.tree.children
    reach = field.reach
    ball = ball_of(balls, node)
    count, known, open_weight = high, np.int64(0), np.int64(0)
    for entry in range(low, high):
        pending[0], waiting = unsure[entry], 1
        while waiting > 0:
            waiting -= 1
            other = pending[waiting]
            side = relation(balls, other, ball, reach)
            if side == APART:
                continue
            if side == UNSURE and children[other] > 0 and balls[other, 3] > COARSER * ball[3]:
                for part in range(child[other], child[other] + children[other]):
                    pending[waiting] = part
                    waiting += 1
                continue
            weight = below[end[other]] - below[begin[other]]
            if side == WITHIN:
                known += weight
                continue
            if count == unsure.shape[0]:
                unsure = longer(unsure)
            unsure[count] = other
            count += 1
            open_weight += weight
    return unsure, count, known, open_weight


@compiled
def _weigh_place(  # noqa: PLR0913 - a compiled inner step: its state is passed, not held
    field: Field,
    place: int,
    unsure: NDArray[np.int32],
    known: int,
    open_weight: int,
    pending: NDArray[np.int32],
) -> int:
    """Return the density of a place from the nodes still unsure, stopping once it is decided."""
    balls, below = field.tree.ball, field.below
    begin, end = field.tree.begin, field.tree.end
    child, children = field.tree.child, field.tree.children
    reach, floor, cap = field.reach, field.floor, field.cap
    xs, ys, zs = field.tree.x, field.tree.y, field.tree.z
    x, y, z = xs[place], ys[place], zs[place]
    ball, square = (x, y, z, 0.0), reach * reach
    for top in unsure:
        pending[0], waiting = top, 1
        while waiting > 0:
            waiting -= 1
            node = pending[waiting]
            side = relation(balls, node, ball, reach)
            if side == UNSURE and children[node] > 0:
                for part in range(child[node], child[node] + children[node]):
                    pending[waiting] = part
                    waiting += 1
                continue
            first, last = begin[node], end[node]
            weight = below[last] - below[first]
            open_weight -= weight
            if side == WITHIN:
                known += weight
            elif side == UNSURE:
                known += scanned(
                    xs[first:last],
                    ys[first:last],
                    zs[first:last],
                    below[first : last + 1],
                    ball,
                    square,
                )
        if known >= cap or known + open_weight < floor:
            break
    return min(known, cap)


@compiled
def scanned(xs, ys, zs, below, ball, square):
    weight = np.int64(0)
    n = xs.shape[0]
    lo = below[:n]
    hi = below[1:]
    for i in range(n):
        dx, dy, dz = xs[i] - ball[0], ys[i] - ball[1], zs[i] - ball[2]
        inside = dx * dx + dy * dy + dz * dz <= square
        weight += (hi[i] - lo[i]) if inside else np.int64(0)
    return weight


@compiled
def _weigh_cell(
    field: Field, cell: int, unsure: NDArray[np.int32], densities: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Write the densities of a cell, halving it until its parts or single places are decided."""
    tree, root = field.tree, field.cells.node[cell]
    begin, end = tree.begin, tree.end
    floor, cap = field.floor, field.cap
    unsure, count, known, open_weight = _open_cells(field, cell, unsure)
    if known >= cap or known + open_weight < floor or count == 0:
        densities[begin[root] : end[root]] = min(known, cap)
        return unsure
    nodes, lows, highs = (
        np.empty(DEPTH, np.int32),
        np.empty(DEPTH, np.int32),
        np.empty(DEPTH, np.int32),
    )
    knowns, pending = np.empty(DEPTH, np.int64), np.empty(DEPTH, np.int32)
    nodes[0], lows[0], highs[0], knowns[0], parts = root, 0, count, known, 1
    while parts > 0:
        parts -= 1
        node, high = nodes[parts], highs[parts]
        unsure, count, known, open_weight = _sorted_out(
            field, node, unsure, lows[parts], high, pending
        )
        known += knowns[parts]
        if known >= cap or known + open_weight < floor or count == high:
            densities[begin[node] : end[node]] = min(known, cap)
        elif tree.children[node] > 0:
            for part in range(tree.child[node], tree.child[node] + tree.children[node]):
                nodes[parts], lows[parts], highs[parts], knowns[parts] = part, high, count, known
                parts += 1
        else:
            for place in range(begin[node], end[node]):
                densities[place] = _weigh_place(
                    field, place, unsure[high:count], known, open_weight, pending
                )
    return unsure


@compiled
def weigh_stretch(field: Field, densities: NDArray[np.int64], begin: int, end: int) -> None:
    """Write the densities of a stretch of cells, in curve order."""
    unsure = np.empty(1024, np.int32)
    for cell in range(begin, end):
        unsure = _weigh_cell(field, cell, unsure, densities)
