"""The edition before: recomputed on last year's data, read from a run folder, or as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan import pipeline, reference
from hubscan.errors import InputError
from hubscan.read_back import frame_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hubscan.edition import Edition
    from hubscan.ingest import Sources
    from hubscan.ingest.inputs import Inputs
    from hubscan.pipeline import Before, World
    from hubscan.store import Store


def recomputed(edition: Edition, sources: Sources, store: Store, world: World) -> Before:
    """
    Return last year's ranking by this year's method: every window a year earlier.

    Parameters
    ----------
    edition
        This year's edition.
    sources, store, world
        As for :func:`hubscan.pipeline.run`; the sources must reach a year further back.

    Returns
    -------
    before
        Ranking and membership.

    Raises
    ------
    HubscanError
        If the sources hold nothing of the earlier windows.
    """
    found = pipeline.ranked(edition.year_before(), sources, store, world).results
    return pipeline.Before(found.ranking, found.membership)


def pinned_years(inputs: Inputs, indicators: Sequence[str]) -> str:
    """
    Return in one sentence which sources are the same a year earlier; empty if none are.

    A source is if its years stand in the inputs file, or its rows tell none.

    Parameters
    ----------
    inputs
        The declared inputs.
    indicators
        Indicators of the edition.

    Returns
    -------
    sentence
        For the screen, the report and the provenance.
    """
    used = [source for source in inputs.source if source.indicator in indicators]
    pinned = [source.name for source in used if source.years or not source.tells_years]
    if not pinned:
        return ""
    part = "no rank can change" if len(pinned) == len(used) else "their part of a change is 0"
    return (
        f"the edition before was computed from the same years of {', '.join(pinned)}, whose years "
        f"are fixed in the inputs file or not told by their rows, so that {part}: name the folder "
        "of an earlier run as previous in the inputs file"
    )


def from_folder(folder: Path) -> Before:
    """
    Return the ranking and membership of an earlier run folder.

    Parameters
    ----------
    folder
        A folder that ``hubscan run`` has made.

    Returns
    -------
    before
        Ranking and membership.

    Raises
    ------
    InputError
        If it holds no run.
    """
    tables = []
    for name in ("ranking.parquet", "membership.parquet"):
        path = folder / name
        if not path.is_file():
            msg = f"{folder}: no {name}: the folder of an earlier run was needed as previous"
            raise InputError(msg)
        tables.append(frame_at(path))
    return pipeline.Before(*tables)


def published(edition: Edition) -> Before:
    """
    Return the published list of the year before, whose clusters are known by name.

    Parameters
    ----------
    edition
        This year's edition.

    Returns
    -------
    before
        The list, under numbers of its own; nothing is known of its members.

    Raises
    ------
    InputError
        If the list of that year is not among the reference tables, or clusters are to be matched
        by their members.
    """
    if edition.rank.change.match != "name":
        msg = (
            f"{edition.name}: rank.change.match = {edition.rank.change.match}: a published list "
            "names no places, so that clusters must be matched by name"
        )
        raise InputError(msg)
    if edition.regional.economies:
        msg = (
            f"{edition.name}: the published lists are of the world: "
            "set rank.change.previous_basis to recomputed for a region"
        )
        raise InputError(msg)
    name = f"clusters_{edition.year - 1}_top100"
    if name not in reference.names():
        msg = (
            f"{edition.name}: the list of {edition.year - 1} was not published in full: "
            "set rank.change.previous_basis to recomputed"
        )
        raise InputError(msg)
    table = reference.published(name)
    named = table.rename(columns={"cluster": "name"})
    ranking = named.assign(cluster=range(1, len(named) + 1))
    return pipeline.Before(ranking[["cluster", "name", "rank"]], pd.DataFrame())
