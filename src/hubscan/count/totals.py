"""Totals of the whole input set, and addresses of documents and counts at places as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import ibis
    from numpy.typing import NDArray

_KEYS = ["indicator", "place", "economy", "denominator"]


def listed_sizes(addresses: ibis.Table) -> ibis.Table:
    """
    Return how many addresses each indicator's documents list.

    Parameters
    ----------
    addresses
        Table ``addresses``.

    Returns
    -------
    sizes
        ``indicator``, ``addresses`` (int64).
    """
    return addresses.group_by("indicator").agg(addresses=addresses.count().cast("int64"))


def located_sizes(located: ibis.Table) -> ibis.Table:
    """
    Return how many addresses were located, by the number of located addresses of their document.

    Parameters
    ----------
    located
        Table ``located``.

    Returns
    -------
    sizes
        ``indicator``, ``n_located``, ``addresses`` (int64); a multiple of ``n_located``.
    """
    grouped = located.group_by(["indicator", "n_located"])
    return grouped.agg(addresses=located.count().cast("int64"))


def with_counts(document_mass: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """
    Return addresses of documents and counts at places as one table.

    Parameters
    ----------
    document_mass
        Table ``place_addresses`` of the inputs that are documents.
    counted
        The same of inputs that are counts; place -1 for what has no place, and is left out.

    Returns
    -------
    place_addresses
        Table ``place_addresses``, sorted by its key.
    """
    every = pd.concat([document_mass, counted[counted["place"] >= 0]], ignore_index=True)
    every = every.astype({"denominator": "int32", "addresses": "int64", "place": "int64"})
    return every[[*_KEYS, "addresses"]].iloc[_order(every)].reset_index(drop=True)


def _order(table: pd.DataFrame) -> NDArray[np.intp]:
    """Return the rows in the order of the key; texts are compared by number, which is quick."""
    codes = [
        pd.factorize(table[name], sort=True)[0]
        if pd.api.types.is_string_dtype(table[name])
        else table[name].to_numpy()
        for name in _KEYS
    ]
    return np.lexsort(codes[::-1])


def input_totals(
    document_totals: pd.DataFrame,
    listed: pd.DataFrame,
    located: pd.DataFrame,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    r"""
    Return each indicator's totals over the whole input set.

    A document with *n* located addresses is among them *n* times, so the documents covered are
    :math:`\sum_n a_n / n` with whole quotients.

    Parameters
    ----------
    document_totals
        ``indicator``, ``documents``: documents of the window.
    listed, located
        From :func:`listed_sizes` and :func:`located_sizes`.
    counted
        Counts at places, place -1 for what has no place.

    Returns
    -------
    totals
        Table ``totals`` of :mod:`hubscan.schema`, sorted by indicator.

    Examples
    --------
    Two documents, of which one has two located addresses and the other none:

    >>> totals = input_totals(
    ...     pd.DataFrame({"indicator": ["patents"], "documents": [2]}),
    ...     pd.DataFrame({"indicator": ["patents"], "addresses": [3]}),
    ...     pd.DataFrame({"indicator": ["patents"], "n_located": [2], "addresses": [2]}),
    ...     pd.DataFrame(columns=["indicator", "place", "denominator", "addresses"]),
    ... )
    >>> totals[["documents", "covered", "addresses", "located"]].to_numpy().tolist()
    [[2.0, 1.0, 3.0, 2.0]]
    """
    covered = located["addresses"] // located["n_located"]
    by_indicator = located.assign(covered=covered).groupby("indicator")
    documents = pd.DataFrame(
        {
            "unit": 1,
            "documents": document_totals.set_index("indicator")["documents"],
            "covered": by_indicator["covered"].sum(),
            "addresses": listed.set_index("indicator")["addresses"],
            "located": by_indicator["addresses"].sum(),
        }
    ).fillna(0)
    every = pd.concat([documents, _count_totals(counted)])
    every = every.astype(
        {
            "unit": "int64",
            "documents": float,
            "covered": float,
            "addresses": "int64",
            "located": "int64",
        }
    )
    return every.rename_axis("indicator").sort_index().reset_index()


def _count_totals(counted: pd.DataFrame) -> pd.DataFrame:
    """Return the totals of counts at places, whose documents are known by number only."""
    rows = []
    for indicator, counts in counted.groupby("indicator"):
        unit = int(counts["denominator"].iloc[0])
        listed = int(counts["addresses"].sum())
        located = int(counts.loc[counts["place"] >= 0, "addresses"].sum())
        rows.append((indicator, unit, listed / unit, located / unit, listed, located))
    names = ["indicator", "unit", "documents", "covered", "addresses", "located"]
    return pd.DataFrame(rows, columns=names).set_index("indicator")


def coverage_with_counts(by_country: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """
    Return how much was located by country, of documents and of counts at places together.

    Parameters
    ----------
    by_country
        ``indicator``, ``country`` (``world`` for all), ``addresses``, ``located``, ``documents``,
        ``covered``.
    counted
        Counts at places, place -1 for what has no place; each counts as a document of one address.

    Returns
    -------
    by_country
        The same columns, sorted by indicator and country.
    """
    number = counted["addresses"] / counted["denominator"]
    located = number.where(counted["place"] >= 0, 0.0)
    rows = pd.DataFrame(
        {
            "indicator": counted["indicator"],
            "country": counted["economy"],
            "addresses": number,
            "located": located,
            "documents": number,
            "covered": located,
        }
    )
    every = pd.concat([by_country, rows, rows.assign(country="world")], ignore_index=True)
    keys = ["indicator", "country"]
    summed: pd.DataFrame = every.groupby(keys, as_index=False, sort=True).sum()
    return summed
