"""The bulk reductions are plain SQL that other engines understand, and sum no floats."""

from __future__ import annotations

import ibis
import pytest
import sqlglot
from sqlglot import expressions as exp

from hubscan.count import cluster_documents, document_clusters, place_addresses
from hubscan.merge import collaboration_ties

LOCATED = ibis.table(
    {
        "indicator": "string",
        "document": "int64",
        "place": "int64",
        "economy": "string",
        "n_listed": "int32",
        "n_located": "int32",
    },
    name="located",
)
ASSIGNMENT = ibis.table({"place": "int64", "cluster": "int32"}, name="assignment")
DOCUMENTS = document_clusters(LOCATED, ASSIGNMENT)
EXPRESSIONS = {
    "place_addresses": place_addresses(LOCATED, missing="renormalise"),
    "document_clusters": DOCUMENTS,
    "cluster_documents": cluster_documents(DOCUMENTS),
    "collaboration_ties": collaboration_ties(DOCUMENTS),
}


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "bigquery", "snowflake", "trino"])
@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_every_engine_has_the_sql(name: str, dialect: str) -> None:
    sql = str(ibis.to_sql(EXPRESSIONS[name], dialect=dialect))
    read = "spark" if dialect == "pyspark" else dialect
    (statement,) = sqlglot.parse(sql, read=read)
    assert isinstance(statement, exp.Query)
    # joins on equal keys only, no windows, and nothing is summed but ones
    for join in statement.find_all(exp.Join):
        on = join.args["on"]
        assert not list(on.find_all(exp.LT, exp.GT, exp.LTE, exp.GTE))
        assert list(on.find_all(exp.EQ))
    assert not list(statement.find_all(exp.Window, exp.Sum, exp.Avg))
