"""The map of a brief: one cluster's ground, its places, its neighbours, and where it lies."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from hubscan.briefs.drawing import dots_of, frame, label, path, path_of, sheet
from hubscan.report.basemap import base_map
from hubscan.report.plane import Frame, laid, region_plane, world_plane
from hubscan.schema import NOISE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.report.plane import Extent, View

WIDTH: Final = 300.0
"""Of the map, points."""

HEIGHT: Final = 290.0
"""Of the map, points."""

INK, ACCENT, QUIET = "#16202b", "#b4431f", "#8d9296"
_SEA, _LAND, _COAST, _BORDER = "#e6ecef", "#fbfaf6", "#b4c0c6", "#9aa3a8"
_LEAST_KM, _KM_PER_DEGREE = 30.0, 111.195
_AROUND: Final = 0.3
_STEEPEST: Final = 80.0
_HALF_TURN, _TURN = 180.0, 360.0
_LOCATOR: Final = Frame(0.0, 0.0, 78.0, 34.0)
_LETTER: Final = 0.62
_NICE_KM: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_HALO: Final = {
    "paint_order": "stroke",
    "stroke": _LAND,
    "stroke_width": 2.2,
    "stroke_linejoin": "round",
}


class Named(NamedTuple):
    """A name on the map."""

    text: str
    latitude: float
    longitude: float
    size: float
    """Of its letters, points."""

    strong: bool


def map_text(
    shapes: pd.DataFrame,
    membership: pd.DataFrame,
    cluster: int,
    names: list[Named],
) -> str:
    """
    Return the map of one cluster as SVG.

    Parameters
    ----------
    shapes
        ``cluster``, ``latitude``, ``longitude`` and the footprint of every cluster.
    membership
        Table ``membership``.
    cluster
        Which of them.
    names
        To write, the weightiest first; one that finds no room is left out.

    Returns
    -------
    svg
        :data:`WIDTH` by :data:`HEIGHT` points.
    """
    own = shapes[shapes["cluster"] == cluster].iloc[0]
    view = laid(region_plane(_extent(own), aspect=WIDTH / HEIGHT), Frame(0.0, 0.0, WIDTH, HEIGHT))
    ground = base_map()
    others = shapes[(shapes["cluster"] != cluster) & near_to(shapes, own)]
    parts = [
        frame(0.0, 0.0, WIDTH, HEIGHT, fill=_SEA),
        path(_path(view, ground.land), fill=_LAND, stroke=_COAST, stroke_width=0.6),
        path(
            _path(view, ground.borders),
            fill="none",
            stroke=_BORDER,
            stroke_width=0.7,
            stroke_dasharray="3 2",
        ),
        path(
            _path(view, others.geometry.to_numpy()),
            fill=QUIET,
            fill_opacity=0.25,
            stroke=QUIET,
            stroke_width=0.7,
        ),
        path(
            _path(view, np.array([own.geometry], dtype=object)),
            fill=ACCENT,
            fill_opacity=0.2,
            stroke=ACCENT,
            stroke_width=1.2,
        ),
        *_places(view, membership, cluster, own),
        *_labels(view, names),
        *_scale_bar(view),
        *_locator(float(own["latitude"]), float(own["longitude"])),
        frame(0.4, 0.4, WIDTH - 0.8, HEIGHT - 0.8, fill="none", stroke=QUIET, stroke_width=0.5),
    ]
    return sheet(parts, width=WIDTH, height=HEIGHT)


def _extent(own: pd.Series[Any]) -> Extent:
    """Return what the map must show: the footprint with some ground about it."""
    points = shapely.get_coordinates(own.geometry)
    centre = float(own["longitude"])
    away = _turned(points[:, 0], centre)
    south, north = float(points[:, 1].min()), float(points[:, 1].max())
    upright = min(abs(south + north) / 2.0, _STEEPEST)
    least = _LEAST_KM / _KM_PER_DEGREE
    up = max((north - south) * (0.5 + _AROUND), least)
    across = max((away.max() - away.min()) * (0.5 + _AROUND), least / np.cos(np.radians(upright)))
    middle, x = (south + north) / 2.0, centre + (away.min() + away.max()) / 2.0
    return (
        float(x - across),
        max(middle - up, -_HALF_TURN / 2.0),
        float(x + across),
        min(middle + up, _HALF_TURN / 2.0),
    )


def _turned(longitude: NDArray[np.float64], centre: float) -> NDArray[np.float64]:
    """Return degrees east of a meridian, in [-180, 180)."""
    return np.asarray(np.mod(longitude - centre + _HALF_TURN, _TURN) - _HALF_TURN)


def near_to(table: pd.DataFrame, own: pd.Series[Any]) -> NDArray[np.bool_]:
    """
    Return which rows of a table lie so near that the map of a footprint could show them.

    Parameters
    ----------
    table
        ``latitude``, ``longitude`` in degrees.
    own
        The row of the footprint, as in the shapes of :func:`map_text`.
    """
    points = shapely.get_coordinates(own.geometry)
    wide = float(np.ptp(_turned(points[:, 0], float(own["longitude"])))) + 3.0
    high = float(np.ptp(points[:, 1])) + 3.0
    away = np.abs(_turned(table["longitude"].to_numpy(float), float(own["longitude"])))
    stretch = 1.0 / np.cos(np.radians(min(abs(float(own["latitude"])), _STEEPEST)))
    up = np.abs(table["latitude"].to_numpy(float) - float(own["latitude"]))
    return np.asarray((away < wide * stretch) & (up < high))


def _path(view: View, shapes: NDArray[np.object_]) -> str:
    return path_of(view.shapes(shapes), height=HEIGHT) if len(shapes) else ""


def _places(
    view: View, membership: pd.DataFrame, cluster: int, own: pd.Series[Any]
) -> tuple[str, str]:
    """Return the places of the cluster, over those outside all clusters."""
    near = membership[near_to(membership, own)]
    style = {"fill": "none", "stroke_linecap": "round"}
    kinds = ((NOISE, QUIET, 0.9), (cluster, ACCENT, 1.3))
    outside, inside = (
        path(
            dots_of(view.points(near[near["cluster"] == number]), height=HEIGHT),
            stroke=colour,
            stroke_width=width,
            **style,
        )
        for number, colour, width in kinds
    )
    return outside, inside


def _labels(view: View, names: list[Named]) -> list[str]:
    """Return the names that find room, each beside its point."""
    taken = [
        (0.0, 0.0, _LOCATOR.right + 6.0, _LOCATOR.head + 6.0),
        (0.0, HEIGHT - 20.0, 90.0, HEIGHT),
    ]
    written = []
    for name in names:
        at = view.plane.points(np.array([name.latitude]), np.array([name.longitude]))
        x, y = view.on_sheet(at)[0].tolist()
        wide = _LETTER * name.size * len(name.text)
        for left, foot in _beside(x, HEIGHT - y, wide, name.size):
            box = (left, foot - name.size, left + wide, foot + 0.25 * name.size)
            if _inside(box) and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                written += _written(name, (x, HEIGHT - y), left, foot)
                break
    return written


def _beside(x: float, y: float, wide: float, size: float) -> list[tuple[float, float]]:
    """Return where a name may stand about its point: right, left, above, below."""
    if not np.isfinite(x):
        return []
    middle = x - wide / 2.0
    return [
        (x + 4.0, y + 0.36 * size),
        (x - 4.0 - wide, y + 0.36 * size),
        (middle, y - 4.0),
        (middle, y + 3.0 + size),
    ]


def _inside(box: tuple[float, float, float, float]) -> bool:
    return box[0] >= 2 and box[1] >= 2 and box[2] <= WIDTH - 2 and box[3] <= HEIGHT - 2  # noqa: PLR2004 - points of margin


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _written(name: Named, at: tuple[float, float], left: float, foot: float) -> list[str]:
    weight = 700 if name.strong else 400
    colour = INK if name.strong else "#555d63"
    dot = f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="1.6" fill="{colour}"/>'
    style = {"font_size": name.size, "font_weight": weight}
    return [
        dot,
        label(name.text, left, foot, fill=_LAND, **style, **_HALO),
        label(name.text, left, foot, fill=colour, **style),
    ]


def _scale_bar(view: View) -> list[str]:
    """Return a bar of a round number of kilometres, about a quarter of the map."""
    points_per_km = view.scale * 1000.0
    km = max((k for k in _NICE_KM if k * points_per_km <= WIDTH / 4.0), default=_NICE_KM[0])
    right = 8.0 + km * points_per_km
    foot = HEIGHT - 8.0
    bar = f"M8 {foot - 3:.1f}V{foot:.1f}H{right:.1f}V{foot - 3:.1f}"
    style = {"font_size": 6.5}
    return [
        path(bar, fill="none", stroke=INK, stroke_width=0.8),
        label(f"{km:,} km", 11.0, foot - 3.0, fill=INK, **style),
    ]


def _locator(latitude: float, longitude: float) -> list[str]:
    """Return a small world with a dot where the cluster lies."""
    view, land = _small_world()
    x, y = view.points_at(latitude, longitude)
    high = _LOCATOR.head
    parts = [
        '<g transform="translate(3 3)">',
        frame(0.0, 0.0, _LOCATOR.right, high, fill=_LAND, stroke=QUIET, stroke_width=0.5),
        path(land, fill="#c9d0d3"),
    ]
    if np.isfinite(x):
        parts.append(f'<circle cx="{x:.1f}" cy="{high - y:.1f}" r="2" fill="{ACCENT}"/>')
    return [*parts, "</g>"]


class _Small(NamedTuple):
    view: View

    def points_at(self, latitude: float, longitude: float) -> tuple[float, float]:
        flat = self.view.plane.points(np.array([latitude]), np.array([longitude]))
        x, y = self.view.on_sheet(flat)[0].tolist()
        return x, y


@cache
def _small_world() -> tuple[_Small, str]:
    view = laid(world_plane(), _LOCATOR)
    land = shapely.simplify(base_map().land, 0.8)
    large = land[shapely.area(land) > 4.0]  # noqa: PLR2004 - square degrees: smaller is not seen
    return _Small(view), path_of(view.shapes(large), height=_LOCATOR.head)
