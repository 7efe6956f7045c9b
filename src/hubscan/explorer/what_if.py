"""What if the rule were another: the same stages run again on an edition with changed numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from hubscan import count
from hubscan.errors import EditionError, HubscanError, InputError
from hubscan.explorer.ground import MOST_POINTS, Points, points
from hubscan.profile import matched_clusters
from hubscan.robustness.evidence import Evidence, evidence_of
from hubscan.robustness.outcome import Memory, outcome
from hubscan.robustness.row_order import alphabetical
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hubscan.edition import Edition
    from hubscan.run_folder import RunFolder

RANGES: Final = {
    "cluster.radius_km": (1.0, 60.0),
    "cluster.min_weight": (1.0, 1e6),
    "cluster.min_share": (1e-6, 1.0),
    "merge.max_gap_km": (0.1, 50.0),
}
"""Numbers that may be changed, and the range in which a question is answered."""

CHOICES: Final = {"count.method": ("fractional", "full")}
"""Choices that may be changed."""

_REPEATED: Final = ("indicator", "economy")
_WEIGHT_KEY: Final = "rank.weights"
_MOST_WEIGHT: Final = 100.0
_TIES: Final = {
    "indicator": "str", "place_a": "int64", "place_b": "int64", "strength": "float64",
}  # fmt: skip
_EVIDENCE: Final = {
    "indicator": "str", "document": "int64", "place": "int64", "economy": "str",
    "n_listed": "int32", "n_located": "int32", "addresses": "int32",
}  # fmt: skip


@dataclass(frozen=True)
class Base:
    """A run as questions need it: its edition and the tables that clusters follow from."""

    edition: Edition
    place_addresses: pd.DataFrame
    totals: pd.DataFrame
    membership: pd.DataFrame
    shapes: pd.DataFrame
    ranking: pd.DataFrame
    partial: Mapping[str, Any]
    points: Points
    evidence: Evidence
    memory: Memory


@dataclass(frozen=True)
class World:
    """What a question leads to, under ids of its own."""

    membership: pd.DataFrame
    assignment: pd.DataFrame
    gathered: count.Gathered
    ranking: pd.DataFrame
    merges: int
    kept: frozenset[int]


def base_of(folder: RunFolder) -> Base:
    """
    Return what questions about a run need.

    Parameters
    ----------
    folder
        The run folder.

    Returns
    -------
    base
        Its tables, and the points that its map draws.

    Raises
    ------
    HubscanError
        If its edition is not valid in this version of hubscan, or a table is missing.
    """
    addresses = _addresses(folder)
    return Base(
        folder.edition(),
        addresses,
        folder.table("totals"),
        folder.table("membership"),
        folder.shapes(),
        folder.table("ranking"),
        folder.record.get("partial", {}),
        points_of(folder),
        _evidence(folder, folder.edition(), addresses),
        Memory(),
    )


def points_of(folder: RunFolder) -> Points:
    """
    Return the points that the map of a run draws, found once: questions number them alike.

    Parameters
    ----------
    folder
        The run folder.

    Returns
    -------
    points
        Its places; by their cluster in the table if the edition is not valid in this version.
    """
    return cast("Points", folder.made("points", partial(_points, folder)))


def _points(folder: RunFolder) -> Points:
    addresses, membership = _addresses(folder), folder.table("membership")
    try:
        edition = folder.edition()
    except HubscanError:
        return points(addresses, membership, indicators=folder.indicators, most=MOST_POINTS)
    inside = count.assignment(addresses, membership, **edition.boundary)
    return points(addresses, inside, indicators=edition.indicators, most=MOST_POINTS)


def _addresses(folder: RunFolder) -> pd.DataFrame:
    """Return the counts at places; asked again and again, texts that repeat are numbered."""

    def read() -> pd.DataFrame:
        table = folder.rows("place_addresses", categories=_REPEATED)
        return table.assign(**{name: alphabetical(table[name]) for name in _REPEATED})

    return cast("pd.DataFrame", folder.made("addresses by number", read))


def asked(edition: Edition, changes: Mapping[str, Any]) -> Edition:
    """
    Return the edition that a question is about.

    Parameters
    ----------
    edition
        The run's.
    changes
        Values by dotted key, of those in ``RANGES``, ``CHOICES`` and ``rank.weights``.

    Returns
    -------
    edition
        Another value, its changed parameters marked as assumed.

    Raises
    ------
    EditionError
        If a key may not be asked about, or a value is outside its range.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> asked(load_edition("gii-2025"), {"cluster.radius_km": 20}).cluster.radius_km
    20.0
    >>> asked(load_edition("gii-2025"), {"cluster.radius_km": 1e9})
    Traceback (most recent call last):
    ...
    hubscan.errors.EditionError: cluster.radius_km = 1e+09: must be between 1 and 60
    """
    for key, value in changes.items():
        edition = edition.replace(key, _allowed(edition, key, value))
    return edition


def worked_out(base: Base, edition: Edition, *, go_on: Callable[[], None]) -> World:
    """
    Return the clusters of another edition value, under the ids of the run where they are the same.

    Parameters
    ----------
    base
        The run.
    edition
        What is asked: from :func:`asked`.
    go_on
        Called between stages; raises if the answer is not wanted any more.

    Returns
    -------
    world
        A cluster keeps the id of the run's cluster with which it shares most mass, one to one.

    Raises
    ------
    HubscanError
        If nothing is dense enough, or the inputs do not answer the question.
    """
    found = _found(base, edition)
    go_on()
    matches = matched_clusters(base.membership, found.membership, match="overlap")
    return _under_known_ids(base, found, matches)


def _allowed(edition: Edition, key: str, value: Any) -> Any:  # noqa: ANN401 - from JSON
    """Return a value that may be asked about, or say why not."""
    if key in CHOICES and value in CHOICES[key]:
        return value
    if key == _WEIGHT_KEY and isinstance(value, dict) and set(value) == set(edition.indicators):
        numbers = {
            name: _number(f"{key}.{name}", w, 0.0, _MOST_WEIGHT) for name, w in value.items()
        }
        return {name: numbers[name] for name in edition.indicators}
    if key in RANGES:
        return _number(key, value, *RANGES[key])
    known = ", ".join((*RANGES, *CHOICES, _WEIGHT_KEY))
    msg = f"{key[:60]} = {str(value)[:60]}: can't be asked about; what can: {known}"
    raise EditionError(msg)


def _number(key: str, value: Any, low: float, high: float) -> float:  # noqa: ANN401 - from JSON
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"{key} = {str(value)[:60]}: must be a number between {low:g} and {high:g}"
        raise EditionError(msg)
    if not low <= value <= high:
        msg = f"{key} = {value:g}: must be between {low:g} and {high:g}"
        raise EditionError(msg)
    return float(value)


def _found(base: Base, edition: Edition) -> World:
    """Run the stages from places to the ranking: those of a run, on the run's evidence."""
    if edition.count.method == "full" and not len(base.evidence.rows):
        msg = (
            "count.method = full: whole counts need evidence.parquet, which this run does not have"
        )
        raise InputError(msg)
    found = outcome(
        edition, base.evidence, base.evidence.once, partial=tuple(base.partial), memory=base.memory
    )
    merges = int(found.candidate_pairs["merged"].sum())
    return World(
        found.membership, found.assignment, found.gathered, found.ranking, merges, frozenset()
    )


def _evidence(folder: RunFolder, edition: Edition, addresses: pd.DataFrame) -> Evidence:
    """Return a run's documents; without them, ties as far as the run's own merges tell."""
    totals = folder.table("totals")
    given = folder.optional("place_ties")
    ties = pd.DataFrame(columns=list(_TIES)).astype(_TIES) if given is None else given
    if folder.holds("evidence"):
        documents = folder.rows("evidence", columns=list(_EVIDENCE), categories=_REPEATED)
        return evidence_of(documents, addresses, totals, ties, folder.optional("country_counts"))
    own = _chained(folder.table("membership"), edition.weights.shaped_by[0])
    nothing = pd.DataFrame(columns=list(_EVIDENCE)).astype(_EVIDENCE)
    return evidence_of(nothing, addresses, totals, pd.concat([ties, own], ignore_index=True))


def _chained(membership: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return ties from place to place within each cluster: what was one cluster hangs together."""
    inside = membership[membership["cluster"] != NOISE].sort_values(["cluster", "place"])
    place, home = inside["place"].to_numpy(), inside["cluster"].to_numpy()
    same = home[:-1] == home[1:]
    ends = {"place_a": place[:-1][same], "place_b": place[1:][same]}
    return pd.DataFrame({"indicator": indicator, **ends, "strength": 1.0}).astype(_TIES)


def _under_known_ids(base: Base, world: World, matches: pd.DataFrame) -> World:
    """Return the world with the run's ids where clusters are the same, and fresh ids elsewhere."""
    known = dict(zip(matches["b"].tolist(), matches["a"].tolist(), strict=True))
    fresh = int(base.membership["cluster"].max()) + 1
    ids = {NOISE: NOISE}
    for number in sorted(world.ranking["cluster"].tolist()):
        ids[number] = known.get(number, fresh)
        fresh += number not in known

    def renamed(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(cluster=table["cluster"].map(ids).astype(np.int64))

    return World(
        renamed(world.membership),
        renamed(world.assignment),
        world.gathered._replace(assignment=renamed(world.gathered.assignment)),
        renamed(world.ranking),
        world.merges,
        frozenset(known.values()),
    )
