"""The published cluster tables of the Global Innovation Index 2023 to 2025, as shipped."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def names() -> list[str]:
    """
    Return the names of the published tables.

    Examples
    --------
    >>> len(names())
    16
    """
    files = [each.name for each in _folder().iterdir() if each.name.endswith(".csv")]
    return sorted(name.removesuffix(".csv") for name in files)


def published(name: str) -> pd.DataFrame:
    """
    Return one published table.

    Parameters
    ----------
    name
        Its name, one of :func:`names`; the README beside the tables describes their columns.

    Returns
    -------
    table
        As printed, except for the entries of ``fixes``. Only empty cells are missing values, so
        that Namibia's code stays a code.

    Raises
    ------
    InputError
        If there is no such table.

    Examples
    --------
    >>> table = published("clusters_2025_appendix_table2")
    >>> table["total_share"].head(3).tolist()
    [14.28, 13.92, 11.5]
    """
    if name not in names():
        msg = f"reference: there is no table {name!r}: known are {', '.join(names())}"
        raise InputError(msg)
    with (_folder() / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, keep_default_na=False, na_values=[""])


def _folder() -> Traversable:
    return resources.files("hubscan.reference") / "gii"
