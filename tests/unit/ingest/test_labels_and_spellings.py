"""Texts as files spell them: one number for what says the same, lists of labels, document ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import ingest, opening
from hubscan.errors import InputError
from hubscan.ingest.inputs import inputs_from
from hubscan.ingest.labels import numbered_lists
from hubscan.ingest.texts import numbered_spellings
from hubscan.schema import DOCUMENTS, validated
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

    from hubscan.engine import DuckDB
    from hubscan.store import Store

COLUMNS = {
    "document_id": "id",
    "year": "year",
    "ipc": "ipc",
    "applicants": "who",
    "organisation": "org",
    "city": "town",
    "country": "cc",
}
HEADER = ",".join(COLUMNS.values())
FILTERS = ingest.Filters(
    indicators=["patents"],
    years={"patents": (2020, 2024)},
    publication_types=[],
    publication_scope="none",
    deals_exclude=[],
)
PATENTS = ["patents"]


def opened(
    lines: list[str], folder: Path, engine: DuckDB, stages: Store, **declared: object
) -> ingest.Sources:
    """Return the source that some lines of addresses make."""
    (folder / "rows.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return opened_file("rows.csv", folder, engine, stages, **declared)


def opened_file(
    name: str, folder: Path, engine: DuckDB, stages: Store, **declared: object
) -> ingest.Sources:
    """Return the source that a file of addresses makes."""
    source = {"name": "pct", "indicator": "patents", "grain": "addresses", "path": name}
    source |= {"columns": COLUMNS, **declared}
    inputs = inputs_from({"title": "Mine", "source": [source]}, where="inputs.toml")
    return opening.opened_inputs(inputs, folder, local=engine, store=stages).sources


def wanted(sources: ingest.Sources) -> ibis.Table:
    """Return the documents looked at."""
    lists = ingest.label_lists(sources, indicators=PATENTS)
    return ingest.wanted_documents(sources, lists, filters=FILTERS)


def number(sources: ingest.Sources) -> list[int]:
    """Return how many documents are looked at."""
    totals = ingest.document_totals(wanted(sources), sources, indicators=PATENTS)
    return totals["documents"].tolist()


def read(
    sources: ingest.Sources, unit: str = "listed"
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return addresses, localities and organisations."""
    spelt = ingest.locality_spellings(sources, indicators=PATENTS)
    named = ingest.organisation_spellings(sources, indicators=PATENTS)
    texts = (wanted(sources), nowhere(spelt), named)
    listed = ingest.addresses(sources, *texts, unit=unit, indicators=PATENTS)
    return sources.frame(listed), ingest.localities(spelt), named


def nowhere(spelt: pd.DataFrame) -> pd.DataFrame:
    """Return spellings of localities of which none is located, nor its economy known."""
    return spelt.assign(place=pd.array([None] * len(spelt), dtype="Int64"), economy=0)


def borne(sources: ingest.Sources) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the list that each document bears, and the labels of lists."""
    lists = ingest.label_lists(sources, indicators=PATENTS)
    table = sources.frame(ingest.document_lists(wanted(sources)))
    keys = ["document", "kind"]
    named = table.merge(lists, on=["kind", "label_list"]).sort_values(keys, ignore_index=True)
    return named, ingest.listed_labels(lists)


def test_one_text_spelt_with_blanks_is_one_locality(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    lines = [
        "A,2021,,,ETH, Basel ,CH",
        "A,2021,,, ETH,Basel,CH",
        "A,2021,,,,Basel,CH ",
        "B,2021,,,  ,Basel,FR",
        "B,2021,,,ETHZ,Basel,FR",
    ]
    listed, places, named = read(opened(lines, tmp_path, query_engine, stages))
    assert places[["locality", "city", "country"]].to_numpy().tolist() == [
        [0, "Basel", "CH"],
        [1, "Basel", "FR"],
    ]
    texts = named[["number", "organisation"]].drop_duplicates().to_numpy().tolist()
    assert texts == [[0, ""], [1, "ETH"], [2, "ETHZ"]]
    columns = ["document", "locality", "organisation"]
    assert listed[columns].sort_values(columns).to_numpy().tolist() == [
        [0, 0, 0],
        [0, 0, 1],
        [0, 0, 1],
        [1, 1, 0],
        [1, 1, 2],
    ]


def test_nothing_and_an_empty_text_say_the_same(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    rows = {name: ["x"] * 4 for name in HEADER.split(",")} | {
        "id": [1, 1, 1, 2],
        "year": [2021] * 4,
        "org": [None, "", "ETH", None],
        "town": ["", None, "", "Basel"],
        "cc": ["CH", "CH", None, "CH"],
    }
    pd.DataFrame(rows).to_parquet(tmp_path / "rows.parquet")
    listed, places, named = read(opened_file("rows.parquet", tmp_path, query_engine, stages))
    assert places[["city", "country"]].to_numpy().tolist() == [
        ["", ""],
        ["", "CH"],
        ["Basel", "CH"],
    ]
    assert named["organisation"].drop_duplicates().tolist() == ["", "ETH"]
    # no row is lost, none is doubled
    columns = ["document", "locality", "organisation"]
    assert listed[columns].sort_values(columns).to_numpy().tolist() == [
        [1, 0, 1],
        [1, 1, 0],
        [1, 1, 0],
        [2, 2, 0],
    ]


def test_rows_that_say_the_same_may_be_one_address(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    lines = ["A,2021,,,ETH,Basel,CH", "A,2021,,,ETH ,Basel,CH", "A,2021,,,,Basel,CH"]
    sources = opened(lines, tmp_path, query_engine, stages)
    for unit, expected in (("listed", [0, 1, 1]), ("distinct", [0, 1])):
        listed, _, _ = read(sources, unit)
        assert sorted(listed["organisation"]) == expected
    with pytest.raises(InputError, match="fraction_unit = 'some': must be one of"):
        read(sources, "some")


def test_coordinates_and_localities_are_part_of_what_rows_say(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    rows = {
        "id": "A",
        "year": 2022,
        "town": ["Ely", "Ely", "Ely", "Ely", "Bath", "Bath", "Bath "],
        "north": [52.4, 52.4, 52.5, None, 52.4, None, None],
        "east": [0.26, 0.26, 0.26, None, 0.26, None, None],
    }
    pd.DataFrame(rows).to_parquet(tmp_path / "rows.parquet", index=False)
    columns = {"document_id": "id", "year": "year", "city": "town"}
    columns |= {"latitude": "north", "longitude": "east"}
    sources = opened([], tmp_path, query_engine, stages, path="rows.parquet", columns=columns)
    listed, _, _ = read(sources)
    assert len(listed) == 7
    once, _, _ = read(sources, "distinct")
    # equal rows are one: twice Ely at one point, and Bath spelt twice; a point in two towns is two
    own, near = place_keys([52.4, 52.5], [0.26, 0.26]).tolist()
    assert sorted(once["place"].dropna().astype("int64")) == sorted([own, own, near])
    assert sorted(once.loc[once["place"].isna(), "locality"]) == [0, 1]
    assert set(once.loc[once["place"].notna(), "locality"]) == {-1}


def test_spellings_of_several_sources_are_numbered_together() -> None:
    tables = {
        name: pd.DataFrame({"organisation": texts, "spelt_organisation": texts})
        for name, texts in (("b", ["ETH", "CNRS"]), ("a", ["ETH", ""]))
    }
    found = numbered_spellings(tables, ("organisation",), number="number", first=0)
    assert found[["source", "organisation", "number"]].to_numpy().tolist() == [
        ["a", "", 0],
        ["b", "CNRS", 1],
        ["a", "ETH", 2],
        ["b", "ETH", 2],
    ]
    again = {name: tables[name].iloc[::-1] for name in ("a", "b")}
    pd.testing.assert_frame_equal(
        numbered_spellings(again, ("organisation",), number="number", first=0), found
    )


def test_codes_are_padded_in_spellings_as_in_rows(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    lines = ["A,2021,,,,7,CH", "A,2021,,,,07,CH"]
    sources = opened(lines, tmp_path, query_engine, stages, pad={"city": 2})
    listed, places, _ = read(sources)
    assert places["city"].tolist() == ["07"]
    assert listed["locality"].tolist() == [0, 0]


@pytest.mark.parametrize("texts", [True, False])
def test_documents_are_numbered_alike_in_addresses_and_lists(
    tmp_path: Path,
    query_engine: DuckDB,
    stages: Store,
    texts: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    # documents 30 and 4 lie within the window, 200 before it; each names its symbol and its town
    frame = pd.DataFrame(
        {
            "id": [30, 4, 200],
            "year": [2021, 2022, 2001],
            "ipc": ["X30", "X4", "X200"],
            "who": ["", None, "Nobody"],
            "org": None,
            "town": ["T30", "T4", "T200"],
            "cc": "CH",
        }
    ).astype({"org": "str"})
    frame = frame.astype({"id": "str"}) if texts else frame
    frame.to_parquet(tmp_path / "rows.parquet", index=False)
    sources = opened([], tmp_path, query_engine, stages, path="rows.parquet")
    listed, places, _ = read(sources)
    lists, _ = borne(sources)
    towns = listed.merge(places, on="locality").set_index("document")["city"].to_dict()
    # whole-number ids stay; texts get their place in the order of texts
    assert towns == ({0: "T30", 1: "T4"} if texts else {30: "T30", 4: "T4"})
    assert lists.set_index("document")["text"].to_dict() == {
        number: town.replace("T", "X") for number, town in towns.items()
    }
    assert set(lists["kind"]) == {"ipc"}
    assert number(sources) == [2]
    told = sources.frame(ingest.document_ids(wanted(sources), sources, indicators=PATENTS))
    validated(told, DOCUMENTS)
    ids = {30: "30", 4: "4"} if not texts else {0: "30", 1: "4"}
    assert told.set_index("document")["document_id"].to_dict() == ids
    assert told[["indicator", "source"]].to_numpy().tolist() == [["patents", "pct"]] * 2


def test_lists_of_labels_are_told_once_and_trimmed(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    lines = [
        "A,2021, H04L 5/00; A61K 9/00;H04L 5/00 ;,Roche;;ABB,,Basel,CH",
        "B,2021,H04L 5/00; A61K 9/00;H04L 5/00 ;, ,,Basel,CH",
        "C,2021,A61K 9/00,ABB,,Basel,CH",
    ]
    lists, labels = borne(opened(lines, tmp_path, query_engine, stages))
    assert lists[["document", "kind", "text"]].to_numpy().tolist() == [
        [0, "applicant", "Roche;;ABB"],
        [0, "ipc", "H04L 5/00; A61K 9/00;H04L 5/00 ;"],
        [1, "ipc", "H04L 5/00; A61K 9/00;H04L 5/00 ;"],
        [2, "applicant", "ABB"],
        [2, "ipc", "A61K 9/00"],
    ]
    assert labels.to_numpy().tolist() == [
        ["applicant", 0, 1, "ABB"],
        ["applicant", 1, 1, "Roche"],
        ["applicant", 1, 2, "ABB"],
        ["ipc", 0, 1, "A61K 9/00"],
        ["ipc", 1, 1, "H04L 5/00"],
        ["ipc", 1, 2, "A61K 9/00"],
    ]


def test_where_rows_of_a_document_differ_the_first_list_counts(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    lines = [
        "A,2021,H04L 5/00,ABB,,Basel,CH",
        "A,2021,A61K 9/00,,,Genf,CH",
        "A,2021,,Roche,,Basel,CH",
    ]
    for order in (lines, lines[::-1]):
        lists, _ = borne(opened(order, tmp_path, query_engine, stages))
        assert lists[["document", "kind", "text"]].to_numpy().tolist() == [
            [0, "applicant", "ABB"],
            [0, "ipc", "A61K 9/00"],
        ]


def test_a_document_is_looked_at_if_one_of_its_rows_is(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    lines = ["A,2019,,,,Basel,CH", "A,2020,,,,Genf,CH", "B,2019,,,,Bern,CH"]
    sources = opened(lines, tmp_path, query_engine, stages)
    listed, places, _ = read(sources)
    # all of its addresses are listed, whatever the year of their row
    assert sorted(listed.merge(places, on="locality")["city"]) == ["Basel", "Genf"]
    assert number(sources) == [1]


def test_lists_without_labels_give_none() -> None:
    lists = numbered_lists({"ipc": [pd.DataFrame({"text": [" ; ;", "X"]})]})
    assert ingest.listed_labels(lists)["text"].tolist() == ["X"]
    nothing = ingest.listed_labels(numbered_lists({}))
    assert nothing.empty
    assert list(nothing) == ["kind", "label_list", "position", "text"]


def test_a_whole_address_is_a_locality_where_nothing_else_says_the_place(
    tmp_path: Path, query_engine: DuckDB, stages: Store
) -> None:
    header = "id,year,who,town,whole,north,east,cc"
    rows = [
        '1,2022,a,Kobe,"1 Road, Kobe",,,JP',
        '2,2022,b, , "2 Road, Ely" ,,,GB',
        '3,2022,c,,"2 Road, Ely",,,GB',
        '4,2022,d,,"3 Road, Bath",51.4,-2.4,GB',
    ]
    (tmp_path / "whole.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    columns = {
        "document_id": "id",
        "year": "year",
        "city": "town",
        "address": "whole",
        "country": "cc",
        "latitude": "north",
        "longitude": "east",
    }
    source = {"name": "pct", "indicator": "patents", "grain": "addresses", "path": "whole.csv"}
    told = {"title": "Mine", "source": [source | {"columns": columns}]}
    inputs = inputs_from(told, where="inputs.toml")
    sources = opening.opened_inputs(inputs, tmp_path, local=query_engine, store=stages).sources
    listed, localities, _ = read(sources)
    assert localities[["country", "city", "address"]].to_numpy().tolist() == [
        ["GB", "", ""],
        ["GB", "", "2 Road, Ely"],
        ["JP", "Kobe", ""],
    ]
    # the last has coordinates of its own, and hangs on no locality
    in_order = listed.sort_values("document")
    assert in_order["locality"].tolist() == [2, 1, 1, -1]
    assert in_order["place"].isna().tolist() == [True, True, True, False]
    assert in_order["place"].iloc[3] == place_keys([51.4], [-2.4])[0]
