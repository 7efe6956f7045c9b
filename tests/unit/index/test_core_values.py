"""Tidy values and their wide view."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import values
from hubscan.index.framework import Framework

TREE = Framework.from_parents({"x": "T", "y": "T"})


def rows(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_every_column_in_canonical_order() -> None:
    given = rows(
        unit=["u10", "u2", "u2"],
        indicator=["x", "y", "x"],
        value=["3", 1, None],
        period=[2020, 2020, 2020],
        year_of_value=[2019, None, None],
        flag=["substituted", "observed", "observed"],
    )
    found = values.tidy(given)
    assert tuple(found.columns) == values.COLUMNS
    assert found["unit"].tolist() == ["u2", "u2", "u10"]
    assert found["year_of_value"].tolist() == [2020, 2020, 2019]
    assert found["value"].tolist()[1:] == [1.0, 3.0]
    assert np.isnan(found["value"].iloc[0])
    again = values.tidy(given.iloc[::-1])
    pd.testing.assert_frame_equal(found, again)


def test_every_fault_of_a_table() -> None:
    given = rows(
        unit=["A", "A", "", "B"],
        indicator=["x", "x", "x", "y"],
        value=[1, 2, 3, "many"],
        flag=["observed", "observed", "guessed", "observed"],
    )
    with pytest.raises(FrameworkError) as caught:
        values.tidy(given)
    for sentence in (
        "1 rows have no unit",
        "value of B / y is 'many': must be a finite number or empty",
        "A / x has more than one value",
        "flag 'guessed' is not one of",
    ):
        assert sentence in str(caught.value)
    with pytest.raises(FrameworkError, match="no column indicator, value"):
        values.tidy(rows(unit=["A"]))
    with pytest.raises(FrameworkError, match="must be a finite number"):
        values.tidy(rows(unit=["A"], indicator=["x"], value=[np.inf]))


def test_the_wide_view_goes_by_code() -> None:
    given = rows(unit=["B", "A", "B"], indicator=["x", "x", "y"], value=[2, 1, 5])
    wide = values.matrix(given, TREE)
    assert list(wide.index) == ["A", "B"]
    assert list(wide.columns) == ["x", "y"]
    assert wide.loc["B"].tolist() == [2, 5]
    assert np.isnan(wide.loc["A", "y"])
    assert values.flags(given, TREE).loc["A"].tolist() == ["observed", ""]
    other = rows(unit=["A"], indicator=["z"], value=[1])
    with pytest.raises(FrameworkError, match="not leaves of the framework: z"):
        values.matrix(other, TREE)


def test_a_leaf_nobody_has_is_a_missing_column() -> None:
    wide = values.matrix(rows(unit=["A"], indicator=["x"], value=[1]), TREE)
    assert wide["y"].isna().all()


def test_a_panel_has_periods_and_units() -> None:
    given = rows(
        unit=["B", "A", "B", "A"],
        indicator=["x"] * 4,
        period=["2021", "2021", "2020", "2020"],
        value=[4, 3, 2, 1],
    )
    wide = values.matrix(given, TREE)
    assert wide.index.tolist() == [("2020", "A"), ("2020", "B"), ("2021", "A"), ("2021", "B")]
    assert wide["x"].tolist() == [1, 2, 3, 4]
    back = values.from_matrix(wide, period="", source="s")
    pd.testing.assert_frame_equal(values.matrix(back, TREE), wide)
    assert set(back["source"]) == {"s"}
