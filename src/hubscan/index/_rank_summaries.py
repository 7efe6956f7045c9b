"""What many runs say of the ranks: intervals, acceptability, probabilities, confidence sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.index.uncertainty import Runs

    Array = NDArray[np.float64]


def rank_intervals(runs: Runs, *, level: float) -> pd.DataFrame:
    """
    Return the distribution of every unit's rank.

    Parameters
    ----------
    runs
        See :class:`hubscan.index.uncertainty.Runs`.
    level
        Share of the runs between ``lower`` and ``upper``, for example 0.9.

    Returns
    -------
    intervals
        By unit, best nominal rank first: ``nominal``, ``mean``, ``median``, ``lower``, ``upper``
        (quantiles by linear interpolation), ``width``, ``ranked`` (share of the runs in which the
        unit has a rank; the others are left out).

    Raises
    ------
    FrameworkError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ranks = pd.DataFrame({"A": [1.0, 1.0, 2.0], "B": [2.0, 2.0, 1.0]})
    >>> drawn = SimpleNamespace(ranks=ranks, nominal_ranks=pd.Series({"A": 1.0, "B": 2.0}))
    >>> rank_intervals(drawn, level=1)[["median", "lower", "upper"]].loc["A"].tolist()
    [1.0, 1.0, 2.0]
    """
    if not 0 <= level <= 1:
        message = f"uncertainty: level = {level:g}: must be between 0 and 1"
        raise FrameworkError(message)
    tail = (1.0 - level) / 2.0
    ranks = runs.ranks
    table = pd.DataFrame(
        {
            "nominal": runs.nominal_ranks,
            "mean": ranks.mean(),
            "median": ranks.median(),
            "lower": ranks.quantile(tail),
            "upper": ranks.quantile(1.0 - tail),
            "ranked": ranks.notna().mean(),
        }
    )
    table.insert(5, "width", table["upper"] - table["lower"])
    return table.sort_values("nominal", kind="stable")


def acceptability(runs: Runs) -> pd.DataFrame:
    """
    Return the share of the runs in which each unit takes each place.

    Parameters
    ----------
    runs
        See :class:`hubscan.index.uncertainty.Runs`.

    Returns
    -------
    shares
        Units by places 1, 2, ...; an averaged rank counts at the place below it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ranks = pd.DataFrame({"A": [1.0, 1.0], "B": [2.0, 1.0]})
    >>> acceptability(SimpleNamespace(ranks=ranks)).loc["B"].tolist()
    [0.5, 0.5]
    """
    places = range(1, runs.ranks.shape[1] + 1)
    whole = np.floor(runs.ranks)
    shares = {place: (whole == place).mean() for place in places}
    return pd.DataFrame(shares, index=runs.ranks.columns)


def superiority(runs: Runs) -> pd.DataFrame:
    """
    Return the share of the runs in which each unit (row) ranks before each other (column).

    Parameters
    ----------
    runs
        See :class:`hubscan.index.uncertainty.Runs`.

    Returns
    -------
    shares
        Square; ties and runs without a rank count for neither, so o + o transposed may be below 1.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ranks = pd.DataFrame({"A": [1.0, 1.0], "B": [2.0, 1.0]})
    >>> superiority(SimpleNamespace(ranks=ranks)).loc["A", "B"].item()
    0.5
    """
    ranks = runs.ranks.to_numpy(float)
    ahead = np.stack([(column[:, None] < ranks).mean(axis=0) for column in ranks.T])
    return pd.DataFrame(ahead, index=runs.ranks.columns, columns=runs.ranks.columns)


def top_probability(runs: Runs, *, best: int) -> pd.Series[float]:
    """
    Return the share of the runs in which each unit is among the best.

    Parameters
    ----------
    runs
        See :class:`hubscan.index.uncertainty.Runs`.
    best
        Number of places that count.

    Returns
    -------
    shares
        By unit.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ranks = pd.DataFrame({"A": [1.0, 1.0], "B": [2.0, 1.0]})
    >>> top_probability(SimpleNamespace(ranks=ranks), best=1).to_dict()
    {'A': 1.0, 'B': 0.5}
    """
    return (runs.ranks <= best).mean().rename("probability")


def rank_confidence_sets(
    scores: pd.Series[float], replicates: pd.DataFrame, *, level: float
) -> pd.DataFrame:
    """
    Return the ranks each unit may truly have, given the sampling error of its score.

    For each unit, the differences to all others get simultaneous confidence intervals from the
    bootstrap (largest absolute studentised difference); its best possible rank is 1 + the number
    of units surely above it, its worst the number of units less those surely below it. The
    construction of Mogstad, Romano, Shaikh and Wilhelm, unit by unit.

    Parameters
    ----------
    scores
        Estimated score by unit.
    replicates
        Scores recomputed from bootstrap samples of the micro-data: runs by units.
    level
        Probability with which a set holds the unit's true rank, for example 0.9.

    Returns
    -------
    sets
        By unit: ``rank``, ``lower``, ``upper``.

    Raises
    ------
    FrameworkError
        If scores and replicates have different units.

    Examples
    --------
    >>> replicates = pd.DataFrame({"A": [9.0, 10, 11], "B": [1.0, 2, 3], "C": [1.5, 2, 2.5]})
    >>> rank_confidence_sets(replicates.mean(), replicates, level=0.9)["upper"].tolist()
    [1, 3, 3]
    """
    if set(scores.index) != set(replicates.columns):
        message = "uncertainty: scores and their replicates must be of the same units"
        raise FrameworkError(message)
    own: Array = np.asarray(scores, dtype=np.float64)
    drawn = replicates[list(scores.index)].to_numpy(float)
    rows = [_confidence_set(own, drawn, unit, level) for unit in range(len(own))]
    table = pd.DataFrame(rows, columns=["lower", "upper"], index=scores.index)
    table.insert(0, "rank", scores.rank(ascending=False, method="min").astype(int))
    return table


def _confidence_set(own: Array, drawn: Array, unit: int, level: float) -> tuple[int, int]:
    gap = np.delete(own - own[unit], unit)
    draws = np.delete(drawn - drawn[:, [unit]], unit, axis=1)
    error = draws.std(axis=0, ddof=1)
    sure = np.where(error > 0, error, 1.0)
    largest = np.max(np.abs(draws - gap) / sure, axis=1, initial=0.0, where=error > 0)
    reach = np.quantile(largest, level) * error
    above = int((gap > reach).sum())
    below = int((-gap > reach).sum())
    return 1 + above, len(own) - below
