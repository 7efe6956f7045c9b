"""Seconds, CPU seconds and peak memory of a command in a fresh process, under a cap if wanted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CAPPED: Final = (
    "import os, resource, sys; memory, seconds = int(sys.argv[1]), int(sys.argv[2]);"
    "resource.setrlimit(resource.RLIMIT_DATA, (memory, memory));"
    "resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds));"
    "os.execvp(sys.argv[3], sys.argv[3:])"
)
"""Sets the limits and becomes the command."""

OUT_OF_MEMORY: Final = ("MemoryError", "bad_alloc", "annot allocate", "Unable to allocate")
"""What programs say when they may have no more memory."""


class Measured(NamedTuple):
    """What a process took: seconds, CPU seconds, most memory in GB; what it said, why it ended."""

    wall: float
    cpu: float
    peak: float
    said: str
    broke: str


def measured(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    cap_gb: float = 1024.0,
    cap_cpu_s: int = 36_000,
) -> Measured:
    """
    Run a command to its end and return what it took, its children included.

    The figures are those the system keeps for this one process, not for all that came before it;
    but a process starts with the peak of the one that starts it, which must stay small.
    A command stopped by a cap is told of in ``broke``; one that fails otherwise ends the bench.
    """
    capped = [sys.executable, "-c", CAPPED, str(int(cap_gb * 1e9)), str(cap_cpu_s), *command]
    began = perf_counter()
    with subprocess.Popen(  # noqa: S603 - commands of our own
        capped,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    ) as process:
        # it says little: one stream can be read after the other
        said = process.stdout.read() if process.stdout else ""
        complaint = process.stderr.read() if process.stderr else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = perf_counter() - began
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    broke = _why(process.returncode, complaint, cap_gb, cap_cpu_s)
    if broke is None:
        sys.exit(f"{' '.join(command)} failed with exit status {process.returncode}:\n{complaint}")
    return Measured(wall, used.ru_utime + used.ru_stime, peak, said, broke)


def told_peak(run: Path) -> float:
    """
    Return the most memory that the stages of a run folder report, GB.

    A run has the system forget its peak at each stage, so that the system's figure for the whole
    process is of the last stage alone.
    """
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return max(stage["peak_gb"] or 0.0 for stage in record["stages"])


def _why(status: int, complaint: str, cap_gb: float, cap_cpu_s: int) -> str | None:
    """Return which cap stopped a process: empty if it ended well, None if something else did."""
    if status == 0:
        return ""
    if any(words in complaint for words in OUT_OF_MEMORY):
        return f"more than {cap_gb:g} GB"
    return f"stopped after {cap_cpu_s} CPU s" if status < 0 else None
