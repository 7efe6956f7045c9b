"""Asking the same places again, in this process: python benchmarks/reuse.py PART PLACES FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final

import numpy as np
from peers import RADIUS_KM
from places import AUTHOR, INVENTOR, Addresses, places_of

from hubscan.cluster.density import Index
from hubscan.cluster.resample import resampled_weights
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

RULE: Final = {"border_rule": "nearest_core"}
REPEATS: Final = 3


def told(name: str, question: Callable[[], object], *, repeats: int = REPEATS, of: int = 1) -> None:
    """Print the median seconds and CPU seconds of a question, or of each of so many it asks."""
    took = []
    for _ in range(repeats):
        cpu, wall = process_time(), perf_counter()
        question()
        took.append((process_time() - cpu, perf_counter() - wall))
    cpu, wall = (float(np.median(times)) for times in zip(*took, strict=True))
    print(json.dumps({"name": name, "cpu": cpu / of, "wall": wall / of}))


def reuse(places: Addresses) -> None:
    """Tell of asking again: new threshold, weights, radius; a sweep of all."""
    weights, least = places.weights, places.threshold
    index = Index(*places[:2])
    near = index.at(RADIUS_KM)
    near.clusters(weights, min_weight=least, **RULE)
    thresholds = [int(least * factor) for factor in np.linspace(0.5, 2.0, 10)]

    def sweep(radii: Iterable[float]) -> None:
        for radius_km in radii:
            for _ in index.at(radius_km).clusters_by_threshold(
                weights, min_weights=thresholds, **RULE
            ):
                pass

    told("index", lambda: Index(*places[:2]))
    told("new radius, neighbourhoods only", lambda: index.at(RADIUS_KM))
    told("core test alone", lambda: near.densities(weights, floor=least, cap=least))
    told("new weights, same radius", lambda: near.clusters(weights, min_weight=least, **RULE))
    told("new radius", lambda: index.at(RADIUS_KM).clusters(weights, min_weight=least, **RULE))
    told("each of 10 thresholds, same radius", lambda: sweep([RADIUS_KM]), of=10)
    told("10 radii x 10 thresholds", lambda: sweep(np.linspace(10, 25, 10)), repeats=1)


def bootstrap(places: Addresses, *, replicates: int = 200) -> None:
    """Tell of a bootstrap, the drawing of its weights included."""
    keys = place_keys(*places[:2])

    def drawn(count: int) -> Iterable[NDArray[np.int64]]:
        for first in range(0, count, 16):
            yield from resampled_weights(
                places.counts,
                [INVENTOR, AUTHOR],
                keys=keys,
                seed=1,
                replicates=range(first, min(first + 16, count)),
            )

    def question(count: int) -> None:
        near = Index(*places[:2]).at(RADIUS_KM)
        for _ in near.clusters_by_weighting(drawn(count), min_weight=places.threshold, **RULE):
            pass

    question(2)
    told(f"bootstrap, {replicates} replicates", lambda: question(replicates), repeats=1)


if __name__ == "__main__":
    part, size, folder = sys.argv[1:]
    {"reuse": reuse, "bootstrap": bootstrap}[part](places_of(int(size), Path(folder)))
