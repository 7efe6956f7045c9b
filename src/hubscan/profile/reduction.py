"""Reduce documents and what they are labelled with to integers: by cluster and list of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.profile._shares import as_integers, denominator_column, of_documents, shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis


def cluster_addresses(document_clusters: ibis.Table, *, counting: str, missing: str) -> ibis.Table:
    """
    Return how much each cluster has of each indicator, as integers.

    Parameters
    ----------
    document_clusters
        ``indicator``, ``document``, ``cluster``, ``addresses``, ``n_listed``, ``n_located``: one
        row a document and cluster, or more, such as one for each economy.
    counting
        ``"fractional"``: a document is shared among its addresses; ``"whole"``: it counts as one
        in every cluster in which it has an address.
    missing
        ``"renormalise"``: shared among the located addresses; ``"lose"``: among all listed ones.

    Returns
    -------
    sums
        ``indicator``, ``cluster``, ``denominator``, ``addresses``: the count is the sum of
        addresses / denominator; noise is cluster -1; unordered.

    Raises
    ------
    InputError
        If an option is not known.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> table = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "document": [1, 1],
    ...         "cluster": [5, -1],
    ...         "addresses": [2, 1],
    ...         "n_listed": [4, 4],
    ...         "n_located": [3, 3],
    ...     }
    ... )
    >>> sums = cluster_addresses(ibis.memtable(table), counting="fractional", missing="lose")
    >>> sums.order_by("cluster").to_pyarrow().to_pylist()[1]
    {'indicator': 'patents', 'cluster': 5, 'denominator': 4, 'addresses': 2}
    """
    rows = shares(document_clusters, counting=counting, missing=missing)
    summed = rows.group_by("indicator", "cluster", "denominator").agg(
        addresses=rows.addresses.sum()
    )
    return summed.cast({"addresses": "int64"})


def list_addresses(
    document_clusters: ibis.Table,
    document_lists: ibis.Table,
    *,
    kinds: Sequence[str],
    counting: str,
    missing: str,
) -> ibis.Table:
    """
    Return how much each cluster has of documents that bear the same list of labels, as integers.

    Lists are few where documents are many: what follows for single labels is worked out from them
    (:mod:`hubscan.profile.lists`).

    Parameters
    ----------
    document_clusters
        As for :func:`cluster_addresses`.
    document_lists
        ``indicator``, ``document``, ``kind``, ``label_list``: one row a document and kind.
    kinds
        The kinds of labels looked at.
    counting, missing
        As for :func:`cluster_addresses`.

    Returns
    -------
    sums
        ``indicator``, ``kind``, ``cluster``, ``group`` (the list), ``denominator``,
        ``addresses``; documents without a list are in none; unordered.

    Raises
    ------
    InputError
        If an option is not known.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> clusters = {"indicator": "patents", "document": 1, "cluster": 5, "addresses": 2}
    >>> clusters = pa.Table.from_pylist([clusters | {"n_listed": 3, "n_located": 3}])
    >>> lists = {"indicator": "patents", "document": 1, "kind": "ipc", "label_list": 10}
    >>> tables = ibis.memtable(clusters), ibis.memtable(pa.Table.from_pylist([lists]))
    >>> choice = {"counting": "fractional", "missing": "renormalise"}
    >>> sums = list_addresses(*tables, kinds=["ipc"], **choice)
    >>> for row in sums.to_pyarrow().to_pylist():
    ...     print(*row.values())
    patents ipc 5 10 3 2
    """
    inside = shares(document_clusters, counting=counting, missing=missing)
    of_kinds = document_lists.filter(document_lists.kind.isin(list(kinds)))
    rows = of_documents(inside, of_kinds.rename(group="label_list"), "kind", "group")
    return as_integers(
        rows.group_by("indicator", "kind", "cluster", "group", "denominator").agg(
            addresses=rows.addresses.sum()
        )
    )


def organisation_addresses(
    located: ibis.Table, assignment: ibis.Table, *, counting: str, missing: str
) -> ibis.Table:
    """
    Return how much each organisation has in each cluster, by its own addresses, as integers.

    An address in the cluster gives its share of the document to the organisation it names: an
    organisation has nothing in a cluster in which only its partners sit.

    Parameters
    ----------
    located
        Table ``located``; organisation 0 stands for none, and is left out.
    assignment
        ``place``, ``cluster``: each place once. Places that it does not name are noise, which is
        left out.
    missing
        As for :func:`cluster_addresses`.
    counting
        ``"fractional"``: each address gives its share; ``"whole"``: a document counts as one for
        each organisation with an address in the cluster.

    Returns
    -------
    sums
        ``indicator``, ``cluster``, ``group`` (the organisation), ``denominator``,
        ``addresses``; unordered.

    Raises
    ------
    InputError
        If an option is not known.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> addresses = pa.table(
    ...     {
    ...         "indicator": ["publications"] * 2,
    ...         "document": [1] * 2,
    ...         "place": [7, 8],
    ...         "organisation": [70, 80],
    ...         "addresses": [2, 1],
    ...         "n_located": [3] * 2,
    ...     }
    ... )
    >>> assignment = pa.table({"place": [7], "cluster": [5]})
    >>> sums = organisation_addresses(
    ...     ibis.memtable(addresses),
    ...     ibis.memtable(assignment),
    ...     counting="fractional",
    ...     missing="renormalise",
    ... )
    >>> for row in sums.to_pyarrow().to_pylist():
    ...     print(*row.values())
    publications 5 70 3 2
    """
    denominator = denominator_column(counting=counting, missing=missing)
    clustered = assignment.filter(assignment.cluster > 0)
    # the places on the right get another name: engines differ in what they call a clash
    inside = clustered.select("cluster", assigned=clustered.place)
    rows = located.filter(located.organisation > 0)
    joined = rows.join(inside, rows.place == inside.assigned)
    if denominator is None:
        one = joined.select("indicator", "document", "cluster", group=joined.organisation)
        one = one.distinct()
        counted = one.mutate(denominator=1, addresses=1)
    else:
        counted = joined.select(
            "indicator",
            "cluster",
            "addresses",
            group=joined.organisation,
            denominator=joined[denominator],
        )
    keys = ("indicator", "cluster", "group", "denominator")
    return as_integers(counted.group_by(*keys).agg(addresses=counted.addresses.sum()))
