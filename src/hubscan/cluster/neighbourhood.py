"""Places at one radius: their densities, and their clusters under any weights and thresholds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from hubscan.cluster._batch import WEIGHTINGS, core_places, weights_below_all
from hubscan.cluster._check import fixed_point, one_of, threshold
from hubscan.cluster._compiled import over_stretches
from hubscan.cluster._label import LOWEST_ID, NEAREST_CORE, NOISE, Clusters, label_stretch
from hubscan.cluster._link import Cores, cores_before, linked_cells
from hubscan.cluster._number import numbered_cells
from hubscan.cluster._weigh import Field, weigh_stretch, weights_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from hubscan.cluster._cells import Cells
    from hubscan.cluster._tree import Tree

_Scalar = TypeVar("_Scalar", bound=np.generic)

BORDER_RULES: Final = {"nearest_core": NEAREST_CORE, "lowest_id": LOWEST_ID, "noise": NOISE}
"""What may become of a place that is not core but within the radius of a core place."""

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


class Neighbourhood:
    """
    Places at one radius; made by :meth:`hubscan.cluster.density.Index.at`.

    All methods take weights in the order of the places of the index, and answer in that order.

    Examples
    --------
    >>> from hubscan.cluster.density import Index
    >>> near = Index([0.0, 0.009, 40.0], [0.0, 0.0, 0.0]).at(15.0)
    >>> near.densities([2, 3, 4], include_self=False)
    array([3, 2, 0])
    >>> near.clusters([2, 3, 4], min_weight=5, border_rule="nearest_core").labels
    array([ 0,  0, -1], dtype=int32)
    >>> for labels, core in near.clusters_by_weighting(
    ...     [[1, 1, 1], [0, 5, 5]], min_weight=5, border_rule="nearest_core"
    ... ):
    ...     print(labels)
    [-1 -1 -1]
    [0 0 1]
    """

    def __init__(
        self,
        tree: Tree,
        cells: Cells,
        along_curve: tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]],
        *,
        reach: float,
        threads: int,
    ) -> None:
        self._tree = tree
        self._cells = cells
        self._along_curve = along_curve
        self._order = along_curve[0]
        self._reach = reach
        self._threads = threads

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
            Int64, exact from ``floor`` to ``cap``.
        """
        below = self._below(weights)
        return self._by_row(self._densities(below, floor, cap, include_self=include_self))

    def clusters(
        self, weights: ArrayLike, *, min_weight: int, border_rule: str, include_self: bool = True
    ) -> Labelling:
        """
        Return the clusters of one weighting at one threshold.

        Parameters
        ----------
        weights
            Non-negative integers, one a place.
        min_weight, border_rule, include_self
            As for :func:`hubscan.cluster.density.density_clusters`.

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
        Return the clusters of one weighting at several thresholds; densities are computed once.

        Parameters
        ----------
        weights
            Non-negative integers, one a place.
        min_weights
            Thresholds, in any order.
        border_rule, include_self
            As for :func:`hubscan.cluster.density.density_clusters`.

        Returns
        -------
        labellings
            Labels and core mask for each threshold, in the order given, one at a time.
        """
        border = one_of(border_rule, BORDER_RULES, name="border_rule")
        thresholds = [threshold(each) for each in min_weights]
        below = self._below(weights)
        floor, cap = min(thresholds, default=1), max(thresholds, default=1)
        densities = self._densities(below, floor, cap, include_self=include_self)
        return (self._labelling(below, densities >= least, border) for least in thresholds)

    def clusters_by_weighting(
        self,
        weightings: Iterable[ArrayLike],
        *,
        min_weight: int,
        border_rule: str,
        include_self: bool = True,
    ) -> Iterator[Labelling]:
        """
        Return the clusters of many weightings at one threshold, such as bootstrap replicates.

        Weightings are taken sixteen at a time, as they are needed, and their core places found in
        one walk: about a fifth of the work of one after the other. The memory needed is about 400
        bytes a place.

        Parameters
        ----------
        weightings
            Vectors of non-negative integers, one a place: an array of shape (replicates, places),
            or an iterable that draws them.
        min_weight, border_rule, include_self
            As for :func:`hubscan.cluster.density.density_clusters`.

        Returns
        -------
        labellings
            Labels and core mask for each weighting, in the order given, one at a time.
        """
        border = one_of(border_rule, BORDER_RULES, name="border_rule")
        least = threshold(min_weight)
        rows = (fixed_point(each, count=len(self._order)) for each in weightings)
        batches = iter(lambda: list(islice(rows, WEIGHTINGS)), [])
        # not strict: a last, shorter batch is filled up with weightings of nothing
        return (
            self._labelling(self._below(row), core, border)
            for batch in batches
            for row, core in zip(
                batch, self._cores(batch, least, include_self=include_self), strict=False
            )
        )

    def _cores(
        self, weightings: Sequence[NDArray[np.int64]], least: int, *, include_self: bool
    ) -> Iterable[NDArray[np.bool_]]:
        """Yield which places along the curve are core in each of a batch of weightings."""
        if not include_self or len(weightings) == 1:
            for row in weightings:
                yield (
                    self._densities(self._below(row), least, least, include_self=include_self)
                    >= least
                )
            return
        below = weights_below_all(weightings, self._order, threads=self._threads)
        yield from core_places(
            self._tree,
            self._cells,
            below,
            reach=self._reach,
            least=least,
            threads=self._threads,
        )

    def _below(self, weights: ArrayLike) -> NDArray[np.int64]:
        """Return the cumulative weights along the curve."""
        checked = fixed_point(weights, count=len(self._order))
        return np.asarray(weights_below(checked, self._order))

    def _densities(
        self, below: NDArray[np.int64], floor: int, cap: int, *, include_self: bool
    ) -> NDArray[np.int64]:
        """Return the densities along the curve."""
        # nothing is denser than all; a weight that must not count is counted, then taken off
        cap = max(floor, min(cap, int(below[-1])))
        own = np.int64(0) if include_self else np.diff(below)
        room = min(cap + int(np.max(own, initial=0)), _MOST)
        field = Field(*self._tree, below, self._reach, floor, room)
        densities = np.empty(len(self._order), np.int64)
        self._over_cells(weigh_stretch, field, self._cells, densities)
        return densities if include_self else np.minimum(densities - own, cap)

    def _labelling(
        self, below: NDArray[np.int64], core: NDArray[np.bool_], border: int
    ) -> Labelling:
        """Return the clusters of core places along the curve."""
        cores = Cores(*self._tree, core, cores_before(core), self._reach)
        numbers = numbered_cells(
            cores,
            self._cells,
            linked_cells(cores, self._cells),
            below=below,
            along_curve=self._along_curve,
        )
        labels = np.empty(len(self._order), np.int32)
        clusters = Clusters(*self._cells, numbers, border)
        self._over_cells(label_stretch, cores, clusters, self._order, labels)
        return Labelling(labels, self._by_row(core))

    def _over_cells(self, kernel: Callable[..., None], *arguments: object) -> None:
        """Run a kernel over all cells."""
        over_stretches(kernel, len(self._cells.node), *arguments, threads=self._threads)

    def _by_row(self, along_curve: NDArray[_Scalar]) -> NDArray[_Scalar]:
        """Return values along the curve in the order of the rows."""
        by_row = np.empty_like(along_curve)
        by_row[self._order] = along_curve
        return by_row
