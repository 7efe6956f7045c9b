"""Weighted means of exact fractions, for holding printed numbers against each other."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Mean: TypeAlias = "Callable[[Sequence[Fraction], Sequence[Fraction]], Fraction]"
"""A mean: weights and values, both exact, to one exact value; it never falls when a value rises."""


def arithmetic(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    """
    Return the weighted arithmetic mean.

    Parameters
    ----------
    weights, values
        Exact fractions, of one length.

    Returns
    -------
    mean
        Exact.

    Examples
    --------
    >>> arithmetic([Fraction(1), Fraction(3)], [Fraction(60), Fraction(100)])
    Fraction(90, 1)
    """
    return weighted_sum(weights, values) / sum(weights)


def weighted_sum(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    """
    Return the weighted sum, for tables whose last column adds the others up.

    Parameters
    ----------
    weights, values
        Exact fractions, of one length.

    Returns
    -------
    total
        Exact.

    Examples
    --------
    >>> weighted_sum([Fraction(1), Fraction(1)], [Fraction(1, 2), Fraction(2)])
    Fraction(5, 2)
    """
    return sum((w * x for w, x in zip(weights, values, strict=True)), Fraction(0))


def harmonic(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    """
    Return the weighted harmonic mean of positive values.

    Parameters
    ----------
    weights, values
        Exact fractions, of one length.

    Returns
    -------
    mean
        Exact.

    Raises
    ------
    FrameworkError
        If a value is not positive.

    Examples
    --------
    >>> harmonic([Fraction(1), Fraction(1)], [Fraction(1), Fraction(3)])
    Fraction(3, 2)
    """
    _check_positive(values, "harmonic")
    return sum(weights) / sum((w / x for w, x in zip(weights, values, strict=True)), Fraction(0))


def geometric(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    """
    Return the weighted geometric mean of positive values, to double precision.

    Parameters
    ----------
    weights, values
        Exact fractions, of one length.

    Returns
    -------
    mean
        The fraction of a double.

    Raises
    ------
    FrameworkError
        If a value is not positive.

    Examples
    --------
    >>> float(round(geometric([Fraction(1), Fraction(1)], [Fraction(4), Fraction(9)]), 12))
    6.0
    """
    _check_positive(values, "geometric")
    total = math.fsum(w * math.log(x) for w, x in zip(weights, values, strict=True))
    return Fraction(math.exp(total / float(sum(weights))))


METHODS: Final[Mapping[str, Mean]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "sum": weighted_sum,
}
"""Means that can be verified, by name."""


def _check_positive(values: Sequence[Fraction], method: str) -> None:
    """Raise if a mean is asked of values outside its domain."""
    if min(values) <= 0:
        msg = f"verify: {method} mean of {float(min(values)):g}: values must be greater than 0"
        raise FrameworkError(msg)
