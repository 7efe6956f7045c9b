"""Reduce documents and what they are labelled with to integers: by cluster and label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError
from hubscan.profile._shares import as_integers, denominator_column, known, shares

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis

_MORE_THAN_FIELDS: Final = 64


def cluster_addresses(
    document_clusters: ibis.Table, *, indicator: str, counting: str, missing: str
) -> ibis.Table:
    """
    Return how much each cluster has of an indicator, as integers.

    Parameters
    ----------
    document_clusters
        ``indicator``, ``document``, ``cluster``, ``addresses``, ``n_listed``, ``n_located``: one
        row a document and cluster, or more, such as one for each economy.
    indicator
        The indicator looked at.
    counting
        ``"fractional"``: a document is shared among its addresses; ``"whole"``: it counts as one
        in every cluster in which it has an address.
    missing
        ``"renormalise"``: shared among the located addresses; ``"lose"``: among all listed ones.

    Returns
    -------
    sums
        ``cluster``, ``denominator``, ``addresses``: the count is the sum of addresses /
        denominator; noise is cluster -1; unordered.

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
    >>> sums = cluster_addresses(
    ...     ibis.memtable(table), indicator="patents", counting="fractional", missing="lose"
    ... )
    >>> sums.order_by("cluster").to_pyarrow().to_pylist()[1]
    {'cluster': 5, 'denominator': 4, 'addresses': 2}
    """
    rows = shares(document_clusters, indicator=indicator, counting=counting, missing=missing)
    return rows.group_by("cluster", "denominator").agg(addresses=rows.addresses.sum())


def field_addresses(
    document_clusters: ibis.Table,
    labels: ibis.Table,
    label_fields: ibis.Table,
    *,
    indicator: str,
    field_counting: str,
    missing: str,
) -> ibis.Table:
    r"""
    Return how much each cluster has of each technology field, as integers.

    .. math:: N_c(k) = \sum_d f(d, c) \, \varphi(d, k)

    with :math:`f` the part of document *d* in cluster *c*, and :math:`\varphi` the part of it in
    field *k*.

    Parameters
    ----------
    document_clusters
        As for :func:`cluster_addresses`.
    labels
        ``indicator``, ``document``, ``kind``, ``label``, ``position``: one row a document and
        symbol (kind ``ipc``); position counts from 1 in the order listed, and is looked at by
        ``"first_ipc"`` only.
    label_fields
        ``label``, ``field``: from :func:`hubscan.profile.concordance.label_fields`.
    indicator, missing
        As for :func:`cluster_addresses`.
    field_counting
        ``"equal"``: a document is shared equally among its distinct fields; ``"first_ipc"``: it
        belongs to the field of its first symbol that has one; ``"symbol_share"``: it is shared
        in proportion to the number of its symbols in each field.

    Returns
    -------
    sums
        ``cluster``, ``group`` (the field), ``denominator``, ``addresses``; documents without a
        field are in none; unordered.

    Raises
    ------
    InputError
        If an option is not known, or positions are needed and not there.

    Examples
    --------
    A document with two addresses in the cluster, two symbols in field 6 and one in field 4:

    >>> import ibis, pyarrow as pa
    >>> clusters = {"indicator": "patents", "document": 1, "cluster": 5, "addresses": 2}
    >>> clusters = pa.Table.from_pylist([clusters | {"n_listed": 3, "n_located": 3}])
    >>> labels = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1] * 3,
    ...         "kind": ["ipc"] * 3,
    ...         "label": [10, 11, 12],
    ...     }
    ... )
    >>> fields = pa.table({"label": [10, 11, 12], "field": [6, 6, 4]})
    >>> tables = [ibis.memtable(table) for table in (clusters, labels, fields)]
    >>> choice = {"indicator": "patents", "missing": "renormalise"}
    >>> sums = field_addresses(*tables, field_counting="symbol_share", **choice)
    >>> for row in sums.order_by("group").to_pyarrow().to_pylist():
    ...     print(*row.values())
    5 4 9 2
    5 6 9 4
    """
    known(field_counting=(field_counting, _FIELD_PARTS))
    if field_counting == "first_ipc" and "position" not in labels.columns:
        msg = "profile: labels have no column 'position': field_counting 'first_ipc' needs it"
        raise InputError(msg)
    # the labels on the right get another name: engines differ in what they call a clash
    mapped = label_fields.select("field", of=label_fields.label)
    symbols = _of_kind(labels, indicator=indicator, kind="ipc")
    symbols = symbols.join(mapped, symbols.label == mapped.of)
    inside = shares(document_clusters, indicator=indicator, counting="fractional", missing=missing)
    return _by_group(inside, _FIELD_PARTS[field_counting](symbols))


def label_addresses(
    document_clusters: ibis.Table,
    labels: ibis.Table,
    *,
    indicator: str,
    kind: str,
    counting: str,
    missing: str,
) -> ibis.Table:
    """
    Return how much each cluster has of each label, such as subjects or applicants, as integers.

    Parameters
    ----------
    document_clusters
        As for :func:`cluster_addresses`.
    labels
        ``indicator``, ``document``, ``kind``, ``label``: each label once a document. If there is
        a column ``n_labels`` (labels of the kind that the document has), they are not counted.
    indicator, missing
        As for :func:`cluster_addresses`.
    kind
        The kind of labels: ``subject``, ``applicant``.
    counting
        ``"fractional"``: what a document gives to a cluster is shared equally among its labels;
        ``"whole"``: it counts as one for each label in every cluster.

    Returns
    -------
    sums
        ``cluster``, ``group`` (the label), ``denominator``, ``addresses``; documents without a
        label are in none; unordered.

    Raises
    ------
    InputError
        If an option is not known.

    Examples
    --------
    A document with one of its three addresses in the cluster, and two applicants:

    >>> import ibis, pyarrow as pa
    >>> clusters = {"indicator": "patents", "document": 1, "cluster": 5, "addresses": 1}
    >>> clusters = pa.Table.from_pylist([clusters | {"n_listed": 3, "n_located": 3}])
    >>> labels = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "document": [1] * 2,
    ...         "kind": ["applicant"] * 2,
    ...         "label": [70, 80],
    ...     }
    ... )
    >>> sums = label_addresses(
    ...     ibis.memtable(clusters),
    ...     ibis.memtable(labels),
    ...     indicator="patents",
    ...     kind="applicant",
    ...     counting="fractional",
    ...     missing="renormalise",
    ... )
    >>> for row in sums.order_by("group").to_pyarrow().to_pylist():
    ...     print(*row.values())
    5 70 6 1
    5 80 6 1
    """
    inside = shares(document_clusters, indicator=indicator, counting=counting, missing=missing)
    named = _of_kind(labels, indicator=indicator, kind=kind)
    if counting == "whole":
        return _by_group(inside, named.select("document", group=named.label, parts=1, whole=1))
    if "n_labels" in labels.columns:
        parts = named.select("document", group=named.label, parts=1, whole=named.n_labels)
        return _by_group(inside, parts)
    return _by_group(inside, _with_number(named.select("document", group=named.label)))


def organisation_addresses(
    organisations: ibis.Table,
    assignment: ibis.Table,
    *,
    indicator: str,
    counting: str,
    missing: str,
) -> ibis.Table:
    """
    Return how much each organisation has in each cluster, by its own addresses, as integers.

    An address in the cluster gives its share of the document to the organisation it names: an
    organisation has nothing in a cluster in which only its partners sit.

    Parameters
    ----------
    organisations
        ``indicator``, ``document``, ``place``, ``organisation``, ``n_located`` (``n_listed`` if
        ``missing`` is ``"lose"``): one row a located address that names its organisation.
    assignment
        ``place``, ``cluster``: each place once. Places that it does not name are noise, which is
        left out.
    indicator, missing
        As for :func:`cluster_addresses`.
    counting
        ``"fractional"``: each address gives its share; ``"whole"``: a document counts as one for
        each organisation with an address in the cluster.

    Returns
    -------
    sums
        ``cluster``, ``group`` (the organisation), ``denominator``, ``addresses``; unordered.

    Raises
    ------
    InputError
        If an option is not known.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> addresses = pa.table(
    ...     {
    ...         "indicator": ["publications"] * 3,
    ...         "document": [1] * 3,
    ...         "place": [7, 7, 8],
    ...         "organisation": [70, 70, 80],
    ...         "n_located": [3] * 3,
    ...     }
    ... )
    >>> assignment = pa.table({"place": [7], "cluster": [5]})
    >>> organisation_addresses(
    ...     ibis.memtable(addresses),
    ...     ibis.memtable(assignment),
    ...     indicator="publications",
    ...     counting="fractional",
    ...     missing="renormalise",
    ... ).to_pyarrow().to_pylist()
    [{'cluster': 5, 'group': 70, 'denominator': 3, 'addresses': 2}]
    """
    denominator = denominator_column(counting=counting, missing=missing)
    clustered = assignment.filter(assignment.cluster > 0)
    # the places on the right get another name: engines differ in what they call a clash
    inside = clustered.select("cluster", assigned=clustered.place)
    rows = organisations.filter(organisations.indicator == indicator)
    joined = rows.join(inside, rows.place == inside.assigned)
    if denominator is None:
        one = joined.select("document", "cluster", group=joined.organisation).distinct()
        counted = one.mutate(denominator=1)
    else:
        counted = joined.select(
            "cluster", group=joined.organisation, denominator=joined[denominator]
        )
    return as_integers(
        counted.group_by("cluster", "group", "denominator").agg(addresses=counted.count())
    )


def _equal(symbols: ibis.Table) -> ibis.Table:
    """Return one part for each distinct field of a document."""
    return _with_number(symbols.select("document", group=symbols.field).distinct())


def _first(symbols: ibis.Table) -> ibis.Table:
    """Return the field of the first symbol that has one."""
    # position and field in one integer: the least of them has the field of the least position
    packed = symbols.position.cast("int64") * _MORE_THAN_FIELDS + symbols.field
    first = symbols.group_by("document").agg(packed=packed.min())
    return first.select("document", group=first.packed % _MORE_THAN_FIELDS, parts=1, whole=1)


def _by_symbols(symbols: ibis.Table) -> ibis.Table:
    """Return one part for each symbol of a document."""
    parts = symbols.group_by("document", group=symbols.field).agg(parts=symbols.count())
    by_document = symbols.group_by("document").agg(whole=symbols.count())
    whole = by_document.select("whole", of=by_document.document)
    return parts.join(whole, parts.document == whole.of).drop("of")


_FIELD_PARTS: Final[dict[str, Callable[[ibis.Table], ibis.Table]]] = {
    "equal": _equal,
    "first_ipc": _first,
    "symbol_share": _by_symbols,
}
FIELD_COUNTING: Final = tuple(_FIELD_PARTS)
"""How a document with several technology fields is shared among them."""


def _with_number(groups: ibis.Table) -> ibis.Table:
    """Return one part for each group of a document, and their number."""
    by_document = groups.group_by("document").agg(whole=groups.count())
    whole = by_document.select("whole", of=by_document.document)
    joined = groups.join(whole, groups.document == whole.of)
    return joined.select("document", "group", "whole", parts=1)


def _by_group(inside: ibis.Table, parts: ibis.Table) -> ibis.Table:
    """Return sums by cluster, group and denominator, of documents that have a group."""
    right = parts.select("group", "parts", "whole", of=parts.document)
    joined = inside.join(right, inside.document == right.of)
    rows = joined.select(
        "cluster",
        "group",
        denominator=joined.denominator * joined.whole.cast("int64"),
        addresses=joined.addresses * joined.parts.cast("int64"),
    )
    return as_integers(
        rows.group_by("cluster", "group", "denominator").agg(addresses=rows.addresses.sum())
    )


def _of_kind(labels: ibis.Table, *, indicator: str, kind: str) -> ibis.Table:
    """Return the labels of one kind."""
    return labels.filter((labels.kind == kind) & (labels.indicator == indicator))
