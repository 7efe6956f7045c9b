"""Weights: given, solved from effective ones, or found from the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._tree import node_rules
from hubscan.index._weights_data import (
    chosen_nodes,
    critic,
    entropy,
    principal_components,
    standard_deviation,
)
from hubscan.index._weights_optimised import Problem, correlations_with_root, optimised_weights
from hubscan.index.aggregate import METHODS as MEANS
from hubscan.index.aggregate import leaf_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]


def equal(scores: pd.DataFrame, framework: Framework, *, nodes: Sequence[str]) -> pd.Series[float]:
    """
    Return the weights with the children of the given nodes all at 1.

    Parameters
    ----------
    scores
        Not used: the weights do not depend on the scores.
    framework
        The tree and its weights.
    nodes
        Nodes whose children get new weights; all of them if empty.

    Returns
    -------
    weights
        Nominal weights by code.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"}, weight={"x": 3})
    >>> equal(pd.DataFrame(), tree, nodes=[]).to_dict()
    {'T': 1.0, 'x': 1.0, 'y': 1.0}
    """
    del scores
    weights = framework.weights.copy()
    for node in chosen_nodes(nodes, framework):
        weights[list(framework.children(node))] = 1.0
    return weights


def given(
    scores: pd.DataFrame, framework: Framework, *, weights: Mapping[str, float]
) -> pd.Series[float]:
    """
    Return the weights with given ones for some nodes.

    Parameters
    ----------
    scores
        Not used.
    framework
        The tree and its weights.
    weights
        New nominal weights, by code.

    Returns
    -------
    weights
        Nominal weights by code.

    Raises
    ------
    FrameworkError
        For an unknown code, a negative weight, and siblings that all have weight 0.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> given(pd.DataFrame(), tree, weights={"x": 0.4}).to_dict()
    {'T': 1.0, 'x': 0.4, 'y': 1.0}
    """
    del scores
    return framework.with_weights(weights).weights


def effective(
    scores: pd.DataFrame, framework: Framework, *, targets: Mapping[str, float]
) -> pd.Series[float]:
    """
    Return the nominal weights that give the leaves these effective weights.

    Parameters
    ----------
    scores
        Not used.
    framework
        The tree.
    targets
        Effective weight of every leaf, >= 0; shares of their sum.

    Returns
    -------
    weights
        Nominal weights by code: of a leaf its target, of a node the sum below it, over the total.

    Raises
    ------
    FrameworkError
        If a leaf has no target.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"1": "T", "2": "T", "1.1": "1", "1.2": "1"})
    >>> new = effective(pd.DataFrame(), tree, targets={"1.1": 0.1, "1.2": 0.3, "2": 0.6})
    >>> tree.with_weights(new).effective_weights.round(9).to_dict()
    {'T': 1.0, '1': 0.4, '1.1': 0.1, '1.2': 0.3, '2': 0.6}
    """
    del scores
    absent = sorted(set(framework.leaves) ^ set(targets))
    if absent:
        message = f"weight, effective: targets and leaves differ by {', '.join(absent)}"
        raise FrameworkError(message)
    total = sum(targets.values())
    weights = {
        code: sum(targets[leaf] for leaf in framework.branch_leaves(code)) / total
        for code in framework.codes
    }
    return framework.with_weights(weights).weights


def most_correlated(
    scores: pd.DataFrame, framework: Framework, *, codes: Sequence[str], aggregation: str
) -> pd.Series[float]:
    """
    Return the weights with the greatest sum of correlations between some nodes and the index.

    Weights are identified only among siblings: those of each parent's children sum to 1.

    Parameters
    ----------
    scores
        Normalised scores of the leaves, one row per unit; NaN = missing.
    framework
        The tree; other weights stay as they are.
    codes
        Nodes whose weights are sought: all children of one or more parents.
    aggregation
        Method, as text, that scores the nodes.

    Returns
    -------
    weights
        Nominal weights by code, >= 0.

    Raises
    ------
    FrameworkError
        If some siblings of the codes are left out, or no correlation is defined.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 2.0, 1.0]}, index=list("ABC"))
    >>> most_correlated(scores, tree, codes=["x", "y"], aggregation="arithmetic").round(3).to_dict()
    {'T': 1.0, 'x': 0.5, 'y': 0.5}
    """
    problem = _problem(scores, framework, codes, aggregation)
    found = optimised_weights(problem, lambda correlations: -correlations.sum(axis=1))
    return _replaced(framework, codes, found)


def balanced(
    scores: pd.DataFrame,
    framework: Framework,
    *,
    codes: Sequence[str],
    targets: Mapping[str, float],
    aggregation: str,
) -> pd.Series[float]:
    """
    Return the weights whose correlation shares come closest to given ones.

    The share of a node is its correlation with the index over the sum of those of all the nodes;
    the mean squared difference to the targets is made least.

    Parameters
    ----------
    scores
        Normalised scores of the leaves, one row per unit; NaN = missing.
    framework
        The tree; other weights stay as they are.
    codes
        Nodes whose weights are sought: all children of one or more parents.
    targets
        Desired shares by code, relative to their sum; equal where not given.
    aggregation
        Method, as text, that scores the nodes.

    Returns
    -------
    weights
        Nominal weights by code, >= 0; those of each parent's children sum to 1.

    Raises
    ------
    FrameworkError
        If some siblings of the codes are left out, a target is no code, or no correlation is
        defined.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 2.0, 1.0]}, index=list("ABC"))
    >>> balanced(scores, tree, codes=["x", "y"], targets={}, aggregation="arithmetic").round(
    ...     3
    ... ).to_dict()
    {'T': 1.0, 'x': 0.5, 'y': 0.5}
    """
    lost = sorted(set(targets) - set(codes))
    if lost:
        message = f"weight, balanced: targets for {', '.join(lost)}, whose weights are not sought"
        raise FrameworkError(message)
    wanted = np.array([float(targets.get(code, 1.0)) for code in codes])
    wanted = wanted / wanted.sum()

    def loss(correlations: Array) -> Array:
        total = correlations.sum(axis=1, keepdims=True)
        shares = correlations / np.where(total > 0, total, 1.0)
        gaps = np.asarray(((shares - wanted) ** 2).mean(axis=1))
        return np.where(total[:, 0] > 0, gaps, np.inf)

    problem = _problem(scores, framework, codes, aggregation)
    return _replaced(framework, codes, optimised_weights(problem, loss))


def index_correlations(
    scores: pd.DataFrame, framework: Framework, *, codes: Sequence[str], aggregation: str
) -> pd.Series[float]:
    """
    Return the correlation of some nodes with the index, under the framework's weights.

    Parameters
    ----------
    scores, framework, codes, aggregation
        As for :func:`most_correlated`; the codes may be any nodes.

    Returns
    -------
    correlations
        Pearson, by code, over the units with both scores.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"}, weight={"y": 0})
    >>> scores = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 2.0, 1.0]}, index=list("ABC"))
    >>> index_correlations(scores, tree, codes=["x", "y"], aggregation="arithmetic").round(
    ...     9
    ... ).to_dict()
    {'x': 1.0, 'y': 0.5}
    """
    problem = _problem(scores, framework, codes, aggregation)
    own = framework.numbers("weight", codes)
    found = correlations_with_root(problem, own[None, :])[0]
    return pd.Series(found, index=list(codes), name="correlation")


def _problem(
    scores: pd.DataFrame, framework: Framework, codes: Sequence[str], aggregation: str
) -> Problem:
    rules = node_rules(framework, MEANS, {"*": aggregation}, 0.0, "count")
    return Problem(leaf_arrays(scores, framework), framework, rules, tuple(codes))


def _replaced(framework: Framework, codes: Sequence[str], found: Array) -> pd.Series[float]:
    return framework.with_weights(dict(zip(codes, found.tolist(), strict=True))).weights


METHODS: Final[Mapping[str, Callable[..., pd.Series[float]]]] = {
    "balanced": balanced,
    "critic": critic,
    "effective": effective,
    "entropy": entropy,
    "equal": equal,
    "given": given,
    "most_correlated": most_correlated,
    "principal_components": principal_components,
    "standard_deviation": standard_deviation,
}
"""Methods of weighting by name."""
