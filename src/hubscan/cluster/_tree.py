"""A quadtree over places ordered along the curve, each node with a ball round its places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import allocating, compiled, inlined, over_stretches
from hubscan.cluster._curve import AXIS_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ball = tuple[float, float, float, float]
    Whole = int | np.int64
    """Whole numbers that are made 64 bits wide: a step is compiled once for each width."""

BEGIN: Final = 0
END: Final = 1
AFTER: Final = 2
RADIUS: Final = 3

MARGIN: Final = 1e-12
"""Slack of every shortcut, in chords (6 micrometres): closer calls are left to the places."""

APART: Final = 0
UNSURE: Final = 1
WITHIN: Final = 2

DEPTH: Final = 256
"""Entries a list of nodes to visit can hold: three siblings on each of 31 levels, six faces."""

LEAF_PLACES: Final = 64
"""Places a leaf may hold: a vectorised scan of them costs about as much as one more level."""

_WIDEST_SQUARE: Final = 2.4387
"""Chord that no square of level k exceeds, times 2**k: its bound for this projection is 2.43866."""

_QUICK_TO_SCAN: Final = 8192


class Tree(NamedTuple):
    """
    Runs of places, and the places.

    Nodes stand in the order of a walk, parents before their parts: a row of ``nodes`` is the run
    ``[BEGIN]:[END]`` of places, and the node [AFTER] the last of its parts. To go into a node is to
    go to the next one, to pass it by is to go to the one after it; a walk needs no list.
    A row of ``balls`` is the centre and radius of a ball that holds the places. ``places`` are the
    unit vectors, shape (3, n).
    """

    nodes: NDArray[np.int32]
    balls: NDArray[np.float64]
    places: NDArray[np.float64]


def quadtree(
    keys: NDArray[np.uint64], places: NDArray[np.float64], *, finest: float, threads: int
) -> Tree:
    """
    Return the tree over places in curve order; no leaf is wider than ``finest`` (a chord).

    Squares with a single occupied quarter are skipped, so there are fewer inner nodes than leaves.
    """
    level = min(AXIS_BITS, max(0, int(np.ceil(np.log2(_WIDEST_SQUARE / finest)))))
    nodes, count = _runs(keys, 2 * (AXIS_BITS - level))
    nodes = nodes[:count].copy()
    tree = Tree(nodes, np.zeros((len(nodes), 4)), places)
    over_stretches(_fill_small_balls, len(nodes), *tree, threads=threads)
    _fill_big_balls(tree.nodes, tree.balls)
    return tree


@allocating
def longer(array: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the array with room for twice as many entries."""
    room = np.empty(2 * array.shape[0], np.int32)
    for i in range(array.shape[0]):
        room[i] = array[i]
    return room


@inlined
def _quarter_bits(first: np.uint64, last: np.uint64) -> int:
    """Return how many low bits of two different keys a quarter of their common square spans."""
    differ, bits = first ^ last, 0
    while differ > np.uint64(1):
        differ >>= np.uint64(1)
        bits += 1
    return min(bits // 2 * 2, 2 * AXIS_BITS)


@inlined
def _run_begin(keys: NDArray[np.uint64], begin: Whole, end: Whole, bits: int) -> Whole:
    """Return where the keys that agree with ``keys[end - 1]`` above the low bits begin."""
    square = keys[end - 1] >> np.uint64(bits)
    low, high = begin, end - 1
    while low < high:
        middle = (low + high) >> 1
        if (keys[middle] >> np.uint64(bits)) < square:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _runs(keys: NDArray[np.uint64], leaf_bits: int) -> tuple[NDArray[np.int32], int]:
    """Return nodes, runs of keys that share a square, divided to leaves; and how many there are."""
    # every division has two parts or more: twice the places is room enough, mostly never touched
    nodes, count = np.empty((2 * keys.shape[0] + 1, np.int64(3)), np.int32), 0
    pending, waiting = np.empty((np.int64(DEPTH), np.int64(2)), np.int32), 1
    pending[0, BEGIN], pending[0, END] = 0, keys.shape[0]
    while waiting > 0:
        waiting -= 1
        first: Whole = np.int64(pending[waiting, BEGIN])
        last: Whole = np.int64(pending[waiting, END])
        nodes[count, BEGIN], nodes[count, END] = first, last
        count += 1
        if last <= first or keys[first] == keys[last - 1]:
            continue
        bits = _quarter_bits(keys[first], keys[last - 1])
        if last - first <= LEAF_PLACES and bits < leaf_bits:
            continue
        while first < last:
            begin = _run_begin(keys, first, last, bits)
            pending[waiting, BEGIN], pending[waiting, END] = begin, last
            waiting += 1
            last = begin
    _fill_after(nodes, count)
    return nodes, count


@inlined
def _fill_after(nodes: NDArray[np.int32], count: int) -> None:
    """Write for each node the first one that is not part of it."""
    for node in range(count - 1, -1, -1):
        part = node + 1
        while part < count and nodes[part, BEGIN] < nodes[node, END]:
            part = nodes[part, AFTER]
        nodes[node, AFTER] = part


@inlined
def _ball(places: NDArray[np.float64], first: int, last: int) -> Ball:
    """Return a ball round a run of places: about the centre of their box, to the farthest."""
    low_x = high_x = places[0, first]
    low_y = high_y = places[1, first]
    low_z = high_z = places[2, first]
    for i in range(first + 1, last):
        low_x, high_x = min(low_x, places[0, i]), max(high_x, places[0, i])
        low_y, high_y = min(low_y, places[1, i]), max(high_y, places[1, i])
        low_z, high_z = min(low_z, places[2, i]), max(high_z, places[2, i])
    x, y, z = 0.5 * (low_x + high_x), 0.5 * (low_y + high_y), 0.5 * (low_z + high_z)
    farthest = 0.0
    for i in range(first, last):
        dx, dy, dz = places[0, i] - x, places[1, i] - y, places[2, i] - z
        farthest = max(farthest, dx * dx + dy * dy + dz * dz)
    return x, y, z, np.sqrt(farthest)


@compiled
def _fill_small_balls(
    nodes: NDArray[np.int32],
    balls: NDArray[np.float64],
    places: NDArray[np.float64],
    begin: int,
    end: int,
) -> None:
    """Write the balls of leaves and of other nodes that are quick to scan."""
    for node in range(begin, end):
        first, last = nodes[node, BEGIN], nodes[node, END]
        leaf = nodes[node, AFTER] == node + 1
        if first < last and (last - first <= _QUICK_TO_SCAN or leaf):
            ball = _ball(places, first, last)
            for k in range(4):
                balls[node, k] = ball[k]


def _fill_big_balls(nodes: NDArray[np.int32], balls: NDArray[np.float64]) -> None:
    """Write the balls of the other nodes, from those of their parts."""
    places = nodes[:, END] - nodes[:, BEGIN]
    divided = nodes[:, AFTER] > np.arange(len(nodes)) + 1
    # parts come after what they are part of: the last nodes first
    for node in np.flatnonzero((places > _QUICK_TO_SCAN) & divided)[::-1]:
        parts = balls[parts_of(nodes, np.array([node]))]
        centres, radii = parts[:, :RADIUS], parts[:, RADIUS, None]
        balls[node, :RADIUS] = 0.5 * ((centres - radii).min(axis=0) + (centres + radii).max(axis=0))
        away = centres - balls[node, :RADIUS]
        balls[node, RADIUS] = (np.sqrt((away * away).sum(axis=1)) + parts[:, RADIUS]).max()


def parts_of(nodes: NDArray[np.int32], whole: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parts that some divided nodes consist of: their first parts, then the second."""
    found, part, after = [], whole + 1, nodes[whole, AFTER]
    while len(part):
        found.append(part)
        part = nodes[part, AFTER].astype(np.int64)
        part, after = part[part < after], after[part < after]
    return np.concatenate([np.empty(0, np.int64), *found])


@inlined
def ball_of(balls: NDArray[np.float64], node: Whole) -> Ball:
    """Return centre and radius of a node's ball."""
    return balls[node, 0], balls[node, 1], balls[node, 2], balls[node, RADIUS]


@inlined
def relation(balls: NDArray[np.float64], node: Whole, ball: Ball, reach: float) -> int:
    """Return whether all pairs of a node and a ball are within reach, none is, or it is unsure."""
    dx, dy, dz = balls[node, 0] - ball[0], balls[node, 1] - ball[1], balls[node, 2] - ball[2]
    square = dx * dx + dy * dy + dz * dz
    spread = balls[node, RADIUS] + ball[RADIUS] + MARGIN
    if square > (reach + spread) * (reach + spread):
        return APART
    if reach >= spread and square <= (reach - spread) * (reach - spread):
        return WITHIN
    return UNSURE
