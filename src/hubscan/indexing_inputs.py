"""Reading a framework, values and a recipe: CSV, Excel, COINr tables, COIN Tool workbooks."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from hubscan.errors import FrameworkError, InputError
from hubscan.index import bridges, coin_tool, values
from hubscan.index.framework import Framework
from hubscan.index.recipe import Recipe
from hubscan.validation import toml_content
from hubscan.workbooks import checked_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MISSING: Final = ("", "NA", "N/A", "n/a", "NaN", "nan", "..")
"""Cells of values and attributes that mean: not known. Codes of units are never read so."""

_EXCEL: Final = (".xlsx", ".xlsm")
_COIN_TOOL: Final = frozenset({"Database", "Framework"})


class Given(NamedTuple):
    """Tidy values, and the attributes of the units (None if there are none)."""

    values: pd.DataFrame
    units: pd.DataFrame | None


def read_recipe(path: Path) -> Recipe:
    """
    Return the recipe in a TOML file: one table ``[[step]]`` for each step.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    recipe
        Its steps.

    Raises
    ------
    InputError
        If it can't be read, or holds no step.
    FrameworkError
        For faults of the steps.
    """
    try:
        content = toml_content(_bytes(path).decode("utf-8"))
    except ValueError as error:
        msg = f"{path.name}: is no TOML file: {error}"
        raise InputError(msg) from error
    steps = content.get("step")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        msg = f"{path.name}: has no steps: a table [[step]] was needed for each"
        raise InputError(msg)
    return Recipe.from_rows(steps)


def read_framework(path: Path) -> Framework:
    """
    Return the framework in a file.

    Parameters
    ----------
    path
        CSV or Excel with ``code, parent, weight``, or with COINr's columns of iMeta; or a workbook
        of the COIN Tool.

    Returns
    -------
    framework
        The tree.

    Raises
    ------
    InputError
        If the file can't be read.
    FrameworkError
        For faults of the tree.
    """
    if _is_coin_tool(path):
        return coin_tool.coin_tool_tables(_bytes(path))[0]
    table = _table(path, ("framework", "imeta"))
    try:
        return bridges.coinr_framework(_cleared(table)) if "iCode" in table else Framework(table)
    except (FrameworkError, ValueError) as error:
        msg = f"{path.name}: {error}"
        raise FrameworkError(msg) from error


def read_values(path: Path, framework: Framework) -> Given:
    """
    Return the values of the leaves of a framework, and everything else a file says of the units.

    Parameters
    ----------
    path
        CSV or Excel: long (``unit, indicator, value``, optional ``period`` and more), wide
        (``unit``, optional ``period``, a column a leaf), or COINr's iData (``uCode``, ``Time``); or
        a workbook of the COIN Tool. Columns of a wide table that are no leaves are attributes.
    framework
        The tree.

    Returns
    -------
    given
        See :class:`Given`.

    Raises
    ------
    InputError
        If the file can't be read, or a leaf has no column.
    FrameworkError
        For values that are no numbers, units that stand twice, and indicators that are no leaves.
    """
    if _is_coin_tool(path):
        _, wide, names = coin_tool.coin_tool_tables(_bytes(path))
        _check_leaves(path, framework, wide.columns)
        tidy = values.from_matrix(wide[list(framework.leaves)], period="", source=path.name)
        return Given(tidy, names.to_frame("name").rename_axis("unit"))
    table = _table(path, ("values", "idata"))
    if {"unit", "indicator", "value"} <= set(table):
        _check_leaves(path, framework, table["indicator"])
        known = table["value"].where(~table["value"].isin(MISSING))
        rows = table.assign(value=known)
        return Given(values.tidy(rows if "source" in rows else rows.assign(source=path.name)), None)
    return _wide(path, table, framework)


def _wide(path: Path, table: pd.DataFrame, framework: Framework) -> Given:
    """Return values and attributes of a table of units by indicators."""
    table = table.rename(columns={"uCode": "unit", "uName": "name", "Time": "period"})
    if "unit" not in table:
        msg = f"{path.name}: no column unit or uCode; found {', '.join(map(str, table))}"
        raise InputError(msg)
    leaves = list(framework.leaves)
    _check_leaves(path, framework, table.columns)
    keys = ["period", "unit"] if "period" in table and len(set(table["period"])) > 1 else ["unit"]
    period = table["period"].iloc[0] if "period" in table and len(table) else ""
    indexed = _cleared(table, keep=("unit", "period")).set_index(keys)
    repeated = indexed.index[indexed.index.duplicated()]
    if len(repeated):
        msg = f"{path.name}: {repeated[0]} stands twice: each unit must stand once a period"
        raise InputError(msg)
    tidy = values.from_matrix(indexed[leaves], period=str(period), source=path.name)
    others = [name for name in indexed if name not in leaves and name != "period"]
    attributes = indexed[others].apply(_typed)
    return Given(tidy, attributes if others else None)


def _typed(column: pd.Series) -> pd.Series:
    """Return a column as numbers if all its entries are."""
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if (numbers.notna() == column.notna()).all() else column


def _check_leaves(path: Path, framework: Framework, found: Iterable[object]) -> None:
    known = set(found)
    absent = [leaf for leaf in framework.leaves if leaf not in known]
    if absent:
        msg = (
            f"{path.name}: no values of {', '.join(absent)}: every leaf of the framework needs some"
        )
        raise InputError(msg)


def _cleared(table: pd.DataFrame, keep: Sequence[str] = ("iCode",)) -> pd.DataFrame:
    """Return a table of texts in which the words for a missing entry are missing."""
    others = [str(name) for name in table if name not in keep]
    return table.assign(**{name: table[name].where(~table[name].isin(MISSING)) for name in others})


def _table(path: Path, sheets: Sequence[str]) -> pd.DataFrame:
    """Return a table as texts: of a CSV file, or of the sheet of that name, or the first sheet."""
    if path.suffix.lower() in _EXCEL:
        table = _sheet(path, sheets)
    elif path.suffix.lower() == ".csv":
        _bytes(path)
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            msg = f"{path.name}: is no CSV file in UTF-8: {error}"
            raise InputError(msg) from error
    else:
        msg = f"{path.name}: ends in {path.suffix!r}: .csv, .xlsx or .xlsm was needed"
        raise InputError(msg)
    return table.rename(columns=lambda name: str(name).strip())


def _sheet(path: Path, sheets: Sequence[str]) -> pd.DataFrame:
    with _workbook(path) as book:
        named = [name for name in book.sheet_names if str(name).lower() in sheets]
        return pd.read_excel(
            book, named[0] if named else 0, dtype=str, keep_default_na=False, na_filter=False
        )


def _is_coin_tool(path: Path) -> bool:
    if path.suffix.lower() not in _EXCEL:
        return False
    with _workbook(path) as book:
        return set(book.sheet_names) >= _COIN_TOOL


def _workbook(path: Path) -> pd.ExcelFile:
    content = checked_workbook(_bytes(path), where=path.name)
    try:
        return pd.ExcelFile(content, engine="openpyxl")
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        msg = f"{path.name}: is no Excel workbook: {error}"
        raise InputError(msg) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: can't be read: {error.strerror or error}"
        raise InputError(msg) from error
