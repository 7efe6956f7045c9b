"""
Reliability at length: kills, full disks, little memory, shuffled rows; figures as one JSON file.

Run as ``make soak``. Every run works on a small world of its own in a temporary folder; moments and
sizes are drawn from a seed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hubscan import cli, demonstration, geocode, readers

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES: Final = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "readers"
FIGURES: Final = Path(__file__).resolve().parent / "soak.json"
SEED: Final = 2026
MEGA: Final = 1 << 20
RESTART: Final = 10
"""Every so many kills, the run is started again and goes to its end."""


class Silent:
    """A watcher that says nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


def little_world(home: Path) -> Path:
    """Return the inputs file of a few real-format patents, converted."""
    options = readers.Options(threads=1)
    source = readers.source_named("patentsview")
    readers.convert(
        source, [FIXTURES / "patentsview"], home / "in", options=options, watcher=Silent()
    )
    return home / "in" / "inputs.toml"


def contents(folder: Path) -> str:
    """Return a hash of every file of a run folder but the record of how the run went."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "run.json":
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()


def command(inputs: Path, out: Path, *more: str) -> list[str]:
    """Return the words of a run."""
    return [
        "hubscan", "-q", "run", "--inputs", str(inputs), "--out", str(out), "--top", "0", "--only",
        "patents", "--set", "cluster.threshold=share", "--threads", "1", *more,
    ]  # fmt: skip


def child(words: list[str], log: Path, limit: Callable[[], None] | None = None) -> int:
    """Start a command in a process forked off this one, which has everything loaded."""
    number = os.fork()
    if number:
        return number
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 2)
    os.dup2(handle, 1)
    try:
        if limit is not None:
            limit()
        sys.argv = words
        cli.main()
        os._exit(0)
    except SystemExit as error:
        os._exit(int(error.code or 0))


def ended(number: int) -> int:
    """Wait for a child; return its exit code, or the negative number of its signal."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def timed(words: list[str], log: Path) -> float:
    """Run a command undisturbed; return its seconds."""
    began = time.perf_counter()
    if code := ended(child(words, log)):
        message = f"the undisturbed run ended with {code}: {log.read_text(encoding='utf-8')}"
        raise SystemExit(message)
    return time.perf_counter() - began


class Bench:
    """An old run folder, the words of a new run, and what each must be to the byte."""

    def __init__(self, home: Path) -> None:
        self.home, self.log = home, home / "log"
        inputs = little_world(home)
        self.folder, self.kept, work = home / "run", home / "kept", home / ".hubscan"
        timed(command(inputs, self.folder), self.log)
        shutil.copytree(self.folder, self.kept)
        self.words = command(inputs, self.folder, "--set", "cluster.radius_km=14")
        fresh = home / "elsewhere" / "run"
        self.seconds = timed(command(inputs, fresh, "--set", "cluster.radius_km=14"), self.log)
        self.old, self.new, self.work = contents(self.folder), contents(fresh), work

    def state(self) -> str:
        """Return what stands in the run folder: old, new, or neither."""
        found = contents(self.folder)
        return {self.old: "old", self.new: "new"}.get(found, "broken")

    def restored(self) -> None:
        """Put the old run folder back."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)

    def finished(self) -> bool:
        """Run to the end; return whether the bytes are those of an undisturbed run."""
        return ended(child(self.words, self.log)) == 0 and self.state() == "new"


def kills(home: Path, count: int) -> dict[str, Any]:
    """Kill runs at random moments; every tenth is started again and must end as undisturbed."""
    bench, chosen = Bench(home), np.random.default_rng(SEED)
    states: Counter[str] = Counter()
    restarts = {"done": 0, "equal": 0}
    for number in range(count):
        if number % 20 == 0:
            shutil.rmtree(bench.work, ignore_errors=True)
        process = child(bench.words, bench.log)
        time.sleep(float(chosen.uniform(0.0, 1.05 * bench.seconds)))
        os.kill(process, signal.SIGKILL)
        ended(process)
        states[bench.state()] += 1
        if number % RESTART == RESTART - 1:
            restarts["done"] += 1
            restarts["equal"] += bench.finished()
        if bench.state() != "old":
            bench.restored()
    return {"kills": count, "folders": dict(states), "restarts": restarts, "seed": SEED}


def outcomes(
    bench: Bench, limits: list[Callable[[], None]], ballast: Path | None = None
) -> dict[str, Any]:
    """Run under limits; return how runs ended, what stood in the folder, and what was said."""
    codes: Counter[str] = Counter()
    states: Counter[str] = Counter()
    tracebacks = 0
    for limit in limits:
        shutil.rmtree(bench.work, ignore_errors=True)
        codes[str(ended(child(bench.words, bench.log, limit)))] += 1
        if ballast is not None:
            ballast.unlink(missing_ok=True)
        tracebacks += "Traceback" in bench.log.read_text(encoding="utf-8", errors="replace")
        states[bench.state()] += 1
        if bench.state() != "old":
            bench.restored()
    found = {"runs": len(limits), "exit_codes": dict(sorted(codes.items()))}
    after = bench.finished()
    return found | {"folders": dict(states), "tracebacks": tracebacks, "equal_afterwards": after}


def file_sizes(home: Path, count: int) -> dict[str, Any]:
    """Run with a cap on the size of files, as a quota or a full disk sets one."""
    chosen = np.random.default_rng(SEED + 1)
    sizes = np.exp(chosen.uniform(np.log(2_000), np.log(3 * MEGA), count)).astype(int).tolist()

    def capped(size: int) -> Callable[[], None]:
        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        return limit

    return outcomes(Bench(home), [capped(size) for size in sizes])


def memory_caps(home: Path, count: int) -> dict[str, Any]:
    """Run with little address space above what is loaded."""
    chosen = np.random.default_rng(SEED + 2)
    bench = Bench(home)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    loaded = pages * resource.getpagesize()
    sizes = (loaded + chosen.uniform(0, 700, count) * MEGA).astype(int).tolist()

    def capped(size: int) -> Callable[[], None]:
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size))

    return outcomes(bench, [capped(size) for size in sizes])


def full_disks(home: Path, count: int) -> dict[str, Any]:
    """Run on small file systems in memory that fill up; needs the right to mount."""
    disk = home / "disk"
    disk.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(disk)], check=True)  # noqa: S603, S607 - our own folder
    except (OSError, subprocess.CalledProcessError):
        return {"runs": 0, "note": "no right to mount a small disk here"}
    try:
        bench, chosen = Bench(disk), np.random.default_rng(SEED + 3)
        bench.log, ballast = home / "log", disk / "ballast"

        def filled(room: int) -> Callable[[], None]:
            def limit() -> None:
                free = shutil.disk_usage(disk).free
                ballast.write_bytes(b"\0" * max(0, free - room))

            return limit

        rooms = (chosen.uniform(0.0, 6.0, count) * MEGA).astype(int).tolist()
        return outcomes(bench, [filled(room) for room in rooms], ballast)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)  # noqa: S603, S607 - as above


def shuffles(home: Path, count: int, engine: str) -> dict[str, Any]:
    """Run on the rows of a synthetic world in random orders, on one thread and on two."""
    world = home / "world"
    demonstration.written_world(world, scale=0.002, seed=SEED, watcher=Silent())
    results = Counter([_result_of(world / "inputs.toml", home / "straight", 2, "duckdb")])
    for number in range(count):
        mixed = home / "mixed"
        _shuffle(world, mixed, np.random.default_rng(SEED + number))
        for threads in (1, 2):
            results[_result_of(mixed / "inputs.toml", home / "run", threads, engine)] += 1
        shutil.rmtree(mixed)
        shutil.rmtree(home / ".hubscan", ignore_errors=True)
    failed = sum(runs for result, runs in results.items() if result.startswith("failed"))
    return {
        "shuffles": count, "threads": [1, 2], "runs": results.total(), "failed": failed,
        "distinct_results": len(results),
    }  # fmt: skip


def _result_of(inputs: Path, out: Path, threads: int, engine: str) -> str:
    words = command(inputs, out, "--engine", engine)
    words[words.index("--only") : words.index("--only") + 2] = []
    words[words.index("--threads") + 1] = str(threads)
    words += ["--work", str(out.with_name(f"work-{threads}-{engine}"))]
    done = subprocess.run([sys.executable, "-m", "hubscan.cli", *words[1:]], check=False)  # noqa: S603 - our own command
    shutil.rmtree(out.with_name(f"work-{threads}-{engine}"), ignore_errors=True)
    return contents(out) if done.returncode == 0 else f"failed {done.returncode}"


def _shuffle(world: Path, target: Path, chosen: np.random.Generator) -> None:
    shutil.copytree(world, target)
    for path in target.rglob("*.parquet"):
        table = pq.read_table(path)
        pq.write_table(table.take(pa.array(chosen.permutation(len(table)))), path)


def chosen_parts(given: argparse.Namespace) -> dict[str, Callable[[Path], dict[str, Any]]]:
    """Return what to do, by name."""
    every: dict[str, tuple[int, Callable[[Path], dict[str, Any]]]] = {
        "killed": (given.kills, lambda home: kills(home, given.kills)),
        "file_size_capped": (given.limits, lambda home: file_sizes(home, given.limits)),
        "disk_full": (given.limits, lambda home: full_disks(home, given.limits)),
        "memory_capped": (given.limits, lambda home: memory_caps(home, given.limits)),
        "shuffled_duckdb": (given.shuffles, lambda home: shuffles(home, given.shuffles, "duckdb")),
        "shuffled_spark": (given.spark, lambda home: shuffles(home, given.spark, "spark")),
    }
    return {name: part for name, (count, part) in every.items() if count}


def main() -> None:
    """Run what is asked for and add its figures to the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--limits", type=int, default=40)
    parser.add_argument("--shuffles", type=int, default=20)
    parser.add_argument("--spark", type=int, default=20, help="Shuffles on Spark.")
    parser.add_argument("--figures", type=Path, default=FIGURES)
    given = parser.parse_args()
    geocode.bundled()
    known = json.loads(given.figures.read_text("utf-8")) if given.figures.exists() else {}
    for name, part in chosen_parts(given).items():
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix=f"soak-{name}-") as home:
            found = part(Path(home))
        found["seconds"] = round(time.perf_counter() - began)
        found["python"] = platform.python_version()
        known[name] = found
        print(name, json.dumps(found), flush=True)
        given.figures.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
