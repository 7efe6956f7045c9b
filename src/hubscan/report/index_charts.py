"""More figures of a composite index: types of cities, residuals, fields, flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from hubscan.report.index_style import (
    ACCENT,
    GRID,
    GROUPS,
    INK,
    MARKERS,
    MUTED,
    blank_figure,
    drawing_style,
    name_points,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_CORNERS: Final = np.array([[0.5, np.sqrt(3.0) / 2.0], [0.0, 0.0], [1.0, 0.0]])
_HALF: Final = 0.5
_WORLD: Final = 1.0


def typology(
    scores: pd.DataFrame, types: pd.DataFrame, *, exceptions: pd.DataFrame, title: str, caption: str
) -> Figure:
    """
    Return a triangle of three scores, each unit nearest the corner of what it is best at.

    Each score is scaled from 0 (worst unit) to 1 (best); the place of a unit is the mean of the
    corners, weighted by its three shares. Colour and marker name the type.

    Parameters
    ----------
    scores
        Indexed by unit; three columns, one a corner: above, left, right.
    types
        Columns ``unit, type``.
    exceptions
        Column ``unit``: units whose type by rule is not the one a report names; they are ringed.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        With a legend of the types.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"R": [1.0, 0.0], "T": [0.0, 1.0], "I": [0.5, 0.0]}, index=["a", "b"])
    >>> types = pd.DataFrame({"unit": ["a", "b"], "type": ["research", "technology"]})
    >>> figure = typology(scores, types, exceptions=types.iloc[:0], title="", caption="")
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['research', 'technology']
    """
    with drawing_style():
        figure = blank_figure(9.0, 6.2, title=title, caption=caption)
        axes = figure.add_subplot()
        numbers = scores.to_numpy(float)
        low, high = numbers.min(axis=0), numbers.max(axis=0)
        shares = (numbers - low) / np.where(high > low, high - low, 1.0) + _EVEN
        places = shares / shares.sum(axis=1, keepdims=True) @ _CORNERS
        axes.add_patch(Polygon(_CORNERS, fill=False, edgecolor=MUTED, linewidth=0.8))
        for corner, name in zip(_CORNERS, scores.columns, strict=True):
            offset = (0, 6) if corner[1] > _HALF else (0, -12)
            axes.annotate(
                str(name), corner, xytext=offset, textcoords="offset points", ha="center", color=INK
            )
        named = types.set_index("unit")["type"].reindex(scores.index)
        for place, kind in enumerate(sorted(set(named.dropna()))):
            inside = (named == kind).to_numpy(bool)
            colour, marker = GROUPS[place % len(GROUPS)], MARKERS[place % len(MARKERS)]
            axes.scatter(
                places[inside, 0], places[inside, 1], color=colour, marker=marker, s=30, label=kind
            )
        ringed = scores.index.isin(exceptions["unit"])
        axes.scatter(
            places[ringed, 0],
            places[ringed, 1],
            s=130,
            facecolors="none",
            edgecolors=ACCENT,
            linewidths=1.2,
        )
        axes.set_aspect("equal")
        axes.set_axis_off()
        name_points(axes, places, [str(unit) for unit in scores.index], size=6.0)
        figure.legend(loc="outside right upper", frameon=False, fontsize=7)
        return figure


_EVEN: Final = 1e-9


def residual_chart(residuals: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return residuals of verified scores in units of their rounding bound, one row a parent.

    Parameters
    ----------
    residuals
        Columns ``table, parent, unit, residual, bound, inside``.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Points beyond the bound are drawn at the edge and in the accent colour; the number outside
        stands at the right.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame({"table": "t", "parent": "0", "unit": ["a", "b"],
    ...                       "residual": [0.0, -0.4], "bound": 0.1, "inside": [True, False]})
    >>> residual_chart(found, title="", caption="").axes[0].texts[0].get_text()
    '1 of 2 outside'
    """  # fmt: skip
    with drawing_style():
        groups = list(residuals.groupby(["table", "parent"], sort=False))
        figure = blank_figure(7.0, 1.4 + 0.28 * len(groups), title=title, caption=caption)
        axes = figure.add_subplot()
        axes.axvspan(-1.0, 1.0, color=GRID, linewidth=0.0)
        for row, (_, part) in enumerate(groups):
            checked = part[part["inside"].notna()]
            times = (checked["residual"] / checked["bound"]).to_numpy(float)
            outside = ~checked["inside"].to_numpy(bool)
            colours = np.where(outside, ACCENT, INK)
            drawn = np.clip(times, -_EDGE, _EDGE)
            axes.scatter(
                drawn, np.full(len(times), row), s=9, c=list(colours), alpha=0.6, linewidths=0
            )
            if outside.any():
                text = f"{int(outside.sum())} of {len(times)} outside"
                axes.text(_EDGE * 1.05, row, text, va="center", fontsize=7, color=ACCENT)
        axes.set_yticks(range(len(groups)), [f"{parent} {table}" for (table, parent), _ in groups])
        axes.set_xlim(-_EDGE * 1.02, _EDGE * 1.02)
        axes.set_xlabel("residual / rounding bound")
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        return figure


_EDGE: Final = 3.0


def activity_chart(top: pd.DataFrame, *, title: str, caption: str) -> Figure:
    r"""
    Return the leading fields of each unit, coloured by their relative activity.

    Parameters
    ----------
    top
        Columns ``unit, field, place, share, value`` (the relative activity index).
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        One cell a unit and place; grey is the world's average, red above, blue below.

    Examples
    --------
    >>> import pandas as pd
    >>> top = pd.DataFrame({"unit": ["Oslo"], "field": ["Medicine"], "place": [1], "share": [0.4],
    ...                     "value": [1.5]})
    >>> activity_chart(top, title="", caption="").axes[0].texts[0].get_text()
    'Medicine 40 %\nRAI 1.5'
    """  # fmt: skip
    with drawing_style():
        units = list(dict.fromkeys(top["unit"]))
        places = int(top["place"].max())
        figure = blank_figure(
            1.6 + 1.5 * places, 1.2 + 0.36 * len(units), title=title, caption=caption
        )
        axes = figure.add_subplot()
        colours = LinearSegmentedColormap.from_list("", [GROUPS[0], "#d9d9d9", ACCENT])
        scale = TwoSlopeNorm(_WORLD, vmin=0.0, vmax=3.0)
        columns = (top[name] for name in ("unit", "field", "place", "share", "value"))
        for unit, field, place, share, value in zip(*columns, strict=True):
            left, below = float(place) - 1.0, float(units.index(unit))
            colour = colours(scale(min(float(value), 3.0)))
            axes.add_patch(Rectangle((left, below), 0.98, 0.94, color=colour))
            text = f"{field} {100 * share:.0f} %\nRAI {value:.1f}"
            axes.text(left + _HALF, below + _HALF, text, ha="center", va="center", fontsize=5.5)
        axes.set_xlim(0, places)
        axes.set_ylim(len(units), 0)
        axes.set_yticks(np.arange(len(units)) + _HALF, [str(unit) for unit in units])
        axes.set_xticks(np.arange(places) + _HALF, [f"{place}." for place in range(1, places + 1)])
        axes.tick_params(length=0, labelcolor=INK)
        axes.spines[:].set_visible(False)
        return figure


def flow_chart(sources: pd.DataFrame, *, title: str, caption: str) -> Figure:
    """
    Return the main flows of researchers as bands from sources (left) to units (right).

    Parameters
    ----------
    sources
        Columns ``unit, origin, researchers, width``.
    title, caption
        Texts above and below.

    Returns
    -------
    figure
        Lines as wide as ``width`` says; sources ordered by what leaves them.

    Examples
    --------
    >>> import pandas as pd
    >>> sources = pd.DataFrame({"unit": ["Oslo"], "origin": ["Rome"], "researchers": [120.0],
    ...                         "width": [4.8]})
    >>> [text.get_text() for text in flow_chart(sources, title="", caption="").axes[0].texts]
    ['Rome ', ' Oslo']
    """  # fmt: skip
    with drawing_style():
        leaving = sources.groupby("origin")["researchers"].sum()
        left = sorted(leaving.index, key=lambda name: (-leaving[name], str(name)))
        right = list(dict.fromkeys(sources["unit"]))
        height = 1.0 + 0.3 * max(len(left), len(right))
        figure = blank_figure(7.0, height, title=title, caption=caption)
        axes = figure.add_subplot()
        ends = {
            side: {name: (i + _HALF) / len(names) for i, name in enumerate(names)}
            for side, names in (("left", left), ("right", right))
        }
        columns = (sources[name] for name in ("origin", "unit", "width"))
        for origin, unit, width in zip(*columns, strict=True):
            start, end = ends["left"][origin], ends["right"][unit]
            colour = GROUPS[left.index(origin) % len(GROUPS)]
            curve = Path(
                [(0.0, start), (_HALF, start), (_HALF, end), (1.0, end)],
                [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
            )
            axes.add_patch(
                PathPatch(
                    curve, fill=False, edgecolor=colour, linewidth=0.6 * float(width), alpha=0.45
                )
            )
        for name, y in ends["left"].items():
            axes.text(0.0, y, f"{name} ", ha="right", va="center", fontsize=7)
        for name, y in ends["right"].items():
            axes.text(1.0, y, f" {name}", ha="left", va="center", fontsize=7)
        axes.set_xlim(-0.3, 1.3)
        axes.set_ylim(1.0, 0.0)
        axes.set_axis_off()
        return figure
