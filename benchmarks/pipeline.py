"""The whole pipeline on the synthetic world: seconds by stage, CPU seconds and peak memory."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measure import measured, told_peak


def main(*, scale: float, keep: Path | None, outline: str, evidence: bool) -> None:
    """Make a world, run on it, and print the stages, slowest first."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        hubscan = [sys.executable, "-m", "hubscan.cli", "--quiet"]
        world, run = folder / "world", folder / "run"
        if not (world / "inputs.toml").exists():
            command = [*hubscan, "world", "--out", str(world), "--scale", f"{scale}"]
            wall, cpu, peak, *_ = measured(command)
            print(f"{'making the world':28}{wall:8.1f} s wall {cpu:8.1f} s CPU {peak:6.2f} GB peak")
        with tempfile.TemporaryDirectory(dir=folder) as work:
            command = [*hubscan, "run", "--inputs", str(world / "inputs.toml"), "--out", str(run)]
            command += ["--work", work, "--set", "cluster.threshold=share", "--top", "0"]
            command += ["--set", f"footprint.outline={outline}"]
            command += ["--evidence" if evidence else "--no-evidence"]
            wall, cpu, peak, *_ = measured(command)
        peak = max(peak, told_peak(run))
        stages = json.loads((run / "run.json").read_text(encoding="utf-8"))["stages"]
        for stage in sorted(stages, key=lambda stage: -stage["seconds"])[:16]:
            took = f"{stage['seconds']:8.2f} s {stage['peak_gb'] or 0.0:6.2f} GB"
            print(f"  {stage['stage']:26}{took}  {stage['rows']:>12,} rows")
        total = f"{wall:8.1f} s wall {cpu:8.1f} s CPU {peak:6.2f} GB peak"
        print(f"{f'pipeline at scale {scale:g}':28}{total}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--keep", type=Path, help="folder that keeps the world for later runs")
    parser.add_argument("--outline", default="union", choices=("mask", "union"))
    parser.add_argument("--evidence", action="store_true", help="keep the evidence too")
    given = parser.parse_args()
    main(scale=given.scale, keep=given.keep, outline=given.outline, evidence=given.evidence)
