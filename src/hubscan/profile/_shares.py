"""Documents' parts in clusters, as addresses of a denominator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis

COUNTING: Final = ("fractional", "whole")
"""A document is shared among its addresses, or counts as one in each cluster."""

_DENOMINATORS: Final = {"renormalise": "n_located", "lose": "n_listed"}


def shares(document_clusters: ibis.Table, *, counting: str, missing: str) -> ibis.Table:
    """Return each document's part in each cluster as addresses of a denominator."""
    denominator = denominator_column(counting=counting, missing=missing)
    rows = document_clusters
    if denominator is None:
        once = rows.select("indicator", "document", "cluster").distinct()
        counted = once.mutate(denominator=1, addresses=1)
        return counted.cast({"denominator": "int64", "addresses": "int64"})
    return rows.select(
        "indicator",
        "document",
        "cluster",
        denominator=rows[denominator].cast("int64"),
        addresses=rows.addresses.cast("int64"),
    )


def of_documents(inside: ibis.Table, told: ibis.Table, *columns: str) -> ibis.Table:
    """Return rows of documents with what is told of their documents, in columns of that name."""
    # the documents on the right get other names: engines differ in what they call a clash
    known = told.select(*columns, of=told.indicator, there=told.document)
    return inside.join(known, [inside.document == known.there, inside.indicator == known.of])


def denominator_column(*, counting: str, missing: str) -> str | None:
    """Return the column that a document's addresses are divided by; None if it counts whole."""
    known(counting=(counting, COUNTING), missing=(missing, _DENOMINATORS))
    return None if counting == "whole" else _DENOMINATORS[missing]


def as_integers(sums: ibis.Table) -> ibis.Table:
    """Return sums of one type, whatever the engine makes of them."""
    return sums.cast(dict.fromkeys(("cluster", "group", "denominator", "addresses"), "int64"))


def known(**options: tuple[str, Iterable[str]]) -> None:
    """Raise InputError if an option is not one of those known."""
    for name, (value, allowed) in options.items():
        if value not in set(allowed):
            msg = f"profile: {name} = {value!r}: must be one of {', '.join(allowed)}"
            raise InputError(msg)
