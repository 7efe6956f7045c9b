"""The tables, figures and regional maps of the source reports, made from a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.edition import Edition, load_edition
from hubscan.extras import need
from hubscan.read_back import about_of, frame_at, run_record, shapes_at
from hubscan.report import gii, tables
from hubscan.report.grey import grey_points

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from hubscan.pipeline import Results

LABELLED: Final = 40
_NONE: Final = pd.DataFrame()


def findings(results: Results) -> gii.Findings:
    """
    Return what a run found, as the reports' tables need it.

    Parameters
    ----------
    results
        Of a run.

    Returns
    -------
    findings
        Of which every table of :data:`hubscan.report.gii.TABLES` can be made.
    """
    e, change = results.edition, results.change
    by_size, by_intensity = None, None
    if change is not None:
        by_size = change.rename(columns={"rank_change": "change"})
        if "intensity_rank_before" in change:
            names = {"intensity_rank_before": "rank_before", "intensity_rank_change": "change"}
            by_intensity = change[["cluster", *names]].rename(columns=names)
    return gii.Findings(
        ranking=results.ranking,
        economies=gii.economies(as_of=gii.in_force(e.year)),
        top=e.rank.top,
        separator=e.report.label_separator,
        coverage=results.coverage,
        change=by_size,
        intensity_change=by_intensity,
        applicants=results.profiles.get("top_applicants"),
        organisations=results.profiles.get("top_organisations"),
    )


def write_report_tables(results: Results, folder: Path, about: Mapping[str, str]) -> None:
    """
    Write the tables that an edition's report prints: CSV each, one workbook, and Markdown.

    Parameters
    ----------
    results
        Of a run.
    folder
        A folder to make.
    about
        Edition, inputs, attribution and the like.
    """
    folder.mkdir()
    made = gii.report_tables(findings(results), edition=results.edition.name)
    for name, table in made.items():
        tables.write_csv(table, folder / f"{name}.csv", about=about, columns={})
    gii.write_report_workbook(made, folder / "tables.xlsx", about=about)
    page = gii.markdown_page(made, title=about["edition"], about=about)
    (folder / "tables.md").write_text(page, encoding="utf-8")


def report_figures(run: Path) -> dict[str, Figure]:
    """
    Return the figures and regional maps of the reports, made from a run folder.

    Parameters
    ----------
    run
        A folder that ``hubscan run`` has made.

    Returns
    -------
    figures
        By name.
    """
    need("figures")
    from hubscan.report.gii import insets  # noqa: PLC0415 - an extra

    inputs, edition = run_record(run)["inputs"], load_edition(run / "edition.toml")
    caption = " ".join((inputs.get("note", ""), *inputs.get("attribution", ())))
    figures = dict(_bars(run, edition, caption))
    clusters = shapes_at(run / "clusters.parquet")
    noise = _noise(run, edition)
    figures |= insets.inset_maps(
        clusters,
        noise,
        insets=insets.INSETS,
        caption=caption,
        rank_bands=edition.report.rank_bands,
        labelled=LABELLED,
    )
    return figures


def write_figures(run: Path, folder: Path) -> list[str]:
    """
    Write the figures of a run as PNG and SVG.

    Parameters
    ----------
    run
        A run folder.
    folder
        An empty folder.

    Returns
    -------
    names
        Of the figures.
    """
    figures, about = report_figures(run), about_of(run_record(run))
    from hubscan.report import maps  # noqa: PLC0415 - an extra

    for name, figure in figures.items():
        for suffix in (".png", ".svg"):
            maps.save(figure, folder / f"{name}{suffix}", about=about)
    return sorted(figures)


def _noise(run: Path, edition: Edition) -> pd.DataFrame:
    """Return the grey points of a run folder."""
    addresses, membership, totals = (
        frame_at(run / f"{name}.parquet") for name in ("place_addresses", "membership", "totals")
    )
    return grey_points(
        addresses[addresses["indicator"].isin(edition.weights.shaped_by)],
        membership,
        totals,
        minimum=edition.report.noise_min,
        grid_deg=edition.report.noise_round_deg,
    )


def _bars(run: Path, edition: Edition, caption: str) -> list[tuple[str, Figure]]:
    """Return the bar charts that a run has the tables for."""
    from hubscan.report.gii import bars  # noqa: PLC0415 - an extra

    report, found = run / "report", []

    def table(name: str) -> pd.DataFrame:
        path = report / f"{name}.csv"
        return pd.read_csv(path, keep_default_na=False, na_values=[""]) if path.exists() else _NONE

    leading, title = table("leaders_by_indicator"), edition.title
    if len(leading) and leading["share"].notna().any():
        figure = bars.leaders_figure(
            leading, title=f"{title}: top 10 by indicator", caption=caption
        )
        found.append(("top10_by_indicator", figure))
    intense = table("clusters_2025_appendix_table3_intensity")
    if len(intense):
        ranking = frame_at(run / "ranking.parquet", columns=["rank", "name"])
        largest = ranking.sort_values("rank")["name"].head(10).tolist()
        figure = bars.per_capita_figure(
            intense, largest, first=15, title=f"{title}: most intense", caption=caption
        )
        found.append(("top15_per_capita", figure))
    counts = table("economy_cluster_counts")
    if len(counts):
        figure = bars.economies_figure(counts, title=f"{title}: economies", caption=caption)
        found.append(("economies", figure))
    return found
