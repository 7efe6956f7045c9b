"""
The whole job beside pandas, scikit-learn and geopandas: seconds, CPU seconds, peak memory.

``python benchmarks/beside_baseline.py`` measures one small world; ``--scales 0.01 0.1 1.0`` goes on
until the baseline breaks, and past that on clusters lent by hubscan. Every stage of the baseline is
a fresh process that may use so much memory and no more. What is written to and read from disk
between them is not counted, nor is the gazetteer that the baseline is lent; of hubscan everything
is counted, from the start of Python to maps, workbook and provenance on disk.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from measure import Measured, measured, told_peak

if TYPE_CHECKING:
    from collections.abc import Iterator

BASELINE: Final = Path(__file__).parent / "baseline"
RESULTS: Final = Path(__file__).resolve().parents[1] / ".benchmarks" / "baseline.json"
STAGES: Final = (
    "read and filter", "geocode by join", "places", "DBSCAN", "ties", "merging", "footprints",
    "population", "counts and ranking",
)  # fmt: skip
LENT: Final = {"DBSCAN": "DBSCAN, lent by hubscan"}
REPEATS: Final = 2
"""Runs of hubscan, the least taken: the first after installation compiles the kernels."""


def hubscan(*words: str) -> Measured:
    """Return what a command of hubscan took."""
    return measured([sys.executable, "-m", "hubscan.cli", "--quiet", *words])


def hubscan_run(folder: Path) -> Measured:
    """Return what a run of hubscan took, everything it writes included; nothing is reused."""
    took = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory(dir=folder) as work:
            words = ["--inputs", str(folder / "world" / "inputs.toml"), "--top", "0"]
            words += ["--out", str(folder / "run"), "--work", work]
            done = hubscan("run", *words, "--set", "cluster.threshold=share")
            took.append(done._replace(peak=max(done.peak, told_peak(folder / "run"))))
    return min(took, key=lambda each: each.cpu)


def baseline_stage(stage: str, folder: Path, cap_gb: float) -> dict[str, Any]:
    """Return what a stage of the baseline took, or that it broke."""
    words = ["--world", str(folder / "world"), "--work", str(folder / "kept")]
    command = [sys.executable, "-W", "ignore", str(BASELINE / "stages.py"), stage, *words]
    done = measured(command, cap_gb=cap_gb)
    took = {"wall": done.wall, "cpu": done.cpu, "peak": done.peak}
    if not done.broke:
        took = json.loads(done.said)
    return {"stage": stage, "broke": done.broke, **took}


def baseline(folder: Path, cap_gb: float) -> Iterator[dict[str, Any]]:
    """Yield what each stage of the baseline took; after one that broke, of one that is lent."""
    lend = f"import sys; sys.path.insert(0, {str(BASELINE)!r}); from pathlib import Path; import "
    lend += f"stages; stages.lend(Path({str(folder / 'run')!r}), Path({str(folder / 'kept')!r}))"
    measured([sys.executable, "-W", "ignore", "-c", lend])
    for stage in STAGES:
        took = baseline_stage(stage, folder, cap_gb)
        yield took
        if took["broke"] and stage in LENT:
            yield baseline_stage(LENT[stage], folder, cap_gb)
        elif took["broke"]:
            return


def shown(name: str, took: dict[str, Any]) -> None:
    """Print one line of the table."""
    figures = f"{took['wall']:9.2f}{took['cpu']:9.2f}{took['peak']:9.2f}"
    print(f"  {name:28}{figures}  {took.get('broke', '')}", flush=True)


def compared(scale: float, folder: Path, cap_gb: float) -> dict[str, Any]:
    """Measure both at one scale, print the table, and return its figures."""
    if not (folder / "world" / "inputs.toml").exists():
        hubscan("world", "--out", str(folder / "world"), "--scale", f"{scale}")
    print(f"scale {scale:g}{'':24}  wall s    CPU s  peak GB", flush=True)
    own = hubscan_run(folder)
    ours = {"wall": own.wall, "cpu": own.cpu, "peak": own.peak}
    shown("hubscan run, all of it", ours)
    stages = []
    for took in baseline(folder, cap_gb):
        shown(took["stage"], took)
        stages.append(took)
    total = {name: sum(took[name] for took in stages) for name in ("wall", "cpu")}
    total["peak"] = max(took["peak"] for took in stages)
    broke = "; ".join(f"{took['stage']}: {took['broke']}" for took in stages if took["broke"])
    shown("baseline, all of it", {**total, "broke": broke})
    ratio = {name: total[name] / ours[name] for name in total}
    print(f"  times hubscan: wall {ratio['wall']:.2f}, CPU {ratio['cpu']:.2f}", end="")
    print(f", peak memory {ratio['peak']:.2f}", flush=True)
    return {"scale": scale, "hubscan": ours, "baseline": total, "broke": broke, "stages": stages}


def main(*, scales: list[float], keep: Path | None, cap_gb: float) -> list[dict[str, Any]]:
    """Measure every scale, write the figures as JSON, and return them."""
    figures = []
    with tempfile.TemporaryDirectory() as temporary:
        for scale in scales:
            folder = (keep or Path(temporary)) / f"scale-{scale:g}"
            folder.mkdir(parents=True, exist_ok=True)
            figures.append(compared(scale, folder, cap_gb))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.02])
    parser.add_argument("--keep", type=Path, help="folder that keeps worlds and tables")
    parser.add_argument("--cap-gb", type=float, default=12.0, help="memory of a baseline stage")
    given = parser.parse_args()
    main(scales=given.scales, keep=given.keep, cap_gb=given.cap_gb)
