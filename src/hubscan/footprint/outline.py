"""The ground each cluster covers: polygons and their area."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from hubscan.footprint._mask import mask
from hubscan.footprint._members import check_disc, members_by_cluster, one_of
from hubscan.footprint._union import union
from hubscan.footprint.area import area_km2

if TYPE_CHECKING:
    from collections.abc import Callable

METHODS: Final[dict[str, Callable[..., shapely.Geometry]]] = {"union": union, "mask": mask}
"""Ways to draw an outline, by name."""


def footprints(
    membership: pd.DataFrame, *, buffer_deg: float, buffer_shape: str, outline: str
) -> pd.DataFrame:
    """
    Return the ground each cluster covers: the union of discs around its member places.

    Parameters
    ----------
    membership
        Table ``membership``: ``place``, ``latitude``, ``longitude``, ``cluster``; noise (-1) covers
        nothing.
    buffer_deg
        Radius of the discs, degrees.
    buffer_shape
        ``"planar_degrees"``: a circle in longitude and latitude degrees, narrower on the ground
        towards the poles and cut off there; ``"geodesic"``: a circle on the ground, of
        ``buffer_deg`` degrees of a meridian.
    outline
        ``"union"``: exact, but for discs being drawn as polygons of 64 sides around their circle,
        beyond it by at most 0.13 % of the radius; ``"mask"``: the cells of a grid of 0.001 degrees
        whose centre lies in a disc.

    Returns
    -------
    footprints
        ``cluster`` (ascending), ``geometry`` (MultiPolygon in EPSG:4326, counter-clockwise, cut at
        the antimeridian), ``area_km2`` (on the WGS84 ellipsoid).

    Raises
    ------
    InputError
        If a parameter is out of its domain, or a member has no coordinates.

    Notes
    -----
    Every member lies in the footprint of its cluster. The result does not depend on the order of
    rows. The definition is the Global Innovation Index's: all space within 0.05 degrees of a
    location of the cluster.

    Examples
    --------
    >>> import pandas as pd
    >>> membership = pd.DataFrame(
    ...     {"place": [1], "latitude": [0.0], "longitude": [180.0], "cluster": [1]}
    ... )
    >>> drawn = footprints(membership, buffer_deg=0.05, buffer_shape="geodesic", outline="union")
    >>> len(drawn.geometry[0].geoms), float(drawn["area_km2"][0].round(1))
    (2, 96.8)
    """
    check_disc(buffer_deg, buffer_shape)
    one_of(outline, METHODS, name="outline")
    every = list(members_by_cluster(membership))
    drawn_as = partial(METHODS[outline], buffer_deg=buffer_deg, buffer_shape=buffer_shape)
    # clusters are drawn side by side: neither kernels nor GEOS hold the interpreter
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        geometry = list(pool.map(lambda members: _multipolygon(drawn_as(members)), every))
    columns = {
        "cluster": np.array([members.cluster for members in every], np.int64),
        "area_km2": np.array([area_km2(shape) for shape in geometry], np.float64),
    }
    drawn = pd.DataFrame(columns).assign(geometry=pd.Series(geometry, dtype=object))
    return drawn[["cluster", "geometry", "area_km2"]]


def _multipolygon(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return a shape as one MultiPolygon, outer rings counter-clockwise, parts in one order."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.orient_polygons(shapely.normalize(shapely.multipolygons(polygons)))
