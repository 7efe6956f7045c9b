"""Points between and around cities: intermediate points, offsets, nearest neighbours, distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.proximity import PointTree
from hubscan.sphere import EARTH_RADIUS_KM, arc_km, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

KM_PER_DEGREE: Final = EARTH_RADIUS_KM * np.pi / 180.0
"""Kilometres in a degree of latitude."""

Point = tuple[float, float]
"""Latitude and longitude, degrees."""


def between(start: Point, end: Point, km_from_start: float) -> Point:
    """
    Return the point of the great circle from one point towards another, at a distance.

    Parameters
    ----------
    start, end
        Latitude and longitude, degrees; not antipodal.
    km_from_start
        Kilometres from ``start``.

    Returns
    -------
    point
        Latitude and longitude, degrees.

    Examples
    --------
    >>> tuple(round(x, 3) for x in between((0.0, 0.0), (0.0, 2.0), 111.195))
    (0.0, 1.0)
    """
    a, b = unit_vectors([start[0], end[0]], [start[1], end[1]])
    sideways = b - a * float(a @ b)
    sideways /= np.linalg.norm(sideways)
    angle = km_from_start / EARTH_RADIUS_KM
    x, y, z = a * np.cos(angle) + sideways * np.sin(angle)
    return float(np.degrees(np.arcsin(z))), float(np.degrees(np.arctan2(y, x)))


def offset(
    latitude: ArrayLike, longitude: ArrayLike, north_km: ArrayLike, east_km: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return points moved by a few kilometres.

    Parameters
    ----------
    latitude, longitude
        Degrees.
    north_km, east_km
        Kilometres to move.

    Returns
    -------
    latitude, longitude
        Degrees; longitude in [-180, 180).

    Examples
    --------
    >>> [round(float(x[0]), 6) for x in offset([60.0], [179.999], [0.0], [1.0])]
    [60.0, -179.983014]
    """
    to_latitude = np.asarray(latitude, float) + np.asarray(north_km, float) / KM_PER_DEGREE
    parallel = KM_PER_DEGREE * np.cos(np.radians(to_latitude))
    to_longitude = np.asarray(longitude, float) + np.asarray(east_km, float) / parallel
    return to_latitude, (to_longitude + 180.0) % 360.0 - 180.0


def nearest_km(
    points: NDArray[np.float64], among: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """
    Return for each point the distance to the nearest of others, and which it is.

    Parameters
    ----------
    points, among
        Unit vectors, arrays of shape (n, 3) and (m, 3); m may be 0.

    Returns
    -------
    distance_km
        Kilometres; infinite where there are no others.
    nearest
        Position in ``among``.

    Examples
    --------
    >>> x = unit_vectors([0.0, 0.0], [0.0, 1.0])
    >>> nearest_km(x[:1], x[1:])[0].round(3)
    array([111.195])
    """
    if not len(among):
        return np.full(len(points), np.inf), np.zeros(len(points), np.int64)
    chords, nearest = PointTree(among).nearest(points)
    return arc_km(chords), np.asarray(nearest, np.int64)


def distances_km(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return the distances between all pairs of a few points.

    Parameters
    ----------
    points
        Unit vectors, array of shape (n, 3).

    Returns
    -------
    distances_km
        Array of shape (n, n).

    Examples
    --------
    >>> distances_km(unit_vectors([0.0, 0.0], [0.0, 1.0])).round(3)
    array([[  0.   , 111.195],
           [111.195,   0.   ]])
    """
    chords = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    return arc_km(chords)
