"""Planes maps are drawn in: the world in Equal Earth, a region in its own equal-area plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyproj
import shapely

from hubscan.errors import InputError
from hubscan.report.basemap import WEST, around
from hubscan.sphere import EARTH_RADIUS_KM

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_RADIUS_M: Final = 1000.0 * EARTH_RADIUS_KM
_WORLD: Final[Extent] = (WEST, -58.0, WEST + 360.0, 84.0)
_WIDEST: Final = 150.0
_QUARTER, _HALF, _FULL = 90.0, 180.0, 360.0
_STEP: Final = 1.0
_DECIMALS: Final = 2
_FINEST: Final = 0.18
"""Detail that is left out, points: half a dot of the finest figure."""


@dataclass(frozen=True)
class Plane:
    """A flat map: how degrees become metres, which degrees it shows, and its outline."""

    projection: pyproj.Proj
    """Longitude and latitude to metres."""

    window: Extent
    """What it shows, degrees; the east may lie beyond 180."""

    outline: Any
    """Its edge, a shapely polygon, metres."""

    whole: bool
    """Whether it shows the whole world."""

    @property
    def bounds(self) -> Extent:
        """Left, bottom, right, top of the outline, metres."""
        left, bottom, right, top = self.outline.bounds
        return float(left), float(bottom), float(right), float(top)

    def points(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """
        Return points in metres, shape (points, 2); outside the outline they are not a number.

        Parameters
        ----------
        latitude, longitude
            Degrees.

        Examples
        --------
        >>> world_plane().points(np.array([0.0]), np.array([11.0])).tolist()
        [[0.0, 0.0]]
        """
        west, south, east, north = self.window
        turned = west + np.mod(np.asarray(longitude, float) - west, _FULL)
        upright = np.asarray(latitude, float)
        inside = (turned <= east) & (upright >= south) & (upright <= north)
        flat = np.full((len(turned), 2), np.nan)
        flat[inside] = np.column_stack(self.projection(turned[inside], upright[inside]))
        if not self.whole:
            # the window of a region is wider than its outline; that of the world is its outline
            flat[~shapely.intersects_xy(self.outline, flat[:, 0], flat[:, 1])] = np.nan
        return flat

    def shapes(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """
        Return geometries in metres, cut at the edge; what lies outside is empty.

        A region is cut a little beyond its outline, so that the cut itself is not seen.

        Parameters
        ----------
        shapes
            Degrees, longitude first.

        Examples
        --------
        >>> plane = region_plane((0, 40, 10, 50), aspect=1.5)
        >>> plane.shapes(np.array([shapely.box(100, 40, 101, 41)]))[0].is_empty
        True
        """
        parts = shapely.segmentize(around(shapes, extent=self.window), _STEP)
        flat = shapely.transform(
            parts, lambda xy: np.column_stack(self.projection(xy[:, 0], xy[:, 1]))
        )
        edge = self.outline if self.whole else _widened(self.outline)
        over = ~shapely.is_empty(flat) & ~shapely.covered_by(flat, edge)
        flat[over] = shapely.intersection(shapely.make_valid(flat[over]), edge)
        return np.asarray(flat, dtype=object)


def world_plane() -> Plane:
    """
    Return the world in Equal Earth, without the Antarctic, cut in the Bering Strait.

    Returns
    -------
    plane
        Its central meridian is 11 degrees east, so that no continent is cut.

    Examples
    --------
    >>> left, bottom, right, top = world_plane().bounds
    >>> round((right - left) / 1000), round((top - bottom) / 1000)
    (34488, 15084)
    """
    centre = _WORLD[0] + _HALF
    projection = pyproj.Proj(proj="eqearth", R=_RADIUS_M, lon_0=centre, over=True)
    return Plane(projection, _WORLD, _edge(projection, _WORLD), whole=True)


def region_plane(extent: Extent, *, aspect: float) -> Plane:
    """
    Return a region in the Lambert azimuthal equal-area plane about its middle.

    Parameters
    ----------
    extent
        What must be shown: west, south, east, north in degrees; a region over the antimeridian has
        its west greater than its east.
    aspect
        Width over height of the frame; the shorter side is lengthened to it.

    Returns
    -------
    plane
        Its outline is a rectangle.

    Raises
    ------
    InputError
        If the extent is empty, beyond the poles, or wider than 150 degrees.

    Examples
    --------
    >>> left, bottom, right, top = region_plane((0, 40, 10, 50), aspect=1.5).bounds
    >>> round((right - left) / (top - bottom), 6)
    1.5
    """
    west, south, east, north = _checked(extent)
    middle = (west + east) / 2.0
    projection = pyproj.Proj(
        proj="laea", R=_RADIUS_M, lon_0=middle, lat_0=(south + north) / 2.0, over=True
    )
    left, bottom, right, top = _edge(projection, (west, south, east, north)).bounds
    across = max(right - left, (top - bottom) * aspect)
    up = across / aspect
    x, y = (left + right) / 2.0, (bottom + top) / 2.0
    outline = shapely.box(x - across / 2.0, y - up / 2.0, x + across / 2.0, y + up / 2.0)
    return Plane(projection, _window(projection, outline, middle), outline, whole=False)


def _checked(extent: Extent) -> Extent:
    west, south, east, north = map(float, extent)
    east += _FULL if east < west else 0.0
    if not (-_QUARTER <= south < north <= _QUARTER and 0.0 < east - west <= _WIDEST):
        msg = (
            f"region map: extent = {tuple(extent)}: must be west, south, east, north in degrees, "
            f"south < north, at most {_WIDEST:g} degrees wide"
        )
        raise InputError(msg)
    return west, south, east, north


def _edge(projection: pyproj.Proj, extent: Extent) -> Any:  # noqa: ANN401 - a shapely geometry
    ring = shapely.segmentize(shapely.box(*extent), _STEP)
    return shapely.transform(ring, lambda xy: np.column_stack(projection(xy[:, 0], xy[:, 1])))


def _widened(outline: Any) -> Any:  # noqa: ANN401 - shapely geometries
    left, _, right, _ = outline.bounds
    return shapely.buffer(outline, 0.01 * (right - left), join_style="mitre")


def _window(projection: pyproj.Proj, outline: Any, middle: float) -> Extent:  # noqa: ANN401 - a shapely geometry
    """Return the degrees that a rectangle in the plane shows, with a margin."""
    left, bottom, right, top = outline.bounds
    grid = np.meshgrid(np.linspace(left, right, 41), np.linspace(bottom, top, 41))
    longitude, latitude = projection(grid[0].ravel(), grid[1].ravel(), inverse=True)
    away = np.mod(np.asarray(longitude) - middle + _HALF, _FULL) - _HALF
    latitude = np.asarray(latitude)
    south, north = float(latitude.min()) - 2.0, float(latitude.max()) + 2.0
    west, east = max(float(away.min()) - 2.0, -_HALF), min(float(away.max()) + 2.0, _HALF)
    if north >= _QUARTER or south <= -_QUARTER:
        # about a pole every longitude is shown
        west, east = -_HALF, _HALF
    return middle + west, max(south, -_QUARTER), middle + east, min(north, _QUARTER)


class Frame(NamedTuple):
    """A rectangle of the sheet, points."""

    left: float
    foot: float
    right: float
    head: float


@dataclass(frozen=True)
class View:
    """A plane laid on a sheet: degrees to points of the paper."""

    plane: Plane
    scale: float
    """Points per metre."""

    left: float
    foot: float

    @property
    def frame(self) -> Frame:
        """The rectangle about the map, points."""
        west, south, east, north = self.plane.bounds
        across, up = (east - west) * self.scale, (north - south) * self.scale
        return Frame(self.left, self.foot, self.left + across, self.foot + up)

    @property
    def outline(self) -> NDArray[np.float64]:
        """The edge of the map, shape (points, 2), points."""
        return self.on_sheet(shapely.get_coordinates(self.plane.outline))

    def on_sheet(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions in the plane, shape (points, 2), as positions on the sheet."""
        corner = np.asarray(self.plane.bounds[:2])
        return np.asarray((metres - corner) * self.scale + np.array([self.left, self.foot]))

    def points(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Return the places of a table (``latitude``, ``longitude``) on the sheet."""
        metres = self.plane.points(table["latitude"].to_numpy(), table["longitude"].to_numpy())
        return self.on_sheet(metres)

    def shapes(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return geometries in degrees on the sheet, without what is too fine to be seen."""
        on_sheet = shapely.transform(self.plane.shapes(shapes), self.on_sheet)
        simple = shapely.simplify(on_sheet, _FINEST)
        return np.asarray(shapely.transform(simple, lambda xy: xy.round(_DECIMALS)), dtype=object)


def laid(plane: Plane, room: Frame) -> View:
    """
    Return a plane laid into a room as large as it fits, in the middle.

    Parameters
    ----------
    plane
        Any plane.
    room
        Of the sheet, points.

    Examples
    --------
    >>> view = laid(world_plane(), Frame(0.0, 0.0, 1000.0, 1000.0))
    >>> round(view.frame.left), round(view.frame.foot), round(view.frame.head)
    (0, 281, 719)
    """
    west, south, east, north = plane.bounds
    wide, high = room.right - room.left, room.head - room.foot
    scale = min(wide / (east - west), high / (north - south))
    left = (room.left + room.right - (east - west) * scale) / 2.0
    foot = (room.foot + room.head - (north - south) * scale) / 2.0
    return View(plane, scale, left, foot)
