"""Addresses brought together with the places of their localities, and what that covers."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.geocode import (
    coverage,
    coverage_counts,
    document_countries,
    document_sizes,
    doubtful_documents,
    located,
)
from hubscan.schema import DOCUMENT_SIZES, LOCATED, validated

ADDRESSES = pd.DataFrame(
    [
        # indicator, document, place, locality, economy, organisation, addresses
        ("patents", 1, 100, 1, "FR", 0, 1),
        ("patents", 1, None, 1, "FR", 0, 1),
        ("patents", 1, None, 2, "DE", 0, 1),
        ("patents", 2, None, 2, "DE", 0, 1),
        ("patents", 3, None, 3, "CN", 0, 1),
        ("patents", 3, None, 1, "FR", 0, 1),
        ("publications", 1, None, 1, "FR", 7, 1),
        ("publications", 2, 200, 4, "", 0, 1),
        ("publications", 3, None, 4, "", 8, 1),
        ("publications", 3, None, 5, "DE", 9, 1),
    ],
    columns=["indicator", "document", "place", "locality", "economy", "organisation", "addresses"],
).astype({"place": "Int64"})

LOCALITIES = pd.DataFrame(
    {
        "locality": [1, 2, 3, 4, 5],
        "place": pd.array([10, None, 30, 40, 50], dtype="Int64"),
        "economy": ["FR", "DE", "HK", "IT", "DE"],
    }
)


def placed(addresses: pd.DataFrame = ADDRESSES) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return located addresses, and what that covers by country."""
    lazy, places = ibis.memtable(addresses), ibis.memtable(LOCALITIES)
    by_country = document_countries(lazy, places)
    sizes = document_sizes(by_country)
    validated(sizes.to_pandas(), DOCUMENT_SIZES)
    found = located(lazy, places, sizes).to_pandas()
    keys = ["indicator", "document", "place"]
    return validated(found, LOCATED).sort_values(keys), coverage_counts(
        by_country, sizes
    ).to_pandas()


def test_own_coordinates_come_first_and_the_unlocated_leave() -> None:
    table, _ = placed()
    assert table.columns.tolist() == LOCATED.names
    columns = ["indicator", "document", "place", "economy", "n_located"]
    assert table[columns].to_numpy().tolist() == [
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
    assert table["organisation"].tolist() == [0, 0, 0, 0, 7, 0, 8, 9]
    assert table["addresses"].tolist() == [1] * 8


def test_equal_addresses_counted_together_are_as_many_rows() -> None:
    # addresses 2 to 4 of a document, in one row or in a row each, located or not
    many = ADDRESSES.assign(addresses=[2, 1, 3, 2, 1, 4, 1, 2, 3, 1])
    rows = many.loc[many.index.repeat(many["addresses"])].assign(addresses=1)
    (together, by_country), (apart, as_rows) = placed(many), placed(rows)
    keys = [name for name in LOCATED.names if name != "addresses"]
    summed = apart.groupby(keys, as_index=False)["addresses"].sum()
    pd.testing.assert_frame_equal(
        together.sort_values(keys, ignore_index=True)[[*keys, "addresses"]],
        summed.astype({"addresses": together["addresses"].dtype}),
    )
    order = ["indicator", "country"]
    pd.testing.assert_frame_equal(
        by_country.sort_values(order, ignore_index=True),
        as_rows.sort_values(order, ignore_index=True),
    )
    first = together[(together["indicator"] == "patents") & (together["document"] == 1)]
    assert first[["place", "addresses", "n_listed", "n_located"]].to_numpy().tolist() == [
        [10, 1, 6, 3],
        [100, 2, 6, 3],
    ]


def test_coverage_counts_addresses_and_documents_by_country() -> None:
    counts = placed()[1].sort_values(["indicator", "country"])
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
    counts = placed()[1]
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
    counts = placed()[1]
    choice = {"ranked_by": ["publications"], "top": 2}
    first = coverage(counts, **choice)
    again = coverage(counts.sample(frac=1.0, random_state=4), **choice)
    pd.testing.assert_frame_equal(first, again)
    assert first["indicator"].drop_duplicates().tolist() == ["publications", "patents"]


def test_an_indicator_without_documents_ranks_nothing() -> None:
    counts = placed()[1]
    with pytest.raises(InputError, match="no documents of 'deals' in the world"):
        coverage(counts, ranked_by=["deals"], top=20)


def test_documents_hang_on_localities_that_are_in_doubt() -> None:
    """Of 1 (sure) none, of 2 (no place) two, of 4 (unsure) one: the other has coordinates."""
    found = LOCALITIES.assign(confidence=[0.9, 0.0, 0.9, 0.7, 0.85])
    again = pd.concat([ADDRESSES, ADDRESSES.iloc[[3, 3]]], ignore_index=True)
    counted = doubtful_documents(ibis.memtable(again), ibis.memtable(found), min_confidence=0.85)
    assert counted.to_pandas().to_numpy().tolist() == [[2, 2], [4, 1]]
