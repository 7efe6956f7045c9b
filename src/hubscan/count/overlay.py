"""Which finished cluster, if any, each place of an overlaid indicator (deals) falls in."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.count.hulls import clusters_by_hull
from hubscan.errors import InputError
from hubscan.proximity import PointTree
from hubscan.schema import NOISE
from hubscan.sphere import EARTH_RADIUS_KM, MICRO, chord, coordinates, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

KM_PER_DEGREE: Final = pi * EARTH_RADIUS_KM / 180.0
"""Kilometres in a degree of a meridian."""

_BOUNDARIES: Final = ("footprint", "hull", "radius")
_SHAPES: Final = ("planar_degrees", "geodesic")
_SAME: Final = 1.0 + 1e-12
"""Distances that differ by less than this factor are ties; squares of micro-degrees never do."""


def overlay_assignment(
    places: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    vc_boundary: str,
    buffer_deg: float,
    buffer_shape: str,
    radius_km: float,
) -> pd.DataFrame:
    """
    Return the cluster whose boundary contains each place.

    Overlaid places (seats of financed companies) neither shape clusters nor extend boundaries. One
    that lies in two boundaries goes to the cluster of the nearest member place; of equally near
    ones, to the lower cluster id.

    Parameters
    ----------
    places
        ``place``: keys of the places to assign; may repeat.
    membership
        Table ``membership``, after merging.
    vc_boundary
        ``"footprint"``: within ``buffer_deg`` of a member place; ``"hull"``: inside the convex hull
        of the member places, its edges great circles; ``"radius"``: within ``radius_km`` of a
        member place.
    buffer_deg
        Radius of the disc around each member place, degrees; for ``"footprint"``.
    buffer_shape
        ``"planar_degrees"``: a circle in longitude and latitude degrees, which narrows on the
        ground towards the poles; ``"geodesic"``: a circle on the ground, of ``buffer_deg`` degrees
        of a meridian.
    radius_km
        Kilometres on the great circle; for ``"radius"``.

    Returns
    -------
    assignment
        ``place``, ascending and without repetition, and ``cluster``; noise is -1.

    Raises
    ------
    InputError
        If the boundary or the shape is not known.

    Notes
    -----
    Discs are closed. Planar distances are compared as integers of micro-degrees and cross the
    antimeridian; distances on the ground are compared as chords.

    Examples
    --------
    >>> from hubscan.sphere import place_keys
    >>> membership = pd.DataFrame({"place": place_keys([60.0], [180.0]), "cluster": [1]})
    >>> seats = pd.DataFrame({"place": place_keys([60.0, 60.0], [-179.96, -179.94])})
    >>> overlay_assignment(
    ...     seats,
    ...     membership,
    ...     vc_boundary="footprint",
    ...     buffer_deg=0.05,
    ...     buffer_shape="planar_degrees",
    ...     radius_km=15.0,
    ... )["cluster"].tolist()
    [1, -1]
    """
    for name, value, known in (
        ("vc_boundary", vc_boundary, _BOUNDARIES),
        ("buffer_shape", buffer_shape, _SHAPES),
    ):
        if value not in known:
            msg = f"count: {name} = {value!r}: must be one of {', '.join(known)}"
            raise InputError(msg)
    keys = np.unique(places["place"].to_numpy(np.int64))
    members = membership.loc[membership["cluster"] != NOISE, ["place", "cluster"]]
    members = members.sort_values("place", ignore_index=True)
    if members.empty or not len(keys):
        clusters = np.full(len(keys), NOISE, np.int64)
    elif vc_boundary == "hull":
        clusters = clusters_by_hull(keys, members)
    elif vc_boundary == "footprint" and buffer_shape == "planar_degrees":
        clusters = _clusters_by_degrees(keys, members, reach_deg=buffer_deg)
    else:
        reach_km = radius_km if vc_boundary == "radius" else buffer_deg * KM_PER_DEGREE
        clusters = _clusters_by_km(keys, members, reach_km=reach_km)
    return pd.DataFrame({"place": keys, "cluster": clusters})


def _clusters_by_degrees(
    keys: NDArray[np.int64], members: pd.DataFrame, *, reach_deg: float
) -> NDArray[np.int64]:
    """Return the cluster of the nearest member place in the plane of micro-degrees."""
    turn = 360 * MICRO
    seats, sites = (
        np.column_stack(np.divmod(each, turn)).astype(float)
        for each in (keys, members["place"].to_numpy(np.int64))
    )
    tree = PointTree(sites, around=(0.0, turn))
    # 0.07 * 1e6 is 70000.00000000001
    reach = round(reach_deg * MICRO, 6)
    return _nearest(tree, members["cluster"].to_numpy(np.int64), seats, reach=reach)


def _clusters_by_km(
    keys: NDArray[np.int64], members: pd.DataFrame, *, reach_km: float
) -> NDArray[np.int64]:
    """Return the cluster of the nearest member place on the sphere."""
    tree = PointTree(unit_vectors(*coordinates(members["place"])))
    seats = unit_vectors(*coordinates(keys))
    return _nearest(tree, members["cluster"].to_numpy(np.int64), seats, reach=chord(reach_km))


def _nearest(
    tree: PointTree, clusters: NDArray[np.int64], seats: NDArray[np.float64], *, reach: float
) -> NDArray[np.int64]:
    """Return the cluster of the nearest point in reach, the lower of equally near ones."""
    distance, _ = tree.nearest(seats, within=reach)
    inside = np.flatnonzero(np.isfinite(distance))
    found = np.full(len(seats), NOISE, np.int64)
    found[inside] = np.iinfo(np.int64).max
    equally_near = tree.within(seats[inside], distance[inside] * _SAME)
    np.minimum.at(found, inside[equally_near.asked], clusters[equally_near.row])
    return found
