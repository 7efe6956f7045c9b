"""What README.md says is so: commands, files, numbers, and what a run leaves."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pytest
import typer

from hubscan import cli
from hubscan.edition import edition_names, load_edition
from hubscan.index import set2024
from hubscan.profile.concordance import field_names
from hubscan.readers.registry import SOURCES

if TYPE_CHECKING:
    import click

HOUSE: Final = Path(__file__).resolve().parents[2]
README: Final = (HOUSE / "README.md").read_text(encoding="utf-8")
PROJECT: Final = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BLOCKS: Final = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
LINES: Final = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
IN_WORDS: Final = re.findall(r"`(hubscan [a-z][^`]*)`", README)
COMMANDS: Final = [
    shlex.split(line.split("#")[0])[1:] for line in LINES if line.startswith(".venv/bin/hubscan")
] + [shlex.split(text)[1:] for text in IN_WORDS]
TRIED: Final = {
    "check", "run", "figures", "rerun", "verify", "uncertainty", "brief", "index", "editions",
    "export",
}  # fmt: skip
"""Commands that are run; the others ask for a source, a browser or a server."""


def found(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that some words name, and the words after it."""
    command = typer.main.get_command(cli.app)
    rest = list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]  # type: ignore[attr-defined] # a group has them
    return command, rest


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_exists(words: list[str]) -> None:
    command, rest = found(words)
    assert command is not typer.main.get_command(cli.app), words
    known = {text for one in command.params for text in (*one.opts, *one.secondary_opts)}
    for word in rest:
        assert not word.startswith("-") or word.split("=")[0] in known, word


@pytest.mark.parametrize("target", re.findall(r"make ([a-z-]+)", README))
def test_every_target_of_make_exists(target: str) -> None:
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}: .*## ", makefile, re.MULTILINE), target


def test_every_extra_is_told_of_and_is_there() -> None:
    row = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", README, re.MULTILINE)
    told = {name for cell in row for name in re.findall(r"`(\w+)`", cell)}
    extras = PROJECT["optional-dependencies"]
    assert told == set(extras) - {"all"}
    (everything,) = extras["all"]
    assert set(re.findall(r"\w+", everything.partition("[")[2])) == told - {"spark"}


def test_the_editions_and_their_numbers_are_those_told() -> None:
    assert {"gii-2023", "gii-2024", "gii-2025", "africa-2024"} <= set(edition_names())
    assert "editions 2023, 2024, 2025 and Africa 2024" in README
    for name in ("gii-2023", "gii-2024", "gii-2025"):
        assert load_edition(name).cluster.min_weight == 4500.0
    assert "absolute (4,500)" in README
    assert load_edition("africa-2024").regional.target_clusters == 50
    assert "until 50 clusters appear" in README


def test_the_numbers_of_things_are_those_told() -> None:
    assert "35 technology fields" in README
    assert len(field_names()) == 35
    assert "30 cities" in README
    assert len(set2024.published_scores()) == 30
    assert "[three notebooks](examples/notebooks)" in README
    assert len(list((HOUSE / "examples" / "notebooks").glob("*.ipynb"))) == 3


def test_python_and_licence_are_those_declared() -> None:
    assert "Python 3.11" in README
    assert PROJECT["requires-python"] == ">=3.11"
    assert "MIT licence" in README
    assert PROJECT["license"] == "MIT"


def test_every_source_told_of_is_read() -> None:
    told = re.search(r"lists what is read \(([^)]*), your own tables\)", README)
    assert told is not None
    titles = "".join(f"{source.name} {source.title} " for source in SOURCES).lower()
    for name in re.split(r",\s+", told[1]):
        assert name.lower() in titles or name.lower().replace(" ", "") in titles, name


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration, and the user's files that README.md shows, in one folder."""
    folder = tmp_path_factory.mktemp("readme")
    ran(folder, ["demo", "--scale", "0.005"])
    (toml,) = (block for kind, block in BLOCKS if kind == "toml")
    (folder / "inputs.toml").write_text(toml, encoding="utf-8")
    (folder / "pct").mkdir()
    rows = pd.DataFrame({"app_no": [f"A{n}" for n in range(1400)]})
    rows["pub_year"] = [2016 + n % 10 for n in range(1400)]
    rows["city"] = ["Boston", "Seoul", "Munich", "Kyoto", "Lagos", "Nairobi", "Cairo"] * 200
    rows["ctry"] = ["US", "KR", "DE", "JP", "NG", "KE", "EG"] * 200
    rows.to_csv(folder / "pct" / "a.csv", index=False)
    return folder


def ran(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder; fail if it does."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "hubscan.cli", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # these two say by their code that misprints were found
    may_find = words[0] == "verify" or words[:2] == ["index", "verify"]
    assert done.returncode == 0 or (may_find and done.returncode == 1), done.stderr
    return done


@pytest.mark.slow
def test_the_demonstration_leaves_what_is_told(demonstrated: Path) -> None:
    run = demonstrated / "demo"
    named = (
        "ranking.xlsx", "ranking.csv", "ranking.parquet", "clusters.geojson", "clusters.gpkg",
        "world.png", "world.svg", "run.json", "coverage.csv", "rejected.parquet", "merging.csv",
        "review.csv", "report/tables.xlsx", "report/tables.md",
    )  # fmt: skip
    assert [name for name in named if not (run / name).is_file()] == []
    assert list((run / "report").glob("*.csv"))
    profiles = {path.stem for path in (run / "profiles").glob("*.csv")}
    assert {
        "field_profile",
        "top_applicants",
        "top_organisations",
        "collaboration",
        "yearly_counts",
    } <= profiles


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [words for words in COMMANDS if words[0] in TRIED and len(words) > 1],
    ids=" ".join,
)  # fmt: skip
def test_every_command_does_what_it_says(demonstrated: Path, words: list[str]) -> None:
    if words[0] == "run":
        words = [*words, "--set", "cluster.threshold=share"]
        words += [] if "--only" in words else ["--only", "patents"]
        # three towns of the region, not fifty
        words += ["--set", "regional.target_clusters=3"] if "africa-2024" in words else []
    if words[0] != "index":
        words = ["demo" if word == "run" and at else word for at, word in enumerate(words)]
    if "--out" in words:
        words[words.index("--out") + 1] = "-".join(words[:2]).replace("--", "")
    words = ["20" if word == "200" else word for word in words]
    ran(demonstrated, words)
