"""The same job in pandas, scikit-learn and geopandas finds the same clusters and totals."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import from_origin

from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from types import ModuleType

BASELINE = Path(__file__).resolve().parents[2] / "benchmarks" / "baseline"
# the rasterio of today multiplies transforms as the affine of today no longer likes
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
INDICATORS = ("patents", "publications", "deals")


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BASELINE))
    return importlib.import_module("stages")


def run_all(stages: ModuleType, world: Path, work: Path) -> dict[str, Any]:
    for name, stage in stages.STAGES.items():
        if "lent" not in name:
            stages.run_stage(stage, world, work)
    kept = work.glob("*.pickle")
    return {path.stem: pd.read_pickle(path) for path in kept}  # noqa: S301 - written just now


def write_world(folder: Path) -> None:
    """Write two patents, an article and a deal in Alpha, one half of a patent in Beta."""
    tables = {
        "patents/documents-2020": [
            {"document_id": 1, "year": 2020},
            {"document_id": 2, "year": 2024},
            {"document_id": 3, "year": 2019},
        ],
        "patents/addresses-2020": [
            {"document_id": 1, "city": "", "latitude": 10.05, "longitude": 10.05},
            {"document_id": 1, "city": "", "latitude": 10.06, "longitude": 10.05},
            {"document_id": 2, "city": "Alpha", "latitude": np.nan, "longitude": np.nan},
            {"document_id": 2, "city": "", "latitude": -20.05, "longitude": 30.05},
            {"document_id": 3, "city": "", "latitude": 10.05, "longitude": 10.05},
        ],
        "publications/documents-2020": [
            {"document_id": 1, "year": 2020, "type": "article", "subjects": "Linguistics; Optics"},
            {"document_id": 2, "year": 2020, "type": "article", "subjects": "Linguistics"},
            {"document_id": 3, "year": 2020, "type": "review", "subjects": "Optics"},
        ],
        "publications/addresses-2020": [
            {"document_id": number, "city": city} for number in (1, 2, 3) for city in ("Alpha", "?")
        ],
        "deals/deals": [
            {"document_id": 1, "city": "Alpha", "year": 2021, "deal_type": "seed"},
            {"document_id": 2, "city": "Alpha", "year": 2021, "deal_type": "debt"},
        ],
    }
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows).assign(region="", country="AA").to_parquet(path)
    grid = {"width": 3600, "height": 1800, "transform": from_origin(-180, 90, 0.1, 0.1)}
    form = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": "EPSG:4326", "nodata": -1}
    with rasterio.open(folder / "population.tif", "w", **grid, **form) as raster:
        raster.write(np.ones((1800, 3600), np.float32), 1)


def test_the_baseline_counts_as_by_hand(stages: ModuleType, tmp_path: Path) -> None:
    write_world(tmp_path)
    city = {"city": ["Alpha"], "region": [""], "country": ["AA"]}
    gazetteer = pd.DataFrame({**city, "latitude": [10.05], "longitude": [10.05]})
    subjects = pd.DataFrame(
        {"subject": ["Linguistics", "Optics"], "area": ["Social Sciences", "Physical Sciences"]}
    )
    work = tmp_path / "kept"
    work.mkdir()
    gazetteer.to_pickle(work / "gazetteer.pickle")
    subjects.to_pickle(work / "subjects.pickle")
    found = run_all(stages, tmp_path, work)["ranking"]
    assert found[list(INDICATORS)].to_numpy().tolist() == [[1.5, 1.0, 1.0], [0.5, 0.0, 0.0]]
    assert found["total_share"].tolist() == pytest.approx([2.75, 0.25])
    assert found["rank"].tolist() == [1, 2]
    assert found["population"].tolist() == [1.0, 1.0]


@pytest.mark.slow
def test_the_baseline_ranks_as_hubscan_does(stages: ModuleType, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "hubscan.cli", "--quiet"]
    world, run = tmp_path / "world", tmp_path / "run"
    words = ["--inputs", str(world / "inputs.toml"), "--out", str(run), "--top", "0"]
    subprocess.run([*command, "world", "--out", str(world), "--scale", "0.01"], check=True)  # noqa: S603 - our own command
    subprocess.run([*command, "run", *words, "--set", "cluster.threshold=share"], check=True)  # noqa: S603 - our own command
    stages.lend(run, tmp_path / "kept")
    kept = run_all(stages, world, tmp_path / "kept")

    ours, theirs = pd.read_parquet(run / "ranking.parquet"), kept["ranking"]
    assert len(ours) == len(theirs) > 200
    for name in INDICATORS:
        np.testing.assert_allclose(theirs[name], ours[f"count_{name}"], rtol=1e-12)
    np.testing.assert_allclose(theirs["total_share"], ours["total_share"], rtol=1e-12)
    np.testing.assert_array_equal(theirs["rank"], ours["rank"])
    # both count cells whose centre is in a disc; a cell in two footprints counts twice in theirs
    np.testing.assert_allclose(theirs["population"], ours["population"], rtol=1e-3)

    members = kept["members"].assign(
        place=place_keys(kept["members"]["latitude"], kept["members"]["longitude"])
    )
    membership = pd.read_parquet(run / "membership.parquet").merge(members, on="place")
    assert len(membership) == len(members)
    pairs = membership[["cluster_x", "cluster_y"]].drop_duplicates()
    assert pairs["cluster_x"].is_unique
    assert pairs["cluster_y"].is_unique
