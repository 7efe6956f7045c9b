"""What documents are labelled with: classification symbols, applicants, subjects, organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.ingest.documents import COLUMN_OF, document_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis

    from hubscan.ingest.documents import Scanned

BETWEEN: Final = ";"
"""What stands between the labels of a list."""

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
