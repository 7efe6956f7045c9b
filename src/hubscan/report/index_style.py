"""One look for the figures of a composite index, and files that are equal byte by byte."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INK, MUTED, ACCENT, GRID = "#16202b", "#6b7680", "#b4431f", "#e3e6e8"

GROUPS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Colours of groups that people with any colour vision tell apart (Okabe and Ito)."""

MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
"""Markers of groups, so that colour is never the only difference."""

FORMS: Final[Mapping[str, Mapping[str, object]]] = {
    "svg": {"Date": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
}
"""File formats, with the metadata that would differ from day to day switched off."""

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


def figure_bytes(figure: Figure, *, form: str) -> bytes:
    """
    Return a figure as a file; equal figures give equal bytes.

    Parameters
    ----------
    figure
        Any figure of this module.
    form
        ``svg``, ``png`` or ``pdf``.

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
        figure.savefig(buffer, format=form, dpi=150, metadata=dict(FORMS[form]))
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
