"""Weights found from the scores of siblings, node by node, bottom up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._tree import node_rules, parent_scores
from hubscan.index._weights_siblings import (
    component_weights,
    critic_weights,
    deviation_weights,
    entropy_weights,
    shares_of,
)
from hubscan.index.aggregate import METHODS as MEANS
from hubscan.index.aggregate import leaf_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]


def chosen_nodes(nodes: Sequence[str], framework: Framework) -> list[str]:
    """
    Return the given nodes, or all with children if none are given.

    Raises
    ------
    FrameworkError
        If one of them has no children.
    """
    lost = sorted(set(nodes) - set(framework.inner))
    if lost:
        message = f"weight: {', '.join(lost)}: not a node with children"
        raise FrameworkError(message)
    return [node for node in framework.inner if not nodes or node in nodes]


def _from_siblings(
    scores: pd.DataFrame,
    framework: Framework,
    *,
    nodes: Sequence[str],
    aggregation: str,
    rule: tuple[str, Callable[[Array], Array]],
) -> pd.Series[float]:
    """Return the weights found node by node, bottom up, each level with the weights below it."""
    chosen = set(chosen_nodes(nodes, framework))
    rules = node_rules(framework, MEANS, {"*": aggregation}, 0.0, "count")
    known: dict[str, Array] = dict(leaf_arrays(scores, framework))
    weights = framework.weights.copy()
    for node in framework.inner:
        codes = list(framework.children(node))
        if node in chosen:
            found = rule[1](np.column_stack([known[code] for code in codes]))
            weights[codes] = shares_of(found, node, rule[0], codes)
        parts = [np.array(weights[code]) for code in codes]
        known[node] = parent_scores([known[code] for code in codes], parts, rules[node])
    return weights


def standard_deviation(
    scores: pd.DataFrame, framework: Framework, *, nodes: Sequence[str], aggregation: str
) -> pd.Series[float]:
    """
    Return weights in proportion to the standard deviations of the children (ddof 1).

    Parameters
    ----------
    scores
        Normalised scores of the leaves, one row per unit; NaN = missing.
    framework
        The tree.
    nodes
        Nodes whose children get new weights; all of them if empty.
    aggregation
        Method, as text, that scores the nodes on the way up.

    Returns
    -------
    weights
        Nominal weights by code; those of each node's children sum to 1.

    Raises
    ------
    FrameworkError
        If all children of a node get weight 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [0.0, 3.0], "y": [0.0, 1.0]}, index=["A", "B"])
    >>> standard_deviation(scores, tree, nodes=[], aggregation="arithmetic").round(9).to_dict()
    {'T': 1.0, 'x': 0.75, 'y': 0.25}
    """
    return _from_siblings(
        scores,
        framework,
        nodes=nodes,
        aggregation=aggregation,
        rule=("standard_deviation", deviation_weights),
    )


def entropy(
    scores: pd.DataFrame, framework: Framework, *, nodes: Sequence[str], aggregation: str
) -> pd.Series[float]:
    r"""
    Return weights in proportion to :math:`1 - e`, e the entropy of a child over the units.

    :math:`e = -\sum_i p_i \ln p_i / \ln n` with :math:`p_i = x_i / \sum x`; scores must be >= 0.

    Parameters
    ----------
    scores, framework, nodes, aggregation
        As for :func:`standard_deviation`.

    Returns
    -------
    weights
        Nominal weights by code; those of each node's children sum to 1.

    Raises
    ------
    FrameworkError
        For negative scores, and if all children of a node get weight 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [1.0, 1.0], "y": [0.0, 1.0]}, index=["A", "B"])
    >>> entropy(scores, tree, nodes=[], aggregation="arithmetic").to_dict()
    {'T': 1.0, 'x': 0.0, 'y': 1.0}
    """
    return _from_siblings(
        scores,
        framework,
        nodes=nodes,
        aggregation=aggregation,
        rule=("entropy", entropy_weights),
    )


def critic(
    scores: pd.DataFrame, framework: Framework, *, nodes: Sequence[str], aggregation: str
) -> pd.Series[float]:
    r"""
    Return weights in proportion to :math:`s_j \sum_k (1 - r_{jk})`: spread others do not share.

    A child with one value for all gets 0.

    Parameters
    ----------
    scores, framework, nodes, aggregation
        As for :func:`standard_deviation`.

    Returns
    -------
    weights
        Nominal weights by code; those of each node's children sum to 1.

    Raises
    ------
    FrameworkError
        If all children of a node get weight 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [2.0, 1.0, 0.0]}, index=list("ABC"))
    >>> critic(scores, tree, nodes=[], aggregation="arithmetic").to_dict()
    {'T': 1.0, 'x': 0.5, 'y': 0.5}
    """
    return _from_siblings(
        scores,
        framework,
        nodes=nodes,
        aggregation=aggregation,
        rule=("critic", critic_weights),
    )


def principal_components(
    scores: pd.DataFrame,
    framework: Framework,
    *,
    nodes: Sequence[str],
    aggregation: str,
    least_eigenvalue: float,
) -> pd.Series[float]:
    """
    Return weights as shares of the squared loadings on the retained principal components.

    Non-negative, whatever the signs of the eigenvectors; over the units with all children.

    Parameters
    ----------
    scores, framework, nodes, aggregation
        As for :func:`standard_deviation`.
    least_eigenvalue
        Components of the correlation matrix from this eigenvalue on are retained, and at least
        the first; 1 is usual.

    Returns
    -------
    weights
        Nominal weights by code; those of each node's children sum to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 2.0, 1.0]}, index=list("ABC"))
    >>> principal_components(
    ...     scores, tree, nodes=[], aggregation="arithmetic", least_eigenvalue=1
    ... ).round(9).to_dict()
    {'T': 1.0, 'x': 0.5, 'y': 0.5}
    """
    return _from_siblings(
        scores,
        framework,
        nodes=nodes,
        aggregation=aggregation,
        rule=(
            "principal_components",
            partial(component_weights, least_eigenvalue=least_eigenvalue),
        ),
    )
