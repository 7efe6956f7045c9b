"""Imputation in time: the latest earlier value, and the straight line between two values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.index._fill import STEP, filled, years_of
from hubscan.index._step import block, by_code

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._step import Outcome
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]


def latest(
    table: pd.DataFrame,
    framework: Framework,
    *,
    max_gap: float,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return missing values as the unit's latest earlier value, if it is not too old.

    Parameters
    ----------
    table
        Indexed by period (years) and unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    max_gap
        Years the value may be older.
    fitted
        Not used: nothing is fitted.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (empty), ``log``, whose reasons name the year the value is of.

    Raises
    ------
    FrameworkError
        If the rows are not a panel of years.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> rows = pd.MultiIndex.from_tuples([("2019", "A"), ("2021", "A")], names=["period", "unit"])
    >>> raw = pd.DataFrame({"x": [7.0, None]}, index=rows)
    >>> outcome = latest(raw, Framework.from_parents({"x": "T"}), max_gap=2)
    >>> outcome.table["x"].tolist(), outcome.log.cells["reason"].tolist()
    ([7.0, 7.0], ['value of 2019'])
    """
    values = block(table, framework, step=STEP)
    units, years = years_of(table, "latest")
    guesses, origin = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    for rows in _rows_by_unit(units, years):
        for place, row in enumerate(rows):
            for earlier in reversed(rows[:place]):
                fresh = np.isnan(guesses[row]) & (years[row] - years[earlier] <= max_gap)
                fresh &= ~np.isnan(values[earlier])
                guesses[row, fresh] = values[earlier, fresh]
                origin[row, fresh] = years[earlier]

    def reason(row: int, column: int) -> str:
        return f"value of {origin[row, column]:.0f}"

    kept = by_code(table) if fitted is None else fitted
    return filled(table, values, guesses, kept, ("latest", reason))


def linear(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return missing values on the straight line between the unit's values before and after.

    Parameters
    ----------
    table
        Indexed by period (years) and unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    fitted
        Not used: nothing is fitted.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (empty), ``log``; cells before the first or after the last value
        stay missing, with a warning.

    Raises
    ------
    FrameworkError
        If the rows are not a panel of years.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> years = [("2019", "A"), ("2020", "A"), ("2023", "A")]
    >>> rows = pd.MultiIndex.from_tuples(years, names=["period", "unit"])
    >>> raw = pd.DataFrame({"x": [1.0, None, 9.0]}, index=rows)
    >>> linear(raw, Framework.from_parents({"x": "T"})).table["x"].tolist()
    [1.0, 3.0, 9.0]
    """
    values = block(table, framework, step=STEP)
    units, years = years_of(table, "linear")
    guesses = np.full(values.shape, np.nan)
    for rows in _rows_by_unit(units, years):
        for column in range(values.shape[1]):
            present = ~np.isnan(values[rows, column])
            if present.any():
                line = np.interp(
                    years[rows],
                    years[rows][present],
                    values[rows, column][present],
                    left=np.nan,
                    right=np.nan,
                )
                guesses[rows, column] = line
    kept = by_code(table) if fitted is None else fitted
    said = ("linear", lambda _row, _column: "on the line between the values before and after")
    return filled(table, values, guesses, kept, said)


def _rows_by_unit(units: list[str], years: Array) -> list[list[int]]:
    """Return the rows of each unit, by year."""
    groups: dict[str, list[int]] = {}
    for row in np.argsort(years, kind="stable"):
        groups.setdefault(units[row], []).append(int(row))
    return list(groups.values())
