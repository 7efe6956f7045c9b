"""Normalisation by order: ranks among the units, from worst to best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._columns import ascending_ranks, counts
from hubscan.index._scales import STEP, directed
from hubscan.index._step import silent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.index._scales import Directed
    from hubscan.index._step import Outcome
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]


def rank(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return ascending ranks: 1 for the worst unit; equal values share the lower rank.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions.
    fitted
        Values of an earlier call; ranks are then among those.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (one row per indicator, its sorted directed values), ``log``.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [5.0, 1.0, 5.0]}, index=["A", "B", "C"])
    >>> rank(raw, Framework.from_parents({"x": "T"})).table["x"].to_dict()
    {'A': 2.0, 'B': 1.0, 'C': 2.0}
    """
    block = directed(table, framework, "rank")
    ranks, _, fitted = _ranks(block, fitted)
    return block.outcome(ranks, fitted, "rank among the units, worst 1", silent)


def borda(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return the number of units each unit beats: rank - 1.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions.
    fitted
        Values of an earlier call.

    Returns
    -------
    outcome
        As :func:`rank`.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [5.0, 1.0, 5.0]}, index=["A", "B", "C"])
    >>> borda(raw, Framework.from_parents({"x": "T"})).table["x"].to_dict()
    {'A': 1.0, 'B': 0.0, 'C': 1.0}
    """
    block = directed(table, framework, "borda")
    ranks, _, fitted = _ranks(block, fitted)
    return block.outcome(ranks - 1.0, fitted, "number of units beaten", silent)


def percent_rank(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return the share of the other units each unit beats: (rank - 1) / (n - 1), n present values.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions.
    fitted
        Values of an earlier call.

    Returns
    -------
    outcome
        As :func:`rank`.

    Raises
    ------
    FrameworkError
        If only one unit has a value.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [5.0, 1.0, 3.0]}, index=["A", "B", "C"])
    >>> percent_rank(raw, Framework.from_parents({"x": "T"})).table["x"].to_dict()
    {'A': 1.0, 'B': 0.0, 'C': 0.5}
    """
    block = directed(table, framework, "percent_rank")
    ranks, number, fitted = _ranks(block, fitted)
    alone = [str(code) for code, n in zip(table.columns, number, strict=True) if n == 1]
    if alone:
        message = f"{STEP}, percent_rank: only one unit has a value of {', '.join(alone)}"
        raise FrameworkError(message)
    shares = (ranks - 1.0) / np.maximum(number - 1.0, 1.0)
    return block.outcome(shares, fitted, "share of the units beaten", silent)


def _ranks(block: Directed, given: pd.DataFrame | None) -> tuple[Array, Array, pd.DataFrame]:
    """Return ranks, number of values ranked among, and these values in order, by column."""
    if given is None:
        ordered = np.sort(block.array, axis=0)
        fitted = pd.DataFrame(ordered.T, index=pd.Index(block.table.columns, name="code"))
        return ascending_ranks(block.array), counts(block.array), fitted
    absent = [str(code) for code in block.table.columns if code not in given.index]
    if absent:
        message = f"{STEP}: the fitted parameters do not have {', '.join(absent)}"
        raise FrameworkError(message)
    ordered = given.loc[list(block.table.columns)].to_numpy(float).T
    below = [
        np.searchsorted(among, column, side="left")
        for among, column in zip(ordered.T, block.array.T, strict=True)
    ]
    ranks = np.where(np.isnan(block.array), np.nan, np.array(below).T + 1.0)
    return ranks, counts(ordered), given
