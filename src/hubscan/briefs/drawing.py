"""Pieces of SVG: paths, labels and circles, with every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from hubscan.briefs.letters import FAMILY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_LINES: Final = 1
_AREAS: Final = 2


def path_of(shapes: Iterable[Any], *, height: float) -> str:
    """
    Return the path of lines and polygons laid on a sheet whose y runs upwards.

    Parameters
    ----------
    shapes
        Geometries in points of the sheet.
    height
        Of the sheet, points.

    Examples
    --------
    >>> path_of([shapely.LineString([(0, 0), (1.04, 2)])], height=10.0)
    'M0 10L1 8'
    """
    parts = []
    every = shapely.get_parts(shapely.get_parts(np.asarray(list(shapes), dtype=object)))
    for part in every[~shapely.is_empty(every)]:
        kind = shapely.get_dimensions(part)
        if kind == _AREAS:
            rings = [part.exterior, *part.interiors]
            parts += [_line(shapely.get_coordinates(ring)[:-1], height) + "Z" for ring in rings]
        elif kind == _LINES:
            parts.append(_line(shapely.get_coordinates(part), height))
    return "".join(parts)


def dots_of(points: NDArray[np.float64], *, height: float) -> str:
    """
    Return a path of dots, one for each spot of a third of a point.

    Parameters
    ----------
    points
        Shape (points, 2), points of the sheet; rows that are not numbers are left out.
    height
        Of the sheet, points.

    Examples
    --------
    >>> dots_of(np.array([[1.0, 2.0], [1.01, 2.0], [np.nan, 0.0]]), height=10.0)
    'M1 8h0'
    """
    inside = points[~np.isnan(points).any(axis=1)]
    spots = np.unique(np.rint(inside * 3.0), axis=0) / 3.0
    return "".join(f"M{_short(x)} {_short(height - y)}h0" for x, y in spots.tolist())


def path(d: str, **style: object) -> str:
    """Return a path element; empty for an empty path."""
    return f'<path d="{d}"{_attributes(style)}/>' if d else ""


def frame(left: float, top: float, width: float, height: float, **style: object) -> str:
    """Return a rectangle."""
    size = f'width="{_short(width)}" height="{_short(height)}"'
    return f'<rect x="{_short(left)}" y="{_short(top)}" {size}{_attributes(style)}/>'


def label(text: str, x: float, y: float, **style: object) -> str:
    """
    Return a text element with a halo.

    Examples
    --------
    >>> "&lt;b&gt;" in label("<b>", 1.0, 2.0)
    True
    """
    family = escape(f"'{FAMILY}'", quote=True)
    return (
        f'<text x="{_short(x)}" y="{_short(y)}" font-family="{family}"{_attributes(style)}>'
        f"{escape(text)}</text>"
    )


def sheet(content: Iterable[str], *, width: float, height: float) -> str:
    """Return an SVG document, its unit a point."""
    size = f'width="{_short(width)}pt" height="{_short(height)}pt"'
    view = f'viewBox="0 0 {_short(width)} {_short(height)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>{"".join(content)}</svg>'


def _line(points: NDArray[np.float64], height: float) -> str:
    steps = [f"{_short(x)} {_short(height - y)}" for x, y in points.tolist()]
    return f"M{steps[0]}L{'L'.join(steps[1:])}"


def _short(number: float) -> str:
    """Return a number with one decimal at most; nought has no sign."""
    return f"{round(number, 1) + 0.0:.1f}".removesuffix(".0")


def _attributes(style: dict[str, object]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{escape(str(value), quote=True)}"'
        for name, value in style.items()
    )
