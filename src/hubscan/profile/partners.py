"""Reduce documents shared between clusters and economies to numbers of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.numbered import is_known
from hubscan.schema import NOISE

if TYPE_CHECKING:
    import ibis


def foreign_documents(document_economies: ibis.Table, homes: ibis.Table) -> ibis.Table:
    """
    Return each cluster's documents, and those with an address outside its home economies.

    An address whose economy is not known is not taken for a foreign one.

    Parameters
    ----------
    document_economies
        From :func:`hubscan.count.document_economies`.
    homes
        ``cluster``, ``economy``: from :func:`hubscan.profile.collaboration.homes`.

    Returns
    -------
    foreign_documents
        ``indicator``, ``cluster``, ``documents`` (with an address in it), ``foreign`` (of those,
        with an address abroad, in the cluster or elsewhere); unordered.

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
    >>> found = foreign_documents(ibis.memtable(table), ibis.memtable(homes))
    >>> found.to_pyarrow().to_pylist()
    [{'indicator': 'patents', 'cluster': 5, 'documents': 2, 'foreign': 1}]
    """
    rows = document_economies
    # most documents lie in one cluster and one economy, and need not be brought together
    alone = rows.filter((rows.addresses == rows.n_located) & (rows.cluster != NOISE))
    alone = alone.select("indicator", "document", "cluster", "economy")
    split = rows.filter(rows.addresses < rows.n_located)
    pairs = _pairs(split)
    cells = split.select("economy", of="indicator", there="document")
    met = pairs.join(cells, _same(pairs, cells))
    abroad = _abroad(met, homes).select("indicator", "document", "cluster").distinct()
    every = _counted(alone).union(
        _counted(pairs),
        _counted(_abroad(alone, homes), foreign=True),
        _counted(abroad, foreign=True),
    )
    summed = every.group_by("indicator", "cluster").agg(
        documents=every.documents.sum(), foreign=every.foreign.sum()
    )
    return _integers(summed, "cluster", "documents", "foreign")


def economy_links(document_economies: ibis.Table) -> ibis.Table:
    """
    Return how many documents of each cluster have an address outside it in each economy.

    One link a document and distinct economy.

    Parameters
    ----------
    document_economies
        From :func:`hubscan.count.document_economies`.

    Returns
    -------
    links
        ``indicator``, ``cluster``, ``economy``, ``links`` (documents); unordered.

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
    >>> economy_links(ibis.memtable(table)).to_pyarrow().to_pylist()
    [{'indicator': 'patents', 'cluster': 5, 'economy': 'FR', 'links': 1}]
    """
    split = document_economies.filter(document_economies.addresses < document_economies.n_located)
    economies = split.group_by("economy", of="indicator", there="document").agg(
        first=split.cluster.min(), last=split.cluster.max()
    )
    pairs = _pairs(split)
    met = pairs.join(economies, _same(pairs, economies))
    # all the document's addresses in an economy lie in the cluster, or else there is a link
    linked = met.filter((met["first"] != met.cluster) | (met["last"] != met.cluster))
    links = linked.group_by("indicator", "cluster", "economy").agg(links=linked.count())
    return _integers(links, "cluster", "links")


def cluster_pairs(document_economies: ibis.Table) -> ibis.Table:
    """
    Return the number of documents with an address in both clusters of each pair.

    A document counts once for each pair of clusters it joins, whatever its number of addresses
    there. All noise together is one partner, cluster -1.

    Parameters
    ----------
    document_economies
        From :func:`hubscan.count.document_economies`.

    Returns
    -------
    pairs
        ``indicator``, ``a``, ``b`` (``a`` < ``b``), ``links`` (documents); unordered.

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
    >>> cluster_pairs(ibis.memtable(table)).to_pyarrow().to_pylist()
    [{'indicator': 'patents', 'a': -1, 'b': 5, 'links': 1}]
    """
    split = document_economies.filter(document_economies.addresses < document_economies.n_located)
    once = split.select("indicator", "document", "cluster").distinct()
    # other names on the right: engines differ in what they call a clash
    one = once.select("indicator", "document", a="cluster")
    other = once.select(of="indicator", there="document", b="cluster")
    joined = one.join(other, _same(one, other))
    pairs = joined.filter(joined.a < joined.b)
    links = pairs.group_by("indicator", "a", "b").agg(links=pairs.count())
    return _integers(links, "a", "b", "links")


def _same(rows: ibis.Table, others: ibis.Table) -> list[ibis.Value]:
    """Return the condition that both are rows of one document."""
    return [rows.document == others.there, rows.indicator == others.of]


def _pairs(split: ibis.Table) -> ibis.Table:
    """Return each document and cluster once, noise left out."""
    return (
        split.filter(split.cluster != NOISE).select("indicator", "document", "cluster").distinct()
    )


def _abroad(rows: ibis.Table, homes: ibis.Table) -> ibis.Table:
    """Return rows whose economy is known and none of the homes of their cluster."""
    home = homes.select(cluster_home=homes.cluster, home=homes.economy)
    joined = rows.left_join(home, [rows.cluster == home.cluster_home, rows.economy == home.home])
    return joined.filter(joined.home.isnull() & is_known(joined.economy))


def _counted(rows: ibis.Table, *, foreign: bool = False) -> ibis.Table:
    """Return the number of rows of each cluster, as documents or as foreign documents."""
    found = rows.group_by("indicator", "cluster").agg(documents=rows.count())
    none = found.documents * 0
    columns = (none, found.documents) if foreign else (found.documents, none)
    return found.select("indicator", "cluster", documents=columns[0], foreign=columns[1])


def _integers(table: ibis.Table, *columns: str) -> ibis.Table:
    """Return a table whose numbers are of one type, whatever the engine makes of them."""
    return table.cast(dict.fromkeys(columns, "int64"))
