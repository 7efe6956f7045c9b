"""Which cluster each place belongs to: density clusters, and their numbers after merging."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from hubscan.cluster.density import neighbourhood
from hubscan.cluster.weights import place_weights
from hubscan.errors import InputError
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.cluster.neighbourhood import Neighbourhood


def membership(  # noqa: PLR0913 - two tables and the numbers of the weights and of the density
    place_addresses: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    shaped_by: Sequence[str],
    density_basis: str,
    totals_basis: str,
    min_weight: float | None,
    min_share: float | None,
    radius_km: float,
    border_rule: str,
    include_self: bool,
    near: Callable[
        [NDArray[np.float64], NDArray[np.float64], float], Neighbourhood
    ] = neighbourhood,
) -> pd.DataFrame:
    """
    Return every place that shapes clusters, its mass, and the density cluster it belongs to.

    Parameters
    ----------
    place_addresses, totals
        Tables of these names.
    shaped_by, density_basis, totals_basis
        The scale of the mass: see :func:`hubscan.cluster.weights.place_weights`.
    min_weight, min_share
        The density threshold, in inventor-equivalents or as a share; one of both is None.
    radius_km, border_rule, include_self
        See :func:`hubscan.cluster.density.density_clusters`.
    near
        Gives the neighbourhoods of places; who asks for the same places often may keep them.

    Returns
    -------
    membership
        Table ``membership`` of :mod:`hubscan.schema`, sorted by place; clusters numbered from 1 by
        descending mass of their core places.

    Raises
    ------
    InputError
        If no place reaches the threshold.
    """
    weighed = place_weights(
        place_addresses,
        totals,
        shaped_by=shaped_by,
        density_basis=density_basis,
        min_weight=min_weight,
        min_share=min_share,
        totals_basis=totals_basis,
    )
    places = weighed.places
    neighbours = near(places["latitude"].to_numpy(), places["longitude"].to_numpy(), radius_km)
    found = neighbours.clusters(
        places["weight"].to_numpy(),
        min_weight=weighed.threshold,
        border_rule=border_rule,
        include_self=include_self,
    )
    if not (found.labels >= 0).any():
        mass = float(Fraction(int(places["weight"].sum())) / weighed.unit)
        needed = float(Fraction(weighed.threshold) / weighed.unit)
        msg = (
            f"no cluster was found: no place has {needed:,.0f} inventor-equivalents within "
            f"{radius_km:g} km, and the inputs hold {mass:,.0f} in all; for a sample or a region "
            "set cluster.threshold to share"
        )
        raise InputError(msg)
    cluster = np.where(found.labels < 0, NOISE, found.labels + 1).astype(np.int32)
    return places.assign(
        weight=places["weight"].to_numpy() / float(weighed.unit), cluster=cluster, core=found.core
    )


def renumbered(membership: pd.DataFrame, mapping: pd.DataFrame) -> pd.DataFrame:
    """
    Return the membership after merging, clusters numbered from 1 by descending mass.

    Parameters
    ----------
    membership
        Table ``membership``.
    mapping
        ``cluster``, ``merged_into``: the cluster that each one has become part of; clusters it does
        not name stay by themselves.

    Returns
    -------
    membership
        The same places; equal masses are numbered by their lowest place.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame(
    ...     {"place": [1, 2, 3, 4], "weight": [2.0, 2.0, 3.0, 9.0], "cluster": [1, 2, 3, -1]}
    ... )
    >>> merged = pd.DataFrame({"cluster": [1, 2], "merged_into": [1, 1]})
    >>> renumbered(before, merged).cluster.tolist()
    [1, 1, 2, -1]
    """
    into = mapping.set_index("cluster")["merged_into"]
    joined = membership["cluster"].map(into).fillna(membership["cluster"]).astype(np.int64)
    inside = joined[joined != NOISE].to_frame("cluster")
    inside["weight"] = membership["weight"]
    inside["place"] = membership["place"]
    mass = inside.groupby("cluster").agg(weight=("weight", "sum"), place=("place", "min"))
    order = mass.sort_values(["weight", "place"], ascending=[False, True]).index
    number = {cluster: k for k, cluster in enumerate(order, start=1)} | {NOISE: NOISE}
    return membership.assign(cluster=joined.map(number).astype(np.int32))


def numbers(dense: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """
    Return the number that each cluster has after merging.

    Parameters
    ----------
    dense
        Table ``membership`` before merging.
    membership
        The same places after it: see :func:`renumbered`.

    Returns
    -------
    numbers
        ``cluster`` (before), ``number`` (after), by cluster; noise is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"cluster": [1, 2, 3, -1]})
    >>> numbers(before, before.assign(cluster=[1, 1, 2, -1]))["number"].tolist()
    [1, 1, 2]
    """
    both = dense[["cluster"]].assign(number=membership["cluster"].to_numpy())
    once = both[both["cluster"] != NOISE].drop_duplicates("cluster")
    return once.sort_values("cluster", ignore_index=True)
