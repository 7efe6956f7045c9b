"""The totals a regional edition measures by: the world's, or the region's own, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from hubscan.count import universe, with_counts, world_totals
from hubscan.errors import InputError

AFRICA = ["KE", "EG"]
TOTALS = pd.DataFrame(
    {
        "indicator": ["deals", "patents", "publications"],
        "unit": [10_000, 1, 1],
        "documents": [8.0, 100.0, 400.0],
        "covered": [7.0, 90.0, 399.0],
        "addresses": [80_000, 300, 1500],
        "located": [70_000, 280, 1490],
    }
)
# by country, addresses are counted in addresses whatever the unit
BY_COUNTRY = pd.DataFrame(
    [
        ("deals", "KE", 2.0, 1.5, 2.0, 1.5),
        ("deals", "world", 8.0, 7.0, 8.0, 7.0),
        ("patents", "EG", 9, 8, 6, 5),
        ("patents", "KE", 3, 3, 2, 2),
        ("patents", "US", 50, 40, 30, 20),
        ("patents", "world", 300, 280, 100, 90),
    ],
    columns=["indicator", "country", "addresses", "located", "documents", "covered"],
)
# of the region: a patent shared by three has two here, another has one of two, a third all of one
HERE = pd.DataFrame(
    [
        ("patents", 1, "KE", 3, 2),
        ("patents", 2, "EG", 2, 1),
        ("patents", 2, "EG", 1, 1),
        ("deals", 1, "KE", 10_000, 15_000),
    ],
    columns=["indicator", "place", "economy", "denominator", "addresses"],
)


def of(kind: str, economies: list[str]) -> pd.DataFrame:
    return universe(TOTALS, BY_COUNTRY, HERE, economies=economies, of=kind)


def test_the_worlds_totals_stand() -> None:
    assert of("world", AFRICA) is TOTALS
    assert of("world", []) is TOTALS
    assert of("region", []) is TOTALS


def test_a_region_has_its_own_addresses_and_its_fractions_of_documents() -> None:
    table = of("region", AFRICA).set_index("indicator")
    assert table["addresses"].to_dict() == {"deals": 20_000, "patents": 12, "publications": 0}
    assert table["located"].to_dict() == {"deals": 15_000, "patents": 11, "publications": 0}
    shared = 2 / 3 + 1 / 2 + 1
    assert table["covered"].to_dict() == pytest.approx(
        {"deals": 1.5, "patents": shared, "publications": 0.0}
    )
    # what could not be located cannot be shared among regions
    pd.testing.assert_series_equal(table["documents"], table["covered"], check_names=False)
    assert table["unit"].to_dict() == {"deals": 10_000, "patents": 1, "publications": 1}
    assert list(of("region", AFRICA).columns) == list(TOTALS.columns)
    assert dict(of("region", AFRICA).dtypes) == dict(TOTALS.dtypes)


def test_the_order_of_rows_changes_no_bit() -> None:
    mixed = HERE.sample(frac=1.0, random_state=2)
    table = universe(TOTALS, BY_COUNTRY, mixed, economies=AFRICA, of="region")
    pd.testing.assert_frame_equal(table, of("region", AFRICA), check_exact=True)


def test_shares_of_a_region_and_of_its_rest_make_one() -> None:
    """Where every document lies in the region, its totals are the world's."""
    places = pd.DataFrame(
        [("patents", 1, "KE", 3, 3), ("patents", 2, "EG", 2, 2)], columns=HERE.columns
    )
    table = universe(TOTALS, BY_COUNTRY, places, economies=AFRICA, of="region")
    assert world_totals(table, denominator="covered")["patents"] == 2.0


def test_what_is_no_universe_is_told() -> None:
    with pytest.raises(InputError, match="regional: 'moon' is not known: must be one of world, re"):
        of("moon", AFRICA)


def test_only_addresses_in_the_region_are_kept() -> None:
    elsewhere = pd.DataFrame([("patents", 3, "US", 1, 7)], columns=HERE.columns)
    nowhere = pd.DataFrame([("deals", -1, "KE", 10_000, 9)], columns=HERE.columns)
    table = with_counts(pd.concat([HERE, elsewhere]), nowhere, economies=AFRICA)
    assert set(table["economy"]) == {"KE", "EG"}
    assert len(table) == len(HERE)
    assert set(with_counts(elsewhere, nowhere, economies=[])["economy"]) == {"US"}
