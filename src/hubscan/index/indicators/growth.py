"""Growth rates: compound annual growth, its log-linear variant, and growth of document counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.index.indicators.estimate import (
    ESTIMATES,
    Floats,
    additive_estimates,
    checked,
    flagged,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def growth_rates(first: ArrayLike, last: ArrayLike, *, periods: int) -> Floats:
    r"""
    Return compound annual growth rates :math:`(v_e / v_b)^{1/n} - 1`.

    Parameters
    ----------
    first, last
        Values at the beginning and at the end, not negative.
    periods
        Years between them: 4 from 2019 to 2023.

    Returns
    -------
    rates
        0 where both are 0; NaN where only the first is.

    Raises
    ------
    InputError
        If a value is negative, or there is no period.

    Examples
    --------
    >>> growth_rates([100.0, 0.0, 0.0], [121.0, 0.0, 5.0], periods=2).round(12)
    array([0.1, 0. , nan])
    """
    begin, end = np.asarray(first, float), np.asarray(last, float)
    if periods < 1:
        msg = f"growth: {periods} periods: there must be at least 1"
        raise InputError(msg)
    if (begin < 0).any() or (end < 0).any():
        worst = min(np.nanmin(begin), np.nanmin(end))
        msg = f"growth: value {worst:g}: a growth rate needs values that are not negative"
        raise InputError(msg)
    ratios = np.divide(end, begin, out=np.full(begin.shape, np.nan), where=begin > 0)
    ratios = np.where((begin == 0) & (end == 0), 1.0, ratios)
    return np.asarray(ratios ** (1.0 / periods) - 1.0)


def _growth_flags(rates: pd.DataFrame, *, small_base: float) -> pd.DataFrame:
    """Return estimates of growth with flags; the denominator is the base."""
    base, end = rates["denominator"], rates["numerator"]
    rates = flagged(rates, (base == 0) & (end == 0), "zero_throughout")
    rates = flagged(rates, (base == 0) & (end > 0), "zero_base")
    return flagged(rates, (base > 0) & (base < small_base), "small_base")


def cagr(
    counts: pd.DataFrame, *, first_year: int, last_year: int, small_base: float
) -> pd.DataFrame:
    r"""
    Return the compound annual growth rate of a yearly count.

    The standard error is that of two Poisson counts,
    :math:`(1 + g) / n \\cdot \\sqrt{1/v_b + 1/v_e}`.

    Parameters
    ----------
    counts
        Columns ``unit, year, value``; a unit without a row for a year has none of it (0).
    first_year, last_year
        Base and end; the number of periods is their difference.
    small_base
        A base below this is flagged ``small_base``.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator = end, denominator =
        base, n = periods. Flags ``zero_throughout`` (value 0), ``zero_base`` (no value),
        ``small_base``.

    Examples
    --------
    >>> counts = pd.DataFrame({"unit": "Oslo", "year": [2019, 2023], "value": [100, 146.41]})
    >>> cagr(counts, first_year=2019, last_year=2023, small_base=10)["value"].round(9).tolist()
    [0.1]
    """
    checked(counts, ["unit", "year", "value"], name="counts")
    wide = counts.pivot_table(index="unit", columns="year", values="value", aggfunc="sum")
    wide = wide.reindex(columns=[first_year, last_year]).fillna(0.0)
    first, last = wide[first_year].to_numpy(float), wide[last_year].to_numpy(float)
    periods = last_year - first_year
    rates = growth_rates(first, last, periods=periods)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = (1.0 + rates) / periods * np.sqrt(1.0 / first + 1.0 / last)
    table = pd.DataFrame(
        {
            "unit": wide.index,
            "value": rates,
            "numerator": last,
            "denominator": first,
            "n": periods,
            "se": np.where(np.isfinite(errors), errors, np.nan),
            "flags": "",
        },
        columns=list(ESTIMATES),
    )
    return _growth_flags(table, small_base=small_base)


def loglinear_growth(counts: pd.DataFrame, *, first_year: int, last_year: int) -> pd.DataFrame:
    """
    Return the growth rate of a straight line through the logarithms of all years.

    exp(slope of least squares of ln v on the year) - 1. Less moved by a single year than the
    compound rate of two end points.

    Parameters
    ----------
    counts
        Columns ``unit, year, value``.
    first_year, last_year
        The years used, both included.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator and denominator are
        the fitted last and first value, n the years used, ``se`` from the residuals of the line.
        A unit with a value of 0, or with fewer than two years, has no value and the flag
        ``no_logarithm``.

    Examples
    --------
    >>> counts = pd.DataFrame({"unit": "Oslo", "year": [1, 2, 3], "value": [10.0, 20.0, 40.0]})
    >>> loglinear_growth(counts, first_year=1, last_year=3)["value"].round(12).tolist()
    [1.0]
    """
    checked(counts, ["unit", "year", "value"], name="counts")
    window = counts[counts["year"].between(first_year, last_year)]
    rows = [(unit, *_line(part, first_year, last_year)) for unit, part in window.groupby("unit")]
    return pd.DataFrame(rows, columns=list(ESTIMATES))


def _line(
    part: pd.DataFrame, first_year: int, last_year: int
) -> tuple[float, float, float, int, float, str]:
    """Return one row of log-linear growth after its unit."""
    values = part.groupby("year")["value"].sum()
    if len(values) < _FEWEST or (values <= 0).any():
        return np.nan, np.nan, np.nan, len(values), np.nan, "no_logarithm"
    years, logs = values.index.to_numpy(float), np.log(values.to_numpy(float))
    centred = years - years.mean()
    squares = float((centred**2).sum())
    slope = float((centred * logs).sum()) / squares
    fitted = [
        np.exp(logs.mean() + slope * (year - years.mean())) for year in (last_year, first_year)
    ]
    left = logs - logs.mean() - slope * centred
    spare = len(values) - _FEWEST
    error = np.exp(slope) * np.sqrt((left**2).sum() / spare / squares) if spare else np.nan
    return float(np.expm1(slope)), float(fitted[0]), float(fitted[1]), len(values), float(error), ""


_FEWEST: Final = 2


def document_growth(
    marks: pd.DataFrame,
    document_units: pd.DataFrame,
    *,
    years: tuple[int, int],
    small_base: float,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """
    Return the compound annual growth of the marked documents of each unit.

    For highly cited papers or high-impact patent families the mark is their share in the top class
    (:func:`hubscan.index.indicators.impact.top_marks`).

    Parameters
    ----------
    marks
        Columns ``document, year, mark``; the mark says how much of the document counts.
    document_units
        Columns ``document, unit, weight``.
    years
        Base and end year.
    small_base
        A base below this is flagged.
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator = end, denominator =
        base, n = documents of the two years. Flags as :func:`cagr`.

    Examples
    --------
    >>> marks = pd.DataFrame({"document": [1, 2, 3], "year": [2019, 2023, 2023], "mark": 1.0})
    >>> units = pd.DataFrame({"document": [1, 2, 3], "unit": "Oslo", "weight": 1.0})
    >>> document_growth(marks, units, years=(2019, 2023), small_base=10, replicates=0, seed=1)[
    ...     ["value", "flags"]
    ... ].round(4)
        value       flags
    0  0.1892  small_base
    """
    checked(marks, ["document", "year", "mark"], name="marks")
    first_year, last_year = years
    ends = marks[marks["year"].isin(years)]
    parts = document_units.merge(ends, on="document").rename(columns={"document": "observation"})
    counted = parts["weight"] * parts["mark"]
    parts = parts.assign(
        last=counted.where(parts["year"] == last_year, 0.0),
        first=counted.where(parts["year"] == first_year, 0.0),
    )
    found = additive_estimates(
        parts,
        lambda sums: growth_rates(sums[:, 1], sums[:, 0], periods=last_year - first_year),
        addends=["last", "first"],
        replicates=replicates,
        seed=seed,
    )
    return _growth_flags(found, small_base=small_base)


def stock_growth(
    first: pd.DataFrame,
    last: pd.DataFrame,
    *,
    periods: int,
    small_base: float,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """
    Return the compound annual growth between two stocks of researchers.

    Parameters
    ----------
    first, last
        The stocks at the beginning and at the end: columns ``author, unit, weight``.
    periods
        Years between them.
    small_base
        A base below this is flagged.
    replicates, seed
        Of the bootstrap over researchers.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator = end, denominator =
        base, n = researchers in either stock. Flags as :func:`cagr`.

    Examples
    --------
    >>> first = pd.DataFrame({"author": [1], "unit": "Oslo", "weight": 1.0})
    >>> last = pd.DataFrame({"author": [1, 2, 3, 4], "unit": "Oslo", "weight": 1.0})
    >>> stock_growth(first, last, periods=2, small_base=1, replicates=0, seed=1)["value"].tolist()
    [1.0]
    """
    parts = pd.concat([first.assign(first=first["weight"], last=0.0),
                       last.assign(first=0.0, last=last["weight"])])  # fmt: skip
    found = additive_estimates(
        parts.rename(columns={"author": "observation"}),
        lambda sums: growth_rates(sums[:, 1], sums[:, 0], periods=periods),
        addends=["last", "first"],
        replicates=replicates,
        seed=seed,
    )
    return _growth_flags(found, small_base=small_base)
