"""
Dealroom: exports of companies with all their rounds, as workbooks or CSV.

Rounds stand in parallel lists in the columns ``Each round …``; they are taken apart together. The
columns are those that public code reads; their case and set vary by export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubscan.readers.deals import NOT_VENTURE, OTHER, TYPES, plain_type
from hubscan.readers.delimited import Layout
from hubscan.readers.parts import Address, Document, Source
from hubscan.readers.records import assembled_records, joined, records_part, year_in
from hubscan.readers.sheets import has_header, named_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink

    Row = Mapping[str, str | None]

NO_ROUNDS: Final = "the company has no round"
UNEQUAL: Final = "types and dates of the rounds are lists of different length"

_COMPANIES: Final = Layout(
    ("id", "each round type", "each round date"),
    optional=(
        "name", "hq city", "hq state", "hq country", "hq region", "address", "zipcode", "latitude",
        "longitude", "industries",
    ),
    renamed=(("dealroom id", "id"), ("street number", "street")),
)  # fmt: skip
_BETWEEN: Final = ";"
_NOTHING: Final = frozenset({"", "n/a", "-"})


def _read(opened: Opened, sink: Sink) -> None:
    for number, row in named_rows(opened, sink, _COMPANIES):
        _take(number, row, sink)


def _take(number: int, row: Row, sink: Sink) -> None:
    """Give each round of a company to the sink as a deal."""
    kinds, dates = _listed(row, "each round type"), _listed(row, "each round date")
    if not row.get("id") or not (kinds or dates):
        sink.reject(number, NO_ROUNDS if row.get("id") else "the company has no ID", dict(row))
        return
    if len(kinds) != len(dates):
        sink.reject(number, UNEQUAL, dict(row))
        return
    for place, (kind, date) in enumerate(zip(kinds, dates, strict=True), 1):
        plain = plain_type(kind)
        if plain in OTHER:
            sink.reject(number, NOT_VENTURE + plain, {"id": row["id"], "round": place})
            continue
        document = Document(
            f"{row['id']}-{place}",
            year_in(date),
            type=TYPES.get(plain, plain) or None,
            subjects=joined((row.get("industries") or "").split(_BETWEEN)),
            applicants=joined([row.get("name")]),
        )
        sink.keep(number, document, [_place(row)])


def _listed(row: Row, name: str) -> list[str]:
    """Return the values of a list, empty positions kept."""
    text = row.get(name)
    if text is None:
        return []
    parts = [part.strip() for part in text.rstrip(_BETWEEN + " ").split(_BETWEEN)]
    return ["" if part.lower() in _NOTHING else part for part in parts]


def _place(row: Row) -> Address:
    latitude, longitude = (_degrees(row.get(name)) for name in ("latitude", "longitude"))
    both = latitude is not None and longitude is not None
    return Address(
        None,
        row.get("address"),
        row.get("hq city"),
        row.get("hq state"),
        row.get("zipcode"),
        row.get("hq country"),
        latitude if both else None,
        longitude if both else None,
    )


def _degrees(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


SOURCE: Final = Source(
    name="dealroom",
    title="Dealroom",
    indicator="deals",
    needs="the export of companies with the columns Each round type and Each round date",
    gives="venture deals by date at the company's coordinates or city, types, industries",
    parts=(
        records_part(
            "companies",
            lambda head: has_header(head, _COMPANIES),
            _read,
            title="the export of companies",
        ),
    ),
    assembled=assembled_records,
    attribution="Dealroom.co: used under the user's own licence.",
)
