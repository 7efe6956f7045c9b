"""The layers of a map, from the sea to the circles of the clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
from matplotlib.colors import to_rgba
from matplotlib.patches import Polygon

from hubscan.report.basemap import base_map
from hubscan.report.index_style import INK
from hubscan.report.map_key import BEYOND, OUTSIDE, SMALLEST, palette
from hubscan.report.sheet import PAPER, fill, stroke, text_width, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch
    from numpy.typing import NDArray

    from hubscan.report.plane import View

SEA, LAND, COAST, BORDER, GRATICULE = "#e6ecef", "#fbfaf6", "#b4c0c6", "#c4c8c6", "#dae2e6"
_SPECK: Final = 0.08
_BAR: Final = 130.0
_NICE: Final = (1, 2, 5)
_WIDE, _WIDER = 60.0, 200.0


class Marks(NamedTuple):
    """The circles of the clusters, best rank first."""

    ranks: list[int]
    names: list[str]
    centres: NDArray[np.float64]
    """Shape (clusters, 2), points of the sheet; NaN outside the map."""

    radii: NDArray[np.float64]
    """Points."""

    bands: NDArray[np.intp]
    """From 0; clusters beyond the last band have the number of bands."""

    colours: NDArray[np.str_]

    @property
    def shown(self) -> NDArray[np.intp]:
        """Which of them the map shows."""
        return np.flatnonzero(~np.isnan(self.centres[:, 0]))


def marks(
    clusters: pd.DataFrame, view: View, *, rank_bands: Sequence[int], largest: float
) -> Marks:
    """
    Return the circles of clusters: area in proportion to total share, colour by rank band.

    Parameters
    ----------
    clusters
        ``rank``, ``name``, ``latitude``, ``longitude``, ``total_share``, best first.
    view
        Where they are drawn.
    rank_bands
        Last rank of each band; clusters beyond are small and pale.
    largest
        Radius of the cluster with the largest share, points.

    Returns
    -------
    circles
        In the order of ``clusters``.
    """
    rank = clusters["rank"].to_numpy(np.int64)
    share = clusters["total_share"].to_numpy(float)
    bands = np.searchsorted(np.asarray(rank_bands), rank, side="left")
    radii = largest * np.sqrt(share / max(share.max(initial=0.0), np.finfo(float).tiny))
    radii = np.where(bands < len(rank_bands), np.maximum(radii, SMALLEST), SMALLEST)
    colours = np.array([*palette(len(rank_bands)), BEYOND])
    names = [str(name) for name in clusters["name"]]
    return Marks(rank.tolist(), names, view.points(clusters), radii, bands, colours[bands])


def draw_ground(axes: Axes, view: View) -> Patch:
    """
    Draw sea, graticule, land and borders.

    Parameters
    ----------
    axes
        Of a sheet.
    view
        What is drawn, and where.

    Returns
    -------
    sea
        The whole map; other layers are cut at its edge.
    """
    sea = Polygon(view.outline, facecolor=SEA, edgecolor="none", zorder=0)
    axes.add_patch(sea)
    lines = view.shapes(_graticule(view))
    stroke(axes, lines, colors=GRATICULE, linewidths=0.5, zorder=1, clip_path=sea)
    ground = base_map()
    land = view.shapes(ground.land)
    land = land[shapely.area(land) > _SPECK]
    fill(axes, land, facecolor=LAND, edgecolor=COAST, linewidth=0.35, zorder=2, clip_path=sea)
    borders = view.shapes(ground.borders)
    stroke(
        axes,
        borders,
        colors=BORDER,
        linewidths=0.45,
        linestyles=(0, (3.0, 2.0)),
        zorder=3,
        clip_path=sea,
    )
    return sea


def _graticule(view: View) -> NDArray[np.object_]:
    west, south, east, north = view.plane.window
    step = 10 if east - west < _WIDE else 20 if east - west < _WIDER else 30
    first = int(np.ceil(west / step)) * step
    meridians = [[(x, south), (x, north)] for x in range(first, int(east) + 1, step)]
    parallels = [[(west, y), (east, y)] for y in range(-90 + step, 90, step) if south < y < north]
    return np.array([shapely.LineString(line) for line in (*meridians, *parallels)], dtype=object)


def draw_noise(axes: Axes, points: NDArray[np.float64], *, radius: float) -> None:
    """
    Draw the places outside clusters as grey dots, as an image even in a vector file.

    Parameters
    ----------
    axes
        Of a sheet.
    points
        Shape (places, 2), points of the sheet; NaN outside the map.
    radius
        Of a dot, points.
    """
    seen = points[~np.isnan(points[:, 0])]
    # equal files from tables in any order
    seen = seen[np.lexsort((seen[:, 0], seen[:, 1]))]
    axes.scatter(
        seen[:, 0], seen[:, 1], s=(2.0 * radius) ** 2, c=OUTSIDE, alpha=0.45, linewidths=0.0,
        rasterized=True, zorder=4,
    )  # fmt: skip


def draw_footprints(
    axes: Axes, footprints: NDArray[np.object_], circles: Marks, *, colour: str, clip: Patch
) -> None:
    """
    Draw the ground the clusters cover, the best on top.

    Parameters
    ----------
    axes
        Of a sheet.
    footprints
        Points of the sheet, in the order of ``circles``.
    circles
        Of the clusters.
    colour
        Of all; empty for that of the rank band.
    clip
        The map.
    """
    for band in np.unique(circles.bands)[::-1]:
        within = circles.bands == band
        own = colour or str(circles.colours[within][0])
        look = {"facecolor": own, "edgecolor": INK, "linewidth": 0.3, "alpha": 0.85}
        if colour:
            look = {"facecolor": own, "edgecolor": "none", "linewidth": 0.0, "alpha": 0.3}
        fill(axes, footprints[within], zorder=7.5 if colour else 6.5, clip_path=clip, **look)


def draw_marks(axes: Axes, circles: Marks, *, opacity: float, clip: Patch) -> None:
    """
    Draw the circles, the larger below, each with a pale rim that sets it off from the next.

    Parameters
    ----------
    axes
        Of a sheet.
    circles
        Of the clusters.
    opacity
        Of their fill.
    clip
        The map.
    """
    order = circles.shown[np.argsort(-circles.radii[circles.shown], kind="stable")]
    twice = np.repeat(order, 2)
    rim = np.arange(len(twice)) % 2 == 0
    inside = [to_rgba("none" if pale else colour, None if pale else opacity)
              for pale, colour in zip(rim, circles.colours[twice], strict=True)]  # fmt: skip
    axes.scatter(
        circles.centres[twice, 0],
        circles.centres[twice, 1],
        s=(2.0 * circles.radii[twice]) ** 2,
        c=inside or None,
        edgecolors=np.where(rim, PAPER, INK).tolist(),
        linewidths=np.where(rim, 1.3, 0.35).tolist(),
        zorder=7,
        clip_path=clip,
    )


def draw_scale_bar(axes: Axes, view: View) -> None:
    """
    Draw a bar of a round number of kilometres in the lower right corner.

    Parameters
    ----------
    axes
        Of a sheet.
    view
        Its scale holds in the middle of the map.
    """
    most = _BAR / view.scale / 1000.0
    power = 10 ** int(np.floor(np.log10(most)))
    length = max(step * power for step in _NICE if step * power <= most)
    right, foot = view.frame.right - 14.0, view.frame.foot + 14.0
    left = right - length * 1000.0 * view.scale
    axes.plot([left, right], [foot, foot], color=INK, linewidth=1.2, zorder=9)
    word = f"{length} km"
    middle = (left + right - text_width(word, size=8.0)) / 2.0
    write(axes, middle, foot + 4.0, word, size=8.0, halo=SEA)
