"""Questions to a server: read strictly, worked on one at a time, stopped when nobody waits."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubscan import geocode
from hubscan.explorer import answers, what_if
from hubscan.explorer.limits import MOST_BYTES, MOST_SECONDS, MOST_WAITING
from hubscan.explorer.plain import json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubscan.edition import Edition
    from hubscan.run_folder import RunFolder


class QuestionError(Exception):
    """A question that is not answered: an HTTP status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass
class Desk:
    """Where questions about one run are answered; keeps the run's tables between questions."""

    folder: RunFolder
    _base: what_if.Base | None = None
    _last: tuple[str, what_if.World] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _waiting: int = 0
    _count: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answer(self, changes: dict[str, Any], unwanted: threading.Event, *, part: str) -> bytes:
        """
        Return the answer to a question as JSON.

        Parameters
        ----------
        changes
            Values by dotted key.
        unwanted
            Set when the client has gone or asked something else; work stops at the next stage.
        part
            ``"ranking"`` or ``"footprints"``; the last question's world is kept between the two.

        Returns
        -------
        body
            As the API's ``Answer``, or a FeatureCollection.

        Raises
        ------
        QuestionError
            If too many questions wait, or the answer took too long or is not wanted any more.
        HubscanError
            If the question is out of range, or has no answer.
        """
        self._enter()
        try:
            with self._turn:
                return self._part(changes, unwanted, part)
        finally:
            with self._count:
                self._waiting -= 1

    def _enter(self) -> None:
        with self._count:
            if self._waiting >= MOST_WAITING:
                raise QuestionError(429, "too many questions at a time: ask again in a moment")
            self._waiting += 1

    def _part(self, changes: dict[str, Any], unwanted: threading.Event, part: str) -> bytes:
        edition = what_if.asked(self.folder.edition(), changes)
        base = self._opened()
        began = time.perf_counter()

        def go_on() -> None:
            if unwanted.is_set():
                raise QuestionError(499, "the question was taken back")
            if time.perf_counter() - began > MOST_SECONDS:
                raise QuestionError(503, f"the answer takes more than {MOST_SECONDS:g} seconds")

        go_on()
        world = self._world(base, edition, go_on)
        go_on()
        if part == "footprints":
            return json_bytes(answers.answered_shapes(base, world, edition))
        found = answers.answered(base, world, edition)
        return json_bytes({**found, "seconds": round(time.perf_counter() - began, 3)})

    def _opened(self) -> what_if.Base:
        """
        Return the run as questions need it, its own rule worked out once.

        A large run takes longer to open than a question may take: it is no part of any.
        """
        if self._base is None:
            base = what_if.base_of(self.folder)
            what_if.worked_out(base, self.folder.edition(), go_on=lambda: None)
            base.memory.keep_for_good()
            geocode.bundled()  # new clusters are named from it
            self._base = base
        return self._base

    def _world(
        self, base: what_if.Base, edition: Edition, go_on: Callable[[], None]
    ) -> what_if.World:
        """Return the world of a question, kept if it was the last one."""
        mark = edition.model_dump_json()
        if self._last is None or self._last[0] != mark:
            self._last = (mark, what_if.worked_out(base, edition, go_on=go_on))
        return self._last[1]


def read_question(body: bytes, content_type: str) -> dict[str, Any]:
    """
    Return the values that a question gives.

    Raises
    ------
    QuestionError
        If it is too long, of another type, no JSON, or no object.

    Examples
    --------
    >>> read_question(b'{"cluster.radius_km": 20}', "application/json")
    {'cluster.radius_km': 20}
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise QuestionError(415, "the body must be application/json")
    if len(body) > MOST_BYTES:
        raise QuestionError(413, f"the body must have at most {MOST_BYTES} bytes")
    try:
        content = json.loads(body, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise QuestionError(400, "the body is not valid JSON") from error
    if not isinstance(content, dict):
        raise QuestionError(400, "the body must be a JSON object of values by dotted key")
    return content


def _refused(name: str) -> float:
    msg = f"{name} is no JSON number"
    raise ValueError(msg)
