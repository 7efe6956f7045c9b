"""Documents the edition looks at, and the distinct texts that their rows hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.ingest.rejects import without_repeats
from hubscan.ingest.rows import canonical, good, spellings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.ingest.inputs import Files, Source

REPEAT_KEYS: Final = ("document_id", "sequence")
COLUMN_OF: Final = {"ipc": "ipc", "applicant": "applicants", "subject": "subjects"}
"""The column of documents that lists the labels of each kind."""


@dataclass(frozen=True)
class Scanned:
    """
    A declared source and the rows of its files, as yet under their own names.

    ``each_once`` is whether documents have a file of their own that names none twice.
    """

    source: Source
    rows: ibis.Table
    documents: ibis.Table | None = None
    areas: ibis.Table | None = None
    each_once: bool = False


def address_rows(scanned: Scanned, *, spelt: Sequence[str]) -> ibis.Table:
    """
    Return the usable rows of addresses of a source, repeated ones left out.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.
    spelt
        Text columns that are wanted as the file has them, named ``spelt_`` and their name.

    Returns
    -------
    rows
        One column for each that the inputs file declares, and those of ``spelt``.
    """
    source = scanned.source
    rows = good(canonical(scanned.rows, source, where=source.name, spelt=spelt))
    return without_repeats(rows, REPEAT_KEYS) if "sequence" in rows.columns else rows


def document_rows(scanned: Scanned) -> ibis.Table:
    """
    Return the usable rows that tell of documents: of their own file, or of the addresses.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.

    Returns
    -------
    rows
        One column for each that the inputs file declares.
    """
    source = scanned.source
    if scanned.documents is not None and source.documents is not None:
        return good(canonical(scanned.documents, source.documents, where=source.name))
    return good(canonical(scanned.rows, source, where=source.name))


def document_texts(scanned: Scanned, name: str) -> ibis.Table | None:
    """
    Return the distinct texts of one column of a source's documents; None if it has none.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.
    name
        A column of texts, such as ``subjects``.

    Returns
    -------
    texts
        ``name``: each text once, missing ones left out.
    """
    of_their_own = scanned.documents is not None and scanned.source.documents is not None
    files: Files | None = scanned.source.documents if of_their_own else scanned.source
    rows = scanned.documents if of_their_own else scanned.rows
    if files is None or rows is None or name not in {*files.columns, *files.constant}:
        return None
    texts = spellings(rows, files, [name], where=scanned.source.name).select(name)
    return texts.filter(texts[name] != "").distinct()


def windowed_documents(
    scanned: Scanned,
    lists: ibis.Table,
    *,
    years: tuple[int, int],
    types: Sequence[str],
    types_are_kept: str,
    numbers: tuple[int, int, int],
) -> ibis.Table:
    """
    Return the documents of a source that the edition looks at.

    Rows are judged one by one, before they are gathered to documents: a document is looked at if
    any of its rows is within the window and the filters.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.
    lists
        ``kind``, ``label_list``, ``text``, and ``left_out``: whether documents that bear the list
        are out of scope.
    years
        First and last year, both included.
    types
        Document types, in lower case.
    types_are_kept
        ``kept`` if only these types are wanted, ``left_out`` if all others are, ``any`` to look at
        no type. A document without a type is always wanted.
    numbers
        The number of the source's indicator, its place among the sources, and how many they are.

    Returns
    -------
    documents
        As :func:`hubscan.ingest.wanted_documents` has them, unordered. A document whose rows differ
        has the first of their years, and the first list of each kind.
    """
    indicator, offset, step = numbers
    first, last = scanned.source.years or years
    rows = document_rows(scanned)
    rows = rows.filter(rows.year.between(first, last))
    if "type" in rows.columns and types_are_kept != "any":
        rows = rows.filter(_wanted(rows["type"], types, types_are_kept))
    rows = _with_lists(rows, lists)
    if not scanned.each_once:
        rows = rows.group_by("document_id").agg(**{n: rows[n].min() for n in ("year", *COLUMN_OF)})
    return rows.select(
        indicator=ibis.literal(indicator, "int8"),
        document=_number(rows.document_id) * step + offset,
        source=ibis.literal(offset, "int16"),
        document_id=_told(rows.document_id),
        year=rows.year.cast("int32"),
        **{kind: rows[kind].cast("int32") for kind in COLUMN_OF},
    )


def _with_lists(rows: ibis.Table, lists: ibis.Table) -> ibis.Table:
    """Return the rows whose lists are in scope, with the numbers of their lists, by kind."""
    kept = ["document_id", "year"]
    for kind, column in COLUMN_OF.items():
        if column not in rows.columns:
            rows = rows.mutate(**{kind: ibis.null("int32")})
            continue
        of_kind = lists.filter(lists.kind == kind)
        of_kind = of_kind.select("left_out", told="text", number="label_list")
        joined = rows.left_join(of_kind, rows[column] == of_kind.told)
        joined = joined.filter(joined.left_out.isnull() | ~joined.left_out)
        rows = joined.mutate(**{kind: joined.number}).drop("told", "number", "left_out")
    return rows.select(*kept, *COLUMN_OF)


def _number(document_id: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return whole-number ids as they are, others by their place in the order of ids."""
    if document_id.type().is_integer():
        return document_id.cast("int64")
    return ibis.row_number().over(order_by=document_id).cast("int64")


def _told(document_id: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return ids that are texts; those that are whole numbers follow from documents' numbers."""
    whole = document_id.type().is_integer()
    return ibis.null("string") if whole else document_id.cast("string")


def with_ids(documents: ibis.Table, sources: Sequence[tuple[str, str]]) -> ibis.Table:
    """
    Return documents with the ids that their sources give them, whole numbers too, and as texts.

    Parameters
    ----------
    documents
        From :func:`windowed_documents`, of all sources.
    sources
        The name and the indicator of each source, in their order.

    Returns
    -------
    documents
        Table ``documents`` of :mod:`hubscan.schema`.
    """
    if not sources:
        empty = {name: ibis.null("string") for name in ("indicator", "source")}
        return documents.mutate(**empty).drop(*COLUMN_OF)
    number = _quotient(documents.document - documents.source, len(sources))
    told = documents.document_id.fill_null(number.cast("string"))
    name, indicator = (
        ibis.cases(*((documents.source == k, ibis.literal(text)) for k, text in enumerate(texts)))
        for texts in zip(*sources, strict=True)
    )
    return documents.mutate(document_id=told, source=name, indicator=indicator).drop(*COLUMN_OF)


def _quotient(multiple: Any, divisor: int) -> Any:  # noqa: ANN401 - an Ibis column
    """Return multiples of a whole number, divided by it."""
    # engines divide as floats, which are exact up to 2**53 only: so each half by itself
    half = 2**31
    low = multiple % half
    high = ((multiple - low) // half).cast("int64")
    above = (high // divisor).cast("int64")
    below = (high - above * divisor) * half + low
    return above * half + (below // divisor).cast("int64")


def document_lists(documents: ibis.Table) -> ibis.Table:
    """
    Return the lists of labels that documents bear.

    Parameters
    ----------
    documents
        From :func:`hubscan.ingest.wanted_documents`.

    Returns
    -------
    document_lists
        ``indicator``, ``document``, ``kind``, ``label_list``: one row a document and kind,
        unordered; a document without a list of a kind has none.
    """
    parts = [
        documents.filter(documents[kind].notnull()).select(
            "indicator", "document", kind=ibis.literal(kind), label_list=documents[kind]
        )
        for kind in COLUMN_OF
    ]
    return ibis.union(*parts)


def _wanted(kind: Any, types: Sequence[str], types_are_kept: str) -> Any:  # noqa: ANN401 - an Ibis column
    named = kind.lower().isin(list(types))
    return kind.isnull() | (named if types_are_kept == "kept" else ~named)
