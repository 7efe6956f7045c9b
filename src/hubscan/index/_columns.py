"""
Statistics of the columns of an array, NaN left out.

Sums run down the rows in order, so a column has the same bits alone as among others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

THIRD, FOURTH = 3, 4
"""Values needed before skewness and before kurtosis are defined."""


class Moments(NamedTuple):
    """Number of values, mean, and bias-corrected skewness and excess kurtosis of each column."""

    number: Array
    mean: Array
    skewness: Array
    kurtosis: Array


def column_sums(values: Array) -> Array:
    """Return the sum of each column, added row by row."""
    if values.shape[1] == 1:  # numpy would add a single column pairwise
        return np.asarray(np.repeat(values, 2, axis=1).sum(axis=0)[:1])
    return np.asarray(np.ascontiguousarray(values).sum(axis=0))


def counts(values: Array) -> Array:
    """Return the number of present values of each column."""
    return np.asarray((~np.isnan(values)).sum(axis=0), float)


def means(values: Array) -> Array:
    """Return the mean of each column, NaN if nothing is present."""
    absent = np.isnan(values)
    number = (~absent).sum(axis=0)
    total = column_sums(np.where(absent, 0.0, values))
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def standard_deviations(values: Array, ddof: int) -> Array:
    """Return the standard deviation of each column, NaN with ddof values or fewer."""
    number = counts(values)
    squares = np.where(np.isnan(values), 0.0, (values - means(values)) ** 2)
    free = number - ddof
    return np.where(free > 0, np.sqrt(column_sums(squares) / np.maximum(free, 1)), np.nan)


def minima(values: Array) -> Array:
    """Return the least present value of each column, NaN if nothing is present."""
    return np.asarray(np.fmin.reduce(values, axis=0))


def maxima(values: Array) -> Array:
    """Return the greatest present value of each column, NaN if nothing is present."""
    return np.asarray(np.fmax.reduce(values, axis=0))


def moments(values: Array) -> Moments:
    r"""
    Return the shape of each column.

    :math:`G_1 = \frac{\sqrt{n(n-1)}}{n-2} m_3 / m_2^{3/2}` and
    :math:`G_2 = \frac{n-1}{(n-2)(n-3)}((n+1)(m_4/m_2^2 - 3) + 6)`, with central moments of
    divisor n; NaN with fewer than three, or four, values, or if all are equal.
    """
    n = counts(values)
    mean = means(values)
    centred = np.where(np.isnan(values), 0.0, values - mean)
    squares = centred * centred
    safe = np.maximum(n, 1)
    second = column_sums(squares) / safe
    third = column_sums(squares * centred) / safe
    fourth = column_sums(squares * squares) / safe
    varied = maxima(values) > minima(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        skewness = np.sqrt(n * (n - 1)) / (n - 2) * third / second**1.5
        excess = (n + 1) * (fourth / second**2 - 3) + 6
        kurtosis = (n - 1) / ((n - 2) * (n - 3)) * excess
    return Moments(
        n,
        mean,
        np.where(varied & (n >= THIRD), skewness, np.nan),
        np.where(varied & (n >= FOURTH), kurtosis, np.nan),
    )


def ascending_ranks(values: Array) -> Array:
    """Return 1 + the number of smaller values in the column; NaN stays NaN."""
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    fresh = np.ones(values.shape, bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    place = np.arange(len(values))[:, None]
    starts = np.maximum.accumulate(np.where(fresh, place, 0), axis=0)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, starts + 1.0, axis=0)
    return np.where(np.isnan(values), np.nan, ranks)
