"""Imputation of missing values; observed values come back as they were, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.index._columns import maxima, means, minima
from hubscan.index._fill import STEP, branches_of, filled, groups_of
from hubscan.index._impute_joint import em, em_draws, nearest_neighbours
from hubscan.index._impute_panel import latest, linear
from hubscan.index._step import Log, Outcome, block, by_code, fitted_numbers, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

__all__ = [
    "COLUMNWISE",
    "METHODS",
    "branch_mean",
    "em",
    "em_draws",
    "group_mean",
    "group_median",
    "latest",
    "linear",
    "mean",
    "median",
    "nearest_neighbours",
    "none",
]


def none(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return the values as they are: aggregation renormalises the weights of what is present.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    fitted
        Not used: nothing is fitted.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (empty), ``log``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, None]}, index=["A", "B"])
    >>> none(raw, Framework.from_parents({"x": "T"})).table["x"].to_dict()
    {'A': 1.0, 'B': nan}
    """
    block(table, framework, step=STEP)
    rows = by_code(table) if fitted is None else fitted
    return Outcome(table, rows, Log(STEP, "none", table, table, lambda _r, _c: "", silent))


def mean(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return missing values as the mean of the indicator.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``value``, by indicator), ``log``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, None, 2.0]}, index=["A", "B", "C"])
    >>> mean(raw, Framework.from_parents({"x": "T"})).table["x"].to_dict()
    {'A': 1.0, 'B': 1.5, 'C': 2.0}
    """
    return _by_column(table, framework, means, "mean", fitted)


def median(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return missing values as the median of the indicator.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``value``, by indicator), ``log``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, None, 9.0, 2.0]}, index=["A", "B", "C", "D"])
    >>> median(raw, Framework.from_parents({"x": "T"})).table["x"].to_dict()
    {'A': 1.0, 'B': 2.0, 'C': 9.0, 'D': 2.0}
    """
    return _by_column(table, framework, _medians, "median", fitted)


def _by_column(
    table: pd.DataFrame,
    framework: Framework,
    statistic: Callable[[Array], Array],
    method: str,
    fitted: pd.DataFrame | None,
) -> Outcome:
    values = block(table, framework, step=STEP)
    rows = by_code(table, value=statistic(values)) if fitted is None else fitted
    (guess,) = fitted_numbers(rows, table, ["value"], step=STEP)
    reason = f"{method} of the indicator"
    return filled(
        table, values, np.broadcast_to(guess, values.shape), rows, (method, lambda _r, _c: reason)
    )


def _medians(values: Array) -> Array:
    """Return the median of the present values of each column."""
    ordered = np.sort(values, axis=0)
    number = (~np.isnan(values)).sum(axis=0)
    columns = np.arange(values.shape[1])
    low = ordered[np.maximum(number - 1, 0) // 2, columns]
    return np.asarray((low + ordered[number // 2, columns]) / 2)


def group_mean(
    table: pd.DataFrame,
    framework: Framework,
    *,
    units: pd.DataFrame,
    by: str,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return missing values as the mean of the indicator over the units of the same group.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    units
        Attributes of the units, indexed as the table.
    by
        Column of ``units`` that holds the groups; without a group a value stays missing.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (one column per group, by indicator), ``log``.

    Raises
    ------
    FrameworkError
        If there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, None, 9.0]}, index=["A", "B", "C"])
    >>> region = pd.DataFrame({"region": ["n", "n", "s"]}, index=["A", "B", "C"])
    >>> tree = Framework.from_parents({"x": "T"})
    >>> group_mean(raw, tree, units=region, by="region").table["x"].to_dict()
    {'A': 1.0, 'B': 1.0, 'C': 9.0}
    """
    return _by_group(table, framework, (means, "group_mean"), (units, by), fitted)


def group_median(
    table: pd.DataFrame,
    framework: Framework,
    *,
    units: pd.DataFrame,
    by: str,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return missing values as the median of the indicator over the units of the same group.

    Parameters
    ----------
    table, framework, units, by, fitted
        As for :func:`group_mean`.

    Returns
    -------
    outcome
        As :func:`group_mean`.

    Raises
    ------
    FrameworkError
        If there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, None, 9.0]}, index=["A", "B", "C"])
    >>> region = pd.DataFrame({"region": ["n", "n", "n"]}, index=["A", "B", "C"])
    >>> tree = Framework.from_parents({"x": "T"})
    >>> group_median(raw, tree, units=region, by="region").table["x"].to_dict()
    {'A': 1.0, 'B': 5.0, 'C': 9.0}
    """
    return _by_group(table, framework, (_medians, "group_median"), (units, by), fitted)


def _by_group(
    table: pd.DataFrame,
    framework: Framework,
    statistic: tuple[Callable[[Array], Array], str],
    grouping: tuple[pd.DataFrame, str],
    fitted: pd.DataFrame | None,
) -> Outcome:
    values = block(table, framework, step=STEP)
    groups = groups_of(table, *grouping)
    if fitted is None:
        members = {name: (groups == name).to_numpy() for name in sorted(groups.dropna().unique())}
        found = {str(name): statistic[0](values[rows]) for name, rows in members.items()}
        fitted = by_code(table, **found)
    guesses = np.full(values.shape, np.nan)
    for name in fitted.columns:
        rows = (groups.map(str) == str(name)).to_numpy()
        guesses[rows] = fitted_numbers(fitted, table, [name], step=STEP)[0]
    labels = groups.map(str).to_list()

    def reason(row: int, column: int) -> str:
        del column
        return f"{statistic[1]} over {grouping[1]} {labels[row]!r}"

    return filled(table, values, guesses, fitted, (statistic[1], reason))


def branch_mean(
    table: pd.DataFrame,
    framework: Framework,
    *,
    branches: Sequence[str],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return missing values as the unit's mean over the other indicators of the branch.

    Indicators are scaled to [0, 1] on their present values, more being better; the mean over the
    present ones of the branch is scaled back.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives directions and branches.
    branches
        Nodes whose leaves belong together; a leaf below none of them belongs to its parent.
    fitted
        Ranges of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``maximum`` after direction), ``log``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [0.0, 2.0, 1.0], "y": [0.0, 10.0, None]}, index=list("ABC"))
    >>> branch_mean(raw, tree, branches=[]).table.loc["C"].to_dict()
    {'x': 1.0, 'y': 5.0}
    """
    values = block(table, framework, step=STEP)
    direction = framework.numbers("direction", table.columns)
    directed = values * direction
    if fitted is None:
        fitted = by_code(table, minimum=minima(directed), maximum=maxima(directed))
    low, high = fitted_numbers(fitted, table, ["minimum", "maximum"], step=STEP)
    span = high - low
    scaled = np.where(span > 0, (directed - low) / np.where(span > 0, span, 1.0), np.nan)
    guesses = np.full(values.shape, np.nan)
    for places in branches_of(table, framework, branches):
        share = means(np.ascontiguousarray(scaled[:, places].T))[:, None]
        guesses[:, places] = (low + share * span)[:, places] * direction[places]
    reason = "mean of the unit over its branch"
    return filled(table, values, guesses, fitted, ("branch_mean", lambda _r, _c: reason))


METHODS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "branch_mean": branch_mean,
    "em": em,
    "group_mean": group_mean,
    "group_median": group_median,
    "latest": latest,
    "linear": linear,
    "mean": mean,
    "median": median,
    "nearest_neighbours": nearest_neighbours,
    "none": none,
}
"""Methods of imputation by name."""

COLUMNWISE: Final = frozenset({"none", "mean", "median", "group_mean", "group_median"})
"""Methods that treat each column by itself, so that many tables can stand side by side."""
