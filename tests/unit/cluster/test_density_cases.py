"""Cases of the density clustering small enough to see, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hubscan.cluster.density import Index, Labelling, density_clusters
from hubscan.errors import InputError
from hubscan.sphere import EARTH_RADIUS_KM, great_circle_km

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

KM = 1.0 / 111.195
"""Degrees of latitude in a kilometre."""


def clusters(
    latitude: Sequence[float],
    longitude: Sequence[float],
    weights: Sequence[int],
    **changed: Any,  # noqa: ANN401 - any of the method's numbers
) -> Labelling:
    numbers = {"radius_km": 15.0, "min_weight": 5, "border_rule": "nearest_core"}
    return density_clusters(
        latitude, longitude, weights, **{**numbers, "include_self": True, **changed}
    )


def crowd(count: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places round a few cities, some at the antimeridian and the poles."""
    rng = np.random.default_rng(seed)
    centre = rng.choice(np.array([[50, 8], [0.0, 180], [89.9, 0], [-90, 0], [35, 139]]), count)
    latitude = np.clip(centre[:, 0] + rng.standard_normal(count) * 0.4, -90, 90)
    longitude = centre[:, 1] + rng.standard_normal(count) * 0.4
    return latitude, (longitude + 180) % 360 - 180


def test_no_places_make_no_clusters() -> None:
    labels, core = clusters([], [], [])
    assert labels.shape == core.shape == (0,)
    assert Index([], []).at(15.0).densities([]).shape == (0,)


@pytest.mark.parametrize(("weight", "label"), [(4, -1), (5, 0), (2**62, 0)])
def test_a_single_place_is_a_cluster_if_heavy_enough(weight: int, label: int) -> None:
    assert clusters([10.0], [20.0], [weight]).labels.tolist() == [label]


def test_a_place_counts_itself_unless_told_not_to() -> None:
    assert clusters([0.0, 0.0], [0.0, 0.1], [4, 1]).core.tolist() == [True, True]
    apart = clusters([0.0, 0.0], [0.0, 0.1], [4, 5], include_self=False)
    assert apart.core.tolist() == [True, False]
    assert apart.labels.tolist() == [0, 0]


def test_the_radius_is_inclusive() -> None:
    distance = float(great_circle_km(10.0, 20.0, 10.1, 20.05))
    places = ([10.0, 10.1], [20.0, 20.05], [1, 4])
    assert clusters(*places, radius_km=distance * (1 + 1e-12)).labels.tolist() == [0, 0]
    assert clusters(*places, radius_km=distance * (1 - 1e-12)).labels.tolist() == [-1, -1]


def test_both_ends_of_the_antimeridian_are_one_place() -> None:
    assert clusters([5.0, 5.0], [180.0, -180.0], [2, 3], radius_km=0.0001).core.all()


def test_a_pole_is_one_place_at_any_longitude() -> None:
    assert clusters([90.0] * 3, [0.0, 120.0, -77.0], [1, 2, 2], radius_km=0.0001).core.all()
    assert clusters([-90.0, -89.9], [0.0, 90.0], [3, 2]).core.all()


def test_clusters_are_numbered_by_the_weight_of_their_core_places() -> None:
    # 6 with three border places of 1, 11 km off to the north, south and east; and 8 alone
    latitude = [30.0, 30.0 + 11 * KM, 30.0 - 11 * KM, 30.0, 10.0]
    longitude = [0.0, 0.0, 0.0, 0.1142, 0.0]
    labels, core = clusters(latitude, longitude, [6, 1, 1, 1, 8], min_weight=8)
    assert core.tolist() == [True, False, False, False, True]
    assert labels.tolist() == [1, 1, 1, 1, 0]


def test_equal_clusters_are_numbered_by_latitude_then_longitude() -> None:
    labels = clusters([10.0, -10.0, 10.0, -10.0], [50.0, 60.0, 40.0, -60.0], [5, 5, 5, 5]).labels
    assert labels.tolist() == [3, 1, 2, 0]


def test_the_lowest_place_of_a_cluster_breaks_ties() -> None:
    # clusters of two places and weight 10 each; the second reaches farther south
    labels = clusters([0.0, 8 * KM, 7 * KM, -1 * KM], [0.0, 0.0, 90.0, 90.0], [5] * 4).labels
    assert labels.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(("west", "east", "halfway"), [(4, 5, 3), (5, 4, 1), (4, 4, 1)])
def test_a_border_place_halfway_goes_to_the_lower_cluster(
    west: int, east: int, halfway: int
) -> None:
    # mirror images: both chords are the same number
    labels, core = clusters(
        [3.0] * 5, [-0.2, -0.1, 0.0, 0.1, 0.2], [west, 3, 0, 3, east], min_weight=7
    )
    assert core.tolist() == [True, True, False, True, True]
    assert labels[2] == 0
    assert labels[halfway] == 0
    assert labels[4 - halfway] == 1


def test_border_rules_differ_between_a_near_small_and_a_far_big_cluster() -> None:
    places = ([0.0] * 5, [-0.22, -0.12, 0.0, 0.1, 0.2], [9, 3, 0, 3, 4])
    for rule, label in (("nearest_core", 1), ("lowest_id", 0), ("noise", -1)):
        labels = clusters(*places, min_weight=7, border_rule=rule).labels
        assert labels.tolist() == [0, 0, label, 1, 1]


def test_crowded_coordinates_and_tiny_radii_work() -> None:
    rng = np.random.default_rng(1)
    latitude = np.repeat(45.0 + np.arange(50) * 4e-6, 200)
    longitude = rng.permutation(np.tile([7.0, 7.000004], 5000))
    _, which, sizes = np.unique(
        np.column_stack((latitude, longitude)), axis=0, return_inverse=True, return_counts=True
    )
    alone = Index(latitude, longitude).at(0.0001).densities(np.ones(10000, np.int64))
    np.testing.assert_array_equal(alone, sizes[which])
    together = (
        Index(latitude, longitude)
        .at(0.02)
        .clusters(np.ones(10000, np.int64), min_weight=101, border_rule="nearest_core")
    )
    assert together.labels.max() == 0


def test_weights_may_fill_64_bits() -> None:
    most = 2**63 - 1
    near = Index([0.0, 0.0, 60.0], [0.0, 0.1, 0.0]).at(15.0)
    assert near.densities([most - 2, 1, 1]).tolist() == [most - 1, most - 1, 1]
    found = near.clusters([most - 2, 1, 1], min_weight=most - 1, border_rule="nearest_core")
    assert found.labels.tolist() == [0, 0, -1]
    alone = near.densities([most - 2, 1, 1], include_self=False)
    assert alone.tolist() == [1, most - 2, 0]
    assert near.clusters([1, 1, 1], min_weight=most, border_rule="noise").labels.max() == -1


def test_densities_are_exact_between_floor_and_cap() -> None:
    latitude, longitude = crowd(4000, 2)
    weights = np.random.default_rng(3).integers(0, 9, 4000)
    near = Index(latitude, longitude).at(15.0)
    exact = near.densities(weights)
    for include_self in (True, False):
        exact = near.densities(weights, include_self=include_self)
        floor, cap = np.quantile(exact, [0.3, 0.7]).astype(int)
        cut = near.densities(weights, floor=int(floor), cap=int(cap), include_self=include_self)
        inside = (exact >= floor) & (exact <= cap)
        np.testing.assert_array_equal(cut[inside], exact[inside])
        assert (cut[exact > cap] == cap).all()
        assert (cut[exact < floor] < floor).all()


def test_all_thresholds_at_once_give_what_each_gives() -> None:
    latitude, longitude = crowd(5000, 4)
    weights = np.random.default_rng(5).integers(0, 9, 5000)
    near = Index(latitude, longitude).at(15.0)
    thresholds = [700, 1, 90, 90, 10**6]
    for include_self in (True, False):
        found = near.clusters_by_threshold(
            weights,
            min_weights=thresholds,
            border_rule="nearest_core",
            include_self=include_self,
        )
        for least, (labels, core) in zip(thresholds, found, strict=True):
            one = near.clusters(
                weights, min_weight=least, border_rule="nearest_core", include_self=include_self
            )
            np.testing.assert_array_equal(labels, one.labels)
            np.testing.assert_array_equal(core, one.core)
    assert list(near.clusters_by_threshold(weights, min_weights=[], border_rule="noise")) == []


@pytest.mark.parametrize("replicates", [0, 1, 2, 16, 35])
@pytest.mark.parametrize("include_self", [True, False])
def test_all_weightings_at_once_give_what_each_gives(
    replicates: int,
    include_self: bool,  # noqa: FBT001 - a parameter of the method
) -> None:
    latitude, longitude = crowd(3000, 6)
    weightings = np.random.default_rng(7).poisson(1.0, (replicates, 3000))
    near = Index(latitude, longitude).at(15.0)
    numbers = {"min_weight": 60, "border_rule": "nearest_core", "include_self": include_self}
    found = list(near.clusters_by_weighting(weightings, **numbers))
    assert len(found) == replicates
    for row, (labels, core) in zip(weightings, found, strict=True):
        one = near.clusters(row, **numbers)
        assert core.any()
        np.testing.assert_array_equal(labels, one.labels)
        np.testing.assert_array_equal(core, one.core)


def test_weightings_are_drawn_as_they_are_needed() -> None:
    drawn = []

    def endless() -> Iterator[list[int]]:
        while True:
            drawn.append(len(drawn))
            yield [5, 5]

    near = Index([0.0, 50.0], [0.0, 0.0]).at(15.0)
    found = near.clusters_by_weighting(endless(), min_weight=5, border_rule="noise")
    assert next(found).labels.tolist() == [0, 1]
    assert len(drawn) == 16


def test_threads_change_nothing() -> None:
    latitude, longitude = crowd(40_000, 8)
    weights = np.random.default_rng(9).integers(0, 9, 40_000)
    one, two = (Index(latitude, longitude, threads=threads).at(3.0) for threads in (1, 2))
    np.testing.assert_array_equal(one.densities(weights), two.densities(weights))
    for rule in ("nearest_core", "lowest_id"):
        numbers = {"min_weight": 300, "border_rule": rule}
        first, second = one.clusters(weights, **numbers), two.clusters(weights, **numbers)
        assert first.core.any()
        np.testing.assert_array_equal(first.labels, second.labels)


def test_an_index_keeps_its_own_coordinates() -> None:
    latitude, longitude = np.array([1.0, 2.0]), np.array([0.0, 0.0])
    places = Index(latitude, longitude)
    latitude[:] = 3.0, -3.0
    found = places.at(15.0).clusters([5, 5], min_weight=5, border_rule="noise")
    assert found.labels.tolist() == [0, 1]
    assert len(places) == 2


@pytest.mark.parametrize(
    ("latitude", "longitude", "sentence"),
    [
        ([0.0, 90.5], [0.0, 0.0], r"latitude of row 1 is 90\.5, needed degrees from -90 to 90"),
        ([0.0, 1.0], [-180.1, 0.0], r"longitude of row 0 is -180\.1, needed degrees from -180"),
        ([0.0, float("nan")], [0.0, 0.0], "latitude of row 1 is nan"),
        ([0.0, 0.0], [0.0, float("inf")], "longitude of row 1 is inf"),
        ([0.0, 0.0], [0.0], "2 latitudes and 1 longitudes"),
        ([[0.0]], [[0.0]], "latitude has 2 dimensions"),
        (["north"], [0.0], "latitude must be numbers of degrees"),
    ],
)
def test_refuses_bad_coordinates(latitude: object, longitude: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Index(latitude, longitude)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([1, -2], r"weights of row 1 is -2, needed an integer from 0 to 9223372036854775807"),
        ([1.0, 2.0], "weights are float64, needed integers"),
        ([1], r"weights have shape \(1,\), needed \(2,\)"),
        ([2**62, 2**62], rf"weights sum to {2**63}, needed at most .* of row 0, is {2**62}"),
        (np.array([1, 2**63], np.uint64), "weights of row 1 is 9223372036854775808, needed"),
    ],
)
def test_refuses_bad_weights(weights: Sequence[int], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        clusters([0.0, 1.0], [0.0, 0.0], weights)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"radius_km": 0.0}, r"radius_km = 0\.0: must be from 0\.0001 to 20015\.114"),
        ({"radius_km": 20_016.0}, "radius_km = 20016"),
        ({"radius_km": float("nan")}, "radius_km = nan"),
        ({"min_weight": 0}, "min_weight = 0: must be a whole number from 1"),
        ({"min_weight": 4.5}, r"min_weight = 4\.5: must be a whole number from 1"),
        ({"border_rule": "first"}, "border_rule = 'first': must be one of nearest_core, lowest_id"),
    ],
)
def test_refuses_bad_numbers(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        clusters([0.0], [0.0], [1], **changed)


def test_the_longest_radius_reaches_everything() -> None:
    latitude, longitude = crowd(300, 10)
    everything = (
        Index(latitude, longitude).at(np.pi * EARTH_RADIUS_KM).densities(np.ones(300, np.int64))
    )
    assert everything.tolist() == [300] * 300
