"""The weight in reach of each place: exact where it can matter, cut short where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, inlined
from hubscan.cluster._tree import (
    AFTER,
    BEGIN,
    DEPTH,
    END,
    RADIUS,
    UNSURE,
    WITHIN,
    ball_of,
    longer,
    relation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.cluster._cells import Cells
    from hubscan.cluster._tree import Ball, Whole

COARSER: Final = 0.5
"""A node is divided against another while its radius is more than this share of the other's."""


class Field(NamedTuple):
    """
    Weighted places (a :class:`Tree` and cumulative weights), and what is asked of their densities.

    ``below[i]`` is the weight of the first i places along the curve, so that the weight of any run
    is one difference. Densities are exact from ``floor`` to ``cap``; a greater one is given as
    ``cap``, a lesser one as some number below ``floor``.
    """

    nodes: NDArray[np.int32]
    balls: NDArray[np.float64]
    places: NDArray[np.float64]
    below: NDArray[np.int64]
    reach: float
    floor: int
    cap: int


def weights_below(weights: NDArray[np.int64], order: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the weight of the first i places in the given order, for i from 0 to their number."""
    below = np.zeros(len(order) + 1, np.int64)
    np.cumsum(weights[order], out=below[1:])
    return below


@compiled
def weigh_stretch(
    field: Field, cells: Cells, densities: NDArray[np.int64], begin: int, end: int
) -> None:
    """Write the densities of the places of a stretch of cells, along the curve."""
    nodes, below, floor, cap = field.nodes, field.below, field.floor, field.cap
    cell_nodes, start, neighbour = cells.node, cells.start, cells.neighbour
    unsure = np.empty(np.int64(1024), np.int32)
    parts = np.empty((np.int64(DEPTH), np.int64(4)), np.int64)
    for cell in range(begin, end):
        node = np.int64(cell_nodes[cell])
        first, last = nodes[node, BEGIN], nodes[node, END]
        count, known, open_weight = np.int64(0), below[last] - below[first], np.int64(0)
        while start[cell + 1] - start[cell] > unsure.shape[0]:
            unsure = longer(unsure)
        for entry in range(start[cell], start[cell + 1]):
            near = cell_nodes[max(neighbour[entry], ~neighbour[entry])]
            weight = below[nodes[near, END]] - below[nodes[near, BEGIN]]
            if neighbour[entry] >= 0:
                known += weight
            else:
                unsure[count] = near
                count += 1
                open_weight += weight
        if known >= cap or known + open_weight < floor or count == 0:
            densities[first:last] = min(known, cap)
            continue
        while not _weigh_parts(field, (node, count, known), unsure, parts, densities):  # type: ignore[arg-type]  # as in _cells: compiled once
            unsure = longer(unsure)


@inlined
def _weigh_parts(
    field: Field,
    whole: tuple[int, int, int],
    unsure: NDArray[np.int32],
    parts: NDArray[np.int64],
    densities: NDArray[np.int64],
) -> bool:
    """
    Write the densities of a cell, dividing it until its parts or their places are decided.

    ``whole`` is the node of the cell, the number of nodes unsure for it, and the weight known to be
    in reach of all of it. ``parts`` lists what is yet to do: a row is a node, the stretch of
    ``unsure`` it has from its parent, and the weight known for that. Returned is whether there was
    room for the unsure nodes.
    """
    nodes, floor, cap = field.nodes, field.floor, field.cap
    parts[0, 0], parts[0, 1], parts[0, 2], parts[0, 3] = whole[0], 0, whole[1], whole[2]
    waiting = 1
    while waiting > 0:
        waiting -= 1
        node, low, high = parts[waiting, 0], parts[waiting, 1], parts[waiting, 2]
        count, found, open_weight = _sorted_out(field, node, unsure, low, high)
        if count < 0:
            return False
        known, after = parts[waiting, 3] + found, nodes[node, AFTER]
        if known >= cap or known + open_weight < floor or count == high:
            for place in range(nodes[node, BEGIN], nodes[node, END]):
                densities[place] = min(known, cap)
        elif after == node + 1:
            stretch, sums = (high, count), (known, open_weight)
            for place in range(nodes[node, BEGIN], nodes[node, END]):
                densities[place] = _place_density(field, place, unsure, stretch, sums)
        else:
            part = node + 1
            while part < after:
                parts[waiting, 0], parts[waiting, 1] = part, high
                parts[waiting, 2], parts[waiting, 3] = count, known
                waiting += 1
                part = nodes[part, AFTER]
    return True


@inlined
def _sorted_out(
    field: Field, node: int, unsure: NDArray[np.int32], low: int, high: int
) -> tuple[int, int, int]:
    """
    Sort the stretch ``low:high`` of the unsure nodes against a node.

    Those still unsure are appended after it. Returned are where they end (-1: no room), the weight
    found in reach of the whole node, and the weight still unsure.
    """
    nodes, balls, below, reach = field.nodes, field.balls, field.below, field.reach
    ball, count, known, open_weight = ball_of(balls, node), high, 0, 0
    for entry in range(low, high):
        other = np.int64(unsure[entry])
        stop = nodes[other, AFTER]
        while other < stop:
            side, after = relation(balls, other, ball, reach), nodes[other, AFTER]
            coarse = after > other + 1 and balls[other, RADIUS] > COARSER * ball[RADIUS]
            if side == UNSURE and coarse:
                other += 1
                continue
            weight = below[nodes[other, END]] - below[nodes[other, BEGIN]]
            if side == WITHIN:
                known += weight
            elif side == UNSURE:
                if count == unsure.shape[0]:
                    return -1, 0, 0
                unsure[count] = other
                count += 1
                open_weight += weight
            other = after
    return count, known, open_weight


@inlined
def _place_density(
    field: Field,
    place: int,
    unsure: NDArray[np.int32],
    stretch: tuple[int, int],
    sums: tuple[int, int],
) -> int:
    """Return the density of a place, as soon as it is decided, from a stretch of unsure nodes."""
    nodes, places, below = field.nodes, field.places, field.below
    centre = (places[0, place], places[1, place], places[2, place], 0.0)
    known, open_weight = sums
    for entry in range(stretch[0], stretch[1]):
        node = np.int64(unsure[entry])
        open_weight -= below[nodes[node, END]] - below[nodes[node, BEGIN]]
        known += _weight_within(field, node, centre)
        if known >= field.cap:
            return field.cap
        if known + open_weight < field.floor:
            return known
    return known


@inlined
def _weight_within(field: Field, node: Whole, centre: Ball) -> int:
    """Return the weight of a node within reach of a place."""
    nodes, balls, below, reach = field.nodes, field.balls, field.below, field.reach
    known, stop = 0, nodes[node, AFTER]
    while node < stop:
        side, after = relation(balls, node, centre, reach), nodes[node, AFTER]
        if side == UNSURE and after > node + 1:
            node += 1
            continue
        first, last = nodes[node, BEGIN], nodes[node, END]
        if side == WITHIN:
            known += below[last] - below[first]
        elif side == UNSURE:
            known += _scanned_weight(field, first, last, centre)
        node = after
    return known


@inlined
def _scanned_weight(field: Field, first: int, last: int, centre: Ball) -> int:
    """Return the weight of a run of places within reach of a place, place by place."""
    places, below, square = field.places, field.below, field.reach * field.reach
    weight = 0
    # unsigned positions cannot wrap around, which lets the loop be vectorised
    for position in range(np.uint64(first), np.uint64(last)):
        i = np.uint64(position)
        dx, dy, dz = places[0, i] - centre[0], places[1, i] - centre[1], places[2, i] - centre[2]
        inside = dx * dx + dy * dy + dz * dz <= square
        weight += below[i + np.uint64(1)] - below[i] if inside else 0
    return weight
