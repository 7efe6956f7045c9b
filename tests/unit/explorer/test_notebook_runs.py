"""Runs in Python: plain tables that are the caller's own, and an explorer that starts and stops."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import httpx
import pandas as pd
import pytest

import hubscan
from hubscan.errors import InputError
from hubscan.explorer import server

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.notebook import Run


@pytest.fixture
def run(run_path: Path) -> Run:
    """Return the four towns."""
    return hubscan.open_run(run_path)


def test_tables_are_those_of_the_folder_and_the_callers_own(run: Run, run_path: Path) -> None:
    written = pd.read_parquet(run_path / "ranking.parquet")
    pd.testing.assert_frame_equal(run.ranking, written.sort_values("rank", ignore_index=True))
    mine, counts = run.ranking, run.table("counts")
    mine["name"] = "changed"
    counts["count"] = 0.0
    assert (run.ranking["name"] != "changed").all()
    assert run.table("counts")["count"].sum() > 0
    assert isinstance(run.footprints, gpd.GeoDataFrame)
    assert run.footprints.crs.to_epsg() == 4326
    assert len(run.places) == len(pd.read_parquet(run_path / "membership.parquet"))
    assert {"ranking", "membership", "evidence"} <= set(run.tables)
    assert run.edition.get("cluster.radius_km") == 15.0
    assert repr(run).startswith(f"Run of {len(written)} clusters in ")


def test_what_is_not_there_is_a_sentence_with_its_command(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hubscan uncertainty RUN"):
        _ = run.intervals
    with pytest.raises(InputError, match=r"has no \.\./ranking\.parquet"):
        run.table("../ranking")
    with pytest.raises(InputError, match=r"has no run\.json"):
        hubscan.open_run(tmp_path)
    with pytest.raises(InputError, match="has no cluster 99"):
        run.brief(99)
    assert run.brief(1).startswith(b"%PDF")


def test_the_explorer_is_served_for_frames_of_this_machine_and_stops(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "page_files", lambda: {"index.html": b"<p>page</p>"})
    explorer = run.explore(height=300)
    try:
        assert explorer.address.startswith("http://127.0.0.1:")
        answer = httpx.get(explorer.address, trust_env=False)
        assert answer.content == b"<p>page</p>"
        policy = answer.headers["content-security-policy"]
        assert f"frame-ancestors {server.FRAMING}" in policy
        assert "default-src 'none'" in policy
        assert "x-frame-options" not in answer.headers
        shown = explorer._repr_html_()
        assert f'<iframe src="{explorer.address}"' in shown
        assert 'height="300"' in shown
    finally:
        explorer.stop()
        explorer.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(explorer.address, trust_env=False)


def test_public_names_are_there_and_nothing_else() -> None:
    for name in hubscan.__all__:
        assert getattr(hubscan, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'open_rum'"):
        _ = hubscan.open_rum  # type: ignore[attr-defined] - that is what is tested
    assert importlib.import_module("hubscan.notebook").open_run is hubscan.open_run


def test_a_name_is_imported_when_it_is_asked_for() -> None:
    told = "print('pandas' in sys.modules)"
    code = f"import sys, hubscan; {told}; hubscan.open_run; {told}"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    assert shown.stdout.split() == ["False", "True"]
