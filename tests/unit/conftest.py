"""A small run folder made by hand: four towns, two of them 33 km apart, and scattered noise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import tomli_w

from hubscan import count, footprint
from hubscan.edition import load_edition
from hubscan.report import geo
from hubscan.robustness.evidence import evidence_of
from hubscan.robustness.outcome import outcome
from hubscan.run_folder import RunFolder, opened_runs
from hubscan.sphere import coordinates, place_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.edition import Edition

TOWNS = {
    "Alpha": (48.0, 11.0, 60, "DE"),
    "Beta": (48.3, 11.0, 30, "DE"),
    "Gamma": (-33.0, 18.0, 40, "ZA"),
    "Delta": (0.0, 179.99, 25, "FJ"),
}
NAMES = {name: number for number, name in enumerate(TOWNS)}


def documents() -> pd.DataFrame:
    """Return located addresses: each document of a town at one place, the last tenth at two."""
    chosen = np.random.default_rng(8)
    rows = []
    for indicator in ("patents", "publications", "deals"):
        number = 0
        for latitude, longitude, size, economy in TOWNS.values():
            for k in range(size):
                number += 1
                spread = chosen.normal(0, 0.02, (2, 2))
                two = 2 if indicator != "deals" and k >= 0.9 * size else 1
                for north, east in spread[:two]:
                    place = place_keys([latitude + north], [(longitude + east + 180) % 360 - 180])
                    rows.append((indicator, number, int(place[0]), economy, two, two, 1))
        for k in range(12):
            place = place_keys([60.0 + k], [float(-100 + 3 * k)])
            rows.append((indicator, number + 1 + k, int(place[0]), "CA", 1, 1, 1))
    columns = ["indicator", "document", "place", "economy", "n_listed", "n_located", "addresses"]
    return pd.DataFrame(rows, columns=columns)


def small_edition() -> Edition:
    """Return an edition whose density suits a few hundred documents."""
    edition = load_edition("gii-2025").replace("cluster.threshold", "share")
    return edition.replace("cluster.min_share", 0.05)


def ranking_of(
    found: pd.DataFrame, membership: pd.DataFrame, economies: pd.DataFrame
) -> pd.DataFrame:
    """Return a ranking with names, centres and homes."""
    inside = membership[membership["cluster"] != -1]
    towns = {}
    for cluster, members in inside.groupby("cluster"):
        latitude = members["latitude"].mean()
        towns[cluster] = min(TOWNS, key=lambda name: abs(TOWNS[name][0] - latitude))
    table = found.assign(
        name=found["cluster"].map(towns),
        cities=found["cluster"].map(towns),
        latitude=found["cluster"].map(lambda c: TOWNS[towns[c]][0]),
        longitude=found["cluster"].map(lambda c: TOWNS[towns[c]][1]),
        places=found["cluster"].map(inside.groupby("cluster").size()),
        weight=found["cluster"].map(inside.groupby("cluster")["weight"].sum()),
        population=1e6,
        total_per_million=found["total_share"] * 100,
        intensity_rank=found["rank"],
    )
    return table.merge(economies, on="cluster")


def reduced(located: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return place_addresses and totals."""
    keys = ["indicator", "place", "economy", "n_located"]
    addresses = located.groupby(keys, as_index=False).agg(addresses=("addresses", "sum"))
    sizes = located.groupby("indicator").agg(
        documents=("document", "nunique"), addresses=("addresses", "sum")
    )
    totals = sizes.reset_index().assign(
        unit=1,
        documents=lambda t: t["documents"].astype(float),
        covered=lambda t: t["documents"],
        located=lambda t: t["addresses"],
    )
    return addresses.rename(columns={"n_located": "denominator"}), totals


def written(path: Path, *, evidence: bool = True, radius_km: float = 15.0) -> Path:
    """Write the run folder."""
    edition = small_edition().replace("cluster.radius_km", radius_km)
    located = documents()
    addresses, totals = reduced(located)
    ties = pd.DataFrame({"indicator": [], "place_a": [], "place_b": [], "strength": []}).astype(
        {"indicator": "str", "place_a": "int64", "place_b": "int64", "strength": "float64"}
    )
    held = evidence_of(located, addresses, totals, ties)
    found = outcome(edition, held, held.once, partial=())
    assigned = count.assignment(addresses, found.membership, **edition.boundary)
    economy_counts = count.economy_counts(addresses, assigned)
    homes = economy_counts[economy_counts["cluster"] != -1].sort_values("count", ascending=False)
    homes = homes.drop_duplicates("cluster")[["cluster", "economy"]]
    homes = homes.rename(columns={"economy": "economies"}).assign(
        home_economy=lambda t: t["economies"]
    )
    ranking = ranking_of(found.ranking, found.membership, homes)
    path.mkdir(parents=True)
    tables = {
        "ranking": ranking, "counts": found.counts, "economies": economy_counts, "totals": totals,
        "membership": found.membership, "place_addresses": addresses, "place_ties": ties,
        "merging": found.candidate_pairs,
    }  # fmt: skip
    for name, table in tables.items():
        table.to_parquet(path / f"{name}.parquet", index=False)
    if evidence:
        located.to_parquet(path / "evidence.parquet", index=False)
    ground = footprint.footprints(
        found.membership, outline=edition.footprint.outline, **edition.disc
    ).merge(ranking, on="cluster", suffixes=("", "_ranked"))
    geo.write_geoparquet(ground, path / "clusters.parquet", about={})
    ranking.to_csv(path / "ranking.csv", index=False)
    content = edition.model_dump(mode="json")
    (path / "edition.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    record = {
        "hubscan": "0", "edition": content, "rejected_rows": 0, "partial": {},
        "inputs": {"title": "Four towns", "synthetic": True, "note": "made up", "files": []},
    }  # fmt: skip
    (path / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def run_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run folder with evidence."""
    return written(tmp_path_factory.mktemp("towns") / "run")


@pytest.fixture(scope="session")
def run_folder(run_path: Path) -> RunFolder:
    """Return the run folder, opened."""
    return opened_runs([run_path])[0]


@pytest.fixture
def another_run(tmp_path: Path) -> Callable[..., Path]:
    """Return a way to write a further run folder."""
    return lambda name, **how: written(tmp_path / name, **how)


@pytest.fixture(scope="session")
def degrees() -> Callable[[Any], Any]:
    """Return coordinates of place keys."""
    return coordinates
