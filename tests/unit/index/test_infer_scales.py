from __future__ import annotations

import math

import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import scales


def scored(transform: str, value: float, **row: object) -> pd.DataFrame:
    raw = pd.DataFrame({"unit": ["Oslo"], "node": "n", "value": [value], "half_width": 0.5})
    given = {"lower": 0.0, "upper": 100.0, "half_width": 0.0, "direction": 1, "cap": math.nan}
    table = pd.DataFrame([{"node": "n", "transform": transform} | given | row])
    return scales.leaf_scores(raw, table, lower_score=60, upper_score=100)


def test_linear_scores_and_their_interval() -> None:
    row = scored("linear", 25.0).iloc[0]
    assert (row["computed"], row["low"], row["high"]) == pytest.approx((70.0, 69.8, 70.2))


def test_the_interval_moves_with_the_bounds_too() -> None:
    row = scored("linear", 50.0, half_width=1.0).iloc[0]
    assert row["low"] == pytest.approx(60 + 40 * (49.5 - 1) / 100)
    assert row["high"] == pytest.approx(60 + 40 * (50.5 + 1) / 100)


def test_direction_minus_one_mirrors_score_and_interval() -> None:
    row = scored("linear", 25.0, direction=-1).iloc[0]
    assert (row["computed"], row["low"], row["high"]) == pytest.approx((90.0, 89.8, 90.2))


def test_a_cap_limits_the_raw_value() -> None:
    assert scored("linear", 250.0, cap=100.0)["computed"].tolist() == [100.0]


@pytest.mark.parametrize(
    ("transform", "value"),
    [
        ("log", 60 + 40 * math.log(10) / math.log(100)),
        ("sqrt", 60 + 40 * (math.sqrt(10) - 1) / 9),
        ("log1p", 60 + 40 * math.log(11 / 2) / math.log(101 / 2)),
    ],
)
def test_transforms(transform: str, value: float) -> None:
    assert scored(transform, 10.0, lower=1.0)["computed"].tolist() == [pytest.approx(value)]


def test_an_unknown_transform_is_named() -> None:
    with pytest.raises(FrameworkError, match="n has transform 'cube'"):
        scored("cube", 1.0)


def minima(*anchors: tuple[float, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(anchors, columns=["value", "half_width", "score"]).assign(node="n")
    table["unit"] = [str(place) for place in range(len(table))]
    found = scales.implied_minima(
        table, transforms=["linear", "log"], half_score=0.005, lower_score=60, upper_score=100
    )
    return found.set_index("transform")


def test_the_minimum_of_the_true_scale_is_inside_its_interval() -> None:
    # minimum 2, maximum 73 on a logarithmic scale: 25 scores 60 + 40 ln(12.5) / ln(36.5) = 88.08
    found = minima((73, 0, 100.0), (25, 0, 88.08)).loc["log"]
    assert found["minimum_low"] <= 2.0 <= found["minimum_high"]
    assert found["minimum_high"] - found["minimum_low"] < 0.01
    assert not minima((73, 0, 100.0), (25, 0, 88.08)).loc["linear", "not_negative"]


def test_anchors_that_contradict_a_transform_leave_an_empty_interval() -> None:
    found = minima((100, 0, 100.0), (10, 0, 80.0), (31.6227766, 0, 90.0))
    assert found["agree"].to_dict() == {"linear": False, "log": True}


def test_one_anchor_decides_nothing_and_none_at_the_maximum_is_an_error() -> None:
    assert minima((100, 0, 100.0)).empty
    with pytest.raises(FrameworkError, match="n has no anchor at 100"):
        minima((100, 0, 99.0), (10, 0, 80.0))


def test_counts_are_recovered_with_the_interval_that_two_decimals_allow() -> None:
    found = scales.recovered_values(
        pd.DataFrame({"unit": ["a", "b"], "score": [88.08, 100.0]}),
        transform="log", minimum=2, maximum=73, half_score=0.005, span=(60, 100),
    )  # fmt: skip
    assert found["integer"].tolist() == [25, 73]
    assert found["high"].tolist()[1] == pytest.approx(73.0)
    assert (found["low"] <= found["value"]).all()


def test_an_interval_with_two_integers_names_neither() -> None:
    found = scales.recovered_values(
        pd.DataFrame({"unit": ["a"], "score": [90.0]}),
        transform="linear", minimum=0, maximum=100000, half_score=0.005, span=(60, 100),
    )  # fmt: skip
    assert found["integers"].tolist() == [25]
    assert found["integer"].isna().all()


def test_the_right_minimum_makes_all_counts_integers() -> None:
    counts = [73, 68, 31, 9, 4]
    table = pd.DataFrame(
        {
            "unit": [str(count) for count in counts],
            "score": [
                round(60 + 40 * math.log(count / 2) / math.log(73 / 2), 2) for count in counts
            ],
        }
    )
    found = scales.integer_minima(
        table, transform="log", candidates=[1, 2, 3], maximum=73, half_score=0.005, span=(60, 100)
    ).set_index("minimum")
    assert found.loc[2, "without_integer"] == 0
    assert found.loc[2, "worst"] < 0.02
    assert (found.loc[[1, 3], "without_integer"] > 0).all()
