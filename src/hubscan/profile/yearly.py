"""How much each cluster has of each indicator in each year of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan.profile._shares import of_documents, shares
from hubscan.profile._sums import counted

if TYPE_CHECKING:
    import ibis


def year_addresses(
    document_clusters: ibis.Table, documents: ibis.Table, *, counting: str, missing: str
) -> ibis.Table:
    """
    Return how much each cluster has of each indicator in each year, as integers.

    Parameters
    ----------
    document_clusters
        As for :func:`hubscan.profile.reduction.cluster_addresses`.
    documents
        ``indicator``, ``document``, ``year``: each document once.
    counting, missing
        As for :func:`hubscan.profile.reduction.cluster_addresses`.

    Returns
    -------
    sums
        ``indicator``, ``cluster``, ``year``, ``denominator``, ``addresses``; noise is cluster -1;
        unordered.

    Raises
    ------
    InputError
        If an option is not known.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> clusters = {"indicator": "patents", "document": 1, "cluster": 5, "addresses": 2}
    >>> clusters = pa.Table.from_pylist([clusters | {"n_listed": 3, "n_located": 3}])
    >>> years = pa.table({"indicator": ["patents"], "document": [1], "year": [2021]})
    >>> choice = {"counting": "fractional", "missing": "renormalise"}
    >>> sums = year_addresses(ibis.memtable(clusters), ibis.memtable(years), **choice)
    >>> for row in sums.to_pyarrow().to_pylist():
    ...     print(*row.values())
    patents 5 2021 3 2
    """
    inside = shares(document_clusters, counting=counting, missing=missing)
    rows = of_documents(inside, documents, "year")
    sums = rows.group_by("indicator", "cluster", "year", "denominator").agg(
        addresses=rows.addresses.sum()
    )
    return sums.cast(dict.fromkeys(("cluster", "year", "denominator", "addresses"), "int64"))


def yearly_counts(sums: pd.DataFrame) -> pd.DataFrame:
    """
    Return the count of each indicator in each cluster, year by year.

    Parameters
    ----------
    sums
        From :func:`year_addresses`.

    Returns
    -------
    yearly
        ``cluster``, ``indicator``, ``year``, ``count``; by these three. Years in which a cluster
        has nothing are not there; noise is left out.

    Examples
    --------
    >>> sums = {"indicator": ["patents"] * 2, "cluster": [5, 5], "year": [2021, 2021]}
    >>> sums = pd.DataFrame(sums | {"denominator": [2, 4], "addresses": [1, 3]})
    >>> yearly_counts(sums).values.tolist()
    [[5, 'patents', 2021, 1.25]]
    """
    parts = []
    for indicator in sorted(set(sums["indicator"].astype(str))):
        of = sums[(sums["indicator"].astype(str) == indicator) & (sums["cluster"] > 0)]
        parts.append(counted(of, by=["cluster", "year"]).assign(indicator=indicator))
    columns = ["cluster", "indicator", "year", "count"]
    if not parts:
        return pd.DataFrame(columns=columns).astype(
            {"cluster": "int64", "indicator": "str", "year": "int64", "count": "float64"}
        )
    return pd.concat(parts).sort_values(columns[:3], ignore_index=True)[columns]
