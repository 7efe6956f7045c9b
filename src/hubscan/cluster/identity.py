"""What each cluster is: its name, its economies, its places, its mass, and where it lies."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from hubscan.cluster.names import city_weights, cluster_names, official_matches
from hubscan.cluster.suffix import with_states
from hubscan.schema import NOISE
from hubscan.sphere import unit_vectors


class Places(Protocol):
    """What naming needs of a gazetteer: its cities, with names, coordinates and populations."""

    @property
    def cities(self) -> pd.DataFrame:
        """The cities."""
        ...


def named(  # noqa: PLR0913 - three tables and the four numbers of naming
    membership: pd.DataFrame,
    gazetteer: Places,
    official: pd.DataFrame,
    *,
    max_cities: int,
    min_of_first: float,
    joiner: str,
    reach_km: float,
    official_within_km: float,
    state_suffix: str,
) -> pd.DataFrame:
    """
    Return the clusters with their names, places and mass.

    Parameters
    ----------
    membership
        Table ``membership``.
    gazetteer
        Places with names.
    official
        Official names and their cities: see :func:`hubscan.cluster.names.official_names`.
    max_cities, min_of_first, joiner
        See :func:`hubscan.cluster.names.cluster_names`.
    reach_km
        See :func:`hubscan.cluster.names.city_weights`.
    official_within_km
        See :func:`hubscan.cluster.names.official_matches`.
    state_suffix
        See :func:`hubscan.cluster.suffix.with_states`.

    Returns
    -------
    clusters
        ``cluster``, ``name``, ``cities``, ``latitude``, ``longitude`` (centre of mass), ``places``,
        ``weight``; by cluster.
    """
    weights = city_weights(membership, gazetteer.cities, reach_km=reach_km)
    matches = official_matches(membership, official, within_km=official_within_km)
    names = cluster_names(
        weights, matches, max_cities=max_cities, min_of_first=min_of_first, joiner=joiner
    )
    clusters = names[["cluster", "name", "cities"]].merge(centres(membership), on="cluster")
    own = set(official.loc[official["own"].astype(bool), "name"]) if "own" in official else set()
    suffixed = with_states(clusters, gazetteer.cities, state_suffix=state_suffix)
    # a name of the user's own is borne as it is given
    return clusters.assign(
        name=clusters["name"].where(clusters["name"].isin(own), suffixed["name"])
    )


def centres(membership: pd.DataFrame) -> pd.DataFrame:
    """
    Return each cluster's centre of mass on the sphere, its number of places and its mass.

    Parameters
    ----------
    membership
        Table ``membership``.

    Returns
    -------
    centres
        ``cluster``, ``latitude``, ``longitude`` (degrees), ``places``, ``weight``; by cluster.

    Examples
    --------
    >>> members = pd.DataFrame(
    ...     {
    ...         "place": [1, 2],
    ...         "latitude": [0.0, 0.0],
    ...         "cluster": [1, 1],
    ...         "longitude": [179.0, -179.0],
    ...         "weight": [1.0, 1.0],
    ...     }
    ... )
    >>> centres(members)[["latitude", "longitude", "weight"]].round(6).to_numpy().tolist()
    [[0.0, -180.0, 2.0]]
    """
    inside = membership[membership["cluster"] != NOISE].sort_values("place", ignore_index=True)
    weight = inside["weight"].to_numpy()
    cluster, row = np.unique(inside["cluster"].to_numpy(), return_inverse=True)
    vectors = unit_vectors(inside["latitude"], inside["longitude"])
    x, y, z = (np.bincount(row, weights=weight * vectors[:, k]) for k in range(3))
    longitude: Any = np.degrees(np.arctan2(y, x)).round(5)
    return pd.DataFrame(
        {
            "cluster": cluster.astype(np.int32),
            "latitude": np.degrees(np.arctan2(z, np.hypot(x, y))).round(5),
            "longitude": np.where(longitude >= 180.0, longitude - 360.0, longitude),  # noqa: PLR2004 - degrees
            "places": np.bincount(row),
            "weight": np.bincount(row, weights=weight),
        }
    )
