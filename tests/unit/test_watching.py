"""How much a query engine puts on the disk, seen while it lies there."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from hubscan.watching import largest_spill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE_S = 20.0


def until(true: Callable[[], bool]) -> None:
    """Wait for what another thread does, a while."""
    given_up = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < given_up:
        time.sleep(0.02)
    assert true()


def sparse(path: Path, size: int) -> Path:
    """Make a file of so many bytes that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_nothing_spilled_is_nothing_told(tmp_path: Path) -> None:
    with largest_spill(tmp_path) as spilled:
        time.sleep(0.3)
    assert spilled == [0.0]


def test_the_most_at_any_time_is_told(tmp_path: Path) -> None:
    with largest_spill(tmp_path) as spilled:
        one = sparse(tmp_path / "one.tmp", 300_000_000)
        until(lambda: spilled == [0.3])
        other = sparse(tmp_path / "deep" / "er" / "two.tmp", 200_000_000)
        until(lambda: spilled == [0.5])
        one.unlink()
        other.unlink()
        sparse(tmp_path / "three.tmp", 400_000_000)
        time.sleep(0.5)
    assert spilled == [0.5]


def test_a_folder_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    folder = tmp_path / "spill"
    with largest_spill(folder) as spilled:
        time.sleep(0.3)
        sparse(folder / "late.tmp", 100_000_000)
        until(lambda: spilled == [0.1])


def test_folders_may_vanish_while_they_are_looked_at(tmp_path: Path) -> None:
    with largest_spill(tmp_path) as spilled:
        began = time.monotonic()
        while time.monotonic() - began < 1.0:
            file = sparse(tmp_path / "block" / "0a" / "part", 1_000_000)
            file.unlink()
            file.parent.rmdir()
        # the watch goes on
        sparse(tmp_path / "last.tmp", 700_000_000)
        until(lambda: spilled[0] >= 0.7)


def test_the_watch_ends_with_the_block_even_after_a_fault(tmp_path: Path) -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), largest_spill(tmp_path):
        assert threading.active_count() == before + 1
        _ = 1 // 0
    assert threading.active_count() == before
