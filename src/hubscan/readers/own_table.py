"""Tables of one's own, described by a mapping: CSV, workbooks, Parquet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from hubscan.errors import InputError
from hubscan.ingest.rows import plain_name
from hubscan.readers.columns import no_reason
from hubscan.readers.delimited import Layout, header, text_tables
from hubscan.readers.parts import ADDRESSES, DOCUMENTS, Address, Assembled, Document, Source
from hubscan.readers.postal import affiliation, street_address
from hubscan.readers.records import joined, records_part, year_in
from hubscan.readers.sheets import has_header, named_rows
from hubscan.readers.sink import REPEATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hubscan.readers.mapping import UserMapping
    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head

Row = dict[str, str | None]

UNEQUAL: Final = "lists in its cells have different lengths"
NO_ID: Final = "document_id is empty"
_LISTS: Final = ("subjects", "ipc", "fields", "applicants")
_BATCH: Final = 50_000


def mapped_source(mapping: UserMapping) -> Source:
    """
    Return the source that a mapping makes of a table.

    Parameters
    ----------
    mapping
        What its columns mean.

    Returns
    -------
    source
    """
    described = mapping.source
    layout = Layout(
        tuple(dict.fromkeys(plain_name(name) for name in mapping.columns.values())),
        delimiter=described.delimiter,
    )

    def sign(head: Head) -> bool:
        return head.kind == "parquet" or has_header(head, layout)

    def read(opened: Opened, sink: Sink) -> None:
        for number, row in _rows(opened, sink, mapping, layout):
            _take(number, row, mapping, sink)

    return replace(
        SOURCE,
        title=described.title,
        indicator=described.indicator,
        attribution=described.attribution,
        needs=f"a table with the columns {', '.join(mapping.columns.values())}",
        parts=(records_part("table", sign, read, title="a table"),),
        assembled=lambda tables: _assembled(tables, mapping),
        bound=None,
    )


def _rows(
    opened: Opened, sink: Sink, mapping: UserMapping, layout: Layout
) -> Iterator[tuple[int, Row]]:
    """Give the rows of a table under our names."""
    ours = {name: plain_name(theirs) for name, theirs in mapping.columns.items()}
    if opened.head.kind == "xlsx" or not _header_is_first(opened, layout):
        for number, row in named_rows(opened, sink, layout):
            yield number, {name: row.get(theirs) for name, theirs in ours.items()}
        return
    for table, first in _tables(opened, sink, ours, layout):
        columns = [table[name].to_pylist() for name in ours]
        for number, values in enumerate(zip(*columns, strict=True), first):
            plain = (value.strip() or None if value is not None else None for value in values)
            yield number, dict(zip(ours, plain, strict=True))


def _header_is_first(opened: Opened, layout: Layout) -> bool:
    if opened.head.kind == "parquet":
        return True
    names = {plain_name(name) for name in header(opened.head, layout.delimiter)}
    return names.issuperset(layout.sign)


def _tables(
    opened: Opened, sink: Sink, ours: Mapping[str, str], layout: Layout
) -> Iterator[tuple[pa.Table, int]]:
    """Give the columns of a table under our names, block by block, as texts."""
    if opened.head.kind == "parquet":
        yield from _parquet_tables(opened, ours)
        return
    names = {plain_name(name): name for name in header(opened.head, layout.delimiter)}
    theirs = {name: names[plain] for name, plain in ours.items()}
    wanted = tuple(dict.fromkeys(theirs.values()))
    for rows, first in text_tables(opened, sink, wanted, layout.delimiter):
        yield pa.table({name: rows[column] for name, column in theirs.items()}), first


def _parquet_tables(opened: Opened, ours: Mapping[str, str]) -> Iterator[tuple[pa.Table, int]]:
    member, first = opened.member, 1
    if member.inside:
        msg = f"{member.name}: a Parquet file inside an archive can't be read: unpack it first"
        raise InputError(msg)
    try:
        with pq.ParquetFile(member.path) as file:
            names = {plain_name(name): name for name in file.schema_arrow.names}
            absent = [plain for plain in ours.values() if plain not in names]
            if absent:
                msg = f"{member.name}: no column {absent[0]!r}: the file has {', '.join(names)}"
                raise InputError(msg)
            wanted = list(dict.fromkeys(names[plain] for plain in ours.values()))
            for batch in file.iter_batches(_BATCH, columns=wanted):
                columns = {n: batch.column(names[p]).cast(pa.string()) for n, p in ours.items()}
                yield pa.table(columns), first
                first += len(batch)
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{member.name}: is not a whole Parquet file: {str(error).splitlines()[0]}"
        raise InputError(msg) from error


def _take(number: int, row: Row, mapping: UserMapping, sink: Sink) -> None:
    """Give one row to the sink: a document with one address, or with those its cells list."""
    for name, meant in mapping.values.items():
        row[name] = meant.get(row.get(name) or "", row.get(name))
    if not row.get("document_id"):
        sink.reject(number, NO_ID, row)
        return
    split = {n: by for n, by in mapping.split.items() if n in ADDRESSES.names}
    lists = {n: [v.strip() for v in (row.get(n) or "").split(by)] for n, by in split.items()}
    lengths = {len(values) for values in lists.values()}
    if len(lengths) > 1:
        sink.reject(number, UNEQUAL, row)
        return
    every = [
        _address({**row, **{n: values[k] or None for n, values in lists.items()}}, mapping)
        for k in range(max(lengths, default=1))
    ]
    sink.keep(number, _document(row, mapping), every)


def _document(row: Row, mapping: UserMapping) -> Document:
    listed = {
        name: joined((row.get(name) or "").split(mapping.split.get(name, ";"))) for name in _LISTS
    }
    year = year_in(row.get("year") or row.get("date"))
    return Document(str(row["document_id"]), year, row.get("date"), row.get("type"), **listed)


def _address(row: Row, mapping: UserMapping) -> Address:
    """Return an address: of a text alone, its parts as far as the text tells them."""
    given = {name: row.get(name) for name in _PARTS}
    text = row.get("address")
    if text and not {"city", "latitude"} & set(mapping.columns):
        publication = mapping.source.indicator == "publications"
        told = (affiliation if publication else street_address)(text)._asdict()
        given = {name: given[name] or told[name] for name in given}
    comma = mapping.source.decimal == ","
    degrees = [_number(row.get(name), comma=comma) for name in ("latitude", "longitude")]
    return Address(**given, latitude=degrees[0], longitude=degrees[1])


_PARTS: Final = ("organisation", "address", "city", "region", "postcode", "country")


def _number(text: str | None, *, comma: bool) -> float | None:
    try:
        return float(text.replace(",", ".") if comma else text) if text else None
    except ValueError:
        return None


def _assembled(tables: Mapping[str, Any], mapping: UserMapping) -> Assembled:
    """Return documents, each once, and addresses with the reason if one is not used."""
    rows, addresses = tables["documents"], tables["addresses"]
    order = ibis.row_number().over(group_by="document_id", order_by=[rows.file, rows.row])
    first = rows.mutate(place=order)
    documents = first.filter(first.place == 0).select(*DOCUMENTS.names, reason=no_reason())
    told = [addresses[name] for name in _PARTS]
    same = [*_PARTS, "latitude", "longitude"]
    keys = ["document_id", *(same if mapping.source.unit == "distinct" else ["file", "row"])]
    keys += [] if mapping.source.unit == "distinct" else ["sequence"]
    listed = [addresses.file, addresses.row, addresses.sequence]
    again = ibis.row_number().over(group_by=keys, order_by=[*listed, *told])
    within = ibis.row_number().over(group_by="document_id", order_by=listed)
    numbered = addresses.mutate(again=again, within=within)
    reason = ibis.cases((numbered.again > 0, REPEATED), else_=no_reason())
    judged = numbered.mutate(reason=reason, sequence=(numbered.within + 1).cast("int32"))
    return Assembled(documents, judged.drop("again", "within", "file", "row"))


SOURCE: Final = Source(
    name="table",
    title="A table of one's own",
    indicator="any",
    needs="a CSV, XLSX or Parquet table, and a mapping (TOML) that says what its columns mean",
    gives="whatever the mapping names: documents, addresses, coordinates, labels",
    parts=(),
    assembled=lambda tables: Assembled(tables["documents"], tables["addresses"]),
    bound=mapped_source,
)
