"""Figures of uncertainty: rank intervals, sweeps, shares of assumptions, ranks through runs."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from hubscan.report.index_style import (
    ACCENT,
    GRID,
    GROUPS,
    INK,
    MUTED,
    blank_figure,
    drawing_style,
    ink_on,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMN: Final = 50
_CELLS: Final = 400
_LONGEST: Final = 34
_TITLE_AN_INCH: Final = 10.0
_CAPTION_AN_INCH: Final = 16.0
"""Letters of titles and captions in an inch, at least."""


def interval_chart(ranks: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return a chart of rank intervals in columns of fifty clusters.

    Parameters
    ----------
    ranks
        By rank: ``name``, ``rank``, ``lower``, ``upper`` and, if there are wider bounds to show
        behind, ``outer_lower``, ``outer_upper``.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        A dot for the rank, a bar for the interval, a thin line for the wider bounds.

    Examples
    --------
    >>> import pandas as pd
    >>> ranks = pd.DataFrame({"name": ["Oslo"], "rank": [1], "lower": [1], "upper": [2]})
    >>> axes = interval_chart(ranks, title="", caption="").axes[0]
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['1  Oslo']
    """
    with drawing_style():
        columns = max(1, -(-len(ranks) // _COLUMN))
        rows = min(len(ranks), _COLUMN)
        figure = _wide_enough(5.2 * columns, 1.3 + 0.165 * rows, title=title, caption=caption)
        for column, axes in enumerate(np.atleast_1d(figure.subplots(1, columns))):
            _intervals(axes, ranks.iloc[column * _COLUMN : (column + 1) * _COLUMN])
        return figure


def _intervals(axes: Axes, part: pd.DataFrame) -> None:
    """Draw the intervals of one column of clusters."""
    rows = np.arange(len(part))
    if "outer_lower" in part:
        axes.hlines(rows, part["outer_lower"], part["outer_upper"], color=MUTED, linewidth=0.7)
    lower, upper = part["lower"].to_numpy(float), part["upper"].to_numpy(float)
    axes.barh(rows, upper - lower + 0.5, left=lower - 0.25, height=0.62, color="#c9d3da")
    axes.scatter(part["rank"], rows, s=10, color=ACCENT, linewidths=0, zorder=3)
    names = [
        f"{rank}  {name[:_LONGEST]}" for rank, name in zip(part["rank"], part["name"], strict=True)
    ]
    axes.set_yticks(rows, names, color=INK, fontsize=6.5)
    axes.set_ylim(len(part) - 0.4, -0.6)
    axes.set_xlabel("rank")
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)


def setting_map(
    table: pd.DataFrame, *, value: str, title: str, caption: str, framed: str | None = None
) -> Figure:
    """
    Return a heat map of a sweep over two parameters, or a line over one.

    Parameters
    ----------
    table
        First one or two columns: the parameters varied; among the others, ``value``.
    value
        The column shown.
    title, caption
        Texts above and below.
    framed
        The column that tells which settings stand out; none do if None.

    Returns
    -------
    figure
        Rows the first parameter, columns the second; numbers in the cells if they are few; a dash
        where there is no value.

    Examples
    --------
    >>> import pandas as pd
    >>> swept = pd.DataFrame({"radius_km": [14.0, 15.0], "clusters": [240, 237]})
    >>> setting_map(swept, value="clusters", title="", caption="").axes[0].get_xlabel()
    'radius_km'
    """
    keys = list(table.columns[:2]) if table.columns[1] != value else list(table.columns[:1])
    stand_out = table[framed].to_numpy(bool) if framed else np.zeros(len(table), bool)
    with drawing_style():
        if len(keys) == 1:
            figure = _wide_enough(6.0, 3.2, title=title, caption=caption)
            axes = figure.add_subplot()
            rows, values = np.arange(len(table)), table[value].to_numpy(float)
            axes.plot(rows, values, "o-", color=ACCENT)
            axes.plot(rows[stand_out], values[stand_out], "s", color="none", markersize=11,
                      markeredgecolor=INK)  # fmt: skip
            axes.set_xticks(
                np.arange(len(table)),
                [f"{v:g}" if isinstance(v, float) else str(v) for v in table[keys[0]]],
            )
            axes.set_xlabel(keys[0])
            axes.set_ylabel(value.replace("_", " "))
            return figure
        cells, marked = (
            _in_cells(table.assign(cell=column), keys) for column in (table[value], stand_out)
        )
        return _heat(cells, marked, title=title, caption=caption)


def _in_cells(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the values of settings by both parameters, each in the order of the settings."""
    by_row, by_column = (table[key].unique() for key in keys)
    known = table.set_index(keys)["cell"].to_dict()
    rows = [[known.get((row, column), np.nan) for column in by_column] for row in by_row]
    return pd.DataFrame(rows, pd.Index(by_row, name=keys[0]), pd.Index(by_column, name=keys[1]))


def _wide_enough(width: float, height: float, *, title: str, caption: str) -> Figure:
    """Return an empty figure whose title and caption are broken into lines that it can hold."""
    head = textwrap.wrap(title, max(20, int(width * _TITLE_AN_INCH)))
    foot = textwrap.wrap(caption, max(40, int(width * _CAPTION_AN_INCH)))
    further = max(0, len(head) - 1) * 0.17 + max(0, len(foot) - 1) * 0.11
    texts = {"title": "\n".join(head), "caption": "\n".join(foot)}
    return blank_figure(width, height + further, **texts)


def _heat(cells: pd.DataFrame, framed: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """Return a heat map of a table, some cells framed, within :func:`drawing_style`."""
    numbers = cells.to_numpy(float)
    size = max(4.5, 2.0 + 0.5 * numbers.shape[1]), 1.8 + 0.28 * numbers.shape[0]
    figure = _wide_enough(*size, title=title, caption=caption)
    axes = figure.add_subplot()
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    shade = (numbers - low) / (high - low) if high > low else np.ones_like(numbers)
    colours = mpl.colormaps["viridis"](np.nan_to_num(shade))
    colours[np.isnan(numbers)] = mpl.colors.to_rgba(GRID)
    axes.imshow(colours, aspect="auto")
    if numbers.size <= _CELLS:
        for (row, column), number in np.ndenumerate(numbers):
            ink = ink_on(tuple(colours[row, column]))
            text = "–" if np.isnan(number) else f"{number:.3g}"
            axes.text(column, row, text, ha="center", va="center", fontsize=6, color=ink)
    for row, column in np.argwhere(framed.to_numpy(float) > 0):
        around = Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, edgecolor=ACCENT)
        axes.add_patch(around)
    for which, labels in (("x", cells.columns), ("y", cells.index)):
        texts = [f"{label:g}" if isinstance(label, float) else str(label) for label in labels]
        getattr(axes, f"set_{which}ticks")(np.arange(len(texts)), texts, fontsize=6.5)
    axes.set_xlabel(str(cells.columns.name))
    axes.set_ylabel(str(cells.index.name))
    return figure


def share_chart(shares: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return a chart of the share of each factor in the variance of ranks.

    Parameters
    ----------
    shares
        ``factor``, ``first``, ``total`` with ``total_lower``, ``total_upper``.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Bars for first-order and total shares, with the interval of the total.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame({"factor": ["merge.tie_rule"], "first": [0.4], "total": [0.5]})
    >>> shares = shares.assign(total_lower=0.4, total_upper=0.6)
    >>> len(share_chart(shares, title="", caption="").axes[0].patches)
    2
    """
    with drawing_style():
        figure = _wide_enough(6.5, 1.5 + 0.3 * len(shares), title=title, caption=caption)
        axes = figure.add_subplot()
        rows = np.arange(len(shares))
        total, first = shares["total"].to_numpy(float), shares["first"].to_numpy(float)
        axes.barh(rows - 0.18, total, height=0.34, color=GROUPS[0], label="total")
        axes.barh(
            rows + 0.18, np.maximum(first, 0.0), height=0.34, color=GROUPS[4], label="by itself"
        )
        axes.hlines(
            rows - 0.18, shares["total_lower"], shares["total_upper"], color=INK, linewidth=0.8
        )
        axes.set_yticks(rows, list(shares["factor"]), color=INK)
        axes.set_ylim(len(shares) - 0.4, -0.6)
        axes.set_xlabel("share of the variance of ranks")
        axes.legend(frameon=False, loc="lower right")
        axes.tick_params(axis="y", length=0)
        return figure


def bump_chart(series: pd.DataFrame, *, top: int, title: str, caption: str) -> Figure:
    """
    Return the ranks of clusters through several runs, a line each.

    Parameters
    ----------
    series
        ``name``, ``run``, ``rank``, runs in the order of their rows.
    top
        Clusters that are among so many first in any run are drawn.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Rank 1 on top; names at the last run.

    Examples
    --------
    >>> import pandas as pd
    >>> series = pd.DataFrame({"name": ["Oslo"] * 2, "run": ["2024", "2025"], "rank": [2, 1]})
    >>> bump_chart(series, top=10, title="", caption="").axes[0].texts[0].get_text()
    '1  Oslo'
    """
    runs = list(dict.fromkeys(series["run"]))
    best = series.groupby("name", sort=False)["rank"].min()
    shown = best[best <= top].index
    with drawing_style():
        figure = _wide_enough(3.2 + 1.2 * len(runs), 1.2 + 0.17 * top, title=title, caption=caption)
        axes = figure.add_subplot()
        for position, name in enumerate(shown):
            rows = series[series["name"] == name]
            at = [runs.index(run) for run in rows["run"]]
            colour = GROUPS[position % (len(GROUPS) - 1)]
            axes.plot(at, rows["rank"], "o-", color=colour, markersize=3, linewidth=1.2)
            rank = int(rows["rank"].iloc[-1])
            if rank > top:
                continue
            axes.text(
                at[-1] + 0.06,
                rank,
                f"{rank}  {name}",
                fontsize=6.5,
                va="center",
                color=INK,
                clip_on=False,
            )
        axes.set_xticks(np.arange(len(runs)), runs)
        axes.set_xlim(-0.15, len(runs) - 1 + 0.9)
        axes.set_ylim(top + 0.8, 0.2)
        axes.set_ylabel("rank")
        return figure
