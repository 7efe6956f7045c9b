"""The core alone: nothing of an extra is imported by it, and what is missing is one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hubscan import extras

HOUSE = Path(__file__).resolve().parents[2]
BARRED = (
    "matplotlib", "pyproj", "geopandas", "pyogrio", "scipy", "rasterio", "typst", "starlette",
    "uvicorn", "geopy", "rapidfuzz", "sklearn", "pyspark", "fontTools", "PIL",
)  # fmt: skip
"""Every package that only an extra brings."""
BAR = f"import sys\nfor name in {BARRED!r}:\n    sys.modules[name] = None\n"
OF_EXTRAS = (
    "hubscan.index.", "hubscan.indexing", "hubscan.report.index_", "hubscan.report.map",
    "hubscan.report.plane", "hubscan.report.sheet", "hubscan.report.uncertainty",
    "hubscan.report.vosviewer", "hubscan.report.gii.bars", "hubscan.report.gii.insets",
    "hubscan.briefs.c", "hubscan.footprint.raster", "hubscan.cluster.estimator",
    "hubscan.verification", "hubscan.__main__",
)  # fmt: skip
"""Beginnings of the modules that are an extra's."""


def barred(code: str, *, folder: Path = HOUSE) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that has nothing but the core."""
    environment = {**os.environ, "PYTHONPATH": str(HOUSE / "src")}
    words = [sys.executable, "-c", BAR + code]
    return subprocess.run(  # noqa: S603 - our own code
        words, capture_output=True, text=True, check=False, cwd=folder, env=environment
    )


def command(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in such a Python."""
    said = f"sys.argv = {['hubscan', *words]!r}\n"
    return barred(f"{said}from hubscan.cli import main\nmain()", folder=folder)


def test_modules_of_the_core_import_nothing_of_an_extra() -> None:
    names = sorted(
        ".".join(path.relative_to(HOUSE / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in (HOUSE / "src" / "hubscan").rglob("*.py")
    )
    own = [name for name in names if not name.startswith(OF_EXTRAS)]
    assert len(own) > 200
    code = (
        "import importlib\nfailed = []\n"
        f"for name in {own!r}:\n"
        "    try:\n        importlib.import_module(name)\n"
        "    except ImportError as error:\n        failed.append((name, str(error)))\n"
        "print(failed)"
    )
    done = barred(code)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.fixture(scope="module")
def lean_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of a few patents with the core alone."""
    folder = tmp_path_factory.mktemp("core")
    rows = "".join(f"D{n},2022,48.{n % 7},11.5\n" for n in range(60))
    (folder / "patents.csv").write_text("id,year,lat,lon\n" + rows, encoding="utf-8")
    (folder / "inputs.toml").write_text(
        'title = "A few"\n[[source]]\nname = "few"\nindicator = "patents"\ngrain = "addresses"\n'
        'path = "patents.csv"\ncolumns = { document_id = "id", year = "year", latitude = "lat", '
        'longitude = "lon" }\n',
        encoding="utf-8",
    )
    done = command(
        "run", "--inputs", "inputs.toml", "--only", "patents", "--set", "cluster.threshold=share",
        "--out", "run", folder=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "not made: clusters.gpkg" in " ".join(done.stderr.split())
    return folder


def test_a_run_without_extras_leaves_out_what_they_make_and_says_so(lean_run: Path) -> None:
    there = {path.name for path in (lean_run / "run").iterdir()}
    assert {"ranking.xlsx", "clusters.geojson", "clusters.parquet", "run.json"} <= there
    assert not there & {"world.png", "world.svg", "clusters.gpkg"}
    record = json.loads((lean_run / "run" / "run.json").read_text(encoding="utf-8"))
    assert [text.rpartition(": ")[2] for text in record["left_out"]] == [
        "pip install 'hubscan[figures]'",
        "pip install 'hubscan[gis]'",
    ]


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (("figures", "run"), "figures"),
        (("index", "set-2024", "--out", "set"), "index"),
        (("verify", "gii-2025"), "index"),
        (("uncertainty", "run", "--rows", "64"), "index"),
        (("brief", "run", "--all"), "briefs"),
        (("explore", "run", "--port", "0"), "explorer"),
    ],
)
def test_what_needs_an_extra_names_it_in_one_sentence(
    lean_run: Path, words: tuple[str, ...], extra: str
) -> None:
    done = command(*words, folder=lean_run)
    said = " ".join(done.stderr.split())
    assert done.returncode == 4, said
    assert f"pip install 'hubscan[{extra}]'" in said
    assert said.startswith("error ")
    assert "Traceback" not in said


def test_rank_intervals_need_no_extra(lean_run: Path) -> None:
    done = command("uncertainty", "run", "--replicates", "3", "--rows", "0", folder=lean_run)
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (lean_run / "run" / "uncertainty").iterdir()}
    assert {"rank_intervals.csv", "isolines.geojson", "run.json"} <= made
    assert not [name for name in made if name.endswith(".png")]


def test_a_population_raster_without_its_extra_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rasterio", None)
    assert extras.missing("rasters") == (
        "population rasters need rasterio: pip install 'hubscan[rasters]'"
    )


def test_nothing_is_left_out_where_everything_is_installed() -> None:
    assert extras.left_out() == []
