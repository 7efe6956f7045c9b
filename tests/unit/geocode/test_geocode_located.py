"""Addresses brought together with the places of their localities, and what that covers."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.geocode import coverage, coverage_counts, located
from hubscan.schema import LOCATED, validated

ADDRESSES = pd.DataFrame(
    [
        # indicator, document, sequence, place, locality, economy, n_listed
        ("patents", 1, 1, 100, 1, "FR", 3),
        ("patents", 1, 2, None, 1, "FR", 3),
        ("patents", 1, 3, None, 2, "DE", 3),
        ("patents", 2, 1, None, 2, "DE", 1),
        ("patents", 3, 1, None, 3, "CN", 2),
        ("patents", 3, 2, None, 1, "FR", 2),
        ("publications", 1, None, None, 1, "FR", 1),
        ("publications", 2, None, 200, 4, "", 1),
        ("publications", 3, None, None, 4, "", 2),
        ("publications", 3, None, None, 5, "DE", 2),
    ],
    columns=["indicator", "document", "sequence", "place", "locality", "economy", "n_listed"],
).astype({"place": "Int64", "sequence": "Int64"})

LOCALITIES = pd.DataFrame(
    {
        "locality": [1, 2, 3, 4, 5],
        "place": pd.array([10, None, 30, 40, 50], dtype="Int64"),
        "economy": ["FR", "DE", "HK", "IT", "DE"],
    }
)


def tables() -> tuple[ibis.Table, ibis.Table]:
    return ibis.memtable(ADDRESSES), ibis.memtable(LOCALITIES)


def test_own_coordinates_come_first_and_the_unlocated_leave() -> None:
    table = validated(located(*tables()).to_pandas(), LOCATED)
    table = table.sort_values(["indicator", "document", "place"])
    assert table.columns.tolist() == LOCATED.names
    assert table.drop(columns="n_listed").to_numpy().tolist() == [
        ["patents", 1, 10, "FR", 2],
        ["patents", 1, 100, "FR", 2],
        ["patents", 3, 10, "FR", 2],
        ["patents", 3, 30, "HK", 2],
        ["publications", 1, 10, "FR", 1],
        ["publications", 2, 200, "IT", 1],
        ["publications", 3, 40, "IT", 2],
        ["publications", 3, 50, "DE", 2],
    ]
    assert table["n_listed"].tolist() == [3, 3, 2, 2, 1, 1, 2, 2]


def test_coverage_counts_addresses_and_documents_by_country() -> None:
    counts = coverage_counts(*tables()).to_pandas().sort_values(["indicator", "country"])
    assert counts.dtypes.iloc[2:].astype(str).tolist() == ["int64"] * 4
    assert counts.to_numpy().tolist() == [
        ["patents", "DE", 2, 0, 2, 0],
        ["patents", "FR", 3, 3, 2, 2],
        ["patents", "HK", 1, 1, 1, 1],
        ["patents", "world", 6, 4, 3, 2],
        ["publications", "DE", 1, 1, 1, 1],
        ["publications", "FR", 1, 1, 1, 1],
        ["publications", "IT", 2, 2, 2, 2],
        ["publications", "world", 4, 4, 3, 3],
    ]


def test_the_coverage_table_ranks_countries_by_their_combined_share() -> None:
    counts = coverage_counts(*tables()).to_pandas()
    table = coverage(counts, ranked_by=["patents", "publications"], top=3)
    assert table["country"].drop_duplicates().tolist() == ["DE", "FR", "IT", "world"]
    assert table["name"].drop_duplicates().tolist() == ["Germany", "France", "Italy", "World"]
    assert table.columns.tolist() == [
        "country", "name", "indicator", "addresses", "accuracy_percent", "covered_percent",
    ]  # fmt: skip
    germany = table[table["country"] == "DE"]
    assert germany["indicator"].tolist() == ["patents", "publications"]
    assert germany["accuracy_percent"].tolist() == [0.0, 100.0]
    world = table[table["country"] == "world"].set_index("indicator").loc["patents"]
    assert world["addresses"] == 6
    assert world["accuracy_percent"] == pytest.approx(100 * 4 / 6)
    assert world["covered_percent"] == pytest.approx(100 * 2 / 3)


def test_the_coverage_table_does_not_depend_on_the_order_of_the_counts() -> None:
    counts = coverage_counts(*tables()).to_pandas()
    choice = {"ranked_by": ["publications"], "top": 2}
    first = coverage(counts, **choice)
    again = coverage(counts.sample(frac=1.0, random_state=4), **choice)
    pd.testing.assert_frame_equal(first, again)
    assert first["indicator"].drop_duplicates().tolist() == ["publications", "patents"]


def test_an_indicator_without_documents_ranks_nothing() -> None:
    counts = coverage_counts(*tables()).to_pandas()
    with pytest.raises(InputError, match="no documents of 'deals' in the world"):
        coverage(counts, ranked_by=["deals"], top=20)
