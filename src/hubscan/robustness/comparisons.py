"""Sweeps, comparisons and explanations of run folders: what the commands do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from hubscan import __version__, count, store
from hubscan.errors import InputError
from hubscan.read_back import frame_at
from hubscan.robustness import explain
from hubscan.robustness.decomposition import rank_change
from hubscan.robustness.figures import comparison_figures, sweep_figures
from hubscan.robustness.folders import OpenedRun, opened_run, with_names, write_table
from hubscan.robustness.identity import fates, series_of_clusters
from hubscan.robustness.studies import told
from hubscan.robustness.sweep import settings, steady_region, sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hubscan.watching import Watcher

TOPS: Final = (10, 50, 100)
PART: Final = 0.2
"""Least share of a cluster's mass that makes a split or a merge worth naming."""

_NEAR_KM: Final = 30.0
_SHOWN: Final = 12


class SweptRun(NamedTuple):
    """A sweep of a run: one row a setting, ranks by setting, and where the first ones stay."""

    table: pd.DataFrame
    ranks: pd.DataFrame
    region: pd.DataFrame
    folder: Path


class Compared(NamedTuple):
    """Two or more runs held beside each other: why ranks changed, fates, and ranks by run."""

    changes: pd.DataFrame
    fates: pd.DataFrame
    series: pd.DataFrame


class Explained(NamedTuple):
    """Why a cluster has its rank: numbers, and tables by name."""

    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]


def swept_run(
    folder: Path, varied: Mapping[str, Sequence[Any]], out: Path | None, *, watcher: Watcher
) -> SweptRun:
    """
    Run the method on a run's evidence under every combination of values, and write the results.

    Parameters
    ----------
    folder
        The run folder.
    varied
        Values by dotted key.
    out
        The folder to make or replace; ``RUN/sweep`` if None.
    watcher
        Who is told how it goes.

    Returns
    -------
    swept
        Tables, and the folder.

    Raises
    ------
    HubscanError
        If a key or value is not known, or the run folder is not complete.
    """
    with told(watcher, "run read back", 1):
        run = opened_run(folder)
    every = settings(varied)
    rows, ranks = [], []
    with told(watcher, "settings", len(every)):
        for setting, each in zip(every, sweep(run.base, every, tops=TOPS), strict=True):
            rows.append(each.row)
            ranks.append(each.ranks.assign(**setting))
    table = pd.DataFrame(rows)
    keys = list(varied)
    regions = [steady_region(table, keys=keys, top=top) for top in TOPS]
    long = with_names(pd.concat(ranks, ignore_index=True), run.names)
    found = SweptRun(
        table, long[[*keys, "cluster", "name", "rank", "total_share"]],
        pd.concat(regions, ignore_index=True), out or folder / "sweep",
    )  # fmt: skip
    with told(watcher, "tables and figures", len(table)):
        _write_sweep(run, found, keys)
    return found


def _write_sweep(run: OpenedRun, found: SweptRun, keys: Sequence[str]) -> None:
    with store.published(found.folder) as fresh:
        for name, table in (
            ("settings", found.table), ("ranks", found.ranks), ("steady_region", found.region),
        ):  # fmt: skip
            write_table(table, fresh / name, about=run.about)
        files = sweep_figures(run, found.table, found.ranks, keys, top=_SHOWN)
        for name, file in files.items():
            (fresh / name).write_bytes(file)
        record = {"kind": "sweep", "hubscan": __version__, "varied": list(keys), **run.about}
        (fresh / "run.json").write_text(store.json_text(record), encoding="utf-8")


def compared(folders: Sequence[Path], out: Path | None, *, top: int, watcher: Watcher) -> Compared:
    """
    Hold runs beside each other: fates and reasons from the first to the last, ranks through all.

    Parameters
    ----------
    folders
        Run folders, earliest first; at least two.
    out
        A folder to write to; nothing is written if None.
    top
        Ranks shown in the figure.
    watcher
        Who is told how it goes.

    Returns
    -------
    compared
        Tables.

    Raises
    ------
    HubscanError
        If a run folder is not complete, or the last edition can't be applied to the first's data.
    """
    few = 2
    if len(folders) < few:
        msg = f"compare: {len(folders)} run folder given: at least two are needed"
        raise InputError(msg)
    with told(watcher, "runs read back", len(folders)):
        runs = [opened_run(folder) for folder in folders]
    first, last = runs[0], runs[-1]
    memberships = [run.base.found.membership for run in runs]
    titles = [f"{run.folder.name}" for run in runs]
    if len(set(titles)) < len(titles):
        titles = [f"{number}: {title}" for number, title in enumerate(titles, start=1)]
    with told(watcher, "change of rank", len(last.ranking)):
        changes = with_names(rank_change(first.base, last.base), last.names)
    fate = with_names(fates(memberships[0], memberships[-1], part=PART), first.names, key="a")
    fate = with_names(fate, last.names, key="b")
    series = series_of_clusters(memberships, [run.ranking for run in runs], titles)
    series.insert(2, "name", _names_in_series(series, dict(zip(titles, runs, strict=True))))
    found = Compared(changes, fate, series)
    if out is not None:
        _write_comparison(found, out, about=last.about, top=top)
    return found


def _names_in_series(series: pd.DataFrame, runs: Mapping[str, OpenedRun]) -> pd.Series[str]:
    """Return for each id the name that it has in the last run that has it."""
    parts = [
        series[series["run"] == title].merge(run.names[["cluster", "name"]], on="cluster")
        for title, run in runs.items()
    ]
    latest = pd.concat(parts).drop_duplicates("id", keep="last").set_index("id")["name"]
    return series["id"].map(latest)


def _write_comparison(found: Compared, out: Path, *, about: Mapping[str, str], top: int) -> None:
    with store.published(out) as fresh:
        for name, table in found._asdict().items():
            write_table(table, fresh / str(name), about=about)
        for name, file in comparison_figures(
            found.series, top=top, caption=about["inputs"]
        ).items():
            (fresh / name).write_bytes(file)
        record = {"kind": "comparison", "hubscan": __version__, **about}
        (fresh / "run.json").write_text(store.json_text(record), encoding="utf-8")


def explained(folder: Path, wanted: str) -> Explained:
    """
    Return why a cluster of a run has its rank.

    Parameters
    ----------
    folder
        The run folder.
    wanted
        The cluster's id or name.

    Returns
    -------
    explained
        ``summary`` (rank, totals, shares, boundary) and tables: ``moves``, ``places``,
        ``left_out``, ``candidates`` (pairs judged for merging), ``documents``, and the leaders of
        the run's profiles if it has them.

    Raises
    ------
    HubscanError
        If the run folder is not complete, or has no such cluster.
    """
    run = opened_run(folder)
    cluster = explain.cluster_called(run.ranking, wanted)
    base, edition = run.base, run.base.edition
    row = run.ranking[run.ranking["cluster"] == cluster].iloc[0]
    membership, mass = (
        base.found.membership,
        base.evidence.place_addresses(base.evidence.once, missing=edition.count.missing),
    )
    assigned = count.assignment(mass, membership, **edition.boundary)
    column = {"renormalise": "n_located", "lose": "n_listed"}[edition.count.missing]
    documents = explain.documents_counted(base.evidence, assigned, cluster, column=column)
    near = explain.left_out(membership, cluster, within_km=_NEAR_KM, most=len(membership))
    weights = edition.size_rank(base.partial)["weights"]
    world = {name: float(base.found.world[name]) for name in weights}
    steps = explain.moves(base.found.ranking, world, cluster, weights=weights)
    pairs = base.found.candidate_pairs
    summary = {
        "cluster": cluster,
        "rank": int(row["rank"]),
        "name": str(row["name"]),
        "economies": str(row["economies"]),
        "total_share": float(row["total_share"]),
        "indicators": {
            name: {
                "counted": float(row[f"count_{name}"]),
                "share": float(row[f"share_{name}"]),
                "documents": int((documents["indicator"] == name).sum()),
            }
            for name in edition.indicators
            if f"count_{name}" in row
        },
        "boundary": explain.boundary_summary(membership, near, cluster),
        "within_km": _NEAR_KM,
    }
    tables = {
        "moves": with_names(steps, run.names, key="neighbour"),
        "places": explain.places_inside(membership, cluster, most=_SHOWN),
        "left_out": near.head(_SHOWN),
        "candidates": pairs[(pairs["a"] == cluster) | (pairs["b"] == cluster)],
        "documents": documents,
        **_leaders(folder, cluster),
    }
    return Explained(summary, tables)


def _leaders(folder: Path, cluster: int) -> dict[str, pd.DataFrame]:
    """Return the leading applicants and organisations of a cluster, if the run tells them."""
    found = {}
    for name in ("top_applicants", "top_organisations"):
        path = folder / "profiles" / f"{name}.parquet"
        if path.is_file():
            table = frame_at(path)
            found[name] = table[table["cluster"] == cluster].drop(columns="cluster")
    return found
