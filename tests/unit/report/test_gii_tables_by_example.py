"""Report tables by example: economies, layout, labels, what is not known, regional maps, charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from hubscan.errors import InputError
from hubscan.report.gii import (
    TABLES,
    Findings,
    Heading,
    economies,
    headed,
    in_force,
    markdown_page,
    markdown_text,
    printed,
    report_tables,
    table_names,
    write_report_workbook,
)
from hubscan.report.gii.bars import economies_figure, leaders_figure, per_capita_figure
from hubscan.report.gii.insets import INSETS, Inset, inset_maps, inset_names, inside
from hubscan.report.gii.world_economies import COLUMNS, INCOME_GROUPS
from hubscan.report.index_style import figure_bytes
from hubscan.verification.reading import read_table

if TYPE_CHECKING:
    from pathlib import Path

OVERRIDE = {"economy": "RU", "name": "Russia", "region": "Europe", "continent": "Europe",
            "income_group": "low", "as_of": "2024-01-01"}  # fmt: skip


def clusters(**columns: list[Any]) -> pd.DataFrame:
    rows = {
        "cluster": [1, 2, 3, 4],
        "rank": [1, 2, 2, 4],
        "name": ["Singapore", "Basel", "Athens", "Johor"],
        "economies": ["SG/MY", "CH/DE/FR", "GR", "MY"],
        "total_share": [0.02, 0.01, 0.01, 0.001],
    }
    return pd.DataFrame(rows | columns)


def findings(table: pd.DataFrame | None = None, **given: Any) -> Findings:  # noqa: ANN401 - any field
    ranking = clusters() if table is None else table
    return Findings(ranking, economies(as_of="2024-07-01"), top=given.pop("top", 3), **given)


def test_groups_change_on_the_first_of_july() -> None:
    changed = ["BG", "DZ", "IR", "MN", "PS", "PW", "RU", "UA"]
    before = economies(as_of="2024-06-30").set_index("economy")["income_group"]
    after = economies(as_of="2024-07-01").set_index("economy")["income_group"]
    assert sorted(after.index[before != after]) == changed
    assert before[changed].tolist() == [
        "upper middle", "lower middle", "lower middle", "lower middle", "upper middle",
        "upper middle", "upper middle", "lower middle",
    ]  # fmt: skip
    assert after[changed].tolist() == [
        "high", "upper middle", "upper middle", "upper middle", "lower middle", "high", "high",
        "upper middle",
    ]  # fmt: skip
    assert in_force(2024) == "2023-07-01"


def test_the_table_of_economies_is_whole() -> None:
    table = economies(as_of="2024-07-01")
    assert list(table) == list(COLUMNS)
    assert table["economy"].is_unique
    assert table["economy"].str.fullmatch("[A-Z]{2}").all()
    assert set(table["income_group"]) == {*INCOME_GROUPS, ""}
    # the sizes of the World Bank's groups of July 2024
    counts = table["income_group"].value_counts()
    assert counts[["low", "lower middle", "upper middle"]].tolist() == [26, 51, 54]
    assert table["region"].nunique() == 7
    assert (table[["name", "region", "continent", "basis"]] != "").all().all()
    assert (table.loc[table["income_group"] == "", "basis"] == "none").all()
    assert "NA" in set(table["economy"])


def test_overrides_take_the_place_of_an_economy() -> None:
    table = economies(as_of="2025-01-01", overrides=pd.DataFrame([OVERRIDE]))
    row = table.set_index("economy").loc["RU"]
    assert row.tolist() == ["Russia", "Europe", "Europe", "low", "2024-01-01", "override"]
    # not in force yet, and the shipped rows are gone
    early = economies(as_of="2023-12-01", overrides=pd.DataFrame([OVERRIDE]))
    assert "RU" not in set(early["economy"])


@pytest.mark.parametrize(
    ("as_of", "override", "sentence"),
    [
        ("2020-01-01", {}, "must not be before 2023-07-01"),
        ("someday", {}, "must be a day such as 2024-07-01"),
        ("2024-01-01", {"income_group": "rich"}, "income group 'rich': must be one of low"),
    ],
)
def test_dates_and_overrides_that_are_refused(
    as_of: str, override: dict[str, str], sentence: str
) -> None:
    overrides = pd.DataFrame([OVERRIDE | override])
    with pytest.raises(InputError, match=sentence):
        economies(as_of=as_of, overrides=overrides)
    with pytest.raises(InputError, match="overrides lack the columns region"):
        economies(as_of="2024-01-01", overrides=overrides.drop(columns="region"))


def test_labels_are_printed_with_their_star_and_slash() -> None:
    table = clusters(economies=["SG / MY", "CN / HK", "TW", "ZZ"])
    tables = report_tables(findings(table, separator=" / ", top=4), edition="gii-2023")
    assert tables["clusters_2023_top100"]["economy_iso2"].tolist() == [
        "SG/MY", "TW*", "CN/HK", "ZZ",
    ]  # fmt: skip
    assert tables["clusters_2023_top100"]["economy"].tolist() == [
        "Singapore/Malaysia", "Taiwan (Province of China)", "China/Hong Kong, China", "ZZ",
    ]  # fmt: skip
    # an economy that is not known has neither region nor group, and is not lost
    view = tables["clusters_by_economy"].set_index("economy")
    assert view.loc["ZZ", ["region", "income_group", "clusters_listed"]].tolist() == ["", "", 1]


def test_a_cross_border_cluster_is_counted_for_each_economy_but_for_one_region() -> None:
    tables = report_tables(findings(), edition="gii-2025")
    by_economy = tables["clusters_by_economy"].set_index("economy")
    assert by_economy["clusters_listed"].to_dict() == {
        "SG": 1, "MY": 1, "CH": 1, "DE": 1, "FR": 1, "GR": 1,
    }  # fmt: skip
    assert by_economy.loc["MY", "clusters_beyond"] == 1
    by_region = tables["clusters_by_region"]
    assert by_region[["region", "clusters_listed", "clusters_beyond", "total_share"]].to_numpy(
    ).tolist() == [
        ["Europe", 2, 0, 2.0],
        ["South East Asia, East Asia, and Oceania", 1, 1, 2.1],
    ]  # fmt: skip
    assert int(by_region["clusters_listed"].sum()) == 3
    # Malaysia has a cluster in the list already: Singapore's
    assert tables["economies_beyond_the_list"].empty


def test_equal_ranks_stand_in_the_order_of_names() -> None:
    tables = report_tables(findings(), edition="gii-2023")
    assert tables["clusters_2023_top100"]["cluster"].tolist() == ["Singapore", "Athens", "Basel"]


def test_what_a_run_does_not_know_is_missing() -> None:
    tables = report_tables(findings(), edition="gii-2025")
    size = tables["clusters_2025_appendix_table2"]
    unknown = ["pct_applications", "share_vc", "previous_rank", "rank_change",
               "rank_old_methodology"]  # fmt: skip
    assert size[unknown].isna().all().all()
    assert size["total_share"].tolist() == [2.0, 1.0, 1.0]
    shown = printed(size, TABLES["clusters_2025_appendix_table2"].headings)
    assert shown["Rank change (a)"].tolist() == ["n.a."] * 3
    for name in ("clusters_2025_appendix_table3_intensity", "clusters_2025_table3_intensity_top10",
                 "clusters_2025_appendix_table1_geocoding"):  # fmt: skip
        assert tables[name].empty
        assert list(tables[name]) == [each.name for each in TABLES[name].headings]
    assert (tables["clusters_2025_table1_top_by_economy"]["top_applicant"] == "").all()


def test_leaders_are_shown_under_their_short_names() -> None:
    leaders = pd.DataFrame(
        {"cluster": [1, 1, 2], "rank": [2, 1, 1], "applicant": ["Second", "Long Name Ltd", "X"]}
    )
    given = findings(applicants=leaders, shown_as={"Long Name Ltd": "LN"})
    table = report_tables(given, edition="gii-2025")["clusters_2025_table1_top_by_economy"]
    assert table["top_applicant"].tolist() == ["LN", "", "X"]
    assert table["cluster"].tolist() == ["Singapore", "Athens", "Basel"]


def test_changes_are_shown_where_they_are_known() -> None:
    change = pd.DataFrame(
        {"cluster": [1, 2], "rank_before": pd.array([3, None], dtype="Int64"),
         "change": pd.array([2, None], dtype="Int64")}
    )  # fmt: skip
    tables = report_tables(findings(change=change), edition="gii-2024")
    best = tables["clusters_2024_table5_top_by_economy"]
    headings = TABLES["clusters_2024_table5_top_by_economy"].headings
    assert printed(best, headings)["Rank change"].tolist() == ["2", "n.a.", "n.a."]


def test_tables_by_edition() -> None:
    assert "clusters_2024_table8_africa" in table_names("africa-2024")
    assert "clusters_2024_table8_africa" not in table_names("gii-2024")
    assert table_names("my-own") == table_names("gii-2025")
    sheets = [table.sheet for table in TABLES.values()]
    assert len(set(sheets)) == len(sheets)
    assert max(map(len, sheets)) <= 31
    for table in TABLES.values():
        headings = [each.heading for each in table.headings]
        assert len(set(headings)) == len(headings)


def test_a_ranking_without_names_is_refused() -> None:
    with pytest.raises(InputError, match="the ranking lacks the columns name"):
        findings(clusters().drop(columns="name"))


def test_numbers_are_rounded_by_form() -> None:
    forms = {"whole": 2.5, "count": 117542.4, "amount": 0.005, "share": 2.675, "tenths": 5.4453,
             "percent": 99.95}  # fmt: skip
    table = pd.DataFrame({form: [value, None] for form, value in forms.items()}).assign(text="x")
    headings = [Heading(form, form.title(), form) for form in (*forms, "text")]
    assert headed(table, headings).iloc[0].tolist() == [
        2, 117542.0, 0.01, 2.67, 5.4, 100.0, "x",
    ]  # fmt: skip
    shown = printed(table, headings)
    assert shown.iloc[0].tolist() == ["2", "117,542.00", "0.01", "2.67", "5.4%", "100", "x"]
    assert shown.iloc[1].tolist() == ["n.a."] * 6 + ["x"]
    with pytest.raises(InputError, match="columns nothing are missing"):
        headed(table, [Heading("nothing", "", "share")])


def test_markdown_escapes_what_would_break_a_table() -> None:
    table = pd.DataFrame({"Share": ["2.4%", "n.a."], "Name": ["a|b", "two\nlines"]})
    assert markdown_text(table) == (
        "| Share | Name |\n| ---: | :--- |\n| 2.4% | a\\|b |\n| n.a. | two lines |\n"
    )


def drawn(**columns: list[Any]) -> gpd.GeoDataFrame:
    table = clusters(
        latitude=[1.3, 47.6, 38.0, 1.5], longitude=[103.8, 7.6, 23.7, 103.7],
        intensity_rank=pd.array([2, 1, None, None], dtype="Int64"), **columns,
    )  # fmt: skip
    grounds = [shapely.Point(x, y).buffer(0.05)
               for x, y in zip(table["longitude"], table["latitude"], strict=True)]  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=grounds, crs=4326)


def test_only_regions_with_ranked_clusters_are_drawn() -> None:
    assert inset_names(drawn(), INSETS) == [
        "europe", "malaysia-and-singapore", "europe-intensity",
    ]  # fmt: skip
    without = drawn().drop(columns="intensity_rank")
    assert inset_names(without, INSETS) == ["europe", "malaysia-and-singapore"]
    noise = pd.DataFrame({"latitude": [50.0], "longitude": [5.0], "addresses": [9]})
    insets = {name: INSETS[name] for name in ("europe-intensity", "india")}
    figures = inset_maps(drawn(), noise, insets=insets, caption="", rank_bands=[25, 50], labelled=9)
    assert list(figures) == ["europe-intensity"]
    texts = [text.get_text() for text in figures["europe-intensity"].axes[0].texts]
    assert "Basel" in texts
    # Athens has no rank by intensity
    assert "Athens" not in texts
    with pytest.raises(InputError, match="by = 'beauty': must be one of size, intensity"):
        inset_names(drawn(), {"x": Inset("X", (0.0, 0.0, 1.0, 1.0), "beauty")})


def test_edges_belong_to_an_extent_and_the_antimeridian_is_crossed() -> None:
    places = pd.DataFrame({"latitude": [0.0, 10.0, 11.0], "longitude": [170.0, -170.0, 180.0]})
    assert inside(places, (170.0, 0.0, -170.0, 10.0)).tolist() == [True, True, False]
    assert inside(places, (-180.0, 0.0, 175.0, 10.0)).tolist() == [True, True, False]


def test_charts_show_the_numbers_of_their_tables() -> None:
    table = clusters(
        share_patents=[0.04, 0.02, 0.01, np.nan], share_publications=[0.01, 0.02, 0.03, np.nan],
        patents_per_million=[5.0, 7.0, np.nan, np.nan], population=[1e6, 2e6, np.nan, np.nan],
        total_per_million=[2.0, 3.0, np.nan, np.nan],
        intensity_rank=pd.array([2, 1, None, None], dtype="Int64"),
    )  # fmt: skip
    tables = report_tables(findings(table), edition="gii-2025")
    leaders = leaders_figure(tables["leaders_by_indicator"], title="L", caption="c")
    # no deals, no panel of deals
    assert [axes.get_title(loc="left") for axes in leaders.axes] == [
        "Scientific publications: share of the world, %", "PCT applications: share of the world, %",
    ]  # fmt: skip
    assert [text.get_text() for text in leaders.axes[1].texts] == ["4.00", "2.00", "1.00"]
    intense = tables["clusters_2025_appendix_table3_intensity"]
    per_head = per_capita_figure(intense, ["Basel"], first=15, title="P", caption="c")
    assert [label.get_text() for label in per_head.axes[0].get_yticklabels()] == [
        "Basel", "Singapore",
    ]  # fmt: skip
    colours = {bar.get_facecolor() for bar in per_head.axes[0].patches}
    assert len(colours) == 2
    assert figure_bytes(per_head, form="svg") == figure_bytes(
        per_capita_figure(intense, ["Basel"], first=15, title="P", caption="c"), form="svg"
    )


def test_charts_of_nothing_are_refused() -> None:
    tables = report_tables(findings(), edition="gii-2025")
    with pytest.raises(InputError, match="no leaders by indicator to show"):
        leaders_figure(tables["leaders_by_indicator"], title="", caption="")
    intense = tables["clusters_2025_appendix_table3_intensity"]
    with pytest.raises(InputError, match="no intensities to show"):
        per_capita_figure(intense, [], first=15, title="", caption="")
    with pytest.raises(InputError, match="no counts of clusters to show"):
        economies_figure(tables["economy_cluster_counts"].iloc[:0], title="", caption="")


def test_the_extended_ranking_goes_on_where_the_list_ends() -> None:
    table = report_tables(findings(), edition="gii-2025")["clusters_beyond_the_list"]
    assert table.to_numpy().tolist() == [[4, "Johor", "MY", 0.1]]


def test_names_that_the_report_explains_are_short() -> None:
    name = "Massachusetts Institute of Technology"
    leaders = pd.DataFrame({"cluster": [1], "rank": [1], "organisation": [name]})
    tables = report_tables(findings(organisations=leaders), edition="gii-2025")
    assert tables["clusters_2025_table1_top_by_economy"]["top_organization"][0] == "MIT"


def test_a_workbook_holds_every_table_with_its_numbers(tmp_path: Path) -> None:
    tables = report_tables(findings(), edition="gii-2025")
    for name in ("one.xlsx", "two.xlsx"):
        write_report_workbook(tables, tmp_path / name, about={"data": "an example"})
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    sheets = pd.read_excel(tmp_path / "one.xlsx", sheet_name=None, keep_default_na=False)
    assert list(sheets) == [*(TABLES[name].sheet for name in tables), "About"]
    size = sheets["2025 Appendix IV Table 2"]
    assert size["Total"].tolist() == [2.0, 1.0, 1.0]
    assert size["PCT applications"].tolist() == ["n.a."] * 3
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert book["2025 Figure 1"]["C2"].number_format == '0.0"%"'
    about = {row[0].value: row[1].value for row in book["About"].rows}
    assert about["data"] == "an example"
    assert about["By region"] == "Clusters by region of the world"
    # and what is written is read again as what it is
    name, table = read_table(tmp_path / "one.xlsx", against="clusters_2025_appendix_table2")
    assert name == "clusters_2025_appendix_table2"
    assert table["total_share"].tolist() == [2.0, 1.0, 1.0]
    assert table["vc_deals"].isna().all()


def test_a_page_holds_every_table_under_its_title() -> None:
    tables = report_tables(findings(), edition="gii-2025")
    page = markdown_page(tables, title="A run", about={"data": "SYNTHETIC", "note": ""})
    assert page.startswith("# A run\n\n- data: SYNTHETIC\n\n## Figure 1 Top 10")
    assert page.count("\n## ") == len(tables)
    assert "\n| 1 | Singapore | SG/MY |  |  |\n" in page
    assert "Appendix IV - Table 3: Innovation intensity ranking, 2025\n\nNo rows.\n" in page


def test_tables_that_are_none_of_the_reports_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'other' is no table of the reports"):
        markdown_page({"other": clusters()}, title="", about={})
    with pytest.raises(InputError, match="'other' is no table of the reports"):
        write_report_workbook({"other": clusters()}, tmp_path / "x.xlsx", about={})
