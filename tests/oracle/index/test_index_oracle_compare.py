"""Comparison, removal of elements, unit reports and panel trends against the published package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.index import aggregate, compare, explain, panel

if TYPE_CHECKING:
    from conftest import Agrees, Oracle

STAGE = "pipeline/stage_normalised"
TIES = {"ties": "min", "tolerance": 1e-9}


def pillars(oracle: Oracle) -> list[str]:
    return [node for node in oracle.framework.inner if node not in {"Conn", "Sust", "Index"}]


def test_pillars_left_out_one_at_a_time(oracle: Oracle, assert_agrees: Agrees) -> None:
    found = compare.without_each(
        oracle.leaves(STAGE),
        oracle.framework,
        codes=pillars(oracle),
        method="arithmetic",
        min_coverage=0,
    )
    named = found.rename(columns={"nominal": "Nominal"})
    assert_agrees(named, oracle.units("compare/remove_pillar_scores"))
    changes = compare.mean_rank_changes(found, **TIES)
    expected = oracle.csv("compare/remove_pillar_mean_abs_diff").set_index("element")
    for code in pillars(oracle):
        assert changes[code] == pytest.approx(
            expected.loc[code, "mean_abs_rank_diff"], rel=0, abs=1e-12
        )
    assert changes.index[0] == "Social"
    places = oracle.units("compare/remove_pillar_ranks")
    ours = found.rank(ascending=False, method="min").rename(columns={"nominal": "Nominal"})
    assert (ours.loc[places.index, list(places)] == places).all().all()


def test_indicators_left_out_one_at_a_time(oracle: Oracle) -> None:
    found = compare.without_each(
        oracle.leaves(STAGE),
        oracle.framework,
        codes=oracle.framework.leaves,
        method="arithmetic",
        min_coverage=0,
    )
    changes = compare.mean_rank_changes(found, **TIES)
    expected = oracle.csv("compare/remove_indicator_mean_abs_diff").set_index("element")
    wanted = expected["mean_abs_rank_diff"].drop("Nominal")
    assert np.allclose(changes[list(wanted.index)], wanted, rtol=0, atol=1e-12)


def test_the_summary_of_a_unit(oracle: Oracle) -> None:
    scores = oracle.units("pipeline/stage_aggregated")
    found = explain.unit_summary(scores, oracle.framework, unit="IND", **TIES)
    expected = oracle.csv("compare/unit_summary_IND").set_index("Code").loc[found.index]
    assert (found["name"] == expected["Name"]).all()
    assert (found["rank"] == expected["Rank"]).all()
    assert np.allclose(found["score"], expected["Score"], rtol=0, atol=1e-9)
    assert list(found.index[:3]) == ["Index", "Conn", "Sust"]


@pytest.mark.parametrize("what", ["strengths", "weaknesses"])
def test_best_and_worst_indicators_of_a_unit(oracle: Oracle, what: str) -> None:
    raw = oracle.leaves("pipeline/stage_raw")
    report = {"strengths": explain.strengths, "weaknesses": explain.weaknesses}[what]
    found = report(raw, oracle.framework, unit="ESP", number=5)
    expected = oracle.csv(f"compare/{what}_ESP").set_index("Code")
    assert set(found.index) == set(expected.index)
    wanted = expected.loc[found.index]
    assert (found["rank"] == wanted["Rank"]).all()
    assert np.allclose(found["value"], wanted["Value"], rtol=0, atol=1e-12)
    assert (found["parent"] == wanted["Pillar"]).all()
    assert (found["unit"] == wanted["Unit"]).all()


def test_equal_ranks_stand_in_the_order_of_their_codes(oracle: Oracle) -> None:
    raw = oracle.leaves("pipeline/stage_raw")
    shuffled = raw[list(reversed(raw.columns))]
    for table in (raw, shuffled):
        best = explain.strengths(table, oracle.framework, unit="ESP", number=5)
        assert list(best.index) == ["CostImpEx", "TIRcon", "Tourist", "Flights", "UNVote"]
        worst = explain.weaknesses(table, oracle.framework, unit="ESP", number=5)
        assert list(worst.index) == ["PubDebt", "Forest", "TBTs", "Lang", "NEET"]


def tidy_panel(oracle: Oracle) -> pd.DataFrame:
    wide = oracle.csv("inputs/asem_iData_panel").rename(columns={"uCode": "unit", "Time": "period"})
    columns = ["unit", "period", "LPI", "Flights", "CO2"]
    return wide[columns].melt(["unit", "period"], var_name="indicator")


def test_growth_over_the_panel(oracle: Oracle) -> None:
    expected = oracle.csv("panel/panel_cagr").set_index(["uCode", "iCode"])
    found = panel.compound_growth(tidy_panel(oracle), periods=range(2018, 2023))
    found = found.set_index(["unit", "indicator"]).loc[expected.index]
    assert np.allclose(found["growth"], expected["CAGR"], rtol=0, atol=1e-9, equal_nan=True)
    assert (found["present"] == expected["Avail"]).all()
    assert (found["first_year"] == expected["t_first"]).all()
    assert (found["last_year"] == expected["t_latest"]).all()


def test_growth_over_some_years_uses_those_years(oracle: Oracle) -> None:
    found = panel.compound_growth(tidy_panel(oracle), periods=[2020, 2021, 2022])
    austria = found.set_index(["unit", "indicator"]).loc[("AUT", "LPI")]
    assert austria["growth"] == pytest.approx(-0.005792, abs=5e-7)
    alone = tidy_panel(oracle).query("indicator == 'LPI'")
    again = panel.compound_growth(alone, periods=[2020, 2021, 2022]).set_index("unit")
    assert again.loc["AUT", "growth"] == austria["growth"]


def series(values: list[float]) -> pd.DataFrame:
    rows = {"unit": "A", "indicator": "x", "period": range(2018, 2018 + len(values))}
    return pd.DataFrame(rows | {"value": values})


def test_growth_and_slope_of_small_series(oracle: Oracle) -> None:
    values = series([2, np.nan, 3.5, 4.1, 5.9])
    expected = oracle.csv("panel/panel_small").iloc[0]
    growth = panel.compound_growth(values, periods=range(2018, 2023))["growth"].iloc[0]
    slope = panel.relative_slope(values, periods=range(2018, 2023))["slope_percent"].iloc[0]
    assert growth == pytest.approx(expected["CAGR"], rel=1e-12)
    assert growth == pytest.approx(0.310555761, abs=5e-10)
    assert slope == pytest.approx(expected["prc"], rel=1e-12)
    for row in oracle.csv("panel/cagr_small").itertuples():
        given = [float("nan") if part == "NA" else float(part) for part in row.y.split(";")]
        found = panel.compound_growth(series(given), periods=range(2018, 2018 + len(given)))
        assert found["growth"].iloc[0] == pytest.approx(row.cagr, abs=1e-12, nan_ok=True)


def test_dominance_among_the_pillars(oracle: Oracle) -> None:
    scores = oracle.units("pipeline/stage_aggregated")[pillars(oracle)]
    pairs = aggregate.outranking_matrix(scores, dict.fromkeys(scores, 1.0)).to_numpy()
    assert int((pairs > 1 - 1e-12).sum()) == 71
