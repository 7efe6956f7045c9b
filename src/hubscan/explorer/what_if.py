"""What if the rule were another: the same stages run again on an edition with changed numbers."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import tomli_w

from hubscan import cluster, count, footprint, geocode
from hubscan.cluster.identity import centres
from hubscan.errors import EditionError, InputError
from hubscan.explorer.ground import MOST_POINTS, Points, clusters_of, outlines, points
from hubscan.explorer.plain import plain, records
from hubscan.explorer.run_views import ranked_cluster
from hubscan.profile import matched_clusters
from hubscan.robustness.evidence import Evidence, evidence_of
from hubscan.robustness.outcome import Memory, outcome
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hubscan.edition import Edition
    from hubscan.explorer.folder import RunFolder

RANGES: Final = {
    "cluster.radius_km": (1.0, 60.0),
    "cluster.min_weight": (1.0, 1e6),
    "cluster.min_share": (1e-6, 1.0),
    "merge.max_gap_km": (0.1, 50.0),
}
"""Numbers that may be changed, and the range in which a question is answered."""

CHOICES: Final = {"count.method": ("fractional", "full")}
"""Choices that may be changed."""

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
    edition = folder.edition()
    addresses, membership = folder.table("place_addresses"), folder.table("membership")
    return Base(
        edition,
        addresses,
        folder.table("totals"),
        membership,
        folder.table("ranking"),
        folder.record.get("partial", {}),
        points(
            addresses,
            count.assignment(addresses, membership, **edition.boundary),
            indicators=edition.indicators,
            most=MOST_POINTS,
        ),
        _evidence(folder, edition),
        Memory(),
    )


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
    found = _found(base, edition, go_on)
    go_on()
    matches = matched_clusters(base.membership, found.membership, match="overlap")
    return _under_known_ids(base, found, matches)


def answered(base: Base, world: World, edition: Edition) -> dict[str, Any]:
    """
    Return the answer to a question, but for the footprints, which take as long as all the rest.

    Parameters
    ----------
    base
        The run.
    world
        From :func:`worked_out`.
    edition
        What is asked.

    Returns
    -------
    answer
        As the API's ``Answer``: ranking, clusters of the map's points, what became of the run's
        clusters, and the edition as a file's text.
    """
    economies = cluster.economy_labels(
        count.economy_counts(base.place_addresses, world.assignment),
        count.world_totals(base.totals, denominator=edition.count.denominator).drop(
            list(base.partial), errors="ignore"
        ),
        **edition.labels,
    )
    named = _names(base, world, edition).merge(economies, on="cluster", how="left")
    return {
        "clusters": [ranked_cluster(row) for row in records(_described(base, world, named))],
        "points": _packed(base, world),
        "changes": _changes(base, world),
        "merges": world.merges,
        "notes": _notes(base, edition),
        "edition": tomli_w.dumps(edition.model_dump(mode="json")),
    }


def answered_shapes(world: World, edition: Edition) -> dict[str, Any]:
    """
    Return the footprints of a question's clusters.

    Parameters
    ----------
    world
        From :func:`worked_out`.
    edition
        What is asked.

    Returns
    -------
    collection
        A FeatureCollection with ids; ``area_km2`` of each among its properties.
    """
    shapes = footprint.footprints(
        world.membership, outline=edition.footprint.outline, **edition.disc
    )
    collection = outlines(shapes)
    areas = shapes["area_km2"].tolist() if "area_km2" in shapes else [None] * len(shapes)
    for feature, area in zip(collection["features"], areas, strict=True):
        feature["properties"]["area_km2"] = plain(area)
    return collection


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


def _found(base: Base, edition: Edition, go_on: Callable[[], None]) -> World:
    """Run the stages from places to the ranking: those of a run, on the run's evidence."""
    if edition.count.method == "full" and not len(base.evidence.rows):
        msg = (
            "count.method = full: whole counts need evidence.parquet, which this run does not have"
        )
        raise InputError(msg)
    found = outcome(
        edition, base.evidence, base.evidence.once, partial=tuple(base.partial), memory=base.memory
    )
    go_on()
    assigned = count.assignment(base.place_addresses, found.membership, **edition.boundary)
    merges = int(found.candidate_pairs["merged"].sum())
    return World(found.membership, assigned, found.ranking, merges, frozenset())


def _evidence(folder: RunFolder, edition: Edition) -> Evidence:
    """Return a run's documents; without them, ties as far as the run's own merges tell."""
    addresses, totals = folder.table("place_addresses"), folder.table("totals")
    given = folder.optional("place_ties")
    ties = pd.DataFrame(columns=list(_TIES)).astype(_TIES) if given is None else given
    documents = folder.optional("evidence")
    if documents is not None:
        return evidence_of(documents, addresses, totals, ties)
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


def _homes(old: pd.DataFrame, new: pd.DataFrame) -> dict[int, int]:
    """Return the old cluster that holds most of the mass of each new one."""
    both = new.loc[new["cluster"] != NOISE, ["place", "weight", "cluster"]].merge(
        old.loc[old["cluster"] != NOISE, ["place", "cluster"]], on="place", suffixes=("", "_old")
    )
    mass = both.groupby(["cluster", "cluster_old"], as_index=False).agg(weight=("weight", "sum"))
    order = mass.sort_values(["cluster", "weight", "cluster_old"], ascending=[True, False, True])
    first = order.drop_duplicates("cluster")
    return dict(zip(first["cluster"].tolist(), first["cluster_old"].tolist(), strict=True))


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
        renamed(world.ranking),
        world.merges,
        frozenset(known.values()),
    )


def _names(base: Base, world: World, edition: Edition) -> pd.DataFrame:
    """Return names and centres: known clusters keep their names, new ones are named."""
    found = centres(world.membership)
    known = base.ranking.set_index("cluster")["name"]
    names = found["cluster"].map(known)
    if names.isna().any():
        fresh = set(found.loc[names.isna(), "cluster"].tolist())
        inside = world.membership[world.membership["cluster"].isin(fresh)]
        official = cluster.official_names().iloc[:0]
        parameters = edition.cluster.names.parameters
        named = cluster.named(inside, geocode.bundled(), official, **parameters)
        names = names.fillna(found["cluster"].map(named.set_index("cluster")["name"]))
    return found.assign(name=names)


def _described(base: Base, world: World, named: pd.DataFrame) -> pd.DataFrame:
    """Return the ranking with names; people are known only of clusters that did not change."""
    table = world.ranking.merge(named, on="cluster", how="left")
    for indicator, covers in base.partial.items():
        table[f"share_{indicator}"] = None
        table.loc[~table["home_economy"].isin(list(covers)), f"count_{indicator}"] = None
    same = _unchanged(base.membership, world.membership)
    kept = ["cluster", "population", "total_per_million", "intensity_rank"]
    kept = [name for name in kept if name in base.ranking]
    if len(kept) > 1:
        old = base.ranking.loc[base.ranking["cluster"].isin(same), kept]
        table = table.merge(old, on="cluster", how="left")
        table = table.drop(columns=["intensity_rank"], errors="ignore")
    return table.sort_values(["rank", "cluster"], ignore_index=True)


def _unchanged(old: pd.DataFrame, new: pd.DataFrame) -> list[int]:
    """Return the ids of clusters that have the same places in both."""
    both = old[["place", "cluster"]].merge(
        new[["place", "cluster"]], on="place", how="outer", suffixes=("_old", "_new")
    )
    differ = both[both["cluster_old"] != both["cluster_new"]]
    touched = {*differ["cluster_old"].dropna().tolist(), *differ["cluster_new"].dropna().tolist()}
    return sorted(set(new["cluster"].tolist()) - touched - {NOISE})


def _packed(base: Base, world: World) -> str:
    """Return the clusters of the map's points, as base64 of little-endian 16-bit numbers."""
    place = pd.Series(base.points.place)
    found = clusters_of(place, world.assignment)
    return base64.b64encode(found.astype("<u2").tobytes()).decode()


def _changes(base: Base, world: World) -> dict[str, Any]:
    """Return what became of the run's clusters."""
    old, new = set(base.ranking["cluster"].tolist()), set(world.ranking["cluster"].tolist())
    gone = sorted(old - world.kept)
    into = _homes(world.membership, base.membership[base.membership["cluster"].isin(gone)])
    names = base.ranking.set_index("cluster")["name"]
    return {
        "before": len(old),
        "after": len(new),
        "kept": len(world.kept),
        "new": sorted(new - old),
        "gone": [{"id": c, "name": str(names[c]), "into": into.get(c)} for c in gone],
    }


def _notes(base: Base, edition: Edition) -> list[str]:
    """Return what an answer leaves open, one sentence each."""
    notes = [
        "Population is known only for clusters whose places did not change.",
        "Profiles are those of the run, not of this question.",
    ]
    if edition.merge.tie_rule != "none" and not len(base.evidence.rows):
        notes.append(
            "Neighbours merge where the run had them in one cluster: ties are not counted anew."
        )
    return notes
