"""Denomination: indicators per head, per area, per unit of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._step import Log, Outcome, Warned, block, by_code, rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

STEP: Final = "denominate"


def by_denominator(
    table: pd.DataFrame,
    framework: Framework,
    *,
    units: pd.DataFrame,
    scale: Mapping[str, float],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return indicators over their denominators: x / (d / scale).

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Its column ``denominator`` names, for a leaf, a column of ``units`` or another leaf.
    units
        Attributes of the units, indexed as the table.
    scale
        Of denominators by name, for example ``{"population": 10_000}``; 1 where not given.
    fitted
        Not used: nothing is fitted, the argument keeps the signature of a step.

    Returns
    -------
    outcome
        ``table``; ``fitted`` (the denominator and its scale, by indicator); ``log``, with a
        warning for each value lost to a denominator that is zero or missing.

    Raises
    ------
    FrameworkError
        If a denominator or a unit is unknown.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, denominator={"x": "people"})
    >>> raw = pd.DataFrame({"x": [3.0, 4.0]}, index=["A", "B"])
    >>> people = pd.DataFrame({"people": [6000.0, 0.0]}, index=["A", "B"])
    >>> outcome = by_denominator(raw, tree, units=people, scale={"people": 1000})
    >>> outcome.table["x"].to_dict(), outcome.log.warnings["message"].tolist()
    ({'A': 0.5, 'B': nan}, ["denominator 'people' is 0: value lost"])
    """
    del fitted
    values = block(table, framework, step=STEP)
    names = framework.texts("denominator", table.columns)
    divisors = np.ones(values.shape)
    scales = np.array([float(scale.get(name, 1.0)) for name in names])
    for place, name in enumerate(names):
        if name:
            divisors[:, place] = _denominator(name, table, units)
    unusable = (divisors == 0) | np.isnan(divisors)
    per = np.array([name != "" for name in names])
    shares = values / (np.where(unusable, np.nan, divisors) / scales)
    after = rebuilt(np.where(per, shares, values), table)
    rows = by_code(table, denominator=np.array(names, dtype=object), scale=scales)
    lost = unusable & ~np.isnan(values)
    log = Log(
        STEP,
        "by_denominator",
        table,
        after,
        lambda _, column: f"divided by {names[column]} / {scales[column]:g}",
        lambda: list(_lost(lost, divisors, table, names)),
    )
    return Outcome(after, rows, log)


def _denominator(name: str, table: pd.DataFrame, units: pd.DataFrame) -> Array:
    source = units if name in units else table
    if name not in source:
        message = f"{STEP}: denominator {name!r} is neither an attribute of the units nor a leaf"
        raise FrameworkError(message)
    if not table.index.isin(source.index).all():
        absent = table.index[~table.index.isin(source.index)][0]
        message = f"{STEP}: the attributes have no row for unit {absent!r}"
        raise FrameworkError(message)
    return source[name].loc[table.index].to_numpy(float)


def _lost(
    lost: NDArray[np.bool_], divisors: Array, table: pd.DataFrame, names: list[str]
) -> Iterator[Warned]:
    for row, column in np.argwhere(lost):
        what = "0" if divisors[row, column] == 0 else "missing"
        message = f"denominator {names[column]!r} is {what}: value lost"
        yield Warned(STEP, str(table.columns[column]), str(table.index[row]), "warning", message)


def correlated_denominators(
    table: pd.DataFrame, units: pd.DataFrame, *, threshold: float
) -> pd.DataFrame:
    """
    Return which raw indicators go with the size of the units, and may need a denominator.

    Parameters
    ----------
    table
        Raw values, one row per unit.
    units
        Candidate denominators, indexed as the table; columns that are not numbers are left out.
    threshold
        Least absolute Pearson correlation, for example 0.7.

    Returns
    -------
    pairs
        Columns ``indicator``, ``denominator``, ``correlation``; strongest first.

    Examples
    --------
    >>> raw = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=["A", "B", "C"])
    >>> size = pd.DataFrame({"people": [10.0, 20.0, 31.0]}, index=["A", "B", "C"])
    >>> correlated_denominators(raw, size, threshold=0.7)["denominator"].tolist()
    ['people']
    """
    sizes = units.loc[table.index].select_dtypes("number")
    rows = [
        (code, name, table[code].corr(sizes[name]))
        for name in sizes
        for code in table
        if table[code].std() > 0 and sizes[name].std() > 0
    ]
    pairs = pd.DataFrame(rows, columns=["indicator", "denominator", "correlation"])
    strong = pairs[pairs["correlation"].abs() > threshold]
    order = strong["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return strong.loc[order].reset_index(drop=True)


METHODS: Final[Mapping[str, Callable[..., Outcome]]] = {"by_denominator": by_denominator}
"""Methods of denomination by name."""

COLUMNWISE: Final[frozenset[str]] = frozenset()
"""A denominator may be another column, so tables cannot stand side by side."""
