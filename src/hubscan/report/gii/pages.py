"""All report tables of a run as one Markdown page and as one workbook."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.errors import InputError
from hubscan.report.gii.layout import markdown_text, printed, rounded
from hubscan.report.gii.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hubscan.report.gii.registry import ReportTable

_EPOCH: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - workbooks hold times without a zone
_FORMATS: Final = {
    "text": "General",
    "whole": "#,##0",
    "count": "#,##0.00",
    "amount": "#,##0.00",
    "share": "0.00",
    "tenths": '0.0"%"',
    "percent": "0.0",
}
_WIDEST: Final = 44
_NARROWEST: Final = 7


def markdown_page(
    tables: Mapping[str, pd.DataFrame], *, title: str, about: Mapping[str, str]
) -> str:
    """
    Return report tables as one Markdown page, each under its title.

    Parameters
    ----------
    tables
        From :func:`hubscan.report.gii.registry.report_tables`.
    title
        Of the page.
    about
        What is said below the title: data, attribution and the like; empty texts are left out.

    Returns
    -------
    text
        Numbers as printed; a table without rows says so.

    Raises
    ------
    InputError
        If a table is none of :data:`hubscan.report.gii.registry.TABLES`.

    Examples
    --------
    >>> table = pd.DataFrame({"economy": ["CN"], "economy_name": ["China"], "top100_clusters": 24})
    >>> page = markdown_page({"clusters_2024_table6_counts": table}, title="Run", about={})
    >>> print(page.splitlines()[2])
    ## Table 6 Economies with three or more top 100 S&T clusters, 2024
    """
    parts = [f"# {title}\n"]
    said = [f"- {name}: {text}\n" for name, text in about.items() if text]
    parts += ["".join(said)] if said else []
    for name, table in tables.items():
        known = _known(name)
        body = markdown_text(printed(table, known.headings)) if len(table) else "No rows.\n"
        parts.append(f"## {known.title}\n\n{body}")
    return "\n".join(parts)


def write_report_workbook(
    tables: Mapping[str, pd.DataFrame], path: Path, *, about: Mapping[str, str]
) -> None:
    """
    Write report tables as a workbook: a sheet each under the report's headings, and ``About``.

    Numbers are numbers, rounded as printed; equal tables give equal files.

    Parameters
    ----------
    tables
        From :func:`hubscan.report.gii.registry.report_tables`.
    path
        The file to write.
    about
        Rows of the sheet ``About``, before the titles of the tables.

    Raises
    ------
    InputError
        If a table is none of :data:`hubscan.report.gii.registry.TABLES`.
    """
    import xlsxwriter  # noqa: PLC0415 - heavy; not every report needs it

    titles = {_known(name).sheet: _known(name).title for name in tables}
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _EPOCH})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for name, table in tables.items():
            _write_sheet(book, TABLES[name], table, head)
        sheet = book.add_worksheet("About")
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, 110)
        for row, (key, text) in enumerate([*about.items(), *titles.items()]):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, text)
    path.write_bytes(buffer.getvalue())


def _known(name: str) -> ReportTable:
    if name not in TABLES:
        msg = f"report: {name!r} is no table of the reports: known are {', '.join(TABLES)}"
        raise InputError(msg)
    return TABLES[name]


def _write_sheet(book: Any, known: ReportTable, table: pd.DataFrame, head: Any) -> None:  # noqa: ANN401 - xlsxwriter
    """Write one table under its headings."""
    sheet = book.add_worksheet(known.sheet)
    sheet.freeze_panes(1, 0)
    numbers, texts = rounded(table, known.headings), printed(table, known.headings)
    for column, heading in enumerate(known.headings):
        form = book.add_format({"num_format": _FORMATS[heading.form]})
        longest = max((len(text) for text in texts[heading.heading]), default=0)
        sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, longest) + 3), form)
        sheet.write_string(0, column, heading.heading, head)
        for row, value in enumerate(numbers[heading.name].tolist(), start=1):
            if heading.form == "text":
                sheet.write_string(row, column, str(value))
            elif pd.isna(value):
                sheet.write_string(row, column, "n.a.")
            else:
                sheet.write_number(row, column, value)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(known.headings) - 1)
