"""Totals of the whole input set, and addresses of documents and counts at places as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis
    from numpy.typing import NDArray

_TYPES: Final = {
    "unit": "int64",
    "documents": "float64",
    "covered": "float64",
    "addresses": "int64",
    "located": "int64",
}
_KEYS = ["indicator", "place", "economy", "denominator"]


def size_totals(document_sizes: ibis.Table) -> ibis.Table:
    """
    Return how many documents are covered, and how many addresses are listed and located.

    Parameters
    ----------
    document_sizes
        Table ``document_sizes``.

    Returns
    -------
    sizes
        ``indicator``, ``covered`` (documents with a located address), ``addresses``, ``located``
        (all int64), unordered.
    """
    covered = (document_sizes.n_located > 0).cast("int64")
    return document_sizes.group_by("indicator").agg(
        covered=covered.sum().cast("int64"),
        addresses=document_sizes.n_listed.sum().cast("int64"),
        located=document_sizes.n_located.sum().cast("int64"),
    )


def with_counts(
    document_mass: pd.DataFrame, counted: pd.DataFrame, *, economies: Sequence[str]
) -> pd.DataFrame:
    """
    Return addresses of documents and counts at places as one table, of a region or the world.

    Parameters
    ----------
    document_mass
        Table ``place_addresses`` of the inputs that are documents, sorted by its key.
    counted
        The same of inputs that are counts; place -1 for what has no place, and is left out.
    economies
        Only what lies in these economies is kept; everything if there are none.

    Returns
    -------
    place_addresses
        Table ``place_addresses``, sorted by its key.
    """
    placed = counted[counted["place"] >= 0]
    every = pd.concat([document_mass, placed], ignore_index=True) if len(placed) else document_mass
    if economies:
        every = every[every["economy"].isin(list(economies))]
    every = every.astype({"denominator": "int32", "addresses": "int64", "place": "int64"})
    every = every[[*_KEYS, "addresses"]]
    return (every.iloc[_order(every)] if len(placed) else every).reset_index(drop=True)


def _order(table: pd.DataFrame) -> NDArray[np.intp]:
    """Return the rows in the order of the key; texts are compared by number, which is quick."""
    indicator, economy = (
        pd.factorize(table[name], sort=True)[0].astype(np.int64)
        for name in ("indicator", "economy")
    )
    denominator = table["denominator"].to_numpy(np.int64)
    # places take less than 57 bits, and denominators 32: two numbers tell rows apart
    major = (indicator << 57) | table["place"].to_numpy()
    return np.lexsort(((economy << 32) | denominator, major))


def input_totals(
    document_totals: pd.DataFrame, sizes: pd.DataFrame, counted: pd.DataFrame
) -> pd.DataFrame:
    """
    Return each indicator's totals over the whole input set.

    Parameters
    ----------
    document_totals
        ``indicator``, ``documents``: documents of the window.
    sizes
        From :func:`size_totals`.
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
    ...     pd.DataFrame(
    ...         {"indicator": ["patents"], "covered": [1], "addresses": [3], "located": [2]}
    ...     ),
    ...     pd.DataFrame(columns=["indicator", "place", "denominator", "addresses"]),
    ... )
    >>> totals[["documents", "covered", "addresses", "located"]].to_numpy().tolist()
    [[2.0, 1.0, 3.0, 2.0]]
    """
    found = document_totals.set_index("indicator").join(sizes.set_index("indicator"), how="left")
    documents = found.fillna(0).assign(unit=1)
    every = pd.concat([documents, _count_totals(counted)])[list(_TYPES)].astype(_TYPES)
    return every.rename_axis("indicator").sort_index().reset_index()


def universe(
    totals: pd.DataFrame,
    by_country: pd.DataFrame,
    place_addresses: pd.DataFrame,
    *,
    economies: Sequence[str],
    of: str,
) -> pd.DataFrame:
    """
    Return the totals that a regional edition measures by.

    Parameters
    ----------
    totals
        Table ``totals``.
    by_country
        From :func:`coverage_with_counts`.
    place_addresses
        Table of this name, of the region.
    economies
        The region's; the world's totals stand if there are none.
    of
        ``"world"``: the world's totals; ``"region"``: those of the region, whose documents are
        shared among their addresses, and counted as far as they are located.

    Returns
    -------
    totals
        Table ``totals``.

    Raises
    ------
    InputError
        If ``of`` is neither.
    """
    if of not in {"world", "region"}:
        msg = f"regional: {of!r} is not known: must be one of world, region"
        raise InputError(msg)
    if of == "world" or not economies:
        return totals
    inside = by_country[by_country["country"].isin(list(economies))]
    sums = inside.groupby("indicator")[["addresses", "located"]].sum()
    rows = place_addresses.sort_values(["indicator", "denominator", "place", "economy"])
    parts = rows.groupby(["indicator", "denominator"])["addresses"].sum().reset_index()
    shares = (parts["addresses"] / parts["denominator"]).groupby(parts["indicator"]).sum()
    indicator = totals["indicator"]
    found = {str(name): indicator.map(sums[name]).fillna(0) * totals["unit"] for name in sums}
    documents = indicator.map(shares).fillna(0.0)
    regional = totals.assign(**found, documents=documents, covered=documents)
    return regional.astype({"addresses": "int64", "located": "int64"})


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
