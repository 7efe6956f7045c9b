"""Studies that are killed go on where they were, and come to the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from hubscan.robustness import studies, study_files, swept_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.watching import StageRecord

COMMANDS = {
    "uncertainty": ("*.done", ("--replicates", "20", "--workers", "1", "--rows", "0")),
    "sweep": ("sweep-*/*.json", ("--vary", "cluster.radius_km=9:14:0.5")),
}
RECORDED = {"cluster.radius_km": [12.0, 15.0], "merge.tie_rule": ["mutual", "none"]}


class Told:
    """A watcher that keeps the names of stages."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def begin(self, stage: str) -> None:
        """Keep the name."""
        self.stages.append(stage)

    def end(self, record: StageRecord) -> None:
        """Take note of nothing."""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_and_begun_again_the_bytes_are_the_same(
    command: str, run_of: Callable[..., Path], tmp_path: Path
) -> None:
    finished, options = COMMANDS[command]
    runs = [tmp_path / name / "run" for name in ("killed", "undisturbed")]
    for run in runs:
        shutil.copytree(run_of(), run)
    line = [sys.executable, "-m", "hubscan.cli", "--quiet", command, str(runs[0]), *options]
    work = runs[0].parent / ".hubscan"
    with subprocess.Popen(line, stdout=subprocess.DEVNULL) as child:  # noqa: S603 - our own command
        until = time.monotonic() + 120.0
        while not list(work.rglob(finished)) and child.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    assert not (runs[0] / command).exists()
    blocks = len(list(work.rglob(finished)))
    kept = {path: path.stat().st_mtime_ns for path in work.rglob(finished)}
    for run in runs:
        line[line.index(str(runs[0])) if str(runs[0]) in line else 5] = str(run)
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    assert contents(runs[0] / command) == contents(runs[1] / command)
    assert len(list(work.rglob(finished))) > blocks
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


@pytest.mark.slow
def test_one_and_two_processes_come_to_the_same_bytes(
    run_of: Callable[..., Path], tmp_path: Path
) -> None:
    plan = studies.Plan(20, "organisation", 3, 0.9, 0)
    written = []
    for workers in (1, 2):
        run = tmp_path / str(workers)
        shutil.copytree(run_of(), run)
        opened, found = studies.studied(
            run, plan, work=tmp_path / f"work-{workers}", workers=workers, watcher=Told()
        )
        written.append(contents(study_files.write_study(opened, found, plan, figures=no_figures)))
    assert written[0] == written[1]


def no_figures(*_: object) -> dict[str, bytes]:
    return {}


def test_a_sweep_begun_again_makes_nothing_anew(
    run_of: Callable[..., Path], tmp_path: Path
) -> None:
    stages = []
    for _ in range(2):
        told = Told()
        swept_runs.swept_run(
            run_of(), RECORDED, tmp_path / "sweep", work=tmp_path / "work", watcher=told
        )
        stages.append([stage for stage in told.stages if stage.startswith("settings")])
    assert stages == [["settings 1-4"], []]
