from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from hubscan import world as synthetic
from hubscan.errors import InputError

if TYPE_CHECKING:
    from hubscan.world import PopulationGrid, World

CELL_DEG = 1.0 / 24.0


@pytest.fixture(scope="module")
def grid(small: World, cities: pd.DataFrame) -> PopulationGrid:
    return synthetic.population_grid(small, cities, cell_deg=CELL_DEG)


def test_footprints_hold_the_published_populations(
    grid: PopulationGrid, small: World, placed: dict[str, pd.DataFrame]
) -> None:
    rows = pd.concat([p[["latitude", "longitude"]] for p in placed.values()]).drop_duplicates()
    truth = small.truth
    away, nearest = cKDTree(truth[["latitude", "longitude"]]).query(rows)
    rank = np.where(away < 0.06, truth["rank"].to_numpy()[nearest], 0)
    at = rows.to_numpy()[rank > 0]
    row, column = np.nonzero(grid.persons > 0.0)
    a, _, west, _, e, north = grid.transform
    centres = np.column_stack((north + (row + 0.5) * e, west + (column + 0.5) * a))
    away, nearest = cKDTree(at).query(centres, distance_upper_bound=0.05)
    inside = np.isfinite(away)
    people = np.bincount(rank[rank > 0][nearest[inside]], grid.persons[row, column][inside], 238)
    np.testing.assert_allclose(people[1:101], small.margins["population"][:100], rtol=0.02)


def test_the_grid_covers_the_globe(grid: PopulationGrid) -> None:
    assert grid.persons.shape == (4320, 8640)
    assert grid.persons.dtype == np.float32
    assert grid.persons.sum(dtype=float) == pytest.approx(8.1e9, rel=1e-4)
    assert (grid.persons >= 0.0).all()


def test_coarse_cells_are_refused(small: World, cities: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"at most 0\.05"):
        synthetic.population_grid(small, cities, cell_deg=0.07)
