"""Which of many points are near others: a tree over points of the plane or of space."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Whole = int | np.int64

_Function = TypeVar("_Function", bound="Callable[..., Any]")

_KERNEL: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy"}
_LEAF: Final = 8
"""Points in a node that is not divided further."""
_STACK: Final = 64
"""More nodes than wait at once, however many points there are."""
_BITS: Final = {1: 62, 2: 31, 3: 20}
"""Of each coordinate on the curve, by the number of coordinates."""
_SAME: Final = 1.0 - 1e-12
"""Boxes are taken to be nearer by this factor, so that rounding never passes one over."""
_STRETCH: Final = 4096
"""Points asked at once by one thread."""


class _Tree(NamedTuple):
    """Points in order, their rows, the boxes of the nodes, and when coordinates begin anew."""

    ordered: Floats
    rows: Integers
    boxes: Floats
    around: Floats


class Pairs(NamedTuple):
    """Pairs of points asked and points of a tree, by the first, then by the second."""

    asked: Integers
    row: Integers
    distance: Floats


class PointTree:
    """
    Points in an order in which neighbours are close, and the boxes of ever longer stretches of it.

    Distances are Euclidean: of unit vectors, chords. Equal points give equal answers, whatever the
    order in which they are asked or the number of threads; of equally near points the first wins.

    Parameters
    ----------
    points
        Array of shape (n, d), d from 1 to 3; at least one point.
    around
        For each coordinate after how much it begins anew, such as 360 for longitudes from 0 to 360;
        0 where it does not. Empty: it never does.

    Examples
    --------
    >>> tree = PointTree([[0.0, 0.0], [3.0, 0.0], [359.0, 0.0]], around=(360.0, 0.0))
    >>> [part.tolist() for part in tree.nearest([[2.0, 0.0], [358.0, 4.0]])]
    [[1.0, 4.123105625617661], [1, 2]]
    >>> tree.within([[0.0, 0.0]], 1.0).row.tolist()
    [0, 2]
    """

    def __init__(self, points: ArrayLike, *, around: ArrayLike = ()) -> None:
        """Order the points, and box them."""
        self.points = np.ascontiguousarray(points, dtype=np.float64)
        turns = np.asarray(around, np.float64)
        rows = np.argsort(_curve_keys(self.points), kind="stable")
        ordered = self.points[rows]
        none = np.zeros(self.points.shape[1])
        self._tree = _Tree(ordered, rows, _boxes(ordered), turns if len(turns) else none)

    def nearest(self, points: ArrayLike, *, within: float = np.inf) -> tuple[Floats, Integers]:
        """
        Return how far the nearest point is from each of some, and its row.

        Parameters
        ----------
        points
            Array of shape (m, d).
        within
            How far to look, inclusive.

        Returns
        -------
        distance, row
            Arrays of length m; infinite and -1 where none is within reach.
        """
        asked = self._wrapped(points)
        if not len(asked):
            return np.empty(0), np.empty(0, np.int64)
        # those that are near each other are asked one after another: what they need is at hand
        order = np.argsort(_curve_keys(asked))
        square, found = np.full(len(asked), np.inf), np.full(len(asked), -1, np.int64)
        parts = (self._tree, asked[order], float(within) ** 2, square, found)
        _over_stretches(_nearest, len(asked), *parts)
        distance, row = np.empty_like(square), np.empty_like(found)
        distance[order], row[order] = np.sqrt(square), found
        return distance, row

    def within(self, points: ArrayLike, reach: ArrayLike) -> Pairs:
        """
        Return all points within reach of each of some.

        Parameters
        ----------
        points
            Array of shape (m, d).
        reach
            How far to look, inclusive: one distance, or one for each point.

        Returns
        -------
        pairs
            Positions in ``points``, rows of the tree, and how far apart they are.
        """
        asked = self._wrapped(points)
        squares = np.square(np.broadcast_to(np.asarray(reach, np.float64), len(asked)))
        number_of = np.zeros(len(asked), np.int64)
        row, distance = np.empty(0, np.int64), np.empty(0, np.float64)
        # counted first, so that there is room for them
        for _ in range(2):
            starts = np.cumsum(number_of) - number_of
            parts = (self._tree, asked, squares, starts, (row, distance), number_of)
            _over_stretches(_in_reach, len(asked), *parts)
            if not len(row):
                row = np.empty(number_of.sum(), np.int64)
                distance = np.empty(len(row), np.float64)
        number = np.repeat(np.arange(len(asked)), number_of)
        order = np.lexsort((row, number))
        return Pairs(number[order], row[order], np.sqrt(distance[order]))

    def _wrapped(self, points: ArrayLike) -> Floats:
        """Return points with the coordinates that begin anew in their first turn."""
        # kernels are compiled for one layout
        asked = np.array(points, dtype=np.float64, ndmin=2, order="C")
        for axis in np.flatnonzero(self._tree.around):
            turn = self._tree.around[axis]
            asked[:, axis] -= np.floor(asked[:, axis] / turn) * turn
        return asked


def _curve_keys(points: Floats) -> NDArray[np.uint64]:
    """Return the position of points along a Z-shaped curve: the bits of coordinates in turn."""
    low, axes = points.min(axis=0), points.shape[1]
    bits = _BITS[axes]
    widest = float((points.max(axis=0) - low).max()) or 1.0
    steps = ((points - low) * ((2.0**bits - 1.0) / widest)).astype(np.uint64)
    keys = np.zeros(len(points), np.uint64)
    for axis in range(axes):
        keys |= _spread(steps[:, axis], bits, axes) << np.uint64(axis)
    return keys


def _spread(numbers: NDArray[np.uint64], bits: int, axes: int) -> NDArray[np.uint64]:
    """Return numbers whose bits lie so far apart that those of the other axes go between."""
    spread, width = numbers.copy(), 1 << (bits - 1).bit_length()
    while axes > 1 and width > 1:
        width //= 2
        # groups of so many bits, each as far from the next as it is to be in the end
        groups = range(0, bits, width)
        kept = sum(((1 << width) - 1) << (axes * first) for first in groups) & (2**64 - 1)
        spread = (spread | spread << np.uint64((axes - 1) * width)) & np.uint64(kept)
    return spread


def _boxes(ordered: Floats) -> Floats:
    """Return the least and the greatest coordinates in each node; node *k* has 2k+1 and 2k+2."""
    first = np.arange(0, len(ordered), _LEAF)
    leaves = 1 << (len(first) - 1).bit_length()
    boxes = np.empty((2 * leaves - 1, 2, ordered.shape[1]))
    # nodes without points are infinitely far from everything
    boxes[:, 0], boxes[:, 1] = np.inf, -np.inf
    boxes[leaves - 1 : leaves - 1 + len(first), 0] = np.minimum.reduceat(ordered, first)
    boxes[leaves - 1 : leaves - 1 + len(first), 1] = np.maximum.reduceat(ordered, first)
    while leaves > 1:
        below, leaves = boxes[leaves - 1 : 2 * leaves - 1], leaves // 2
        boxes[leaves - 1 : 2 * leaves - 1, 0] = np.minimum(below[::2, 0], below[1::2, 0])
        boxes[leaves - 1 : 2 * leaves - 1, 1] = np.maximum(below[::2, 1], below[1::2, 1])
    return boxes


def _over_stretches(kernel: Callable[..., Any], count: int, *arguments: object) -> None:
    """Have a kernel fill its results for stretches of points, in threads if there are many."""
    pieces = max(1, count // _STRETCH)
    edges = np.linspace(0, count, pieces + 1).astype(np.int64)
    stretches = list(pairwise(edges))
    if pieces == 1:
        kernel(*arguments, *stretches[0])
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda stretch: kernel(*arguments, *stretch), stretches))


def _compiled(function: _Function) -> _Function:
    """Return a function compiled on its first call, its machine code kept on disk."""
    kernel: dict[str, Any] = {**_KERNEL, "cache": True, "no_cfunc_wrapper": True}
    return cast("_Function", njit(**kernel)(function))


def _step(function: _Function) -> _Function:
    """Return a step of kernels; Python cannot call it."""
    # without the code that counts references to arrays: a step makes none
    unseen = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True, "_nrt": False}
    step: dict[str, Any] = {**_KERNEL, **unseen, "forceinline": True}
    return cast("_Function", njit(**step)(function))


@_step
def _apart(tree: _Tree, at: Whole, asked: Floats, number: int) -> float:
    """Return the square of the distance of a point of the tree from one that is asked."""
    total = 0.0
    for axis in range(asked.shape[1]):
        by, turn = abs(asked[number, axis] - tree.ordered[at, axis]), tree.around[axis]
        if by > turn / 2.0 > 0.0:
            by = turn - by
        total += by * by
    return total


@_step
def _away(tree: _Tree, node: Whole, asked: Floats, number: int) -> float:
    """Return the square of the distance of a point from a box, a little less."""
    total = 0.0
    for axis in range(asked.shape[1]):
        at, turn = asked[number, axis], tree.around[axis]
        low, high = tree.boxes[node, 0, axis], tree.boxes[node, 1, axis]
        by = max(low - at, at - high, 0.0)
        if by > 0.0 and turn > 0.0:
            by = min(by, at + turn - high, low + turn - at)
        total += by * by
    return total * _SAME


@_step
def _in_leaf(
    tree: _Tree, leaf: int, asked: Floats, number: int, best: float, found: Whole
) -> tuple[float, Whole]:
    """Return the square of the distance of the nearest point so far, and its place in order."""
    for at in range(leaf * _LEAF, min((leaf + 1) * _LEAF, len(tree.ordered))):
        apart = _apart(tree, at, asked, number)
        if apart < best or (apart == best and (found < 0 or tree.rows[at] < tree.rows[found])):
            best, found = apart, at
    return best, found


@_compiled
def _nearest(  # noqa: PLR0913, PLR0915, PLR0917 - a kernel: its questions and its answers
    tree: _Tree,
    asked: Floats,
    reach: float,
    distance: Floats,
    row: Integers,
    begin: int,
    end: int,
) -> None:
    """Fill in the square of the distance to the nearest point, and its row."""
    waiting, away = np.empty(np.int64(_STACK), np.int64), np.empty(np.int64(_STACK))
    last: Whole = np.int64(0)
    found: Whole
    inner = len(tree.boxes) // 2
    for number in range(begin, end):
        best, found = reach, np.int64(-1)
        # what is nearest to the one before is near to this one
        apart = _apart(tree, last, asked, number)
        if apart <= reach:
            best, found = apart, last
        waiting[0], away[0], top = 0, _away(tree, np.int64(0), asked, number), 1
        while top > 0:
            top -= 1
            node = waiting[top]
            if away[top] > best:
                continue
            if node >= inner:
                best, found = _in_leaf(tree, node - inner, asked, number, best, found)
                continue
            near, far = 2 * node + 1, 2 * node + 2
            to_near, to_far = _away(tree, near, asked, number), _away(tree, far, asked, number)
            if to_far < to_near:
                near, far, to_near, to_far = far, near, to_far, to_near
            # the nearer of both is looked at first
            waiting[top], away[top], waiting[top + 1], away[top + 1] = far, to_far, near, to_near
            top += 2
        if found >= 0:
            distance[number], row[number], last = best, tree.rows[found], found


@_step
def _noted(  # noqa: PLR0913, PLR0917 - a step of a kernel: where to write goes with it
    tree: _Tree,
    leaf: int,
    asked: Floats,
    number: int,
    reach: float,
    found: tuple[Integers, Floats],
    next_one: int,
) -> int:
    """Return where the next point in reach belongs; fill in those that there is room for."""
    for at in range(leaf * _LEAF, min((leaf + 1) * _LEAF, len(tree.ordered))):
        apart = _apart(tree, at, asked, number)
        if apart <= reach:
            if next_one < len(found[0]):
                found[0][next_one], found[1][next_one] = tree.rows[at], apart
            next_one += 1
    return next_one


@_compiled
def _in_reach(  # noqa: PLR0913, PLR0917 - a kernel: a tree, its questions and its answers
    tree: _Tree,
    asked: Floats,
    reach: Floats,
    starts: Integers,
    found: tuple[Integers, Floats],
    number_of: Integers,
    begin: int,
    end: int,
) -> None:
    """Count the points in reach, and fill in those that there is room for."""
    waiting, inner = np.empty(np.int64(_STACK), np.int64), len(tree.boxes) // 2
    for number in range(begin, end):
        next_one, waiting[0], top = starts[number], 0, 1
        while top > 0:
            top -= 1
            node = waiting[top]
            if _away(tree, node, asked, number) > reach[number]:
                continue
            if node < inner:
                waiting[top], waiting[top + 1] = 2 * node + 1, 2 * node + 2
                top += 2
                continue
            next_one = _noted(tree, node - inner, asked, number, reach[number], found, next_one)
        number_of[number] = next_one - starts[number]
