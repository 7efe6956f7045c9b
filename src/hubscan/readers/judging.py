"""Which rows of a source are kept: documents with a year, addresses of documents that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa

from hubscan.geocode.countries import country_code
from hubscan.ingest.rows import FIRST_YEAR, LAST_YEAR
from hubscan.readers.parts import ADDRESSES, DOCUMENTS
from hubscan.readers.towns import with_towns

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.engine import DuckDB
    from hubscan.readers.parts import Assembled

NO_YEAR: Final = "the document has no year"
NO_DOCUMENT: Final = "its document is not used"
_NUMBERS: Final = {
    "year": "int32",
    "sequence": "int32",
    "latitude": "float64",
    "longitude": "float64",
}


def judged(
    assembled: Assembled, engine: DuckDB, scratch: Path, *, countries: tuple[str, ...]
) -> tuple[ibis.Table, ibis.Table]:
    """
    Return both tables of a source with the reason why a row is not kept.

    Parameters
    ----------
    assembled
        The source's own tables.
    engine
        The query engine.
    scratch
        Folder for what is computed once.
    countries
        The only economies whose addresses are kept, if any are named: ISO 3166 alpha-2.

    Returns
    -------
    documents, addresses
        Columns of :data:`hubscan.readers.parts.DOCUMENTS` and ``ADDRESSES``, and ``reason``.
    """
    documents = _dated(_columns(assembled.documents, DOCUMENTS.names))
    addresses = _columns(_on_earth(assembled.addresses), ADDRESSES.names)
    documents = _once(engine, documents, scratch, "documents")
    kept = documents.filter(documents.reason.isnull()).select("document_id", found=True)
    joined = addresses.left_join(kept, "document_id")
    orphan = joined.found.isnull()
    reason = ibis.coalesce(joined.reason, ibis.cases((orphan, NO_DOCUMENT), else_=_NONE))
    addresses = joined.select(*ADDRESSES.names, reason=reason)
    addresses = _once(engine, addresses, scratch, "addresses")
    addresses = with_towns(engine, addresses, scratch)
    if not countries:
        return documents, addresses
    return _within(engine, documents, addresses, countries)


_NONE: Final = ibis.null("string")


def _columns(table: ibis.Table, names: list[str]) -> ibis.Table:
    """Return the columns of a canonical table: absent ones are missing, all of their type."""
    columns: dict[str, Any] = {
        name: (
            table[name].cast(_NUMBERS.get(name, "string"))
            if name in table.columns
            else ibis.null(_NUMBERS.get(name, "string"))
        )
        for name in names
    }
    return table.select(**columns, reason=table.reason)


def _dated(documents: ibis.Table) -> ibis.Table:
    year = documents.year
    impossible = ibis.literal("the year is not between ") + f"{FIRST_YEAR} and {LAST_YEAR}"
    fault = ibis.cases(
        (year.isnull(), NO_YEAR), (~year.between(FIRST_YEAR, LAST_YEAR), impossible), else_=_NONE
    )
    return documents.mutate(reason=ibis.coalesce(documents.reason, fault))


def _on_earth(addresses: ibis.Table) -> ibis.Table:
    """Return addresses without coordinates that are no place: halves, 0 and 0, beyond a pole."""
    if "latitude" not in addresses.columns:
        return addresses
    latitude, longitude = addresses.latitude, addresses.longitude
    good = (
        latitude.between(-90, 90)
        & longitude.between(-180, 180)
        & ((latitude != 0) | (longitude != 0))
    )
    none = ibis.null("float64")
    return addresses.mutate(
        latitude=ibis.ifelse(good, latitude, none), longitude=ibis.ifelse(good, longitude, none)
    )


def _once(engine: DuckDB, table: ibis.Table, scratch: Path, name: str) -> ibis.Table:
    """Return a table computed once and kept in a file."""
    path = scratch / f"{name}.parquet"
    engine.write(table, path)
    return engine.parquet([path])


def _within(
    engine: DuckDB, documents: ibis.Table, addresses: ibis.Table, countries: tuple[str, ...]
) -> tuple[ibis.Table, ibis.Table]:
    """Return both tables with what lies outside some economies rejected."""
    shown = " or ".join(countries)
    listed = engine.frame(addresses.select("country").distinct())["country"].dropna()
    inside = [text for text in sorted(listed) if country_code(text) in countries]
    known = ibis.memtable(
        pa.table({"country": pa.array(inside, pa.string()), "inside": [True] * len(inside)})
    )
    joined = addresses.left_join(known, "country")
    outside = ibis.cases((joined.inside.isnull(), f"the address is not in {shown}"), else_=_NONE)
    reason = ibis.coalesce(joined.reason, outside)
    addresses = joined.select(*ADDRESSES.names, reason=reason)
    there = addresses.filter(addresses.reason.isnull()).select("document_id").distinct()
    found = documents.left_join(there.mutate(found=True), "document_id")
    none = ibis.cases((found.found.isnull(), f"no address of it is in {shown}"), else_=_NONE)
    reason = ibis.coalesce(found.reason, none)
    return found.select(*DOCUMENTS.names, reason=reason), addresses
