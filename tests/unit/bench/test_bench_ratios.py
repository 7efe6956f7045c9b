"""A bench fails with a sentence when a ratio gets much worse, and only then."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


def script(path: str) -> ModuleType:
    """Return a script of the benches as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, BENCHMARKS / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ratios = script("ratios.py")
HAVERSINE = "kernel: scikit-learn haversine to ours, CPU"
GROWTH = "kernel: growth to n log n"


def row(name: str, places: int, cpu: float, peak: float = 1.0) -> dict[str, Any]:
    return {"name": name, "places": places, "cpu": cpu, "peak": peak}


FIGURES = {
    "kernel": {
        "rows": [
            row("first use after installation", 1, 9.0),
            row("start with kept machine code", 1, 1.5),
            row("hubscan", 200_000, 0.1, 0.2),
            row("scikit-learn, haversine, ball tree", 200_000, 8.0, 1.4),
            row("scikit-learn, chords, k-d tree", 200_000, 4.0, 1.8),
            row("hubscan", 1_000_000, 0.5),
            row("new weights, same radius", 1_000_000, 0.2),
            row("each of 10 thresholds, same radius", 1_000_000, 0.05),
            row("10 radii x 10 thresholds", 1_000_000, 5.0),
            row("bootstrap, 200 replicates", 1_000_000, 25.0),
        ],
        "growth": [{"of_n_log_n": 2.0}, {"of_n_log_n": 0.8}],
    },
    "baseline": [{"baseline": {"cpu": 6.0, "peak": 2.0}, "hubscan": {"cpu": 12.0, "peak": 1.0}}],
    "index": {"plain": 0.02, "drawn": 0.0001},
}


def test_ratios_are_peers_to_ours() -> None:
    found = ratios.measured_ratios(FIGURES)
    assert found[HAVERSINE] == pytest.approx(80.0)
    assert found["kernel: scikit-learn haversine to ours, memory"] == pytest.approx(7.0)
    assert found[GROWTH] == pytest.approx(0.8)
    assert found["kernel: new threshold to all, CPU"] == pytest.approx(0.1)
    assert found["kernel: first use to later start, CPU"] == pytest.approx(6.0)
    assert found["job: baseline to hubscan run, CPU"] == pytest.approx(0.5)
    assert found["index: plain pandas to weight draws, CPU"] == pytest.approx(200.0)
    assert set(found) == set(ratios.RATIOS)


@pytest.mark.parametrize(
    ("name", "now", "alarmed"),
    [
        (HAVERSINE, 80.0, False),
        (HAVERSINE, 800.0, False),
        (HAVERSINE, 54.0, False),  # 1.48 times worse
        (HAVERSINE, 53.0, True),  # 1.51 times worse
        (GROWTH, 0.1, False),
        (GROWTH, 1.19, False),
        (GROWTH, 1.21, True),
    ],
)
def test_an_alarm_is_raised_from_half_as_bad_again(name: str, now: float, *, alarmed: bool) -> None:
    stored = ratios.measured_ratios(FIGURES)
    found = ratios.alarms({**stored, name: now}, stored)
    assert len(found) == int(alarmed)
    if alarmed:
        assert found[0].startswith(f"{name} was {stored[name]:g} and is {now:g}: 1.5")


def test_a_ratio_never_stored_raises_no_alarm() -> None:
    assert ratios.alarms({GROWTH: 1e9}, {}) == []


def test_what_is_stored_is_read_again(tmp_path: Path) -> None:
    found = ratios.measured_ratios(FIGURES)
    ratios.write_ratios(found, tmp_path / "ratios.json")
    assert ratios.stored_ratios(tmp_path / "ratios.json") == found
    assert ratios.stored_ratios(tmp_path / "none.json") == {}


def test_every_stored_ratio_is_one_that_is_measured() -> None:
    stored = json.loads((BENCHMARKS / "ratios.json").read_text(encoding="utf-8"))
    assert set(stored) == set(ratios.RATIOS)
    for name, told in stored.items():
        assert told["how"] == ratios.RATIOS[name].how
        assert told["better"] == ratios.RATIOS[name].better
        assert told["value"] > 0
