"""Run folders, a server, the exports and a browser: one each for all browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
import tomllib
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hubscan import demonstration, runs
from hubscan.edition import load_edition
from hubscan.explorer import export, server
from hubscan.indexing import reproduce_set2024
from hubscan.robustness import studies, study_files
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

HOUSE = Path(__file__).resolve().parents[2]
PAGE = HOUSE / "src" / "hubscan" / "explorer" / "assets" / "index.html"
AXE = HOUSE / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCALE = 0.005
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Quiet:
    """A watcher that says nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: Any) -> None:  # noqa: ANN401 - a record that is not looked at
        """Take note of nothing."""


class Opened:
    """A page, everything it asked for, and every error it had."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )

    def outside(self, home: str) -> list[str]:
        """Return the requests that went elsewhere."""
        own = (home, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Make two runs of the synthetic world, one by an older method, and the published index."""
    home = tmp_path_factory.mktemp("explorer")
    made = []
    for edition in ("gii-2025", "gii-2024"):
        out = home / edition
        demonstration.demonstrated(
            out, scale=SCALE, edition=edition, seed=2025, threads=1, watcher=Quiet()
        )
        made.append(out)
    reproduce_set2024(home / "set-2024", weights="implied", watcher=Quiet())
    return [*made, home / "set-2024"]


@pytest.fixture(scope="session")
def studied(folders: list[Path]) -> Path:
    """Run the same world with the change of ranks, and study how sure they are."""
    home = folders[0].parent
    inputs = next((home / ".hubscan").glob("world-*")) / "inputs.toml"
    edition = load_edition("gii-2025").replace("cluster.threshold", "share")
    out, work = home / "studied", home / ".hubscan" / "studied"
    machine = runs.Machine(1, None, work, "duckdb", "local", evidence=True, change=True)
    runs.run(edition, inputs, out, root=None, machine=machine, watcher=Quiet())
    plan = studies.Plan(4, "document", 1, 0.9, 0)
    opened, found = studies.studied(out, plan, work=work, workers=1, watcher=Quiet())
    study_files.write_study(opened, found, plan, figures=lambda *_: {})
    return out


@pytest.fixture(scope="session")
def address(folders: list[Path]) -> Iterator[str]:
    """Serve the folders on this machine."""
    with served_at(folders) as found:
        yield found


@contextmanager
def served_at(folders: list[Path]) -> Iterator[str]:
    """Serve folders on this machine, on a port that is free."""
    import uvicorn  # noqa: PLC0415 - an optional extra

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    app = server.application(opened_runs(folders))
    served = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=lambda: served.run(sockets=[listening]), daemon=True)
    thread.start()
    while not served.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    served.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; its driver holds the thread's event loop until it is stopped."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only these tests need it

    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not (found and PAGE.is_file() and AXE.is_file()):
        needed = "a browser (apt-get install chromium) and the page (make web) are needed"
        # where everything is set up, nothing may be passed over
        assert not os.environ.get("CI"), needed
        pytest.skip(needed)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Opened]]:
    """Open pages of the explorer, closed at the end of the test."""
    contexts = []

    def visited(
        link: str = "", *, home: str | None = None, width: int = 1000, offline: bool = False
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 600},
            reduced_motion="reduce",
            locale="en",
            offline=offline,
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.goto((home or address) + link)
        opened.page.wait_for_selector("body[data-ready]", timeout=90_000)
        return opened

    yield visited
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def single_file(folders: list[Path]) -> Path:
    """Export everything as one file."""
    target = folders[0].parent / "explorer.html"
    export.write_page(opened_runs(folders), target)
    return target


@pytest.fixture(scope="session")
def site(folders: list[Path]) -> Path:
    """Export the first run and the index as a folder."""
    target = folders[0].parent / "site"
    export.write_site(opened_runs([folders[0], folders[2]]), target)
    return target


@pytest.fixture(scope="session")
def serving() -> Callable[[list[Path]], AbstractContextManager[str]]:
    """Return a way to serve further folders."""
    return served_at


@pytest.fixture(scope="session")
def edition_of() -> Callable[[Path], dict[str, Any]]:
    """Read an edition file."""
    return lambda path: tomllib.loads(path.read_text("utf-8"))
