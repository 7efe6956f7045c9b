"""Documents of several sources in one table: numbers there, and their ids and names back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import ingest, opening
from hubscan.ingest.documents import COLUMN_OF
from hubscan.ingest.inputs import inputs_from
from hubscan.schema import DOCUMENTS, validated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hubscan.engine import DuckDB
    from hubscan.store import Store

INDICATORS = ("publications", "patents")
FILTERS = ingest.Filters(
    indicators=INDICATORS,
    years=dict.fromkeys(INDICATORS, (2020, 2024)),
    publication_types=[],
    publication_scope="none",
    deals_exclude=[],
)
COLUMNS = {"document_id": "id", "year": "year", "city": "town", "country": "cc"}
LARGE = 2**60 + 1  # not a number that a float tells from its neighbours

Made = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


class Tables:
    """What is made of sources whose rows are ids: one address each, in a town of the same name."""

    def __init__(self, folder: Path, engine: DuckDB, stages: Store) -> None:
        self.folder, self.engine, self.stages = folder, engine, stages

    def made(self, ids: Mapping[tuple[str, str], Sequence[int | str]], year: int = 2022) -> Made:
        """Return the documents told, the addresses with their towns, and the totals."""
        declared = []
        for (name, indicator), of in ids.items():
            frame = pd.DataFrame(
                {"id": of, "year": year, "town": [f"T{k}" for k in of], "cc": "CH"}
            )
            frame.to_parquet(self.folder / f"{name}.parquet", index=False)
            declared.append(
                {
                    "name": name,
                    "indicator": indicator,
                    "grain": "addresses",
                    "path": f"{name}.parquet",
                    "columns": COLUMNS,
                }
            )
        inputs = inputs_from({"title": "Mine", "source": declared}, where="inputs.toml")
        found = opening.opened_inputs(inputs, self.folder, local=self.engine, store=self.stages)
        every = {"indicators": INDICATORS}
        lists = ingest.label_lists(found.sources, **every)
        documents = ingest.wanted_documents(found.sources, lists, filters=FILTERS)
        spelt = ingest.locality_spellings(found.sources, **every)
        named = ingest.organisation_spellings(found.sources, **every)
        placed = spelt.assign(place=10 + spelt["locality"], economy=1)
        listed = ingest.addresses(found.sources, documents, placed, named, unit="listed", **every)
        told = self.engine.frame(ingest.document_ids(documents, found.sources, **every))
        towns = self.engine.frame(listed).merge(ingest.localities(spelt), on="locality")
        totals = ingest.document_totals(documents, found.sources, **every)
        return validated(told, DOCUMENTS), towns, totals


@pytest.fixture
def tables(tmp_path: Path, query_engine: DuckDB, stages: Store) -> Tables:
    return Tables(tmp_path, query_engine, stages)


def test_documents_are_told_by_the_names_of_their_sources(tables: Tables) -> None:
    ids = {
        ("wos", "publications"): [7, 1],
        ("pct", "patents"): ["B7", "B1"],
        ("epo", "patents"): ["A9", "B7"],
        ("crawl", "publications"): [1, -5, 300],
    }
    told, towns, totals = tables.made(ids)
    assert tuple(told) == tuple(DOCUMENTS.names)
    columns = ["source", "indicator", "document_id"]
    assert sorted(told[columns].itertuples(index=False, name=None)) == sorted(
        (name, indicator, str(each)) for (name, indicator), of in ids.items() for each in of
    )
    # one number stands for one document, and the addresses of documents go by it
    assert told["document"].is_unique
    joined = told.merge(towns, on="document", validate="one_to_one")
    assert (joined["city"] == "T" + joined["document_id"]).all()
    # indicators are numbered by their names, whatever the order in which they are given
    assert (
        joined["indicator_y"] == joined["indicator_x"].map(["patents", "publications"].index)
    ).all()
    assert (joined["place"] == 10 + joined["locality"]).all()
    assert totals.to_numpy().tolist() == [["patents", 4], ["publications", 5]]


@pytest.mark.parametrize("others", [0, 1, 2])
def test_ids_that_no_float_holds_are_told_as_they_are(tables: Tables, others: int) -> None:
    ids = {("pct", "patents"): [LARGE, LARGE + 1, -LARGE, 0, -1, 2**31, 2**31 - 1]}
    more = {(f"s{k}", "publications"): [k] for k in range(others)}
    told, _, _ = tables.made({**more, **ids})
    found = told.loc[told["source"] == "pct", "document_id"]
    assert sorted(map(int, found)) == sorted(ids["pct", "patents"])


def test_an_indicator_without_documents_in_the_window_has_a_total_of_none(tables: Tables) -> None:
    told, towns, totals = tables.made(
        {("pct", "patents"): [1], ("wos", "publications"): ["x"]}, 1999
    )
    assert told.empty
    assert towns.empty
    assert totals.to_numpy().tolist() == [["patents", 0], ["publications", 0]]


def test_without_sources_there_are_no_documents_but_their_columns(tables: Tables) -> None:
    nothing = ingest.Sources((), frame=tables.engine.frame, key="", small={}, ties=None)
    lists = pd.DataFrame({"kind": ["ipc"], "label_list": [0], "text": ["x"]}).head(0)
    documents = ingest.wanted_documents(nothing, lists, filters=FILTERS)
    assert set(COLUMN_OF) <= set(documents.columns)
    told = tables.engine.frame(ingest.document_ids(documents, nothing, indicators=INDICATORS))
    assert told.empty
    assert set(told) == set(DOCUMENTS.names)
