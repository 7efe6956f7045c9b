"""The explorer in a browser: what people see, reach by keyboard, move, link to and save."""

from __future__ import annotations

import csv
import functools
import http.server
import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from hubscan.edition import load_edition

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

LONG = 60_000
AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.xdist_group("browser")


def names(page: Page) -> list[str]:
    return page.locator("#ranking .nm b").all_inner_texts()


def moved(page: Page, selector: str, value: float) -> None:
    """Drag a slider to a value."""
    page.evaluate(
        "([selector, value]) => { const e = document.querySelector(selector); e.value = value;"
        " e.dispatchEvent(new Event('input', {bubbles: true})); }",
        [selector, value],
    )


def until(page: Page, expression: str, argument: object = None) -> None:
    """Wait until an expression holds, evaluated by the debugger: the page's policy stays strict."""
    end = time.monotonic() + LONG / 1000
    while not page.evaluate(expression, argument):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(80)


def ranked(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "ranking.parquet").sort_values(["rank", "cluster"])


def test_the_list_is_the_ranking_and_nothing_is_asked_of_the_network(
    visit: Callable[..., Any], address: str, folders: list[Path]
) -> None:
    opened = visit()
    page = opened.page
    page.wait_for_selector("body[data-points]", timeout=LONG)
    assert names(page) == ranked(folders[0])["name"].tolist()
    first = page.locator("#ranking .val").first.inner_text()
    assert float(first) == round(100 * ranked(folders[0])["total_share"].iloc[0], 2)
    assert page.locator("#synthetic").inner_text() == "SYNTHETIC"
    assert opened.outside(address) == []
    assert opened.errors == []


def test_tabs_search_and_every_click_have_a_link(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    page = visit().page
    page.get_by_role("button", name="Publications", exact=True).click()
    table = ranked(folders[0]).sort_values("share_publications", ascending=False)
    assert names(page)[:5] == table["name"].head(5).tolist()
    page.get_by_label("Find a cluster or economy").fill("TOKYO")
    assert all("Tokyo" in name for name in names(page))
    page.locator("#ranking button").first.click()
    page.wait_for_selector("#profile-name")
    assert "by=publications" in page.url
    assert f"c={page.locator('#ranking button').first.get_attribute('data-id')}" in page.url
    assert page.locator("#right caption", has_text="All technology fields").count() == 1
    assert "Top patent applicants" in page.locator("#right").inner_text()


def test_a_click_on_the_map_opens_the_cluster_under_it_in_each_projection(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    best = ranked(folders[0]).iloc[0]
    centre = [float(best["longitude"]), float(best["latitude"])]
    drawn = (
        "at => explorerMap.queryRenderedFeatures(explorerMap.project(at),"
        " {layers: ['footprints']}).map(f => f.properties.id)"
    )
    page = visit("#hide=places,noise").page
    page.locator("#layers > summary").click()
    for projection in ("equal-earth", "globe", "mercator"):
        page.locator("#projection").select_option(projection)
        page.evaluate("at => void explorerMap.jumpTo({center: at, zoom: 7})", centre)
        until(page, f"at => ({drawn})(at).length > 0", centre)
        assert int(best["cluster"]) in page.evaluate(drawn, centre)
        pixel = page.evaluate("at => explorerMap.project(at)", centre)
        box = page.locator("#map").bounding_box()
        page.mouse.click(box["x"] + pixel["x"], box["y"] + pixel["y"])
        page.wait_for_selector("#profile-name")
        assert page.locator("#profile-name").inner_text() == best["name"]
        page.locator("#right .close").click()
        page.wait_for_selector("#right", state="hidden")


def test_the_keyboard_reaches_list_profile_and_back(visit: Callable[..., Any]) -> None:
    page = visit().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("Find a cluster or economy").focus()
    page.keyboard.type("Seoul")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#profile-name")
    assert page.locator("#profile-name").inner_text() == "Seoul"
    page.keyboard.press("Escape")
    page.wait_for_selector("#right", state="hidden")
    assert page.evaluate("document.activeElement.id") == "ranking"


def test_weights_move_ranks_at_once_and_the_link_keeps_them(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    page = visit().page
    page.locator("#what-if > summary").click()
    moved(page, "[data-weight=patents]", 0)
    moved(page, "[data-weight=publications]", 0)
    by_deals = ranked(folders[0]).sort_values("share_deals", ascending=False)["share_deals"]
    shown = [float(text) for text in page.locator("#ranking .val").all_inner_texts()]
    assert shown[:20] == [round(100 * share, 2) for share in by_deals.head(20)]
    again = visit(page.url[page.url.index("#") :]).page
    assert names(again) == names(page)


def test_another_radius_is_answered_and_the_chosen_cluster_stays(
    visit: Callable[..., Any],
    folders: list[Path],
    tmp_path: Path,
    edition_of: Callable[[Path], dict[str, Any]],
) -> None:
    opened = visit()
    page = opened.page
    page.get_by_role("button", name="Seoul").click()
    page.wait_for_selector("#profile-name")
    page.locator("#what-if > summary").click()
    moved(page, "[data-key='cluster.radius_km']", 28)
    page.wait_for_selector("body[data-answered]", timeout=LONG)
    said = page.locator("#status").inner_text()
    assert f"({len(ranked(folders[0]))} in the run)" in said
    assert page.locator("#profile-name").inner_text() == "Seoul"
    assert len(names(page)) != len(ranked(folders[0]))
    with page.expect_download() as saved:
        page.locator("#save-edition").click()
    target = tmp_path / "asked.toml"
    saved.value.save_as(target)
    assert load_edition(target).cluster.radius_km == 28.0
    assert edition_of(target)["name"] == "gii-2025"
    page.get_by_role("button", name="Back to the run").click()
    assert names(page) == ranked(folders[0])["name"].tolist()
    assert opened.errors == []


def test_a_question_out_of_range_is_answered_with_a_sentence(visit: Callable[..., Any]) -> None:
    page = visit("#ask=cluster.radius_km:9000").page
    until(page, "document.querySelector('#status').textContent.includes('between')")
    assert page.locator("#status").inner_text() == (
        "cluster.radius_km = 9000: must be between 1 and 60"
    )


def test_clusters_are_compared_side_by_side(visit: Callable[..., Any], folders: list[Path]) -> None:
    first, second, third = ranked(folders[0]).head(3).itertuples()
    page = visit(f"#v=compare&cmp={first.cluster},{second.cluster}").page
    table = page.get_by_role("table", name="Key numbers")
    assert table.locator("thead th").all_inner_texts()[1:] == [first.name, second.name]
    page.locator("#add-cluster").select_option(str(third.cluster))
    until(page, "document.querySelectorAll('.chips li').length === 3")
    assert page.url.endswith(f"cmp={first.cluster},{second.cluster},{third.cluster}")
    row = table.locator("tbody tr", has_text="Total share").locator("td").all_inner_texts()
    assert [float(text) for text in row] == [
        round(100 * one.total_share, 2) for one in (first, second, third)
    ]
    assert page.locator("figcaption", has_text="Technology fields").count() == 1


def test_editions_are_switched_and_ranks_drawn(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    page = visit("#v=editions").page
    rows = page.locator("[data-section=editions] tbody tr")
    assert rows.count() >= 100
    page.locator(".runs button").nth(1).click()
    until(page, "document.querySelector('#subtitle').textContent.includes('2024')")
    assert "r=1" in page.url
    page.locator("[data-view=world]").click()
    page.wait_for_selector("#ranking button")
    assert names(page) == ranked(folders[1])["name"].tolist()
    assert page.locator("[data-by=deals]").count() == 0


def test_index_weights_move_the_ranking_and_every_figure_is_drawn(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    opened = visit("#v=index")
    page = opened.page
    shown = page.locator("#index-ranking .nm b").all_inner_texts()
    table = pd.read_parquet(folders[2] / "ranking.parquet")
    assert shown == table["unit"].tolist()
    for name in ("scatter", "bubble", "intervals", "heat"):
        page.locator(f"[data-figure={name}]").click()
        page.wait_for_selector(f"[data-figure={name}][aria-pressed=true]")
        assert page.locator("#index-sheet svg[role=img]").count() == 1
    page.locator("#index-weights > summary").click()
    moved(page, "[data-node='1']", 1)
    moved(page, "[data-node='2']", 0)
    moved(page, "[data-node='3']", 0)
    scores = pd.read_parquet(folders[2] / "scores.parquet").sort_values("1", ascending=False)
    assert page.locator("#index-ranking .nm b").first.inner_text() == scores["unit"].iloc[0]
    values = [float(text) for text in page.locator("#index-ranking .val").all_inner_texts()]
    assert values == [round(score, 2) for score in scores["1"]]
    assert "iw=1:1,2:0,3:0" in page.url
    assert opened.errors == []


def test_quality_names_every_parameter_and_every_input_file(
    visit: Callable[..., Any], folders: list[Path]
) -> None:
    page = visit("#v=quality").page
    record = json.loads((folders[0] / "run.json").read_text("utf-8"))
    text = page.locator("[data-section=quality]").inner_text()
    edition = load_edition(folders[0] / "edition.toml")
    for key in edition.keys():  # noqa: SIM118 - not a mapping
        assert key in text
    for file in record["inputs"]["files"]:
        assert file["sha256"] in text
    assert "hubscan uncertainty RUN" in text


def test_downloads_open_and_hold_what_the_page_shows(
    visit: Callable[..., Any], folders: list[Path], tmp_path: Path
) -> None:
    page = visit().page
    table = ranked(folders[0])

    def saved(name: str) -> Path:
        page.locator("#downloads").click()
        with page.expect_download() as found:
            page.locator("#dialog").get_by_text(name, exact=True).click()
        target = tmp_path / found.value.suggested_filename
        found.value.save_as(target)
        page.keyboard.press("Escape")
        return target

    text = saved("Ranking as shown, CSV").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["name"] for row in rows] == table["name"].tolist()
    shapes = gpd.read_file(saved("Clusters as shown, GeoJSON"))
    assert sorted(shapes["id"].astype(int)) == sorted(table["cluster"])
    assert saved("Map as shown, PNG").read_bytes().startswith(b"\x89PNG")
    assert len(gpd.read_file(saved("clusters.gpkg"), layer="clusters")) == len(table)
    book = openpyxl.load_workbook(saved("ranking.xlsx"))
    assert book["ranking"].max_row == len(table) + 1
    book.close()
    page.locator("#ranking button").first.click()
    page.wait_for_selector("figure")
    with page.expect_download() as found:
        page.get_by_role("button", name="download SVG").first.click()
    assert "<svg" in found.value.path().read_text("utf-8")


@pytest.mark.parametrize(
    "link", ["", "#c=1&show=ties", "#v=compare&cmp=1,2", "#v=editions", "#v=index", "#v=quality"]
)
@pytest.mark.parametrize("width", [1000, 390])
def test_no_barrier_is_found_by_axe(visit: Callable[..., Any], link: str, width: int) -> None:
    page = visit(link, width=width).page
    if link in ("", "#c=1&show=ties"):
        page.evaluate("document.querySelectorAll('#mapwrap details').forEach(d => d.open = true)")
    # evaluated by the debugger, so that the page's own policy stays as it is
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:140], len(v["nodes"])) for v in found] == []


def test_a_phone_shows_one_part_at_a_time_without_sideways_scrolling(
    visit: Callable[..., Any],
) -> None:
    page = visit(width=390).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#ranking button").first.click()
    page.wait_for_selector("#profile-name", state="visible")
    page.locator("[data-pane-of=map]").click()
    assert page.evaluate("getComputedStyle(document.querySelector('#mapwrap')).visibility") == (
        "visible"
    )


def test_one_file_opens_from_disk_with_the_network_off(
    visit: Callable[..., Any], single_file: Path, folders: list[Path]
) -> None:
    opened = visit("#c=1", home=single_file.as_uri(), offline=True)
    page = opened.page
    page.wait_for_selector("body[data-points]", timeout=LONG)
    assert names(page) == ranked(folders[0])["name"].tolist()
    assert page.locator("#profile-name").count() == 1
    assert "This export holds no briefs" in page.locator("#right").inner_text()
    assert page.get_by_role("link", name="Brief, PDF").count() == 0
    page.locator("#what-if > summary").click()
    assert page.locator("#status").inner_text().startswith("The rule is fixed in this export")
    assert page.locator("[data-key='cluster.radius_km']").is_disabled()
    moved(page, "[data-weight=patents]", 0)
    assert names(page) != ranked(folders[0])["name"].tolist()
    assert opened.outside(single_file.as_uri()) == []
    assert opened.errors == []


def test_a_folder_works_behind_any_web_server(
    visit: Callable[..., Any], site: Path, folders: list[Path]
) -> None:
    handler = functools.partial(Quietly, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{served.server_port}/"
        opened = visit("#c=2", home=home)
        opened.page.wait_for_selector("body[data-points]", timeout=LONG)
        assert names(opened.page) == ranked(folders[0])["name"].tolist()
        assert opened.page.locator("#reset").count() == 1
        assert opened.outside(home) == []
        assert opened.errors == []
        served.shutdown()


class Quietly(http.server.SimpleHTTPRequestHandler):
    """A plain web server that keeps no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_faults_are_told_in_a_sentence(visit: Callable[..., Any], address: str) -> None:
    page = visit("#c=99999").page
    page.wait_for_selector("#right .empty")
    assert "does not exist" in page.locator("#right").inner_text()
    page = visit("#v=nonsense&r=77&w=a,b&cmp=x&by=../../etc&c=-1").page
    assert page.locator("#ranking button").count() > 0
    page.route("**/api/v1/index.json", lambda route: route.abort())
    page.goto(address + "?again")
    page.wait_for_selector(".fault")
    assert "can't be reached" in page.get_by_role("alert").inner_text()
