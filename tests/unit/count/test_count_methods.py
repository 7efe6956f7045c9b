"""Counting by example: the published reading, assignments, what is refused."""

from __future__ import annotations

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.count import (
    METHODS,
    assignments,
    cluster_documents,
    counts,
    document_clusters,
    economy_counts,
    fractional_counts,
    place_addresses,
    whole_documents,
    world_totals,
)
from hubscan.errors import InputError
from hubscan.schema import COUNTS, ECONOMY_COUNTS, validated

# an article with four addresses, three of them located, two of those in the cluster
ARTICLE = pa.table(
    {
        "indicator": ["publications"] * 3,
        "document": [1] * 3,
        "place": [10, 11, 20],
        "economy": ["FR", "FR", "GB"],
        "addresses": [1] * 3,
        "n_listed": [4] * 3,
        "n_located": [3] * 3,
    }
)
CLUSTER = pd.DataFrame({"place": [10, 11], "cluster": [1, 1]})


def frame(table: ibis.Table) -> pd.DataFrame:
    found: pd.DataFrame = table.to_pyarrow().to_pandas()
    return found


def whole(located: pa.Table, assignment: pd.DataFrame) -> pd.DataFrame:
    clusters = ibis.memtable(pa.Table.from_pandas(assignment))
    return frame(cluster_documents(document_clusters(ibis.memtable(located), clusters)))


@pytest.mark.parametrize(
    ("method", "missing", "expected"),
    [
        ("fractional", "renormalise", 2 / 3),
        ("fractional", "lose", 2 / 4),
        ("full", "renormalise", 1.0),
    ],
)
def test_an_article_in_part_located(method: str, missing: str, expected: float) -> None:
    places = frame(place_addresses(ibis.memtable(ARTICLE), missing=missing))
    counted = counts(places, whole(ARTICLE, CLUSTER), CLUSTER, method=method)
    validated(counted, COUNTS)
    assert counted.loc[counted["cluster"] == 1, "count"].item() == expected


def test_an_article_whose_equal_addresses_are_counted_together() -> None:
    # the same article with three addresses at place 10 and two at 20, of seven listed
    row = {"indicator": "publications", "document": 1, "n_listed": 7, "n_located": 5}
    ends = [{"place": 10, "economy": "FR"}, {"place": 20, "economy": "GB"}]
    apart = [ends[0]] * 3 + [ends[1]] * 2
    one = pa.Table.from_pylist([row | end | {"addresses": 1} for end in apart])
    together = pa.Table.from_pylist(
        [row | end | {"addresses": n} for end, n in zip(ends, (3, 2), strict=True)]
    )
    for missing, expected in (("renormalise", 3 / 5), ("lose", 3 / 7)):
        tables = [
            frame(place_addresses(ibis.memtable(table), missing=missing)).sort_values(
                "place", ignore_index=True
            )
            for table in (one, together)
        ]
        pd.testing.assert_frame_equal(*tables)
        found = fractional_counts(tables[1], CLUSTER)
        assert found.loc[found["cluster"] == 1, "count"].item() == expected
    documents = [
        whole(table, CLUSTER).sort_values("cluster", ignore_index=True) for table in (one, together)
    ]
    pd.testing.assert_frame_equal(*documents)
    assert documents[0]["documents"].tolist() == [1, 1]


def test_all_methods_are_tested() -> None:
    assert set(METHODS) == {"fractional", "full"}


def test_addresses_of_one_document_in_one_cluster_make_it_whole() -> None:
    # seven sevenths, summed as an integer first, are exactly one
    places = pd.DataFrame(
        {
            "indicator": "patents",
            "place": range(7),
            "economy": "FR",
            "denominator": 7,
            "addresses": 1,
        }
    )
    everywhere = pd.DataFrame({"place": range(7), "cluster": 1})
    assert fractional_counts(places, everywhere)["count"].tolist() == [0.0, 1.0]


def test_clusters_without_documents_are_counted_as_none() -> None:
    places = pd.DataFrame(
        {
            "indicator": ["deals", "patents"],
            "place": [10, 20],
            "economy": "FR",
            "denominator": 1,
            "addresses": [3, 5],
        }
    )
    assignment = pd.DataFrame({"place": [10, 20, 30], "cluster": [2, 7, 9]})
    counted = fractional_counts(places, assignment)
    assert counted.to_numpy().tolist() == [
        [-1, "deals", 0.0], [-1, "patents", 0.0],
        [2, "deals", 3.0], [2, "patents", 0.0],
        [7, "deals", 0.0], [7, "patents", 5.0],
        [9, "deals", 0.0], [9, "patents", 0.0],
    ]  # fmt: skip
    found = economy_counts(places, assignment)
    validated(found, ECONOMY_COUNTS)
    assert found.to_numpy().tolist() == [[2, "deals", "FR", 3.0], [7, "patents", "FR", 5.0]]


def test_indicators_may_be_assigned_differently() -> None:
    places = pd.DataFrame(
        {
            "indicator": ["deals", "patents"],
            "place": [10, 10],
            "economy": "FR",
            "denominator": 1,
            "addresses": 1,
        }
    )
    by_indicator = assignments(
        {
            "patents": pd.DataFrame({"place": [10], "cluster": [1]}),
            "deals": pd.DataFrame({"place": [10], "cluster": [2]}),
        }
    )
    counted = fractional_counts(places, by_indicator)
    assert counted.loc[counted["count"] > 0, ["cluster", "indicator"]].to_numpy().tolist() == [
        [1, "patents"],
        [2, "deals"],
    ]
    with pytest.raises(InputError, match="no places for 'deals'"):
        fractional_counts(places, by_indicator.loc[by_indicator["indicator"] == "patents"])


def test_the_query_engine_assigns_by_indicator_too() -> None:
    located = pa.concat_tables(
        [ARTICLE, ARTICLE.set_column(0, "indicator", pa.array(["deals"] * 3))]
    )
    by_indicator = assignments(
        {"publications": CLUSTER, "deals": pd.DataFrame({"place": [20], "cluster": [5]})}
    )
    found = whole(located, by_indicator).sort_values(["indicator", "cluster"])
    assert found[["indicator", "cluster", "documents"]].to_numpy().tolist() == [
        ["deals", -1, 1],
        ["deals", 5, 1],
        ["publications", -1, 1],
        ["publications", 1, 1],
    ]


def test_documents_are_counted_whole_under_the_numbers_of_their_indicators() -> None:
    numbers = {0: "deals", 1: "publications"}
    located = pa.concat_tables(
        ARTICLE.set_column(0, "indicator", pa.array([k] * 3, "int8")) for k in numbers
    )
    # assignments name indicators; one that is not the edition's is nobody's
    by_indicator = assignments(
        {
            "publications": CLUSTER,
            "deals": pd.DataFrame({"place": [20], "cluster": [5]}),
            "trademarks": pd.DataFrame({"place": [20], "cluster": [9]}),
        }
    )
    lazy = ibis.memtable(located), ibis.memtable(pa.Table.from_pandas(by_indicator))
    indicators = ["publications", "deals"]
    found = frame(whole_documents(*lazy, method="full", indicators=indicators))
    told = found.assign(indicator=found["indicator"].map(numbers))
    assert told.sort_values(["indicator", "cluster"]).to_dict("list") == {
        "cluster": [-1, 5, -1, 1],
        "indicator": ["deals", "deals", "publications", "publications"],
        "documents": [1, 1, 1, 1],
    }
    none = frame(whole_documents(*lazy, method="fractional", indicators=indicators))
    assert none.empty
    assert list(none) == list(found)


def test_counts_without_documents_are_never_whole() -> None:
    places = pd.DataFrame(
        {
            "indicator": ["patents", "publications"],
            "place": [10, 10],
            "economy": "FR",
            "denominator": [10_000, 3],
            "addresses": [12_500, 2],
        }
    )
    documents = pd.DataFrame({"cluster": [1], "indicator": ["publications"], "documents": [1]})
    counted = counts(places, documents, CLUSTER, method="full")
    assert counted.loc[counted["cluster"] == 1, "count"].tolist() == [1.25, 1.0]


def test_unknown_economies_are_kept() -> None:
    places = pd.DataFrame(
        {
            "indicator": ["patents"] * 2,
            "place": [10, 11],
            "economy": ["", "FR"],
            "denominator": 1,
            "addresses": 1,
        }
    )
    assert economy_counts(places, CLUSTER)["economy"].tolist() == ["", "FR"]


def test_world_totals() -> None:
    totals = pd.DataFrame(
        {"indicator": ["patents", "deals"], "documents": [10, 8], "covered": [9, 7]}
    )
    assert world_totals(totals, denominator="covered").to_dict() == {"deals": 7.0, "patents": 9.0}
    assert world_totals(totals, denominator="all").to_dict() == {"deals": 8.0, "patents": 10.0}
    with pytest.raises(InputError, match="denominator = 'some': must be one of covered, all"):
        world_totals(totals, denominator="some")


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="missing = 'drop': must be one of renormalise, lose"):
        place_addresses(ibis.memtable(ARTICLE), missing="drop")
    places = frame(place_addresses(ibis.memtable(ARTICLE), missing="lose"))
    with pytest.raises(InputError, match="method = 'half': must be one of fractional, full"):
        counts(places, whole(ARTICLE, CLUSTER), CLUSTER, method="half")
    twice = pd.concat([CLUSTER, CLUSTER])
    with pytest.raises(InputError, match="place 10 is assigned twice"):
        fractional_counts(places, twice)
