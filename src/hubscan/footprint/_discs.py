"""Discs around places as polygons of longitude and latitude, cut at the antimeridian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES: Final = 64
"""Sides of the polygon drawn for a disc, all outside its rim."""

_OUTWARD: Final = (1.0 + 1e-4) / float(np.cos(np.pi / SIDES))
"""
Corners stand off by 0.13 % of the radius, so that sides are outside the rim, by a hair more than
a straight line of longitude and latitude deviates from a great circle below 80 degrees.
"""

_NORTH_EAST: Final = np.array([180.0, 90.0])
_WORLD: Final = shapely.box(*-_NORTH_EAST, *_NORTH_EAST)


def discs(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    *,
    buffer_deg: float,
    buffer_shape: str,
) -> NDArray[np.object_]:
    """
    Return polygons around discs, within 180 degrees west and east and 90 south and north.

    Parameters
    ----------
    latitude, longitude
        Centres, degrees.
    buffer_deg
        Radius, degrees: of the plane, or of a meridian.
    buffer_shape
        ``"planar_degrees"`` or ``"geodesic"``.

    Returns
    -------
    polygons
        One valid geometry a disc; one that crosses the antimeridian has two parts.
    """
    corner_deg = buffer_deg * _OUTWARD
    angle = np.linspace(0.0, 2.0 * np.pi, SIDES, endpoint=False)
    if buffer_shape == "planar_degrees":
        x = longitude[:, None] + corner_deg * np.cos(angle)
        y = latitude[:, None] + corner_deg * np.sin(angle)
        return _cut(shapely.polygons(np.stack((x, y), axis=-1)))
    x, y = _circles(latitude, longitude, corner_deg, angle)
    polygons = _cut(shapely.polygons(np.stack((x, y), axis=-1)))
    for row in np.flatnonzero(np.abs(latitude) + corner_deg >= _NORTH_EAST[1]):
        polygons[row] = _cap(x[row], y[row], north=latitude[row] > 0.0)
    return polygons


def _circles(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    buffer_deg: float,
    angle: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the longitudes and latitudes of circles on the sphere, around their centres."""
    phi, radius = np.radians(latitude)[:, None], np.radians(buffer_deg)
    across, along = np.sin(radius) * np.cos(angle), np.sin(radius) * np.sin(angle)
    height = np.sin(phi) * np.cos(radius) + np.cos(phi) * along
    outward = np.cos(phi) * np.cos(radius) - np.sin(phi) * along
    x = longitude[:, None] + np.degrees(np.arctan2(across, outward))
    return x, np.degrees(np.arcsin(np.clip(height, -1.0, 1.0)))


def _cut(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons with what lies beyond the edges of the map moved in from the other side."""
    inside = np.abs(shapely.bounds(polygons)) <= np.tile(_NORTH_EAST, 2)
    for row in np.flatnonzero(~inside.all(axis=1)):
        ring = shapely.get_coordinates(polygons[row])
        images = shapely.polygons([ring + np.array([turn, 0.0]) for turn in (-360.0, 0.0, 360.0)])
        polygons[row] = shapely.union_all(shapely.intersection(images, _WORLD))
    return polygons


def _cap(x: NDArray[np.float64], y: NDArray[np.float64], *, north: bool) -> shapely.Polygon:
    """Return a disc that holds a pole: all longitudes, from its rim to the pole."""
    x = (x + 180.0) % 360.0 - 180.0
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    seam = np.interp(180.0, (x[-1], x[0] + 360.0), (y[-1], y[0]))
    pole = 90.0 if north else -90.0
    ring = np.column_stack(([-180.0, *x, 180.0, 180.0, -180.0], [seam, *y, seam, pole, pole]))
    return shapely.polygons(ring)
