from __future__ import annotations

import math

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import cagr, document_growth, loglinear_growth, stock_growth
from hubscan.index.indicators.growth import growth_rates


def counts(*pairs: tuple[int, float], unit: str = "Oslo") -> pd.DataFrame:
    return pd.DataFrame([(unit, *pair) for pair in pairs], columns=["unit", "year", "value"])


def test_four_years_lie_between_2019_and_2023() -> None:
    found = cagr(
        counts((2019, 100), (2023, 161.051)), first_year=2019, last_year=2023, small_base=10
    )
    # 1.61051 is 1.1 to the fifth: over four years that is 12.65 % a year
    assert found["value"].tolist() == [pytest.approx(1.61051**0.25 - 1)]
    assert found[["numerator", "denominator", "n"]].to_numpy().tolist() == [[161.051, 100.0, 4]]


def test_the_error_of_a_growth_of_counts() -> None:
    found = cagr(counts((2019, 25), (2021, 36)), first_year=2019, last_year=2021, small_base=10)
    # growth 0.2; 1.2 / 2 * sqrt(1/25 + 1/36)
    assert found["value"].tolist() == [pytest.approx(0.2)]
    assert found["se"].tolist() == [pytest.approx(0.6 * math.sqrt(1 / 25 + 1 / 36))]


@pytest.mark.parametrize(
    ("first", "last", "value", "flags"),
    [
        (0, 0, 0.0, "zero_throughout"),
        (0, 5, None, "zero_base"),
        (9, 9, 0.0, "small_base"),
        (10, 10, 0.0, ""),
        (10, 0, -1.0, ""),
    ],
)
def test_edges_of_a_growth_rate(first: int, last: int, value: float | None, flags: str) -> None:
    found = cagr(counts((1, first), (2, last)), first_year=1, last_year=2, small_base=10).iloc[0]
    assert (None if math.isnan(found["value"]) else found["value"]) == value
    assert found["flags"] == flags


def test_a_year_without_a_row_is_a_year_of_none() -> None:
    found = cagr(counts((2023, 7)), first_year=2019, last_year=2023, small_base=10).iloc[0]
    assert (found["denominator"], found["flags"]) == (0.0, "zero_base")


def test_a_negative_value_and_no_period_are_errors() -> None:
    with pytest.raises(InputError, match="value -3: a growth rate needs"):
        cagr(counts((1, -3), (2, 4)), first_year=1, last_year=2, small_base=10)
    with pytest.raises(InputError, match="0 periods"):
        growth_rates([1.0], [1.0], periods=0)


def test_the_rate_of_the_oracle() -> None:
    # ASEM facts: CAGR of 2, missing, 3.5, 4.1, 5.9 over four years
    assert growth_rates([2.0], [5.9], periods=4)[0] == pytest.approx(0.310555761, abs=1e-9)


def test_log_linear_growth_uses_every_year() -> None:
    table = counts((1, 1.0), (2, math.e), (3, math.e**3))
    found = loglinear_growth(table, first_year=1, last_year=3).iloc[0]
    # logs 0, 1, 3: slope 1.5; residuals 1/6, -1/3, 1/6; one spare: error of the slope sqrt(1/12)
    assert found["value"] == pytest.approx(math.exp(1.5) - 1)
    assert found["se"] == pytest.approx(math.exp(1.5) * math.sqrt(1 / 12))
    assert found["n"] == 3


def test_log_linear_growth_needs_logarithms_and_two_years() -> None:
    for table in (counts((1, 0.0), (2, 1.0)), counts((1, 4.0))):
        found = loglinear_growth(table, first_year=1, last_year=2).iloc[0]
        assert math.isnan(found["value"])
        assert found["flags"] == "no_logarithm"


def test_growth_of_marked_documents_counts_marks_by_weight() -> None:
    marks = pd.DataFrame(
        {"document": [1, 2, 3, 4], "year": [2014, 2023, 2023, 2020], "mark": [0.5, 1.0, 0.5, 1.0]}
    )
    units = pd.DataFrame({"document": [1, 2, 3, 4], "unit": "Oslo", "weight": [1.0, 1.0, 0.5, 1.0]})
    found = document_growth(
        marks, units, years=(2014, 2023), small_base=10, replicates=0, seed=1
    ).iloc[0]
    assert (found["denominator"], found["numerator"]) == (0.5, 1.25)
    assert found["value"] == pytest.approx(2.5 ** (1 / 9) - 1)
    assert (found["n"], found["flags"]) == (3, "small_base")


def test_growth_between_stocks_of_researchers() -> None:
    first = pd.DataFrame({"author": [1, 2], "unit": "Oslo", "weight": 1.0})
    last = pd.DataFrame({"author": [2, 3, 4], "unit": ["Oslo", "Oslo", "Rome"], "weight": 1.0})
    found = stock_growth(first, last, periods=4, small_base=1, replicates=50, seed=1)
    assert found["unit"].tolist() == ["Oslo", "Rome"]
    assert found["value"].iloc[0] == 0.0
    assert found["n"].tolist() == [3, 1]
    assert found["flags"].tolist() == ["", "zero_base"]
    assert found["se"].iloc[0] > 0
