"""Names and earlier runs that an inputs file gives: what is read, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from hubscan import beside
from hubscan.cluster.names import official_matches
from hubscan.errors import InputError
from hubscan.ingest.inputs import Inputs, inputs_from
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "name,cities,latitudes,longitudes\n"


def inputs(**beside_sources: str) -> Inputs:
    columns = {"document_id": "id", "year": "year", "city": "town", "country": "cc"}
    source: dict[str, Any] = {"name": "pct", "indicator": "patents", "grain": "addresses"}
    source |= {"path": "pct.csv", "columns": columns}
    return inputs_from({"title": "Mine", "source": [source]} | beside_sources, where="inputs.toml")


def names(folder: Path, text: str, *, encoding: str = "utf-8") -> pd.DataFrame:
    (folder / "names.csv").write_bytes(text.encode(encoding))
    table = beside.own_names(inputs(names="names.csv"), folder)
    assert table is not None
    return table


def test_nothing_is_given_unless_it_is_declared(tmp_path: Path) -> None:
    assert beside.own_names(inputs(), tmp_path) is None
    assert beside.previous_folder(inputs(), tmp_path) is None


def test_a_previous_run_lies_beside_the_data(tmp_path: Path) -> None:
    assert beside.previous_folder(inputs(previous="runs/2024"), tmp_path) == tmp_path / "runs/2024"


def test_names_are_read_whatever_else_the_file_holds(tmp_path: Path) -> None:
    text = (
        "rank,name,longitudes,latitudes,cities\n"
        '7,"Basel, the three countries",7.59,47.56,Basel\n'
        "8,NA,17.08,-22.56,Windhoek\n"
    )
    table = names(tmp_path, text, encoding="utf-8-sig")
    assert table.to_numpy().tolist() == [
        ["Basel, the three countries", "Basel", "47.56", "7.59"],
        ["NA", "Windhoek", "-22.56", "17.08"],
    ]
    assert list(table.columns) == ["name", "cities", "latitudes", "longitudes"]


@pytest.mark.parametrize("between", [";", "; ", " ;  "])
def test_semicolons_may_have_blanks_around_them(tmp_path: Path, between: str) -> None:
    one, other = ("48.86", "2.35"), ("48.80", "2.13")
    text = HEADER + ",".join(
        ["Paris", *(between.join(pair) for pair in (("Paris", "Versailles"), *zip(one, other)))]  # noqa: B905 - both are pairs
    )
    table = names(tmp_path, text)
    assert table.loc[0, "cities"] == "Paris; Versailles"
    # and naming takes them as they are
    member = {"place": place_keys([48.86, 48.8], [2.35, 2.13]), "latitude": [48.86, 48.8]}
    member |= {"longitude": [2.35, 2.13], "weight": [3.0, 1.0], "cluster": [1, 1], "core": True}
    matches = official_matches(pd.DataFrame(member), table, within_km=1.0)
    assert matches[["cluster", "name", "weight"]].to_numpy().tolist() == [[1, "Paris", 4.0]]


def test_blank_lines_are_no_rows_but_are_counted(tmp_path: Path) -> None:
    assert len(names(tmp_path, HEADER + "A,a,1,2\n\n\nB,b,3,4\n\n")) == 2
    with pytest.raises(InputError, match=r"names\.csv: row 5: name is empty"):
        names(tmp_path, HEADER + "A,a,1,2\n\n\n,b,3,4\n")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("A,a,1,2\n ,b,1,2\n", "row 3: name is empty: each row needs one"),
        ("A,a; b,1,2; 3\n", "row 2: 2 cities and 1 latitudes: one for each was needed"),
        ("A,a; b,1; 2,3\n", "row 2: 2 cities and 1 longitudes: one for each was needed"),
        ("A,a,north,2\n", "row 2: latitudes = 'north': a number in degrees was needed"),
        ("A,a,1,\n", "row 2: longitudes = '': a number in degrees was needed"),
        ("A,a,1\n", "row 2: longitudes = '': a number in degrees was needed"),
        ("A,a,90.5,2\n", "row 2: latitudes = 90.5: from -90 to 90 was needed"),
        ("A,a,1,2\nB,b; c,1; 2,3; -181\n", "row 3: longitudes = -181: from -180 to 180 was needed"),
        ("A,a,nan,2\n", "row 2: latitudes = nan: from -90 to 90 was needed"),
        ("A,a,1,inf\n", "row 2: longitudes = inf: from -180 to 180 was needed"),
        ("Washington, DC,a,38.9,-77\n", "rows have more cells than the header: put texts with"),
        ("A,a,1,2\nB, B,b,1,2\n", "can't be read as a table of names: .*Expected 4.*line 3, saw 5"),
    ],
)
def test_a_fault_names_file_row_and_column(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(InputError, match=r"names\.csv: " + message):
        names(tmp_path, HEADER + rows)


def test_a_file_that_is_no_table_of_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column cities, longitudes: found name, latitudes"):
        names(tmp_path, "name,latitudes\nA,1\n")
    with pytest.raises(InputError, match=r"names\.csv: can't be read as a table of names: No col"):
        names(tmp_path, "")
    with pytest.raises(InputError, match=r"names\.csv: can't be read as a table of names: 'utf-8'"):
        names(tmp_path, HEADER + "Zürich,Zürich,47.4,8.5\n", encoding="latin-1")
    with pytest.raises(InputError, match=r"gone\.csv: can't be read as a table of names"):
        beside.own_names(inputs(names="gone.csv"), tmp_path)
