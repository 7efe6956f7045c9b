"""Briefs on request: made one at a time, and never more waiting than a server can bear."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from hubscan import briefs
from hubscan.explorer.limits import MOST_WAITING
from hubscan.explorer.questions import QuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.run_folder import RunFolder

PDF: Final = "application/pdf"
"""Media type of a brief."""


def can_print() -> bool:
    """Return whether briefs can be made here: whether typst is installed."""
    return find_spec("typst") is not None


class Printer:
    """
    Makes the briefs of one run when they are asked for.

    Parameters
    ----------
    folder
        The run folder.
    earlier
        Run folders of earlier editions, for the trend.
    """

    def __init__(self, folder: RunFolder, earlier: Sequence[RunFolder]) -> None:
        self._folder, self._earlier = folder, earlier
        self._press: briefs.Press | None = None
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    def brief(self, cluster: int) -> bytes:
        """
        Return the brief of a cluster as PDF.

        Parameters
        ----------
        cluster
            One of the ranking's.

        Raises
        ------
        QuestionError
            If too many briefs are waited for.
        InputError
            If typst is not installed.
        """
        if not self._room.acquire(blocking=False):
            raise QuestionError(429, "too many briefs at a time: ask again in a moment")
        try:
            with self._turn:
                if self._press is None:
                    material = briefs.material_of(self._folder, earlier=self._earlier)
                    self._press = briefs.Press(material)
                return self._press.pdf(cluster)
        finally:
            self._room.release()


def earlier_runs(folder: RunFolder, folders: Sequence[RunFolder]) -> list[RunFolder]:
    """
    Return the runs of earlier editions among some, the earliest first.

    Parameters
    ----------
    folder
        The run in question.
    folders
        All that are open.
    """
    year = _year(folder)
    before = [each for each in folders if not each.is_index and _year(each) < year]
    return sorted(before, key=_year)


def _year(folder: RunFolder) -> int:
    return int(folder.record.get("edition", {}).get("year") or 0)
