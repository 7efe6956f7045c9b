"""How strongly pairs of clusters are tied by documents they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.schema import NOISE
from hubscan.sphere import values_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis
    from numpy.typing import NDArray


OUTSIDE: Final = -2
"""A single place outside clusters takes part in ties as this number less its key."""


def collaboration_ties(document_economies: ibis.Table) -> ibis.Table:
    """
    Return the number of documents with an address in both clusters of each pair.

    A document counts once for each pair of clusters it joins, whatever its number of addresses
    there. All noise together is one bucket, cluster -1.

    Parameters
    ----------
    document_economies
        ``indicator``, ``document``, ``cluster``, ``addresses``, ``n_located``: one row a document
        and cluster, or more, such as one for each economy.

    Returns
    -------
    ties
        Table ``ties``, unordered.

    Examples
    --------
    >>> import ibis, pyarrow as pa
    >>> table = pa.table(
    ...     {
    ...         "indicator": ["patents"] * 3,
    ...         "document": [1, 1, 2],
    ...         "cluster": [4, -1, 4],
    ...         "addresses": [1, 2, 1],
    ...         "n_located": [3, 3, 1],
    ...     }
    ... )
    >>> collaboration_ties(ibis.memtable(table)).to_pyarrow().to_pylist()
    [{'a': -1, 'b': 4, 'indicator': 'patents', 'links': 1.0}]
    """
    rows = document_economies
    # a document whose located addresses are all in one row joins nothing
    split = rows.filter(rows.addresses < rows.n_located)
    split = split.select("indicator", "document", "cluster").distinct()
    one = split.select("indicator", "document", a="cluster")
    # other names on the right: engines differ in what they call a clash
    other = split.select(indicator_b="indicator", document_b="document", b="cluster")
    joined = one.join(other, [one.indicator == other.indicator_b, one.document == other.document_b])
    pairs = joined.filter(joined.a < joined.b)
    return pairs.group_by("a", "b", "indicator").agg(links=pairs.count().cast("float64"))


def outside_ties(  # noqa: PLR0913 - three tables, the neighbours and the rule
    at_places: ibis.Table,
    document_economies: ibis.Table,
    membership: ibis.Table,
    gaps: pd.DataFrame,
    *,
    max_gap_km: float,
    noise_rival: str,
    indicators: Sequence[int | str],
) -> ibis.Table:
    """
    Return the ties of neighbouring clusters with single places outside clusters, if they compete.

    Parameters
    ----------
    at_places
        Located addresses: ``indicator``, ``document``, ``place``.
    document_economies
        As for :func:`collaboration_ties`.
    membership
        Table ``membership`` before merging.
    gaps, max_gap_km
        Which clusters are neighbours: see :func:`hubscan.merge.gap.gaps`.
    noise_rival
        Nothing is looked for unless it is ``"places"``.
    indicators
        Indicators whose documents are looked at, as the tables name or number them.

    Returns
    -------
    ties
        Table ``ties``, with ``a`` = -2 - place for each place outside; unordered.
    """
    near = gaps.loc[gaps["gap_km"] <= max_gap_km, ["a", "b"]].to_numpy().ravel()
    wanted = np.unique(near).tolist() if noise_rival == "places" else []
    rows = document_economies.filter(document_economies.cluster.isin([NOISE - 1, *wanted]))
    inside = rows.filter(rows.addresses < rows.n_located)
    inside = inside.select("indicator", "document", b="cluster").distinct()
    clustered = membership.filter(membership.cluster != NOISE).select("place")
    looked_at = at_places.filter(at_places.indicator.isin(list(indicators)))
    others = looked_at.anti_join(clustered, "place")
    # other names on the right: engines differ in what they call a clash
    others = others.select(of="indicator", there="document", place="place").distinct()
    met = inside.join(others, [inside.document == others.there, inside.indicator == others.of])
    counted = met.group_by("b", "indicator", "place").agg(links=met.count().cast("float64"))
    ties = counted.select("b", "indicator", "links", a=OUTSIDE - counted.place)
    ties = ties.select("a", "b", "indicator", "links")
    return ties if wanted else ties.limit(0)


def ties_between_places(place_ties: pd.DataFrame, assignment: pd.DataFrame) -> pd.DataFrame:
    """
    Return ties of clusters from given ties of places, for inputs without documents.

    Parameters
    ----------
    place_ties
        ``indicator``, ``place_a``, ``place_b``, ``strength`` (documents, or any non-negative
        measure); each tie once, in either direction. Ties of one pair add up.
    assignment
        ``place``, ``cluster``. Places that it does not name are noise.

    Returns
    -------
    ties
        Table ``ties``, by ``a``, ``b``, indicator; ties within a cluster or within noise are left
        out. Strengths are added in ascending order, so that the order of rows does not matter.

    Raises
    ------
    InputError
        If a strength is negative or not a number.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {
    ...         "indicator": ["publications"] * 2,
    ...         "place_a": [7, 8],
    ...         "place_b": [8, 7],
    ...         "strength": [2.5, 1.0],
    ...     }
    ... )
    >>> assignment = pd.DataFrame({"place": [7, 8], "cluster": [2, 1]})
    >>> ties_between_places(given, assignment).values.tolist()
    [[1, 2, 'publications', 3.5]]
    """
    strength = place_ties["strength"].to_numpy(float)
    wrong = np.flatnonzero(~(np.isfinite(strength) & (strength >= 0)))
    if len(wrong):
        found = strength[wrong[0]]
        msg = f"merge: strength of tie {wrong[0]} is {found}: must be a number of at least 0"
        raise InputError(msg)
    ends = [_cluster_of(place_ties[end], assignment) for end in ("place_a", "place_b")]
    ties = pd.DataFrame(
        {
            "a": np.minimum(*ends),
            "b": np.maximum(*ends),
            "indicator": place_ties["indicator"].astype(str).to_numpy(),
            "links": strength,
        }
    )
    between = ties.loc[ties["a"] < ties["b"]].sort_values(["a", "b", "indicator", "links"])
    pair = between[["a", "b", "indicator"]]
    first = ~pair.duplicated().to_numpy()
    # bincount adds one after the other, in the order of the rows
    links = np.bincount(np.cumsum(first) - 1, weights=between["links"].to_numpy())
    return pair.loc[first].assign(links=links).reset_index(drop=True)


def _cluster_of(place: pd.Series[int], assignment: pd.DataFrame) -> NDArray[np.int64]:
    """Return the cluster of each place; noise if it has none."""
    return values_at(place, assignment["place"], assignment["cluster"], elsewhere=NOISE)


def all_ties(documents: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """
    Return ties told by documents and given ties as one table.

    Parameters
    ----------
    documents
        From :func:`collaboration_ties`.
    given
        From :func:`ties_between_places`.

    Returns
    -------
    ties
        Table ``ties``, by ``a``, ``b``, indicator; links of the same pair and indicator add up.

    Examples
    --------
    >>> one = pd.DataFrame({"a": [1], "b": [2], "indicator": ["patents"], "links": [3.0]})
    >>> all_ties(one, one).to_numpy().tolist()
    [[1, 2, 'patents', 6.0]]
    """
    every = pd.concat([documents, given], ignore_index=True)
    every = every.astype({"a": np.int64, "b": np.int64, "indicator": str, "links": float})
    return every.groupby(["a", "b", "indicator"], as_index=False, sort=True)[["links"]].sum()
