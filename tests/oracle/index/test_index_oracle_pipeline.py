"""The base recipe from raw values to ranks, stage by stage, for one year and for a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.index import aggregate, normalise, values
from hubscan.index._columns import moments
from hubscan.index.pipeline import replayed, run
from hubscan.index.recipe import Recipe, Step

if TYPE_CHECKING:
    from conftest import Agrees, Oracle

RULE = {"thresholds": [2.0, 3.5], "max_points": 5, "second": "log_ct"}
SCALE = {"span": [0.0, 100.0], "bounds": "observed", "constant": "error"}
MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
COVERAGE = {"thresholds": {"*": 0.9}, "force_in": [], "force_out": []}

BASE = Recipe(
    (
        Step("denominate", "by_denominator", {"scale": {}}),
        Step("impute", "group_mean", {"by": "EurAsia_group"}),
        Step("screen", "by_coverage", COVERAGE),
        Step("treat", "winsorised", RULE),
        Step("normalise", "min_max", SCALE),
        Step("aggregate", "arithmetic", MEANS),
        Step("rank", "min", {"tolerance": 1e-9}),
    )
)


def test_every_stage(oracle: Oracle, assert_agrees: Agrees) -> None:
    raw = oracle.units("inputs/asem_iData")[list(oracle.framework.leaves)]
    tidy = values.from_matrix(raw, period="2018", source="ASEM")
    result = run(tidy, oracle.framework, BASE, units=oracle.attributes)
    stages = {
        "raw": "stage_raw",
        "1 denominate": "stage_denominated",
        "2 impute": "stage_imputed",
        "3 screen": "stage_screened",
        "4 treat": "stage_treated",
        "5 normalise": "stage_normalised",
    }
    for ours, theirs in stages.items():
        assert_agrees(result.stages[ours], oracle.units(f"pipeline/{theirs}"))
    assert_agrees(result.scores, oracle.units("pipeline/stage_aggregated"))
    expected = oracle.units("pipeline/results_aggs_ranks")
    assert (result.ranks.loc[expected.index, list(expected)] == expected).all().all()
    assert replayed(result).equals(result.stages["5 normalise"])
    top = result.scores["Index"]
    assert np.allclose(
        top[["CHE", "NLD", "DNK"]],
        [68.383724238, 64.819516170, 64.804079961],
        rtol=0,
        atol=5e-10,
    )


def test_the_best_units_in_full(oracle: Oracle, assert_agrees: Agrees) -> None:
    expected = oracle.units("pipeline/results_full_scores").drop(columns="Rank")
    leaves = oracle.leaves("pipeline/stage_normalised")
    found = aggregate.tree_scores(leaves, oracle.framework, method="arithmetic", **MEANS)
    assert_agrees(found[list(expected)], expected)


def test_statistics_of_the_stages(oracle: Oracle) -> None:
    for name, stage in (("stats_raw", "stage_raw"), ("stats_treated", "stage_treated")):
        expected = oracle.csv(f"pipeline/{name}").set_index("iCode")
        table = oracle.leaves(f"pipeline/{stage}")[list(expected.index)]
        shape = moments(table.to_numpy(float))
        columns = {
            "Min": table.min(),
            "Max": table.max(),
            "Mean": shape.mean,
            "Median": table.median(),
            "Std": table.std(),
            "Skew": shape.skewness,
            "Kurt": shape.kurtosis,
        }
        for column, found in columns.items():
            wanted = expected[column].to_numpy(float)
            gap = np.abs(np.asarray(found) - wanted) / np.maximum(1, np.abs(wanted))
            assert gap.max() <= 1e-9
        assert (shape.number == expected["N.Avail"]).all()
        outlying = (np.abs(shape.skewness) > 2) & (shape.kurtosis > 3.5)
        assert (outlying == (expected["Flag.SkewKurt"] == "OUT").to_numpy()).all()


def test_a_panel_on_one_scale(oracle: Oracle, assert_agrees: Agrees) -> None:
    wide = oracle.csv("inputs/asem_iData_panel")
    wide = wide.assign(period=wide["Time"].map(str)).rename(columns={"uCode": "unit"})
    wide = wide.set_index(["period", "unit"])
    tidy = values.from_matrix(wide[list(oracle.framework.leaves)], period="", source="ASEM")
    recipe = Recipe(
        (
            Step("screen", "by_coverage", COVERAGE),
            Step("treat", "winsorised", RULE, fit_on="each period"),
            Step("normalise", "min_max", SCALE),
            *BASE.steps[-2:],
        )
    )
    result = run(tidy, oracle.framework, recipe)
    for name, found in (
        ("panel_normalised_global_minmax", result.stages["3 normalise"]),
        ("panel_aggregated_global_minmax", result.scores),
    ):
        expected = oracle.csv(f"panel/{name}", dtype={"Time": str})
        expected = expected.set_index(["Time", "uCode"]).rename_axis(["period", "unit"])
        assert len(expected) == 5 * 46
        assert_agrees(found, expected)


def test_equal_values_of_different_years_score_equally(oracle: Oracle) -> None:
    years = pd.MultiIndex.from_product([["2018", "2019"], list("ABCDEFGHIJ")])
    wide = pd.DataFrame({"LPI": [*range(1, 10), 2801, *range(1, 11)]}, index=years, dtype=float)
    tidy = values.from_matrix(wide, period="", source="")
    others = [code for code in oracle.framework.leaves if code != "LPI"]
    tree = oracle.framework.without(others)
    recipe = Recipe(
        (
            Step("treat", "winsorised", RULE | {"max_points": 0}),
            Step("normalise", "min_max", SCALE),
            *BASE.steps[-2:],
        )
    )
    scores = run(tidy, tree, recipe).scores["Index"]
    assert (scores["2018"].iloc[:9] == scores["2019"].iloc[:9]).all()
    assert scores["2018"]["J"] == 100.0


def test_two_normalisations_compared(oracle: Oracle) -> None:
    expected = oracle.units("compare/compare_minmax_vs_zscore")
    treated = oracle.leaves("pipeline/stage_treated")
    tree = oracle.framework
    tables = [
        normalise.min_max(treated, tree, span=(0, 100), bounds="observed", constant="error").table,
        normalise.z_score(treated, tree, mean=10, sd=2, constant="error").table,
    ]
    for table, column in zip(tables, ("coin.1", "coin.2"), strict=True):
        scores = aggregate.tree_scores(table, tree, method="arithmetic", **MEANS)["Index"]
        rank = scores.rank(ascending=False, method="min")
        assert (rank.loc[expected.index] == expected[column]).all()
