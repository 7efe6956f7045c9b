"""Ranks against the edition before, by the conventions of the published tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from hubscan import reference
from hubscan.rank import changes, leavers, with_old_method

TOP: dict[str, Any] = {"top": 100, "na_beyond": 100}


def same(clusters: pd.Series[int]) -> pd.DataFrame:
    """Return the matches of clusters that kept their numbers."""
    return pd.DataFrame({"a": clusters, "b": clusters})


def lists_2025() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranking of 2025, and the one before as the printed changes imply it."""
    size = reference.published("clusters_2025_appendix_table2")
    intense = reference.published("clusters_2025_appendix_table3_intensity")
    # ten names have a hyphen in one table and a dash in the other
    by_name = intense.set_index(intense["cluster"].map(plain))
    rank = size["cluster"].map(plain).map(by_name["rank_corrected"])
    change = size["cluster"].map(plain).map(pd.to_numeric(by_name["rank_change"], errors="coerce"))
    now = pd.DataFrame({"cluster": size.index + 1, "name": size["cluster"], "rank": size["rank"]})
    now["intensity_rank"] = rank
    before = now.assign(
        rank=size["previous_rank"].astype(int),
        # the three without a change get a rank that must not be told
        intensity_rank=(rank + change.fillna(0)).astype(int),
    )
    return now, before


def plain(name: str) -> str:
    return name.replace(", DC", "").replace("–", "-")


def test_a_rise_from_19_to_18_is_plus_one() -> None:
    now, before = lists_2025()
    table = changes(now, before, same(now["cluster"]), **TOP).set_index("name")
    wuhan = table.loc["Wuhan"]
    assert (wuhan["rank_before"], wuhan["rank"], wuhan["rank_change"]) == (19, 18, 1)


def test_all_published_changes_of_2025_follow() -> None:
    now, before = lists_2025()
    table = changes(now, before, same(now["cluster"]), **TOP)
    size = reference.published("clusters_2025_appendix_table2")
    assert table["rank_change"].tolist() == size["rank_change"].astype(int).tolist()
    told = table.dropna(subset=["intensity_rank_change"])
    assert len(told) == 97
    intense = reference.published("clusters_2025_appendix_table3_intensity")
    printed = intense.set_index(intense["cluster"].map(plain))["rank_change"]
    assert [str(value) for value in told["intensity_rank_change"]] == [
        str(int(printed[plain(name)])) for name in told["name"]
    ]


def test_intensity_changes_are_not_told_of_the_three_from_beyond_the_list() -> None:
    now, before = lists_2025()
    table = changes(now, before, same(now["cluster"]), **TOP).set_index("name")
    untold = table.loc[table["intensity_rank_change"].isna(), "rank_before"].to_dict()
    assert untold == {"Macau–Zhuhai": 103, "Zhenjiang": 106, "Ningde": 146}
    assert table.loc[list(untold), "intensity_rank_before"].isna().all()
    assert table.loc[list(untold), "rank_change"].tolist() == [5, 47, 6]
    assert set(table.loc[list(untold), "status"]) == {"enters"}
    assert (table["status"] == "stays").sum() == 97


def test_misprinted_intensity_ranks_would_give_previous_ranks_twice() -> None:
    now, before = lists_2025()
    table = changes(now, before, same(now["cluster"]), **TOP)
    told = table["intensity_rank_before"].dropna().astype(int)
    assert told.is_unique
    assert sorted(set(range(1, 101)) - set(told)) == [12, 55, 98]


def test_clusters_that_left_are_those_of_the_three_ranks_that_are_free() -> None:
    now, before = lists_2025()
    gone = pd.DataFrame(
        {"cluster": [201, 202, 203], "name": ["A", "B", "C"], "rank": [100, 97, 98]}
    )
    then = pd.concat([before, gone], ignore_index=True)
    after = pd.DataFrame({"cluster": [301], "name": ["B now"], "rank": [120]})
    both = pd.concat([now, after], ignore_index=True)
    matches = pd.concat([same(now["cluster"]), pd.DataFrame({"a": [202], "b": [301]})])
    table = leavers(both, then, matches, top=100)
    assert table["name"].tolist() == ["B", "C", "A"]
    assert table["rank_before"].tolist() == [97, 98, 100]
    assert table["cluster"].tolist() == [301, pd.NA, pd.NA]
    assert table["rank"].tolist() == [120, pd.NA, pd.NA]
    status = changes(both, then, matches, **TOP).set_index("name")["status"]
    assert status["B now"] == "beyond"


def test_a_newcomer_has_neither_rank_nor_change() -> None:
    now = pd.DataFrame({"cluster": [1, 2], "name": ["A", "N"], "rank": [1, 2]})
    then = pd.DataFrame({"cluster": [9], "name": ["A"], "rank": [1]})
    table = changes(now, then, pd.DataFrame({"a": [9], "b": [1]}), top=2, na_beyond=2)
    assert table["rank_before"].tolist() == [1, pd.NA]
    assert table["rank_change"].tolist() == [0, pd.NA]
    assert table["status"].tolist() == ["stays", "enters"]
    # without intensities, nothing is told of them
    assert "intensity_rank_change" not in table


@pytest.mark.parametrize(("na_beyond", "told"), [(99, False), (100, True), (101, True)])
def test_the_limit_of_what_is_told_is_inclusive(na_beyond: int, *, told: bool) -> None:
    now = pd.DataFrame({"cluster": [1], "name": ["A"], "rank": [90], "intensity_rank": [40]})
    then = pd.DataFrame({"cluster": [1], "name": ["A"], "rank": [100], "intensity_rank": [50]})
    table = changes(now, then, same(now["cluster"]), top=100, na_beyond=na_beyond)
    assert table["rank_change"].tolist() == [10]
    assert table["intensity_rank_change"].tolist() == [10 if told else pd.NA]


def test_previous_ranks_beyond_the_list_are_kept() -> None:
    """Cairo was 95th in 2024, eight places up: 103rd in the list computed anew."""
    printed = reference.published("clusters_2024_table5_top_by_economy").set_index("cluster")
    cairo = printed.loc["Cairo"]
    now = pd.DataFrame({"cluster": [1], "name": ["Cairo"], "rank": [int(cairo["rank"])]})
    then = now.assign(rank=103)
    table = changes(now, then, same(now["cluster"]), **TOP)
    assert table["rank_change"].tolist() == [int(cairo["rank_change"])] == [8]
    assert table["status"].tolist() == ["enters"]


def test_the_old_method_ranks_all_clusters_on_its_indicators() -> None:
    ranking = pd.DataFrame(
        {
            "cluster": [1, 2, 3],
            "share_patents": [0.1, 0.2, 0.0],
            "share_publications": [0.1, 0.1, 0.05],
            "share_deals": [0.9, 0.0, 0.5],
        }
    )
    table = with_old_method(ranking, indicators=["patents", "publications"])
    assert table["old_method_rank"].tolist() == [2, 1, 3]
    assert with_old_method(ranking, indicators=["trademarks"]) is ranking
    alone = with_old_method(ranking, indicators=["trademarks", "deals"])
    assert alone["old_method_rank"].tolist() == [1, 3, 2]
