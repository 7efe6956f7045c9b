"""Reduce located addresses to integers: by place, and by document and cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from hubscan.errors import InputError
from hubscan.numbered import indicator_numbers
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence

DENOMINATORS: Final = {"renormalise": "n_located", "lose": "n_listed"}
"""The number of addresses among which a document is split, by ``missing``."""


def place_addresses(located: ibis.Table, *, missing: str) -> ibis.Table:
    """
    Return the number of addresses at each place, by the denominator of their documents.

    Everything that is counted follows from these integers: a document of *n* addresses gives
    1/*n* to the place of each, so a place's count is the sum over *n* of its addresses with
    denominator *n*, divided by *n*.

    Parameters
    ----------
    located
        Table ``located``.
    missing
        What becomes of a document's addresses that were not located: ``"renormalise"`` splits it
        among the located ones; ``"lose"`` among all listed ones, so that a part goes nowhere.

    Returns
    -------
    place_addresses
        Table ``place_addresses``, sorted by its key.

    Raises
    ------
    InputError
        If ``missing`` is neither.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> located = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 2],
    ...         "place": [7, 8, 7],
    ...         "economy": ["FR"] * 3,
    ...         "addresses": [1, 1, 2],
    ...         "n_listed": [3, 3, 1],
    ...         "n_located": [2, 2, 1],
    ...     }
    ... )
    >>> table = place_addresses(ibis.memtable(located), missing="renormalise")
    >>> for row in table.order_by("place", "denominator").to_pyarrow().to_pylist():
    ...     print(*row.values())
    patents 7 FR 1 2
    patents 7 FR 2 1
    patents 8 FR 2 1
    """
    if missing not in DENOMINATORS:
        msg = f"count: missing = {missing!r}: must be one of {', '.join(DENOMINATORS)}"
        raise InputError(msg)
    split = located.mutate(denominator=located[DENOMINATORS[missing]].cast("int64"))
    keys = ("indicator", "place", "economy", "denominator")
    summed = split.group_by(*keys).agg(addresses=split.addresses.sum().cast("int64"))
    return summed.order_by(*keys)


def document_clusters(located: ibis.Table, assignment: ibis.Table) -> ibis.Table:
    """
    Return the clusters in which each document has addresses, and how many.

    Parameters
    ----------
    located
        Table ``located``.
    assignment
        ``place``, ``cluster`` and, if indicators are assigned differently, ``indicator``. Places
        that it does not name are noise (-1).

    Returns
    -------
    document_clusters
        ``indicator``, ``document``, ``cluster``, ``addresses`` (of the document in the cluster),
        ``n_listed``, ``n_located``; one row a document and cluster, unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> located = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 1],
    ...         "place": [7, 8, 9],
    ...         "addresses": [1] * 3,
    ...         "n_listed": [4] * 3,
    ...         "n_located": [3] * 3,
    ...     }
    ... )
    >>> assignment = pa.table({"place": [7, 8], "cluster": [5, 5]})
    >>> table = document_clusters(ibis.memtable(located), ibis.memtable(assignment))
    >>> for row in table.order_by("cluster").to_pyarrow().to_pylist():
    ...     print(*row.values())
    patents 1 -1 1 4 3
    patents 1 5 2 4 3
    """
    placed = _in_clusters(located, assignment)
    return placed.group_by("indicator", "document", "cluster").agg(
        addresses=placed.addresses.sum().cast("int64"),
        n_listed=placed.n_listed.max(),
        n_located=placed.n_located.max(),
    )


def document_economies(
    at_places: ibis.Table,
    assignment: ibis.Table,
    document_sizes: ibis.Table,
    *,
    indicators: Sequence[int | str],
) -> ibis.Table:
    """
    Return the clusters and economies in which each document has addresses, and how many.

    The one table from which ties, foreign shares, partners, fields and leaders follow.

    Parameters
    ----------
    at_places
        Located addresses: ``indicator``, ``document``, ``place``, ``economy``, ``addresses``.
    assignment
        ``place``, ``cluster`` and, if indicators are assigned differently, ``indicator``. Places
        that it does not name are noise (-1).
    document_sizes
        Table ``document_sizes``.
    indicators
        The indicators whose documents are looked at, as the tables name or number them.

    Returns
    -------
    document_economies
        ``indicator``, ``document``, ``cluster``, ``economy``, ``addresses`` (of the document in
        that economy in the cluster), ``n_listed``, ``n_located``; one row a document, cluster and
        economy, unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> at_places = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 1],
    ...         "place": [7, 7, 8],
    ...         "economy": ["CH", "CH", "FR"],
    ...         "addresses": [1] * 3,
    ...     }
    ... )
    >>> sizes = {"indicator": ["patents"], "document": [1], "n_listed": [4], "n_located": [3]}
    >>> assignment = pa.table({"place": [7], "cluster": [5]})
    >>> tables = ibis.memtable(at_places), ibis.memtable(assignment), ibis.memtable(sizes)
    >>> table = document_economies(*tables, indicators=["patents"])
    >>> for row in table.order_by("cluster").to_pyarrow().to_pylist():
    ...     print(*row.values())
    patents 1 -1 FR 1 4 3
    patents 1 5 CH 2 4 3
    """
    wanted = at_places.filter(at_places.indicator.isin(list(indicators)))
    placed = _in_clusters(wanted, assignment)
    counted = placed.group_by("indicator", "document", "cluster", "economy").agg(
        addresses=placed.addresses.sum().cast("int32")
    )
    # sizes are brought to the documents' clusters, which are fewer than their addresses
    sizes = document_sizes.select(
        "n_listed", "n_located", of=document_sizes.indicator, there=document_sizes.document
    )
    same = [counted.document == sizes.there, counted.indicator == sizes.of]
    return counted.join(sizes, same).drop("of", "there")


def _in_clusters(rows: ibis.Table, assignment: ibis.Table) -> ibis.Table:
    """Return rows at places with the cluster of each; noise where it has none."""
    keys = [key for key in ("indicator", "place") if key in assignment.columns]
    inside = assignment.filter(assignment.cluster != NOISE)
    # the places on the right get other names: engines differ in what they call a clash
    named = inside.select(
        inside.cluster.cast("int32").name("cluster"),
        *(inside[key].name(f"{key}_assigned") for key in keys),
    )
    joined = rows.left_join(named, [rows[key] == named[f"{key}_assigned"] for key in keys])
    return joined.mutate(cluster=joined.cluster.fill_null(NOISE).cast("int32"))


def renamed(document_economies: ibis.Table, numbers: ibis.Table) -> ibis.Table:
    """
    Return where documents have addresses, under the numbers that clusters have after merging.

    Parameters
    ----------
    document_economies
        From :func:`document_economies`.
    numbers
        ``cluster``, ``number``: from :func:`hubscan.cluster.numbers`.

    Returns
    -------
    document_economies
        The same rows; where two clusters became one, a document may have two rows of one economy.
    """
    given = numbers.select("number", was=numbers.cluster)
    joined = document_economies.left_join(given, document_economies.cluster == given.was)
    now = joined.number.fill_null(NOISE).cast("int32")
    return joined.mutate(cluster=now).select(*document_economies.columns)


def cluster_documents(document_clusters: ibis.Table) -> ibis.Table:
    """
    Return the number of documents with an address in each cluster.

    Parameters
    ----------
    document_clusters
        From :func:`document_clusters`.

    Returns
    -------
    cluster_documents
        ``cluster``, ``indicator``, ``documents``; noise is cluster -1; unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> table = pa.table({"indicator": ["patents"] * 2, "document": [1, 2], "cluster": [5, 5]})
    >>> cluster_documents(ibis.memtable(table)).to_pyarrow().to_pylist()
    [{'cluster': 5, 'indicator': 'patents', 'documents': 2}]
    """
    return document_clusters.group_by("cluster", "indicator").agg(
        documents=document_clusters.count().cast("int64")
    )


def whole_documents(
    located: ibis.Table, assignment: ibis.Table, *, method: str, indicators: Sequence[str]
) -> ibis.Table:
    """
    Return the documents of each cluster counted whole, if that is how they are counted.

    Parameters
    ----------
    located
        Table ``located``.
    assignment
        ``indicator`` (its name), ``place``, ``cluster``.
    method
        Counting method; nothing is counted unless it is ``"full"``.
    indicators
        Indicators of the edition.

    Returns
    -------
    cluster_documents
        ``cluster``, ``indicator`` (its number), ``documents``; empty for other methods.
    """
    numbers = indicator_numbers(indicators)
    assigned = assignment.mutate(
        indicator=ibis.cases(*((assignment.indicator == n, k) for n, k in numbers.items())).cast(
            located.indicator.type()
        )
    )
    documents = cluster_documents(document_clusters(located, assigned))
    return documents if method == "full" else documents.limit(0)
