"""The laws of a composite index, for any values, any tree, any weights."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hubscan.index import aggregate, normalise, treat, values
from hubscan.index import ranks as ranking
from hubscan.index.framework import Framework
from hubscan.index.pipeline import replayed, run
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

NUMBERS = st.integers(-1000, 1000).map(lambda k: k / 8)
WEIGHTS = st.integers(1, 20).map(float)
quick = settings(max_examples=25, deadline=None)
slower = settings(max_examples=10, deadline=None)


@st.composite
def tables(draw: st.DrawFn, gaps: int = 0, least: float | None = None) -> pd.DataFrame:
    """Units by the five leaves, some cells missing, every leaf with two different values."""
    units = draw(st.integers(4, 12))
    numbers = NUMBERS if least is None else NUMBERS.map(lambda x: abs(x) + least)
    array = draw(arrays(float, (units, len(LEAVES)), elements=numbers))
    if gaps:
        rows = st.integers(0, units - 1)
        columns = st.integers(0, len(LEAVES) - 1)
        for row, column in draw(st.lists(st.tuples(rows, columns), max_size=gaps)):
            array[row, column] = np.nan
    low, high = np.nanmin(array, axis=0), np.nanmax(array, axis=0)
    assume((high > low).all())
    names = [f"u{place}" for place in range(units)]
    return pd.DataFrame(array, index=names, columns=list(LEAVES))


@st.composite
def trees(draw: st.DrawFn) -> Framework:
    """One tree of uneven depth with any weights and directions."""
    weights = {code: draw(WEIGHTS) for code in PARENTS}
    directions = {leaf: draw(st.sampled_from([1.0, -1.0])) for leaf in LEAVES}
    return Framework.from_parents(PARENTS, weight=weights, direction=directions)


def tidy(table: pd.DataFrame) -> pd.DataFrame:
    return values.from_matrix(table, period="2023", source="")


def scored(table: pd.DataFrame, tree: Framework, method: str = "arithmetic") -> pd.DataFrame:
    return aggregate.tree_scores(table, tree, method=method, **MEANS)


def scaled(table: pd.DataFrame, tree: Framework) -> pd.DataFrame:
    return normalise.min_max(table, tree, **SCALE).table


def close(first: pd.DataFrame, second: pd.DataFrame, tolerance: float = 1e-12) -> bool:
    aligned = second.loc[first.index, first.columns]
    size = max(1.0, float(np.nanmax(np.abs(aligned.to_numpy()), initial=0.0)))
    return np.allclose(first, aligned, rtol=0, atol=tolerance * size, equal_nan=True)


# 1. order means nothing


@slower
@given(tables(gaps=4), trees(), st.randoms(use_true_random=False))
def test_order_of_units_indicators_and_rows_means_nothing(
    table: pd.DataFrame, tree: Framework, chance: object
) -> None:
    result = run(tidy(table), tree, RECIPE)
    rows, columns = list(table.index), list(table.columns)
    chance.shuffle(rows)
    chance.shuffle(columns)
    again = Framework(tree.table.sample(frac=1, random_state=chance.randrange(1000)))
    other = run(tidy(table.loc[rows, columns]), again, RECIPE)
    pd.testing.assert_frame_equal(other.scores, result.scores, check_exact=True)
    pd.testing.assert_frame_equal(other.ranks, result.ranks, check_exact=True)
    direct = scaled(table.loc[rows, columns], tree)
    assert close(direct, scaled(table, tree))


# 2. units of measurement mean nothing


@quick
@given(tables(gaps=3), trees(), st.integers(1, 50), st.integers(-50, 50), st.sampled_from(LEAVES))
def test_the_unit_of_an_indicator_means_nothing(
    table: pd.DataFrame, tree: Framework, factor: int, shift: int, leaf: str
) -> None:
    other = table.assign(**{leaf: table[leaf] * factor + shift})
    turned = table.assign(**{leaf: -factor * table[leaf] + shift})
    flip = tree.with_column("direction", {leaf: -tree.directions[leaf]})
    for method, parameters in (
        ("min_max", SCALE),
        ("z_score", {"mean": 0.0, "sd": 1.0, "constant": "mid"}),
        ("rank", {}),
    ):
        base = normalise.METHODS[method](table, tree, **parameters).table
        assert close(normalise.METHODS[method](other, tree, **parameters).table, base, 1e-9)
        assert close(normalise.METHODS[method](turned, flip, **parameters).table, base, 1e-9)


@quick
@given(tables(least=0.5), trees())
def test_the_base_of_a_logarithm_means_nothing(table: pd.DataFrame, tree: Framework) -> None:
    scores = [
        scaled(treat.transformed(table, tree, transform=name).table, tree)
        for name in ("log", "log10")
    ]
    assert close(scores[0], scores[1], 1e-9)


# 3. the range of min-max


@quick
@given(tables(gaps=3), trees(), st.integers(-50, 50), st.integers(1, 100))
def test_scores_stay_in_their_range_and_reach_its_ends(
    table: pd.DataFrame, tree: Framework, low: int, width: int
) -> None:
    span = (float(low), float(low + width))
    found = normalise.min_max(table, tree, span=span, bounds="observed", constant="error").table
    slack = 1e-9 * width
    assert np.allclose(found.min(), span[0], rtol=0, atol=slack)
    assert np.allclose(found.max(), span[1], rtol=0, atol=slack)
    assert (found.isna() == table.isna()).all().all()
    flat = table.assign(a=3.0)
    for policy, level in {"mid": sum(span) / 2, "lower": span[0], "upper": span[1]}.items():
        settled = normalise.min_max(flat, tree, span=span, bounds="observed", constant=policy)
        assert (settled.table["a"] == level).all()


# 4. means lie between


@quick
@given(tables(gaps=5, least=0.25), trees())
def test_parents_lie_between_their_children_and_means_in_their_order(
    table: pd.DataFrame, tree: Framework
) -> None:
    order = ["harmonic", "geometric", "arithmetic"]
    found = {method: scored(table, tree, method) for method in order}
    for scores in found.values():
        for node in tree.inner:
            children = scores[list(tree.children(node))]
            assert (
                (scores[node] >= children.min(axis=1) - 1e-9).where(scores[node].notna(), 1).all()
            )
            assert (
                (scores[node] <= children.max(axis=1) + 1e-9).where(scores[node].notna(), 1).all()
            )
    for worse, better in (("harmonic", "geometric"), ("geometric", "arithmetic")):
        gap = (found[better] - found[worse]).to_numpy()
        assert np.nanmin(gap, initial=0.0) >= -1e-9 * np.nanmax(found[better].to_numpy())


@quick
@given(tables(gaps=3, least=0.25), trees())
def test_power_means_rise_with_the_power_and_are_continuous_at_zero(
    table: pd.DataFrame, tree: Framework
) -> None:
    powers = [-2.0, -1.0, -1e-7, 0.0, 1e-7, 0.5, 1.0, 2.0, 3.0]
    found = [scored(table, tree, f"power(p={p})")["T"].to_numpy() for p in powers]
    for lower, upper in pairwise(found):
        assert np.nanmin((upper - lower) / upper, initial=0.0) >= -1e-6
    assert np.allclose(found[2], found[3], rtol=1e-4, equal_nan=True)
    assert np.allclose(found[4], found[3], rtol=1e-4, equal_nan=True)


# 5. better values never hurt


@quick
@given(tables(), trees(), st.sampled_from(LEAVES), st.integers(0, 3), st.integers(1, 500))
def test_a_better_value_never_hurts(
    table: pd.DataFrame, tree: Framework, leaf: str, row: int, gain: int
) -> None:
    unit = table.index[row]
    better = table.copy()
    better.loc[unit, leaf] += gain * tree.directions[leaf] / 8
    before = normalise.min_max(table, tree, **SCALE)
    frozen = normalise.min_max(better, tree, **SCALE, fitted=before.fitted).table
    old, new = scored(before.table, tree)["T"], scored(frozen, tree)["T"]
    assert new[unit] >= old[unit] - 1e-9
    if better[leaf].max() > better[leaf].min():
        refitted = scored(scaled(better, tree), tree)
        first = ranking.ranks(scored(before.table, tree), ties="min", tolerance=1e-9)["T"]
        second = ranking.ranks(refitted, ties="min", tolerance=1e-9)["T"]
        assert second[unit] <= first[unit]


# 6. the arithmetic index is linear


@quick
@given(tables(), trees(), st.integers(1, 1000).map(lambda k: k / 7))
def test_the_arithmetic_index_is_the_sum_of_effective_weights(
    table: pd.DataFrame, tree: Framework, factor: float
) -> None:
    scores = scored(table, tree)
    effective = tree.effective_weights[list(LEAVES)]
    assert np.allclose(scores["T"], table @ effective, rtol=0, atol=1e-9)
    siblings = {code: tree.weights[code] * factor for code in ("c", "d")}
    assert close(scored(table, tree.with_weights(siblings)), scores, 1e-9)


# 7. what is missing does not count


@quick
@given(tables(gaps=4), trees(), st.sampled_from(LEAVES))
def test_missing_for_everyone_is_the_tree_without_it(
    table: pd.DataFrame, tree: Framework, leaf: str
) -> None:
    gone = table.assign(**{leaf: np.nan})
    smaller = tree.without([leaf])
    for method in ("arithmetic", "median", "min", "copeland"):
        whole, pruned = scored(gone, tree, method), scored(table, smaller, method)
        assert np.allclose(whole["T"], pruned["T"], rtol=0, atol=1e-9, equal_nan=True)
    siblings = [code for code in tree.children(tree.parent(leaf)) if code != leaf]
    if scored(table, tree)[siblings].notna().all().all():  # else only weight 0 would be present
        light = scored(table, tree.with_weights({leaf: 0.0}))
        assert np.allclose(
            light["T"], scored(table, smaller)["T"], rtol=0, atol=1e-9, equal_nan=True
        )


@quick
@given(
    tables(gaps=6),
    trees(),
    st.integers(0, 3),
    st.sampled_from(LEAVES),
    st.sampled_from([0.3, 0.6, 1.0]),
)
def test_more_gaps_never_raise_coverage(
    table: pd.DataFrame, tree: Framework, row: int, leaf: str, least: float
) -> None:
    fewer = table.copy()
    fewer.loc[table.index[row], leaf] = np.nan
    settings_ = MEANS | {"min_coverage": least}
    before = aggregate.tree_scores(table, tree, method="arithmetic", **settings_)
    after = aggregate.tree_scores(fewer, tree, method="arithmetic", **settings_)
    assert not (after.notna() & before.isna()).any().any()


# 8. treatment


@quick
@given(tables(gaps=3), trees(), st.integers(1, 4))
def test_winsorising(table: pd.DataFrame, tree: Framework, most: int) -> None:
    rule = RULE | {"max_points": most}
    outcome = treat.winsorised(table, tree, **rule)
    for leaf in LEAVES:
        row = outcome.fitted.loc[leaf]
        before, after = table[leaf], outcome.table[leaf]
        order = before.sort_values().dropna().index
        assert (np.diff(after[order]) >= 0).all()
        if row["transform"] != "none":
            assert (np.diff(after[order])[np.diff(before[order]) > 0] > 0).all()
            continue
        inside = before.between(row["lower_limit"], row["upper_limit"])
        assert (after[inside] == before[inside]).all()
        ties = max(int((before == value).sum()) for value in before.dropna())
        assert row["points"] <= most - 1 + len(before) if ties > 1 else row["points"] <= most
        if row["passed_before"] or row["second"]:
            continue
        again = treat.winsorised(outcome.table[[leaf]], tree, **rule)
        assert again.table[leaf].equals(after)


@slower
@given(tables(gaps=4), trees())
def test_the_audit_trail_replays_to_the_same_table(table: pd.DataFrame, tree: Framework) -> None:
    recipe = Recipe((Step("impute", "median"), *RECIPE.steps))
    result = run(tidy(table), tree, recipe)
    last = result.stages[list(result.stages)[-1]]
    pd.testing.assert_frame_equal(replayed(result), last, check_exact=True)
    seen = table.notna()
    imputed = result.stages["1 impute"]
    assert (imputed.where(seen).loc[table.index, list(LEAVES)]).equals(table.where(seen))


# 9. frontier and outranking


@slower
@given(tables(least=0.125))
def test_benefit_of_the_doubt(table: pd.DataFrame) -> None:
    score, _, _ = aggregate.benefit_of_the_doubt(table, lower=0, upper=1)
    assert (score > 0).all()
    assert (score <= 1 + 1e-9).all()
    assert score.max() == pytest.approx(1, abs=1e-9)
    tight, _, _ = aggregate.benefit_of_the_doubt(table, lower=0.1, upper=0.4)
    assert (tight <= score + 1e-7).all()
    array = table.to_numpy()
    for i, j in np.argwhere((array[:, None] >= array[None]).all(axis=2)):
        assert score.iloc[i] >= score.iloc[j] - 1e-9


@quick
@given(tables(gaps=8), st.lists(WEIGHTS, min_size=5, max_size=5))
def test_outranking(table: pd.DataFrame, weights: list[float]) -> None:
    found = aggregate.outranking_matrix(table, dict(zip(LEAVES, weights, strict=True))).to_numpy()
    apart = ~np.eye(len(table), dtype=bool)
    assert np.allclose((found + found.T)[apart], 1.0, rtol=0, atol=1e-12)
    tree = Framework.from_parents(
        dict.fromkeys(LEAVES, "T"), weight=dict(zip(LEAVES, weights, strict=True))
    )
    assert scored(table, tree, "copeland")["T"].sum() == 0
