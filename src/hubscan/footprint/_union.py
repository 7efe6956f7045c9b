"""The exact outline of the union of discs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from hubscan.footprint._discs import discs
from hubscan.footprint._exposed import exposed
from hubscan.sphere import unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.footprint._members import Members

_STEEP_DEG: Final = 80.0
_WIDE_DEG: Final = 0.8
"""Beyond these, sides of discs on the sphere are not surely outside the rim: unite all discs."""


def union(members: Members, *, buffer_deg: float, buffer_shape: str) -> shapely.Geometry:
    """
    Return the union of the discs around the members of one cluster.

    Only discs that show on the outline are united. What they leave open is wholly inside the union
    or wholly outside it, because the outline runs along them, and their polygons leave no crack in
    it: one point of each opening tells.

    Parameters
    ----------
    members
        The member places.
    buffer_deg, buffer_shape
        Radius and shape of the discs.

    Returns
    -------
    outline
        Polygon or MultiPolygon of longitude and latitude, cut at the antimeridian.
    """
    shows = exposed(
        members.latitude, members.longitude, buffer_deg=buffer_deg, buffer_shape=buffer_shape
    )
    if buffer_shape == "geodesic":
        shows |= (np.abs(members.latitude) > _STEEP_DEG) | (buffer_deg > _WIDE_DEG)
    polygons = discs(
        members.latitude[shows],
        members.longitude[shows],
        buffer_deg=buffer_deg,
        buffer_shape=buffer_shape,
    )
    rims = shapely.union_all(polygons)
    if shows.all():
        return rims
    openings = shapely.get_parts(shapely.difference(shapely.box(*rims.bounds), rims))
    x, y = shapely.get_coordinates(shapely.point_on_surface(openings)).T
    near = _near_members(members, y, x, buffer_deg=buffer_deg, buffer_shape=buffer_shape)
    return shapely.union_all([rims, *openings[near]])


def _near_members(
    members: Members,
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    *,
    buffer_deg: float,
    buffer_shape: str,
) -> NDArray[np.bool_]:
    """Return which points lie in a disc."""
    if buffer_shape == "geodesic":
        sites = unit_vectors(members.latitude, members.longitude)
        points, reach = unit_vectors(latitude, longitude), 2.0 * np.sin(np.radians(buffer_deg) / 2)
        around = 0.0
    else:
        sites = _unrolled(members.latitude, members.longitude)
        points, reach, around = _unrolled(latitude, longitude), buffer_deg, 360.0
    tree = cKDTree(sites, boxsize=np.array([around, *[0.0] * (sites.shape[1] - 1)]))
    distance, _ = tree.query(points, distance_upper_bound=reach * (1.0 + 1e-12))
    return np.isfinite(distance)


def _unrolled(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return degrees east of the antimeridian, and latitude."""
    return np.column_stack(((longitude + 180.0) % 360.0, latitude))
