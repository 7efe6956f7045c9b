"""The laws of uncertainty, of fingerprints, and of frozen parameters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from hubscan.index import sensitivity, uncertainty, values
from hubscan.index.framework import Framework
from hubscan.index.pipeline import run
from hubscan.index.recipe import Recipe, Step

LEAVES = ("a", "b", "c", "d", "e")
PARENTS = {"1": "T", "2": "T", "2.1": "2", "a": "1", "b": "1", "c": "2.1", "d": "2.1", "e": "2"}
MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
ARITHMETIC = Step("aggregate", "arithmetic", MEANS)
RANK = Step("rank", "min", {"tolerance": 1e-9})
SCALE = {"span": [0.0, 100.0], "bounds": "observed", "constant": "mid"}
RULE = {"thresholds": [2.0, 3.5], "max_points": 3, "second": "log_ct"}
RECIPE = Recipe(
    (Step("treat", "winsorised", RULE), Step("normalise", "min_max", SCALE), ARITHMETIC, RANK)
)
few = settings(max_examples=10, deadline=None)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Skewed positive values with a few gaps, rounded so that ties happen."""
    generator = np.random.default_rng(draw(st.integers(0, 2**31 - 1)))
    units = draw(st.integers(4, 12))
    array = generator.lognormal(sigma=1.5, size=(units, len(LEAVES))).round(1) + 0.1
    array[generator.random(array.shape) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
    array[:2] = [[0.5] * len(LEAVES), [9.5] * len(LEAVES)]
    return pd.DataFrame(array, index=[f"u{k}" for k in range(units)], columns=list(LEAVES))


@st.composite
def trees(draw: st.DrawFn) -> Framework:
    """One tree of uneven depth with any weights and directions."""
    weights = {code: float(draw(st.integers(1, 20))) for code in PARENTS}
    directions = {leaf: draw(st.sampled_from([1.0, -1.0])) for leaf in LEAVES}
    return Framework.from_parents(PARENTS, weight=weights, direction=directions)


def tidy(table: pd.DataFrame) -> pd.DataFrame:
    return values.from_matrix(table, period="2023", source="")


@few
@given(tables(), trees(), st.integers(0, 2**31 - 1))
def test_equal_seeds_give_equal_bytes_whatever_the_workers(
    table: pd.DataFrame, tree: Framework, seed: int
) -> None:
    model = uncertainty.Model(table, tree, RECIPE)
    noisy = uncertainty.noisy_tables(
        table, table.abs() / 10, replicates=7, generator=np.random.default_rng(seed)
    )
    factors = [
        uncertainty.DataReplicates("data", noisy),
        uncertainty.WeightNoise("weights", 0.25, codes=()),
        uncertainty.StepLevels("mean", (ARITHMETIC, Step("aggregate", "median", MEANS))),
        uncertainty.LeafRemoval("leaf", LEAVES),
    ]
    inert = [factor.code for factor in factors]
    points = uncertainty.sampled(model, factors, number=48, sample="sobol", seed=seed)
    again = uncertainty.sampled(model, factors, number=48, sample="sobol", seed=seed)
    assert points.tobytes() == again.tobytes()
    one = uncertainty.runs(model, factors, points, allow_inert=inert, workers=1)
    two = uncertainty.runs(model, factors, points, allow_inert=inert, workers=2)
    assert one.scores.to_numpy().tobytes() == two.scores.to_numpy().tobytes()
    alone = uncertainty.runs(model, factors, points[17:18], allow_inert=inert, workers=1)
    assert alone.scores.to_numpy().tobytes() == one.scores.to_numpy()[17:18].tobytes()
    ranked = one.ranks.to_numpy()
    present = ~np.isnan(ranked)
    assert (ranked[present] >= 1).all()
    assert (ranked[present] <= len(table)).all()
    nominal = run(tidy(table), tree, RECIPE)
    assert one.nominal_scores.equals(nominal.scores["T"].rename("score"))
    assert one.nominal_ranks.equals(nominal.ranks["T"].rename("rank"))


@few
@given(tables(), trees(), st.integers(0, 1000))
def test_a_factor_without_effect_has_no_sensitivity(
    table: pd.DataFrame, tree: Framework, seed: int
) -> None:
    model = uncertainty.Model(table, tree, RECIPE)
    factors = [
        uncertainty.WeightNoise("weights", 0.9, codes=()),
        uncertainty.StepLevels("nothing", (ARITHMETIC, ARITHMETIC)),
    ]
    points = sensitivity.crossed(model, factors, number=16, sample="sobol", seed=seed)
    runs = uncertainty.runs(model, factors, points, allow_inert=("weights", "nothing"), workers=1)
    found = sensitivity.indices(
        sensitivity.mean_rank_shift(runs),
        ["weights", "nothing"],
        estimator="centred",
        resamples=20,
        level=0.9,
        seed=seed,
    )
    assert found.loc["nothing", ["first", "total", "total_upper"]].tolist() == [0, 0, 0]
    fixed = uncertainty.runs(
        model, factors[1:], points[:8, -1:], allow_inert=("nothing",), workers=1
    )
    assert (uncertainty.rank_intervals(fixed, level=0.9)["width"] == 0).all()


@few
@given(tables(), trees(), st.integers(1, 5))
def test_equal_fingerprints_mean_equal_results(
    table: pd.DataFrame, tree: Framework, points: int
) -> None:
    other = RECIPE.with_step(RECIPE.step("treat").replace(max_points=points))
    same = other.fingerprint(tree) == RECIPE.fingerprint(tree)
    assert same == (points == RULE["max_points"])
    if same:
        assert run(tidy(table), tree, other).scores.equals(run(tidy(table), tree, RECIPE).scores)
    heavier = tree.with_weights({"a": tree.weights["a"] + 1})
    assert RECIPE.fingerprint(heavier) != RECIPE.fingerprint(tree)


@few
@given(tables(), trees())
def test_frozen_parameters_give_the_same_scores_and_old_ones_stay(
    table: pd.DataFrame, tree: Framework
) -> None:
    recipe = Recipe((Step("impute", "mean"), *RECIPE.steps))
    result = run(tidy(table), tree, recipe)
    again = run(tidy(table), tree, recipe, fitted=result.fitted)
    pd.testing.assert_frame_equal(again.scores, result.scores, check_exact=True)
    middle = table.median().to_frame("new unit").T
    more = run(tidy(pd.concat([table, middle])), tree, recipe, fitted=result.fitted)
    pd.testing.assert_frame_equal(
        more.scores.loc[result.scores.index], result.scores, check_exact=True
    )
