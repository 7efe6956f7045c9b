"""Clusters by intensity: output per inhabitant of their footprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.rank.size import ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray


def intensity(
    ranking: pd.DataFrame, population: pd.DataFrame, *, universe: int, per: float
) -> pd.DataFrame:
    r"""
    Return a ranking with output per inhabitant, and ranks by it among the largest clusters.

    .. math:: I_c = \text{per} \cdot 100 \, T_c / H_c

    with :math:`T_c` the total of shares and :math:`H_c` the inhabitants of the footprint:
    percentage points of world share per million inhabitants, as published.

    Parameters
    ----------
    ranking
        From :func:`hubscan.rank.size.ranking`.
    population
        ``cluster`` and ``population`` (persons inside its footprint).
    universe
        Only clusters with a size rank up to this are compared.
    per
        Inhabitants per unit of intensity (1,000,000).

    Returns
    -------
    ranking
        The same rows with ``population``; for clusters of the universe with inhabitants,
        ``total_per_million`` (percentage points), ``m_per_million`` (documents of indicator *m*),
        and ``intensity_rank`` (1 is the most intense; equal ones share the best rank); missing for
        all others.

    Raises
    ------
    InputError
        If a population is negative.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "cluster": [1, 2],
    ...         "rank": [1, 2],
    ...         "total_share": [0.02, 0.01],
    ...         "count_deals": [4.0, 3.0],
    ...     }
    ... )
    >>> people = pd.DataFrame({"cluster": [1, 2], "population": [4e6, 1e6]})
    >>> per_head = intensity(table, people, universe=100, per=1e6)
    >>> per_head[["cluster", "total_per_million", "deals_per_million", "intensity_rank"]]
       cluster  total_per_million  deals_per_million  intensity_rank
    0        1                0.5                1.0               2
    1        2                1.0                3.0               1
    """
    inhabitants = population.set_index("cluster")["population"].astype(float)
    if (inhabitants < 0).any():
        cluster = inhabitants.index[inhabitants < 0][0]
        msg = f"rank: cluster {cluster} has a population of {inhabitants[cluster]}: must not be < 0"
        raise InputError(msg)
    table = ranking.assign(population=ranking["cluster"].map(inhabitants))
    compared = (table["rank"] <= universe) & (table["population"] > 0)
    scale = per / table["population"].where(compared)
    table["total_per_million"] = 100.0 * table["total_share"] * scale
    for column in ranking:
        if str(column).startswith("count_"):
            name = str(column).removeprefix("count_")
            table[f"{name}_per_million"] = ranking[column] * scale
    return table.assign(intensity_rank=_ranked(table["total_per_million"].to_numpy(float)))


def rank_change(previous_ranks: pd.Series[int], current_ranks: pd.Series[int]) -> pd.Series[int]:
    """
    Return how many places each cluster has risen: its previous rank less its current one.

    Parameters
    ----------
    previous_ranks, current_ranks
        Ranks by cluster (the index); missing where a cluster is not ranked.

    Returns
    -------
    changes
        Positive is an improvement; for each current cluster, missing if it has no previous rank.

    Examples
    --------
    >>> rank_change(pd.Series({1: 19}), pd.Series({1: 18, 2: 30}))
    1       1
    2    <NA>
    Name: rank_change, dtype: Int64
    """
    previous = previous_ranks.astype("Int64").reindex(current_ranks.index)
    return (previous - current_ranks.astype("Int64")).rename("rank_change")


def _ranked(values: NDArray[np.float64]) -> pd.api.extensions.ExtensionArray:
    """Return ranks of the values that are there, the largest first."""
    present = ~np.isnan(values)
    ranked = pd.array(np.zeros(len(values), np.int64), dtype="Int64")
    ranked[present] = ranks(values[present], ties="min")
    ranked[~present] = pd.NA
    return ranked
