"""Listed addresses of documents, encoded: whole numbers in place of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.errors import InputError
from hubscan.ingest.documents import address_rows
from hubscan.ingest.texts import LOCALITY, ORGANISATION, PARTS, spelt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hubscan.ingest.documents import Scanned

UNITS: Final = ("listed", "distinct")
"""What counts as an address of a document."""

_COLUMNS: Final = {
    "indicator": "int8",
    "document": "int64",
    "place": "int64",
    "locality": "int32",
    "economy": "int16",
    "organisation": "int32",
}

_OWN_PLACE: Final = -1


def listed_addresses(
    scanned: Sequence[Scanned],
    documents: ibis.Table,
    localities: ibis.Table,
    organisations: ibis.Table,
    *,
    unit: str,
    numbers: Mapping[str, int],
) -> ibis.Table:
    """
    Return the listed addresses of the documents looked at, encoded.

    Parameters
    ----------
    scanned
        Sources whose rows are addresses.
    documents
        Table ``documents``.
    localities
        ``source``, the spellings of localities, ``locality``, and where each lies: ``place``,
        ``economy``.
    organisations
        ``source``, the spellings of organisations, ``number`` (0 for none).
    unit
        Among what a document is shared: ``"listed"``: every row is an address; ``"distinct"``:
        rows of a document that say the same are one.
    numbers
        The number of each indicator.

    Returns
    -------
    addresses
        Table ``addresses`` of :mod:`hubscan.schema`.
    """
    if unit not in UNITS:
        msg = f"count: fraction_unit = {unit!r}: must be one of {', '.join(UNITS)}"
        raise InputError(msg)
    parts = []
    for k, one in enumerate(scanned):
        known = documents.filter(documents.source == k)
        listed = _listed(one, known, localities, organisations, offset=k, step=len(scanned))
        once = listed if unit == "listed" else listed.distinct()
        parts.append(_placed(once, indicator=numbers[one.source.indicator]))
    if not parts:
        return ibis.memtable([], schema=_COLUMNS)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _listed(
    one: Scanned,
    documents: ibis.Table,
    localities: ibis.Table,
    organisations: ibis.Table,
    *,
    offset: int,
    step: int,
) -> ibis.Table:
    """Return the rows of a source as numbers: what they say, and where their localities lie."""
    # most sources have no whole addresses: nothing is compared that is empty throughout
    locality = LOCALITY if "address" in one.source.columns else PARTS
    listed = address_rows(one, spelt=locality + ORGANISATION)
    own = place_key(listed) if "latitude" in listed.columns else ibis.null("int64")
    said = {name: listed[name].fill_null("") for name in spelt(locality + ORGANISATION)}
    rows = listed.select("document_id", **said, own=own)
    rows = _of_documents(rows, documents, offset=offset, step=step)
    for texts, names, numbers in (
        (localities, locality, ("locality", "place", "economy")),
        (organisations, ORGANISATION, ("number",)),
    ):
        of_source = texts.filter(texts.source == one.source.name).select(*spelt(names), *numbers)
        # every spelling is there: as left joins they come after documents have been chosen
        rows = rows.left_join(of_source, spelt(names)).drop(f"{n}_right" for n in spelt(names))
    return rows.select("document", "own", "place", "locality", "economy", "number")


def _placed(listed: ibis.Table, *, indicator: int) -> ibis.Table:
    """Return addresses with one place each: their own, or that of their locality."""
    of_locality = listed.own.isnull()
    return (
        listed.select(
            "document",
            "economy",
            indicator=ibis.literal(indicator),
            place=listed.own.fill_null(listed.place),
            locality=of_locality.ifelse(listed.locality, _OWN_PLACE),
            organisation=listed.number,
        )
        .cast(_COLUMNS)
        .select(*_COLUMNS)
    )


def _of_documents(rows: ibis.Table, documents: ibis.Table, *, offset: int, step: int) -> ibis.Table:
    """Return the rows of the documents looked at, under their numbers."""
    if rows.document_id.type().is_integer():
        # their numbers follow from their ids: nothing needs to be brought over
        numbered = rows.mutate(document=rows.document_id.cast("int64") * step + offset)
        # each is wanted once, so this is a semi-join; asked for as one, DuckDB holds the
        # addresses in memory in place of the documents
        return numbered.join(documents.select("document"), "document")
    return rows.join(documents.select("document", "document_id"), "document_id")


def place_key(rows: ibis.Table) -> Any:  # noqa: ANN401 - an Ibis column
    """
    Return :func:`hubscan.sphere.place_keys` of the rows' coordinates, in the engine.

    Parameters
    ----------
    rows
        ``latitude``, ``longitude``, degrees.

    Returns
    -------
    place
        The key; missing where there are no coordinates.
    """
    phi = (rows.latitude * 1e6 + 0.5).floor().cast("int64")
    lam = ((rows.longitude * 1e6 + 0.5).floor().cast("int64") + 180_000_000) % 360_000_000
    at_pole = phi.abs() == 90_000_000  # noqa: PLR2004 - micro-degrees of a pole
    lam = ibis.ifelse(at_pole, ibis.literal(180_000_000, "int64"), lam)
    return (phi + 90_000_000) * 360_000_000 + lam
