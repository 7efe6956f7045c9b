"""Convex hulls of clusters on the sphere, and which of them contain a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.proximity import PointTree
from hubscan.schema import NOISE
from hubscan.sphere import coordinates, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray


def clusters_by_hull(keys: NDArray[np.int64], members: pd.DataFrame) -> NDArray[np.int64]:
    """
    Return the cluster whose convex hull contains each place.

    Seen from the centre of the Earth, great circles are straight lines (the gnomonic projection):
    hulls are planar there, and neither the antimeridian nor a pole is special.

    Parameters
    ----------
    keys
        Keys of the places to assign, distinct.
    members
        ``place`` and ``cluster`` of the places in clusters, by ascending place.

    Returns
    -------
    clusters
        One for each key: of the hull it lies in, edges included; the cluster of the nearest member
        place if there are several, the lower id if those are equally near; -1 if there is none.

    Raises
    ------
    InputError
        If a cluster is wider than a hemisphere.

    Examples
    --------
    >>> from hubscan.sphere import place_keys
    >>> members = pd.DataFrame(
    ...     {"place": place_keys([0.0, 0.0, 1.0], [0.0, 1.0, 0.0]), "cluster": [1, 1, 1]}
    ... )
    >>> clusters_by_hull(place_keys([0.2, 0.8], [0.2, 0.8]), members)
    array([ 1, -1])
    """
    seats = unit_vectors(*coordinates(keys))
    sites = unit_vectors(*coordinates(members["place"]))
    tree = PointTree(seats)
    clusters = members["cluster"].to_numpy(np.int64)
    found = [_inside(tree, sites[clusters == each], cluster=each) for each in np.unique(clusters)]
    inside = pd.concat(found).sort_values(["distance", "cluster"], kind="stable")
    inside = inside.drop_duplicates("seat")
    containing = np.full(len(keys), NOISE, np.int64)
    containing[inside["seat"]] = inside["cluster"]
    # a member place lies in its own hull, whatever the rounding of a hull that is a line
    own = pd.Index(members["place"]).get_indexer(pd.Index(keys))
    return np.where(own >= 0, clusters[own], containing)


def _inside(tree: PointTree, sites: NDArray[np.float64], *, cluster: int) -> pd.DataFrame:
    """Return the seats inside the hull of a cluster's sites, and how far from a site they are."""
    import shapely  # noqa: PLC0415 - heavy, and only this boundary needs it

    centre = sites.mean(axis=0)
    centre /= np.linalg.norm(centre)
    if (sites @ centre).min() <= 0.0:
        msg = f"count: cluster {cluster} is wider than a hemisphere: its hull has no inside"
        raise InputError(msg)
    widest = float(np.linalg.norm(sites - centre, axis=1).max())
    near = tree.within(centre, widest * (1.0 + 1e-9)).row
    seats = tree.points[near]
    hull = shapely.convex_hull(shapely.multipoints(_gnomonic(sites, centre)))
    inside = shapely.intersects_xy(hull, *_gnomonic(seats, centre).T)
    distance, _ = PointTree(sites).nearest(seats[inside])
    return pd.DataFrame({"seat": near[inside], "cluster": cluster, "distance": distance})


def _gnomonic(vectors: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points of a hemisphere in the plane that touches the sphere at its centre."""
    across = np.eye(3)[np.argmin(np.abs(centre))]
    first = np.cross(centre, across)
    first /= np.linalg.norm(first)
    axes = np.column_stack((first, np.cross(centre, first)))
    return np.asarray(vectors @ axes / (vectors @ centre)[:, None])
