"""The bulk reductions against Polars, on some tens of thousands of addresses, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from hubscan.count import (
    cluster_documents,
    counts,
    document_clusters,
    document_economies,
    fractional_counts,
    place_addresses,
)
from hubscan.merge import collaboration_ties

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS, PLACES, CLUSTERS = 8_000, 600, 40


@pytest.fixture(scope="module")
def located() -> pa.Table:
    """Return located addresses of documents with up to 60 addresses, some not located."""
    rng = np.random.default_rng(5)
    size = np.minimum(rng.geometric(0.3, DOCUMENTS) + 50 * (rng.random(DOCUMENTS) < 0.01), 60)
    document = np.repeat(np.arange(DOCUMENTS), size)
    place = rng.integers(0, PLACES, len(document)) ** 2 // PLACES
    found = rng.random(len(document)) < 0.95
    n_located = np.bincount(document, weights=found, minlength=DOCUMENTS).astype(int)
    table = pa.table(
        {
            "indicator": np.where(document % 3 == 0, "patents", "publications"),
            "document": document,
            "place": place,
            "economy": np.array(["CN", "FR", "US"])[place % 3],
            "addresses": np.ones(len(document), dtype=np.int32),
            "n_listed": size[document],
            "n_located": n_located[document],
        }
    )
    return table.filter(pa.array(found))


@pytest.fixture(scope="module")
def sizes(located: pa.Table) -> pa.Table:
    """Return how many addresses each document has."""
    keys = ["indicator", "document", "n_listed", "n_located"]
    return pl.DataFrame(located).select(keys).unique().to_arrow()


@pytest.fixture(scope="module")
def assignment() -> pa.Table:
    """Return the clusters of most places; those left out are noise."""
    rng = np.random.default_rng(6)
    place = np.flatnonzero(rng.random(PLACES) < 0.9)
    cluster = rng.integers(0, CLUSTERS + 1, len(place))
    return pa.table({"place": place, "cluster": np.where(cluster == 0, -1, cluster)})


@pytest.fixture(scope="module", params=["apart", "together"])
def rows(request: pytest.FixtureRequest, located: pa.Table) -> pa.Table:
    """Return the located addresses as the query sees them: a row each, or equal ones together."""
    if request.param == "apart":
        return located
    keys = [name for name in located.column_names if name != "addresses"]
    together = pl.DataFrame(located).group_by(keys).agg(pl.col("addresses").sum())
    assert len(together) < len(located)
    return together.to_arrow()


def same(ours: pa.Table, theirs: pl.DataFrame) -> None:
    """Check that two tables hold the same rows."""
    columns = sorted(theirs.columns)
    assert sorted(ours.column_names) == columns
    one = pl.from_arrow(ours)
    assert isinstance(one, pl.DataFrame)
    kinds = dict(zip(columns, theirs.select(columns).dtypes, strict=True))
    assert (
        one.select(columns).cast(kinds).sort(columns).equals(theirs.select(columns).sort(columns))
    )


def clustered(located: pa.Table, assignment: pa.Table) -> pl.DataFrame:
    """Return located addresses with their cluster, by Polars."""
    joined = pl.DataFrame(located).join(pl.DataFrame(assignment), on="place", how="left")
    return joined.with_columns(pl.col("cluster").fill_null(-1))


@pytest.mark.parametrize(
    ("missing", "column"), [("renormalise", "n_located"), ("lose", "n_listed")]
)
def test_addresses_at_places(located: pa.Table, rows: pa.Table, missing: str, column: str) -> None:
    theirs = (
        pl.DataFrame(located)
        .rename({column: "denominator"})
        .group_by("indicator", "place", "economy", "denominator")
        .agg(pl.len().cast(pl.Int64).alias("addresses"))
    )
    same(place_addresses(ibis.memtable(rows), missing=missing).to_pyarrow(), theirs)


def test_documents_in_clusters(located: pa.Table, rows: pa.Table, assignment: pa.Table) -> None:
    theirs = (
        clustered(located, assignment)
        .group_by("indicator", "document", "cluster")
        .agg(
            pl.len().cast(pl.Int64).alias("addresses"),
            pl.col("n_listed", "n_located").first(),
        )
    )
    ours = document_clusters(ibis.memtable(rows), ibis.memtable(assignment))
    same(ours.to_pyarrow(), theirs)
    documents = theirs.group_by("cluster", "indicator").agg(
        pl.len().cast(pl.Int64).alias("documents")
    )
    same(cluster_documents(ours).to_pyarrow(), documents)


def test_documents_in_clusters_and_economies(
    located: pa.Table, rows: pa.Table, assignment: pa.Table, sizes: pa.Table
) -> None:
    theirs = (
        clustered(located, assignment)
        .filter(pl.col("indicator") == "patents")
        .group_by("indicator", "document", "cluster", "economy")
        .agg(
            pl.len().cast(pl.Int64).alias("addresses"),
            pl.col("n_listed", "n_located").first(),
        )
    )
    lazy = (ibis.memtable(each) for each in (rows, assignment, sizes))
    same(document_economies(*lazy, indicators=["patents"]).to_pyarrow(), theirs)


@pytest.mark.parametrize("by_economy", [False, True])
def test_ties(
    located: pa.Table,
    rows: pa.Table,
    assignment: pa.Table,
    sizes: pa.Table,
    by_economy: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    of_document = (
        clustered(located, assignment)
        .group_by("indicator", "document")
        .agg(pl.col("cluster").unique().sort())
    )
    links: dict[tuple[int, int, str], int] = {}
    for indicator, _, here in of_document.iter_rows():
        for i, a in enumerate(here):
            for b in here[i + 1 :]:
                links[a, b, indicator] = links.get((a, b, indicator), 0) + 1
    theirs = pl.DataFrame(
        [(*pair, float(number)) for pair, number in links.items()],
        schema=["a", "b", "indicator", "links"],
        orient="row",
    )
    lazy = ibis.memtable(rows), ibis.memtable(assignment)
    documents = (
        document_economies(*lazy, ibis.memtable(sizes), indicators=["patents", "publications"])
        if by_economy
        else document_clusters(*lazy)
    )
    same(collaboration_ties(documents).to_pyarrow(), theirs)


@pytest.mark.parametrize("method", ["fractional", "full"])
def test_counts_in_clusters(
    located: pa.Table, rows: pa.Table, assignment: pa.Table, method: str
) -> None:
    part = 1.0 / pl.col("n_located")
    value = part.sum() if method == "fractional" else pl.col("document").n_unique().cast(float)
    theirs = clustered(located, assignment).group_by("cluster", "indicator").agg(count=value)
    expected = theirs.sort("cluster", "indicator")
    lazy = document_clusters(ibis.memtable(rows), ibis.memtable(assignment))
    ours = counts(
        place_addresses(ibis.memtable(rows), missing="renormalise").to_pyarrow().to_pandas(),
        cluster_documents(lazy).to_pyarrow().to_pandas(),
        assignment.to_pandas(),
        method=method,
    )
    assert ours["cluster"].tolist() == expected["cluster"].to_list()
    assert ours["indicator"].tolist() == expected["indicator"].to_list()
    assert ours["count"].to_numpy() == pytest.approx(expected["count"].to_numpy(), rel=1e-12)


def test_threads_and_order_change_no_bit(located: pa.Table, assignment: pa.Table) -> None:
    def shuffled(table: pa.Table, seed: int) -> pa.Table:
        return table.take(np.random.default_rng(seed).permutation(len(table)))

    def found(threads: int, mix: Callable[[pa.Table], pa.Table]) -> tuple[bytes, pd.DataFrame]:
        connection = ibis.duckdb.connect(threads=threads)
        rows, places = ibis.memtable(mix(located)), ibis.memtable(mix(assignment))
        reduced, ties = (
            connection.to_pyarrow(table).to_pandas()
            for table in (
                place_addresses(rows, missing="renormalise"),
                collaboration_ties(document_clusters(rows, places)),
            )
        )
        connection.disconnect()
        counted = fractional_counts(reduced, mix(assignment).to_pandas())
        ordered = ties.sort_values(["a", "b", "indicator"], ignore_index=True)
        return counted["count"].to_numpy().tobytes(), ordered

    one = found(1, lambda table: table)
    for threads in (1, 2):
        other = found(threads, lambda table, seed=threads: shuffled(table, seed))
        assert other[0] == one[0]
        pd.testing.assert_frame_equal(other[1], one[1], check_exact=True)
