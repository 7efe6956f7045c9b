"""Foreign shares and links, on the published examples and on the awkward cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.count import document_clusters
from hubscan.errors import InputError
from hubscan.profile import (
    cluster_links,
    cluster_pairs,
    collaboration,
    document_economies,
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


def economies_of(documents: Sequence[Sequence[Address]]) -> ibis.Table:
    """Return the clusters and economies of documents, by way of their addresses."""
    places = sorted({address for document in documents for address in document})
    rows = [
        {
            "indicator": "patents",
            "document": number,
            "place": places.index(address),
            "economy": address[1],
            "n_listed": len(document),
            "n_located": len(document),
        }
        for number, document in enumerate(documents)
        for address in document
    ]
    assigned = [{"place": p, "cluster": places[p][0]} for p in range(len(places))]
    located = ibis.memtable(pa.Table.from_pylist(rows))
    inside = [row for row in assigned if row["cluster"] > 0]
    return document_economies(located, ibis.memtable(pa.Table.from_pylist(inside)))


def measures(
    documents: Sequence[Sequence[Address]], labels: dict[int, str], home_economy: str = "main"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return collaboration and links by economy."""
    table = economies_of(documents)
    named = pd.DataFrame(
        {
            "cluster": list(labels),
            "economies": list(labels.values()),
            "home_economy": [text[:2] for text in labels.values()],
        }
    )
    home = homes(named, home_economy=home_economy)
    lazy = ibis.memtable(pa.Table.from_pandas(home, preserve_index=False))
    links = economy_links(table, indicator="patents").to_pandas().assign(indicator="patents")
    found = foreign_documents(table, lazy, indicator="patents").to_pandas()
    by_economy = links_by_economy(links, home)
    return collaboration(found.assign(indicator="patents"), by_economy, home), by_economy


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
    fine = document_economies(located, assignment)
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
    pairs = cluster_pairs(table, indicator="patents").order_by("a", "b").to_pandas()
    assert pairs.to_numpy().tolist() == [[-1, 1, 1], [-1, 2, 1], [1, 2, 2]]
    links = cluster_links(pairs.assign(indicator="patents"))
    assert links[["cluster", "partner", "links"]].to_numpy().tolist() == [
        [1, 2, 2],
        [1, -1, 1],
        [2, 1, 2],
        [2, -1, 1],
    ]
    assert links["share"].tolist() == pytest.approx([2 / 3, 1 / 3] * 2)
    documents = pd.DataFrame({"indicator": "patents", "cluster": [1, 2], "documents": [2, 8]})
    table_of_pairs = network(pairs.assign(indicator="patents"), documents)
    assert table_of_pairs.to_numpy().tolist() == [["patents", 1, 2, 2, 0.5]]


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
