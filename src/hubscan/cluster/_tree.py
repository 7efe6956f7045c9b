"""A quadtree over places ordered along the curve, each node with its smallest useful ball."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, over_stretches
from hubscan.cluster._curve import AXIS_BITS, KEY_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN: Final = 1e-12
"""Slack of every shortcut, in chords (6 micrometres): nearer calls are left to the places themselves."""

APART: Final = 0
UNSURE: Final = 1
WITHIN: Final = 2

DEPTH: Final = 256
"""Entries a depth-first walk can hold: at most three siblings on each of 31 levels, and six faces."""

LEAF_PLACES: Final = 64
"""Places a leaf may hold: about what a vectorised scan covers in the time of one descent."""

_WIDEST_SQUARE: Final = 2.4387
"""Diameter bound of a face's squares, unit sphere: at level k no square is wider than this / 2**k."""

_BIG: Final = 8192


class Tree(NamedTuple):
    """Nodes are runs ``begin:end`` of places; their children follow each other from ``child`` on."""

    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    child: NDArray[np.int32]
    children: NDArray[np.int32]
    ball: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]


def quadtree(
    keys: NDArray[np.uint64], vectors: NDArray[np.float64], *, finest: float, threads: int
) -> Tree:
    """
    Return the tree over places in curve order; no leaf is wider than ``finest`` (a chord).

    Squares with a single occupied quarter are skipped, so there are fewer inner nodes than leaves.
    """
    level = min(AXIS_BITS, max(0, int(np.ceil(np.log2(_WIDEST_SQUARE / finest)))))
    begin, end, child, children = _runs(keys, np.int64(2 * (AXIS_BITS - level)))
    x, y, z = vectors
    tree = Tree(begin, end, child, children, np.empty((len(begin), 4)), x, y, z)
    over_stretches(_fill_small_balls, len(begin), tree, threads=threads)
    _fill_big_balls(tree)
    return tree


@compiled
def longer(array: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the array with room for twice as many entries."""
    room = np.empty(2 * array.shape[0], array.dtype)
    room[: array.shape[0]] = array
    return room


@compiled
def _split_bits(first: int, last: int) -> int:
    """Return how many low bits of two different keys a quarter of their common square spans."""
    differ, bits = first ^ last, 0
    while differ > np.uint64(1):
        differ >>= np.uint64(1)
        bits += 1
    return min(bits // 2 * 2, 2 * AXIS_BITS)


@compiled
def _run_end(keys: NDArray[np.uint64], begin: int, end: int, bits: int) -> int:
    """Return where the keys that agree with ``keys[begin]`` above the low bits end."""
    square = keys[begin] >> np.uint64(bits)
    low, high = begin + 1, end
    while low < high:
        middle = (low + high) >> 1
        if (keys[middle] >> np.uint64(bits)) > square:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def _runs(
    keys: NDArray[np.uint64], finest_bits: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return begin, end, first child and number of children of each node, parents before children."""
    room = 1024 + keys.shape[0] // 8
    begin, end = np.empty(room, np.int32), np.empty(room, np.int32)
    child, children = np.empty(room, np.int32), np.empty(room, np.int32)
    pending = np.empty(DEPTH, np.int32)
    begin[0], end[0], pending[0] = 0, keys.shape[0], 0
    count, waiting = 1, 1
    while waiting > 0:
        waiting -= 1
        node = pending[waiting]
        first, last = begin[node], end[node]
        child[node], children[node] = count, 0
        if last <= first or keys[first] == keys[last - 1]:
            continue
        bits = _split_bits(keys[first], keys[last - 1])
        if last - first <= LEAF_PLACES and bits < finest_bits:
            continue
        if count + 8 > begin.shape[0]:
            begin, end, child, children = (
                longer(begin),
                longer(end),
                longer(child),
                longer(children),
            )
        while first < last:
            begin[count], end[count] = first, _run_end(keys, first, last, bits)
            first = end[count]
            count += 1
        children[node] = count - child[node]
        for below in range(count - 1, child[node] - 1, -1):
            pending[waiting] = below
            waiting += 1
    return begin[:count].copy(), end[:count].copy(), child[:count].copy(), children[:count].copy()


@compiled
def _ball(
    x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Return centre and radius of a ball round places: the centre of their box, the farthest place."""
    centre_x, centre_y = 0.5 * (x.min() + x.max()), 0.5 * (y.min() + y.max())
    centre_z = 0.5 * (z.min() + z.max())
    farthest = 0.0
    for i in range(x.shape[0]):
        dx, dy, dz = x[i] - centre_x, y[i] - centre_y, z[i] - centre_z
        farthest = max(farthest, dx * dx + dy * dy + dz * dz)
    return centre_x, centre_y, centre_z, np.sqrt(farthest)


@compiled
def _fill_small_balls(tree: Tree, begin: int, end: int) -> None:
    """Write the balls of the nodes that are quick to scan."""
    for node in range(begin, end):
        first, last = tree.begin[node], tree.end[node]
        if first < last and (last - first <= _BIG or tree.children[node] == 0):
            ball = _ball(tree.x[first:last], tree.y[first:last], tree.z[first:last])
            for k in range(4):
                tree.ball[node, k] = ball[k]


@compiled
def _fill_big_balls(tree: Tree) -> None:
    """Write the balls of the nodes above, from those of their children."""
    ball = tree.ball
    for node in range(tree.begin.shape[0] - 1, -1, -1):
        if tree.end[node] - tree.begin[node] <= _BIG or tree.children[node] == 0:
            continue
        below = ball[tree.child[node] : tree.child[node] + tree.children[node]]
        radius = 0.0
        for k in range(3):
            lowest, highest = np.inf, -np.inf
            for c in range(below.shape[0]):
                lowest = min(lowest, below[c, k] - below[c, 3])
                highest = max(highest, below[c, k] + below[c, 3])
            ball[node, k] = 0.5 * (lowest + highest)
        for c in range(below.shape[0]):
            dx, dy = below[c, 0] - ball[node, 0], below[c, 1] - ball[node, 1]
            dz = below[c, 2] - ball[node, 2]
            radius = max(radius, np.sqrt(dx * dx + dy * dy + dz * dz) + below[c, 3])
        ball[node, 3] = radius


@compiled
def relation(
    balls: NDArray[np.float64], node: int, ball: tuple[float, float, float, float], reach: float
) -> int:
    """Return whether all pairs of a node and a ball are within reach, none are, or it is unsure."""
    dx, dy, dz = balls[node, 0] - ball[0], balls[node, 1] - ball[1], balls[node, 2] - ball[2]
    square = dx * dx + dy * dy + dz * dz
    spread = balls[node, 3] + ball[3] + MARGIN
    if square > (reach + spread) * (reach + spread):
        return APART
    if reach >= spread and square <= (reach - spread) * (reach - spread):
        return WITHIN
    return UNSURE


@compiled
def ball_of(balls: NDArray[np.float64], node: int) -> tuple[float, float, float, float]:
    """Return centre and radius of a node's ball."""
    return balls[node, 0], balls[node, 1], balls[node, 2], balls[node, 3]
