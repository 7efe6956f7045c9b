"""The distinct texts among addresses: how localities and organisations are spelt, numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS: Final = ("country", "region", "city")
LOCALITY: Final = (*PARTS, "address")
"""The texts that make up a locality, in the order of its number."""

ORGANISATION: Final = ("organisation",)


def spelt(names: tuple[str, ...]) -> list[str]:
    """Return the names of the columns that hold texts as files have them."""
    return [f"spelt_{name}" for name in names]


def numbered_spellings(
    found: Mapping[str, pd.DataFrame], names: tuple[str, ...], *, number: str, first: int
) -> pd.DataFrame:
    """
    Return the spellings of all sources, with the number of the text that each stands for.

    Parameters
    ----------
    found
        For each source, by its name: the columns of ``names``, trimmed, and as ``spelt_...``.
    names
        The columns that make up a text.
    number
        What its number is called.
    first
        The first number.

    Returns
    -------
    spellings
        ``source``, the spelt columns, the trimmed ones, and the number, which follows the order of
        the trimmed ones.

    Examples
    --------
    >>> told = pd.DataFrame({"organisation": ["ETH", "ETH"], "spelt_organisation": ["ETH", " ETH"]})
    >>> numbered_spellings(
    ...     {"a": told}, ("organisation",), number="organisation_number", first=1
    ... ).organisation_number.tolist()
    [1, 1]
    """
    columns = [*spelt(names), *names]
    parts = [table[columns].assign(source=name) for name, table in sorted(found.items())]
    empty = pd.DataFrame(columns=["source", *columns], dtype="str")
    every = pd.concat([empty, *parts], ignore_index=True).astype("str")
    every = every.sort_values([*names, "source", *spelt(names)], ignore_index=True)
    new = (every[[*names]] != every[[*names]].shift()).any(axis=1).to_numpy(bool)
    numbers = np.cumsum(new) - 1 + first
    return every[["source", *columns]].assign(**{number: numbers.astype("int32")})


def localities(spellings: pd.DataFrame) -> pd.DataFrame:
    """
    Return the distinct localities among spellings.

    Parameters
    ----------
    spellings
        From :func:`numbered_spellings`, with ``locality``.

    Returns
    -------
    localities
        Table ``localities`` of :mod:`hubscan.schema`, with ``address``.
    """
    once = spellings.drop_duplicates("locality")
    return once[["locality", "city", "region", "country", "address"]].reset_index(drop=True)
