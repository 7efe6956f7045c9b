"""Treatment of skewed indicators: limits, logarithms, and the rule of skewness and kurtosis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.index._rules import applied, fitted_labels, fitted_rule
from hubscan.index._step import block

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from hubscan.index._step import Outcome
    from hubscan.index.framework import Framework


def transformed(
    table: pd.DataFrame, framework: Framework, *, transform: str, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return every indicator after one transform.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions, which ``log_gii`` uses.
    transform
        One of `TRANSFORMS` as text with its numbers: ``log``, ``log10``, ``log1p``, ``sqrt``,
        ``signed_log``; ``log_ct`` = ln(x - min + 0.01 (max - min)), ``log_ct_plus`` (the same,
        mirrored when skewed to the left), ``log_ct_orig`` = ln(x - min + 1);
        ``log_gii(factor=1)``; ``boxcox(power=0.5)`` after a shift to minimum 1,
        ``boxcox_likeliest``; ``cap(lower=0, upper=9)``, ``cap_above(upper=9)``,
        ``cap_below(lower=0)``; ``winsorise_top(k=3)``, ``winsorise_bottom(k=3)``; ``none``.
    fitted
        Parameters of an earlier call, to apply them instead of fitting.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (one row per indicator), ``log``.

    Raises
    ------
    FrameworkError
        For an unknown transform, and for a value outside its domain, naming indicator and unit.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 100.0]}, index=["A", "B"])
    >>> transformed(raw, tree, transform="log10").table["x"].to_dict()
    {'A': 0.0, 'B': 2.0}
    """
    if fitted is None:
        labels = np.full(table.shape[1], transform, dtype=object)
        fitted = fitted_labels(block(table, framework, step="treat"), table, framework, labels)
    return applied(table, framework, fitted, transform)


def declared(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return each indicator after the transform its framework row declares, the others as they are.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Its column ``transform`` holds transforms as :func:`transformed` takes them.
    fitted
        Parameters of an earlier call, to apply them instead of fitting.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (one row per indicator), ``log``.

    Raises
    ------
    FrameworkError
        As :func:`transformed`.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"}, transform={"x": "cap_above(upper=5)"})
    >>> raw = pd.DataFrame({"x": [1.0, 9.0], "y": [1.0, 9.0]}, index=["A", "B"])
    >>> declared(raw, tree).table.loc["B"].to_dict()
    {'x': 5.0, 'y': 9.0}
    """
    if fitted is None:
        texts = framework.texts("transform", table.columns)
        labels = np.array([text or "none" for text in texts], dtype=object)
        fitted = fitted_labels(block(table, framework, step="treat"), table, framework, labels)
    return applied(table, framework, fitted, "declared")


def winsorised(
    table: pd.DataFrame,
    framework: Framework,
    *,
    thresholds: tuple[float, float],
    max_points: float,
    second: str,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return the indicators with outliers limited until skewness or kurtosis is small.

    An indicator passes if |skewness| or excess kurtosis (both bias-corrected) is below its
    threshold. Failing ones are winsorised one step at a time, up to ``max_points``; if that is
    not enough, or would leave a constant, the limits are discarded and the second method is
    applied to the original values. Indicators with a transform of their own are left alone.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Its column ``transform`` exempts indicators (``none`` = leave untreated).
    thresholds
        Of skewness and of excess kurtosis, for example (2, 3.5).
    max_points
        Values that may be limited; 0 for none, ``inf`` for no limit. Ties may exceed it.
    second
        A transform as text; ``on winsorised`` after it keeps the limits: ``log_ct on winsorised``.
    fitted
        Parameters of an earlier call, to apply them instead of fitting.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (per indicator the transform, the limits, the number of points, and
        the shape before, after winsorising and at the end), ``log``.

    Raises
    ------
    FrameworkError
        As :func:`transformed`.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6, 7, 90]}, index=list("ABCDEFGH"))
    >>> treated, limits, log = winsorised(
    ...     raw, tree, thresholds=(2, 3.5), max_points=5, second="log_ct"
    ... )
    >>> log.cells[["unit", "before", "after"]].values.tolist()
    [['H', 90.0, 7.0]]
    """
    if fitted is None:
        values = block(table, framework, step="treat")
        exempt = np.array([text != "" for text in framework.texts("transform", table.columns)])
        fitted = fitted_rule(values, table, framework, exempt, (thresholds, max_points, second))
    return applied(table, framework, fitted, "winsorised")


METHODS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "transformed": transformed,
    "declared": declared,
    "winsorised": winsorised,
}
"""Methods of treatment by name."""

COLUMNWISE: Final = frozenset(METHODS)
"""Methods that treat each column by itself, so that many tables can stand side by side."""
