"""The tree over places holds what its shortcuts rely on."""

from __future__ import annotations

import numpy as np
import pytest

from hubscan.cluster._curve import AXIS_BITS, curve_order
from hubscan.cluster._tree import _WIDEST_SQUARE, AFTER, BEGIN, END, LEAF_PLACES, quadtree
from hubscan.sphere import chord, unit_vectors


def on_the_face(along: np.ndarray) -> np.ndarray:
    """Undo the square root that evens out areas: the face coordinate of a position in [0, 1]."""
    return np.where(along >= 0.5, 4 * along**2 - 1, 1 - 4 * (1 - along) ** 2) / 3


@pytest.mark.parametrize("level", [0, 1, 2, 5, 9])
def test_no_square_is_wider_than_its_bound(level: int) -> None:
    edges = on_the_face(np.arange(2**level + 1) / 2**level)
    u, v = np.meshgrid(edges, edges, indexing="ij")
    corners = np.stack((np.ones_like(u), u, v))
    corners /= np.sqrt((corners**2).sum(0))
    for one, other in (
        (corners[:, :-1, :-1], corners[:, 1:, 1:]),
        (corners[:, :-1, 1:], corners[:, 1:, :-1]),
    ):
        widest = np.sqrt(((one - other) ** 2).sum(0)).max()
        assert widest * 2**level <= _WIDEST_SQUARE


def places(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    longitude = rng.uniform(-180, 180, count)
    latitude[: count // 2] = np.clip(rng.normal(45, 0.3, count // 2), -90, 90)
    longitude[: count // 2] = rng.normal(45, 0.3, count // 2)
    return latitude, longitude


def test_the_curve_keeps_every_place_and_its_vector() -> None:
    latitude, longitude = places(3000)
    order, keys, vectors = curve_order(latitude, longitude, threads=2)
    assert sorted(order) == list(range(3000))
    assert (np.diff(keys.astype(object)) >= 0).all()
    assert keys.max() < 6 << (2 * AXIS_BITS)
    np.testing.assert_array_equal(vectors.T, unit_vectors(latitude, longitude)[order])


@pytest.mark.parametrize("finest_km", [0.0001, 0.5, 15.0, 5000.0])
def test_leaves_are_small_and_narrow_and_balls_hold_their_places(finest_km: float) -> None:
    latitude, longitude = places(4000)
    latitude[:200], longitude[:200] = 35.26439, 45.0
    _, keys, vectors = curve_order(latitude, longitude, threads=1)
    tree = quadtree(keys, vectors, finest=chord(finest_km), threads=1)
    for node in range(len(tree.nodes)):
        begin, end, after = tree.nodes[node, [BEGIN, END, AFTER]]
        run = vectors[:, begin:end]
        away = np.sqrt(((run - tree.balls[node, :3, None]) ** 2).sum(0))
        assert away.max() <= tree.balls[node, 3] + 1e-15
        if after == node + 1:
            assert end - begin <= LEAF_PLACES or keys[begin] == keys[end - 1]
            widest = ((run[:, :, None] - run[:, None, :]) ** 2).sum(0).max()
            assert np.sqrt(widest) <= chord(finest_km)
        else:
            parts = [node + 1]
            while tree.nodes[parts[-1], AFTER] < after:
                parts.append(int(tree.nodes[parts[-1], AFTER]))
            assert tree.nodes[parts, BEGIN].tolist() == [begin, *tree.nodes[parts[:-1], END]]
            assert tree.nodes[parts[-1], END] == end
            assert len(parts) >= 2
