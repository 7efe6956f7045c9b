"""The first view asks for little, in parallel, and is laid out once; counts, not seconds."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")

LONG = 60_000
SVG = "{http://www.w3.org/2000/svg}"
MOST_REQUESTS, MOST_KILOBYTES = 10, 900
BEFORE = [
    "api/v1/base-small.json",
    "api/v1/index.json",
    "api/v1/runs/0/footprints.geojson",
    "api/v1/runs/0/ranking.json",
]
"""All that the map's first view needs of the API."""

RESOURCES = """() => performance.getEntriesByType('resource').map(r => ({
  path: r.name.replace(location.origin + '/', ''), start: r.startTime, end: r.responseEnd,
  kilobytes: r.encodedBodySize / 1000}))"""
LAID_OUT = """() => {
  globalThis.laidOut = [];
  explorerMap.on('sourcedataloading', event => laidOut.push(event.sourceId));
}"""


def asked(page: Page) -> dict[str, dict[str, float]]:
    return {one["path"]: one for one in page.evaluate(RESOURCES)}


def sources(page: Page) -> set[str]:
    return set(page.evaluate("Object.keys(explorerMap.getStyle().sources)"))


def test_the_first_view_asks_for_little_and_for_the_rest_afterwards(
    visit: Callable[..., Any], address: str
) -> None:
    opened = visit(width=1280)
    page = opened.page
    page.wait_for_selector("body[data-points]", timeout=LONG)
    found = asked(page)
    points = found["api/v1/runs/0/points.bin"]
    before = [one for one in found.values() if one["start"] < points["start"]]
    assert sorted(one["path"] for one in before if "api/" in one["path"]) == BEFORE
    assert len(before) <= MOST_REQUESTS
    assert sum(one["kilobytes"] for one in before) < MOST_KILOBYTES
    assert all(one["end"] <= points["start"] for one in before)
    # ranking, footprints, ground and worker are asked for one after the other, none waiting
    order = [path.removeprefix(address) for path in opened.requests]
    last = max(order.index(path) for path in BEFORE)
    begun = order.index("api/v1/index.json")
    assert {*order[begun : last + 1]} <= {*BEFORE, *(p for p in order if p.endswith(".mjs"))}
    assert opened.errors == []


def test_nothing_is_laid_out_twice_for_the_first_view_or_for_a_choice(
    visit: Callable[..., Any],
) -> None:
    page = visit("#hide=places").page
    page.wait_for_selector("body[data-points]", timeout=LONG)
    assert sources(page) == {"ground", "clusters", "labels", "points"}
    page.evaluate(LAID_OUT)
    page.locator("#ranking button").nth(3).hover()
    page.locator("[data-layer=noise]").evaluate("e => e.dispatchEvent(new Event('change'))")
    page.wait_for_timeout(300)
    assert page.evaluate("laidOut.filter(id => id !== 'points')") == []


def test_a_near_view_asks_for_the_whole_coast_once(visit: Callable[..., Any]) -> None:
    page = visit().page
    assert "api/v1/base.json" not in asked(page)
    for _ in range(2):
        page.evaluate("void explorerMap.jumpTo({center: [10, 48], zoom: 5})")
        page.wait_for_timeout(200)
        page.evaluate("void explorerMap.jumpTo({center: [10, 48], zoom: 1})")
    paths = [one["path"] for one in page.evaluate(RESOURCES)]
    assert paths.count("api/v1/base.json") == 1


def test_a_view_without_a_map_asks_for_none(visit: Callable[..., Any]) -> None:
    paths = set(asked(visit("#v=quality").page))
    assert not [path for path in paths if "base" in path or "worker" in path]


@pytest.mark.parametrize("projection", ["equal-earth", "globe", "mercator"])
@pytest.mark.parametrize("mode", ["server", "file"])
def test_the_map_is_saved_as_a_drawing_of_what_it_shows(
    visit: Callable[..., Any],
    single_file: Path,
    folders: list[Path],
    tmp_path: Path,
    projection: str,
    mode: str,
) -> None:
    home = None if mode == "server" else single_file.as_uri()
    page = visit(f"#p={projection}", home=home).page
    page.wait_for_selector("body[data-points]", timeout=LONG)
    page.locator("#downloads").click()
    with page.expect_download() as saved:
        page.locator("#dialog").get_by_text("Map as shown, SVG", exact=True).click()
    saved.value.save_as(tmp_path / "map.svg")
    drawing = ET.parse(tmp_path / "map.svg").getroot()  # noqa: S314 - our own file
    table = pd.read_parquet(folders[0] / "ranking.parquet")
    layers = {group.get("id"): group for group in drawing.iter(f"{SVG}g")}
    assert layers["land"].find(f"{SVG}path").get("fill") == "rgba(251,250,246,1)"
    symbols = layers["symbols"].findall(f"{SVG}circle")
    spots = {(float(one.get("cx")), float(one.get("cy"))) for one in symbols}
    best = table.sort_values("rank").iloc[0]
    at = page.evaluate(
        "at => explorerMap.project(at)", [float(best["longitude"]), float(best["latitude"])]
    )
    if projection != "globe":  # the best one is on its far side
        assert min(abs(x - at["x"]) + abs(y - at["y"]) for x, y in spots) < 0.3
        assert len(symbols) == len(table)
    assert 5 < len(symbols) <= len(table)
    names = {"".join(text.itertext()).replace("–", "") for text in layers["names"]}
    assert len(names) > 3
    words = "".join(layers["notes"].itertext())
    assert "SYNTHETIC" in words
    assert "borders imply no opinion" in words
    assert {one.tag for one in drawing.iter()} <= {
        SVG + tag for tag in ("svg", "title", "rect", "g", "path", "circle", "text", "tspan", "use")
    }
