"""The files of a study of uncertainty: tables, isolines and figures, written in one step."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hubscan import __version__, store
from hubscan.report import geo, tables
from hubscan.robustness.folders import with_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hubscan.robustness.folders import OpenedRun
    from hubscan.robustness.studies import Plan, Studied


def write_study(
    run: OpenedRun,
    found: Studied,
    plan: Plan,
    *,
    figures: Callable[[OpenedRun, Studied], Mapping[str, bytes]],
) -> Path:
    """
    Write a study into the run folder, all files in one step.

    Parameters
    ----------
    run, found, plan
        The run, what was found, and how.
    figures
        Gives the figures' files by name.

    Returns
    -------
    folder
        ``RUN/uncertainty``.
    """
    drawn = f"{plan.replicates} replicates by {plan.unit}, seed {plan.seed}"
    about = {**run.about, "drawn": drawn, "level": f"{plan.level:g}"}
    content = {
        "rank_intervals": found.intervals,
        "outranking": with_names(with_names(found.pairs, run.names, key="a"), run.names, key="b"),
        "joined": with_names(with_names(found.joined, run.names, key="a"), run.names, key="b"),
        "replicates": found.sizes,
    }
    if found.assumed is not None and found.alternatives is not None:
        content["assumptions"] = found.assumed.factors
        content["assumptions_by_cluster"] = with_names(found.assumed.clusters, run.names)
        content["assumptions_ranks"] = with_names(found.assumed.ranks, run.names)
        content["alternatives"] = found.alternatives
    folder = run.folder / "uncertainty"
    with store.published(folder) as fresh:
        for name, table in content.items():
            tables.write_table(table, fresh / name, about=about)
        for name, table in (
            ("replicate_ranks", found.ranks),
            ("membership_probability", found.probabilities),
        ):
            tables.write_parquet(table, fresh / f"{name}.parquet", about=about)
        geo.write_geoparquet(found.isolines, fresh / "isolines.parquet", about=about)
        named = found.isolines.merge(run.names[["cluster", "name"]], on="cluster")
        (fresh / "isolines.geojson").write_text(geo.geojson_text(named, about=about), "utf-8")
        for name, file in figures(run, found).items():
            (fresh / name).write_bytes(file)
        record = {"kind": "uncertainty", "hubscan": __version__, "plan": asdict(plan), **about}
        (fresh / "run.json").write_text(store.json_text(record), encoding="utf-8")
    return folder


def record_of(found: Studied) -> dict[str, Any]:
    """Return the rank intervals as a program reads them."""
    return {"intervals": found.intervals.to_dict("records")}
