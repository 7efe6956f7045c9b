"""Work begun ahead is done once, asked for once, and its faults are told where it is asked for."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.background import Background
from hubscan.errors import InputError

if TYPE_CHECKING:
    from hubscan.store import Store


def test_what_was_begun_is_made_elsewhere_and_handed_over_once() -> None:
    here = threading.get_ident()
    with closing(Background()) as background:
        background.begin("there", threading.get_ident)
        there = background.result("there")
        assert there not in (None, here)
        assert background.result("there") is None
        assert background.result("never begun") is None


def test_calls_are_made_in_turn() -> None:
    order: list[int] = []
    with closing(Background()) as background:
        for k in range(20):
            background.begin(str(k), lambda k=k: order.append(k))
        background.result("19")
    assert order == list(range(20))


def test_what_was_begun_is_not_made_again() -> None:
    made: list[str] = []
    with closing(Background()) as background:
        background.begin("one", lambda: made.append("first"))
        background.begin("one", lambda: made.append("again"))
        background.result("one")
    assert made == ["first"]


def test_at_the_end_what_was_not_begun_is_dropped() -> None:
    started, go_on, made = threading.Event(), threading.Event(), []

    def first() -> None:
        started.set()
        go_on.wait()
        made.append("first")

    with closing(Background()) as background:
        background.begin("first", first)
        background.begin("second", lambda: made.append("second"))
        started.wait()
        threading.Timer(0.05, go_on.set).start()
    assert made == ["first"]


calls: list[int] = []


def counted(table: pd.DataFrame, *, times: int) -> pd.DataFrame:
    calls.append(times)
    if times < 0:
        msg = f"times = {times}: must be at least 0"
        raise InputError(msg)
    return table * times


def test_a_stage_begun_ahead_is_the_one_that_is_kept(stages: Store) -> None:
    calls.clear()
    given = stages.given("numbers", pd.DataFrame({"value": [1, 2]}))
    with closing(stages.background):
        stages.ahead("twice", counted, given, times=2)
        kept = stages.keep("twice", counted, given, times=2)
        assert kept.value["value"].tolist() == [2, 4]
        again = stages.keep("twice", counted, given, times=2)
    assert calls == [2]
    assert (again.key, again.path, again.rows) == (kept.key, kept.path, 2)
    assert [(r.stage, r.reused) for r in stages.records] == [("twice", False), ("twice", True)]
    assert kept.key == stages.keep("twice", counted, given, times=2).key
    assert calls == [2]


def test_a_fault_of_a_stage_begun_ahead_is_told_when_it_is_asked_for(stages: Store) -> None:
    given = stages.given("numbers", pd.DataFrame({"value": [1, 2]}))
    with closing(stages.background):
        stages.ahead("less", counted, given, times=-1)
        with pytest.raises(InputError, match="times = -1: must be at least 0"):
            stages.keep("less", counted, given, times=-1)
    assert not list(stages.work.glob("less-*"))
