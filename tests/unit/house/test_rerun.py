"""A run folder is enough to repeat the run, and says what is not as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hubscan import cli, repeating
from hubscan.errors import InputError, StoreError

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "readers"
RUNNER = CliRunner()


def said(*arguments: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it printed."""
    result = RUNNER.invoke(cli.app, list(arguments), catch_exceptions=False)
    return result.exit_code, result.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with inputs and a run of them."""
    home = tmp_path_factory.mktemp("whole")
    assert said("ingest", "patentsview", str(FIXTURES / "patentsview"), "--out", str(home / "in"))
    code, _ = said(
        "-q", "run", "--inputs", str(home / "in" / "inputs.toml"), "--only", "patents",
        "--set", "cluster.threshold=share", "--out", str(home / "run"), "--threads", "1",
    )  # fmt: skip
    assert code == 0
    return home


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of both, elsewhere."""
    shutil.copytree(whole, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".hubscan"))
    return tmp_path / "elsewhere"


def test_a_run_that_was_moved_is_repeated_to_the_byte(copied: Path) -> None:
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    code, text = said("--json", "rerun", str(copied / "run"), "--threads", "2")
    content = json.loads(text)
    assert (code, content["differing"], content["missing"]) == (0, [], [])
    assert content["equal"] is True
    assert content["same"] == len([p for p in (copied / "run").rglob("*") if p.is_file()])
    assert {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()} == before


def test_results_that_were_touched_are_named(copied: Path) -> None:
    table = copied / "run" / "ranking.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    (copied / "run" / "world.svg").unlink()
    (copied / "run" / "notes.txt").write_text("mine", encoding="utf-8")
    code, text = said("--json", "rerun", str(copied / "run"), "--threads", "1")
    content = json.loads(text)
    assert code == 1
    assert content["differing"] == ["notes.txt", "ranking.csv"]
    assert content["missing"] == ["world.svg"]


def test_inputs_that_changed_or_went_are_named(copied: Path) -> None:
    (copied / "in" / "patents-documents.parquet").unlink()
    with (copied / "in" / "patents-addresses.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match=r"addresses\.parquet has changed, .*documents.* missing"):
        said("rerun", str(copied / "run"))
    with pytest.raises(InputError, match="is missing"):
        said("rerun", str(copied / "run"), "--data", str(copied))


def test_an_edition_that_was_edited_is_told(copied: Path) -> None:
    file = copied / "run" / "edition.toml"
    text = file.read_text(encoding="utf-8")
    assert "radius_km = 15.0" in text
    file.write_text(text.replace("radius_km = 15.0", "radius_km = 16.0"), encoding="utf-8")
    with pytest.raises(StoreError, match=r"edition\.toml is not the edition in run\.json"):
        said("rerun", str(copied / "run"))


def test_the_record_says_versions_platform_and_every_input(whole: Path) -> None:
    record = json.loads((whole / "run" / "run.json").read_text(encoding="utf-8"))
    assert {"python", "duckdb", "numpy", "pyarrow"} <= set(record["versions"])
    assert set(record["platform"]) == {"system", "machine"}
    assert record["inputs"]["folder"] == "../in"
    names = {Path(file["file"]).name for file in record["inputs"]["files"]}
    assert names == {"patents-addresses.parquet", "patents-documents.parquet"}


def test_other_versions_are_shown(copied: Path) -> None:
    file = copied / "run" / "run.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    record["versions"]["numpy"] = "1.0"
    again = copied / "again"
    shutil.copytree(copied / "run", again)
    file.write_text(json.dumps(record), encoding="utf-8")
    found = repeating.compared(copied / "run", again)
    assert found.equal
    assert [(name, then) for name, then, _ in found.versions] == [("numpy", "1.0")]
