"""
Time and memory of the density clustering, beside what a user would pick instead.

``python benchmarks/kernel.py`` measures up to a million places in a few minutes; with ``--full``
ten million, and every peer to the size at which it breaks: at 12 GB, or at 300 CPU seconds. Every
figure is taken in a fresh process, so that peak memory is its own; rounds alternate between the
peers and the least CPU time counts, because others may be using the machine. Places are scattered
like addresses: round the world's cities by population, with heavy tails and hot spots, all
coordinates distinct. The table is printed and written to ``.benchmarks/kernel.json``.

Peers that are not installed are left out: R with its package dbscan, and the package dbscan of
Wang et al., which may be in another environment (``--wang PYTHON``).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from importlib.util import find_spec
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from measure import Measured, measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE.parent / ".benchmarks" / "kernel.json"
QUICK_SIZES: Final = (50_000, 200_000, 1_000_000)
FULL_SIZES: Final = (50_000, 200_000, 1_000_000, 2_500_000, 10_000_000)
QUICK_PEERS_UP_TO: Final = 200_000
REUSE_UP_TO: Final = 1_000_000
ROUNDS: Final = 2
CAP_GB, CAP_CPU_S = 12.0, 300
NAMES: Final = {
    "ours": "hubscan",
    "chords": "scikit-learn, chords, k-d tree",
    "haversine": "scikit-learn, haversine, ball tree",
    "r": "R dbscan, chords, k-d tree",
    "wang": "dbscan (Wang), no weights",
}


class Figure(NamedTuple):
    """One measurement: seconds of wall clock and of processors, gigabytes at most in use."""

    name: str
    places: int
    wall: float
    cpu: float
    peak: float
    note: str = ""
    broke: str = ""


def command_of(peer: str, program: str, size: int, folder: Path) -> list[str]:
    """Return the command that measures a peer."""
    file = folder / f"given-{size}.npz"
    if not file.exists():
        # in a process of its own: what this one has held would count as memory of the next
        measured([sys.executable, str(HERE / "places.py"), str(size), str(folder)])
    if peer == "r":
        return [program, str(HERE / "peers.R"), str(file.with_suffix(".bin")), str(size)]
    return [program, str(HERE / "peers.py"), peer, str(file)]


def figure_of(peer: str, size: int, done: Measured) -> Figure:
    """Return the figure that a process has printed, or that it broke."""
    if done.broke:
        return Figure(NAMES[peer], size, done.wall, done.cpu, done.peak, "", done.broke)
    told = json.loads(done.said.splitlines()[-1])
    note = f"{told['clusters']} clusters"
    return Figure(NAMES[peer], size, told["wall"], told["cpu"], done.peak, note)


def beside(size: int, peers: Mapping[str, str], folder: Path) -> list[Figure]:
    """Return the figures of a size: rounds alternate between the peers, the least CPU counts."""
    best: dict[str, Figure] = {}
    for _ in range(ROUNDS):
        for peer, program in peers.items():
            if NAMES[peer] in best and _settled(best[NAMES[peer]]):
                continue
            command = command_of(peer, program, size, folder)
            found = figure_of(peer, size, measured(command, cap_gb=CAP_GB, cap_cpu_s=CAP_CPU_S))
            best[found.name] = min(best.get(found.name, found), found, key=lambda one: one.cpu)
    return list(best.values())


def _settled(figure: Figure) -> bool:
    """Return whether another round would tell no more: broken, or long enough to be steady."""
    return bool(figure.broke) or figure.cpu > CAP_CPU_S / 30


def installed(wang: str) -> dict[str, str]:
    """Return the peers that are there, this package first, and the program that runs each."""
    programs = dict.fromkeys(("ours", "chords", "haversine"), sys.executable)
    code = 'cat(nzchar(system.file(package = "dbscan")))'
    if shutil.which("Rscript") and "TRUE" in measured(["Rscript", "-e", code]).said:
        programs["r"] = "Rscript"
    if wang != sys.executable or find_spec("dbscan") is not None:
        programs["wang"] = wang
    return programs


def starts(folder: Path) -> Iterator[Figure]:
    """Yield the figures of a first clustering: nothing compiled, then kept machine code."""
    script = (
        "from hubscan.cluster.density import density_clusters as f;"
        "f([0.0], [0.0], [1], radius_km=15.0, min_weight=1, border_rule='nearest_core',"
        "include_self=True)"
    )
    took: dict[str, list[Measured]] = {
        "first use after installation": [],
        "start with kept machine code": [],
    }
    for turn in range(ROUNDS):
        environment = {"NUMBA_CACHE_DIR": str(folder / f"machine-code-{turn}")}
        for times in took.values():
            times.append(measured([sys.executable, "-c", script], environment=environment))
    for name, times in took.items():
        least = min(times, key=lambda done: done.cpu)
        yield Figure(name, 1, least.wall, least.cpu, least.peak)


def reuse(size: int, folder: Path) -> Iterator[Figure]:
    """Yield the figures of asking again, and of a bootstrap."""
    for part in ("reuse", "bootstrap"):
        done = measured([sys.executable, str(HERE / "reuse.py"), part, str(size), str(folder)])
        for line in done.said.splitlines():
            yield Figure(places=size, peak=done.peak, **json.loads(line))


def all_figures(
    sizes: list[int], peers: Mapping[str, str], *, peers_up_to: int
) -> Iterator[Figure]:
    """Yield every figure; a peer that broke at one size is not tried at a larger one."""
    with tempfile.TemporaryDirectory() as name:
        folder, left = Path(name), dict(peers)
        yield from starts(folder)
        for size in sizes:
            asked = left if size <= peers_up_to else {"ours": left["ours"]}
            figures = beside(size, asked, folder)
            broken = {figure.name for figure in figures if figure.broke}
            left = {peer: left[peer] for peer in left if NAMES[peer] not in broken}
            yield from figures
        for size in [size for size in sizes if size <= REUSE_UP_TO][-1:]:
            yield from reuse(size, folder)


def with_ratio(figure: Figure, own: dict[int, Figure]) -> dict[str, Any]:
    """Return a figure as a record, with how many times our seconds and memory it takes."""
    record: dict[str, Any] = figure._asdict()
    ours = own.get(figure.places)
    if ours is not None and figure.name in NAMES.values() and figure is not ours:
        for name in ("wall", "cpu", "peak"):
            record[f"{name}_ratio"] = record[name] / getattr(ours, name)
    return record


def growth(own: dict[int, Figure]) -> Iterator[dict[str, Any]]:
    """Yield how much more CPU time each size takes than the smallest, as a part of n log n."""
    least = min(own)
    for size, figure in own.items():
        if size > least:
            expected = size * log(size) / (least * log(least))
            times = figure.cpu / own[least].cpu
            yield {"from": least, "to": size, "times": times, "of_n_log_n": times / expected}


def printed(row: dict[str, Any]) -> None:
    """Print one line of the table."""
    ratio = ""
    if "cpu_ratio" in row:
        ratio = f"  {row['wall_ratio']:.1f}, {row['cpu_ratio']:.1f}, {row['peak_ratio']:.1f}"
    print(
        f"{row['name']:36}{row['places']:11,}{row['wall']:9.3f}{row['cpu']:9.3f}"
        f"{row['peak']:9.2f}{ratio}  {row['broke'] or row['note']}",
        flush=True,
    )


def main(
    *, sizes: list[int], peers: Mapping[str, str], peers_up_to: int, results: Path
) -> dict[str, Any]:
    """Measure, print the table, write it as JSON, and return it."""
    print(f"{'':36}{'places':>11}{'wall s':>9}{'CPU s':>9}{'peak GB':>9}  times ours, answer")
    own: dict[int, Figure] = {}
    rows = []
    for figure in all_figures(sizes, peers, peers_up_to=peers_up_to):
        if figure.name == NAMES["ours"]:
            own[figure.places] = figure
        rows.append(with_ratio(figure, own))
        printed(rows[-1])
    grown = list(growth(own))
    for row in grown:
        print(
            f"{row['from']:,} to {row['to']:,} places: {row['times']:.1f} times the CPU seconds,"
            f" {row['of_n_log_n']:.2f} of n log n"
        )
    about = {"machine": platform.machine(), "processors": os.cpu_count()}
    figures = {**about, "rows": rows, "growth": grown}
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="all sizes, to ten million places")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of places")
    parser.add_argument("--peers", nargs="*", choices=NAMES, default=list(NAMES))
    parser.add_argument("--wang", default=sys.executable, help="a Python that has `dbscan`")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    chosen = given.sizes or list(FULL_SIZES if given.full else QUICK_SIZES)
    up_to = max(chosen) if given.full or given.sizes else QUICK_PEERS_UP_TO
    there = installed(given.wang)
    wanted = {name: there[name] for name in there if name in {"ours", *given.peers}}
    main(sizes=chosen, peers=wanted, peers_up_to=up_to, results=given.results)
