"""The workbook of the JRC's COIN Tool: framework and values in the sheets of its input deck."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import xlsxwriter

from hubscan.errors import InputError
from hubscan.index._levels import level_table, without_passes
from hubscan.index.bridges import write_cell
from hubscan.index.framework import Framework

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS: Final = {
    "weight": 6, "direction": 7, "lower": 8, "upper": 9, "index": 10, "sub-index": 11,
    "pillar": 12, "sub-pillar": 13, "name": 14, "code": 15,
}  # fmt: skip
"""Rows of the sheet ``Database`` (from 0) that describe an indicator; the units follow."""

LEVELS: Final = {2: "sub-pillar", 3: "pillar", 4: "sub-index", 5: "index"}
"""Levels above the indicators and the row that names the node of each."""

_FIRST_UNIT: Final = 16
_NAME, _CODE, _FIRST_INDICATOR = 1, 2, 4
_FRAMEWORK_HEADER: Final = 3
_FRAMEWORK_COLUMNS: Final = {"code": 2, "weight": 4, "name": 7}
_MISSING: Final = "n/a"
_ROWS_USED: Final = 300
_COLUMNS_USED: Final = 99


def coin_tool_workbook(tree: Framework, values: pd.DataFrame, names: pd.Series) -> bytes:
    """
    Return a workbook with the input sheets of the COIN Tool, ``Database`` and ``Framework``.

    Parameters
    ----------
    tree
        The framework, at most four levels above the indicators; where an edge skips a level, a node
        that hands its value on is put in.
    values
        Indexed by unit code, columns leaves.
    names
        Names of the units, indexed by unit code.

    Returns
    -------
    content
        An XLSX file; equal inputs give equal bytes.

    Raises
    ------
    InputError
        If the tree is too deep, or there are more units or indicators than the tool holds.

    Examples
    --------
    >>> tree = Framework.from_parents({"x": "T", "y": "T"}, weight={"x": 1, "y": 3})
    >>> values = pd.DataFrame({"x": [1.0], "y": [float("nan")]}, index=["NOR"])
    >>> content = coin_tool_workbook(tree, values, pd.Series({"NOR": "Norway"}))
    >>> again, table, units = coin_tool_tables(content)
    >>> again.shares.to_dict(), table["x"].to_dict(), units.to_dict()
    ({'T': 1.0, 'x': 0.25, 'y': 0.75}, {'NOR': 1.0}, {'NOR': 'Norway'})
    """
    nodes = _nodes(tree)
    if len(values) > _ROWS_USED - 1 or len(tree.leaves) > _COLUMNS_USED:
        msg = (
            f"coin tool: {len(values)} units and {len(tree.leaves)} indicators: it holds "
            f"{_ROWS_USED - 1} and {_COLUMNS_USED}"
        )
        raise InputError(msg)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": pd.Timestamp("2000-01-01").to_pydatetime()})
        _write_database(book.add_worksheet("Database"), tree, nodes, values, names)
        _write_framework(book.add_worksheet("Framework"), tree, nodes)
    return buffer.getvalue()


def _nodes(tree: Framework) -> pd.DataFrame:
    """Return the nodes by level, indexed by code; the root at the level of the index."""
    nodes = level_table(tree)
    top = int(nodes["level"].max())
    if top > max(LEVELS):
        msg = f"coin tool: {top - 1} levels above the indicators: it holds {max(LEVELS) - 1}"
        raise InputError(msg)
    return nodes.set_index("code")


def _write_database(
    sheet: Any,  # noqa: ANN401 - the writer's sheets have no types
    tree: Framework,
    nodes: pd.DataFrame,
    values: pd.DataFrame,
    names: pd.Series,
) -> None:
    """Write indicators with what lies above them, then the units and their values."""
    table, top = tree.table, int(nodes["level"].max())
    for row, text in {row: name for name, row in ROWS.items()}.items():
        write_cell(sheet, row, _FIRST_INDICATOR - 1, text)
    for place, leaf in enumerate(tree.leaves):
        column = _FIRST_INDICATOR + place
        own = table.loc[leaf]
        above = _above(leaf, nodes, top)
        entries = {name: own[name] for name in ("direction", "lower", "upper")} | above
        entries |= {"weight": nodes.loc[leaf, "weight"], "name": own["name"] or leaf, "code": leaf}
        for name, value in entries.items():
            write_cell(sheet, ROWS[name], column, value)
        cells = values[leaf] if leaf in values else pd.Series(np.nan, index=values.index)
        for row, value in enumerate(cells, start=_FIRST_UNIT):
            write_cell(sheet, row, column, _MISSING if np.isnan(value) else float(value))
    for row, code in enumerate(values.index, start=_FIRST_UNIT):
        write_cell(sheet, row, _NAME, names.get(code, code))
        write_cell(sheet, row, _CODE, code)


def _above(leaf: str, nodes: pd.DataFrame, top: int) -> dict[str, str]:
    """Return the node at each level above a leaf; levels the tree has not got name its root."""
    found, code = {}, leaf
    parents = nodes["parent"].to_dict()
    for level, name in LEVELS.items():
        code = str(parents[code]) if level <= top else code
        found[name] = code
    return found


def _write_framework(
    sheet: Any,  # noqa: ANN401 - the writer's sheets have no types
    tree: Framework,
    nodes: pd.DataFrame,
) -> None:
    """Write code, weight and name of every node above the indicators."""
    table = tree.table
    headers = {"code": "Code", "weight": "Weight", "name": "Dimension/indicator"}
    for name, column in _FRAMEWORK_COLUMNS.items():
        write_cell(sheet, _FRAMEWORK_HEADER, column, headers[name])
    upper = nodes[nodes["level"] > 1]
    names = table["name"].to_dict()
    weights = zip(map(str, upper.index), upper["weight"], strict=True)
    for row, (code, weight) in enumerate(weights, start=_FRAMEWORK_HEADER + 1):
        entries = {"code": code, "weight": weight, "name": names.get(code) or code}
        for key, value in entries.items():
            write_cell(sheet, row, _FRAMEWORK_COLUMNS[key], value)


def coin_tool_tables(content: bytes) -> tuple[Framework, pd.DataFrame, pd.Series]:
    """
    Return framework, values and names of the units of a COIN Tool workbook.

    Needs openpyxl.

    Parameters
    ----------
    content
        The XLSX or XLSM file; its sheets ``Database`` and ``Framework`` are read.

    Returns
    -------
    framework
        Levels that are not used are left out.
    values
        Indexed by unit code, columns leaves; ``n/a`` = missing.
    names
        Names of the units, indexed by unit code.

    Raises
    ------
    InputError
        If it is no workbook, a sheet is missing, or no indicator or unit is found.

    Examples
    --------
    >>> coin_tool_tables(b"")
    Traceback (most recent call last):
    ...
    hubscan.errors.InputError: coin tool: not a workbook with the sheets Database and Framework
    """
    try:
        sheets = pd.read_excel(
            io.BytesIO(content), sheet_name=["Database", "Framework"], header=None, dtype=object,
            keep_default_na=False, engine="openpyxl",
        )  # fmt: skip
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        msg = "coin tool: not a workbook with the sheets Database and Framework"
        raise InputError(msg) from error
    database = sheets["Database"].replace({"": None, _MISSING: None}).to_numpy(object)
    columns = _used(database, ROWS["code"], _FIRST_INDICATOR)
    described = {name: list(database[row, columns]) for name, row in ROWS.items()}
    rows = [row for row in range(_FIRST_UNIT, len(database)) if database[row, _CODE] is not None]
    if not rows:
        msg = f"coin tool: no unit code in column C from row {_FIRST_UNIT + 1} of Database"
        raise InputError(msg)
    units = [str(code) for code in database[rows, _CODE]]
    leaves = [str(code) for code in described["code"]]
    values = pd.DataFrame(database[np.ix_(rows, columns)], index=units, columns=leaves)
    names = pd.Series([str(name) for name in database[rows, _NAME]], index=units)
    framework = sheets["Framework"].replace({"": None}).to_numpy(object)
    return _tree(described, framework), values.astype(float), names


def _used(table: NDArray[np.object_], row: int, first: int) -> list[int]:
    """Return the columns with an indicator code."""
    found = []
    if row < len(table):
        found = [c for c in range(first, table.shape[1]) if table[row, c] is not None]
    if not found:
        msg = f"coin tool: no indicator code in row {row + 1} of Database"
        raise InputError(msg)
    return found


def _tree(described: dict[str, list[Any]], framework: NDArray[np.object_]) -> Framework:
    """Return the framework that the columns of the database describe."""
    code_column, weight_column, name_column = _FRAMEWORK_COLUMNS.values()
    above: dict[str, NDArray[np.object_]] = {}
    if framework.shape[1] > name_column:
        body = framework[_FRAMEWORK_HEADER + 1 :]
        above = {str(row[code_column]): row for row in body if row[code_column] is not None}
    rows: dict[str, dict[str, Any]] = {}
    for place, code in enumerate(map(str, described["code"])):
        chain = [code, *(str(described[name][place]) for name in LEVELS.values())]
        steps = [node for i, node in enumerate(chain) if node not in chain[:i]]
        rows[code] = {name: described[name][place] for name in ("weight", "direction", "name")}
        rows[code] |= {name: described[name][place] for name in ("lower", "upper")}
        rows[code]["parent"] = steps[1]
        for node, parent in zip(steps[1:], [*steps[2:], ""], strict=True):
            entry = above.get(node)
            rows[node] = {
                "parent": parent,
                "weight": 1.0 if entry is None else entry[weight_column],
                "name": node if entry is None else entry[name_column],
            }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("code").reset_index()
    return Framework(without_passes(table))
