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
LARGEST_CORE = 600_000_000
"""Without bytecode, which Python or pip adds to any package (about a fifth as much again)."""
PYTHON = os.environ.get("HUBSCAN_WHEEL_PYTHON", sys.executable)
"""The interpreter to install for; another one is given to try other versions of Python."""

UV = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))

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


def environment(home: Path, wanted: str) -> Path:
    """Make an environment that holds the wheel alone; return its folder of commands."""
    for words in (
        ["venv", "-q", "--python", PYTHON, str(home / "venv")],
        ["pip", "install", "-q", "--python", str(home / "venv"), "--only-binary", ":all:", wanted],
    ):
        subprocess.run([UV, *words], check=True)  # noqa: S603 - our own words
    return home / "venv" / "bin"


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel without extras."""
    return environment(tmp_path_factory.mktemp("core"), str(wheel))


@pytest.fixture(scope="module")
def whole(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with everything."""
    return environment(tmp_path_factory.mktemp("whole"), f"{wheel}[all]")


@pytest.fixture(scope="module")
def demonstrated(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration with everything; return the folder it is in."""
    folder = tmp_path_factory.mktemp("demonstrated")
    content = json.loads(said(whole, folder, "--json", "demo", "--scale", "0.005"))
    assert Path(content["run"]).name == "demo"
    return folder


def words_alone() -> list[str]:
    """Return what stands before a command to keep it off every network, where that may be done."""
    tried = subprocess.run([*ALONE, "true"], check=False, capture_output=True)  # noqa: S603 - as above
    return ALONE if tried.returncode == 0 else []


def said(home: Path, folder: Path, *arguments: str) -> str:
    """Run the installed command in a folder of its own; return what it printed."""
    environment = {"PATH": f"{home}:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(folder)}
    words = [*words_alone(), str(home / "hubscan"), *arguments]
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


def test_the_core_install_is_not_large(core: Path) -> None:
    files = [path for path in core.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    sizes = {path: path.stat().st_size for path in files}
    bytecode = sum(size for path, size in sizes.items() if path.suffix == ".pyc")
    size = sum(sizes.values()) - bytecode
    print(f"core install: {size / 1e6:.0f} MB and {bytecode / 1e6:.0f} MB of bytecode")  # noqa: T201 - a figure for whoever looks
    assert size < LARGEST_CORE


def test_the_core_alone_makes_the_demonstration_and_says_what_it_leaves_out(
    core: Path, tmp_path: Path
) -> None:
    content = json.loads(said(core, tmp_path, "--json", "demo", "--scale", "0.005"))
    run = tmp_path / "demo"
    assert content["found"] > 90
    assert (run / "ranking.xlsx").stat().st_size > 10_000
    assert "SYNTHETIC" in (run / "ranking.csv.json").read_text(encoding="utf-8")
    assert not (run / "world.png").exists()
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert "hubscan[figures]" in " ".join(record["left_out"])


@pytest.mark.parametrize("installed", ["core", "whole"])
def test_files_of_a_real_format_become_a_ranking(
    installed: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    home: Path = request.getfixturevalue(installed)
    shutil.copytree(FIXTURES / "patentsview", tmp_path / "patentsview")
    said(home, tmp_path, "ingest", "patentsview", "patentsview", "--out", "in")
    said(
        home, tmp_path, "run", "--inputs", "in/inputs.toml", "--only", "patents",
        "--set", "cluster.threshold=share", "--out", "ranked",
    )  # fmt: skip
    assert "Boston" in (tmp_path / "ranked" / "ranking.csv").read_text(encoding="utf-8")
    assert (tmp_path / "ranked" / "clusters.gpkg").exists() == (installed == "whole")


def test_the_demonstration_is_whole_and_can_be_made_again(whole: Path, demonstrated: Path) -> None:
    run = demonstrated / "demo"
    there = {path.name for path in run.iterdir()}
    assert {"ranking.xlsx", "clusters.geojson", "clusters.gpkg", "world.png", "world.svg"} <= there
    assert json.loads((run / "run.json").read_text(encoding="utf-8"))["left_out"] == []
    equal = json.loads(said(whole, demonstrated, "--json", "rerun", "demo"))
    assert equal["equal"] is True


def test_a_brief_is_a_pdf(whole: Path, demonstrated: Path) -> None:
    said(whole, demonstrated, "brief", "demo", "1", "--out", "briefs")
    (brief,) = (demonstrated / "briefs").glob("*.pdf")
    assert brief.read_bytes().startswith(b"%PDF-")


def test_an_index_and_the_published_tables_need_no_checkout(
    whole: Path, demonstrated: Path
) -> None:
    said(whole, demonstrated, "index", "set-2024", "--out", "set")
    assert (demonstrated / "set" / "run.json").exists()


def test_the_explorer_starts_answers_and_stops(whole: Path, demonstrated: Path) -> None:
    words = [str(whole / "hubscan"), "--json", "explore", "demo", "--port", "0"]
    alone = {"PATH": str(whole), "HOME": str(demonstrated)}
    with subprocess.Popen(  # noqa: S603 - our own command
        words, cwd=demonstrated, env=alone, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            address = told_address(server)
            with urllib.request.urlopen(  # noqa: S310 - the loop
                f"{address}api/v1/runs/0/ranking.json", timeout=120
            ) as answer:
                assert json.load(answer)
            with urllib.request.urlopen(address, timeout=120) as page:  # noqa: S310 - as above
                assert b"<script" in page.read()
        finally:
            # a server that is not stopped would be waited for without end
            server.terminate()
        assert server.wait(timeout=60) in {0, -15}


def told_address(server: subprocess.Popen[str]) -> str:
    """Return the address that a starting server prints."""
    assert server.stdout is not None
    text = ""
    while "}" not in text:
        line = server.stdout.readline()
        assert line, f"the server ended: {text}"
        text += line
    return str(json.loads(text)["address"])


def test_it_runs_as_a_tool_that_is_not_installed(wheel: Path, tmp_path: Path) -> None:
    words = [
        UV,
        "tool",
        "run",
        "-q",
        "--python",
        PYTHON,
        "--from",
        str(wheel),
        "hubscan",
        "--version",
    ]
    shown = subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    assert shown.stdout.strip() == __version__


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(
    "platform", ["x86_64-manylinux_2_28", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"]
)
def test_no_compiler_is_needed(wheel: Path, version: str, platform: str, tmp_path: Path) -> None:
    # resolved for that Python and system from built files only; nothing is installed
    words = [UV, "pip", "install", "--dry-run", "--target", str(tmp_path), f"{wheel}[all]"]
    words += ["--only-binary", ":all:", "--python-version", version, "--python-platform", platform]
    with_system = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=with_system)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stderr
    assert "+ hubscan" in done.stderr
