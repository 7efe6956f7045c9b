"""The edition before: from a folder, or as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import previous
from hubscan.edition import load_edition
from hubscan.errors import InputError
from hubscan.profile import matched_clusters
from hubscan.rank import changes, leavers

if TYPE_CHECKING:
    from pathlib import Path

RANKING = pd.DataFrame({"cluster": [1], "name": ["A"], "rank": [1]})
MEMBERS = pd.DataFrame({"place": [7], "weight": [2.0], "cluster": [1]})


def test_a_folder_gives_ranking_and_membership(tmp_path: Path) -> None:
    RANKING.to_parquet(tmp_path / "ranking.parquet", index=False)
    MEMBERS.to_parquet(tmp_path / "membership.parquet", index=False)
    before = previous.from_folder(tmp_path)
    assert before.ranking.to_numpy().tolist() == [[1, "A", 1]]
    assert before.membership["weight"].tolist() == [2.0]


@pytest.mark.parametrize("missing", ["ranking", "membership"])
def test_a_folder_that_holds_no_run(tmp_path: Path, missing: str) -> None:
    RANKING.to_parquet(tmp_path / "ranking.parquet", index=False)
    MEMBERS.to_parquet(tmp_path / "membership.parquet", index=False)
    (tmp_path / f"{missing}.parquet").unlink()
    with pytest.raises(InputError, match=rf"no {missing}\.parquet: the folder of an earlier run"):
        previous.from_folder(tmp_path)


def test_the_published_list_of_2023_is_there_for_2024() -> None:
    edition = load_edition("gii-2024").replace("rank.change.match", "name")
    before = previous.published(edition)
    assert before.ranking["rank"].tolist() == list(range(1, 101))
    assert before.ranking["cluster"].is_unique
    assert before.ranking["name"].head(3).tolist() == [
        "Tokyo–Yokohama", "Shenzhen–Hong Kong–Guangzhou", "Seoul",
    ]  # fmt: skip


def test_names_of_two_years_are_compared_with_the_published_list() -> None:
    """The narrative's newcomers are those that are not in the published list."""
    edition = load_edition("gii-2024").replace("rank.change.match", "name")
    before = previous.published(edition).ranking
    # as 2024 printed them: two that changed places, one with a state, one that is new
    names = ["Tokyo–Yokohama", "Beijing", "Seoul", "Cairo"]
    now = pd.DataFrame({"cluster": [1, 2, 3, 4], "name": names, "rank": [1, 3, 4, 95]})
    matches = matched_clusters(before, now, match="name")
    table = changes(now, before, matches, top=100, na_beyond=100).set_index("name")
    assert table["rank_change"].tolist() == [0, 1, -1, pd.NA]
    assert table.loc["Cairo", "status"] == "enters"
    gone = leavers(now, before, matches, top=100)
    assert len(gone) == 97
    assert "Ottawa" in set(gone["name"].str.replace(", ON", ""))


def test_places_of_a_published_list_are_not_known() -> None:
    with pytest.raises(InputError, match=r"rank\.change\.match = overlap: a published list names"):
        previous.published(load_edition("gii-2024"))


def test_a_region_is_not_held_against_the_world() -> None:
    edition = load_edition("africa-2024").replace("rank.change.match", "name")
    with pytest.raises(InputError, match="africa-2024: the published lists are of the world"):
        previous.published(edition)


@pytest.mark.parametrize("name", ["gii-2023", "gii-2025"])
def test_lists_that_were_not_published_in_full(name: str) -> None:
    edition = load_edition(name).replace("rank.change.match", "name")
    year = edition.year - 1
    with pytest.raises(InputError, match=f"the list of {year} was not published in full: set rank"):
        previous.published(edition)
