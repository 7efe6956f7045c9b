"""
Scopus: CSV exports with affiliations.

Columns are those of a genuine export of 2026 and of older ones that public code reads; that the
databases write a byte-order mark comes from memory, and either way is read. Addresses are the
distinct ones of ``Affiliations``; which author is at which can't be told safely and is not needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubscan.ingest.rows import plain_name
from hubscan.readers.delimited import header, text_tables
from hubscan.readers.parts import Document, Source
from hubscan.readers.postal import affiliation
from hubscan.readers.records import assembled_records, records_part, year_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("eid",),
    "year": ("year", "publication year"),
    "affiliations": ("affiliations", "author addresses"),
    "type": ("document type",),
    "source": ("source title",),
}
_MISSING: Final = frozenset({"", "na"})


def _is_export(head: Head) -> bool:
    names = {plain_name(name) for name in header(head, ",")} if head.kind == "text" else set()
    return "eid" in names and not names.isdisjoint(_COLUMNS["affiliations"])


def _read(opened: Opened, sink: Sink) -> None:
    names = {plain_name(name): name for name in header(opened.head, ",")}
    theirs = {
        ours: next((names[n] for n in known if n in names), None)
        for ours, known in _COLUMNS.items()
    }
    wanted = [name for name in theirs.values() if name is not None]
    for rows, first in text_tables(opened, sink, wanted, ","):
        none = [""] * len(rows)
        columns = [none if n is None else rows[n].to_pylist() for n in theirs.values()]
        for number, values in enumerate(zip(*columns, strict=True), first):
            _take(number, dict(zip(theirs, map(_given, values), strict=True)), sink)


def _given(value: str) -> str:
    """Return a value; nothing where it stands for nothing (spreadsheets write NA)."""
    return "" if value.strip().lower() in _MISSING else value.strip()


def _take(number: int, row: Mapping[str, str], sink: Sink) -> None:
    if not row["id"]:
        sink.reject(number, "the record has no EID", dict(row))
        return
    document = Document(row["id"], year_in(row["year"]), type=row["type"].lower() or None)
    listed = [text.strip() for text in row["affiliations"].split(";") if text.strip()]
    sink.keep_distinct(number, document, [affiliation(text) for text in listed])


SOURCE: Final = Source(
    name="scopus",
    title="Scopus",
    indicator="publications",
    needs="Export > CSV with EID, Year, Document type and Affiliations ticked",
    gives="distinct addresses of Affiliations, years, document types",
    parts=(records_part("csv", _is_export, _read, title="a CSV export"),),
    assembled=assembled_records,
    attribution="Elsevier, Scopus: records used under the user's own licence.",
)
