"""Economies as the reports name and group them: region, continent and income group at a date."""

from __future__ import annotations

from importlib import resources
from typing import Final

import pandas as pd

from hubscan.errors import InputError

COLUMNS: Final = ("economy", "name", "region", "continent", "income_group", "as_of", "basis")

FIRST_DAY: Final = "2023-07-01"
"""The first day for which groups are shipped."""

INCOME_GROUPS: Final = ("low", "lower middle", "upper middle", "high")
"""Income groups, the poorest first; an economy that is not classified has none (empty)."""

MIDDLE: Final = ("lower middle", "upper middle")
"""What the reports call middle-income economies."""


def economies(*, as_of: str, overrides: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Return the economies of the world as they were grouped on a day.

    Names are those of the reports' tables; regions those of the Global Innovation Index; continents
    those of which the cluster texts speak (Northern America without Mexico; Oceania apart from
    Asia); income groups those of the World Bank, in force for a year from 1 July.

    Parameters
    ----------
    as_of
        Day, as ``YYYY-MM-DD``, from 2023-07-01 on. The report of 2024 speaks of the groups of
        2023-07-01 (the Russian Federation is a middle-income economy), that of 2025 of those of
        2024-07-01.
    overrides
        Rows of the same columns that take the place of the shipped rows of their economies;
        ``basis`` may be missing.

    Returns
    -------
    economies
        ``economy`` (ISO 3166 alpha-2), ``name``, ``region``, ``continent``, ``income_group``,
        ``as_of`` (day from which the row holds), ``basis`` (``report``: the report of that year
        says so; ``list``: the World Bank's list of lower and middle incomes; ``changes``: its note
        on what changed; ``general knowledge``: high-income economies and territories, not checked
        against a list; ``none``: not classified); by economy, one row each.

    Raises
    ------
    InputError
        If the day is before the first row, no day, or an override lacks a column or names an
        unknown income group.

    Examples
    --------
    >>> table = economies(as_of="2024-09-01").set_index("economy")
    >>> table.loc[["RU", "TW"], "income_group"].tolist()
    ['high', 'high']
    >>> economies(as_of="2023-09-01").set_index("economy").loc["RU", "income_group"]
    'upper middle'
    """
    rows = _shipped()
    if overrides is not None:
        rows = rows[~rows["economy"].isin(overrides["economy"])]
        rows = pd.concat([rows, _checked(overrides)], ignore_index=True)
    day = _day(as_of)
    if day < str(rows["as_of"].min()):
        msg = f"economies: as_of = {as_of}: must not be before {rows['as_of'].min()}"
        raise InputError(msg)
    known = rows[rows["as_of"] <= day].sort_values(["economy", "as_of"], kind="stable")
    return known.drop_duplicates("economy", keep="last", ignore_index=True)


def in_force(year: int) -> str:
    """
    Return the day whose income groups an edition speaks of: 1 July of the year before.

    Parameters
    ----------
    year
        Of the edition.

    Returns
    -------
    day
        Not before the first shipped one.

    Examples
    --------
    >>> in_force(2025), in_force(2023)
    ('2024-07-01', '2023-07-01')
    """
    return max(f"{year - 1}-07-01", FIRST_DAY)


def _shipped() -> pd.DataFrame:
    file = resources.files("hubscan.report.gii") / "economies.csv"
    with file.open(encoding="utf-8") as opened:
        return pd.read_csv(opened, keep_default_na=False, dtype=str)


def _day(text: str) -> str:
    try:
        return pd.Timestamp(text).date().isoformat()
    except ValueError as error:
        msg = f"economies: as_of = {text!r}: must be a day such as 2024-07-01"
        raise InputError(msg) from error


def _checked(overrides: pd.DataFrame) -> pd.DataFrame:
    """Return overrides with all columns, or say what is wrong with them."""
    given = overrides.assign(basis=overrides.get("basis", "override"))
    missing = [name for name in COLUMNS if name not in given]
    if missing:
        msg = f"economies: overrides lack the columns {', '.join(missing)}"
        raise InputError(msg)
    unknown = set(given["income_group"]) - {*INCOME_GROUPS, ""}
    if unknown:
        known = ", ".join(INCOME_GROUPS)
        msg = f"economies: income group {min(unknown)!r}: must be one of {known}, or empty"
        raise InputError(msg)
    return given[list(COLUMNS)].astype(str)
