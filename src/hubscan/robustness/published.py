"""The published ranking of 2025 from its own table: which ranks rounding and weights can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan import reference
from hubscan.errors import InputError
from hubscan.world.published import COVERED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TABLE: Final = "clusters_2025_appendix_table2"
_HALF: Final = 0.005
"""Half of the last printed digit of a share, percentage points."""

_SLACK: Final = 1e-9
"""Sums of printed decimals are equal up to this."""


_WORLD: Final = {
    "pct_applications": "patents",
    "scientific_publications": "publications",
    "vc_deals": "deals",
}
"""Columns of counts, and the indicators whose world totals reproduce every printed share."""


def published_shares() -> pd.DataFrame:
    """
    Return the printed shares of the ranking of 2025.

    Returns
    -------
    shares
        By rank: ``name``, ``rank``, and the world shares of patents, publications and deals as
        printed, in percentage points with two decimals.

    Examples
    --------
    >>> published_shares().iloc[0, 2:].tolist()
    [8.97, 2.36, 2.94]
    """
    table = _published()
    return table[["name", "rank", "share_pct", "share_publications", "share_vc"]]


def unrounded_shares() -> pd.DataFrame:
    """
    Return the shares of the ranking of 2025 before rounding: printed counts over world totals.

    Returns
    -------
    shares
        As for :func:`published_shares`.

    Examples
    --------
    >>> unrounded_shares().iloc[0, 2:].astype(float).round(3).tolist()
    [8.975, 2.361, 2.94]
    """
    table = _published()
    shares = {name: 100.0 * table[name] / COVERED[kind] for name, kind in _WORLD.items()}
    return table[["name", "rank"]].assign(**shares)


def _published() -> pd.DataFrame:
    table = reference.published(TABLE).rename(columns={"cluster": "name"})
    return table.astype({"rank": int}).sort_values("rank", ignore_index=True)


def separable_ranks(
    shares: pd.DataFrame, *, half_digit: float, weight_range: float
) -> pd.DataFrame:
    r"""
    Return which ranks hold whatever the rounding and the weights.

    Cluster *a* surely outranks *b* if its total is larger for every weight
    :math:`\omega_m \in [1 - v, 1 + v]` and every true share within half a digit of the printed one:

    .. math:: \sum_m \min_{\omega_m} \omega_m (s_{am} - s_{bm} - 2h) > 0

    The minimum is taken indicator by indicator, at one of the two ends: no sample is drawn.

    Parameters
    ----------
    shares
        By rank: ``name``, ``rank``, and a column for each indicator.
    half_digit
        *h*: half of the last printed digit, in the unit of the shares; 0 if they are exact.
    weight_range
        *v*: such as 0.25 for weights within 25 %; 0 for weights of exactly 1.

    Returns
    -------
    separable
        By rank: ``name``, ``rank``, ``best``, ``worst`` (1 + the number surely above; the number
        of clusters less those surely below), ``separable`` (best = worst), ``alike`` (clusters
        that it can't be told from).

    Raises
    ------
    InputError
        If a number is negative.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["A", "B"], "rank": [1, 2], "x": [3.0, 1.0], "y": [0.0, 1.5]})
    >>> separable_ranks(table, half_digit=0.0, weight_range=0.0)["separable"].tolist()
    [True, True]
    >>> separable_ranks(table, half_digit=0.0, weight_range=0.25)["worst"].tolist()
    [2, 2]
    """
    if half_digit < 0 or weight_range < 0:
        msg = "separable ranks: half_digit and weight_range must be at least 0"
        raise InputError(msg)
    values = shares.drop(columns=["name", "rank"]).to_numpy(float)
    least = np.zeros((len(values), len(values)))
    for column in values.T:
        gap = column[:, None] - column[None, :] - 2.0 * half_digit
        least += np.minimum(gap * (1.0 - weight_range), gap * (1.0 + weight_range))
    surely = least > _SLACK
    best, worst = 1 + surely.sum(axis=0), len(values) - surely.sum(axis=1)
    return pd.DataFrame(
        {
            "name": shares["name"],
            "rank": shares["rank"],
            "best": best,
            "worst": worst,
            "separable": best == worst,
            "alike": len(values) - 1 - surely.sum(axis=0) - surely.sum(axis=1),
        }
    )


def weighted_ranks(
    shares: pd.DataFrame, *, weight_range: float, draws: int, level: float, seed: int
) -> pd.DataFrame:
    """
    Return the ranks that clusters have under weights drawn at random, shares as given.

    Parameters
    ----------
    shares
        By rank: ``name``, ``rank``, and a column for each indicator.
    weight_range
        Each weight is uniform in 1 less and 1 plus this.
    draws
        Number of draws.
    level
        Share of the draws between the bounds.
    seed
        Equal seeds give equal draws.

    Returns
    -------
    ranks
        By rank: ``name``, ``rank``, ``lower``, ``median``, ``upper``, ``lowest``, ``highest``
        (ranks; the last two over all draws).

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["A", "B"], "rank": [1, 2], "x": [3.0, 1.0], "y": [0.0, 1.5]})
    >>> weighted_ranks(table, weight_range=0.25, draws=100, level=0.9, seed=1)["highest"].tolist()
    [2, 2]
    """
    values = shares.drop(columns=["name", "rank"]).to_numpy(float)
    generator = np.random.default_rng(seed)
    weights = generator.uniform(1.0 - weight_range, 1.0 + weight_range, (draws, values.shape[1]))
    totals = weights @ values.T
    ranks = 1 + (totals[:, None, :] > totals[:, :, None]).sum(axis=2)
    tail = (1.0 - level) / 2.0
    return pd.DataFrame(
        {
            "name": shares["name"],
            "rank": shares["rank"],
            "lower": np.quantile(ranks, tail, axis=0, method="lower"),
            "median": np.quantile(ranks, 0.5, axis=0, method="inverted_cdf"),
            "upper": np.quantile(ranks, 1.0 - tail, axis=0, method="higher"),
            "lowest": ranks.min(axis=0),
            "highest": ranks.max(axis=0),
        }
    )


def published_analysis(*, weight_range: float, draws: int, level: float, seed: int) -> pd.DataFrame:
    """
    Return the analysis of the printed ranking of 2025: rounding alone, weights alone, and both.

    Parameters
    ----------
    weight_range, draws, level, seed
        As for :func:`weighted_ranks`.

    Returns
    -------
    analysis
        By rank: ``name``, ``rank``; ``rounding_best``, ``rounding_worst`` (printed shares, weights
        of 1); ``weights_best``, ``weights_worst`` (unrounded shares, any weights in the range);
        ``best``, ``worst``, ``separable``, ``alike`` (both); ``lower``, ``upper`` (weights drawn).
    """
    shares = published_shares()
    both = separable_ranks(shares, half_digit=_HALF, weight_range=weight_range)
    rounding = separable_ranks(shares, half_digit=_HALF, weight_range=0.0)
    weights = separable_ranks(shares, half_digit=0.0, weight_range=weight_range)
    drawn = weighted_ranks(shares, weight_range=weight_range, draws=draws, level=level, seed=seed)
    table = both.assign(lower=drawn["lower"], upper=drawn["upper"])
    for name, found in (("weights", weights), ("rounding", rounding)):
        table.insert(2, f"{name}_worst", found["worst"])
        table.insert(2, f"{name}_best", found["best"])
    return table
