"""Columns of printed tables: their headings, how their numbers are rounded, and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIGNIFICANT: Final = 6
"""Significant digits of a printed count."""

MISSING: Final = "n.a."


class Heading(NamedTuple):
    """A column of a printed table: its name here, as the report heads it, and how it is printed."""

    name: str
    heading: str
    form: str


def _to(decimals: int) -> Callable[[float], float]:
    """Return rounding to decimals, judged on the exact binary value as printing does."""
    return lambda value: float(f"{value:.{decimals}f}")


def _count(value: float) -> float:
    return float(f"{float(f'{value:.{SIGNIFICANT}g}'):.2f}")


ROUNDING: Final[dict[str, Callable[[float], float]]] = {
    "whole": _to(0),
    "count": _count,
    "amount": _to(2),
    "share": _to(2),
    "tenths": _to(1),
    "percent": _to(1),
}
"""
How the numbers of a column are rounded, by form. ``count``: six significant digits, then two
decimals; ``amount`` and ``share``: two decimals; ``tenths`` (per cent, with its sign) and
``percent`` (without): one. Texts have the form ``text``.
"""

_SHOWN: Final[dict[str, Callable[[float], str]]] = {
    "whole": lambda value: f"{value:,.0f}",
    "count": lambda value: f"{value:,.2f}",
    "amount": lambda value: f"{value:,.2f}",
    "share": lambda value: f"{value:.2f}",
    "tenths": lambda value: f"{value:.1f}%",
    "percent": lambda value: f"{value:.1f}".removesuffix(".0") if value in {0, 100} else f"{value}",
}


def rounded(table: pd.DataFrame, headings: Sequence[Heading]) -> pd.DataFrame:
    """
    Return a table with exactly the named columns, numbers rounded as they are printed.

    Parameters
    ----------
    table
        Unrounded, with the columns of ``headings``.
    headings
        The columns, in order.

    Returns
    -------
    rounded
        Whole numbers are ``Int64``, others ``float64``; missing values stay missing.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"deals": [117542.4], "rank": [3.0]})
    >>> headings = [Heading("rank", "Rank", "whole"), Heading("deals", "Deals", "count")]
    >>> rounded(table, headings).values.tolist()
    [[3, 117542.0]]
    """
    missing = [each.name for each in headings if each.name not in table]
    if missing:
        msg = (
            f"report: columns {', '.join(missing)} are missing; found {', '.join(map(str, table))}"
        )
        raise InputError(msg)
    columns = {each.name: _rounded(table[each.name], each.form) for each in headings}
    return pd.DataFrame(columns).reset_index(drop=True)


def printed(table: pd.DataFrame, headings: Sequence[Heading]) -> pd.DataFrame:
    """
    Return a table as texts under the report's headings.

    Parameters
    ----------
    table
        With the columns of ``headings``.
    headings
        The columns, in order.

    Returns
    -------
    printed
        All texts; a missing number is "n.a.", a missing text empty.

    Examples
    --------
    >>> table = pd.DataFrame({"share": [14.282, None]})
    >>> printed(table, [Heading("share", "Total", "share")])["Total"].tolist()
    ['14.28', 'n.a.']
    """
    numbers = rounded(table, headings)
    texts = {
        each.heading: [_text(value, each.form) for value in numbers[each.name]] for each in headings
    }
    return pd.DataFrame(texts, dtype=object)


def headed(table: pd.DataFrame, headings: Sequence[Heading]) -> pd.DataFrame:
    """
    Return a table with its numbers, under the report's headings.

    Parameters
    ----------
    table
        With the columns of ``headings``.
    headings
        The columns, in order.

    Returns
    -------
    headed
        Numbers rounded as printed.

    Examples
    --------
    >>> table = pd.DataFrame({"share": [14.282]})
    >>> headed(table, [Heading("share", "Total", "share")]).to_dict("list")
    {'Total': [14.28]}
    """
    return rounded(table, headings).set_axis([each.heading for each in headings], axis=1)


def markdown_text(table: pd.DataFrame) -> str:
    r"""
    Return a table as Markdown; columns in which every cell is a number stand to the right.

    Parameters
    ----------
    table
        Such as from :func:`printed`; its index is left out.

    Returns
    -------
    text
        A pipe table; pipes and line breaks in cells are escaped.

    Examples
    --------
    >>> print(markdown_text(pd.DataFrame({"Rank": ["1"], "Cluster name": ["Oslo"]})), end="")
    | Rank | Cluster name |
    | ---: | :--- |
    | 1 | Oslo |
    """
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False, name=None)]
    heads = [_cell(name) for name in table.columns]
    marks = [
        "---:" if rows and all(_is_number(row[place]) for row in rows) else ":---"
        for place in range(len(heads))
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in [heads, marks, *rows])


def _rounded(values: pd.Series[Any], form: str) -> pd.Series[Any]:
    if form == "text":
        return values.astype(object).where(values.notna(), "").astype(str)
    numbers = pd.to_numeric(values, errors="raise").to_numpy(float, na_value=np.nan)
    shown = [ROUNDING[form](number) if number == number else np.nan for number in numbers]  # noqa: PLR0124 - NaN is not itself
    column = pd.Series(shown, index=values.index, dtype="float64")
    return column.astype("Int64") if form == "whole" else column


def _text(value: Any, form: str) -> str:  # noqa: ANN401 - a cell
    if form == "text":
        return str(value)
    return MISSING if pd.isna(value) else _SHOWN[form](float(value))


def _cell(value: object) -> str:
    text = " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|")
    # Markdown hands on what looks like HTML
    return text.replace("<", "&lt;")


def _is_number(text: str) -> bool:
    bare = text.replace(",", "").removesuffix("%")
    return text == MISSING or bare.lstrip("-+").replace(".", "", 1).isdigit()
