"""Maps of how sure a boundary is: places by probability, and the isolines of the footprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
import shapely

from hubscan.report.index_style import GRID, GROUPS, INK, MUTED, blank_figure, drawing_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINES: Final = ((0.05, ":", "5 %"), (0.5, "--", "50 %"), (0.95, "-", "95 %"))


def probability_map(
    clusters: Sequence[tuple[int, str]],
    places: pd.DataFrame,
    isolines: pd.DataFrame,
    *,
    title: str,
    caption: str,
) -> Figure:
    """
    Return maps of clusters: their places by membership probability, and isolines of the footprint.

    Parameters
    ----------
    clusters
        Cluster ids and names, at most six.
    places
        ``longitude``, ``latitude``, ``cluster``, ``probability``.
    isolines
        ``cluster``, ``probability``, ``geometry``.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        A panel a cluster; a dotted, a dashed and a full line for 5, 50 and 95 %.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd, shapely
    >>> places = pd.DataFrame({"longitude": [0.0], "latitude": [0.0], "cluster": [1]})
    >>> lines = gpd.GeoDataFrame(
    ...     {"cluster": [1], "probability": [0.5]}, geometry=[shapely.Point(0, 0).buffer(0.05)]
    ... )
    >>> figure = probability_map(
    ...     [(1, "Null Island")], places.assign(probability=1.0), lines, title="", caption=""
    ... )
    >>> figure.axes[0].get_title(loc="left")
    'Null Island'
    """
    with drawing_style():
        columns = min(3, len(clusters))
        rows = -(-len(clusters) // columns)
        figure = blank_figure(3.4 * columns, 0.8 + 3.2 * rows, title=title, caption=caption)
        panels = np.atleast_1d(figure.subplots(rows, columns)).ravel()
        for axes in panels[len(clusters) :]:
            axes.set_axis_off()
        for axes, (cluster, name) in zip(panels, clusters, strict=False):
            mine = places[places["cluster"] == cluster].sort_values("probability")
            dots = axes.scatter(
                mine["longitude"], mine["latitude"], c=mine["probability"], s=5, linewidths=0,
                cmap=mpl.colormaps["viridis"], vmin=0.0, vmax=1.0,
            )  # fmt: skip
            _draw_lines(axes, isolines[isolines["cluster"] == cluster])
            axes.set_title(name, fontsize=8, loc="left", color=INK)
            latitude = float(mine["latitude"].mean()) if len(mine) else 0.0
            axes.set_aspect(1.0 / max(0.1, float(np.cos(np.radians(latitude)))))
            axes.tick_params(labelsize=6, colors=MUTED)
            axes.grid(color=GRID, linewidth=0.4)
        figure.colorbar(dots, ax=panels, shrink=0.5, label="probability of a place")
        lines = [axes.plot([], [], style, color=GROUPS[1])[0] for _, style, _ in _LINES]
        figure.legend(
            lines, [label for *_, label in _LINES], loc="upper right", ncols=len(_LINES),
            frameon=False, fontsize=7,
        )  # fmt: skip
        return figure


def _draw_lines(axes: Axes, isolines: pd.DataFrame) -> None:
    """Draw the isolines of one cluster."""
    for level, style, _ in _LINES:
        for shape in isolines.loc[np.isclose(isolines["probability"], level), "geometry"]:
            for part in shapely.get_parts(shape):
                x, y = part.exterior.xy
                axes.plot(x, y, style, color=GROUPS[1], linewidth=0.8)
