"""Outputs are there whole or not at all, and finished stages are found again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.errors import StoreError
from hubscan.store import Kept, Store, fingerprint, published, written_whole

if TYPE_CHECKING:
    from pathlib import Path


def squares(numbers: pd.DataFrame, *, power: int) -> pd.DataFrame:
    return numbers.assign(value=numbers["value"] ** power)


def test_a_stage_is_made_once_and_found_again(stages: Store) -> None:
    numbers = Kept(pd.DataFrame({"value": [1, 2, 3]}), "numbers", 3)
    first = stages.keep("squares", squares, numbers, power=2)
    again = stages.keep("squares", squares, numbers, power=2)
    other = stages.keep("squares", squares, numbers, power=3)
    assert first.value["value"].tolist() == again.value["value"].tolist() == [1, 4, 9]
    assert other.value["value"].tolist() == [1, 8, 27]
    assert [record.reused for record in stages.records] == [False, True, False]
    assert (first.key, other.key) == (again.key, other.key)
    assert first.key != other.key


def test_a_lazy_table_is_kept_by_the_engine(stages: Store) -> None:
    def doubled(table: object) -> object:
        return table.mutate(value=table.value * 2)  # type: ignore[attr-defined] - an Ibis table

    lazy = stages.engine.table(pd.DataFrame({"value": [1, 2]}))  # type: ignore[attr-defined] - the real engine
    kept = stages.keep("doubled", doubled, Kept(lazy, "lazy", 2))
    assert kept.rows == 2
    assert sorted(stages.engine.frame(kept.value)["value"]) == [2, 4]  # type: ignore[attr-defined] - as above


def test_what_cannot_be_told_apart_is_refused(stages: Store) -> None:
    with pytest.raises(TypeError, match="DataFrame can't be told apart"):
        stages.keep("squares", squares, pd.DataFrame({"value": [1]}), power=2)


def test_fingerprints_tell_values_apart() -> None:
    assert fingerprint("a", {"x": 1, "y": 2}) == fingerprint("a", {"y": 2, "x": 1})
    assert (
        len({fingerprint("a", 1), fingerprint("a", "1"), fingerprint("a1"), fingerprint("b", 1)})
        == 4
    )


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="broken"), written_whole(path) as partial:
        partial.write_text("half", encoding="utf-8")
        message = "broken"
        raise ValueError(message)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_a_failed_run_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with published(folder) as fresh:
        (fresh / "run.json").write_text("1", encoding="utf-8")
    with pytest.raises(RuntimeError), published(folder) as fresh:
        (fresh / "run.json").write_text("2", encoding="utf-8")
        raise RuntimeError
    assert (folder / "run.json").read_text(encoding="utf-8") == "1"
    assert os.listdir(tmp_path) == ["run"]


def test_a_folder_of_the_users_own_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(StoreError, match=r"no run\.json"), published(tmp_path / "thesis"):
        pass
    assert (tmp_path / "thesis" / "chapter.txt").read_text(encoding="utf-8") == "precious"


def _publish_for_ever(folder: Path, ready: multiprocessing.synchronize.Event) -> None:
    ready.set()
    for number in range(10_000):
        with published(folder) as fresh:
            for name in ("run.json", "ranking.csv", "clusters.geojson"):
                (fresh / name).write_text(str(number), encoding="utf-8")


def test_killed_at_any_moment_the_folder_is_old_or_new(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with published(folder) as fresh:
        for name in ("run.json", "ranking.csv", "clusters.geojson"):
            (fresh / name).write_text("first", encoding="utf-8")
    context = multiprocessing.get_context("spawn")
    seen = set()
    for trial in range(6):
        ready = context.Event()
        child = context.Process(target=_publish_for_ever, args=(folder, ready))
        child.start()
        assert ready.wait(60)
        time.sleep(0.01 + 0.013 * trial)
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        contents = {path.read_text(encoding="utf-8") for path in folder.iterdir()}
        assert len(contents) == 1
        assert len(os.listdir(folder)) == 3
        seen |= contents
    assert len(seen) > 1
