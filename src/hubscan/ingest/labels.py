"""What documents are labelled with: classification symbols, applicants, subjects, organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
import numpy as np
import pandas as pd

from hubscan.ingest.documents import document_rows, document_texts
from hubscan.ingest.listed import of_documents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hubscan.ingest.documents import Scanned

COLUMN_OF: Final = {"ipc": "ipc", "applicant": "applicants", "subject": "subjects"}
"""The column of documents that lists the labels of each kind."""

BETWEEN: Final = ";"
"""What stands between the labels of a list."""

_EMPTY: Final = {
    "indicator": "string",
    "document": "int64",
    "kind": "string",
    "label_list": "int32",
}
_LISTS: Final = {"kind": "str", "label_list": "int32", "text": "str"}


def label_texts(scanned: Scanned) -> dict[str, ibis.Table]:
    """Return the distinct lists of labels of a source's documents, by kind: ``text``."""
    found = {kind: document_texts(scanned, column) for kind, column in COLUMN_OF.items()}
    return {
        kind: table.select(text=COLUMN_OF[kind])
        for kind, table in found.items()
        if table is not None
    }


def numbered_lists(texts: Mapping[str, Sequence[pd.DataFrame]]) -> pd.DataFrame:
    """
    Return the distinct lists of labels with a number each.

    Parameters
    ----------
    texts
        By kind, for each source: ``text``.

    Returns
    -------
    lists
        ``kind``, ``label_list`` (from 0 within its kind, in the order of texts), ``text``.
    """
    parts = []
    for kind in sorted(texts):
        every = sorted({str(text) for table in texts[kind] for text in table["text"]})
        part = pd.DataFrame({"text": pd.Series(every, dtype="str")})
        parts.append(part.assign(kind=kind, label_list=np.arange(len(every))))
    lists = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*_LISTS])
    return lists.astype(_LISTS)[[*_LISTS]]


def listed_labels(lists: pd.DataFrame) -> pd.DataFrame:
    """
    Return the labels of each list.

    Parameters
    ----------
    lists
        From :func:`numbered_lists`; labels are joined by semicolons.

    Returns
    -------
    labels
        ``kind``, ``label_list``, ``position`` (from 1, in the order listed), ``text``; a label that
        a list names twice is there once.

    Examples
    --------
    >>> lists = numbered_lists({"ipc": [pd.DataFrame({"text": ["H01M 10/05; B60L 50/60;"]})]})
    >>> listed_labels(lists)[["position", "text"]].to_numpy().tolist()
    [[1, 'H01M 10/05'], [2, 'B60L 50/60']]
    """
    parts = lists.assign(text=lists["text"].str.split(BETWEEN)).explode("text", ignore_index=True)
    parts["text"] = parts["text"].astype("str").str.strip()
    parts = parts[parts["text"] != ""].drop_duplicates(["kind", "label_list", "text"])
    order = parts.groupby(["kind", "label_list"]).cumcount() + 1
    labels = parts.assign(position=order.astype("int32"))
    return labels[["kind", "label_list", "position", "text"]].reset_index(drop=True)


def document_lists(
    scanned: Sequence[Scanned], documents: Sequence[ibis.Table], lists: ibis.Table
) -> ibis.Table:
    """
    Return the lists of labels that the documents looked at bear.

    Parameters
    ----------
    scanned
        Sources whose rows are addresses.
    documents
        For each source, the result of :func:`hubscan.ingest.documents.windowed_documents`.
    lists
        From :func:`numbered_lists`.

    Returns
    -------
    document_lists
        ``indicator``, ``document``, ``kind``, ``label_list``: one row a document and kind,
        unordered. Where a document's rows differ in a list, the first in the order of texts counts.
    """
    parts = [
        part
        for k, (one, wanted) in enumerate(zip(scanned, documents, strict=True))
        for part in _lists_of(one, wanted, lists, offset=k, step=len(scanned))
    ]
    if not parts:
        return ibis.memtable([], schema=_EMPTY)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _lists_of(
    one: Scanned, wanted: ibis.Table, lists: ibis.Table, *, offset: int, step: int
) -> list[ibis.Table]:
    rows = document_rows(one)
    kinds = {kind: column for kind, column in COLUMN_OF.items() if column in rows.columns}
    if not kinds:
        return []
    parts = []
    for kind, column in kinds.items():
        of_kind = lists.filter(lists.kind == kind).select("label_list", listed=lists["text"])
        named = of_documents(
            rows.select("document_id", told=column), wanted, offset=offset, step=step
        )
        coded = named.join(of_kind, named.told == of_kind.listed)
        first = coded.group_by("document").agg(label_list=coded.label_list.min().cast("int32"))
        parts.append(
            first.select(
                "document",
                "label_list",
                indicator=ibis.literal(one.source.indicator),
                kind=ibis.literal(kind),
            ).select(*_EMPTY)
        )
    return parts
