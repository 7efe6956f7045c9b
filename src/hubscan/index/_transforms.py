"""Transforms of single columns: each fitted on some values and applied to these or others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import stats

from hubscan.errors import FrameworkError
from hubscan.index._columns import maxima, minima, moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PARAMETERS: Final = ("minimum", "maximum", "sign", "number")
"""What a transform can fit, by column; NaN where it does not."""

CONTINUITY: Final = 0.01
"""Share of the range that the continuous-at-the-minimum logarithm adds below the minimum."""


class Fit(NamedTuple):
    """Fitted parameters, one entry per column."""

    minimum: Array
    maximum: Array
    sign: Array
    number: Array


class Transform(NamedTuple):
    """A transform: how to fit it, how to apply it, and what its values must be."""

    fit: Callable[..., Fit]
    apply: Callable[[Array, Fit], Array]
    numbers: tuple[str, ...]


def _observed(values: Array, directions: Array) -> Fit:
    return Fit(minima(values), maxima(values), directions, np.full(len(directions), np.nan))


def _nothing(values: Array, directions: Array) -> Fit:
    del values
    blank = np.full(len(directions), np.nan)
    return Fit(blank, blank, blank, blank)


def _skewed(values: Array, directions: Array) -> Fit:
    fit = _observed(values, directions)
    return fit._replace(sign=np.where(moments(values).skewness > 0, 1.0, -1.0))


def _capped(values: Array, directions: Array, *, lower: float, upper: float) -> Fit:
    fit = _nothing(values, directions)
    full = np.ones(len(directions))
    return fit._replace(minimum=lower * full, maximum=upper * full)


def _top(values: Array, directions: Array, *, k: float) -> Fit:
    ordered = -np.sort(-values, axis=0)
    place = _enough(values, k)
    return _nothing(values, directions)._replace(maximum=ordered[place])


def _bottom(values: Array, directions: Array, *, k: float) -> Fit:
    place = _enough(values, k)
    return _nothing(values, directions)._replace(minimum=np.sort(values, axis=0)[place])


def _enough(values: Array, k: float) -> int:
    least = int((~np.isnan(values)).sum(axis=0).min())
    if not 0 <= k < least:
        message = f"winsorising {k:g} points of a column with {least} values: needs more values"
        raise FrameworkError(message)
    return int(k)


def _box_cox(values: Array, directions: Array, *, power: float) -> Fit:
    fit = _observed(values, directions)
    return fit._replace(number=np.full(len(directions), power))


def _box_cox_likeliest(values: Array, directions: Array) -> Fit:
    fit = _observed(values, directions)
    powers = [
        float(stats.boxcox_normmax(column[~np.isnan(column)] - least + 1.0, method="mle"))
        for column, least in zip(values.T, fit.minimum, strict=True)
    ]
    return fit._replace(number=np.array(powers))


def _gii(values: Array, directions: Array, *, factor: float) -> Fit:
    fit = _observed(values, directions)
    return fit._replace(number=np.full(len(directions), factor))


def _log(values: Array, where: str = "> 0") -> Array:
    if (values <= 0).any():
        raise TransformDomainError(values <= 0, where)
    return np.log(values)


class TransformDomainError(FrameworkError):
    """Values a transform is not defined for; the caller names unit and indicator."""

    def __init__(self, outside: NDArray[np.bool_], needed: str) -> None:
        super().__init__(f"treat: values must be {needed}")
        self.outside, self.needed = outside, needed


def _log_ct(values: Array, fit: Fit) -> Array:
    span = fit.maximum - fit.minimum
    return _log(values - fit.minimum + CONTINUITY * span, "above the fitted minimum")


def _log_ct_plus(values: Array, fit: Fit) -> Array:
    span = CONTINUITY * (fit.maximum - fit.minimum)
    inside = np.where(fit.sign > 0, values - fit.minimum + span, fit.maximum + span - values)
    return fit.sign * _log(inside, "within the fitted range")


def _log_ct_orig(values: Array, fit: Fit) -> Array:
    return _log(values - fit.minimum + 1.0, "above the fitted minimum less 1")


def _log_gii(values: Array, fit: Fit) -> Array:
    if (fit.maximum * fit.number <= 1).any():
        place = int(np.argmax(fit.maximum * fit.number <= 1))
        found = fit.maximum[place] * fit.number[place]
        message = f"log_gii: maximum times factor is {found:g}: must be > 1"
        raise FrameworkError(message)
    span = fit.maximum - fit.minimum
    rise = np.where(fit.sign > 0, values - fit.minimum, fit.maximum - values)
    inside = (fit.maximum * fit.number - 1.0) * rise / np.where(span > 0, span, 1.0) + 1.0
    return fit.sign * _log(inside, "within the fitted range")


def _apply_box_cox(values: Array, fit: Fit) -> Array:
    shifted = values - (fit.minimum - 1.0)
    if (shifted <= 0).any():
        raise TransformDomainError(shifted <= 0, "above the fitted minimum less 1")
    zero = fit.number == 0
    power = np.where(zero, 1.0, fit.number)
    return np.where(zero, np.log(shifted), (shifted**power - 1.0) / power)


def _square_root(values: Array, fit: Fit) -> Array:
    del fit
    if (values < 0).any():
        raise TransformDomainError(values < 0, ">= 0")
    return np.sqrt(values)


def _log1p(values: Array, fit: Fit) -> Array:
    del fit
    if (values <= -1).any():
        raise TransformDomainError(values <= -1, "> -1")
    return np.log1p(values)


def _signed_log(values: Array, fit: Fit) -> Array:
    del fit
    return np.sign(values) * np.log1p(np.abs(values))


def _limit(values: Array, fit: Fit) -> Array:
    low = np.where(np.isnan(fit.minimum), -np.inf, fit.minimum)
    high = np.where(np.isnan(fit.maximum), np.inf, fit.maximum)
    return np.asarray(np.clip(values, low, high))


TRANSFORMS: Final[dict[str, Transform]] = {
    "none": Transform(_nothing, lambda values, _: values, ()),
    "log": Transform(_nothing, lambda values, _: _log(values), ()),
    "log10": Transform(_nothing, lambda values, _: _log(values) / np.log(10.0), ()),
    "log1p": Transform(_nothing, _log1p, ()),
    "sqrt": Transform(_nothing, _square_root, ()),
    "signed_log": Transform(_nothing, _signed_log, ()),
    "log_ct": Transform(_observed, _log_ct, ()),
    "log_ct_plus": Transform(_skewed, _log_ct_plus, ()),
    "log_ct_orig": Transform(_observed, _log_ct_orig, ()),
    "log_gii": Transform(_gii, _log_gii, ("factor",)),
    "boxcox": Transform(_box_cox, _apply_box_cox, ("power",)),
    "boxcox_likeliest": Transform(_box_cox_likeliest, _apply_box_cox, ()),
    "cap": Transform(_capped, _limit, ("lower", "upper")),
    "cap_above": Transform(partial(_capped, lower=-np.inf), _limit, ("upper",)),
    "cap_below": Transform(partial(_capped, upper=np.inf), _limit, ("lower",)),
    "winsorise_top": Transform(_top, _limit, ("k",)),
    "winsorise_bottom": Transform(_bottom, _limit, ("k",)),
}
"""Transforms by name, with the numbers each needs, as in ``winsorise_top(k=3)``."""
