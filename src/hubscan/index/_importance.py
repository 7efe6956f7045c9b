"""Importance of nodes for the index, beside the weights that were meant to give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.interpolate import make_smoothing_spline

from hubscan.index._correlation import correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

LEAST_POINTS = 5
"""Distinct values a smoothing spline needs."""


def importance(scores: pd.DataFrame, framework: Framework, *, codes: Sequence[str]) -> pd.DataFrame:
    r"""
    Return how much each node has to do with the index, beside its effective weight.

    Parameters
    ----------
    scores
        Units by nodes.
    framework
        The tree with the weights used.
    codes
        Nodes to describe.

    Returns
    -------
    importance
        Indexed by code: ``effective_weight``; ``correlation`` with the index; ``r2``, its square;
        ``correlation_ratio``, the share of the variance of the index that the node explains by a
        smooth curve, Var(E[y|x]) / Var(y); ``covariance_share``,
        :math:`w \mathrm{Cov}(x, y) / \mathrm{Var}(y)`, which over the leaves of an arithmetic
        index without missing values sums to 1.

    Notes
    -----
    After Paruolo, Saisana and Saltelli (2013): a weight is not an importance.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> scores = pd.DataFrame({"x": [0.0, 2, 4], "y": [0.0, 0, 0], "T": [0.0, 1, 2]})
    >>> importance(scores, tree, codes=["x", "y"])["covariance_share"].tolist()
    [1.0, 0.0]
    """
    root = scores[framework.root].to_numpy(float)
    pairs = [(code, framework.root) for code in codes]
    found = correlations(scores, kind="pearson", pairs=pairs)["correlation"].to_numpy(float)
    weights = framework.effective_weights[list(codes)].to_numpy(float)
    columns = [scores[code].to_numpy(float) for code in codes]
    shares = [w * _covariance(x, root) for w, x in zip(weights, columns, strict=True)]
    return pd.DataFrame(
        {
            "effective_weight": weights,
            "correlation": found,
            "r2": found**2,
            "correlation_ratio": [correlation_ratio(x, root) for x in columns],
            "covariance_share": shares,
        },
        index=pd.Index(list(codes), name="code"),
    )


def correlation_ratio(given: Array, explained: Array) -> float:
    """
    Return the share of the variance of one series that a smooth curve of another explains.

    Parameters
    ----------
    given, explained
        One number per unit; NaN = missing. The curve is a cubic smoothing spline whose
        smoothness generalised cross-validation chooses.

    Returns
    -------
    ratio
        Between 0 and 1; NaN with fewer than five different values.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 21)
    >>> round(correlation_ratio(x, x**2), 3)
    1.0
    """
    common = ~np.isnan(given) & ~np.isnan(explained)
    x, y = given[common], explained[common]
    places, back, number = np.unique(x, return_inverse=True, return_counts=True)
    if len(places) < LEAST_POINTS or np.ptp(y) == 0:
        return float("nan")
    level = np.bincount(back, weights=y) / number
    scaled = (places - places[0]) / (places[-1] - places[0])
    if np.diff(scaled).min() < 1e-9:  # noqa: PLR2004 - closer points make the spline singular
        return float("nan")
    curve = make_smoothing_spline(scaled, level, w=number.astype(float))(scaled)[back]
    return float(np.clip(np.var(curve) / np.var(y), 0.0, 1.0))


def _covariance(first: Array, second: Array) -> float:
    """Return Cov / Var of the second, over the units with both."""
    common = ~np.isnan(first) & ~np.isnan(second)
    a, b = first[common], second[common]
    if len(b) == 0 or np.ptp(b) == 0:
        return float("nan")
    centred = b - b.mean()
    return float((a - a.mean()) @ centred / (centred @ centred))
