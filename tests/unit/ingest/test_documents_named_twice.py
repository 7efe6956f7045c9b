"""Documents that a file of documents names twice are found, however ids lie in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import opening
from hubscan.ingest.inputs import inputs_from

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.engine import DuckDB
    from hubscan.store import Store

PART = "pct.documents"


@pytest.mark.parametrize(
    ("files", "named_twice"),
    [
        ([[1, 2, 5]], False),
        ([[1, 2, 2]], True),
        ([[5, 1, 2]], False),
        ([[5, 1, 5]], True),
        ([[1, 2], [3, 4]], False),
        ([[1, 2], [2, 3]], True),
        ([[3, 4], [1, 2]], False),
        ([[1, 4], [2, 4]], True),
        ([[-5, -2], [0, 7]], False),
        ([[1, 2, None]], False),
        ([[1, 1, None]], True),
        ([["1", "2", "10"]], False),
        ([["1", "10", "1"]], True),
    ],
)
def test_documents_named_twice_are_found(
    files: list[list[int | str | None]],
    named_twice: bool,  # noqa: FBT001 - a parameter of the test
    tmp_path: Path,
    query_engine: DuckDB,
    stages: Store,
) -> None:
    for k, ids in enumerate(files):
        column = pd.Series(ids, dtype="str" if isinstance(ids[0], str) else "Int64")
        table = pd.DataFrame({"id": column, "year": 2021})
        table.to_parquet(tmp_path / f"documents-{k}.parquet", index=False)
    rows = pd.DataFrame({"id": files[0][:1], "town": ["Basel"], "cc": ["CH"]})
    rows.to_parquet(tmp_path / "rows.parquet", index=False)
    source = {
        "name": "pct",
        "indicator": "patents",
        "grain": "addresses",
        "path": "rows.parquet",
        "columns": {"document_id": "id", "city": "town", "country": "cc"},
        "documents": {
            "path": "documents-*.parquet",
            "columns": {"document_id": "id", "year": "year"},
        },
    }
    inputs = inputs_from({"title": "Mine", "source": [source]}, where="inputs.toml")
    opened = opening.opened_inputs(inputs, tmp_path, local=query_engine, store=stages)
    assert (PART in opened.repeated) is named_twice
    assert opened.sources.scanned[0].each_once is not named_twice
