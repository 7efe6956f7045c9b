"""Composite indices from files to an index folder: the effects around the index engine."""

from __future__ import annotations

import hashlib
import platform
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan import __version__, indexing_figures, store
from hubscan.extras import installed_versions
from hubscan.index import bridges, set2024, set2024_checks, set2024_scores, verify
from hubscan.report import tables
from hubscan.watching import StageRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hubscan.index.pipeline import Result
    from hubscan.watching import Watcher

VARIED: Final = 0.25
"""Weights are multiplied by numbers between 0.75 and 1.25: what the JRC's audits do."""

LEVEL: Final = 0.9
"""Share of the runs inside the interval of a rank."""

SET2024_RUNS: Final = 1024
SET2024_SEED: Final = 2024

_NAMED_VERSIONS: Final = ("matplotlib", "numpy", "pandas", "pyarrow", "scipy", "xlsxwriter")


@dataclass(frozen=True)
class Verified:
    """Published scores held against their parts: by cell, by table, and the cells outside."""

    residuals: pd.DataFrame
    summary: pd.DataFrame
    outside: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether every score lies within the rounding of its parts."""
        return self.outside.empty


@dataclass(frozen=True)
class Reproduced:
    """The SET Index 2024 computed anew: ranking, verification, typology, and where it stands."""

    ranking: pd.DataFrame
    verified: Verified
    exceptions: pd.DataFrame
    folder: Path


def verified_set2024(*, weights: str) -> Verified:
    """
    Return every published score of the SET Index 2024 beside what its published parts give.

    Parameters
    ----------
    weights
        ``implied`` or ``as_printed``.

    Returns
    -------
    verified
        See :class:`Verified`.
    """
    residuals = set2024_checks.score_residuals(weights=weights)
    return Verified(residuals, verify.summary(residuals), verify.cells_outside(residuals))


def inferred_set2024() -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the weights that the published scores of the SET Index 2024 imply, and their fits.

    Returns
    -------
    weights
        As :func:`hubscan.index.infer.implied_weights`, with ``name`` of the child, ``printed`` (the
        weight the report prints; missing where it prints none) and ``agrees`` (whether it lies in
        the interval; missing likewise).
    fits
        As :func:`hubscan.index.infer.implied_weights`.
    """
    weights, fits = set2024_checks.recovered_weights()
    nodes = set2024.edition_table("framework").set_index("code")
    printed = pd.to_numeric(nodes["weight_printed"], errors="coerce")
    own = weights["child"].map(printed)
    inside = (own >= weights["low"] - _SLACK) & (own <= weights["high"] + _SLACK)
    agrees = inside.astype("boolean").where(own.notna())
    named = weights.assign(name=weights["child"].map(nodes["name"]), printed=own, agrees=agrees)
    return named, fits


_SLACK: Final = 1e-6


def reproduce_set2024(folder: Path, *, weights: str, watcher: Watcher) -> Reproduced:
    """
    Compute the SET Index 2024 from its deepest published scores, and publish an index folder.

    Parameters
    ----------
    folder
        The index folder to make or replace.
    weights
        ``implied`` or ``as_printed``.
    watcher
        Who is told how it goes.

    Returns
    -------
    reproduced
        What was written.

    Raises
    ------
    HubscanError
        If the folder can't be replaced; what stood there still stands.
    """
    with stage(watcher, "scores", _CITIES):
        found = set2024_scores.reproduction(weights=weights)
    with stage(watcher, "rank intervals", SET2024_RUNS):
        intervals = set2024_scores.weight_intervals(
            found, half_width=VARIED, number=SET2024_RUNS, seed=SET2024_SEED, level=LEVEL
        )
    ranking = set2024_scores.overall_ranking(found, intervals)
    with stage(watcher, "verification", _CELLS):
        verified = verified_set2024(weights=weights)
        implied, fits = inferred_set2024()
    about = _set2024_about(weights, found.top)
    types, exceptions = indexing_figures.typology(found)
    content = {
        "ranking": ranking,
        "scores": found.scores.rename_axis("unit").reset_index(),
        "ranks": found.ranks.rename_axis("unit").reset_index(),
        "published": set2024_scores.beside_published(found),
        "residuals": verified.residuals,
        "verification": verified.summary,
        "outside": verified.outside,
        "weights": implied,
        "fits": fits,
        "erratum": set2024_checks.talent_erratum(),
        "rank_verdicts": set2024_checks.total_rank_verdicts(),
        "quoted_counts": set2024_checks.quoted_counts(),
        "types": types,
        "type_exceptions": exceptions,
        "errata": set2024.edition_table("errata"),
    }
    record = _set2024_record(weights, verified, found.top)
    with store.published(folder) as fresh:
        with stage(watcher, "tables", len(content)):
            write_tables(content, fresh, about=about)
            steps = {**_steps("tertiary", found.deep), **_steps("top", found.top), **content}
            (fresh / "index.xlsx").write_bytes(bridges.workbook(steps, about=about))
        caption = f"SET Index 2024, weights {weights.replace('_', ' ')}; {about['recipe']}"
        drawings = [
            indexing_figures.interval_drawing(
                ranking, title="SET Index 2024: ranks when weights vary", caption=caption
            ),
            *indexing_figures.set2024_drawings(found, verified.residuals, caption=caption),
        ]
        with stage(watcher, "figures", len(drawings)):
            record["figures"] = indexing_figures.write_figures(
                drawings, fresh / "figures", about=about
            )
        write_record(record, fresh, about=about)
    return Reproduced(ranking, verified, exceptions, folder)


_CITIES: Final = 30
_CELLS: Final = 255


def write_tables(
    content: Mapping[str, pd.DataFrame], folder: Path, *, about: Mapping[str, str]
) -> None:
    """
    Write each table as CSV and as Parquet.

    Parameters
    ----------
    content
        Name of the file -> table.
    folder
        Where to.
    about
        What each file says of itself.
    """
    for name, table in content.items():
        tables.write_table(table, folder / name, about=about)


def write_record(record: Mapping[str, Any], folder: Path, *, about: Mapping[str, str]) -> None:
    """
    Write the provenance of an index as ``run.json``; by this file the folder is known as ours.

    Parameters
    ----------
    record
        What is to be known of the run.
    folder
        Where to.
    about
        What each file says of itself.
    """
    versions = installed_versions(_NAMED_VERSIONS)
    kept = {"hubscan": __version__, "kind": "index", "about": dict(about), **record}
    kept["versions"] = {"python": platform.python_version(), **versions}
    (folder / "run.json").write_text(store.json_text(kept), encoding="utf-8")


def recipe_mark(result: Result) -> str:
    """
    Return how captions and tables name a recipe: version of the package and the fingerprint.

    Parameters
    ----------
    result
        A run of the engine.

    Returns
    -------
    mark
        As ``hubscan 0.1.0, recipe 0123456789ab``.
    """
    return f"hubscan {__version__}, recipe {result.fingerprint[:12]}"


@contextmanager
def stage(watcher: Watcher, name: str, rows: int) -> Iterator[None]:
    """
    Tell a watcher what the work inside takes.

    Parameters
    ----------
    watcher
        Who is told.
    name
        Of the stage.
    rows
        Of what it makes.
    """
    watcher.begin(name)
    began = time.perf_counter()
    yield
    seconds = round(time.perf_counter() - began, 3)
    watcher.end(StageRecord(name, seconds, rows, reused=False))


def _set2024_about(weights: str, result: Result) -> dict[str, str]:
    parameters = set2024.parameters()
    return {
        "edition": "set-2024: SET Index 2024",
        "weights": f"{weights}: {_WEIGHTS[weights]}",
        "data": "published scores; raw values are not published",
        "attribution": f"Scores: {parameters['publishers']}.",
        "licence": "figures as published, quoted with their source; hubscan MIT",
        "assumed parameters": ", ".join(parameters["status"].get("assumed", ())),
        "recipe": recipe_mark(result),
        "made with": "hubscan, see run.json for versions and hashes",
    }


_WEIGHTS: Final = {
    "implied": "those the published scores follow from",
    "as_printed": "those of Table 1.2.1, whose talent weights the published scores contradict",
}


def _set2024_record(weights: str, verified: Verified, result: Result) -> dict[str, Any]:
    parameters = set2024.parameters()
    texts = ("framework.csv", *(f"published/{name}.csv" for name in set2024.TABLES))
    hashes = {
        name: hashlib.sha256(set2024.edition_text(name).encode()).hexdigest() for name in texts
    }
    return {
        "title": parameters["title"],
        "edition": "set-2024",
        "synthetic": False,
        "weights": weights,
        "parameters": {key: value for key, value in parameters.items() if key != "status"},
        "status": parameters["status"],
        "fingerprint": result.fingerprint,
        "files": hashes,
        "holds": verified.holds,
        "outside": len(verified.outside),
        "rank_intervals": {
            "weights_varied_by": VARIED, "runs": SET2024_RUNS, "seed": SET2024_SEED, "level": LEVEL,
        },
    }  # fmt: skip


def _steps(name: str, result: Result) -> dict[str, pd.DataFrame]:
    """Return the sheets of one run of the engine, named apart from those of another."""
    return {f"{name} {sheet}": table for sheet, table in bridges.result_tables(result).items()}
