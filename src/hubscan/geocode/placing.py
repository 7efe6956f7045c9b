"""Bring addresses and the places of their localities together, and count what was located."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from hubscan.schema import LOCATED

if TYPE_CHECKING:
    from ibis.expr.types import Table

WORLD: Final = "world"
"""Stands for a country in the rows of all countries together."""


def located(addresses: Table, located_localities: Table) -> Table:
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

    Returns
    -------
    located
        Table ``located``, unordered.

    Notes
    -----
    Only documents that are not located in full are joined to the number that is: they are few.

    Examples
    --------
    >>> import ibis
    >>> addresses = ibis.memtable(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 2],
    ...         "sequence": [1, 2, 1],
    ...         "place": [None, None, 8],
    ...         "locality": [1, 2, 2],
    ...         "economy": ["FR", "FR", "DE"],
    ...         "n_listed": [2, 2, 1],
    ...     },
    ...     schema={
    ...         "indicator": "string",
    ...         "document": "int64",
    ...         "sequence": "int64",
    ...         "place": "int64",
    ...         "locality": "int64",
    ...         "economy": "string",
    ...         "n_listed": "int64",
    ...     },
    ... )
    >>> localities = ibis.memtable(
    ...     {"locality": [1, 2], "place": [7, None], "economy": ["FR", "FR"]},
    ...     schema={"locality": "int64", "place": "int64", "economy": "string"},
    ... )
    >>> table = located(addresses, localities).to_pandas().sort_values("document")
    >>> table[["document", "place", "economy", "n_listed", "n_located"]].values.tolist()
    [[1, 7, 'FR', 2, 1], [2, 8, 'DE', 1, 1]]
    """
    every = _placed(addresses, located_localities)
    joined = every.filter(every.place.notnull()).left_join(
        _missing(every).drop("n_listed"), ["indicator", "document"]
    )
    number = joined.n_listed - joined.n_missing.fill_null(0)
    return joined.mutate(n_located=number.cast("int32")).select(*LOCATED.names)


def coverage_counts(addresses: Table, located_localities: Table) -> Table:
    """
    Return how many addresses and documents are located, by country of the address.

    Parameters
    ----------
    addresses
        Table ``addresses``.
    located_localities
        Table ``located_localities``.

    Returns
    -------
    coverage_counts
        ``indicator``, ``country`` (ISO alpha-2; empty if unknown; ``"world"`` for all together),
        ``addresses``, ``located`` (of those), ``documents`` (with an address in the country),
        ``covered`` (of those, with a located one there); unordered.
    """
    every = _placed(addresses, located_localities)
    keyed = every.mutate(found=every.place.notnull().cast("int64"))
    by_country = _counted(keyed.select("indicator", "document", "found", country="economy"))
    return by_country.union(_world(keyed).select(*by_country.columns))


def _missing(every: Table) -> Table:
    """Return the documents with addresses that have no place, and how many: they are few."""
    lost = every.filter(every.place.isnull())
    return lost.group_by("indicator", "document").agg(
        n_missing=lost.count().cast("int32"), n_listed=lost.n_listed.max()
    )


def _world(every: Table) -> Table:
    """Return the counts of all countries together, without grouping by document."""
    sizes = every.group_by("indicator", "n_listed").agg(
        addresses=every.count(), located=every.found.sum()
    )
    listed = sizes.group_by("indicator").agg(
        addresses=sizes.addresses.sum().cast("int64"),
        located=sizes.located.sum().cast("int64"),
        documents=(sizes.addresses // sizes.n_listed).sum().cast("int64"),
    )
    missing = _missing(every)
    whole = missing.filter(missing.n_missing == missing.n_listed)
    lost = whole.group_by("indicator").agg(lost=whole.count().cast("int64"))
    joined = listed.left_join(lost, "indicator")
    return joined.select(
        "indicator",
        "addresses",
        "located",
        "documents",
        country=ibis.literal(WORLD),
        covered=joined.documents - joined.lost.fill_null(0),
    )


def _placed(addresses: Table, located_localities: Table) -> Table:
    """Return all addresses with their place, if they have one, and their economy."""
    found = located_localities.select("locality", found="place", there="economy")
    joined = addresses.left_join(found, "locality")
    given = joined.place.notnull() & (joined.economy != "")
    there = joined.there.fill_null(joined.economy)
    return joined.select(
        "indicator",
        "document",
        "n_listed",
        place=joined.place.fill_null(joined.found),
        economy=given.ifelse(joined.economy, there),
    )


def _counted(addresses: Table) -> Table:
    """Return the number of addresses and documents by indicator and country."""
    documents = addresses.group_by("indicator", "country", "document").agg(
        addresses=addresses.count(), located=addresses.found.sum()
    )
    return documents.group_by("indicator", "country").agg(
        addresses=documents.addresses.sum().cast("int64"),
        located=documents.located.sum().cast("int64"),
        documents=documents.count(),
        covered=(documents.located > 0).cast("int64").sum().cast("int64"),
    )
