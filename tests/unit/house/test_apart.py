"""A call made in a process of its own: its answer, its faults, and what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from hubscan.apart import Apart
from hubscan.errors import InputError
from hubscan.rank import ranking

if TYPE_CHECKING:
    from pathlib import Path


def test_a_call_is_made_elsewhere_and_answered_once() -> None:
    with closing(Apart()) as apart:
        apart.begin(os.getpid)
        assert apart.answer() not in (None, os.getpid())
        assert apart.answer() is None


def test_a_call_that_needs_no_process_is_made_here() -> None:
    with closing(Apart()) as apart:
        apart.begin(os.getpid, at_once=False)
        assert apart.answer() == os.getpid()


def test_a_process_that_was_stopped_or_never_began_is_done_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(Apart()) as apart:
        apart.begin(_slowly_here, os.getpid())
        assert apart._process is not None  # noqa: SLF001 - to stop it as a system would
        apart._process.kill()  # noqa: SLF001 - as above
        assert apart.answer() == os.getpid()
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        apart.begin(os.getpid)
        assert apart.answer() == os.getpid()


def _slowly_here(here: int) -> int:
    if os.getpid() != here:
        time.sleep(30)
    return os.getpid()


def test_faults_are_raised_where_the_answer_is_asked_for() -> None:
    with closing(Apart()) as apart:
        apart.begin(_refuse)
        with pytest.raises(InputError, match="no such shape: a circle was needed"):
            apart.answer()


def _refuse() -> None:
    msg = "no such shape: a circle was needed"
    raise InputError(msg)


def test_what_is_not_asked_for_is_stopped() -> None:
    with closing(Apart()) as apart:
        apart.begin(time.sleep, 60)
        assert apart._process is not None  # noqa: SLF001 - to see that it is gone
        number = apart._process.pid  # noqa: SLF001 - as above
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from hubscan.apart import Apart\n"
        "print('once')\n"
        "apart = Apart()\n"
        "apart.begin(sorted, [2, 1])\n"
        "print(apart.answer())\n",
        encoding="utf-8",
    )
    command = [sys.executable, script]
    said = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - a script of our own
    assert said.stdout == "once\n[1, 2]\n"
    assert said.stderr == ""


def test_nothing_is_said_by_a_process_nobody_waits_for(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, time\n"
        "from hubscan.apart import Apart\n"
        "apart = Apart()\n"
        "apart.begin(time.sleep, 1)\n"
        "print('begun', flush=True)\n"
        "time.sleep(30)\n",
        encoding="utf-8",
    )
    with subprocess.Popen(  # noqa: S603 - as above
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
        # its child holds the other end of this until it has ended too
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_large_values_pass_whole() -> None:
    values = list(range(300_000))
    with closing(Apart()) as apart:
        apart.begin(sorted, values, reverse=True)
        assert apart.answer() == values[::-1]


def test_a_function_of_hubscan_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(Apart()) as apart:
        apart.begin(getattr, ranking, "__name__")
        assert apart.answer() == "ranking"
