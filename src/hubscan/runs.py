"""One run, from an inputs file to a run folder: the effects around the method."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan import (
    __version__,
    asking,
    beside,
    cluster,
    engine,
    evidence_files,
    footprint,
    geocode,
    ingest,
    opening,
    outputs,
    pipeline,
    previous,
    provenance,
    store,
)
from hubscan.apart import Apart
from hubscan.errors import InputError
from hubscan.watching import largest_spill

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.edition import Edition
    from hubscan.ingest.inputs import Inputs
    from hubscan.opening import Opened, OpenFile
    from hubscan.store import Kept, Store
    from hubscan.watching import Watcher

_BUNDLED: Final = f"bundled-{__version__}"


@dataclass(frozen=True)
class Machine:
    """What a run may use: threads, memory and kind of the query engine, and its work folder.

    ``evidence`` is whether the run folder gets what uncertainty and the sliders start from,
    ``change`` whether the run is held against the edition before.
    """

    threads: int | None = None
    memory_gb: float | None = None
    work: Path | None = None
    engine: str = "duckdb"
    master: str = "local"
    evidence: bool = True
    change: bool = False


@dataclass(frozen=True)
class Finished:
    """A finished run: its results, its folder, rows set aside, and what did not fit in memory."""

    results: pipeline.Results
    folder: Path
    rejected: int
    spilled_gb: float


@dataclass(frozen=True)
class Checked:
    """What the inputs hold: each file with its number of rows, and the faults by reason."""

    files: list[tuple[OpenFile, int]]
    faults: pd.DataFrame
    summary: dict[str, Any]


def run(
    edition: Edition,
    inputs_file: Path,
    folder: Path,
    *,
    root: Path | None,
    machine: Machine,
    watcher: Watcher,
) -> Finished:
    """
    Run the method on the inputs a file declares, and publish the results as a run folder.

    Finished stages are found again in the work folder, so that a run that was stopped goes on where
    it was; the run folder changes in one step at the end.

    Parameters
    ----------
    edition
        Every number of the method.
    inputs_file
        The inputs file (TOML).
    folder
        The run folder to make or replace.
    root
        The folder that the inputs' paths start from; the inputs file's own if None.
    machine
        Threads, memory, engine and work folder.
    watcher
        Who is told how it goes.

    Returns
    -------
    finished
        The results, the run folder, and the number of rows set aside.

    Raises
    ------
    HubscanError
        With one sentence on what was found and what was needed; the old run folder still stands.
    """
    inputs = opening.read_inputs(inputs_file)
    _check_indicators(edition, inputs, inputs_file)
    work = machine.work or folder.absolute().parent / ".hubscan"
    root = root or inputs_file.absolute().parent
    with ExitStack() as stack:
        local = stack.enter_context(_local(work, machine))
        spilled = stack.enter_context(largest_spill(local.spill))
        stages = store.Store(work, _bulk(machine, local, stack), watcher)
        stack.callback(stages.background.close)
        with stages.watched("inputs") as noted:
            opened = opening.opened_inputs(inputs, root, local=local, store=stages)
            rejected = local.frame(opening.rejected_rows(opened, local))
            noted.rows = len(rejected)
        ranked = _ranked(edition, opened, stages, machine, root=root)
        # what is under way ends before the folder is taken away, if it comes to that
        with store.published(folder) as fresh, closing(stages.background):
            about = provenance.about(ranked.results, inputs)
            if machine.evidence:
                _begin_evidence(ranked.results, opened, stages, fresh, by=local, about=about)
            results = _filled(fresh, ranked, opened, stages, about=about, rejected=rejected)
            stages.background.result("evidence")
            told = provenance.record(results, opened, stages, rejected, root=root, folder=folder)
            told |= {"about": about} | _machine_record(machine, spilled[0])
            outputs.write_record(told, fresh)
    return Finished(results, folder, len(rejected), spilled[0])


def checked(
    edition: Edition, inputs_file: Path, *, root: Path | None, work: Path, watcher: Watcher
) -> Checked:
    """
    Read the declared inputs without running the method.

    Parameters
    ----------
    edition
        The edition they are meant for.
    inputs_file
        The inputs file (TOML).
    root
        The folder that the inputs' paths start from; the inputs file's own if None.
    work
        Folder for text files turned into Parquet.
    watcher
        Who is told how it goes.

    Returns
    -------
    checked
        Files, rows and faults.

    Raises
    ------
    HubscanError
        With one sentence on what was found and what was needed.
    """
    inputs = opening.read_inputs(inputs_file)
    _check_indicators(edition, inputs, inputs_file)
    with _local(work, Machine()) as local:
        stages = store.Store(work, local, watcher)
        opened = opening.opened_inputs(
            inputs, root or inputs_file.absolute().parent, local=local, store=stages
        )
        rejected = local.frame(opening.rejected_rows(opened, local))
        files = [
            (file, opened.sources.size(local.parquet([file.rows_at])))
            for part in opened.files.values()
            for file in part
        ]
    faults = rejected.groupby(["source", "reason"], as_index=False).agg(rows=("reason", "size"))
    summary = {
        "files": [
            {"source": f.part, "file": f.name, "bytes": f.size, "sha256": f.sha256, "rows": n}
            for f, n in files
        ],
        "rejected": len(rejected),
        "faults": faults.to_dict("records"),
    }
    return Checked(files, faults.sort_values("rows", ascending=False), summary)


def _ranked(
    edition: Edition, opened: Opened, stages: Store, machine: Machine, *, root: Path
) -> pipeline.Ranked:
    """Return what the method finds, held against the edition before if that is wanted."""
    # texts are gathered while the gazetteer is read
    every = {"indicators": edition.indicators}
    stages.ahead("spellings", ingest.locality_spellings, opened.sources, **every)
    world = _world(opened, root)
    ranked = pipeline.ranked(edition, opened.sources, stages, world, profiled=True)
    if not machine.change:
        return ranked
    results = ranked.results
    earlier = beside.previous_folder(opened.inputs, root)
    before = _before(edition, opened, stages, world, folder=earlier)
    change, leavers = pipeline.changes(results, before)
    anew = earlier is None and edition.rank.change.previous_basis == "recomputed"
    said = previous.pinned_years(opened.inputs, edition.indicators) if anew else ""
    warnings = (said,) if said else ()
    compared = replace(results, change=change, leavers=leavers, warnings=warnings)
    return replace(ranked, results=compared)


def _filled(
    fresh: Path,
    ranked: pipeline.Ranked,
    opened: Opened,
    stages: Store,
    *,
    about: dict[str, str],
    rejected: pd.DataFrame,
) -> pipeline.Results:
    """Fill a run folder with tables and map, which are made beside what clusters consist of."""

    def written() -> None:
        with stages.watched("run_folder") as noted:
            noted.rows = outputs.write(ranked.results, fresh, about=about, rejected=rejected)

    with closing(Apart()) as apart:
        stages.background.begin("run_folder", written, aside=True)
        with stages.watched("map_begun"):
            outputs.begin_map(ranked.results, opened.inputs, about=about, apart=apart)
        # by now the sums that profiles are made from were made beside all this
        results = pipeline.profiled(opened.sources, stages, ranked)
        with stages.watched("report") as noted:
            noted.rows = outputs.write_profiles(results, fresh, about=about)
        stages.background.result("run_folder")
        with stages.watched("map") as noted:
            noted.rows = outputs.write_map(apart, fresh)
    return results


def _begin_evidence(
    results: pipeline.Results,
    opened: Opened,
    stages: Store,
    fresh: Path,
    **how: Any,  # noqa: ANN401 - by what, and what files say
) -> None:
    """Begin to write what documents a run was made from, as a stage of its own."""

    def written() -> None:
        with stages.watched("evidence") as noted:
            noted.rows = evidence_files.write_evidence(results, opened.sources, fresh, **how)

    stages.background.begin("evidence", written)


def _local(work: Path, machine: Machine) -> Any:  # noqa: ANN401 - a context of DuckDB
    spill = work / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    return engine.opened(spill=spill, threads=machine.threads, memory_gb=machine.memory_gb)


def _bulk(machine: Machine, local: engine.DuckDB, stack: ExitStack) -> engine.Engine:
    if machine.engine == "duckdb":
        return local
    if machine.engine == "spark":
        return stack.enter_context(
            engine.spark_opened(
                master=machine.master, threads=machine.threads, memory_gb=machine.memory_gb
            )
        )
    msg = f"engine {machine.engine!r} is not known: known are {', '.join(engine.ENGINES)}"
    raise InputError(msg)


def _world(opened: Opened, root: Path) -> pipeline.World:
    """Return what the method needs besides the sources."""
    gazetteer = geocode.bundled()
    official = cluster.official_names()
    own = beside.own_names(opened.inputs, root)
    if own is not None:
        official = pd.concat([own.assign(own=True), official.assign(own=False)])
    names = store.fingerprint("official names", official.to_csv(index=False))
    by_hand = beside.own_overrides(opened.inputs, root)
    return pipeline.World(
        gazetteer=store.Kept(gazetteer, _BUNDLED, len(gazetteer.cities)),
        official=store.Kept(official.reset_index(drop=True), names, len(official)),
        people=_people(opened, gazetteer),
        by_hand=None if by_hand is None else _given(by_hand),
        provider=asking.declared_provider(opened.inputs, root),
        organisations=beside.own_organisations(opened.inputs, root),
    )


def _given(table: pd.DataFrame) -> Kept[pd.DataFrame]:
    """Return a small table that is told apart by its content."""
    return store.Kept(table, store.fingerprint(table.to_csv(index=False)), len(table))


def _before(
    edition: Edition, opened: Opened, stages: Store, world: pipeline.World, *, folder: Path | None
) -> pipeline.Before:
    """Return the edition before: from its run folder, as published, or computed anew."""
    if folder is not None:
        return previous.from_folder(folder)
    if edition.rank.change.previous_basis == "published":
        return previous.published(edition)
    return previous.recomputed(edition, opened.sources, stages, world)


def _people(opened: Opened, gazetteer: geocode.Gazetteer) -> Kept[footprint.People]:
    """Return where people live: a raster, the gazetteer's cities (a model), or nothing known."""
    declared = opened.inputs.population
    if declared is None:
        return store.Kept(None, "nobody", 0)
    if declared.gazetteer:
        cities = gazetteer.cities[["latitude", "longitude", "population"]]
        return store.Kept(cities, _BUNDLED, len(cities))
    key = store.fingerprint([store.file_hash(path) for path in opened.rasters])
    return store.Kept(footprint.population_raster(opened.rasters), key, len(opened.rasters))


def _check_indicators(edition: Edition, inputs: Inputs, inputs_file: Path) -> None:
    given = {source.indicator for source in inputs.source}
    missing = [name for name in edition.indicators if name not in given]
    if missing:
        msg = (
            f"{inputs_file.name}: no source gives {', '.join(missing)}: "
            f"{edition.name} needs {', '.join(edition.indicators)}; to use fewer, name them "
            "with --only"
        )
        raise InputError(msg)


def _machine_record(machine: Machine, spilled_gb: float) -> dict[str, Any]:
    """Return what a run was allowed to use, and what it put on the disk meanwhile."""
    used = {
        "engine": machine.engine,
        "threads": machine.threads or os.cpu_count(),
        "memory_cap_gb": machine.memory_gb,
        "spilled_gb": spilled_gb,
    }
    return {"machine": used}
