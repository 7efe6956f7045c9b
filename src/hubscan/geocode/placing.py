"""Bring addresses and the places of their localities together, and count what was located."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from hubscan.numbered import WORLD_NUMBER
from hubscan.schema import LOCATED

if TYPE_CHECKING:
    from ibis.expr.types import Table


def document_countries(addresses: Table) -> Table:
    """
    Return how many addresses each document lists in each country, and how many are located.

    Parameters
    ----------
    addresses
        Table ``addresses``.

    Returns
    -------
    document_countries
        ``indicator``, ``document``, ``country`` (number of the economy), ``n_listed``,
        ``n_located``, unordered.
    """
    return addresses.group_by("indicator", "document", country=addresses.economy).agg(
        n_listed=addresses.count().cast("int32"),
        n_located=addresses.place.count().cast("int32"),
    )


def document_sizes(addresses: Table) -> Table:
    """
    Return how many addresses each document lists, and how many of them are located.

    Parameters
    ----------
    addresses
        Table ``addresses``.

    Returns
    -------
    document_sizes
        Table ``document_sizes``, unordered.
    """
    return addresses.group_by("indicator", "document").agg(
        n_listed=addresses.count().cast("int32"),
        n_located=addresses.place.count().cast("int32"),
    )


def at_places(addresses: Table) -> Table:
    """
    Return the addresses that are located.

    Parameters
    ----------
    addresses
        Table ``addresses``.

    Returns
    -------
    at_places
        ``indicator``, ``document``, ``place``, ``economy``, ``organisation``, ``addresses`` (1),
        unordered.
    """
    placed = addresses.filter(addresses.place.notnull())
    return placed.select(
        "indicator",
        "document",
        "place",
        "economy",
        "organisation",
        addresses=ibis.literal(1, "int32"),
    )


def located(at_places: Table, document_sizes: Table) -> Table:
    """
    Return the addresses that are located, with the number of addresses of their documents.

    Parameters
    ----------
    at_places
        From :func:`at_places`.
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
    ...         "indicator": [0] * 3,
    ...         "document": [1, 1, 2],
    ...         "place": [7, None, 8],
    ...         "locality": [1, 2, -1],
    ...         "economy": [1, 1, 2],
    ...         "organisation": [0, 0, 0],
    ...     },
    ...     schema=dict.fromkeys(
    ...         ["indicator", "document", "place", "locality", "economy", "organisation"], "int64"
    ...     ),
    ... )
    >>> table = located(at_places(addresses), document_sizes(addresses)).to_pandas()
    >>> table.sort_values("document").drop(columns=["indicator", "organisation"]).values.tolist()
    [[1, 7, 1, 1, 2, 1], [2, 8, 2, 1, 1, 1]]
    """
    return at_places.join(document_sizes, ["indicator", "document"]).select(*LOCATED.names)


def doubtful_documents(
    addresses: Table, located_localities: Table, *, min_confidence: float
) -> Table:
    """
    Return how many documents hang on each locality that is not located, or not surely.

    Parameters
    ----------
    addresses
        Table ``addresses``; those with coordinates of their own hang on no locality (-1).
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
    rows = addresses.semi_join(doubtful, "locality")
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
        ``indicator``, ``country`` (number of the economy; -1 for all together), ``addresses``,
        ``located`` (of those), ``documents`` (with an address in the country), ``covered`` (of
        those, with a located one there); unordered.
    """
    world = document_sizes.mutate(country=ibis.literal(WORLD_NUMBER, "int16"))
    by_country = document_countries.mutate(country=document_countries.country.cast("int16"))
    return _counted(by_country).union(_counted(world))


def _counted(documents: Table) -> Table:
    """Return the number of addresses and documents by indicator and country."""
    return documents.group_by("indicator", "country").agg(
        addresses=documents.n_listed.sum().cast("int64"),
        located=documents.n_located.sum().cast("int64"),
        documents=documents.count(),
        covered=(documents.n_located > 0).cast("int64").sum().cast("int64"),
    )
