"""A run on a small world of documents with ids of their own, and folders made from it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tomli_w

from hubscan import runs
from hubscan.edition import Edition, load_edition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOWNS = (
    (48.14, 11.58, "DE", 90), (48.37, 10.90, "DE", 40), (52.52, 13.40, "DE", 70),
    (52.36, 12.88, "DE", 60), (48.86, 2.35, "FR", 95), (45.76, 4.84, "FR", 50),
    (43.60, 1.44, "FR", 35), (51.51, -0.13, "GB", 85), (52.20, 0.12, "GB", 40),
    (53.48, -2.24, "GB", 45), (-26.20, 28.05, "ZA", 45),
    (-25.85, 28.22, "ZA", 45), (30.04, 31.24, "EG", 50),
    (-33.92, 18.42, "ZA", 35), (6.52, 3.38, "NG", 30),
)  # fmt: skip
KINDS = {"patents": (2020, 2024), "publications": (2019, 2023), "deals": (2019, 2023)}
_LOOSE = 0.3
_TIED = 0.5
_SHARED_DEALS = 0.1
"""Shares of addresses that lie anywhere between towns, of partners in the next
town, and of deals that may have several addresses."""


def documents_of(indicator: str, chance: np.random.Generator) -> pd.DataFrame:
    """Return the listed addresses of one indicator: ids are texts, or numbers for publications."""
    first, last = KINDS[indicator]
    rows = []
    number = itertools.count(1)
    for at, (latitude, longitude, economy, size) in enumerate(TOWNS):
        for _ in range(size):
            document, year = next(number), int(chance.integers(first - 1, last + 1))
            other = at ^ 1 if chance.random() < _TIED else at + int(chance.integers(0, 3))
            partner = TOWNS[other % len(TOWNS)]
            ends = [(latitude, longitude, economy)]
            if indicator != "deals" or chance.random() < _SHARED_DEALS:
                ends += [partner[:3]] * int(chance.integers(0, 2))
            for sequence, (north, east, where) in enumerate(ends):
                far = (
                    (0.9 if chance.random() < 0.5 else 0.12) if chance.random() < _LOOSE else 0.025
                )
                name = (
                    document
                    if indicator == "publications"
                    else f"{indicator[:2].upper()}-{document:04d}"
                )
                rows.append(
                    (
                        name, sequence, year, north + chance.normal(0, far),
                        east + chance.normal(0, far), where, f"Institute {chance.integers(1, 40)}",
                    )
                )  # fmt: skip
    names = ["id", "seq", "year", "lat", "lon", "cc", "org"]
    return pd.DataFrame(rows, columns=names).round({"lat": 3, "lon": 3})


def written_inputs(folder: Path) -> Path:
    """Write the world as CSV files, with an inputs file."""
    folder.mkdir(parents=True)
    columns = {
        "document_id": "id", "sequence": "seq", "year": "year", "latitude": "lat",
        "longitude": "lon", "country": "cc", "organisation": "org",
    }  # fmt: skip
    sources = []
    for seed, indicator in enumerate(KINDS):
        table = documents_of(indicator, np.random.default_rng(seed))
        table.to_csv(folder / f"{indicator}.csv", index=False)
        sources.append(
            {"name": indicator, "indicator": indicator, "grain": "addresses",
             "path": f"{indicator}.csv", "columns": columns}
        )  # fmt: skip
    declared = {"title": "Towns", "source": sources, "population": {"gazetteer": True}}
    path = folder / "inputs.toml"
    path.write_text(tomli_w.dumps(declared), encoding="utf-8")
    return path


def small(edition: Edition) -> Edition:
    """Return an edition whose density and gap suit some hundred documents."""
    edition = edition.replace("cluster.threshold", "share").replace("cluster.min_share", 0.025)
    return edition.replace("merge.max_gap_km", 20.0)


class Nobody:
    """A watcher that keeps nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that gives the run folder of an edition with changes, made once."""
    root = tmp_path_factory.mktemp("towns")
    inputs = written_inputs(root / "world")

    known: dict[str, Path] = {}

    def made(name: str = "gii-2025", changes: tuple[tuple[str, Any], ...] = ()) -> Path:
        key = repr((name, changes))
        if key in known:
            return known[key]
        edition = small(load_edition(name))
        for key, value in changes:
            edition = edition.replace(key, value)
        folder = root / f"run-{len(list(root.glob('run-*')))}"
        machine = runs.Machine(threads=2, work=root / "work")
        runs.run(edition, inputs, folder, root=None, machine=machine, watcher=Nobody())
        known[key] = folder
        return folder

    return made
