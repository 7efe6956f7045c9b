"""Where the world's sites are: clusters hold together, stay apart, and the rest stays thin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial import cKDTree

from hubscan.sphere import arc_km, chord, unit_vectors
from hubscan.world.published import ADDRESSES, COVERED, DENSITY_SHARE, INDICATORS, world_table

if TYPE_CHECKING:
    import pandas as pd

    from hubscan.world import World


def _tree(table: pd.DataFrame) -> cKDTree:
    return cKDTree(unit_vectors(table["latitude"], table["longitude"]))


def test_there_are_246_spots_of_237_clusters(small: World) -> None:
    dense = small.nodes[small.nodes["rank"] > 0]
    assert len(dense) == 246
    assert dense["rank"].nunique() == 237
    assert (dense["parts"] == 2).sum() == 18


def test_every_principal_city_is_a_site(small: World) -> None:
    truth = small.truth
    core = truth[truth["kind"] == "core"]
    assert set(core["geonameid"]) == set(world_table("cores")["geonameid"])
    assert core.groupby("cluster").size().to_dict() == (
        world_table("cores").groupby("cluster").size().to_dict()
    )


def test_shares_add_up_at_every_node(small: World) -> None:
    for name in INDICATORS:
        sums = small.sites.groupby("node")[name].sum()
        np.testing.assert_allclose(sums, 1.0)
        assert (small.sites[name] >= 0.0).all()


def test_clusters_are_farther_apart_than_the_radius(small: World) -> None:
    truth = small.truth
    truth = truth[truth["kind"] != "frontier"].reset_index(drop=True)
    pairs = _tree(truth).query_pairs(chord(16.0), output_type="ndarray")
    rank = truth["rank"].to_numpy()
    apart = rank[pairs[:, 0]] != rank[pairs[:, 1]]
    assert not apart.any()


def test_the_two_parts_of_a_cluster_face_each_other_across_a_narrow_gap(small: World) -> None:
    truth = small.truth
    facing = truth[truth["kind"] == "frontier"]
    assert facing.groupby(["rank", "part"]).size().tolist() == [2] * 18
    for _, both in facing.groupby("rank"):
        first, second = (side for _, side in both.groupby("part"))
        points = [unit_vectors(side["latitude"], side["longitude"]) for side in (first, second)]
        gap_km = arc_km(np.linalg.norm(points[0][:, None] - points[1][None, :], axis=2)).min()
        assert gap_km == pytest.approx(4.0, abs=0.01)


def test_the_background_is_out_of_reach_and_thin(small: World) -> None:
    near = small.truth
    far = small.sites[small.sites["kind"] == "background"]
    chords, nearest = _tree(near).query(unit_vectors(far["latitude"], far["longitude"]))
    reach = 15.0 + far["radius_km"].to_numpy() + near["radius_km"].to_numpy()[nearest]
    assert (arc_km(chords) > reach).all()
    mass = np.zeros(len(far))
    for name in INDICATORS[:2]:
        count = small.nodes[name].to_numpy()[far["node"]] * far[name]
        mass += count.to_numpy() / COVERED[name]
    heavy = np.argsort(-mass)[:3000]
    tree = _tree(far)
    around = tree.query_ball_point(tree.data[heavy], chord(16.5))
    assert max(mass[places].sum() for places in around) < 0.7 * DENSITY_SHARE


def test_countries_hold_what_the_clusters_leave(small: World) -> None:
    country = small.sites["country"].to_numpy()
    count = small.nodes["patents"].to_numpy()[small.sites["node"]] * small.sites["patents"]
    share = count.groupby(country).sum() / COVERED["patents"]
    assert share["US"] == pytest.approx(974_714 / ADDRESSES["patents"], rel=0.1)
    assert share["IT"] == pytest.approx(48_023 / ADDRESSES["patents"], rel=0.1)
    assert share["IN"] == pytest.approx(53_820 / ADDRESSES["patents"], rel=0.15)
