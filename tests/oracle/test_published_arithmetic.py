"""The arithmetic of the published 2025 tables, reproduced from their printed counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.count import counts, world_totals
from hubscan.rank import displayed, intensity, old_method_rank, rank_change, ranking
from hubscan.rank.display import count_text, percent_text, rounded
from hubscan.reference import published

if TYPE_CHECKING:
    from collections.abc import Mapping

WORLD = {"patents": 1_309_724.0, "publications": 8_199_828.0, "deals": 235_200.0}
PRINTED = {
    "patents": ("pct_applications", "share_pct", "pct_per_million"),
    "publications": (
        "scientific_publications",
        "share_publications",
        "publications_per_million",
    ),
    "deals": ("vc_deals", "share_vc", "vc_deals_per_million"),
}
EQUAL = dict.fromkeys(WORLD, 1.0)


def hyphenated(name: str) -> pd.DataFrame:
    """Return a published table with hyphens for the en dashes in names."""
    table = published(name)
    return table.assign(cluster=table["cluster"].str.replace("\N{EN DASH}", "-"))


@pytest.fixture(scope="module")
def table2() -> pd.DataFrame:
    return hyphenated("clusters_2025_appendix_table2")


@pytest.fixture(scope="module")
def table3() -> pd.DataFrame:
    return hyphenated("clusters_2025_appendix_table3_intensity")


def counted(table2: pd.DataFrame) -> pd.DataFrame:
    """Return the printed counts as a table of counts, by the count stage itself.

    Each cluster is one place; counts are held in units of 1/10,000, as inputs without documents
    are.
    """
    unit = 10_000
    places = pd.concat(
        pd.DataFrame(
            {
                "indicator": indicator,
                "place": 1_000 + table2.index,
                "economy": "",
                "denominator": unit,
                "addresses": np.rint(table2[column] * unit).astype("int64"),
            }
        )
        for indicator, (column, _, _) in PRINTED.items()
    ).sample(frac=1.0, random_state=1)
    assignment = pd.DataFrame({"place": 1_000 + table2.index, "cluster": 1 + table2.index})
    none = pd.DataFrame({"cluster": [], "indicator": [], "documents": []})
    return counts(places, none, assignment, method="fractional")


def ranked(table2: pd.DataFrame, world: Mapping[str, float], on: str = "unrounded") -> pd.DataFrame:
    totals = pd.DataFrame(
        {
            "indicator": list(world),
            "documents": [1.1 * total for total in world.values()],
            "covered": list(world.values()),
        }
    )
    return ranking(
        counted(table2),
        world_totals(totals, denominator="covered"),
        weights=EQUAL,
        aggregation="sum",
        on=on,
        ties="min",
    )


@pytest.fixture(scope="module")
def ours(table2: pd.DataFrame) -> pd.DataFrame:
    """Return our ranking; cluster i is row i of the printed table, counted from 1."""
    return ranked(table2, WORLD)


@pytest.fixture(scope="module")
def per_head(ours: pd.DataFrame, table2: pd.DataFrame, table3: pd.DataFrame) -> pd.DataFrame:
    people = table3.set_index("cluster")["population"].reindex(table2["cluster"])
    population = pd.DataFrame({"cluster": 1 + table2.index, "population": people.to_numpy()})
    return intensity(ours, population, universe=100, per=1e6)


def differing_cells(ours: pd.DataFrame, table2: pd.DataFrame) -> list[tuple[int, str]]:
    """Return rank and column of each of the 400 shares and totals that print differently."""
    by_row = displayed(ours.sort_values("cluster", ignore_index=True))
    cells = {f"share_{name}": share for name, (_, share, _) in PRINTED.items()}
    cells["total_share"] = "total_share"
    return [
        (int(table2["rank"][row]), column)
        for ours_column, column in cells.items()
        for row in table2.index
        if by_row[ours_column][row] != f"{table2[column][row]:.2f}"
    ]


def test_all_shares_and_totals_follow_from_the_counts(
    ours: pd.DataFrame, table2: pd.DataFrame
) -> None:  # A1
    assert differing_cells(ours, table2) == []


def test_all_ranks_follow_from_the_unrounded_totals(
    ours: pd.DataFrame, table2: pd.DataFrame
) -> None:  # A2
    assert ours["rank"].tolist() == list(range(1, 101))
    assert (ours["cluster"] == table2["rank"]).all()
    steps = -100.0 * np.diff(ours["total_share"])
    assert steps.argmin() == 96
    assert steps.min() == pytest.approx(0.000155, abs=5e-7)


def test_wrong_world_totals_change_one_cell(table2: pd.DataFrame) -> None:  # A4
    near = {"patents": 1_309_725.0, "publications": 8_200_000.0, "deals": 235_225.0}
    other = ranked(table2, near)
    boston = int(table2.loc[table2["cluster"] == "Boston-Cambridge", "rank"].item())
    assert differing_cells(other, table2) == [(boston, "total_share")]
    assert percent_text(other["total_share"][boston - 1]) == "4.34"
    assert f"{100.0 * other['total_share'][boston - 1]:.4f}" == "4.3449"


def test_totals_are_rounded_after_summing(table2: pd.DataFrame) -> None:  # A6
    shares = [share for _, share, _ in PRINTED.values()]
    excess = (table2["total_share"] - table2[shares].sum(axis=1)).round(2)
    assert (excess == 0.0).sum() == 72
    more = [1, 10, 14, 16, 30, 43, 48, 67, 75, 80, 82, 83, 84, 85, 92, 94, 99]
    assert table2.loc[excess == 0.01, "rank"].tolist() == more
    less = [5, 12, 20, 23, 28, 45, 57, 64, 76, 79, 86]
    assert table2.loc[excess == -0.01, "rank"].tolist() == less


def test_ranking_what_is_displayed_makes_the_published_ties(table2: pd.DataFrame) -> None:  # A7
    shown = ranked(table2, WORLD, on="displayed")
    groups = [
        (int(group["cluster"].min()), int(group["cluster"].max()))
        for _, group in shown.groupby("rank")
        if len(group) > 1
    ]
    assert groups == [
        (21, 22), (27, 28), (29, 30), (37, 38), (43, 44), (49, 50), (58, 59), (61, 62), (65, 67),
        (70, 71), (76, 78), (79, 80), (83, 85), (87, 89), (90, 92), (93, 94), (95, 96), (97, 100),
    ]  # fmt: skip
    # ties share the best rank
    assert shown.loc[shown["cluster"].isin([65, 66, 67]), "rank"].tolist() == [65, 65, 65]


def test_sums_over_the_top_100_and_the_top_10(ours: pd.DataFrame) -> None:  # A8, A9
    shares = ours[[f"share_{name}" for name in WORLD]]
    assert rounded(100.0 * shares.sum(), decimals=2).tolist() == [69.20, 50.19, 71.79]
    assert rounded(100.0 * shares.head(10).sum(), decimals=2).tolist() == [39.65, 15.81, 35.44]
    assert percent_text(ours["share_patents"].head(2).sum()) == "19.29"


def test_counts_are_printed_with_six_significant_digits(table2: pd.DataFrame) -> None:  # A10
    for column, _, _ in PRINTED.values():
        assert all(count_text(each) == f"{each:,.2f}" for each in table2[column])
    assert (table2["vc_deals"] % 1.0 == 0.0).all()


def test_figure_1_is_rounded_from_unrounded_shares(
    ours: pd.DataFrame, table2: pd.DataFrame
) -> None:  # A11
    figure = published("clusters_2025_figure1_top10")
    printed = {
        "patents": "share_pct_filings_pct",
        "publications": "share_publications_pct",
        "deals": "share_vc_deals_pct",
    }
    twice = []
    for name, column in printed.items():
        once = rounded(100.0 * ours[f"share_{name}"].head(10), decimals=1)
        assert once.tolist() == figure[column].tolist()
        again = np.floor(10.0 * table2[PRINTED[name][1]].head(10) + 0.5 + 1e-9) / 10.0
        twice += [
            (table2["cluster"][row], name) for row in range(10) if again[row] != figure[column][row]
        ]
    assert twice == [
        ("Seoul", "patents"),
        ("New York City", "patents"),
        ("Beijing", "publications"),
    ]


def test_leaders_by_indicator(ours: pd.DataFrame, table2: pd.DataFrame) -> None:  # A12
    leaders = {
        "patents": "Tokyo-Yokohama, Shenzhen-Hong Kong-Guangzhou, Seoul, San Jose-San Francisco, "
        "Beijing, Shanghai-Suzhou, Osaka-Kobe-Kyoto, San Diego, Boston-Cambridge, Nagoya",
        "publications": "Beijing, Shanghai-Suzhou, Shenzhen-Hong Kong-Guangzhou, Seoul, Nanjing, "
        "Tokyo-Yokohama, Wuhan, Xi'an, Chengdu, Hangzhou",
        "deals": "San Jose-San Francisco, New York City, London, Shanghai-Suzhou, Seoul, "
        "Shenzhen-Hong Kong-Guangzhou, Beijing, Los Angeles, Tokyo-Yokohama, Boston-Cambridge",
    }
    for name, cities in leaders.items():
        first = old_method_rank(ours, indicators=[name]).sort_values(kind="stable").index[:10]
        assert ", ".join(table2["cluster"][ours["cluster"][first] - 1]) == cities


def test_rank_changes(table2: pd.DataFrame) -> None:  # A13
    by_name = table2.set_index("cluster")
    changes = rank_change(by_name["previous_rank"], by_name["rank"])
    assert changes.tolist() == table2["rank_change"].tolist()
    assert changes["Wuhan"] == 1
    assert sorted(set(range(1, 101)) - set(table2["previous_rank"])) == [97, 98, 100]
    beyond = by_name.loc[by_name["previous_rank"] > 100, "previous_rank"]
    assert beyond.to_dict() == {"Macau-Zhuhai": 103, "Zhenjiang": 106, "Ningde": 146}


def test_old_method_orders_all_rows(ours: pd.DataFrame, table2: pd.DataFrame) -> None:  # A14
    old = old_method_rank(ours, indicators=["patents", "publications"])
    # printed ranks are among 237 clusters: the order is comparable, the numbers are not
    assert old.tolist() == table2["rank_old_methodology"].rank().astype(int).tolist()


def test_names_and_economies_agree_between_tables(
    table2: pd.DataFrame, table3: pd.DataFrame
) -> None:  # A19
    columns = ["cluster", "economy"]
    one, other = (table[columns].sort_values("cluster").to_numpy() for table in (table2, table3))
    assert (one == other).all()
    missing = table3.loc[table3["rank_change"].isna(), "cluster"]
    assert sorted(missing) == ["Macau-Zhuhai", "Ningde", "Zhenjiang"]


def test_all_intensities_and_their_ranks(
    per_head: pd.DataFrame, table2: pd.DataFrame, table3: pd.DataFrame
) -> None:  # A3
    printed = table3.set_index("cluster").reindex(table2["cluster"])
    assert displayed(per_head)["total_per_million"].tolist() == [
        f"{each:.2f}" for each in printed["total_share_per_million"]
    ]
    assert per_head["intensity_rank"].tolist() == printed["rank_corrected"].tolist()
    steps = -np.diff(per_head.sort_values("intensity_rank")["total_per_million"])
    assert steps.argmin() == 78
    assert steps.min() == pytest.approx(1.5e-5, abs=1e-6)


def test_all_counts_per_million(
    per_head: pd.DataFrame, table2: pd.DataFrame, table3: pd.DataFrame
) -> None:  # A17
    printed = table3.set_index("cluster").reindex(table2["cluster"]).reset_index()
    shown = displayed(per_head)
    differing = []
    for name, (_, _, column) in PRINTED.items():
        ours = per_head[f"{name}_per_million"]
        assert np.abs(ours - printed[column]).max() < 0.0054
        differing += [
            (printed["cluster"][row], name)
            for row in printed.index
            if shown[f"{name}_per_million"][row] != f"{printed[column][row]:,.2f}"
        ]
    assert differing == [("Dalian", "patents")]


def test_misprinted_intensity_ranks(
    per_head: pd.DataFrame, table2: pd.DataFrame, table3: pd.DataFrame
) -> None:  # A18
    wrong = table3.loc[table3["rank_per_capita"] != table3["rank_corrected"]]
    assert wrong[["cluster", "rank_per_capita", "rank_corrected"]].to_numpy().tolist() == [
        ["Toronto", 39, 40],
        ["Atlanta", 40, 41],
    ]
    true = per_head.set_index(table2["cluster"])
    assert true.loc["Washington, DC-Baltimore", "intensity_rank"] == 39
    assert true.loc["Tel Aviv-Jerusalem", "intensity_rank"] == 42
    previous = (table3["rank_corrected"] + table3["rank_change"]).dropna().astype(int)
    assert previous.is_unique
    assert sorted(set(range(1, 101)) - set(previous)) == [12, 55, 98]
    misprinted = (table3["rank_per_capita"] + table3["rank_change"]).dropna().astype(int)
    assert sorted(misprinted[misprinted.duplicated()]) == [34, 38]


def test_large_and_intense(per_head: pd.DataFrame, table2: pd.DataFrame) -> None:  # A20
    names = per_head.assign(name=table2["cluster"])
    both = names.loc[(names["rank"] <= 10) & (names["intensity_rank"] <= 10), "name"]
    assert sorted(both) == ["Boston-Cambridge", "San Jose-San Francisco"]
    both = names.loc[(names["rank"] <= 25) & (names["intensity_rank"] <= 25), "name"]
    assert sorted(both) == [
        "Beijing", "Boston-Cambridge", "Daejeon", "Hangzhou", "London", "New York City",
        "San Diego", "San Jose-San Francisco", "Seattle",
    ]  # fmt: skip
    leaders = {
        "patents": ["Ningde", "San Jose-San Francisco", "Eindhoven"],
        "publications": ["Cambridge", "Oxford", "Ann Arbor"],
        "deals": ["San Jose-San Francisco", "Cambridge", "Austin"],
    }
    for name, first in leaders.items():
        order = names.sort_values(f"{name}_per_million", ascending=False)
        assert order["name"].head(3).tolist() == first
