"""The commands of the explorer: exports written, faults told, the server found where it says."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from hubscan import cli_explorer
from hubscan.console import Screen
from hubscan.errors import InputError
from hubscan.explorer import export, serving

if TYPE_CHECKING:
    from pathlib import Path

PAGE = {
    "index.html": b'<html><head><script type="module" src="./assets/i.js"></script>'
    b'<link rel="stylesheet" href="./assets/i.css"></head><body></body></html>',
    "assets/i.js": b"1",
    "assets/i.css": b"",
    "assets/worker.mjs": b"",
}


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """Return the commands as the command line has them, with a stand-in for the built page."""
    monkeypatch.setattr(export, "page_files", lambda: dict(PAGE))
    found = typer.Typer()

    @found.callback()
    def _options(context: typer.Context) -> None:
        context.obj = Screen(quiet=True, as_json=True)

    found.command()(cli_explorer.explore)
    found.add_typer(cli_explorer.export_app, name="export")
    return found


def test_both_exports_say_where_and_how_large(
    app: typer.Typer, run_path: Path, tmp_path: Path
) -> None:
    ran = CliRunner().invoke(app, ["export", "html", str(run_path), str(tmp_path / "a.html")])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["bytes"] == (tmp_path / "a.html").stat().st_size
    ran = CliRunner().invoke(app, ["export", "site", str(run_path), str(tmp_path / "site")])
    assert ran.exit_code == 0, ran.output
    written = sum(p.stat().st_size for p in (tmp_path / "site").rglob("*") if p.is_file())
    assert json.loads(ran.stdout)["bytes"] == written


def test_a_folder_that_is_no_run_is_one_sentence(app: typer.Typer, tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["export", "html", str(tmp_path), str(tmp_path / "a.html")])
    assert isinstance(ran.exception, InputError)
    assert "has no run.json" in str(ran.exception)
    assert not (tmp_path / "a.html").exists()


def test_a_browser_that_comes_before_the_server_waits() -> None:
    with serving.listening_socket("127.0.0.1", 0) as listening:
        address = listening.getsockname()[:2]
        with socket.create_connection(address, timeout=5) as early:
            assert early.getpeername()[:2] == address
