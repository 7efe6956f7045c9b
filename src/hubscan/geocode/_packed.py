"""Columns in one small file: whole numbers as planes of bytes, texts as lines, each compressed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CODEC = "brotli"
_LEVEL = 11
_BYTES = 4


def packed(streams: Mapping[str, bytes]) -> bytes:
    r"""
    Return streams of bytes as one file: a line of JSON that says how long each is, then each.

    Parameters
    ----------
    streams
        Bytes by name.

    Returns
    -------
    content
        Equal for equal streams.

    Examples
    --------
    >>> unpacked(packed({"one": b"1" * 99, "none": b""})) == {"one": b"1" * 99, "none": b""}
    True
    """
    codec = pa.Codec(CODEC, compression_level=_LEVEL)
    bodies = {name: codec.compress(stream, asbytes=True) for name, stream in streams.items()}
    sizes = {name: [len(streams[name]), len(body)] for name, body in bodies.items()}
    return json.dumps(sizes).encode() + b"\n" + b"".join(bodies.values())


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the streams of a file made by :func:`packed`."""
    first, _, rest = content.partition(b"\n")
    codec = pa.Codec(CODEC)
    streams, at = {}, 0
    for name, (size, length) in json.loads(first).items():
        streams[name] = codec.decompress(rest[at : at + length], size, asbytes=True)
        at += length
    return streams


def planes(values: NDArray[np.int64]) -> bytes:
    """Return whole numbers below 2**32 as all their lowest bytes, then all the next, and so on."""
    columns = values.astype("<u4").view(np.uint8).reshape(-1, _BYTES)
    return np.ascontiguousarray(columns.T).tobytes()


def from_planes(content: bytes) -> NDArray[np.int64]:
    """Return the numbers of :func:`planes`."""
    columns = np.frombuffer(content, np.uint8).reshape(_BYTES, -1).T
    return np.ascontiguousarray(columns).view("<u4").ravel().astype(np.int64)


def steps(values: NDArray[np.int64]) -> bytes:
    """Return whole numbers as the planes of the steps from each to the next."""
    found = np.diff(values, prepend=0)
    # a step down as an odd number, one up as an even one: small ones have empty high bytes
    return planes((found << 1) ^ (found >> 63))


def from_steps(content: bytes) -> NDArray[np.int64]:
    """Return the numbers of :func:`steps`."""
    found = from_planes(content)
    return np.cumsum((found >> 1) ^ -(found & 1))
