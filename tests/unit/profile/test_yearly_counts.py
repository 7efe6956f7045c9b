"""Counts by year: conserved over years, the same whatever the order of rows."""

from __future__ import annotations

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.profile import year_addresses, yearly_counts

CHOICE = {"counting": "fractional", "missing": "renormalise"}


def test_years_add_up_to_the_whole() -> None:
    rows = {
        "indicator": ["patents"] * 4 + ["publications"],
        "document": [1, 1, 2, 3, 1],
        "cluster": [5, -1, 5, 6, 6],
        "addresses": [2, 1, 1, 4, 1],
        "n_listed": [4, 4, 1, 4, 3],
        "n_located": [3, 3, 1, 4, 3],
    }
    years = {
        "indicator": ["patents"] * 3 + ["publications"],
        "document": [1, 2, 3, 1],
        "year": [2020, 2021, 2021, 2019],
    }
    tables = ibis.memtable(pa.table(rows)), ibis.memtable(pa.table(years))
    sums = year_addresses(*tables, **CHOICE).to_pandas()
    found = yearly_counts(sums)
    assert found.to_numpy().tolist() == [
        [5, "patents", 2020, pytest.approx(2 / 3)],
        [5, "patents", 2021, 1.0],
        [6, "patents", 2021, 1.0],
        [6, "publications", 2019, pytest.approx(1 / 3)],
    ]
    pd.testing.assert_frame_equal(yearly_counts(sums.iloc[::-1]), found)


def test_no_documents_give_an_empty_table_of_the_same_columns() -> None:
    columns = ["indicator", "cluster", "year", "denominator", "addresses"]
    found = yearly_counts(pd.DataFrame(columns=columns))
    assert list(found) == ["cluster", "indicator", "year", "count"]
    assert found.empty
