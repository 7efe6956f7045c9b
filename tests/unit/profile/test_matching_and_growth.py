"""Clusters of two runs brought together, and how much they have grown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.profile import carried_over, growth, matched_clusters
from hubscan.rank import rank_change


def members(*rows: tuple[int, float, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["place", "weight", "cluster"])


def test_the_greater_part_of_a_split_cluster_is_its_successor() -> None:
    before = members((1, 4.0, 1), (2, 3.0, 1), (3, 2.0, 1), (4, 5.0, 2))
    now = members((1, 3.0, 1), (2, 2.0, 2), (3, 2.0, 2), (4, 5.0, 3))
    table = matched_clusters(before, now, match="overlap")
    assert table[["a", "b", "overlap"]].to_numpy().tolist() == [[1, 2, 4.0], [2, 3, 5.0]]
    assert table["share_a"].tolist() == [4 / 9, 1.0]
    assert table["share_b"].tolist() == [1.0, 1.0]


def test_two_clusters_that_merged_have_the_greater_as_predecessor() -> None:
    before = members((1, 4.0, 1), (2, 3.0, 2))
    now = members((1, 4.0, 9), (2, 3.0, 9))
    assert matched_clusters(before, now, match="overlap")[["a", "b"]].to_numpy().tolist() == [
        [1, 9]
    ]


def test_noise_and_places_of_one_run_match_nothing() -> None:
    before = members((1, 4.0, -1), (2, 3.0, 1), (5, 9.0, 2))
    now = members((1, 4.0, 1), (2, 3.0, -1), (6, 9.0, 2))
    table = matched_clusters(before, now, match="overlap")
    assert table.empty
    assert list(table.columns) == ["a", "b", "overlap", "share_a", "share_b"]


def test_equal_overlaps_go_to_the_lower_ids() -> None:
    before = members((1, 1.0, 1), (2, 1.0, 2))
    now = members((1, 1.0, 5), (2, 1.0, 5))
    assert matched_clusters(before, now, match="overlap")["a"].tolist() == [1]


def test_a_place_that_is_a_member_twice_is_told() -> None:
    with pytest.raises(InputError, match="place 1 is a member twice"):
        matched_clusters(members((1, 1.0, 1), (1, 1.0, 2)), members((1, 1.0, 1)), match="overlap")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zurich", "Zürich"),
        ("Xian", "Xi'an"),
        ("Xi\u2019an", "Xi'an"),
        ("Goteborg", "Göteborg"),
        ("Sao Paulo", "São Paulo"),
        ("Washington, DC–Baltimore", "Washington-Baltimore"),
        ("Washington, DC–Baltimore, MD", "Washington, DC–Baltimore"),
        ("San Diego, CA", "San Diego"),
        ("Toronto, ON", "Toronto"),
        ("Montreal, QC", "MONTRÉAL"),
    ],
)
def test_variants_of_a_name_are_one(one: str, other: str) -> None:
    before = pd.DataFrame({"cluster": [3, 4], "name": [one, "Elsewhere"]})
    now = pd.DataFrame({"cluster": [8], "name": [other]})
    assert matched_clusters(before, now, match="name").to_numpy().tolist() == [[3, 8]]


def test_a_name_that_two_clusters_have_matches_none() -> None:
    before = pd.DataFrame({"cluster": [1, 2, 3], "name": ["Cambridge", "Cambridge, MA", "Basel"]})
    now = pd.DataFrame({"cluster": [5, 6], "name": ["Cambridge", "Basel"]})
    assert matched_clusters(before, now, match="name").to_numpy().tolist() == [[3, 6]]


def test_an_unknown_way_of_matching_is_told() -> None:
    with pytest.raises(InputError, match="match = 'number': must be one of overlap, name"):
        matched_clusters(members(), members(), match="number")


def test_ranks_carried_over_give_the_published_change() -> None:
    # Wuhan: 19th in the recomputed previous edition, 18th now: it rose by one
    previous = pd.Series({40: 19, 41: 18}, name="rank")
    matches = pd.DataFrame({"a": [40], "b": [7]})
    changes = rank_change(carried_over(previous, matches), pd.Series({7: 18, 8: 19}))
    assert changes.loc[7] == 1
    assert changes.loc[8] is pd.NA


def ranking(*rows: tuple[int, float, float, float]) -> pd.DataFrame:
    columns = ["cluster", "total_share", "count_patents", "count_publications"]
    return pd.DataFrame(rows, columns=columns)


NOW = ranking((7, 0.0120, 110.0, 400.0), (8, 0.0300, 60.0, 90.0), (9, 0.0010, 5.0, 0.0))
THEN = ranking((1, 0.0100, 100.0, 500.0), (2, 0.0400, 50.0, 100.0), (3, 0.0, 0.0, 0.0))
MATCHES = pd.DataFrame({"a": [2, 1], "b": [8, 7]})


@pytest.mark.parametrize(
    ("growth_basis", "expected"),
    [
        ("share_sum", [20.0, -25.0, np.nan]),
        ("mean_rate", [(10.0 - 20.0) / 2, (20.0 - 10.0) / 2, np.nan]),
        ("plain_sum", [100 * (510 - 600) / 600, 0.0, np.nan]),
    ],
)
def test_growth_by_hand(growth_basis: str, expected: list[float]) -> None:
    table = growth(
        NOW, THEN, MATCHES, growth_basis=growth_basis, indicators=["patents", "publications"]
    )
    assert table["cluster"].tolist() == [7, 8, 9]
    assert table["previous_cluster"].tolist()[:2] == [1, 2]
    assert table["previous_cluster"].iloc[2] is pd.NA
    assert table["growth_percent"].tolist() == pytest.approx(expected, nan_ok=True)


def test_growth_from_nothing_is_not_a_number() -> None:
    matches = pd.DataFrame({"a": [3], "b": [9]})
    for growth_basis in ("share_sum", "mean_rate", "plain_sum"):
        table = growth(NOW, THEN, matches, growth_basis=growth_basis, indicators=["publications"])
        assert table["growth_percent"].isna().all()
        assert table["previous_cluster"].tolist()[2] == 3


def test_what_growth_cannot_be_is_told() -> None:
    with pytest.raises(InputError, match="growth_basis = 'log': must be one of"):
        growth(NOW, THEN, MATCHES, growth_basis="log", indicators=["patents"])
    with pytest.raises(InputError, match="growth needs at least one"):
        growth(NOW, THEN, MATCHES, growth_basis="mean_rate", indicators=[])
