"""
One clustering in this process: ours, or what a user would pick instead; prints what it took.

``python benchmarks/peers.py NAME FILE``: the file holds coordinates, weights and threshold, as
``kernel.py`` writes it. Nothing but NumPy and the peer itself is needed, so that a peer can live in
an environment of its own.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RADIUS_KM: Final = 15.0
EARTH_KM: Final = 6371.0088
CHORD: Final = 2.0 * np.sin(RADIUS_KM / EARTH_KM / 2.0)
SHORT: Final = 2.0
"""A question is asked again until so many CPU seconds are over; the median counts."""


def vectors(given: Any) -> NDArray[np.float64]:  # noqa: ANN401 - an open NumPy archive
    """Return places as unit vectors, whose distances are chords."""
    phi, lam = np.radians(given["latitude"]), np.radians(given["longitude"])
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))


def hubscan(given: Any) -> Callable[[], Any]:  # noqa: ANN401 - as above
    """Return the question, for the kernel of this package."""
    density_clusters = import_module("hubscan.cluster.density").density_clusters
    numbers = {"radius_km": RADIUS_KM, "border_rule": "nearest_core", "include_self": True}
    latitude, longitude, weights = given["latitude"], given["longitude"], given["weights"]
    least = int(given["threshold"])
    # machine code is loaded, or made, before the clock starts
    density_clusters(latitude[:999], longitude[:999], weights[:999], min_weight=least, **numbers)
    return lambda: (
        density_clusters(latitude, longitude, weights, min_weight=least, **numbers).labels
    )


def haversine(given: Any) -> Callable[[], Any]:  # noqa: ANN401 - as above
    """Return the question, for scikit-learn's ball tree with great-circle distances."""
    radians = np.radians(np.column_stack((given["latitude"], given["longitude"])))
    peer = import_module("sklearn.cluster").DBSCAN(
        eps=RADIUS_KM / EARTH_KM, min_samples=int(given["threshold"]), metric="haversine"
    )
    weights = given["weights"]
    return lambda: peer.fit(radians, sample_weight=weights).labels_


def chords(given: Any) -> Callable[[], Any]:  # noqa: ANN401 - as above
    """Return the question, for scikit-learn's k-d tree with chords of unit vectors."""
    columns, weights = vectors(given), given["weights"]
    peer = import_module("sklearn.cluster").DBSCAN(
        eps=CHORD, min_samples=int(given["threshold"]), algorithm="kd_tree"
    )
    return lambda: peer.fit(columns, sample_weight=weights).labels_


def wang(given: Any) -> Callable[[], Any]:  # noqa: ANN401 - as above
    """Return the question, for the package `dbscan` (Wang et al.), which knows no weights."""
    columns = np.ascontiguousarray(vectors(given))
    least = max(2, int(given["threshold"] / given["weights"].mean()))
    peer = import_module("dbscan").DBSCAN
    return lambda: peer(columns, eps=CHORD, min_samples=least)[0]


PEERS: Final = {"ours": hubscan, "haversine": haversine, "chords": chords, "wang": wang}


def main(name: str, file: str) -> None:
    """Ask a peer, and print seconds, CPU seconds and the number of clusters."""
    with np.load(file) as given:
        question = PEERS[name](given)
    took: list[tuple[float, float]] = []
    while sum(cpu for cpu, _ in took) < SHORT:
        cpu, wall = process_time(), perf_counter()
        labels = question()
        took.append((process_time() - cpu, perf_counter() - wall))
    # the least of many short times would be flattered against one long time on a busy machine
    cpu, wall = (float(np.median(times)) for times in zip(*took, strict=True))
    print(json.dumps({"cpu": cpu, "wall": wall, "clusters": int(np.max(labels)) + 1}))


if __name__ == "__main__":
    main(*sys.argv[1:])
