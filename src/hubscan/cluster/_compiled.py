"""Compile the kernels of the density clustering, and run them over stretches of places in threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

_Function = TypeVar("_Function", bound="Callable[..., Any]")

_STRETCHES_A_THREAD: Final = 16
_SHORTEST_STRETCH: Final = 256


def compiled(function: _Function) -> _Function:
    """
    Compile a function on its first call, keep the machine code on disk, and free the interpreter lock.

    Threads are plain Python threads over stretches (:func:`over_stretches`) rather than Numba's own
    parallel loops: those compile several times slower and abort when two threads of a server meet.
    """
    return cast("_Function", njit(cache=True, nogil=True, error_model="numpy")(function))


def usable_threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - only on systems without affinities


def over_stretches(
    kernel: Callable[..., Any], count: int, *arguments: object, threads: int
) -> list[Any]:
    """
    Return ``kernel(*arguments, begin, end)`` for consecutive stretches covering ``range(count)``.

    Stretches are handed to threads as they become free, and returned in order. A kernel writes
    only to its own stretch, so the number of threads cannot change a result.
    """
    pieces = max(1, min(threads * _STRETCHES_A_THREAD, count // _SHORTEST_STRETCH))
    ends = np.linspace(0, count, pieces + 1).astype(np.int64)
    stretches = list(zip(ends[:-1], ends[1:], strict=True))
    if threads == 1 or pieces == 1:
        return [kernel(*arguments, begin, end) for begin, end in stretches]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda stretch: kernel(*arguments, *stretch), stretches))
