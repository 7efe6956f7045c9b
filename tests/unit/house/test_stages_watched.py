"""What a stage took is told; tables that need no keeping; evidence of equal bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from hubscan import engine
from hubscan.watching import StageRecord, watched

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

    from hubscan.engine import DuckDB
    from hubscan.store import Store


class Told:
    """A watcher that keeps everything it is told, in order."""

    def __init__(self) -> None:
        self.told: list[str | StageRecord] = []

    def begin(self, stage: str) -> None:
        """Keep the name of the stage."""
        self.told.append(stage)

    def end(self, record: StageRecord) -> None:
        """Keep the record."""
        self.told.append(record)


def test_a_stage_is_told_at_its_beginning_and_its_end() -> None:
    watcher, records = Told(), []
    with watched("places", watcher, records) as noted:
        assert watcher.told == ["places"]
        noted.rows, noted.reused = 7, True
    (record,) = records
    assert watcher.told == ["places", record]
    assert (record.stage, record.rows, record.reused) == ("places", 7, True)
    assert record.seconds >= 0.0


def test_memory_is_the_most_of_the_stage_itself() -> None:
    watcher, records = Told(), []
    with watched("much", watcher, records):
        held = np.ones(40_000_000)  # 320 MB, written to
        del held
    with watched("little", watcher, records):
        pass
    much, little = (record.peak_gb for record in records)
    if much is None or little is None:  # a system that does not tell
        assert much is little is None
    else:
        assert much >= little > 0.0


def test_a_stage_that_fails_is_not_recorded() -> None:
    watcher, records = Told(), []
    with pytest.raises(ZeroDivisionError), watched("places", watcher, records) as noted:
        noted.rows = 1 // 0
    assert records == []
    assert watcher.told == ["places"]


def doubled(table: ibis.Table, *, times: int) -> ibis.Table:
    return table.mutate(value=table.value * times)


def test_what_is_derived_is_lazy_told_apart_and_not_written(stages: Store) -> None:
    numbers = stages.given("numbers", pd.DataFrame({"value": [1, 2]}))
    one, again, other = (stages.derived("doubled", doubled, numbers, times=k) for k in (2, 2, 3))
    assert sorted(stages.in_memory(one)["value"]) == [2, 4]
    assert sorted(stages.in_memory(other)["value"]) == [3, 6]
    assert one.key == again.key != other.key
    assert one.rows == 0
    assert not list(stages.work.glob("doubled*"))
    assert stages.records == []
    # what follows from it is kept under a key of its own
    kept = stages.keep("twice", doubled, one, times=2)
    assert sorted(stages.in_memory(kept)["value"]) == [4, 8]


def test_what_is_given_is_told_apart_by_what_it_holds(stages: Store) -> None:
    frame = pd.DataFrame({"cluster": [1, 2], "economy": ["FR", "US"]})
    one, same = stages.given("homes", frame), stages.given("homes", frame.copy())
    changed = stages.given("homes", frame.assign(economy=["FR", "GB"]))
    renamed = stages.given("others", frame)
    assert one.key == same.key
    assert len({one.key, changed.key, renamed.key}) == 3
    assert one.rows == 2
    assert one.value is frame


def test_ordered_rows_have_equal_bytes_however_they_lie(
    tmp_path: Path, query_engine: DuckDB
) -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"document": np.arange(5_000) // 3, "place": rng.permutation(5_000), "economy": "FR"}
    )
    mixed = frame.sample(frac=1.0, random_state=1)
    one, other, folder = tmp_path / "one.parquet", tmp_path / "other.parquet", tmp_path / "parts"
    folder.mkdir()
    frame.to_parquet(one, index=False)
    mixed.to_parquet(other, index=False)
    for k, part in enumerate((mixed.iloc[:900], mixed.iloc[900:])):
        part.to_parquet(folder / f"part-{k}.parquet", index=False)
    written = []
    with engine.opened(spill=tmp_path / "spill1", threads=1, memory_gb=1.0) as alone:
        for by, rows_at in ((query_engine, one), (query_engine, folder), (alone, other)):
            target = tmp_path / f"ordered-{len(written)}.parquet"
            rows = by.parquet([rows_at]).order_by("document", "place")
            parts = [rows.filter(rows.document < 500), rows.filter(rows.document >= 500)]
            assert by.write_rows(parts, target, about="what it is") == 5_000
            written.append(target)
    assert len({path.read_bytes() for path in written}) == 1
    found = pq.read_table(written[0])
    expected = frame.sort_values(["document", "place"], ignore_index=True)
    pd.testing.assert_frame_equal(found.to_pandas(), expected)
    assert pq.read_schema(written[0]).metadata[b"hubscan"] == b"what it is"
