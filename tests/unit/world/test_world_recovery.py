"""Clusters found in the documents of a small world are those it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

from hubscan.sphere import arc_km, chord, coordinates, place_keys, unit_vectors
from hubscan.world.published import COVERED, DENSITY_SHARE

if TYPE_CHECKING:
    from hubscan.world import World

SCALE = 0.02


@pytest.fixture(scope="module")
def members(placed: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return places with weights as shares, and their density cluster by scikit-learn's DBSCAN."""
    shares = []
    for rows in placed.values():
        keys = place_keys(rows["latitude"], rows["longitude"])
        rows["place"] = keys
        shares.append(pd.Series(keys).value_counts(normalize=True))
    weight = pd.concat(shares, axis=1).sum(axis=1).sort_index()
    latitude, longitude = coordinates(weight.index)
    points = unit_vectors(latitude, longitude)
    found = DBSCAN(eps=chord(15.0), min_samples=4_500, algorithm="kd_tree").fit(
        points, sample_weight=weight / DENSITY_SHARE * 4_500
    )
    core = np.zeros(len(weight), bool)
    core[found.core_sample_indices_] = True
    table = pd.DataFrame({"cluster": found.labels_, "core": core, "latitude": latitude,
                          "longitude": longitude}, index=weight.index)  # fmt: skip
    border = np.flatnonzero(~core & (table["cluster"] >= 0).to_numpy())
    _, nearest = cKDTree(points[core]).query(points[border])
    table.iloc[border, 0] = table.loc[core, "cluster"].to_numpy()[nearest]
    return table


@pytest.fixture(scope="module")
def homes(members: pd.DataFrame, small: World) -> pd.DataFrame:
    """Return the principal cities with the density cluster they lie in."""
    truth = small.truth
    cities = truth[truth["kind"] == "core"].copy()
    keys = place_keys(cities["latitude"], cities["longitude"])
    return cities.assign(found=members["cluster"].reindex(keys).to_numpy())


@pytest.mark.usefixtures("members")
def test_every_spot_is_one_dense_area_and_there_are_no_others(
    homes: pd.DataFrame, members: pd.DataFrame
) -> None:
    areas = homes.groupby("node")["found"].agg(["min", "max"])
    assert (areas["min"] == areas["max"]).all()
    assert areas["min"].min() >= 0
    assert areas["min"].is_unique
    assert members["cluster"].nunique() - 1 == 246


def test_ranking_is_the_published_one(
    homes: pd.DataFrame, members: pd.DataFrame, placed: dict[str, pd.DataFrame], small: World
) -> None:
    rank = homes.drop_duplicates("found").set_index("found")["rank"]
    total = small.margins.set_index("rank")["deals"] / COVERED["deals"]
    for name, rows in placed.items():
        part = 1.0 / rows.groupby("document_id")["document_id"].transform("size")
        at = members["cluster"].reindex(rows["place"]).map(rank).to_numpy()
        count = part.groupby(at).sum().reindex(total.index, fill_value=0.0)
        total = total + count / rows["document_id"].nunique()
        wanted = small.margins.set_index("rank")[name] * SCALE
        assert (count - wanted).abs().max() < 2.0
    ranking = total.rank(ascending=False)
    assert ranking[:10].tolist() == list(range(1, 11))
    assert (ranking[:100] <= 100).all()
    assert (
        ranking[:100].corr(pd.Series(ranking.index[:100], ranking.index[:100]), "spearman") > 0.995
    )


def test_nine_pairs_face_each_other_and_are_each_others_strongest_partner(
    homes: pd.DataFrame, members: pd.DataFrame, placed: dict[str, pd.DataFrame]
) -> None:
    areas = homes.drop_duplicates(["rank", "part"]).groupby("rank")["found"].agg(list)
    pairs = [tuple(pair) for pair in areas if len(pair) == 2]
    assert len(pairs) == 9
    ties = sum(_ties(rows, members) for rows in placed.values())
    for a, b in pairs:
        assert ties[a].argmax() == b
        assert ties[b].argmax() == a
        sides = [members[members["cluster"] == x] for x in (a, b)]
        points = [unit_vectors(side["latitude"], side["longitude"]) for side in sides]
        gap_km = arc_km(cKDTree(points[0]).query(points[1])[0]).min()
        assert 3.0 <= gap_km <= 5.0


def _ties(rows: pd.DataFrame, members: pd.DataFrame) -> np.ndarray:
    """Return the shares of documents with addresses in two areas; the last is noise."""
    count = int(members["cluster"].max()) + 2
    area = members["cluster"].reindex(rows["place"]).to_numpy() % count
    pairs = rows[["document_id"]].assign(area=area).drop_duplicates()
    pairs = pairs[pairs.groupby("document_id")["area"].transform("size").between(2, 60)]
    joint = pairs.merge(pairs, on="document_id")
    joint = joint[joint["area_x"] != joint["area_y"]]
    table = np.zeros((count, count))
    np.add.at(table, (joint["area_x"], joint["area_y"]), 1.0)
    return table / table.sum()
