"""Check what a user hands to the density clustering, and say which row is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from hubscan.errors import InputError
from hubscan.sphere import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

_Value = TypeVar("_Value")

SHORTEST_RADIUS_KM: Final = 0.0001
"""Ten centimetres: about a micro-degree, the finest difference between places."""

LONGEST_RADIUS_KM: Final = float(np.pi) * EARTH_RADIUS_KM
"""Half the circumference: chords stop growing there."""

_MOST: Final = int(np.iinfo(np.int64).max)


def degrees(values: ArrayLike, *, name: str, most: float) -> NDArray[np.float64]:
    """Return a copy of coordinates as float64, or raise InputError naming the first bad row."""
    try:
        angles = np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        message = f"density: {name} must be numbers of degrees ({error})"
        raise InputError(message) from error
    if angles.ndim != 1:
        message = f"density: {name} has {angles.ndim} dimensions, needed one value for every place"
        raise InputError(message)
    wrong = ~(np.abs(angles) <= most)
    if wrong.any():
        row = int(np.argmax(wrong))
        message = (
            f"density: {name} of row {row} is {angles[row]}, needed degrees from -{most:g} to"
            f" {most:g}"
        )
        raise InputError(message)
    return angles


def fixed_point(values: ArrayLike, *, count: int) -> NDArray[np.int64]:
    """Return weights as int64, or raise InputError naming the first bad row."""
    weights = whole_numbers(values, name="weights", shape=(count,))
    _check_total(weights)
    return weights


def whole_numbers(
    values: ArrayLike,
    *,
    name: str,
    shape: tuple[int, ...] | None = None,
    dimensions: int = 1,
    least: int = 0,
    where: str = "density",
) -> NDArray[np.int64]:
    """Return integers as int64, or raise InputError naming the first bad one."""
    numbers = np.asarray(values)
    if numbers.ndim != dimensions or (shape is not None and numbers.shape != shape):
        needed = f"{shape}" if shape is not None else f"{dimensions} dimensions"
        message = f"{where}: {name} have shape {numbers.shape}, needed {needed}"
        raise InputError(message)
    if numbers.size == 0:
        return np.empty(numbers.shape, np.int64)
    if not np.issubdtype(numbers.dtype, np.integer):
        message = (
            f"{where}: {name} are {numbers.dtype}, needed integers (fixed point), so that sums are"
            " exact"
        )
        raise InputError(message)
    if int(numbers.min()) < least or int(numbers.max()) > _MOST:
        position = np.unravel_index(np.argmax((numbers < least) | (numbers > _MOST)), numbers.shape)
        message = (
            f"{where}: {name} of row {int(position[-1])} is {numbers[position]}, needed an integer"
            f" from {least} to {_MOST}"
        )
        raise InputError(message)
    return np.ascontiguousarray(numbers, np.int64)


def _check_total(weights: NDArray[np.int64]) -> None:
    """Raise InputError if weights overflow 64 bits together."""
    if len(weights) == 0 or int(weights.max()) <= _MOST // len(weights):
        return
    # halves of 32 bits: neither sum can overflow
    total = (int((weights >> 32).sum()) << 32) + int((weights & 0xFFFFFFFF).sum())
    if total > _MOST:
        row = int(np.argmax(weights))
        message = (
            f"density: weights sum to {total}, needed at most {_MOST} (the greatest, of row {row},"
            f" is {weights[row]}): use a coarser fixed point"
        )
        raise InputError(message)


def radius(radius_km: float) -> float:
    """Return a radius that chords can tell, or raise InputError."""
    if not SHORTEST_RADIUS_KM <= radius_km <= LONGEST_RADIUS_KM:
        message = (
            f"density: radius_km = {radius_km}: must be from {SHORTEST_RADIUS_KM} to"
            f" {LONGEST_RADIUS_KM:.3f}"
        )
        raise InputError(message)
    return float(radius_km)


def threshold(min_weight: int) -> int:
    """Return a threshold weight that int64 sums can reach, or raise InputError."""
    whole = isinstance(min_weight, (int, np.integer))
    if not whole or not 1 <= min_weight <= _MOST:
        message = (
            f"density: min_weight = {min_weight}: must be a whole number from 1 to {_MOST}, in the"
            " fixed point of the weights"
        )
        raise InputError(message)
    return int(min_weight)


def one_of(value: str, allowed: Mapping[str, _Value], *, name: str) -> _Value:
    """Return what a name stands for, or raise InputError listing the names."""
    if value not in allowed:
        message = f"density: {name} = {value!r}: must be one of {', '.join(allowed)}"
        raise InputError(message)
    return allowed[value]
