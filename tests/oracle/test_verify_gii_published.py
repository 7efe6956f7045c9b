"""Every inconsistency known of the published tables and texts is found without being told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.profile.matching import namesakes
from hubscan.reference import published
from hubscan.report.gii import TABLES, economies
from hubscan.verification import (
    CHECKS,
    FAILING,
    FAULTS,
    KINDS,
    compared_faults,
    compared_summary,
    published_faults,
)
from hubscan.verification.checking import printed_tables
from hubscan.verification.rank_checks import rank_bounds
from hubscan.verification.rounding import bounds, half_units
from hubscan.verification.statements import statements

SIZES = "clusters_2025_appendix_table2"
INTENSITIES = "clusters_2025_appendix_table3_intensity"
COVERAGE = "clusters_2025_appendix_table1_geocoding"
BEYOND = "clusters_2025_table2_beyond"


@pytest.fixture(scope="module")
def of_2025() -> pd.DataFrame:
    return published_faults("gii-2025")


@pytest.fixture(scope="module")
def of_2024() -> pd.DataFrame:
    return published_faults("gii-2024")


@pytest.fixture(scope="module")
def of_2023() -> pd.DataFrame:
    return published_faults("gii-2023")


def found(faults: pd.DataFrame, check: str, column: str | None = None) -> list[list[str]]:
    """Return row, found and expected of the faults of a check."""
    chosen = faults[faults["check"] == check]
    if column is not None:
        chosen = chosen[chosen["column"] == column]
    return chosen[["row", "found", "expected"]].to_numpy().tolist()


def test_corrections_are_not_known_to_the_checks() -> None:
    tables = printed_tables()
    assert tables[INTENSITIES]["rank_per_capita"].tolist()[38:42] == [39, 39, 40, 42]
    added = {"rank_corrected", "implied_previous_rank", "seed_line"}
    assert not any(added & set(table) for name, table in tables.items() if name != "fixes")


def test_misprinted_intensity_ranks(of_2025: pd.DataFrame) -> None:  # A18, inconsistency 1
    assert found(of_2025, "ranks") == [["Toronto", "39", "40"], ["Atlanta", "40", "41"]]
    assert set(of_2025.loc[of_2025["check"] == "ranks", "kind"]) == {"misprint"}
    sequence = of_2025[of_2025["check"] == "sequence of ranks"]
    assert sequence["note"].tolist() == ["printed ranks run 38, 39, 39, 40, 42"]
    assert found(of_2025, "previous ranks") == [
        ["Atlanta; Salt Lake City", "34 twice", "each rank once"],
        ["Washington, DC–Baltimore; Toronto", "38 twice", "each rank once"],
    ]


def test_no_share_total_or_figure_per_million_is_outside(of_2025: pd.DataFrame) -> None:  # A1, A17
    assert not (of_2025["check"] == "figures").any()
    assert not (of_2025["check"] == "figure 1").any()
    assert not (of_2025["check"] == "rank change").any()
    assert not (of_2025["check"] == "lists").any()
    assert not (of_2025["check"] == "best by economy").any()


def test_intensity_in_the_text(of_2025: pd.DataFrame) -> None:  # inconsistencies 2, 3
    assert found(of_2025, "text", "rank_per_capita") == [
        ["Ningde", "5", "4"], ["Cambridge", "1", "2"], ["San Jose–San Francisco", "2", "1"],
    ]  # fmt: skip
    assert found(of_2025, "text", "table") == [["total_share_per_million", SIZES, INTENSITIES]]
    assert found(of_2025, "text", "unit") == [["Figure 4", "1000", "1000000"]]


def test_coverage_sums(of_2025: pd.DataFrame) -> None:  # A33, inconsistency 4
    assert found(of_2025, "coverage sums") == [
        ["World Total", "28625102", "at least 31883145"],
        ["all countries", "all are multiples of 5", "any number"],
    ]
    table = published(COVERAGE)
    sums = table[table["country"] != "World Total"][["pub_addresses", "pct_addresses",
                                                     "vc_addresses"]].sum()  # fmt: skip
    assert sums.tolist() == [31_883_145, 3_878_788, 53_535]
    assert (table["vc_addresses"] % 5 == 0).all()


def test_coverage_in_the_text(of_2025: pd.DataFrame) -> None:  # inconsistencies 5, 6
    said = found(of_2025, "text", "vc_deals_covered_pct")
    assert said[0] == ["World Total", "97.1", "99.7"]
    assert [row[0] for row in said[1:]] == ["Israel", "Poland"]
    below = {"pct_city_accuracy_pct": ["France", "Türkiye", "Israel"],
             "pub_city_accuracy_pct": ["Türkiye", "Israel"],
             "pub_covered_pct": ["Türkiye"], "pct_applications_covered_pct": []}  # fmt: skip
    for column, countries in below.items():
        assert [row[0] for row in found(of_2025, "text", column)] == countries
    seats = found(of_2025, "text", "vc_city_accuracy_pct")
    assert len(seats) == 17
    assert min(seats, key=lambda row: float(row[2]))[::2] == ["Republic of Korea", "92.1"]


def test_numbers_of_clusters(of_2025: pd.DataFrame) -> None:  # A29, inconsistency 7
    assert found(of_2025, "text", "clusters") == [
        ["merging", "246 less 18 merged leave 237", "true only if the 18 form 9 pairs"]
    ]


def test_ranks_and_economies_beyond_the_list(of_2025: pd.DataFrame) -> None:  # 8, 10, A31
    assert found(of_2025, "text", "rank") == [["Ürümqi; Oulu", "218 twice", "each rank once"]]
    assert [row[:2] for row in found(of_2025, "beyond the list")] == [
        ["BR", "Brazil"], ["TR", "Türkiye"], ["PL", "Poland"], ["SI", "not listed"],
    ]  # fmt: skip
    told = {each.subject.split("/")[0]: int(each.value)
            for each in statements("gii-2025", "extended_rank")}  # fmt: skip
    assert told == {
        "Riyadh": 101, "Hyderabad": 102, "Lausanne": 103, "Pune": 112, "Kolkata": 158,
        "Lahore": 191, "Ulsan": 209, "Ürümqi": 218, "Oulu": 218, "Ljubljana": 225,
        "Québec City": 228, "Guilin": 229,
    }  # fmt: skip
    assert all(100 < rank <= 237 for rank in told.values())


def test_entrants_zero_shares_names_and_labels(of_2025: pd.DataFrame) -> None:  # 9, 11, 12, 13
    assert found(of_2025, "text", "first time") == [
        ["Phoenix", "enters for the first time", "ranked 96 in 2023"],
        ["Hamburg", "enters for the first time", "ranked 99 in 2023"],
    ]
    zero = of_2025[of_2025["check"] == "zero shares"]
    assert zero[["row", "column"]].to_numpy().tolist() == [
        ["Ningde", "share_publications"], ["Ningde", "share_vc"],
    ]  # fmt: skip
    assert zero["note"].str.contains("311.87 ").tolist() == [True, False]
    spelt = of_2025.loc[of_2025["check"] == "spelling", "found"].tolist()
    assert "Washington-Baltimore" in spelt
    assert any(text.startswith("hyphen and en dash mixed") for text in spelt)
    assert "1.00, -1.00, ..." in spelt
    assert found(of_2025, "labels") == [["Macau–Zhuhai", "CN", "CN/MO"]]


def test_africa(of_2024: pd.DataFrame) -> None:  # A32, inconsistency 14
    assert found(of_2024, "listed twice") == [
        ["Kinshasa–Brazzaville", "Congo; Democratic Republic of the Congo",
         "one entry a cluster"],
    ]  # fmt: skip
    assert found(of_2024, "text", "cluster_count") == [["all economies", "51", "50"]]
    assert found(of_2024, "text", "table") == [
        ["cluster_count", "clusters_2024_table7_beyond", "clusters_2024_table8_africa"]
    ]


def test_changes_against_a_recomputed_list(of_2024: pd.DataFrame) -> None:  # A16, 15, 16
    rows = of_2024[of_2024["check"] == "recomputed ranks"]
    implied = rows["note"].str.extract(r"implies rank (\d+) in 2023, printed (\d+)").astype(int)
    differing = dict(zip(rows["row"], implied.to_numpy().tolist(), strict=True))
    assert differing == {
        "Paris": [11, 12], "Munich": [21, 22], "Amsterdam–Rotterdam": [25, 26],
        "Singapore": [34, 33], "Tehran": [35, 34], "Sydney": [44, 46], "Madrid": [47, 48],
        "Milan": [51, 50], "Brussels–Antwerp": [50, 51], "Bengaluru": [57, 56],
        "Copenhagen": [55, 61], "Istanbul": [60, 59], "Helsinki": [72, 73],
        "São Paulo": [71, 72], "Vienna": [75, 76], "Warsaw": [89, 90], "Basel": [95, 97],
    }  # fmt: skip
    assert found(of_2024, "text", "rank_change") == [["Sydney", "0", "2"]]
    best, before = (published(name) for name in
                    ("clusters_2024_table5_top_by_economy", "clusters_2023_top100"))  # fmt: skip
    matches = namesakes(
        pd.DataFrame({"cluster": before["rank"], "name": before["cluster"]}),
        pd.DataFrame({"cluster": best["rank"], "name": best["cluster"]}),
    )
    assert len(matches) == 29
    absent = best[~best["rank"].isin(matches["b"])]
    assert absent[["cluster", "rank", "implied_previous_rank"]].to_numpy().tolist() == [
        ["Kuala Lumpur", 93, 93], ["Cairo", 95, 103],
    ]  # fmt: skip


def test_slips_of_2023(of_2023: pd.DataFrame) -> None:  # inconsistencies 17 to 20
    spelt = of_2023.loc[of_2023["check"] == "spelling", ["found", "expected"]].to_numpy().tolist()
    for printed in (["5%", "52"], ["5", "55"], ["Dae jeon", "Daejeon"], ["Tirkiye", "Türkiye"],
                    ["Tiirkiye", "Türkiye"], ["Chongqging", "Chongqing"]):  # fmt: skip
        assert printed in spelt
    assert found(of_2023, "addresses of briefs") == [
        ["Zürich", "cn-zurich.pdf", "ch-zurich.pdf"], ["Rome", "it-rome", "it-rome.pdf"],
        ["Dallas, TX", "us-texas.pdf", "us-dallas.pdf"],
        ["Basel", "cn-de-fr-basel.pdf", "ch-de-fr-basel.pdf"], ["", "81", "100"],
    ]  # fmt: skip
    assert found(of_2023, "labels") == [
        ["Shenzhen–Hong Kong–Guangzhou", "Hong Kong, China", "China/Hong Kong, China"]
    ]
    names = {row[0]: row[2] for row in found(of_2023, "names")}
    assert names["Clinical engineering"] == "Medical technology"
    assert names["Prescribed drugs"] == "Pharmaceuticals"


def test_every_fault_is_whole(
    of_2025: pd.DataFrame, of_2024: pd.DataFrame, of_2023: pd.DataFrame
) -> None:
    for faults in (of_2025, of_2024, of_2023):
        assert list(faults) == list(FAULTS)
        assert set(faults["kind"]) <= set(KINDS)
        assert faults["kind"].isin(FAILING).any()
        order = [KINDS.index(kind) for kind in faults["kind"]]
        assert order == sorted(order)
        assert (faults[["found", "expected"]] != "").all().all()


def perturbed(name: str, cluster: str, column: str, value: float) -> dict[str, pd.DataFrame]:
    """Return a published table with one cell changed, as printed otherwise."""
    table = printed_tables()[name]
    table[column] = table[column].astype(float)
    table.loc[table["cluster"] == cluster, column] = value
    return {name: table}


def test_a_misprinted_count_is_named_with_its_interval() -> None:
    # the digits of Munich's patents in reverse
    true = float(published(SIZES).set_index("cluster").loc["Munich", "pct_applications"])
    wrong = float(f"{true:.1f}"[::-1].replace(".", "")) / 10.0
    faults = published_faults("gii-2025", perturbed(SIZES, "Munich", "pct_applications", wrong))
    named = faults[(faults["check"] == "figures") & (faults["kind"] == "misprint")]
    assert named[["row", "column"]].to_numpy().tolist() == [["Munich", "pct_applications"]]
    assert named["low"].item() <= true <= named["high"].item()
    assert named["high"].item() - named["low"].item() < 150.0


def test_a_misprinted_population_is_named() -> None:
    faults = published_faults("gii-2025", perturbed(INTENSITIES, "Oslo", "population", 3.0e6))
    named = faults[(faults["check"] == "figures") & (faults["kind"] == "misprint")]
    assert named[["row", "column"]].to_numpy().tolist() == [["Oslo", "population"]]


@pytest.mark.parametrize(
    ("column", "change", "check"),
    [
        ("share_vc", 0.01, "figures"),
        ("total_share", -0.02, "figures"),
        ("rank_change", 1.0, "rank change"),
        ("rank_old_methodology", 30.0, "ranks"),
    ],
)
def test_one_changed_cell_is_found_alone(column: str, change: float, check: str) -> None:
    value = float(published(SIZES).set_index("cluster").loc["Vienna", column]) + change
    faults = published_faults("gii-2025", perturbed(SIZES, "Vienna", column, value))
    new = faults[(faults["check"] == check) & (faults["column"] == column)]
    assert "Vienna" in set(new["row"])
    if check == "figures":
        assert len(new) == 1
        assert not new["low"].item() <= value <= new["high"].item()


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "check"),
    [
        ("clusters_2025_figure1_top10", 4, "share_pct_filings_pct", 5.5, "figure 1"),
        ("clusters_2025_figure1_top10", 4, "rank", 6, "lists"),
        ("clusters_2025_table1_top_by_economy", 5, "economy", "FR", "lists"),
        ("clusters_2025_table1_top_by_economy", 5, "cluster", "Cambridge", "best by economy"),
        ("clusters_2025_table3_intensity_top10", 2, "rank_per_capita", 4, "lists"),
        (BEYOND, 0, "clusters_beyond_top100", 3, "counts"),
        (INTENSITIES, 0, "rank_change", None, "rank change"),
    ],
)
def test_a_table_that_repeats_another_wrongly(
    name: str, row: int, column: str, value: object, check: str
) -> None:
    table = printed_tables()[name]
    table.loc[row, column] = value
    faults = published_faults("gii-2025", {name: table})
    assert (faults["check"] == check).any()


def test_lists_of_2023_that_differ() -> None:
    table = printed_tables()["clusters_2023_china24"].iloc[:-1].copy()
    table.loc[3, "global_rank"] = 12
    faults = published_faults("gii-2023", {"clusters_2023_china24": table})
    assert found(faults, "lists") == [["Nanjing", "12", "11"], ["Fuzhou", "not listed", "listed"]]


def test_editions_that_are_not_known() -> None:
    with pytest.raises(InputError, match="must be one of gii-2025, gii-2024, gii-2023"):
        published_faults("gii-2019")
    assert all(check.meaning for checks in CHECKS.values() for check in checks.values())


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.edition])
def test_published_tables_hold_against_themselves(name: str) -> None:
    faults = compared_faults(published(name), against=name, tolerance=0.0)
    expected = ["Toronto", "Atlanta"] if name == INTENSITIES else []
    assert faults["row"].tolist() == expected
    summary = compared_summary(published(name), against=name, tolerance=0.0)
    assert (summary["compared"] == len(published(name))).all()
    correlation = summary["rank_correlation"].dropna()
    assert correlation.to_numpy() == pytest.approx(1.0)


def test_a_run_that_ranks_rightly_is_not_blamed_for_a_misprint() -> None:
    table = published(INTENSITIES)
    table["rank_per_capita"] = table["rank_corrected"]
    faults = compared_faults(table, against=INTENSITIES, tolerance=0.0)
    assert set(faults["kind"]) == {"remark"}
    assert faults[["row", "found", "expected"]].to_numpy().tolist() == [
        ["Toronto", "39", "40"], ["Atlanta", "40", "41"],
    ]  # fmt: skip


def test_rows_are_matched_by_name_and_tolerances_widen() -> None:
    table = published(SIZES).sample(frac=1.0, random_state=2)
    table["cluster"] = table["cluster"].str.replace("–", "-").str.replace("ü", "u")
    table["economy"] = table["economy"].str.replace("/", " / ")
    assert compared_faults(table, against=SIZES, tolerance=0.0).empty
    moved = table.assign(rank=table["rank"] + 2, share_vc=table["share_vc"] * 1.004)
    strict = compared_faults(moved, against=SIZES, tolerance=0.0)
    assert (strict["column"] == "rank").sum() == 100
    assert compared_faults(moved, against=SIZES, tolerance=0.02).empty
    tight = compared_faults(moved, against=SIZES, tolerance=0.01)
    assert set(tight["column"]) == {"rank"}


def test_rows_that_only_one_has_and_columns_that_are_missing() -> None:
    table = published(SIZES).drop(columns="vc_deals").assign(previous_rank=np.nan)
    table.loc[99, "cluster"] = "Nowhere"
    faults = compared_faults(table, against=SIZES, tolerance=0.0)
    assert faults[["kind", "row", "column", "found"]].to_numpy().tolist() == [
        ["contradiction", "Zhenjiang", "cluster", "not found"],
        ["contradiction", "Nowhere", "cluster", "listed"],
        ["remark", "", "vc_deals", "not in the table"],
        ["remark", "", "previous_rank", "not in the table"],
    ]
    with pytest.raises(InputError, match="column 'cluster' is needed"):
        compared_faults(table.drop(columns="cluster"), against=SIZES, tolerance=0.0)
    with pytest.raises(InputError, match="tolerance = -1: must be at least 0"):
        compared_faults(table, against=SIZES, tolerance=-1)
    with pytest.raises(InputError, match="no published table 'clusters_by_region'"):
        compared_faults(table, against="clusters_by_region", tolerance=0.0)


def test_rounding_intervals() -> None:
    assert half_units([117542.0, 50812.6, 6981.28, 4.0], form="count").tolist() == [
        0.5, 0.05, 0.005, 0.005,
    ]  # fmt: skip
    low, high = bounds([99.4], form="percent")
    assert (low[0], high[0]) == pytest.approx((99.35, 99.45))
    with pytest.raises(InputError, match="form = 'text'"):
        bounds([1.0], form="text")


def test_ranks_that_uncertain_figures_allow() -> None:
    rng = np.random.default_rng(7)
    low = rng.uniform(0.0, 1.0, 40)
    high = low + rng.uniform(0.0, 0.1, 40)
    best, worst = rank_bounds(low, high)
    for place in range(40):
        assert best[place] == 1 + (low > high[place]).sum()
        assert worst[place] == 40 - (high < low[place]).sum()


def test_old_method_ranks_that_are_absent() -> None:  # A14
    table = published(SIZES).set_index("cluster")["rank_old_methodology"]
    absent = sorted(set(range(1, 101)) - set(table))
    assert absent == [74, 78, 80, 84, 85, 86, 87, 96, 99, 100]
    assert table[table > 100].to_dict() == {
        "Göteborg": 101, "Ningbo": 102, "Hamburg": 110, "Mexico City": 111, "Phoenix": 112,
        "Salt Lake City": 129, "Oslo": 135, "Manchester": 140, "Dublin": 153, "Miami": 164,
    }  # fmt: skip
    assert table[["Bengaluru", "Delhi", "Mumbai", "Chennai"]].tolist() == [52, 63, 88, 77]


def test_intense_clusters_of_the_union_and_a_coincidence() -> None:  # A20
    table = published(INTENSITIES).set_index("cluster")
    told = {each.subject: int(each.value) for each in statements("gii-2025", "intensity_rank")
            if "European Union" in each.where}  # fmt: skip
    assert told == {"Helsinki": 9, "Eindhoven": 10, "Stockholm": 11, "Copenhagen": 12,
                    "Munich": 16, "Göteborg": 20, "Dublin": 23}  # fmt: skip
    assert all(table.loc[name, "rank_per_capita"] == rank for name, rank in told.items())
    assert table.loc[["Toronto", "Dublin"], "pct_per_million"].tolist() == [612.41, 612.41]
    continents = economies(as_of="2024-07-01").set_index("economy")["continent"]
    best = table[table["economy"].map(continents) == "Asia"]["rank_per_capita"].min()
    assert best == 4  # Ningde


def test_the_counts_of_clusters_add_up() -> None:  # A29
    told = {key: int(statements("gii-2025", key)[0].value)
            for key in ("clusters_before_merging", "clusters_merged", "clusters_after_merging",
                        "clusters_beyond")}  # fmt: skip
    assert told["clusters_before_merging"] - told["clusters_merged"] // 2 == 237
    assert 100 + told["clusters_beyond"] == told["clusters_after_merging"] == 237


def test_sums_of_printed_shares() -> None:  # A8
    table = published(SIZES)
    shares = table[["share_pct", "share_publications", "share_vc"]]
    assert shares.sum().round(2).tolist() == [69.21, 50.18, 71.76]
    assert shares.head(10).sum().round(2).tolist() == [39.65, 15.82, 35.44]
    # the text: roughly 70 per cent of filings and deals, around half of publications; of the
    # first ten around 40, over 15, and 35
    assert shares.sum().round(-1).tolist() == [70.0, 50.0, 70.0]


def test_tables_that_lack_clusters_are_checked_all_the_same() -> None:
    tables = printed_tables()
    gone = ["Ningde", "Phoenix", "Toronto"]
    replaced = {
        name: tables[name][~tables[name]["cluster"].isin(gone)] for name in (SIZES, INTENSITIES)
    }
    world = tables[COVERAGE]["country"] != "World Total"
    faults = published_faults("gii-2025", {**replaced, COVERAGE: tables[COVERAGE][world]})
    assert ["Ningde", "5", "not listed"] in found(faults, "text", "rank_per_capita")
    assert ["Phoenix", "78", "not listed"] in found(faults, "text", "rank")
    assert found(faults, "coverage sums") == [["World Total", "not listed", "listed"]]
    assert ["Ningde", "listed", f"not in {INTENSITIES}"] in found(faults, "lists")
    before = tables["clusters_2023_top100"]
    without = before[before["cluster"] != "Melbourne"]
    faults = published_faults("gii-2024", {"clusters_2023_top100": without})
    assert ["Sydney", "overtakes", "listed"] in found(faults, "text", "cluster")
    assert not published_faults("gii-2023", {"clusters_2023_top100": without}).empty


def test_replacements_are_whole() -> None:
    table = published(SIZES)
    with pytest.raises(InputError, match="the columns vc_deals are needed"):
        published_faults("gii-2025", {SIZES: table.drop(columns="vc_deals")})
    with pytest.raises(InputError, match="no published table 'other'"):
        published_faults("gii-2025", {"other": table})
