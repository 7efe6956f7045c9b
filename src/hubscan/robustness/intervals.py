"""What replicates say of ranks: intervals, who outranks whom, who can't be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.index._rank_summaries import rank_confidence_sets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.robustness.bootstrap import Replicates

    Floats = NDArray[np.float64]


class Drawn(NamedTuple):
    """
    Ranks and totals of the run's clusters in each replicate, shape (replicates, clusters).

    Attributes
    ----------
    clusters
        Cluster ids of the run, by rank.
    ranks
        One worse than the last for a cluster that the replicate does not have.
    totals
        Total shares; 0 for a cluster that the replicate does not have.
    there
        Whether the replicate has the cluster.
    """

    clusters: NDArray[np.int64]
    ranks: NDArray[np.int64]
    totals: Floats
    there: NDArray[np.bool_]


def drawn_ranks(ranking: pd.DataFrame, found: Replicates) -> Drawn:
    """
    Return the ranks and totals of the run's clusters in each replicate.

    Parameters
    ----------
    ranking
        The run's ``cluster``, ``rank``.
    found
        Replicates.

    Returns
    -------
    drawn
        See :class:`Drawn`.
    """
    ordered = ranking.sort_values(["rank", "cluster"])
    clusters = ordered["cluster"].to_numpy(np.int64)
    numbers = found.sizes["replicate"].to_numpy()
    ranks, totals = (
        found.ranks.pivot_table(index="replicate", columns="cluster", values=name)
        .reindex(index=numbers, columns=clusters)
        .to_numpy(float)
        for name in ("rank", "total_share")
    )
    there = ~np.isnan(ranks)
    last = found.sizes["clusters"].to_numpy(float)[:, None] + 1.0
    return Drawn(
        clusters, np.where(there, ranks, last).astype(np.int64), np.nan_to_num(totals), there
    )


def rank_intervals(ranking: pd.DataFrame, drawn: Drawn, *, level: float) -> pd.DataFrame:
    r"""
    Return the interval of every cluster's rank and total.

    Bounds are quantiles of the replicates (percentile bootstrap), ranks that occur: of 200
    replicates, the 11th from either end for a level of 0.9. A replicate without the cluster counts
    as a rank below all clusters that it has.

    Parameters
    ----------
    ranking
        The run's ``cluster``, ``rank``, ``total_share``.
    drawn
        From :func:`drawn_ranks`.
    level
        Share of the replicates between the bounds, such as 0.9 for 5 % to 95 %.

    Returns
    -------
    intervals
        By rank: ``cluster``, ``rank``, ``median``, ``lower``, ``upper`` (ranks), ``found`` (share
        of the replicates that have the cluster), ``total_share``, ``total_lower``,
        ``total_upper`` (of the replicates that have it), ``total_error`` (their standard
        deviation).

    Raises
    ------
    InputError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> ranking = pd.DataFrame({"cluster": [5], "rank": [1], "total_share": [0.2]})
    >>> drawn = Drawn(
    ...     np.array([5]),
    ...     np.array([[1], [2], [1]]),
    ...     np.array([[0.2], [0.1], [0.3]]),
    ...     np.ones((3, 1), bool),
    ... )
    >>> rank_intervals(ranking, drawn, level=0.9)[["median", "lower", "upper"]].values.tolist()
    [[1, 1, 2]]
    """
    if not 0.0 < level < 1.0:
        msg = f"intervals: level = {level:g}: must be between 0 and 1"
        raise InputError(msg)
    tail = (1.0 - level) / 2.0
    table = ranking.set_index("cluster").loc[drawn.clusters, ["rank", "total_share"]].reset_index()
    table["median"] = np.quantile(drawn.ranks, 0.5, axis=0, method="inverted_cdf")
    table["lower"] = np.quantile(drawn.ranks, tail, axis=0, method="nearest")
    table["upper"] = np.quantile(drawn.ranks, 1.0 - tail, axis=0, method="nearest")
    known = np.where(drawn.there, drawn.totals, np.nan)
    columns = [column[~np.isnan(column)] for column in known.T]
    bounds = [_bounds(column, tail) for column in columns]
    table["found"] = drawn.there.mean(axis=0)
    table[["total_lower", "total_upper", "total_error"]] = np.array(bounds).reshape(-1, 3)
    first = ["cluster", "rank", "median", "lower", "upper", "found", "total_share"]
    return table[[*first, "total_lower", "total_upper", "total_error"]]


def outranking(drawn: Drawn) -> Floats:
    """
    Return the probability that each cluster (row) outranks each other (column).

    Parameters
    ----------
    drawn
        From :func:`drawn_ranks`.

    Returns
    -------
    probability
        Share of the replicates with a better rank, a tie counted half; 0.5 on the diagonal, and
        the two of a pair sum to 1.

    Examples
    --------
    >>> drawn = Drawn(np.array([5, 6]), np.array([[1, 2], [1, 2], [2, 1], [1, 2]]), None, None)
    >>> outranking(drawn).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    ranks = drawn.ranks
    better = np.array([(column[:, None] < ranks).mean(axis=0) for column in ranks.T])
    equal = np.array([(column[:, None] == ranks).mean(axis=0) for column in ranks.T])
    return np.asarray(better + equal / 2.0)


def outranking_pairs(drawn: Drawn, probability: Floats) -> pd.DataFrame:
    """
    Return the probabilities of :func:`outranking` that are in doubt, pair by pair.

    Parameters
    ----------
    drawn, probability
        As given and returned there.

    Returns
    -------
    pairs
        ``a``, ``b`` (cluster ids, a the better ranked), ``a_outranks_b``; pairs of which a outranks
        b in every replicate are left out.
    """
    rows, columns = np.triu_indices(len(drawn.clusters), 1)
    value = probability[rows, columns]
    open_ = value < 1.0
    return pd.DataFrame(
        {
            "a": drawn.clusters[rows[open_]],
            "b": drawn.clusters[columns[open_]],
            "a_outranks_b": value[open_],
        }
    )


def alike(probability: Floats, *, level: float) -> pd.DataFrame:
    """
    Return which ranks can't be told apart, and groups of them.

    Two clusters can be told apart if one outranks the other with probability ``level`` or more. A
    group begins with the best ranked cluster that is in none, and takes in the next ones until one
    can be told from its first.

    Parameters
    ----------
    probability
        From :func:`outranking`, clusters by rank.
    level
        Such as 0.95.

    Returns
    -------
    alike
        One row a cluster, by rank: ``alike_from``, ``alike_to`` (the best and the worst position
        that it can't be told from, from 1), ``group`` (from 1).

    Examples
    --------
    >>> probability = np.array([[0.5, 0.8, 1.0], [0.2, 0.5, 0.97], [0.0, 0.03, 0.5]])
    >>> alike(probability, level=0.95).to_numpy().tolist()
    [[1, 2, 1], [1, 2, 1], [3, 3, 2]]
    """
    same = np.maximum(probability, probability.T) < level
    size = len(probability)
    group = np.ones(size, np.int64)
    first = 0
    for position in range(1, size):
        begins = not same[first, position]
        first = position if begins else first
        group[position] = group[position - 1] + int(begins)
    return pd.DataFrame(
        {
            "alike_from": same.argmax(axis=1) + 1,
            "alike_to": size - same[:, ::-1].argmax(axis=1),
            "group": group,
        }
    )


def confidence_sets(ranking: pd.DataFrame, drawn: Drawn, *, level: float) -> pd.DataFrame:
    r"""
    Return confidence sets for ranks: each cluster's own, and simultaneous ones for all.

    With :math:`d_{jk} = T_j - T_k` and its bootstrap standard error :math:`s_{jk}`, let *c* be the
    ``level`` quantile over replicates of :math:`\max |d^*_{jk} - d_{jk}| / s_{jk}`. Cluster *k* is
    surely above *j* if :math:`d_{kj} > c\, s_{jk}`; the best rank in the set is 1 + the number of
    clusters surely above, the worst the number of clusters less those surely below. For a cluster's
    own set the maximum runs over its own differences; for simultaneous sets, over those of all
    pairs: all true ranks lie in their sets at once with probability ``level``. Method of Mogstad,
    Romano, Shaikh and Wilhelm (2024), two-sided, without the stepwise refinement: they are at most
    too wide.

    Parameters
    ----------
    ranking
        The run's ``cluster``, ``total_share``.
    drawn
        From :func:`drawn_ranks`.
    level
        Such as 0.9.

    Returns
    -------
    sets
        By rank: ``cluster``, ``own_lower``, ``own_upper``, ``joint_lower``, ``joint_upper``.
    """
    scores = ranking.set_index("cluster")["total_share"].reindex(drawn.clusters)
    totals = pd.DataFrame(drawn.totals, columns=drawn.clusters)
    own = rank_confidence_sets(scores, totals, level=level)
    lower, upper = _joint_sets(scores.to_numpy(float), drawn.totals, level)
    return pd.DataFrame(
        {
            "cluster": drawn.clusters,
            "own_lower": own["lower"].to_numpy(),
            "own_upper": own["upper"].to_numpy(),
            "joint_lower": lower,
            "joint_upper": upper,
        }
    )


def _joint_sets(
    scores: Floats, totals: Floats, level: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bounds of simultaneous confidence sets, cluster by cluster to spare memory."""
    size = len(scores)
    largest = np.zeros(len(totals))
    errors = np.zeros((size, size))
    for each in range(size):
        draws = totals - totals[:, [each]]
        error = draws.std(axis=0, ddof=1)
        errors[each] = error
        excess = np.abs(draws - (scores - scores[each])) / np.where(error > 0, error, np.inf)
        largest = np.maximum(largest, excess.max(axis=1))
    reach = float(np.quantile(largest, level)) * errors
    gap = scores[None, :] - scores[:, None]
    return 1 + (gap > reach).sum(axis=1), size - (-gap > reach).sum(axis=1)


def _bounds(column: Floats, tail: float) -> tuple[float, float, float]:
    """Return lower and upper quantile and standard deviation; missing if there are too few."""
    few = 2
    if len(column) < few:
        return np.nan, np.nan, np.nan
    low, high = np.quantile(column, [tail, 1.0 - tail])
    return float(low), float(high), float(column.std(ddof=1))
