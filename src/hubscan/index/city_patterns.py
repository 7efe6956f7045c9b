"""Patterns over cities: ranks by region, types by their strengths, correlations of indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TYPES: Final[Mapping[str, str]] = {
    "RTI": "All-around innovation city",
    "RI": "Research-driven industrial city",
    "RT": "Research and technology-driven city",
    "TI": "Technology-driven industrial city",
    "R": "Single advantage: scientific research",
    "T": "Single advantage: technological progress",
    "I": "Single advantage: industrial development",
    "": "No advantage above the thresholds",
}
"""Types of cities by their strengths in research (R), technology (T) and industry (I)."""


def rank_distribution(
    ranking: pd.DataFrame, groups: pd.DataFrame, *, bands: Sequence[int]
) -> pd.DataFrame:
    """
    Return how many units of each group stand in each band of ranks.

    Parameters
    ----------
    ranking
        Columns ``unit, rank``.
    groups
        Columns ``unit, group``; every ranked unit has one.
    bands
        Last rank of each band, ascending: ``[10, 20, 30]``.

    Returns
    -------
    distribution
        Rows groups, columns bands as texts (``1-10``), entries numbers of units.

    Raises
    ------
    InputError
        If a unit has no group, or a rank lies beyond the last band.

    Examples
    --------
    >>> ranking = pd.DataFrame({"unit": ["Oslo", "Rome", "Bonn"], "rank": [1, 2, 3]})
    >>> groups = pd.DataFrame(
    ...     {"unit": ["Oslo", "Rome", "Bonn"], "group": ["North", "South", "North"]}
    ... )
    >>> rank_distribution(ranking, groups, bands=[1, 3])
    band   1-1  2-3
    group
    North    1    1
    South    0    1
    """
    joined = ranking.merge(groups, on="unit", how="left")
    lost = joined.loc[joined["group"].isna(), "unit"]
    if len(lost):
        msg = f"groups: {lost.iloc[0]} has none: every ranked unit needs one"
        raise InputError(msg)
    ends = list(bands)
    if (joined["rank"] > ends[-1]).any():
        msg = f"bands end at {ends[-1]}: must reach rank {int(joined['rank'].max())}"
        raise InputError(msg)
    starts = [1, *(end + 1 for end in ends[:-1])]
    names = [f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]
    places = np.searchsorted(ends, joined["rank"].to_numpy(int))
    band = pd.Categorical([names[place] for place in places], categories=names)
    return pd.crosstab(joined["group"], band, dropna=False).rename_axis(columns="band")


def strength_types(
    scores: pd.DataFrame, *, thresholds: Mapping[str, tuple[str, float]]
) -> pd.DataFrame:
    """
    Return the type of each unit: the letters of the scores that reach their thresholds.

    Parameters
    ----------
    scores
        Indexed by unit; columns scores.
    thresholds
        Letter -> (column, least score that is a strength), in the order of the letters.

    Returns
    -------
    types
        Columns ``unit, strengths, type`` (the type is named for letters R, T, I only), in the order
        of the scores.

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     {"research": [85.0, 70.0], "industry": [80.0, 81.0]}, index=["A", "B"]
    ... )
    >>> rule = {"R": ("research", 76.8), "I": ("industry", 79.0)}
    >>> strength_types(scores, thresholds=rule)["strengths"].tolist()
    ['RI', 'I']
    """
    letters = np.full(len(scores), "", dtype=object)
    for letter, (column, least) in thresholds.items():
        letters += np.where(scores[column].to_numpy(float) >= least, letter, "")
    table = pd.DataFrame({"unit": scores.index.to_list(), "strengths": letters})
    return table.assign(type=table["strengths"].map(dict(TYPES)).fillna(""))


def type_exceptions(types: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """
    Return the units whose type by rule is not the one they were given.

    Parameters
    ----------
    types
        Columns ``unit, strengths`` (:func:`strength_types`).
    named
        Columns ``unit, strengths`` as a report names them; units it does not name are not compared.

    Returns
    -------
    exceptions
        Columns ``unit, named, by_rule``.

    Examples
    --------
    >>> types = pd.DataFrame({"unit": ["A", "B"], "strengths": ["RI", "I"]})
    >>> named = pd.DataFrame({"unit": ["A", "B"], "strengths": ["RI", "TI"]})
    >>> type_exceptions(types, named).values.tolist()
    [['B', 'TI', 'I']]
    """
    joined = named[["unit", "strengths"]].merge(types[["unit", "strengths"]], on="unit", how="left")
    joined = joined.set_axis(["unit", "named", "by_rule"], axis=1)
    return joined[joined["named"] != joined["by_rule"]].reset_index(drop=True)


def correlations(scores: pd.DataFrame) -> pd.DataFrame:
    """
    Return the Pearson correlation of every pair of columns, with its p-value and interval.

    Parameters
    ----------
    scores
        Indexed by unit; missing values are left out pair by pair.

    Returns
    -------
    correlations
        Columns ``a, b, n, r, p, low, high``, each pair once in the order of the columns; p from t
        with n - 2 degrees of freedom, low and high the 95 % interval by Fisher's z.

    Examples
    --------
    >>> scores = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [2.0, 1.0, 4.0, 3.0]})
    >>> correlations(scores)[["a", "b", "n", "r", "p"]].round(3)
       a  b  n    r    p
    0  x  y  4  0.6  0.4
    """
    names = list(scores.columns)
    rows = []
    for place, a in enumerate(names):
        for b in names[place + 1 :]:
            pair = scores[[a, b]].dropna().to_numpy(float)
            found = stats.pearsonr(pair[:, 0], pair[:, 1])
            interval = found.confidence_interval(confidence_level=0.95)
            rows.append(
                (a, b, len(pair), found.statistic, found.pvalue, interval.low, interval.high)
            )
    return pd.DataFrame(rows, columns=["a", "b", "n", "r", "p", "low", "high"])
