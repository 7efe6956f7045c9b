"""Maps of the clusters: the world and its regions, quiet, exact, and equal byte by byte."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from hubscan.errors import InputError
from hubscan.report.basemap import ATTRIBUTION, base_map
from hubscan.report.index_style import FORMS, INK, drawing_style
from hubscan.report.labels import CELL, Ground, placement
from hubscan.report.map_key import (
    BEYOND,
    KEY_HEIGHT,
    LARGEST,
    OUTSIDE,
    SMALLEST,
    palette,
    write_key,
)
from hubscan.report.plane import Extent, Plane, region_plane, world_plane
from hubscan.report.sheet import (
    PAPER,
    Frame,
    blank_sheet,
    fill,
    stroke,
    text_width,
    write,
    write_headings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

DOTS_PER_INCH: Final = 200
SEA, LAND, COAST, BORDER, GRATICULE = "#e6ecef", "#fbfaf6", "#b4c0c6", "#c9ccca", "#dae2e6"
_NAME: Final = 9.5
_CLUSTER_COLUMNS: Final = ("rank", "name", "latitude", "longitude", "total_share", "geometry")
_NOISE_COLUMNS: Final = ("latitude", "longitude", "addresses")
_FORBIDDEN: Final = 1e6


@dataclass(frozen=True)
class View:
    """A plane laid on a sheet: degrees to points."""

    plane: Plane
    scale: float
    left: float
    foot: float

    def on_sheet(self, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return metres of the plane as points of the sheet."""
        west, south, _, _ = self.plane.bounds
        return (flat - np.array([west, south])) * self.scale + np.array([self.left, self.foot])

    def points(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Return the places of a table as points of the sheet."""
        return self.on_sheet(
            self.plane.points(table["latitude"].to_numpy(), table["longitude"].to_numpy())
        )

    def shapes(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return geometries in degrees as geometries in points of the sheet."""
        return np.asarray(shapely.transform(self.plane.shapes(shapes), self.on_sheet))

    @property
    def frame(self) -> Frame:
        """The rectangle about the map."""
        west, south, east, north = self.plane.bounds
        return Frame(
            self.left, self.foot,
            self.left + (east - west) * self.scale, self.foot + (north - south) * self.scale,
        )  # fmt: skip


class Marks(NamedTuple):
    """The circles of clusters, best rank first."""

    ranks: list[int]
    names: list[str]
    centres: NDArray[np.float64]
    radii: NDArray[np.float64]
    bands: NDArray[np.intp]
    colours: list[str]


def world_map(  # noqa: PLR0913 - two tables, three texts, and what is told apart and named
    clusters: gpd.GeoDataFrame,
    noise: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    caption: str,
    rank_bands: Sequence[int],
    labelled: int,
) -> Figure:
    with drawing_style():
        figure, axes = blank_sheet()
        caption = f"{caption} {ATTRIBUTION}".strip()
        room = write_headings(axes, title=title, subtitle=subtitle, caption=caption)
        view = laid(world_plane(), Frame(room.left, room.foot + KEY_HEIGHT, room.right, room.head))
        _draw(axes, view, clusters, noise, rank_bands=rank_bands, labelled=labelled)
    return figure


def laid(plane: Plane, room: Frame) -> View:
    west, south, east, north = plane.bounds
    scale = min((room.right - room.left) / (east - west), (room.head - room.foot) / (north - south))
    left = (room.left + room.right - (east - west) * scale) / 2.0
    foot = (room.foot + room.head - (north - south) * scale) / 2.0
    return View(plane, scale, left, foot)


def _draw(axes: Axes, view: View, clusters: gpd.GeoDataFrame, noise: pd.DataFrame, *, rank_bands: Sequence[int], labelled: int) -> None:
    draw_ground(axes, view)
    dots = view.points(noise)
    axes.scatter(dots[:, 0], dots[:, 1], s=0.9, c=OUTSIDE, alpha=0.45, linewidths=0.0, rasterized=True, zorder=5)
    marks = marks_of(clusters, view, rank_bands=rank_bands)
    draw_marks(axes, view, clusters, marks)
    write_names(axes, view, marks, dots, labelled=labelled)
    frame = view.frame
    write_key(
        axes, Frame(30.0, frame.foot - KEY_HEIGHT-4, 1122.0, frame.foot-4), rank_bands=rank_bands,
        beyond=bool((marks.bands >= len(rank_bands)).any()),
        largest_share=float(clusters["total_share"].max()),
    )


def draw_ground(axes: Axes, view: View) -> None:
    outline = np.array([view.on_sheet_shape(view.plane.outline)]) if False else np.array([shapely.transform(view.plane.outline, view.on_sheet)])
    fill(axes, outline, facecolor=SEA, edgecolor="none", zorder=0)
    west, south, east, north = view.plane.window
    meridians = [shapely.LineString([(x, south), (x, north)]) for x in range(-180, 181, 30)]
    parallels = [shapely.LineString([(west, y), (east, y)]) for y in range(-60, 90, 30)]
    stroke(axes, view.shapes(np.array(meridians + parallels)), colors=GRATICULE, linewidths=0.5, zorder=1)
    ground = base_map()
    land = view.shapes(ground.land)
    land = shapely.simplify(land, 0.12)
    land = land[shapely.area(land) > 0.05]
    fill(axes, land, facecolor=LAND, edgecolor=COAST, linewidth=0.35, zorder=2)
    stroke(axes, shapely.simplify(view.shapes(ground.borders), 0.12), colors=BORDER, linewidths=0.45, linestyles=(0, (3.0, 2.0)), zorder=3)


def marks_of(clusters: gpd.GeoDataFrame, view: View, *, rank_bands: Sequence[int]) -> Marks:
    table = clusters.sort_values(["rank", "cluster"])
    centres = view.points(table)
    bands = np.searchsorted(np.asarray(rank_bands), table["rank"].to_numpy(), side="left")
    share = table["total_share"].to_numpy(float)
    radii = np.maximum(LARGEST * np.sqrt(share / share.max()), SMALLEST)
    radii = np.where(bands < len(rank_bands), radii, SMALLEST)
    colours = [*palette(len(rank_bands)), BEYOND]
    return Marks(
        [int(rank) for rank in table["rank"]], [str(name) for name in table["name"]],
        centres, radii, bands, [colours[band] for band in bands],
    )


def draw_marks(axes: Axes, view: View, clusters: gpd.GeoDataFrame, marks: Marks) -> None:
    order = np.argsort(-marks.radii, kind="stable")
    axes.scatter(
        marks.centres[order, 0], marks.centres[order, 1], s=(2.0 * marks.radii[order]) ** 2,
        c=[marks.colours[at] for at in order], edgecolors=INK, linewidths=0.35, alpha=0.9, zorder=7,
    )


def write_names(axes: Axes, view: View, marks: Marks, dots: NDArray[np.float64], *, labelled: int) -> None:
    shown = np.flatnonzero(~np.isnan(marks.centres[:, 0]))[:labelled]
    numbers = [str(marks.ranks[at]) for at in shown]
    names = [marks.names[at] for at in shown]
    first = [text_width(number, size=_NAME, bold=True) + 3.5 for number in numbers]
    sizes = np.array([(a + text_width(name, size=_NAME), 1.12 * _NAME) for a, name in zip(first, names, strict=True)])
    places = placement(marks.centres[shown], marks.radii[shown], sizes, ground=needed_ground(view, marks, dots, shown))
    for at in np.flatnonzero(places.fits):
        left, foot, _, _ = places.boxes[at]
        if places.led[at]:
            x0, y0, x1, y1 = places.lines[at]
            axes.plot([x0, x1], [y0, y1], color=INK, linewidth=0.5, zorder=8, solid_capstyle="butt")
        base = foot + 0.27 * _NAME
        write(axes, left, base, numbers[at], size=_NAME, bold=True, colour="#8f1d14", halo=LAND)
        write(axes, left + first[at], base, names[at], size=_NAME, halo=LAND)


def needed_ground(view: View, marks: Marks, dots: NDArray[np.float64], shown: NDArray[np.intp]) -> Ground:
    frame = view.frame
    columns, rows = int((frame.right - frame.left) / CELL), int((frame.head - frame.foot) / CELL)
    x = frame.left + CELL * (np.arange(columns) + 0.5)
    y = frame.foot + CELL * (np.arange(rows) + 0.5)
    seen = dots[~np.isnan(dots[:, 0])]
    column = np.clip(((seen[:, 0] - frame.left) / CELL).astype(int), 0, columns - 1)
    row = np.clip(((seen[:, 1] - frame.foot) / CELL).astype(int), 0, rows - 1)
    need = np.zeros((rows, columns))
    need[row, column] = 0.15
    weight = np.where(marks.bands < 4, 8.0 - 1.5 * marks.bands, 0.8)
    weight[shown] = 40.0
    for at in np.flatnonzero(~np.isnan(marks.centres[:, 0])):
        near = np.hypot(x[None, :] - marks.centres[at, 0], y[:, None] - marks.centres[at, 1]) < marks.radii[at] + 1.0
        need[near] += weight[at]
    return Ground(need, frame.left, frame.foot)


def save(figure: Figure, path: Path) -> None:
    """Write a figure."""
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        msg = f"{path.name}: a figure is written as one of {', '.join(FORMS)}"
        raise InputError(msg)
    buffer = io.BytesIO()
    with drawing_style():
        figure.savefig(buffer, format=form, dpi=DOTS_PER_INCH, metadata=dict(FORMS[form]))
    path.write_bytes(buffer.getvalue())
