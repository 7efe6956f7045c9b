"""Commands and files of the pages on editions, regions and changes are what hubscan takes."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from typer.testing import CliRunner

from hubscan import beside, cli, runs
from hubscan.edition import Edition, load_edition
from hubscan.ingest.inputs import Inputs, inputs_from

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "how-to"
PAGES = ("regional-edition", "own-edition", "change-of-rank")


class AskedError(Exception):
    """A run that was asked for, in place of running."""

    def __init__(self, edition: Edition, *, change: bool) -> None:
        super().__init__(edition.name)
        self.edition, self.change = edition, change


def blocks(kind: str, *pages: str) -> list[str]:
    """Return the code blocks of a kind."""
    texts = [(FOLDER / f"{page}.md").read_text(encoding="utf-8") for page in pages or PAGES]
    return [b for text in texts for b in re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)]


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return list(dict.fromkeys(line for line in lines if line.startswith("hubscan ")))


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where an edition file lies, with runs that only say what was asked."""

    def asked(edition: Edition, *_: object, machine: runs.Machine, **__: object) -> None:
        raise AskedError(edition, change=machine.change)

    content = load_edition("gii-2025").replace("cluster.radius_km", 20.0).model_dump(mode="json")
    text = tomli_w.dumps(content | {"name": "mine"})
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runs, "run", asked)


def invoked(line: str) -> tuple[Any, str]:
    result = CliRunner().invoke(cli.app, shlex.split(line)[1:])
    return result.exception, result.output


@pytest.mark.parametrize("line", commands())
def test_every_command_is_understood(line: str) -> None:
    fault, shown = invoked(line)
    if not line.startswith("hubscan run"):
        assert (fault, bool(shown)) == (None, True)
        return
    assert isinstance(fault, AskedError), (fault, shown)
    assert fault.change is ("--change" in line)
    # everything that was set is another value than before, so that the line does what it says
    changed = [each.partition("=")[0] for each in re.findall(r"--set '?(\S+)", line)]
    named = shlex.split(line)[shlex.split(line).index("--edition") + 1]
    assert {key for key, *_ in fault.edition.diff(load_edition(named))} == set(changed)


def test_there_are_commands_of_each_page() -> None:
    assert len(commands()) >= 12
    assert all(blocks("sh", page) for page in PAGES)


def read(block: str) -> Inputs:
    """Return declared inputs with a source after the lines of a page."""
    source: dict[str, Any] = {"name": "pct", "indicator": "patents", "grain": "addresses"}
    columns = {"document_id": "id", "year": "year", "city": "town"}
    source |= {"path": "pct.csv", "columns": columns}
    return inputs_from(tomllib.loads(block) | {"source": [source]}, where="inputs.toml")


def test_inputs_files_are_read_as_shown(tmp_path: Path) -> None:
    (own,) = blocks("toml", "own-edition")
    (names,) = blocks("text", "own-edition")
    (tmp_path / "names.csv").write_text(names, encoding="utf-8")
    table = beside.own_names(read(own), tmp_path)
    assert table is not None
    assert table["name"].tolist() == ["Silicon Valley", "Basel, three countries"]
    (before,) = blocks("toml", "change-of-rank")
    assert beside.previous_folder(read(before), tmp_path) == tmp_path / "runs" / "2024"


def test_years_that_inputs_must_reach_back_to_are_those_said() -> None:
    text = (FOLDER / "change-of-rank.md").read_text(encoding="utf-8")
    years = load_edition("gii-2025").year_before().window.years
    assert {name: first for name, (first, _) in years.items()} == {
        "patents": 2019, "publications": 2018, "deals": 2018,
    }  # fmt: skip
    assert "patents from 2019 and articles and deals from 2018" in text
