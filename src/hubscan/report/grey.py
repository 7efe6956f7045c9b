"""The grey points of the maps: places outside clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hubscan.schema import NOISE
from hubscan.sphere import coordinates, rows_among


def grey_points(
    place_addresses: pd.DataFrame,
    membership: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    minimum: int,
    grid_deg: float,
) -> pd.DataFrame:
    """
    Return the grey points of the maps: places outside clusters, gathered on a grid.

    Parameters
    ----------
    place_addresses, membership, totals
        Tables of these names.
    minimum
        Fewest addresses at a point.
    grid_deg
        Cell of the grid, degrees.

    Returns
    -------
    points
        ``latitude``, ``longitude`` (degrees, centre of the cell), ``addresses``.
    """
    outside = membership.loc[membership["cluster"] == NOISE, "place"]
    rows = place_addresses[rows_among(place_addresses["place"], outside) >= 0]
    latitude, longitude = coordinates(rows["place"].to_numpy())
    # counts at places are held in units of a fraction of one
    codes, indicators = pd.factorize(rows["indicator"])
    unit = totals.set_index("indicator")["unit"].reindex(indicators).to_numpy()
    number = rows["addresses"].to_numpy() / unit[codes]
    cells = pd.DataFrame(
        {
            "latitude": np.round(latitude / grid_deg).astype(int),
            "longitude": np.round(longitude / grid_deg).astype(int),
            "addresses": number,
        }
    )
    gathered = cells.groupby(["latitude", "longitude"], as_index=False)["addresses"].sum()
    kept: pd.DataFrame = gathered[gathered["addresses"] >= minimum].reset_index(drop=True)
    return kept.assign(latitude=kept["latitude"] * grid_deg, longitude=kept["longitude"] * grid_deg)
