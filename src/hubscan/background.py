"""Work begun ahead of time, beside what needs another processor."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Background:
    """
    Calls that are made in turn beside everything else, each asked for once when it is needed.

    What takes no engine's turn, such as reading a module, is made in a line of its own.

    Examples
    --------
    >>> from contextlib import closing
    >>> with closing(Background()) as background:
    ...     background.begin("sum", lambda: sum(range(4)))
    ...     background.result("sum"), background.result("sum")
    (6, None)
    """

    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    _aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    _begun: dict[str, Future[Any]] = field(default_factory=dict)

    def close(self) -> None:
        """Wait for what is under way, and drop the rest."""
        for line in (self._worker, self._aside):
            line.shutdown(wait=True, cancel_futures=True)

    def begin(self, key: str, call: Callable[[], Any], *, aside: bool = False) -> None:
        """Have a call made, once, when those before it are done; in a line of its own if aside."""
        if key not in self._begun:
            self._begun[key] = (self._aside if aside else self._worker).submit(call)

    def result(self, key: str) -> Any:  # noqa: ANN401 - what the call returns
        """Return what a call begun before returned, when it is done; None if none was begun."""
        begun = self._begun.pop(key, None)
        return None if begun is None else begun.result()
