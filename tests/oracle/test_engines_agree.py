"""Spark and DuckDB, fed the same rows, give the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCALE = "0.01"
# where everything is set up, nothing may be passed over
NO_JAVA = shutil.which("java") is None and not os.environ.get("CI")


@pytest.mark.skipif(NO_JAVA, reason="Spark needs Java, which is not installed")
def test_a_run_on_spark_equals_one_on_duckdb(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "hubscan.cli", "--quiet"]
    world = tmp_path / "world"
    subprocess.run([*command, "world", "--out", str(world), "--scale", SCALE], check=True)  # noqa: S603 - our own command
    for engine in ("duckdb", "spark"):
        run = [*command, "run", "--inputs", str(world / "inputs.toml"), "--top", "0"]
        run += ["--out", str(tmp_path / engine), "--work", str(tmp_path / f"work-{engine}")]
        run += ["--engine", engine, "--threads", "2", "--set", "cluster.threshold=share"]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    duckdb = tmp_path / "duckdb"
    files = {path.relative_to(duckdb) for path in duckdb.rglob("*") if path.is_file()}
    files -= {Path("run.json")}
    needed = ("ranking.csv", "place_addresses.parquet", "merging.csv", "evidence.parquet")
    assert {*map(Path, needed), Path("profiles/field_profile.csv")} <= files
    differing = [
        name
        for name in sorted(files)
        if (duckdb / name).read_bytes() != (tmp_path / "spark" / name).read_bytes()
    ]
    assert differing == []
