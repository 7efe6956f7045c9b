"""The coverage table: how many addresses were located, and how many documents that covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import InputError
from hubscan.geocode.countries import country_name
from hubscan.numbered import WORLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def coverage(counts: pd.DataFrame, *, ranked_by: Sequence[str], top: int) -> pd.DataFrame:
    r"""
    Return the coverage table: one row a country and indicator, and of the world.

    The countries are those with the largest combined share of documents,
    :math:`\\sum_i D_{k,i} / D_{world,i}` over the indicators ``ranked_by``.

    Parameters
    ----------
    counts
        From :func:`hubscan.geocode.coverage_counts`: ``indicator``, ``country``, ``addresses``,
        ``located``, ``documents``, ``covered``.
    ranked_by
        Indicators by which countries are chosen and ordered.
    top
        So many countries.

    Returns
    -------
    coverage
        ``country``, ``name``, ``indicator``, ``addresses``, ``accuracy_percent`` (located, of 100
        addresses), ``covered_percent`` (documents with a located address in the country, of 100
        with an address there); countries by combined share, the world last; indicators in the
        order of ``ranked_by``, then by name.

    Raises
    ------
    InputError
        If an indicator of ``ranked_by`` has no row of the world.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame(
    ...     {
    ...         "indicator": ["patents", "patents"],
    ...         "country": ["NA", "world"],
    ...         "addresses": [8, 10],
    ...         "located": [6, 8],
    ...         "documents": [4, 5],
    ...         "covered": [4, 5],
    ...     }
    ... )
    >>> table = coverage(counts, ranked_by=["patents"], top=20)
    >>> table[["name", "accuracy_percent", "covered_percent"]].values.tolist()
    [['Namibia', 75.0, 100.0], ['World', 80.0, 100.0]]
    """
    documents = counts.pivot_table(
        index="country", columns="indicator", values="documents", fill_value=0
    )
    for indicator in ranked_by:
        if indicator not in documents or documents[indicator].get(WORLD, 0) == 0:
            msg = f"coverage: no documents of {indicator!r} in the world: ranked_by needs some"
            raise InputError(msg)
    shares = (documents / documents.loc[WORLD])[list(ranked_by)].sum(axis=1)
    shares = shares.drop(index=[WORLD, ""], errors="ignore").sort_index()
    shown = shares.sort_values(ascending=False, kind="stable").index[:top].tolist()
    order = {country: number for number, country in enumerate([*shown, WORLD])}
    names = {country: country_name(country) for country in shown} | {WORLD: "World"}
    rest = sorted(set(counts["indicator"]) - set(ranked_by))
    indicators = {name: number for number, name in enumerate([*ranked_by, *rest])}
    table = counts[counts["country"].isin(list(order))]
    ranks = (table["indicator"].map(indicators), table["country"].map(order))
    table = table.iloc[np.lexsort(ranks)].reset_index(drop=True)
    table = table.assign(
        name=table["country"].map(names),
        accuracy_percent=100.0 * table["located"] / table["addresses"],
        covered_percent=100.0 * table["covered"] / table["documents"],
    )
    columns = ["country", "name", "indicator", "addresses"]
    return table[[*columns, "accuracy_percent", "covered_percent"]]
