"""Colours of the rank bands, sizes of the circles, and the key under a map that explains them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

from hubscan.report.index_style import INK, MUTED
from hubscan.report.sheet import text_width, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from hubscan.report.plane import Frame

SMALLEST: Final = 1.7
"""Radius below which no circle shrinks, and of all clusters beyond the last band, points."""

BEYOND: Final = "#d8cdb8"
"""Colour of the clusters beyond the last band."""

OUTSIDE: Final = "#8d979c"
"""Colour of the places outside clusters."""

KEY_HEIGHT: Final = 46.0
_STEPS: Final = ("#8f1d14", "#d2571c", "#eba134", "#f6dc9a")
_SIZE: Final = 9.0
_NICE: Final = (1.0, 2.0, 5.0)
_KNEE: Final = 0.04045
_DARK: Final = 0.12
"""Luminance at which letters stand off from the sea by 4.5 to 1 or more."""


def palette(bands: int) -> list[str]:
    """
    Return the colours of rank bands, darkest first.

    They differ in lightness as well as in hue, so that they keep their order for people with any
    colour vision, and in grey.

    Parameters
    ----------
    bands
        Number of bands.

    Examples
    --------
    >>> palette(4)
    ['#8f1d14', '#d2571c', '#eba134', '#f6dc9a']
    """
    if bands <= len(_STEPS):
        return list(_STEPS[:bands])
    shades = LinearSegmentedColormap.from_list("rank bands", _STEPS, N=256)
    return [to_hex(shades(step)) for step in np.linspace(0.0, 1.0, bands)]


def band_names(rank_bands: Sequence[int]) -> list[str]:
    """
    Return the ranks in each band, as text.

    Parameters
    ----------
    rank_bands
        Last rank of each band.

    Examples
    --------
    >>> band_names([25, 50])
    ['1–25', '26–50']
    """
    firsts = [1, *(last + 1 for last in rank_bands[:-1])]
    return [f"{first}–{last}" for first, last in zip(firsts, rank_bands, strict=True)]


def size_steps(largest: float) -> list[float]:
    """
    Return two or three round sizes that explain an area, largest first.

    Parameters
    ----------
    largest
        The largest size on the map, any unit.

    Examples
    --------
    >>> size_steps(14.28)
    [10.0, 2.0, 0.5]
    >>> size_steps(0.0)
    []
    """
    if largest <= 0.0:
        return []
    power = 10.0 ** np.floor(np.log10(largest))
    first = max(step * power for step in _NICE if step * power <= largest)
    return [float(f"{first * part:.6g}") for part in (1.0, 0.2, 0.05)]


def number_colours(colours: Sequence[str]) -> list[str]:
    """
    Return the colours of bands darkened until letters in them read on land and sea.

    Parameters
    ----------
    colours
        Of the circles.

    Examples
    --------
    >>> number_colours(["#8f1d14", "#eba134"])
    ['#8f1d14', '#80581c']
    """
    return [_readable(colour) for colour in colours]


def _readable(colour: str) -> str:
    shade = np.asarray(to_rgb(colour))
    while _luminance(shade) > _DARK:
        shade = shade * 0.98
    return str(to_hex((float(shade[0]), float(shade[1]), float(shade[2]))))


def _luminance(shade: NDArray[np.float64]) -> float:
    """Return the relative luminance of sRGB (WCAG 2), in [0, 1]."""
    linear = np.where(shade <= _KNEE, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def write_key(
    axes: Axes,
    room: Frame,
    *,
    rank_bands: Sequence[int],
    beyond: bool,
    largest_share: float,
    largest: float,
) -> None:
    """
    Write the key of a map on one line.

    Parameters
    ----------
    axes
        Of a sheet.
    room
        Where; its height is ``KEY_HEIGHT``.
    rank_bands
        Last rank of each band.
    beyond
        Whether the map shows clusters beyond the last band.
    largest_share
        Total share of the largest circle, as a fraction.
    largest
        Its radius, points.
    """
    middle = (room.foot + room.head) / 2.0
    x = _word(axes, room.left, middle, "Rank", bold=True) + 12.0
    names = band_names(rank_bands)
    for name, colour in zip(names, palette(len(names)), strict=True):
        x = _dot(axes, x, middle, name, radius=5.0, colour=colour) + 16.0
    if beyond:
        x = (
            _dot(axes, x, middle, f"{rank_bands[-1] + 1} and beyond", radius=2.2, colour=BEYOND)
            + 16.0
        )
    _dot(axes, x, middle, "Places outside clusters", radius=1.1, colour=OUTSIDE)
    steps = size_steps(100.0 * largest_share)
    radii = [largest * float(np.sqrt(step / 100.0 / largest_share)) for step in steps]
    words = [f"{step:g} %" for step in steps]
    heading = "Circle area: sum of shares of the totals"
    wide = sum(2.0 * radius + 4.0 + text_width(word, size=_SIZE) + 14.0
               for radius, word in zip(radii, words, strict=True))  # fmt: skip
    x = room.right - wide - text_width(heading, size=_SIZE, bold=True)
    x = _word(axes, x, middle, heading, bold=True) + 14.0
    for radius, word in zip(radii, words, strict=True):
        axes.scatter([x + radius], [middle], s=(2.0 * radius) ** 2, facecolors="none",
                     edgecolors=MUTED, linewidths=0.8)  # fmt: skip
        x = _word(axes, x + 2.0 * radius + 4.0, middle, word) + 14.0


def _dot(axes: Axes, x: float, middle: float, word: str, *, radius: float, colour: str) -> float:
    axes.scatter([x + radius], [middle], s=(2.0 * radius) ** 2, c=colour, edgecolors=INK,
                 linewidths=0.35 if radius > SMALLEST else 0.0)  # fmt: skip
    return _word(axes, x + 2.0 * radius + 4.0, middle, word)


def _word(axes: Axes, x: float, middle: float, word: str, *, bold: bool = False) -> float:
    """Write a word, and return where it ends."""
    write(axes, x, middle - 0.36 * _SIZE, word, size=_SIZE, bold=bold)
    return x + text_width(word, size=_SIZE, bold=bold)
