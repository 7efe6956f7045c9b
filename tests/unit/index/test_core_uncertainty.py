"""Uncertainty, sensitivity and the audit, on small indices with known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import aggregate, audit, compare, sensitivity, uncertainty, values
from hubscan.index._design import cube_points
from hubscan.index.framework import Framework
from hubscan.index.pipeline import run
from hubscan.index.recipe import Recipe, Step

TREE = Framework.from_parents({"1": "T", "2": "T", "a": "1", "b": "1", "c": "2", "d": "2"})
MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
ARITHMETIC = Step("aggregate", "arithmetic", MEANS)
RANK = Step("rank", "min", {"tolerance": 1e-9})
SCALE = Step(
    "normalise", "min_max", {"span": [1.0, 100.0], "bounds": "observed", "constant": "error"}
)
FILL = Step("impute", "mean")
RECIPE = Recipe((FILL, SCALE, ARITHMETIC, RANK))


def raw(units: int = 12, seed: int = 1) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    names = [f"u{place:02d}" for place in range(units)]
    table = pd.DataFrame(generator.lognormal(size=(units, 4)), index=names, columns=list("abcd"))
    table.iloc[0, 1] = np.nan
    return table


MODEL = uncertainty.Model(raw(), TREE, RECIPE)


def drawn(
    factors: list[uncertainty.Factor], number: int = 64, **changed: object
) -> uncertainty.Runs:
    points = uncertainty.sampled(MODEL, factors, number=number, sample="sobol", seed=1)
    return uncertainty.runs(MODEL, factors, points, **{"allow_inert": (), "workers": 1} | changed)


def scores_of(recipe: Recipe, table: pd.DataFrame, tree: Framework = TREE) -> pd.Series[float]:
    return run(values.from_matrix(table, period="", source=""), tree, recipe).scores["T"]


def test_levels_of_steps_are_the_recipes_with_those_steps() -> None:
    fills = (FILL, Step("impute", "median"), Step("impute", "none"))
    means = (ARITHMETIC, Step("aggregate", "harmonic", MEANS))
    factors = [uncertainty.StepLevels("fill", fills), uncertainty.StepLevels("mean", means)]
    found = drawn(factors)
    assert set(map(tuple, found.levels.to_numpy().tolist())) == {
        (i, j) for i in range(3) for j in range(2)
    }
    for i, j in ((0, 0), (1, 1), (2, 1)):
        rows = (found.levels["fill"] == i) & (found.levels["mean"] == j)
        expected = scores_of(RECIPE.with_step(fills[i]).with_step(means[j]), MODEL.table)
        assert (found.scores[rows] == expected).all().all()


def test_levels_of_weights_and_frameworks() -> None:
    heavy = TREE.with_weights({"1": 3.0})
    found = drawn([uncertainty.FrameworkLevels("tree", (TREE, heavy))])
    for level, tree in enumerate((TREE, heavy)):
        rows = found.levels["tree"] == level
        assert (found.scores[rows] == scores_of(RECIPE, MODEL.table, tree)).all().all()
    sets = pd.DataFrame({"even": [1.0, 1.0], "odd": [3.0, 1.0]}, index=["1", "2"])
    again = drawn([uncertainty.WeightSets("sets", sets)])
    assert (
        (again.scores[again.levels["sets"] == 1] == scores_of(RECIPE, MODEL.table, heavy))
        .all()
        .all()
    )
    other = Framework.from_parents({"a": "T", "b": "T", "c": "T", "d": "T"})
    with pytest.raises(FrameworkError, match="frameworks of 'tree' differ in 1, 2"):
        drawn([uncertainty.FrameworkLevels("tree", (TREE, other))])


def test_removing_a_leaf_is_leaving_it_out() -> None:
    found = drawn([uncertainty.LeafRemoval("leaf", TREE.leaves)])
    leaves = run(values.from_matrix(MODEL.table, period="", source=""), TREE, RECIPE)
    variants = compare.without_each(
        leaves.stages["2 normalise"],
        TREE,
        codes=TREE.leaves,
        method="arithmetic",
        min_coverage=0,
    )
    for level, code in enumerate(["nominal", *TREE.leaves]):
        rows = found.levels["leaf"] == level
        assert np.allclose(found.scores[rows], variants[code], rtol=0, atol=1e-12)


def test_replicates_of_the_data_are_the_recipe_on_each() -> None:
    tables = uncertainty.noisy_tables(
        MODEL.table, MODEL.table / 5, replicates=5, generator=np.random.default_rng(1)
    )
    rule = {"thresholds": {"*": 1.0}, "force_in": [], "force_out": []}
    fill = Step("impute", "nearest_neighbours", {"neighbours": 2, "branches": ["T"]})
    weights = {"nodes": [], "aggregation": "arithmetic"}
    for steps in (
        (FILL, SCALE),
        (fill, SCALE),
        (Step("screen", "by_coverage", rule), FILL, SCALE),
        (FILL, SCALE, Step("weight", "standard_deviation", weights)),
    ):
        model = uncertainty.Model(MODEL.table, TREE, Recipe((*steps, ARITHMETIC, RANK)))
        factor = uncertainty.DataReplicates("data", tables)
        levels = pd.DataFrame({"data": [4, 0, 1, 2, 3, 4]})
        points = uncertainty.chosen(model, [factor], levels)
        found = uncertainty.runs(model, [factor], points, allow_inert=(), workers=2)
        for place, level in enumerate(levels["data"]):
            table = pd.DataFrame(
                tables[level], index=MODEL.table.index, columns=MODEL.table.columns
            )
            expected = scores_of(model.recipe, table).reindex(MODEL.table.index)
            assert np.allclose(
                found.scores.loc[place], expected, rtol=0, atol=1e-12, equal_nan=True
            )


def test_the_law_of_the_weights() -> None:
    flat = Framework.from_parents({"a": "T", "b": "T"})
    table = pd.DataFrame({"a": [0.0, 1.0], "b": [1.0, 0.0]}, index=["A", "B"])
    model = uncertainty.Model(table, flat, Recipe((ARITHMETIC, RANK)))
    for factor, reach in (
        (uncertainty.WeightNoise("w", 0.5, codes=()), (0.25, 0.75)),
        (uncertainty.DirichletWeights("w", 4.0, codes=()), (0.0, 1.0)),
    ):
        points = uncertainty.sampled(model, [factor], number=4096, sample="sobol", seed=3)
        share = uncertainty.runs(model, [factor], points, allow_inert=(), workers=1).scores["B"]
        assert reach[0] <= share.min() < share.max() <= reach[1]
        assert share.mean() == pytest.approx(0.5, abs=0.005)
        if isinstance(factor, uncertainty.DirichletWeights):  # a beta law with parameters 2 and 2
            assert share.var() == pytest.approx(0.05, abs=0.002)
    with pytest.raises(FrameworkError, match="weights of T: not nodes below the root"):
        uncertainty.sampled(
            model,
            [uncertainty.WeightNoise("w", 0.5, codes=("T",))],
            number=4,
            sample="sobol",
            seed=1,
        )


def test_summaries_of_ranks() -> None:
    ranks = pd.DataFrame({"A": [1.0, 1, 2, 1], "B": [2.0, 2, 1, 2], "C": [3.0, 3, 3, np.nan]})
    nominal = pd.Series({"A": 1.0, "B": 2.0, "C": 3.0})
    runs = uncertainty.Runs(ranks, ranks, nominal, nominal, np.empty((4, 0)), pd.DataFrame())
    intervals = uncertainty.rank_intervals(runs, level=0.5)
    assert intervals.loc["A", ["mean", "median", "lower", "upper", "width"]].tolist() == [
        1.25,
        1,
        1,
        1.25,
        0.25,
    ]
    assert intervals["ranked"].tolist() == [1, 1, 0.75]
    assert uncertainty.acceptability(runs).loc["A"].tolist() == [0.75, 0.25, 0]
    assert uncertainty.superiority(runs).loc["A", "B"] == 0.75
    assert uncertainty.superiority(runs).loc["B", "C"] == 0.75
    assert uncertainty.top_probability(runs, best=1).to_dict() == {"A": 0.75, "B": 0.25, "C": 0}
    with pytest.raises(FrameworkError, match="level = 2: must be between 0 and 1"):
        uncertainty.rank_intervals(runs, level=2)


def test_confidence_sets_hold_the_true_ranks() -> None:
    generator = np.random.default_rng(1)
    truth = pd.Series({"A": 3.0, "B": 2.0, "C": 1.95, "D": 0.0})
    places = {"A": 1, "B": 2, "C": 3, "D": 4}
    held = dict.fromkeys(places, 0)
    for _ in range(100):
        sample = truth + generator.normal(scale=0.1, size=4)
        replicates = pd.DataFrame(
            sample.to_numpy() + generator.normal(scale=0.1, size=(200, 4)), columns=truth.index
        )
        sets = uncertainty.rank_confidence_sets(sample, replicates, level=0.9)
        for unit, place in places.items():
            held[unit] += int(sets.loc[unit, "lower"] <= place <= sets.loc[unit, "upper"])
        assert (sets["lower"] <= sets["rank"]).all()
        assert (sets["rank"] <= sets["upper"]).all()
    assert min(held.values()) >= 85
    with pytest.raises(FrameworkError, match="must be of the same units"):
        uncertainty.rank_confidence_sets(truth.head(2), replicates, level=0.9)


@pytest.mark.parametrize("sample", ["sobol", "latin", "random"])
def test_samples_repeat_with_their_seed(sample: str) -> None:
    first = cube_points(100, 3, sample=sample, seed=5)
    assert first.shape == (100, 3)
    assert first.tobytes() == cube_points(100, 3, sample=sample, seed=5).tobytes()
    assert first.tobytes() != cube_points(100, 3, sample=sample, seed=6).tobytes()
    assert ((first >= 0) & (first < 1)).all()


def test_designs_that_cannot_be() -> None:
    leaf = uncertainty.LeafRemoval("leaf", TREE.leaves)
    with pytest.raises(FrameworkError, match="sample 'grid': must be one of"):
        uncertainty.sampled(MODEL, [leaf], number=4, sample="grid", seed=1)
    with pytest.raises(FrameworkError, match="no levels to replay for factor 'leaf'"):
        uncertainty.chosen(MODEL, [leaf], pd.DataFrame({"other": [0]}))
    with pytest.raises(FrameworkError, match="'leaf' has levels 0 to 4 only"):
        uncertainty.chosen(MODEL, [leaf], pd.DataFrame({"leaf": [5]}))
    with pytest.raises(FrameworkError, match="two factors have the same code"):
        drawn([leaf, leaf])
    points = np.full((2, 7), 0.5)
    with pytest.raises(FrameworkError, match="points of 7 coordinates for factors of 1"):
        uncertainty.runs(MODEL, [leaf], points, allow_inert=(), workers=1)
    data = [uncertainty.DataReplicates(name, MODEL.table.to_numpy()[None]) for name in "xy"]
    with pytest.raises(FrameworkError, match="at most one factor can replace the raw values"):
        drawn(data, allow_inert=("x", "y"))
    rows = pd.MultiIndex.from_tuples([("2020", "A"), ("2021", "A")])
    panel = uncertainty.Model(pd.DataFrame(1.0, rows, list("abcd")), TREE, RECIPE)
    with pytest.raises(FrameworkError, match="the values must be of one period"):
        uncertainty.runs(panel, [], np.empty((1, 0)), allow_inert=(), workers=1)


def test_what_swallows_a_factor_is_named() -> None:
    same = uncertainty.StepLevels("fill", (FILL, Step("impute", "mean")))
    with pytest.raises(FrameworkError, match="same table after the impute step"):
        drawn([same])
    tree = Framework.from_parents({"1": "T", "a": "1"})
    model = uncertainty.Model(MODEL.table[["a"]], tree, Recipe((ARITHMETIC, RANK)))
    noise = uncertainty.WeightNoise("w", 0.5, codes=())
    points = uncertainty.sampled(model, [noise], number=4, sample="sobol", seed=1)
    with pytest.raises(FrameworkError, match="'w' changes nothing: the aggregate step gives"):
        uncertainty.runs(model, [noise], points, allow_inert=(), workers=1)
    means = uncertainty.StepLevels("mean", (ARITHMETIC, Step("aggregate", "min", MEANS)))
    points = uncertainty.sampled(model, [means], number=4, sample="sobol", seed=1)
    with pytest.raises(FrameworkError, match="the aggregate step gives the same scores"):
        uncertainty.runs(model, [means], points, allow_inert=(), workers=1)


def test_indices_of_an_additive_function() -> None:
    both = cube_points(1024, 4, sample="sobol", seed=1)
    first, second = both[:, :2], both[:, 2:]
    mixed = [
        np.column_stack([second[:, 0], first[:, 1]]),
        np.column_stack([first[:, 0], second[:, 1]]),
    ]
    outputs = np.concatenate([points @ [1.0, 2.0] for points in (first, second, *mixed)])
    for estimator in ("centred", "jansen"):
        found = sensitivity.indices(
            outputs, ["x", "y"], estimator=estimator, resamples=100, level=0.9, seed=1
        )
        assert found["first"].tolist() == pytest.approx([0.2, 0.8], abs=0.01)
        assert found["total"].tolist() == pytest.approx([0.2, 0.8], abs=0.01)
        assert (found["first_lower"] <= found["first"]).all()
    with pytest.raises(FrameworkError, match="estimator 'best': there are"):
        sensitivity.indices(outputs, ["x", "y"], estimator="best", resamples=0, level=0.9, seed=1)
    with pytest.raises(FrameworkError, match="needs a multiple of 4, none missing"):
        sensitivity.indices(
            outputs[:-1], ["x", "y"], estimator="centred", resamples=0, level=0.9, seed=1
        )


def test_more_points_until_the_indices_are_certain() -> None:
    factors = [
        uncertainty.WeightNoise("weights", 0.5, codes=()),
        uncertainty.StepLevels("mean", (ARITHMETIC, Step("aggregate", "harmonic", MEANS))),
    ]
    found, rows = sensitivity.converged(
        MODEL, factors, half_width=0.08, most=1024, seed=1, allow_inert=()
    )
    assert rows in {128, 256, 512, 1024}
    assert found.index.tolist() == ["weights", "mean"]
    spread = (found["total_upper"] - found["total_lower"]) / 2
    assert rows == 1024 or spread.max() <= 0.08


def audited(table: pd.DataFrame, checks: list[str]) -> pd.DataFrame:
    result = run(values.from_matrix(table, period="", source=""), TREE, RECIPE)
    return audit.findings(result, limits=audit.USUAL_LIMITS, checks=checks)


def test_an_audit_finds_what_is_there() -> None:
    table = raw(20)
    table["b"] = table["a"] * 2 + 0.001 * table["c"]
    table["d"] = -table["c"] + 0.01 * table["a"]
    table.iloc[:8, 0] = np.nan
    found = audited(table, [])
    assert set(found["check"]) >= {
        "coverage of indicator",
        "coverage of unit",
        "substituted or imputed",
        "siblings",
        "child and parent",
        "alpha",
        "kmo",
        "bartlett",
        "first component",
        "components above 1",
        "importance",
        "silent",
        "gap to the next",
        "dominance",
        "left out",
    }
    assert found["sentence"].str.endswith(".").all()
    rows = found.set_index(["check", "node"])
    assert rows.loc[("coverage of indicator", "a"), "verdict"] == "low"
    assert rows.loc[("substituted or imputed", "a"), "value"] == pytest.approx(0.4)
    assert rows.loc[("siblings", "c ~ d"), "verdict"] == "opposed"
    assert "pull in opposite directions" in rows.loc[("siblings", "c ~ d"), "sentence"]
    whole = audited(table.dropna(), ["siblings"]).set_index("node")
    assert whole.loc["a ~ b", "verdict"] == "redundant"


def test_an_audit_of_balance_and_of_weights() -> None:
    table = raw(10).fillna(1.0)
    found = audited(table, ["compensation", "doubt", "treatment", "order"])
    doubt = found[found["check"] == "benefit of the doubt"]
    assert len(doubt) == 10
    gains = found[found["check"] == "compensation"]["value"]
    assert (gains >= -1e-9).all()
    scores = run(values.from_matrix(table, period="", source=""), TREE, RECIPE).scores
    tops = scores[["1", "2"]]
    expected = tops.mean(axis=1) - np.sqrt(tops["1"] * tops["2"])
    assert gains.tolist() == pytest.approx(expected.tolist())
    pairs = found[found["check"] == "dominance"]["value"].item()
    ahead = aggregate.outranking_matrix(tops, {"1": 1.0, "2": 1.0}).to_numpy()
    assert pairs == (ahead == 1).sum()


def test_audits_that_cannot_be() -> None:
    result = run(values.from_matrix(raw(), period="", source=""), TREE, RECIPE)
    with pytest.raises(FrameworkError, match="no check or limit luck"):
        audit.findings(result, limits=audit.USUAL_LIMITS, checks=["luck"])
    with pytest.raises(FrameworkError, match="no check or limit alpha"):
        limits = {name: limit for name, limit in audit.USUAL_LIMITS.items() if name != "alpha"}
        audit.findings(result, limits=limits, checks=[])
    with pytest.raises(FrameworkError, match="correlation 'distance': must be one of"):
        audit.correlations(raw(), kind="distance")


def test_statistics_of_hopeless_tables() -> None:
    flat = pd.DataFrame({"x": [1.0, 1, 1], "y": [1.0, 2, 3]})
    assert np.isnan(audit.correlations(flat, kind="pearson")["correlation"].item())
    assert np.isnan(audit.sampling_adequacy(flat))
    assert np.isnan(audit.sphericity(flat)[0])
    assert np.isnan(audit.cronbach_alpha(flat[["y"]])[0])
    assert audit.components(flat)[0]["share"].tolist() == [1.0]
    assert np.isnan(audit.correlation_ratio(np.arange(4.0), np.arange(4.0)))
    curve = np.linspace(-1, 1, 41)
    assert audit.correlation_ratio(curve, curve**2) > 0.99
    assert abs(np.corrcoef(curve, curve**2)[0, 1]) < 1e-12
