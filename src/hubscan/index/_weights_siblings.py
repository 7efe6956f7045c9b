"""Weights of the children of one node from their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._columns import column_sums, counts, maxima, minima, standard_deviations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def deviation_weights(scores: Array) -> Array:
    """Return standard deviations, ddof 1: children that set units apart count more."""
    return np.nan_to_num(standard_deviations(scores, ddof=1))


def entropy_weights(scores: Array) -> Array:
    """
    Return 1 - e, with e the entropy of each child's distribution over the units, over ln n.

    Scores must be >= 0; a child with one value for all says nothing and gets 0.
    """
    if (scores < 0).any():
        message = f"entropy: a score is {np.nanmin(scores):g}: must be >= 0"
        raise FrameworkError(message)
    filled = np.nan_to_num(scores)
    total = column_sums(filled)
    parts = filled / np.where(total > 0, total, 1.0)
    logs = np.log(np.where(parts > 0, parts, 1.0))
    most = np.log(np.maximum(counts(scores), 2))
    spread = 1.0 + column_sums(parts * logs) / most
    return np.where(maxima(scores) > minima(scores), np.maximum(spread, 0.0), 0.0)


def critic_weights(scores: Array) -> Array:
    """Return sd_j sum_k (1 - r_jk): spread that the other children do not share."""
    return np.asarray(deviation_weights(scores) * (1.0 - _correlations(scores)).sum(axis=1))


def component_weights(scores: Array, *, least_eigenvalue: float) -> Array:
    """
    Return the shares of squared loadings on the retained principal components.

    Of a component that carries variance v, the squared loadings over v, times v over the retained
    variance, sum to the share of each child's communality, so rotation changes nothing, nor do
    the signs of the eigenvectors.
    """
    complete = scores[~np.isnan(scores).any(axis=1)]
    values, vectors = np.linalg.eigh(_correlations(complete))
    kept = values >= min(least_eigenvalue, values[-1])
    return np.asarray((vectors[:, kept] ** 2 * values[kept]).sum(axis=1))


def _correlations(scores: Array) -> Array:
    """Return Pearson correlations over common units; 0 with a constant child."""
    width = scores.shape[1]
    matrix = np.eye(width)
    for i in range(width):
        for j in range(i):
            common = ~np.isnan(scores[:, i]) & ~np.isnan(scores[:, j])
            a, b = scores[common, i], scores[common, j]
            if len(a) > 1 and np.ptp(a) > 0 and np.ptp(b) > 0:
                a, b = a - a.mean(), b - b.mean()
                matrix[i, j] = matrix[j, i] = a @ b / np.sqrt((a @ a) * (b @ b))
    return matrix


def shares_of(weights: Array, node: str, method: str, codes: Sequence[str]) -> Array:
    """
    Return weights over their sum.

    Raises
    ------
    FrameworkError
        If they sum to 0: the method cannot tell the children apart.
    """
    total = weights.sum()
    if not total > 0:
        message = f"weight, {method}: the children {', '.join(codes)} of {node!r} all get weight 0"
        raise FrameworkError(message)
    return np.asarray(weights / total)
