"""Top applicants and organisations: who counts where, shares, and ties by name."""

from __future__ import annotations

from fractions import Fraction

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.errors import InputError
from hubscan.profile import (
    cluster_addresses,
    label_addresses,
    leaders,
    list_addresses,
    organisation_addresses,
)

CLUSTERS = pa.table(
    {
        "indicator": ["patents"] * 4,
        "document": [1, 1, 2, 3],
        "cluster": [1, 2, 1, 1],
        "addresses": [1, 3, 2, 1],
        "n_listed": [4, 4, 2, 1],
        "n_located": [4, 4, 2, 1],
    }
)
LISTS = pa.table(
    {
        "indicator": ["patents"] * 2,
        "document": [1, 2],
        "kind": ["applicant"] * 2,
        "label_list": [0, 1],
    }
)
LABELS = pd.DataFrame(
    {
        "kind": ["applicant"] * 3,
        "label_list": [0, 0, 1],
        "position": [1, 2, 1],
        "label": [1, 2, 1],
    }
)
TEXTS = pd.DataFrame(
    {
        "kind": ["applicant", "applicant", "organisation"],
        "label": [1, 2, 1],
        "text": ["Samsung", "LG", "ETH"],
    }
)


def parts_of(clusters: pa.Table, counting: str) -> pd.DataFrame:
    """Return what each applicant has in each cluster."""
    sums = list_addresses(
        ibis.memtable(clusters),
        ibis.memtable(LISTS),
        kinds=("applicant",),
        counting=counting,
        missing="renormalise",
    )
    return label_addresses(sums.to_pandas(), LABELS, kind="applicant", counting=counting)


def applicants(counting: str, top: int = 5) -> pd.DataFrame:
    parts = parts_of(CLUSTERS, counting)
    whole = cluster_addresses(ibis.memtable(CLUSTERS), counting=counting, missing="renormalise")
    return leaders(parts, whole.to_pandas(), TEXTS, kind="applicant", top=top)


def test_applicants_have_what_their_inventors_give_to_the_cluster() -> None:
    table = applicants("fractional")
    assert table[["cluster", "rank", "applicant"]].to_numpy().tolist() == [
        [1, 1, "Samsung"],
        [1, 2, "LG"],
        [2, 1, "LG"],
        [2, 2, "Samsung"],
    ]
    # document 1 gives 1/8 to each in cluster 1 and 3/8 in cluster 2; document 2 is Samsung's
    assert table["count"].tolist() == [1.125, 0.125, 0.375, 0.375]
    # cluster 1 has 1/4 + 1 + 1 documents, document 3 without an applicant; cluster 2 has 3/4
    assert table["share"].tolist() == [0.5, 0.125 / 2.25, 0.5, 0.5]


def test_whole_counts_give_each_applicant_the_document() -> None:
    table = applicants("whole")
    assert table["count"].tolist() == [2.0, 1.0, 1.0, 1.0]
    assert table["share"].tolist() == [2 / 3, 1 / 3, 1.0, 1.0]


def test_only_the_first_are_kept() -> None:
    assert applicants("fractional", top=1)["applicant"].tolist() == ["Samsung", "LG"]


def test_documents_repeated_by_economy_count_once() -> None:
    # the rows of cluster 1's document 2 in two economies
    again = CLUSTERS.to_pandas()
    again.loc[again["document"] == 2, "addresses"] = 1
    again = pd.concat([again, again.loc[again["document"] == 2]])
    for counting in ("fractional", "whole"):
        first, second = (
            parts_of(table, counting) for table in (CLUSTERS, pa.Table.from_pandas(again))
        )
        pd.testing.assert_frame_equal(first, second)
        # Samsung in cluster 1 has parts of two denominators, unless documents count whole
        assert len(first) == (5 if counting == "fractional" else 4)


def sums(rows: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["cluster", "group", "denominator", "addresses"])


WHOLE = pd.DataFrame({"cluster": [1], "denominator": [1], "addresses": [10]})


def test_equal_counts_are_ordered_by_name_however_they_add_up() -> None:
    names = pd.DataFrame(
        {"kind": "applicant", "label": [1, 2, 3, 4], "text": ["Delta", "Charlie", "Bravo", "Alpha"]}
    )
    # 0.1 + 0.2 and 0.3 are not the same float, but the same count; Alpha has less
    rows = [(1, 1, 5, 1), (1, 1, 10, 1), (1, 2, 10, 3), (1, 3, 20, 6), (1, 4, 20, 5)]
    table = leaders(sums(rows), WHOLE, names, kind="applicant", top=3)
    assert table["applicant"].tolist() == ["Bravo", "Charlie", "Delta"]
    assert table["rank"].tolist() == [1, 2, 3]
    # a tie across the cut is decided by name as well, not by number
    cut = leaders(sums(rows), WHOLE, names, kind="applicant", top=2)
    assert cut["applicant"].tolist() == ["Bravo", "Charlie"]


def test_noise_has_no_leaders() -> None:
    table = leaders(sums([(-1, 1, 1, 5)]), WHOLE, TEXTS, kind="applicant", top=3)
    assert table.empty
    assert list(table.columns) == ["cluster", "rank", "applicant", "count", "share"]


ADDRESSES = pa.table(
    {
        "indicator": ["publications"] * 6,
        "document": [1, 1, 1, 1, 2, 2],
        "place": [7, 7, 7, 8, 7, 7],
        "organisation": [1, 1, 2, 3, 2, 0],
        "addresses": [1, 1, 1, 1, 1, 1],
        "n_listed": [8, 8, 8, 8, 2, 2],
        "n_located": [4, 4, 4, 4, 2, 2],
    }
)
# the same, with equal addresses of a document in one row
TOGETHER = pa.table(
    {
        "indicator": ["publications"] * 5,
        "document": [1, 1, 1, 2, 2],
        "place": [7, 7, 8, 7, 7],
        "organisation": [1, 2, 3, 2, 0],
        "addresses": [2, 1, 1, 1, 1],
        "n_listed": [8, 8, 8, 2, 2],
        "n_located": [4, 4, 4, 2, 2],
    }
)
ASSIGNMENT = pa.table({"place": [7, 8], "cluster": [5, -1]})


@pytest.mark.parametrize("addresses", [ADDRESSES, TOGETHER], ids=["apart", "together"])
@pytest.mark.parametrize(
    ("counting", "missing", "expected"),
    [
        ("fractional", "renormalise", {1: Fraction(1, 2), 2: Fraction(3, 4)}),
        ("fractional", "lose", {1: Fraction(1, 4), 2: Fraction(5, 8)}),
        ("whole", "lose", {1: Fraction(1), 2: Fraction(2)}),
    ],
)
def test_organisations_have_what_their_own_addresses_give(
    addresses: pa.Table, counting: str, missing: str, expected: dict[int, Fraction]
) -> None:
    table = organisation_addresses(
        ibis.memtable(addresses),
        ibis.memtable(ASSIGNMENT),
        counting=counting,
        missing=missing,
    ).to_pandas()
    found: dict[int, Fraction] = {}
    for row in table.itertuples():
        part = Fraction(int(row.addresses), int(row.denominator))
        found[int(row.group)] = found.get(int(row.group), Fraction(0)) + part
    assert found == expected
    assert set(table["cluster"]) == {5}


@pytest.mark.parametrize("counting", ["fractional", "whole"])
def test_documents_of_two_indicators_are_told_apart_by_organisation(counting: str) -> None:
    # a patent of the same number names the same organisation
    again = ADDRESSES.set_column(0, "indicator", pa.array(["patents"] * 6))
    both, one = (
        organisation_addresses(
            ibis.memtable(table),
            ibis.memtable(ASSIGNMENT),
            counting=counting,
            missing="renormalise",
        ).to_pandas()
        for table in (pa.concat_tables([ADDRESSES, again]), ADDRESSES)
    )
    keys = ["indicator", "group", "denominator"]
    expected = pd.concat([one.assign(indicator="patents"), one])
    pd.testing.assert_frame_equal(
        both.sort_values(keys, ignore_index=True), expected.sort_values(keys, ignore_index=True)
    )


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(InputError, match="top = 0: must be at least 1"):
        leaders(sums([]), WHOLE, TEXTS, kind="applicant", top=0)
    with pytest.raises(InputError, match="cluster 9 has leaders but no documents"):
        leaders(sums([(9, 1, 1, 1)]), WHOLE, TEXTS, kind="applicant", top=1)
    with pytest.raises(InputError, match="applicant 8 has no text"):
        leaders(sums([(1, 8, 1, 1)]), WHOLE, TEXTS, kind="applicant", top=1)
    with pytest.raises(InputError, match="counting = 'half': must be one of fractional, whole"):
        applicants("half")
