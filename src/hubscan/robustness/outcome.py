"""The method from evidence to ranking: the stages of a run, on any edition and any weights."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from hubscan import cluster, count, merge, rank
from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hubscan.edition import Edition
    from hubscan.robustness.evidence import Evidence, Multiplicity

Value = TypeVar("Value")
_HELD: Final = 48
"""Results held at most: those of the settings last seen."""


@dataclass(frozen=True)
class Outcome:
    """What a replicate, a setting or a run came to; tables as in :mod:`hubscan.schema`."""

    dense: pd.DataFrame
    membership: pd.DataFrame
    candidate_pairs: pd.DataFrame
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
        if mark not in self.held:
            self.held[mark] = function(*(value for _, value in follows), **parameters)
            while len(self.held) > _HELD:
                self.held.popitem(last=False)
        self.held.move_to_end(mark)
        return mark, self.held[mark]


def outcome(
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
        If a stage can't be run, such as when no place is dense enough, or the edition is of a
        region or lets single places compete, which evidence alone can't tell.
    """
    _check(edition)
    e, keep = edition, (memory or Memory()).keep

    def given(name: str, function: Callable[..., Value], **parameters: str) -> tuple[str, Value]:
        return keep(name, lambda **numbers: function(times, **numbers), **parameters)

    mass = given("place_addresses", evidence.place_addresses, missing=e.count.missing)
    totals = given("totals", evidence.weighted_totals)
    place_ties = ("place_ties", evidence.place_ties)

    # where activity is dense, and which neighbours belong together
    density = keep("density", cluster.density_used, mass, totals, **e.scan)
    used = {**e.density, **cluster.threshold(density[1])}
    dense = keep("dense", cluster.membership, mass, totals, **used)
    gaps = keep("gaps", merge.gaps, dense, **e.gap)
    told = keep("told_ties", lambda places: evidence.ties(times, places), dense)
    offered = keep("given_ties", merge.ties_between_places, place_ties, dense)
    ties = keep("ties", merge.all_ties, told, offered)
    both, (into, pairs) = keep("merged", merge.merged, gaps, ties, **e.merging)
    members = keep("membership", cluster.renumbered, dense, (both, into))

    # how much they produce, and how they compare
    assigned = keep("assignment", count.assignment, mass, members, **e.boundary)
    whole = keep(
        "whole", lambda at, *, method: _whole(evidence, times, at, method=method), assigned,
        method=e.count.method,
    )  # fmt: skip
    counts = keep("counts", count.counts, mass, whole, assigned, method=e.count.method)
    world = count.world_totals(totals[1], denominator=e.count.denominator)
    ranking = rank.ranking(counts[1], world, **e.size_rank(partial))
    return Outcome(dense[1], members[1], pairs, counts[1], world, ranking)


def _check(edition: Edition) -> None:
    """Raise InputError for an edition that needs more than evidence."""
    for key, allowed in (("regional.economies", ()), ("merge.noise_rival", ("bucket", "ignore"))):
        value = edition.get(key)
        if value not in (allowed or ((),)):
            msg = f"{edition.name}: {key} = {value!r}: uncertainty is not available for it"
            raise InputError(msg)


def _whole(
    evidence: Evidence, times: Multiplicity, assigned: pd.DataFrame, *, method: str
) -> pd.DataFrame:
    """Return documents counted whole, if that is how they are counted."""
    if method != "full":
        return pd.DataFrame(columns=["cluster", "indicator", "documents"])
    return evidence.cluster_documents(times, assigned)
