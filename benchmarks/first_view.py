"""When the explorer's first view is there: list, map at rest, places, by the page's clock."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

FLAGS: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
)
MARKS: Final = {
    "list": "the ranking is listed",
    "ready": "the map with its clusters is at rest",
    "points": "places are drawn too, and the map is at rest",
}
WATCHING: Final = """
new MutationObserver(() => {
  const seen = document.body ? {...document.body.dataset} : {};
  if (document.querySelector('#ranking li')) seen.list = '1';
  for (const name of ['list', 'ready', 'points'])
    if (seen[name] && !performance.getEntriesByName(name).length) performance.mark(name);
}).observe(document, {subtree: true, childList: true, attributes: true});
"""
"""Marks on the page's own clock, which begins when the page is asked for."""

_PORT: Final = 8797
_PATIENCE_S: Final = 120


@contextmanager
def served(run: str, port: int) -> Iterator[str]:
    """Serve a run, and give its address once everything the first view needs was made."""
    command = [sys.executable, "-m", "hubscan.cli", "explore", run, "--port", str(port)]
    home = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _warm(home)
        yield home
    finally:
        process.terminate()
        process.wait()


def _warm(home: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            for path in ("", "api/v1/runs/0/points.bin", "api/v1/base-small.json"):
                urllib.request.urlopen(home + path).read()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(5)  # what the server compiles in the background for questions
            return
    sys.exit("first_view: the server did not start")


def first_view(browser: Browser, home: str, width: int, height: int) -> dict[str, Any]:
    """Return seconds to each mark in a fresh page with nothing kept, and what was asked for."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.add_init_script(WATCHING)
    page.goto(home, wait_until="commit")
    page.wait_for_selector("body[data-points]", timeout=1000 * _PATIENCE_S)
    marks = page.evaluate(
        "Object.fromEntries(performance.getEntriesByType('mark').map(m => [m.name, m.startTime]))"
    )
    asked = page.evaluate(
        "performance.getEntriesByType('resource').map(r =>"
        " [r.name, r.responseEnd, r.encodedBodySize])"
    )
    context.close()
    before = [one for one in asked if one[1] <= marks["ready"]]
    seconds = {name: marks[name] / 1000 for name in MARKS}
    return {**seconds, "requests": len(before), "kilobytes": sum(one[2] for one in before) / 1000}


def table(rounds: list[dict[str, Any]]) -> str:
    """Return the least, the median and the most of each figure."""
    lines = [f"{'':<46}{'least':>8}{'median':>8}{'most':>8}"]
    for name, meaning in MARKS.items():
        found = [one[name] for one in rounds]
        figures = (min(found), statistics.median(found), max(found))
        lines.append(f"{meaning:<46}" + "".join(f"{figure:>8.2f}" for figure in figures))
    last = rounds[-1]
    lines.append(f"before the map: {last['requests']} requests, {last['kilobytes']:.0f} kB packed")
    return "\n".join(lines)


def main() -> None:
    """Measure, and print seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", help="a run folder, such as hubscan demo makes")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--fresh", action="store_true", help="start the browser anew each round")
    parser.add_argument("--json", action="store_true", help="print every round as JSON too")
    given = parser.parse_args()
    width, height = (int(part) for part in given.size.split("x"))
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    rounds: list[dict[str, Any]] = []
    with served(given.run, _PORT) as home, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for number in range(given.rounds):
            if given.fresh and number:
                browser.close()
                browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
            rounds.append(first_view(browser, home, width, height))
        browser.close()
    if given.json:
        print(json.dumps(rounds))
    print(
        f"seconds from the request of the page; {width} x {height}; load {os.getloadavg()[0]:.1f}"
    )
    print(table(rounds))


if __name__ == "__main__":
    main()
