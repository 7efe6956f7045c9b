"""The rule of skewness and kurtosis, and winsorising one step at a time until a column passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hubscan.index._columns import maxima, minima, moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.index._columns import Moments

    Array = NDArray[np.float64]


class Limits(NamedTuple):
    """
    Result of winsorising each column.

    ``lower`` and ``upper`` limit its values (infinite where they do not), ``points`` counts the
    limited ones, ``shape`` describes it after the last step, ``flat`` marks a column that would
    have become constant.
    """

    lower: Array
    upper: Array
    points: NDArray[np.int64]
    shape: Moments
    flat: NDArray[np.bool_]


def passes(shape: Moments, skewness: float, kurtosis: float) -> NDArray[np.bool_]:
    """Return where |skewness| or excess kurtosis is below its threshold, or is undefined."""
    below = (np.abs(shape.skewness) < skewness) | (shape.kurtosis < kurtosis)
    return below | np.isnan(shape.skewness) | np.isnan(shape.kurtosis)


def winsorised_limits(values: Array, skewness: float, kurtosis: float, max_points: float) -> Limits:
    """
    Return the limits that winsorising ends with.

    While a column fails and fewer than ``max_points`` of its values are limited, its greatest
    values are set to the next smaller one if it is skewed to the right, else its least values to
    the next greater one. Points are counted before a step, so ties may exceed the number.
    """
    width = values.shape[1]
    lower, upper = np.full(width, -np.inf), np.full(width, np.inf)
    points, flat = np.zeros(width, np.int64), np.zeros(width, bool)
    shape = moments(values)
    active = np.flatnonzero(~passes(shape, skewness, kurtosis) & (max_points > 0))
    while active.size:
        column = np.clip(values[:, active], lower[active], upper[active])
        upward = shape.skewness[active] >= 0
        bound = np.where(upward, _next_below(column), _next_above(column))
        stop = bound == np.where(upward, minima(column), maxima(column))
        flat[active[stop]] = True
        moved, up, bound = active[~stop], upward[~stop], bound[~stop]
        upper[moved[up]], lower[moved[~up]] = bound[up], bound[~up]
        outside = (values[:, moved] > upper[moved]) | (values[:, moved] < lower[moved])
        points[moved] = outside.sum(axis=0)
        after = moments(np.clip(values[:, moved], lower[moved], upper[moved]))
        for part, fresh in zip(shape, after, strict=True):
            part[moved] = fresh
        active = moved[~passes(after, skewness, kurtosis) & (points[moved] < max_points)]
    return Limits(lower, upper, points, shape, flat)


def _next_below(column: Array) -> Array:
    """Return the greatest value below the maximum of each column; the minimum if there is none."""
    rest = np.where(column == maxima(column), np.nan, column)
    return np.fmax(maxima(rest), minima(column))


def _next_above(column: Array) -> Array:
    """Return the least value above the minimum of each column; the maximum if there is none."""
    rest = np.where(column == minima(column), np.nan, column)
    return np.fmin(minima(rest), maxima(column))
