"""Core places under many weightings at once: the geometry is walked once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, inlined, over_stretches
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
from hubscan.cluster._weigh import COARSER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hubscan.cluster._cells import Cells
    from hubscan.cluster._tree import Ball, Tree

WEIGHTINGS: Final = 16
"""Weightings in a batch."""

_EIGHT: Final = 8
"""Weightings that share a line of memory: threads that keep to theirs do not disturb each other."""

_HEAD: Final = 3
"""Entries of a part before its weights: node, and its stretch of unsure nodes."""


class Batch(NamedTuple):
    """
    Places under several weightings, and the threshold for all.

    ``below[i, b]`` is the weight of the first i places along the curve in weighting b.
    """

    nodes: NDArray[np.int32]
    balls: NDArray[np.float64]
    places: NDArray[np.float64]
    below: NDArray[np.int64]
    reach: float
    least: int


class Sums(NamedTuple):
    """Weights in each weighting: in reach of a node, and unsure; then the same of a place."""

    known: NDArray[np.int64]
    open: NDArray[np.int64]
    place_known: NDArray[np.int64]
    place_open: NDArray[np.int64]


def core_places(
    tree: Tree,
    cells: Cells,
    below: NDArray[np.int64],
    *,
    reach: float,
    least: int,
    threads: int,
) -> NDArray[np.bool_]:
    """Return which places (along the curve) are core, a row for each weighting."""
    core = np.empty((WEIGHTINGS, tree.places.shape[1]), np.bool_)
    batch = Batch(*tree, below, reach, least)
    over_stretches(_core_stretch, len(cells.node), batch, cells, core, threads=threads)
    return core


def weights_below_all(
    weightings: Sequence[NDArray[np.int64]], order: NDArray[np.int32], *, threads: int
) -> NDArray[np.int64]:
    """Return the cumulative weights along the curve, a column for each weighting, filled with 0."""
    stacked = np.stack(weightings)
    by_place = np.empty((len(order), WEIGHTINGS), np.int64)
    over_stretches(_fill_by_place, len(order), stacked, by_place, threads=threads)
    del stacked
    below = np.empty((len(order) + 1, WEIGHTINGS), np.int64)
    eights = WEIGHTINGS // _EIGHT
    over_stretches(_fill_below, eights, by_place, order, below, threads=threads, shortest=1)
    return below


@compiled
def _fill_by_place(
    weightings: NDArray[np.int64], by_place: NDArray[np.int64], begin: int, end: int
) -> None:
    """Write the weights of a stretch of places, the weightings of each side by side."""
    for row in range(begin, end):
        for b in range(WEIGHTINGS):
            by_place[row, b] = weightings[b, row] if b < weightings.shape[0] else 0


@compiled
def _fill_below(
    by_place: NDArray[np.int64],
    order: NDArray[np.int32],
    below: NDArray[np.int64],
    begin: int,
    end: int,
) -> None:
    """Write the cumulative weights along the curve of some sets of eight weightings."""
    total = np.empty(_EIGHT, np.int64)
    for eight in range(begin, end):
        first = eight * _EIGHT
        for b in range(_EIGHT):
            total[b] = 0
            below[0, first + b] = 0
        for i in range(order.shape[0]):
            row = order[i]
            for b in range(_EIGHT):
                total[b] += by_place[row, first + b]
                below[i + 1, first + b] = total[b]


@compiled
def _core_stretch(
    batch: Batch, cells: Cells, core: NDArray[np.bool_], begin: int, end: int
) -> None:
    """Write which places of a stretch of cells are core, a row for each weighting."""
    nodes, below = batch.nodes, batch.below
    cell_nodes, start, neighbour = cells.node, cells.start, cells.neighbour
    unsure, parts = np.empty(1024, np.int32), np.empty((DEPTH, _HEAD + WEIGHTINGS), np.int64)
    sums = Sums(
        np.empty(WEIGHTINGS, np.int64),
        np.empty(WEIGHTINGS, np.int64),
        np.empty(WEIGHTINGS, np.int64),
        np.empty(WEIGHTINGS, np.int64),
    )
    known, open_weight = sums.known, sums.open
    for cell in range(begin, end):
        node, count = cell_nodes[cell], 0
        known[:], open_weight[:] = 0, 0
        _add(below, nodes[node, BEGIN], nodes[node, END], known)
        while start[cell + 1] - start[cell] > unsure.shape[0]:
            unsure = longer(unsure)
        for entry in range(start[cell], start[cell + 1]):
            near = cell_nodes[max(neighbour[entry], ~neighbour[entry])]
            if neighbour[entry] >= 0:
                _add(below, nodes[near, BEGIN], nodes[near, END], known)
            else:
                unsure[count] = near
                count += 1
                _add(below, nodes[near, BEGIN], nodes[near, END], open_weight)
        if _settled(batch, node, sums, core):
            continue
        for b in range(WEIGHTINGS):
            parts[0, _HEAD + b] = known[b]
        while not _settle_parts(batch, (node, count), sums, unsure, parts, core):
            unsure = longer(unsure)


@inlined
def _add(below: NDArray[np.int64], first: int, last: int, weights: NDArray[np.int64]) -> None:
    """Add the weights of a run of places."""
    for b in range(WEIGHTINGS):
        weights[b] += below[last, b] - below[first, b]


@inlined
def _decided(known: NDArray[np.int64], open_weight: NDArray[np.int64], least: int) -> bool:
    """Return whether what is unsure can change no answer."""
    undecided = 0
    for b in range(WEIGHTINGS):
        undecided += (known[b] < least) & (known[b] + open_weight[b] >= least)
    return undecided == 0


@inlined
def _settled(batch: Batch, node: int, sums: Sums, core: NDArray[np.bool_]) -> bool:
    """Write the answers for all places of a node if they are decided; return whether they are."""
    if not _decided(sums.known, sums.open, batch.least):
        return False
    for b in range(WEIGHTINGS):
        answer = sums.known[b] >= batch.least
        for place in range(batch.nodes[node, BEGIN], batch.nodes[node, END]):
            core[b, place] = answer
    return True


@compiled
def _settle_parts(
    batch: Batch,
    whole: tuple[int, int],
    sums: Sums,
    unsure: NDArray[np.int32],
    parts: NDArray[np.int64],
    core: NDArray[np.bool_],
) -> bool:
    """
    Write the answers for a cell, dividing it until its parts or their places are decided.

    ``whole`` is the node of the cell and the number of nodes unsure for it; the weights known to be
    in reach of all of it stand in the first row of ``parts``, which lists what is yet to do.
    Returned is whether there was room for the unsure nodes.
    """
    nodes, known = batch.nodes, sums.known
    parts[0, 0], parts[0, 1], parts[0, 2], waiting = whole[0], 0, whole[1], 1
    while waiting > 0:
        waiting -= 1
        node, high = parts[waiting, 0], parts[waiting, 2]
        for b in range(WEIGHTINGS):
            known[b] = parts[waiting, _HEAD + b]
        count = _sorted_out(batch, node, unsure, (parts[waiting, 1], high), sums)
        if count < 0:
            return False
        if _settled(batch, node, sums, core):
            continue
        if nodes[node, AFTER] == node + 1:
            for place in range(nodes[node, BEGIN], nodes[node, END]):
                _settle_place(batch, place, unsure[high:count], sums, core)
            continue
        waiting = _push_parts(nodes, node, (high, count), known, parts, waiting)
    return True


@inlined
def _push_parts(
    nodes: NDArray[np.int32],
    node: int,
    stretch: tuple[int, int],
    known: NDArray[np.int64],
    parts: NDArray[np.int64],
    waiting: int,
) -> int:
    """Add the parts of a node to those waiting; return how many wait now."""
    part = node + 1
    while part < nodes[node, AFTER]:
        parts[waiting, 0], parts[waiting, 1], parts[waiting, 2] = part, stretch[0], stretch[1]
        for b in range(WEIGHTINGS):
            parts[waiting, _HEAD + b] = known[b]
        waiting += 1
        part = nodes[part, AFTER]
    return waiting


@inlined
def _sorted_out(
    batch: Batch,
    node: int,
    unsure: NDArray[np.int32],
    stretch: tuple[int, int],
    sums: Sums,
) -> int:
    """
    Sort a stretch of the unsure nodes against a node, adding up their weights.

    Those still unsure are appended after it. Returned is where they end (-1: no room).
    """
    nodes, balls, below, reach = batch.nodes, batch.balls, batch.below, batch.reach
    ball, count = ball_of(balls, node), stretch[1]
    sums.open[:] = 0
    for entry in range(stretch[0], stretch[1]):
        other = unsure[entry]
        stop = nodes[other, AFTER]
        while other < stop:
            side, after = relation(balls, other, ball, reach), nodes[other, AFTER]
            coarse = after > other + 1 and balls[other, RADIUS] > COARSER * ball[RADIUS]
            if side == UNSURE and coarse:
                other += 1
                continue
            if side == WITHIN:
                _add(below, nodes[other, BEGIN], nodes[other, END], sums.known)
            elif side == UNSURE:
                if count == unsure.shape[0]:
                    return -1
                unsure[count] = other
                count += 1
                _add(below, nodes[other, BEGIN], nodes[other, END], sums.open)
            other = after
    return count


@inlined
def _settle_place(
    batch: Batch, place: int, unsure: NDArray[np.int32], sums: Sums, core: NDArray[np.bool_]
) -> None:
    """Write the answers for a place, as soon as they are decided."""
    nodes, places, below = batch.nodes, batch.places, batch.below
    known, open_weight = sums.place_known, sums.place_open
    for b in range(WEIGHTINGS):
        known[b], open_weight[b] = sums.known[b], sums.open[b]
    centre = (places[0, place], places[1, place], places[2, place], 0.0)
    for node in unsure:
        _add_within(batch, node, centre, known)
        # what of this node is in reach is known now, so none of it is unsure
        _add(below, nodes[node, END], nodes[node, BEGIN], open_weight)
        if _decided(known, open_weight, batch.least):
            break
    for b in range(WEIGHTINGS):
        core[b, place] = known[b] >= batch.least


@inlined
def _add_within(batch: Batch, node: int, centre: Ball, known: NDArray[np.int64]) -> None:
    """Add the weights of a node within reach of a place."""
    nodes, balls, below, reach = batch.nodes, batch.balls, batch.below, batch.reach
    stop = nodes[node, AFTER]
    while node < stop:
        side, after = relation(balls, node, centre, reach), nodes[node, AFTER]
        if side == UNSURE and after > node + 1:
            node += 1
            continue
        if side == WITHIN:
            _add(below, nodes[node, BEGIN], nodes[node, END], known)
        elif side == UNSURE:
            _add_scanned(batch, nodes[node, BEGIN], nodes[node, END], centre, known)
        node = after


@inlined
def _add_scanned(
    batch: Batch, first: int, last: int, centre: Ball, known: NDArray[np.int64]
) -> None:
    """Add the weights of a run of places within reach of a place, stretch by stretch."""
    places, below, square = batch.places, batch.below, batch.reach * batch.reach
    inside_from = -1
    for i in range(first, last):
        dx, dy, dz = places[0, i] - centre[0], places[1, i] - centre[1], places[2, i] - centre[2]
        inside = dx * dx + dy * dy + dz * dz <= square
        if inside and inside_from < 0:
            inside_from = i
        elif not inside and inside_from >= 0:
            _add(below, inside_from, i, known)
            inside_from = -1
    if inside_from >= 0:
        _add(below, inside_from, last, known)
