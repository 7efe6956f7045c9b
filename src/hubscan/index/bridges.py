"""Frameworks and values to and from other programs: COINr tables, COIN Tool workbooks, XLSX."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xlsxwriter

from hubscan.errors import FrameworkError, InputError
from hubscan.index._levels import level_table, without_passes
from hubscan.index.framework import Framework

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.index.pipeline import Result

IMETA: Final = (
    "Level", "iCode", "iName", "Direction", "Weight", "Unit", "Target", "Denominator", "Parent",
    "Type",
)  # fmt: skip
"""Columns of COINr's table of indicators."""

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet of a workbook."""

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.]")
_SHEET: Final = re.compile(r"[\[\]:*?/\\']")
_CREATED: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def coinr_codes(tree: Framework) -> dict[str, str]:
    """
    Return a code that COINr takes for each code of a tree: a letter first, no blanks.

    Parameters
    ----------
    tree
        The framework.

    Returns
    -------
    codes
        Code -> COINr code; codes that it takes stay, others get ``n_`` before them and ``_`` for
        what it does not take.

    Raises
    ------
    FrameworkError
        If two codes would become the same.

    Examples
    --------
    >>> coinr_codes(Framework.from_parents({"1.1": "GII", "CO 2": "GII"}))
    {'GII': 'GII', '1.1': 'n_1.1', 'CO 2': 'CO_2'}
    """
    codes: dict[str, str] = {}
    for code in tree.codes:
        safe = _UNSAFE.sub("_", code)
        safe = safe if safe[:1].isalpha() else f"n_{safe}"
        if safe in codes.values():
            msg = f"framework: {code!r} becomes {safe!r}, which is taken: rename one of them"
            raise FrameworkError(msg)
        codes[code] = safe
    return codes


def coinr_tables(
    tree: Framework, values: pd.DataFrame, units: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return a framework and its values as COINr takes them: iData and iMeta.

    COINr knows levels, each one above the other; where the tree skips levels, nodes that hand one
    value on are put in (:func:`coinr_framework` takes them out again).

    Parameters
    ----------
    tree
        The framework; its codes are made safe (:func:`coinr_codes`).
    values
        Indexed by unit, columns leaves.
    units
        Indexed by unit: names (``name``), groups (texts) and denominators (numbers); may be empty.

    Returns
    -------
    idata
        ``uCode, uName``, then the columns of ``units``, then one column a leaf.
    imeta
        Columns :data:`IMETA`; every column of iData but ``uCode, uName, Time`` has a row.

    Examples
    --------
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> values = pd.DataFrame({"x": [1.0], "y": [2.0]}, index=["NOR"])
    >>> idata, imeta = coinr_tables(tree, values, pd.DataFrame(index=["NOR"]))
    >>> idata.values.tolist(), imeta[["Level", "iCode", "Parent", "Type"]].values.tolist()[-1]
    ([['NOR', 'NOR', 1.0, 2.0]], [2, 'T', '', 'Aggregate'])
    """
    safe = coinr_codes(tree)
    attributes = units.reindex(values.index).drop(columns="name", errors="ignore")
    names = units["name"] if "name" in units else pd.Series(values.index, index=values.index)
    leaves = values.reindex(columns=list(tree.leaves)).rename(columns=safe)
    idata = pd.concat([attributes, leaves], axis=1)
    idata.insert(0, "uName", names.reindex(values.index).to_numpy())
    idata.insert(0, "uCode", values.index)
    return idata.reset_index(drop=True), _imeta(tree, safe, attributes)


def _imeta(tree: Framework, safe: Mapping[str, str], attributes: pd.DataFrame) -> pd.DataFrame:
    """Return COINr's table of indicators, aggregates and attributes."""
    nodes, table = level_table(tree), tree.table
    leaves = set(tree.leaves)
    rows = []
    for code, level, parent, weight in nodes.itertuples(index=False):
        own = table.loc[code] if code in table.index else None
        leaf = code in leaves
        rows.append(
            {
                "Level": level,
                "iCode": _safe(code, safe),
                "iName": own["name"] or code if own is not None else code,
                "Direction": int(own["direction"]) if leaf and own is not None else 1,
                "Weight": weight,
                "Unit": own["unit"] if own is not None else "",
                "Target": own["target"] if own is not None else np.nan,
                "Denominator": own["denominator"] if own is not None else "",
                "Parent": _safe(parent, safe),
                "Type": "Indicator" if leaf else "Aggregate",
            }
        )
    denominators = set(table["denominator"])
    for name in attributes.columns.drop("Time", errors="ignore"):
        numeric = pd.api.types.is_numeric_dtype(attributes[name])
        kind = "Group" if not numeric else "Denominator" if name in denominators else "Other"
        rows.append({"iCode": name, "iName": name, "Unit": "", "Parent": "", "Type": kind})
    order = {"Indicator": 0, "Group": 1, "Denominator": 1, "Other": 1, "Aggregate": 2}
    imeta = pd.DataFrame(rows, columns=list(IMETA))
    imeta["Level"] = imeta["Level"].astype("Int64")
    return imeta.sort_values("Type", key=lambda kinds: kinds.map(order), kind="stable").reset_index(
        drop=True
    )


def _safe(code: str, safe: Mapping[str, str]) -> str:
    """Return the safe form of a code, of a node put in, or of no code."""
    if code in safe or not code:
        return safe.get(code, "")
    child, _, level = code.rpartition("_L")
    return f"{safe[child]}_L{level}"


def coinr_framework(imeta: pd.DataFrame) -> Framework:
    """
    Return the framework of COINr's table of indicators.

    Parameters
    ----------
    imeta
        ``Level, iCode, Parent, Direction, Weight, Type``; ``iName, Unit, Target, Denominator`` if
        there.

    Returns
    -------
    framework
        Indicators and aggregates; groups, denominators and other columns are no nodes.

    Raises
    ------
    FrameworkError
        If a required column is missing, or for the faults of the tree.

    Examples
    --------
    >>> imeta = pd.DataFrame({"Level": [1, 1, 2], "iCode": ["x", "y", "T"],
    ...                       "Parent": ["T", "T", ""], "Direction": [1, -1, 1],
    ...                       "Weight": [1, 3, 1],
    ...                       "Type": ["Indicator", "Indicator", "Aggregate"]})
    >>> coinr_framework(imeta).shares.to_dict()
    {'T': 1.0, 'x': 0.25, 'y': 0.75}
    """  # fmt: skip
    for column in ("Level", "iCode", "Parent", "Direction", "Weight", "Type"):
        if column not in imeta:
            msg = f"iMeta: column {column!r} is missing; found {', '.join(map(str, imeta))}"
            raise FrameworkError(msg)
    nodes = imeta[imeta["Type"].isin(["Indicator", "Aggregate"])]
    leaf = nodes["Type"] == "Indicator"
    blank = pd.Series("", index=nodes.index)
    parent = nodes["Parent"].astype(object)
    table = pd.DataFrame(
        {
            "code": nodes["iCode"].astype(str),
            "parent": parent.where(parent.notna(), ""),
            "weight": nodes["Weight"].astype(float),
            "name": nodes.get("iName", blank),
            "direction": nodes["Direction"].astype(float).where(leaf),
            "unit": nodes.get("Unit", blank),
            "target": nodes.get("Target", blank).where(leaf),
            "denominator": nodes.get("Denominator", blank).where(leaf),
        }
    )
    return Framework(without_passes(table))


def coinr_values(idata: pd.DataFrame, imeta: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the values and the attributes of the units of COINr's table of data.

    Parameters
    ----------
    idata
        ``uCode``, attributes, one column an indicator; with ``Time``, one row a unit and time.
    imeta
        COINr's table of indicators; says which columns are indicators.

    Returns
    -------
    values
        Indexed by unit (by period and unit if ``Time`` varies), columns indicators.
    units
        Indexed alike: ``name`` and the other columns.

    Raises
    ------
    InputError
        If ``uCode`` or an indicator is missing.

    Examples
    --------
    >>> idata = pd.DataFrame({"uCode": ["NOR"], "uName": ["Norway"], "Area": [3.0], "x": [1.0]})
    >>> imeta = pd.DataFrame({"iCode": ["x", "Area"], "Type": ["Indicator", "Denominator"]})
    >>> values, units = coinr_values(idata, imeta)
    >>> values.loc["NOR"].to_dict(), units.loc["NOR"].to_dict()
    ({'x': 1.0}, {'name': 'Norway', 'Area': 3.0})
    """
    indicators = imeta.loc[imeta["Type"] == "Indicator", "iCode"].astype(str).tolist()
    for column in ("uCode", *indicators):
        if column not in idata:
            msg = f"iData: column {column!r} is missing; found {', '.join(map(str, idata))}"
            raise InputError(msg)
    panel = "Time" in idata and len(set(idata["Time"])) > 1
    keys = ["Time", "uCode"] if panel else ["uCode"]
    indexed = idata.set_index(keys).rename_axis(["period", "unit"] if panel else ["unit"])
    units = indexed.drop(columns=[*indicators, *(["uCode"] if "uCode" in indexed else [])])
    return indexed[indicators].astype(float), units.rename(columns={"uName": "name"})


def result_tables(result: Result) -> dict[str, pd.DataFrame]:
    """
    Return everything a run made as tables, for :func:`workbook`.

    Parameters
    ----------
    result
        What :func:`hubscan.index.pipeline.run` returns.

    Returns
    -------
    tables
        ``framework``, ``recipe``, every stage by its name, ``scores``, ``ranks``, what was fitted
        at each stage, ``changed cells`` and ``warnings``.

    Examples
    --------
    >>> from hubscan.index import pipeline, values
    >>> from hubscan.index.recipe import Recipe, Step
    >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
    >>> steps = Step("aggregate", "arithmetic", means), Step("rank", "min", {"tolerance": 1e-9})
    >>> raw = values.from_matrix(pd.DataFrame({"x": [1.0]}, index=["A"]), period="", source="")
    >>> result = pipeline.run(raw, Framework.from_parents({"x": "T"}), Recipe(steps))
    >>> list(result_tables(result))
    ['framework', 'recipe', 'raw', 'scores', 'ranks', 'changed cells', 'warnings']
    """
    steps = [
        (step.step, step.method, "; ".join(f"{k} = {v}" for k, v in step.parameters.items()))
        for step in result.recipe
    ]
    tables = {
        "framework": result.framework.table,
        "recipe": pd.DataFrame(steps, columns=["step", "method", "parameters"]),
    }
    units = {**result.stages, "scores": result.scores, "ranks": result.ranks}
    tables |= {name: table.rename_axis(_unit_names(table)) for name, table in units.items()}
    tables |= {f"{name} fitted": table for name, table in result.fitted.items()}
    return tables | {"changed cells": result.cells, "warnings": result.warnings}


def _unit_names(table: pd.DataFrame) -> list[str]:
    """Return the names of an index of units, or of periods and units."""
    return ["period", "unit"] if table.index.nlevels > 1 else ["unit"]


def workbook(tables: Mapping[str, pd.DataFrame], *, about: Mapping[str, str]) -> bytes:
    """
    Return a workbook with one sheet a table and a first sheet that says what it is.

    Numbers are numbers, texts are texts (a text that starts with ``=`` is no formula), missing
    cells are empty. Dates of the document are fixed, so equal tables give equal bytes.

    Parameters
    ----------
    tables
        Name of the sheet -> table: every step of a calculation, its ranks, its findings. A named
        index becomes columns.
    about
        What stands on the sheet ``About``: edition, recipe hash, version, source.

    Returns
    -------
    content
        An XLSX file.

    Raises
    ------
    InputError
        If a table has more rows than a sheet holds, or two names become the same.

    Examples
    --------
    >>> content = workbook({"ranks": pd.DataFrame({"unit": ["Oslo"], "rank": [1]})}, about={})
    >>> (
    ...     content[:2],
    ...     content == workbook({"ranks": pd.DataFrame({"unit": ["Oslo"], "rank": [1]})}, about={}),
    ... )
    (b'PK', True)
    """
    sheets = {"About": pd.DataFrame({"what": list(about), "is": list(about.values())})}
    for name, table in tables.items():
        sheet = _SHEET.sub(" ", name)[:31].strip()
        if sheet.lower() in {known.lower() for known in sheets}:
            msg = f"workbook: the name {sheet!r} is taken: sheets need different names"
            raise InputError(msg)
        if len(table) >= MOST_ROWS:
            msg = f"workbook: {name} has {len(table)} rows: a sheet holds {MOST_ROWS - 1}"
            raise InputError(msg)
        indexed = any(level is not None for level in table.index.names)
        sheets[sheet] = table.reset_index() if indexed else table
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, header in enumerate(map(str, table.columns)):
                sheet.write_string(0, column, header, bold)
                for row, value in enumerate(table.iloc[:, column], start=1):
                    write_cell(sheet, row, column, value)
    return buffer.getvalue()


def write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    """
    Write one value of a table into a cell of a sheet: number, truth, text or nothing.

    Parameters
    ----------
    sheet
        The sheet.
    row, column
        Place of the cell, from 0.
    value
        Missing and infinite numbers leave the cell empty or become texts.

    Examples
    --------
    >>> book = xlsxwriter.Workbook(io.BytesIO())
    >>> sheet = book.add_worksheet()
    >>> write_cell(sheet, 0, 0, "=1+1")
    >>> sheet.table[0][0].__class__.__name__
    'String'
    """
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return
    if isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, column, bool(value))
    elif isinstance(value, int | float | np.integer | np.floating) and np.isfinite(value):
        sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, str(value))
