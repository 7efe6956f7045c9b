"""Treatment against the published package: limits, logarithms, and the rule itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.index import treat
from hubscan.index._columns import moments
from hubscan.index._winsorise import passes

if TYPE_CHECKING:
    from conftest import Agrees, Oracle

    from hubscan.index._step import Outcome

INPUT = "pipeline/stage_screened"


def rule(oracle: Oracle, max_points: float, second: str) -> Outcome:
    return treat.winsorised(
        oracle.leaves(INPUT),
        oracle.framework,
        thresholds=(2.0, 3.5),
        max_points=max_points,
        second=second,
    )


@pytest.mark.parametrize(
    ("name", "max_points", "second"),
    [
        ("pipeline/stage_treated", 5, "log_ct"),
        ("pipeline/stage_treated", 10, "log_ct"),
        ("pipeline/stage_treated", np.inf, "log_ct"),
        ("treat/treated_winmax01", 1, "log_ct"),
        ("treat/treated_winmax02", 2, "log_ct"),
        ("treat/treated_winmax03", 3, "log_ct"),
        ("treat/treated_winmax01_combined", 1, "log_ct on winsorised"),
        ("treat/treated_logCT", 0, "log_ct"),
    ],
)
def test_winsorised_or_logged(
    oracle: Oracle, assert_agrees: Agrees, name: str, max_points: float, second: str
) -> None:
    outcome = rule(oracle, max_points, second)
    assert_agrees(outcome.table, oracle.leaves(name))
    again = treat.winsorised(
        oracle.leaves(INPUT),
        oracle.framework,
        thresholds=(2.0, 3.5),
        max_points=max_points,
        second=second,
        fitted=outcome.fitted,
    )
    assert again.table.equals(outcome.table)


@pytest.mark.parametrize(("max_points", "logged"), [(5, 0), (3, 1), (2, 8), (1, 11)])
def test_how_many_are_logged(oracle: Oracle, max_points: int, logged: int) -> None:
    fitted = rule(oracle, max_points, "log_ct").fitted
    assert int((fitted["transform"] == "log_ct").sum()) == logged
    assert int((~fitted["passed_before"].astype(bool)).sum()) == 15


@pytest.mark.parametrize(
    ("name", "max_points"),
    [
        ("pipeline/treat_details", 5),
        ("treat/treated_winmax01_details", 1),
        ("treat/treated_winmax02_details", 2),
        ("treat/treated_winmax03_details", 3),
    ],
)
def test_details_of_the_rule(oracle: Oracle, name: str, max_points: int) -> None:
    outcome = rule(oracle, max_points, "log_ct")
    expected = oracle.csv(name).set_index("iCode").loc[outcome.fitted.index]
    fitted = outcome.fitted
    final = moments(outcome.table.to_numpy(float))
    frame = pd.DataFrame({"skew": final.skewness, "kurt": final.kurtosis}, index=fitted.index)
    assert np.allclose(
        fitted[["skewness_before", "kurtosis_before"]],
        expected[["check_SkewKurt0.Skew", "check_SkewKurt0.Kurt"]],
        rtol=1e-9,
        atol=1e-9,
    )
    tried = expected["winsorise.nwin"].notna()
    assert (fitted["points"][tried] == expected["winsorise.nwin"][tried]).all()
    assert np.allclose(
        fitted.loc[tried, ["skewness_winsorised", "kurtosis_winsorised"]],
        expected.loc[tried, ["check_SkewKurt1.Skew", "check_SkewKurt1.Kurt"]],
        rtol=1e-9,
        atol=1e-9,
    )
    if "check_SkewKurt2.Skew" in expected and expected["check_SkewKurt2.Skew"].notna().any():
        second = expected["check_SkewKurt2.Skew"].notna()
        wanted = expected.loc[second, ["check_SkewKurt2.Skew", "check_SkewKurt2.Kurt"]]
        assert np.allclose(frame[second], wanted, rtol=1e-9, atol=1e-9)


def test_which_points_were_limited(oracle: Oracle) -> None:
    outcome = rule(oracle, 5, "log_ct")
    expected = oracle.leaves("pipeline/treat_points")
    cells = outcome.log.cells
    assert len(cells) == int(expected.notna().sum().sum()) == 35
    for cell in cells.itertuples():
        side = "winhi" if cell.reason.startswith("winsorised: above") else "winlo"
        assert expected.loc[cell.unit, cell.indicator] == side


@pytest.mark.parametrize(
    ("name", "transform"),
    [
        ("log_CT_plus_all", "log_ct_plus"),
        ("log_CT_orig_all", "log_ct_orig"),
        ("boxcox_lambda0.5", "boxcox(power=0.5)"),
    ],
)
def test_one_transform_of_every_indicator(
    oracle: Oracle, assert_agrees: Agrees, name: str, transform: str
) -> None:
    outcome = treat.transformed(oracle.leaves(INPUT), oracle.framework, transform=transform)
    assert_agrees(outcome.table, oracle.leaves(f"treat/{name}"))


def test_skewness_and_kurtosis_of_the_indicators(oracle: Oracle) -> None:
    expected = oracle.csv("treat/skew_kurt_denominated").set_index("iCode")
    table = oracle.leaves("pipeline/stage_denominated")
    shape = moments(table.to_numpy(float))
    wanted = expected.loc[list(table.columns)]
    assert np.allclose(shape.skewness, wanted["skew"], rtol=1e-12, atol=1e-12)
    assert np.allclose(shape.kurtosis, wanted["kurt"], rtol=1e-12, atol=1e-12)
    assert (shape.number == wanted["n"]).all()
    passed = wanted["pass"].astype(str).str.upper() == "TRUE"
    assert (passes(shape, 2.0, 3.5) == passed.to_numpy()).all()


def test_skewness_and_kurtosis_of_few_values(oracle: Oracle) -> None:
    for row in oracle.csv("treat/skew_kurt_small").itertuples():
        values = [float("nan") if part == "NA" else float(part) for part in row.x.split(";")]
        shape = moments(np.array(values)[:, None])
        found = [shape.skewness[0], shape.kurtosis[0]]
        assert np.allclose(found, [row.skew, row.kurt], rtol=1e-12, atol=0, equal_nan=True)
