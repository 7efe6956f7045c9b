"""The wheel alone, in an empty environment outside the checkout, without a network."""

from __future__ import annotations

import email
import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from hubscan import __version__

HOUSE = Path(__file__).resolve().parents[2]
FIXTURES = HOUSE / "tests" / "fixtures" / "readers"
LARGEST_WHEEL = 6_000_000
LARGEST_CORE = 1_050_000_000
"""Of which compiled libraries of numba, pyarrow, scipy, rasterio and pyogrio are three quarters."""
PYTHON = os.environ.get("HUBSCAN_WHEEL_PYTHON", sys.executable)
"""The interpreter to install for; another one is given to try other versions of Python."""

# no network and no neighbours: a name space whose only device is the loop
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "alone"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    page = HOUSE / "src/hubscan/explorer/assets/index.html"
    assert page.is_file(), "the explorer's page was not built: make web"
    out = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(words, cwd=HOUSE, check=True, capture_output=True)  # noqa: S603 - our own build
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone; return the environment's folder of commands."""
    home = tmp_path_factory.mktemp("bare")
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    for words in (
        ["venv", "-q", "--python", PYTHON, str(home / "venv")],
        ["pip", "install", "-q", "--python", str(home / "venv"), "--only-binary", ":all:",
         str(wheel)],
    ):  # fmt: skip
        subprocess.run([uv, *words], check=True)  # noqa: S603 - our own words
    return home / "venv" / "bin"


def words_alone() -> list[str]:
    """Return what stands before a command to keep it off every network, where that may be done."""
    tried = subprocess.run([*ALONE, "true"], check=False, capture_output=True)  # noqa: S603 - as above
    return ALONE if tried.returncode == 0 else []


def said(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the installed command in a folder of its own; return what it printed."""
    environment = {"PATH": f"{installed}:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(folder)}
    words = [*words_alone(), str(installed / "hubscan"), *arguments]
    done = subprocess.run(  # noqa: S603 - our own command
        words, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_is_small_and_holds_what_it_must(wheel: Path) -> None:
    assert wheel.stat().st_size <= LARGEST_WHEEL
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        about = email.message_from_bytes(
            packed.read(next(name for name in names if name.endswith(".dist-info/METADATA")))
        )
    assert "hubscan/explorer/page.tar.xz" in names
    assert "hubscan/editions/gii-2025.toml" in names
    assert "hubscan/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "docs", "web"))]
    assert about["Version"] == __version__
    assert about["License-Expression"] == "MIT"
    assert "version: " + __version__ in (HOUSE / "CITATION.cff").read_text(encoding="utf-8")


def test_the_core_install_is_not_large(installed: Path) -> None:
    files = (path for path in installed.parent.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files if not path.is_symlink())
    print(f"core install: {size / 1e6:.0f} MB")  # noqa: T201 - a figure for whoever looks
    assert size < LARGEST_CORE


def test_the_demonstration_and_a_brief_need_nothing_else(installed: Path, tmp_path: Path) -> None:
    content = json.loads(said(installed, tmp_path, "--json", "demo", "--scale", "0.005"))
    assert Path(content["run"]).name == "demo"
    assert (tmp_path / "demo" / "ranking.xlsx").stat().st_size > 10_000
    assert "SYNTHETIC" in (tmp_path / "demo" / "ranking.csv.json").read_text(encoding="utf-8")
    if "brief" in said(installed, tmp_path, "--help"):
        said(installed, tmp_path, "brief", "--help")
    equal = json.loads(said(installed, tmp_path, "--json", "rerun", "demo"))
    assert equal["equal"] is True


def test_files_of_a_real_format_become_a_ranking(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "patentsview", tmp_path / "patentsview")
    said(installed, tmp_path, "ingest", "patentsview", "patentsview", "--out", "in")
    said(
        installed, tmp_path, "run", "--inputs", "in/inputs.toml", "--only", "patents",
        "--set", "cluster.threshold=share", "--out", "ranked",
    )  # fmt: skip
    assert "Boston" in (tmp_path / "ranked" / "ranking.csv").read_text(encoding="utf-8")


def test_the_explorer_starts_answers_and_stops(
    installed: Path, wheel: Path, tmp_path: Path
) -> None:
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    target = str(installed.parent)
    words = [uv, "pip", "install", "-q", "--python", target, f"{wheel}[explorer]"]
    subprocess.run(words, check=True)  # noqa: S603 - our own words
    said(installed, tmp_path, "demo", "--scale", "0.005")
    environment = {"PATH": str(installed), "HOME": str(tmp_path)}
    words = [str(installed / "hubscan"), "--json", "explore", "demo", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        text = ""
        while "}" not in text:
            text += server.stdout.readline()
        address = json.loads(text)["address"]
        with urllib.request.urlopen(f"{address}api/v1/runs/0/ranking.json", timeout=60) as answer:  # noqa: S310 - the loop
            assert json.load(answer)
        with urllib.request.urlopen(address, timeout=60) as page:  # noqa: S310 - as above
            assert b"<script" in page.read()
        server.terminate()
        assert server.wait(timeout=30) in {0, -15}
