"""Maps of the clusters: the world and its regions, quiet, exact, and equal byte by byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from hubscan.errors import InputError
from hubscan.report.basemap import ATTRIBUTION
from hubscan.report.index_style import FORMS, INK, MUTED, drawing_style, figure_bytes
from hubscan.report.map_key import KEY_HEIGHT, write_key
from hubscan.report.map_layers import (
    SEA,
    draw_footprints,
    draw_ground,
    draw_marks,
    draw_noise,
    draw_scale_bar,
    marks,
)
from hubscan.report.map_names import needed_ground, write_names
from hubscan.report.plane import Extent, Frame, laid, region_plane, world_plane
from hubscan.report.sheet import (
    MARGIN,
    WIDTH,
    blank_sheet,
    wrapped,
    write,
    write_headings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from hubscan.report.map_layers import Marks
    from hubscan.report.plane import View

DOTS_PER_INCH: Final = 200
"""Of the images that :func:`save` writes: 3200 by 1800 dots."""

_WGS84: Final = 4326
_CLUSTERS: Final = ("cluster", "rank", "name", "latitude", "longitude", "total_share", "geometry")
_NOISE: Final = ("latitude", "longitude")
_NOTE, _LEADING, _NOTE_WIDTH = 7.5, 9.8, 110.0
_RANGES: Final = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "rank": (1.0, np.inf),
    "total_share": (0.0, np.inf),
}


class _Kind(NamedTuple):
    """What differs between the map of the world and that of a region."""

    largest: float
    """Radius of the circle of the largest share, points."""

    opacity: float
    """Of the circles."""

    footprint: str
    """Colour of the footprints; empty for that of their rank band."""

    dot: float
    """Radius of a place outside clusters, points."""


_WORLD: Final = _Kind(largest=13.5, opacity=0.95, footprint=INK, dot=0.5)
_REGION: Final = _Kind(largest=20.0, opacity=0.3, footprint="", dot=0.7)


class _Content(NamedTuple):
    """What a map shows."""

    clusters: pd.DataFrame
    noise: pd.DataFrame
    rank_bands: Sequence[int]
    labelled: int


def world_map(  # noqa: PLR0913 - two tables, three texts, and what is told apart and named
    clusters: pd.DataFrame,
    noise: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    caption: str,
    rank_bands: Sequence[int],
    labelled: int,
) -> Figure:
    """
    Return a map of all clusters of the world in Equal Earth, 16 by 9 inches.

    Circles grow in area with the total share and are coloured by rank band; the leading clusters
    are named with their ranks; footprints lie in the circles, places outside clusters are grey
    dots. South of 58 degrees south nothing is drawn; what lies there is noted on the map, and so
    are names that found no room. The base map's attribution and a word on borders are added to
    the caption.

    Parameters
    ----------
    clusters
        ``cluster``, ``rank``, ``name``, ``latitude``, ``longitude`` (degrees), ``total_share``
        (a fraction) and the footprint as ``geometry`` (WGS84); in any order.
    noise
        ``latitude``, ``longitude`` (degrees) of the places outside clusters, gathered on a grid.
    title, subtitle, caption
        Wrapped where they are long. A subtitle that holds the word *synthetic* puts a tag into
        the corner as well.
    rank_bands
        Last rank of each band, ascending.
    labelled
        How many clusters are named.

    Returns
    -------
    figure
        For :func:`save`.

    Raises
    ------
    InputError
        If a column is missing, a value is not a number or off the globe, or the bands do not
        ascend.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> import shapely
    >>> oslo = {
    ...     "cluster": [1],
    ...     "rank": [1],
    ...     "name": ["Oslo"],
    ...     "latitude": [59.9],
    ...     "longitude": [10.8],
    ...     "total_share": [0.02],
    ... }
    >>> ground = [shapely.box(10.5, 59.8, 11.1, 60.0)]
    >>> clusters = gpd.GeoDataFrame(oslo, geometry=ground, crs=4326)
    >>> noise = pd.DataFrame({"latitude": [60.4], "longitude": [5.3], "addresses": [7]})
    >>> figure = world_map(
    ...     clusters,
    ...     noise,
    ...     title="Innovation clusters",
    ...     subtitle="Synthetic data",
    ...     caption="",
    ...     rank_bands=[25, 50, 75, 100],
    ...     labelled=25,
    ... )
    >>> "SYNTHETIC DATA" in [text.get_text() for text in figure.axes[0].texts]
    True
    """
    content = _checked(_Content(clusters, noise, rank_bands, labelled))
    with drawing_style():
        figure, axes = blank_sheet()
        room = _room(axes, title=title, subtitle=subtitle, caption=caption)
        view = laid(world_plane(), room)
        _draw(axes, view, content, _WORLD)
    return figure


def region_map(  # noqa: PLR0913 - as the world map, and the region
    clusters: pd.DataFrame,
    noise: pd.DataFrame,
    *,
    extent: Extent,
    title: str,
    subtitle: str,
    caption: str,
    rank_bands: Sequence[int],
    labelled: int,
) -> Figure:
    """
    Return a map of one region in its own equal-area plane, with the footprints to be seen.

    Everything else is as on :func:`world_map`; ranks and sizes stay those of the world.

    Parameters
    ----------
    clusters, noise
        As for the world; all of it may be given.
    extent
        What must be shown: west, south, east, north in degrees; over the antimeridian the west is
        greater than the east. The map shows somewhat more, to fill the sheet.
    title, subtitle, caption, rank_bands, labelled
        As for the world; of the clusters in the map, the ``labelled`` best are named.

    Returns
    -------
    figure
        For :func:`save`.

    Raises
    ------
    InputError
        As for the world, and if the extent is not one.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> import shapely
    >>> fiji = {
    ...     "cluster": [1],
    ...     "rank": [1],
    ...     "name": ["Suva"],
    ...     "latitude": [-18.1],
    ...     "longitude": [178.4],
    ...     "total_share": [0.02],
    ... }
    >>> ground = [shapely.box(178.2, -18.3, 178.6, -17.9)]
    >>> figure = region_map(
    ...     gpd.GeoDataFrame(fiji, geometry=ground, crs=4326),
    ...     pd.DataFrame({"latitude": [-13.8], "longitude": [-171.8], "addresses": [7]}),
    ...     extent=(165, -25, -170, -10),
    ...     title="The Pacific",
    ...     subtitle="",
    ...     caption="",
    ...     rank_bands=[25, 50, 75, 100],
    ...     labelled=25,
    ... )
    >>> "Suva" in [text.get_text() for text in figure.axes[0].texts]
    True
    """
    content = _checked(_Content(clusters, noise, rank_bands, labelled))
    with drawing_style():
        figure, axes = blank_sheet()
        room = _room(axes, title=title, subtitle=subtitle, caption=caption)
        aspect = (room.right - room.left) / (room.head - room.foot)
        view = laid(region_plane(extent, aspect=aspect), room)
        _draw(axes, view, content, _REGION)
        draw_scale_bar(axes, view)
    return figure


def save(figure: Figure, path: Path, *, about: Mapping[str, str] | None = None) -> None:
    """
    Write a figure as PNG, SVG or PDF; equal figures give equal bytes.

    Parameters
    ----------
    figure
        Of this module.
    path
        Its ending names the format.
    about
        Edition, inputs, attribution and the like, for whoever looks into the file.

    Raises
    ------
    InputError
        If the ending is none of ``.png``, ``.svg`` and ``.pdf``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> figure, _ = blank_sheet()
    >>> with TemporaryDirectory() as folder:
    ...     save(figure, Path(folder) / "map.png")
    ...     (Path(folder) / "map.png").read_bytes()[1:4]
    b'PNG'
    """
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMS:
        msg = f"{path.name}: a figure must end in one of {', '.join('.' + name for name in FORMS)}"
        raise InputError(msg)
    path.write_bytes(figure_bytes(figure, form=form, about=about, dots=DOTS_PER_INCH))


def _room(axes: Axes, *, title: str, subtitle: str, caption: str) -> Frame:
    """Write the headings and return the room for the map, above that of its key."""
    caption = f"{caption} {ATTRIBUTION}".strip()
    room = write_headings(axes, title=title, subtitle=subtitle, caption=caption)
    return room._replace(foot=room.foot + KEY_HEIGHT)


def _draw(axes: Axes, view: View, content: _Content, kind: _Kind) -> None:
    """Draw a map, layer by layer, and its key."""
    clusters, bands = content.clusters, content.rank_bands
    dots = view.points(content.noise)
    circles = marks(clusters, view, rank_bands=bands, largest=kind.largest)
    sea = draw_ground(axes, view)
    draw_noise(axes, dots, radius=kind.dot)
    footprints = view.shapes(_grounds(clusters))
    draw_footprints(axes, footprints, circles, colour=kind.footprint, clip=sea)
    draw_marks(axes, circles, opacity=kind.opacity, clip=sea)
    ground = needed_ground(
        view.frame, circles, footprints=footprints, dots=dots, labelled=content.labelled
    )
    unnamed = write_names(axes, circles, labelled=content.labelled, ground=ground)
    _note(axes, view.frame, unnamed=unnamed, hidden=_hidden(view, circles, dots))
    room = Frame(MARGIN, view.frame.foot - KEY_HEIGHT, WIDTH - MARGIN, view.frame.foot)
    shares = clusters["total_share"].to_numpy(float)
    write_key(
        axes, room, rank_bands=bands, beyond=bool((circles.bands == len(bands)).any()),
        largest_share=float(shares.max(initial=0.0)), largest=kind.largest,
    )  # fmt: skip


def _grounds(clusters: pd.DataFrame) -> NDArray[np.object_]:
    """Return the footprints as geometries that can be cut; one that is missing is empty."""
    grounds = shapely.make_valid(clusters.geometry.to_numpy())
    return np.asarray(np.where(shapely.is_missing(grounds), shapely.Polygon(), grounds))


def _hidden(view: View, circles: Marks, dots: NDArray[np.float64]) -> list[str]:
    """Return what a map of the world leaves out beyond its edges, as words."""
    if not view.plane.whole:
        return []
    counts = {
        "cluster": int(np.isnan(circles.centres[:, 0]).sum()),
        "place": int(np.isnan(dots[:, 0]).sum()),
    }
    return [f"{count} {name}{'s' * (count > 1)}" for name, count in counts.items() if count]


def _note(axes: Axes, frame: Frame, *, unnamed: Sequence[int], hidden: Sequence[str]) -> None:
    """Write into the lower left corner what the map does not show."""
    notes = []
    if unnamed:
        notes.append(f"No room for the names of {', '.join(map(str, unnamed))}.")
    if hidden:
        notes.append(f"Beyond the edges: {', '.join(hidden)}.")
    lines = wrapped(" ".join(notes), width=_NOTE_WIDTH, size=_NOTE)
    head = frame.foot + 3.0 + _LEADING * (len(lines) - 1)
    for place, line in enumerate(lines):
        foot = head - _LEADING * place
        write(axes, frame.left + 2.0, foot, line, size=_NOTE, colour=MUTED, halo=SEA)


def _checked(content: _Content) -> _Content:
    """Return the content of a map in its order, or say what is wrong with it."""
    steps = np.diff([0, *content.rank_bands])
    if not len(steps) or (steps <= 0).any():
        msg = f"map: rank_bands = {list(content.rank_bands)}: must be ascending ranks from 1"
        raise InputError(msg)
    _require(content.clusters, _CLUSTERS, where="map: clusters")
    system = getattr(content.clusters, "crs", None)
    if system is not None and system != _WGS84:
        msg = f"map: clusters: coordinate system {system}: must be EPSG:4326 (WGS84)"
        raise InputError(msg)
    _require(content.noise, _NOISE, where="map: noise")
    clusters = content.clusters.sort_values(["rank", "cluster"], ignore_index=True)
    return content._replace(clusters=clusters)


def _require(table: pd.DataFrame, columns: Sequence[str], *, where: str) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        msg = f"{where}: columns {', '.join(missing)} are missing"
        raise InputError(msg)
    for name, (least, most) in _RANGES.items():
        if name in columns:
            values = table[name].to_numpy(float, na_value=np.nan)
            wrong = np.flatnonzero(~((values >= least) & (values <= most)))
            if len(wrong):
                msg = (
                    f"{where}: {name} = {values[wrong[0]]:g} in row {wrong[0] + 1}: "
                    f"must be a number from {least:g} to {most:g}"
                )
                raise InputError(msg)
