"""Sweeps of run folders: settings block by block, so that a sweep that was stopped goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from hubscan import __version__, store
from hubscan.read_back import read_json
from hubscan.report import tables
from hubscan.robustness.figures import sweep_figures
from hubscan.robustness.folders import OpenedRun, opened_run, with_names
from hubscan.robustness.outcome import Memory
from hubscan.robustness.studies import told
from hubscan.robustness.sweep import Swept, settings, steady_region, sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hubscan.watching import Watcher

TOPS: Final = (10, 50, 100)
BLOCK: Final = 8
"""Settings in a block: what is lost if a sweep is stopped."""

_SHOWN: Final = 12


class SweptRun(NamedTuple):
    """A sweep of a run: one row a setting, ranks by setting, and where the first ones stay."""

    table: pd.DataFrame
    ranks: pd.DataFrame
    region: pd.DataFrame
    folder: Path


def swept_run(
    folder: Path,
    varied: Mapping[str, Sequence[Any]],
    out: Path | None,
    *,
    work: Path,
    watcher: Watcher,
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
    work
        Where finished blocks of settings are kept.
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
    every = _swept(run, settings(varied), work=work, watcher=watcher)
    keys = list(varied)
    table = pd.DataFrame([each.row for each in every])
    ranks = [each.ranks.assign(**{key: each.row[key] for key in keys}) for each in every]
    regions = [steady_region(table, keys=keys, top=top) for top in TOPS]
    long = with_names(pd.concat(ranks, ignore_index=True), run.names)
    found = SweptRun(
        table, long[[*keys, "cluster", "name", "rank", "total_share"]],
        pd.concat(regions, ignore_index=True), out or folder / "sweep",
    )  # fmt: skip
    with told(watcher, "tables and figures", len(table)):
        _write_sweep(run, found, keys)
    return found


def _swept(
    run: OpenedRun, every: Sequence[dict[str, Any]], *, work: Path, watcher: Watcher
) -> list[Swept]:
    """Return the results of all settings, block by block, as read back from their files."""
    key = store.fingerprint("sweep", run.mark, [list(each.items()) for each in every])
    memory, found = Memory(), []
    for first in range(0, len(every), BLOCK):
        block, stem = every[first : first + BLOCK], work / f"sweep-{key}" / f"{first:06d}"
        if not stem.with_suffix(".json").exists():
            with told(watcher, f"settings {first + 1}-{first + len(block)}", len(block)):
                _keep(stem, list(sweep(run.base, block, tops=TOPS, memory=memory)))
        found += _kept(stem)
    return found


def _keep(stem: Path, block: Sequence[Swept]) -> None:
    """Write a block; it counts as finished when its rows are there."""
    ranks = [each.ranks.assign(setting=number) for number, each in enumerate(block)]
    with store.written_whole(stem.with_suffix(".parquet")) as partial:
        pd.concat(ranks, ignore_index=True).to_parquet(partial, index=False, compression="zstd")
    with store.written_whole(stem.with_suffix(".json")) as partial:
        partial.write_text(json.dumps([each.row for each in block]), encoding="utf-8")


def _kept(stem: Path) -> list[Swept]:
    rows = read_json(stem.with_suffix(".json"))
    ranks = pd.read_parquet(stem.with_suffix(".parquet"))
    return [
        Swept(row, ranks[ranks["setting"] == number].drop(columns="setting"))
        for number, row in enumerate(rows)
    ]


def _write_sweep(run: OpenedRun, found: SweptRun, keys: Sequence[str]) -> None:
    with store.published(found.folder) as fresh:
        for name, table in (
            ("settings", found.table), ("ranks", found.ranks), ("steady_region", found.region),
        ):  # fmt: skip
            tables.write_table(table, fresh / name, about=run.about)
        files = sweep_figures(run, found.table, found.ranks, keys, top=_SHOWN)
        for name, file in files.items():
            (fresh / name).write_bytes(file)
        record = {"kind": "sweep", "hubscan": __version__, "varied": list(keys), **run.about}
        (fresh / "run.json").write_text(store.json_text(record), encoding="utf-8")
