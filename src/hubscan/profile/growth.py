"""How clusters have grown between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Column = NDArray[np.float64]


def _share_sum(current: pd.DataFrame, previous: pd.DataFrame, _: Sequence[str]) -> Column:
    """Return the growth of the total of world shares."""
    return _rate(current["total_share"], previous["total_share"])


def _mean_rate(current: pd.DataFrame, previous: pd.DataFrame, names: Sequence[str]) -> Column:
    """Return the mean of the growth rates of the counts."""
    rates = [_rate(current[f"count_{name}"], previous[f"count_{name}"]) for name in names]
    return np.asarray(np.cumsum(rates, axis=0)[-1] / len(names))


def _plain_sum(current: pd.DataFrame, previous: pd.DataFrame, names: Sequence[str]) -> Column:
    """Return the growth of the sum of the counts."""
    now, then = (
        pd.Series(np.cumsum([table[f"count_{name}"] for name in names], axis=0)[-1])
        for table in (current, previous)
    )
    return _rate(now, then)


_BASES: Final[dict[str, Callable[[pd.DataFrame, pd.DataFrame, Sequence[str]], Column]]] = {
    "share_sum": _share_sum,
    "mean_rate": _mean_rate,
    "plain_sum": _plain_sum,
}
BASES: Final = tuple(_BASES)
"""What growth is the growth of."""


def growth(
    current: pd.DataFrame,
    previous: pd.DataFrame,
    matches: pd.DataFrame,
    *,
    growth_basis: str,
    indicators: Sequence[str],
) -> pd.DataFrame:
    r"""
    Return the growth of each cluster's output between two runs, in per cent.

    .. math:: g_c = 100 \, (T_c - T'_c) / T'_c

    Parameters
    ----------
    current, previous
        Rankings, with ``cluster``, ``total_share``, and ``count_m`` of each indicator *m*; the
        previous run must have been computed with the current method and indicators.
    matches
        ``a`` (cluster of the previous run), ``b`` (of the current one): from
        :func:`hubscan.profile.matching.matched_clusters`.
    growth_basis
        ``"share_sum"``: the formula, of the totals of world shares, so that a cluster that grows
        more slowly than the world shrinks; ``"mean_rate"``: the mean of the growth rates of the
        counts; ``"plain_sum"``: the growth of their sum.
    indicators
        The indicators whose counts are looked at, by the last two.

    Returns
    -------
    growth
        For each cluster of the current run, in its order: ``cluster``, ``previous_cluster``
        (missing if it has no predecessor), ``growth_percent`` (missing without a predecessor, or
        with one that had nothing).

    Raises
    ------
    InputError
        If ``growth_basis`` is not known, or there are no indicators.

    Examples
    --------
    >>> now = pd.DataFrame({"cluster": [7, 8], "total_share": [0.011, 0.02]})
    >>> then = pd.DataFrame({"cluster": [1], "total_share": [0.010]})
    >>> matches = pd.DataFrame({"a": [1], "b": [7]})
    >>> choice = {"growth_basis": "share_sum", "indicators": ["patents", "publications"]}
    >>> growth(now, then, matches, **choice)["growth_percent"].round(6).tolist()
    [10.0, nan]
    """
    if growth_basis not in _BASES:
        msg = f"profile: growth_basis = {growth_basis!r}: must be one of {', '.join(BASES)}"
        raise InputError(msg)
    if not indicators:
        msg = "profile: indicators = []: growth needs at least one"
        raise InputError(msg)
    predecessor = current["cluster"].map(matches.set_index("b")["a"]).astype("Int64")
    known = predecessor.isin(previous["cluster"])
    then = previous.set_index("cluster").reindex(predecessor[known].astype(np.int64))
    rate = np.full(len(current), np.nan)
    now = current.loc[known].reset_index(drop=True)
    rate[known.to_numpy(bool)] = _BASES[growth_basis](now, then.reset_index(drop=True), indicators)
    return pd.DataFrame(
        {
            "cluster": current["cluster"].to_numpy(),
            "previous_cluster": predecessor.where(known).array,
            "growth_percent": rate,
        }
    )


def _rate(current: pd.Series[float], previous: pd.Series[float]) -> Column:
    """Return growth in per cent; missing where there was nothing."""
    now, then = current.to_numpy(np.float64), previous.to_numpy(np.float64)
    return np.where(then == 0, np.nan, 100.0 * (now - then) / np.where(then == 0, 1.0, then))
