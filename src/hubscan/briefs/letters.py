"""Which letters can be printed: a font that comes with the package, and those of the machine."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAMILY: Final = "DejaVu Sans"
"""Family of all text that it has the letters of; it comes with matplotlib, freely licensed."""

_FILES: Final = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_JOINERS: Final = "\u200c\u200d"
_REGULAR: Final = 400
_UNWANTED: Final = ("Last Resort", "Mono", "Emoji")


@dataclass
class Letters:
    """
    The letters that can be printed, and the families of fonts that have been called upon.

    Fonts of the machine are looked at only when the package's own lacks a letter, so that briefs
    in Latin, Greek, Cyrillic or Arabic letters are equal on every machine.
    """

    families: list[str] = field(default_factory=lambda: [FAMILY])
    left_out: int = 0
    _known: dict[str, bool] = field(default_factory=dict, repr=False)

    def readable(self, text: object, *, instead: str) -> str:
        r"""
        Return a text on one line, without letters that no font here has.

        Parameters
        ----------
        text
            As the user's data have it.
        instead
            What stands for a text of which nothing is left.

        Returns
        -------
        text
            Control characters and marks that turn the direction of reading are gone as well.

        Examples
        --------
        >>> Letters().readable("Zürich  \n\u202e #panic() \x00", instead="")
        'Zürich #panic()'
        """
        composed = unicodedata.normalize("NFC", str(text))
        plain = "".join(_plain(letter) for letter in composed)
        kept = "".join(letter for letter in plain if self._printable(letter))
        if kept != plain:
            self.left_out += 1
        return " ".join(kept.split()) or instead

    def _printable(self, letter: str) -> bool:
        if letter not in self._known:
            self._known[letter] = letter.isspace() or letter in _JOINERS or self._found(ord(letter))
        return self._known[letter]

    def _found(self, code: int) -> bool:
        if code in _own_letters():
            return True
        for family in _families_of(code):
            if family not in self.families:
                self.families.append(family)
            return True
        return False


@cache
def package_fonts() -> Path:
    """Return a folder that holds the package's own font and nothing else, kept until the end."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy; not needed to print help

    home = Path(mpl.get_data_path()) / "fonts" / "ttf"
    folder = tempfile.TemporaryDirectory(prefix="hubscan-fonts-")
    _KEPT.append(folder)
    for name in _FILES:
        shutil.copyfile(home / name, Path(folder.name) / name)
    return Path(folder.name)


_KEPT: Final[list[tempfile.TemporaryDirectory[str]]] = []


def _plain(letter: str) -> str:
    """Return a letter, a space for a control character, nothing for a mark or a private letter."""
    category = unicodedata.category(letter)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category[0] == "C" and letter not in _JOINERS else letter


@cache
def _own_letters() -> frozenset[int]:
    found = [_letters_of(str(package_fonts() / name), 0) for name in _FILES]
    return frozenset.intersection(*found)


@cache
def _letters_of(path: str, number: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415 - comes with matplotlib

    try:
        with TTFont(path, fontNumber=number, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError):
        return frozenset()


@cache
def _machine_fonts() -> tuple[Any, ...]:
    """Return one regular font of each family of the machine, those without serifs first."""
    import typst  # noqa: PLC0415 - an optional extra

    every = typst.Fonts(include_embedded_fonts=False).fonts()
    regular = [f for f in every if f.path and f.weight == _REGULAR and f.style == "normal"]
    wanted = [f for f in regular if not any(word in f.family for word in _UNWANTED)]
    order = sorted(wanted, key=lambda f: ("Sans" not in f.family, "SC" not in f.family, f.family))
    return tuple({f.family: f for f in reversed(order)}[name] for name in _distinct(order))


def _distinct(fonts: Iterable[Any]) -> Iterator[str]:
    yield from dict.fromkeys(font.family for font in fonts)


def _families_of(code: int) -> Iterator[str]:
    """Yield the families of the machine that have a letter."""
    for font in _machine_fonts():
        if code in _letters_of(font.path, font.index):
            yield font.family
