"""Compile the kernels of the footprint stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def compiled(function: _Function) -> _Function:
    """Return a function compiled on its first call, its machine code kept on disk."""
    return cast("_Function", njit(cache=True, nogil=True, error_model="numpy")(function))
