"""The method from evidence to ranking: the stages of a run, on any edition and any weights."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial as partial_of
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from hubscan import cluster, count, merge, rank
from hubscan.robustness import links

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import numpy as np
    from numpy.typing import NDArray

    from hubscan.cluster import Index
    from hubscan.cluster.neighbourhood import Neighbourhood
    from hubscan.edition import Edition
    from hubscan.robustness.evidence import Evidence, Multiplicity

Value = TypeVar("Value")
_HELD: Final = 64
_RADII: Final = 8
"""Results and neighbourhoods held at most: those of the settings last seen."""


@dataclass(frozen=True)
class Outcome:
    """What a replicate, a setting or a run came to; tables as in :mod:`hubscan.schema`."""

    dense: pd.DataFrame
    membership: pd.DataFrame
    candidate_pairs: pd.DataFrame
    assignment: pd.DataFrame
    gathered: count.Gathered
    counts: pd.DataFrame
    world: pd.Series[float]
    ranking: pd.DataFrame


@dataclass
class Memory:
    """
    Results of stages by what they follow from, so that settings that agree share them.

    A text stands for each result: its stage, and the texts and parameters that it follows from.
    """

    held: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    kept: dict[str, Any] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    neighbourhoods: OrderedDict[tuple[str, float], Neighbourhood] = field(
        default_factory=OrderedDict
    )

    def keep(
        self,
        stage: str,
        function: Callable[..., Value],
        *follows: tuple[str, Any],
        **parameters: object,
    ) -> tuple[str, Value]:
        """Return a stage's mark and result, made now or held from before."""
        text = repr((stage, [mark for mark, _ in follows], sorted(parameters.items())))
        mark = sha256(text.encode()).hexdigest()
        if mark in self.kept:
            return mark, self.kept[mark]
        if mark not in self.held:
            self.held[mark] = function(*(value for _, value in follows), **parameters)
            while len(self.held) > _HELD:
                self.held.popitem(last=False)
        self.held.move_to_end(mark)
        return mark, self.held[mark]

    def keep_for_good(self) -> None:
        """Keep what is held now, whatever comes: a setting from which others differ a little."""
        self.kept |= self.held
        self.held.clear()

    def near(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64], radius_km: float
    ) -> Neighbourhood:
        """Return the neighbourhoods of places: the index made once, they once a radius."""
        places = sha256(latitude.tobytes() + longitude.tobytes()).hexdigest()
        if (places, radius_km) not in self.neighbourhoods:
            if places not in self.indexes:
                self.indexes = {places: cluster.Index(latitude, longitude)}
            found = self.indexes[places].at(radius_km)
            self.neighbourhoods[places, radius_km] = found
            while len(self.neighbourhoods) > _RADII:
                self.neighbourhoods.popitem(last=False)
        self.neighbourhoods.move_to_end((places, radius_km))
        return self.neighbourhoods[places, radius_km]


def outcome(  # noqa: PLR0915 - the stages of a run, on one page as there
    edition: Edition,
    evidence: Evidence,
    times: Multiplicity,
    *,
    partial: Collection[str],
    memory: Memory | None = None,
) -> Outcome:
    """
    Return what an edition makes of evidence: the same stages, in the same order, as in a run.

    Parameters
    ----------
    edition
        Every number of the method.
    evidence
        Documents and counts.
    times
        How often each occurs.
    partial
        Indicators that cover a part of the world and have no world share.
    memory
        Stages held from settings that differ; for one evidence and one multiplicity only.

    Returns
    -------
    outcome
        With multiplicities of one, what the run itself found, to the byte.

    Raises
    ------
    HubscanError
        If a stage can't be run, such as when no place is dense enough.
    """
    e, held = edition, memory or Memory()
    keep = held.keep
    region, shaping = {"economies": e.regional.economies}, {"indicators": e.weights.shaped_by}

    def given(name: str, function: Callable[..., Value], **parameters: object) -> tuple[str, Value]:
        return keep(name, lambda **numbers: function(times, **numbers), **parameters)

    def universe(name: str, *, of: str) -> tuple[str, pd.DataFrame]:
        return keep(name, count.universe, totals, by_country, mass, **region, of=of)

    # how much there is in all, and at each place
    at = {"missing": e.count.missing, "indicators": e.indicators, **region}
    mass = given("place_addresses", evidence.place_addresses, **at)
    totals = given("totals", evidence.weighted_totals)
    by_country = given("coverage", evidence.weighted_countries, **region)
    place_ties = ("place_ties", evidence.place_ties)

    # where activity is dense, and which neighbours belong together
    measured = universe("universe", of=e.regional.weights_universe)
    density = keep("density", cluster.density_used, mass, measured, **e.scan)
    used = {**e.density, **cluster.threshold(density[1])}
    dense = keep("dense", partial_of(cluster.membership, near=held.near), mass, measured, **used)
    gaps = keep("gaps", merge.gaps, dense, **e.gap)
    told = keep("told_ties", partial_of(links.ties, evidence, times), dense, **shaping)
    offered = keep("given_ties", merge.ties_between_places, place_ties, dense)
    outside = keep(
        "outside_ties", partial_of(links.outside_ties, evidence, times), dense, gaps, **e.rivals
    )
    offered = keep("further_ties", merge.all_ties, outside, offered)
    ties = keep("ties", merge.all_ties, told, offered)
    both, (into, pairs) = keep("merged", merge.merged, gaps, ties, **e.merging)
    members = keep("membership", cluster.renumbered, dense, (both, into))

    # how much they produce, and how they compare
    assigned = keep("assignment", count.assignment, mass, members, **e.boundary)
    whole = keep("whole", partial_of(_whole, evidence, times), assigned, method=e.count.method)
    together = keep("gathered", count.gathered, mass, assigned)
    counts = keep(
        "counts",
        lambda both, documents, *, method: count.counts(
            both.place_addresses, documents, both.assignment, method=method
        ),
        together,
        whole,
        method=e.count.method,
    )
    shared = universe("shared", of=e.regional.shares)
    world = count.world_totals(shared[1], denominator=e.count.denominator)
    ranking = rank.ranking(counts[1], world, **e.size_rank(partial))
    return Outcome(dense[1], members[1], pairs, assigned[1], together[1], counts[1], world, ranking)


def _whole(
    evidence: Evidence, times: Multiplicity, assigned: pd.DataFrame, *, method: str
) -> pd.DataFrame:
    """Return documents counted whole, if that is how they are counted."""
    if method != "full":
        return pd.DataFrame(columns=["cluster", "indicator", "documents"])
    return links.cluster_documents(evidence, times, assigned)
