"""What a run folder holds: tables, footprints, maps and provenance, each file whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely
import tomli_w

from hubscan import reporting
from hubscan.extras import missing
from hubscan.report import geo, tables
from hubscan.report.grey import grey_points
from hubscan.schema import NOISE, REVIEW
from hubscan.store import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from hubscan.apart import Apart
    from hubscan.ingest.inputs import Inputs
    from hubscan.pipeline import Results

LABELLED: Final = 28
MANY_PLACES: Final = 200_000
"""From here on the map is drawn in a process of its own, which takes a second to begin."""
GEOPACKAGE_PLACES: Final = 200_000
"""Places of clusters that a GeoPackage holds; more of them are in ``membership.parquet`` only."""
SHOWN_AS: Final = ("cluster", "rank", "name", "economies", "total_share", "intensity_rank")
MEANINGS: Final = {
    "rank": "rank by size: 1 + the number of clusters with a larger total",
    "cluster": "cluster id of this run, by descending mass",
    "name": "principal cities, or the published name",
    "economies": "economies with enough of the output, ISO 3166 alpha-2, by share",
    "total_share": "sum of the weighted shares of the inputs' totals, in [0, 1]",
    "count_*": "documents counted in the cluster",
    "share_*": "part of the inputs' total, in [0, 1]",
    "population": "inhabitants of the footprint",
    "total_per_million": "percentage points of total share per million inhabitants",
    "*_per_million": "documents per million inhabitants",
    "intensity_rank": "rank by total_per_million among the largest clusters",
    "area_km2": "geodesic area of the footprint, square kilometres",
    "latitude": "centre of mass, degrees",
    "longitude": "centre of mass, degrees",
    "places": "distinct places",
    "weight": "mass of its places, inventor-equivalents",
}
OWN_MEANINGS: Final = {
    "review": {column.name: column.meaning for column in REVIEW},
    "organisation_names": {
        "text": "name as given",
        "name": "organisation it means",
        "counted_as": "that, or the topmost organisation it belongs to",
        "how": "thesaurus, spelling, or alone: as given",
    },
}
"""Meanings of columns that other tables have too, or nobody else has, by table."""


def write(
    results: Results,
    folder: Path,
    *,
    about: Mapping[str, str],
    rejected: pd.DataFrame,
) -> int:
    """
    Write a run folder, all but its map, its evidence, and what clusters are made of.

    Parameters
    ----------
    results
        What a run found.
    folder
        An empty folder.
    about
        What every file says of itself: see :func:`hubscan.provenance.about`.
    rejected
        Table ``rejected``.

    Returns
    -------
    rows
        The number of clusters.
    """
    clusters = _clusters(results)
    _write_sheets(results, folder, about)
    _write_frames(results, rejected, folder, about)
    _write_ground(results, clusters, folder, about)
    edition = results.edition.model_dump(mode="json")
    (folder / "edition.toml").write_text(tomli_w.dumps(edition), encoding="utf-8")
    return len(results.ranking)


def write_profiles(results: Results, folder: Path, *, about: Mapping[str, str]) -> int:
    """
    Write what clusters are made of, and the tables of the reports.

    Parameters
    ----------
    results
        What a run found, profiles among it.
    folder
        The run folder.
    about
        As for :func:`write`.

    Returns
    -------
    rows
        The number of clusters.
    """
    _write_profiles(results, folder / "profiles", about)
    reporting.write_report_tables(results, folder / "report", about)
    if not missing("figures"):
        _write_network(results, folder / "report", about)
    return len(results.ranking)


def _write_sheets(results: Results, folder: Path, about: Mapping[str, str]) -> None:
    """Write the tables that people open: a workbook, and CSV and Parquet of each."""
    sheets = {
        "ranking": results.ranking,
        "counts": results.counts,
        "economies": results.economy_counts,
        "coverage": results.coverage,
        "merging": results.candidate_pairs,
    }
    for name in ("change", "leavers"):
        table = getattr(results, name)
        sheets |= {} if table is None else {name: table}
    tables.write_workbook(sheets, folder / "ranking.xlsx", about=about)
    sheets |= {"review": results.review}
    if results.organisation_names is not None:
        sheets |= {"organisation_names": results.organisation_names}
    for name, table in sheets.items():
        tables.write_table(table, folder / name, about=about, columns=_meanings(name))


def _write_frames(
    results: Results, rejected: pd.DataFrame, folder: Path, about: Mapping[str, str]
) -> None:
    """Write the tables that programs read, as Parquet."""
    for name, table in (
        ("membership", results.membership),
        ("place_addresses", results.place_addresses),
        ("place_ties", results.place_ties),
        ("localities", results.localities),
        ("totals", results.totals),
        ("country_counts", results.country_counts),
        ("rejected", rejected),
    ):
        tables.write_parquet(table, folder / f"{name}.parquet", about=about)


def _write_ground(
    results: Results, clusters: pd.DataFrame, folder: Path, about: Mapping[str, str]
) -> None:
    """Write the footprints for geographic software."""
    (folder / "clusters.geojson").write_text(geo.geojson_text(clusters, about=about), "utf-8")
    layers = {"clusters": clusters}
    if (results.membership["cluster"] != NOISE).sum() <= GEOPACKAGE_PLACES:
        layers["places"] = _member_places(results)
    if not missing("gis"):
        geo.write_geopackage(layers, folder / "clusters.gpkg", about=about)
    geo.write_geoparquet(clusters, folder / "clusters.parquet", about=about)


def begin_map(results: Results, inputs: Inputs, *, about: Mapping[str, str], apart: Apart) -> None:
    """
    Begin the map: of many places beside everything else, of few when it is asked for.

    Parameters
    ----------
    results
        What a run found.
    inputs
        The declared inputs, for titles and attributions.
    about
        As for :func:`write`.
    apart
        Where it is drawn, until :func:`write_map`.
    """
    if missing("figures"):
        return
    edition, addresses = results.edition, results.place_addresses
    noise = grey_points(
        addresses[addresses["indicator"].isin(edition.weights.shaped_by)],
        results.membership,
        results.totals,
        minimum=edition.report.noise_min,
        grid_deg=edition.report.noise_round_deg,
    )
    kind = "Synthetic data: modelled documents on published margins" if inputs.synthetic else ""
    apart.begin(
        _drawn,
        _clusters(results),
        noise,
        about=about,
        title=edition.title,
        subtitle=" · ".join(part for part in (inputs.title, kind) if part),
        caption=" ".join((*inputs.note.split(), *inputs.attribution)),
        rank_bands=edition.report.rank_bands,
        labelled=LABELLED,
        at_once=len(results.membership) >= MANY_PLACES,
    )


def _drawn(
    clusters: pd.DataFrame,
    noise: pd.DataFrame,
    about: Mapping[str, str],
    **shown: Any,  # noqa: ANN401 - as the map itself
) -> dict[str, bytes]:
    """Return the files of the map; what draws it is read where it is drawn."""
    from hubscan.report import index_style, maps  # noqa: PLC0415 - an extra

    figure, dots = maps.world_map(clusters, noise, **shown), maps.DOTS_PER_INCH
    return {
        f"world.{form}": index_style.figure_bytes(figure, form=form, about=about, dots=dots)
        for form in ("png", "svg")
    }


def write_map(apart: Apart, folder: Path) -> int:
    """Write the map that was begun, if figures can be drawn; return its number of files."""
    files: dict[str, bytes] = apart.answer() or {}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return len(files)


def write_record(record: Mapping[str, Any], folder: Path) -> None:
    """Write the provenance of a run as ``run.json``."""
    (folder / "run.json").write_text(json_text(record), encoding="utf-8")


def _write_profiles(results: Results, folder: Path, about: Mapping[str, str]) -> None:
    """Write what clusters are made of, a table each, and all of them as one workbook."""
    folder.mkdir()
    for name, table in results.profiles.items():
        tables.write_table(table, folder / name, about=about, columns=_meanings(name))


def _write_network(results: Results, folder: Path, about: Mapping[str, str]) -> None:
    """Write the network of clusters for VOSviewer, if documents tie any."""
    from hubscan.report import vosviewer  # noqa: PLC0415 - an extra: its plane

    network = results.profiles.get("network")
    if network is None or network.empty:
        return
    text = vosviewer.network_text(results.ranking, network, about=about)
    (folder / "network.vosviewer.json").write_text(text, encoding="utf-8")


def _meanings(name: str) -> Mapping[str, str]:
    """Return what the columns of a table mean."""
    return OWN_MEANINGS.get(name, MEANINGS)


def _clusters(results: Results) -> pd.DataFrame:
    """Return the footprints with the columns of the ranking, best first."""
    joined = results.footprints.merge(results.ranking, on="cluster", suffixes=("", "_ranked"))
    joined = joined.sort_values(["rank", "cluster"], ignore_index=True)
    first = [name for name in SHOWN_AS if name in joined]
    rest = [name for name in joined if name not in (*first, "geometry")]
    return joined[[*first, *rest, "geometry"]]


def _member_places(results: Results) -> pd.DataFrame:
    inside = results.membership[results.membership["cluster"] != NOISE]
    table = inside[["place", "cluster", "core", "weight"]].reset_index(drop=True)
    return table.assign(geometry=shapely.points(inside["longitude"], inside["latitude"]))
