"""The clusters are those of scikit-learn's DBSCAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

from hubscan.cluster.density import Index
from hubscan.sphere import EARTH_RADIUS_KM, chord, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.cluster.density import Labelling


class Places(NamedTuple):
    """Coordinates in degrees and integer weights."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    weights: NDArray[np.int64]


def world_places(count: int, seed: int, *, cities: int, spread_km: float) -> Places:
    """Return places scattered round cities of very unequal size, with heavy tails."""
    rng = np.random.default_rng(seed)
    size = rng.pareto(1.0, cities) + 0.1
    city = rng.choice(cities, count, p=size / size.sum())
    city_latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, cities)))
    city_longitude = rng.uniform(-180, 180, cities)
    city_latitude[:4] = 89.99, -89.95, 35.26439, 0.0
    city_longitude[:4] = 10.0, 0.0, 45.0, 179.999
    away = rng.standard_t(3, (2, count)) * spread_km / 111.195
    latitude = np.clip(city_latitude[city] + away[0], -90, 90)
    narrow = np.maximum(np.cos(np.radians(latitude)), 1e-3)
    longitude = (city_longitude[city] + away[1] / narrow + 180) % 360 - 180
    decimals = np.where(rng.random(count) < 0.3, 2, 6)
    latitude, longitude = (
        np.round(degrees * 10.0**decimals) / 10.0**decimals for degrees in (latitude, longitude)
    )
    weights = np.minimum(rng.pareto(1.2, count) * 1000, 1e8).astype(np.int64)
    return Places(np.clip(latitude, -90, 90), np.clip(longitude, -180, 180), weights)


def of_scikit_learn(
    places: Places, radius_km: float, least: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    radians = np.radians(np.column_stack((places.latitude, places.longitude)))
    eps = radius_km / EARTH_RADIUS_KM
    found = DBSCAN(eps=eps, min_samples=least, metric="haversine", algorithm="ball_tree")
    found.fit(radians, sample_weight=places.weights.astype(np.float64))
    core = np.zeros(len(radians), bool)
    core[found.core_sample_indices_] = True
    return found.labels_, core


def check_partition(ours: Labelling, labels: NDArray[np.int64], core: NDArray[np.bool_]) -> None:
    """Check that core places, their groups and noise are the same, whatever the numbers."""
    np.testing.assert_array_equal(ours.core, core)
    np.testing.assert_array_equal(ours.labels == -1, labels == -1)
    pairs = np.unique(np.column_stack((ours.labels[core], labels[core])), axis=0)
    assert len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1]))


def check_borders(places: Places, ours: Labelling, radius_km: float) -> None:
    """Check that border places go with the nearest core place, found by a k-d tree."""
    vectors = unit_vectors(places.latitude, places.longitude)
    rows, borders = np.flatnonzero(ours.core), np.flatnonzero(~ours.core)
    if len(rows) == 0 or len(borders) == 0:
        return
    distance, which = cKDTree(vectors[rows]).query(vectors[borders], k=min(2, len(rows)))
    distance, which = distance.reshape(len(borders), -1), which.reshape(len(borders), -1)
    nearest = np.where(distance[:, 0] <= chord(radius_km), ours.labels[rows[which[:, 0]]], -1)
    same = ours.labels[borders] == nearest
    tied = (distance[:, -1] - distance[:, 0]) < 1e-12
    assert (same | tied).all()
    assert same.mean() > 0.95


def check_against_scikit_learn(places: Places, radius_km: float, least: int) -> None:
    ours = (
        Index(places.latitude, places.longitude)
        .at(radius_km)
        .clusters(places.weights, min_weight=least, border_rule="nearest_core")
    )
    check_partition(ours, *of_scikit_learn(places, radius_km, least))
    check_borders(places, ours, radius_km)


@pytest.mark.parametrize("radius_km", [0.01, 0.5, 6.0, 15.0, 60.0, 300.0, 1500.0])
@pytest.mark.parametrize("share", [1e-4, 1e-2, 0.1])
def test_finds_what_scikit_learn_finds(radius_km: float, share: float) -> None:
    for seed, cities in ((0, 5), (1, 60)):
        places = world_places(2500, seed, cities=cities, spread_km=radius_km)
        least = max(1, int(places.weights.sum() * share))
        check_against_scikit_learn(places, radius_km, least)


def test_finds_what_scikit_learn_finds_among_50_000_places() -> None:
    places = world_places(50_000, 2, cities=3000, spread_km=8.0)
    check_against_scikit_learn(places, 15.0, int(places.weights.sum() / 2000))


@pytest.mark.slow
def test_finds_what_scikit_learn_finds_among_200_000_places() -> None:
    places = world_places(200_000, 3, cities=3000, spread_km=12.0)
    check_against_scikit_learn(places, 15.0, int(places.weights.sum() / 2000))
