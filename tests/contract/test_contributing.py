"""The three exercises of CONTRIBUTING.md, followed word for word in a copy of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

HOUSE = Path(__file__).resolve().parents[2]
PAGE = (HOUSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
ADDED = re.compile(r"In `([^`]+)`, below the line `([^`]+)`, add:")


COPIED = ("src", "tests/contract", "tests/fixtures", "tests/fuzz", "docs/how-to", "docs/method")


class Step(NamedTuple):
    """One block of the page: what stands before it, its kind and its text."""

    before: str
    kind: str
    text: str


def steps(number: int) -> list[Step]:
    """Return the blocks of an exercise."""
    chapter = PAGE.split(f"### {number}. ")[1].split("\n### ")[0]
    parts = re.split(r"```(\w+)\n(.*?)```\n", chapter, flags=re.DOTALL)
    # text, kind, block, text, kind, block, …
    return [Step(parts[k].strip(), parts[k + 1], parts[k + 2]) for k in range(0, len(parts) - 2, 3)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what the exercises touch and need."""
    left_out = shutil.ignore_patterns("__pycache__", "assets", "*.bin")
    for name in COPIED:
        shutil.copytree(HOUSE / name, tmp_path / name, ignore=left_out)
    for path in (HOUSE / "src").rglob("*.bin"):
        (tmp_path / path.relative_to(HOUSE)).symlink_to(path)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(HOUSE / name, tmp_path / name)
    # only the names of tests elsewhere are looked at
    for path in (HOUSE / "tests").rglob("test_*.py"):
        target = tmp_path / path.relative_to(HOUSE)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.symlink_to(path)
    return tmp_path


def follow(step: Step, folder: Path) -> None:
    """Do what one block of the page says."""
    if step.kind == "sh":
        tools = folder / "bin"
        tools.mkdir(exist_ok=True)
        (tools / "hubscan").write_text(f'#!/bin/sh\nexec {sys.executable} -m hubscan.cli "$@"\n')
        (tools / "hubscan").chmod(0o755)
        if not (tools / "python").exists():
            (tools / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
            (tools / "python").chmod(0o755)
        environment = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(folder / "src"),
        }
        done = subprocess.run(  # noqa: S603 - the page's own words
            ["/bin/sh", "-e", "-c", step.text], cwd=folder, env=environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    elif found := ADDED.search(step.before):
        path, line = folder / found[1], found[2] + "\n"
        content = path.read_text(encoding="utf-8")
        assert content.count(line) == 1, found[0]
        path.write_text(content.replace(line, line + step.text), encoding="utf-8")
    else:
        named = re.findall(r"`([\w./-]+\.(?:py|csv|toml))`[^`]*:$", step.before, re.MULTILINE)
        named = named or re.findall(r"`([\w./-]+\.(?:py|csv|toml))`", step.before)
        (folder / named[-1]).write_text(step.text, encoding="utf-8")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_exercise_works_word_for_word(number: int, checkout: Path) -> None:
    found = steps(number)
    assert len(found) >= 1
    for step in found:
        follow(step, checkout)
    if number == 1:
        table = checkout / "examplebase-tables" / "patents-documents.parquet"
        assert len(pd.read_parquet(table)) == 6
    elif number == 2:
        ranking = pd.read_csv(checkout / "trademarks-run" / "ranking.csv")
        assert ranking["name"].str.startswith(("Boston", "Kobe")).any()
        assert ranking["count_trademarks"].max() == 2.0
    else:
        assert (checkout / "src/hubscan/editions/wider-2025.toml").is_file()
