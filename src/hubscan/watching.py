"""What a stage takes: seconds and memory, and who is told."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATUS: Final = Path("/proc/self/status")
_FORGET: Final = Path("/proc/self/clear_refs")
_PEAK: Final = "VmHWM:"
_EVERY: Final = 0.2


@dataclass(frozen=True)
class StageRecord:
    """
    What a stage took.

    ``seconds`` on the wall, ``rows`` of its result, whether it was found from before
    (``reused``), and the most memory the process held meanwhile (``peak_gb``; None where the
    system does not tell).
    """

    stage: str
    seconds: float
    rows: int
    reused: bool
    peak_gb: float | None = None


class Watcher(Protocol):
    """Who is told how a run goes."""

    def begin(self, stage: str) -> None:
        """Take note that a stage begins."""
        ...

    def end(self, record: StageRecord) -> None:
        """Take note that a stage has ended."""
        ...


@dataclass
class Noted:
    """What a stage that is under way turns out to be: its rows, and whether it was reused."""

    rows: int = 0
    reused: bool = False


@contextmanager
def watched(stage: str, watcher: Watcher, records: list[StageRecord]) -> Iterator[Noted]:
    """
    Measure a stage for the length of a ``with`` block, and tell the watcher.

    Parameters
    ----------
    stage
        Its name.
    watcher
        Who is told.
    records
        The list its record is added to.

    Yields
    ------
    noted
        To be filled in with the rows of the result, and whether it was found from before.
    """
    watcher.begin(stage)
    _forget_peak()
    began = time.perf_counter()
    noted = Noted()
    yield noted
    record = StageRecord(stage, round(time.perf_counter() - began, 3), noted.rows, noted.reused)
    record = replace(record, peak_gb=_peak_gb())
    records.append(record)
    watcher.end(record)


@contextmanager
def largest_spill(folder: Path) -> Iterator[list[float]]:
    """
    Watch how much a query engine puts on the disk because it does not fit in memory.

    Parameters
    ----------
    folder
        Where it puts it.

    Yields
    ------
    spilled_gb
        One number, the most that lay there at any time so far, GB (seen every fifth of a second).
    """
    most, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(_EVERY):
            # os.walk passes over folders that are gone since they were listed
            sizes = (_size(Path(at, name)) for at, _, names in os.walk(folder) for name in names)
            most[0] = max(most[0], round(sum(sizes) / 1e9, 3))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone since it was listed
        return 0


def _forget_peak() -> None:
    """Let the system measure the greatest memory anew, where it can."""
    try:
        _FORGET.write_text("5", encoding="ascii")
    except OSError:  # another system than Linux, or not allowed: the peak of the process is told
        return


def _peak_gb() -> float | None:
    """Return the greatest memory held since the peak was forgotten, GB; None if not told."""
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    told = [line for line in lines if line.startswith(_PEAK)]
    return round(int(told[0].split()[1]) / 1e6, 3) if told else None
