"""What can be fetched, the manifest beside it, OpenAlex page by page, and the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
from typer.testing import CliRunner

from hubscan import cli_remote
from hubscan.console import Screen
from hubscan.errors import InputError
from hubscan.remote import (
    Entry,
    Policy,
    fetch_works,
    listing,
    read_manifest,
    remote_named,
    remotes,
    snapshot_parts,
    with_entry,
    write_manifest,
)

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

POLICY = Policy(attempts=2, timeout=5.0, sleep=lambda _: None)


def run(*words: str) -> Any:  # noqa: ANN401 - a result of typer
    app = typer.Typer()

    @app.callback()
    def _options(context: typer.Context) -> None:
        context.obj = Screen(quiet=True, as_json=True)

    cli_remote.register(app)
    return CliRunner().invoke(app, list(words))


def answer(request: BaseHTTPRequestHandler, content: object) -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    request.send_response(200)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def test_every_name_has_an_https_address_a_licence_and_words() -> None:
    assert len(remotes()) >= 10
    for remote in remotes():
        assert remote.url.startswith("https://")
        assert remote.licence
        assert remote.attribution
        assert remote.holds
        assert ("{part}" in remote.url) == remote.name.endswith(":")


@pytest.mark.parametrize("name", ["nothing", "geonames-country:", "geonames-country:../x", "ror:x"])
def test_wrong_names_are_told(name: str) -> None:
    with pytest.raises(InputError, match="fetch"):
        remote_named(name)


def test_a_manifest_keeps_one_entry_a_name(tmp_path: Path) -> None:
    entry = Entry("b", "b.zip", "https://x/b.zip", 3, "0" * 64, "CC0", "B", "2026-11-21")
    assert read_manifest(tmp_path) == ()
    both = with_entry((entry,), replace(entry, name="a"))
    write_manifest(tmp_path, with_entry(both, replace(entry, size=4)))
    kept = read_manifest(tmp_path)
    assert [(each.name, each.size) for each in kept] == [("a", 3), ("b", 4)]
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(InputError, match="not a manifest"):
        read_manifest(tmp_path)


def pages(request: BaseHTTPRequestHandler) -> None:
    asked = parse_qs(urlsplit(request.path).query)
    number = 1 if asked["cursor"] == ["*"] else int(asked["cursor"][0])
    results = [] if number == 4 else [{"id": number}]
    answer(request, {"results": results, "meta": {"next_cursor": str(number + 1)}})


def test_works_come_page_by_page_and_go_on(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [pages]
    query = {"filter": "publication_year:2023", "api_key": "secret", "mailto": "a@b.org"}
    api = f"{server.url}/works"
    assert fetch_works(tmp_path, POLICY, query=query, max_pages=2, api=api) == 2
    assert fetch_works(tmp_path, POLICY, query=query, max_pages=9, api=api) == 4
    assert fetch_works(tmp_path, POLICY, query=query, max_pages=9, api=api) == 4
    assert len(server.requests) == 4
    assert "api_key=secret" in server.requests[0][0]
    assert "secret" not in "".join(path.read_text() for path in tmp_path.iterdir())
    first = json.loads((tmp_path / "page-00001.json").read_text())
    assert first["results"] == [{"id": 1}]
    with pytest.raises(InputError, match="another query needs another folder"):
        fetch_works(tmp_path, POLICY, query={"filter": "x"}, max_pages=1, api=api)


def test_a_page_without_results_is_told(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [lambda request: answer(request, {"error": "Invalid filter"})]
    with pytest.raises(InputError, match="Invalid filter"):
        fetch_works(tmp_path, POLICY, query={"filter": "x"}, max_pages=1, api=server.url)


def test_an_empty_snapshot_is_told() -> None:
    with pytest.raises(InputError, match="lists no files"):
        snapshot_parts({"entries": []})


def test_the_command_fetches_once_and_writes_the_manifest(
    server: Any,  # noqa: ANN401 - fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = {"hits": {"hits": [{"files": [
        {"key": "v2.zip", "links": {"self": f"{server.url}/v2.zip"}},
    ]}]}}  # fmt: skip
    parts = {"entries": [{"url": "s3://openalex/data/jsonl/works/a/part_0000.gz"}]}

    def reply(request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        answer(request, {"/records": record, "/m/manifest.json": parts}.get(path, b"data"))

    server.answers = [reply]
    local = tuple(
        replace(remote, url=f"{server.url}/{path}")
        for remote in remotes()
        for name, path in {
            "geonames-country:": "{part}.zip",
            "ror": "records",
            "openalex-snapshot:": "m/manifest.json",
        }.items()
        if remote.name == name
    )
    monkeypatch.setattr(listing, "remotes", lambda: local)
    names = ("geonames-country:LU", "ror", "openalex-snapshot:works")
    out = tmp_path / "inputs"
    first = run("fetch", *names, "--out", str(out))
    assert first.exit_code == 0, first.output
    assert [entry.file for entry in read_manifest(out)] == [
        "LU.zip", "openalex-snapshot-works.json", "v2.zip",
    ]  # fmt: skip
    listed = (out / "openalex-snapshot-works.csv").read_text().splitlines()
    assert listed[1].startswith("https://openalex.s3.amazonaws.com/data/jsonl/works/a/")
    count = len(server.requests)
    again = run("fetch", *names, "--out", str(out))
    assert again.exit_code == 0
    assert len(server.requests) == count
    assert len(json.loads(again.output)["files"]) == 3


def test_without_a_name_the_command_lists() -> None:
    listed = json.loads(run("fetch").output)["names"]
    assert [row["name"] for row in listed] == [remote.name for remote in remotes()]
