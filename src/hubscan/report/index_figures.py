"""Figures of a composite index: heat maps, scatter, bubbles, regions, types, correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from hubscan.errors import InputError
from hubscan.report.index_style import (
    ACCENT,
    GRID,
    GROUPS,
    INK,
    MARKERS,
    MUTED,
    blank_figure,
    drawing_style,
    ink_on,
    name_points,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_DARK: Final = 0.6
_LINE: Final = 24
_FEWEST: Final = 3
_NORMAL: Final = 1.959963984540054


def heat_map(scores: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return a heat map of units by nodes, each column on its own range, with the numbers in it.

    Parameters
    ----------
    scores
        Indexed by unit, in the order shown; columns nodes. Missing cells are hatched.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Dark is high.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [60.0, 80.0], "b": [70.0, None]}, index=["Oslo", "Rome"])
    >>> [text.get_text() for text in heat_map(scores, title="", caption="").axes[0].texts]
    ['60', '80', '70', '']
    """
    with drawing_style():
        rows, columns = scores.shape
        size = 2.2 + 0.85 * columns, 1.6 + 0.24 * rows
        figure = blank_figure(*size, title=title, caption=caption)
        axes = figure.add_subplot()
        numbers = scores.to_numpy(float)
        low, high = _ranges(numbers)
        shares = (numbers - low) / np.where(high > low, high - low, 1.0)
        colours = mpl.colormaps["Blues"](0.05 + 0.9 * np.nan_to_num(shares))
        axes.imshow(colours, aspect="auto")
        for column, name in enumerate(scores.columns):
            for row, text in enumerate(_texts(scores[name].to_numpy(float))):
                ink = ink_on(tuple(colours[row, column]))
                axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color=ink)
                if not text:
                    axes.add_patch(_hatched(column, row))
        _label_cells(axes, scores)
        return figure


def _texts(numbers: Floats) -> list[str]:
    """Return numbers as texts with the decimals their column needs, two at most; missing: empty."""
    decimals = next(
        (
            d
            for d in (0, 1)
            if np.allclose(numbers, np.round(numbers, d), atol=1e-9, equal_nan=True)
        ),
        2,
    )
    return ["" if np.isnan(number) else f"{number:.{decimals}f}" for number in numbers]


def _ranges(numbers: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest number of each column; 0 where there is none."""
    missing = np.isnan(numbers)
    low = np.where(missing, np.inf, numbers).min(axis=0)
    high = np.where(missing, -np.inf, numbers).max(axis=0)
    empty = missing.all(axis=0)
    return np.where(empty, 0.0, low), np.where(empty, 0.0, high)


def _hatched(column: int, row: int) -> Rectangle:
    """Return the patch that marks a missing cell."""
    return Rectangle(
        (column - 0.5, row - 0.5), 1.0, 1.0, facecolor="white", edgecolor=MUTED, hatch="////",
        linewidth=0.0,
    )  # fmt: skip


def _label_cells(axes: Axes, table: pd.DataFrame) -> None:
    """Name the rows and columns of a grid of cells."""
    axes.set_yticks(range(len(table)), [str(name) for name in table.index], color=INK)
    names = [_folded(str(name)) for name in table.columns]
    axes.set_xticks(range(table.shape[1]), names, rotation=45, ha="left", color=INK, fontsize=7)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _folded(text: str) -> str:
    """Return a text in lines of about 24 characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= _LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def scatter(
    scores: pd.DataFrame, pairs: Sequence[tuple[str, str]], *, title: str, caption: str
) -> Figure:
    """
    Return scatter plots of pairs of scores, with the line of least squares and the correlation.

    Parameters
    ----------
    scores
        Indexed by unit; columns scores and, if units have groups, ``group``.
    pairs
        Column across, column up; one panel each.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Every unit is named at its point; r stands above each panel.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.1]}, index=list("xyz"))
    >>> scatter(scores, [("a", "b")], title="", caption="").axes[0].get_title(loc="left")
    'r = 1.00 (n = 3)'
    """
    with drawing_style():
        figure = blank_figure(4.6 * len(pairs), 4.8, title=title, caption=caption)
        for place, (across, up) in enumerate(pairs, start=1):
            axes = figure.add_subplot(1, len(pairs), place)
            columns = [across, up, *(["group"] if "group" in scores else [])]
            points = scores[columns].dropna(subset=[across, up])
            _points(axes, points, across, up, sizes=np.full(len(points), 22.0))
            _fit_line(axes, points[across].to_numpy(float), points[up].to_numpy(float))
        _legend(figure, scores)
        return figure


def _points(
    axes: Axes,
    points: pd.DataFrame,
    across: str,
    up: str,
    *,
    sizes: Floats,
) -> None:
    """Draw and name the units, by group if they have one."""
    names = _group_names(points)
    groups = points["group"] if names else pd.Series("", index=points.index)
    for place, name in enumerate(names or [""]):
        inside = (groups == name).to_numpy(bool)
        axes.scatter(
            points[across][inside], points[up][inside], s=sizes[inside], marker=MARKERS[place],
            color=GROUPS[place], alpha=0.75, linewidths=0.4, edgecolors="white", label=name,
        )  # fmt: skip
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    places = points[[across, up]].to_numpy(float)
    name_points(axes, places, [str(unit) for unit in points.index], size=5.5)


def _group_names(points: pd.DataFrame) -> list[str]:
    """Return the names of the groups, in order; as many as there are colours."""
    names = sorted(set(points["group"].dropna())) if "group" in points else []
    if len(names) > len(GROUPS):
        msg = f"figure: {len(names)} groups: at most {len(GROUPS)} can be told apart"
        raise InputError(msg)
    return names


def _fit_line(axes: Axes, x: Floats, y: Floats) -> None:
    """Draw the line of least squares and write the correlation above."""
    if len(x) < _FEWEST or not x.std() > 0 or not y.std() > 0:
        return
    slope, start = np.polyfit(x, y, 1)
    ends = np.array([x.min(), x.max()])
    axes.plot(ends, start + slope * ends, color=ACCENT, linewidth=1.0)
    r = float(np.corrcoef(x, y)[0, 1])
    title = f"r = {r:.2f} (n = {len(x)})"
    if len(x) > _FEWEST and abs(r) < 1.0:
        half = _NORMAL / np.sqrt(len(x) - _FEWEST)
        low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
        title = f"r = {r:.2f}, 95 %: {low:.2f} to {high:.2f} (n = {len(x)})"
    axes.set_title(title, loc="left", fontsize=8)


def _legend(figure: Figure, scores: pd.DataFrame) -> None:
    """Write the groups below the title, if there are any."""
    if _group_names(scores):
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper right", ncols=len(labels), frameon=False, fontsize=7
        )


def bubble(
    scores: pd.DataFrame, columns: tuple[str, str, str], *, title: str, caption: str
) -> Figure:
    """
    Return a bubble chart of three scores: across, up, and the area of the bubble.

    Parameters
    ----------
    scores
        Indexed by unit; columns scores and, if units have groups, ``group``.
    columns
        Column across, column up, column of the area.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        The area grows linearly from the least to the greatest score of the third column.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 4.0], "c": [5.0, 9.0]}, index=["x", "y"])
    >>> drawn = bubble(scores, ("a", "b", "c"), title="", caption="").axes[0].collections[0]
    >>> drawn.get_sizes().round(6).tolist()
    [20.0, 400.0]
    """
    across, up, area = columns
    with drawing_style():
        figure = blank_figure(7.0, 6.0, title=title, caption=caption)
        axes = figure.add_subplot()
        points = scores.dropna(subset=list(columns)).sort_values(area, ascending=False)
        third = points[area].to_numpy(float)
        share = (third - third.min()) / max(third.max() - third.min(), np.finfo(float).tiny)
        order = np.argsort(share, kind="stable")
        _points(axes, points.iloc[order], across, up, sizes=20.0 + 380.0 * share[order])
        axes.set_title(f"area: {area} ({third.min():g} to {third.max():g})", loc="left", fontsize=8)
        _legend(figure, points)
        return figure


def rank_bars(distribution: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return stacked bars of how many units of each region stand in each band of ranks.

    Parameters
    ----------
    distribution
        Rows regions, columns bands (best first), entries numbers of units.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        The number stands in each part.

    Examples
    --------
    >>> table = pd.DataFrame({"1-10": [4, 1], "11-20": [3, 4]}, index=["Asia", "Europe"])
    >>> [text.get_text() for text in rank_bars(table, title="", caption="").axes[0].texts]
    ['4', '1', '3', '4']
    """
    with drawing_style():
        height = 1.4 + 0.5 * len(distribution)
        figure = blank_figure(6.0, height, title=title, caption=caption)
        axes = figure.add_subplot()
        names = [str(name) for name in distribution.index]
        start = np.zeros(len(names))
        shades = mpl.colormaps["Blues"](np.linspace(0.95, 0.25, distribution.shape[1]))
        for place, band in enumerate(distribution.columns):
            counts = distribution[band].to_numpy(float)
            bars = axes.barh(names, counts, left=start, color=shades[place], label=f"ranks {band}")
            texts = [f"{count:g}" if count else "" for count in counts]
            axes.bar_label(
                bars, texts, label_type="center", color=ink_on(tuple(shades[place])), fontsize=7
            )
            start += counts
        axes.invert_yaxis()
        axes.set_xlabel("units")
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        figure.legend(
            loc="outside upper right", ncols=distribution.shape[1], frameon=False, fontsize=7
        )
        return figure


def correlation_map(correlations: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return a map of correlations, with the number in each cell.

    Parameters
    ----------
    correlations
        Square, rows and columns the same; between -1 and 1.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Blue is negative, red positive, white none.

    Examples
    --------
    >>> table = pd.DataFrame([[1.0, -0.5], [-0.5, 1.0]], index=["a", "b"], columns=["a", "b"])
    >>> [text.get_text() for text in correlation_map(table, title="", caption="").axes[0].texts]
    ['', '-0.50', '-0.50', '']
    """
    with drawing_style():
        side = 2.4 + 0.55 * len(correlations)
        figure = blank_figure(side, side, title=title, caption=caption)
        axes = figure.add_subplot()
        numbers = correlations.to_numpy(float)
        axes.imshow(numbers, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
        for (row, column), number in np.ndenumerate(numbers):
            text = "" if row == column or np.isnan(number) else f"{number:.2f}"
            ink = "white" if abs(number) > _DARK else INK
            axes.text(column, row, text, ha="center", va="center", fontsize=6.5, color=ink)
        _label_cells(axes, correlations)
        return figure
