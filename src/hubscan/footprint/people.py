"""People in the footprints: of a population raster, or of a gazetteer's cities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from hubscan.schema import NOISE
from hubscan.sphere import EARTH_RADIUS_KM, chord, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KM_PER_DEGREE: Final = EARTH_RADIUS_KM * np.pi / 180.0


@dataclass(frozen=True)
class People:
    """
    Where people live: points with populations.

    Attributes
    ----------
    kind
        ``raster``, ``gazetteer`` (city populations: a model, in which a part of a city may count
        beside the city), or ``none``.
    points
        ``latitude``, ``longitude`` (degrees), ``population`` (persons).
    """

    kind: str
    points: pd.DataFrame


def living_in(
    membership: pd.DataFrame, people: People, *, buffer_deg: float, buffer_shape: str
) -> pd.DataFrame:
    """
    Return the people in each footprint: those of points within the disc of a member place.

    A point in two footprints counts for the cluster of the nearest member place.

    Parameters
    ----------
    membership
        Table ``membership``.
    people
        Where people live.
    buffer_deg, buffer_shape
        The disc: see :func:`hubscan.footprint.outline.footprints`.

    Returns
    -------
    population
        ``cluster``, ``population`` (persons); empty if nothing is known of people.

    Examples
    --------
    >>> members = pd.DataFrame(
    ...     {"place": [1], "latitude": [0.0], "longitude": [179.99], "cluster": [3]}
    ... )
    >>> points = pd.DataFrame(
    ...     {"latitude": [0.0, 0.0], "longitude": [-179.99, 10.0], "population": [5.0, 7.0]}
    ... )
    >>> disc = {"buffer_deg": 0.05, "buffer_shape": "planar_degrees"}
    >>> living_in(members, People("gazetteer", points), **disc).to_numpy().tolist()
    [[3.0, 5.0]]
    """
    inside = membership[membership["cluster"] != NOISE].sort_values("place", ignore_index=True)
    if people.kind == "none" or inside.empty:
        return pd.DataFrame({"cluster": pd.Series([], dtype="int64"), "population": []})
    points = people.points
    where, here, reach = _planes(inside, points, buffer_deg, buffer_shape)
    bound = np.nextafter(reach, np.inf)
    distance, nearest = map(np.asarray, KDTree(where).query(here, distance_upper_bound=bound))
    found = np.isfinite(distance)
    cluster = inside["cluster"].to_numpy(np.int64)[nearest[found] % len(inside)]
    persons = np.bincount(cluster, weights=points["population"].to_numpy(float)[found])
    ids = np.unique(inside["cluster"].to_numpy(np.int64))
    padded = np.zeros(ids.max() + 1)
    padded[: len(persons)] = persons
    return pd.DataFrame({"cluster": ids, "population": padded[ids]})


def _planes(
    members: pd.DataFrame, points: pd.DataFrame, buffer_deg: float, buffer_shape: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return both tables as points of a space in which the disc is a ball, and its radius."""
    if buffer_shape == "geodesic":
        where = unit_vectors(members["latitude"], members["longitude"])
        here = unit_vectors(points["latitude"], points["longitude"])
        return where, here, chord(buffer_deg * _KM_PER_DEGREE)
    degrees = members[["latitude", "longitude"]].to_numpy(float)
    turns = np.array([[0.0, 0.0], [0.0, 360.0], [0.0, -360.0]])
    copies = (turns[:, None, :] + degrees[None, :, :]).reshape(-1, 2)
    return copies, points[["latitude", "longitude"]].to_numpy(float), buffer_deg
