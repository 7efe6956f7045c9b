"""Change over the periods of a panel: compound growth and fitted slopes, by unit and indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._framework_table import code_order
from hubscan.index.values import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def compound_growth(values: pd.DataFrame, *, periods: Sequence[int]) -> pd.DataFrame:
    r"""
    Return the compound annual growth rate between the first and the last value in some years.

    :math:`(v_e / v_b)^{1 / (t_e - t_b)} - 1` over the present values of the given years only.

    Parameters
    ----------
    values
        Tidy values; periods are years.
    periods
        Years that count.

    Returns
    -------
    growth
        Columns ``unit``, ``indicator``, ``growth``, ``first_year``, ``last_year``, ``present``
        (share of the years with a value), ``flag``: ``zero_base`` where growth from 0 is not
        defined, ``no_growth`` where both ends are 0, ``too_few`` with fewer than two values.

    Raises
    ------
    FrameworkError
        For a negative value, naming unit, indicator and year, and for periods that are not years.

    Examples
    --------
    >>> rows = {"unit": ["A"] * 3, "indicator": ["x"] * 3, "period": [2019, 2020, 2021]}
    >>> table = pd.DataFrame(rows | {"value": [9.0, 2.0, 8.0]})
    >>> compound_growth(table, periods=[2020, 2021])["growth"].tolist()
    [3.0]
    """
    rows = []
    for unit, indicator, years, series in _series(values, periods):
        if (series < 0).any():
            year = int(years[series < 0][0])
            found = series[series < 0][0]
            cell = f"{indicator!r} of unit {unit!r} in {year}"
            message = f"panel, growth: {cell} is {found:g}: must be >= 0"
            raise FrameworkError(message)
        rate, flag = _growth(years, series)
        ends = (years[0], years[-1]) if len(years) else (np.nan, np.nan)
        rows.append((unit, indicator, rate, *ends, len(years) / len(periods), flag))
    names = ["unit", "indicator", "growth", "first_year", "last_year", "present", "flag"]
    return pd.DataFrame(rows, columns=names)


def _growth(years: Array, series: Array) -> tuple[float, str]:
    if len(series) < 2:  # noqa: PLR2004 - a rate has two ends
        return np.nan, "too_few"
    if series[0] == 0:
        return (0.0, "no_growth") if series[-1] == 0 else (np.nan, "zero_base")
    return float((series[-1] / series[0]) ** (1.0 / (years[-1] - years[0])) - 1.0), ""


def relative_slope(values: pd.DataFrame, *, periods: Sequence[int]) -> pd.DataFrame:
    """
    Return the least-squares slope over the fitted value of the first year, in percent a year.

    Parameters
    ----------
    values
        Tidy values; periods are years.
    periods
        Years that count.

    Returns
    -------
    slopes
        Columns ``unit``, ``indicator``, ``slope_percent``; NaN with fewer than two values or a
        fitted first value of 0.

    Raises
    ------
    FrameworkError
        For periods that are not years.

    Examples
    --------
    >>> rows = {"unit": ["A"] * 3, "indicator": ["x"] * 3, "period": [2019, 2020, 2021]}
    >>> table = pd.DataFrame(rows | {"value": [2.0, 3.0, 4.0]})
    >>> relative_slope(table, periods=[2019, 2020, 2021])["slope_percent"].round(9).tolist()
    [50.0]
    """
    rows = []
    for unit, indicator, years, series in _series(values, periods):
        slope = np.nan
        if len(series) > 1:
            centred = years - years.mean()
            rise = (centred @ series) / (centred @ centred)
            start = series.mean() - rise * (years.mean() - years[0])
            slope = 100.0 * rise / start if start else np.nan
        rows.append((unit, indicator, slope))
    return pd.DataFrame(rows, columns=["unit", "indicator", "slope_percent"])


def _series(values: pd.DataFrame, periods: Sequence[int]) -> list[tuple[str, str, Array, Array]]:
    """Return unit, indicator, years and values of each series, present values of the years only."""
    table = tidy(values)
    years = pd.to_numeric(table["period"], errors="coerce")
    if years.isna().any():
        message = f"panel: period {table['period'][years.isna()].iloc[0]!r} is not a year"
        raise FrameworkError(message)
    chosen = table.assign(year=years)[years.isin([float(year) for year in periods])]
    found = []
    for (unit, indicator), rows in chosen.groupby(["unit", "indicator"], sort=False):
        present = rows[rows["value"].notna()].sort_values("year")
        found.append(
            (
                str(unit),
                str(indicator),
                present["year"].to_numpy(float),
                present["value"].to_numpy(float),
            )
        )
    return sorted(found, key=lambda one: (code_order(one[0]), code_order(one[1])))
