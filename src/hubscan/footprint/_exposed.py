"""Which discs of a union show on its outline: those whose rim no other discs cover together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.footprint._compiled import allocating, compiled, inner
from hubscan.sphere import unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS_A_RADIUS: Final = 2.0
_FEW: Final = 3
_SLACK: Final = 1.001
"""Times how far discs reach: much more than rounding takes away."""

_MARGIN: Final = 1e-9
"""Radians by which covered arcs are shortened, so that rounding never hides an exposed disc."""


class Rims(NamedTuple):
    """
    Disc centres as points of a space in which near means near, with east and north there.

    A point of a rim lies ``inward`` times the centre and ``wide`` outward; discs whose centre is
    no further than ``covers`` (and some slack) may cover it.
    """

    points: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    reach: float
    radius: float
    curved: bool
    inward: float
    wide: float
    covers: float


def exposed(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    *,
    buffer_deg: float,
    buffer_shape: str,
) -> NDArray[np.bool_]:
    """
    Return which discs show on the outline of the union of all.

    A neighbour at distance d covers of a rim of radius r the arc that spans arccos(d / 2r) to both
    sides of its direction; on the sphere, arccos(tan(d / 2) / tan(r)). A disc whose rim is covered
    whole is inside the union and shapes no part of its outline.

    Parameters
    ----------
    latitude, longitude
        Centres, degrees, distinct.
    buffer_deg, buffer_shape
        Radius and shape of the discs.

    Returns
    -------
    exposed
        One for each disc. A few inner discs may be called exposed, never the reverse.
    """
    if buffer_shape == "geodesic":
        rims, count = _on_sphere(latitude, longitude, buffer_deg), len(latitude)
    else:
        rims, count = _in_plane(latitude, longitude, buffer_deg), len(latitude)
    cell = np.floor(rims.points / (rims.reach / (2.0 * _CELLS_A_RADIUS))).astype(np.int64)
    cell -= cell.min(axis=0) - _beyond()
    shape = cell.max(axis=0) + 1 + _beyond()
    code = (cell[:, 0] * shape[1] + cell[:, 1]) * shape[2] + cell[:, 2]
    order = np.argsort(code, kind="stable")
    codes, begins = np.unique(code[order], return_index=True)
    steps = _steps(flat=buffer_shape == "planar_degrees")
    steps_code = (steps[:, 0] * shape[1] + steps[:, 1]) * shape[2] + steps[:, 2]
    ordered = Rims(rims.points[order], rims.east[order], rims.north[order], *rims[3:])
    shows = order < count
    _leave_open(ordered, codes, np.append(begins, len(order)), steps_code, shows)
    result = np.zeros(len(order), np.bool_)
    result[order] = shows
    return result[:count]


def _beyond() -> int:
    """Return how many cells a neighbour may be away."""
    return int(2.0 * _CELLS_A_RADIUS) + 1


def _steps(*, flat: bool) -> NDArray[np.int64]:
    """Return the steps to all cells that may hold neighbours, the nearest first."""
    reach = np.arange(-_beyond(), _beyond() + 1)
    steps = np.stack(np.meshgrid(reach, reach, [0] if flat else reach, indexing="ij"), axis=-1)
    steps = steps.reshape(-1, 3)
    nearest = np.maximum(np.abs(steps) - 1, 0)
    steps = steps[(nearest**2).sum(axis=1) <= (_beyond() - 1) ** 2]
    return np.asarray(steps[np.argsort((steps**2).sum(axis=1), kind="stable")], np.int64)


def _in_plane(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], buffer_deg: float
) -> Rims:
    """Return rims in the plane of degrees; centres near the antimeridian appear beyond it, too."""
    points = np.column_stack((longitude, latitude, np.zeros(len(latitude))))
    turn = np.array([360.0, 0.0, 0.0])
    east = points[longitude > 180.0 - 2.0 * buffer_deg] - turn
    west = points[longitude < -180.0 + 2.0 * buffer_deg] + turn
    points = np.concatenate((points, east, west))
    axes = np.broadcast_to(np.eye(3)[:2, None, :], (2, len(points), 3)).copy()
    return Rims(
        points, axes[0], axes[1], 2.0 * buffer_deg, buffer_deg,
        curved=False, inward=1.0, wide=buffer_deg, covers=buffer_deg * _SLACK,
    )  # fmt: skip


def _on_sphere(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], buffer_deg: float
) -> Rims:
    """Return rims on the unit sphere."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    east = np.column_stack((-np.sin(lam), np.cos(lam), np.zeros(len(lam))))
    north = np.column_stack((-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)))
    radius = np.radians(buffer_deg)
    points = unit_vectors(latitude, longitude)
    sine, half = float(np.sin(radius)), float(np.sin(radius / 2.0))
    return Rims(
        points, east, north, 2.0 * sine, float(np.tan(radius)),
        curved=True, inward=float(np.cos(radius)), wide=sine, covers=2.0 * half * _SLACK,
    )  # fmt: skip


@compiled
def _leave_open(
    rims: Rims,
    codes: NDArray[np.int64],
    begins: NDArray[np.int64],
    steps: NDArray[np.int64],
    shows: NDArray[np.bool_],
) -> None:
    """Leave of those asked for, of centres sorted by cell, the ones whose rim is not covered."""
    near = np.empty(len(steps), np.int64)
    for home in range(len(codes)):
        cells = 0
        for step in steps:
            cell = _found(codes, codes[home] + step)
            if cell >= 0:
                near[cells] = cell
                cells += 1
        for row in range(begins[home], begins[home + 1]):
            shows[row] = shows[row] and _open(rims, begins, near[:cells], row)


@allocating
def _open(rims: Rims, begins: NDArray[np.int64], near: NDArray[np.int64], row: int) -> bool:
    """Return whether a rim is open when the discs of all near cells are there."""
    # literals would be compiled anew, as another type
    gaps = np.empty((np.int64(16), np.int64(2)))
    gaps[0, 0], gaps[0, 1] = 0.0, 2.0 * np.pi
    count: int = np.int64(1)  # type: ignore[assignment]  # as above
    few, step = _FEW * len(near), 0
    while count > 0:
        wide, many, listed = gaps[0, 1] - gaps[0, 0], count, step < few
        if listed:
            # a few of each cell cover most inner rims, whatever the crowd
            cell = near[step // _FEW]
            other = begins[cell] + step % _FEW
            step += 1
            if other == row or other >= begins[cell + 1]:
                continue
        else:
            # what is left is open if no disc at all covers the middle of a gap
            other = _covering(rims, begins, near, row, (gaps[0, 0] + gaps[0, 1]) / 2.0)
            if other < 0:
                return True
        side, half = _arc(rims, row, other)
        if half > 0.0:
            gaps, count = _without(gaps, count, side - half, side + half)
        if not listed and count == many and gaps[0, 1] - gaps[0, 0] == wide:
            return True
    return False


@inner
def _covering(
    rims: Rims, begins: NDArray[np.int64], near: NDArray[np.int64], row: int, middle: float
) -> int:
    """Return a disc that covers a point of a rim, or -1."""
    size = rims.reach / (2.0 * _CELLS_A_RADIUS)
    at, limit = _on_rim(rims, row, middle), rims.covers * rims.covers
    for cell in near:
        apart = 0.0
        for axis in range(3):
            first = np.floor(rims.points[begins[cell], axis] / size) * size
            apart += max(first - at[axis], at[axis] - first - size, 0.0) ** 2
        if apart > limit:
            continue
        for other in range(begins[cell], begins[cell + 1]):
            apart = 0.0
            for axis in range(3):
                apart += (rims.points[other, axis] - at[axis]) ** 2
            # to ask how near it is takes a tenth of what its arc takes
            if other != row and apart <= limit:
                side, half = _arc(rims, row, other)
                turned = abs(side - middle)
                if min(turned, abs(2.0 * np.pi - turned)) <= half:
                    return other
    return -1


@inner
def _on_rim(rims: Rims, row: int, angle: float) -> tuple[float, float, float]:
    """Return a point of a rim."""
    points, east, north, inward = rims.points, rims.east, rims.north, rims.inward
    to_east, to_north = rims.wide * np.cos(angle), rims.wide * np.sin(angle)
    return (
        points[row, 0] * inward + (east[row, 0] * to_east + north[row, 0] * to_north),
        points[row, 1] * inward + (east[row, 1] * to_east + north[row, 1] * to_north),
        points[row, 2] * inward + (east[row, 2] * to_east + north[row, 2] * to_north),
    )


@inner
def _found(codes: NDArray[np.int64], code: int) -> int:
    """Return where a code stands among ascending ones, or -1."""
    low, high = 0, len(codes)
    while low < high:
        middle = (low + high) // 2
        if codes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return low if low < len(codes) and codes[low] == code else -1


@inner
def _arc(rims: Rims, row: int, other: int) -> tuple[float, float]:
    """Return the direction of a neighbour and half the arc it covers; 0 if it is out of reach."""
    points, east, north = rims.points, rims.east, rims.north
    dx = points[other, 0] - points[row, 0]
    dy = points[other, 1] - points[row, 1]
    dz = points[other, 2] - points[row, 2]
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    part = length / 2.0
    if rims.curved:
        part /= np.sqrt(1.0 - part * part)
    part /= rims.radius
    if part >= 1.0:
        return 0.0, 0.0
    side = np.arctan2(
        dx * north[row, 0] + dy * north[row, 1] + dz * north[row, 2],
        dx * east[row, 0] + dy * east[row, 1] + dz * east[row, 2],
    )
    return side, np.arccos(part) - _MARGIN


@allocating
def _without(
    gaps: NDArray[np.float64], count: int, begin: float, end: float
) -> tuple[NDArray[np.float64], int]:
    """Return the open gaps of a rim after an arc of at most half a turn is covered."""
    if 2 * count + 2 > len(gaps):
        room = np.empty((2 * len(gaps), np.int64(2)))
        for number in range(count):
            room[number, 0], room[number, 1] = gaps[number, 0], gaps[number, 1]
        gaps = room
    turn = 2.0 * np.pi
    if begin < 0.0:
        begin, end = begin + turn, end + turn
    # once, and again for what goes beyond the full turn
    while end > 0.0:
        count = _cut_out(gaps, count, begin, end)
        begin, end = 0.0, end - turn
    return gaps, count


@inner
def _cut_out(gaps: NDArray[np.float64], count: int, begin: float, end: float) -> int:
    """Cut a stretch out of the open gaps, and return their new number."""
    kept, rest, rest_end = 0, -1.0, -1.0
    for number in range(count):
        first, last = gaps[number, 0], gaps[number, 1]
        if first < begin < last and end < last:
            # what is left beyond the stretch becomes the last gap
            rest, rest_end = end, last
        if first < begin:
            gaps[kept, 0], gaps[kept, 1] = first, min(begin, last)
            kept += 1
        elif last > end:
            gaps[kept, 0], gaps[kept, 1] = max(end, first), last
            kept += 1
    if rest >= 0.0:
        gaps[kept, 0], gaps[kept, 1] = rest, rest_end
        kept += 1
    return kept
