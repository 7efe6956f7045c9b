"""Everything outside the clusters: cities thin enough and far enough off to stay noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.world.draws import generator
from hubscan.world.geometry import nearest_km
from hubscan.world.nodes import vectors
from hubscan.world.published import (
    COVERED,
    DENSITY_SHARE,
    INDICATORS,
    RADIUS_KM,
    economy_addresses,
    reference_table,
    world_table,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

STREAM: Final = 11
"""Random stream of the appeal of cities."""

SITES: Final = 110_000
"""Most cities outside the clusters."""

SCATTER_KM: Final = 1.5
"""Radius within which the inventors of such a city scatter."""

CELL_DEG: Final = 0.1
"""Side of the cells on which density is bounded."""

DENSEST: Final = 0.55
"""Largest density outside the clusters, in units of that which makes a place core."""

LAST_STEPS: Final = 10
"""Steps of bounding density in which countries are filled up again; a few more are not."""

REST: Final = {"patents": 0.080, "publications": 0.145, "deals": 0.190}
"""Part of the addresses outside the 20 leading economies."""


def background_sites(nodes: pd.DataFrame, sites: pd.DataFrame, cities: pd.DataFrame,
                     *, seed: int) -> pd.DataFrame:  # fmt: skip
    """
    Return the cities outside the clusters and their parts of the world's documents.

    Countries hold what the clusters leave of their published addresses. Density is bounded so that
    no place becomes core, and every site lies farther than the radius from the clusters.

    Parameters
    ----------
    nodes, sites
        The clusters' dense spots and their sites.
    cities
        Gazetteer with ``findable``.
    seed
        Seed of the appeal of cities.

    Returns
    -------
    background
        Columns of the clusters' sites without ``node``, by country; ``patents``, ``publications``
        and ``deals`` are shares of the world outside the clusters, each adding up to 1.

    Raises
    ------
    InputError
        If there are too few cities for that.

    Examples
    --------
    >>> nodes = pd.DataFrame({"country": ["DE"], **{m: 0.9999 * n for m, n in COVERED.items()}})
    >>> sites = pd.DataFrame({"latitude": [49.4], "longitude": [8.7], "radius_km": [3.0]})
    >>> cities = pd.DataFrame(
    ...     {
    ...         "geonameid": [1, 2],
    ...         "name": ["Weinheim", "Fulda"],
    ...         "latitude": [49.5, 50.6],
    ...         "longitude": [8.7, 9.7],
    ...         "country": "DE",
    ...         "admin1": "05",
    ...         "population": 50_000,
    ...         "findable": True,
    ...     }
    ... )
    >>> background_sites(nodes, sites, cities, seed=1)[["city", "patents"]].to_numpy().tolist()
    [['Fulda', 1.0]]
    """
    far = _far_off(sites, cities)
    wanted = _country_parts(nodes)
    table = _appealing(far[far["country"].isin(wanted.index)], wanted, seed=seed)
    shares = _bounded(table, wanted, _thin_outside(nodes))
    region = table["admin1"].where(table["country"] == "US", "")
    table = table.assign(**shares, kind="background", radius_km=SCATTER_KM, city=table["name"])
    table = table.assign(region=region)
    return table.sort_values(["country", "geonameid"], ignore_index=True)


def _far_off(sites: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Return the cities from which no inventor comes within the radius of a cluster's place."""
    chosen = cities[cities["findable"]]
    off_km, _ = nearest_km(vectors(chosen), vectors(sites))
    most_km = float(sites["radius_km"].max())
    return chosen[off_km > RADIUS_KM + SCATTER_KM + most_km + 0.5]


def _thin_outside(nodes: pd.DataFrame) -> dict[str, float]:
    """Return the part of the world's documents outside the clusters."""
    return {name: 1.0 - float(nodes[name].sum()) / COVERED[name] for name in INDICATORS}


def _country_parts(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return each country's part of what lies outside the clusters."""
    listed = economy_addresses()
    modelled = world_table("economies").set_index("economy")
    parts = {}
    for name in INDICATORS:
        world = listed[name] / listed[name].sum() * (1.0 - REST[name])
        rest = modelled[name] / modelled[name].sum() * REST[name]
        world = pd.concat((world, rest))
        inside = nodes.groupby("country")[name].sum() / COVERED[name]
        outside = (world - inside.reindex(world.index).fillna(0.0)).clip(lower=0.08 * world)
        parts[name] = outside / outside.sum()
    return pd.DataFrame(parts)


def _appealing(cities: pd.DataFrame, wanted: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the cities most of the background is in, with their appeal."""
    rng = generator(seed, STREAM)
    chance = np.exp(0.9 * rng.standard_normal(len(cities)))
    appeal = np.maximum(cities["population"].to_numpy(float), 1.0) ** 0.85 * chance
    appeal *= np.where(_of_africa(cities), 6.0, 1.0)
    table = cities.assign(appeal=appeal)
    within = table.groupby("country")["appeal"].transform("sum")
    part = table["appeal"] / within * table["country"].map(wanted["publications"])
    order = np.argsort(-part.to_numpy(), kind="stable")[:SITES]
    return table.iloc[np.sort(order)].reset_index(drop=True)


def _of_africa(cities: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which cities the published list of African clusters names."""
    listed = reference_table("clusters_2024_table8_africa")
    names = {
        (name, row.economy)
        for row in listed.itertuples()
        for cluster in str(row.cluster_names).split("; ")
        for name in cluster.split("\N{EN DASH}")
    }
    pairs = zip(cities["name"], cities["country"], strict=True)
    return np.array([pair in names for pair in pairs], bool)


def _bounded(
    cities: pd.DataFrame, wanted: pd.DataFrame, outside: dict[str, float]
) -> dict[str, NDArray[np.float64]]:
    """Return shares of the background by indicator, moved from places that would be too dense."""
    code, country = pd.factorize(cities["country"], sort=True)
    appeal = cities["appeal"].to_numpy()
    share = {name: wanted[name].reindex(country).to_numpy()[code] for name in INDICATORS}
    share = {name: share[name] * appeal / np.bincount(code, appeal)[code] for name in INDICATORS}
    window = _Window(cities)
    factor = np.ones(len(cities))
    mass = _joint({name: share[name] / share[name].sum() for name in INDICATORS}, outside)
    target = np.bincount(code, mass)
    for step in range(16):
        dense = window.sums(mass * factor) / (DENSEST * DENSITY_SHARE)
        factor = factor / window.largest(dense)
        short = target / np.bincount(code, mass * factor)
        factor *= np.minimum(short, 1.5)[code] if step < LAST_STEPS else 1.0
    shares = {name: _filled(share[name] * factor, share[name]) for name in INDICATORS}
    if float(window.sums(_joint(shares, outside)).max()) >= DENSITY_SHARE:
        msg = f"cities: {len(cities)} outside the clusters: too few to stay thinner than a cluster"
        raise InputError(msg)
    return shares


def _joint(
    shares: dict[str, NDArray[np.float64]], outside: dict[str, float]
) -> NDArray[np.float64]:
    """Return the mass of sites: their parts of the world's patents and publications together."""
    first, second = (outside[name] * shares[name] for name in INDICATORS[:2])
    return first + second


def _filled(kept: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares that add up to 1, what was taken off spread over the sites that kept all."""
    spare = np.where(kept >= first, kept, 0.0)
    missing = float(first.sum() - kept.sum())
    kept = kept + spare * (missing / max(float(spare.sum()), 1e-12)) if missing > 0.0 else kept
    return np.asarray(kept / kept.sum())


class _Window:
    """Sums over the cells that can hold anything within the radius of each of a set of places."""

    def __init__(self, places: pd.DataFrame) -> None:
        """Place the cells; rows by latitude, columns by longitude."""
        self.row = ((places["latitude"].to_numpy() + 90.0) / CELL_DEG).astype(np.int64)
        self.column = ((places["longitude"].to_numpy() + 180.0) / CELL_DEG).astype(np.int64)
        reach_deg = (RADIUS_KM + 2.0 * SCATTER_KM) / 111.195
        widening = np.cos(np.radians(np.clip(np.abs(places["latitude"].to_numpy()) + 1, 0, 85)))
        self.high = int(np.ceil(reach_deg / CELL_DEG))
        self.wide = np.ceil(reach_deg / widening / CELL_DEG).astype(np.int64)
        self.shape = (round(180.0 / CELL_DEG) + 1, round(360.0 / CELL_DEG) + 1)

    def sums(self, mass: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mass in the cells around each place."""
        cell = self.row * self.shape[1] + self.column
        grid = np.bincount(cell, mass, self.shape[0] * self.shape[1]).reshape(self.shape)
        running = np.cumsum(grid, axis=1)
        left = np.maximum(self.column - self.wide - 1, 0)
        right = np.minimum(self.column + self.wide, self.shape[1] - 1)
        total = np.zeros(len(mass))
        for step in range(-self.high, self.high + 1):
            row = np.clip(self.row + step, 0, self.shape[0] - 1)
            total += running[row, right] - running[row, left]
        return total

    def largest(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest value, at least 1, of the places that have each place around."""
        grid = np.ones(self.shape)
        over = np.flatnonzero(values > 1.0)
        wide = self.wide[over]
        for across in range(-int(wide.max(initial=0)), int(wide.max(initial=0)) + 1):
            near = over[np.abs(across) <= wide]
            column = np.clip(self.column[near] + across, 0, self.shape[1] - 1)
            for step in range(-self.high, self.high + 1):
                row = np.clip(self.row[near] + step, 0, self.shape[0] - 1)
                np.maximum.at(grid, (row, column), values[near])
        return grid[self.row, self.column]
