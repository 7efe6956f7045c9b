"""Order places along a space-filling curve over the six faces of a cube around the sphere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.cluster._compiled import compiled, inlined, over_stretches
from hubscan.sphere import unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

AXIS_BITS: Final = 30
"""Bits along each axis of a cube face: the finest squares are about a centimetre wide."""

KEY_BITS: Final = 2 * AXIS_BITS + 3

_DIGIT_BITS: Final = 11
_DIGITS: Final = 1 << _DIGIT_BITS
_CHUNK: Final = 1 << 15


def curve_order(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], *, threads: int
) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.float64]]:
    """
    Return the places in the order of the curve: their rows, keys and unit vectors (3, n).

    Places close on the curve are close on the ground, and every square of the quadtree over a cube
    face is one run of the curve.
    """
    count = len(latitude)
    vectors = np.empty((3, count))
    keys = np.empty(count, np.uint64)
    over_stretches(_fill_vectors, count, latitude, longitude, vectors, keys, threads=threads)
    order, keys = _radix_order(keys)
    ordered = np.empty_like(vectors)
    over_stretches(_gather_vectors, count, vectors, order, ordered, threads=threads)
    return order, keys, ordered


def _fill_vectors(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    vectors: NDArray[np.float64],
    keys: NDArray[np.uint64],
    begin: int,
    end: int,
) -> None:
    """Write unit vectors and keys; in chunks, so that intermediate arrays stay in the cache."""
    for first in range(begin, end, _CHUNK):
        part = slice(first, min(first + _CHUNK, end))
        vectors[:, part] = unit_vectors(latitude[part], longitude[part]).T
        _fill_keys(vectors, keys, part.start, part.stop)


@inlined
def _square(tangent: float) -> np.uint64:
    """Return the position of a face coordinate in [-1, 1]; the square root evens out the areas."""
    if tangent >= 0.0:
        along = 0.5 * np.sqrt(1.0 + 3.0 * tangent)
    else:
        along = 1.0 - 0.5 * np.sqrt(1.0 - 3.0 * tangent)
    return np.uint64(min(along * (1 << AXIS_BITS), (1 << AXIS_BITS) - 1.0))


@inlined
def _spread(value: np.uint64) -> np.uint64:
    """Return the bits of a 32-bit integer with a zero before each."""
    spread = (value | (value << np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    spread = (spread | (spread << np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    spread = (spread | (spread << np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    spread = (spread | (spread << np.uint64(2))) & np.uint64(0x3333333333333333)
    return (spread | (spread << np.uint64(1))) & np.uint64(0x5555555555555555)


@compiled
def _fill_keys(
    vectors: NDArray[np.float64], keys: NDArray[np.uint64], begin: int, end: int
) -> None:
    """Write the curve key of each place: face, then interleaved face coordinates."""
    for i in range(begin, end):
        x, y, z = vectors[0, i], vectors[1, i], vectors[2, i]
        far_x, far_y, far_z = abs(x), abs(y), abs(z)
        if far_x >= far_y and far_x >= far_z:
            face, u, v = (0 if x > 0 else 1), y / far_x, z / far_x
        elif far_y >= far_z:
            face, u, v = (2 if y > 0 else 3), x / far_y, z / far_y
        else:
            face, u, v = (4 if z > 0 else 5), x / far_z, y / far_z
        inside = (_spread(_square(u)) << np.uint64(1)) | _spread(_square(v))
        keys[i] = (np.uint64(face) << np.uint64(2 * AXIS_BITS)) | inside


def _radix_order(
    keys: NDArray[np.uint64],
) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Return the rows in order of their keys, and the keys so ordered (least digit first)."""
    keys, rows = keys.copy(), np.arange(len(keys), dtype=np.int32)
    others = np.empty_like(keys), np.empty_like(rows)
    starts = np.empty(_DIGITS + 1, np.int64)
    for shift in range(0, KEY_BITS, _DIGIT_BITS):
        _deal(keys, rows, *others, starts, shift)
        (keys, rows), others = others, (keys, rows)
    return rows, keys


@compiled
def _deal(
    keys: NDArray[np.uint64],
    rows: NDArray[np.int32],
    other_keys: NDArray[np.uint64],
    other_rows: NDArray[np.int32],
    starts: NDArray[np.int64],
    shift: int,
) -> None:
    """Write keys and their rows in order of one digit of the keys, else in the order they have."""
    down, lowest = np.uint64(shift), np.uint64(_DIGITS - 1)
    for lower in range(_DIGITS + 1):
        starts[lower] = 0
    for i in range(keys.shape[0]):
        starts[np.int64((keys[i] >> down) & lowest) + 1] += 1
    for lower in range(_DIGITS):
        starts[lower + 1] += starts[lower]
    for i in range(keys.shape[0]):
        digit = np.int64((keys[i] >> down) & lowest)
        slot = starts[digit]
        starts[digit] = slot + 1
        other_keys[slot], other_rows[slot] = keys[i], rows[i]


def _gather_vectors(
    vectors: NDArray[np.float64],
    order: NDArray[np.int32],
    ordered: NDArray[np.float64],
    begin: int,
    end: int,
) -> None:
    """Write the vectors of a stretch of the curve."""
    for axis in range(len(vectors)):
        np.take(vectors[axis], order[begin:end], out=ordered[axis, begin:end], mode="clip")
