"""Clusters by size: world shares, their total, and ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.rank.display import DECIMALS, rounded
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Matrix = NDArray[np.float64]


def _sum(shares: Matrix, weights: Matrix) -> Matrix:
    """Return weighted sums of columns, added from left to right."""
    return np.asarray(np.cumsum(shares * weights, axis=1)[:, -1])


def _geometric(shares: Matrix, weights: Matrix) -> Matrix:
    """Return weighted geometric means of columns."""
    return np.asarray(np.prod(shares ** (weights / weights.sum()), axis=1))


AGGREGATIONS: Final[dict[str, Callable[[Matrix, Matrix], Matrix]]] = {
    "sum": _sum,
    "geometric": _geometric,
}
"""How the shares of a cluster (columns) make its total, by name."""

TIES: Final[dict[str, Callable[[Matrix], NDArray[np.int64]]]] = {
    "min": lambda values: len(values) + 1 - np.searchsorted(np.sort(values), values, "right"),
    "max": lambda values: len(values) - np.searchsorted(np.sort(values), values, "left"),
    "dense": lambda values: len(np.unique(values)) - np.searchsorted(np.unique(values), values),
}
"""The ranks of values, largest first, by what equal ones get."""


def ranking(
    counts: pd.DataFrame,
    world_totals: pd.Series[float],
    *,
    weights: Mapping[str, float],
    aggregation: str,
    on: str,
    ties: str,
) -> pd.DataFrame:
    r"""
    Return every cluster with its counts, world shares, total and rank by size.

    .. math:: s_{cm} = N_{cm} / W_m, \qquad T_c = \sum_m \omega_m s_{cm}

    The rank is 1 + the number of clusters with a larger total.

    Parameters
    ----------
    counts
        Table ``counts``; noise is left out, a cluster without a row of an indicator has none of it.
    world_totals
        :math:`W_m`, documents by indicator.
    weights
        :math:`\omega_m` of each indicator that is ranked; others are left out.
    aggregation
        ``"sum"``: the total above; ``"geometric"``: the weighted geometric mean
        :math:`\prod_m s_{cm}^{\omega_m / \sum \omega}`, 0 for a cluster without one of them.
    on
        ``"unrounded"``: totals as computed are ranked; ``"displayed"``: as printed, in per cent
        with two decimals.
    ties
        Ranks of clusters with equal totals: ``"min"``: all have the best (1, 2, 2, 4); ``"max"``:
        the worst (1, 3, 3, 4); ``"dense"``: the best, and the next rank follows (1, 2, 2, 3).

    Returns
    -------
    ranking
        By rank, then cluster: ``cluster``, ``rank``, ``total_share``, and for each indicator *m*,
        in the order of ``weights``, ``count_m`` (documents) and ``share_m``. Shares lie in [0, 1];
        the published tables print them in per cent.

    Raises
    ------
    InputError
        If an option is not known, no weight is positive, or a world total is missing, or zero
        while clusters have documents.

    Examples
    --------
    >>> counts = pd.DataFrame({"cluster": [1, 2], "indicator": ["deals"] * 2, "count": [1.0, 3.0]})
    >>> ranking(
    ...     counts,
    ...     pd.Series({"deals": 8.0}),
    ...     weights={"deals": 1.0},
    ...     aggregation="sum",
    ...     on="unrounded",
    ...     ties="min",
    ... )
       cluster  rank  total_share  count_deals  share_deals
    0        2     1        0.375          3.0        0.375
    1        1     2        0.125          1.0        0.125
    """
    _checked(weights, aggregation=aggregation, on=on, ties=ties)
    counted = counts.loc[counts["cluster"] != NOISE]
    clusters = np.unique(counted["cluster"].to_numpy(np.int64))
    columns = {name: _column(counted, name, clusters) for name in weights}
    shares = {name: _share(column, name, world_totals) for name, column in columns.items()}
    factors = np.array([float(weights[name]) for name in weights])
    total = AGGREGATIONS[aggregation](np.column_stack(list(shares.values())), factors)
    judged = total if on == "unrounded" else rounded(100.0 * total, decimals=DECIMALS)
    table = pd.DataFrame(
        {
            "cluster": clusters,
            "rank": ranks(judged, ties=ties),
            "total_share": total,
        }
    )
    for name in weights:
        table[f"count_{name}"], table[f"share_{name}"] = columns[name], shares[name]
    return table.sort_values(["rank", "cluster"], ignore_index=True)


def ranks(values: ArrayLike, *, ties: str) -> NDArray[np.int64]:
    """
    Return the ranks of values, the largest first.

    Parameters
    ----------
    values
        Numbers, none missing.
    ties
        As for :func:`ranking`.

    Returns
    -------
    ranks
        From 1, one for each value.

    Examples
    --------
    >>> ranks([0.1, 0.3, 0.3, 0.2], ties="min")
    array([4, 1, 1, 3])
    """
    return np.asarray(TIES[ties](np.asarray(values, float)), np.int64)


def old_method_rank(ranking: pd.DataFrame, *, indicators: Sequence[str]) -> pd.Series[int]:
    """
    Return each cluster's rank on fewer indicators, among all clusters of the ranking.

    Parameters
    ----------
    ranking
        From :func:`ranking`.
    indicators
        The indicators whose shares are summed, unweighted.

    Returns
    -------
    ranks
        One for each row; equal sums share the best rank.

    Examples
    --------
    >>> table = pd.DataFrame({"share_patents": [0.1, 0.2], "share_deals": [0.9, 0.1]})
    >>> old_method_rank(table, indicators=["patents"]).tolist()
    [2, 1]
    """
    shares = ranking[[f"share_{name}" for name in indicators]].to_numpy(float)
    total = _sum(shares, np.ones(shares.shape[1]))
    return pd.Series(ranks(total, ties="min"), ranking.index, name="old_method_rank")


def _checked(weights: Mapping[str, float], *, aggregation: str, on: str, ties: str) -> None:
    """Raise InputError if an option of a ranking is not valid."""
    for name, value, known in (
        ("aggregation", aggregation, tuple(AGGREGATIONS)),
        ("on", on, ("unrounded", "displayed")),
        ("ties", ties, tuple(TIES)),
    ):
        if value not in known:
            msg = f"rank: {name} = {value!r}: must be one of {', '.join(known)}"
            raise InputError(msg)
    if not all(weight >= 0 for weight in weights.values()) or not any(weights.values()):
        msg = f"rank: weights = {dict(weights)}: must be at least 0, and one of them greater"
        raise InputError(msg)


def _column(counted: pd.DataFrame, name: str, clusters: NDArray[np.int64]) -> Matrix:
    """Return the count of one indicator in each cluster."""
    rows = counted.loc[counted["indicator"] == name]
    where = np.searchsorted(clusters, rows["cluster"].to_numpy(np.int64))
    amounts = rows["count"].to_numpy(float)
    return np.asarray(np.bincount(where, weights=amounts, minlength=len(clusters)), float)


def _share(count: Matrix, name: str, world_totals: pd.Series[float]) -> Matrix:
    """Return counts as shares of the world total; 0 if the world has none."""
    world = float(world_totals.get(name, np.nan))
    if not world >= 0 or (world == 0 and count.any()):
        msg = f"rank: the world total of {name} is {world}: must be greater than 0"
        raise InputError(msg)
    return count / world if world else count
