"""Recipes, runs, the audit trail, and aggregation by node."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import aggregate, compare, explain, values
from hubscan.index.framework import Framework
from hubscan.index.pipeline import replayed, run
from hubscan.index.recipe import Recipe, Step

TREE = Framework.from_parents(
    {"1": "T", "2": "T", "a": "1", "b": "1", "c": "2"},
    kind={"a": "hard", "b": "survey", "c": "hard"},
    lower={"b": 0},
    upper={"b": 10},
)
MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
SCALE = {"span": [0.0, 100.0], "bounds": "observed", "constant": "error"}
LAST = (Step("aggregate", "arithmetic", MEANS), Step("rank", "min", {"tolerance": 1e-9}))


def table(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=list("ABCDEFGH")[: len(columns["a"])], dtype=float)


RAW = table(a=[1, 3, 2, 5], b=[2, 9, 4, 5], c=[7, 8, 5, 6])


def tidy(raw: pd.DataFrame) -> pd.DataFrame:
    return values.from_matrix(raw, period="2023", source="")


def test_steps_may_be_restricted_to_some_leaves() -> None:
    recipe = Recipe(
        (
            Step("normalise", "min_max", SCALE, where={"kind": ["hard"]}),
            Step("normalise", "scaled", {"span": [0.0, 100.0]}, where={"code": ["b"]}),
            *LAST,
        )
    )
    result = run(tidy(RAW), TREE, recipe)
    assert result.stages["2 normalise"]["b"].tolist() == [20, 90, 40, 50]
    assert result.stages["2 normalise"]["a"].tolist() == [0, 50, 25, 100]
    assert result.stages["1 normalise"]["b"].equals(RAW["b"])
    assert set(result.cells["method"]) == {"min_max", "scaled"}
    assert replayed(result).equals(result.stages["2 normalise"])


def test_screening_part_of_the_leaves_drops_whole_rows() -> None:
    gaps = RAW.copy()
    gaps.loc["A", "a"] = np.nan
    rule = {"thresholds": {"1": 1.0}, "force_in": [], "force_out": []}
    recipe = Recipe((Step("screen", "by_coverage", rule, where={"code": ["a", "b"]}), *LAST))
    result = run(tidy(gaps), TREE, recipe)
    assert list(result.scores.index) == ["B", "C", "D"]
    assert list(result.stages["1 screen"].columns) == ["a", "b", "c"]
    assert result.warnings["unit"].tolist() == ["A"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((Step("mix", "well"), *LAST), "recipe: no step 'mix'"),
        ((Step("normalise", "best"), *LAST), "recipe, normalise 'best': no such method"),
        ((Step("aggregate", "best", MEANS), LAST[1]), "recipe, aggregate 'best': no such method"),
        ((LAST[0], Step("rank", "best", {"tolerance": 0})), "recipe, rank 'best': no such method"),
        ((LAST[0], Step("rank", "min")), "recipe, rank 'min': tolerance is not given"),
        (
            (Step("normalise", "rank", {"span": [0, 1]}), *LAST),
            "recipe, normalise 'rank': has no parameter 'span'",
        ),
        ((Step("normalise", "rank", on_error="hide"), *LAST), "on_error = 'hide'"),
        (LAST[:1], "needs one aggregate and one rank step"),
        ((LAST[1], LAST[0]), "weight, aggregate and rank come last, in this order"),
        ((*LAST, Step("normalise", "rank")), "come last, in this order"),
    ],
)
def test_recipes_that_cannot_be(steps: tuple[Step, ...], message: str) -> None:
    with pytest.raises(FrameworkError, match=message):
        Recipe(steps)


def test_recipes_as_rows_of_a_file() -> None:
    rows = [
        {"step": "normalise", "method": "min_max", "where": {"kind": ["hard"]}, **SCALE},
        {"step": "aggregate", "method": "power(p=2)", **MEANS},
        {"step": "rank", "method": "average", "tolerance": 1e-9},
    ]
    recipe = Recipe.from_rows(rows)
    assert recipe.step("normalise").where == {"kind": ["hard"]}
    assert recipe.step("normalise").parameters == SCALE
    assert recipe.fingerprint(TREE) == Recipe.from_rows(rows).fingerprint(TREE)
    assert hash(recipe.step("rank")) == hash(Step("rank", "average", {"tolerance": 1e-9}))
    with pytest.raises(FrameworkError, match="has 0 steps 'treat', one was asked for"):
        recipe.step("treat")
    with pytest.raises(FrameworkError, match="is not a plain value"):
        Recipe((Step("weight", "given", {"weights": RAW}), *LAST)).fingerprint(TREE)


def test_which_step_is_replaced() -> None:
    hard = Step("normalise", "min_max", SCALE, where={"kind": ["hard"]})
    survey = Step("normalise", "scaled", {"span": [0, 100]}, where={"kind": ["survey"]})
    recipe = Recipe((Step("treat", "declared"), hard, survey, *LAST))
    ranked = Step("normalise", "rank", where={"kind": ["survey"]})
    assert recipe.with_step(ranked).steps[1:3] == (hard, ranked)
    with pytest.raises(FrameworkError, match="0 steps 'normalise' could be replaced, not one"):
        recipe.with_step(Step("normalise", "rank"))
    twice = Recipe((Step("impute", "mean"), Step("impute", "none"), *LAST))
    assert twice.with_step(Step("impute", "none", on_error="warn")).steps[1].on_error == "warn"


def test_attributes_of_the_units_are_asked_for() -> None:
    recipe = Recipe((Step("denominate", "by_denominator", {"scale": {}}), *LAST))
    with pytest.raises(FrameworkError, match="by_denominator: needs the attributes of the units"):
        run(tidy(RAW), TREE, recipe)


def test_weights_are_a_step_and_may_be_frozen() -> None:
    found = {"nodes": [], "aggregation": "arithmetic"}
    recipe = Recipe((Step("weight", "standard_deviation", found), *LAST))
    result = run(tidy(RAW), TREE, recipe)
    assert result.framework.weights["a"] != result.framework.weights["b"]
    assert result.framework.shares[["a", "b"]].sum() == pytest.approx(1)
    again = run(tidy(RAW.head(2)), TREE, recipe, fitted=result.fitted)
    assert again.framework == result.framework
    assert again.scores.equals(result.scores.head(2))
    assert again.fingerprint == result.fingerprint


def test_parameters_may_be_fitted_on_one_period() -> None:
    rows = pd.MultiIndex.from_product([["2019", "2020"], ["A", "B"]], names=["period", "unit"])
    raw = pd.DataFrame({"a": [0.0, 10, 5, 20], "b": [0.0, 10, 0, 10], "c": [0.0, 1, 0, 1]}, rows)
    base = Recipe((Step("normalise", "min_max", SCALE, fit_on="2019"), *LAST))
    assert run(tidy(raw), TREE, base).stages["1 normalise"]["a"].tolist() == [0, 100, 50, 200]
    each = Recipe((Step("normalise", "min_max", SCALE, fit_on="each period"), *LAST))
    result = run(tidy(raw), TREE, each)
    assert result.stages["1 normalise"]["a"].tolist() == [0, 100, 0, 100]
    assert replayed(result).equals(result.stages["1 normalise"])
    assert result.ranks["T"].tolist() == [2, 1, 2, 1]
    with pytest.raises(FrameworkError, match="fit_on = '1999' is not a period"):
        run(tidy(raw), TREE, Recipe((Step("normalise", "rank", fit_on="1999"), *LAST)))
    with pytest.raises(FrameworkError, match="the values have one period only"):
        run(tidy(RAW), TREE, each)


def test_nodes_without_a_score_are_warned_of() -> None:
    gaps = RAW.copy()
    gaps.loc["B", "c"] = np.nan
    result = run(tidy(gaps), TREE, Recipe(LAST))
    assert result.warnings[["code", "unit"]].to_numpy().tolist() == [["2", "B"]]
    assert result.scores.loc["B", "T"] == 6
    assert result.flags.loc["B"].tolist() == ["observed", "observed", ""]


def scores_of(method: str, **changed: object) -> pd.DataFrame:
    return aggregate.tree_scores(RAW, TREE, method=method, **MEANS | changed)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("arithmetic", [1.5, 6, 3, 5]),
        ("geometric", [2**0.5, 27**0.5, 8**0.5, 5]),
        ("harmonic", [4 / 3, 4.5, 8 / 3, 5]),
        ("power(p=2)", [2.5**0.5, 45**0.5, 10**0.5, 5]),
        ("min", [1, 3, 2, 5]),
        ("max", [2, 9, 4, 5]),
        ("median", [1, 3, 2, 5]),
        ("owa(v1=0.75, v2=0.25)", [1.75, 7.5, 3.5, 5]),
        ("mpi_minus(ddof=0)", [1.5 - 0.25 / 1.5, 6 - 9 / 6, 3 - 1 / 3, 5]),
        ("mean_min(alpha=1, beta=0)", [1, 3, 2, 5]),
        ("copeland", [-3, 2, -1, 2]),
    ],
)
def test_means_of_a_node_by_hand(method: str, expected: list[float]) -> None:
    found = scores_of("arithmetic", overrides={"1": method})["1"]
    assert found.tolist() == pytest.approx(expected)


def test_the_weighted_median_is_the_lower_one() -> None:
    tree = Framework.from_parents(dict.fromkeys("abc", "T"), weight={"a": 1, "b": 2, "c": 3})
    found = aggregate.tree_scores(RAW, tree, method="median", **MEANS)["T"]
    assert found.tolist() == [2, 8, 4, 5]


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("best", "aggregate, node '1': no method 'best'; there are arithmetic"),
        ("power", r"'power' takes these numbers: p"),
        ("power(p=two)", "takes these numbers: p"),
        ("arithmetic(p=2)", "takes these numbers: none"),
        ("owa(v1=1)", "needs v1 to v2, one a child, with sum 1"),
        ("owa_top(best=3)", "ordered mean of 3 children: there are 2"),
    ],
)
def test_means_that_cannot_be(method: str, message: str) -> None:
    with pytest.raises(FrameworkError, match=message):
        scores_of("arithmetic", overrides={"1": method})


def test_aggregation_that_cannot_be() -> None:
    with pytest.raises(FrameworkError, match="overrides name a: not a node with children"):
        scores_of("arithmetic", overrides={"a": "min"})
    with pytest.raises(FrameworkError, match="coverage 'size': must be 'count' or 'weight'"):
        scores_of("arithmetic", coverage="size")
    with pytest.raises(FrameworkError, match="the scores have no column for leaf c"):
        aggregate.tree_scores(RAW[["a", "b"]], TREE, method="min", **MEANS)
    with pytest.raises(FrameworkError, match="'b' of 'B' is -1: must be >= 0"):
        aggregate.benefit_of_the_doubt(table(a=[1, 2], b=[0, -1]), lower=0, upper=1)
    with pytest.raises(FrameworkError, match=r"2 shares in \[0.4, 0.45\] cannot sum to 1"):
        aggregate.benefit_of_the_doubt(table(a=[1, 2], b=[0, 1]), lower=0.4, upper=0.45)


def test_a_method_and_a_coverage_declared_for_one_node() -> None:
    tree = TREE.with_column("aggregation", {"1": "max"}).with_column("min_coverage", {"T": 1.0})
    gaps = RAW.copy()
    gaps.loc["B", "c"] = np.nan
    found = aggregate.tree_scores(gaps, tree, method="arithmetic", **MEANS)
    assert found["1"].tolist() == [2, 9, 4, 5]
    assert found["T"].isna().tolist() == [False, True, False, False]
    other = aggregate.tree_scores(
        gaps, tree, method="arithmetic", **MEANS | {"overrides": {"1": "min"}}
    )
    assert other["1"].tolist() == [1, 3, 2, 5]


def test_units_with_gaps_are_no_yardstick() -> None:
    gaps = table(a=[4, 2, 9], b=[2, 2, np.nan])
    tree = Framework.from_parents({"a": "T", "b": "T"})
    found = aggregate.tree_scores(gaps, tree, method="bod(lower=0, upper=1)", **MEANS)["T"]
    assert found.tolist()[:2] == pytest.approx([1, 1])
    assert np.isnan(found["C"])


def test_comparing_variants() -> None:
    first, second = pd.Series({"A": 3.0, "B": 2.0}), pd.Series({"B": 5.0, "C": 4.0, "A": 1.0})
    found = compare.rank_changes(first, second, ties="min", tolerance=0)
    assert found.loc["A", ["first_rank", "second_rank", "change"]].tolist() == [1, 3, -2]
    assert np.isnan(found.loc["C", "first_rank"])
    assert compare.rank_agreement(first, second) == -1
    other = Recipe((Step("normalise", "rank"), *LAST))
    difference = compare.recipe_difference(Recipe(LAST), other)
    assert difference["place"].max() == 3
    assert compare.recipe_difference(other, other).empty


def test_contributions_sum_to_the_distance_from_the_mean() -> None:
    found = explain.contributions(RAW, TREE, unit="B")
    totals = scores_of("arithmetic")["T"]
    assert found["contribution"].sum() == pytest.approx(totals["B"] - totals.mean())
    with pytest.raises(FrameworkError, match="unit 'X' is not in the table"):
        explain.contributions(RAW, TREE, unit="X")
