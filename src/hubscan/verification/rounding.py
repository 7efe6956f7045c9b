"""The intervals that printed numbers stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

HALF: Final = {"whole": 0.5, "amount": 0.005, "share": 0.005, "tenths": 0.05, "percent": 0.05}
"""Half a unit of the last printed digit, by form (:data:`hubscan.report.gii.layout.ROUNDING`)."""

SIGNIFICANT: Final = 6
SLACK: Final = 1e-9
"""Relative room for the rounding of floating point, where bounds are compared."""


def half_units(values: ArrayLike, *, form: str) -> Floats:
    """
    Return how far the true number may lie from each printed one.

    Parameters
    ----------
    values
        Printed numbers.
    form
        A key of :data:`HALF`, or ``count``: six significant digits, then two decimals.

    Returns
    -------
    half_units
        Half a unit of the last printed digit.

    Raises
    ------
    InputError
        If the form is unknown.

    Examples
    --------
    >>> half_units([117542.0, 50812.6, 6981.28], form="count")
    array([0.5  , 0.05 , 0.005])
    """
    numbers = np.asarray(values, float)
    if form == "count":
        sizes = np.floor(np.log10(np.maximum(np.abs(numbers), 1.0)))
        return np.asarray(0.5 * np.maximum(10.0 ** (sizes - SIGNIFICANT + 1), 0.01))
    if form not in HALF:
        msg = f"verify: form = {form!r}: must be one of count, {', '.join(HALF)}"
        raise InputError(msg)
    return np.full(numbers.shape, HALF[form])


def bounds(values: ArrayLike, *, form: str) -> tuple[Floats, Floats]:
    """
    Return the least and the greatest number that would be printed as each of these.

    Parameters
    ----------
    values
        Printed numbers.
    form
        As for :func:`half_units`.

    Returns
    -------
    low, high
        Of the same length.

    Examples
    --------
    >>> low, high = bounds([5.45], form="share")
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([5.445], [5.455])
    """
    numbers = np.asarray(values, float)
    half = half_units(numbers, form=form)
    return numbers - half, numbers + half


def apart(low: ArrayLike, high: ArrayLike, other_low: ArrayLike, other_high: ArrayLike) -> Floats:
    """
    Return how far two intervals lie apart; 0 where they meet.

    Parameters
    ----------
    low, high
        One interval of each pair.
    other_low, other_high
        The other.

    Returns
    -------
    gaps
        At least 0; gaps of the size of floating-point error count as none.

    Examples
    --------
    >>> apart([1.0, 1.0], [2.0, 2.0], [1.5, 3.0], [4.0, 4.0])
    array([0., 1.])
    """
    gap = np.maximum(
        np.asarray(low, float) - np.asarray(other_high, float),
        np.asarray(other_low, float) - np.asarray(high, float),
    )
    room = SLACK * np.maximum(np.abs(np.asarray(high, float)), 1.0)
    return np.where(gap > room, gap, 0.0)
