"""The embedded default: a synthetic world, ranked, beside the published ranking."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pandas as pd
import tomli_w

from hubscan import geocode, reference, runs, store
from hubscan import world as synthetic
from hubscan.cluster.names import official_matches, official_names
from hubscan.console import table
from hubscan.edition import load_edition
from hubscan.extras import missing
from hubscan.read_back import read_json
from hubscan.store import fingerprint
from hubscan.watching import StageRecord

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from hubscan.edition import Edition
    from hubscan.runs import Finished
    from hubscan.watching import Watcher

_SHOWN: Final = 25
_TOP: Final = 10
_REACH_KM: Final = 10.0
_CELL_DEG: Final = 1 / 24
_NOTE: Final = (
    "Synthetic: real published margins (GII 2025), modelled micro-data. No document in it is real, "
    "and nothing it shows is a finding."
)
_ATTRIBUTION: Final = (
    "WIPO, Global Innovation Index 2025, Appendix IV (published margins).",
    "GeoNames, CC BY 4.0, https://www.geonames.org.",
)
_COLUMNS: Final = {
    "patents": ("document_id", "city", "region", "country", "latitude", "longitude"),
    "publications": ("document_id", "organisation", "city", "region", "country"),
    "deals": ("document_id", "year", "city", "region", "country"),
}
_DOCUMENT_COLUMNS: Final = {
    "patents": {
        "document_id": "document_id",
        "year": "year",
        "ipc": "ipc",
        "applicants": "applicants",
    },
    "publications": {
        "document_id": "document_id",
        "year": "year",
        "type": "type",
        "subjects": "subjects",
    },
}


@dataclass(frozen=True)
class Shown:
    """A finished demonstration: what to print, and what it says about recovery."""

    finished: Finished
    summary: dict[str, Any]
    beside_published: Table
    recovery: Table


def demonstrated(
    folder: Path, *, scale: float, edition: str, seed: int, threads: int | None, watcher: Watcher
) -> Shown:
    """
    Make a synthetic world, run an edition on it, and hold the result against the published one.

    Parameters
    ----------
    folder
        The run folder to make or replace.
    scale
        Documents made for each document of the world.
    edition
        Name of an edition; its density threshold is taken as a share, as for any sample.
    seed
        Seed of the world.
    threads
        Threads; all processors if None.
    watcher
        Who is told how it goes.

    Returns
    -------
    shown
        The finished run, and what to print.
    """
    work = folder.absolute().parent / ".hubscan"
    wanted = _for_a_sample(load_edition(edition))
    inputs = written_world(
        work / f"world-{scale:g}-{seed}", scale=scale, seed=seed, watcher=watcher
    )
    finished = runs.run(
        wanted,
        inputs,
        folder,
        root=None,
        machine=runs.Machine(threads=threads, work=work),
        watcher=watcher,
    )
    beside = beside_published(finished.results.ranking, finished.results.membership)
    recovered = recovery(beside)
    summary = {"run": str(finished.folder), "scale": scale, **recovered}
    return Shown(finished, summary, _beside_table(beside), _recovery_table(recovered))


def _for_a_sample(edition: Edition) -> Edition:
    """Return an edition whose density threshold suits a sample: a share, or found by a scan."""
    scanned = edition.regional.density == "scan"
    return edition if scanned else edition.replace("cluster.threshold", "share")


def beside_published(ranking: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """
    Return the published ranking of 2025, each cluster beside the one found in its place.

    A published cluster is found if all cities of its name have a place of one and the same cluster
    near them, and no other published cluster is found there.

    Parameters
    ----------
    ranking
        A run's ranking.
    membership
        A run's table ``membership``.

    Returns
    -------
    beside
        The published ``rank``, ``name``, ``economy``, ``total`` (per cent) with ``found`` (cluster
        id; missing if not found), ``found_rank``, ``found_name``, ``found_total`` (per cent).
    """
    published = reference.published("clusters_2025_appendix_table2")
    matches = official_matches(membership, _official_2025(published), within_km=_REACH_KM)
    first = matches.drop_duplicates("name").drop_duplicates("cluster")
    found = first.set_index("name")["cluster"]
    beside = pd.DataFrame(
        {
            "rank": published["rank"],
            "name": published["cluster"],
            "economy": published["economy"],
            "total": published["total_share"],
            "found": published["cluster"].map(found).astype("Int64"),
        }
    )
    mine = ranking[["cluster", "rank", "name", "total_share"]].set_axis(
        ["found", "found_rank", "found_name", "found_total"], axis=1
    )
    joined = beside.merge(mine.astype({"found": "Int64"}), on="found", how="left")
    return joined.assign(found_total=100.0 * joined["found_total"])


def recovery(beside: pd.DataFrame) -> dict[str, Any]:
    """
    Return how well the published ranking was recovered.

    Parameters
    ----------
    beside
        From :func:`beside_published`.

    Returns
    -------
    recovery
        ``found`` (published clusters, of 100), ``spearman`` (of totals, over those found),
        ``top_in_order`` (of the first 10, those with their published rank).
    """
    found = beside.dropna(subset=["found"])
    top = beside.head(_TOP)
    return {
        "found": len(found),
        "of": len(beside),
        # of ranks, ties at their mean: pandas' own needs SciPy
        "spearman": round(float(found["total"].rank().corr(found["found_total"].rank())), 4),
        "top_in_order": int((top["rank"] == top["found_rank"]).sum()),
    }


def _official_2025(published: pd.DataFrame) -> pd.DataFrame:
    names = official_names()
    return names[names["name"].isin(published["cluster"])].drop_duplicates("name")


def _beside_table(beside: pd.DataFrame) -> Table:
    shown = beside.head(_SHOWN)
    ranks = [_or_dash(value, "{:.0f}") for value in shown["found_rank"]]
    totals = [_or_dash(value, "{:.2f}") for value in shown["found_total"]]
    names = shown["found_name"].fillna("not found")
    printed = shown["total"].map("{:.2f}".format)
    rows = zip(shown["rank"], shown["name"], printed, ranks, names, totals, strict=True)
    title = "Published GII 2025 ranking, and the SYNTHETIC world's beside it"
    columns = ("#rank", "published", "#total %", "#found", "synthetic world", "#total % ")
    return table(title, columns, rows)


def _or_dash(value: float | None, form: str) -> str:
    return "–" if value is None or pd.isna(value) else form.format(value)


def _recovery_table(recovered: dict[str, Any]) -> Table:
    rows = [
        ("published clusters found", f"{recovered['found']} of {recovered['of']}"),
        ("Spearman correlation of totals", f"{recovered['spearman']:.4f}"),
        ("of the top 10 at their published rank", f"{recovered['top_in_order']}"),
    ]
    return table("Recovery", ("", "#"), rows)


def written_world(folder: Path, *, scale: float, seed: int, watcher: Watcher) -> Path:
    """
    Write the synthetic world and an inputs file to run on.

    Parameters
    ----------
    folder
        A new folder, or one that holds such a world; replaced as a whole.
    scale
        Documents made for each document of the world.
    seed
        Seed of everything random.
    watcher
        Who is told how it goes.

    Returns
    -------
    inputs_file
        The inputs file in the folder.
    """
    made = fingerprint("world", scale, seed, missing("rasters"))
    inputs_file = folder / "inputs.toml"
    if inputs_file.exists() and read_json(folder / "run.json").get("world") == made:
        return inputs_file
    watcher.begin("synthetic world")
    began = time.perf_counter()
    with store.published(folder) as fresh:
        cities = geocode.bundled().cities.astype({"country": str, "admin1": str})
        modelled = synthetic.world(cities, scale=scale, seed=seed)

        def opened(path: str) -> BinaryIO:
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            return (fresh / path).open("wb")

        rows = 0

        def progress(_path: str, count: int) -> None:
            nonlocal rows
            rows += count

        synthetic.write_world(modelled, opened, raw_addresses=False, progress=progress)
        if not missing("rasters"):
            people = synthetic.population_grid(modelled, cities, cell_deg=_CELL_DEG)
            _write_population(people, fresh)
        seconds = round(time.perf_counter() - began, 3)
        watcher.end(StageRecord("synthetic_world", seconds, rows, reused=False))
        text = tomli_w.dumps(_inputs(scale, seed))
        (fresh / "inputs.toml").write_text(text, encoding="utf-8")
        (fresh / "run.json").write_text(store.json_text({"world": made}), encoding="utf-8")
    return inputs_file


def _inputs(scale: float, seed: int) -> dict[str, Any]:
    sources = []
    for indicator, columns in _COLUMNS.items():
        rows = "deals/deals" if indicator == "deals" else f"{indicator}/addresses-*"
        source: dict[str, Any] = {
            "name": indicator,
            "indicator": indicator,
            "grain": "addresses",
            "path": f"{rows}.parquet",
            "columns": {name: name for name in columns},
        }
        if indicator == "deals":
            source["columns"]["type"] = "deal_type"
        else:
            source["documents"] = {
                "path": f"{indicator}/documents-*.parquet",
                "columns": _DOCUMENT_COLUMNS[indicator],
            }
        sources.append(source)
    return {
        "title": f"Synthetic world at scale {scale:g}, seed {seed}",
        "synthetic": True,
        "note": _NOTE,
        "attribution": list(_ATTRIBUTION),
        "source": sources,
        **({} if missing("rasters") else {"population": {"raster": ["population.tif"]}}),
    }


def _write_population(grid: synthetic.PopulationGrid, folder: Path) -> None:
    """Write the synthetic population as GeoTIFF, persons per cell."""
    import rasterio  # noqa: PLC0415 - an extra; only the demonstration writes a raster

    rows, columns = grid.persons.shape
    with rasterio.open(
        folder / "population.tif",
        "w",
        driver="GTiff",
        height=rows,
        width=columns,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=rasterio.Affine(*grid.transform),
        compress="deflate",
        tiled=True,
        nodata=-200.0,
    ) as raster:
        raster.write(grid.persons, 1)
        raster.update_tags(hubscan="SYNTHETIC population, modelled on published margins")
