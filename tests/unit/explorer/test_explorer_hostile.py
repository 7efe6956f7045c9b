"""The API asked anything, and run folders that are broken: one sentence, never a traceback."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from hostile import DAMAGE, VALUES, cases, damaged
from hypothesis import given
from hypothesis import strategies as st

from hubscan import reporting
from hubscan.errors import HubscanError
from hubscan.explorer import server
from hubscan.explorer.resources import library
from hubscan.robustness.folders import opened_run
from hubscan.run_folder import opened_runs
from hubscan.verification.reading import read_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostile import Step

PARTS = (
    "..", ".", "", "api", "v1", "runs", "0", "1", "-1", "files", "run.json", "ranking.json",
    "%2e%2e", "%2f", "%00", "etc", "passwd", "clusters", "what-if", "footprints", "²", "٣", "\\",
    "index.html", "C:", "%c0%ae", "99999999999999999999", "assets", "base.json", "a" * 3000,
)  # fmt: skip
KEYS = ("cluster.radius_km", "cluster.min_share", "rank.weights", "name", "merge", "", "__class__")


@pytest.fixture(scope="module", autouse=True)
def _page() -> Iterator[None]:
    """Stand in for the built page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(server, "page_files", lambda: {"index.html": b"page"})
        yield


def asked(app: Any, method: str, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
    """Send one request to an application."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, f"http://127.0.0.1{path}", **content)

    return anyio.run(sent)


def test_whatever_is_asked_is_answered_or_refused(run_path: Path) -> None:
    app = server.application(opened_runs([run_path]))
    listed = {f"/{path}" for path in library(opened_runs([run_path]), live=True).resources}

    @cases(60)
    @given(
        st.sampled_from(("GET", "HEAD", "POST", "PUT")),
        st.lists(st.sampled_from(PARTS), max_size=7),
    )
    def tried(method: str, parts: list[str]) -> None:
        found = asked(app, method, "/" + "/".join(parts))
        assert found.status_code in {200, 404, 405, 414, 415}
        if found.status_code == 200:
            assert found.request.url.path in {*listed, "/", "/index.html"}
        elif method != "HEAD":
            assert set(found.json()) == {"error"}

    tried()


def test_whatever_is_posted_is_answered_or_refused(run_path: Path) -> None:
    app = server.application(opened_runs([run_path]))
    bodies = st.one_of(
        st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=3).map(json.dumps),
        st.sampled_from(["", "[]", "null", "{", '{"a":' * 3000, "[" * 3000, "1e999", '"\\ud800"']),
        st.text(max_size=30),
    )

    @cases(60)
    @given(bodies, st.sampled_from(("", "/footprints")))
    def tried(body: str, end: str) -> None:
        content = body.encode(errors="replace")
        kind = {"content-type": "application/json"}
        found = asked(app, "POST", f"/api/v1/runs/0/what-if{end}", content=content, headers=kind)
        assert found.status_code in {200, 400, 413, 422}
        if found.status_code != 200:
            assert set(found.json()) == {"error"}

    tried()


READERS: dict[str, Callable[[Path], object]] = {
    "explore": lambda path: [
        answer.make() for answer in library(opened_runs([path]), live=False).resources.values()
    ],
    "uncertainty": opened_run,
    "figures": reporting.report_figures,
    "verify": read_run,
}


@pytest.mark.parametrize("reader", READERS)
def test_a_broken_run_folder_is_a_sentence(run_path: Path, reader: str) -> None:
    names = sorted(path.name for path in run_path.iterdir())

    @cases(12)
    @given(st.sampled_from(names), DAMAGE)
    def tried(name: str, steps: list[Step]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "run"
            shutil.copytree(run_path, copy)
            (copy / name).write_bytes(damaged((copy / name).read_bytes(), steps))
            try:
                READERS[reader](copy)
            except HubscanError as error:
                said = str(error)
            else:
                return
        assert said
        assert len(said) < 20_000

    tried()
