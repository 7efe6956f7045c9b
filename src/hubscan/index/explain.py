"""Explaining one unit: its scores and ranks, strengths and weaknesses, contributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._framework_table import code_order
from hubscan.index.ranks import ranks

if TYPE_CHECKING:
    from hubscan.index.framework import Framework


def unit_summary(
    scores: pd.DataFrame, framework: Framework, *, unit: str, ties: str, tolerance: float
) -> pd.DataFrame:
    """
    Return score and rank of one unit at every node above the leaves, from the root down.

    Parameters
    ----------
    scores
        Units by nodes.
    framework
        The tree.
    unit
        Code of the unit.
    ties, tolerance
        As for :func:`hubscan.index.ranks.ranks`.

    Returns
    -------
    summary
        Indexed by code, by level: ``name``, ``score``, ``rank``.

    Raises
    ------
    FrameworkError
        If the unit is not in the table.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, name={"T": "Total"})
    >>> scores = pd.DataFrame({"T": [1.0, 2.0], "x": [1.0, 2.0]}, index=["A", "B"])
    >>> unit_summary(scores, tree, unit="A", ties="min", tolerance=0).values.tolist()
    [['Total', 1.0, 2.0]]
    """
    _known(unit, scores)
    above = [code for code in framework.codes if code in framework.inner]
    nodes = sorted(above, key=lambda code: len(framework.ancestors(code)))
    places = ranks(scores[nodes], ties=ties, tolerance=tolerance)
    return pd.DataFrame(
        {
            "name": framework.texts("name", nodes),
            "score": scores.loc[unit, nodes].to_numpy(float),
            "rank": places.loc[unit, nodes].to_numpy(float),
        },
        index=pd.Index(nodes, name="code"),
    )


def strengths(table: pd.DataFrame, framework: Framework, *, unit: str, number: int) -> pd.DataFrame:
    """
    Return the indicators in which a unit ranks best.

    Ranks take the direction into account; an indicator in which the unit shares the worst rank
    is left out; equal ranks are ordered by code.

    Parameters
    ----------
    table
        Raw values, one row per unit, columns leaves of the framework.
    framework
        The tree.
    unit
        Code of the unit.
    number
        Indicators to return.

    Returns
    -------
    indicators
        Indexed by code: ``name``, ``parent``, ``rank``, ``value``, ``unit``.

    Raises
    ------
    FrameworkError
        If the unit is not in the table.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"}, direction={"y": -1})
    >>> raw = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]}, index=list("ABC"))
    >>> strengths(raw, tree, unit="A", number=2)["rank"].to_dict()
    {'y': 1}
    """
    return _by_rank(table, framework, unit).head(number)


def weaknesses(
    table: pd.DataFrame, framework: Framework, *, unit: str, number: int
) -> pd.DataFrame:
    """
    Return the indicators in which a unit ranks worst, those at the common worst value left out.

    Parameters
    ----------
    table, framework, unit, number
        As for :func:`strengths`.

    Returns
    -------
    indicators
        As :func:`strengths`, worst first.

    Raises
    ------
    FrameworkError
        If the unit is not in the table.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 3.0, 3.0]}, index=list("ABC"))
    >>> weaknesses(raw, tree, unit="B", number=1)["rank"].to_dict()
    {'x': 2}
    """
    ranked = _by_rank(table, framework, unit)
    order = sorted(ranked.index, key=lambda code: (-ranked.loc[code, "rank"], code_order(code)))
    return ranked.loc[order[:number]]


def _by_rank(table: pd.DataFrame, framework: Framework, unit: str) -> pd.DataFrame:
    """Return the indicators of a unit from its best rank to its worst, equal ones by code."""
    _known(unit, table)
    codes = sorted((str(code) for code in table), key=code_order)
    directed = table[codes] * framework.numbers("direction", codes)
    places = directed.rank(ascending=False, method="min")
    mine = places.loc[unit]
    kept = [code for code in codes if mine[code] < places[code].max() or mine[code] == 1]
    kept.sort(key=lambda code: mine[code])
    return pd.DataFrame(
        {
            "name": framework.texts("name", kept),
            "parent": [framework.parent(code) for code in kept],
            "rank": mine[kept].astype(int).to_numpy(),
            "value": table.loc[unit, kept].to_numpy(float),
            "unit": framework.texts("unit", kept),
        },
        index=pd.Index(kept, name="code"),
    )


def contributions(scores: pd.DataFrame, framework: Framework, *, unit: str) -> pd.DataFrame:
    """
    Return what each indicator adds to, or takes from, the distance of a unit to the mean unit.

    For an arithmetic index without missing values the contributions, effective weight times the
    distance of the unit's score to the mean score, sum to the distance of its index to the mean.

    Parameters
    ----------
    scores
        Normalised scores of the leaves, one row per unit; NaN = missing.
    framework
        The tree.
    unit
        Code of the unit.

    Returns
    -------
    contributions
        Indexed by code: ``name``, ``effective_weight``, ``score``, ``mean``, ``contribution``;
        largest first.

    Raises
    ------
    FrameworkError
        If the unit is not in the table.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [1.0, 3.0], "y": [4.0, 4.0]}, index=["A", "B"])
    >>> contributions(scores, tree, unit="B")["contribution"].to_dict()
    {'x': 0.5, 'y': 0.0}
    """
    _known(unit, scores)
    codes = list(framework.leaves)
    weights = framework.effective_weights[codes]
    mine, mean = scores.loc[unit, codes], scores[codes].mean()
    table = pd.DataFrame(
        {
            "name": framework.texts("name", codes),
            "effective_weight": weights,
            "score": mine,
            "mean": mean,
            "contribution": weights * (mine - mean),
        }
    ).rename_axis("code")
    return table.sort_values("contribution", ascending=False, kind="stable")


def _known(unit: str, table: pd.DataFrame) -> None:
    if unit not in table.index:
        message = f"explain: unit {unit!r} is not in the table"
        raise FrameworkError(message)
