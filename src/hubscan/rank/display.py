"""Numbers as the published tables print them; nothing is computed from what is shown here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

COUNT_DIGITS: Final = 6
"""Significant digits of a printed count."""

DECIMALS: Final = 2
"""Decimals of printed counts, percentages and figures per million."""

MISSING: Final = "n.a."
"""What is printed where there is no value."""


def rounded(values: ArrayLike, *, decimals: int) -> NDArray[np.float64]:
    """
    Return numbers rounded as they are printed: to the nearest, judged on their exact binary value.

    Parameters
    ----------
    values
        Numbers.
    decimals
        Digits after the point.

    Returns
    -------
    rounded
        Array of the same length.

    Examples
    --------
    >>> rounded([0.285, 2.675], decimals=2)
    array([0.28, 2.67])
    """
    return np.array([float(f"{each:.{decimals}f}") for each in np.asarray(values, float)])


def count_text(count: float) -> str:
    """
    Return a count as printed: at most six significant digits, then two decimals.

    Examples
    --------
    >>> count_text(117542.4), count_text(50812.64), count_text(6981.2849)
    ('117,542.00', '50,812.60', '6,981.28')
    """
    return decimal_text(float(f"{count:.{COUNT_DIGITS}g}"))


def percent_text(share: float) -> str:
    """
    Return a share of [0, 1] as printed: per cent, two decimals, without the sign.

    Examples
    --------
    >>> percent_text(0.14282)
    '14.28'
    """
    return decimal_text(100.0 * share)


def decimal_text(value: float) -> str:
    """
    Return a number as printed: two decimals, thousands set off by commas.

    Examples
    --------
    >>> decimal_text(6248247.83), decimal_text(float("nan"))
    ('6,248,247.83', 'n.a.')
    """
    return MISSING if _missing(value) else f"{value:,.{DECIMALS}f}"


def whole_text(value: float) -> str:
    """
    Return a rank as printed.

    Examples
    --------
    >>> whole_text(12), whole_text(pd.NA)
    ('12', 'n.a.')
    """
    return MISSING if _missing(value) else str(int(value))


def change_text(change: float) -> str:
    """
    Return a change of rank as printed: signed, 0 without a sign.

    Examples
    --------
    >>> change_text(1), change_text(-3), change_text(0), change_text(pd.NA)
    ('+1', '-3', '0', 'n.a.')
    """
    return whole_text(change) if _missing(change) or change == 0 else f"{int(change):+d}"


def displayed(ranking: pd.DataFrame) -> pd.DataFrame:
    """
    Return a ranking as text, each column printed as its name calls for.

    Parameters
    ----------
    ranking
        From :func:`hubscan.rank.size.ranking`, with or without what
        :func:`hubscan.rank.per_capita.intensity` adds; further columns stay as they are.

    Returns
    -------
    displayed
        The same columns: ``count_*`` with six significant digits; ``share_*`` and ``total_share``
        in per cent; ``population`` and figures per million with two decimals; ranks and changes
        whole. A missing value is "n.a.".

    Examples
    --------
    >>> ranking = pd.DataFrame({"cluster": [5], "rank": [1], "total_share": [0.14282]})
    >>> displayed(ranking).values.tolist()
    [[5, '1', '14.28']]
    """
    shown = ranking.copy()
    for name in map(str, ranking):
        text = _formatter(name)
        if text is not None:
            shown[name] = [text(value) for value in ranking[name]]
    return shown


def _missing(value: float | None) -> bool:
    return bool(pd.isna(value))


def _formatter(name: str) -> Callable[[float], str] | None:
    """Return how the values of a column are printed; None if as they are."""
    if name.startswith("count_"):
        return count_text
    if name.startswith("share_") or name == "total_share":
        return percent_text
    if name == "population" or name.endswith("_per_million"):
        return decimal_text
    if name.endswith("change"):
        return change_text
    return whole_text if name.endswith("rank") else None
