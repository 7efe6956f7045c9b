"""The density clustering as a scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import _check_sample_weight, validate_data

from hubscan.cluster.density import density_clusters
from hubscan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_BITS: Final = 62
_COORDINATES: Final = 2


class SphericalDBSCAN(ClusterMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn is not typed
    """
    Density clustering of weighted places on the sphere, exact and independent of row order.

    The drop-in for ``sklearn.cluster.DBSCAN(metric="haversine")`` when places are many, weighted,
    or close together: it stores no neighbour pairs. See
    :func:`hubscan.cluster.density.density_clusters`.

    Parameters
    ----------
    radius_km
        Radius of a neighbourhood, great circle, inclusive; from 0.0001 km.
    min_weight
        Weight within the radius, the place itself included, that makes a place core.
    border_rule
        Cluster of a place that is not core but near a core place: ``"nearest_core"``,
        ``"lowest_id"`` or ``"noise"``.

    Attributes
    ----------
    labels_
        Cluster of each row, int32: 0 has the heaviest core; -1 is noise.
    core_sample_mask_
        Whether each row is core.
    core_sample_indices_
        The rows that are core.
    n_features_in_
        2: latitude and longitude.

    Notes
    -----
    Weights are held as 64-bit integers, multiples of :math:`2^{-k}`, with the greatest k for which
    their sum is sure to stay below :math:`2^{62}`; weights and ``min_weight`` are rounded to such
    multiples. Whole numbers (and all numbers with few binary digits) are therefore exact, and so
    are their sums and the comparison with ``min_weight``; any other weight is off by at most
    :math:`2^{-61}` of the sum of all, and no result depends on the order of rows.

    Examples
    --------
    >>> places = [[48.86, 2.35], [48.90, 2.30], [40.42, -3.70]]
    >>> SphericalDBSCAN(min_weight=2).fit_predict(places)
    array([ 0,  0, -1], dtype=int32)
    >>> SphericalDBSCAN(min_weight=2).fit_predict(places, sample_weight=[0.5, 0.5, 2.5])
    array([-1, -1,  0], dtype=int32)
    """

    def __init__(
        self,
        radius_km: float = 15.0,
        min_weight: float = 5.0,
        border_rule: str = "nearest_core",
    ) -> None:
        self.radius_km = radius_km
        self.min_weight = min_weight
        self.border_rule = border_rule

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - the name scikit-learn gives to samples
        y: None = None,  # noqa: ARG002 - scikit-learn passes one to every estimator
        sample_weight: ArrayLike | None = None,
    ) -> SphericalDBSCAN:
        """
        Find the clusters.

        Parameters
        ----------
        X
            Latitude and longitude in degrees, shape (n, 2).
        y
            Not used.
        sample_weight
            Non-negative weight of each row; 1 if None.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        InputError
            If X does not hold two columns of valid degrees, or a weight is negative.
        """
        places = validate_data(self, X, dtype=np.float64)
        if places.shape[1] != _COORDINATES:
            message = (
                f"SphericalDBSCAN: X has {places.shape[1]} feature(s), needed 2: latitude and"
                " longitude in degrees"
            )
            raise InputError(message)
        given = _check_sample_weight(sample_weight, places, dtype=np.float64)
        weights, min_weight = _fixed_point(given, self.min_weight)
        self.labels_, self.core_sample_mask_ = density_clusters(
            places[:, 0],
            places[:, 1],
            weights,
            radius_km=self.radius_km,
            min_weight=min_weight,
            border_rule=self.border_rule,
            include_self=True,
        )
        self.core_sample_indices_ = np.flatnonzero(self.core_sample_mask_)
        return self


def _fixed_point(weights: NDArray[np.float64], min_weight: float) -> tuple[NDArray[np.int64], int]:
    """Return weights and threshold in the finest power of two that 62 bits can sum."""
    if not min_weight > 0.0:
        message = f"SphericalDBSCAN: min_weight = {min_weight}: must be greater than 0"
        raise InputError(message)
    if (weights < 0.0).any():
        row = int(np.argmax(weights < 0.0))
        message = f"SphericalDBSCAN: sample_weight of row {row} is {weights[row]}, needed 0 or more"
        raise InputError(message)
    # a power of two above the sum takes 61 bits, which leaves one for what rounding adds
    exponent = _BITS - 1 - int(np.frexp(weights.sum())[1])
    whole = np.rint(np.ldexp(weights, exponent)).astype(np.int64)
    least = min(float(np.rint(np.ldexp(min_weight, exponent))), 2.0**_BITS)
    return whole, max(1, int(least))
