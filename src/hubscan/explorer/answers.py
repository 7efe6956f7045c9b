"""What a question's answer holds: the ranking under another rule, and what became of clusters."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import tomli_w

from hubscan import cluster, count, footprint, geocode
from hubscan.cluster.identity import centres
from hubscan.explorer.ground import clusters_of, outlines
from hubscan.explorer.plain import plain, records
from hubscan.explorer.run_views import ranked_cluster
from hubscan.schema import NOISE
from hubscan.sphere import values_at

if TYPE_CHECKING:
    from hubscan.edition import Edition
    from hubscan.explorer.what_if import Base, World


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
        count.economy_counts(*world.gathered),
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


def answered_shapes(base: Base, world: World, edition: Edition) -> dict[str, Any]:
    """
    Return the footprints of a question's clusters.

    Those of clusters that did not change are the run's. The others are drawn on a grid, which is
    quicker than the exact union of discs and differs by less than the screen shows.

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
    collection
        A FeatureCollection with ids; ``area_km2`` of each among its properties.
    """
    same = _unchanged(base.membership, world.membership)
    old = base.shapes[base.shapes["cluster"].isin(same)]
    changed = world.membership[~world.membership["cluster"].isin(old["cluster"])]
    new = footprint.footprints(changed, outline="mask", **edition.disc)
    both = pd.concat([old[list(new)], new], ignore_index=True)
    shapes = both.sort_values("cluster", ignore_index=True)
    collection = outlines(shapes)
    areas = shapes["area_km2"].tolist() if "area_km2" in shapes else [None] * len(shapes)
    for feature, area in zip(collection["features"], areas, strict=True):
        feature["properties"]["area_km2"] = plain(area)
    return collection


def _homes(old: pd.DataFrame, new: pd.DataFrame) -> dict[int, int]:
    """Return the old cluster that holds most of the mass of each new one."""
    both = new.loc[new["cluster"] != NOISE, ["place", "weight", "cluster"]].merge(
        old.loc[old["cluster"] != NOISE, ["place", "cluster"]], on="place", suffixes=("", "_old")
    )
    mass = both.groupby(["cluster", "cluster_old"], as_index=False).agg(weight=("weight", "sum"))
    order = mass.sort_values(["cluster", "weight", "cluster_old"], ascending=[True, False, True])
    first = order.drop_duplicates("cluster")
    return dict(zip(first["cluster"].tolist(), first["cluster_old"].tolist(), strict=True))


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
    touched = {NOISE}
    for one, other in ((old, new), (new, old)):
        here = one["cluster"].to_numpy(np.int64)
        there = values_at(one["place"], other["place"], other["cluster"], elsewhere=NOISE)
        differ = here != there
        touched |= {*here[differ].tolist(), *there[differ].tolist()}
    return sorted(set(new["cluster"].unique().tolist()) - touched)


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
        "Outlines and areas of clusters that changed follow a grid of 0.001 degrees.",
    ]
    if edition.merge.tie_rule != "none" and not len(base.evidence.rows):
        notes.append(
            "Neighbours merge where the run had them in one cluster: ties are not counted anew."
        )
    return notes
