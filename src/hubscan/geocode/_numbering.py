"""Compiled: number the distinct ones among readings of addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.geocode._compiled import compiled, inlined
from hubscan.geocode._scanning import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH: Final = 5
"""Numbers in a reading."""

_SHIFT: Final = np.uint64(20)
_HALF: Final = np.uint64(1)


@inlined
def _spot(found: NDArray[np.int32], row: int) -> int:
    """Return a number that rows which are equal have in common."""
    value = np.uint64(found[row, 0])
    for j in range(1, WIDTH):
        value = mixed((value << _SHIFT) + value + np.uint64(found[row, j]))
    return int(np.int64(value >> _HALF))


@inlined
def _same(one: NDArray[np.int32], row: int, other: NDArray[np.int32], at: int) -> bool:
    """Return whether a row equals one of another table."""
    equal = True
    for j in range(WIDTH):
        equal &= one[row, j] == other[at, j]
    return equal


@compiled
def number_rows(
    found: NDArray[np.int32],
    numbers: NDArray[np.int64],
    distinct: NDArray[np.int32],
    slots: NDArray[np.int32],
    count: int,
) -> int:
    """
    Put down the number of each row among the distinct ones, add new ones, and return how many.

    ``slots`` is a table of hashes with the numbers of the first ``count`` rows of ``distinct``,
    -1 elsewhere; both have room for as many more rows as there are.
    """
    mask = len(slots) - 1
    for k in range(len(found)):
        at = _spot(found, k) & mask
        while slots[at] >= 0 and not _same(distinct, slots[at], found, k):
            at = (at + 1) & mask
        if slots[at] < 0:
            slots[at] = count
            for j in range(WIDTH):
                distinct[count, j] = found[k, j]
            count += 1
        numbers[k] = slots[at]
    return count


@compiled
def place_rows(distinct: NDArray[np.int32], slots: NDArray[np.int32], count: int) -> None:
    """Put the numbers of the first rows into an empty table of hashes."""
    mask = len(slots) - 1
    for k in range(count):
        at = _spot(distinct, k) & mask
        while slots[at] >= 0:
            at = (at + 1) & mask
        slots[at] = k
