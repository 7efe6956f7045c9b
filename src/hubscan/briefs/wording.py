"""Numbers as a brief prints them, in English."""

from __future__ import annotations

import math
from typing import Any, Final

NOT_KNOWN: Final = "–"
_MILLION: Final = 1e6
_EXACT: Final = 100
_LARGE: Final = 1e5
_TEN: Final = 10


def known(value: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    """
    Return whether a cell holds a finite number.

    Examples
    --------
    >>> known(1), known(float("nan")), known(None)
    (True, False, False)
    """
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def whole(value: Any) -> str:  # noqa: ANN401 - as above
    """
    Return a number without decimals; one decimal below a hundred if it has any.

    Examples
    --------
    >>> whole(2350.65), whole(12.34), whole(7.0), whole(None)
    ('2,351', '12.3', '7', '–')
    """
    if not known(value):
        return NOT_KNOWN
    number = float(value)
    if abs(number) >= _EXACT or number == round(number):
        return f"{number:,.0f}"
    return f"{number:.1f}"


def compact(value: Any) -> str:  # noqa: ANN401 - as above
    """
    Return a number in five signs or so.

    Examples
    --------
    >>> compact(536.55), compact(81234), compact(123456), compact(1891527), compact(None)
    ('537', '81,234', '123k', '1.89m', '–')
    """
    if not known(value):
        return NOT_KNOWN
    number = float(value)
    if number >= _MILLION:
        return f"{number / _MILLION:.2f}m"
    return f"{number / 1000:,.0f}k" if number >= _LARGE else whole(number)


def percent(share: Any, *, decimals: int = 2) -> str:  # noqa: ANN401 - as above
    """
    Return a share in [0, 1] as per cent.

    Examples
    --------
    >>> percent(0.08974), percent(float("nan"))
    ('8.97%', '–')
    """
    return f"{100 * float(share):.{decimals}f}%" if known(share) else NOT_KNOWN


def ratio(value: Any) -> str:  # noqa: ANN401 - as above
    """
    Return a quotient with two decimals.

    Examples
    --------
    >>> ratio(1.866), ratio(None)
    ('1.87', '–')
    """
    return f"{float(value):.2f}" if known(value) else NOT_KNOWN


def millions(value: Any) -> str:  # noqa: ANN401 - as above
    """
    Return a number of inhabitants in millions, to three figures.

    Examples
    --------
    >>> millions(51288931), millions(1843000), millions(84200), millions(None)
    ('51.3', '1.84', '0.084', '–')
    """
    if not known(value):
        return NOT_KNOWN
    number = float(value) / _MILLION
    if number >= _TEN:
        return f"{number:,.1f}"
    return f"{number:.2f}" if number >= 1 else f"{number:.3f}"


def signed(value: Any, *, decimals: int = 0) -> str:  # noqa: ANN401 - as above
    """
    Return a number with its sign.

    Examples
    --------
    >>> signed(3), signed(-1.25, decimals=1), signed(0)
    ('+3', '−1.2', '0')
    """
    if not known(value):
        return NOT_KNOWN
    text = f"{abs(float(value)):.{decimals}f}"
    if float(text) == 0:
        return text
    return f"{'+' if float(value) > 0 else '−'}{text}"


def span(first: Any, last: Any) -> str:  # noqa: ANN401 - as above
    """
    Return a span of whole numbers.

    Examples
    --------
    >>> span(11, 14), span(3, 3)
    ('11–14', '3–3')
    """
    if not (known(first) and known(last)):
        return NOT_KNOWN
    return f"{round(float(first)):,}–{round(float(last)):,}"
