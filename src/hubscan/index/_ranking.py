"""Ranks along the last axis, best first, with ties by tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TIES: Final = ("min", "dense", "max", "average", "ordinal")
"""What rank equal scores share."""


def ranked(scores: Array, *, ties: str, tolerance: float) -> Array:
    """
    Return ranks along the last axis, 1 for the greatest score, NaN for NaN.

    Scores tie when the gap to the next one is at most ``tolerance`` times the greatest absolute
    score of the row. ``ordinal`` breaks ties by position, so the caller sorts by code first.
    """
    if ties not in TIES:
        message = f"ranks: ties = {ties!r}: must be one of {', '.join(TIES)}"
        raise FrameworkError(message)
    order = np.argsort(-scores, axis=-1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=-1)
    size = np.fmax.reduce(np.abs(scores), axis=-1, keepdims=True)
    fresh = np.ones(scores.shape, bool)
    fresh[..., 1:] = ~(ordered[..., :-1] - ordered[..., 1:] <= tolerance * size)
    ranks = np.empty(scores.shape)
    if ties == "ordinal":
        order = _by_position(fresh, order)
        fresh[...] = True
    np.put_along_axis(ranks, order, _shared(fresh, ties), axis=-1)
    return np.where(np.isnan(scores), np.nan, ranks)


def _by_position(fresh: NDArray[np.bool_], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an order in which tied scores stand as they stood in the row."""
    groups = np.empty(order.shape, np.int64)
    np.put_along_axis(groups, order, np.cumsum(fresh, axis=-1), axis=-1)
    return np.argsort(groups, axis=-1, kind="stable")


def _shared(fresh: NDArray[np.bool_], ties: str) -> Array:
    """Return the ranks of an ordered row in which ``fresh`` marks the start of each tie."""
    if ties == "dense":
        return np.cumsum(fresh, axis=-1).astype(float)
    place = np.broadcast_to(np.arange(fresh.shape[-1]), fresh.shape)
    first = np.maximum.accumulate(np.where(fresh, place, 0), axis=-1)
    if ties in {"min", "ordinal"}:
        return first + 1.0
    starts_after = np.ones(fresh.shape, bool)
    starts_after[..., :-1] = fresh[..., 1:]
    ends = np.where(starts_after, place, fresh.shape[-1])
    last = np.minimum.accumulate(ends[..., ::-1], axis=-1)[..., ::-1]
    return last + 1.0 if ties == "max" else (first + last) / 2 + 1.0
