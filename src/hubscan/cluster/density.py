"""Exact density clustering of weighted places on the sphere, reusing geometry between questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from hubscan.cluster._cells import Cells, cells_in_reach
from hubscan.cluster._check import degrees, fixed_point, one_of, radius, threshold
from hubscan.cluster._compiled import over_stretches, usable_threads
from hubscan.cluster._curve import curve_order
from hubscan.cluster._label import LOWEST_ID, NEAREST_CORE, NOISE, Clusters, label_stretch
from hubscan.cluster._link import Cores, cores_before, linked_cells
from hubscan.cluster._number import numbered_cells
from hubscan.cluster._tree import Tree, quadtree
from hubscan.cluster._weigh import Field, weigh_stretch, weights_below
from hubscan.errors import InputError
from hubscan.sphere import chord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)

BORDER_RULES: Final = {"nearest_core": NEAREST_CORE, "lowest_id": LOWEST_ID, "noise": NOISE}
"""What may become of a place that is not core but within the radius of a core place."""

_COARSEST_LEAF_KM: Final = 5.0
_MOST: Final = int(np.iinfo(np.int64).max)


class Labelling(NamedTuple):
    """
    The clusters of places, one entry a place, in the order the places were given.

    Attributes
    ----------
    labels
        Cluster of each place, int32: 0 is the cluster with the heaviest core; -1 is noise.
    core
        Whether the weight within the radius of the place reaches the threshold.
    """

    labels: NDArray[np.int32]
    core: NDArray[np.bool_]


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
    every other place is noise.

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
        self.latitude = degrees(latitude, name="latitude", most=90.0)
        self.longitude = degrees(longitude, name="longitude", most=180.0)
        if len(self.latitude) != len(self.longitude):
            message = (
                f"density: {len(self.latitude)} latitudes and {len(self.longitude)} longitudes were"
                " given, needed one of each for every place"
            )
            raise InputError(message)
        self.threads = usable_threads() if threads is None else max(1, threads)
        self.order, self._keys, self._vectors = curve_order(
            self.latitude, self.longitude, threads=self.threads
        )
        self._tree = self._quadtree(_COARSEST_LEAF_KM)

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.order)

    def _quadtree(self, finest_km: float) -> Tree:
        return quadtree(self._keys, self._vectors, finest=chord(finest_km), threads=self.threads)

    def at(self, radius_km: float) -> Neighbourhood:
        """
        Return the neighbourhoods of the places at a radius.

        Parameters
        ----------
        radius_km
            From 0.0001 km to half the circumference. Below 5 km the tree of places is refined for
            this radius.

        Returns
        -------
        neighbourhood
            To be asked for densities and clusters, with any weights and thresholds.
        """
        reach = chord(radius(radius_km))
        tree = self._tree if radius_km >= _COARSEST_LEAF_KM else self._quadtree(radius_km)
        cells = cells_in_reach(tree, reach=reach, threads=self.threads)
        return Neighbourhood(self, tree, cells, reach)


class Neighbourhood:
    """
    Places at one radius; made by :meth:`Index.at`.

    All methods take weights in the order of the places of the index, and answer in that order.
    """

    def __init__(self, index: Index, tree: Tree, cells: Cells, reach: float) -> None:
        self.index = index
        self._tree = tree
        self._cells = cells
        self._reach = reach

    def densities(
        self,
        weights: ArrayLike,
        *,
        floor: int = 0,
        cap: int = _MOST,
        include_self: bool = True,
    ) -> NDArray[np.int64]:
        """
        Return the weight within the radius of each place.

        Parameters
        ----------
        weights
            Non-negative integers, one a place.
        floor, cap
            The range in which densities are wanted: narrower is faster. A density above ``cap`` is
            given as ``cap``; one below ``floor`` as some number below ``floor``.
        include_self
            Whether a place's own weight counts.

        Returns
        -------
        densities
            int64, exact from ``floor`` to ``cap``.
        """
        below = self._below(weights)
        return self._by_row(self._densities(below, floor, cap, include_self=include_self))

    def clusters(
        self, weights: ArrayLike, *, min_weight: int, border_rule: str, include_self: bool = True
    ) -> Labelling:
        """
        Return the clusters of one weighting at one threshold; see :func:`density_clusters`.

        Parameters
        ----------
        weights
            Non-negative integers, one a place.
        min_weight, border_rule, include_self
            As for :func:`density_clusters`.

        Returns
        -------
        labelling
            Labels and core mask.
        """
        (labelling,) = self.clusters_by_threshold(
            weights, min_weights=[min_weight], border_rule=border_rule, include_self=include_self
        )
        return labelling

    def clusters_by_threshold(
        self,
        weights: ArrayLike,
        *,
        min_weights: Sequence[int],
        border_rule: str,
        include_self: bool = True,
    ) -> Iterator[Labelling]:
        """
        Yield the clusters of one weighting at several thresholds; densities are computed once.

        Parameters
        ----------
        weights
            Non-negative integers, one a place.
        min_weights
            Thresholds, in any order.
        border_rule, include_self
            As for :func:`density_clusters`.

        Yields
        ------
        labelling
            Labels and core mask, for each threshold in the order given.
        """
        border = one_of(border_rule, BORDER_RULES, name="border_rule")
        thresholds = [threshold(each) for each in min_weights]
        below = self._below(weights)
        if not thresholds:
            return
        densities = self._densities(
            below, min(thresholds), max(thresholds), include_self=include_self
        )
        for least in thresholds:
            yield self._labelling(below, densities >= least, border)

    def _below(self, weights: ArrayLike) -> NDArray[np.int64]:
        """Return the cumulative weights along the curve."""
        checked = fixed_point(weights, count=len(self.index))
        return np.asarray(weights_below(checked, self.index.order))

    def _densities(
        self, below: NDArray[np.int64], floor: int, cap: int, *, include_self: bool
    ) -> NDArray[np.int64]:
        """Return the densities along the curve."""
        # nothing is denser than all; a weight that must not count is counted, then taken off
        cap = max(floor, min(cap, int(below[-1])))
        own = np.int64(0) if include_self else np.diff(below)
        room = min(cap + int(np.max(own, initial=0)), _MOST)
        field = Field(*self._tree, below, self._reach, floor, room)
        densities = np.empty(len(self.index), np.int64)
        self._over_cells(weigh_stretch, field, self._cells, densities)
        return densities if include_self else np.minimum(densities - own, cap)

    def _labelling(
        self, below: NDArray[np.int64], core: NDArray[np.bool_], border: int
    ) -> Labelling:
        """Return the clusters of core places along the curve."""
        index = self.index
        cores = Cores(*self._tree, core, cores_before(core), self._reach)
        numbers = numbered_cells(
            cores,
            self._cells,
            linked_cells(cores, self._cells),
            below=below,
            along_curve=(index.order, index.latitude, index.longitude),
        )
        labels = np.empty(len(index), np.int32)
        clusters = Clusters(*self._cells, numbers, border)
        self._over_cells(label_stretch, cores, clusters, index.order, labels)
        return Labelling(labels, self._by_row(core))

    def _over_cells(self, kernel: Callable[..., None], *arguments: object) -> None:
        """Run a kernel over all cells."""
        over_stretches(kernel, len(self._cells.node), *arguments, threads=self.index.threads)

    def _by_row(self, along_curve: NDArray[_Scalar]) -> NDArray[_Scalar]:
        """Return values along the curve in the order of the rows."""
        by_row = np.empty_like(along_curve)
        by_row[self.index.order] = along_curve
        return by_row
