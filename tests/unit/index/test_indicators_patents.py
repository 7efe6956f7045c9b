from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    citing_families,
    document_count,
    patent_fields,
    per_capita,
    technology_impact,
)
from hubscan.index.indicators.patents import weighted_median


def test_classes_and_subclasses_of_symbols() -> None:
    symbols = pd.DataFrame({"document": [1, 1, 1], "symbol": ["h04L 27/26", "H04W 4/00", "A61K"]})
    assert patent_fields(symbols, level="class")["field"].tolist() == ["A61", "H04"]
    assert patent_fields(symbols, level="subclass")["field"].tolist() == ["A61K", "H04L", "H04W"]


def test_a_short_symbol_and_an_unknown_level_are_named() -> None:
    symbols = pd.DataFrame({"document": [1], "symbol": ["H4"]})
    with pytest.raises(InputError, match="'H4' is too short: a class has 3 characters"):
        patent_fields(symbols, level="class")
    with pytest.raises(InputError, match="level = 'group'"):
        patent_fields(symbols, level="group")


def test_a_citing_family_counts_once_and_not_itself() -> None:
    citations = pd.DataFrame({"document": [1, 1, 1, 1, 2], "citing": [2, 2, 3, 1, 2]})
    found = citing_families(citations, pd.DataFrame({"document": [2, 1, 4]}))
    assert found.to_numpy().tolist() == [[1, 2], [2, 0], [4, 0]]


def test_numbers_of_families() -> None:
    units = pd.DataFrame(
        {"document": [1, 2, 2], "unit": ["Oslo", "Oslo", "Rome"], "weight": [1.0, 0.5, 0.5]}
    )
    found = document_count(units, replicates=0, seed=1)
    assert found[["unit", "value", "n"]].to_numpy().tolist() == [["Oslo", 1.5, 2], ["Rome", 0.5, 1]]


def test_per_capita_scales_value_and_error_and_flags_what_does_not_match() -> None:
    counts = pd.DataFrame(
        {"unit": ["a", "b", "c"], "value": [50.0, 8.0, 1.0], "numerator": [50.0, 8.0, 1.0],
         "denominator": np.nan, "n": [50, 8, 1], "se": [7.0, 2.0, 1.0], "flags": ["", "few", ""]}
    )  # fmt: skip
    people = pd.DataFrame(
        {"unit": ["a", "b"], "population": [100_000, 20_000], "year": [2020, 2021],
         "scope": ["city", "region"]}
    )  # fmt: skip
    found = per_capita(counts, people, people=10_000, scope="city")
    assert found["value"].tolist()[:2] == [5.0, 4.0]
    assert found["se"].tolist()[:2] == pytest.approx([0.7, 1.0])
    assert found["denominator"].tolist()[:2] == [100_000.0, 20_000.0]
    assert np.isnan(found["value"].iloc[2])
    assert found["flags"].tolist() == [
        "population_of=2020",
        "few population_of=2021 other_scope",
        "no_population",
    ]


def test_a_skewed_impact_has_robust_centres_beside_its_mean() -> None:
    values = [0.0] * 10 + [1.0] * 89 + [1901.0]
    impact = pd.DataFrame({"document": range(100), "impact": values})
    units = pd.DataFrame({"document": range(100), "unit": "Amsterdam", "weight": 1.0})
    row = technology_impact(impact, units, trim=0.01, replicates=0, seed=1).iloc[0]
    assert row["value"] == pytest.approx(19.9)
    assert row["median"] == 1.0
    # one family less at each end: 9 zeros and 89 ones
    assert row["trimmed_mean"] == pytest.approx(89 / 98)


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [
        ([1, 2, 3], [1, 1, 1], 2.0),
        ([1, 2, 3, 10], [1, 1, 1, 1], 2.5),
        ([1, 2, 3], [1, 0, 1], 2.0),
        ([1, 5], [0.1, 0.9], 5.0),
        ([1, 5], [0.0, 0.0], np.nan),
        ([], [], np.nan),
    ],
)
def test_weighted_medians(values: list[float], weights: list[float], median: float) -> None:
    found = weighted_median(np.array(values, float), np.array(weights, float))
    assert found == pytest.approx(median, nan_ok=True)
