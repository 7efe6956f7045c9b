"""The reports' tables made again from their own unrounded figures, cell by cell."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from hubscan.rank import intensity, old_method_rank, ranking
from hubscan.reference import published
from hubscan.report.gii import TABLES, Findings, economies, printed, report_tables

WORLD = pd.Series({"patents": 1_309_724.0, "publications": 8_199_828.0, "deals": 235_200.0})
COUNTS = {"patents": "pct_applications", "publications": "scientific_publications",
          "deals": "vc_deals"}  # fmt: skip
EXTENDED = [
    (101, "Riyadh", "SA"), (102, "Hyderabad", "IN"), (103, "Lausanne", "CH"),
    (110, "Dammam", "SA"), (112, "Pune", "IN"), (120, "Lisbon", "PT"), (121, "Porto", "PT"),
]  # fmt: skip


@pytest.fixture(scope="module")
def table2() -> pd.DataFrame:
    return published("clusters_2025_appendix_table2")


@pytest.fixture(scope="module")
def table3() -> pd.DataFrame:
    return published("clusters_2025_appendix_table3_intensity")


def leaders(table2: pd.DataFrame, column: str, kind: str) -> pd.DataFrame:
    """Return the printed leaders of Table 1 as a table of leaders, and a second one for each."""
    best = published("clusters_2025_table1_top_by_economy").set_index("cluster")[column]
    ids = table2.set_index("cluster").index.get_indexer(best.index) + 1
    first = pd.DataFrame({"cluster": ids, "rank": 1, kind: best.to_numpy()})
    return pd.concat([first.assign(rank=2, **{kind: "Second"}), first], ignore_index=True)


@pytest.fixture(scope="module")
def findings(table2: pd.DataFrame, table3: pd.DataFrame) -> Findings:
    """Return what a run that gives the published counts, populations and changes would find."""
    ids = np.arange(1, 101)
    counts = pd.concat(
        pd.DataFrame({"cluster": ids, "indicator": name, "count": table2[column]})
        for name, column in COUNTS.items()
    )
    sized = ranking(counts, WORLD, weights=dict.fromkeys(COUNTS, 1.0), aggregation="sum",
                    on="unrounded", ties="min")  # fmt: skip
    printed3 = table3.set_index("cluster").reindex(table2["cluster"])
    people = pd.DataFrame({"cluster": ids, "population": printed3["population"].to_numpy()})
    sized = intensity(sized, people, universe=100, per=1e6)
    # printed among 237 clusters: the number stands in for clusters that are not printed
    order = old_method_rank(sized, indicators=["patents", "publications"])
    old = np.sort(table2["rank_old_methodology"])[order - 1]
    named = sized.assign(
        name=table2["cluster"].to_numpy()[sized["cluster"] - 1],
        economies=table2["economy"].str.rstrip("*").to_numpy()[sized["cluster"] - 1],
        old_method_rank=old,
    )
    beyond = pd.DataFrame(EXTENDED, columns=["rank", "name", "economies"])
    beyond = beyond.assign(cluster=beyond["rank"], total_share=0.004)
    change = pd.DataFrame({"cluster": ids, "rank_before": table2["previous_rank"],
                           "change": table2["previous_rank"] - table2["rank"]})  # fmt: skip
    intense = pd.DataFrame({"cluster": ids, "change": printed3["rank_change"].to_numpy()})
    return Findings(
        pd.concat([named, beyond], ignore_index=True).sample(frac=1.0, random_state=3),
        economies(as_of="2024-07-01"),
        top=100,
        coverage=covered(),
        change=change,
        intensity_change=intense,
        applicants=leaders(table2, "top_applicant", "applicant"),
        organisations=leaders(table2, "top_organization", "organisation"),
    )


def covered() -> pd.DataFrame:
    """Return the printed coverage table as the run's: one row a country and indicator."""
    table = published("clusters_2025_appendix_table1_geocoding")
    by_name = economies(as_of="2024-07-01").set_index("name")["economy"]
    known = {"United States of America": "US", "Netherlands": "NL", "World Total": "world"}
    codes = [known.get(name) or by_name[name] for name in table["country"]]
    columns = {"publications": table.columns[1:4], "patents": table.columns[4:7],
               "deals": table.columns[7:10]}  # fmt: skip
    return pd.concat(
        table[list(names)]
        .set_axis(["addresses", "accuracy_percent", "covered_percent"], axis=1)
        .assign(country=codes, name=table["country"], indicator=indicator)
        for indicator, names in columns.items()
    )


@pytest.fixture(scope="module")
def tables(findings: Findings) -> dict[str, pd.DataFrame]:
    return report_tables(findings, edition="gii-2025")


@pytest.mark.parametrize(
    "name",
    [
        "clusters_2025_figure1_top10",
        "clusters_2025_table1_top_by_economy",
        "clusters_2025_appendix_table1_geocoding",
        "clusters_2025_appendix_table2",
    ],
)
def test_every_cell_is_as_published(tables: dict[str, pd.DataFrame], name: str) -> None:
    ours, theirs = tables[name], published(name)
    for column in ours:
        assert ours[column].tolist() == theirs[column].tolist(), column


def test_the_intensity_table_is_as_published_but_for_what_is_misprinted(
    tables: dict[str, pd.DataFrame], table3: pd.DataFrame
) -> None:  # A3, A17, A18
    ours = tables["clusters_2025_appendix_table3_intensity"]
    differing = [
        (str(table3["cluster"][row]), column)
        for column in ours
        for row in ours.index
        if pd.isna(ours[column][row]) != pd.isna(table3[column][row])
        or (pd.notna(ours[column][row]) and ours[column][row] != table3[column][row])
    ]
    assert differing == [
        ("Toronto", "rank_per_capita"), ("Atlanta", "rank_per_capita"),
        ("Dalian", "pct_per_million"),
    ]  # fmt: skip
    assert ours["rank_per_capita"].tolist() == table3["rank_corrected"].tolist()


def test_the_first_ten_by_intensity(tables: dict[str, pd.DataFrame]) -> None:
    ours = tables["clusters_2025_table3_intensity_top10"]
    theirs = published("clusters_2025_table3_intensity_top10")
    for column in ("rank_per_capita", "cluster", "economy"):
        assert ours[column].tolist() == theirs[column].tolist()


def test_newcomers_have_no_cluster_in_the_list(tables: dict[str, pd.DataFrame]) -> None:
    ours = tables["clusters_2025_table2_beyond"]
    # India and Switzerland have clusters in the list, so theirs beyond it are no newcomers
    assert ours.to_numpy().tolist() == [
        ["SA", "Saudi Arabia", 2, "Riyadh; Dammam"],
        ["PT", "Portugal", 2, "Lisbon; Porto"],
    ]


def test_the_printed_form_of_appendix_table_2(tables: dict[str, pd.DataFrame]) -> None:
    name = "clusters_2025_appendix_table2"
    shown = printed(tables[name], TABLES[name].headings)
    assert shown.columns[3] == "PCT applications"
    assert shown.iloc[0].tolist() == [
        "Shenzhen–Hong Kong–Guangzhou", "1", "CN/HK", "117,542.00", "193,635.00", "6,916.00",
        "8.97", "2.36", "2.94", "14.28", "1", "0", "2",
    ]  # fmt: skip
    # as the report prints Figure 1, and Table 1 with its bare 100
    name = "clusters_2025_figure1_top10"
    assert printed(tables[name], TABLES[name].headings).iloc[0].tolist()[2:] == [
        "2.4%", "9.0%", "2.9%"
    ]  # fmt: skip
    name = "clusters_2025_appendix_table1_geocoding"
    assert printed(tables[name], TABLES[name].headings).iloc[0].tolist() == [
        "China", "7,835,799", "100", "100", "1,151,574", "99.9", "99.9", "2,555", "96.9", "99.9",
    ]  # fmt: skip


def test_clusters_per_economy_in_2025(findings: Findings) -> None:  # A22
    view = report_tables(findings, edition="gii-2025")["clusters_by_economy"].set_index("economy")
    listed = view["clusters_listed"]
    more = {"CN": 24, "US": 22, "DE": 7, "GB": 4, "IN": 4, "JP": 3, "KR": 3, "CA": 3, "FR": 2,
            "NL": 2, "SE": 2, "AU": 2, "ES": 2, "IT": 2, "MY": 2}  # fmt: skip
    assert listed[listed > 1].to_dict() == more
    assert set(listed[~listed.index.isin(list(more))]) == {0, 1}
    assert published("clusters_2025_appendix_table2")["economy"].nunique() == 33
    best = report_tables(findings, edition="gii-2025")["clusters_2025_table1_top_by_economy"]
    assert len(best) == 33


def test_clusters_in_middle_income_economies_are_those_the_text_names(findings: Findings) -> None:
    view = report_tables(findings, edition="gii-2025")["clusters_in_middle_income_economies"]
    rows = view[(view["listed"] == "yes") & ~view["economy"].isin(["CN", "IN", "CN/HK"])]
    assert rows[["rank", "cluster", "middle_income"]].to_numpy().tolist() == [
        [16, "Singapore", "Malaysia"],
        [49, "São Paulo", "Brazil"],
        [58, "Istanbul", "Türkiye"],
        [63, "Tehran", "Iran (Islamic Republic of)"],
        [79, "Mexico City", "Mexico"],
        [83, "Cairo", "Egypt"],
        [86, "Kuala Lumpur", "Malaysia"],
    ]


def findings_of_2023() -> Findings:
    table = published("clusters_2023_top100")
    rows = pd.DataFrame(
        {"cluster": table.index + 1, "rank": table["rank"], "name": table["cluster"],
         "economies": table["economy_iso2"], "total_share": 1.0 / table["rank"]}
    )  # fmt: skip
    return Findings(rows, economies(as_of="2023-07-01"), top=100)


def test_the_list_of_2023() -> None:
    tables = report_tables(findings_of_2023(), edition="gii-2023")
    ours, theirs = tables["clusters_2023_top100"], published("clusters_2023_top100")
    for column in ("rank", "cluster", "economy_iso2"):
        assert ours[column].tolist() == theirs[column].tolist()
    # printed with one economy only; its brief says China and Hong Kong, China
    other = ours["economy"] != theirs["economy"]
    assert ours.loc[other, ["cluster", "economy"]].to_numpy().tolist() == [
        ["Shenzhen–Hong Kong–Guangzhou", "China/Hong Kong, China"]
    ]
    ours, theirs = tables["clusters_2023_china24"], published("clusters_2023_china24")
    for column in ("national_rank", "global_rank", "cluster"):
        assert ours[column].tolist() == theirs[column].tolist()


def test_clusters_per_economy_in_2023() -> None:  # A22
    counts = report_tables(findings_of_2023(), edition="gii-2023")["clusters_by_economy"]
    counts = counts.set_index("economy")["clusters_listed"]
    assert counts[["CN", "US", "DE", "JP", "IN", "TR"]].tolist() == [24, 21, 9, 4, 4, 2]


def published_list_of_2024(table2: pd.DataFrame) -> pd.DataFrame:
    """Return the list of 2024 as the text of 2025 lets it be known: without ranks."""
    entrants = ["Miami", "Dublin", "Phoenix", "Mexico City", "Oslo", "Hamburg", "Salt Lake City",
                "Ningbo", "Manchester", "Ningde"]  # fmt: skip
    excluded = {
        "Nuremberg–Erlangen": "DE", "Lanzhou": "CN", "Fuzhou": "CN", "Ankara": "TR",
        "Cincinnati": "US", "Daegu": "KR", "Nanchang": "CN", "Basel": "CH/DE/FR",
        "Brisbane": "AU", "Kunming": "CN",
    }  # fmt: skip
    kept = table2.loc[~table2["cluster"].isin(entrants), ["cluster", "economy"]]
    gone = pd.DataFrame({"cluster": list(excluded), "economy": list(excluded.values())})
    return pd.concat([kept, gone], ignore_index=True)


def findings_of_2024(table2: pd.DataFrame) -> Findings:
    table = published_list_of_2024(table2)
    rows = pd.DataFrame(
        {"cluster": table.index + 1, "rank": table.index + 1, "name": table["cluster"],
         "economies": table["economy"], "total_share": 0.01}
    )  # fmt: skip
    return Findings(rows, economies(as_of="2023-07-01"), top=100)


def bare(name: str) -> str:
    """Return a name without its state: San Diego, CA is San Diego."""
    head, comma, tail = name.partition(", ")
    return name if comma and not tail.isupper() and not tail.startswith("DC") else head


def folded(names: pd.Series[str]) -> set[str]:
    renamed = {"Macao SAR–Zhuhai": "Macau–Zhuhai", "Washington": "Washington, DC–Baltimore",
               "Montreal": "Montréal"}  # fmt: skip
    return {renamed.get(bare(name), bare(name)) for name in names}


def test_the_list_of_2024_follows_from_that_of_2025(table2: pd.DataFrame) -> None:  # A15
    table = published_list_of_2024(table2)
    assert len(table) == 100
    assert table["cluster"].is_unique
    names = {bare(name) if name.startswith("Washington") else name for name in table["cluster"]}
    for source in ("table5_top_by_economy", "table9_intensity_top25"):
        printed_names = published(f"clusters_2024_{source}")["cluster"]
        assert {bare(name) for name in printed_names} <= names
    counts = report_tables(findings_of_2024(table2), edition="gii-2024")
    theirs = published("clusters_2024_table6_counts").set_index("economy")["top100_clusters"]
    ours = counts["clusters_2024_table6_counts"].set_index("economy")["top100_clusters"]
    assert ours.to_dict() == theirs.to_dict()
    before = folded(published("clusters_2023_top100")["cluster"])
    now = folded(table["cluster"])
    assert sorted(now - before) == ["Cairo", "Kuala Lumpur", "Kunming", "Macau–Zhuhai", "Nanchang"]
    assert sorted(before - now) == ["Hamburg", "Kanazawa", "Ottawa", "Phoenix", "Wuxi"]


def test_63_clusters_of_2024_lie_in_high_income_economies(table2: pd.DataFrame) -> None:  # A23
    findings = findings_of_2024(table2)
    groups = findings.economies.set_index("economy")["income_group"]
    home = findings.ranking["economies"].str.split("/").str[0].str.rstrip("*")
    # the text counts 63 high-income clusters, 37 of which shrink; Singapore's is one of them
    assert int((home.map(groups) == "high").sum()) == 63


def test_africa_is_listed_twice_where_a_cluster_crosses_a_border() -> None:  # A32
    table = published("clusters_2024_table8_africa")
    pairs = [
        (name, code)
        for code, names in zip(table["economy"], table["cluster_names"], strict=True)
        for name in names.split("; ")
    ]
    labels: dict[str, list[str]] = {}
    for name, code in pairs:
        labels.setdefault(name, []).append(code)
    first = ["Cairo", "Johannesburg", "Cape Town", "Tunis", "Alexandria"]
    assert set(first) <= set(labels)
    assert len(labels) == 50
    rows = pd.DataFrame(
        {"cluster": range(1, 51), "rank": range(1, 51), "name": list(labels),
         "economies": ["/".join(codes) for codes in labels.values()], "total_share": 0.01}
    )  # fmt: skip
    findings = Findings(rows, economies(as_of="2023-07-01"), top=50)
    ours = report_tables(findings, edition="africa-2024")["clusters_2024_table8_africa"]
    assert ours["cluster_count"].tolist() == [11, 8, 5, 4, 4, 2, 2] + [1] * 15
    assert int(ours["cluster_count"].sum()) == 51
    for column in ("economy_name", "economy", "cluster_count", "cluster_names"):
        assert ours[column].tolist() == table[column].tolist()
    twice = ours[ours["cluster_names"] == "Kinshasa–Brazzaville"]
    assert twice["economy"].tolist() == ["CG", "CD"]


def test_continents_of_the_most_intense_of_2024() -> None:  # A21
    table = published("clusters_2024_table9_intensity_top25")
    continents = economies(as_of="2023-07-01").set_index("economy")["continent"]
    home = table["economy"].str.split("/").str[0]
    counts = home.map(continents).value_counts().to_dict()
    assert counts == {"Europe": 12, "North America": 8, "Asia": 5}
    assert table["cluster"].head(10).map(bare).isin(
        ["San Jose–San Francisco", "Boston–Cambridge", "San Diego"]
    ).sum() == 3  # fmt: skip


def test_every_economy_of_the_published_tables_has_region_and_income() -> None:
    table = economies(as_of="2024-07-01").set_index("economy")
    labels = itertools.chain(
        published("clusters_2025_appendix_table2")["economy"],
        published("clusters_2023_top100")["economy_iso2"],
        published("clusters_2024_table8_africa")["economy"],
        published("clusters_2024_table7_beyond")["economy"],
    )
    codes = {code.rstrip("*") for label in labels for code in label.split("/")}
    assert (table.loc[sorted(codes), ["region", "continent", "income_group"]] != "").all().all()
    names = published("clusters_2024_table8_africa").set_index("economy")["economy_name"]
    assert (table.loc[names.index, "name"] == names).all()


def test_leaders_by_indicator_are_those_of_the_text(findings: Findings) -> None:  # A12
    table = report_tables(findings, edition="gii-2025")["leaders_by_indicator"]
    first = table.groupby("indicator")["cluster"].agg(list)
    assert first["deals"][:3] == ["San Jose–San Francisco", "New York City", "London"]
    assert first["patents"][-1] == "Nagoya"
    assert first["publications"][5:] == ["Tokyo–Yokohama", "Wuhan", "Xi'an", "Chengdu", "Hangzhou"]
    # the text: leaders in publications are all Asian, three of those in patents and four of those
    # in deals lie in the United States, and London is the only European one
    economy = table.groupby("indicator")["economy"].agg(list)
    assert set(economy["publications"]) == {"CN", "CN/HK", "KR", "JP"}
    assert [economy[name].count("US") for name in ("patents", "deals")] == [3, 4]
    assert economy["deals"].count("GB") == 1
