"""Profiles of runs that lack a kind of input: tables without rows, not errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan.profile import Evidence, document_economies, profiles

if TYPE_CHECKING:
    from hubscan.engine import DuckDB

LOCATED = pd.DataFrame(
    {
        "indicator": ["patents", "patents"],
        "document": [1, 1],
        "place": [7, 8],
        "economy": ["FR", "US"],
        "n_listed": [2, 2],
        "n_located": [2, 2],
    }
)
LABELS = pd.DataFrame(
    {"indicator": "patents", "document": [1], "kind": "ipc", "label": [1], "position": [1]}
)
ORGANISATIONS = LOCATED.assign(organisation=1).drop(columns="economy")
TEXTS = pd.DataFrame({"kind": ["ipc"], "label": [1], "text": ["H04L 5/00"]})
ASSIGNMENT = pd.DataFrame({"place": [7], "cluster": [1]})
ECONOMIES = pd.DataFrame({"cluster": [1], "economies": ["FR"], "home_economy": ["FR"]})


def made(
    tables: DuckDB, labels: pd.DataFrame, organisations: pd.DataFrame, located: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    lazy = tables.table
    evidence = Evidence(
        document_economies=document_economies(lazy(located), lazy(ASSIGNMENT)),
        labels=lazy(labels),
        organisations=lazy(organisations),
        assignment=lazy(ASSIGNMENT),
        label_texts=TEXTS,
        economies=ECONOMIES,
        listed=[1],
        frame=tables.frame,
        lazy=lazy,
    )
    return profiles(
        evidence,
        indicators=["patents", "publications"],
        field_counting="equal",
        extensions="predecessor",
        counting="fractional",
        top=3,
        home_economy="main",
        missing="renormalise",
    )


def test_patents_alone_have_fields_and_partners_but_no_subjects(query_engine: DuckDB) -> None:
    tables = made(query_engine, LABELS, ORGANISATIONS.head(0), LOCATED)
    fields = tables["field_profile"].query("count > 0")
    assert fields[["cluster", "field", "count"]].to_numpy().tolist() == [[1, 4, 0.5]]
    assert tables["listed_fields"]["count"].sum() == 0.5
    assert tables["collaboration"]["foreign_share"].tolist() == [1.0]
    assert tables["links_by_economy"]["economy"].tolist() == ["US"]
    assert tables["cluster_links"]["partner"].tolist() == [-1]
    for name in ("subject_profile", "top_applicants", "top_organisations", "network"):
        assert tables[name].empty, name


def test_a_run_without_documents_has_tables_of_the_same_columns(query_engine: DuckDB) -> None:
    full = made(query_engine, LABELS, ORGANISATIONS, LOCATED)
    tables = made(query_engine, LABELS.head(0), ORGANISATIONS.head(0), LOCATED.head(0))
    assert {name: list(table) for name, table in tables.items()} == {
        name: list(table) for name, table in full.items()
    }
    assert all(table.empty for table in tables.values())
