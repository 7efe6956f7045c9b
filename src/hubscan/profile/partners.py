"""Reduce documents shared between clusters and economies to numbers of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.schema import NOISE

if TYPE_CHECKING:
    import ibis


def document_economies(located: ibis.Table, assignment: ibis.Table) -> ibis.Table:
    """
    Return the clusters and economies in which each document has addresses, and how many.

    Summed over economies, this is ``document_clusters``.

    Parameters
    ----------
    located
        Table ``located``.
    assignment
        ``place``, ``cluster`` and, if indicators are assigned differently, ``indicator``. Places
        that it does not name are noise (-1).

    Returns
    -------
    document_economies
        ``indicator``, ``document``, ``cluster``, ``economy``, ``addresses`` (of the document in
        that economy in the cluster), ``n_listed``, ``n_located``; one row a document, cluster and
        economy, unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> located = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 1],
    ...         "place": [7, 7, 8],
    ...         "economy": ["CH", "CH", "FR"],
    ...         "n_listed": [4] * 3,
    ...         "n_located": [3] * 3,
    ...     }
    ... )
    >>> assignment = pa.table({"place": [7], "cluster": [5]})
    >>> table = document_economies(ibis.memtable(located), ibis.memtable(assignment))
    >>> for row in table.order_by("cluster").to_pyarrow().to_pylist():
    ...     print(*row.values())
    patents 1 -1 FR 1 4 3
    patents 1 5 CH 2 4 3
    """
    keys = [key for key in ("indicator", "place") if key in assignment.columns]
    # the places on the right get other names: engines differ in what they call a clash
    named = assignment.select(
        assignment.cluster.cast("int64").name("cluster"),
        *(assignment[key].name(f"{key}_assigned") for key in keys),
    )
    joined = located.left_join(named, [located[key] == named[f"{key}_assigned"] for key in keys])
    placed = joined.mutate(cluster=joined.cluster.fill_null(NOISE))
    return placed.group_by("indicator", "document", "cluster", "economy").agg(
        addresses=placed.count().cast("int64"),
        n_listed=placed.n_listed.max(),
        n_located=placed.n_located.max(),
    )


def foreign_documents(
    document_economies: ibis.Table, homes: ibis.Table, *, indicator: str
) -> ibis.Table:
    """
    Return each cluster's documents, and those with an address outside its home economies.

    An address whose economy is not known is not taken for a foreign one.

    Parameters
    ----------
    document_economies
        From :func:`document_economies`.
    homes
        ``cluster``, ``economy``: from :func:`hubscan.profile.collaboration.homes`.
    indicator
        The indicator looked at.

    Returns
    -------
    foreign_documents
        ``cluster``, ``documents`` (with an address in it), ``foreign`` (of those, with an address
        abroad, in the cluster or elsewhere); unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> table = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 2],
    ...         "cluster": [5, -1, 5],
    ...         "economy": ["CH", "FR", "CH"],
    ...         "addresses": [2, 1, 1],
    ...         "n_located": [3, 3, 1],
    ...     }
    ... )
    >>> homes = pa.table({"cluster": [5], "economy": ["CH"]})
    >>> found = foreign_documents(ibis.memtable(table), ibis.memtable(homes), indicator="patents")
    >>> found.to_pyarrow().to_pylist()
    [{'cluster': 5, 'documents': 2, 'foreign': 1}]
    """
    rows = document_economies.filter(document_economies.indicator == indicator)
    # most documents lie in one cluster and one economy, and need not be brought together
    alone = rows.filter((rows.addresses == rows.n_located) & (rows.cluster != NOISE))
    alone = alone.select("document", "cluster", "economy")
    split = rows.filter(rows.addresses < rows.n_located)
    pairs = _pairs(split)
    cells = split.select("economy", there="document")
    met = pairs.join(cells, pairs.document == cells.there)
    every = _counted(alone).union(
        _counted(pairs),
        _counted(_abroad(alone, homes), foreign=True),
        _counted(_abroad(met, homes).select("document", "cluster").distinct(), foreign=True),
    )
    summed = every.group_by("cluster").agg(
        documents=every.documents.sum(), foreign=every.foreign.sum()
    )
    return _integers(summed, "documents", "foreign")


def economy_links(document_economies: ibis.Table, *, indicator: str) -> ibis.Table:
    """
    Return how many documents of each cluster have an address outside it in each economy.

    One link a document and distinct economy.

    Parameters
    ----------
    document_economies
        From :func:`document_economies`.
    indicator
        The indicator looked at.

    Returns
    -------
    links
        ``cluster``, ``economy``, ``links`` (documents); unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> table = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "document": [1, 1],
    ...         "cluster": [5, -1],
    ...         "economy": ["CH", "FR"],
    ...         "addresses": [2, 1],
    ...         "n_located": [3, 3],
    ...     }
    ... )
    >>> economy_links(ibis.memtable(table), indicator="patents").to_pyarrow().to_pylist()
    [{'cluster': 5, 'economy': 'FR', 'links': 1}]
    """
    rows = document_economies.filter(document_economies.indicator == indicator)
    split = rows.filter(rows.addresses < rows.n_located)
    economies = split.group_by("economy", there="document").agg(
        cells=split.count(), last=split.cluster.max()
    )
    pairs = _pairs(split)
    met = pairs.join(economies, pairs.document == economies.there)
    # all the document's addresses in an economy lie in the cluster, or else there is a link
    linked = met.filter((met.cells > 1) | (met["last"] != met.cluster))
    links = linked.group_by("cluster", "economy").agg(links=linked.count())
    return _integers(links, "links")


def cluster_pairs(document_economies: ibis.Table, *, indicator: str) -> ibis.Table:
    """
    Return the number of documents with an address in both clusters of each pair.

    A document counts once for each pair of clusters it joins, whatever its number of addresses
    there. All noise together is one partner, cluster -1.

    Parameters
    ----------
    document_economies
        From :func:`document_economies`.
    indicator
        The indicator looked at.

    Returns
    -------
    pairs
        ``a``, ``b`` (``a`` < ``b``), ``links`` (documents); unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> table = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "document": [1, 1],
    ...         "cluster": [5, -1],
    ...         "economy": ["CH", "FR"],
    ...         "addresses": [2, 1],
    ...         "n_located": [3, 3],
    ...     }
    ... )
    >>> cluster_pairs(ibis.memtable(table), indicator="patents").to_pyarrow().to_pylist()
    [{'a': -1, 'b': 5, 'links': 1}]
    """
    rows = document_economies.filter(document_economies.indicator == indicator)
    split = rows.filter(rows.addresses < rows.n_located)
    once = split.select("document", "cluster").distinct()
    # other names on the right: engines differ in what they call a clash
    one = once.select("document", a="cluster")
    other = once.select(document_b="document", b="cluster")
    joined = one.join(other, one.document == other.document_b)
    pairs = joined.filter(joined.a < joined.b)
    return _integers(pairs.group_by("a", "b").agg(links=pairs.count()), "links")


def _pairs(split: ibis.Table) -> ibis.Table:
    """Return each document and cluster once, noise left out."""
    return split.filter(split.cluster != NOISE).select("document", "cluster").distinct()


def _abroad(rows: ibis.Table, homes: ibis.Table) -> ibis.Table:
    """Return rows whose economy is known and none of the homes of their cluster."""
    home = homes.select(cluster_home=homes.cluster, home=homes.economy)
    joined = rows.left_join(home, [rows.cluster == home.cluster_home, rows.economy == home.home])
    return joined.filter(joined.home.isnull() & (joined.economy != ""))


def _counted(rows: ibis.Table, *, foreign: bool = False) -> ibis.Table:
    """Return the number of rows of each cluster, as documents or as foreign documents."""
    found = rows.group_by("cluster").agg(documents=rows.count())
    none = found.documents * 0
    columns = (none, found.documents) if foreign else (found.documents, none)
    return found.select("cluster", documents=columns[0], foreign=columns[1])


def _integers(table: ibis.Table, *columns: str) -> ibis.Table:
    """Return a table whose numbers are of one type, whatever the engine makes of them."""
    return table.cast(dict.fromkeys(columns, "int64"))
