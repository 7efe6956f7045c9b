"""Densities and clusters of a million places are those of a plain program without shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from numba import njit, prange

from hubscan.cluster.density import Index
from hubscan.sphere import EARTH_RADIUS_KM, chord, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADIUS_KM = 15.0
BAND_DEGREES = np.degrees(RADIUS_KM / EARTH_RADIUS_KM) * 1.0001


class Bands(NamedTuple):
    """Places sorted by latitude band, then longitude; how far in longitude each must look."""

    order: NDArray[np.int64]
    band: NDArray[np.int64]
    start: NDArray[np.int64]
    longitude: NDArray[np.float64]
    half_width: NDArray[np.float64]
    vectors: NDArray[np.float64]


def banded(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> Bands:
    band = np.floor((latitude + 90.0) / BAND_DEGREES).astype(np.int64)
    order = np.lexsort((longitude, band))
    start = np.searchsorted(band[order], np.arange(int(180.0 / BAND_DEGREES) + 3))
    narrow = np.sin(np.radians(BAND_DEGREES)) / np.maximum(np.cos(np.radians(latitude)), 1e-12)
    half_width = np.degrees(np.arcsin(np.minimum(narrow, 1.0))) * 1.001 + 1e-9
    half_width[np.abs(latitude) + BAND_DEGREES >= 89.9] = 360.0
    vectors = unit_vectors(latitude, longitude)
    return Bands(
        order, band[order], start, longitude[order], half_width[order], vectors[order].copy()
    )


@njit
def windows(bands: Bands, i: int, found: NDArray[np.int64]) -> int:
    """List the runs of places that may be in reach of place i: band by band, round the Earth."""
    count, longitude, half = 0, bands.longitude, bands.half_width[i]
    for band in range(max(bands.band[i] - 1, 0), min(bands.band[i] + 2, len(bands.start) - 1)):
        first, last = bands.start[band], bands.start[band + 1]
        if half >= 180.0:
            found[count, 0], found[count, 1] = first, last
            count += 1
            continue
        for turn in (-360.0, 0.0, 360.0):
            middle, run = longitude[i] + turn, longitude[first:last]
            found[count, 0] = first + np.searchsorted(run, middle - half)
            found[count, 1] = first + np.searchsorted(run, middle + half, side="right")
            count += 1
    return count


@njit
def near(bands: Bands, i: int, j: int, square: float) -> bool:
    dx = bands.vectors[j, 0] - bands.vectors[i, 0]
    dy = bands.vectors[j, 1] - bands.vectors[i, 1]
    dz = bands.vectors[j, 2] - bands.vectors[i, 2]
    return bool(dx * dx + dy * dy + dz * dz <= square)


@njit(parallel=True)
def all_densities(bands: Bands, weights: NDArray[np.int64], square: float) -> NDArray[np.int64]:
    densities = np.zeros(len(weights), np.int64)
    for i in prange(len(weights)):
        found = np.empty((9, 2), np.int64)
        for window in range(windows(bands, i, found)):
            for j in range(found[window, 0], found[window, 1]):
                if near(bands, i, j, square):
                    densities[i] += weights[j]
    return densities


@njit
def root(parent: NDArray[np.int64], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit
def core_groups(bands: Bands, core: NDArray[np.bool_], square: float) -> NDArray[np.int64]:
    parent = np.arange(len(core))
    found = np.empty((9, 2), np.int64)
    for i in range(len(core)):
        if not core[i]:
            continue
        for window in range(windows(bands, i, found)):
            for j in range(max(found[window, 0], i + 1), found[window, 1]):
                if core[j] and parent[j] != parent[i] and near(bands, i, j, square):
                    parent[root(parent, j)] = root(parent, i)
    for i in range(len(core)):
        parent[i] = root(parent, i)
    return parent


@njit(parallel=True)
def near_a_core_place(bands: Bands, core: NDArray[np.bool_], square: float) -> NDArray[np.bool_]:
    reached = core.copy()
    for i in prange(len(core)):
        found = np.empty((9, 2), np.int64)
        for window in range(0 if core[i] else windows(bands, i, found)):
            for j in range(found[window, 0], found[window, 1]):
                if core[j] and near(bands, i, j, square):
                    reached[i] = True
                    break
    return reached


@pytest.mark.slow
def test_a_million_places_are_clustered_as_a_plain_program_does() -> None:
    rng = np.random.default_rng(11)
    count, cities = 1_000_000, 4000
    city = rng.choice(cities, count, p=(size := rng.pareto(1.0, cities) + 0.1) / size.sum())
    north = np.degrees(np.arcsin(rng.uniform(-1, 1, cities)))
    east = rng.uniform(-180, 180, cities)
    north[:3], east[:3] = (89.99, -89.95, 0.0), (10.0, 0.0, 179.999)
    away = rng.standard_t(3, (2, count)) * 10.0 / 111.195
    latitude = np.clip(north[city] + away[0], -90, 90)
    narrow = np.maximum(np.cos(np.radians(latitude)), 1e-3)
    longitude = (east[city] + away[1] / narrow + 180) % 360 - 180
    weights = np.minimum(rng.pareto(1.2, count) * 1000, 1e8).astype(np.int64)
    least = int(weights.sum() / 3000)

    bands, square = banded(latitude, longitude), chord(RADIUS_KM) ** 2
    densities = all_densities(bands, weights[bands.order], square)
    core = densities >= least
    groups = core_groups(bands, core, square)
    reached = near_a_core_place(bands, core, square)

    asked = Index(latitude, longitude).at(RADIUS_KM)
    np.testing.assert_array_equal(asked.densities(weights)[bands.order], densities)
    found = asked.clusters(weights, min_weight=least, border_rule="nearest_core")
    labels = found.labels[bands.order]
    np.testing.assert_array_equal(found.core[bands.order], core)
    np.testing.assert_array_equal(labels >= 0, reached)
    pairs = np.unique(np.column_stack((labels[core], groups[core])), axis=0)
    assert len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1])) > 100
