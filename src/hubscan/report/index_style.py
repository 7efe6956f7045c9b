"""One look for the figures of a composite index, and files that are equal byte by byte."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

INK, MUTED, ACCENT, GRID = "#16202b", "#6b7680", "#b4431f", "#e3e6e8"

GROUPS: Final = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c8c8c",
)  # fmt: skip
"""Colours of groups that people with any colour vision tell apart (Okabe and Ito)."""

MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Markers of groups, so that colour is never the only difference."""

FORMS: Final[Mapping[str, Mapping[str, object]]] = {
    "svg": {"Date": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
}
"""File formats, with the metadata that would differ from day to day switched off."""

_TOLD_IN: Final = {"png": "Description", "svg": "Description", "pdf": "Subject"}
"""Where each format holds what a figure is made from."""

STYLE: Final[Any] = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 8.0,
    "hatch.linewidth": 0.5,
    "path.simplify": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "hubscan",
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}
"""Settings under which every figure is drawn and written, whatever the user's own are."""


def figure_bytes(
    figure: Figure, *, form: str, about: Mapping[str, str] | None = None, dots: int = 150
) -> bytes:
    """
    Return a figure as a file; equal figures give equal bytes.

    Parameters
    ----------
    figure
        Any figure of this module.
    form
        ``svg``, ``png`` or ``pdf``.
    about
        Edition, inputs, attribution and the like, for whoever looks into the file.
    dots
        An inch, of an image of dots.

    Returns
    -------
    content
        The file.

    Raises
    ------
    InputError
        If the format is unknown.

    Examples
    --------
    >>> figures = [blank_figure(4, 3, title="Scores", caption="") for _ in range(2)]
    >>> first, second = (figure_bytes(figure, form="svg") for figure in figures)
    >>> first == second
    True
    """
    if form not in FORMS:
        msg = f"figure: form = {form!r}: must be one of {', '.join(FORMS)}"
        raise InputError(msg)
    buffer = io.BytesIO()
    with drawing_style():
        if figure.get_layout_engine() is not None:
            # laid out once: a second pass of the layout would move things by a rounding error
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
        told = {_TOLD_IN[form]: "; ".join(f"{k}: {v}" for k, v in about.items())} if about else {}
        figure.savefig(buffer, format=form, dpi=dots, metadata={**FORMS[form], **told})
    return buffer.getvalue()


@contextmanager
def drawing_style() -> Iterator[None]:
    """
    Return a context in which figures are drawn under the settings of this module alone.

    Returns
    -------
    context
        The user's settings are back when it ends.

    Examples
    --------
    >>> with drawing_style():
    ...     mpl.rcParams["svg.hashsalt"]
    'hubscan'
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def blank_figure(width: float, height: float, *, title: str, caption: str) -> Figure:
    """
    Return an empty figure with its title and, at its foot, a caption.

    Parameters
    ----------
    width, height
        Inches.
    title
        Above the figure; empty for none.
    caption
        Below it: source and recipe.

    Returns
    -------
    figure
        With constrained layout.

    Examples
    --------
    >>> blank_figure(4, 3, title="Scores", caption="set-2024").get_size_inches().tolist()
    [4.0, 3.0]
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    if caption:
        figure.supxlabel(caption, x=0.01, ha="left", fontsize=7, color=MUTED)
    return figure


_PLACES: Final = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
_GAP: Final = 4.0


def name_points(
    axes: Axes, points: NDArray[np.float64], names: Sequence[str], *, size: float
) -> None:
    """
    Write the name of each point beside it, where it covers no other name and no point.

    Parameters
    ----------
    axes
        Where the points are drawn already.
    points
        Shape (points, 2), in the coordinates of the axes.
    names
        One a point.
    size
        Of the letters, points.

    Examples
    --------
    >>> figure = blank_figure(3, 3, title="", caption="")
    >>> axes = figure.add_subplot()
    >>> name_points(axes, np.array([[0.5, 0.5]]), ["Oslo"], size=6)
    >>> axes.texts[0].get_text()
    'Oslo'
    """
    figure = axes.get_figure(root=True)
    if figure is None:
        return
    figure.draw_without_rendering()
    scale = 72.0 / figure.dpi
    centres = np.asarray(axes.transData.transform(points), float) * scale
    taken = [(x - 2.0, y - 2.0, x + 2.0, y + 2.0) for x, y in centres]
    frame = tuple(float(edge) * scale for edge in axes.bbox.extents)
    for name, (x, y), point in zip(names, centres, points, strict=True):
        width, height = 0.62 * size * len(name), 1.15 * size
        boxes = [_box(x, y, width, height, place) for place in _PLACES]
        beyond = [round(width * height - _overlap(box, frame), 6) for box in boxes]
        hits = [
            sum(_overlap(box, other) for other in taken) + outside
            for box, outside in zip(boxes, beyond, strict=True)
        ]
        best = int(np.argmin(hits))
        taken.append(boxes[best])
        axes.annotate(
            name, (float(point[0]), float(point[1])), fontsize=size, color=MUTED,
            xytext=(boxes[best][0] - x, boxes[best][1] - y), textcoords="offset points",
        )  # fmt: skip


def _box(
    x: float, y: float, width: float, height: float, place: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of a name on one side of a point."""
    across, up = place
    left = x + _GAP if across > 0 else x - _GAP - width if across < 0 else x - width / 2.0
    bottom = y + _GAP if up > 0 else y - _GAP - height if up < 0 else y - height / 2.0
    return left, bottom, left + width, bottom + height


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Return the area that two boxes share."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    up = min(a[3], b[3]) - max(a[1], b[1])
    return max(across, 0.0) * max(up, 0.0)


def ink_on(colour: tuple[float, ...]) -> str:
    """
    Return the colour of letters that reads on a ground: white or ink.

    Parameters
    ----------
    colour
        Red, green, blue in [0, 1].

    Returns
    -------
    ink
        A colour.

    Examples
    --------
    >>> ink_on((0.0, 0.0, 0.3)), ink_on((1.0, 1.0, 0.8))
    ('white', '#16202b')
    """
    linear = [c / 12.92 if c <= _KNEE else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < _MIDDLE else INK


_KNEE: Final = 0.04045
_MIDDLE: Final = 0.22
