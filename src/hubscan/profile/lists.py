"""From lists of labels to single labels and fields: what each cluster has of them, as integers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.profile._shares import known
from hubscan.profile._sums import summed

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS: Final = ["cluster", "group", "denominator"]
_LIST: Final = "label_list"


def numbered_labels(listed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the labels of lists under numbers, and the texts of the numbers.

    Parameters
    ----------
    listed
        ``kind``, ``label_list``, ``position``, ``text``.

    Returns
    -------
    labels
        ``kind``, ``label_list``, ``position``, ``label``.
    label_texts
        ``kind``, ``label`` (from 0 within the kind, in the order of texts), ``text``.

    Examples
    --------
    >>> listed = {"kind": ["ipc"] * 2, "label_list": [0, 0], "position": [1, 2]}
    >>> labels, texts = numbered_labels(pd.DataFrame(listed | {"text": ["H04L 5/00", "A61K 9/00"]}))
    >>> labels["label"].tolist(), texts["text"].tolist()
    ([1, 0], ['A61K 9/00', 'H04L 5/00'])
    """
    keys = ["kind", "text"]
    once = listed[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    texts = once.assign(label=once.groupby("kind").cumcount().astype("int64"))
    labels = listed.merge(texts, on=keys, how="left")
    return labels[["kind", _LIST, "position", "label"]], texts[["kind", "label", "text"]]


def with_organisations(label_texts: pd.DataFrame, spellings: pd.DataFrame) -> pd.DataFrame:
    """
    Return the texts of labels, those of organisations among them.

    Parameters
    ----------
    label_texts
        From :func:`numbered_labels`.
    spellings
        ``organisation`` (text), ``number`` (0 for none), and others.

    Returns
    -------
    label_texts
        ``kind``, ``label``, ``text``.
    """
    once = spellings.loc[spellings["number"] > 0].drop_duplicates("number")
    named = pd.DataFrame(
        {
            "kind": "organisation",
            "label": once["number"].astype("int64"),
            "text": once["organisation"],
        }
    )
    return pd.concat([label_texts, named], ignore_index=True)


def label_addresses(
    list_sums: pd.DataFrame, labels: pd.DataFrame, *, kind: str, counting: str
) -> pd.DataFrame:
    """
    Return how much each cluster has of each label, such as subjects or applicants, as integers.

    Parameters
    ----------
    list_sums
        From :func:`hubscan.profile.reduction.list_addresses`, counted in the same way.
    labels
        ``kind``, ``label_list``, ``position``, ``label``: each label once a list.
    kind
        The kind of labels: ``subject``, ``applicant``.
    counting
        ``"fractional"``: what a document gives to a cluster is shared equally among its labels;
        ``"whole"``: it counts as one for each label in every cluster.

    Returns
    -------
    sums
        ``cluster``, ``group`` (the label), ``denominator``, ``addresses``; documents without a
        label are in none.

    Raises
    ------
    InputError
        If ``counting`` is not known.

    Examples
    --------
    A document with one of its three addresses in the cluster, and two applicants:

    >>> sums = {"kind": ["applicant"], "cluster": [5], "group": [0], "denominator": [3]}
    >>> labels = {"kind": ["applicant"] * 2, "label_list": [0, 0], "label": [70, 80]}
    >>> label_addresses(
    ...     pd.DataFrame(sums | {"addresses": [1]}),
    ...     pd.DataFrame(labels | {"position": [1, 2]}),
    ...     kind="applicant",
    ...     counting="fractional",
    ... ).to_numpy().tolist()
    [[5, 70, 6, 1], [5, 80, 6, 1]]
    """
    known(counting=(counting, ("fractional", "whole")))
    named = _of_kind(labels, kind)
    sizes = named.groupby(_LIST)["label"].transform("size") if counting == "fractional" else 1
    parts = named[[_LIST]].assign(group=named["label"], parts=1, whole=sizes)
    return _shared(_of_kind(list_sums, kind), parts)


def field_addresses(
    list_sums: pd.DataFrame,
    labels: pd.DataFrame,
    label_fields: pd.DataFrame,
    *,
    field_counting: str,
) -> pd.DataFrame:
    r"""
    Return how much each cluster has of each technology field, as integers.

    .. math:: N_c(k) = \sum_d f(d, c) \, \varphi(d, k)

    with :math:`f` the part of document *d* in cluster *c*, and :math:`\varphi` the part of it in
    field *k*.

    Parameters
    ----------
    list_sums, labels
        As for :func:`label_addresses`; looked at are labels of kind ``ipc``.
    label_fields
        ``label``, ``field``: from :func:`hubscan.profile.concordance.label_fields`.
    field_counting
        ``"equal"``: a document is shared equally among its distinct fields; ``"first_ipc"``: it
        belongs to the field of its first symbol that has one; ``"symbol_share"``: it is shared
        in proportion to the number of its symbols in each field.

    Returns
    -------
    sums
        ``cluster``, ``group`` (the field), ``denominator``, ``addresses``; documents without a
        field are in none.

    Raises
    ------
    InputError
        If ``field_counting`` is not known.

    Examples
    --------
    A document with two of its three addresses in the cluster, two symbols in field 6, one in 4:

    >>> sums = {"kind": ["ipc"], "cluster": [5], "group": [0], "denominator": [3]}
    >>> labels = {"kind": ["ipc"] * 3, "label_list": [0] * 3, "label": [10, 11, 12]}
    >>> field_addresses(
    ...     pd.DataFrame(sums | {"addresses": [2]}),
    ...     pd.DataFrame(labels | {"position": [1, 2, 3]}),
    ...     pd.DataFrame({"label": [10, 11, 12], "field": [6, 6, 4]}),
    ...     field_counting="symbol_share",
    ... ).to_numpy().tolist()
    [[5, 4, 9, 2], [5, 6, 9, 4]]
    """
    known(field_counting=(field_counting, _FIELD_PARTS))
    symbols = _of_kind(labels, "ipc").merge(label_fields, on="label")
    return _shared(_of_kind(list_sums, "ipc"), _FIELD_PARTS[field_counting](symbols))


def _equal(symbols: pd.DataFrame) -> pd.DataFrame:
    """Return one part for each distinct field of a list."""
    once = symbols[[_LIST, "field"]].drop_duplicates()
    whole = once.groupby(_LIST)["field"].transform("size")
    return once[[_LIST]].assign(group=once["field"], parts=1, whole=whole)


def _first(symbols: pd.DataFrame) -> pd.DataFrame:
    """Return the field of the first symbol that has one."""
    ordered = symbols.sort_values([_LIST, "position", "field"])
    first = ordered.drop_duplicates(_LIST)
    return first[[_LIST]].assign(group=first["field"], parts=1, whole=1)


def _by_symbols(symbols: pd.DataFrame) -> pd.DataFrame:
    """Return one part for each symbol of a list."""
    parts = symbols.groupby([_LIST, "field"], as_index=False).agg(parts=("label", "size"))
    whole = parts.groupby(_LIST)["parts"].transform("sum")
    return parts.rename(columns={"field": "group"}).assign(whole=whole)


_FIELD_PARTS: Final[dict[str, Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "equal": _equal,
    "first_ipc": _first,
    "symbol_share": _by_symbols,
}
"""How a document with several technology fields is shared among them."""


def _of_kind(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    return table[table["kind"] == kind]


def _shared(list_sums: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return sums by cluster, group and denominator, of what lists have and groups are part of."""
    met = list_sums[["cluster", "group", "denominator", "addresses"]].merge(
        parts.rename(columns={"group": "of"}), left_on="group", right_on=_LIST
    )
    whole, part = (met[name].to_numpy(np.int64) for name in ("whole", "parts"))
    keys = [
        met["cluster"].to_numpy(np.int64),
        met["of"].to_numpy(np.int64),
        met["denominator"].to_numpy(np.int64) * whole,
    ]
    columns, sums = summed(keys, met["addresses"].to_numpy(np.int64) * part)
    return pd.DataFrame(dict(zip(_KEYS, columns, strict=True))).assign(addresses=sums)
