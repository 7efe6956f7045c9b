"""What a release declares: one version, permissive licences, the changelog's order."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from hubscan import __version__, cli

if TYPE_CHECKING:
    from types import ModuleType

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """Return the script that lists licences."""
    path = HOUSE / "scripts" / "build_licences.py"
    spec = importlib.util.spec_from_file_location("build_licences", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_locked_dependency_has_a_permissive_licence(licences: ModuleType) -> None:
    assert len(licences.locked()) > 40
    assert licences.not_permissive() == []
    for name in licences.locked():
        assert licences.licence(name) or name in {"colorama", "tzdata"}, name


@pytest.mark.parametrize(
    ("text", "permissive"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("BSD License; MIT License", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("", False),
    ],
)
def test_licences_are_told_apart(licences: ModuleType, text: str, *, permissive: bool) -> None:
    assert licences.is_permissive(text) is permissive


def test_the_page_of_licences_is_what_the_lock_makes(licences: ModuleType) -> None:
    page = (HOUSE / "docs" / "reference" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| ([\w.-]+) \| ([^ |]+) \|", page, re.MULTILINE))
    listed.pop("package", None)
    assert listed == licences.locked()


def test_the_version_stands_in_one_place_and_is_cited() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/hubscan/__init__.py"
    cited = (HOUSE / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^version: {re.escape(__version__)}$", cited, re.MULTILINE)
    for key in ("cff-version: 1.2.0", "title:", "authors:", "license: MIT", "date-released: 20"):
        assert key in cited


def test_the_version_can_be_asked_for() -> None:
    shown = CliRunner().invoke(cli.app, ["--version"])
    assert (shown.exit_code, shown.stdout.strip()) == (0, __version__)


def test_the_changelog_is_led_by_what_changes_results() -> None:
    text = (HOUSE / "CHANGELOG.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        heads = re.findall(r"^### (.*)$", section, re.MULTILINE)
        assert heads[0] == "Method (changes results)"
