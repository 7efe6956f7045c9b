"""Comparing: two variants of an index, two recipes, one element left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import kendalltau

from hubscan.index import aggregate
from hubscan.index._framework_table import code_order
from hubscan.index.ranks import ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.index.framework import Framework
    from hubscan.index.recipe import Recipe, Step


def rank_changes(
    first: pd.Series[float], second: pd.Series[float], *, ties: str, tolerance: float
) -> pd.DataFrame:
    """
    Return scores and ranks of two variants side by side, by unit code.

    Parameters
    ----------
    first, second
        Scores by unit; units of only one of them have no rank in the other.
    ties, tolerance
        As for :func:`hubscan.index.ranks.ranks`.

    Returns
    -------
    changes
        ``first_score``, ``second_score``, ``first_rank``, ``second_rank``, ``change`` (first less
        second: positive = gained), ``absolute_change``; largest movers first, then by code.

    Examples
    --------
    >>> a, b = pd.Series({"A": 3.0, "B": 2.0, "C": 1.0}), pd.Series({"A": 3.0, "B": 1.0, "C": 2.0})
    >>> rank_changes(a, b, ties="min", tolerance=0)["change"].to_dict()
    {'B': -1.0, 'C': 1.0, 'A': 0.0}
    """
    units = sorted({*first.index, *second.index}, key=lambda unit: code_order(str(unit)))
    scores = pd.DataFrame({"first": first.reindex(units), "second": second.reindex(units)})
    places = ranks(scores, ties=ties, tolerance=tolerance)
    change = places["first"] - places["second"]
    table = pd.DataFrame(
        {
            "first_score": scores["first"],
            "second_score": scores["second"],
            "first_rank": places["first"],
            "second_rank": places["second"],
            "change": change,
            "absolute_change": change.abs(),
        }
    )
    return table.sort_values("absolute_change", ascending=False, kind="stable")


def rank_agreement(first: pd.Series[float], second: pd.Series[float]) -> float:
    """
    Return Kendall's tau-b of two variants over their common units.

    Parameters
    ----------
    first, second
        Scores by unit.

    Returns
    -------
    tau
        Between -1 and 1; NaN if one of them is constant.

    Examples
    --------
    >>> rank_agreement(pd.Series({"A": 2.0, "B": 1.0}), pd.Series({"B": 1.0, "A": 5.0}))
    1.0
    """
    both = pd.DataFrame({"first": first, "second": second}).dropna()
    return float(kendalltau(both["first"], both["second"]).statistic)


def recipe_difference(first: Recipe, second: Recipe) -> pd.DataFrame:
    """
    Return in what two recipes differ.

    Parameters
    ----------
    first, second
        Recipes.

    Returns
    -------
    difference
        One row per entry that differs: ``place``, ``step``, ``entry``, ``first``, ``second``.

    Examples
    --------
    >>> from hubscan.index.recipe import Recipe, Step
    >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
    >>> last = (Step("aggregate", "arithmetic", means), Step("rank", "min", {"tolerance": 0}))
    >>> a, b = (
    ...     Recipe((Step("normalise", "rank"), *last)),
    ...     Recipe((Step("normalise", "borda"), *last)),
    ... )
    >>> recipe_difference(a, b).values.tolist()
    [[1, 'normalise', 'method', 'rank', 'borda']]
    """
    rows = []
    length = max(len(first.steps), len(second.steps))
    for place in range(length):
        old, new = _entries(first.steps, place), _entries(second.steps, place)
        name = old.get("step") or new.get("step")
        rows += [
            (place + 1, name, key, old.get(key), new.get(key))
            for key in sorted({*old, *new})
            if old.get(key) != new.get(key)
        ]
    return pd.DataFrame(rows, columns=["place", "step", "entry", "first", "second"])


def _entries(steps: Sequence[Step], place: int) -> dict[str, object]:
    if place >= len(steps):
        return {}
    described = dict(steps[place].described())
    parameters = described.pop("parameters")
    return described | (dict(parameters) if isinstance(parameters, dict) else {})


def without_each(
    scores: pd.DataFrame,
    framework: Framework,
    *,
    codes: Sequence[str],
    method: str,
    min_coverage: float,
) -> pd.DataFrame:
    """
    Return the index with each of some nodes left out, its siblings sharing the weight.

    Parameters
    ----------
    scores
        Normalised scores of the leaves, one row per unit; NaN = missing.
    framework
        The tree.
    codes
        Nodes to leave out, one at a time; not the root.
    method, min_coverage
        As for :func:`hubscan.index.aggregate.tree_scores`; coverage counts children.

    Returns
    -------
    scores
        Units by ``nominal`` and the codes.

    Raises
    ------
    FrameworkError
        If nothing is left without a node.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> table = pd.DataFrame({"x": [1.0, 2.0], "y": [5.0, 2.0]}, index=["A", "B"])
    >>> without_each(table, tree, codes=["x"], method="arithmetic", min_coverage=0).values.tolist()
    [[3.0, 5.0], [2.0, 2.0]]
    """
    columns = {}
    for code in ["", *codes]:
        tree = framework.without([code]) if code else framework
        found = aggregate.tree_scores(
            scores,
            tree,
            method=method,
            overrides={},
            min_coverage=min_coverage,
            coverage="count",
        )
        columns[code or "nominal"] = found[tree.root]
    return pd.DataFrame(columns, index=scores.index)


def mean_rank_changes(variants: pd.DataFrame, *, ties: str, tolerance: float) -> pd.Series[float]:
    """
    Return how far each variant moves the ranks from the nominal ones, on average.

    Parameters
    ----------
    variants
        Scores, units by ``nominal`` and the variants, as :func:`without_each` returns.
    ties, tolerance
        As for :func:`hubscan.index.ranks.ranks`.

    Returns
    -------
    change
        Mean absolute change of rank by variant, largest first.

    Examples
    --------
    >>> scores = pd.DataFrame({"nominal": [1.0, 2.0], "x": [2.0, 1.0]}, index=["A", "B"])
    >>> mean_rank_changes(scores, ties="min", tolerance=0).to_dict()
    {'x': 1.0, 'nominal': 0.0}
    """
    places = ranks(variants, ties=ties, tolerance=tolerance)
    change = places.sub(places["nominal"], axis=0).abs().mean()
    return change.sort_values(ascending=False, kind="stable").rename("mean_rank_change")
