"""The bulk reductions of profiles are plain SQL that other engines understand, without floats."""

from __future__ import annotations

import ibis
import pytest
import sqlglot
from sqlglot import expressions as exp

from hubscan.profile import (
    cluster_addresses,
    cluster_pairs,
    economy_links,
    foreign_documents,
    list_addresses,
    organisation_addresses,
)

SIZES = {"n_listed": "int32", "n_located": "int32"}
LOCATED = ibis.table(
    {
        "indicator": "string",
        "document": "int64",
        "place": "int64",
        "economy": "string",
        "organisation": "int32",
        "addresses": "int32",
        **SIZES,
    },
    name="located",
)
LISTS = ibis.table(
    {"indicator": "string", "document": "int64", "kind": "string", "label_list": "int32"},
    name="document_lists",
)
ASSIGNMENT = ibis.table({"place": "int64", "cluster": "int32"}, name="assignment")
HOMES = ibis.table({"cluster": "int64", "economy": "string"}, name="homes")
DOCUMENTS = ibis.table(
    {
        "indicator": "string",
        "document": "int64",
        "cluster": "int64",
        "economy": "string",
        "addresses": "int64",
        **SIZES,
    },
    name="documents",
)
EXPRESSIONS = {
    "foreign_documents": foreign_documents(DOCUMENTS, HOMES),
    "economy_links": economy_links(DOCUMENTS),
    "cluster_pairs": cluster_pairs(DOCUMENTS),
    **{
        f"{name} {counting}": table
        for counting in ("fractional", "whole")
        for choice in ({"counting": counting, "missing": "lose"},)
        for name, table in (
            ("clusters", cluster_addresses(DOCUMENTS, **choice)),
            ("lists", list_addresses(DOCUMENTS, LISTS, kinds=("ipc", "subject"), **choice)),
            ("organisations", organisation_addresses(LOCATED, ASSIGNMENT, **choice)),
        )
    },
}


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "bigquery", "snowflake", "trino"])
@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_every_engine_has_the_sql(name: str, dialect: str) -> None:
    table = EXPRESSIONS[name]
    sql = str(ibis.to_sql(table, dialect=dialect))
    (statement,) = sqlglot.parse(sql, read="spark" if dialect == "pyspark" else dialect)
    assert isinstance(statement, exp.Query)
    for join in statement.find_all(exp.Join):
        on = join.args["on"]
        assert not list(on.find_all(exp.LT, exp.GT, exp.LTE, exp.GTE))
        assert list(on.find_all(exp.EQ))
    assert not list(statement.find_all(exp.Window, exp.Avg))


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_nothing_but_integers_is_counted(name: str) -> None:
    kinds = {str(kind) for kind in EXPRESSIONS[name].schema().types}
    assert kinds <= {"string", "int8", "int16", "int32", "int64"}
