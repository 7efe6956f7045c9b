"""Numbers in place of texts: they follow the order of texts, and lead back to them."""

from __future__ import annotations

import hypothesis.strategies as st
import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings

from hubscan.numbered import (
    UNKNOWN,
    WORLD,
    WORLD_NUMBER,
    economy_numbers,
    indicator_numbers,
    is_known,
    named,
    numbered,
)

FOUND = pd.DataFrame({"economy": ["FR", "NA", "", "CH", "FR"]})
ECONOMIES = economy_numbers(FOUND)
INDICATORS = ["publications", "deals", "patents"]
CODES = st.lists(st.text("ABCDEFGHIJ", min_size=2, max_size=2), max_size=8)


def test_indicators_are_numbered_in_the_order_of_their_names() -> None:
    expected = {"deals": 0, "patents": 1, "publications": 2}
    assert indicator_numbers(INDICATORS) == expected
    assert indicator_numbers(tuple(reversed(INDICATORS))) == expected


def test_economies_are_numbered_in_the_order_of_their_codes_after_the_unknown_one() -> None:
    # NA is Namibia, and nothing missing
    assert ECONOMIES.to_numpy().tolist() == [[0, ""], [1, "CH"], [2, "FR"], [3, "NA"]]
    assert ECONOMIES["number"].dtype == "int16"
    pd.testing.assert_frame_equal(economy_numbers(FOUND[::-1]), ECONOMIES)
    # the unknown one is there even if every economy is known, or there is none
    assert economy_numbers(FOUND.query("economy == 'CH'")).to_numpy().tolist() == [
        [UNKNOWN, ""],
        [1, "CH"],
    ]
    assert economy_numbers(FOUND.head(0)).to_numpy().tolist() == [[UNKNOWN, ""]]


def test_a_code_that_no_address_has_gets_a_number_that_none_has() -> None:
    homes = pd.DataFrame({"cluster": [4, 2, 3, 1], "economy": ["NA", "", "US", "CH"]})
    found = numbered(homes, ECONOMIES)
    assert found["cluster"].tolist() == [4, 2, 3, 1]
    assert found["economy"].iloc[[0, 1, 3]].tolist() == [3, UNKNOWN, 1]
    assert found["economy"].iloc[2] not in {*ECONOMIES["number"], UNKNOWN, WORLD_NUMBER}
    assert found["economy"].dtype == ECONOMIES["number"].dtype
    assert homes["economy"].tolist() == ["NA", "", "US", "CH"]


def test_a_table_without_rows_is_numbered_and_named() -> None:
    none = pd.DataFrame({"indicator": [], "economy": []})
    assert numbered(none, ECONOMIES)["economy"].dtype == "int16"
    told = named(none.astype("int16"), ECONOMIES, indicators=INDICATORS)
    assert told.empty
    assert list(told) == ["indicator", "economy"]
    assert told.dtypes.astype(str).unique().tolist() == ["str"]


def test_only_columns_of_numbers_are_named() -> None:
    table = pd.DataFrame(
        {"cluster": [2, 1, 0], "indicator": [2, 0, 1], "country": [WORLD_NUMBER, 3, 0], "n": 1}
    )
    told = named(table, ECONOMIES, indicators=INDICATORS)
    assert told.to_numpy().tolist() == [
        [2, "publications", WORLD, 1],
        [1, "deals", "NA", 1],
        [0, "patents", "", 1],
    ]
    assert list(told) == list(table)
    assert table["indicator"].tolist() == [2, 0, 1]


@pytest.mark.parametrize("dtype", ["int8", "int16", "int64"])
def test_numbers_of_any_width_have_names(dtype: str) -> None:
    table = pd.DataFrame({"indicator": [0, 2], "economy": [1, 3]}).astype(dtype)
    told = named(table, ECONOMIES, indicators=INDICATORS)
    assert told.to_numpy().tolist() == [["deals", "CH"], ["publications", "NA"]]


def test_rows_keep_their_labels() -> None:
    table = pd.DataFrame({"indicator": [0, 1, 2], "economy": [3, 0, 1]})[::-1].iloc[:2]
    told = named(table, ECONOMIES, indicators=INDICATORS)
    assert told.index.tolist() == [2, 1]
    assert told.to_numpy().tolist() == [["publications", "CH"], ["patents", ""]]


@settings(max_examples=50)
@given(CODES, st.data())
def test_what_is_numbered_is_named_again(codes: list[str], drawn: st.DataObject) -> None:
    economies = economy_numbers(pd.DataFrame({"economy": pd.Series(codes, dtype="str")}))
    some = drawn.draw(st.lists(st.sampled_from([*codes, ""]), max_size=12))
    which = drawn.draw(
        st.lists(st.sampled_from(INDICATORS), min_size=len(some), max_size=len(some))
    )
    table = pd.DataFrame({"indicator": which, "economy": some}, dtype="str")
    numbers = numbered(table, economies)
    numbers["indicator"] = [indicator_numbers(INDICATORS)[name] for name in which]
    pd.testing.assert_frame_equal(named(numbers, economies, indicators=INDICATORS), table)
    # and sorting by numbers is sorting by texts
    keys = ["indicator", "economy"]
    assert (
        numbers.sort_values(keys, kind="stable").index.tolist()
        == table.sort_values(keys, kind="stable").index.tolist()
    )


def test_an_economy_is_known_by_its_number_or_by_its_code() -> None:
    rows = pa.table({"number": [0, 1, -2], "code": ["", "FR", "NA"]})
    lazy = ibis.memtable(rows)
    found = lazy.select(by_number=is_known(lazy.number), by_code=is_known(lazy.code)).to_pandas()
    assert found["by_number"].tolist() == [False, True, True]
    assert found["by_code"].tolist() == [False, True, True]
