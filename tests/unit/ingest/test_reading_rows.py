"""Bad input gets one clear sentence; bad rows are set aside with a reason, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import opening
from hubscan.errors import InputError
from hubscan.geocode import placed_spellings
from hubscan.ingest import (
    Filters,
    Sources,
    addresses,
    document_totals,
    label_lists,
    localities,
    locality_spellings,
    organisation_spellings,
    wanted_documents,
)
from hubscan.ingest.inputs import inputs_from
from hubscan.numbered import economy_numbers
from hubscan.schema import ADDRESSES, validated
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

    from hubscan.engine import DuckDB
    from hubscan.store import Store

COLUMNS = {
    "document_id": "id",
    "sequence": "seq",
    "year": "year",
    "city": "town",
    "country": "cc",
    "latitude": "lat",
    "longitude": "lon",
}
PATENTS = Filters(
    indicators=["patents"],
    years={"patents": (2020, 2024)},
    publication_types=["article"],
    publication_scope="any_st",
    deals_exclude=["debt"],
)
HEADER = "id,seq,year,town,cc,lat,lon\n"
GOOD = (
    "A,1,2021,Kobe,JP,34.69,135.19\nA,2,2021,Nice,FR,,\nB,1,2019,Nice,FR,,\nC,1,2024-05-01,,NA,,\n"
)


def articles(scope: str) -> Filters:
    """Return what leaves articles of 2019 to 2021."""
    return Filters(
        indicators=["publications"],
        years={"publications": (2019, 2021)},
        publication_types=["article"],
        publication_scope=scope,
        deals_exclude=[],
    )


def wanted(sources: Sources, filters: Filters) -> ibis.Table:
    """Return the documents looked at."""
    lists = label_lists(sources, indicators=filters.indicators)
    return wanted_documents(sources, lists, filters=filters)


def number_of_documents(sources: Sources, filters: Filters) -> list[int]:
    """Return how many documents are looked at."""
    given = (wanted(sources, filters), sources)
    return document_totals(*given, indicators=filters.indicators)["documents"].tolist()


def opened(
    text: str | bytes,
    folder: Path,
    *,
    engine: DuckDB,
    stages: Store,
    **declared: object,
) -> opening.Opened:
    path = folder / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    source = {"name": "pct", "indicator": "patents", "grain": "addresses", "path": "rows.csv"}
    source |= {"columns": COLUMNS, **declared}
    inputs = inputs_from({"title": "Mine", "source": [source]}, where="inputs.toml")
    return opening.opened_inputs(inputs, folder, local=engine, store=stages)


def kept_and_rejected(
    text: str, folder: Path, *, engine: DuckDB, stages: Store, **declared: object
) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = opened(text, folder, engine=engine, stages=stages, **declared)
    spelt = locality_spellings(found.sources, indicators=["patents"])
    named = organisation_spellings(found.sources, indicators=["patents"])
    # cities lie at a place of their own; without a city, nothing is located
    places = localities(spelt).rename(columns={"country": "economy"})
    places["place"] = (1000 + places["locality"]).where(places["city"] != "")
    placed = placed_spellings(spelt, places, economy_numbers(places))
    texts = (wanted(found.sources, PATENTS), placed, named)
    listed = addresses(found.sources, *texts, unit="listed", indicators=["patents"])
    frame = validated(engine.frame(listed), ADDRESSES)
    rejected = engine.frame(opening.rejected_rows(found, engine))
    return frame.sort_values(["document", "locality", "place"], ignore_index=True), rejected


def test_addresses_of_the_window_each_have_a_row(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    again = "A,3,2021, Nice,FR,,\nA,4,2021,Nice,FR,43.7,7.27\n"
    kept, rejected = kept_and_rejected(
        HEADER + GOOD + again, tmp_path, engine=query_engine, stages=stages
    )
    # Kobe and the third address of Nice have coordinates of their own, and hang on no locality
    nice, kobe = place_keys([43.7, 34.69], [7.27, 135.19]).tolist()
    expected = [(0, -1, nice), (0, -1, kobe), (0, 0, 1000), (0, 0, 1000), (1, 2, None)]
    rows = zip(kept["document"], kept["locality"], kept["place"].astype(object), strict=True)
    found = [(a, b, None if pd.isna(c) else int(c)) for a, b, c in rows]
    assert found == sorted(expected[:2], key=lambda row: row[2] or 0) + expected[2:]
    # they are of the country that they name, for which 1 stands for FR, 2 for JP, 3 for NA
    economy_of = {nice: 1, kobe: 2, 1000: 1, None: 3}
    assert kept["economy"].tolist() == [economy_of[place] for *_, place in found]
    assert kept["organisation"].tolist() == [0] * 5
    assert rejected.empty


def test_own_coordinates_come_before_the_place_of_the_city(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    rows = (
        "A,1,2021,Nice,FR,43.7,7.27\nA,2,2021,Nice,FR,,\nA,3,2021,,FR,43.7,7.27\nA,4,2021,,FR,,\n"
    )
    kept, _ = kept_and_rejected(HEADER + rows, tmp_path, engine=query_engine, stages=stages)
    (own,) = place_keys([43.7], [7.27]).tolist()
    # of localities, the one without a city is 0 and lies nowhere, and Nice is 1
    assert kept["locality"].tolist() == [-1, -1, 0, 1]
    assert kept["place"].fillna(0).tolist() == [own, own, 0, 1001]
    assert kept["economy"].tolist() == [1] * 4


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1,2021,Kobe,JP,,", "document_id is empty: every row needs one"),
        ("D,1,,Kobe,JP,,", "year is missing: every document needs one"),
        ("D,1,20x1,Kobe,JP,,", "year '20x1' is not a year: four digits were needed"),
        ("D,1,20211,Kobe,JP,,", "year '20211' is not a year: four digits were needed"),
        ("D,1,1066,Kobe,JP,,", "year '1066' is impossible: from 1800 to 2100 was needed"),
        ("D,1,2021,Kobe,JP,91,3", "latitude '91.0' is beyond a pole"),
        ("D,1,2021,Kobe,JP,9,181", "longitude '181.0' is beyond 180"),
        ("D,1,2021,Kobe,JP,north,3", "latitude 'north' is not a number in degrees"),
        ("D,1,2021,Kobe,JP,9,", "one of latitude and longitude is missing"),
        ("D,1,2021,Kobe,JP,0,0", "coordinates are 0, 0: a place was needed"),
        ("D,1,2021,Kobe,JP,nan,nan", "latitude or longitude is not a number"),
        ("A,2,2021,Nice,FR,,", "document_id 'A' and sequence '2' occurs before"),
        ("D,1,2021,Kobe", "line 6 can't be read: Expected Number of Columns: 7 Found: 4"),
        ('D,1,2021,Kobe,JP,,,,"', "line 6 can't be read"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason(
    tmp_path: Path, query_engine: DuckDB, stages: Store, row: str, reason: str
) -> None:
    kept, rejected = kept_and_rejected(
        f"{HEADER}{GOOD}{row}\n", tmp_path, engine=query_engine, stages=stages
    )
    assert len(kept) == 3
    assert len(rejected) == 1
    assert reason in rejected["reason"][0]
    assert rejected[["source", "file", "row"]].to_numpy().tolist() == [["pct", "rows.csv", 5]]


@pytest.mark.parametrize(
    ("text", "declared", "sentence"),
    [
        ("", {}, "rows.csv: the file is empty"),
        (HEADER, {}, "rows.csv: the file has no rows"),
        (HEADER + GOOD, {"columns": {**COLUMNS, "city": "City"}}, "pct: no column 'City'"),
        (HEADER + GOOD, {"path": "absent-*.csv"}, "pct: no file matches 'absent-*.csv'"),
        (HEADER + GOOD, {"encoding": "klingon"}, "encoding 'klingon' is not known"),
        (HEADER + GOOD, {"format": "parquet"}, "pct: rows.csv: is not a Parquet file"),
        (HEADER.encode() + b"A,1,2021,K\xf6ln,DE,,\n", {}, "line 2 is not utf-8"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(
    tmp_path: Path,
    query_engine: DuckDB,
    stages: Store,
    text: str,
    declared: dict[str, object],
    sentence: str,
) -> None:
    with pytest.raises(InputError) as caught:
        found = opened(text, tmp_path, engine=query_engine, stages=stages, **declared)
        locality_spellings(found.sources, indicators=["patents"])
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "shift_jis"])
def test_declared_encodings_are_read(
    tmp_path: Path, query_engine: DuckDB, stages: Store, encoding: str
) -> None:
    town = "神戸" if encoding in ("utf-16", "shift_jis") else "Köln"
    text = f"{HEADER}A,1,2021,{town},DE,,\n".encode(encoding)
    found = opened(text, tmp_path, engine=query_engine, stages=stages, encoding=encoding)
    spelt = locality_spellings(found.sources, indicators=["patents"])
    assert localities(spelt)["city"].tolist() == [town]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"grain": "rows"}, "grain = 'rows'"),
        ({"colums": {}}, "colums is not known: did you mean columns?"),
        ({"columns": {"document_id": "id", "year": "y"}}, "columns name no place"),
        ({"columns": {"document_id": "id", "city": "c"}}, "columns name no year"),
        ({"columns": {**COLUMNS, "town": "c"}}, "columns.town is not known"),
        ({"columns": {"year": "y", "city": "c"}}, "columns.document_id is missing"),
        ({"path": 3}, "path"),
    ],
)
def test_an_inputs_file_that_contradicts_itself(change: dict[str, object], sentence: str) -> None:
    source = {"name": "pct", "indicator": "patents", "grain": "addresses", "path": "rows.csv"}
    content = {"title": "Mine", "source": [source | {"columns": COLUMNS} | change]}
    with pytest.raises(InputError) as caught:
        inputs_from(content, where="inputs.toml")
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("inputs.toml: [source.0")


def test_types_and_windows_filter_documents(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    rows = [f"{k},{2018 + k % 7},{kind}" for k, kind in enumerate(["Article", "review", ""] * 7)]
    (tmp_path / "docs.csv").write_text("id,year,type\n" + "\n".join(rows) + "\n", encoding="utf-8")
    lines = "".join(f"{k},Kobe,JP\n" for k in range(21))
    (tmp_path / "rows.csv").write_text(f"id,city,cc\n{lines}", encoding="utf-8")
    documents = {
        "path": "docs.csv",
        "columns": {"document_id": "id", "year": "year", "type": "type"},
    }
    source = {"name": "wos", "indicator": "publications", "grain": "addresses", "path": "rows.csv"}
    source |= {
        "columns": {"document_id": "id", "city": "city", "country": "cc"},
        "documents": documents,
    }
    inputs = inputs_from({"title": "Mine", "source": [source]}, where="inputs.toml")
    found = opening.opened_inputs(inputs, tmp_path, local=query_engine, store=stages)
    totals = number_of_documents(found.sources, articles("any_st"))
    # 3 of 7 years, 3 documents each; of the 9, those of type Article or without one
    expected = sum(k % 7 in (1, 2, 3) and k % 3 != 1 for k in range(21))
    assert totals == [expected] == [6]


@pytest.mark.parametrize(("scope", "kept"), [("any_st", 3), ("all_st", 2), ("none", 4)])
def test_subjects_decide_which_articles_count(
    tmp_path: Path, query_engine: DuckDB, stages: Store, scope: str, kept: int
) -> None:
    lists = ["Optics", "Linguistics", "Linguistics; Optics", ""]
    lines = "".join(f"{k},2020,{subjects},Kobe,JP\n" for k, subjects in enumerate(lists))
    (tmp_path / "rows.csv").write_text(f"id,year,wc,city,cc\n{lines}", encoding="utf-8")
    columns = {
        "document_id": "id",
        "year": "year",
        "subjects": "wc",
        "city": "city",
        "country": "cc",
    }
    source = {"name": "wos", "indicator": "publications", "grain": "addresses", "path": "rows.csv"}
    inputs = inputs_from(
        {"title": "Mine", "source": [source | {"columns": columns}]}, where="i.toml"
    )
    found = opening.opened_inputs(inputs, tmp_path, local=query_engine, store=stages)
    totals = number_of_documents(found.sources, articles(scope))
    assert totals == [kept]
