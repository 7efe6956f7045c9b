"""The area of shapes of longitude and latitude on the WGS84 ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAJOR_KM: Final = 6378.137
_FLATTENING: Final = 1.0 / 298.257223563
_ECCENTRICITY: Final = float(np.sqrt(_FLATTENING * (2.0 - _FLATTENING)))


def area_km2(shape: shapely.Geometry) -> float:
    r"""
    Return the area of a shape whose edges are straight lines of longitude and latitude.

    The integral of :math:`-S(\varphi) d\lambda` along the rings, where S is the area between the
    equator and a parallel, per radian of longitude; by Simpson's rule on each edge, which is exact
    along parallels and meridians.

    Parameters
    ----------
    shape
        Polygon or MultiPolygon, degrees; holes are left out.

    Returns
    -------
    area_km2
        Square kilometres on the WGS84 ellipsoid.

    Examples
    --------
    >>> round(area_km2(shapely.box(-180, -90, 180, 90)) / 1e6, 2)
    510.07
    """
    oriented = shapely.orient_polygons(shape)
    rings = shapely.get_rings(shapely.get_parts(oriented))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    longitude, latitude = np.radians(points).T
    turn = np.where(np.diff(ring) == 0, np.diff(longitude), 0.0)
    middle = (latitude[:-1] + latitude[1:]) / 2.0
    belt, middle_belt = _belt_km2(latitude), _belt_km2(middle)
    mean = (belt[:-1] + 4.0 * middle_belt + belt[1:]) / 6.0
    return max(float(-np.sum(mean * turn)), 0.0)


def _belt_km2(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area from the equator to parallels, per radian of longitude."""
    sine = np.sin(latitude)
    e = _ECCENTRICITY
    both = sine / (1.0 - (e * sine) ** 2) + np.arctanh(e * sine) / e
    return np.asarray(_MAJOR_KM**2 * (1.0 - e * e) / 2.0 * both)
