"""Profiles of runs that lack a kind of input: tables without rows, not errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan import count
from hubscan.profile import (
    Named,
    Reduced,
    cluster_addresses,
    cluster_pairs,
    economy_links,
    foreign_documents,
    homes,
    list_addresses,
    numbered_labels,
    organisation_addresses,
    profiles,
    with_organisations,
)

if TYPE_CHECKING:
    from hubscan.engine import DuckDB

LOCATED = pd.DataFrame(
    {
        "indicator": ["patents", "patents"],
        "document": [1, 1],
        "place": [7, 8],
        "economy": ["FR", "US"],
        "organisation": [0, 0],
        "addresses": [1, 1],
        "n_listed": [2, 2],
        "n_located": [2, 2],
    }
)
BORNE = pd.DataFrame({"indicator": ["patents"], "document": [1], "kind": "ipc", "label_list": [0]})
LISTED = pd.DataFrame({"kind": ["ipc"], "label_list": [0], "position": [1], "text": ["H04L 5/00"]})
SPELLINGS = pd.DataFrame({"organisation": ["", "ETH"], "number": [0, 1]})
ASSIGNMENT = pd.DataFrame({"place": [7], "cluster": [1]})
ECONOMIES = pd.DataFrame({"cluster": [1], "economies": ["FR"], "home_economy": ["FR"]})
SHARED = {"counting": "fractional", "missing": "renormalise"}


def made(
    tables: DuckDB, borne: pd.DataFrame, listed: pd.DataFrame, located: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    lazy = tables.table
    addresses, assignment = lazy(located), lazy(ASSIGNMENT)
    sizes = located[["indicator", "document", "n_listed", "n_located"]].drop_duplicates()
    inside = count.document_economies(
        addresses, assignment, lazy(sizes), indicators=["patents", "publications"]
    )
    lists, home = lazy(borne), lazy(homes(ECONOMIES, home_economy="main"))
    reduced = Reduced(
        shares=tables.frame(cluster_addresses(inside, **SHARED)),
        lists=tables.frame(list_addresses(inside, lists, kinds=("ipc", "subject"), **SHARED)),
        whole=tables.frame(cluster_addresses(inside, **SHARED)),
        applicants=tables.frame(list_addresses(inside, lists, kinds=("applicant",), **SHARED)),
        organisations=tables.frame(organisation_addresses(addresses, assignment, **SHARED)),
        foreign=tables.frame(foreign_documents(inside, home)),
        links=tables.frame(economy_links(inside)),
        pairs=tables.frame(cluster_pairs(inside)),
    )
    labels, texts = numbered_labels(listed)
    return profiles(
        reduced,
        Named(labels, with_organisations(texts, SPELLINGS)),
        ECONOMIES,
        [1],
        field_counting="equal",
        extensions="predecessor",
        counting="fractional",
        top=3,
        home_economy="main",
    )


def test_patents_alone_have_fields_and_partners_but_no_subjects(query_engine: DuckDB) -> None:
    tables = made(query_engine, BORNE, LISTED, LOCATED)
    fields = tables["field_profile"].query("count > 0")
    assert fields[["cluster", "field", "count"]].to_numpy().tolist() == [[1, 4, 0.5]]
    assert tables["listed_fields"]["count"].sum() == 0.5
    assert tables["collaboration"]["foreign_share"].tolist() == [1.0]
    assert tables["links_by_economy"]["economy"].tolist() == ["US"]
    assert tables["cluster_links"]["partner"].tolist() == [-1]
    for name in ("subject_profile", "top_applicants", "top_organisations", "network"):
        assert tables[name].empty, name


def test_a_run_without_documents_has_tables_of_the_same_columns(query_engine: DuckDB) -> None:
    full = made(
        query_engine,
        BORNE,
        LISTED,
        LOCATED.assign(indicator=["patents", "publications"], organisation=1),
    )
    tables = made(query_engine, BORNE.head(0), LISTED.head(0), LOCATED.head(0))
    assert {name: list(table) for name, table in tables.items()} == {
        name: list(table) for name, table in full.items()
    }
    assert all(table.empty for table in tables.values())


def test_labels_of_another_indicator_are_not_looked_at(query_engine: DuckDB) -> None:
    # patents that bear subjects and name organisations, publications that bear symbols
    kinds = ["ipc", "subject", "ipc"]
    borne = pd.DataFrame(
        {
            "indicator": ["patents", "patents", "publications"],
            "document": [1, 1, 2],
            "kind": kinds,
            "label_list": [0, 0, 0],
        }
    )
    subject = pd.DataFrame(
        {"kind": ["subject"], "label_list": [0], "position": [1], "text": ["Optics"]}
    )
    published = LOCATED.assign(indicator="publications", document=2)
    located = pd.concat([LOCATED.assign(organisation=1), published])
    tables = made(query_engine, borne, pd.concat([LISTED, subject]), located)
    plain = made(query_engine, BORNE, LISTED, pd.concat([LOCATED, published]))
    pd.testing.assert_frame_equal(tables["field_profile"], plain["field_profile"])
    assert tables["subject_profile"].empty
    assert tables["top_organisations"].empty
