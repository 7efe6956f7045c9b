"""A sheet of paper measured in points: headings, caption, shapes, and letters with widths."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextToPath

from hubscan.report.index_style import ACCENT, INK, MUTED
from hubscan.report.plane import Frame

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PAPER: Final = "#fffefb"
WIDTH, HEIGHT = 1152.0, 648.0
"""Of the sheet, points: 16 by 9 inches."""

MARGIN: Final = 30.0
_TITLE, _SUBTITLE, _CAPTION = 21.0, 12.5, 8.0
_LEADING: Final = 1.36
_FAMILY: Final = "DejaVu Sans"
_WARNED: Final = "synthetic"
_TAG: Final = "SYNTHETIC DATA"


def blank_sheet() -> tuple[Figure, Axes]:
    """
    Return an empty figure and its only axes, which measure points from the lower left corner.

    Examples
    --------
    >>> figure, axes = blank_sheet()
    >>> float(axes.viewLim.width), float(axes.viewLim.height)
    (1152.0, 648.0)
    """
    figure = Figure(figsize=(WIDTH / 72.0, HEIGHT / 72.0), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0.0, WIDTH)
    axes.set_ylim(0.0, HEIGHT)
    return figure, axes


def write_headings(axes: Axes, *, title: str, subtitle: str, caption: str) -> Frame:
    """
    Write title, subtitle and caption, wrapped, and return the room between them.

    Where the subtitle says that the data are synthetic, a tag in the corner says so as well.

    Parameters
    ----------
    axes
        Of a blank sheet.
    title, subtitle, caption
        Empty for none.

    Returns
    -------
    room
        For the map.
    """
    synthetic = _WARNED in subtitle.casefold()
    wide = WIDTH - 2.0 * MARGIN
    tag = text_width(_TAG, size=10.0, bold=True) + 2.0 * MARGIN if synthetic else 0.0
    head = HEIGHT - 20.0
    head = _lines(axes, wrapped(title, width=wide - tag, size=_TITLE, bold=True), head, _TITLE)
    head = _lines(axes, wrapped(subtitle, width=wide, size=_SUBTITLE), head, _SUBTITLE)
    if synthetic:
        _write_tag(axes)
    lines = wrapped(caption, width=wide, size=_CAPTION)
    foot = 16.0 + _LEADING * _CAPTION * len(lines)
    _lines(axes, lines, foot, _CAPTION)
    return Frame(MARGIN, foot + 8.0, WIDTH - MARGIN, head - 8.0)


def _lines(axes: Axes, lines: list[str], head: float, size: float) -> float:
    """Write lines downwards from a height, and return where they end."""
    for line in lines:
        head -= _LEADING * size
        write(
            axes, MARGIN, head + 0.3 * size, line, size=size, bold=size == _TITLE,
            colour=MUTED if size == _CAPTION else INK,
        )  # fmt: skip
    return head


def _write_tag(axes: Axes) -> None:
    axes.text(
        WIDTH - MARGIN - 6.0, HEIGHT - 36.0, _TAG, ha="right", va="center", fontsize=10.0,
        fontweight="bold", color=PAPER, parse_math=False,
        bbox={"boxstyle": "round,pad=0.45,rounding_size=0.3", "fc": ACCENT, "ec": "none"},
    )  # fmt: skip


def write(  # noqa: PLR0913 - what, where and how
    axes: Axes, x: float, y: float, text: str, *, size: float, bold: bool = False,
    colour: str = INK, halo: str = "", aligned: str = "left",
) -> None:  # fmt: skip
    """
    Write letters on their base line.

    Parameters
    ----------
    axes
        Of a sheet.
    x, y
        Where the base line starts, points.
    text
        One line; nothing in it is read as a formula.
    size
        Of the letters, points.
    bold
        Weight.
    colour, halo
        Of the letters and of the rim about them; empty for none.
    aligned
        ``left``, ``center`` or ``right``.
    """
    artist = axes.text(
        x, y, text, fontsize=size, fontweight="bold" if bold else "normal", color=colour,
        ha=aligned, va="baseline", parse_math=False, zorder=20, fontfamily=_FAMILY,
    )  # fmt: skip
    if halo:
        artist.set_path_effects([withStroke(linewidth=2.2, foreground=halo, alpha=0.85)])


@cache
def text_width(text: str, *, size: float, bold: bool = False) -> float:
    """
    Return the width of a line of letters, points.

    Parameters
    ----------
    text
        One line.
    size
        Of the letters, points.
    bold
        Weight.

    Examples
    --------
    >>> 2.0 * text_width("Oslo", size=5.0) == text_width("Oslo", size=10.0)
    True
    """
    font = FontProperties(family=_FAMILY, size=size, weight="bold" if bold else "normal")
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def wrapped(text: str, *, width: float, size: float, bold: bool = False) -> list[str]:
    """
    Return text broken into lines no wider than a width; a single longer word stands alone.

    Parameters
    ----------
    text
        Words with blanks between them.
    width
        Points.
    size
        Of the letters, points.
    bold
        Weight.

    Examples
    --------
    >>> wrapped("one two three", width=60, size=10)
    ['one two', 'three']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size=size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fill(axes: Axes, shapes: NDArray[np.object_], **look: Any) -> None:  # noqa: ANN401 - of matplotlib
    """
    Fill polygons, their holes left open, as one path.

    Parameters
    ----------
    axes
        Of a sheet.
    shapes
        Polygons and collections that hold polygons, points.
    **look
        Of a matplotlib patch.
    """
    parts = shapely.get_parts(shapely.get_parts(shapes))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    areas = shapely.orient_polygons(areas[~shapely.is_empty(areas)])
    rings = [shapely.get_coordinates(ring) for area in areas for ring in shapely.get_rings(area)]
    if rings:
        paths = [Path(ring, closed=True) for ring in rings]
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), **look))


def stroke(axes: Axes, shapes: NDArray[np.object_], **look: Any) -> None:  # noqa: ANN401 - of matplotlib
    """
    Draw lines.

    Parameters
    ----------
    axes
        Of a sheet.
    shapes
        Lines and collections that hold lines, points.
    **look
        Of a matplotlib line collection.
    """
    parts = shapely.get_parts(shapely.get_parts(shapes))
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    axes.add_collection(LineCollection([shapely.get_coordinates(line) for line in lines], **look))
