"""Questions to the explorer about a large run: seconds to open it, and to answer each slider."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq
from measure import measured

from hubscan.explorer.questions import Desk
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCALE: Final = 0.475
"""Size of the synthetic world that has a million places."""

MOVED: Final[dict[str, tuple[Any, ...]]] = {
    "radius": ("cluster.radius_km", 12.0, 18.0, 22.0, 9.0),
    "density": ("cluster.min_share", 0.0005, 0.0015, 0.002, 0.0008),
    "merge gap": ("merge.max_gap_km", 3.0, 8.0, 12.0, 6.5),
    "counting": ("count.method", "full", "fractional", "full", "fractional"),
    "weights": (
        "rank.weights",
        *({"patents": w, "publications": 1.0, "deals": 1.0} for w in (2, 3)),
    ),
}
"""Each slider, and the values it is moved to, one after the other."""


def made(folder: Path, scale: float) -> Path:
    """Make the run unless it is there, with its evidence, and return its folder."""
    world, run = folder / "world", folder / "run"
    hubscan = [sys.executable, "-m", "hubscan.cli", "--quiet"]
    if not (world / "inputs.toml").exists():
        measured([*hubscan, "world", "--out", str(world), "--scale", f"{scale}"])
    if not (run / "run.json").exists():
        command = [*hubscan, "run", "--inputs", str(world / "inputs.toml"), "--out", str(run)]
        command += ["--work", str(folder / "work"), "--set", "cluster.threshold=share"]
        measured([*command, "--top", "0", "--evidence"])
    return run


def took(act: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and CPU seconds of an act."""
    wall, cpu = perf_counter(), process_time()
    act()
    return perf_counter() - wall, process_time() - cpu


def questions(desk: Desk) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Ask as the sliders of the page do, ranking first and then footprints."""
    for name, (key, *values) in MOVED.items():
        for part in ("ranking", "footprints"):
            times = []
            for value in values:
                if part == "footprints":
                    desk.answer({key: value}, threading.Event(), part="ranking")
                times.append(took(lambda: desk.answer({key: value}, threading.Event(), part=part)))  # noqa: B023 - asked at once
            yield f"{name}, {part}", times


def main(folder: Path, scale: float, run: Path | None) -> None:
    """Print what opening and each slider take."""
    path = run or made(folder, scale)
    places = pq.read_metadata(path / "membership.parquet").num_rows
    print(f"{places:,} places; seconds and CPU seconds")
    desk = Desk(opened_runs([path])[0])
    print(
        f"{'opening':28}",
        *(f"{t:8.2f}" for t in took(lambda: desk.answer({}, threading.Event(), part="ranking"))),
    )
    for name, times in questions(desk):
        print(f"{name:28}", *(f"{wall:6.2f} ({cpu:.2f})" for wall, cpu in times))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, default=Path("what-if-bench"))
    parser.add_argument("--scale", type=float, default=SCALE)
    parser.add_argument("--run", type=Path, help="a run folder to ask about instead")
    given = parser.parse_args()
    main(given.keep, given.scale, given.run)
