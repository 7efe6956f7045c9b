"""Documents of all sources that the edition looks at: which, how many, and under what ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.ingest.documents import COLUMN_OF, windowed_documents, with_ids
from hubscan.ingest.scope import in_scope
from hubscan.ingest.sources import lazy
from hubscan.numbered import indicator_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis

    from hubscan.ingest.sources import Filters, Sources

NO_DOCUMENTS: Final = pd.DataFrame(
    {
        "indicator": pd.Series([], dtype="int8"),
        "document": pd.Series([], dtype="int64"),
        "source": pd.Series([], dtype="int16"),
        "document_id": pd.Series([], dtype="str"),
        "year": pd.Series([], dtype="int32"),
        **{kind: pd.Series([], dtype="int32") for kind in COLUMN_OF},
    }
)


def wanted_documents(
    sources: Sources, label_lists: pd.DataFrame, *, filters: Filters
) -> ibis.Table:
    """
    Return the documents the edition looks at.

    Parameters
    ----------
    sources
        The open sources.
    label_lists
        From :func:`label_lists`.
    filters
        The edition's windows and filters.

    Returns
    -------
    documents
        ``indicator`` (its number), ``document``, ``source`` (its place among the sources),
        ``document_id``, ``year``, and the number of the list of each kind; lazy.
    """
    scanned = sources.at("addresses", filters.indicators)
    out = _left_out(label_lists, publication_scope=filters.publication_scope)
    import ibis  # noqa: PLC0415 - heavy; not needed to print help

    parts = [
        windowed_documents(
            one,
            lazy(label_lists.assign(left_out=out & (one.source.indicator == "publications"))),
            years=filters.years[one.source.indicator],
            numbers=(indicator_numbers(filters.indicators)[one.source.indicator], k, len(scanned)),
            **filters.types(one.source.indicator),
        )
        for k, one in enumerate(scanned)
    ]
    if not parts:
        return lazy(NO_DOCUMENTS)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def document_ids(
    documents: ibis.Table, sources: Sources, *, indicators: Sequence[str]
) -> ibis.Table:
    """
    Return the documents the edition looks at, with their sources' ids, as the run folder has them.

    Parameters
    ----------
    documents
        From :func:`wanted_documents`.
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    documents
        Table ``documents`` of :mod:`hubscan.schema`.
    """
    told = [(one.source.name, one.source.indicator) for one in sources.at("addresses", indicators)]
    return with_ids(documents, told)


def document_totals(
    documents: ibis.Table, sources: Sources, *, indicators: Sequence[str]
) -> pd.DataFrame:
    """
    Return how many documents of each indicator the edition looks at.

    Parameters
    ----------
    documents
        From :func:`wanted_documents`.
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    totals
        ``indicator``, ``documents``; only indicators that come as addresses.
    """
    found = sources.frame(documents.group_by("source").agg(documents=documents.count()))
    told = [one.source.indicator for one in sources.at("addresses", indicators)]
    of = found["source"].map(dict(enumerate(told))).astype("str")
    every = found.groupby(of)["documents"].sum().reindex(sorted(set(told)), fill_value=0)
    totals = every.astype("int64").rename_axis("indicator").reset_index()
    return totals.astype({"indicator": "str"})


def _left_out(label_lists: pd.DataFrame, *, publication_scope: str) -> pd.Series[bool]:
    """Return which lists leave a publication out: those of subjects out of scope."""
    out = pd.Series(data=False, index=label_lists.index)
    told = label_lists.loc[label_lists["kind"] == "subject", "text"]
    if publication_scope != "none":
        out.loc[told.index] = ~in_scope(told, publication_scope=publication_scope)
    return out
