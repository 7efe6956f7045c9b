"""Imputation from several columns at once: nearest neighbours, and a multivariate normal by EM."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hubscan.index._columns import maxima, means, minima, standard_deviations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Normal(NamedTuple):
    """Mean and covariance of standardised columns, with the scale that standardised them."""

    mean: Array
    covariance: Array
    centre: Array
    spread: Array


def neighbour_means(values: Array, neighbours: int) -> Array:
    """
    Return each missing value as the mean over the nearest units that have it.

    Distance is the root mean square difference over the columns both units have, each scaled to
    its range; units without a common column are infinitely far. Nearest units of equal distance
    are taken in the order of the rows.
    """
    low, high = minima(values), maxima(values)
    scaled = (values - low) / np.where(high > low, high - low, 1.0)
    gaps = scaled[:, None, :] - scaled[None, :, :]
    common = (~np.isnan(gaps)).sum(axis=2)
    squares = np.where(np.isnan(gaps), 0.0, gaps**2).sum(axis=2)
    distance = np.where(common > 0, np.sqrt(squares / np.maximum(common, 1)), np.inf)
    np.fill_diagonal(distance, np.inf)
    filled = values.copy()
    for row, column in np.argwhere(np.isnan(values)):
        reach = np.where(np.isnan(values[:, column]), np.inf, distance[row])
        nearest = np.argsort(reach, kind="stable")[:neighbours]
        nearest = nearest[np.isfinite(reach[nearest])]
        if nearest.size:
            filled[row, column] = values[nearest, column].mean()
    return filled


def fitted_normal(values: Array, *, ridge: float, tolerance: float, most_steps: int) -> Normal:
    """
    Return the multivariate normal fitted to incomplete rows by expectation-maximisation.

    Columns are standardised first; ``ridge`` is added to the variances in every step, so that the
    covariance can be inverted with few units. Stops when no parameter moves by more than
    ``tolerance``.
    """
    centre = means(values)
    spread = standard_deviations(values, ddof=0)
    spread = np.where(spread > 0, spread, 1.0)
    standard = (values - centre) / spread
    width = values.shape[1]
    normal = Normal(np.zeros(width), np.eye(width), centre, spread)
    for _ in range(most_steps):
        expected, uncertainty = _expected(standard, normal)
        mean = expected.mean(axis=0)
        centred = expected - mean
        covariance = (centred.T @ centred + uncertainty) / len(values) + ridge * np.eye(width)
        moved = max(np.abs(mean - normal.mean).max(), np.abs(covariance - normal.covariance).max())
        normal = normal._replace(mean=mean, covariance=covariance)
        if moved <= tolerance:
            break
    return normal


def conditional_means(values: Array, normal: Normal) -> Array:
    """Return missing values as their expectation given the present ones of the same row."""
    standard = (values - normal.centre) / normal.spread
    expected, _ = _expected(standard, normal)
    return expected * normal.spread + normal.centre


def conditional_draws(values: Array, normal: Normal, generator: np.random.Generator) -> Array:
    """Return missing values drawn from their distribution given the present ones of the row."""
    standard = (values - normal.centre) / normal.spread
    filled = standard.copy()
    for row, present in enumerate(~np.isnan(standard)):
        if present.all():
            continue
        mean, covariance = _conditional(standard[row], present, normal)
        noise = generator.standard_normal(len(mean))
        filled[row, ~present] = mean + np.linalg.cholesky(covariance) @ noise
    return filled * normal.spread + normal.centre


def _expected(standard: Array, normal: Normal) -> tuple[Array, Array]:
    """Return the completed rows and the sum of the conditional covariances."""
    filled = np.where(np.isnan(standard), 0.0, standard)
    uncertainty = np.zeros_like(normal.covariance)
    for row, present in enumerate(~np.isnan(standard)):
        if not present.all():
            mean, covariance = _conditional(standard[row], present, normal)
            filled[row, ~present] = mean
            uncertainty[np.ix_(~present, ~present)] += covariance
    return filled, uncertainty


def _conditional(row: Array, present: NDArray[np.bool_], normal: Normal) -> tuple[Array, Array]:
    """Return mean and covariance of the missing part of a row given the present part."""
    known, lost = np.ix_(present, present), np.ix_(~present, ~present)
    cross = normal.covariance[np.ix_(~present, present)]
    if not present.any():
        return normal.mean[~present], normal.covariance[lost]
    slope = np.linalg.solve(normal.covariance[known], cross.T).T
    mean = normal.mean[~present] + slope @ (row[present] - normal.mean[present])
    covariance = normal.covariance[lost] - slope @ cross.T
    return mean, (covariance + covariance.T) / 2
