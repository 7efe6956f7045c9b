"""The gazetteer's places nearest to coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.proximity import PointTree
from hubscan.sphere import arc_km, unit_vectors

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from hubscan.geocode.gazetteer import Gazetteer


def nearest_cities(
    latitude: ArrayLike, longitude: ArrayLike, gazetteer: Gazetteer, *, min_population: int
) -> pd.DataFrame:
    """
    Return the place of the gazetteer that is nearest to each point.

    Parameters
    ----------
    latitude, longitude
        Degrees; arrays of one length.
    gazetteer
        The places.
    min_population
        Places of fewer inhabitants are passed over; 0 takes all.

    Returns
    -------
    nearest
        One row a point: ``geonameid``, ``name``, ``country`` and ``distance_km`` (great circle).

    Examples
    --------
    >>> from hubscan.geocode import bundled
    >>> nearest_cities([48.8606], [2.3376], bundled(), min_population=1_000_000)["name"].tolist()
    ['Paris']
    """
    cities = gazetteer.cities[gazetteer.cities["population"] >= min_population]
    tree = PointTree(unit_vectors(cities["latitude"], cities["longitude"]))
    chords, rows = tree.nearest(unit_vectors(latitude, longitude))
    table = cities.iloc[rows][["geonameid", "name", "country"]].reset_index(drop=True)
    return table.assign(country=table["country"].astype("str"), distance_km=arc_km(chords))
