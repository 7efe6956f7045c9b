"""Sites of the clusters: principal cities, towns, corridors, and what holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.sphere import EARTH_RADIUS_KM
from hubscan.world.corridors import SLIGHT, corridor_sites
from hubscan.world.geometry import distances_km, nearest_km
from hubscan.world.nodes import vectors
from hubscan.world.published import ADDRESSES, COVERED, DENSITY_SHARE, INDICATORS, RADIUS_KM

if TYPE_CHECKING:
    from numpy.typing import NDArray

APART_KM: Final = 21.0
"""How much farther a town lies from other clusters than from its own, so that they stay apart."""

CLOSE_KM: Final = 2.0
"""Distance below which a town is the city itself."""

SMALL: Final = ((0.0015, 7.0), (0.0025, 10.0))
"""Mass of small nodes, and how far their towns may lie, kilometres."""

LARGE: Final = ((0.01, 0.35), (0.004, 0.25), (0.0, 0.15))
"""Mass of nodes, and the part of their patents that towns have."""

SEEN: Final = {"rows": 5.0, "deals": 25.0}
"""Rows, at the smallest scale, of a site that surely passes density on, or may have deals."""

LEAST_SCALE: Final = 0.02
"""Scale at which the clusters must still hold together."""

COLUMNS: Final = [
    "node", "kind", "city", "region", "country", "latitude", "longitude", "radius_km",
    *INDICATORS, "geonameid",
]  # fmt: skip
"""Columns of the table of sites."""


def cluster_sites(nodes: pd.DataFrame, cores: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """
    Return where each node has its inventors, authors and firms.

    Parameters
    ----------
    nodes, cores
        From :mod:`hubscan.world.nodes`.
    cities
        Gazetteer with ``findable`` (the name leads back to the city).

    Returns
    -------
    sites
        By node, the principal city first: ``kind`` (``core``, ``town``, ``corridor``,
        ``frontier``), ``city``, ``region``, ``country``, ``geonameid``; ``latitude``,
        ``longitude`` (degrees), ``radius_km`` (inventors scatter within it) and shares of the
        node's documents by indicator.

    Examples
    --------
    >>> cores = pd.DataFrame(
    ...     {
    ...         "node": [0, 0],
    ...         "rank": 1,
    ...         "part": 1,
    ...         "city": ["Heidelberg", "Mannheim"],
    ...         "geonameid": [1, 2],
    ...         "region": "",
    ...         "country": "DE",
    ...         "latitude": [49.408, 49.489],
    ...         "longitude": [8.691, 8.467],
    ...         "patents": 1.0,
    ...         "publications": 1.0,
    ...         "deals": 1.0,
    ...     }
    ... )
    >>> nodes = pd.DataFrame(
    ...     {"mass": [0.005], "parts": 1, "patents": 3937.0, "publications": 13149.5}
    ... )
    >>> cities = pd.DataFrame(
    ...     {
    ...         "geonameid": [3],
    ...         "name": "Ladenburg",
    ...         "latitude": 49.472,
    ...         "longitude": 8.609,
    ...         "country": "DE",
    ...         "admin1": "01",
    ...         "population": 11_000,
    ...         "findable": True,
    ...     }
    ... )
    >>> cluster_sites(nodes, cores, cities)[["kind", "city"]].to_numpy().tolist()
    [['core', 'Heidelberg'], ['core', 'Mannheim'], ['town', 'Ladenburg'], ['corridor', 'Ladenburg']]
    """
    towns = _towns(nodes, cores, cities)
    spots = _named(corridor_sites(cores), cores, cities)
    main = _main(cores, nodes)
    sites = pd.concat((main, towns, spots), ignore_index=True)
    sites = _with_shares(sites, nodes)
    sites = sites.sort_values("node", kind="stable", ignore_index=True)
    sites = sites[_held_together(sites, nodes)]
    shared = sites.groupby("node")[list(INDICATORS)].transform("sum")
    sites = sites.assign(**(sites[list(INDICATORS)] / shared))
    return sites[COLUMNS].reset_index(drop=True)


def _main(cores: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Return the principal cities as sites, the one with the largest weight first."""
    mass = nodes["mass"].to_numpy()[cores["node"]]
    paired = nodes["parts"].to_numpy()[cores["node"]] > 1
    weight = cores[list(INDICATORS)].sum(axis=1)
    table = cores.assign(kind="core", radius_km=np.where(paired | (mass < SMALL[1][0]), 2.0, 3.0))
    order = np.lexsort((-weight, table["node"]))
    return table.iloc[order]


def _reach_km(nodes: pd.DataFrame) -> NDArray[np.float64]:
    """Return how far the towns of each node lie from its principal cities."""
    mass = nodes["mass"].to_numpy()
    reach_km = np.minimum(45.0, 12.0 + 14.0 * np.sqrt(100.0 * mass))
    for most, small_km in reversed(SMALL):
        reach_km = np.where(mass < most, small_km, reach_km)
    return np.where(nodes["parts"].to_numpy() > 1, 6.0, reach_km)


def _towns(nodes: pd.DataFrame, cores: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Return the towns around the principal cities, well away from those of other clusters."""
    anchors = vectors(cores)
    chosen = cities[cities["findable"] & cities["country"].isin(set(cores["country"]))]
    points = vectors(chosen)
    own_km, nearest = nearest_km(points, anchors)
    node = cores["node"].to_numpy()[nearest]
    near = (own_km > CLOSE_KM) & (own_km <= _reach_km(nodes)[node])
    chosen, points, node, own_km = chosen[near], points[near], node[near], own_km[near]
    other_km = _other_km(points, node, cores)
    countries = cores.groupby("node")["country"].agg(set)
    at_home = [c in countries[n] for c, n in zip(chosen["country"], node, strict=True)]
    kept = (other_km - own_km >= APART_KM) & np.array(at_home, bool)
    table = chosen[kept].assign(node=node[kept], kind="town", radius_km=1.8)
    table["appeal"] = np.maximum(table["population"], 500) ** 0.7 * np.exp(
        -2.0 * own_km[kept] / _reach_km(nodes)[node[kept]]
    )
    order = np.lexsort((table["geonameid"], -table["appeal"], table["node"]))
    table = table.iloc[order]
    most = (4.0 + 50.0 * np.sqrt(100.0 * nodes["mass"].to_numpy()))[table["node"]]
    first: pd.DataFrame = table[table.groupby("node").cumcount() < most]
    return first.assign(
        city=first["name"], region=first["admin1"].where(first["country"] == "US", "")
    )


def _other_km(
    points: NDArray[np.float64], node: NDArray[np.int64], cores: pd.DataFrame
) -> NDArray[np.float64]:
    """Return the distance of each point to the nearest principal city of another node."""
    cosine = points @ vectors(cores).T
    cosine[node[:, None] == cores["node"].to_numpy()[None, :]] = -1.0
    return np.asarray(np.arccos(np.clip(cosine.max(axis=1), -1.0, 1.0)) * EARTH_RADIUS_KM)


def _named(spots: pd.DataFrame, cores: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Return corridor sites under the name of the nearest town of their node's country."""
    own = cores.groupby("node")["country"].first()
    country = spots["node"].map(own)
    names = cities[cities["findable"] & cities["country"].isin(set(country))]
    spots = spots.assign(country=country, city="", region="", geonameid=0)
    for code in sorted(set(country)):
        rows = np.flatnonzero(country == code)
        there = names[names["country"] == code]
        if there.empty:
            continue
        _, nearest = nearest_km(vectors(spots.iloc[rows]), vectors(there))
        town = there.iloc[nearest]
        spots.loc[rows, "city"] = town["name"].to_numpy()
        spots.loc[rows, "geonameid"] = town["geonameid"].to_numpy()
        spots.loc[rows, "region"] = np.where(code == "US", town["admin1"], "")
    return spots


def _with_shares(sites: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Return sites with their shares of the node's documents."""
    at = sites["node"].to_numpy()
    kind = sites["kind"].to_numpy()
    mass = nodes["mass"].to_numpy()
    patents = nodes["patents"].to_numpy() / COVERED["patents"]
    town_part = np.select([mass > least for least, _ in LARGE], [part for _, part in LARGE])
    town_part = np.where(nodes["parts"].to_numpy() > 1, 0.06, town_part)
    appeal = np.where(kind == "town", sites.get("appeal", 0.0), 0.0)
    rows = 3.5 * LEAST_SCALE * nodes["publications"].to_numpy()
    sites = sites.assign(mass=sites["mass"].fillna(0.0))
    spot = np.minimum(sites["mass"] / patents[at], 0.25 + 0.3 * (sites["mass"] > SLIGHT))
    parts = {"patents": town_part, "publications": 0.6 * town_part, "deals": 0.3 * town_part}
    for name, part in parts.items():
        if name == "deals":
            town = sites["publications"].to_numpy()
            appeal = np.where(town * rows[at] >= SEEN["deals"], appeal, 0.0)
        fixed = spot.to_numpy() if name == "patents" else np.zeros(len(sites))
        core = np.where(kind == "core", sites[name].fillna(0.0), 0.0)
        sites[name] = _split(at, core, appeal, fixed, part)
    return sites


def _split(
    node: NDArray[np.int64],
    core: NDArray[np.float64],
    appeal: NDArray[np.float64],
    fixed: NDArray[np.float64],
    town_part: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return shares: corridors as given, of the rest a part to towns and most to cities."""
    count = len(town_part)
    of_appeal = np.bincount(node, appeal, count)
    part = np.where(of_appeal > 0.0, town_part, 0.0)
    left = 1.0 - np.bincount(node, fixed, count)
    of_core = np.bincount(node, core, count)
    towns = appeal / np.maximum(of_appeal, 1e-12)[node] * (part * left)[node]
    return np.asarray(fixed + towns + core / of_core[node] * ((1.0 - part) * left)[node])


def _held_together(sites: pd.DataFrame, nodes: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which sites certainly belong to the dense area of their node's principal city."""
    at = sites["node"].to_numpy()
    points = vectors(sites)
    radius_km = sites["radius_km"].to_numpy()
    count = {name: nodes[name].to_numpy()[at] * sites[name].to_numpy() for name in INDICATORS[:2]}
    mass = sum(count[name] / COVERED[name] for name in count)
    per_document = {name: ADDRESSES[name] / COVERED[name] for name in count}
    rows = LEAST_SCALE * sum(count[name] * per_document[name] for name in count)
    kept = np.zeros(len(sites), bool)
    for rows_of_node in np.split(np.arange(len(sites)), np.flatnonzero(np.diff(at)) + 1):
        i = rows_of_node
        reach_km = distances_km(points[i]) + radius_km[i][:, None] + radius_km[i][None, :]
        np.fill_diagonal(reach_km, 0.0)
        kept[i] = _connected(reach_km, mass[i], rows[i] >= SEEN["rows"])
    return kept


def _connected(
    reach_km: NDArray[np.float64], mass: NDArray[np.float64], present: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the sites joined to the first through sites that are certainly core."""
    near = reach_km <= RADIUS_KM - 0.1
    around = near @ mass
    core = present & (around >= min(1.25 * DENSITY_SHARE, 0.999 * float(mass.sum())))
    core[0] = True
    joined = np.zeros(len(mass), bool)
    joined[0] = True
    while True:
        wider = joined | near[:, joined & core].any(axis=1)
        if (wider == joined).all():
            return joined
        joined = wider
