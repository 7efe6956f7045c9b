"""A whole run recovers the published ranking, repeats to the byte, and survives being killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hubscan import demonstration, evidence_files, outputs, pipeline, runs, schema
from hubscan.edition import load_edition
from hubscan.errors import InputError, StoreError
from hubscan.explorer import export
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("runs")  # one run serves all of them

SCALE = 0.02
SEED = 2025
RECORDS = {"run.json"}
NO_ROOM = "no room"


class Nobody:
    """A watcher that counts what was made anew."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Keep the names of stages that were not found from before."""
        if not record.reused:  # type: ignore[attr-defined] - a stage record
            self.made.append(record.stage)  # type: ignore[attr-defined] - as above


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> demonstration.Shown:
    """Run the demonstration once."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    return demonstration.demonstrated(
        folder, scale=SCALE, edition="gii-2025", seed=SEED, threads=2, watcher=Nobody()
    )


def again(inputs: Path, folder: Path, *, threads: int = 2, work: Path | None = None) -> Nobody:
    watcher = Nobody()
    edition = load_edition("gii-2025").replace("cluster.threshold", "share")
    machine = runs.Machine(threads=threads, work=work or folder.parent / ".hubscan")
    runs.run(edition, inputs, folder, root=None, machine=machine, watcher=watcher)
    return watcher


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in RECORDS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def inputs_of(shown: demonstration.Shown) -> Path:
    world = f"world-{SCALE:g}-{SEED}"
    return shown.finished.folder.parent / ".hubscan" / world / "inputs.toml"


@pytest.fixture(scope="module")
def as_of_many(shown: demonstration.Shown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same run made as one of many places is: the map apart, the evidence in parts."""
    folder = tmp_path_factory.mktemp("many") / "run"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outputs, "MANY_PLACES", 0)
        patched.setattr(evidence_files, "ROWS", 50_000)
        again(inputs_of(shown), folder, work=shown.finished.folder.parent / ".hubscan")
    return folder


def test_the_map_is_the_same_drawn_in_a_process_of_its_own(
    shown: demonstration.Shown, as_of_many: Path
) -> None:
    for name in ("world.png", "world.svg"):
        assert (as_of_many / name).read_bytes() == (shown.finished.folder / name).read_bytes()


def test_evidence_is_the_same_in_one_part_or_many(
    shown: demonstration.Shown, as_of_many: Path
) -> None:
    folder = shown.finished.folder
    for name in ("evidence.parquet", "documents.parquet"):
        whole, parted = (pq.read_table(at / name) for at in (folder, as_of_many))
        assert parted.equals(whole)
        groups = pq.read_metadata(as_of_many / name).num_row_groups
        assert groups > pq.read_metadata(folder / name).num_row_groups
    keys = ["document", "indicator", "place", "organisation", "economy"]
    rows = whole_evidence(folder)[keys]
    assert not rows.duplicated().any()
    assert rows.equals(rows.sort_values(keys, ignore_index=True))


def whole_evidence(folder: Path) -> pd.DataFrame:
    """Return the evidence with numbers for its indicators, as it is ordered by."""
    table = pd.read_parquet(folder / "evidence.parquet")
    names = load_edition("gii-2025").indicators
    return table.assign(indicator=table["indicator"].map({n: k for k, n in enumerate(names)}))


def test_the_demo_recovers_the_published_ranking(shown: demonstration.Shown) -> None:
    assert shown.summary["found"] >= 97
    assert shown.summary["spearman"] >= 0.98
    assert shown.summary["top_in_order"] >= 8


def test_it_leaves_what_it_promises(shown: demonstration.Shown) -> None:
    names = {path.name for path in shown.finished.folder.iterdir()}
    assert names >= {
        "ranking.csv", "ranking.parquet", "ranking.xlsx", "clusters.geojson", "clusters.gpkg",
        "membership.parquet", "counts.csv", "coverage.csv", "world.png", "world.svg", "run.json",
        "rejected.parquet", "edition.toml",
    }  # fmt: skip


def test_tables_are_what_the_schema_says(shown: demonstration.Shown) -> None:
    results = shown.finished.results
    for table, described in (
        (results.membership, schema.MEMBERSHIP),
        (results.counts, schema.COUNTS),
        (results.economy_counts, schema.ECONOMY_COUNTS),
        (results.totals, schema.TOTALS),
        (results.candidate_pairs, schema.CANDIDATE_PAIRS),
        (results.place_addresses, schema.PLACE_ADDRESSES),
    ):
        assert schema.validated(table, described) is table


def test_fractions_are_conserved(shown: demonstration.Shown) -> None:
    results = shown.finished.results
    summed = results.counts.groupby("indicator")["count"].sum()
    covered = results.totals.set_index("indicator")["covered"]
    np.testing.assert_allclose(summed[covered.index], covered, rtol=1e-12)


def test_files_open_where_users_open_them(shown: demonstration.Shown) -> None:
    folder = shown.finished.folder
    ranking = pd.read_csv(folder / "ranking.csv", keep_default_na=False, na_values=[""])
    book = openpyxl.load_workbook(folder / "ranking.xlsx")
    assert book.sheetnames == ["ranking", "counts", "economies", "coverage", "merging", "About"]
    sheet = book["ranking"]
    assert [cell.value for cell in sheet[1]] == list(ranking.columns)
    assert sheet["C2"].value == ranking["name"][0] == "Shenzhen–Hong Kong–Guangzhou"
    assert isinstance(sheet["E2"].value, float)
    clusters = gpd.read_file(folder / "clusters.gpkg", layer="clusters")
    geojson = gpd.read_file(folder / "clusters.geojson")
    assert len(clusters) == len(geojson) == len(ranking)
    assert clusters.crs == geojson.crs
    assert clusters.geometry.is_valid.all()
    assert (folder / "world.png").read_bytes().startswith(b"\x89PNG")


def test_everything_says_that_it_is_synthetic(shown: demonstration.Shown) -> None:
    folder = shown.finished.folder
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["inputs"]["synthetic"] is True
    assert "SYNTHETIC" in (folder / "clusters.geojson").read_text(encoding="utf-8")[:2000]
    assert "SYNTHETIC" in (folder / "ranking.csv.json").read_text(encoding="utf-8")
    assert "Synthetic" in (folder / "world.svg").read_text(encoding="utf-8")
    about = openpyxl.load_workbook(folder / "ranking.xlsx")["About"]
    assert any("SYNTHETIC" in str(row[1].value) for row in about.iter_rows())
    assert b"SYNTHETIC" in pq.read_schema(folder / "ranking.parquet").metadata[b"hubscan"]


def silent(folder: Path, *words: str) -> list[str]:
    """Return the files that do not say all of some words, nor a companion for them."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        beside = path.with_name(f"{path.name}.json")
        content = (beside if beside.exists() else path).read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                content = b"".join(packed.read(name) for name in packed.namelist())
        if not all(word.encode() in content for word in words):
            found.append(path.relative_to(folder).as_posix())
    return found


MADE_OF = ("SYNTHETIC", "gii-2025", "GeoNames", "cluster.", "MIT")
"""Data, edition, attribution, assumed parameters and licence."""


def test_every_published_file_says_what_it_is_made_of(shown: demonstration.Shown) -> None:
    # the edition is the one file that is a part of the record itself
    assert silent(shown.finished.folder, *MADE_OF) == ["edition.toml"]


@pytest.mark.parametrize(
    "words",
    [
        ("figures", "RUN", "--out", "OUT"),
        ("sweep", "RUN", "--vary", "cluster.radius_km=14:15:1", "--out", "OUT"),
        ("compare", "RUN", "RUN", "--out", "OUT"),
        ("index", "run", "RUN", "--out", "OUT", "--runs", "64"),
        ("uncertainty", "RUN", "--replicates", "4", "--rows", "0", "--workers", "1"),
    ],
)
def test_what_is_made_from_a_run_says_so_too(
    shown: demonstration.Shown, tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder, out = tmp_path / "run", tmp_path / "out"
    shutil.copytree(shown.finished.folder, folder)
    given = {"RUN": str(folder), "OUT": str(out)}
    command = [sys.executable, "-m", "hubscan.cli", "--quiet", *(given.get(w, w) for w in words)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    made = out if "OUT" in words else folder / words[0]
    assert len(list(made.iterdir())) > 1
    assert silent(made, *MADE_OF) == []


def test_a_site_says_what_its_runs_are_made_of(shown: demonstration.Shown, tmp_path: Path) -> None:
    export.write_site(opened_runs([shown.finished.folder]), tmp_path / "site")
    record = json.loads((tmp_path / "site" / "run.json").read_text(encoding="utf-8"))
    assert all(word in str(record["about"][0]) for word in MADE_OF)


def test_a_capped_run_is_the_same_and_says_what_went_through_the_disk(
    shown: demonstration.Shown, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "hubscan.cli", "run", "--memory-gb", "0.2", "--top", "0"]
    command += ["--inputs", str(inputs_of(shown)), "--out", str(tmp_path / "capped")]
    command += ["--work", str(tmp_path / "work"), "--set", "cluster.threshold=share"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr  # noqa: S603 - our own command
    record = json.loads((tmp_path / "capped" / "run.json").read_text(encoding="utf-8"))["machine"]
    assert record["memory_cap_gb"] == 0.2
    through = f"{record['spilled_gb']:g} GB did not fit in memory and went through the disk"
    enough = "Nothing went through the disk: the query engine kept to 0.2 GB"
    assert (through if record["spilled_gb"] else enough) in said
    assert contents(tmp_path / "capped") == contents(shown.finished.folder)


def test_same_bytes_twice_and_on_one_thread(shown: demonstration.Shown, tmp_path: Path) -> None:
    again(inputs_of(shown), tmp_path / "one", threads=1)
    first, second = contents(shown.finished.folder), contents(tmp_path / "one")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_same_bytes_for_shuffled_rows(shown: demonstration.Shown, tmp_path: Path) -> None:
    world = inputs_of(shown).parent
    for path in sorted(world.rglob("*.parquet")):
        table = pq.read_table(path)
        order = np.random.default_rng(7).permutation(len(table))
        target = tmp_path / "world" / path.relative_to(world)
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.take(pa.array(order)), target, row_group_size=10_000)
    for name in ("inputs.toml", "population.tif"):
        shutil.copy(world / name, tmp_path / "world")
    again(tmp_path / "world" / "inputs.toml", tmp_path / "run")
    first, second = contents(shown.finished.folder), contents(tmp_path / "run")
    assert [name for name in first if first[name] != second[name]] == []


def test_a_second_run_finds_every_stage(shown: demonstration.Shown) -> None:
    before = contents(shown.finished.folder)
    watcher = again(inputs_of(shown), shown.finished.folder)
    # files are hashed, and the folder written, each time
    made_anew = [
        "evidence", "inputs", "map", "map_begun", "profiles", "report", "run_folder",
    ]  # fmt: skip
    assert sorted(watcher.made) == made_anew
    assert contents(shown.finished.folder) == before


@pytest.fixture
def another_radius(shown: demonstration.Shown, tmp_path: Path) -> tuple[Path, list[str]]:
    """Return a copy of the run folder, and the command that writes another run into it."""
    folder = tmp_path / "run"
    shutil.copytree(shown.finished.folder, folder)
    words = [
        "run", "--inputs", str(inputs_of(shown)), "--out", str(folder), "--top", "0",
        "--set", "cluster.threshold=share", "--set", "cluster.radius_km=14",
    ]  # fmt: skip
    return folder, [sys.executable, "-m", "hubscan.cli", *words]


def test_killed_at_random_moments_nothing_is_half(
    another_radius: tuple[Path, list[str]], tmp_path: Path
) -> None:
    folder, command = another_radius
    before, states = contents(folder), []
    for seconds in (1.5, 3.0, 4.5, 6.0):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
        time.sleep(seconds)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        states.append(contents(folder))
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our own command
    undisturbed = tmp_path / "elsewhere" / "run"
    after, command[command.index(str(folder))] = contents(folder), str(undisturbed)
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our own command
    assert after == contents(undisturbed) != before
    assert [state for state in states if state not in (before, after)] == []


def test_an_interrupted_run_says_what_stands(another_radius: tuple[Path, list[str]]) -> None:
    folder, command = another_radius
    before = contents(folder)
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stderr is not None
        said = child.stderr.readline()
        child.send_signal(signal.SIGINT)
        said += child.stderr.read()
    assert child.returncode == 130
    assert "stopped; finished stages are kept, results are as before" in said
    assert "Traceback" not in said
    assert contents(folder) == before


def test_a_fault_ends_what_is_written_beside_and_leaves_nothing(
    shown: demonstration.Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, begun, rows = tmp_path / "run", threading.Event(), []
    shutil.copytree(shown.finished.folder, folder)
    before, write = contents(folder), outputs.write

    def slowly(*given: object, **named: object) -> int:
        begun.set()
        time.sleep(0.5)
        rows.append(write(*given, **named))  # type: ignore[arg-type] - as given
        return rows[0]

    def failing(*_: object) -> None:
        begun.wait()
        raise StoreError(NO_ROOM)

    monkeypatch.setattr(outputs, "write", slowly)
    monkeypatch.setattr(pipeline, "profiled", failing)
    with pytest.raises(StoreError, match=NO_ROOM):
        again(inputs_of(shown), folder, work=shown.finished.folder.parent / ".hubscan")
    # it had its folder to the end
    assert rows == [len(shown.finished.results.ranking)]
    assert (contents(folder), os.listdir(tmp_path)) == (before, ["run"])


def test_a_fault_of_the_tables_is_told_though_they_are_written_beside(
    shown: demonstration.Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> int:
        raise StoreError(NO_ROOM)

    monkeypatch.setattr(outputs, "write", failing)
    with pytest.raises(StoreError, match=NO_ROOM):
        again(inputs_of(shown), tmp_path / "run", work=shown.finished.folder.parent / ".hubscan")
    assert list(tmp_path.iterdir()) == []


def test_an_indicator_without_a_source_is_one_sentence(
    shown: demonstration.Shown, tmp_path: Path
) -> None:
    text = (
        inputs_of(shown)
        .read_text(encoding="utf-8")
        .replace('indicator = "deals"', 'indicator = "loans"')
    )
    inputs = inputs_of(shown).with_name("no-deals.toml")
    inputs.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"no-deals\.toml: no source gives deals: gii-2025 needs"):
        again(inputs, tmp_path / "run")
