"""Each defect found in other packages, and that this one does not have it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import (
    aggregate,
    explain,
    normalise,
    panel,
    sensitivity,
    treat,
    uncertainty,
    values,
    weight,
)
from hubscan.index._factors import levels_of
from hubscan.index.framework import Framework
from hubscan.index.pipeline import run
from hubscan.index.recipe import Recipe, Step

MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
LAST = (Step("aggregate", "arithmetic", MEANS), Step("rank", "min", {"tolerance": 1e-9}))
SCALE = {"span": [0.0, 100.0], "bounds": "observed", "constant": "error"}
RULE = {"thresholds": [2.0, 3.5], "max_points": 5, "second": "log_ct"}


def flat(*codes: str, **columns: dict[str, float]) -> Framework:
    return Framework.from_parents(dict.fromkeys(codes, "T"), **columns)


def table(**columns: list[float]) -> pd.DataFrame:
    units = list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh")[: len(next(iter(columns.values())))]
    return pd.DataFrame(columns, index=units, dtype=float)


def scored(scores: pd.DataFrame, tree: Framework, method: str, **changed: object) -> list[float]:
    settings = MEANS | changed
    return aggregate.tree_scores(scores, tree, method=method, **settings)["T"].tolist()


def test_01_growth_over_some_years_uses_the_rows_of_those_years() -> None:
    rows = {"unit": "AUT", "indicator": "LPI", "period": [2018, 2019, 2020, 2021, 2022]}
    series = pd.DataFrame(rows | {"value": [4.097985, 4.123, 4.148355, 4.166622, 4.100437]})
    for shuffled in (series, series.iloc[::-1], series.sample(frac=1, random_state=1)):
        found = panel.compound_growth(shuffled, periods=[2020, 2021, 2022])
        assert found["growth"].item() == pytest.approx(-0.005792, abs=5e-7)


def test_02_the_gii_logarithm_is_a_logarithm() -> None:
    raw = table(x=[1, 2, 3, 10, 100])
    found = treat.transformed(raw, flat("x"), transform="log_gii(factor=1)").table["x"]
    assert np.allclose(found, np.log(raw["x"]), rtol=1e-12)


def test_02_the_gii_logarithm_is_mirrored_for_a_bad_indicator() -> None:
    raw = table(x=[1, 2, 3, 10, 100])
    tree = flat("x", direction={"x": -1})
    found = treat.transformed(raw, tree, transform="log_gii(factor=1)").table["x"]
    expected = [-math.log(99 * (100 - x) / 99 + 1) for x in raw["x"]]
    assert np.allclose(found, expected, rtol=1e-12)
    with pytest.raises(FrameworkError, match="maximum times factor is 1: must be > 1"):
        treat.transformed(table(x=[0.0, 1.0]), flat("x"), transform="log_gii(factor=1)")


def test_03_a_power_mean_leaves_missing_values_out() -> None:
    scores = table(x=[1.0], y=[np.nan], z=[3.0])
    assert scored(scores, flat("x", "y", "z"), "power(p=2)") == [pytest.approx(math.sqrt(5))]


def test_04_copeland_works_at_any_node() -> None:
    tree = Framework.from_parents({"1": "T", "2": "T", "a": "1", "b": "1", "c": "2"})
    scores = table(a=[1, 2, 3], b=[1, 2, 3], c=[5, 5, 5])
    found = aggregate.tree_scores(
        scores, tree, method="arithmetic", **MEANS | {"overrides": {"1": "copeland"}}
    )
    assert found["1"].tolist() == [-2, 0, 2]
    assert scored(scores, tree, "copeland") == [-2, 0, 2]


@pytest.mark.parametrize("order", [["A", "B"], ["B", "A"]])
def test_05_outranking_does_not_depend_on_the_order_of_the_rows(order: list[str]) -> None:
    weights = {"x": 1.0, "y": 1.0}
    less = pd.DataFrame({"x": [1, 2.0], "y": [np.nan, 5]}, index=["A", "B"]).loc[order]
    found = aggregate.outranking_matrix(less, weights)
    assert (found.loc["A", "B"], found.loc["B", "A"]) == (0.0, 1.0)
    even = pd.DataFrame({"x": [2, 2.0], "y": [np.nan, 5]}, index=["A", "B"]).loc[order]
    found = aggregate.outranking_matrix(even, weights)
    assert (found.loc["A", "B"], found.loc["B", "A"]) == (0.5, 0.5)


def test_06_winsorising_never_makes_a_constant() -> None:
    raw = table(x=[0.0] * 30 + [50.0])
    outcome = treat.winsorised(raw, flat("x"), **RULE)
    assert outcome.table["x"].nunique() == 2
    assert outcome.fitted["transform"].item() == "log_ct"
    messages = outcome.log.warnings["message"].tolist()
    assert any("would leave a constant" in message for message in messages)
    assert any("still fails the rule" in message for message in messages)


def test_07_a_step_that_cannot_run_raises() -> None:
    with pytest.raises(FrameworkError, match=r"'log_ct\(k=1\)' takes these numbers: none"):
        treat.winsorised(
            table(x=[1, 2, 3, 4, 5, 6, 7, 90.0]),
            flat("x"),
            **RULE | {"second": "log_ct(k=1)", "max_points": 0},
        )
    wrong = Step("treat", "winsorised", {"max_points": 5})
    with pytest.raises(FrameworkError, match=r"second is not given.*thresholds is not given"):
        Recipe((wrong, *LAST))


def test_08_an_error_inside_a_step_raises_unless_asked_for_a_warning() -> None:
    raw = values.from_matrix(table(x=[-1.0, 2.0]), period="", source="")
    log = Step("treat", "transformed", {"transform": "log"})
    message = "'x' of unit 'A' is -1: must be > 0"
    with pytest.raises(FrameworkError, match=message):
        run(raw, flat("x"), Recipe((log, *LAST)))
    lenient = Step("treat", "transformed", {"transform": "log"}, on_error="warn")
    result = run(raw, flat("x"), Recipe((lenient, *LAST)))
    assert result.scores["T"].tolist() == [-1.0, 2.0]
    row = result.warnings.iloc[0]
    assert row["severity"] == "error"
    assert message in row["message"]


def test_09_component_weights_do_not_depend_on_the_signs_of_eigenvectors() -> None:
    generator = np.random.default_rng(1)
    base = generator.normal(size=(20, 1))
    scores = pd.DataFrame(base + generator.normal(size=(20, 4)), columns=list("wxyz"))
    settings = {"nodes": [], "aggregation": "arithmetic", "least_eigenvalue": 1.0}
    found = weight.principal_components(scores, flat(*"wxyz"), **settings)
    flipped = weight.principal_components(-scores, flat(*"wxyz"), **settings)
    assert (found >= 0).all()
    assert np.allclose(found, flipped, rtol=0, atol=1e-12)
    assert found[list("wxyz")].sum() == pytest.approx(1.0)


def test_10_targets_are_matched_by_code() -> None:
    generator = np.random.default_rng(3)
    scores = pd.DataFrame(generator.normal(size=(40, 3)), columns=["b", "a", "c"])
    for order in (["a", "b", "c"], ["c", "b", "a"]):
        found = weight.balanced(
            scores,
            flat(*order),
            codes=order,
            targets={"c": 2.0},
            aggregation="arithmetic",
        )
        shares = weight.index_correlations(
            scores, flat(*order).with_weights(found), codes=order, aggregation="arithmetic"
        )
        assert shares.idxmax() == "c"
        assert (found >= 0).all()


def test_12_levels_are_cut_at_fixed_points() -> None:
    assert levels_of(np.array([0.30, 0.31]), 2).tolist() == [0, 0]
    assert levels_of(np.array([0.31, 0.99]), 2).tolist() == [0, 1]
    assert levels_of(np.array([0.31]), 4).tolist() == [1]


@pytest.mark.parametrize("method", sorted(normalise.METHODS))
def test_13_every_normalisation_reverses_the_order_of_a_bad_indicator(method: str) -> None:
    settings = {
        "distance_to_max": {"constant": "error"},
        "distance_to_reference": {"reference": "B", "cap": np.inf},
        "distance_to_target": {"cap": np.inf},
        "goalposts": {"span": (0, 1)},
        "min_max": {"span": (0, 1), "bounds": "observed", "constant": "error"},
        "scaled": {"span": (0, 1)},
        "z_score": {"mean": 0, "sd": 1, "constant": "error"},
    }
    columns = {"lower": {"x": 0}, "upper": {"x": 5}, "target": {"x": 0.5}}
    tree = flat("x", direction={"x": -1}, **columns)
    found = normalise.METHODS[method](table(x=[1, 2, 4]), tree, **settings.get(method, {}))
    assert found.table["x"].is_monotonic_decreasing
    assert found.table["x"].nunique() == 3
    if method == "fraction_of_max":
        assert found.table["x"].tolist() == [1, 0.5, 0.25]


def test_14_the_reference_is_a_unit_not_a_row() -> None:
    raw = table(x=[1, 3, 2, 5])
    settings = {"reference": "B", "cap": 1.0}
    found = normalise.distance_to_reference(raw, flat("x"), **settings).table["x"]
    shuffled = normalise.distance_to_reference(raw.iloc[::-1], flat("x"), **settings).table["x"]
    assert found.to_dict() == shuffled.to_dict() == {"A": 0, "B": 1, "C": 0.5, "D": 1}


def test_15_equal_values_of_different_years_score_equally() -> None:
    years = pd.MultiIndex.from_product([["2018", "2019"], list("ABCDEFGHIJ")])
    raw = pd.DataFrame({"x": [*range(1, 10), 2801, *range(1, 11)]}, index=years, dtype=float)
    recipe = Recipe((Step("treat", "winsorised", RULE), Step("normalise", "min_max", SCALE), *LAST))
    scores = run(values.from_matrix(raw, period="", source=""), flat("x"), recipe).scores["T"]
    assert (scores["2018"].iloc[:9] == scores["2019"].iloc[:9]).all()


def test_16_growth_from_a_negative_or_zero_base() -> None:
    def growth(*series: float) -> pd.DataFrame:
        rows = {"unit": "A", "indicator": "x", "period": range(2020, 2020 + len(series))}
        return panel.compound_growth(
            pd.DataFrame(rows | {"value": series}), periods=range(2020, 2030)
        )

    with pytest.raises(FrameworkError, match="'x' of unit 'A' in 2020 is -3: must be >= 0"):
        growth(-3, 4)
    zero = growth(0, 4).iloc[0]
    assert np.isnan(zero["growth"])
    assert zero["flag"] == "zero_base"
    assert growth(0, 0).iloc[0]["growth"] == 0


def test_17_weights_of_zero_and_constant_indicators() -> None:
    with pytest.raises(FrameworkError, match="all children of 'T' have weight 0"):
        flat("x", "y", weight={"x": 0, "y": 0})
    tree = flat("x", "y", weight={"x": 0, "y": 1})
    with pytest.raises(FrameworkError, match=r"node 'T'.*unit 'B' all have weight 0"):
        scored(table(x=[1, 2], y=[1, np.nan]), tree, "arithmetic")
    raw = table(x=[3, 3, 3], y=[1, 2, 3])
    with pytest.raises(FrameworkError, match="'x' is 3 everywhere: cannot be scaled"):
        normalise.min_max(raw, flat("x", "y"), span=(0, 1), bounds="observed", constant="error")
    for policy, level in {"mid": 0.5, "lower": 0, "upper": 1}.items():
        outcome = normalise.min_max(
            raw, flat("x", "y"), span=(0, 1), bounds="observed", constant=policy
        )
        assert outcome.table["x"].tolist() == [level] * 3
        assert outcome.log.warnings["code"].tolist() == ["x"]
    dropped = normalise.min_max(
        raw, flat("x", "y"), span=(0, 1), bounds="observed", constant="drop"
    )
    assert dropped.table["x"].isna().all()
    assert scored(dropped.table, flat("x", "y"), "arithmetic") == [0, 0.5, 1]


def test_18_coverage_by_number_or_by_weight() -> None:
    tree = flat("x", "y", "z", weight={"x": 10})
    scores = table(x=[np.nan], y=[1], z=[2])
    assert scored(scores, tree, "arithmetic", min_coverage=0.6) == [1.5]
    by_weight = scored(scores, tree, "arithmetic", min_coverage=0.6, coverage="weight")
    assert np.isnan(by_weight).all()


@pytest.mark.parametrize("method", ["geometric", "harmonic", "power(p=-1)", "power(p=0)"])
def test_19_a_value_outside_the_domain_is_named(method: str) -> None:
    with pytest.raises(FrameworkError, match=r"node 'T'.*child 'y' of unit 'B' is 0: must be > 0"):
        scored(table(x=[1, 1], y=[1, 0]), flat("x", "y"), method)


def test_20_a_factor_without_effect_is_an_error_that_names_the_step() -> None:
    rule = Step("treat", "winsorised", RULE | {"max_points": 0})
    recipe = Recipe((rule, Step("normalise", "rank"), *LAST))
    raw = table(x=[1, 2, 3, 4, 5, 6, 7, 8, 9, 90.0])
    model = uncertainty.Model(raw, flat("x"), recipe)
    treatments = (rule, rule.replace(second="log1p"))
    factors = [uncertainty.StepLevels("points", treatments)]
    points = uncertainty.sampled(model, factors, number=8, sample="sobol", seed=1)
    with pytest.raises(
        FrameworkError, match="'points' changes nothing: the normalise step swallows"
    ):
        uncertainty.runs(model, factors, points, allow_inert=(), workers=1)
    allowed = uncertainty.runs(model, factors, points, allow_inert=("points",), workers=1)
    assert uncertainty.rank_intervals(allowed, level=1.0)["width"].tolist() == [0.0] * 10
    shift = sensitivity.mean_rank_shift(allowed)
    assert not shift.any()


def test_21_a_power_mean_is_the_root_of_the_mean_power() -> None:
    assert scored(table(x=[1], y=[10]), flat("x", "y"), "power(p=2)") == [pytest.approx(7.1063352)]


def test_22_mean_min_standardises_each_column_by_its_own_mean() -> None:
    raw = table(x=[1, 2, 3], y=[10, 20, 30])
    scores = normalise.z_score(raw, flat("x", "y"), mean=100, sd=10, constant="error").table
    assert scored(scores, flat("x", "y"), "mean_min(alpha=0, beta=1)") == [90, 100, 110]


def test_22_mean_min_reaches_the_minimum() -> None:
    found = scored(table(x=[1], y=[5]), flat("x", "y"), "mean_min(alpha=1, beta=0)")
    assert found == [pytest.approx(1.0)]


def test_23_adjusted_mazziotta_pareto_penalises_imbalance() -> None:
    tree = flat("x", "y", lower={"x": 0, "y": 0}, upper={"x": 10, "y": 10})
    scores = normalise.scaled(table(x=[5, 2], y=[5, 8]), tree, span=(70, 130)).table
    assert scores.loc["A"].tolist() == [100, 100]
    plus = scored(scores, tree, "mpi_plus(ddof=1)")
    minus = scored(scores, tree, "mpi_minus(ddof=1)")
    assert plus[0] == minus[0] == 100
    spread = np.var([82, 118], ddof=1) / 100
    assert minus[1] == pytest.approx(100 - spread)
    assert plus[1] == pytest.approx(100 + spread)


def test_23_drawn_weights_sum_to_one_in_every_draw() -> None:
    model = uncertainty.Model(table(x=[1, 2], y=[2, 1]), flat("x", "y"), Recipe(LAST))
    for factor in (
        uncertainty.WeightNoise("w", 0.5, codes=()),
        uncertainty.DirichletWeights("w", 10.0, codes=()),
    ):
        constant = uncertainty.Model(table(x=[7, 1], y=[7, 2]), model.framework, model.recipe)
        points = uncertainty.sampled(constant, [factor], number=64, sample="sobol", seed=1)
        drawn = uncertainty.runs(constant, [factor], points, allow_inert=(), workers=1)
        assert np.allclose(drawn.scores["A"], 7.0, rtol=1e-12)


def test_24_constant_columns_and_missing_values() -> None:
    scores = table(x=[1, 1, 1], y=[0, 1, 2], z=[2, 0, 1])
    tree = flat("x", "y", "z")
    settings = {"nodes": [], "aggregation": "arithmetic"}
    for method in (weight.critic, weight.entropy, weight.standard_deviation):
        found = method(scores, tree, **settings)
        assert found["x"] == 0
        assert found[["x", "y", "z"]].sum() == pytest.approx(1)
    with_gap = table(x=[np.nan, 1, 3], y=[0, 1, 2], z=[2, 0, 1])
    for method in sorted(set(normalise.METHODS) & {"rank", "borda", "percent_rank"}):
        found = normalise.METHODS[method](with_gap, tree).table
        assert np.isnan(found.loc["A", "x"])
        assert found.loc["B":, "x"].min() >= 0
    assert scored(with_gap, tree, "arithmetic") == [1.0, 2 / 3, 2.0]


def test_25_equal_ranks_stand_in_the_order_of_their_codes() -> None:
    raw = table(b=[1, 2, 3.0], a=[1, 2, 3.0], c=[2, 1, 3.0])
    tree = flat("a", "b", "c")
    for columns in (["b", "a", "c"], ["c", "a", "b"]):
        best = explain.strengths(raw[columns], tree, unit="B", number=3)
        assert list(best.index) == ["a", "b"]
