"""Ranks of scores: 1 is best, ties within a tolerance, units without a score unranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.index._framework_table import code_order
from hubscan.index._ranking import ranked

if TYPE_CHECKING:
    from collections.abc import Sequence


def ranks(scores: pd.DataFrame, *, ties: str, tolerance: float) -> pd.DataFrame:
    """
    Return the rank of every unit in every column.

    Parameters
    ----------
    scores
        One row per unit, one column per node; NaN = no score. Rows indexed by period and unit are
        ranked within each period.
    ties
        Rank of equal scores: ``min`` (the best place they fill), ``max``, ``average``, ``dense``
        (no gaps after ties) or ``ordinal`` (by code).
    tolerance
        Scores closer than this, relative to the greatest absolute score, are equal; 1e-9 absorbs
        the rounding that the order of operations leaves.

    Returns
    -------
    ranks
        Same shape; NaN where there is no score.

    Raises
    ------
    FrameworkError
        For an unknown rule for ties.

    Examples
    --------
    >>> scores = pd.DataFrame({"T": [1.0, 3.0, 3.0 + 1e-12]}, index=["A", "B", "C"])
    >>> ranks(scores, ties="min", tolerance=1e-9)["T"].to_dict()
    {'A': 3.0, 'B': 1.0, 'C': 1.0}
    """
    if isinstance(scores.index, pd.MultiIndex):
        parts = scores.groupby(level=0, sort=False)
        found = [_ranks(part, ties, tolerance) for _, part in parts]
        return pd.concat(found).loc[scores.index]
    return _ranks(scores, ties, tolerance)


def group_ranks(
    scores: pd.DataFrame, groups: pd.Series[str], *, ties: str, tolerance: float
) -> pd.DataFrame:
    """
    Return the rank of every unit among the units of its group.

    Parameters
    ----------
    scores
        One row per unit, one column per node; NaN = no score.
    groups
        Group of each unit, by code; units without a group are not ranked.
    ties, tolerance
        As for :func:`ranks`.

    Returns
    -------
    ranks
        Same shape; NaN where there is no score or no group.

    Examples
    --------
    >>> scores = pd.DataFrame({"T": [1.0, 3.0, 2.0]}, index=["A", "B", "C"])
    >>> groups = pd.Series({"A": "x", "B": "y", "C": "x"})
    >>> group_ranks(scores, groups, ties="min", tolerance=0)["T"].to_dict()
    {'A': 2.0, 'B': 1.0, 'C': 1.0}
    """
    found = pd.DataFrame(np.nan, index=scores.index, columns=scores.columns)
    own = groups.reindex(scores.index)
    for group in sorted(own.dropna().unique()):
        members = scores[(own == group).to_numpy()]
        found.loc[members.index] = _ranks(members, ties, tolerance)
    return found


def ranking(
    scores: pd.DataFrame, *, by: str, columns: Sequence[str], ties: str, tolerance: float
) -> pd.DataFrame:
    """
    Return the units from first to last by one node, equal ones by code.

    Parameters
    ----------
    scores
        One row per unit, one column per node.
    by
        The node that ranks.
    columns
        Further nodes to show.
    ties, tolerance
        As for :func:`ranks`.

    Returns
    -------
    ranking
        Columns ``rank``, the node, the further nodes; units without a score come last.

    Examples
    --------
    >>> scores = pd.DataFrame({"T": [1.0, 3.0, 3.0], "x": [1, 2, 3]}, index=["A", "C", "B"])
    >>> ranking(scores, by="T", columns=["x"], ties="min", tolerance=0)
       rank    T  x
    B   1.0  3.0  3
    C   1.0  3.0  2
    A   3.0  1.0  1
    """
    place = ranks(scores[[by]], ties=ties, tolerance=tolerance)[by]
    order = sorted(
        range(len(scores)),
        key=lambda row: (place.iloc[row] if place.iloc[row] > 0 else np.inf, _key(scores, row)),
    )
    table = scores[[by, *columns]].iloc[order]
    table.insert(0, "rank", place.iloc[order])
    return table


def _ranks(scores: pd.DataFrame, ties: str, tolerance: float) -> pd.DataFrame:
    order = sorted(range(len(scores)), key=lambda row: _key(scores, row))
    ordered = np.ascontiguousarray(scores.to_numpy(float)[order].T)
    found = np.empty(scores.shape)
    found[order] = ranked(ordered, ties=ties, tolerance=tolerance).T
    return pd.DataFrame(found, index=scores.index, columns=scores.columns)


def _key(scores: pd.DataFrame, row: int) -> tuple[object, ...]:
    label = scores.index[row]
    return tuple(
        code_order(str(part)) for part in (label if isinstance(label, tuple) else (label,))
    )
