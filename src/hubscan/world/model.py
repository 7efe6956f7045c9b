"""The synthetic world: its nodes, sites and habits, from which every document follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.world.background import background_sites
from hubscan.world.calendar import YEARS, lost_counts, yearly_counts
from hubscan.world.documents import Habits
from hubscan.world.draws import cumulated
from hubscan.world.failures import missing_rates
from hubscan.world.flows import collaboration_flows
from hubscan.world.gazetteer import findable_cities
from hubscan.world.layout import cluster_sites
from hubscan.world.margins import cluster_margins, growth_rates
from hubscan.world.nodes import dense_nodes, named_cores, seats
from hubscan.world.published import COVERED, INDICATORS, LISTED, world_table
from hubscan.world.teams import team_sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEEDED: Final = ("geonameid", "name", "latitude", "longitude", "country", "admin1", "population")
"""Columns of the gazetteer."""

TEAM: Final = {
    "patents": (3.213, 0.72, 150, 0.004),
    "publications": (3.489, 0.66, 500, 0.012),
}
"""Mean, spread, largest and tail of team sizes; means follow from published addresses."""

JOINT: Final = {"patents": 0.30, "publications": 0.45}
"""Part of the documents of two or more addresses with partners elsewhere."""

ONE_OF: Final = 5.3
"""Documents that miss an address for each address missing, per document: 3.2 of 0.6."""

TOGETHER: Final = 0.7
"""Part of a team at its own node that is at one site."""


@dataclass(frozen=True)
class World:
    """A world, held as what its documents are drawn from; made by :func:`world`."""

    seed: int
    scale: float
    margins: pd.DataFrame
    """The 237 clusters and their counts."""
    nodes: pd.DataFrame
    """Dense spots, then countries outside the clusters; counts of the 2025 windows at scale 1."""
    sites: pd.DataFrame
    """Where documents are, by node; shares of the node by indicator."""
    counts: dict[str, NDArray[np.int64]]
    """Located documents by indicator: nodes by years."""
    lost: dict[str, NDArray[np.int64]]
    """Documents that cannot be located by indicator, by year."""
    habits: dict[str, Habits]
    """How patents and publications come about."""
    seats: dict[str, int]
    """City (``geonameid``) where the leading organisation of each cluster sits."""

    @property
    def truth(self) -> pd.DataFrame:
        """Sites of the clusters: ``rank``, ``cluster``, ``part`` and all columns of ``sites``."""
        dense = self.nodes[self.nodes["rank"] > 0]
        table = self.sites[self.sites["node"] < len(dense)]
        names = dense.loc[table["node"], ["rank", "cluster", "part"]].reset_index(drop=True)
        return pd.concat((names, table.reset_index(drop=True)), axis=1)

    def targets(self) -> pd.DataFrame:
        """Return the documents of each cluster in the 2025 windows, by rank."""
        dense = self.nodes["rank"].to_numpy() > 0
        table = self.nodes.loc[dense, ["rank", "cluster"]].copy()
        for name in INDICATORS:
            table[name] = self.counts[name][dense, -5:].sum(axis=1)
        return table.groupby(["rank", "cluster"], as_index=False).sum()


def world(cities: pd.DataFrame, *, scale: float, seed: int) -> World:
    """
    Return a synthetic world whose clusters have the published margins of 2025.

    Documents are modelled, none is real. The 100 published clusters hold their published counts of
    patents, publications and deals in the 2025 windows; 137 further clusters, the world totals,
    the ranks of earlier editions, team sizes and coverage follow what is published of them.

    Parameters
    ----------
    cities
        Gazetteer: ``geonameid``, ``name``, ``latitude``, ``longitude`` (degrees), ``country``
        (ISO 3166 alpha-2), ``admin1``, ``population``.
    scale
        Documents made for each document of the world, in (0, 1].
    seed
        Seed of everything random.

    Returns
    -------
    world

    Raises
    ------
    InputError
        If the gazetteer lacks a column, or the scale is out of range.

    Examples
    --------
    >>> from hubscan.geocode import bundled
    >>> made = world(bundled().at_least(20_000).cities, scale=0.001, seed=1)
    >>> made.targets().loc[[0, 1], "patents"].tolist()
    [118, 135]
    """
    if not set(NEEDED) <= set(cities.columns):
        found = ", ".join(map(str, cities.columns))
        msg = f"cities: found columns {found}: needed {', '.join(NEEDED)}"
        raise InputError(msg)
    if not 0.0 < scale <= 1.0:
        msg = f"world: scale = {scale}: must be greater than 0 and at most 1"
        raise InputError(msg)
    margins = cluster_margins()
    gazetteer = findable_cities(cities)
    cores = named_cores(world_table("cores"), gazetteer, margins)
    dense = dense_nodes(cores, margins, growth_rates(margins))
    near = cluster_sites(dense, cores, gazetteer)
    far = background_sites(dense, near, gazetteer, seed=seed)
    nodes = _all_nodes(dense, far)
    sites = _all_sites(near, far, nodes)
    counts = {name: yearly_counts(nodes, name, scale=scale) for name in INDICATORS}
    lost = {name: lost_counts(name, scale=scale, listed=LISTED[name]) for name in INDICATORS}
    habits = {name: _habits(nodes, sites, name) for name in TEAM}
    seated = cores.loc[seats(cores)]
    seat = dict(zip(seated["cluster"], seated["geonameid"].astype(int), strict=True))
    return World(seed, scale, margins, nodes, sites, counts, lost, habits, seat)


def _all_nodes(dense: pd.DataFrame, far: pd.DataFrame) -> pd.DataFrame:
    """Return the dense spots, and after them each country outside."""
    largest = far.sort_values("population", ascending=False, kind="stable").groupby("country")
    outside = largest[["latitude", "longitude"]].first()
    for name in INDICATORS:
        spare = COVERED[name] - float(dense[name].sum())
        outside[name] = far.groupby("country")[name].sum() * spare
        outside[f"growth_{name}"] = 0.0
    outside = outside.reset_index().assign(rank=0, cluster="", part=1, parts=1, mass=0.0)
    return pd.concat((dense.reset_index(drop=True), outside), ignore_index=True)


def _all_sites(near: pd.DataFrame, far: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Return the sites of all nodes, in their order."""
    outside = nodes.loc[nodes["rank"] == 0, "country"]
    number = pd.Series(outside.index, index=outside.to_numpy())
    far = far.assign(node=far["country"].map(number))[list(near.columns)]
    table = pd.concat((near, far), ignore_index=True)
    whole = table.groupby("node")[list(INDICATORS)].transform("sum")
    return table.assign(**(table[list(INDICATORS)] / whole))


def _habits(nodes: pd.DataFrame, sites: pd.DataFrame, indicator: str) -> Habits:
    """Return what the documents of an indicator are drawn from."""
    flows = collaboration_flows(nodes, nodes[indicator].to_numpy())
    mean, spread, largest, tail = TEAM[indicator]
    origin = np.repeat(np.arange(len(nodes)), len(nodes))
    return Habits(
        sizes=team_sizes(mean=mean, spread=spread, largest=largest, tail=tail),
        joint=JOINT[indicator],
        together=TOGETHER,
        missing=ONE_OF * missing_rates(nodes["country"], indicator),
        sites=cumulated(sites[indicator], sites["node"].to_numpy()),
        flows=cumulated(flows.ravel(), origin),
        nodes=len(nodes),
    )


def years(indicator: str) -> tuple[int, ...]:
    """
    Return the years of an indicator.

    Parameters
    ----------
    indicator
        ``patents``, ``publications`` or ``deals``.

    Returns
    -------
    years
        Ascending.

    Examples
    --------
    >>> years("patents")
    (2018, 2019, 2020, 2021, 2022, 2023, 2024)
    """
    return YEARS[indicator]
