"""Tables as files, read back by other software, and equal byte by byte."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from hubscan.errors import InputError
from hubscan.report import tables

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"edition": "gii-2025: GII 2025", "inputs": "a test – Zürich"}


@pytest.fixture
def ranking() -> pd.DataFrame:
    """Return a table with everything that files get wrong."""
    return pd.DataFrame(
        {
            "rank": [1, 2, 3],
            "name": ["Tokyo–Yokohama", '=HYPERLINK("x")', "São Paulo, SP"],
            "economies": pd.Categorical(["JP", "-", "BR"]),
            "place": np.array([49703858109428975, 1, 2]),
            "total_share": [0.1 + 0.2, np.nan, 1 / 3],
            "population": [37_000_000.25, 1e6, np.nan],
            "change": pd.array([1, None, -3], dtype="Int64"),
            "core": [True, False, True],
        }
    )


def test_csv_is_utf8_with_line_feeds_and_full_precision(ranking: pd.DataFrame) -> None:
    text = tables.csv_text(ranking)
    assert "\r" not in text
    assert text.splitlines()[1] == (
        "1,Tokyo–Yokohama,JP,49703858109428975,0.30000000000000004,37000000.25,1,True"
    )
    assert text.splitlines()[2].startswith('2,"\'=HYPERLINK(""x"")",\'-,1,,')
    back = pl.read_csv(io.StringIO(text))
    assert back["total_share"].to_list() == [0.1 + 0.2, None, 1 / 3]
    assert back["place"].to_list() == ranking["place"].tolist()


def test_parquet_keeps_types_and_tells_what_it_is_about(
    ranking: pd.DataFrame, tmp_path: Path
) -> None:
    tables.write_parquet(ranking, tmp_path / "a.parquet", about=ABOUT)
    tables.write_parquet(ranking.copy(), tmp_path / "b.parquet", about=dict(ABOUT))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), ranking)
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert json.loads(schema.metadata[b"hubscan"]) == ABOUT
    group = pq.read_metadata(tmp_path / "a.parquet").row_group(0)
    assert {group.column(i).compression for i in range(group.num_columns)} == {"ZSTD"}


def test_a_workbook_has_numbers_as_numbers_and_no_formula(
    ranking: pd.DataFrame, tmp_path: Path
) -> None:
    tables.write_workbook({"ranking": ranking}, tmp_path / "a.xlsx", about=ABOUT)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["ranking", "About"]
    sheet = book["ranking"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(ranking.columns)
    expected = (
        1,
        "Tokyo–Yokohama",
        "JP",
        "49703858109428975",
        0.1 + 0.2,
        37_000_000.25,
        1,
        True,
    )
    # Excel keeps 16 digits
    assert rows[1] == tuple(
        each if isinstance(each, str) else pytest.approx(each, rel=1e-15) for each in expected
    )
    assert rows[2][4] is None
    assert rows[2][6] is None
    assert rows[3][4] == 1 / 3
    assert sheet["B3"].value == '=HYPERLINK("x")'
    assert sheet["B3"].data_type == "s"
    assert sheet["E2"].number_format == "0.00%"
    assert [row[0].value for row in book["About"].iter_rows()] == list(ABOUT)
    assert book.properties.created.year == 2000


def test_equal_tables_give_equal_workbooks(ranking: pd.DataFrame, tmp_path: Path) -> None:
    for name in ("a", "b"):
        sheets = {"ranking": ranking.copy(), "counts": ranking[["rank", "name"]]}
        tables.write_workbook(sheets, tmp_path / f"{name}.xlsx", about=ABOUT)
    one, other = ((tmp_path / f"{name}.xlsx").read_bytes() for name in ("a", "b"))
    assert one == other
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {item.date_time[0] for item in archive.infolist()} == {1980}


def test_what_a_sheet_cannot_hold_is_refused(tmp_path: Path) -> None:
    long = pd.DataFrame({"rank": np.zeros(1_048_576, np.int64)})
    with pytest.raises(InputError, match="1,048,576 rows"):
        tables.write_workbook({"ranking": long}, tmp_path / "a.xlsx", about=ABOUT)
    wordy = pd.DataFrame({"name": ["x" * 40_000]})
    with pytest.raises(InputError, match="40,000 letters"):
        tables.write_workbook({"ranking": wordy}, tmp_path / "a.xlsx", about=ABOUT)


def test_columns_are_described_by_name_or_pattern() -> None:
    table = pd.DataFrame(columns=["rank", "count_deals", "deals_per_million", "other"])
    meanings = {"rank": "place", "count_*": "documents", "*_per_million": "per million"}
    assert tables.described(table, meanings) == {
        "rank": "place",
        "count_deals": "documents",
        "deals_per_million": "per million",
        "other": "",
    }
