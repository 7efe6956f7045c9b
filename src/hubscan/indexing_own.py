"""Indices of one's own: from files, or over the clusters of a run, to an index folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan import indexing_figures, store
from hubscan.errors import InputError
from hubscan.index import audit, bridges, cluster_index, pipeline
from hubscan.index.uncertainty import Model, WeightNoise, rank_intervals, runs, sampled
from hubscan.index.values import from_matrix
from hubscan.indexing import LEVEL, VARIED, recipe_mark, stage, write_record, write_tables
from hubscan.indexing_inputs import read_framework, read_recipe, read_values
from hubscan.read_back import about_of, check_folder, frame_at, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hubscan.index.pipeline import Result
    from hubscan.watching import Watcher

SYNTHETIC: Final = "SYNTHETIC: modelled micro-data on real published margins"


@dataclass(frozen=True)
class Chance:
    """How often weights are drawn for rank intervals (0: none), and the seed of the draws."""

    runs: int
    seed: int


@dataclass(frozen=True)
class Built:
    """
    A finished index.

    ``ranking``: columns ``rank, unit, score``, with intervals ``median, lower, upper``; with
    ``period`` if there are several. ``findings``: of the audit. ``notes``: what a user should know.
    """

    result: Result
    ranking: pd.DataFrame
    findings: pd.DataFrame
    title: str
    synthetic: bool
    notes: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class _Source:
    """What an index is made from: title, data, provenance for ``run.json``, what files say."""

    title: str
    data: str
    synthetic: bool
    record: Mapping[str, Any]
    about: Mapping[str, str] = field(default_factory=dict)


def build(
    files: tuple[Path, Path, Path], folder: Path, *, chance: Chance, watcher: Watcher
) -> Built:
    """
    Build an index from a framework, values and a recipe, and publish an index folder.

    Parameters
    ----------
    files
        Framework, values, recipe.
    folder
        The index folder to make or replace.
    chance
        Draws of weights, and their seed.
    watcher
        Who is told how it goes.

    Returns
    -------
    built
        What was written.

    Raises
    ------
    HubscanError
        With one sentence on what was found and what was needed; the old folder still stands.
    """
    framework, recipe = read_framework(files[0]), read_recipe(files[2])
    given = read_values(files[1], framework)
    with stage(watcher, "scores", len(given.values)):
        result = pipeline.run(given.values, framework, recipe, units=given.units)
    names = zip(("framework", "values", "recipe"), files, strict=True)
    record = {
        "files": [
            {"part": part, "file": path.name, "sha256": store.file_hash(path)}
            for part, path in names
        ]
    }
    name = framework.texts("name", [framework.root])[0] or framework.root
    source = _Source(name, "as given by the user", synthetic=False, record=record)
    return _finished(result, given.units, folder, source=source, chance=chance, watcher=watcher)


def build_over_run(
    run: Path,
    folder: Path,
    *,
    weights: Mapping[str, float],
    top: int,
    chance: Chance,
    watcher: Watcher,
) -> Built:
    """
    Build an index over the clusters of a run, and publish an index folder.

    Parameters
    ----------
    run
        A run folder.
    folder
        The index folder to make or replace.
    weights
        As for :func:`hubscan.index.cluster_index.cluster_framework`.
    top
        Last rank of the run taken in; scores are relative to these clusters.
    chance
        Draws of weights, and their seed.
    watcher
        Who is told how it goes.

    Returns
    -------
    built
        What was written; synthetic if the run is.

    Raises
    ------
    HubscanError
        With one sentence on what was found and what was needed; the old folder still stands.
    """
    about, ranking = _read_run(run)
    tree = cluster_index.cluster_framework(
        cluster_index.cluster_indicators(ranking), weights=weights
    )
    table = cluster_index.cluster_values(ranking, tree, top=top)
    with stage(watcher, "scores", len(table)):
        tidy = from_matrix(table, period="", source="ranking.parquet")
        result = pipeline.run(tidy, tree, cluster_index.cluster_recipe())
    inputs, edition = about.get("inputs", {}), about.get("edition", {})
    synthetic = bool(inputs.get("synthetic", False))
    title = f"Index of the {len(table)} largest clusters"
    source = _Source(
        f"{title} (synthetic data)" if synthetic else title,
        f"{SYNTHETIC}; {inputs.get('title', '')}" if synthetic else str(inputs.get("title", "")),
        synthetic,
        {
            "run": {
                "hubscan": about.get("hubscan"),
                "edition": edition.get("name"),
                "inputs": inputs.get("title"),
                "attribution": inputs.get("attribution"),
                "ranking_sha256": store.file_hash(run / "ranking.parquet"),
            },
            "top": top,
            "weights": {code: float(tree.weights[code]) for code in tree.codes[1:]},
        },
        about_of(about),
    )
    return _finished(result, None, folder, source=source, chance=chance, watcher=watcher)


def _read_run(run: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the provenance and the ranking of a run folder."""
    check_folder(run, "run.json", "ranking.parquet")
    about: dict[str, Any] = read_json(run / "run.json")
    if about.get("kind") == "index":
        msg = f"{run}: is an index folder: a run folder of hubscan was needed"
        raise InputError(msg)
    return about, frame_at(run / "ranking.parquet")


def _finished(
    result: Result,
    units: pd.DataFrame | None,
    folder: Path,
    *,
    source: _Source,
    chance: Chance,
    watcher: Watcher,
) -> Built:
    """Add intervals and an audit to a result, and publish the index folder."""
    notes = [_counted(result)] if len(result.warnings) else []
    panel = result.scores.index.nlevels > 1
    if panel and chance.runs:
        notes.append("Ranks have no intervals: the values have several periods.")
    drawn, findings = None, _NOTHING
    if chance.runs and not panel:
        with stage(watcher, "rank intervals", chance.runs):
            drawn = _intervals(result, units, chance)
    if not panel:
        with stage(watcher, "audit", len(audit.CHECKS)):
            findings = audit.findings(result, limits=audit.USUAL_LIMITS, checks=())
    ranking = _ranking(result, drawn)
    about = {
        **source.about,
        "index": source.title,
        "data": source.data,
        "recipe": recipe_mark(result),
        "rank intervals": f"{LEVEL:.0%} of {chance.runs} draws of all weights within "
        f"{VARIED:.0%} of their value, seed {chance.seed}" if drawn is not None else "none",
        "made with": "hubscan, see run.json for versions and hashes",
    }  # fmt: skip
    with store.published(folder) as fresh:
        _write(result, ranking, findings, fresh, about=about)
        record = _record(result, source, chance)
        with stage(watcher, "figures", 1):
            record["figures"] = _write_figures(result, ranking, fresh, about)
        write_record(record, fresh, about=about)
    return Built(
        result, ranking, findings, source.title, source.synthetic, tuple(notes), folder
    )  # fmt: skip


_NOTHING: Final = pd.DataFrame(
    columns=["check", "node", "value", "threshold", "verdict", "sentence"]
)


def _counted(result: Result) -> str:
    number = len(result.warnings)
    first = result.warnings.iloc[0]
    unit = str(_text_of_pair(first["unit"]))
    where = " of ".join(part for part in (str(first["code"]), unit) if part)
    return f"{number} warnings, see warnings.csv; the first: {where}: {first['message']}."


def _intervals(result: Result, units: pd.DataFrame | None, chance: Chance) -> pd.DataFrame:
    """Return the interval of each rank when all weights vary at once."""
    model = Model(result.stages["raw"], result.framework, result.recipe, units)
    factors = [WeightNoise("weights", VARIED, codes=())]
    points = sampled(model, factors, number=chance.runs, sample="sobol", seed=chance.seed)
    return rank_intervals(runs(model, factors, points, allow_inert=(), workers=1), level=LEVEL)


def _ranking(result: Result, drawn: pd.DataFrame | None) -> pd.DataFrame:
    """Return rank, unit, score and interval, best first; units without a score last."""
    root = result.framework.root
    table = pd.DataFrame({"rank": result.ranks[root], "score": result.scores[root]})
    table = table.rename_axis(["period", "unit"] if table.index.nlevels > 1 else ["unit"])
    if drawn is not None:
        table = table.join(drawn[["median", "lower", "upper"]])
    table = table.reset_index()
    keys = [name for name in ("period", "rank", "unit") if name in table]
    table = table.sort_values(keys, kind="stable", ignore_index=True)
    first = [name for name in ("period", "rank", "unit") if name in table]
    table["rank"] = table["rank"].astype("Int64")
    return table[[*first, *(name for name in table if name not in first)]]


def _write(
    result: Result,
    ranking: pd.DataFrame,
    findings: pd.DataFrame,
    folder: Path,
    *,
    about: Mapping[str, str],
) -> None:
    """Write the tables and the workbook."""
    sheets = bridges.result_tables(result)
    content = {
        "ranking": ranking,
        "scores": sheets["scores"].reset_index(),
        "ranks": sheets["ranks"].reset_index(),
        "audit": findings,
        "changed_cells": sheets["changed cells"].map(_text_of_pair),
        "warnings": sheets["warnings"].map(_text_of_pair),
        "framework": _weighted(result).reset_index(),
    }
    write_tables(content, folder, about=about)
    sheets["changed cells"], sheets["warnings"] = content["changed_cells"], content["warnings"]
    book = {"ranking": ranking, **sheets, "audit": findings}
    (folder / "index.xlsx").write_bytes(bridges.workbook(book, about=about))


def _text_of_pair(entry: object) -> object:
    """Return a period and a unit as one text; everything else as it is."""
    return " / ".join(map(str, entry)) if isinstance(entry, tuple) else entry


def _weighted(result: Result) -> pd.DataFrame:
    tree = result.framework
    return tree.table.assign(share=tree.shares, effective_weight=tree.effective_weights)


def _write_figures(
    result: Result, ranking: pd.DataFrame, folder: Path, about: Mapping[str, str]
) -> list[str]:
    """Write the figures; an index of several periods has none."""
    if "period" in ranking:
        return []
    caption = f"{about['data']}\n{about['recipe']}"
    drawings = list(indexing_figures.index_drawings(result, title=about["index"], caption=caption))
    if "lower" in ranking:
        said = f"Bars: {about['rank intervals']}.\n{caption}"
        drawings.append(
            indexing_figures.interval_drawing(ranking, title=about["index"], caption=said)
        )
    return indexing_figures.write_figures(drawings, folder / "figures", about=about)


def _record(result: Result, source: _Source, chance: Chance) -> dict[str, Any]:
    return {
        "title": source.title,
        "data": source.data,
        "synthetic": source.synthetic,
        **source.record,
        "steps": [step.described() for step in result.recipe],
        "fingerprint": result.fingerprint,
        "rank_intervals": {
            "weights_varied_by": VARIED, "runs": chance.runs, "seed": chance.seed, "level": LEVEL,
        },
    }  # fmt: skip
