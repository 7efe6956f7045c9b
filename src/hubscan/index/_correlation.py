"""Correlations between columns, pair by pair, with the units both have."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

KINDS: Final = ("pearson", "spearman", "kendall")
"""Product-moment, rank, and tau-b correlation."""

LEAST: Final = 3
"""Common units without which no correlation is given."""


def correlations(
    table: pd.DataFrame, *, kind: str, pairs: Iterable[tuple[str, str]] | None = None
) -> pd.DataFrame:
    """
    Return the correlation of pairs of columns.

    Parameters
    ----------
    table
        One row per unit; NaN = missing.
    kind
        ``pearson``, ``spearman`` or ``kendall`` (tau-b).
    pairs
        Columns to correlate; all pairs if not given.

    Returns
    -------
    correlations
        One row per pair: ``first``, ``second``, ``correlation``, ``units`` (that have both),
        ``p_value`` (two-sided, from the t distribution; for tau as SciPy computes it),
        ``p_adjusted`` (Benjamini-Hochberg over the rows). NaN with fewer than three common units
        or a constant column.

    Raises
    ------
    FrameworkError
        For an unknown kind.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [1.0, 2, 4, 3], "z": [4.0, 3, 2, 1]})
    >>> correlations(table, kind="kendall")["correlation"].round(3).tolist()
    [0.667, -1.0, -0.667]
    """
    if kind not in KINDS:
        message = f"audit: correlation {kind!r}: must be one of {', '.join(KINDS)}"
        raise FrameworkError(message)
    chosen = list(combinations(map(str, table.columns), 2) if pairs is None else pairs)
    values = {str(code): table[code].to_numpy(float) for code in table.columns}
    rows = [
        (first, second, *_correlation(values[first], values[second], kind))
        for first, second in chosen
    ]
    names = ["first", "second", "correlation", "units", "p_value"]
    found = pd.DataFrame(rows, columns=names).astype({"correlation": float, "p_value": float})
    return found.assign(p_adjusted=_adjusted(found["p_value"].to_numpy(float)))


def correlation_matrix(table: pd.DataFrame, *, kind: str) -> pd.DataFrame:
    """
    Return the square matrix of correlations, 1 on the diagonal.

    Parameters
    ----------
    table
        One row per unit; NaN = missing.
    kind
        As for :func:`correlations`.

    Returns
    -------
    matrix
        Columns by columns.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3], "y": [2.0, 4, 6]})
    >>> correlation_matrix(table, kind="pearson").loc["x", "y"].round(9).item()
    1.0
    """
    codes = [str(code) for code in table.columns]
    found = correlations(table, kind=kind)["correlation"].to_numpy(float)
    matrix = np.eye(len(codes))
    upper = np.triu_indices(len(codes), k=1)  # row by row, as the pairs are
    matrix[upper] = found
    matrix.T[upper] = found
    return pd.DataFrame(matrix, index=codes, columns=codes)


def _correlation(first: Array, second: Array, kind: str) -> tuple[float, int, float]:
    """Return correlation, number of common units and p-value of two columns."""
    common = ~np.isnan(first) & ~np.isnan(second)
    a, b = first[common], second[common]
    number = len(a)
    if number < LEAST or np.ptp(a) == 0 or np.ptp(b) == 0:
        return np.nan, number, np.nan
    if kind == "kendall":
        tau = stats.kendalltau(a, b)
        return float(tau.statistic), number, float(tau.pvalue)
    if kind == "spearman":
        a, b = stats.rankdata(a), stats.rankdata(b)
    a, b = a - a.mean(), b - b.mean()
    r = float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))
    return r, number, _p_value(r, number)


def _p_value(r: float, number: int) -> float:
    free = number - 2
    if abs(r) == 1:
        return 0.0
    return float(2.0 * stats.t.sf(abs(r) * np.sqrt(free / (1.0 - r * r)), free))


def _adjusted(p_values: Array) -> Array:
    """Return p-values that bound the share of false findings among all (Benjamini-Hochberg)."""
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    if known.size:
        adjusted[known] = stats.false_discovery_control(p_values[known], method="bh")
    return adjusted
