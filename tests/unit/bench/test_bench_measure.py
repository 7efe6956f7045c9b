"""What a process took is its own, and a cap stops it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).resolve().parents[3] / "benchmarks" / "measure.py"
SPEC = importlib.util.spec_from_file_location("measure_of_benches", PATH)
assert SPEC is not None
assert SPEC.loader is not None
measure = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(measure)


def python(line: str, **caps: float) -> Any:  # noqa: ANN401 - a value of a script
    return measure.measured([sys.executable, "-c", line], **caps)


def test_a_process_is_measured_and_says_what_it_says() -> None:
    done = python("print(sum(range(3_000_000)))")
    assert done.said == "4499998500000\n"
    assert done.broke == ""
    assert 0.0 < done.cpu < 30.0


def test_a_cap_of_memory_is_told() -> None:
    done = python("held = bytearray(400_000_000)", cap_gb=0.2)
    assert done.broke == "more than 0.2 GB"


def test_a_cap_of_cpu_seconds_is_told() -> None:
    done = python("while True: pass", cap_cpu_s=1)
    assert done.broke == "stopped after 1 CPU s"
    assert done.cpu == pytest.approx(1.0, abs=0.5)


def test_another_failure_ends_the_bench() -> None:
    with pytest.raises(SystemExit, match="ValueError: no such thing"):
        python("raise ValueError('no such thing')")
