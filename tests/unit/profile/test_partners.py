"""Foreign shares and links, on the published examples and on the awkward cases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.cluster import numbers
from hubscan.count import document_clusters, document_economies, renamed
from hubscan.errors import InputError
from hubscan.numbered import economy_numbers, named, numbered
from hubscan.profile import (
    cluster_links,
    cluster_pairs,
    collaboration,
    economy_links,
    foreign_documents,
    homes,
    links_by_economy,
    network,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Address = tuple[int, str]
"""The cluster and the economy of an address."""


def sizes_of(located: ibis.Table) -> ibis.Table:
    """Return the sizes of documents that their located addresses tell."""
    return located.select("indicator", "document", "n_listed", "n_located").distinct()


def economies_of(documents: Sequence[Sequence[Address]]) -> ibis.Table:
    """Return the clusters and economies of documents, by way of their addresses."""
    places = sorted({address for document in documents for address in document})
    rows = [
        {
            "indicator": "patents",
            "document": number,
            "place": places.index(address),
            "economy": address[1],
            "addresses": many,
            "n_listed": len(document),
            "n_located": len(document),
        }
        for number, document in enumerate(documents)
        for address, many in Counter(document).items()
    ]
    assigned = [{"place": p, "cluster": places[p][0]} for p in range(len(places))]
    located = ibis.memtable(pa.Table.from_pylist(rows))
    inside = [row for row in assigned if row["cluster"] > 0]
    assignment = ibis.memtable(pa.Table.from_pylist(inside))
    return document_economies(located, assignment, sizes_of(located), indicators=["patents"])


def measures(
    documents: Sequence[Sequence[Address]], labels: dict[int, str], home_economy: str = "main"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return collaboration and links by economy."""
    return measured(economies_of(documents), labels, home_economy)


def measured(
    table: ibis.Table, labels: dict[int, str], home_economy: str = "main"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the same from documents in clusters and economies."""
    named = pd.DataFrame(
        {
            "cluster": list(labels),
            "economies": list(labels.values()),
            "home_economy": [text[:2] for text in labels.values()],
        }
    )
    home = homes(named, home_economy=home_economy)
    by_economy = links_by_economy(economy_links(table).to_pandas(), home)
    found = foreign_documents(table, _lazy(home)).to_pandas()
    return collaboration(found, by_economy, home), by_economy


def row(table: pd.DataFrame, cluster: int) -> dict[str, Any]:
    (found,) = table.loc[table["cluster"] == cluster].to_dict("records")
    return {str(key): value for key, value in found.items()}


def test_paris_has_one_domestic_and_two_foreign_links() -> None:
    # six authors: one in the cluster, two elsewhere in France, one in the US, two in the UK
    article = [(1, "FR"), (-1, "FR"), (-1, "FR"), (2, "US"), (-1, "GB"), (-1, "GB")]
    table, links = measures([article], {1: "FR", 2: "US"})
    paris = row(table, 1)
    assert (paris["documents"], paris["foreign_documents"], paris["foreign_share"]) == (1, 1, 1.0)
    assert (paris["domestic_links"], paris["foreign_links"], paris["unknown_links"]) == (1, 2, 0)
    ours = links.loc[links["cluster"] == 1]
    assert dict(zip(ours["economy"], ours["where"], strict=True)) == {
        "FR": "domestic",
        "GB": "foreign",
        "US": "foreign",
    }
    assert ours["links"].tolist() == [1, 1, 1]
    assert ours["share"].tolist() == pytest.approx([1 / 3] * 3)


def test_basel_counts_whole_documents() -> None:
    # 3,924 applications with an inventor in the cluster, 1,390 with one outside Switzerland
    alone = [[(1, "CH")], [(1, "CH"), (1, "CH")], [(1, "CH"), (-1, "CH")]]
    abroad = [[(1, "CH"), (1, "FR")], [(1, "CH"), (-1, "DE"), (-1, "DE")], [(1, "FR")]]
    documents = [alone[k % 3] for k in range(3924 - 1390)] + [abroad[k % 3] for k in range(1390)]
    table, _ = measures([*documents, [(-1, "CH"), (-1, "FR")]], {1: "CH/FR"})
    basel = row(table, 1)
    assert (basel["documents"], basel["foreign_documents"]) == (3924, 1390)
    assert round(100 * basel["foreign_share"], 1) == 35.4


def test_inside_a_border_crossing_cluster_the_other_side_is_abroad_unless_all_labels_are_home() -> (
    None
):
    documents: list[list[Address]] = [
        [(1, "CH"), (1, "FR")],
        [(1, "FR")],
        [(1, "CH")],
        [(1, "CH"), (1, "FR"), (-1, "DE")],
        [(1, "CH"), (-1, "FR")],
    ]
    main, links = measures(documents, {1: "CH/FR"}, "main")
    every, all_links = measures(documents, {1: "CH/FR"}, "all_labels")
    assert (row(main, 1)["foreign_documents"], row(every, 1)["foreign_documents"]) == (4, 1)
    # addresses inside the cluster are no links, whatever their economy
    assert links.set_index("economy")["links"].to_dict() == {"DE": 1, "FR": 1}
    assert links.set_index("economy")["where"].to_dict() == {"DE": "foreign", "FR": "foreign"}
    assert all_links.set_index("economy")["where"].to_dict() == {"DE": "foreign", "FR": "domestic"}


def test_an_economy_both_inside_and_outside_is_one_link() -> None:
    _, links = measures([[(1, "FR"), (1, "FR"), (2, "FR"), (-1, "FR")]], {1: "FR", 2: "FR"})
    assert links[["cluster", "economy", "links"]].to_numpy().tolist() == [
        [1, "FR", 1],
        [2, "FR", 1],
    ]


def test_an_unknown_economy_is_not_taken_for_a_foreign_one() -> None:
    documents: list[list[Address]] = [
        [(1, "FR"), (-1, "")],
        [(1, "")],
        [(1, ""), (-1, "US")],
        [(1, "FR")],
    ]
    table, links = measures(documents, {1: "FR"})
    assert row(table, 1)["foreign_documents"] == 1
    assert row(table, 1)["unknown_links"] == 1
    assert links.set_index("economy")["where"].to_dict() == {"": "unknown", "US": "foreign"}


@pytest.mark.parametrize("home_economy", ["main", "all_labels"])
def test_numbers_in_place_of_codes_say_the_same(home_economy: str) -> None:
    documents: list[list[Address]] = [
        [(1, "CH"), (1, "FR"), (-1, "")],
        [(1, ""), (-1, "US")],
        [(1, "CH"), (-1, "")],
        [(1, "CH"), (2, "US"), (2, "")],
        [(2, "")],
        [(3, "US"), (1, "FR")],
        [(3, "")],
    ]
    # no address is of the economy in which cluster 3 has its home
    labels = pd.DataFrame(
        {
            "cluster": [1, 2, 3],
            "economies": ["CH/FR", "US", "JP"],
            "home_economy": ["CH", "US", "JP"],
        }
    )
    economies = economy_numbers(pd.DataFrame({"economy": ["CH", "FR", "", "US"]}))
    home = homes(labels, home_economy=home_economy)
    texts = economies_of(documents)
    coded = numbered(texts.to_pandas(), economies).assign(indicator=0)
    assert 0 in set(coded["economy"])
    for made in (foreign_documents, lambda rows, _: economy_links(rows)):
        by_text = made(texts, _lazy(home)).to_pandas()
        by_number = made(_lazy(coded), _lazy(numbered(home, economies))).to_pandas()
        told = named(by_number, economies, indicators=["patents"])
        order = [name for name in ("cluster", "economy") if name in told]
        pd.testing.assert_frame_equal(
            told.sort_values(order, ignore_index=True),
            by_text.sort_values(order, ignore_index=True),
            check_dtype=False,
        )
    abroad = foreign_documents(texts, _lazy(home)).to_pandas().set_index("cluster")["foreign"]
    # of cluster 1 the first (if FR is no home), 2nd, 4th and 6th document; of 2 the 4th; of 3 the
    # 6th, but not the 7th: what is unknown is not abroad
    assert abroad.to_dict() == {1: 4 if home_economy == "main" else 3, 2: 1, 3: 1}


def _lazy(table: pd.DataFrame) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pandas(table, preserve_index=False))


def test_a_cluster_without_a_home_has_no_foreign_share() -> None:
    table, links = measures([[(1, ""), (-1, "US")], [(2, "FR")]], {1: "", 2: "FR"})
    assert pd.isna(row(table, 1)["foreign_share"])
    assert pd.isna(row(table, 1)["foreign_documents"])
    assert row(table, 1)["documents"] == 1
    assert row(table, 2)["foreign_share"] == 0.0
    assert links["cluster"].tolist() == [1]


def test_documents_in_clusters_follow_from_documents_in_economies() -> None:
    located = ibis.memtable(
        pa.table(
            {
                "indicator": ["patents"] * 3 + ["publications"],
                "document": [1, 1, 1, 1],
                "place": [7, 8, 9, 7],
                "economy": ["FR", "CH", "FR", "FR"],
                "addresses": [1, 1, 1, 1],
                "n_listed": [4, 4, 4, 1],
                "n_located": [3, 3, 3, 1],
            }
        )
    )
    assignment = ibis.memtable(
        pa.table(
            {
                "indicator": ["patents", "patents", "publications"],
                "place": [7, 8, 7],
                "cluster": [1, 1, 2],
            }
        )
    )
    fine = document_economies(
        located, assignment, sizes_of(located), indicators=["patents", "publications"]
    )
    keys = ["indicator", "document", "cluster"]
    summed = fine.group_by(keys).agg(
        addresses=fine.addresses.sum().cast("int64"),
        n_listed=fine.n_listed.max(),
        n_located=fine.n_located.max(),
    )
    theirs = document_clusters(located, assignment).to_pandas().sort_values(keys, ignore_index=True)
    ours = summed.to_pandas().sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(ours, theirs)
    assert fine.count().execute() == len(theirs) + 1


def test_pairs_count_a_document_once_and_noise_as_one_partner() -> None:
    table = economies_of(
        [
            [(1, "FR"), (1, "FR"), (2, "US"), (2, "US"), (-1, "US"), (-1, "DE")],
            [(1, "FR"), (2, "US")],
            [(3, "JP")],
            [(-1, "DE"), (-1, "FR")],
        ]
    )
    pairs = cluster_pairs(table).order_by("a", "b").to_pandas()
    assert pairs.drop(columns="indicator").to_numpy().tolist() == [
        [-1, 1, 1],
        [-1, 2, 1],
        [1, 2, 2],
    ]
    assert set(pairs["indicator"]) == {"patents"}
    links = cluster_links(pairs)
    assert links[["cluster", "partner", "links"]].to_numpy().tolist() == [
        [1, 2, 2],
        [1, -1, 1],
        [2, 1, 2],
        [2, -1, 1],
    ]
    assert links["share"].tolist() == pytest.approx([2 / 3, 1 / 3] * 2)
    documents = pd.DataFrame({"indicator": "patents", "cluster": [1, 2], "documents": [2, 8]})
    table_of_pairs = network(pairs, documents)
    assert table_of_pairs.to_numpy().tolist() == [["patents", 1, 2, 2, 0.5]]


def test_indicators_are_told_apart() -> None:
    rows = economies_of([[(1, "FR"), (2, "US")], [(1, "FR")]])
    both = rows.union(rows.mutate(indicator=ibis.literal("publications")))
    keys = ["indicator", "cluster"]
    home = ibis.memtable(pa.table({"cluster": [1, 2], "economy": ["FR", "US"]}))
    once, twice = (
        [
            foreign_documents(table, home).to_pandas(),
            economy_links(table).to_pandas(),
            cluster_pairs(table).to_pandas(),
        ]
        for table in (rows, both)
    )
    for one, two in zip(once, twice, strict=True):
        order = [name for name in (*keys, "a", "b") if name in two]
        alike = pd.concat([one, one.assign(indicator="publications")])
        pd.testing.assert_frame_equal(
            two.sort_values(order, ignore_index=True), alike.sort_values(order, ignore_index=True)
        )


MERGED = {1: 1, 2: 1, 3: 2}
"""Clusters 1 and 2 become 1, and 3 becomes 2."""

BEFORE: list[list[Address]] = [
    # of one economy in both parts of the merged cluster, and nowhere else
    [(1, "FR"), (2, "FR")],
    # the same, and one in another cluster, and one in noise
    [(1, "FR"), (1, "FR"), (2, "FR"), (3, "US"), (-1, "DE")],
    # both parts, two economies
    [(1, "FR"), (2, "CH")],
    # one part, and the same economy elsewhere
    [(2, "FR"), (3, "FR"), (-1, "FR")],
    [(3, "US")],
    [(-1, "FR")],
]


def merged_documents() -> ibis.Table:
    dense = pd.DataFrame({"cluster": [1, 1, 2, 3, -1]})
    after = pd.DataFrame({"cluster": [*(MERGED[c] for c in (1, 1, 2, 3)), -1]})
    found = numbers(dense, after)
    assert dict(found.itertuples(index=False, name=None)) == MERGED
    return renamed(economies_of(BEFORE), _lazy(found))


def test_a_merged_cluster_may_have_two_rows_of_a_document_and_economy() -> None:
    rows = merged_documents().to_pandas()
    first = rows[rows["document"] == 0]
    assert first[["cluster", "economy", "addresses", "n_located"]].to_numpy().tolist() == [
        [1, "FR", 1, 2],
        [1, "FR", 1, 2],
    ]
    assert set(rows.loc[rows["document"] == 5, "cluster"]) == {-1}  # noise stays noise
    assert tuple(rows) == tuple(economies_of(BEFORE).columns)


@pytest.mark.parametrize("home_economy", ["main", "all_labels"])
def test_after_a_merge_documents_count_as_if_the_clusters_had_been_one(home_economy: str) -> None:
    labels = {1: "FR/CH", 2: "US"}
    fresh: list[list[Address]] = [[(MERGED.get(c, c), e) for c, e in each] for each in BEFORE]
    ours = measured(merged_documents(), labels, home_economy)
    theirs = measures(fresh, labels, home_economy)
    for one, other in zip(ours, theirs, strict=True):
        pd.testing.assert_frame_equal(one, other)
    # four documents in it, of which the second has the US and Germany, the third Switzerland
    table, links = ours
    abroad = 2 if home_economy == "main" else 1
    assert row(table, 1)["documents"] == 4
    assert row(table, 1)["foreign_documents"] == abroad
    assert links.loc[links["cluster"] == 1].set_index("economy")["links"].to_dict() == {
        "DE": 1,
        "FR": 1,
        "US": 1,
    }
    order = ["a", "b"]
    pairs = cluster_pairs(merged_documents()).order_by(order).to_pandas()
    assert pairs[[*order, "links"]].to_numpy().tolist() == [[-1, 1, 2], [-1, 2, 2], [1, 2, 2]]


def test_homes_are_read_from_labels_however_joined() -> None:
    labels = pd.DataFrame(
        {
            "cluster": [2, 1, 3],
            "economies": ["CN / HK", "CH/DE/FR", ""],
            "home_economy": ["CN", "DE", ""],
        }
    )
    assert homes(labels, home_economy="main").to_numpy().tolist() == [[1, "DE"], [2, "CN"]]
    every = homes(labels, home_economy="all_labels")
    assert every.loc[every["cluster"] == 1, "economy"].tolist() == ["DE", "CH", "FR"]
    assert every.loc[every["cluster"] == 2, "economy"].tolist() == ["CN", "HK"]
    assert 3 not in set(every["cluster"])


def test_an_unknown_home_policy_is_told() -> None:
    labels = pd.DataFrame({"cluster": [], "economies": [], "home_economy": []})
    with pytest.raises(InputError, match="home_economy = 'first': must be one of main, all_labels"):
        homes(labels, home_economy="first")
