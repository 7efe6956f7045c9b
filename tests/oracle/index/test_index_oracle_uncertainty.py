"""Uncertainty and sensitivity: 800 published runs replayed, ranks equal in every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.index import sensitivity, uncertainty
from hubscan.index._design import crossed_points, cube_points
from hubscan.index.recipe import Recipe, Step

if TYPE_CHECKING:
    from conftest import Oracle
    from numpy.typing import NDArray

TREAT = Step("treat", "winsorised", {"thresholds": [2.0, 3.5], "max_points": 5, "second": "log_ct"})
MIN_MAX = Step(
    "normalise", "min_max", {"span": [1.0, 100.0], "bounds": "observed", "constant": "error"}
)
Z_SCORE = Step("normalise", "z_score", {"mean": 10.0, "sd": 2.0, "constant": "error"})
MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
ARITHMETIC = Step("aggregate", "arithmetic", MEANS)
GEOMETRIC = Step("aggregate", "geometric", MEANS)
RECIPE = Recipe((TREAT, MIN_MAX, ARITHMETIC, Step("rank", "min", {"tolerance": 1e-9})))


def model_and_factors(
    oracle: Oracle,
) -> tuple[uncertainty.Model, list[uncertainty.StepLevels | uncertainty.WeightSets]]:
    sets = oracle.csv("uncertainty/sa_noisy_weights").set_index("iCode").drop(columns="Level")
    model = uncertainty.Model(oracle.leaves("pipeline/stage_screened"), oracle.framework, RECIPE)
    return model, [
        uncertainty.StepLevels("Winmax", tuple(TREAT.replace(max_points=k) for k in range(1, 6))),
        uncertainty.StepLevels("Normalisation", (MIN_MAX, Z_SCORE)),
        uncertainty.WeightSets("Weights", sets),
        uncertainty.StepLevels("Aggregation", (ARITHMETIC, GEOMETRIC)),
    ]


def published_levels(oracle: Oracle, name: str) -> pd.DataFrame:
    design = oracle.csv(f"uncertainty/{name}_design")
    return pd.DataFrame(
        {
            "Winmax": design["winmax"] - 1,
            "Normalisation": design["norm"].map({"n_minmax": 0, "n_zscore": 1}),
            "Weights": design["weight_rep"] - 1,
            "Aggregation": design["f_ag"].map({"a_amean": 0, "a_gmean": 1}),
        }
    )


def replayed(oracle: Oracle, name: str) -> uncertainty.Runs:
    model, factors = model_and_factors(oracle)
    points = uncertainty.chosen(model, factors, published_levels(oracle, name))
    return uncertainty.runs(model, factors, points, allow_inert=(), workers=2)


@pytest.mark.parametrize(("name", "number"), [("ua", 200), ("sa", 600)])
def test_every_run(oracle: Oracle, name: str, number: int) -> None:
    runs = replayed(oracle, name)
    scores = oracle.units(f"uncertainty/{name}_scores").drop(columns="Nominal").T
    ranks = oracle.units(f"uncertainty/{name}_ranks")
    wanted = scores[list(runs.scores)].to_numpy(float)
    assert runs.scores.shape == (number, 51)
    gap = np.abs(runs.scores.to_numpy() - wanted) / np.maximum(1, np.abs(wanted))
    assert gap.max() <= 1e-9
    published = ranks.drop(columns="Nominal").T[list(runs.ranks)].to_numpy(float)
    assert (runs.ranks.to_numpy() == published).all()
    assert (runs.nominal_ranks == ranks["Nominal"].loc[runs.nominal_ranks.index]).all()
    intervals = uncertainty.rank_intervals(runs, level=0.9)
    if name == "ua":
        stats = oracle.units("uncertainty/ua_rankstats").loc[intervals.index]
        columns = {"nominal": "Nominal", "mean": "Mean", "median": "Median"}
        columns |= {"lower": "Q5", "upper": "Q95"}
        for ours, theirs in columns.items():
            assert np.allclose(intervals[ours], stats[theirs], rtol=0, atol=1e-9)


def test_the_statistics_of_the_first_rows(oracle: Oracle) -> None:
    runs = replayed(oracle, "sa")
    first = uncertainty.Runs(
        runs.scores.head(200),
        runs.ranks.head(200),
        runs.nominal_scores,
        runs.nominal_ranks,
        runs.points[:200],
        runs.levels.head(200),
    )
    intervals = uncertainty.rank_intervals(first, level=0.9)
    stats = oracle.units("uncertainty/sa_rankstats").loc[intervals.index]
    assert np.allclose(intervals["mean"], stats["Mean"], rtol=0, atol=1e-9)
    assert np.allclose(intervals["lower"], stats["Q5"], rtol=0, atol=1e-9)
    assert np.allclose(intervals["upper"], stats["Q95"], rtol=0, atol=1e-9)


def test_the_published_indices(oracle: Oracle) -> None:
    runs = replayed(oracle, "sa")
    expected = oracle.csv("uncertainty/sa_sensitivity").set_index("Variable")
    found = sensitivity.indices(
        sensitivity.mean_rank_shift(runs),
        list(expected.index),
        estimator="coinr",
        resamples=0,
        level=0.9,
        seed=1,
    )
    assert np.allclose(found["first"], expected["Si"], rtol=0, atol=1e-9)
    assert np.allclose(found["total"], expected["STi"], rtol=0, atol=1e-9)
    centred = sensitivity.indices(
        sensitivity.mean_rank_shift(runs),
        list(expected.index),
        estimator="centred",
        resamples=200,
        level=0.9,
        seed=1,
    )
    assert found.loc["Winmax", "first"] < 0  # what the missing centre does in their own example
    assert (centred["first_lower"] <= centred["first"]).all()
    assert (centred["total"] <= centred["total_upper"]).all()


def test_the_published_estimator_on_a_known_function(oracle: Oracle) -> None:
    sample = oracle.csv("uncertainty/sobol_sample")
    expected = oracle.csv("uncertainty/sobol_estimate")
    found = sensitivity.indices(
        sample["y"].to_numpy(),
        list(expected["Variable"]),
        estimator="coinr",
        resamples=0,
        level=0.9,
        seed=1,
    )
    assert np.allclose(found["first"], expected["Si"], rtol=0, atol=1e-9)
    assert np.allclose(found["total"], expected["STi"], rtol=0, atol=1e-9)


def function(points: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second, third = points.T
    return np.asarray(first + 2 * second**2 + 4 * first * third)


@pytest.mark.parametrize("estimator", ["centred", "jansen"])
def test_ours_is_close_to_the_truth_with_few_points(estimator: str) -> None:
    truth = np.array([0.4839, 0.2294, 0.2151])
    errors = []
    for seed in range(40):
        both = cube_points(128, 6, sample="sobol", seed=seed)
        points = crossed_points(both[:, :3], both[:, 3:], [1, 1, 1])
        found = sensitivity.indices(
            function(points), list("abc"), estimator=estimator, resamples=0, level=0.9, seed=1
        )
        errors.append(found["first"].to_numpy() - truth)
        assert np.allclose(found["total"], [0.5556, 0.2294, 0.2867], rtol=0, atol=0.1)
    assert np.sqrt(np.mean(np.square(errors), axis=0)).max() <= 0.03
