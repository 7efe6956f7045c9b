"""How many people live on the ground of each cluster."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.footprint._cells import CELL_RULES, Disc, persons_in_cells
from hubscan.footprint._members import Members, check_disc, members_by_cluster, one_of
from hubscan.footprint._near import Sites, nearest_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.footprint.raster import PopulationRaster


People: TypeAlias = "PopulationRaster | pd.DataFrame | None"
"""Where people live: a raster, cities of a gazetteer, or not known."""

CITY_COLUMNS: Final = ("latitude", "longitude", "population")
"""What a table of cities must have."""

OVERLAPS: Final = ("nearest", "both")
"""Who has what lies in several footprints: the cluster of the nearest member place, or each."""


def population(  # noqa: PLR0913 - three tables, two numbers of the disc, two rules
    membership: pd.DataFrame,
    footprints: pd.DataFrame,
    people: People,
    *,
    buffer_deg: float,
    buffer_shape: str,
    cell_rule: str,
    overlap: str,
) -> pd.DataFrame:
    """
    Return the number of people on the ground of each cluster.

    Parameters
    ----------
    membership
        Table ``membership``: ``place``, ``latitude``, ``longitude``, ``cluster``.
    footprints
        ``cluster`` and ``geometry``; used by ``"area_weighted"`` only.
    people
        A population raster; or cities (``latitude``, ``longitude``, ``population``), a model: the
        whole of a city counts where its centre lies; or None.
    buffer_deg, buffer_shape
        Radius and shape of the discs around member places: ``"planar_degrees"`` or ``"geodesic"``.
    cell_rule
        ``"centre"``: a cell counts whole if its centre is within a disc; ``"area_weighted"``: by
        the part of it inside the footprint.
    overlap
        ``"nearest"``: what is in several footprints goes to the cluster of the member place nearest
        to the cell's centre, the lower id of equally near ones; ``"both"``: to each.

    Returns
    -------
    population
        ``cluster`` (ascending), ``population`` (persons, unrounded); missing for clusters with
        members outside the raster, and for all if ``people`` is None.

    Raises
    ------
    InputError
        If a parameter is not known, or the raster or the cities can't be used.

    Notes
    -----
    Cells without data hold nobody. Sums are rounded once, at the end, and do not depend on the
    order of rows or windows.

    Examples
    --------
    >>> membership = pd.DataFrame(
    ...     {"place": [1], "latitude": [50.0], "longitude": [8.0], "cluster": [1]}
    ... )
    >>> cities = pd.DataFrame(
    ...     {"latitude": [50.04, 50.06], "longitude": 8.0, "population": [2000, 700]}
    ... )
    >>> population(
    ...     membership,
    ...     None,
    ...     cities,
    ...     buffer_deg=0.05,
    ...     buffer_shape="geodesic",
    ...     cell_rule="centre",
    ...     overlap="nearest",
    ... )["population"].tolist()
    [2000.0]
    """
    check_disc(buffer_deg, buffer_shape)
    one_of(cell_rule, CELL_RULES, name="cell_rule")
    one_of(overlap, OVERLAPS, name="overlap")
    clusters = list(members_by_cluster(membership))
    disc = Disc(buffer_deg, buffer_shape)
    if people is None or not clusters:
        persons = [np.nan] * len(clusters)
    elif isinstance(people, pd.DataFrame):
        persons = _persons_in_cities(clusters, people, disc, overlap)
    else:
        shapes = dict(zip(footprints["cluster"], footprints.geometry, strict=True))
        grounds = [shapes.get(each.cluster) for each in clusters]
        rules = {"cell_rule": cell_rule, "overlap": overlap}
        persons = persons_in_cells(clusters, grounds, people, disc, **rules)
    return pd.DataFrame(
        {
            "cluster": np.array([each.cluster for each in clusters], np.int64),
            "population": np.array(persons, np.float64),
        }
    )


def _persons_in_cities(
    clusters: Sequence[Members], cities: pd.DataFrame, disc: Disc, overlap: str
) -> list[float]:
    """Return the people of the cities whose centre is in a disc of each cluster."""
    missing = [name for name in CITY_COLUMNS if name not in cities]
    if missing or cities[list(CITY_COLUMNS)].isna().to_numpy().any():
        what = f"column {missing[0]!r} is missing" if missing else "values are missing"
        msg = f"footprint: cities: {what}: needed {', '.join(CITY_COLUMNS)}"
        raise InputError(msg)
    latitude, longitude, persons = (cities[name].to_numpy(np.float64) for name in CITY_COLUMNS)
    everywhere = Sites(
        np.concatenate([each.latitude for each in clusters]),
        np.concatenate([each.longitude for each in clusters]),
        disc.shape,
    )
    near = np.isfinite(everywhere.degrees(latitude, longitude, within=disc.radius_deg))
    latitude, longitude, persons = latitude[near], longitude[near], persons[near]
    distance = [
        Sites(each.latitude, each.longitude, disc.shape).degrees(
            latitude, longitude, within=disc.radius_deg
        )
        for each in clusters
    ]
    inside = [np.isfinite(each) for each in distance]
    if overlap == "nearest":
        inside = nearest_only(distance)
    return [fsum(persons[each].tolist()) for each in inside]
