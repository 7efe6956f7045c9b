"""
Lens: patents as the Lens patent API answers, saved as JSON.

``data`` as the list of an answer, ``biblio.parties``, ``residence``, ``extracted_name.value`` and
``classifications_ipcr`` were checked against public clients of the API; that an inventor's address
stands in ``extracted_address`` was not (as text or as ``{"value": …}``; both are read). The CSV
exports of Lens have no addresses and are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from hubscan.readers.json_stream import json_records
from hubscan.readers.parts import Address, Document, Source
from hubscan.readers.postal import street_address
from hubscan.readers.records import assembled_records, joined, records_part, year_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head

_PATENT: Final = re.compile(r'"lens_id"\s*:')


def _is_answer(head: Head) -> bool:
    plain = head.text.lstrip()
    return plain.startswith(("{", "[")) and bool(_PATENT.search(plain)) and '"biblio"' in plain


def _read(opened: Opened, sink: Sink) -> None:
    for number, record in json_records(opened, sink):
        identifier = record.get("lens_id")
        if not identifier:
            sink.reject(number, "the record has no lens_id", record)
            continue
        try:
            document, addresses = _told(record, str(identifier))
        except (AttributeError, TypeError):
            sink.reject(number, "a value of the record is not of its type", record)
            continue
        sink.keep(number, document, addresses)


def _told(record: Mapping[str, Any], identifier: str) -> tuple[Document, list[Address]]:
    """Return the document and the addresses of a record; TypeError if a value is no such thing."""
    biblio = record.get("biblio") or {}
    parties = biblio.get("parties") or {}
    symbols = (biblio.get("classifications_ipcr") or {}).get("classifications") or []
    date = record.get("date_published")
    document = Document(
        identifier,
        year_in(date),
        date,
        type=str(record.get("publication_type") or "").lower().replace("_", " ") or None,
        ipc=joined(symbol.get("symbol") for symbol in symbols),
        applicants=joined(_name(party) for party in parties.get("applicants") or []),
    )
    return document, [_address(party) for party in parties.get("inventors") or []]


def _name(party: Mapping[str, Any]) -> str | None:
    return _text(party.get("extracted_name")) or _text(party.get("name"))


def _address(party: Mapping[str, Any]) -> Address:
    """Return the address of an inventor: its parts where it is given, the country at least."""
    country = party.get("residence") or None
    if not isinstance(country, str | None):
        raise TypeError(type(country).__name__)
    text = _text(party.get("extracted_address"))
    if not text:
        return Address(country=country)
    ending = re.escape(country) if country else "$"
    plain = re.sub(rf"[\s,]*\(?\b{ending}\b\)?\s*$", "", text)
    told = street_address(", ".join(filter(None, (plain, country))))
    return told._replace(address=text, country=country or told.country)


def _text(value: object) -> str | None:
    """Return a text that stands on its own or under ``value`` or ``name``."""
    if isinstance(value, dict):
        value = value.get("value") or value.get("name")
    return str(value).strip() or None if value is not None else None


SOURCE: Final = Source(
    name="lens",
    title="Lens patents",
    indicator="patents",
    needs="answers of the Lens patent API saved as JSON, with biblio included; not the CSV export",
    gives="patents by publication date, inventors' addresses, applicants, IPC symbols",
    parts=(records_part("json", _is_answer, _read, title="JSON of the patent API"),),
    assembled=assembled_records,
    attribution="The Lens, Cambia: used under the user's own licence.",
)
