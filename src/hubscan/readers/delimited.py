"""Delimited text as staged tables: only the columns needed, every value as text, in one pass."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from hubscan.errors import InputError
from hubscan.ingest.rows import plain_name
from hubscan.readers.parts import Part
from hubscan.readers.streams import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import CleanText, Head

BLOCK: Final = 4 << 20
"""Bytes that are parsed at a time; a row must be shorter."""

_SHOWN: Final = 300
_OPEN: Final = "a quote is never closed, or the file is cut short"


@dataclass(frozen=True)
class Rule:
    """A test of rows, and the reason why those that pass it are rejected."""

    reason: str
    test: Callable[[pa.Table], Any]
    """From a table of texts to true where the row is rejected (missing counts as false)."""
    listed: bool = False
    """Whether each row is written out: for faults; rows out of scope are only counted."""


@dataclass(frozen=True)
class Layout:
    """Columns of a delimited file: those that tell it, those it needs, those it may have."""

    sign: tuple[str, ...]
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    delimiter: str = ","
    rules: tuple[Rule, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Other spellings of columns: theirs, ours."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, once."""
        return tuple(dict.fromkeys((*self.sign, *self.needed, *self.optional)))

    @property
    def schema(self) -> pa.Schema:
        """The staged table: every column as text."""
        return pa.schema([(name, pa.string()) for name in self.columns])

    def ours(self, theirs: str) -> str:
        """Return our name of a column of the file."""
        plain = plain_name(theirs)
        return dict(self.renamed).get(plain, plain)


def delimited_part(name: str, layout: Layout, *, needed: bool = True, title: str = "") -> Part:
    """
    Return a part that is a delimited file.

    Parameters
    ----------
    name
        Its name, and that of its staged table.
    layout
        Its columns.
    needed
        Whether the source can't be read without it.
    title
        What to call it in a sentence.

    Returns
    -------
    part
    """
    return Part(
        name,
        lambda head: _signed(head, layout),
        lambda opened, sink: _stage(opened, sink, name, layout),
        {name: layout.schema},
        needed,
        title,
    )


def header(head: Head, delimiter: str) -> list[str]:
    r"""
    Return the names in a delimited file's first row.

    Examples
    --------
    >>> from hubscan.readers.streams import Head
    >>> header(Head("a.csv", "text", 'a,"b, c"\n1,2\n'), ",")
    ['a', 'b, c']
    """
    return next(csv.reader(io.StringIO(head.first_line), delimiter=delimiter), [])


def _signed(head: Head, layout: Layout) -> bool:
    if head.kind != "text":
        return False
    found = {layout.ours(name) for name in header(head, layout.delimiter)}
    return found.issuperset(layout.sign)


def _stage(opened: Opened, sink: Sink, table: str, layout: Layout) -> None:
    theirs = _columns(opened, layout)
    for rows, first in text_tables(opened, sink, tuple(theirs.values()), layout.delimiter):
        columns = [
            trimmed(rows.column(theirs[name]))
            if name in theirs
            else pa.nulls(len(rows), pa.string())
            for name in layout.columns
        ]
        named = pa.Table.from_arrays(columns, schema=layout.schema)
        sink.rows.read += len(named)
        sink.write(table, _kept(named, sink, layout.rules, first))


def _columns(opened: Opened, layout: Layout) -> dict[str, str]:
    """Return the file's own name of each of our columns that it has."""
    found: dict[str, str] = {}
    for name in header(opened.head, layout.delimiter):
        found.setdefault(layout.ours(name), name)
    missing = [name for name in (*layout.sign, *layout.needed) if name not in found]
    if missing:
        msg = (
            f"{opened.member.name}: no column {', '.join(map(repr, missing))}: "
            f"the file has {', '.join(found)}"
        )
        raise InputError(msg)
    return {name: found[name] for name in layout.columns if name in found}


def text_tables(opened: Opened, sink: Sink, columns: Sequence[str] | None, delimiter: str) -> Any:  # noqa: ANN401 - an iterator of pairs of table and row number
    """
    Yield the rows of a delimited file, block by block.

    Parameters
    ----------
    opened
        The file.
    sink
        Counts rows that can't be split into columns, and bytes that were replaced.
    columns
        The file's own names of the columns wanted; None for all.
    delimiter
        What stands between columns.

    Yields
    ------
    rows, first
        A table of texts, and the number of its first row, from 1 after the header.

    Raises
    ------
    InputError
        If the file can't be read to its end.
    """
    with clean_text(opened.member, fallback=opened.encoding) as text:
        reader, first = None, 1
        try:
            reader = arrow_csv.open_csv(
                text,
                read_options=arrow_csv.ReadOptions(block_size=BLOCK, use_threads=False),
                parse_options=_parsing(opened, sink, delimiter),
                convert_options=_converting(opened, columns, delimiter),
            )
            for batch in reader:
                yield pa.Table.from_batches([batch]), first
                first += len(batch)
            _check_closed(opened, text, delimiter)
        except pa.ArrowInvalid as error:
            # not where the stream is: that is some megabytes further on, more or less by chance
            msg = f"{opened.member.name}: after row {first - 1}: {_cause(error)}"
            raise InputError(msg) from error
        finally:
            text.stop()
            # else an error that is kept would keep the reader, and its thread
            del reader
            sink.replaced += text.replaced


def _check_closed(opened: Opened, text: CleanText, delimiter: str) -> None:
    """Raise if a file ends inside quotes: a whole one may have stray quotes, but ends a line."""
    if _quoted(opened.head, delimiter) and text.quotes % 2 and not text.ends_line:
        raise pa.ArrowInvalid(_OPEN)


def _parsing(opened: Opened, sink: Sink, delimiter: str) -> arrow_csv.ParseOptions:
    def skipped(row: arrow_csv.InvalidRow) -> str:
        reason = "the row has another number of columns than the header"
        number = None if row.number is None else row.number - 1
        sink.reject(number, reason, row.text[:_SHOWN])
        return "skip"

    return arrow_csv.ParseOptions(
        delimiter=delimiter,
        quote_char='"' if _quoted(opened.head, delimiter) else False,
        newlines_in_values=True,
        invalid_row_handler=skipped,
    )


def _converting(
    opened: Opened, columns: Sequence[str] | None, delimiter: str
) -> arrow_csv.ConvertOptions:
    wanted = list(columns) if columns is not None else header(opened.head, delimiter)
    return arrow_csv.ConvertOptions(
        include_columns=wanted,
        column_types=dict.fromkeys(wanted, pa.string()),
        strings_can_be_null=False,
        check_utf8=False,
    )


def _quoted(head: Head, delimiter: str) -> bool:
    """Return whether quotes enclose values: always in CSV; elsewhere if the first rows show it."""
    if delimiter in (",", ";"):
        return True
    rows = [line for line in head.text.splitlines() if line.strip()][:20]
    values = [value for line in rows for value in line.split(delimiter)]
    return any(len(value) > 1 and value[0] == value[-1] == '"' for value in values)


def _cause(error: Exception) -> str:
    said = str(error).splitlines()[0]
    if said == _OPEN or "out of sync" in said or "straddling" in said or "Empty CSV" in said:
        return _OPEN
    return f"can't be read: {said}"


def trimmed(column: Any) -> Any:  # noqa: ANN401 - an Arrow array
    """
    Return texts without surrounding blanks; missing where nothing is left.

    Examples
    --------
    >>> trimmed(pa.array([" a ", "", None])).to_pylist()
    ['a', None, None]
    """
    texts = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _kept(rows: pa.Table, sink: Sink, rules: Sequence[Rule], first: int) -> pa.Table:
    """Return the rows that no rule rejects."""
    number = pa.array(range(first, first + len(rows)), pa.int64())
    for rule in rules:
        bad = pc.fill_null(rule.test(rows), fill_value=False)
        count = pc.sum(bad).as_py() or 0
        if not count:
            continue
        sink.rows.rejected[rule.reason] += count
        if rule.listed:
            for row, values in zip(
                number.filter(bad).to_pylist(), rows.filter(bad).to_pylist(), strict=True
            ):
                sink.list_row(row, rule.reason, values)
        good = pc.invert(bad)
        rows, number = rows.filter(good), number.filter(good)
    return rows


def missing(column: str) -> Rule:
    """Return the rule that a column must be given."""
    return Rule(f"{column} is empty", lambda rows: pc.is_null(rows[column]), listed=True)
