"""The uncertainty of a run: replicates and assumptions, block by block, into its own folder."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan import __version__, store
from hubscan.errors import InputError
from hubscan.extras import missing
from hubscan.read_back import frame_at
from hubscan.robustness import assumptions, boundaries, intensity, intervals
from hubscan.robustness.bootstrap import Replicates, replicates, together
from hubscan.robustness.folders import OpenedRun, opened_run, with_names
from hubscan.robustness.outcome import Memory
from hubscan.robustness.sweep import sweep
from hubscan.watching import watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hubscan.watching import Watcher

BLOCK: Final = 10
"""Replicates in a block: what is lost if a study is stopped."""

SETTINGS: Final = 64
"""Settings of assumptions in a block."""

ISOLINES: Final = (0.05, 0.5, 0.95)
_SURE: Final = 0.95
_WHOLE: Final = {f"intensity_{name}": "Int64" for name in ("rank", "median", "lower", "upper")}
"""Columns that clusters whose inhabitants are not compared lack."""

_RESAMPLES: Final = 200


@dataclass(frozen=True)
class Plan:
    """
    What a study of uncertainty draws and varies.

    Attributes
    ----------
    replicates
        Number of bootstrap replicates.
    unit
        What is drawn as a whole: ``document``, ``year`` or ``organisation``.
    seed
        Of everything that is drawn.
    level
        Of intervals and confidence sets.
    rows
        Rows of the design for assumptions, a power of two; 0 for none.
    """

    replicates: int
    unit: str
    seed: int
    level: float
    rows: int


@dataclass(frozen=True)
class Studied:
    """
    What a study of uncertainty found.

    Attributes
    ----------
    intervals
        See :func:`hubscan.robustness.intervals.rank_intervals`, with names, who can't be told
        apart, confidence sets, what is certain of the boundary, and
        :func:`hubscan.robustness.intensity.intensity_intervals` (missing for other clusters).
    pairs, joined, sizes, ranks
        Tables of :mod:`hubscan.robustness.intervals` and :mod:`hubscan.robustness.bootstrap`.
    probabilities, isolines
        Of boundaries.
    assumed
        What unknown choices do to ranks; None if they were not varied.
    alternatives
        Each alternative by itself; None if not varied.
    """

    intervals: pd.DataFrame
    pairs: pd.DataFrame
    joined: pd.DataFrame
    sizes: pd.DataFrame
    ranks: pd.DataFrame
    probabilities: pd.DataFrame
    isolines: pd.DataFrame
    assumed: assumptions.Assumed | None
    alternatives: pd.DataFrame | None


def studied(
    folder: Path, plan: Plan, *, work: Path, workers: int, watcher: Watcher
) -> tuple[OpenedRun, Studied]:
    """
    Return the uncertainty of a run; blocks finished before are found again.

    Parameters
    ----------
    folder
        The run folder.
    plan
        What to draw and vary.
    work
        Where finished blocks are kept.
    workers
        Processes; results do not depend on it.
    watcher
        Who is told how it goes.

    Returns
    -------
    run, studied
        The run, and what was found.

    Raises
    ------
    HubscanError
        If the run folder is not complete, or the plan can't be carried out.
    """
    _check(plan)
    with told(watcher, "run read back", 1):
        run = opened_run(folder)
    found = bootstrapped(run, plan, work=work, workers=workers, watcher=watcher)
    assumed, alternatives = None, None
    if plan.rows:
        factors = assumptions.unknown_choices(run.base.edition)
        alternatives = one_at_a_time(run, factors, watcher=watcher)
        assumed = varied(run, factors, plan, work=work, watcher=watcher)
    with told(watcher, "summaries", len(found.sizes)):
        return run, _summarised(run, found, plan, assumed, alternatives)


def _check(plan: Plan) -> None:
    few = 2
    if plan.replicates < few:
        msg = f"uncertainty: replicates = {plan.replicates}: at least {few} are needed"
        raise InputError(msg)
    if plan.rows and plan.rows & (plan.rows - 1):
        msg = f"uncertainty: rows = {plan.rows}: must be a power of two, or 0"
        raise InputError(msg)
    if plan.rows and (lacking := missing("index")):
        msg = f"uncertainty: {lacking}, or leave the unknown choices as they are: --rows 0"
        raise InputError(msg)


def bootstrapped(
    run: OpenedRun, plan: Plan, *, work: Path, workers: int, watcher: Watcher
) -> Replicates:
    """
    Return the replicates of a plan, block by block.

    Parameters
    ----------
    run
        The run.
    plan, work, workers, watcher
        As for :func:`studied`.

    Returns
    -------
    replicates
        All together.
    """
    key = store.fingerprint(run.mark, plan.unit, plan.seed)
    kept = work / f"replicates-{key}"
    blocks = [
        range(first, min(first + BLOCK, plan.replicates))
        for first in range(0, plan.replicates, BLOCK)
    ]
    wanted = [
        numbers for numbers in blocks if not _stem(kept, numbers).with_suffix(".done").exists()
    ]
    jobs = [(run.folder, numbers, plan.unit, plan.seed) for numbers in wanted]
    for numbers, found in zip(wanted, _worked(jobs, workers, run), strict=True):
        with told(watcher, f"replicates {numbers.start + 1}-{numbers.stop}", len(numbers)):
            _keep(_stem(kept, numbers), next(found))
    return together([_kept(_stem(kept, numbers)) for numbers in blocks])


def _worked(
    jobs: Sequence[tuple[Path, range, str, int]], workers: int, run: OpenedRun
) -> Iterator[Iterator[Replicates]]:
    """Give, for each job, an iterator that waits for its block: made when it is asked for."""
    if workers <= 1 or len(jobs) <= 1:
        for _, numbers, unit, seed in jobs:
            yield (replicates(run.base, numbers=each, unit=unit, seed=seed) for each in [numbers])
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_block, job) for job in jobs]
        for each in waiting:
            yield (future.result() for future in [each])


def _block(job: tuple[Path, range, str, int]) -> Replicates:
    folder, numbers, unit, seed = job
    return replicates(_opened_once(folder).base, numbers=numbers, unit=unit, seed=seed)


@cache
def _opened_once(folder: Path) -> OpenedRun:
    """Return a run read back: a process that makes several blocks reads it once."""
    return opened_run(folder)


def _stem(kept: Path, numbers: range) -> Path:
    return kept / f"{numbers.start:06d}-{numbers.stop:06d}"


def _keep(stem: Path, found: Replicates) -> None:
    """Write a block; it counts as finished when its mark is there."""
    for name, table in found._asdict().items():
        with store.written_whole(stem.with_suffix(f".{name}.parquet")) as partial:
            table.to_parquet(partial, index=False, compression="zstd")
    with store.written_whole(stem.with_suffix(".done")) as partial:
        partial.write_text(__version__, encoding="utf-8")


def _kept(stem: Path) -> Replicates:
    return Replicates(
        *(frame_at(stem.with_suffix(f".{name}.parquet")) for name in Replicates._fields)
    )


def one_at_a_time(
    run: OpenedRun, factors: Sequence[assumptions.Factor], *, watcher: Watcher
) -> pd.DataFrame:
    """
    Return what each alternative does by itself, all else as in the run.

    Parameters
    ----------
    run
        The run.
    factors
        The unknown choices.
    watcher
        Who is told how it goes.

    Returns
    -------
    alternatives
        ``parameter``, ``value``, and the columns of :func:`hubscan.robustness.sweep.swept`.
    """
    settings = [
        {factor.key: level}
        for factor in factors
        for level in factor.levels
        if level != run.base.edition.get(factor.key)
    ]
    rows = []
    with told(watcher, "each alternative by itself", len(settings)):
        for setting, each in zip(
            settings, sweep(run.base, settings, tops=(10, 50, 100), memory=Memory()), strict=True
        ):
            (key, value), *_ = setting.items()
            rest = {name: part for name, part in each.row.items() if name != key}
            rows.append({"parameter": key, "value": str(value), **rest})
    return pd.DataFrame(rows)


def varied(
    run: OpenedRun,
    factors: Sequence[assumptions.Factor],
    plan: Plan,
    *,
    work: Path,
    watcher: Watcher,
) -> assumptions.Assumed:
    """
    Return what unknown choices do to ranks, varied together, block by block.

    Parameters
    ----------
    run
        The run.
    factors
        The unknown choices.
    plan, work, watcher
        As for :func:`studied`.

    Returns
    -------
    assumed
        See :class:`hubscan.robustness.assumptions.Assumed`.
    """
    settings = assumptions.design(factors, rows=plan.rows, seed=plan.seed)
    distinct, where = assumptions.distinct_settings(settings)
    key = store.fingerprint(run.mark, [list(each.items()) for each in distinct])
    memory, parts = Memory(), []
    for first in range(0, len(distinct), SETTINGS):
        block = distinct[first : first + SETTINGS]
        path = work / f"assumptions-{key}" / f"{first:06d}.parquet"
        if not path.exists():
            with told(watcher, f"assumptions {first + 1}-{first + len(block)}", len(block)):
                ranks = [assumptions.ranks_under(run.base, each, memory) for each in block]
                with store.written_whole(path) as partial:
                    pd.DataFrame(np.array(ranks)).rename(columns=str).to_parquet(partial)
        parts.append(frame_at(path).to_numpy(float))
    return assumptions.rank_shares(
        np.concatenate(parts)[where],
        factors,
        run.base.found.ranking,
        resamples=_RESAMPLES,
        level=plan.level,
        seed=plan.seed,
    )


def _summarised(
    run: OpenedRun,
    found: Replicates,
    plan: Plan,
    assumed: assumptions.Assumed | None,
    alternatives: pd.DataFrame | None,
) -> Studied:
    """Return the tables of a study."""
    membership, ranking = run.base.found.membership, run.base.found.ranking
    drawn = intervals.drawn_ranks(ranking, found)
    table = intervals.rank_intervals(ranking, drawn, level=plan.level)
    probability = intervals.outranking(drawn)
    same = intervals.alike(probability, level=_SURE)
    sets = intervals.confidence_sets(ranking, drawn, level=plan.level)
    places = boundaries.membership_probability(membership, found)
    sure = boundaries.cores_and_fringes(membership, places, level=_SURE)
    table = pd.concat([table, same], axis=1).merge(sets, on="cluster").merge(sure, on="cluster")
    edition = run.base.edition
    intense = intensity.intensity_intervals(
        run.ranking, found, **edition.rank.intensity.parameters, level=plan.level
    )
    table = table.merge(intense, on="cluster", how="left").astype(_WHOLE)
    lines = boundaries.probability_isolines(
        places, levels=ISOLINES, **edition.disc, outline=edition.footprint.outline
    )
    return Studied(
        with_names(table, run.names),
        intervals.outranking_pairs(drawn, probability),
        boundaries.joined_clusters(found),
        found.sizes,
        found.ranks,
        places,
        lines,
        assumed,
        alternatives,
    )


@contextmanager
def told(watcher: Watcher, name: str, rows: int) -> Iterator[None]:
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
    with watched(name, watcher, []) as noted:
        noted.rows = rows
        yield
