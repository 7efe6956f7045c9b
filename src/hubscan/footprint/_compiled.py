"""Compile the kernels of the footprint stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

_Function = TypeVar("_Function", bound="Callable[..., Any]")


_KERNEL: Final[dict[str, Any]] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}
_STEP: Final[dict[str, Any]] = {**_KERNEL, "no_cpython_wrapper": True}


def compiled(function: _Function) -> _Function:
    """Return a function compiled on its first call, its machine code kept on disk."""
    return cast("_Function", njit(cache=True, **_KERNEL)(function))


def inner(function: _Function) -> _Function:
    """
    Return a step of compiled functions of the same file; Python cannot call it.

    It makes no arrays: code that counts references to them is left out, and need not be compiled.
    What makes a function callable from Python takes as long to compile as a short step itself.
    Numbers that a step is given should be of one type from the first, such as ``np.int64(0)``:
    for a literal 0 it would be compiled anew.
    """
    return cast("_Function", njit(**{**_STEP, "_nrt": False})(function))


def allocating(function: _Function) -> _Function:
    """Return a step as :func:`inner` does, that makes arrays."""
    return cast("_Function", njit(**_STEP)(function))
