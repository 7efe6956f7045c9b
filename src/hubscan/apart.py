"""A call made in a process of its own, for what keeps one processor busy and needs no engine."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_BEGIN = "from hubscan.apart import answer_one; answer_one()"


@dataclass
class Apart:
    """
    One call, made in another process while this one goes on, and its answer.

    Function, arguments and answer travel as bytes, so the function is one of a module's own. The
    process starts from nothing: a script that runs hubscan is not run again by it, and it ends
    when this one does.

    Examples
    --------
    >>> from contextlib import closing
    >>> with closing(Apart()) as apart:
    ...     apart.begin(sorted, [3, 1, 2])
    ...     apart.answer()
    [1, 2, 3]
    """

    _asked: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = field(
        default_factory=list
    )
    _process: subprocess.Popen[bytes] | None = None

    def begin(
        self,
        function: Callable[..., Any],
        *values: Any,  # noqa: ANN401 - what the call takes
        at_once: bool = True,
        **named: Any,  # noqa: ANN401 - as above
    ) -> None:
        """
        Have a call made: at once in another process, or here when its answer is asked for.

        It is also made here where no process can be started.
        """
        self._asked.append((function, values, named))
        if not at_once:
            return
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", _BEGIN]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
            if self._process.stdin:
                pickle.dump(self._asked[-1], self._process.stdin, protocol=5)
                self._process.stdin.close()
        except OSError:
            self.close()

    def answer(self) -> Any:  # noqa: ANN401 - what the call returns
        """
        Return what the call returned, or raise what it raised; None if none was begun.

        A process that was stopped from outside has no answer: then the call is made here.
        """
        if not self._asked:
            return None
        function, values, named = self._asked.pop()
        told = b""
        if self._process and self._process.stdout:
            told = self._process.stdout.read()
        self.close()
        if not told:
            return function(*values, **named)
        answer = pickle.loads(told)  # noqa: S301 - from our own process
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """Stop the process if it is still at work."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None


def answer_one() -> None:
    """Make the one call that standard input holds; its answer goes to standard output."""
    # an interrupt is for the process that began this one, which then stops it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    # all of it is taken before any of it is understood: who asks is not to wait for imports
    asked = sys.stdin.buffer.read()
    try:
        function, values, named = pickle.loads(asked)  # noqa: S301 - from who began this
    except Exception:  # noqa: BLE001 - without an answer, who asked makes the call itself
        return
    answer: object
    try:
        answer = function(*values, **named)
    except Exception as error:  # noqa: BLE001 - raised anew where the answer is asked for
        answer = error
    with suppress(BrokenPipeError):  # nobody waits any more
        answers.write(pickle.dumps(answer, protocol=5))
        answers.flush()
