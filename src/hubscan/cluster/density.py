"""Exact density clustering of weighted places on the sphere, reusing geometry between questions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from hubscan.cluster._cells import cells_in_reach
from hubscan.cluster._check import degrees, radius
from hubscan.cluster._compiled import usable_threads
from hubscan.cluster._curve import curve_order
from hubscan.cluster._tree import Tree, quadtree
from hubscan.cluster.neighbourhood import BORDER_RULES, Labelling, Neighbourhood
from hubscan.errors import InputError
from hubscan.sphere import chord

__all__ = ["BORDER_RULES", "Index", "Labelling", "Neighbourhood", "density_clusters"]

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


_COARSEST_LEAF_KM: Final = 10.0
"""Width of the leaves of the tree for all radii not shorter than this."""


def density_clusters(  # noqa: PLR0913 - three columns and the four numbers of the method
    latitude: ArrayLike,
    longitude: ArrayLike,
    weights: ArrayLike,
    *,
    radius_km: float,
    min_weight: int,
    border_rule: str,
    include_self: bool,
) -> Labelling:
    """
    Return the density clusters (DBSCAN) of weighted places on the sphere.

    A place is *core* if the weights of the places within ``radius_km`` of it (great circle,
    inclusive) sum to ``min_weight`` or more. Core places within the radius of each other share a
    cluster. A place that is not core but within the radius of a core place is a *border* place;
    every other place is noise. (A place of weight 0 adds nothing, but may be core all the same, and
    join clusters.)

    Clusters are numbered by the weight of their core places, heaviest first; equal weights by their
    lowest core place (latitude, then longitude). Border places are assigned after that and so never
    change a number. Weights are exact integers, and no step depends on the order of rows or on the
    number of threads: the same places give the same clusters.

    Parameters
    ----------
    latitude, longitude
        Degrees in [-90, 90] and [-180, 180]; arrays of one length. A place may occur repeatedly.
    weights
        Non-negative integers (fixed point), in any unit; their sum must fit in 64 bits.
    radius_km
        From 0.0001 km to half the circumference.
    min_weight
        Threshold in the unit of the weights, at least 1.
    border_rule
        Cluster of a border place: ``"nearest_core"``: that of the nearest core place, the lowest
        number of several equally near; ``"lowest_id"``: the lowest number with a core place within
        the radius; ``"noise"``: none.
    include_self
        Whether a place's own weight counts in its density.

    Returns
    -------
    labelling
        Labels and core mask, :class:`Labelling`.

    Raises
    ------
    InputError
        If a coordinate or weight is not valid, naming its row, or a number is out of its range.

    Notes
    -----
    Distances are compared as chords of unit vectors in float64, ``chord**2 <= chord(radius_km)**2``
    (see :func:`hubscan.sphere.chord`), which decides as great-circle distances do. The work is
    neither quadratic nor proportional to the number of neighbour pairs, and no pair is stored.
    The algorithm is DBSCAN (Ester, Kriegel, Sander and Xu 1996) with weights in place of counts.

    To vary the threshold, the weights or the radius, keep an :class:`Index`.

    Examples
    --------
    Two places 1 km apart reach the threshold together; a third, alone, does not:

    >>> density_clusters(
    ...     [0.0, 0.009, 40.0],
    ...     [180.0, -180.0, 0.0],
    ...     [2, 3, 4],
    ...     radius_km=15.0,
    ...     min_weight=5,
    ...     border_rule="nearest_core",
    ...     include_self=True,
    ... )
    Labelling(labels=array([ 0,  0, -1], dtype=int32), core=array([ True,  True, False]))
    """
    return (
        Index(latitude, longitude)
        .at(radius_km)
        .clusters(
            weights, min_weight=min_weight, border_rule=border_rule, include_self=include_self
        )
    )


def neighbourhood(latitude: ArrayLike, longitude: ArrayLike, radius_km: float) -> Neighbourhood:
    """
    Return the neighbourhoods of places at one radius.

    Parameters
    ----------
    latitude, longitude, radius_km
        As for :class:`Index` and :meth:`Index.at`.

    Returns
    -------
    neighbourhood
        To be asked for densities and clusters.
    """
    return Index(latitude, longitude).at(radius_km)


class Index:
    """
    Places ordered for neighbourhood questions: made once, asked at any radius.

    Parameters
    ----------
    latitude, longitude
        Degrees in [-90, 90] and [-180, 180]; arrays of one length. They are copied.
    threads
        Processors to use; all that the process may use if None. Results do not depend on it.

    Raises
    ------
    InputError
        If a coordinate is not valid, naming its row.

    Notes
    -----
    The first use after installation compiles the kernels, once: the machine code is kept beside
    the modules (or in the user's cache folder if that is read-only; the environment variable
    ``NUMBA_CACHE_DIR`` names another place).

    Examples
    --------
    >>> places = Index([0.0, 0.009, 40.0], [0.0, 0.0, 0.0])
    >>> near = places.at(15.0)
    >>> near.densities([2, 3, 4])
    array([5, 5, 4])
    >>> for labels, core in near.clusters_by_threshold(
    ...     [2, 3, 4], min_weights=[4, 5], border_rule="nearest_core"
    ... ):
    ...     print(labels)
    [0 0 1]
    [ 0  0 -1]
    """

    def __init__(
        self, latitude: ArrayLike, longitude: ArrayLike, *, threads: int | None = None
    ) -> None:
        self._latitude = degrees(latitude, name="latitude", most=90.0)
        self._longitude = degrees(longitude, name="longitude", most=180.0)
        if len(self._latitude) != len(self._longitude):
            message = (
                f"density: {len(self._latitude)} latitudes and {len(self._longitude)} longitudes"
                " were given, needed one of each for every place"
            )
            raise InputError(message)
        self.threads = usable_threads() if threads is None else max(1, threads)
        self._order, self._keys, self._vectors = curve_order(
            self._latitude, self._longitude, threads=self.threads
        )

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self._order)

    @cached_property
    def _tree(self) -> Tree:
        return self._quadtree(_COARSEST_LEAF_KM)

    def _quadtree(self, finest_km: float) -> Tree:
        return quadtree(self._keys, self._vectors, finest=chord(finest_km), threads=self.threads)

    def at(self, radius_km: float) -> Neighbourhood:
        """
        Return the neighbourhoods of the places at a radius.

        Parameters
        ----------
        radius_km
            From 0.0001 km to half the circumference. Below 10 km the tree of places is made anew.

        Returns
        -------
        neighbourhood
            To be asked for densities and clusters, with any weights and thresholds.

        Raises
        ------
        InputError
            If the radius is out of its range.

        Examples
        --------
        >>> Index([0.0, 0.0], [0.0, 0.1]).at(15.0).densities([2, 3])
        array([5, 5])
        """
        reach = chord(radius(radius_km))
        tree = self._tree if radius_km >= _COARSEST_LEAF_KM else self._quadtree(radius_km)
        cells = cells_in_reach(tree, reach=reach, threads=self.threads)
        along_curve = (self._order, self._latitude, self._longitude)
        return Neighbourhood(tree, cells, along_curve, reach=reach, threads=self.threads)
