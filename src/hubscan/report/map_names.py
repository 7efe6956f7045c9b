"""Names of the leading clusters on a map, with their ranks, free of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from hubscan.report.index_style import INK
from hubscan.report.labels import CELL, FORBIDDEN, Ground, placement
from hubscan.report.map_key import number_colours
from hubscan.report.map_layers import LAND
from hubscan.report.sheet import PAPER, text_width, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from hubscan.report.map_layers import Marks
    from hubscan.report.plane import Frame

SIZE: Final = 9.5
"""Of the letters of names, points."""

_DOT: Final = 0.35
_NAMED: Final = 40.0
_OTHER: Final = (8.0, 6.0, 5.0, 4.0)
_PALE: Final = 0.8
_KEPT_OFF: Final = 1.8
"""How far names keep off circles and footprints, points."""

_NOTE_CORNER: Final = np.s_[:20, :58]
_SCALE_CORNER: Final = np.s_[:16, -80:]
"""Cells that hold the note and the bar of kilometres."""


def write_names(
    axes: Axes,
    circles: Marks,
    *,
    labelled: int,
    ground: Ground,
) -> list[int]:
    """
    Write rank and name of the leading clusters where they cover nothing that matters.

    Parameters
    ----------
    axes
        Of a sheet.
    circles
        Of the clusters, best first.
    labelled
        How many of those on the map are named.
    ground
        What names keep off.

    Returns
    -------
    ranks
        Of the clusters whose names found no room and are not written.
    """
    named = circles.shown[:labelled]
    numbers = [str(circles.ranks[at]) for at in named]
    names = [circles.names[at] for at in named]
    indents = [text_width(number, size=SIZE, bold=True) + 3.5 for number in numbers]
    widths = [
        indent + text_width(name, size=SIZE) for indent, name in zip(indents, names, strict=True)
    ]
    sizes = np.column_stack([widths, np.full(len(widths), 1.12 * SIZE)])
    places = placement(circles.centres[named], circles.radii[named], sizes, ground=ground)
    colours = number_colours(circles.colours[named].tolist())
    for at in np.flatnonzero(places.fits):
        _lead(axes, places.lines[at])
        left, base = places.boxes[at, 0], places.boxes[at, 1] + 0.27 * SIZE
        write(axes, left, base, numbers[at], size=SIZE, bold=True, colour=colours[at], halo=LAND)
        write(axes, left + indents[at], base, names[at], size=SIZE, halo=LAND)
    return [circles.ranks[at] for at in named[~places.fits]]


def needed_ground(
    frame: Frame,
    circles: Marks,
    *,
    footprints: NDArray[np.object_],
    dots: NDArray[np.float64],
    labelled: int,
) -> Ground:
    """
    Return how much each cell of a map is needed by circles, footprints and dots.

    Parameters
    ----------
    frame
        Of the map.
    circles
        The named must not be covered at all, the others the less the better they rank.
    footprints
        Of the same clusters, points of the sheet.
    dots
        Shape (places, 2), places outside clusters; NaN outside the map.
    labelled
        How many of the circles on the map are named.

    Returns
    -------
    ground
        For :func:`hubscan.report.labels.placement`.
    """
    columns, rows = int((frame.right - frame.left) / CELL), int((frame.head - frame.foot) / CELL)
    need = np.zeros((rows, columns))
    seen = dots[~np.isnan(dots[:, 0])]
    column = ((seen[:, 0] - frame.left) / CELL).astype(int).clip(0, columns - 1)
    row = ((seen[:, 1] - frame.foot) / CELL).astype(int).clip(0, rows - 1)
    need[row, column] = _DOT
    x = frame.left + CELL * (np.arange(columns) + 0.5)
    y = frame.foot + CELL * (np.arange(rows) + 0.5)
    for place, at in enumerate(circles.shown):
        weight = _NAMED if place < labelled else _weight(circles, at)
        circle = shapely.Point(circles.centres[at]).buffer(circles.radii[at])
        shape = shapely.buffer(shapely.union(circle, shapely.make_valid(footprints[at])), _KEPT_OFF)
        cells = _cells(shape, x, y)
        need[cells] += weight * shapely.contains_xy(shape, *np.meshgrid(x[cells[1]], y[cells[0]]))
    for corner in (_NOTE_CORNER, _SCALE_CORNER):
        need[corner] = FORBIDDEN
    return Ground(need, frame.left, frame.foot)


def _cells(shape: Any, x: NDArray[Any], y: NDArray[Any]) -> tuple[slice, slice]:  # noqa: ANN401 - a shapely geometry
    """Return the rows and columns about a shape."""
    left, foot, right, head = shape.bounds
    rows, columns = np.searchsorted(y, [foot, head]), np.searchsorted(x, [left, right])
    return slice(*rows), slice(*columns)


def _weight(circles: Marks, at: int) -> float:
    """Return how much a circle without a name wants to be seen."""
    pale = circles.bands[at] == circles.bands.max() and circles.radii[at] == circles.radii.min()
    return _PALE if pale else _OTHER[min(int(circles.bands[at]), len(_OTHER) - 1)]


def _lead(axes: Axes, line: NDArray[np.float64]) -> None:
    """Draw a thin line from a dot in the circle to the name."""
    if np.isnan(line[0]):
        return
    x, y = line[[0, 2]], line[[1, 3]]
    axes.plot(x, y, color=PAPER, linewidth=1.7, alpha=0.8, zorder=8, solid_capstyle="butt")
    axes.plot(x, y, color=INK, linewidth=0.55, zorder=9, solid_capstyle="butt")
    axes.scatter(x[:1], y[:1], s=5.0, color=INK, edgecolors=PAPER, linewidths=0.5, zorder=10)
