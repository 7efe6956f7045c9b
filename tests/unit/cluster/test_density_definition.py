"""The clusters are those of the definition, computed here pair by pair."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from hubscan.cluster.density import Index
from hubscan.sphere import chord, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADII_KM = (0.001, 0.01, 0.3, 4.0, 6.0, 15.0, 40.0, 200.0, 1500.0)
CENTRES = ("anywhere", "north pole", "south pole", "antimeridian", "cube edges", "one city")
BORDER_RULES = ("nearest_core", "lowest_id", "noise")


class Places(NamedTuple):
    """Coordinates in degrees and integer weights."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    weights: NDArray[np.int64]


def chord_squares(places: Places) -> NDArray[np.float64]:
    vectors = unit_vectors(places.latitude, places.longitude)
    dx, dy, dz = np.moveaxis(vectors[:, None, :] - vectors[None, :, :], -1, 0)
    return dx * dx + dy * dy + dz * dz


def core_labels(
    near: NDArray[np.bool_], core: NDArray[np.bool_], places: Places
) -> NDArray[np.int64]:
    """Label groups of core places: heaviest first, then lowest latitude, then longitude."""
    labels = np.full(len(core), -1)
    rows = np.flatnonzero(core)
    if len(rows) == 0:
        return labels
    count, group = connected_components(near[np.ix_(core, core)])
    groups = [rows[group == number] for number in range(count)]

    def rank(members: NDArray[np.int64]) -> tuple[int, tuple[float, float]]:
        lowest = min((places.latitude[row], places.longitude[row]) for row in members)
        return -int(places.weights[members].sum()), lowest

    for number, members in enumerate(sorted(groups, key=rank)):
        labels[members] = number
    return labels


def border_label(
    squares: NDArray[np.float64],
    labels: NDArray[np.int64],
    candidates: NDArray[np.int64],
    rule: str,
) -> int:
    if rule == "noise" or len(candidates) == 0:
        return -1
    if rule == "lowest_id":
        return int(labels[candidates].min())
    return min((squares[other], int(labels[other])) for other in candidates)[1]


def labels_by_definition(
    places: Places, core: NDArray[np.bool_], near: NDArray[np.bool_], border_rule: str
) -> NDArray[np.int64]:
    squares, of_cores = chord_squares(places), core_labels(near, core, places)
    labels = of_cores.copy()
    for row in np.flatnonzero(~core):
        candidates = np.flatnonzero(core & near[row])
        labels[row] = border_label(squares[row], of_cores, candidates, border_rule)
    return labels


def centres(kind: str, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    edges, turns = [35.26439, -35.26439, 0, 45], [45, -45, 135, 0]
    latitude, longitude = {
        "anywhere": (
            np.degrees(np.arcsin(rng.uniform(-1, 1, count))),
            rng.uniform(-180, 180, count),
        ),
        "north pole": (rng.uniform(89.9, 90, count), rng.uniform(-180, 180, count)),
        "south pole": (rng.uniform(-90, -89.9, count), rng.uniform(-180, 180, count)),
        "antimeridian": (rng.uniform(-20, 70, count), rng.choice([-180, 180, 179.99], count)),
        "cube edges": (rng.choice(edges, count), rng.choice(turns, count)),
        "one city": (rng.uniform(35, 35.2, count), rng.uniform(139, 139.2, count)),
    }[kind]
    return np.column_stack((latitude, longitude))


def scattered_places(kind: str, radius_km: float, rng: np.random.Generator) -> Places:
    """Return places round a few centres at the scale of the radius; some repeat, some weigh 0."""
    count = int(rng.integers(1, 220))
    centre = centres(kind, int(rng.integers(1, 7)), rng)
    centre = centre[rng.integers(0, len(centre), count)]
    spread = radius_km / 111.0 * rng.choice([0.5, 1.0, 3.0], count)
    latitude = centre[:, 0] + rng.standard_normal(count) * spread
    latitude = np.where(latitude > 90, 180 - latitude, latitude)
    latitude = np.clip(np.where(latitude < -90, -180 - latitude, latitude), -90, 90)
    stretch = spread / np.maximum(np.cos(np.radians(latitude)), 1e-3)
    longitude = (centre[:, 1] + rng.standard_normal(count) * stretch + 180) % 360 - 180
    if rng.random() < 0.4:
        step = radius_km / 444.0
        latitude = np.clip(np.round(latitude / step) * step, -90, 90)
        longitude = np.clip(np.round(longitude / step) * step, -180, 180)
    if rng.random() < 0.1:
        latitude[: count // 4] = 90.0
    weights = np.minimum(rng.pareto(0.8, count) * 5, 1e6).astype(np.int64)
    return Places(latitude, longitude, weights)


def check_against_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    radius_km, kind = RADII_KM[seed % len(RADII_KM)], CENTRES[seed % len(CENTRES)]
    places = scattered_places(kind, radius_km, rng)
    near = chord_squares(places) <= chord(radius_km) ** 2
    own, total = places.weights, int(places.weights.sum())
    thresholds = sorted({1, 5, 50, max(1, total // 50), max(1, total // 5)})
    asked = Index(places.latitude, places.longitude).at(radius_km)
    for include_self in (True, False):
        density = near.astype(np.int64) @ own - (0 if include_self else own)
        found = asked.densities(own, include_self=include_self)
        np.testing.assert_array_equal(found, density)
        for least, rule in product(thresholds, BORDER_RULES):
            expected = labels_by_definition(places, density >= least, near, rule)
            labels, core = asked.clusters(
                own, min_weight=least, border_rule=rule, include_self=include_self
            )
            where = f"{kind}, {radius_km} km, {least}, {rule}, {include_self}"
            np.testing.assert_array_equal(core, density >= least, err_msg=where)
            np.testing.assert_array_equal(labels, expected, err_msg=where)


@pytest.mark.parametrize("seed", range(54))
def test_clusters_are_those_of_the_definition(seed: int) -> None:
    check_against_definition(seed)


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(1, 13))
def test_clusters_are_those_of_the_definition_in_many_cases(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        check_against_definition(seed)
