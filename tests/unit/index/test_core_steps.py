"""Screening, denomination, imputation, treatment, normalisation and weights by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import denominate, impute, normalise, ranks, screen, treat, weight
from hubscan.index.framework import Framework

TREE = Framework.from_parents({"1": "T", "2": "T", "a": "1", "b": "1", "c": "2"})


def table(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=list("ABCDEFGH")[: len(columns["a"])], dtype=float)


GAPS = table(a=[1, np.nan, 3, np.nan], b=[2, np.nan, 0, 4], c=[5, 6, 7, np.nan])


def test_coverage_by_branch() -> None:
    found = screen.coverage(GAPS, TREE)
    assert found["1"].tolist() == [1, 0, 1, 0.5]
    assert found["T"].tolist() == [1, 1 / 3, 1, 1 / 3]


def test_screening_by_branch_with_forced_units() -> None:
    settings = {"thresholds": {"*": 1 / 3, "1": 0.5}, "force_in": ["B"], "force_out": ["A"]}
    outcome = screen.by_coverage(GAPS, TREE, **settings)
    assert list(outcome.table.index) == ["B", "C", "D"]
    said = outcome.log.warnings.set_index("unit")["message"].to_dict()
    assert said == {"A": "dropped: forced", "B": "kept: coverage of 1 0 < 0.5"}
    again = screen.by_coverage(GAPS, TREE, **settings, fitted=outcome.fitted)
    assert again.table.equals(outcome.table)
    with pytest.raises(FrameworkError, match="forced unit 'X' is not in the table; unit 'A'"):
        screen.by_coverage(GAPS, TREE, thresholds={}, force_in=["A", "X"], force_out=["A"])
    with pytest.raises(FrameworkError, match="threshold for 'a': not a node with children"):
        screen.by_coverage(GAPS, TREE, thresholds={"a": 1}, force_in=[], force_out=[])
    with pytest.raises(FrameworkError, match="unit 'A' was not among the screened ones"):
        screen.by_coverage(GAPS, TREE, **settings, fitted=outcome.fitted.drop(index="A"))


def test_screening_by_zeros_counts_present_values() -> None:
    outcome = screen.by_zeros(GAPS, TREE, threshold=0.7, force_in=[], force_out=[])
    assert list(outcome.table.index) == ["A", "B", "D"]
    assert "share of non-zero values 0.6667 < 0.7" in outcome.log.warnings["message"].item()


def test_denominators_may_be_leaves_and_may_be_missing() -> None:
    tree = TREE.with_column("denominator", {"a": "c", "b": "people"})
    units = pd.DataFrame({"people": [2.0, 4.0, np.nan, 0.0]}, index=list("ABCD"))
    outcome = denominate.by_denominator(GAPS, tree, units=units, scale={"people": 2})
    assert outcome.table["a"].tolist()[::2] == [1 / 5, 3 / 7]
    assert outcome.table.loc["A", "b"] == 2
    assert outcome.table["b"].isna().tolist() == [False, True, True, True]
    assert outcome.table["c"].equals(GAPS["c"])
    said = outcome.log.warnings.set_index(["code", "unit"])["message"].to_dict()
    assert said == {
        ("b", "C"): "denominator 'people' is missing: value lost",
        ("b", "D"): "denominator 'people' is 0: value lost",
    }
    with pytest.raises(FrameworkError, match="'people' is neither an attribute"):
        denominate.by_denominator(GAPS, tree, units=units[[]], scale={})
    with pytest.raises(FrameworkError, match="no row for unit 'D'"):
        denominate.by_denominator(GAPS, tree, units=units.head(3), scale={})


def test_a_unit_without_a_group_stays_missing() -> None:
    units = pd.DataFrame({"region": ["n", "n", "n", None]}, index=list("ABCD"))
    outcome = impute.group_mean(GAPS, TREE, units=units, by="region")
    assert outcome.table["a"].tolist()[:3] == [1, 2, 3]
    assert np.isnan(outcome.table.loc["D", "a"])
    assert set(outcome.log.warnings["unit"]) == {"D"}
    assert outcome.log.cells["reason"].iloc[0] == "group_mean over region 'n'"
    again = impute.group_mean(GAPS, TREE, units=units, by="region", fitted=outcome.fitted)
    assert again.table.equals(outcome.table)
    with pytest.raises(FrameworkError, match="no column 'continent'; there are"):
        impute.group_mean(GAPS, TREE, units=units, by="continent")


def test_no_imputation_changes_nothing_and_says_nothing() -> None:
    outcome = impute.none(GAPS, TREE)
    assert outcome.table is GAPS
    assert outcome.log.cells.empty
    assert outcome.log.warnings.empty


def test_neighbours_are_the_units_most_alike() -> None:
    raw = table(a=[1, 1.1, 9, 8], b=[1, 1, 9, 9], c=[np.nan, 4, 8, 6])
    outcome = impute.nearest_neighbours(raw, TREE, neighbours=1, branches=["T"])
    assert outcome.table.loc["A", "c"] == 4
    two = impute.nearest_neighbours(raw, TREE, neighbours=2, branches=["T"])
    assert two.table.loc["A", "c"] == 5
    alone = impute.nearest_neighbours(raw, TREE, neighbours=1, branches=[])
    assert np.isnan(alone.table.loc["A", "c"])
    assert len(alone.log.warnings) == 1


def test_expectation_maximisation_finds_a_linear_relation() -> None:
    generator = np.random.default_rng(1)
    first = generator.normal(size=60)
    raw = pd.DataFrame({"a": first, "b": 3 * first + 1, "c": 1.0}, index=range(60))
    raw.index = [f"u{k}" for k in range(60)]
    truth = raw["b"].iloc[:5].copy()
    raw.iloc[:5, 1] = np.nan
    outcome = impute.em(raw, TREE, ridge=1e-6, branches=[])
    assert np.allclose(outcome.table["b"].iloc[:5], truth, rtol=0, atol=1e-3)
    assert outcome.table["a"].equals(raw["a"])
    with pytest.raises(FrameworkError, match="no unit has a value of c"):
        impute.em(raw.assign(c=np.nan), TREE, ridge=0.1, branches=[])
    with pytest.raises(FrameworkError, match="branches name a: not a node"):
        impute.em(raw, TREE, ridge=0.1, branches=["a"])


def test_draws_differ_in_missing_cells_only_and_repeat_with_the_seed() -> None:
    generator = np.random.default_rng(2)
    raw = pd.DataFrame(generator.normal(size=(30, 3)), columns=list("abc"))
    raw.index = [f"u{k}" for k in range(30)]
    raw.iloc[:4, 1] = np.nan
    drawn = [
        impute.em_draws(
            raw,
            TREE,
            ridge=0.05,
            branches=["T"],
            generator=np.random.default_rng(seed),
            draws=3,
        )
        for seed in (5, 5)
    ]
    for one, two in zip(*drawn, strict=True):
        assert one.equals(two)
        assert one.iloc[4:].equals(raw.iloc[4:])
        assert one.notna().all().all()
    assert len({tables["b"].iloc[0] for tables in drawn[0]}) == 3


def panel(values: list[float]) -> pd.DataFrame:
    years = ["2018", "2019", "2020", "2021"]
    rows = pd.MultiIndex.from_product([years, ["A"]], names=["period", "unit"])
    return pd.DataFrame({"a": values}, index=rows)


def test_the_latest_value_must_not_be_too_old() -> None:
    raw = panel([1, np.nan, np.nan, np.nan])
    outcome = impute.latest(raw, TREE, max_gap=2)
    assert outcome.table["a"].tolist()[:3] == [1, 1, 1]
    assert np.isnan(outcome.table["a"].iloc[3])
    assert outcome.log.cells["reason"].tolist() == ["value of 2018", "value of 2018"]
    with pytest.raises(FrameworkError, match="needs values of several periods"):
        impute.latest(GAPS, TREE, max_gap=2)
    lost = raw.rename(index={"2018": "spring"})
    with pytest.raises(FrameworkError, match="periods must be years"):
        impute.linear(lost, TREE)


def test_lines_in_time_do_not_leave_the_known_years() -> None:
    outcome = impute.linear(panel([np.nan, 2, np.nan, 6]), TREE)
    assert outcome.table["a"].tolist()[1:] == [2, 4, 6]
    assert len(outcome.log.warnings) == 1


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        ("none", [1, 4, 9]),
        ("log", [0, math.log(4), math.log(9)]),
        ("log10", [0, math.log10(4), math.log10(9)]),
        ("log1p", [math.log(2), math.log(5), math.log(10)]),
        ("sqrt", [1, 2, 3]),
        ("signed_log", [math.log(2), math.log(5), math.log(10)]),
        ("log_ct", [math.log(0.08), math.log(3.08), math.log(8.08)]),
        ("log_ct_orig", [0, math.log(4), math.log(9)]),
        ("boxcox(power=0)", [0, math.log(4), math.log(9)]),
        ("boxcox(power=0.5)", [0, 2, 4]),
        ("cap(lower=2, upper=5)", [2, 4, 5]),
        ("cap_above(upper=5)", [1, 4, 5]),
        ("cap_below(lower=2)", [2, 4, 9]),
        ("winsorise_top(k=1)", [1, 4, 4]),
        ("winsorise_bottom(k=1)", [4, 4, 9]),
        ("winsorise_top(k=0)", [1, 4, 9]),
    ],
)
def test_transforms_by_hand(transform: str, expected: list[float]) -> None:
    raw = table(a=[1, 4, 9])
    outcome = treat.transformed(raw, TREE, transform=transform)
    assert np.allclose(outcome.table["a"], expected, rtol=1e-12, atol=1e-12)
    again = treat.transformed(raw, TREE, transform=transform, fitted=outcome.fitted)
    assert again.table.equals(outcome.table)


def test_transforms_that_depend_on_the_shape() -> None:
    right = treat.transformed(table(a=[1, 2, 9]), TREE, transform="log_ct_plus").table["a"]
    left = treat.transformed(table(a=[1, 8, 9]), TREE, transform="log_ct_plus").table["a"]
    assert np.allclose(right, [-left.iloc[2], -left.iloc[1], -left.iloc[0]], rtol=1e-12)
    generator = np.random.default_rng(1)
    skewed = pd.DataFrame({"a": generator.lognormal(sigma=1, size=400)})
    skewed.index = [f"u{k}" for k in range(400)]
    outcome = treat.transformed(skewed, TREE, transform="boxcox_likeliest")
    assert abs(outcome.fitted["number"].item()) < 1
    assert abs(outcome.table["a"].skew()) < 0.2


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ("log", r"treat, log: 'a' of unit 'A' is -1: must be > 0"),
        ("sqrt", "must be >= 0"),
        ("log1p", "must be > -1"),
        ("logs", "no method 'logs'; there are"),
        ("cap(lower=1)", "takes these numbers: lower, upper"),
        ("cap(lower=x, upper=y)", "takes these numbers: lower, upper"),
        ("winsorise_top(k=9)", "needs more values"),
        ("log(", "must have the form name or"),
        ("cap(lower)", "must have the form key=value"),
    ],
)
def test_transforms_outside_their_domain(transform: str, message: str) -> None:
    with pytest.raises(FrameworkError, match=message):
        treat.transformed(table(a=[-1, 2, 3]), TREE, transform=transform)


def test_frozen_transforms_name_new_values_they_cannot_take() -> None:
    fitted = treat.transformed(table(a=[2, 3, 9]), TREE, transform="log_ct").fitted
    with pytest.raises(FrameworkError, match="'a' of unit 'A' is 1: must be above the fitted"):
        treat.transformed(table(a=[1]), TREE, transform="log_ct", fitted=fitted)
    with pytest.raises(FrameworkError, match="the fitted parameters do not have b"):
        treat.transformed(table(a=[3], b=[1]), TREE, transform="log_ct", fitted=fitted)
    boxcox = treat.transformed(table(a=[2, 3, 9]), TREE, transform="boxcox(power=1)").fitted
    with pytest.raises(FrameworkError, match="above the fitted minimum less 1"):
        treat.transformed(table(a=[0]), TREE, transform="boxcox(power=1)", fitted=boxcox)


def test_indicators_with_a_transform_of_their_own_escape_the_rule() -> None:
    tree = TREE.with_column("transform", {"a": "none", "b": "cap_above(upper=10)"})
    raw = pd.DataFrame({key: [1.0, 2, 3, 4, 5, 6, 7, 90] for key in "abc"}, index=list("ABCDEFGH"))
    settings = {"thresholds": (2, 3.5), "max_points": 5, "second": "log_ct"}
    ruled = treat.winsorised(raw, tree, **settings)
    assert ruled.table.loc["H"].tolist() == [90, 90, 7]
    own = treat.declared(ruled.table, tree)
    assert own.table.loc["H"].tolist() == [90, 10, 7]
    assert own.log.cells["reason"].tolist() == ["cap_above(upper=10)"]
    with pytest.raises(FrameworkError, match="second method on 'raw'"):
        treat.winsorised(raw, tree, **settings | {"second": "log on raw"})


def test_left_skewed_indicators_are_limited_from_below() -> None:
    raw = pd.DataFrame({"a": [-90.0, 1, 2, 3, 4, 5, 6, 7]}, index=list("ABCDEFGH"))
    outcome = treat.winsorised(raw, TREE, thresholds=(2, 3.5), max_points=5, second="log_ct")
    assert outcome.table["a"].tolist() == [1, 1, 2, 3, 4, 5, 6, 7]
    assert outcome.log.cells["reason"].tolist() == ["winsorised: below 1"]


def test_declared_bounds_and_values_beyond_them() -> None:
    tree = TREE.with_column("upper", {"a": 4.0})
    outcome = normalise.min_max(
        table(a=[0, 2, 5]), tree, span=(0, 100), bounds="declared", constant="error"
    )
    assert outcome.table["a"].tolist() == [0, 50, 125]
    assert "score 125 lies outside [0, 100]" in outcome.log.warnings["message"].item()
    assert outcome.log.cells["reason"].iloc[0] == "[0, 4] after direction to [0, 100]"


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("min_max", {"span": (0, 1), "bounds": "?", "constant": "error"}, "must be 'observed' or"),
        ("min_max", {"span": (0, 1), "bounds": "observed", "constant": "?"}, "must be one of"),
        ("scaled", {"span": (0, 1)}, "gives no bounds for a"),
        ("goalposts", {"span": (0, 1)}, "gives no bounds for a"),
        ("distance_to_target", {"cap": 1.0}, "gives no target for a"),
        ("distance_to_reference", {"reference": "X", "cap": 1.0}, "'X' stands in 0 rows"),
        ("distance_to_reference", {"reference": "A", "cap": 1.0}, "no value above the worst in a"),
    ],
)
def test_normalisations_that_cannot_run(
    method: str, settings: dict[str, object], message: str
) -> None:
    with pytest.raises(FrameworkError, match=message):
        normalise.METHODS[method](table(a=[0, 2, 5]), TREE, **settings)


def test_more_normalisations_that_cannot_run() -> None:
    with pytest.raises(FrameworkError, match="every unit has reached the target of a"):
        normalise.distance_to_target(table(a=[3, 4]), TREE.with_column("target", {"a": 3}), cap=1.0)
    with pytest.raises(FrameworkError, match="'a' of unit 'A' is 0: must be > 0"):
        normalise.fraction_of_max(table(a=[0, 2]), TREE)
    with pytest.raises(FrameworkError, match="only one unit has a value of a"):
        normalise.percent_rank(table(a=[1, np.nan]), TREE)
    with pytest.raises(FrameworkError, match="'z' is not one of its codes"):
        normalise.rank(pd.DataFrame({"z": [1.0]}), TREE)
    with pytest.raises(FrameworkError, match="columns that are not leaves of the framework: T"):
        normalise.rank(pd.DataFrame({"T": [1.0]}), TREE)
    with pytest.raises(FrameworkError, match="'a' of 'B' is infinite"):
        normalise.rank(table(a=[1, np.inf]), TREE)
    fitted = normalise.rank(table(a=[1, 2, 3]), TREE).fitted
    new = normalise.rank(table(a=[2.5]), TREE, fitted=fitted)
    assert new.table["a"].tolist() == [3]
    with pytest.raises(FrameworkError, match="fitted parameters do not have b"):
        normalise.rank(table(a=[1], b=[1]), TREE, fitted=fitted)


def test_weights_of_siblings_by_hand() -> None:
    scores = table(a=[0, 10], b=[0, 30], c=[1, 2])
    settings = {"nodes": [], "aggregation": "arithmetic"}
    found = weight.standard_deviation(scores, TREE, **settings)
    assert found[["a", "b", "c"]].tolist() == pytest.approx([0.25, 0.75, 1])
    # node 1 scores 0 and 25, node 2 scores 1 and 2: deviations in the ratio 25 to 1
    assert found[["1", "2"]].tolist() == pytest.approx([25 / 26, 1 / 26])
    only = weight.standard_deviation(scores, TREE, nodes=["1"], aggregation="arithmetic")
    assert only[["1", "2"]].tolist() == [1, 1]
    with pytest.raises(FrameworkError, match="weight: a: not a node with children"):
        weight.equal(scores, TREE, nodes=["a"])
    with pytest.raises(FrameworkError, match="children a, b of '1' all get weight 0"):
        weight.standard_deviation(table(a=[1, 1], b=[2, 2], c=[1, 2]), TREE, **settings)
    with pytest.raises(FrameworkError, match="entropy: a score is -1"):
        weight.entropy(table(a=[-1, 1], b=[2, 2], c=[1, 2]), TREE, **settings)


def test_entropy_weights_by_hand() -> None:
    tree = Framework.from_parents({"a": "T", "b": "T"})
    scores = table(a=[1, 3], b=[1, 1])
    share = 1 + (0.25 * math.log(0.25) + 0.75 * math.log(0.75)) / math.log(2)
    found = weight.entropy(scores, tree, nodes=[], aggregation="arithmetic")
    assert share > 0
    assert found.to_dict() == {"T": 1, "a": 1, "b": 0}


def test_effective_weights_are_solved_back() -> None:
    found = weight.effective(pd.DataFrame(), TREE, targets={"a": 1, "b": 2, "c": 5})
    solved = TREE.with_weights(found).effective_weights
    assert solved[["a", "b", "c"]].tolist() == pytest.approx([1 / 8, 2 / 8, 5 / 8])
    with pytest.raises(FrameworkError, match="targets and leaves differ by c"):
        weight.effective(pd.DataFrame(), TREE, targets={"a": 1, "b": 2})


def test_optimised_weights_need_all_siblings() -> None:
    scores = table(a=[0, 1, 5, 2], b=[1, 0, 3, 3], c=[1, 2, 3, 5])
    with pytest.raises(FrameworkError, match="b must be optimised with the other"):
        weight.most_correlated(scores, TREE, codes=["a"], aggregation="arithmetic")
    with pytest.raises(FrameworkError, match="targets for c, whose weights are not sought"):
        weight.balanced(scores, TREE, codes=["a", "b"], targets={"c": 1}, aggregation="arithmetic")


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("min", [1, 2, 2, 4]),
        ("max", [1, 3, 3, 4]),
        ("average", [1, 2.5, 2.5, 4]),
        ("dense", [1, 2, 2, 3]),
        ("ordinal", [1, 2, 3, 4]),
    ],
)
def test_ties(ties: str, expected: list[float]) -> None:
    scores = table(a=[9, 5, 5 + 1e-10, 1, np.nan])
    found = ranks.ranks(scores, ties=ties, tolerance=1e-9)["a"]
    assert found.tolist()[:4] == expected
    assert np.isnan(found.iloc[4])
    exact = ranks.ranks(scores, ties="min", tolerance=0)["a"]
    assert exact.tolist()[:4] == [1, 3, 2, 4]


def test_ranks_within_periods_and_groups() -> None:
    rows = pd.MultiIndex.from_product([["1", "2"], ["A", "B"]], names=["period", "unit"])
    scores = pd.DataFrame({"T": [1.0, 2, 9, 8]}, index=rows)
    assert ranks.ranks(scores, ties="min", tolerance=0)["T"].tolist() == [2, 1, 1, 2]
    groups = pd.Series({"A": "x", "B": None, "C": "x", "D": "y"})
    found = ranks.group_ranks(table(a=[1, 2, 3, 4]), groups, ties="min", tolerance=0)
    assert found["a"].tolist()[::2] == [2, 1]
    assert found["a"].isna().tolist() == [False, True, False, False]
    with pytest.raises(FrameworkError, match="ties = 'worst'"):
        ranks.ranks(scores, ties="worst", tolerance=0)
