"""What if the rule were another: the same stages run again on an edition with changed numbers."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import tomli_w

from hubscan import cluster, count, footprint, geocode, merge, rank
from hubscan.cluster.identity import centres
from hubscan.errors import EditionError, InputError
from hubscan.explorer.ground import MOST_POINTS, Points, clusters_of, outlines, points
from hubscan.explorer.plain import records
from hubscan.explorer.run_views import ranked_cluster
from hubscan.profile import matched_clusters
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from hubscan.edition import Edition
    from hubscan.explorer.folder import RunFolder

RANGES: Final = {
    "cluster.radius_km": (1.0, 60.0),
    "cluster.min_weight": (1.0, 1e6),
    "cluster.min_share": (1e-6, 0.1),
    "merge.max_gap_km": (0.1, 50.0),
}
"""Numbers that may be changed, and the range in which a question is answered."""

CHOICES: Final = {"count.method": ("fractional", "full")}
"""Choices that may be changed."""

_WEIGHT_KEY: Final = "rank.weights"
_MOST_WEIGHT: Final = 100.0
_TIES: Final = {"a": "int64", "b": "int64", "indicator": "object", "links": "float64"}


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


@dataclass(frozen=True)
class World:
    """What a question leads to, under ids of its own."""

    membership: pd.DataFrame
    assignment: pd.DataFrame
    counts: pd.DataFrame
    ranking: pd.DataFrame
    merges: int


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


def answered(base: Base, edition: Edition, *, go_on: Callable[[], None]) -> dict[str, Any]:
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
    answer
        As the API's ``Answer``: ranking, footprints, clusters of the map's points, what became of
        the run's clusters, and the edition as a file's text.

    Raises
    ------
    HubscanError
        If nothing is dense enough, or the inputs do not answer the question.
    """
    world = _world(base, edition, go_on)
    matches = matched_clusters(base.membership, world.membership, match="overlap")
    world, ids = _under_known_ids(base, world, matches)
    go_on()
    names = _names(base, world, edition)
    economies = cluster.economy_labels(
        count.economy_counts(base.place_addresses, world.assignment),
        count.world_totals(base.totals, denominator=edition.count.denominator).drop(
            list(base.partial), errors="ignore"
        ),
        **edition.labels,
    )
    go_on()
    shapes = footprint.footprints(
        world.membership, outline=edition.footprint.outline, **edition.disc
    )
    described = _described(base, world, names.merge(economies, on="cluster", how="left"), shapes)
    return {
        "clusters": [ranked_cluster(row) for row in records(described)],
        "footprints": outlines(shapes),
        "points": _packed(base, world),
        "changes": _changes(base, world, ids),
        "merges": world.merges,
        "notes": _notes(edition),
        "edition": tomli_w.dumps(edition.model_dump(mode="json")),
    }


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


def _world(base: Base, edition: Edition, go_on: Callable[[], None]) -> World:
    """Run the stages from places to the ranking."""
    if edition.count.method == "full":
        msg = "count.method = full: whole counts need the documents, which this run does not hold"
        raise InputError(msg)
    dense = cluster.membership(base.place_addresses, base.totals, **edition.density)
    go_on()
    gaps = merge.gaps(dense, **edition.gap)
    into, pairs = merge.merged(gaps, _ties(base, dense, gaps), **edition.merging)
    members = cluster.renumbered(dense, into)
    go_on()
    assigned = count.assignment(base.place_addresses, members, **edition.boundary)
    counts = count.fractional_counts(base.place_addresses, assigned)
    world = count.world_totals(base.totals, denominator=edition.count.denominator)
    ranking = rank.ranking(counts, world, **edition.size_rank(tuple(base.partial)))
    return World(members, assigned, counts, ranking, int(pairs["merged"].sum()))


def _ties(base: Base, dense: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """
    Return ties of the new clusters as far as the run's own merges tell: one link within a cluster.

    Neighbours that lie mostly in one cluster of the run are tied, others are not.
    """
    home = _homes(base.membership, dense)
    pairs = [
        (int(a), int(b), base.edition.weights.shaped_by[0], 1.0)
        for a, b in zip(gaps["a"].tolist(), gaps["b"].tolist(), strict=True)
        if home.get(a) is not None and home.get(a) == home.get(b)
    ]
    return pd.DataFrame(pairs, columns=list(_TIES)).astype(_TIES)


def _homes(old: pd.DataFrame, new: pd.DataFrame) -> dict[int, int]:
    """Return the old cluster that holds most of the mass of each new one."""
    both = new.loc[new["cluster"] != NOISE, ["place", "weight", "cluster"]].merge(
        old.loc[old["cluster"] != NOISE, ["place", "cluster"]], on="place", suffixes=("", "_old")
    )
    mass = both.groupby(["cluster", "cluster_old"], as_index=False)["weight"].sum()
    order = mass.sort_values(["cluster", "weight", "cluster_old"], ascending=[True, False, True])
    first = order.drop_duplicates("cluster")
    return dict(zip(first["cluster"].tolist(), first["cluster_old"].tolist(), strict=True))


def _under_known_ids(base: Base, world: World, matches: pd.DataFrame) -> tuple[World, pd.DataFrame]:
    """Return the world with the run's ids where clusters are the same, and fresh ids elsewhere."""
    known = dict(zip(matches["b"].tolist(), matches["a"].tolist(), strict=True))
    fresh = int(base.membership["cluster"].max()) + 1
    ids = {NOISE: NOISE}
    for number in sorted(world.ranking["cluster"].tolist()):
        ids[number] = known.get(number, fresh)
        fresh += number not in known

    def renamed(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(cluster=table["cluster"].map(ids).astype(np.int64))

    tables = (world.membership, world.assignment, world.counts, world.ranking)
    return World(*map(renamed, tables), world.merges), matches


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


def _described(
    base: Base, world: World, named: pd.DataFrame, shapes: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return the ranking with names; people are known only of clusters that did not change."""
    table = world.ranking.merge(named, on="cluster", how="left")
    if "area_km2" in shapes:
        table = table.merge(shapes[["cluster", "area_km2"]], on="cluster", how="left")
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


def _changes(base: Base, world: World, matches: pd.DataFrame) -> dict[str, Any]:
    """Return what became of the run's clusters."""
    kept = set(matches["a"].tolist())
    old, new = set(base.ranking["cluster"].tolist()), set(world.ranking["cluster"].tolist())
    gone = sorted(old - kept)
    into = _homes(world.membership, base.membership[base.membership["cluster"].isin(gone)])
    names = base.ranking.set_index("cluster")["name"]
    return {
        "before": len(old),
        "after": len(new),
        "kept": len(kept),
        "new": sorted(new - old),
        "gone": [{"id": c, "name": str(names[c]), "into": into.get(c)} for c in gone],
    }


def _notes(edition: Edition) -> list[str]:
    """Return what an answer leaves open, one sentence each."""
    notes = [
        "Population is known only for clusters whose places did not change.",
        "Profiles are those of the run, not of this question.",
    ]
    if edition.merge.tie_rule != "none":
        notes.append(
            "Neighbours merge where the run had them in one cluster: ties are not counted anew."
        )
    return notes
