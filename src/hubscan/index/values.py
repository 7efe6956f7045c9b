"""Values of indicators: the tidy table, its wide view, and attributes of the units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._framework_table import code_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

COLUMNS: Final = ("unit", "indicator", "period", "value", "year_of_value", "source", "flag")
"""The columns of a tidy table of values, in order."""

FLAGS: Final = ("observed", "substituted", "imputed", "winsorised", "transformed")
"""What a value can be: seen, taken from elsewhere or earlier, filled in, limited, transformed."""

_DEFAULTS: Final[dict[str, str | float]] = {
    "period": "",
    "year_of_value": np.nan,
    "source": "",
    "flag": "observed",
}


def tidy(values: pd.DataFrame) -> pd.DataFrame:
    """
    Return a table of values with every column, checked and in canonical order.

    Parameters
    ----------
    values
        Columns ``unit``, ``indicator``, ``value`` (NaN = missing); optional ``period`` (text or
        year), ``year_of_value`` (the period unless given), ``source``, ``flag`` (one of `FLAGS`).

    Returns
    -------
    tidy
        Columns `COLUMNS`, one row per unit, indicator and period, sorted by them.

    Raises
    ------
    FrameworkError
        Naming every fault: columns absent, values that are not numbers, repeated cells, unknown
        flags.

    Examples
    --------
    >>> rows = {"unit": ["B", "A"], "indicator": ["x", "x"], "value": [2, 1]}
    >>> tidy(pd.DataFrame(rows))[["unit", "indicator", "value", "flag"]]
      unit indicator  value      flag
    0    A         x    1.0  observed
    1    B         x    2.0  observed
    """
    absent = [name for name in ("unit", "indicator", "value") if name not in values]
    if absent:
        message = f"values: no column {', '.join(absent)}; found {list(map(str, values.columns))}"
        raise FrameworkError(message)
    table = values.copy()
    for name, default in _DEFAULTS.items():
        if name not in table:
            table[name] = default
    table = table[list(COLUMNS)]
    for name in ("unit", "indicator", "period", "source", "flag"):
        table[name] = table[name].astype(object).where(table[name].notna(), "").map(str)
    numbers = pd.to_numeric(table["value"], errors="coerce")
    faults = list(_value_faults(table, numbers))
    if faults:
        raise FrameworkError("values: " + "; ".join(faults))
    years = pd.to_numeric(table["year_of_value"], errors="coerce")
    table["year_of_value"] = years.fillna(pd.to_numeric(table["period"], errors="coerce"))
    table["value"] = numbers.astype(float)
    keys = [_order(table[name]) for name in ("period", "unit", "indicator")]
    order = np.lexsort(keys[::-1])
    return table.iloc[order].reset_index(drop=True)


def _order(codes: pd.Series[str]) -> NDArray[np.int64]:
    """Return the place of each code among the different ones, in code order."""
    places = {code: place for place, code in enumerate(sorted(set(codes), key=code_order))}
    return np.array([places[code] for code in codes], dtype=np.int64)


def _value_faults(table: pd.DataFrame, numbers: pd.Series[float]) -> Iterator[str]:
    keys = table["unit"] + " / " + table["indicator"] + (" / " + table["period"]).str.rstrip(" /")
    for name in ("unit", "indicator"):
        if (table[name] == "").any():
            yield f"{int((table[name] == '').sum())} rows have no {name}"
    bad = (numbers.isna() & table["value"].notna()) | np.isinf(numbers)
    for key, value in zip(keys[bad], table["value"][bad], strict=True):
        yield f"value of {key} is {value!r}: must be a finite number or empty"
    for key in keys[keys.duplicated()].unique():
        yield f"{key} has more than one value"
    for flag in sorted(set(table["flag"]) - set(FLAGS)):
        yield f"flag {flag!r} is not one of {', '.join(FLAGS)}"


def matrix(values: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """
    Return the wide view of a tidy table: one row per unit, one column per leaf.

    Parameters
    ----------
    values
        Tidy values; see :func:`tidy`.
    framework
        Its leaves are the columns; a leaf nobody has a value of is a column of NaN.

    Returns
    -------
    matrix
        Indexed by ``unit``; by ``period`` and ``unit`` when the values have several periods.
        Rows in code order, columns in the order of ``framework.leaves``; NaN = missing.

    Raises
    ------
    FrameworkError
        For faults of the values, and for indicators that are not leaves of the framework.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"})
    >>> rows = {"unit": ["B", "A"], "indicator": ["x", "x"], "value": [2, 1]}
    >>> matrix(pd.DataFrame(rows), tree)["x"].to_dict()
    {'A': 1.0, 'B': 2.0}
    """
    return tables(values, framework)[0]


def tables(values: pd.DataFrame, framework: Framework) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return :func:`matrix` and :func:`flags` of the same values.

    Parameters
    ----------
    values
        Tidy values; see :func:`tidy`.
    framework
        Its leaves are the columns.

    Returns
    -------
    matrix, flags
        Tables of one shape.

    Raises
    ------
    FrameworkError
        As :func:`matrix`.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"})
    >>> rows = {"unit": ["A"], "indicator": ["x"], "value": [1]}
    >>> [table["x"].tolist() for table in tables(pd.DataFrame(rows), tree)]
    [[1.0], ['observed']]
    """
    table = tidy(values)
    unknown = sorted(set(table["indicator"]) - set(framework.leaves), key=code_order)
    if unknown:
        message = f"values: indicators that are not leaves of the framework: {', '.join(unknown)}"
        raise FrameworkError(message)
    columns = list(framework.leaves)
    numbers = _wide(table, "value").reindex(columns=columns).astype(float)
    table["flag"] = table["flag"].where(table["value"].notna(), "")
    marks = _wide(table, "flag").reindex(columns=columns)
    return numbers, marks.where(marks.notna(), "")


def flags(values: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """
    Return the flags of the values in the shape of :func:`matrix`; empty where there is no value.

    Parameters
    ----------
    values
        Tidy values; see :func:`tidy`.
    framework
        Its leaves are the columns.

    Returns
    -------
    flags
        One of `FLAGS`, or empty text.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"})
    >>> rows = {"unit": ["A", "B"], "indicator": ["x", "x"], "value": [2, None]}
    >>> flags(pd.DataFrame(rows), tree)["x"].to_dict()
    {'A': 'observed', 'B': ''}
    """
    return tables(values, framework)[1]


def from_matrix(table: pd.DataFrame, *, period: str, source: str) -> pd.DataFrame:
    """
    Return the tidy values of a wide table of observed values.

    Parameters
    ----------
    table
        One row per unit (the index), one column per indicator; or indexed by period and unit.
    period
        Period of the values; ignored when the index holds periods.
    source
        Where they come from.

    Returns
    -------
    values
        See :func:`tidy`; missing cells are rows with NaN.

    Examples
    --------
    >>> wide = pd.DataFrame({"x": [1.0, 2.0]}, index=["A", "B"])
    >>> from_matrix(wide, period="2023", source="")[["unit", "period", "value"]].values.tolist()
    [['A', '2023', 1.0], ['B', '2023', 2.0]]
    """
    rows = table.copy()
    rows.columns = pd.Index(list(table.columns), name="indicator")
    if isinstance(rows.index, pd.MultiIndex):
        rows.index = rows.index.set_names(["period", "unit"])
        long = rows.reset_index().melt(id_vars=["period", "unit"], value_name="value")
    else:
        rows.index = rows.index.set_names("unit")
        long = rows.reset_index().melt(id_vars="unit", value_name="value").assign(period=period)
    return tidy(long.assign(source=source))


def _wide(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return one column of a tidy table as rows by unit (and period) and columns by indicator."""
    panel = len(set(table["period"])) > 1
    keys = ["period", "unit"] if panel else ["unit"]
    wide = table.set_index([*keys, "indicator"])[name].unstack("indicator")  # noqa: PD010 - unique keys, no aggregation
    if panel:
        order = sorted(wide.index, key=lambda key: [code_order(part) for part in key])
        return wide.loc[order]
    return wide.loc[sorted(wide.index, key=code_order)]
