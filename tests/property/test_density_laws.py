"""Laws of the density clustering."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hubscan.cluster.density import BORDER_RULES, Index, Labelling
from hubscan.sphere import chord, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

RULES = st.sampled_from(sorted(BORDER_RULES))
RADII_KM = st.sampled_from([0.02, 1.0, 15.0, 400.0])


class World(NamedTuple):
    """Places and a radius that suits their distances."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    weights: NDArray[np.int64]
    radius_km: float

    def clusters(self, least: int, rule: str, **changed: object) -> Labelling:
        """Return the clusters, some fields changed."""
        world = self._replace(**changed)
        return (
            Index(world.latitude, world.longitude)
            .at(world.radius_km)
            .clusters(world.weights, min_weight=least, border_rule=rule)
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Places round a few centres, spread over some radii; poles and antimeridian among them."""
    radius_km = draw(RADII_KM)
    seed = draw(st.integers(0, 2**32 - 1))
    count = draw(st.integers(1, 120))
    rng = np.random.default_rng(seed)
    anywhere = np.array([[0.0, 180.0], [90.0, 0.0], [-90.0, 0.0], [35.26, 45.0], [48.0, 2.0]])
    centre = anywhere[rng.integers(0, draw(st.integers(1, 5)), count)]
    spread = radius_km / 111.0 * draw(st.sampled_from([0.5, 2.0, 5.0]))
    latitude = np.clip(centre[:, 0] + rng.standard_normal(count) * spread, -90, 90)
    stretch = spread / np.maximum(np.cos(np.radians(latitude)), 1e-2)
    longitude = (centre[:, 1] + rng.standard_normal(count) * stretch + 180) % 360 - 180
    return World(latitude, longitude, rng.integers(0, 6, count), radius_km)


def squares(world: World) -> NDArray[np.float64]:
    vectors = unit_vectors(world.latitude, world.longitude)
    return np.asarray(((vectors[:, None] - vectors[None]) ** 2).sum(-1))


def parts(labels: NDArray[np.int32]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels) - {-1}}


@given(worlds(), st.integers(1, 20), RULES)
def test_weights_are_repetition(world: World, least: int, rule: str) -> None:
    # a place of weight 0 may be core and join clusters, but no repetition makes it
    world = world._replace(weights=world.weights + 1)
    labels, core = world.clusters(least, rule)
    row = np.repeat(np.arange(len(core)), world.weights)
    repeated = world.clusters(
        least,
        rule,
        latitude=world.latitude[row],
        longitude=world.longitude[row],
        weights=np.ones(len(row), np.int64),
    )
    np.testing.assert_array_equal(repeated.core, core[row])
    np.testing.assert_array_equal(repeated.labels, labels[row])


@given(worlds(), st.integers(1, 20), RULES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    world: World, least: int, rule: str, random: object
) -> None:
    labels, core = world.clusters(least, rule)
    order = np.arange(len(core))
    random.shuffle(order)  # type: ignore[attr-defined] # a Random of hypothesis
    shuffled = world.clusters(
        least,
        rule,
        latitude=world.latitude[order],
        longitude=world.longitude[order],
        weights=world.weights[order],
    )
    np.testing.assert_array_equal(shuffled.core, core[order])
    np.testing.assert_array_equal(shuffled.labels, labels[order])


@given(worlds(), st.integers(1, 20), RULES, st.integers(0, 2**32 - 1))
def test_rotating_the_sphere_changes_nothing(
    world: World, least: int, rule: str, seed: int
) -> None:
    chord_squares = squares(world)
    reach = chord(world.radius_km)
    # neither a place at the edge of a neighbourhood, nor two as near as each other
    assume((np.abs(np.sqrt(chord_squares) - reach) > 1e-11).all())
    assume((np.diff(np.sort(chord_squares, axis=1), axis=1)[:, 1:] > 1e-12 * reach).all())
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((3, 3)))[0]
    x, y, z = turn @ unit_vectors(world.latitude, world.longitude).T
    labels, core = world.clusters(least, rule)
    turned = world.clusters(
        least,
        rule,
        latitude=np.degrees(np.arcsin(np.clip(z, -1, 1))),
        longitude=np.degrees(np.arctan2(y, x)),
    )
    np.testing.assert_array_equal(turned.core, core)
    assert parts(np.where(core, turned.labels, -1)) == parts(np.where(core, labels, -1))
    if rule != "lowest_id":
        assert parts(turned.labels) == parts(labels)
    np.testing.assert_array_equal(turned.labels == -1, labels == -1)


@given(worlds(), st.integers(1, 20), st.floats(1.0, 3.0))
def test_a_larger_radius_makes_no_place_noise(world: World, least: int, factor: float) -> None:
    labels, core = world.clusters(least, "nearest_core")
    wider = world.clusters(least, "nearest_core", radius_km=world.radius_km * factor)
    assert wider.core[core].all()
    assert (wider.labels[labels >= 0] >= 0).all()
    joined = {(int(a), int(b)) for a, b in zip(labels[core], wider.labels[core], strict=True)}
    assert len(joined) == len(set(labels[core]))


@given(worlds(), st.integers(1, 20), st.integers(0, 20))
def test_a_higher_threshold_makes_no_place_core(world: World, least: int, more: int) -> None:
    low, high = world.clusters(least, "noise"), world.clusters(least + more, "noise")
    assert low.core[high.core].all()


@given(worlds(), st.integers(1, 20))
def test_border_rules_differ_only_in_border_places(world: World, least: int) -> None:
    nearest, lowest, noise = (
        world.clusters(least, rule) for rule in ("nearest_core", "lowest_id", "noise")
    )
    core = nearest.core
    for other in (lowest, noise):
        np.testing.assert_array_equal(other.core, core)
        np.testing.assert_array_equal(other.labels[core], nearest.labels[core])
    np.testing.assert_array_equal(nearest.labels == -1, lowest.labels == -1)
    assert (lowest.labels <= nearest.labels).all()
    assert (noise.labels[~core] == -1).all()


@given(worlds(), st.integers(1, 20), st.integers(1, 2**40))
def test_scaling_weights_and_threshold_changes_nothing(
    world: World, least: int, factor: int
) -> None:
    labels, core = world.clusters(least, "nearest_core")
    scaled = world.clusters(least * factor, "nearest_core", weights=world.weights * factor)
    np.testing.assert_array_equal(scaled.core, core)
    np.testing.assert_array_equal(scaled.labels, labels)


@given(worlds(), st.integers(1, 20))
def test_clusters_are_heaviest_first(world: World, least: int) -> None:
    labels, core = world.clusters(least, "nearest_core")
    heaviness = np.bincount(labels[core], weights=world.weights[core])
    assert (np.diff(heaviness) <= 0).all()
    assert sorted(set(labels[core])) == list(range(len(heaviness)))


@settings(max_examples=20)
@given(worlds(), st.integers(1, 20), RULES)
def test_threads_change_nothing(world: World, least: int, rule: str) -> None:
    copies = 40
    # the same world over and over, for several stretches of cells
    latitude = np.concatenate([world.latitude * 0.3 + 1.5 * turn for turn in range(-20, 20)])
    longitude = np.tile(world.longitude, copies)
    weights = np.tile(world.weights, copies)
    one, two = (
        Index(latitude, longitude, threads=threads)
        .at(world.radius_km)
        .clusters(weights, min_weight=least, border_rule=rule)
        for threads in (1, 2)
    )
    np.testing.assert_array_equal(one.labels, two.labels)
    np.testing.assert_array_equal(one.core, two.core)
