"""Aggregation: the scores of a framework's nodes from those of its leaves, bottom up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._balance import mean_min, mpi_minus, mpi_plus, owa, owa_bottom, owa_top
from hubscan.index._frontier import bod, frontier
from hubscan.index._means import arithmetic, geometric, harmonic, maximum, median, minimum, power
from hubscan.index._outranking import copeland, outranking
from hubscan.index._tree import node_rules, tree_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

__all__ = [
    "METHODS",
    "arithmetic",
    "benefit_of_the_doubt",
    "bod",
    "copeland",
    "geometric",
    "harmonic",
    "leaf_arrays",
    "maximum",
    "mean_min",
    "median",
    "minimum",
    "mpi_minus",
    "mpi_plus",
    "outranking_matrix",
    "owa",
    "owa_bottom",
    "owa_top",
    "power",
    "tree_scores",
]

METHODS: Final[dict[str, Callable[..., NDArray[np.float64]]]] = {
    "arithmetic": arithmetic,
    "bod": bod,
    "copeland": copeland,
    "geometric": geometric,
    "harmonic": harmonic,
    "max": maximum,
    "mean_min": mean_min,
    "median": median,
    "min": minimum,
    "mpi_minus": mpi_minus,
    "mpi_plus": mpi_plus,
    "owa": owa,
    "owa_bottom": owa_bottom,
    "owa_top": owa_top,
    "power": power,
}
"""Methods of aggregation by name; written as text with their numbers, as in ``power(p=2)``."""


def tree_scores(
    scores: pd.DataFrame,
    framework: Framework,
    *,
    method: str,
    overrides: Mapping[str, str],
    min_coverage: float,
    coverage: str,
) -> pd.DataFrame:
    r"""
    Return the scores of every node, each from its own children.

    The arithmetic mean over the present children :math:`P` is
    :math:`\sum_P w_i x_i / \sum_P w_i`; a child of weight 0 counts as absent. The other methods,
    with their numbers: ``geometric``, ``harmonic``, ``power(p=...)``, ``median`` (lower weighted),
    ``min``, ``max``, ``mpi_minus(ddof=...)`` and ``mpi_plus`` (Mazziotta-Pareto),
    ``mean_min(alpha=..., beta=...)``, ``owa(v1=..., v2=...)``, ``owa_top(best=...)``,
    ``owa_bottom(worst=...)``, ``copeland``, ``bod(lower=..., upper=...)``.

    Parameters
    ----------
    scores
        One row per unit, one column per leaf; NaN = missing. Other columns are not used.
    framework
        The tree; its columns ``aggregation`` and ``min_coverage`` go before the general choice.
    method
        General method, as text.
    overrides
        Methods of single nodes, by code; they go before the framework's.
    min_coverage
        Share of its children a node needs, or it is NaN.
    coverage
        What that share is of: ``count`` of the children, or ``weight``.

    Returns
    -------
    results
        Rows as given, one column per node in the order of ``framework.codes``.

    Raises
    ------
    FrameworkError
        For an unknown method, a leaf without a column, weights that sum to 0 over the present
        children, and values outside the domain of a method, naming node, unit and child.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"}, weight={"x": 3})
    >>> scores = pd.DataFrame({"x": [1.0, 2.0], "y": [5.0, None]}, index=["A", "B"])
    >>> tree_scores(
    ...     scores, tree, method="arithmetic", overrides={}, min_coverage=0, coverage="count"
    ... )["T"].to_dict()
    {'A': 2.0, 'B': 2.0}
    """
    leaves = leaf_arrays(scores, framework)
    rules = node_rules(framework, METHODS, {"*": method} | dict(overrides), min_coverage, coverage)
    weights = {code: np.array(framework.weights[code]) for code in framework.codes}
    arrays = tree_arrays(leaves, framework, rules, weights, list(scores.index))
    columns = {code: np.broadcast_to(arrays[code], len(scores)) for code in framework.codes}
    return pd.DataFrame(columns, index=scores.index)


def leaf_arrays(scores: pd.DataFrame, framework: Framework) -> dict[str, NDArray[np.float64]]:
    """
    Return the leaf columns of a table as contiguous arrays by code.

    Raises
    ------
    FrameworkError
        If a leaf has no column.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> leaf_arrays(pd.DataFrame({"x": [1, 2]}), Framework.from_parents({"x": "T"}))
    {'x': array([1., 2.])}
    """
    absent = [code for code in framework.leaves if code not in scores]
    if absent:
        message = f"aggregate: the scores have no column for leaf {', '.join(absent)}"
        raise FrameworkError(message)
    return {code: np.ascontiguousarray(scores[code], dtype=float) for code in framework.leaves}


def outranking_matrix(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """
    Return how much of the weight puts each unit (row) above each other (column).

    Over the criteria present in both units, ties counting half; 1/2 without a common one, 0 on
    the diagonal.

    Parameters
    ----------
    scores
        One row per unit; NaN = missing.
    weights
        Weight of each criterion, by column of ``scores``.

    Returns
    -------
    outranking
        Square, shares in [0, 1].

    Examples
    --------
    >>> scores = pd.DataFrame({"x": [1.0, 2.0], "y": [None, 5.0]}, index=["A", "B"])
    >>> outranking_matrix(scores, {"x": 1, "y": 1})["A"].to_dict()
    {'A': 0.0, 'B': 1.0}
    """
    children = [scores[code].to_numpy(float) for code in weights]
    matrix = outranking(children, [np.asarray(weight, float) for weight in weights.values()])
    return pd.DataFrame(matrix, index=scores.index, columns=scores.index)


def benefit_of_the_doubt(
    scores: pd.DataFrame, *, lower: float, upper: float
) -> tuple[pd.Series[float], pd.DataFrame, pd.DataFrame]:
    r"""
    Return the score of each unit under the weights that suit it best.

    For unit i: :math:`\max \sum_j w_j x_{ij}` subject to :math:`\sum_j w_j x_{kj} \le 1` for
    every unit k, :math:`w \ge 0`, and shares :math:`w_j x_{ij}` of its score in [lower, upper].

    Parameters
    ----------
    scores
        One row per unit, complete, >= 0.
    lower, upper
        Bounds of the shares; 0 and 1 for none.

    Returns
    -------
    score
        In [0, 1].
    shares
        Of each criterion in the unit's score; not unique when several weights are best.
    peers
        True where the unit of the column stands on the frontier under the weights of the row.

    Raises
    ------
    FrameworkError
        If a value is missing or negative, or the bounds of the shares contradict each other.

    Examples
    --------
    >>> scores = pd.DataFrame({"x": [4.0, 2.0], "y": [2.0, 2.0]}, index=["A", "B"])
    >>> score, shares, peers = benefit_of_the_doubt(scores, lower=0, upper=1)
    >>> score.round(9).to_dict()
    {'A': 1.0, 'B': 1.0}
    """
    values = scores.to_numpy(float)
    if not (values >= 0).all():
        row, column = np.argwhere(~(values >= 0))[0]
        message = f"bod: {scores.columns[column]!r} of {scores.index[row]!r} is {values[row, column]:g}: must be >= 0"  # noqa: E501 - one sentence
        raise FrameworkError(message)
    solved = frontier(values, lower, upper)
    return (
        pd.Series(solved.score, index=scores.index, name="score"),
        pd.DataFrame(solved.shares, index=scores.index, columns=scores.columns),
        pd.DataFrame(solved.peers, index=scores.index, columns=scores.index),
    )
