"""The exact outline of the union of discs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from hubscan.footprint._discs import discs
from hubscan.footprint._exposed import exposed
from hubscan.footprint._near import Sites

if TYPE_CHECKING:
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
    sites = Sites(members.latitude, members.longitude, buffer_shape)
    near = np.isfinite(sites.degrees(y, x, within=buffer_deg))
    return shapely.union_all([rims, *openings[near]])
