"""Where names stand on a map so that none covers another, and the lines that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.report.label_clashes import clashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL: Final = 2.0
"""Side of a cell of the ground that names avoid, points."""

FORBIDDEN: Final = 1e6
"""Need of a cell on which no name may stand."""

_DIRECTIONS: Final = 32
_REACHES: Final = (
    0.0, 7.0, 11.0, 16.0, 22.0, 30.0, 40.0, 52.0, 66.0, 82.0, 100.0, 120.0, 145.0, 175.0, 210.0,
)  # fmt: skip
_NEAR: Final = 0.0
_GAP: Final = 2.5
_KEPT: Final = 160
_FAR: Final = 20.0
_HARD: Final = 2_000.0

_SEED: Final = 20
_STARTS: Final = 6
_COOLING: Final = np.geomspace(60.0, 0.5, 40)


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
    """Shape (names, 4): from x, y in the marker to x, y at the box; NaN where none is needed."""

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

    Every name has the same set of places around its marker. The names are moved about together,
    freely at first and then ever less so (simulated annealing with a fixed seed, so that equal
    maps give equal names), and the cheapest arrangement stands.

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
    >>> places.boxes.tolist(), places.fits.tolist()
    ([[55.5, 45.0, 95.5, 55.0]], [True])
    """
    if not len(anchors):
        return Placement(np.empty((0, 4)), np.empty((0, 4)), np.empty(0, bool))
    table = _sums(ground)
    choices = [
        _choices(anchor, radius, size, ground=ground, table=table)
        for anchor, radius, size in zip(anchors, radii, sizes, strict=True)
    ]
    taken = _cheapest(choices)
    boxes = np.array([choice.boxes[at] for choice, at in zip(choices, taken, strict=True)])
    lines = np.array([choice.lines[at] for choice, at in zip(choices, taken, strict=True)])
    own = np.array([choice.costs[at] for choice, at in zip(choices, taken, strict=True)])
    return Placement(boxes, lines, _fitting(boxes, lines, own))


def _choices(
    anchor: NDArray[np.float64],
    radius: float,
    size: NDArray[np.float64],
    *,
    ground: Ground,
    table: NDArray[np.float64],
) -> _Choices:
    """Return the best places a name may take, and what each costs whatever the others do."""
    turns = np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)
    angle, reach = (grid.ravel() for grid in np.meshgrid(turns, np.asarray(_REACHES)))
    across, up = np.cos(angle), np.sin(angle)
    ray = np.column_stack([across, up])
    tip = anchor + (radius + _GAP + reach)[:, None] * ray
    # the name hangs on the tip by the side it shows to the marker
    middle = tip + np.clip(1.6 * ray, -1.0, 1.0) * size / 2.0
    boxes = np.column_stack([middle - size / 2.0, middle + size / 2.0])
    rims = np.column_stack([anchor + (radius + 1.0) * ray, tip])
    lines = np.column_stack([np.broadcast_to(anchor, tip.shape), tip])
    led = reach > _NEAR
    lines[~led] = np.nan
    # to the right is best, then left, then above and below
    aside = 1.5 * (1.0 - across) + 2.0 * np.abs(up)
    costs = 0.55 * reach + aside + _needed(boxes, ground, table)
    costs += np.where(led, 6.0 + 0.25 * _crossed(rims, ground), 0.0)
    best = np.sort(np.argsort(costs, kind="stable")[:_KEPT])
    return _Choices(boxes[best], lines[best], costs[best])


def _sums(ground: Ground) -> NDArray[np.float64]:
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
    return np.where(off, FORBIDDEN, total)


def _crossed(lines: NDArray[np.float64], ground: Ground) -> NDArray[np.float64]:
    """Return how much needed ground each line runs over."""
    along = np.linspace(0.0, 1.0, 60)[None, :]
    x = lines[:, [0]] + (lines[:, [2]] - lines[:, [0]]) * along
    y = lines[:, [1]] + (lines[:, [3]] - lines[:, [1]]) * along
    rows, columns = ground.need.shape
    column = np.clip(((x - ground.left) / CELL).astype(int), 0, columns - 1)
    row = np.clip(((y - ground.foot) / CELL).astype(int), 0, rows - 1)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    return np.asarray(np.minimum(ground.need[row, column], 20.0).mean(axis=1) * length)


def _cheapest(choices: list[_Choices]) -> NDArray[np.intp]:
    """Return the place each name takes in the cheapest arrangement found."""
    against = _against(choices)
    random = np.random.default_rng(_SEED)
    best, least = np.zeros(len(choices), dtype=np.intp), np.inf
    for _ in range(_STARTS):
        taken = np.array([int(np.argmin(choice.costs)) for choice in choices])
        for heat in (*_COOLING, 0.0, 0.0, 0.0):
            for name in random.permutation(len(choices)):
                costs = _weighed(choices[name], against[name], taken, share=1.0)
                taken[name] = int(np.argmin(costs + heat * random.gumbel(size=len(costs))))
        total = sum(
            _weighed(choice, against[name], taken, share=0.5)[taken[name]]
            for name, choice in enumerate(choices)
        )
        if total < least - 1e-6:
            best, least = taken.copy(), float(total)
    return best


def _against(choices: list[_Choices]) -> list[dict[int, NDArray[np.float32]]]:
    """Return, for each name, what its places cost against the places of the names within reach."""
    against: list[dict[int, NDArray[np.float32]]] = [{} for _ in choices]
    for first, one in enumerate(choices):
        for second in range(first + 1, len(choices)):
            other = choices[second]
            if _apart(one, other):
                continue
            cost = clashes(one.boxes, one.lines, other.boxes, other.lines).astype(np.float32)
            if cost.any():
                against[first][second], against[second][first] = cost, cost.T
    return against


def _apart(one: _Choices, other: _Choices) -> bool:
    """Return whether no place of one name can touch a place of the other."""
    foot, head = one.boxes[:, :2].min(axis=0), one.boxes[:, 2:].max(axis=0)
    other_foot, other_head = other.boxes[:, :2].min(axis=0), other.boxes[:, 2:].max(axis=0)
    return bool((foot > other_head + _FAR).any() or (other_foot > head + _FAR).any())


def _weighed(
    choice: _Choices,
    against: dict[int, NDArray[np.float32]],
    taken: NDArray[np.intp],
    *,
    share: float,
) -> NDArray[np.float64]:
    """Return what each place of a name costs, with a share of its clashes with the others."""
    costs = choice.costs.copy()
    for other, cost in against.items():
        costs += share * cost[:, taken[other]]
    return costs


def _fitting(
    boxes: NDArray[np.float64], lines: NDArray[np.float64], own: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which names stand free, the more important kept where two clash."""
    blocked = clashes(boxes, lines, boxes, lines) >= _HARD
    fits = own < _HARD
    for name in range(len(boxes)):
        fits[name] &= not (blocked[name, :name] & fits[:name]).any()
    return np.asarray(fits)
