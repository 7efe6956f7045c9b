"""Geometry on the mean sphere: unit vectors, chords and arcs, and micro-degree place keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG), kilometres."""

MICRO: Final = 1_000_000
"""Micro-degrees in a degree: coordinates are held as integers of 1e-6 degree (about 0.1 m)."""

_LONGITUDES: Final = 360 * MICRO


def unit_vectors(latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.float64]:
    """
    Return the points of the unit sphere at the given coordinates.

    Parameters
    ----------
    latitude, longitude
        Degrees; arrays of one length.

    Returns
    -------
    vectors
        Array of shape (n, 3).

    Examples
    --------
    >>> unit_vectors([0.0], [90.0]).round(12)
    array([[0., 1., 0.]])
    """
    phi, lam = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(longitude, float))
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def chord(distance_km: float) -> float:
    r"""
    Return the chord of the unit sphere under a great-circle distance.

    Chords grow with distances, so comparing chords decides what comparing distances would:
    :math:`2 \\sin(d / 2R)`.

    Parameters
    ----------
    distance_km
        Great-circle distance, kilometres, at most half the circumference.

    Returns
    -------
    chord
        Between 0 and 2.

    Examples
    --------
    >>> round(chord(15.0), 9)
    0.002354415
    """
    return float(2.0 * np.sin(distance_km / (2.0 * EARTH_RADIUS_KM)))


def arc_km(chords: ArrayLike) -> NDArray[np.float64]:
    """
    Return the great-circle distances under chords of the unit sphere; the inverse of :func:`chord`.

    Parameters
    ----------
    chords
        Numbers in [0, 2].

    Returns
    -------
    distance_km
        Kilometres.

    Examples
    --------
    >>> arc_km([chord(15.0)]).round(9)
    array([15.])
    """
    half = np.clip(np.asarray(chords, float) / 2.0, 0.0, 1.0)
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(half))


def great_circle_km(
    latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike, to_longitude: ArrayLike
) -> NDArray[np.float64]:
    """
    Return great-circle distances between pairs of points, row by row.

    Parameters
    ----------
    latitude, longitude, to_latitude, to_longitude
        Degrees; arrays that broadcast together.

    Returns
    -------
    distance_km
        Kilometres.

    Examples
    --------
    >>> great_circle_km([0.0], [179.5], [0.0], [-179.5]).round(3)
    array([111.195])
    """
    phi, psi = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(to_latitude, float))
    turn = np.radians(np.asarray(to_longitude, float) - np.asarray(longitude, float))
    haversine = np.sin((psi - phi) / 2.0) ** 2 + np.cos(phi) * np.cos(psi) * np.sin(turn / 2.0) ** 2
    return arc_km(2.0 * np.sqrt(haversine))


def place_keys(latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.int64]:
    """
    Return one integer per coordinate, equal exactly for places less than a micro-degree apart.

    Coordinates are rounded to micro-degrees, halves up (as every query engine can); 180 and -180
    are one meridian, a pole is one place,
    and -0.0 is 0.0. Keys sort by latitude, then longitude.

    Parameters
    ----------
    latitude, longitude
        Degrees; latitude in [-90, 90], longitude in [-180, 180].

    Returns
    -------
    keys
        Non-negative int64.

    Examples
    --------
    >>> keys = place_keys([10.0, 10.0, 90.0, 90.0], [180.0, -180.0, 5.0, 0.0])
    >>> bool(keys[0] == keys[1]), bool(keys[2] == keys[3])
    (True, True)
    """
    phi = np.floor(np.asarray(latitude, float) * MICRO + 0.5).astype(np.int64)
    lam = np.floor(np.asarray(longitude, float) * MICRO + 0.5).astype(np.int64)
    lam = (lam + 180 * MICRO) % _LONGITUDES
    lam = np.where(np.abs(phi) == 90 * MICRO, 180 * MICRO, lam)
    return np.asarray((phi + 90 * MICRO) * _LONGITUDES + lam)


def coordinates(keys: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return the latitude and longitude of place keys; the inverse of :func:`place_keys`.

    Parameters
    ----------
    keys
        Integers from :func:`place_keys`.

    Returns
    -------
    latitude, longitude
        Degrees; longitude in [-180, 180).

    Examples
    --------
    >>> coordinates(place_keys([35.68], [139.69]))
    (array([35.68]), array([139.69]))
    """
    whole = np.asarray(keys, np.int64)
    latitude = (whole // _LONGITUDES - 90 * MICRO) / MICRO
    longitude = (whole % _LONGITUDES - 180 * MICRO) / MICRO
    return latitude, longitude


def rows_among(places: ArrayLike, others: ArrayLike) -> NDArray[np.int64]:
    """
    Return the row at which each place stands among others.

    Parameters
    ----------
    places
        Keys, in any order; ascending ones are found the quickest.
    others
        Keys, each once.

    Returns
    -------
    rows
        One for each of ``places``; -1 where it is none of the others.

    Examples
    --------
    >>> rows_among([7, 9, 7], [9, 7]).tolist()
    [1, 0, 1]
    >>> rows_among([8], [9, 7]).tolist()
    [-1]
    """
    wanted, known = np.asarray(places, np.int64), np.asarray(others, np.int64)
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    order = None if np.all(known[1:] >= known[:-1]) else np.argsort(known, kind="stable")
    ascending = known if order is None else known[order]
    at = np.minimum(np.searchsorted(ascending, wanted), len(known) - 1)
    rows = at if order is None else order[at]
    return np.where(ascending[at] == wanted, rows, -1)


def values_at(
    places: ArrayLike, others: ArrayLike, values: ArrayLike, *, elsewhere: int
) -> NDArray[np.int64]:
    """
    Return what is known of places, such as their clusters.

    Parameters
    ----------
    places
        Keys, in any order.
    others
        Keys, each once, of which something is known.
    values
        What is known of each of ``others``, whole numbers.
    elsewhere
        What holds for all other places.

    Returns
    -------
    values
        One for each of ``places``.

    Examples
    --------
    >>> values_at([7, 8], [9, 7], [1, 2], elsewhere=-1).tolist()
    [2, -1]
    """
    return np.append(np.asarray(values, np.int64), elsewhere)[rows_among(places, others)]


def place_twice(places: ArrayLike) -> int | None:
    """
    Return a place that occurs more than once; None if all differ.

    Parameters
    ----------
    places
        Keys, in any order.

    Returns
    -------
    place
        The lowest such key.

    Examples
    --------
    >>> place_twice([7, 9, 7])
    7
    >>> print(place_twice([7, 9]))
    None
    """
    keys = np.asarray(places, np.int64)
    if np.all(keys[1:] > keys[:-1]):
        return None
    ascending = np.sort(keys)
    again = ascending[1:][ascending[1:] == ascending[:-1]]
    return int(again[0]) if len(again) else None
