"""One stage of the baseline in this process, from and to kept tables."""

from __future__ import annotations

import argparse
import json
import resource
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import analysis
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable


class Stage(NamedTuple):
    """A stage: the tables it needs (``world`` is the folder), what it makes, and the work."""

    needs: tuple[str, ...]
    makes: str
    work: Callable[..., Any]


def lent_clusters(places: pd.DataFrame) -> pd.DataFrame:
    """Return the places with clusters found by hubscan, so that a broken baseline can go on."""
    from hubscan.cluster import density_clusters  # noqa: PLC0415 - only where it is lent

    labels = density_clusters(
        places["latitude"],
        places["longitude"],
        places["weight"],
        radius_km=analysis.RADIUS_KM,
        min_weight=int(places["threshold"].iloc[0]),
        border_rule="nearest_core",
        include_self=True,
    ).labels
    return places.assign(cluster=labels.astype(np.int64))


STAGES: Final = {
    "read and filter": Stage(("world", "subjects"), "addresses", analysis.addresses),
    "geocode by join": Stage(("addresses", "gazetteer"), "located", analysis.geocoded),
    "places": Stage(("located",), "places", analysis.places),
    "DBSCAN": Stage(("places",), "clusters", analysis.clusters),
    "DBSCAN, lent by hubscan": Stage(("places",), "clusters", lent_clusters),
    "ties": Stage(("located", "clusters"), "links", analysis.linked),
    "merging": Stage(("clusters", "links"), "members", analysis.merged),
    "footprints": Stage(("members",), "footprints", analysis.footprints),
    "population": Stage(("footprints", "world"), "population", analysis.population),
    "counts and ranking": Stage(("located", "members", "population"), "ranking", analysis.ranking),
}
"""The stages in order; the lent one only after the one before it broke."""


def lend(run: Path, work: Path) -> None:
    """Keep the tables that the baseline is lent: where cities lie, what subjects are."""
    from hubscan.ingest.scope import subject_areas  # noqa: PLC0415 - only where it is lent
    from hubscan.sphere import coordinates  # noqa: PLC0415 - as above

    cities = pd.read_parquet(run / "localities.parquet").dropna(subset=["place"])
    latitude, longitude = coordinates(cities["place"].astype("int64"))
    lent = cities[analysis.LOCALITY].astype("str").assign(latitude=latitude, longitude=longitude)
    work.mkdir(parents=True, exist_ok=True)
    lent.drop_duplicates(analysis.LOCALITY).to_pickle(work / "gazetteer.pickle")
    subject_areas().to_pickle(work / "subjects.pickle")


def run_stage(stage: Stage, world: Path, work: Path) -> dict[str, Any]:
    """Run a stage on kept tables, keep what it makes, and return what the work took."""
    given = [
        world if name == "world" else pd.read_pickle(work / f"{name}.pickle")  # noqa: S301 - our own
        for name in stage.needs
    ]
    wall, cpu = perf_counter(), process_time()
    made = stage.work(*given)
    took = {"wall": perf_counter() - wall, "cpu": process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    made.to_pickle(work / f"{stage.makes}.pickle")
    return {**took, "peak": peak, "rows": len(made)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    asked = parser.parse_args()
    print(json.dumps(run_stage(STAGES[asked.stage], asked.world, asked.work)))
