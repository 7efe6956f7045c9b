"""Counts of documents in clusters: fractional or full, exact whatever the order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.count._sums import sums_by
from hubscan.errors import InputError
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_DENOMINATORS: Final = {"covered": "covered", "all": "documents"}


def assignments(by_indicator: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Return the assignments of several indicators as one table.

    Parameters
    ----------
    by_indicator
        For each indicator, its ``place`` and ``cluster``: the membership for indicators that shape
        clusters, :func:`hubscan.count.overlay.overlay_assignment` for those laid over them.

    Returns
    -------
    assignment
        ``indicator``, ``place``, ``cluster``.

    Examples
    --------
    >>> patents = pd.DataFrame({"place": [7], "cluster": [1]})
    >>> assignments({"patents": patents, "publications": patents}).values.tolist()
    [['patents', 7, 1], ['publications', 7, 1]]
    """
    parts = [
        table[["place", "cluster"]].assign(indicator=indicator)
        for indicator, table in by_indicator.items()
    ]
    return pd.concat(parts, ignore_index=True)[["indicator", "place", "cluster"]]


class Gathered(NamedTuple):
    """Addresses gathered by cluster: each cluster is one place, and assigned to itself."""

    place_addresses: pd.DataFrame
    assignment: pd.DataFrame


def gathered(place_addresses: pd.DataFrame, assignment: pd.DataFrame) -> Gathered:
    """
    Return the same addresses, those of a cluster at one place: all counts of clusters follow.

    Counts by cluster and counts by economy ask for the same sums; made once, they are few.

    Parameters
    ----------
    place_addresses, assignment
        As for :func:`fractional_counts`.

    Returns
    -------
    gathered
        Table ``place_addresses``, whose places are numbers of clusters, and its assignment.

    Raises
    ------
    InputError
        If an assignment by indicator leaves one out.

    Examples
    --------
    >>> places = pd.DataFrame(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "place": [7, 8],
    ...         "economy": ["FR"] * 2,
    ...         "denominator": [1, 1],
    ...         "addresses": [2, 1],
    ...     }
    ... )
    >>> both = gathered(places, pd.DataFrame({"place": [7, 8], "cluster": [1, 1]}))
    >>> both.place_addresses["addresses"].tolist()
    [3]
    >>> fractional_counts(*both)["count"].tolist() == [0.0, 3.0]
    True
    """
    keys = ["cluster", "indicator", "economy", "denominator"]
    if place_addresses.empty:
        return Gathered(place_addresses, assignment)
    sums = sums_by(place_addresses, assignment, keys)
    clusters = np.union1d(assignment["cluster"].to_numpy(np.int64), sums["cluster"])
    by_cluster = pd.DataFrame({"place": clusters - NOISE, "cluster": clusters})
    return Gathered(
        sums.assign(place=sums["cluster"].to_numpy(np.int64) - NOISE).drop(columns="cluster"),
        assignments({str(name): by_cluster for name in sorted(sums["indicator"].unique())}),
    )


def fractional_counts(place_addresses: pd.DataFrame, assignment: pd.DataFrame) -> pd.DataFrame:
    r"""
    Return the fractional count of each indicator in each cluster.

    .. math:: N_{cm} = \sum_n \frac{1}{n} \sum_{i \in c} a_{imn}

    with :math:`a_{imn}` the addresses at place *i* of documents split among *n*. Integers are
    summed first and divided last, in ascending order of *n*: results do not depend on the order of
    rows, to the last bit.

    Parameters
    ----------
    place_addresses
        Table ``place_addresses``.
    assignment
        ``place``, ``cluster`` and, if indicators are assigned differently, ``indicator`` (see
        :func:`assignments`). Places that it does not name are noise.

    Returns
    -------
    counts
        Table ``counts``: a row for every cluster of the assignment, and for noise, with every
        indicator, zeros included; by cluster, then indicator.

    Raises
    ------
    InputError
        If an assignment by indicator leaves one out.

    Examples
    --------
    An article with four addresses, three of them located and two of those in cluster 1:

    >>> article = pd.DataFrame(
    ...     {
    ...         "indicator": ["publications"] * 2,
    ...         "place": [7, 8],
    ...         "economy": ["FR", "GB"],
    ...         "denominator": [3, 3],
    ...         "addresses": [2, 1],
    ...     }
    ... )
    >>> assignment = pd.DataFrame({"place": [7], "cluster": [1]})
    >>> fractional_counts(article, assignment)["count"].round(6).tolist()
    [0.333333, 0.666667]
    """
    return _on_grid(_quotients(place_addresses, assignment, ["cluster", "indicator"]), assignment)


def economy_counts(place_addresses: pd.DataFrame, assignment: pd.DataFrame) -> pd.DataFrame:
    """
    Return the fractional count of each indicator in each cluster, by economy of the address.

    Parameters
    ----------
    place_addresses, assignment
        As for :func:`fractional_counts`.

    Returns
    -------
    economy_counts
        Table ``economy_counts``: only what occurs; by cluster, indicator, economy.

    Raises
    ------
    InputError
        If an assignment by indicator leaves one out.

    Examples
    --------
    >>> addresses = pd.DataFrame(
    ...     {
    ...         "indicator": ["deals"] * 2,
    ...         "place": [7, 7],
    ...         "economy": ["CH", "FR"],
    ...         "denominator": [1, 1],
    ...         "addresses": [3, 1],
    ...     }
    ... )
    >>> assignment = pd.DataFrame({"place": [7], "cluster": [1]})
    >>> economy_counts(addresses, assignment).values.tolist()
    [[1, 'deals', 'CH', 3.0], [1, 'deals', 'FR', 1.0]]
    """
    return _quotients(place_addresses, assignment, ["cluster", "indicator", "economy"])


def full_counts(
    place_addresses: pd.DataFrame, cluster_documents: pd.DataFrame, assignment: pd.DataFrame
) -> pd.DataFrame:
    """
    Return the number of documents of each indicator with at least one address in each cluster.

    Indicators known only as counts at places have no documents to count whole: theirs are the
    fractional counts.

    Parameters
    ----------
    place_addresses, assignment
        As for :func:`fractional_counts`.
    cluster_documents
        From :func:`hubscan.count.reduction.cluster_documents`, with the same assignment.

    Returns
    -------
    counts
        Table ``counts``, as for :func:`fractional_counts`.

    Raises
    ------
    InputError
        If an assignment by indicator leaves one out.

    Examples
    --------
    >>> article = pd.DataFrame(
    ...     {
    ...         "indicator": ["publications"] * 2,
    ...         "place": [7, 8],
    ...         "economy": ["FR", "GB"],
    ...         "denominator": [3, 3],
    ...         "addresses": [2, 1],
    ...     }
    ... )
    >>> documents = pd.DataFrame(
    ...     {"cluster": [-1, 1], "indicator": ["publications"] * 2, "documents": [1, 1]}
    ... )
    >>> assignment = pd.DataFrame({"place": [7], "cluster": [1]})
    >>> full_counts(article, documents, assignment)["count"].tolist()
    [1.0, 1.0]
    """
    whole = pd.DataFrame(
        {
            "cluster": cluster_documents["cluster"],
            "indicator": cluster_documents["indicator"],
            "count": cluster_documents["documents"].astype(float),
        }
    )
    counted = place_addresses["indicator"].isin(whole["indicator"].unique())
    parts = _quotients(place_addresses.loc[~counted], assignment, ["cluster", "indicator"])
    return _on_grid(pd.concat([whole, parts]) if len(parts) else whole, assignment)


METHODS: Final[dict[str, Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame], pd.DataFrame]]] = {
    "fractional": lambda places, _, assignment: fractional_counts(places, assignment),
    "full": full_counts,
}
"""Counting methods by name: addresses at places, documents in clusters, assignment -> counts."""


def counts(
    place_addresses: pd.DataFrame,
    cluster_documents: pd.DataFrame,
    assignment: pd.DataFrame,
    *,
    method: str,
) -> pd.DataFrame:
    """
    Return the count of each indicator in each cluster and in noise.

    Parameters
    ----------
    place_addresses
        Table ``place_addresses``.
    cluster_documents
        From :func:`hubscan.count.reduction.cluster_documents`; looked at by ``"full"`` only.
    assignment
        ``place``, ``cluster`` and, if indicators are assigned differently, ``indicator``.
    method
        ``"fractional"``: a document is shared among its addresses; ``"full"``: it counts as one
        in every cluster in which it has an address.

    Returns
    -------
    counts
        Table ``counts``, as for :func:`fractional_counts`.

    Raises
    ------
    InputError
        If the method is not known, or an assignment by indicator leaves one out.

    Examples
    --------
    >>> addresses = pd.DataFrame(
    ...     {
    ...         "indicator": ["deals"],
    ...         "place": [7],
    ...         "economy": ["FR"],
    ...         "denominator": [1],
    ...         "addresses": [3],
    ...     }
    ... )
    >>> assignment = pd.DataFrame({"place": [7], "cluster": [1]})
    >>> none = pd.DataFrame({"cluster": [], "indicator": [], "documents": []})
    >>> counts(addresses, none, assignment, method="fractional").values.tolist()
    [[-1, 'deals', 0.0], [1, 'deals', 3.0]]
    """
    if method not in METHODS:
        msg = f"count: method = {method!r}: must be one of {', '.join(METHODS)}"
        raise InputError(msg)
    return METHODS[method](place_addresses, cluster_documents, assignment)


def world_totals(totals: pd.DataFrame, *, denominator: str) -> pd.Series[float]:
    """
    Return each indicator's world total, of which clusters have shares.

    Parameters
    ----------
    totals
        Table ``totals``.
    denominator
        ``"covered"``: documents with a located address; ``"all"``: all documents of the window.

    Returns
    -------
    world_totals
        Documents, by indicator.

    Raises
    ------
    InputError
        If the denominator is neither.

    Examples
    --------
    >>> totals = pd.DataFrame({"indicator": ["deals"], "documents": [10.0], "covered": [9.0]})
    >>> world_totals(totals, denominator="covered").to_dict()
    {'deals': 9.0}
    """
    if denominator not in _DENOMINATORS:
        msg = f"count: denominator = {denominator!r}: must be one of {', '.join(_DENOMINATORS)}"
        raise InputError(msg)
    values = totals.set_index("indicator")[_DENOMINATORS[denominator]].astype(float)
    return values.rename("world_total").sort_index()


def _quotients(
    place_addresses: pd.DataFrame, assignment: pd.DataFrame, keys: list[str]
) -> pd.DataFrame:
    """Return integer sums by keys and denominator, divided, and summed by keys in order."""
    sums = sums_by(place_addresses, assignment, [*keys, "denominator"])
    sums = sums.sort_values([*keys, "denominator"], ignore_index=True)
    quotients = sums["addresses"].to_numpy() / sums["denominator"].to_numpy()
    first = ~sums.duplicated(keys).to_numpy()
    # bincount adds one after the other, in the order of the rows
    count = np.bincount(np.cumsum(first) - 1, weights=quotients, minlength=0)
    return sums.loc[first, keys].assign(count=count).reset_index(drop=True)


def _on_grid(counted: pd.DataFrame, assignment: pd.DataFrame) -> pd.DataFrame:
    """Return counts with zeros for clusters and indicators that do not occur together."""
    clusters = np.union1d(np.append(assignment["cluster"].unique(), NOISE), counted["cluster"])
    grid = pd.MultiIndex.from_product(
        [clusters.astype(np.int64), sorted(counted["indicator"].unique())],
        names=["cluster", "indicator"],
    )
    values = counted.set_index(["cluster", "indicator"])["count"]
    return values.reindex(grid, fill_value=0.0).reset_index()
