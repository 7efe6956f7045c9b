"""Numbers in place of texts in bulk tables: indicators and economies, and back to their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

UNKNOWN: Final = 0
"""The number of an economy that is not known, whose text is empty."""

WORLD: Final = "world"
"""Stands for a country in the rows of all countries together."""

WORLD_NUMBER: Final = -1
"""The number of all countries together."""

_NOWHERE: Final = -2


def indicator_numbers(indicators: Sequence[str]) -> dict[str, int]:
    """
    Return the number of each indicator: from 0, in the order of names.

    Examples
    --------
    >>> indicator_numbers(["publications", "patents"])
    {'patents': 0, 'publications': 1}
    """
    return {name: k for k, name in enumerate(sorted(indicators))}


def economy_numbers(located_localities: pd.DataFrame) -> pd.DataFrame:
    """
    Return the number of each economy in which a locality lies.

    Parameters
    ----------
    located_localities
        Table of this name.

    Returns
    -------
    economies
        ``number`` (0 for none known, then from 1 in the order of codes), ``economy``.

    Examples
    --------
    >>> economy_numbers(pd.DataFrame({"economy": ["FR", "", "DE"]})).values.tolist()
    [[0, ''], [1, 'DE'], [2, 'FR']]
    """
    codes = sorted({str(code) for code in located_localities["economy"].unique()} | {""})
    numbers = np.arange(len(codes), dtype=np.int16)
    return pd.DataFrame({"number": numbers, "economy": pd.Series(codes, dtype="str")})


def numbered(table: pd.DataFrame, economies: pd.DataFrame) -> pd.DataFrame:
    """
    Return a small table with the numbers of its economies in place of their codes.

    Parameters
    ----------
    table
        With ``economy`` (ISO alpha-2 code; empty if unknown), such as homes of clusters.
    economies
        From :func:`economy_numbers`.

    Returns
    -------
    table
        The same rows; a code that no address has gets a number that no address has.

    Examples
    --------
    >>> economies = economy_numbers(pd.DataFrame({"economy": ["FR"]}))
    >>> numbered(pd.DataFrame({"cluster": [5], "economy": ["FR"]}), economies).values.tolist()
    [[5, 1]]
    """
    numbers = dict(zip(economies["economy"], economies["number"], strict=True))
    found = table["economy"].map(numbers).fillna(_NOWHERE)
    return table.assign(economy=found.astype("int16"))


def named(
    table: pd.DataFrame, economies: pd.DataFrame, *, indicators: Sequence[str]
) -> pd.DataFrame:
    """
    Return a table with the names of its indicators and the codes of its economies.

    Parameters
    ----------
    table
        With ``indicator``, and perhaps ``economy`` or ``country``, all as numbers.
    economies
        From :func:`economy_numbers`.
    indicators
        Indicators of the edition.

    Returns
    -------
    table
        The same rows and columns.

    Examples
    --------
    >>> economies = economy_numbers(pd.DataFrame({"economy": ["FR"]}))
    >>> table = pd.DataFrame({"indicator": [0], "country": [-1], "documents": [3]})
    >>> named(table, economies, indicators=["patents"]).values.tolist()
    [['patents', 'world', 3]]
    """
    texts = {"indicator": sorted(indicators)}
    # the number of all countries together, -1, is the last from the end
    codes = [*economies["economy"], WORLD]
    texts |= dict.fromkeys(("economy", "country"), codes)
    told = {
        name: pd.Series(_taken(texts[name], table[name].to_numpy(np.intp)), table.index)
        for name in table.columns
        if name in texts
    }
    return table.assign(**told)


def is_known(economy: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return whether economies are known: numbers other than 0, or codes that are not empty."""
    return economy != ("" if economy.type().is_string() else UNKNOWN)


def _taken(texts: Sequence[str], numbers: NDArray[np.intp]) -> Any:  # noqa: ANN401 - pandas' own
    """Return the text of each number; those below 0 count from the end."""
    known: Any = pd.array(np.array(texts, object), dtype="str")
    return known.take(np.where(numbers < 0, len(texts) + numbers, numbers))
