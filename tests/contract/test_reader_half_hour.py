"""The commands of the half-hour page work word for word; so do the commands of sources."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from hubscan import cli, cli_sources, readers
from hubscan.errors import InputError

HOUSE = Path(__file__).resolve().parents[2]
FIXTURES = HOUSE / "tests" / "fixtures" / "readers"
RUNNER = CliRunner()


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    """Register the commands where the command line does not have them yet."""
    names = {command.name or command.callback.__name__ for command in cli.app.registered_commands}  # type: ignore[union-attr] - commands have callbacks
    if "ingest" not in names:
        cli_sources.register(cli.app)


def commands(page: str) -> list[list[str]]:
    text = (HOUSE / "docs" / "how-to" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    return [shlex.split(line) for line in lines]


def said(*arguments: str) -> str:
    result = RUNNER.invoke(cli.app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_half_hour_works_word_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FIXTURES / "wos", tmp_path / "wos")
    shutil.copytree(FIXTURES / "patentsview", tmp_path / "patentsview")
    monkeypatch.chdir(tmp_path)
    shown = commands("half-hour.md")
    assert [line[:2] for line in shown] == [
        ["hubscan", "sources"],
        ["hubscan", "ingest"],
        ["hubscan", "ingest"],
        ["hubscan", "check"],
        ["hubscan", "run"],
    ]
    for line in shown:
        said(*line[1:])
    ranking = pd.read_csv(tmp_path / "ranking" / "ranking.csv")
    assert ranking["name"].str.startswith("Boston").tolist() == [True]
    assert ranking["economies"].tolist() == ["US"]
    # of the articles, the one of the social sciences is out of the edition's scope
    assert ranking["share_patents"].tolist() == [1.0]


def test_sources_are_listed_with_what_they_need() -> None:
    content = json.loads(said("--json", "sources"))["sources"]
    assert list(content) == [source.name for source in readers.SOURCES]
    assert all(one["needs"] and one["gives"] for one in content.values())
    assert "REGPAT" in said("sources")


def test_the_page_of_sources_has_a_line_for_each() -> None:
    page = (HOUSE / "docs" / "how-to" / "sources.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([a-z]+) \|", page, re.MULTILINE))
    assert lines == {source.name: source.indicator for source in readers.SOURCES}


def test_ingest_reports_what_it_did_as_json(tmp_path: Path) -> None:
    folder = str(FIXTURES / "patentsview")
    text = said("--json", "ingest", "patentsview", folder, "--out", str(tmp_path / "out"))
    content = json.loads(text)
    assert content["documents"]["read"] == 9
    assert content["documents"]["rejected"]["withdrawn"] == 1


def test_ingest_names_sources_countries_and_mappings_that_are_wrong(tmp_path: Path) -> None:
    out, wos = str(tmp_path / "out"), str(FIXTURES / "wos")
    for arguments, sentence in (
        (["wso", wos], "did you mean wos"),
        (["wos", wos, "--country", "Atlantis"], "Atlantis: is no economy"),
        (["wos", str(tmp_path / "nothing")], "there is no such file"),
        (["table", wos], "needs a mapping"),
        (["wos", wos, "--mapping", str(FIXTURES / "table" / "mapping.toml")], "needs no mapping"),
    ):
        with pytest.raises(InputError, match=sentence):
            RUNNER.invoke(cli.app, ["ingest", *arguments, "--out", out], catch_exceptions=False)
