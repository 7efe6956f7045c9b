"""The house's contracts: cheap imports, quick help, one direction of imports."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from importlinter import cli as importlinter_cli

HOUSE = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOUSE)  # noqa: S603 - our own command


def test_importing_hubscan_is_cheap() -> None:
    heavy = "geopandas numba matplotlib duckdb ibis pyarrow pandas"
    code = f"import sys, hubscan; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"


def test_help_comes_at_once_and_names_every_command() -> None:
    command = [sys.executable, "-m", "hubscan.cli", "--help"]
    run(*command)
    began = time.perf_counter()
    shown = run(*command)
    seconds = time.perf_counter() - began
    assert shown.returncode == 0
    for name in (
        "demo", "run", "check", "world", "editions", "index", "figures", "verify", "sources",
        "ingest",
        "fetch", "locate", "uncertainty", "sweep", "compare", "explain", "explore", "export",
        "brief",
    ):  # fmt: skip
        assert name in shown.stdout
    heavy = "pandas numpy pydantic duckdb"
    code = f"import sys, hubscan.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"
    # half a second on an idle machine; here, beside other tests
    assert seconds < 3.0


def test_imports_run_one_way() -> None:
    assert importlinter_cli.lint_imports() == importlinter_cli.EXIT_STATUS_SUCCESS


@pytest.mark.parametrize(
    ("layer", "statement"),
    [
        ("rank", "from hubscan.store import Store"),
        ("count", "from hubscan.merge import gaps"),
        ("sphere.py", "from hubscan.edition import Edition"),
        ("footprint", "import duckdb"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, layer: str, statement: str) -> None:
    shutil.copytree(HOUSE / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    module = tmp_path / "src" / "hubscan" / layer
    target = module / "__init__.py" if module.is_dir() else module
    target.write_text(target.read_text(encoding="utf-8") + f"\n{statement}\n", encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'src')!r}); "
        "from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    )
    found = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert found.returncode == 1
    assert "BROKEN" in found.stdout


def test_lazy_public_names_are_there() -> None:
    for package in ("hubscan.index", "hubscan.cluster"):
        module = importlib.import_module(package)
        assert [name for name in module.__all__ if getattr(module, name, None) is None] == []
