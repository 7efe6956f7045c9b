"""The reports' bar charts: leaders by indicator, the most intense per head, clusters by economy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError
from hubscan.report.gii.measures import PRINTED
from hubscan.report.index_style import GRID, INK, MUTED, blank_figure, drawing_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES: Final = {
    "publications": "Scientific publications",
    "patents": "PCT applications",
    "deals": "Venture capital deals",
}
"""What the panels of the charts are called."""

_DARK: Final = "#1f4e79"
_LIGHT: Final = "#9dbad5"
_HEIGHT: Final = 0.24


def leaders_figure(leaders: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return the first clusters by each indicator, with their shares of the world in per cent.

    Parameters
    ----------
    leaders
        Table ``leaders_by_indicator`` (:func:`hubscan.report.gii.measures.leaders_by_indicator`).
    title, caption
        Above and below.

    Returns
    -------
    figure
        A panel for each indicator that has shares.

    Raises
    ------
    InputError
        If there is nothing to show.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"indicator": "patents", "place": 1, "cluster": "Oslo", "share": 1.5}
    >>> figure = leaders_figure(pd.DataFrame([row]), title="Leaders", caption="")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1.50']
    """
    known = leaders[leaders["share"].notna()]
    indicators = [name for name in NAMES if name in set(known["indicator"])]
    _require(indicators, "leaders by indicator")
    with drawing_style():
        most = int(known["indicator"].value_counts().max())
        size = 4.4 * len(indicators), 1.2 + _HEIGHT * most
        figure = _blank(*size, title=title, caption=caption)
        for place, indicator in enumerate(indicators, start=1):
            rows = known[known["indicator"] == indicator]
            axes = figure.add_subplot(1, len(indicators), place)
            _draw(axes, rows["cluster"].tolist(), rows["share"].tolist(), form="{:.2f}")
            axes.set_title(f"{NAMES[indicator]}: share of the world, %", loc="left", fontsize=8)
        return figure


def per_capita_figure(
    intensities: pd.DataFrame, largest: Sequence[str], *, first: int, title: str, caption: str
) -> Figure:
    """
    Return the most intense clusters with their documents per million inhabitants.

    Parameters
    ----------
    intensities
        Table ``clusters_2025_appendix_table3_intensity``
        (:func:`hubscan.report.gii.measures.intensity_table`).
    largest
        Names of the ten largest clusters, which are drawn dark.
    first
        So many clusters, by intensity.
    title, caption
        Above and below.

    Returns
    -------
    figure
        A panel for each indicator that is known; the clusters in the order of their intensity.

    Raises
    ------
    InputError
        If there is nothing to show.
    """
    rows = intensities.sort_values("rank_per_capita").head(first)
    indicators = [name for name in NAMES if len(rows) and rows[PRINTED[name][2]].notna().any()]
    _require(indicators, "intensities")
    dark = [name in set(largest) for name in rows["cluster"]]
    with drawing_style():
        size = 4.4 * len(indicators), 1.2 + _HEIGHT * len(rows)
        figure = _blank(*size, title=title, caption=caption)
        for place, indicator in enumerate(indicators, start=1):
            axes = figure.add_subplot(1, len(indicators), place)
            values = rows[PRINTED[indicator][2]].fillna(0.0).tolist()
            _draw(axes, rows["cluster"].tolist(), values, form="{:,.0f}", dark=dark)
            axes.set_title(f"{NAMES[indicator]} per million inhabitants", loc="left", fontsize=8)
        return figure


def economies_figure(counts: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return how many listed clusters each economy has.

    Parameters
    ----------
    counts
        Table ``economy_cluster_counts`` (:func:`hubscan.report.gii.lists.economy_counts`).
    title, caption
        Above and below.

    Returns
    -------
    figure
        One bar for each economy, in the order of the table.

    Raises
    ------
    InputError
        If there is nothing to show.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"economy_name": ["China"], "top100_clusters": [24]})
    >>> figure = economies_figure(counts, title="", caption="")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['24']
    """
    _require(counts["economy_name"].tolist(), "counts of clusters")
    with drawing_style():
        figure = _blank(6.4, 1.0 + _HEIGHT * len(counts), title=title, caption=caption)
        axes = figure.add_subplot()
        names, values = counts["economy_name"].tolist(), counts["top100_clusters"].tolist()
        _draw(axes, names, [float(value) for value in values], form="{:.0f}")
        return figure


def _blank(width: float, height: float, *, title: str, caption: str) -> Figure:
    """Return an empty figure with room for names that are printed wider than they are laid out."""
    figure = blank_figure(width, height, title=title, caption=caption)
    figure.set_layout_engine("constrained", w_pad=0.2, wspace=0.02)
    return figure


def _draw(
    axes: Axes,
    names: Sequence[str],
    values: Sequence[float],
    *,
    form: str,
    dark: Sequence[bool] | None = None,
) -> None:
    """Draw bars from top to bottom with their names and numbers."""
    places = range(len(names))
    colours = [_DARK if each else _LIGHT for each in dark or [True] * len(names)]
    axes.barh(places, values, color=colours, height=0.72)
    axes.set_yticks(places, names, color=INK, fontsize=7)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks([])
    axes.margins(y=0.01)
    axes.axvline(0.0, color=GRID, linewidth=0.8)
    largest = max(values, default=0.0)
    axes.set_xlim(0.0, 1.18 * largest if largest > 0 else 1.0)
    for place, value in zip(places, values, strict=True):
        axes.text(value + 0.012 * largest, place, form.format(value), va="center", fontsize=6.5,
                  color=MUTED)  # fmt: skip


def _require(rows: Sequence[str], what: str) -> None:
    if not rows:
        msg = f"figure: there are no {what} to show"
        raise InputError(msg)
