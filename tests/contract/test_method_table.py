"""The page of the method names every parameter, and code, tests and statuses that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from hubscan.edition import edition_names, load_edition

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "method" / "index.md"
COLUMNS = ("element", "the source", "ours", "code", "key", "status", "test")
NONE = "–"
NOT_DONE = "not implemented"
STATUSES = {"documented", "inferred", "assumed"}
SECTIONS = 23
"""From 0, the editions, to 22, the known inconsistencies."""


class Row(NamedTuple):
    """One element of the method."""

    element: str
    source: str
    ours: str
    code: str
    key: str
    status: str
    test: str


def quoted(cell: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def rows() -> list[Row]:
    """Return the rows of all tables of elements."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("|") and len(cells) == len(COLUMNS) and cells[0] != COLUMNS[0]:
            found.append(Row(*cells))
    return [row for row in found if set(row.element) != {"-"} and "---" not in row.element]


ROWS = rows()


@cache
def functions_of(path: Path) -> frozenset[str]:
    """Return the tests that a module defines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def resolved(name: str) -> object:
    """Return a module, or a function or class of one, below the package."""
    module, _, last = f"hubscan.{name}".rpartition(".")
    try:
        return import_module(f"{module}.{last}")
    except ModuleNotFoundError:
        return getattr(import_module(module), last)


def test_every_table_is_read() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headers = re.findall(r"^\| element \|.*$", text, flags=re.MULTILINE)
    assert headers == ["| " + " | ".join(COLUMNS) + " |"] * 20
    lines = [line for line in text.splitlines() if line.startswith("|")]
    others = [line for line in lines if line.count(" | ") != len(COLUMNS) - 1]
    assert all(line.count(" | ") in {0, 1, 2} or "---" in line for line in others), others
    assert [int(n) for n in re.findall(r"^## (\d+)\.", text, flags=re.MULTILINE)] == list(
        range(SECTIONS)
    )


@pytest.mark.parametrize("name", edition_names())
def test_every_parameter_of_every_edition_has_a_row(name: str) -> None:
    told = {key for row in ROWS for key in quoted(row.key)}
    assert sorted(set(load_edition(name).keys()) - told) == []
    assert sorted(told - set(load_edition(name).keys())) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.element)
def test_code_can_be_imported(row: Row) -> None:
    if row.code == NOT_DONE:
        assert (row.key, row.status, row.test) == (NONE, NONE, NONE)
        # the row says why
        assert re.search(r"\*.+\*", row.ours)
        return
    names = quoted(row.code)
    assert names
    for name in names:
        assert resolved(name) is not None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.element)
def test_tests_exist(row: Row) -> None:
    if row.code == NOT_DONE:
        return
    check_tests(row.test, needed=True)


def check_tests(cell: str, *, needed: bool) -> None:
    names = quoted(cell)
    assert names or not needed
    for name in names:
        file, _, function = name.partition("::")
        assert (TESTS / file).is_file(), name
        assert not function or function in functions_of(TESTS / file), name


@pytest.mark.parametrize("row", [row for row in ROWS if row.key != NONE], ids=lambda row: row.key)
def test_the_status_is_that_of_the_edition(row: Row) -> None:
    edition = load_edition("gii-2025")
    for key in quoted(row.key):
        assert edition.status_of(key) == row.status, key
        for name in edition_names():
            if load_edition(name).status_of(key) != row.status:
                # the row says that editions differ
                assert "inferred" in row.ours or "other editions" in row.ours, (name, key)


def test_statuses_are_those_explained() -> None:
    for row in ROWS:
        assert row.status == NONE or row.status.split()[0] in STATUSES, row


def test_facts_and_open_points_are_whole() -> None:
    text = PAGE.read_text(encoding="utf-8")
    facts = re.findall(r"^\| (A\d+(?:, A\d+)*) \| (.+) \| (.+) \|$", text, flags=re.MULTILINE)
    numbers = [int(n) for fact, _, _ in facts for n in re.findall(r"\d+", fact)]
    assert numbers == list(range(1, 35))
    for fact, meaning, test in facts:
        check_tests(test, needed="not tested" not in meaning and bool(fact))
    _, _, section = text.partition("## 20. ")
    section, _, _ = section.partition("## 21. ")
    known = set(load_edition("gii-2025").keys())
    named = {key for key in quoted(section) if "." in key and " " not in key}
    assert named - known == set()
    assert len(named) == 20


@pytest.mark.parametrize("page", sorted(PAGE.parent.glob("*.md")), ids=lambda path: path.name)
def test_every_page_is_in_the_table_of_contents(page: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    _, _, listed = text.partition("{toctree}")
    listed, _, _ = listed.partition("```")
    assert page.name == "index.md" or page.stem in listed.split()
