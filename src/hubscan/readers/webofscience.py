"""
Web of Science: tagged text and tab-delimited exports, full record.

Tags are those of Clarivate's field list; ``C1`` with and without author groups, ``C3``, ``WE`` and
early access were seen in genuine exports of 2015 and 2026. UTF-16 in old tab exports comes from
memory; it is read by its mark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hubscan.ingest.rows import plain_name
from hubscan.readers.delimited import header, text_tables
from hubscan.readers.parts import Document, Source
from hubscan.readers.postal import affiliation
from hubscan.readers.records import (
    LONGEST_LINE,
    assembled_records,
    joined,
    not_a_record,
    records_part,
    text_lines,
    year_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hubscan.readers.parts import Address, Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head

Record = dict[str, list[str]]

INDEX: Final = "SCI-EXPANDED"
"""The index whose articles are counted; others are marked in ``type``."""

_TAG: Final = re.compile(r"^[A-Z][A-Z0-9]$")
_ONE_A_LINE: Final = frozenset({"AU", "AF", "C1", "C3", "CR", "RP"})
_ADDRESS: Final = re.compile(r"(?:\[[^\]]*\]\s*)?[^;\[]+")
_AUTHORS: Final = re.compile(r"^\[[^\]]*\]\s*")
_REPRINT: Final = re.compile(r"^.*?\((?:reprint|corresponding) author\),?\s*", re.IGNORECASE)
_NO_ID = "the record has no UT (accession number)"


def _tagged(head: Head) -> bool:
    return head.kind == "text" and bool(re.match(r"(?:FN |PT [A-Z])", head.first_line))


def _tabbed(head: Head) -> bool:
    names = [plain_name(name).upper() for name in header(head, "\t")] if head.kind == "text" else []
    return {"PT", "UT", "C1"} <= set(names)


def _read_tagged(opened: Opened, sink: Sink) -> None:
    with text_lines(opened, sink) as lines:
        for number, record in enumerate(tagged_records(opened, _ended(opened, lines)), 1):
            _take(number, record, sink)


def _ended(opened: Opened, lines: Iterable[str]) -> Iterator[str]:
    """Give lines; raise if no record ends among so many that they would fill the memory."""
    letters = 0
    for number, line in enumerate(lines, 1):
        letters = 0 if line.startswith("ER") else letters + len(line)
        if letters > LONGEST_LINE:
            raise not_a_record(opened, number, line, "the record before it has no ER line")
        yield line


def tagged_records(opened: Opened, lines: Iterable[str]) -> Iterator[Record]:
    """
    Yield the records of a tagged export: the lines under each tag.

    Parameters
    ----------
    opened
        The file.
    lines
        Its lines.

    Yields
    ------
    record
        From tag to its lines; those of prose are joined.

    Raises
    ------
    InputError
        If a line has no tag where one was needed, or the file ends within a record.
    """
    record: Record = {}
    tag, number = "", 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n").removeprefix("\ufeff")
        mark = line[:2]
        if mark == "ER":
            yield _whole(record)
            record, tag = {}, ""
        elif line.startswith("   ") and tag:
            record[tag].append(line[3:].strip())
        elif _TAG.match(mark) and line[2:3] in ("", " "):
            tag = mark
            record.setdefault(tag, []).append(line[3:].strip())
        elif line.strip():
            raise not_a_record(opened, number, line, "a two-letter tag was needed")
        if mark in ("FN", "VR", "EF"):
            record, tag = {}, ""
    if record:
        raise not_a_record(opened, number, "the end", "the record before it has no ER line")


def _whole(record: Record) -> Record:
    return {
        tag: lines if tag in _ONE_A_LINE else [" ".join(lines)] for tag, lines in record.items()
    }


def _read_tabbed(opened: Opened, sink: Sink) -> None:
    for table, first in text_tables(opened, sink, None, "\t"):
        names = [plain_name(name).upper() for name in table.column_names]
        columns = [column.to_pylist() for column in table.columns]
        for row, values in enumerate(zip(*columns, strict=True), first):
            record = {name: [value] for name, value in zip(names, values, strict=True)}
            record["C1"] = split_addresses(record.get("C1", [""])[0])
            _take(row, record, sink)


def split_addresses(text: str) -> list[str]:
    """
    Return the addresses of one cell, whose author groups have semicolons of their own.

    Examples
    --------
    >>> split_addresses("[Li, A; Wu, B] Wuhan Univ, Wuhan, Peoples R China; MIT, Cambridge, MA USA")
    ['[Li, A; Wu, B] Wuhan Univ, Wuhan, Peoples R China', 'MIT, Cambridge, MA USA']
    """
    return [part.strip() for part in _ADDRESS.findall(text) if part.strip()]


def _take(row: int, record: Record, sink: Sink) -> None:
    """Give one record to the sink."""
    identifier = _text(record, "UT")
    if not identifier:
        sink.reject(row, _NO_ID, _text(record, "TI"))
        return
    year = year_in(_text(record, "PY")) or year_in(_text(record, "EA"))
    document = Document(
        identifier,
        year,
        type=_kind(_text(record, "DT"), _text(record, "WE")),
        subjects=joined((_text(record, "WC") or _text(record, "SC")).split(";")),
    )
    sink.keep_distinct(row, document, _addresses(record))


def _kind(types: str, editions: str) -> str | None:
    """Return one type: an article if it is one among others, marked if outside the index."""
    parts = [part.strip().lower() for part in types.split(";") if part.strip()]
    kind = "article" if "article" in parts else (parts[0] if parts else None)
    if kind == "article" and editions and INDEX not in editions.upper():
        return f"article outside {INDEX}"
    return kind


def _addresses(record: Record) -> list[Address]:
    """Return the addresses of C1; of old records without them, that of the reprint author."""
    listed = [_AUTHORS.sub("", line) for line in record.get("C1", []) if line]
    listed = listed or [_REPRINT.sub("", line) for line in record.get("RP", [])[:1] if line]
    return [affiliation(text) for text in listed]


def _text(record: Record, tag: str) -> str:
    return (record.get(tag) or [""])[0].strip()


SOURCE: Final = Source(
    name="wos",
    title="Web of Science",
    indicator="publications",
    needs="Export > Plain text file or Tab delimited file, record content Full Record",
    gives="distinct addresses of C1, years, document types, categories (WC)",
    parts=(
        records_part("tagged", _tagged, _read_tagged, title="a plain text file"),
        records_part("tabbed", _tabbed, _read_tabbed, title="a tab-delimited file"),
    ),
    assembled=assembled_records,
    attribution="Clarivate, Web of Science: records used under the user's own licence.",
)
