"""Tables with lines above their header: workbooks and CSV files, as rows of text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from hubscan.errors import InputError
from hubscan.ingest.rows import plain_name
from hubscan.readers.parts import Part
from hubscan.readers.records import text_lines
from hubscan.readers.sink import ROWS
from hubscan.readers.streams import Head
from hubscan.workbooks import MOST_BYTES, checked_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hubscan.readers.delimited import Layout
    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Member

ABOVE: Final = 15
"""Rows in which the header is looked for."""

_LINK: Final = re.compile(r'^=HYPERLINK\(\s*".*?"\s*[,;]\s*"(.*)"\s*\)$', re.IGNORECASE | re.DOTALL)


def with_rows(head: Head, member: Member) -> Head:
    """Return the beginning of a file; of a workbook, with its first rows as text."""
    if head.kind != "xlsx":
        return head
    rows = islice(_workbook_rows(member), ABOVE)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return Head(head.name, "xlsx", text.getvalue())


def sheet_part(name: str, layout: Layout, *, needed: bool, title: str) -> Part:
    """
    Return a part that is a workbook or CSV file whose header may stand below other rows.

    Parameters
    ----------
    name
        Its name, and that of its staged table.
    layout
        Its columns; ``delimiter`` is of CSV files.
    needed
        Whether the source can't be read without it.
    title
        What to call it in a sentence.

    Returns
    -------
    part
    """

    def staged(opened: Opened, sink: Sink) -> None:
        held: list[list[str | None]] = []
        for _, row in named_rows(opened, sink, layout):
            sink.rows.read += 1
            held.append([row.get(column) for column in layout.columns])
            if len(held) >= ROWS:
                sink.write(name, _table(held, layout))
                held = []
        if held:
            sink.write(name, _table(held, layout))

    return Part(
        name, lambda head: has_header(head, layout), staged, {name: layout.schema}, needed, title
    )


def _table(rows: Sequence[Sequence[str | None]], layout: Layout) -> pa.Table:
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
    return pa.Table.from_arrays(columns, schema=layout.schema)


def has_header(head: Head, layout: Layout) -> bool:
    """Return whether one of the first rows of a file is the header of a layout."""
    if head.kind not in ("text", "xlsx"):
        return False
    delimiter = layout.delimiter if head.kind == "text" else ","
    rows = csv.reader(io.StringIO(head.text), delimiter=delimiter)
    return any(_is_header(row, layout) for row in islice(rows, ABOVE))


def _is_header(row: Iterable[str], layout: Layout) -> bool:
    return {layout.ours(name) for name in row}.issuperset(layout.sign)


def named_rows(
    opened: Opened, sink: Sink, layout: Layout
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """
    Yield the rows below the header, by our names.

    Parameters
    ----------
    opened
        The file.
    sink
        Takes rows that have another number of columns than the header.
    layout
        The columns.

    Yields
    ------
    number, row
        Number of the row in the file, from 1, and its values; missing where blank.

    Raises
    ------
    InputError
        If no row is the header, or a column that is needed is not in it.
    """
    rows = enumerate(_rows(opened, sink, layout.delimiter), 1)
    names: list[str] = []
    for _, row in islice(rows, ABOVE):
        if _is_header(row, layout):
            names = [layout.ours(plain_name(name)) for name in row]
            break
    missing = [name for name in (*layout.sign, *layout.needed) if name not in names]
    if missing:
        msg = f"{opened.member.name}: no column {', '.join(map(repr, missing))} in its header"
        raise InputError(msg)
    for number, row in rows:
        values = [" ".join(value.split()) or None for value in row]
        if len(values) > len(names) and any(values[len(names) :]):
            sink.reject(number, "the row has another number of columns than the header", row)
        elif any(values):
            yield number, dict(zip(names, values, strict=False))


def _rows(opened: Opened, sink: Sink, delimiter: str) -> Iterator[list[str]]:
    if opened.head.kind == "xlsx":
        yield from _workbook_rows(opened.member)
        return
    with text_lines(opened, sink) as lines:
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            yield from reader
        except csv.Error as error:
            msg = f"{opened.member.name}: line {reader.line_num}: can't be read: {error}"
            raise InputError(msg) from error


def _workbook_rows(member: Member) -> Iterator[list[str]]:
    """Yield the rows of a workbook's sheet ``Data``, else of its first sheet."""
    import openpyxl  # type: ignore[import-untyped] # noqa: PLC0415 - no types; heavy, not for text

    with member.opened() as stream:
        content = stream.read(MOST_BYTES)
    packed = checked_workbook(content, where=member.name)
    try:
        with closing(openpyxl.load_workbook(packed, read_only=True)) as book:
            sheet = book["Data"] if "Data" in book.sheetnames else book.worksheets[0]
            for row in sheet.iter_rows(values_only=True):
                yield [_shown(value) for value in row]
    except Exception as error:
        # the library lets through whatever its parsers raise
        msg = f"{member.name}: can't be read as a workbook: {error}: save it again"
        raise InputError(msg) from error


def _shown(value: Any) -> str:  # noqa: ANN401 - a cell
    """
    Return a cell as text: dates in ISO form, links by what they show, nothing for nothing.

    Examples
    --------
    >>> _shown('=HYPERLINK("https://example.org","Acme")'), _shown(3.0), _shown(None)
    ('Acme', '3', '')
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    link = _LINK.match(text)
    return link[1] if link else text
