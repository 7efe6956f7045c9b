"""The bulk reductions are plain SQL that other engines understand, and sum no floats."""

from __future__ import annotations

import ibis
import pytest
import sqlglot
from ibis.expr import operations
from sqlglot import expressions as exp

from hubscan.count import (
    cluster_documents,
    document_clusters,
    document_economies,
    place_addresses,
    renamed,
    size_totals,
)
from hubscan.merge import collaboration_ties

ROWS = {
    "indicator": "int8",
    "document": "int64",
    "place": "int64",
    "economy": "int16",
    "addresses": "int32",
}
SHARED = {"n_listed": "int32", "n_located": "int32"}
AT_PLACES = ibis.table(ROWS, name="at_places")
LOCATED = ibis.table(ROWS | SHARED, name="located")
ASSIGNMENT = ibis.table({"place": "int64", "cluster": "int32"}, name="assignment")
NUMBERS = ibis.table({"cluster": "int32", "number": "int32"}, name="numbers")
SIZES = ibis.table({"indicator": "int8", "document": "int64", **SHARED}, name="sizes")
DOCUMENTS = document_clusters(LOCATED, ASSIGNMENT)
ECONOMIES = document_economies(AT_PLACES, ASSIGNMENT, SIZES, indicators=[0, 1])
EXPRESSIONS = {
    "place_addresses": place_addresses(LOCATED, missing="renormalise"),
    "document_clusters": DOCUMENTS,
    "cluster_documents": cluster_documents(DOCUMENTS),
    "collaboration_ties": collaboration_ties(ECONOMIES),
    "document_economies": ECONOMIES,
    "renamed": renamed(ECONOMIES, NUMBERS),
    "size_totals": size_totals(SIZES),
}


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "bigquery", "snowflake", "trino"])
@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_every_engine_has_the_sql(name: str, dialect: str) -> None:
    sql = str(ibis.to_sql(EXPRESSIONS[name], dialect=dialect))
    read = "spark" if dialect == "pyspark" else dialect
    (statement,) = sqlglot.parse(sql, read=read)
    assert isinstance(statement, exp.Query)
    # joins on equal keys only, and no windows
    for join in statement.find_all(exp.Join):
        on = join.args["on"]
        assert not list(on.find_all(exp.LT, exp.GT, exp.LTE, exp.GTE))
        assert list(on.find_all(exp.EQ))
    assert not list(statement.find_all(exp.Window, exp.Avg))


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_only_whole_numbers_are_summed(name: str) -> None:
    sums = EXPRESSIONS[name].op().find(operations.Sum)
    assert all(node.arg.dtype.is_integer() for node in sums)
    kinds = EXPRESSIONS[name].schema()
    floats = [column for column, kind in kinds.items() if kind.is_floating()]
    # ties are added to given ones, which need not be whole
    assert floats == (["links"] if name == "collaboration_ties" else [])
