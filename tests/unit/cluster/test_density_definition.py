"""The clusters are those of the definition, computed here pair by pair."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from hubscan.cluster.density import Index, density_clusters
from hubscan.sphere import chord, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADII_KM = (0.001, 0.01, 0.3, 4.0, 6.0, 15.0, 40.0, 200.0, 1500.0)
CENTRES = ("anywhere", "north pole", "south pole", "antimeridian", "cube edges", "one city")


def chord_squares(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray:
    vectors = unit_vectors(latitude, longitude)
    dx, dy, dz = np.moveaxis(vectors[:, None, :] - vectors[None, :, :], -1, 0)
    return dx * dx + dy * dy + dz * dz


def numbered(groups, core, weights, latitude, longitude) -> NDArray[np.int64]:
    """Number groups of core places: heaviest first, then lowest latitude, then longitude."""

    def key(group):
        rows = np.flatnonzero(core & (groups == group))
        lowest = min((latitude[row], longitude[row]) for row in rows)
        return -int(weights[rows].sum()), lowest

    labels = np.full(len(core), -1)
    for number, group in enumerate(sorted(set(groups[core]), key=key)):
        labels[core & (groups == group)] = number
    return labels


def border_label(row, squares, near, labels, core, rule) -> int:
    candidates = np.flatnonzero(core & near[row])
    if rule == "noise" or len(candidates) == 0:
        return -1
    if rule == "lowest_id":
        return int(labels[candidates].min())
    return min((squares[row, other], labels[other]) for other in candidates)[1]


def by_definition(
    latitude, longitude, weights, *, radius_km, min_weight, border_rule, include_self
):
    squares = chord_squares(latitude, longitude)
    near = squares <= chord(radius_km) ** 2
    density = (near * weights[None, :]).sum(axis=1) - (0 if include_self else weights)
    core = density >= min_weight
    groups = np.full(len(core), -1)
    groups[core] = connected_components(near[np.ix_(core, core)])[1]
    labels = numbered(groups, core, weights, latitude, longitude)
    for row in np.flatnonzero(~core):
        labels[row] = border_label(row, squares, near, labels, core, border_rule)
    return labels, core, density


def centres(kind: str, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    latitude, longitude = {
        "anywhere": (
            np.degrees(np.arcsin(rng.uniform(-1, 1, count))),
            rng.uniform(-180, 180, count),
        ),
        "north pole": (rng.uniform(89.9, 90, count), rng.uniform(-180, 180, count)),
        "south pole": (rng.uniform(-90, -89.9, count), rng.uniform(-180, 180, count)),
        "antimeridian": (rng.uniform(-20, 70, count), rng.choice([-180, 180, 179.99], count)),
        "cube edges": (
            rng.choice([35.26439, -35.26439, 0, 45], count),
            rng.choice([45, -45, 135, 0], count),
        ),
        "one city": (rng.uniform(35, 35.2, count), rng.uniform(139, 139.2, count)),
    }[kind]
    return np.column_stack((latitude, longitude))


def scattered_places(kind: str, radius_km: float, rng: np.random.Generator):
    """Places round a few centres, at the scale of the radius; some twice, some of weight zero."""
    count = int(rng.integers(1, 220))
    centre = centres(kind, int(rng.integers(1, 7)), rng)
    centre = centre[rng.integers(0, len(centre), count)]
    spread = radius_km / 111.0 * rng.choice([0.5, 1.0, 3.0], count)
    latitude = centre[:, 0] + rng.standard_normal(count) * spread
    latitude = np.where(latitude > 90, 180 - latitude, latitude)
    latitude = np.clip(np.where(latitude < -90, -180 - latitude, latitude), -90, 90)
    stretch = spread / np.maximum(np.cos(np.radians(latitude)), 1e-3)
    longitude = centre[:, 1] + rng.standard_normal(count) * stretch
    longitude = (longitude + 180) % 360 - 180
    if rng.random() < 0.4:
        step = radius_km / 111.0 / 4
        latitude = np.clip(np.round(latitude / step) * step, -90, 90)
        longitude = np.clip(np.round(longitude / step) * step, -180, 180)
    weights = np.minimum(rng.pareto(0.8, count) * 5, 1e6).astype(np.int64)
    if rng.random() < 0.1:
        latitude[: count // 4] = 90.0
    return latitude, longitude, weights


def check_against_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    radius_km = RADII_KM[seed % len(RADII_KM)]
    kind = CENTRES[seed % len(CENTRES)]
    latitude, longitude, weights = scattered_places(kind, radius_km, rng)
    total = int(weights.sum())
    thresholds = sorted({1, 5, 50, max(1, total // 50), max(1, total // 5)})
    near = Index(latitude, longitude).at(radius_km)
    for min_weight, include_self, rule in product(
        thresholds, (True, False), ("nearest_core", "lowest_id", "noise")
    ):
        numbers = {"min_weight": min_weight, "include_self": include_self, "border_rule": rule}
        labels, core, density = by_definition(
            latitude, longitude, weights, radius_km=radius_km, **numbers
        )
        found = near.clusters(weights, **numbers)
        np.testing.assert_array_equal(found.core, core, err_msg=f"{kind} {radius_km} {numbers}")
        np.testing.assert_array_equal(found.labels, labels, err_msg=f"{kind} {radius_km} {numbers}")
        np.testing.assert_array_equal(near.densities(weights, include_self=include_self), density)


@pytest.mark.parametrize("seed", range(54))
def test_clusters_are_those_of_the_definition(seed):
    check_against_definition(seed)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(1, 13))
def test_clusters_are_those_of_the_definition_in_many_cases(hundred):
    for seed in range(100 * hundred, 100 * hundred + 100):
        check_against_definition(seed)
