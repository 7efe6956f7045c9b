"""One run, from an inputs file to a run folder: the effects around the method."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan import __version__, engine, geocode, opening, outputs, pipeline, store
from hubscan.errors import InputError

if TYPE_CHECKING:
    import ibis

    from hubscan.edition import Edition
    from hubscan.footprint import PopulationRaster
    from hubscan.ingest.inputs import Inputs
    from hubscan.store import Kept, Watcher

_NAMED_VERSIONS: Final = ("duckdb", "ibis-framework", "numpy", "pandas", "shapely", "numba")
_SEVERAL: Final = 5


@dataclass(frozen=True)
class Machine:
    """What a run may use: threads, memory of the query engine, and where its work folder is."""

    threads: int | None = None
    memory_gb: float | None = None
    work: Path | None = None


@dataclass(frozen=True)
class Finished:
    """A finished run: its results, where they were written, and what was set aside."""

    results: pipeline.Results
    folder: Path
    rejected: int


def run(  # noqa: PLR0913 - what is run, where it lies, where it goes, and who watches
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
        Threads, memory and work folder.
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
    spill = work / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    with engine.opened(
        spill=spill, threads=machine.threads, memory_gb=machine.memory_gb
    ) as query_engine:
        stages = store.Store(work, query_engine, watcher)
        opened = opening.opened_inputs(
            inputs, root or inputs_file.absolute().parent, engine=query_engine, store=stages
        )
        rejected = stages.keep("rejected", opening.rejected_rows, opened, query_engine)
        results = pipeline.run(
            edition,
            opened.sources,
            stages,
            gazetteer=_gazetteer(),
            raster=_raster(opened),
        )
        record = _record(edition, opened, stages, rejected)
        with store.published(folder) as fresh:
            outputs.write(
                results, fresh, record=record, rejected=query_engine.frame(rejected.value)
            )
    return Finished(results, folder, rejected.rows)


def _gazetteer() -> Kept[geocode.Gazetteer]:
    gazetteer = geocode.bundled()
    return store.Kept(gazetteer, gazetteer.key, len(gazetteer.cities))


def _check_indicators(edition: Edition, inputs: Inputs, inputs_file: Path) -> None:
    given = {source.indicator for source in inputs.source}
    missing = [name for name in edition.indicators if name not in given]
    if missing:
        msg = (
            f"{inputs_file.name}: no source gives {', '.join(missing)}: "
            f"{edition.name} needs {', '.join(edition.indicators)}"
        )
        raise InputError(msg)
