"""Comparisons and explanations of run folders: what the commands do."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan import __version__, count, store
from hubscan.errors import InputError
from hubscan.read_back import frame_at
from hubscan.report import tables
from hubscan.robustness import explain
from hubscan.robustness.decomposition import rank_change
from hubscan.robustness.figures import comparison_figures
from hubscan.robustness.folders import (
    OpenedRun,
    opened_run,
    with_names,
    with_source_ids,
)
from hubscan.robustness.identity import events, fates, series_of_clusters
from hubscan.robustness.studies import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hubscan.watching import Watcher

PART: Final = 0.2
"""Least share of a cluster's mass that makes a split or a merge worth naming."""

_NEAR_KM: Final = 30.0
_SHOWN: Final = 12


class Compared(NamedTuple):
    """Two or more runs held beside each other: why ranks changed, fates, and ranks by run."""

    changes: pd.DataFrame
    fates: pd.DataFrame
    series: pd.DataFrame
    through: pd.DataFrame


class Explained(NamedTuple):
    """Why a cluster has its rank: numbers, and tables by name."""

    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]


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
    series = series_of_clusters(memberships, [run.ranking for run in runs], titles)
    series.insert(2, "name", _names_in_series(series, dict(zip(titles, runs, strict=True))))
    steps = [
        _step(one, other, names)
        for (one, other), names in zip(pairwise(runs), pairwise(titles), strict=True)
    ]
    fate = pd.concat([each for each, _ in steps], ignore_index=True)
    happened = pd.concat([each for _, each in steps], ignore_index=True)
    told_series = _with_events(series, happened, titles)
    found = Compared(changes, fate, told_series, _through(told_series, titles))
    if out is not None:
        _write_comparison(found, out, about=_about(runs, titles), top=top)
    return found


def _step(
    one: OpenedRun, other: OpenedRun, titles: tuple[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the fates of clusters from one run to the next, and what happened in words."""
    found = fates(one.base.found.membership, other.base.found.membership, part=PART)
    names_a, names_b = (run.names.set_index("cluster")["name"] for run in (one, other))
    told_in_words = events(found, names_a, names_b)
    named = with_names(with_names(found, one.names, key="a"), other.names, key="b")
    named.insert(0, "from", titles[0])
    named.insert(1, "to", titles[1])
    happened = told_in_words.assign(run=titles[1])
    happened["known_in"] = np.where(happened["gone"], titles[0], titles[1])
    return named, happened


def _with_events(
    series: pd.DataFrame, happened: pd.DataFrame, titles: Sequence[str]
) -> pd.DataFrame:
    """Return a series with what happened to each cluster; one that ends has a row without rank."""
    known = series[["id", "name", "run", "cluster"]].rename(columns={"run": "known_in"})
    told_of = happened.merge(known, on=["known_in", "cluster"])
    once = told_of.groupby(["id", "name", "run"])["event"].agg("; ".join).reset_index()
    table = series.astype({"cluster": "Int64", "rank": "Int64"})
    table = table.merge(once, on=["id", "name", "run"], how="outer")
    table["event"] = table["event"].astype(object).where(table["event"].notna(), "")
    order = table["run"].map({title: number for number, title in enumerate(titles)})
    ordered = table.iloc[np.lexsort((order, table["id"]))].reset_index(drop=True)
    return ordered[["id", "run", "name", "cluster", "rank", "total_share", "event"]]


def _through(series: pd.DataFrame, titles: Sequence[str]) -> pd.DataFrame:
    """Return one row a cluster: its rank in each run, and what happened to it where."""
    ranks = series.pivot_table(index=["id", "name"], columns="run", values="rank", dropna=False)
    ranks = ranks.reindex(columns=list(titles)).dropna(how="all").astype("Int64").reset_index()
    told_of = series[series["event"] != ""]
    events = told_of["run"] + ": " + told_of["event"].astype("str")
    texts = events.groupby(told_of["id"]).agg("; ".join)
    ranks["events"] = ranks["id"].map(texts).astype(object).where(ranks["id"].isin(texts.index), "")
    ranks.columns.name = None
    return ranks.sort_values([*reversed(titles), "id"], na_position="last", ignore_index=True)


def _names_in_series(series: pd.DataFrame, runs: Mapping[str, OpenedRun]) -> pd.Series[str]:
    """Return for each id the name that it has in the last run that has it."""
    parts = [
        series[series["run"] == title].merge(run.names[["cluster", "name"]], on="cluster")
        for title, run in runs.items()
    ]
    latest = pd.concat(parts).drop_duplicates("id", keep="last").set_index("id")["name"]
    return series["id"].map(latest)


def _about(runs: Sequence[OpenedRun], titles: Sequence[str]) -> dict[str, str]:
    """Return what a comparison is about: what its runs say, once where they say the same."""
    every = [run.about for run in runs]
    told = {key: list(dict.fromkeys(each.get(key, "") for each in every)) for key in every[-1]}
    return {"runs": "; ".join(titles)} | {key: "; ".join(said) for key, said in told.items()}


def _write_comparison(found: Compared, out: Path, *, about: Mapping[str, str], top: int) -> None:
    with store.published(out) as fresh:
        for name, table in found._asdict().items():
            tables.write_table(table, fresh / str(name), about=about)
        for name, file in comparison_figures(
            found.series.dropna(subset=["rank"]), top=top, about=about
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
        ``left_out``, ``candidates`` (pairs judged for merging), ``documents`` (under the ids of
        their sources; indicators that are counts at places have none), and the leaders of the run's
        profiles if it has them.

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
        base.evidence.place_addresses(
            base.evidence.once,
            missing=edition.count.missing,
            economies=edition.regional.economies,
            indicators=edition.indicators,
        ),
    )
    assigned = count.assignment(mass, membership, **edition.boundary)
    column = {"renormalise": "n_located", "lose": "n_listed"}[edition.count.missing]
    documents = explain.documents_counted(base.evidence, assigned, cluster, column=column)
    documents = with_source_ids(documents, folder)
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
