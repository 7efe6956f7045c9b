"""OpenAlex files as staged tables: JSON parsed block by block, lists flattened in Arrow."""

from __future__ import annotations

import io
import json
import re
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from hubscan.ingest.rows import plain_name
from hubscan.readers.delimited import header, text_tables
from hubscan.readers.json_stream import is_lines, json_lines, listed_records
from hubscan.readers.postal import affiliation
from hubscan.readers.records import joined
from hubscan.readers.streams import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head

_NULL_FIRST: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*null")
_TEXT: Final = pa.string()
_SUBFIELD: Final = pa.struct([("subfield", pa.struct([("display_name", _TEXT)]))])
_INSTITUTION: Final = pa.struct([("id", _TEXT), ("display_name", _TEXT), ("country_code", _TEXT)])
_AFFILIATION: Final = pa.struct(
    [("raw_affiliation_string", _TEXT), ("institution_ids", pa.list_(_TEXT))]
)
_AUTHORSHIP: Final = pa.struct(
    [
        ("institutions", pa.list_(_INSTITUTION)),
        ("affiliations", pa.list_(_AFFILIATION)),
        ("raw_affiliation_strings", pa.list_(_TEXT)),
    ]
)
_WORK: Final = pa.schema(
    [
        ("id", _TEXT),
        ("publication_year", pa.int64()),
        ("publication_date", _TEXT),
        ("type", _TEXT),
        ("is_paratext", pa.bool_()),
        ("is_retracted", pa.bool_()),
        ("is_authors_truncated", pa.bool_()),
        ("primary_location", pa.struct([("source", pa.struct([("type", _TEXT)]))])),
        ("topics", pa.list_(_SUBFIELD)),
        ("authorships", pa.list_(_AUTHORSHIP)),
    ]
)
_GEO: Final = pa.struct(
    [
        ("city", _TEXT),
        ("region", _TEXT),
        ("country_code", _TEXT),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
    ]
)
_PLACE: Final = pa.schema(
    [("id", _TEXT), ("display_name", _TEXT), ("country_code", _TEXT), ("geo", _GEO)]
)

WORK_TABLES: Final = {
    "works": pa.schema(
        [
            ("document_id", _TEXT),
            ("year", pa.int32()),
            ("date", _TEXT),
            ("type", _TEXT),
            ("subjects", _TEXT),
            ("file", _TEXT),
            ("row", pa.int64()),
        ]
    ),
    "listed": pa.schema(
        [
            ("document_id", _TEXT),
            ("position", pa.int32()),
            ("institution", _TEXT),
            ("organisation", _TEXT),
            ("address", _TEXT),
            ("town", _TEXT),
            ("state", _TEXT),
            ("postcode", _TEXT),
            ("country", _TEXT),
            ("file", _TEXT),
            ("row", pa.int64()),
        ]
    ),
}
INSTITUTIONS: Final = pa.schema(
    [
        ("institution", _TEXT),
        ("name", _TEXT),
        ("city", _TEXT),
        ("region", _TEXT),
        ("country", _TEXT),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
    ]
)

_YEAR: Final = re.compile("[0-9]{4}")
_FIRST_ID: Final = re.compile(r'"id"\s*:\s*"https://openalex\.org/([WI])')
_CSV: Final = {
    "id": ("id", "work id"),
    "institutions": ("authorships.institutions.id", "institution ids"),
    "names": ("authorships.institutions.display_name", "institution"),
    "year": ("publication_year", "year"),
    "type": ("type",),
    "source": ("primary_location.source.type",),
    "retracted": ("is_retracted",),
    "topic": ("primary_topic.display_name",),
}
_PAGE: Final = 500
_LAST_YEAR: Final = 9999

CUT: Final = "works whose list of authors the API cut at 100"


def is_works(head: Head) -> bool:
    """Return whether a file holds works as JSON."""
    found = _FIRST_ID.search(head.text)
    return head.kind == "text" and bool(found) and found is not None and found[1] == "W"


def is_institutions(head: Head) -> bool:
    """Return whether a file holds institutions as JSON."""
    found = _FIRST_ID.search(head.text)
    return head.kind == "text" and found is not None and found[1] == "I"


def is_csv(head: Head) -> bool:
    """Return whether a file is the website's CSV of works."""
    if head.kind != "text":
        return False
    names = {plain_name(name) for name in header(head, ",")}
    return "work id" in names or {"id", "authorships.institutions.id"} <= names


def stage_works(opened: Opened, sink: Sink) -> None:
    """Stage works: one row each, and one for each institution or affiliation of an author."""
    with _tables(opened, sink, _WORK) as tables:
        for first, works in tables:
            _take_works(works, first, sink)


def stage_institutions(opened: Opened, sink: Sink) -> None:
    """Stage institutions: where each lies."""
    with _tables(opened, sink, _PLACE) as tables:
        for _, rows in tables:
            sink.rows.read += len(rows)
            geo = rows["geo"].combine_chunks()
            columns = {
                "institution": _short(rows["id"]),
                "name": rows["display_name"],
                "city": pc.struct_field(geo, "city"),
                "region": pc.struct_field(geo, "region"),
                "country": pc.coalesce(pc.struct_field(geo, "country_code"), rows["country_code"]),
                "latitude": pc.struct_field(geo, "latitude"),
                "longitude": pc.struct_field(geo, "longitude"),
            }
            sink.write("institutions", pa.table(columns, schema=INSTITUTIONS))


def stage_csv(opened: Opened, sink: Sink) -> None:
    """Stage the website's CSV: institutions of all authors, once each."""
    names = {plain_name(name): name for name in header(opened.head, ",")}
    theirs = {
        ours: next((names[n] for n in known if n in names), None) for ours, known in _CSV.items()
    }
    for rows, first in text_tables(opened, sink, None, ","):
        none = [""] * len(rows)
        columns = {
            ours: none if name is None else rows[name].to_pylist() for ours, name in theirs.items()
        }
        works = [
            _work_of(
                {k: v[i] for k, v in columns.items()}, with_source=theirs["source"] is not None
            )
            for i in range(len(rows))
        ]
        _take_works(pa.Table.from_pylist(works, schema=_WORK), first, sink)


def _work_of(row: Mapping[str, str], *, with_source: bool) -> dict[str, Any]:
    """Return a row of the CSV as a work: its institutions as those of one author."""
    ids = [part.strip() for part in row["institutions"].split("|") if part.strip()]
    names = [part.strip() for part in row["names"].split("|")]
    if len(names) != len(ids):
        names = [""] * len(ids)
    pairs = dict(zip(ids, names, strict=True))
    listed = [{"id": i, "display_name": name or None} for i, name in pairs.items()]
    year = row["year"].strip()
    return {
        "id": row["id"] or None,
        "publication_year": int(year) if _YEAR.fullmatch(year) else None,
        "type": (row["type"] or "article").lower(),
        "is_retracted": row["retracted"].lower() == "true",
        "primary_location": {
            "source": {"type": row["source"] or None if with_source else "journal"}
        },
        "authorships": [{"institutions": listed}],
    }


@contextmanager
def _tables(
    opened: Opened, sink: Sink, schema: pa.Schema
) -> Iterator[Iterator[tuple[int, pa.Table]]]:
    """Open a JSON file as tables, each with the number of its first record."""
    with clean_text(opened.member, fallback=opened.encoding) as text:
        try:
            if is_lines(opened.head.text):
                yield (
                    (first, table)
                    for first, block in json_lines(text, where=opened.member.name)
                    for table in _parsed(block, first, schema, sink)
                )
            else:
                records = listed_records(text, where=opened.member.name)
                yield _pages(records, schema, sink)
        finally:
            sink.replaced += text.replaced


def _pages(
    records: Iterator[dict[str, Any]], schema: pa.Schema, sink: Sink
) -> Iterator[tuple[int, pa.Table]]:
    first = 1
    while page := list(islice(records, _PAGE)):
        block = "\n".join(json.dumps(record) for record in page).encode()
        for table in _parsed(block, first, schema, sink):
            yield first, table
        first += len(page)


def _parsed(block: bytes, first: int, schema: pa.Schema, sink: Sink) -> Iterator[pa.Table]:
    """Give the records of a block; those that are no JSON are rejected one by one."""
    try:
        yield _read(block, schema)
    except pa.ArrowInvalid:
        good = []
        for number, line in enumerate(block.splitlines(), first):
            try:
                if line.strip():
                    _read(line, schema)
                    good.append(line)
            except pa.ArrowInvalid:
                reason = "the line is no JSON record, or a value is not of its type"
                sink.reject(number, reason, line[:300].decode(errors="replace"))
        if good:
            yield _read(b"\n".join(good), schema)


def _read(block: bytes, schema: pa.Schema) -> pa.Table:
    if _NULL_FIRST.match(block):  # Arrow's parser takes it for a record, and the process crashes
        raise pa.ArrowInvalid
    return arrow_json.read_json(
        io.BytesIO(block),
        read_options=arrow_json.ReadOptions(block_size=len(block) + 1, use_threads=False),
        parse_options=arrow_json.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="ignore"
        ),
    )


_ASIDE: Final[tuple[tuple[str, Callable[[pa.Table], Any]], ...]] = (
    ("the work has no id", lambda works: pc.is_null(works["id"])),
    ("paratext (covers, contents), not a work", lambda works: works["is_paratext"]),
    ("retracted", lambda works: works["is_retracted"]),
)


def _take_works(works: pa.Table, first: int, sink: Sink) -> None:
    """Write works and what they list to the sink."""
    sink.rows.read += len(works)
    works = works.append_column("row", pa.array(range(first, first + len(works)), pa.int64()))
    for reason, test in _ASIDE:
        bad = pc.fill_null(test(works), fill_value=False)
        count = pc.sum(bad).as_py() or 0
        if count:
            sink.rows.rejected[reason] += count
            works = works.filter(pc.invert(bad))
    if not len(works):
        return
    sink.notes[CUT] += pc.sum(works["is_authors_truncated"]).as_py() or 0
    works = works.combine_chunks()
    identifier = _short(works["id"])
    marks = {"file": pa.array([sink.file] * len(works)), "row": works["row"]}
    columns = {
        "document_id": identifier,
        "year": _years(works["publication_year"]),
        "date": works["publication_date"],
        "type": _kinds(works),
        "subjects": _subjects(works["topics"]),
        **marks,
    }
    sink.write("works", pa.table(columns, schema=WORK_TABLES["works"]))
    _write_listed(works, identifier, marks, sink)


def _years(values: Any) -> Any:  # noqa: ANN401 - Arrow
    """Return years; missing where a number can be none."""
    real = pc.and_(pc.greater(values, 0), pc.less_equal(values, _LAST_YEAR))
    return pc.if_else(real, values, pa.scalar(None, pa.int64())).cast(pa.int32())


def _kinds(works: pa.Table) -> pa.Array:
    """Return types: those of articles outside journals say where they are."""
    location = works["primary_location"].combine_chunks()
    source = pc.struct_field(location, ["source", "type"])
    outside = pc.binary_join_element_wise(
        "article in ", pc.coalesce(source, pa.scalar("no journal")), ""
    )
    article = pc.and_(
        pc.equal(works["type"], "article"), pc.not_equal(pc.fill_null(source, ""), "journal")
    )
    return pc.if_else(pc.fill_null(article, fill_value=False), outside, works["type"])


def _subjects(topics: pa.ChunkedArray) -> pa.Array:
    """Return the distinct subfields of each work's topics, the primary one first."""
    lists = topics.combine_chunks()
    names = pc.struct_field(pc.list_flatten(lists), ["subfield", "display_name"]).to_pylist()
    parents = pc.list_parent_indices(lists).to_pylist()
    found: list[list[str | None]] = [[] for _ in range(len(lists))]
    for parent, name in zip(parents, names, strict=True):
        found[parent].append(name)
    return pa.array([joined(labels) for labels in found], _TEXT)


def _write_listed(works: pa.Table, identifier: Any, marks: Mapping[str, Any], sink: Sink) -> None:  # noqa: ANN401 - Arrow
    """Write the institutions of authors, and the affiliations that have none."""
    authorships = works["authorships"].combine_chunks()
    work = pc.list_parent_indices(authorships)
    author = pc.list_flatten(authorships)
    institutions = pc.struct_field(author, "institutions")
    one = pc.list_flatten(institutions)
    at = work.take(pc.list_parent_indices(institutions))
    texts, of_work = _unmatched(author, work)
    both = pa.concat_arrays([at, of_work])
    parts = [affiliation(text) for text in texts.to_pylist()]

    def parted(known: Any, name: str) -> pa.Array:  # noqa: ANN401 - Arrow
        """Return a column: of institutions, then of affiliations as their text tells."""
        return pa.concat_arrays([known, pa.array([getattr(p, name) for p in parts], _TEXT)])

    none = pa.nulls(len(one), _TEXT)
    columns = {
        "document_id": identifier.take(both),
        "position": pa.array(range(1, len(both) + 1), pa.int32()),
        "institution": pa.concat_arrays(
            [_short(pc.struct_field(one, "id")), pa.nulls(len(texts), _TEXT)]
        ),
        "organisation": parted(pc.struct_field(one, "display_name"), "organisation"),
        "address": parted(none, "address"),
        "town": parted(none, "city"),
        "state": parted(none, "region"),
        "postcode": parted(none, "postcode"),
        "country": parted(pc.struct_field(one, "country_code"), "country"),
        **{name: values.take(both) for name, values in marks.items()},
    }
    sink.write("listed", pa.table(columns, schema=WORK_TABLES["listed"]))


def _unmatched(author: pa.StructArray, work: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the texts of affiliations without an institution, and the work of each."""
    affiliations = pc.struct_field(author, "affiliations")
    one = pc.list_flatten(affiliations)
    at = work.take(pc.list_parent_indices(affiliations))
    number = pc.fill_null(pc.list_value_length(pc.struct_field(one, "institution_ids")), 0)
    alone = pc.equal(number, 0)
    # older records have no list of affiliations: their texts count where an author has nothing else
    lengths = (
        pc.fill_null(pc.list_value_length(pc.struct_field(author, name)), 0)
        for name in ("affiliations", "institutions")
    )
    bare = pc.and_(*(pc.equal(length, 0) for length in lengths))
    old = author.filter(bare)
    strings = pc.struct_field(old, "raw_affiliation_strings")
    texts = pc.struct_field(one, "raw_affiliation_string").filter(alone)
    old_at = work.filter(bare).take(pc.list_parent_indices(strings))
    every = pa.concat_arrays([texts, pc.list_flatten(strings)])
    works = pa.concat_arrays([at.filter(alone), old_at])
    given = pc.greater(pc.utf8_length(pc.fill_null(pc.utf8_trim_whitespace(every), "")), 0)
    return every.filter(given), works.filter(given)


def _short(identifier: Any) -> Any:  # noqa: ANN401 - Arrow
    """Return ids without the address they are shown under."""
    return pc.replace_substring(identifier, "https://openalex.org/", "")
