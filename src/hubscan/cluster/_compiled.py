"""Compile the kernels of the density clustering, and run them over stretches in threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

_Function = TypeVar("_Function", bound="Callable[..., Any]")

_KERNEL: Final[dict[str, Any]] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}
_STEP: Final[dict[str, Any]] = {
    **_KERNEL,
    "cache": False,
    "forceinline": True,
    "no_cpython_wrapper": True,
    "_nrt": False,
}

_HERE: Final = Path(__file__).parent
_FILES: Final = sorted([*_HERE.glob("_[a-z]*.py"), _HERE / "resample.py"])
SOURCES: Final = sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()
"""Fingerprint of all files with kernels."""

_STRETCHES_A_THREAD: Final = 16
_SHORTEST_STRETCH: Final = 256


def compiled(function: _Function) -> _Function:
    """
    Return a kernel compiled on its first call, its machine code kept on disk.

    It frees the interpreter lock: plain Python threads run it over stretches
    (:func:`over_stretches`). Numba's own parallel loops compile several times slower, and abort
    when two threads of a server meet in them.
    """
    kernel = njit(**_KERNEL)(function)
    # Numba keeps code for as long as the file of the kernel is the same, but steps and constants
    # from other files are compiled into it
    cache_file = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = SOURCES  # noqa: SLF001 - Numba has no public way to say so
    return cast("_Function", kernel)


def inlined(function: _Function) -> _Function:
    """
    Return a step of kernels, compiled into each kernel that calls it; Python cannot call it.

    It may read and write arrays, and look at stretches of them, but makes none: code that counts
    references to arrays is left out, which is a fifth of what there is to compile.
    A call that stays a call counts references to every array it passes, atomically: more than the
    work of a step. For the same reason kernels unpack named tuples once, before their loops.
    """
    return cast("_Function", njit(**_STEP)(function))


def allocating(function: _Function) -> _Function:
    """Return a step as :func:`inlined` does, that makes arrays."""
    return cast("_Function", njit(**{**_STEP, "_nrt": True})(function))


def usable_threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def over_stretches(
    kernel: Callable[..., Any],
    count: int,
    *arguments: object,
    threads: int,
    shortest: int = _SHORTEST_STRETCH,
) -> list[Any]:
    """
    Return ``kernel(*arguments, begin, end)`` for consecutive stretches covering ``range(count)``.

    Stretches go to threads as these become free, and come back in order. A kernel writes only to
    its own stretch, so the number of threads cannot change a result. No stretch is shorter than
    ``shortest``: below that, handing it over costs more than it gains.
    """
    pieces = max(1, min(threads * _STRETCHES_A_THREAD, count // shortest))
    stretches = list(pairwise(np.linspace(0, count, pieces + 1).astype(np.int64)))
    if threads == 1 or pieces == 1:
        return [kernel(*arguments, begin, end) for begin, end in stretches]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda stretch: kernel(*arguments, *stretch), stretches))
