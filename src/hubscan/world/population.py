"""A synthetic population grid: the clusters' footprints hold their published populations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import InputError
from hubscan.world.layout import LEAST_SCALE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.world.model import World

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

INSIDE_DEG: Final = 0.049
"""Distance from a site within which a cell is inside the footprint."""

SURE_ROWS: Final = 12.0
"""Author rows, at the smallest scale, from which a town's place is there."""

PERSONS: Final = 8.1e9
"""Inhabitants of the world."""

UNTOLD: Final = 1.5
"""Inhabitants around the cities of a cluster without published population, over theirs."""

STEPS: Final = np.arange(-2, 3)
"""Cells around a city that its inhabitants spread over."""


@dataclass(frozen=True)
class PopulationGrid:
    """Persons by cell, from north to south and west to east; longitude and latitude (WGS84)."""

    persons: NDArray[np.float32]
    cell_deg: float

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine transform of cells to degrees: (a, b, c, d, e, f)."""
        return (self.cell_deg, 0.0, -180.0, 0.0, -self.cell_deg, 90.0)


def population_grid(world: World, cities: pd.DataFrame, *, cell_deg: float) -> PopulationGrid:
    """
    Return a synthetic population of the world.

    Within the footprints of the published clusters, cells near their cities add up to the published
    populations; elsewhere people live around the cities of the gazetteer.

    Parameters
    ----------
    world
        The world.
    cities
        Gazetteer, as for :func:`~hubscan.world.model.world`.
    cell_deg
        Side of a cell, degrees; at most 0.05, and a whole number of cells to 180 degrees.

    Returns
    -------
    grid

    Raises
    ------
    InputError
        If the cells are too large, or do not fit the globe.

    Examples
    --------
    >>> population_grid(None, None, cell_deg=0.5)
    Traceback (most recent call last):
    ...
    hubscan.errors.InputError: population: cell_deg = 0.5: must be at most 0.05 and divide 180
    """
    rows = round(180.0 / cell_deg)
    if cell_deg > 0.05 or abs(rows * cell_deg - 180.0) > 1e-6:  # noqa: PLR2004 - as the message says
        msg = f"population: cell_deg = {cell_deg}: must be at most 0.05 and divide 180"
        raise InputError(msg)
    shape = (rows, 2 * rows)
    near, within = _clusters(world, cities, shape)
    far = _spread(cities, shape)
    far[within] = 0.0
    far *= max(PERSONS - float(near.sum()), 0.0) / float(far.sum())
    return PopulationGrid((near + far).reshape(shape).astype(np.float32), cell_deg)


def _around(
    latitude: Real, longitude: Real, shape: tuple[int, int], steps: Whole
) -> tuple[Whole, Real]:
    """Return the cells around points, and the squared distances of their centres in degrees."""
    cell_deg = 180.0 / shape[0]
    row = np.floor((90.0 - latitude) / cell_deg).astype(np.int64)
    column = np.floor((longitude + 180.0) / cell_deg).astype(np.int64)
    rows = row[:, None, None] + steps[None, :, None]
    columns = column[:, None, None] + steps[None, None, :]
    north = latitude[:, None, None] - (90.0 - (rows + 0.5) * cell_deg)
    east = longitude[:, None, None] - ((columns + 0.5) * cell_deg - 180.0)
    cell = np.clip(rows, 0, shape[0] - 1) * shape[1] + columns % shape[1]
    return cell.reshape(len(row), -1), (north**2 + east**2).reshape(len(row), -1)


def _clusters(
    world: World, cities: pd.DataFrame, shape: tuple[int, int]
) -> tuple[Real, NDArray[np.bool_]]:
    """Return the population of the clusters by cell, and the cells their footprints may cover."""
    sites = world.truth
    wanted = _wanted(world, sites, cities)
    latitude, longitude = sites["latitude"].to_numpy(), sites["longitude"].to_numpy()
    reach_deg = 0.06 + sites["radius_km"].to_numpy() / 111.0 / np.cos(np.radians(latitude))
    most = int(np.ceil(reach_deg.max() / (180.0 / shape[0]))) + 1
    cell, square = _around(latitude, longitude, shape, np.arange(-most, most + 1))
    within = np.zeros(shape[0] * shape[1], bool)
    within[cell[square <= reach_deg[:, None] ** 2]] = True
    weight = np.where(square <= INSIDE_DEG**2, np.exp(-square / (2.0 * 0.03**2)), 0.0)
    weight *= _pull(world, sites)[:, None]
    rank = sites["rank"].to_numpy()
    whole = np.bincount(rank, weight.sum(axis=1), len(wanted))
    people = weight * (wanted / np.maximum(whole, 1e-300))[rank][:, None]
    return np.asarray(np.bincount(cell.ravel(), people.ravel(), len(within)), float), within


def _pull(world: World, sites: pd.DataFrame) -> Real:
    """Return how the people of a cluster divide over its sites: those surely there, by size."""
    node = sites["node"].to_numpy()
    rows = 3.5 * LEAST_SCALE * world.nodes["publications"].to_numpy()[node]
    rows = rows * sites["publications"].to_numpy()
    core = (sites["kind"] == "core").to_numpy()
    sure = core | ((sites["kind"] == "town").to_numpy() & (rows >= SURE_ROWS))
    return np.where(sure, np.sqrt(np.maximum(rows, 1.0)), 0.0)


def _wanted(world: World, sites: pd.DataFrame, cities: pd.DataFrame) -> Real:
    """Return the population of each cluster by rank: published, or of its cities."""
    people = sites["geonameid"].map(cities.set_index("geonameid")["population"]).fillna(0.0)
    main = people.where(sites["kind"] == "core", 0.0).groupby(sites["rank"]).sum()
    published = world.margins.set_index("rank")["population"]
    wanted = published.fillna(UNTOLD * main.reindex(published.index)).fillna(0.0)
    return np.concatenate(([0.0], wanted.to_numpy(float)))


def _spread(cities: pd.DataFrame, shape: tuple[int, int]) -> Real:
    """Return the inhabitants of all cities, spread over the cells around them."""
    people = np.maximum(cities["population"].to_numpy(float), 0.0)
    width_deg = 0.02 * (1.0 + np.log10(1.0 + people / 2e4))
    cell, square = _around(
        cities["latitude"].to_numpy(float), cities["longitude"].to_numpy(float), shape, STEPS
    )
    weight = np.exp(-square / (2.0 * width_deg[:, None] ** 2)) + 1e-12
    weight *= (people / weight.sum(axis=1))[:, None]
    return np.asarray(np.bincount(cell.ravel(), weight.ravel(), shape[0] * shape[1]), float)
