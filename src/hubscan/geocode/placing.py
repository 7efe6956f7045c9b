"""Bring addresses and the places of their localities together, and count what was located."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from hubscan.schema import LOCATED

if TYPE_CHECKING:
    from ibis.expr.types import Table

WORLD: Final = "world"
"""Stands for a country in the rows of all countries together."""


def document_countries(addresses: Table, located_localities: Table) -> Table:
    """
    Return how many addresses each document lists in each country, and how many are located.

    Parameters
    ----------
    addresses
        Table ``addresses``.
    located_localities
        Table ``located_localities``.

    Returns
    -------
    document_countries
        ``indicator``, ``document``, ``country`` (ISO alpha-2; empty if unknown), ``n_listed``,
        ``n_located``, unordered.
    """
    every = _placed(addresses, located_localities)
    return every.group_by("indicator", "document", country=every.economy).agg(
        n_listed=every.addresses.sum().cast("int32"),
        n_located=every.located.sum().cast("int32"),
    )


def document_sizes(document_countries: Table) -> Table:
    """
    Return how many addresses each document lists, and how many of them are located.

    Parameters
    ----------
    document_countries
        From :func:`document_countries`.

    Returns
    -------
    document_sizes
        Table ``document_sizes``, unordered.
    """
    return document_countries.group_by("indicator", "document").agg(
        n_listed=document_countries.n_listed.sum().cast("int32"),
        n_located=document_countries.n_located.sum().cast("int32"),
    )


def located(addresses: Table, located_localities: Table, document_sizes: Table) -> Table:
    """
    Return the addresses that are located, each with its place.

    An address has the place of its own coordinates, else that of its locality; one with neither
    leaves. Its economy is the one given beside coordinates, else the one found.

    Parameters
    ----------
    addresses
        Table ``addresses``.
    located_localities
        Table ``located_localities``.
    document_sizes
        Table ``document_sizes``.

    Returns
    -------
    located
        Table ``located``, unordered.

    Examples
    --------
    >>> import ibis
    >>> addresses = ibis.memtable(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 2],
    ...         "place": [None, None, 8],
    ...         "locality": [1, 2, 2],
    ...         "economy": ["FR", "FR", "DE"],
    ...         "organisation": [0, 0, 0],
    ...         "addresses": [2, 1, 1],
    ...     },
    ...     schema={
    ...         "indicator": "string",
    ...         "document": "int64",
    ...         "place": "int64",
    ...         "locality": "int64",
    ...         "economy": "string",
    ...         "organisation": "int32",
    ...         "addresses": "int32",
    ...     },
    ... )
    >>> localities = ibis.memtable(
    ...     {"locality": [1, 2], "place": [7, None], "economy": ["FR", "FR"]},
    ...     schema={"locality": "int64", "place": "int64", "economy": "string"},
    ... )
    >>> sizes = document_sizes(document_countries(addresses, localities))
    >>> table = located(addresses, localities, sizes).to_pandas().sort_values("document")
    >>> table.drop(columns=["indicator", "organisation"]).values.tolist()
    [[1, 7, 'FR', 2, 3, 2], [2, 8, 'DE', 1, 1, 1]]
    """
    every = _placed(addresses, located_localities)
    placed = every.filter(every.place.notnull())
    return placed.join(document_sizes, ["indicator", "document"]).select(*LOCATED.names)


def doubtful_documents(
    addresses: Table, located_localities: Table, *, min_confidence: float
) -> Table:
    """
    Return how many documents hang on each locality that is not located, or not surely.

    Parameters
    ----------
    addresses
        Table ``addresses``; those with coordinates of their own hang on no locality.
    located_localities
        Table ``located_localities``.
    min_confidence
        Places at least so sure are left out, in [0, 1].

    Returns
    -------
    documents
        ``locality``, ``documents``, by locality; those that no document names are left out.
    """
    every = located_localities
    doubtful = every.filter(every.place.isnull() | (every.confidence < min_confidence))
    rows = addresses.filter(addresses.place.isnull()).semi_join(doubtful, "locality")
    once = rows.select("locality", "indicator", "document").distinct()
    counted = once.group_by("locality").agg(documents=once.count())
    return counted.order_by("locality")


def coverage_counts(document_countries: Table, document_sizes: Table) -> Table:
    """
    Return how many addresses and documents are located, by country of the address.

    Parameters
    ----------
    document_countries
        From :func:`document_countries`.
    document_sizes
        Table ``document_sizes``.

    Returns
    -------
    coverage_counts
        ``indicator``, ``country`` (ISO alpha-2; empty if unknown; ``"world"`` for all together),
        ``addresses``, ``located`` (of those), ``documents`` (with an address in the country),
        ``covered`` (of those, with a located one there); unordered.
    """
    world = document_sizes.mutate(country=ibis.literal(WORLD))
    return _counted(document_countries).union(_counted(world))


def _placed(addresses: Table, located_localities: Table) -> Table:
    """Return all addresses with place and economy, and how many of them are located."""
    found = located_localities.select("locality", found="place", there="economy")
    joined = addresses.left_join(found, "locality")
    given = joined.place.notnull() & (joined.economy != "")
    there = joined.there.fill_null(joined.economy)
    place = joined.place.fill_null(joined.found)
    return joined.select(
        "indicator",
        "document",
        "organisation",
        "addresses",
        place=place,
        economy=given.ifelse(joined.economy, there),
        located=joined.addresses * place.notnull().cast("int32"),
    )


def _counted(documents: Table) -> Table:
    """Return the number of addresses and documents by indicator and country."""
    return documents.group_by("indicator", "country").agg(
        addresses=documents.n_listed.sum().cast("int64"),
        located=documents.n_located.sum().cast("int64"),
        documents=documents.count(),
        covered=(documents.n_located > 0).cast("int64").sum().cast("int64"),
    )
