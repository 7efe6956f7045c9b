"""Documents and their listed addresses: the window, the filters, and the size of each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import ibis
import pandas as pd

from hubscan.ingest.rejects import without_repeats
from hubscan.ingest.rows import canonical, good

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.ingest.inputs import Files, Source

LOCALITY: Final = ("country", "region", "city")
_EMPTY: Final = {
    "indicator": "string",
    "document": "int64",
    "place": "int64",
    "locality": "int32",
    "economy": "string",
    "n_listed": "int32",
}
REPEAT_KEYS: Final = ("document_id", "sequence")


@dataclass(frozen=True)
class Scanned:
    """A declared source and the rows of its files, as yet under their own names."""

    source: Source
    rows: ibis.Table
    documents: ibis.Table | None = None
    areas: ibis.Table | None = None


def subject_lists(scanned: Scanned) -> ibis.Table | None:
    """
    Return the distinct subject texts of a source's documents; None if it has no such column.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.

    Returns
    -------
    lists
        ``subjects``: each text once, missing ones left out.
    """
    listed = _documents(scanned)
    if "subjects" not in listed.columns:
        return None
    return listed.filter(listed.subjects.notnull()).select("subjects").distinct()  # noqa: PD004 - Ibis, not pandas


def windowed_documents(
    scanned: Scanned,
    left_out: ibis.Table | None,
    *,
    years: tuple[int, int],
    types: Sequence[str],
    types_are_kept: str,
) -> ibis.Table:
    """
    Return the documents of a source that the edition looks at.

    Parameters
    ----------
    scanned
        A source whose rows are addresses.
    left_out
        ``subjects``: texts of :func:`subject_lists` whose documents are out of scope, if any.
    years
        First and last year, both included.
    types
        Document types, in lower case.
    types_are_kept
        ``kept`` if only these types are wanted, ``left_out`` if all others are, ``any`` to look at
        no type. A document without a type is always wanted.

    Returns
    -------
    documents
        ``document_id`` (key).
    """
    first, last = scanned.source.years or years
    listed = _documents(scanned)
    told = [name for name in ("year", "type", "subjects") if name in listed.columns]
    documents = listed.group_by("document_id").agg(**{name: listed[name].min() for name in told})
    documents = documents.filter(documents.year.between(first, last))
    if "type" in documents.columns and types_are_kept != "any":
        documents = documents.filter(_wanted(documents["type"], types, types_are_kept))
    if left_out is not None and "subjects" in documents.columns:
        documents = documents.anti_join(left_out, "subjects")
    return documents.select("document_id")


def listed_localities(scanned: Sequence[Scanned]) -> ibis.Table:
    """
    Return the distinct texts of country, region and city among the sources' addresses.

    Parameters
    ----------
    scanned
        Sources whose rows are addresses.

    Returns
    -------
    localities
        ``country``, ``region``, ``city``: texts, empty where not given; each combination once.
    """
    parts = [_with_locality(_rows(one)).select(*LOCALITY) for one in scanned]
    return ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0].distinct()


def distinct_localities(rows: ibis.Table, files: Files) -> ibis.Table:
    """Return the distinct country, region and city texts of one file's usable rows."""
    usable = good(canonical(rows, files, where="localities"))
    return _with_locality(usable).select(*LOCALITY).distinct()


def numbered_localities(localities: pd.DataFrame) -> pd.DataFrame:
    """
    Return localities with a number each, in the order of country, region and city.

    Parameters
    ----------
    localities
        Distinct ``country``, ``region``, ``city``, in any order.

    Returns
    -------
    localities
        Table ``localities`` of :mod:`hubscan.schema`.

    Examples
    --------
    >>> found = pd.DataFrame(
    ...     {"country": ["JP", "FR"], "region": ["", ""], "city": ["Kobe", "Nice"]}
    ... )
    >>> numbered_localities(found).city.tolist()
    ['Nice', 'Kobe']
    """
    ordered = localities.astype(str).sort_values(list(LOCALITY), kind="stable", ignore_index=True)
    return ordered.assign(locality=pd.RangeIndex(len(ordered)).to_numpy("int32"))[
        ["locality", "city", "region", "country"]
    ]


def addresses(
    scanned: Sequence[Scanned],
    documents: Sequence[ibis.Table],
    localities: ibis.Table,
) -> ibis.Table:
    """
    Return the listed addresses of the documents looked at, encoded.

    Parameters
    ----------
    scanned
        Sources whose rows are addresses.
    documents
        For each source, the result of :func:`windowed_documents`.
    localities
        Table ``localities``.

    Returns
    -------
    addresses
        Table ``addresses`` of :mod:`hubscan.schema`.
    """
    parts = [
        _encoded(one, wanted, localities, offset=k, step=len(scanned))
        for k, (one, wanted) in enumerate(zip(scanned, documents, strict=True))
    ]
    if not parts:
        return ibis.memtable([], schema=_EMPTY)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _encoded(
    one: Scanned, wanted: ibis.Table, localities: ibis.Table, *, offset: int, step: int
) -> ibis.Table:
    listed = _rows(one)
    sizes = listed.group_by("document_id").agg(n_listed=listed.count().cast("int32"))
    documents = wanted.join(sizes, "document_id")
    documents = documents.mutate(document=_number(documents.document_id))
    rows = _with_locality(listed)
    own = _place_key(rows) if "latitude" in rows.columns else ibis.null("int64")
    rows = rows.select("document_id", *LOCALITY, place=own)
    joined = rows.join(documents, "document_id").join(localities, list(LOCALITY))
    return joined.select(
        indicator=ibis.literal(one.source.indicator),
        document=joined.document * step + offset,
        place=joined.place,
        locality=joined.locality.cast("int32"),
        economy=ibis.literal(""),
        n_listed=joined.n_listed,
    )


def _documents(one: Scanned) -> ibis.Table:
    """Return the usable rows that tell of documents: of their own file, or of the addresses."""
    source = one.source
    if one.documents is not None and source.documents is not None:
        return good(canonical(one.documents, source.documents, where=source.name))
    return good(canonical(one.rows, source, where=source.name))


def _rows(one: Scanned) -> ibis.Table:
    rows = good(canonical(one.rows, one.source, where=one.source.name))
    return without_repeats(rows, REPEAT_KEYS) if "sequence" in rows.columns else rows


def _with_locality(rows: ibis.Table) -> ibis.Table:
    texts: dict[str, Any] = {
        name: rows[name].fill_null("") if name in rows.columns else ibis.literal("")
        for name in LOCALITY
    }
    return rows.mutate(**texts)


def _place_key(rows: ibis.Table) -> Any:  # noqa: ANN401 - an Ibis column
    """Return sphere.place_keys of the rows' coordinates, in the engine."""
    phi = (rows.latitude * 1e6 + 0.5).floor().cast("int64")
    lam = ((rows.longitude * 1e6 + 0.5).floor().cast("int64") + 180_000_000) % 360_000_000
    at_pole = phi.abs() == 90_000_000  # noqa: PLR2004 - micro-degrees of a pole
    lam = ibis.ifelse(at_pole, ibis.literal(180_000_000, "int64"), lam)
    return (phi + 90_000_000) * 360_000_000 + lam


def _number(document_id: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return whole-number ids as they are, others by their place in the order of ids."""
    if document_id.type().is_integer():
        return document_id.cast("int64")
    return ibis.row_number().over(order_by=document_id).cast("int64")


def _wanted(kind: Any, types: Sequence[str], types_are_kept: str) -> Any:  # noqa: ANN401 - an Ibis column
    named = kind.lower().isin(list(types))
    return kind.isnull() | (named if types_are_kept == "kept" else ~named)  # noqa: PD003 - Ibis, not pandas
