"""Population rasters: which cells lie where, read window by window as they are asked for."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pyproj
import rasterio
from rasterio.windows import Window

from hubscan.errors import InputError
from hubscan.footprint._stamp import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_BLOCK: Final = 256
_QUARTER_DEG: Final = 90.0
_SAME_PLACE_DEG: Final = 1e-6
_WGS84: Final = "EPSG:4326"


@dataclass(frozen=True)
class Cells:
    """
    A window of a population raster.

    Attributes
    ----------
    values
        Persons in each cell, the first row in the north; NaN where there are no data.
    corner
        x and y of the north-western corner, in the units of ``crs``.
    step
        Width and height of a cell, both positive.
    crs
        The coordinate system, as text that pyproj reads.
    """

    values: NDArray[np.float64]
    corner: tuple[float, float]
    step: tuple[float, float]
    crs: str

    def northward(self) -> tuple[Rows, NDArray[np.float64]]:
        """Return the rows of cells from south to north, those beyond a pole left out."""
        count = len(self.values)
        y = self.corner[1] - self.step[1] * (np.arange(count, 0, -1) - 0.5)
        latitude, longitude, degree = _parallels(y, self.crs)
        first = longitude + (self.corner[0] + self.step[0] / 2.0) / degree
        real = np.isfinite(latitude)
        rows = Rows(latitude[real], first[real], (self.step[0] / degree)[real])
        return rows, self.values[::-1][real]

    def cell_coordinates(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of longitude and latitude lie, in columns and rows northward."""
        x, y = _transformer(_WGS84, self.crs).transform(*points.T)
        south = self.corner[1] - self.step[1] * len(self.values)
        middles = south + self.step[1] * (np.arange(len(self.values)) + 0.5)
        beyond = int(np.argmax(np.isfinite(_parallels(middles, self.crs)[0])))
        return np.column_stack(
            ((x - self.corner[0]) / self.step[0], (y - south) / self.step[1] - beyond)
        )


class PopulationRaster(Protocol):
    """What gives the cells of a population raster."""

    def windows(self, boxes: NDArray[np.float64]) -> Iterator[Cells]:
        """
        Give windows that together hold all cells of some boxes, no cell twice.

        Parameters
        ----------
        boxes
            Array of shape (n, 4): west, south, east, north, degrees within 180 and 90.
        """
        ...


@dataclass(frozen=True)
class RasterFiles:
    """A population raster in files, one or several tiles; nothing is read before it is needed."""

    paths: tuple[Path, ...]

    def windows(self, boxes: NDArray[np.float64]) -> Iterator[Cells]:
        """Give the blocks of all tiles that some boxes touch."""
        for path in self.paths:
            with _opened(path) as tile:
                for window in _blocks(tile, boxes):
                    yield _read(tile, window, path)


@dataclass(frozen=True)
class RasterArray:
    """A population raster in memory."""

    cells: tuple[Cells, ...]

    def windows(self, boxes: NDArray[np.float64]) -> Iterator[Cells]:  # noqa: ARG002 - all are at hand
        """Give all windows."""
        yield from self.cells


def population_raster(paths: Sequence[Path]) -> RasterFiles:
    """
    Return the population raster that some files hold, after a look at their headers.

    Parameters
    ----------
    paths
        GeoTIFF files, or others that GDAL reads: one, or tiles of one raster that do not overlap.

    Returns
    -------
    raster
        Reads only the windows it is asked for; cells marked as without data are masked by the
        file's own mark (-200, NaN, or the greatest number of the type).

    Raises
    ------
    InputError
        If a file can't be read, is not one band along parallels, or tiles overlap.
    """
    extents = []
    for path in paths:
        with _opened(path) as tile, _sentences(path):
            _check(tile, path)
            extents.append((path, tile.crs.to_wkt(), tile.bounds, tile.res))
    for (one, crs, a, step), (other, other_crs, b, _) in combinations(extents, 2):
        width = min(a.right, b.right) - max(a.left, b.left)
        height = min(a.top, b.top) - max(a.bottom, b.bottom)
        if crs != other_crs:
            msg = f"{other.name}: is in another coordinate system than {one.name}: needed the same"
            raise InputError(msg)
        if width > step[0] / 2 and height > step[1] / 2:
            msg = f"{other.name}: overlaps {one.name}: people would be counted twice"
            raise InputError(msg)
    return RasterFiles(tuple(paths))


def _opened(path: Path) -> rasterio.DatasetReader:
    with _sentences(path), warnings.catch_warnings():
        # that a file lies nowhere is told by the check of its header
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        return rasterio.open(path)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except (rasterio.errors.RasterioError, pyproj.exceptions.ProjError) as error:
        reason = " ".join(str(error.__cause__ or error).split())
        msg = f"{path.name}: can't be read as a raster: {reason}: is the file whole?"
        raise InputError(msg) from error


def _check(tile: rasterio.DatasetReader, path: Path) -> None:
    """Raise InputError if a raster is not one band of rows along parallels."""
    turned = tile.transform.b or tile.transform.d or tile.transform.a < 0 or tile.transform.e > 0
    if tile.count != 1 or tile.crs is None or turned:
        msg = f"{path.name}: must be one band, north up, with a coordinate system"
        raise InputError(msg)
    middle = (tile.bounds.bottom + tile.bounds.top) / 2.0
    _parallels(np.array([middle]), tile.crs.to_wkt())


def _blocks(tile: rasterio.DatasetReader, boxes: NDArray[np.float64]) -> Iterator[Window]:
    """Give the blocks of a tile that boxes touch, no block twice."""
    transformer = _transformer(_WGS84, tile.crs.to_wkt())
    touched: set[tuple[int, int]] = set()
    for box in boxes.tolist():
        west, south, east, north = transformer.transform_bounds(
            box[0], box[1], box[2], box[3], densify_pts=21
        )
        left, right = ((x - tile.transform.c) / tile.transform.a for x in (west, east))
        top, bottom = ((y - tile.transform.f) / tile.transform.e for y in (north, south))
        rows = range(
            max(int(top) - 1, 0) // _BLOCK, int(min(bottom + 1, tile.height)) // _BLOCK + 1
        )
        columns = range(
            max(int(left) - 1, 0) // _BLOCK, int(min(right + 1, tile.width)) // _BLOCK + 1
        )
        touched.update((row, column) for row in rows for column in columns)
    for row, column in sorted(touched):
        height = min(_BLOCK, tile.height - row * _BLOCK)
        width = min(_BLOCK, tile.width - column * _BLOCK)
        if height > 0 and width > 0:
            yield Window(column * _BLOCK, row * _BLOCK, width, height)


def _read(tile: rasterio.DatasetReader, window: Window, path: Path) -> Cells:
    """Return a window of a tile, cells without data as NaN."""
    with _sentences(path):
        values = tile.read(1, window=window)
    empty = np.isnan(values) if np.issubdtype(values.dtype, np.floating) else np.zeros(1, np.bool_)
    if tile.nodata is not None:
        empty = empty | (values == tile.nodata)
    values = np.where(empty, np.nan, values.astype(np.float64))
    if (values < 0.0).any():
        least = float(np.nanmin(values))
        msg = f"{path.name}: holds {least:g} persons in a cell: is its no-data mark missing?"
        raise InputError(msg)
    width, height = tile.transform.a, -tile.transform.e
    corner = tile.transform.c + window.col_off * width, tile.transform.f - window.row_off * height
    return Cells(values, corner, (width, height), tile.crs.to_wkt())


def _parallels(
    y: NDArray[np.floating[Any]], crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """
    Return the latitude of each row, the longitude of x = 0 there, and the length of a degree.

    Rows beyond the poles have latitude NaN.
    """
    back, forth = _transformer(crs, _WGS84), _transformer(_WGS84, crs)
    origin, latitude = back.transform(np.zeros(len(y)), y)
    beyond = ~np.isfinite(latitude) | ~np.isfinite(origin)
    latitude, origin = (np.where(beyond, 0.0, each) for each in (latitude, origin))
    turn = np.where(origin > 0.0, -_QUARTER_DEG, _QUARTER_DEG)
    x, height = forth.transform(origin + turn, latitude)
    half, _ = forth.transform(origin + turn / 2.0, latitude)
    degree = x / turn
    straight = np.abs(height - y)[~beyond] <= _SAME_PLACE_DEG * np.abs(degree)[~beyond]
    even = np.abs(2.0 * half - x) <= _SAME_PLACE_DEG * np.abs(degree)
    if not (straight.all() and even[~beyond].all()):
        name = pyproj.CRS.from_user_input(crs).name
        msg = (
            f"population raster: {name} has no straight parallels: needed WGS84 or World Mollweide"
        )
        raise InputError(msg)
    return np.where(beyond, np.nan, latitude), origin, degree


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
