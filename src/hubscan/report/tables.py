"""Tables as files: CSV, Parquet and Excel workbooks, equal byte by byte for equal tables."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_RETURN: Final = r"\r\n?"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_EPOCH: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_FORMATS: Final = {
    "share": "0.00%",
    "per_million": "#,##0.00",
    "count": "#,##0.00",
    "population": "#,##0",
    "area": "#,##0.0",
    "": "General",
}
_WIDEST: Final = 48
_MOST_ROWS: Final = 1_048_575
_LONGEST_TEXT: Final = 32_767
_LARGEST_WHOLE: Final = 999_999_999_999_999
"""Excel keeps 15 digits; longer whole numbers are keys, and stand as text."""


def csv_text(table: pd.DataFrame) -> str:
    r"""
    Return a table as CSV: UTF-8, comma, LF, numbers in full precision, empty where missing.

    Texts that a spreadsheet would run as a formula begin with an apostrophe.

    Parameters
    ----------
    table
        Any table; its index is left out.

    Returns
    -------
    text
        The header and one line a row.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"name": ["Zürich", "=1+1"], "share": [0.1, None]}))
    "name,share\nZürich,0.1\n'=1+1,\n"
    """
    return str(_harmless(table).to_csv(index=False, lineterminator="\n"))


def write_csv(
    table: pd.DataFrame, path: Path, *, about: Mapping[str, str], columns: Mapping[str, str]
) -> None:
    """
    Write a table as CSV, and beside it, as JSON, what it is about and what its columns mean.

    Parameters
    ----------
    table
        Any table; its index is left out.
    path
        The file to write, ending in ``.csv``; ``.csv.json`` stands beside it.
    about
        Edition, inputs, attribution and the like.
    columns
        Meanings, for :func:`described`.
    """
    path.write_text(csv_text(table), encoding="utf-8")
    content = {"about": dict(about), "columns": described(table, columns)}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path.with_name(f"{path.name}.json").write_text(text, encoding="utf-8")


def write_parquet(table: pd.DataFrame, path: Path, *, about: Mapping[str, str]) -> None:
    """
    Write a table as Parquet, with what it is about in the file's metadata.

    Parameters
    ----------
    table
        Any table; its index is left out.
    path
        The file to write.
    about
        Edition, inputs, attribution and the like; kept under the key ``hubscan``.
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy; not every report needs it
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    arrow = pa.Table.from_pandas(table, preserve_index=False)
    kept = arrow.schema.metadata or {}
    text = json.dumps(dict(about), ensure_ascii=False, sort_keys=True)
    arrow = arrow.replace_schema_metadata({**kept, b"hubscan": text.encode()})
    pq.write_table(arrow, path, compression="zstd")


def write_table(
    table: pd.DataFrame,
    stem: Path,
    *,
    about: Mapping[str, str],
    columns: Mapping[str, str] | None = None,
) -> None:
    """
    Write a table as CSV and as Parquet.

    Parameters
    ----------
    table
        Any table; its index is left out.
    stem
        Path without a suffix.
    about, columns
        As for :func:`write_csv`.
    """
    write_csv(table, stem.with_suffix(".csv"), about=about, columns=columns or {})
    write_parquet(table, stem.with_suffix(".parquet"), about=about)


def write_workbook(
    tables: Mapping[str, pd.DataFrame], path: Path, *, about: Mapping[str, str]
) -> None:
    """
    Write tables as an Excel workbook: one sheet each, and a sheet ``About``.

    Numbers are numbers with a display format, codes are text, no cell is a formula; dates of the
    document are fixed, so that equal tables give equal files.

    Parameters
    ----------
    tables
        Sheets by name.
    path
        The file to write.
    about
        Rows of the sheet ``About``.

    Raises
    ------
    InputError
        If a table has more rows, or a text more letters, than a sheet can hold.
    """
    import xlsxwriter  # noqa: PLC0415 - heavy; not every report needs it

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _EPOCH.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for name, table in tables.items():
            _sheet(book, name, table, bold)
        sheet = book.add_worksheet("About")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 110)
        for row, (key, value) in enumerate(about.items()):
            _text_cell(sheet, row, 0, key)
            _text_cell(sheet, row, 1, value)
    path.write_bytes(buffer.getvalue())


def described(table: pd.DataFrame, meanings: Mapping[str, str]) -> dict[str, str]:
    """
    Return the meaning of each column of a table; columns by indicator match ``count_*`` and so on.

    Parameters
    ----------
    table
        Any table.
    meanings
        Meaning by column name, or by a name that ends in ``*``.

    Returns
    -------
    columns
        Meaning by column; empty where none is given.

    Examples
    --------
    >>> described(pd.DataFrame({"count_deals": [1.0]}), {"count_*": "documents counted"})
    {'count_deals': 'documents counted'}
    """
    return {str(name): _meaning(str(name), meanings) for name in table.columns}


def _meaning(name: str, meanings: Mapping[str, str]) -> str:
    patterns = [key for key in meanings if key.endswith("*") and name.startswith(key[:-1])]
    patterns += [key for key in meanings if key.startswith("*") and name.endswith(key[1:])]
    return meanings.get(name) or (meanings[patterns[0]] if patterns else "")


def _harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet runs as a formula."""
    texts = {}
    for name in table:
        column = table[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(column.cat.categories.dtype)
        if pd.api.types.is_string_dtype(column):
            # a lone carriage return would end the row: nothing puts it in quotes
            column = column.str.replace(_RETURN, "\n", regex=True)
            risky = column.str.startswith(_FORMULA_STARTS, na=False).astype(bool)
            texts[str(name)] = column.where(~risky, "'" + column)
    return table.assign(**texts).rename(columns=harmless)


def harmless(text: object) -> str:
    """
    Return a text that no spreadsheet runs as a formula: it begins with an apostrophe if need be.

    Examples
    --------
    >>> harmless("=1+1"), harmless("Zürich"), harmless("'=1+1")
    ("'=1+1", 'Zürich', "'=1+1")
    """
    plain = re.sub(_RETURN, "\n", str(text))
    return f"'{plain}" if plain.startswith(_FORMULA_STARTS) else plain


def _sheet(book: Any, name: str, table: pd.DataFrame, bold: Any) -> None:  # noqa: ANN401 - xlsxwriter
    if len(table) > _MOST_ROWS:
        msg = f"report: {name} has {len(table):,} rows: a sheet holds {_MOST_ROWS:,}; use Parquet"
        raise InputError(msg)
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.columns):
        values = table[title]
        form = book.add_format({"num_format": _display_format(str(title), values)})
        longest = max([len(str(title)), *(len(str(v)) for v in values.head(200))], default=8)
        sheet.set_column(column, column, min(_WIDEST, longest + 2), form)
        sheet.write_string(0, column, str(title), bold)
        for row, value in enumerate(values.tolist(), start=1):
            _cell(sheet, row, column, value)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _cell(sheet: Any, row: int, column: int, value: object) -> None:  # noqa: ANN401 - xlsxwriter
    if value is None or value is pd.NA or (isinstance(value, float) and not np.isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) <= _LARGEST_WHOLE):
        sheet.write_number(row, column, value)
    else:
        _text_cell(sheet, row, column, str(value))


def _text_cell(sheet: Any, row: int, column: int, text: str) -> None:  # noqa: ANN401 - xlsxwriter
    if len(text) > _LONGEST_TEXT:
        msg = f"report: a text of {len(text):,} letters: a cell holds {_LONGEST_TEXT:,}"
        raise InputError(msg)
    sheet.write_string(row, column, text)


def _display_format(title: str, values: pd.Series[Any]) -> str:
    if not pd.api.types.is_float_dtype(values):
        return _FORMATS[""]
    key = next((key for key in _FORMATS if key and key in title), "")
    return _FORMATS[key]
