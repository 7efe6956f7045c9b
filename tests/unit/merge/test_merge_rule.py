"""Merging by example: the nine pairs of 2025, each rule, and the reasons given."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.errors import InputError
from hubscan.merge import (
    TIE_RULES,
    collaboration_ties,
    gaps,
    merged,
    ties_between_places,
)
from hubscan.schema import CANDIDATE_PAIRS, TIES, validated
from hubscan.sphere import place_keys

OPTIONS: dict[str, Any] = {
    "max_gap_km": 5.0,
    "tie_rule": "mutual",
    "tie_weights": "equal_share",
    "noise_rival": "bucket",
}


def near(*pairs: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["a", "b", "gap_km"])


def tied(*links: tuple[int, int, str, float]) -> pd.DataFrame:
    return pd.DataFrame(list(links), columns=["a", "b", "indicator", "links"])


def judged(
    gap: pd.DataFrame, ties: pd.DataFrame, **changes: object
) -> tuple[dict[int, int], pd.DataFrame]:
    """Return the mapping of clusters that change, and the verdicts."""
    mapping, pairs = merged(gap, ties, **(OPTIONS | changes))
    validated(pairs, CANDIDATE_PAIRS)
    moved = mapping.loc[mapping["cluster"] != mapping["merged_into"]]
    return dict(zip(moved["cluster"], moved["merged_into"], strict=True)), pairs


# 1 and 2 prefer each other; 3 prefers 1; noise is tied to all, most strongly to 3
TRIO = tied(
    (1, 2, "patents", 50.0),
    (1, 3, "patents", 30.0),
    (2, 3, "patents", 5.0),
    (-1, 1, "patents", 20.0),
    (-1, 2, "patents", 10.0),
    (-1, 3, "patents", 40.0),
)


def test_nine_pairs_of_246_clusters_leave_237() -> None:
    # two places 4 km apart in each of nine pairs of clusters, 228 clusters elsewhere
    latitude = [10.0] * 9 + [10.036] * 9 + [-40.0 + 0.3 * i for i in range(228)]
    longitude = [10.0 * i for i in range(9)] * 2 + [150.0] * 228
    membership = pd.DataFrame({"place": place_keys(latitude, longitude), "cluster": range(1, 247)})
    ties = tied(
        *((i, i + 9, "publications", 10.0 + i) for i in range(1, 10)),
        *((-1, i, "publications", 9.0) for i in range(1, 247)),
        *((i, i + 1, "publications", 1.0) for i in range(1, 246)),
    )
    gap = gaps(membership, max_gap_km=5.0, gap_between="places", buffer_deg=0.05)
    mapping, pairs = merged(gap, ties, **OPTIONS)
    assert pairs["merged"].tolist() == [True] * 9
    assert mapping["merged_into"].nunique() == 237
    into = mapping.set_index("cluster")["merged_into"]
    after = into.reindex(membership["cluster"])
    assert after.nunique() == 237
    assert after.tolist()[:18] == [*range(1, 10)] * 2


def test_the_mutually_strongest_are_merged() -> None:
    moved, pairs = judged(near((1, 2, 3.0), (1, 3, 4.0)), TRIO)
    assert moved == {2: 1}
    row = pairs.iloc[0]
    assert (row["rival_a"], row["rival_b"]) == (3, -1)
    assert row[["tie", "rival_tie_a", "rival_tie_b"]].tolist() == [50 / 155, 30 / 155, 10 / 155]
    assert pairs["reason"].tolist() == [
        "merged: each is the other's strongest partner",
        (
            "kept apart: 1 is tied to 2 at least as strongly as to 3; "
            "3 is tied to noise at least as strongly as to 1"
        ),
    ]


def test_one_way_needs_one_of_them() -> None:
    ties = tied((1, 2, "patents", 50.0), (2, 3, "patents", 30.0))
    moved, pairs = judged(near((1, 2, 1.0), (2, 3, 1.0)), ties, tie_rule="one_way")
    assert moved == {2: 1, 3: 1}
    assert pairs["reason"].tolist() == [
        "merged: each is the other's strongest partner",
        "merged: 2 is tied to 1 at least as strongly as to 3; 2 is the strongest partner of 3",
    ]
    assert judged(near((1, 2, 1.0), (2, 3, 1.0)), ties)[0] == {2: 1}


def test_without_ties_the_gap_decides() -> None:
    moved, pairs = judged(near((1, 2, 1.0), (5, 9, 5.0), (2, 9, 5.1)), TRIO, tie_rule="none")
    assert moved == {2: 1, 9: 5}
    assert pairs[["a", "b"]].to_numpy().tolist() == [[1, 2], [5, 9]]
    assert pairs["reason"].unique().tolist() == [
        "merged: they are near, and ties are not looked at"
    ]


def test_all_rules_are_tested() -> None:
    assert set(TIE_RULES) == {"mutual", "one_way", "none"}


def test_noise_may_be_ignored() -> None:
    ties = tied((1, 2, "patents", 5.0), (-1, 1, "patents", 9.0), (-1, 2, "patents", 1.0))
    assert judged(near((1, 2, 1.0)), ties)[0] == {}
    moved, pairs = judged(near((1, 2, 1.0)), ties, noise_rival="ignore")
    assert moved == {2: 1}
    # links with noise still make up the world, but noise is no rival
    assert pairs["tie"].item() == 5 / 15
    assert pairs["rival_a"].isna().all()
    assert pairs["rival_tie_a"].item() == 0.0


def test_equal_ties_are_nobodys_strongest() -> None:
    ties = tied((1, 2, "patents", 5.0), (1, 3, "patents", 5.0))
    assert judged(near((1, 2, 1.0)), ties)[0] == {}
    assert judged(near((1, 2, 1.0)), ties, tie_rule="one_way")[0] == {2: 1}


def test_clusters_without_ties_stay_apart() -> None:
    moved, pairs = judged(near((1, 2, 0.0)), tied((3, 4, "patents", 1.0)))
    assert moved == {}
    assert pairs["reason"].item() == "kept apart: 1 has no ties; 2 has no ties"


def test_the_gap_is_inclusive() -> None:
    assert judged(near((1, 2, 5.0)), TRIO)[0] == {2: 1}
    assert judged(near((1, 2, 5.0)), TRIO, max_gap_km=4.999)[1].empty


def test_indicators_are_made_equal_or_summed_or_one_is_chosen() -> None:
    # 1 and 2 share patents, which are few; 1 and 3 publications, which are many
    ties = tied(
        (1, 2, "patents", 6.0),
        (4, 5, "patents", 4.0),
        (1, 3, "publications", 50.0),
        (4, 5, "publications", 50.0),
    )
    gap = near((1, 2, 1.0), (1, 3, 1.0))
    assert judged(gap, ties)[0] == {2: 1}
    assert judged(gap, ties)[1]["tie"].tolist() == [0.6, 0.5]
    assert judged(gap, ties, tie_weights="plain_sum")[0] == {3: 1}
    assert judged(gap, ties, tie_weights="plain_sum")[1]["tie"].tolist() == [6 / 110, 50 / 110]
    assert judged(gap, ties, tie_weights="patents")[0] == {2: 1}
    assert judged(gap, ties, tie_weights="publications")[0] == {3: 1}


def test_plain_sums_are_added_before_they_are_divided() -> None:
    # 1 + 2 and 3 + 0 of 7 links each are equal, whatever sevenths are in floats
    ties = tied((1, 2, "patents", 1.0), (1, 2, "publications", 2.0), (1, 3, "patents", 3.0))
    more = tied((4, 5, "publications", 1.0))
    moved, pairs = judged(near((1, 2, 1.0)), pd.concat([ties, more]), tie_weights="plain_sum")
    assert moved == {}
    assert pairs["tie"].item() == pairs["rival_tie_a"].item() == 3 / 7


def test_chains_merge_into_the_lowest_id() -> None:
    gap = near((4, 9, 1.0), (2, 9, 1.0), (2, 7, 1.0), (3, 5, 1.0))
    moved, _ = judged(gap, TRIO, tie_rule="none")
    assert moved == {4: 2, 9: 2, 7: 2, 5: 3}


def test_nothing_near() -> None:
    mapping, pairs = merged(near(), TRIO, **OPTIONS)
    assert pairs.empty
    validated(pairs, CANDIDATE_PAIRS)
    assert mapping.to_numpy().tolist() == [[1, 1], [2, 2], [3, 3]]


def test_no_ties_at_all() -> None:
    none = tied().astype({"a": int, "b": int, "indicator": str, "links": float})
    for weights in ("equal_share", "plain_sum", "patents"):
        assert judged(near((1, 2, 1.0)), none, tie_weights=weights)[0] == {}
    assert judged(near((1, 2, 1.0)), none, tie_rule="none")[0] == {2: 1}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tie_rule": "both"}, "tie_rule = 'both': must be one of mutual, one_way, none"),
        ({"tie_weights": "deals"}, "tie_weights = 'deals': must be one of equal_share, plain_sum"),
        ({"noise_rival": "all"}, "noise_rival = 'all': must be one of bucket, places, ignore"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        merged(near((1, 2, 1.0)), TRIO, **(OPTIONS | changes))


def test_a_document_joins_each_pair_once() -> None:
    # two authors in 1, one in 2, one nowhere; and a paper within 1 alone
    table = pa.table(
        {
            "indicator": ["publications"] * 4,
            "document": [1, 1, 1, 2],
            "cluster": [1, 2, -1, 1],
            "addresses": [2, 1, 1, 5],
            "n_located": [4, 4, 4, 5],
        }
    )
    found = collaboration_ties(ibis.memtable(table)).order_by("a", "b").to_pyarrow().to_pandas()
    validated(found, TIES)
    assert found.to_numpy().tolist() == [
        [-1, 1, "publications", 1.0],
        [-1, 2, "publications", 1.0],
        [1, 2, "publications", 1.0],
    ]


def test_the_same_number_of_two_indicators_is_two_documents() -> None:
    table = pa.table(
        {
            "indicator": ["patents", "patents", "publications", "publications"],
            "document": [1] * 4,
            "cluster": [1, 3, 2, 4],
            "addresses": [1] * 4,
            "n_located": [2] * 4,
        }
    )
    found = collaboration_ties(ibis.memtable(table)).order_by("a").to_pyarrow().to_pandas()
    assert found.to_numpy().tolist() == [[1, 3, "patents", 1.0], [2, 4, "publications", 1.0]]


def test_rows_by_economy_tie_as_rows_by_cluster_do() -> None:
    # document 1: French and Swiss addresses in 1, French ones in 2; document 2: both, in 1 alone
    fine = pd.DataFrame(
        {
            "indicator": "patents",
            "document": [1, 1, 1, 2, 2],
            "cluster": [1, 1, 2, 1, 1],
            "economy": ["FR", "CH", "FR", "FR", "CH"],
            "addresses": [2, 1, 1, 3, 2],
            "n_located": [4, 4, 4, 5, 5],
        }
    )
    keys = ["indicator", "document", "cluster", "n_located"]
    coarse = fine.groupby(keys, as_index=False)["addresses"].sum()
    for table in (fine, coarse):
        lazy = ibis.memtable(pa.Table.from_pandas(table, preserve_index=False))
        found = collaboration_ties(lazy).to_pyarrow().to_pandas()
        assert found.to_numpy().tolist() == [[1, 2, "patents", 1.0]]


def test_ties_of_places_become_ties_of_clusters() -> None:
    given = pd.DataFrame(
        [
            ("publications", 10, 20, 1.5),
            ("publications", 20, 11, 2.0),
            ("publications", 10, 11, 100.0),
            ("publications", 10, 99, 4.0),
            ("publications", 98, 99, 100.0),
            ("patents", 20, 10, 8.0),
        ],
        columns=["indicator", "place_a", "place_b", "strength"],
    )
    assignment = pd.DataFrame({"place": [10, 11, 20], "cluster": [2, 2, 1]})
    found = ties_between_places(given, assignment)
    validated(found, TIES)
    assert found.to_numpy().tolist() == [
        [-1, 2, "publications", 4.0],
        [1, 2, "patents", 8.0],
        [1, 2, "publications", 3.5],
    ]
    for seed in range(3):
        shuffled = given.sample(frac=1.0, random_state=seed)
        pd.testing.assert_frame_equal(ties_between_places(shuffled, assignment), found)
    assert ties_between_places(given[:0], assignment).empty


@pytest.mark.parametrize("strength", [-1.0, float("nan"), float("inf")])
def test_strengths_are_checked(strength: float) -> None:
    given = pd.DataFrame(
        {"indicator": ["patents"], "place_a": [1], "place_b": [2], "strength": [strength]}
    )
    with pytest.raises(InputError, match=f"strength of tie 0 is {strength}: must be"):
        ties_between_places(given, pd.DataFrame({"place": [1], "cluster": [1]}))
