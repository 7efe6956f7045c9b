"""
What a study of uncertainty takes: processor seconds of the bootstrap of a run folder.

    python benchmarks/robustness.py RUN [REPLICATES] [WORKERS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from hubscan.console import Screen
from hubscan.robustness.folders import opened_run
from hubscan.robustness.studies import Plan, bootstrapped


def seconds_used() -> float:
    """Return the processor seconds of this process and of those it has waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main(folder: str, replicates: str = "200", workers: str = "1") -> None:
    """Print what the replicates of a run take."""
    began, used = time.perf_counter(), seconds_used()
    run = opened_run(Path(folder).absolute())
    opened = seconds_used() - used
    plan = Plan(int(replicates), "document", 1, 0.9, 0)
    with tempfile.TemporaryDirectory() as work:
        bootstrapped(run, plan, work=Path(work), workers=int(workers), watcher=Screen(quiet=True))
    whole = seconds_used() - used
    evidence = run.base.evidence
    print(
        f"{folder}: {len(evidence.documents):,} documents, {len(evidence.rows):,} rows, "
        f"{len(evidence.counts):,} counts, {len(run.ranking)} clusters"
    )
    print(f"read back {opened:.1f} CPU s; {replicates} replicates {whole - opened:.1f} CPU s")
    print(f"wall {time.perf_counter() - began:.1f} s with {workers} workers")


if __name__ == "__main__":
    main(*sys.argv[1:])
