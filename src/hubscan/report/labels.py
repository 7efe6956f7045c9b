"""Where names stand on a map so that none covers another, and the lines that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL: Final = 2.0
"""Side of a cell of the ground that names avoid, points."""

_DIRECTIONS: Final = 32
_REACHES: Final = (0.0, 4.0, 9.0, 15.0, 22.0, 30.0, 40.0, 52.0, 66.0, 82.0, 100.0, 120.0, 145.0, 175.0)
_GAP: Final = 2.5
_AIR: Final = 1.5
_LED: Final = 5.0
_ROUNDS: Final = 40

_OVERLAP: Final = 10_000.0
_LINE_ON_NAME: Final = 4_000.0
_LINE_ON_LINE: Final = 400.0
_HARD: Final = 2_000.0


class Ground(NamedTuple):
    """What names must keep off: how much each cell of the map is needed by something else."""

    need: NDArray[np.float64]
    """Shape (rows, columns), row 0 at the foot; a cell is ``CELL`` points wide; 0 is free."""

    left: float
    """Of the first column, points."""

    foot: float
    """Of the first row, points."""


class Placement(NamedTuple):
    """Boxes of names and the lines to what they name, points."""

    boxes: NDArray[np.float64]
    """Shape (names, 4): left, foot, right, head."""

    lines: NDArray[np.float64]
    """Shape (names, 4): from x, y at the rim of the marker to x, y at the box."""

    led: NDArray[np.bool_]
    """Whether the name stands so far off that the line is needed."""

    fits: NDArray[np.bool_]
    """Whether the name found room; one that did not must not be drawn."""


class _Choices(NamedTuple):
    boxes: NDArray[np.float64]
    lines: NDArray[np.float64]
    costs: NDArray[np.float64]


def placement(
    anchors: NDArray[np.float64],
    radii: NDArray[np.float64],
    sizes: NDArray[np.float64],
    *,
    ground: Ground,
) -> Placement:
    """
    Return a place for each name: near its marker, on free ground, clear of the other names.

    Every name has the same set of places around its marker. Names first take the cheapest free
    place in order, then each in turn moves to a cheaper one until none does; of several orders
    the cheapest outcome stands. No chance is involved.

    Parameters
    ----------
    anchors
        Shape (names, 2): the middles of the markers, points, the most important first.
    radii
        Shape (names,): of the markers, points.
    sizes
        Shape (names, 2): width and height of the names, points.
    ground
        What names keep off; they never leave it.

    Returns
    -------
    places
        In the order of ``anchors``.

    Examples
    --------
    >>> ground = Ground(np.zeros((50, 100)), 0.0, 0.0)
    >>> places = placement(
    ...     np.array([[50.0, 50.0]]), np.array([3.0]), np.array([[40.0, 10.0]]), ground=ground
    ... )
    >>> places.boxes.tolist(), bool(places.led[0])
    ([[55.5, 45.0, 95.5, 55.0]], False)
    """
    if not len(anchors):
        none = np.empty((0, 4))
        return Placement(none, none, np.empty(0, bool), np.empty(0, bool))
    table = _table(ground)
    choices = [
        _choices(anchor, radius, size, ground=ground, table=table)
        for anchor, radius, size in zip(anchors, radii, sizes, strict=True)
    ]
    tried = [_settled(choices, order) for order in _orders(anchors)]
    best = min(range(len(tried)), key=lambda number: (round(tried[number][1], 6), number))
    taken = tried[best][0]
    boxes = np.array([choice.boxes[at] for choice, at in zip(choices, taken, strict=True)])
    lines = np.array([choice.lines[at] for choice, at in zip(choices, taken, strict=True)])
    own = np.array([choice.costs[at] for choice, at in zip(choices, taken, strict=True)])
    led = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]) > _LED
    return Placement(boxes, lines, led, _fitting(boxes, lines, own))


def _orders(anchors: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    x, y = anchors[:, 0], anchors[:, 1]
    crowd = np.hypot(x[:, None] - x, y[:, None] - y) < _REACHES[-4]
    return [
        np.arange(len(anchors)),
        np.argsort(-crowd.sum(axis=1), kind="stable"),
        *(np.argsort(key, kind="stable") for key in (x, -x, y, -y)),
    ]


def _choices(
    anchor: NDArray[np.float64],
    radius: float,
    size: NDArray[np.float64],
    *,
    ground: Ground,
    table: NDArray[np.float64],
) -> _Choices:
    """Return the places a name may take, and what each costs whatever the others do."""
    angle = np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)
    angle, reach = (grid.ravel() for grid in np.meshgrid(angle, np.asarray(_REACHES)))
    across, up = np.cos(angle), np.sin(angle)
    rim = anchor + radius * np.column_stack([across, up])
    tip = anchor + (radius + _GAP + reach)[:, None] * np.column_stack([across, up])
    # the name hangs on the tip by the side it shows to the marker
    middle = tip + np.column_stack([np.clip(1.6 * across, -1, 1), np.clip(1.6 * up, -1, 1)]) * size / 2
    boxes = np.column_stack([middle - size / 2, middle + size / 2])
    lines = np.column_stack([rim, tip])
    aside = 3.0 * (1.0 - across) / 2.0 + 4.0 * np.abs(up) * (1.0 - np.abs(up)) + 1.5 * np.abs(up)
    costs = 0.9 * reach + aside + _needed(boxes, ground, table) + 0.4 * _crossed(lines, ground)
    costs += np.where(reach > 0.0, 4.0, 0.0)
    return _Choices(boxes, lines, costs)


def _table(ground: Ground) -> NDArray[np.float64]:
    """Return the sums of the ground below and left of each corner of its cells."""
    rows, columns = ground.need.shape
    table = np.zeros((rows + 1, columns + 1))
    table[1:, 1:] = ground.need.cumsum(axis=0).cumsum(axis=1)
    return table


def _needed(
    boxes: NDArray[np.float64], ground: Ground, table: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much of the ground under each box is needed; leaving the ground is forbidden."""
    rows, columns = ground.need.shape
    left = np.floor((boxes[:, 0] - ground.left) / CELL).astype(int)
    foot = np.floor((boxes[:, 1] - ground.foot) / CELL).astype(int)
    right = np.ceil((boxes[:, 2] - ground.left) / CELL).astype(int)
    head = np.ceil((boxes[:, 3] - ground.foot) / CELL).astype(int)
    off = (left < 0) | (foot < 0) | (right > columns) | (head > rows)
    left, right = np.clip(left, 0, columns), np.clip(right, 0, columns)
    foot, head = np.clip(foot, 0, rows), np.clip(head, 0, rows)
    total = table[head, right] - table[foot, right] - table[head, left] + table[foot, left]
    return np.where(off, 10.0 * _OVERLAP, total)


def _crossed(lines: NDArray[np.float64], ground: Ground) -> NDArray[np.float64]:
    """Return how much needed ground each line runs over."""
    along = np.linspace(0.0, 1.0, 40)[None, :]
    x = lines[:, [0]] + (lines[:, [2]] - lines[:, [0]]) * along
    y = lines[:, [1]] + (lines[:, [3]] - lines[:, [1]]) * along
    rows, columns = ground.need.shape
    column = np.clip(((x - ground.left) / CELL).astype(int), 0, columns - 1)
    row = np.clip(((y - ground.foot) / CELL).astype(int), 0, rows - 1)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    mean: NDArray[np.float64] = np.minimum(ground.need[row, column], 20.0).mean(axis=1)
    return mean * length


def _settled(choices: list[_Choices], order: NDArray[np.intp]) -> tuple[list[int], float]:
    """Return the place each name takes when they settle in an order, and the cost of all."""
    taken: list[int] = [-1] * len(choices)
    for _ in range(_ROUNDS):
        before = list(taken)
        for name in order:
            costs = choices[name].costs + _conflicts(choices, taken, int(name))
            taken[name] = int(np.argmin(costs))
        if taken == before:
            break
    total = 0.0
    for name, choice in enumerate(choices):
        total += choice.costs[taken[name]] + _conflicts(choices, taken, name)[taken[name]] / 2.0
    return taken, float(total)


def _conflicts(choices: list[_Choices], taken: list[int], name: int) -> NDArray[np.float64]:
    """Return what each place of a name costs because of the places the others have taken."""
    others = [other for other, at in enumerate(taken) if at >= 0 and other != name]
    if not others:
        return np.zeros(len(choices[name].costs))
    boxes = np.array([choices[other].boxes[taken[other]] for other in others])
    lines = np.array([choices[other].lines[taken[other]] for other in others])
    return _clashes(choices[name].boxes, choices[name].lines, boxes, lines).sum(axis=1)


def _clashes(
    boxes: NDArray[np.float64],
    lines: NDArray[np.float64],
    other_boxes: NDArray[np.float64],
    other_lines: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the cost of each box and line against each other box and line."""
    a, b = boxes[:, None, :], other_boxes[None, :, :]
    across = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]) + 2.0 * _AIR
    up = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]) + _AIR
    area = np.clip(across, 0.0, None) * np.clip(up, 0.0, None)
    cost = np.where(area > 0.0, _OVERLAP + 10.0 * area, 0.0)
    cost += _LINE_ON_NAME * _line_in_box(lines[:, None, :], b)
    cost += _LINE_ON_NAME * _line_in_box(other_lines[None, :, :], a)
    cost += _LINE_ON_LINE * _cross(lines[:, None, :], other_lines[None, :, :])
    return np.asarray(cost)


def _line_in_box(line: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether a line enters a box (by its slabs)."""
    enter, leave = np.asarray(0.0), np.asarray(1.0)
    for axis in (0, 1):
        step = line[..., axis + 2] - line[..., axis]
        step = np.where(np.abs(step) < 1e-9, 1e-9, step)  # noqa: PLR2004 - no division by zero
        first = (box[..., axis] - line[..., axis]) / step
        last = (box[..., axis + 2] - line[..., axis]) / step
        enter = np.maximum(enter, np.minimum(first, last))
        leave = np.minimum(leave, np.maximum(first, last))
    return np.asarray(enter < leave)


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether two lines cross."""

    def side(
        line: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        across, up = line[..., 2] - line[..., 0], line[..., 3] - line[..., 1]
        return np.asarray(across * (y - line[..., 1]) - up * (x - line[..., 0]))

    apart = side(a, b[..., 0], b[..., 1]) * side(a, b[..., 2], b[..., 3])
    astride = side(b, a[..., 0], a[..., 1]) * side(b, a[..., 2], a[..., 3])
    return np.asarray((apart < 0.0) & (astride < 0.0))


def _fitting(
    boxes: NDArray[np.float64], lines: NDArray[np.float64], own: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which names stand free, the more important kept where two clash."""
    clashes = _clashes(boxes, lines, boxes, lines) >= _HARD
    fits = own < _HARD
    for name in range(len(boxes)):
        fits[name] &= not (clashes[name, :name] & fits[:name]).any()
    return np.asarray(fits)
