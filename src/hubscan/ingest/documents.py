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

LOCALITY: Final = ("country", "region", "city")
REPEAT_KEYS: Final = ("document_id", "sequence")
_TOLD: Final = {
    "indicator": "string",
    "document": "int64",
    "source": "string",
    "document_id": "string",
    "year": "int32",
}


@dataclass(frozen=True)
class Scanned:
    """A declared source and the rows of its files, as yet under their own names."""

    source: Source
    rows: ibis.Table
    documents: ibis.Table | None = None
    areas: ibis.Table | None = None


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
    left_out: ibis.Table | None,
    *,
    years: tuple[int, int],
    types: Sequence[str],
    types_are_kept: str,
    columns: Sequence[str] = (),
) -> ibis.Table:
    """
    Return the documents of a source that the edition looks at.

    Rows are judged one by one, before they are gathered to documents: a document is looked at if
    any of its rows is within the window and the filters.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.
    left_out
        ``subjects``: texts of :func:`document_texts` whose documents are out of scope, if any.
    years
        First and last year, both included.
    types
        Document types, in lower case.
    types_are_kept
        ``kept`` if only these types are wanted, ``left_out`` if all others are, ``any`` to look at
        no type. A document without a type is always wanted.
    columns
        What else is wanted of the rows, such as ``year``.

    Returns
    -------
    documents
        ``document_id`` and ``columns``, each document once or more often.
    """
    first, last = scanned.source.years or years
    rows = document_rows(scanned)
    rows = rows.filter(rows.year.between(first, last))
    if "type" in rows.columns and types_are_kept != "any":
        rows = rows.filter(_wanted(rows["type"], types, types_are_kept))
    if left_out is not None and "subjects" in rows.columns:
        rows = rows.anti_join(left_out, "subjects")
    return rows.select("document_id", *columns)


def numbered_documents(wanted: ibis.Table, *, offset: int, step: int) -> ibis.Table:
    """
    Return documents with a number each that no document of another source has.

    Parameters
    ----------
    wanted
        From :func:`windowed_documents`.
    offset, step
        The source's place among the sources, and their number.

    Returns
    -------
    documents
        ``document_id`` (key), ``document``: whole-number ids as they are, others by their place in
        the order of ids; times ``step``, plus ``offset``.
    """
    once = wanted.distinct()
    return once.mutate(document=_number(once.document_id) * step + offset)


def told_documents(scanned: Sequence[Scanned], windowed: Sequence[ibis.Table]) -> ibis.Table:
    """
    Return documents under their numbers, with the ids that their sources give them.

    Parameters
    ----------
    scanned
        Sources whose rows are addresses.
    windowed
        For each source, the result of :func:`windowed_documents`, with ``year``.

    Returns
    -------
    documents
        Table ``documents`` of :mod:`hubscan.schema`, unordered: a document whose rows tell several
        years has the first of them that is within the window.
    """
    parts = []
    for offset, (one, rows) in enumerate(zip(scanned, windowed, strict=True)):
        once = rows.group_by("document_id").agg(year=rows.year.min().cast("int32"))
        parts.append(
            once.select(
                indicator=ibis.literal(one.source.indicator),
                document=_number(once.document_id) * len(scanned) + offset,
                source=ibis.literal(one.source.name),
                document_id=once.document_id.cast("string"),
                year=once.year,
            )
        )
    if not parts:
        return ibis.memtable([], schema=_TOLD)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _number(document_id: Any) -> Any:  # noqa: ANN401 - an Ibis column
    if document_id.type().is_integer():
        return document_id.cast("int64")
    return ibis.row_number().over(order_by=document_id).cast("int64")


def _wanted(kind: Any, types: Sequence[str], types_are_kept: str) -> Any:  # noqa: ANN401 - an Ibis column
    named = kind.lower().isin(list(types))
    return kind.isnull() | (named if types_are_kept == "kept" else ~named)
