"""How far points are from the member places of clusters, in the metric of their discs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.proximity import PointTree
from hubscan.sphere import unit_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Sites:
    """A tree of places to ask how far other points are."""

    def __init__(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64], buffer_shape: str
    ) -> None:
        """Plant the tree."""
        self._geodesic = buffer_shape == "geodesic"
        points = self._points(latitude, longitude)
        self._tree = PointTree(points, around=() if self._geodesic else (360.0, 0.0))

    def degrees(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64], *, within: float
    ) -> NDArray[np.float64]:
        """Return the degrees from points to their nearest place; infinite beyond ``within``."""
        reach = within * (1.0 + 1e-9)
        if self._geodesic:
            reach = 2.0 * float(np.sin(np.radians(min(reach, 180.0)) / 2.0)) + 1e-15
        points = self._points(latitude, longitude)
        distance = self._tree.nearest(points, within=reach)[0]
        if self._geodesic:
            found = np.isfinite(distance)
            distance[found] = np.degrees(2.0 * np.arcsin(distance[found] / 2.0))
        # equal distances must compare equal
        rounded = np.round(distance, 11)
        return np.asarray(np.where(rounded <= within, rounded, np.inf))

    def _points(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if self._geodesic:
            return unit_vectors(latitude, longitude)
        return np.column_stack(((longitude + 180.0) % 360.0, latitude))


def nearest_only(distances: Sequence[NDArray[np.float64]]) -> list[NDArray[np.bool_]]:
    """
    Return which points go to each cluster: those that no other cluster is nearer to.

    Parameters
    ----------
    distances
        For each cluster the distances of the same points, infinite where out of reach.

    Returns
    -------
    won
        One array for each cluster; of equally near clusters the first wins.
    """
    best = np.full(len(distances[0]), np.inf)
    winner = np.full(len(best), -1)
    for number, distance in enumerate(distances):
        nearer = distance < best
        best[nearer] = distance[nearer]
        winner[nearer] = number
    return [winner == number for number in range(len(distances))]
