"""
How often do rank intervals hold the true rank? Synthetic worlds whose true ranks are known.

A world has clusters with known intensities: the probability that an address of an indicator lies in
each. Documents are drawn from them, the whole method runs on what was drawn, and so do the
replicates of the bootstrap. A cluster's true total is the sum of its probabilities, exactly: every
address of a document, whatever their number, has the same probability to lie there. The true rank
is that of the true total (of the super-population, that is, not of the sample) among the clusters
that the run found.

    python benchmarks/coverage_of_intervals.py [WORLDS] [REPLICATES]
"""

from __future__ import annotations

import sys
import time
from typing import NamedTuple

import numpy as np
import pandas as pd

from hubscan.edition import Edition, load_edition
from hubscan.rank import ranks
from hubscan.robustness.bootstrap import Base, base_of, replicates
from hubscan.robustness.evidence import Evidence, evidence_of
from hubscan.robustness.intervals import confidence_sets, drawn_ranks, rank_intervals
from hubscan.sphere import place_keys

INDICATORS = ("patents", "publications", "deals")
LEVEL = 0.9
OUTSIDE = 0.25
PLACES = 6
ALONE = 400
TOGETHER = 0.75


class Scenario(NamedTuple):
    """A kind of world: clusters, how fast they fall off, documents, and how inputs come."""

    name: str
    clusters: int
    slope: float
    documents: tuple[int, int, int]
    counted: bool


SCENARIOS = (
    Scenario("wide gaps", 40, 1.0, (12000, 30000, 2500), counted=False),
    Scenario("close ranks", 40, 0.35, (12000, 30000, 2500), counted=False),
    Scenario("few documents", 30, 0.7, (3000, 8000, 600), counted=False),
    Scenario("counts at places", 40, 0.7, (12000, 30000, 2500), counted=True),
)


def intensities(scenario: Scenario, chance: np.random.Generator) -> np.ndarray:
    """Return the probability of an address of each indicator in each cluster: (3, clusters)."""
    size = (1.0 + np.arange(scenario.clusters)) ** -scenario.slope
    mixed = size * np.exp(0.35 * chance.standard_normal((len(INDICATORS), scenario.clusters)))
    return (1.0 - OUTSIDE) * mixed / mixed.sum(axis=1, keepdims=True)


def sites(scenario: Scenario, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of all places, and the share of each place in its cluster."""
    across = np.arange(scenario.clusters + ALONE)
    latitude, longitude = -50.0 + 4.0 * (across % 25), -170.0 + 15.0 * (across // 25)
    near = np.repeat(np.arange(scenario.clusters), PLACES)
    shift = chance.uniform(-0.03, 0.03, (2, len(near)))
    north = np.append(latitude[near] + shift[0], latitude[scenario.clusters :])
    east = np.append(longitude[near] + shift[1], longitude[scenario.clusters :])
    share = chance.dirichlet(np.ones(PLACES), scenario.clusters).ravel()
    return place_keys(north.round(5), east.round(5)), share


def documents(
    intensity: np.ndarray, scenario: Scenario, chance: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return documents with their addresses, and the key of each place."""
    keys, share = sites(scenario, chance)
    parts = []
    for indicator, probability, number in zip(
        INDICATORS, intensity, scenario.documents, strict=True
    ):
        at_place = np.append(
            np.repeat(probability, PLACES) * share, np.full(ALONE, OUTSIDE / ALONE)
        )
        listed = 1 + (chance.poisson(1.2, number) if indicator != "deals" else 0)
        owner = np.repeat(np.arange(number), listed)
        cluster = np.append(
            np.repeat(np.arange(scenario.clusters), PLACES), -np.arange(1, ALONE + 1)
        )
        place = chance.choice(len(keys), len(owner), p=at_place / at_place.sum())
        # most addresses are where the first one is: documents tie places together
        first = np.concatenate([[0], np.cumsum(np.broadcast_to(listed, number))[:-1]])
        together = np.repeat(place[first], listed)
        place = np.where(chance.random(len(owner)) < TOGETHER, together, place)
        parts.append(
            pd.DataFrame(
                {
                    "indicator": indicator,
                    "document": owner + 1,
                    "place": keys[place],
                    "economy": "XX",
                    "n_listed": np.broadcast_to(listed, number)[owner],
                    "n_located": np.broadcast_to(listed, number)[owner],
                    "addresses": 1,
                    "truth": cluster[place],
                }
            )
        )
    return pd.concat(parts, ignore_index=True), keys


def evidence(rows: pd.DataFrame, scenario: Scenario) -> Evidence:
    """Return the evidence of documents, or of counts at places."""
    totals = rows.groupby("indicator").agg(
        addresses=("addresses", "sum"), documents=("document", "nunique")
    )
    totals = totals.assign(unit=1, covered=totals["documents"], located=totals["addresses"])
    ties = pd.DataFrame({"indicator": [], "place_a": [], "place_b": [], "strength": []})
    mass = pd.DataFrame(
        {name: [] for name in ("indicator", "place", "economy", "denominator", "addresses")}
    )
    if scenario.counted:
        # a count is of documents: one each at its first address
        rows = rows.drop_duplicates(["indicator", "document"])
        mass = rows.groupby(["indicator", "place", "economy"], as_index=False)["addresses"].sum()
        mass.insert(3, "denominator", 1)
        rows = rows.iloc[:0]
        number = mass.groupby("indicator")["addresses"].sum()
        totals = totals.assign(addresses=number, located=number)
    totals = totals.astype({"documents": float, "covered": float}).reset_index()
    totals = totals[["indicator", "unit", "documents", "covered", "addresses", "located"]]
    return evidence_of(rows, mass, totals, ties)


def world(scenario: Scenario, seed: int, edition: Edition) -> tuple[Base, pd.Series]:
    """Return a run on a world drawn at random, and the true rank of each of its clusters."""
    chance = np.random.default_rng([seed, len(scenario.name)])
    intensity = intensities(scenario, chance)
    rows, keys = documents(intensity, scenario, chance)
    base = base_of(edition, evidence(rows, scenario), partial=())
    of_place = pd.Series(np.repeat(np.arange(scenario.clusters), PLACES), keys[:-ALONE])
    members = base.found.membership
    members = members[members["cluster"] > 0]
    known = members.assign(truth=members["place"].map(of_place)).dropna(subset="truth")
    origin = known.groupby("cluster")["truth"].agg(lambda each: each.mode().iloc[0])
    # of the clusters that the run found: a rank says nothing of clusters that are not in the list
    totals = intensity.sum(axis=0)[origin.to_numpy(int)]
    return base, pd.Series(ranks(totals, ties="min"), origin.index)


def covered(base: Base, truth: pd.Series, *, number: int, seed: int) -> pd.DataFrame:
    """Return which intervals hold the true rank, and how wide they are."""
    drawn = drawn_ranks(
        base.found.ranking, replicates(base, numbers=range(number), unit="document", seed=seed)
    )
    table = rank_intervals(base.found.ranking, drawn, level=LEVEL).set_index("cluster")
    sets = confidence_sets(base.found.ranking, drawn, level=LEVEL).set_index("cluster")
    table = table.join(sets).assign(truth=truth)
    for name in ("", "own_", "joint_"):
        low, high = table[f"{name}lower"], table[f"{name}upper"]
        table[f"{name}covers"] = (low <= table["truth"]) & (table["truth"] <= high)
        table[f"{name}width"] = high - low
    return table


def main(worlds: int, number: int) -> None:
    """Print the table of coverage."""
    edition = load_edition("gii-2025").replace("cluster.threshold", "share")
    edition = edition.replace("cluster.min_share", 0.008)
    print(
        "| world | clusters | coverage of 90 % intervals | mean width "
        "| own sets | joint sets (all at once) |"
    )
    print("|---|---|---|---|---|---|")
    for scenario in SCENARIOS:
        began = time.process_time()
        tables = []
        for seed in range(worlds):
            base, truth = world(scenario, seed, edition)
            tables.append(covered(base, truth, number=number, seed=seed).assign(world=seed))
        every = pd.concat(tables)
        joint = every.groupby("world")["joint_covers"].all().mean()
        print(
            f"| {scenario.name} | {len(every) / worlds:.1f} | {100 * every['covers'].mean():.1f} % "
            f"| {every['width'].mean():.1f} | {100 * every['own_covers'].mean():.1f} % "
            f"(width {every['own_width'].mean():.1f}) | {100 * joint:.0f} % of worlds "
            f"(width {every['joint_width'].mean():.1f}) |"
        )
        sys.stderr.write(f"{scenario.name}: {time.process_time() - began:.0f} CPU s\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or (20, 200)))
