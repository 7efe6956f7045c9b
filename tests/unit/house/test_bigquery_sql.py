"""Every relational stage of a run compiles to BigQuery's SQL, which a parser of it accepts."""

from __future__ import annotations

import functools

import ibis
import pandas as pd
import pytest
import sqlglot
from sqlglot import expressions as exp

from hubscan import count, geocode, ingest, merge, profile
from hubscan.ingest.documents import Scanned
from hubscan.ingest.inputs import inputs_from

WORDS = {"document_id": "id", "city": "city", "region": "region", "country": "country"}
PATENT_ROWS = ibis.table(
    {
        **dict.fromkeys(("id", "city", "region", "country"), "string"),
        "lat": "float64",
        "lon": "float64",
        "filed": "int64",
    },
    name="inventors",
    catalog="patents-public",
    database="patstat",
)
PAPER_ROWS = ibis.table(
    {**dict.fromkeys(("city", "region", "country", "ror"), "string"), "id": "int64"},
    name="authorships",
    catalog="papers",
    database="openalex",
)
PAPERS = ibis.table(
    {"id": "int64", "year": "int64", "type": "string", "topics": "string"},
    name="works",
    catalog="papers",
    database="openalex",
)
INPUTS = inputs_from(
    {
        "title": "tables in BigQuery",
        "source": [
            {
                "name": "pct",
                "indicator": "patents",
                "grain": "addresses",
                "path": "-",
                "columns": {**WORDS, "latitude": "lat", "longitude": "lon", "year": "filed"},
            },
            {
                "name": "papers",
                "indicator": "publications",
                "grain": "addresses",
                "path": "-",
                "columns": {**WORDS, "organisation": "ror"},
                "documents": {
                    "path": "-",
                    "columns": {
                        "document_id": "id",
                        "year": "year",
                        "type": "type",
                        "subjects": "topics",
                    },
                },
            },
        ],
    },
    where="inputs.toml",
)
SOURCES = ingest.Sources(
    (Scanned(INPUTS.source[0], PATENT_ROWS), Scanned(INPUTS.source[1], PAPER_ROWS, PAPERS)),
    frame=lambda _: pd.DataFrame({"subjects": ["Linguistics", "Optics"]}),
    key="",
    small={},
    ties=None,
)
FILTERS = ingest.Filters(
    indicators=("patents", "publications"),
    years={"patents": (2020, 2024), "publications": (2019, 2023)},
    publication_types=("article",),
    publication_scope="any_st",
    deals_exclude=(),
)
LOCALITY = ("spelt_country", "spelt_region", "spelt_city", "spelt_address")
SPELT = {name: [""] for name in ("source", *LOCALITY)}
LISTS = pd.DataFrame({"kind": ["subject"], "label_list": [1], "text": ["Optics"]})


def kept(name: str, made: ibis.Table) -> ibis.Table:
    """Return what a stage made as a table of its own, as a run keeps it."""
    return ibis.table(made.schema(), name=name)


WANTED = ingest.wanted_documents(SOURCES, LISTS, filters=FILTERS)
DOCUMENTS = kept("documents", WANTED)
ADDRESSES = ingest.addresses(
    SOURCES,
    DOCUMENTS,
    pd.DataFrame({**SPELT, "locality": [0], "place": [7], "economy": [1]}),
    pd.DataFrame({"source": [""], "spelt_organisation": [""], "number": [0]}),
    unit="listed",
    indicators=FILTERS.indicators,
)
FOUND = ibis.table({"locality": "int64", "place": "int64", "confidence": "float64"}, name="found")
ASSIGNMENT = ibis.table({"place": "int64", "cluster": "int32"}, name="assignment")
ASSIGNED = ibis.table(
    {"indicator": "string", "place": "int64", "cluster": "int32"}, name="assigned"
)
HOMES = ibis.table({"cluster": "int64", "economy": "int16"}, name="homes")

LISTED = kept("addresses", ADDRESSES)
SPLIT = geocode.document_countries(LISTED)
COUNTRIES = kept("document_countries", SPLIT)
SIZED = geocode.document_sizes(LISTED)
SIZES = kept("document_sizes", SIZED)
AT_PLACES = geocode.at_places(LISTED)
PLACED = geocode.located(AT_PLACES, SIZES)
LOCATED = kept("located", PLACED)
INSIDE = count.document_economies(AT_PLACES, ASSIGNMENT, SIZES, indicators=(0, 1))
ECONOMIES = kept("document_economies", INSIDE)
BEARING = ingest.document_lists(DOCUMENTS)
HOW = {"counting": "fractional", "missing": "renormalise"}
STAGES = {
    "documents": WANTED,
    "addresses": ADDRESSES,
    "document_countries": SPLIT,
    "document_sizes": SIZED,
    "at_places": AT_PLACES,
    "located": PLACED,
    "in_order": geocode.in_order(LISTED),
    "doubtful_documents": geocode.doubtful_documents(LISTED, FOUND, min_confidence=0.85),
    "coverage_counts": geocode.coverage_counts(COUNTRIES, SIZES),
    "size_totals": count.size_totals(SIZES),
    "place_addresses": count.place_addresses(LOCATED, missing="renormalise"),
    "document_clusters": count.document_clusters(LOCATED, ASSIGNMENT),
    "document_economies": INSIDE,
    "collaboration_ties": merge.collaboration_ties(ECONOMIES),
    "whole_documents": count.whole_documents(
        LOCATED, ASSIGNED, method="full", indicators=FILTERS.indicators
    ),
    "document_ids": ingest.document_ids(DOCUMENTS, SOURCES, indicators=FILTERS.indicators),
    "document_lists": BEARING,
    "cluster_addresses": profile.cluster_addresses(ECONOMIES, **HOW),
    "organisation_addresses": profile.organisation_addresses(LOCATED, ASSIGNMENT, **HOW),
    "list_addresses": profile.list_addresses(
        ECONOMIES, kept("document_lists", BEARING), kinds=["subject"], **HOW
    ),
    "foreign_documents": profile.foreign_documents(ECONOMIES, HOMES),
    "economy_links": profile.economy_links(ECONOMIES),
    "cluster_pairs": profile.cluster_pairs(ECONOMIES),
}
INTEGERS = {"string", "int8", "int16", "int32", "int64"}


@functools.cache
def statement_of(stage: str) -> exp.Expr:
    sql = str(ibis.to_sql(STAGES[stage], dialect="bigquery"))
    (statement,) = sqlglot.parse(sql, read="bigquery")
    assert statement is not None
    return statement


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_bigquery_has_the_sql(stage: str) -> None:
    statement = statement_of(stage)
    assert isinstance(statement, exp.Query)
    # what a parser does not know by name may be a function that BigQuery does not have
    unknown = {function.name.upper() for function in statement.find_all(exp.Anonymous)}
    assert unknown <= {"IEEE_DIVIDE"}  # which it has: a quotient that never fails


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_only_what_every_engine_does_alike_is_asked_of_it(stage: str) -> None:
    statement = statement_of(stage)
    windows = {type(window.this) for window in statement.find_all(exp.Window)}
    assert windows <= {exp.RowNumber}
    assert not list(statement.find_all(exp.Avg))
    for join in statement.find_all(exp.Join):
        assert join.args.get("on") is None or list(join.args["on"].find_all(exp.EQ))
    links = {"links"} if stage == "collaboration_ties" else set()
    kinds = {str(kind) for name, kind in STAGES[stage].schema().items() if name not in links}
    assert {kind.removeprefix("!") for kind in kinds} <= INTEGERS


def test_tables_are_read_where_they_live() -> None:
    tables = {
        table.sql(dialect="bigquery")
        for stage in ("documents", "addresses")
        for table in statement_of(stage).find_all(exp.Table)
    }
    named = {name.split(" AS ")[0].replace("`", "") for name in tables}
    assert {
        "patents-public.patstat.inventors",
        "papers.openalex.authorships",
        "papers.openalex.works",
    } <= named
