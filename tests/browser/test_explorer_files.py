"""Files that the page gives: briefs, spreadsheets, pictures; each is opened and looked into."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.xdist_group("browser")


def saved(page: Page, button: Locator, folder: Path) -> Path:
    """Click, and keep what is downloaded under the name it is given."""
    with page.expect_download() as found:
        button.click()
    target = folder / found.value.suggested_filename
    found.value.save_as(target)
    return target


def from_dialog(page: Page, name: str, folder: Path) -> Path:
    page.locator("#downloads").click()
    target = saved(page, page.locator("#dialog").get_by_text(name, exact=True), folder)
    page.keyboard.press("Escape")
    return target


def test_the_brief_of_the_chosen_cluster_is_a_click_away(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    opened = visit()
    page = opened.page
    page.get_by_role("button", name="Seoul").click()
    brief = saved(page, page.get_by_role("link", name="Brief, PDF"), tmp_path)
    assert brief.name == "kr-seoul.pdf"
    assert brief.read_bytes().startswith(b"%PDF")
    assert opened.errors == []


def test_a_spreadsheet_holds_the_list_as_sorted_and_found(
    visit: Callable[..., Any], folders: list[Path], tmp_path: Path
) -> None:
    page = visit("#by=publications").page
    page.get_by_label("Find a cluster or economy").fill("JP")
    book = openpyxl.load_workbook(from_dialog(page, "Ranking as shown, Excel", tmp_path))
    head, *rows = book["ranking"].iter_rows(values_only=True)
    book.close()
    table = pd.read_parquet(folders[0] / "ranking.parquet")
    table["place"] = table["share_publications"].rank(ascending=False, method="min")
    wanted = page.locator("#ranking .nm b").all_inner_texts()
    assert [row[head.index("name")] for row in rows] == wanted
    assert 0 < len(wanted) < len(table)
    by_name = table.set_index("name")
    for row in rows:
        assert row[0] == by_name.loc[row[head.index("name")], "place"]
        share = row[head.index("share_publications")]
        assert share == pytest.approx(by_name.loc[row[2], "share_publications"], rel=1e-6)


def test_pictures_of_each_view_open_and_are_not_empty(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit("#c=1").page
    page.wait_for_selector("#right figure")
    pictures = [from_dialog(page, "Map as shown, PNG", tmp_path)]
    pages = ["#c=1", "#v=compare&cmp=1,2", "#v=editions", "#v=index"]
    for number, link in enumerate(pages):
        page = visit(link).page
        page.wait_for_selector("figure svg")
        folder = tmp_path / str(number)
        folder.mkdir()
        first = page.locator("figure").first
        vector = saved(page, first.get_by_role("button", name="download SVG"), folder)
        root = ET.fromstring(vector.read_text("utf-8"))  # noqa: S314 - written by the page under test
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert len(list(root.iter())) > 5
        pictures.append(saved(page, first.get_by_role("button", name="download PNG"), folder))
        wide, high = (float(n) for n in root.attrib["viewBox"].split()[2:])
        with Image.open(pictures[-1]) as image:
            assert image.size == (round(3 * wide), round(3 * high))
    for path in pictures:
        with Image.open(path) as image:
            colours = image.convert("RGB").getcolors(1 << 24)
            assert colours is not None
            assert len(colours) > 10


def test_ranks_over_runs_stand_in_the_profile(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    page = visit().page
    page.get_by_role("button", name="Seoul").click()
    figure = page.locator("#right figure", has_text="Rank, run by run")
    figure.wait_for()
    figure.locator("summary").click()
    cells = figure.locator("tbody td").all_inner_texts()
    ranks = [
        pd.read_parquet(folder / "ranking.parquet").set_index("name").loc["Seoul", "rank"]
        for folder in (folders[1], folders[0])  # in the order of their years
    ]
    assert [int(cell) for cell in cells] == ranks


def test_output_by_year_stands_in_the_profile(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    page = visit("#c=1").page
    figure = page.locator("#right figure", has_text="Output by year")
    figure.wait_for()
    figure.locator("summary").click()
    cells = [row.locator("th, td").all_inner_texts() for row in figure.locator("tbody tr").all()]
    shown = {(name, int(year)): float(count.replace(",", "")) for name, year, count in cells}
    table = pd.read_parquet(folders[0] / "profiles" / "yearly_counts.parquet")
    for row in table[table["cluster"] == 1].itertuples():
        assert shown[row.indicator.capitalize(), row.year] == round(row.count, 1)


@pytest.mark.slow
def test_intervals_isolines_and_changes_are_shown_as_a_run_writes_them(
    visit: Callable[..., Any],
    studied: Path,
    serving: Callable[[list[Path]], AbstractContextManager[str]],
) -> None:
    intervals = pd.read_parquet(studied / "uncertainty" / "rank_intervals.parquet")
    change = pd.read_parquet(studied / "change.parquet").set_index("cluster")
    with serving([studied]) as home:
        opened = visit("#show=isolines", home=home)
        page = opened.page
        shown = {
            int(item.get_attribute("data-id")): item.locator(".interval").inner_text()
            for item in page.locator("#ranking button").all()[:30]
        }
        told = intervals.set_index("cluster")
        assert shown == {c: f"{told.loc[c, 'lower']}–{told.loc[c, 'upper']}" for c in shown}
        moved = change[change["rank_change"].fillna(0) != 0].index[0]
        button = page.locator(f"#ranking button[data-id='{moved}']")
        assert (
            str(abs(change.loc[moved, "rank_change"]))
            in button.locator(".up, .down").first.inner_text()
        )
        button.click()
        page.wait_for_selector("#right figure")
        assert "90 %:" in page.locator("#right .cards").inner_text()
        assert page.locator("#right figure", has_text="Rank, run by run").count() == 1
        page.locator("[data-by=growth]").click()
        best = change["growth_percent"].max()
        assert float(page.locator("#ranking .val").first.inner_text()) == round(best, 2)
        drawn = "explorerMap.queryRenderedFeatures({layers: ['isolines']}).length"
        end = time.monotonic() + 30
        while not page.evaluate(drawn):
            assert time.monotonic() < end
            page.wait_for_timeout(100)
        assert opened.errors == []
