"""Addresses brought together with the places of their localities, and what that covers."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from hubscan import evidence_files
from hubscan.errors import InputError
from hubscan.geocode import (
    at_places,
    coverage,
    coverage_counts,
    document_countries,
    document_sizes,
    doubtful_documents,
    evidence,
    in_order,
    located,
    placed_spellings,
)
from hubscan.numbered import economy_numbers, named
from hubscan.schema import ADDRESSES as DESCRIBED
from hubscan.schema import DOCUMENT_SIZES, LOCATED, validated

KEYS = ["indicator", "document", "place", "locality", "economy", "organisation"]
INDICATORS = ["publications", "patents"]  # 1 and 0: numbers follow the order of names
ADDRESSES = pd.DataFrame(
    [
        (0, 1, 100, -1, 2, 0),
        (0, 1, 10, 1, 2, 0),
        (0, 1, None, 2, 1, 0),
        (0, 2, None, 2, 1, 0),
        (0, 3, 30, 3, 3, 0),
        (0, 3, 10, 1, 2, 0),
        (1, 1, 10, 1, 2, 7),
        (1, 2, 200, -1, 4, 0),
        (1, 3, 40, 4, 4, 8),
        (1, 3, 50, 5, 1, 9),
    ],
    columns=KEYS,
).astype({"place": "Int64", "indicator": "int8", "economy": "int16"})
"""Of the window's documents; those with coordinates of their own hang on no locality."""

LOCALITIES = pd.DataFrame(
    {
        "locality": [1, 2, 3, 4, 5],
        "place": pd.array([10, None, 30, 40, 50], dtype="Int64"),
        "economy": ["FR", "DE", "HK", "IT", "DE"],
    }
)
ECONOMIES = economy_numbers(LOCALITIES)  # 1 is DE, 2 FR, 3 HK, 4 IT


def placed(addresses: pd.DataFrame = ADDRESSES) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return located addresses, and what that covers by country."""
    lazy = ibis.memtable(validated(addresses, DESCRIBED))
    sizes = document_sizes(lazy)
    validated(sizes.to_pandas(), DOCUMENT_SIZES)
    found = located(at_places(lazy), sizes).to_pandas()
    counts = coverage_counts(document_countries(lazy), sizes).to_pandas()
    keys = ["indicator", "document", "place"]
    return validated(found, LOCATED).sort_values(keys), named(
        counts, ECONOMIES, indicators=INDICATORS
    )


def kept(addresses: pd.DataFrame) -> pd.DataFrame:
    """Return located addresses as a run folder keeps them."""
    lazy = ibis.memtable(addresses)
    rows = evidence(in_order(lazy).to_pyarrow())
    found = evidence_files.named(rows, economies=ECONOMIES, indicators=INDICATORS).to_pandas()
    found = found.astype({"indicator": "str", "economy": "str"})
    return found.sort_values(
        [name for name in LOCATED.names if name != "addresses"], ignore_index=True
    )


def test_the_unlocated_leave_but_are_among_the_listed() -> None:
    table, _ = placed()
    assert table.columns.tolist() == LOCATED.names
    columns = ["indicator", "document", "place", "economy", "n_located"]
    assert table[columns].to_numpy().tolist() == [
        [0, 1, 10, 2, 2],
        [0, 1, 100, 2, 2],
        [0, 3, 10, 2, 2],
        [0, 3, 30, 3, 2],
        [1, 1, 10, 2, 1],
        [1, 2, 200, 4, 1],
        [1, 3, 40, 4, 2],
        [1, 3, 50, 1, 2],
    ]
    assert table["n_listed"].tolist() == [3, 3, 2, 2, 1, 1, 2, 2]
    assert table["organisation"].tolist() == [0, 0, 0, 0, 7, 0, 8, 9]
    assert table["addresses"].tolist() == [1] * 8


def test_sizes_are_known_of_documents_without_a_located_address() -> None:
    sizes = document_sizes(ibis.memtable(ADDRESSES)).to_pandas()
    assert sizes.sort_values(["indicator", "document"]).to_numpy().tolist() == [
        [0, 1, 3, 2],
        [0, 2, 1, 0],
        [0, 3, 2, 2],
        [1, 1, 1, 1],
        [1, 2, 1, 1],
        [1, 3, 2, 2],
    ]


def test_equal_addresses_are_counted_together_in_the_evidence() -> None:
    # an address comes once to four times, located or not
    many = [2, 1, 3, 2, 1, 4, 1, 2, 3, 1]
    rows = ADDRESSES.loc[ADDRESSES.index.repeat(many)]
    listed = pd.Series(many).groupby([ADDRESSES["indicator"], ADDRESSES["document"]]).sum()
    assert listed.tolist() == [6, 2, 5, 1, 2, 4]
    for mixed in (rows, rows.sample(frac=1.0, random_state=3)):
        found = kept(mixed)
        assert tuple(found) == tuple(LOCATED.names)
        assert found.drop(columns="organisation").to_numpy().tolist() == [
            ["patents", 1, 10, "FR", 1, 6, 3],
            ["patents", 1, 100, "FR", 2, 6, 3],
            ["patents", 3, 10, "FR", 4, 5, 5],
            ["patents", 3, 30, "HK", 1, 5, 5],
            ["publications", 1, 10, "FR", 1, 1, 1],
            ["publications", 2, 200, "IT", 2, 2, 2],
            ["publications", 3, 40, "IT", 3, 4, 4],
            ["publications", 3, 50, "DE", 1, 4, 4],
        ]
        assert found["organisation"].tolist() == [0, 0, 0, 0, 7, 0, 8, 9]


def test_addresses_that_differ_in_one_thing_stay_apart_in_the_evidence() -> None:
    # the same document, place and economy, of two organisations; and of an unknown economy
    more = ADDRESSES.iloc[[6, 6, 6]].assign(organisation=[7, 8, 7], economy=[2, 2, 0])
    found = kept(more.astype({"economy": "int16"}))
    assert found[["place", "economy", "organisation", "addresses"]].to_numpy().tolist() == [
        [10, "", 7, 1],
        [10, "FR", 7, 1],
        [10, "FR", 8, 1],
    ]
    assert found["n_located"].tolist() == [3] * 3


def test_spellings_are_told_where_their_localities_lie() -> None:
    spelt = pd.DataFrame(
        {"source": ["b", "a", "a"], "spelt_city": ["Nice", "Nizza", "?"], "locality": [1, 1, 2]}
    )
    shuffled = LOCALITIES.sample(frac=1.0, random_state=2)
    for found in (LOCALITIES, shuffled):
        table = placed_spellings(spelt, found, ECONOMIES)
        pd.testing.assert_frame_equal(table[list(spelt)], spelt)
        assert table["place"].astype(object).where(table["place"].notna(), None).tolist() == [
            10, 10, None,
        ]  # fmt: skip
        # an economy may be known of what is not located
        assert table["economy"].tolist() == [2, 2, 1]


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


def test_equal_addresses_are_covered_as_often_as_listed() -> None:
    twice = pd.concat([ADDRESSES, ADDRESSES], ignore_index=True)
    once, doubled = (
        placed(table)[1].sort_values(["indicator", "country"], ignore_index=True)
        for table in (ADDRESSES, twice)
    )
    both = ["addresses", "located"]
    pd.testing.assert_frame_equal(once.assign(**{n: 2 * once[n] for n in both}), doubled)


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
