"""Seconds, CPU seconds and peak memory of a command in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Measured(NamedTuple):
    """What a process took: seconds, CPU seconds, most memory in GB, exit status, what it said."""

    wall: float
    cpu: float
    peak: float
    status: int
    said: str


def measured(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Measured:
    """
    Run a command to its end and return what it took, its children included.

    The figures are those the system keeps for this one process, not for all that came before it.
    """
    began = perf_counter()
    with subprocess.Popen(  # noqa: S603 - commands of our own
        list(command),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = perf_counter() - began
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    return Measured(wall, used.ru_utime + used.ru_stime, peak, process.returncode, said)
