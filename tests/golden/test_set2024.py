from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.index import city_patterns, infer, pipeline, scales, set2024, values, verify
from hubscan.index import set2024_checks as checks
from hubscan.index.aggregate import tree_scores
from hubscan.index.framework import Framework
from hubscan.index.misprints import misprints
from hubscan.index.orders import rank_faults

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = {
    "overall": 0.0070, "education_level": 0.0500, "talent_development": 0.0300,
    "st_innovation": 0.0300, "basic_education": 0.0060, "higher_education": 0.0075,
    "research_talent": 0.0075, "industrial_talent": 0.0060, "talent_potential": 0.0080,
    "scientific_research": 0.0040, "technological_progress": 0.0055,
    "industrial_development": 0.0073, "innovation_ecosystem": 0.0050,
}  # fmt: skip
"""Largest residual of each table under the implied weights, to four decimals."""

FRACTIONS = {
    "0": "1/5 3/10 1/2", "1": "2/5 3/5", "2": "7/20 7/20 3/10", "3": "3/10 3/10 3/10 1/10",
    "1.1": "1/2 3/10 1/5", "1.2": "13/20 3/10 1/20", "2.1": "3/4 1/4", "2.2": "3/10 3/10 2/5",
    "2.3": "2/5 1/5 2/5", "3.1": "1/4 7/20 1/4 1/20 1/10", "3.2": "7/20 3/10 1/4 1/10",
    "3.3": "1/5 2/15 1/3 1/3", "3.4": "1/4 1/4 1/4 1/4",
}  # fmt: skip
"""The weights of every parent's children that the published tables imply."""


@pytest.fixture(scope="module")
def recovered() -> tuple[pd.DataFrame, pd.DataFrame]:
    return checks.recovered_weights()


def test_the_tree_is_that_of_the_report() -> None:
    for weights in set2024.VARIANTS:
        tree = set2024.framework(weights=weights)
        assert (len(tree.codes), len(tree.leaves)) == (58, 38)
        assert tree.effective_weights[list(tree.leaves)].sum() == pytest.approx(1.0, abs=1e-12)
    tree = set2024.framework(weights="implied")
    assert len(tree.children("0")) == 3
    assert sum(len(tree.children(code)) for code in set2024.PRIMARY) == 9
    assert sum(len(tree.children(code)) for code in set2024.SECONDARY) == 31
    assert tree.parent("3.3.4") == "3.3"
    assert [code for code in tree.leaves if tree.directions[code] < 0] == ["1.2.1a"]


def test_every_published_score_follows_from_its_parts_with_the_implied_weights() -> None:
    found = checks.score_residuals(weights="implied")
    assert len(found) == 255
    assert found["inside"].all()
    summary = verify.summary(found).set_index("table")
    assert summary["max_residual"].round(4).to_dict() == LARGEST
    assert summary["max_bound"].round(3).tolist() == [0.01, 0.055, 0.055, 0.055] + [0.01] * 9
    assert set(summary["verdict"]) == {"holds"}


def test_the_printed_talent_weights_fail_and_every_cell_outside_is_listed() -> None:
    found = checks.score_residuals(weights="as_printed")
    summary = verify.summary(found).set_index("table")
    assert summary.index[summary["verdict"] == "fails"].tolist() == ["talent_development"]
    outside = verify.cells_outside(found)
    assert len(outside) == 29
    worst = outside.iloc[0]
    assert (worst["unit"], worst["printed"], worst["computed"]) == ("Shenzhen", 80.91, 78.66)
    assert (worst["residual"], worst["bound"]) == (2.25, 0.055)


def test_the_index_follows_from_the_nine_secondary_scores() -> None:
    found = checks.index_residuals(weights="implied")
    assert (len(found), found["inside"].all()) == (30, True)
    assert found["residual"].abs().max() == 0.022
    assert not checks.index_residuals(weights="as_printed")["inside"].all()


def test_the_same_number_printed_twice_agrees() -> None:
    found = verify.agreement(set2024.published_cells())
    assert found["inside"].all()
    assert found["difference"].abs().max() == pytest.approx(0.05)


def test_no_published_table_holds_a_misprint_under_the_implied_weights() -> None:
    cells = set2024.published_cells()
    assert misprints(cells, set2024.edges(weights="implied")).empty
    for table in set2024.TABLES:
        assert rank_faults(set2024.published_ranking(table)).empty


def test_all_43_weights_are_recovered_as_simple_fractions(
    recovered: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    weights, fits = recovered
    found = weights.groupby("parent", sort=False)["fraction"].agg(" ".join).to_dict()
    assert found == FRACTIONS
    assert set(weights["status"]) == {"exact"}
    assert len(weights[weights["parent"].isin(set2024.SECONDARY)]) == 31
    assert fits["outside"].sum() == 0
    assert (fits["solutions"] == 1).all()


def test_the_printed_talent_weights_lie_far_outside_what_the_tables_allow(
    recovered: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    talent = recovered[0].query("parent == '2'")
    assert talent["low"].round(4).tolist() == [0.3466, 0.3475, 0.2978]
    assert talent["high"].round(4).tolist() == [0.3522, 0.3538, 0.3024]
    printed = set2024.edges(weights="as_printed").query("parent == '2'")["weight"]
    assert printed.tolist() == [0.4, 0.4, 0.2]


def test_tertiary_weights_are_fixed_to_about_a_thousandth(
    recovered: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    tertiary = recovered[0][recovered[0]["parent"].isin(set2024.SECONDARY)]
    exact = tertiary["fraction"].map(lambda text: float(Fraction(text)))
    reach = np.maximum(tertiary["high"] - exact, exact - tertiary["low"])
    # 3.1.5 reaches 0.00136 down, all others stay within 0.0012
    assert (reach < 0.0012).sum() == 30
    assert reach.max() < 0.0014


def test_start_up_valuation_cannot_stand_where_the_table_prints_it() -> None:
    cells = set2024.published_cells()
    printed_rows = set2024.edges(weights="implied")
    moved = printed_rows.assign(
        parent=printed_rows["parent"].where(printed_rows["child"] != "3.3.4", "3.4")
    )
    found, fits = infer.implied_weights(cells, moved, total=1, widest=0.05, max_denominator=20)
    assert set(found.query("parent == '3.3'")["status"]) == {"infeasible"}
    assert fits.set_index("parent").loc["3.3", "excess"] > 1
    assert "3.4" not in set(fits["parent"])


def test_ranks_follow_from_the_printed_scores_but_for_one_pair_that_rounding_leaves_open() -> None:
    verdicts = checks.total_rank_verdicts().set_index("unit")
    assert verdicts["verdict"].value_counts().to_dict() == {"agrees": 28, "undetermined": 2}
    assert verdicts.loc["Austin", ["rank", "computed_rank", "against"]].tolist() == [
        23,
        24,
        "Guangzhou",
    ]
    assert verdicts.loc["Guangzhou", ["rank", "computed_rank", "against"]].tolist() == [
        24,
        23,
        "Austin",
    ]


def test_the_tables_of_fifteen_hold_the_true_best() -> None:
    found = checks.top_fifteen_verdicts()
    assert found[["table", "unit", "listed", "verdict"]].to_numpy().tolist() == [
        ["higher_education", "Berlin", False, "undetermined"],
        ["higher_education", "Chicago", True, "undetermined"],
    ]


def test_what_the_printed_weights_would_have_changed() -> None:
    found = checks.talent_erratum().set_index("unit")
    assert (found["talent_rank_implied"] == found["talent_rank"]).all()
    moved = found[found["total_rank_as_printed"] != found["total_rank"]]
    assert moved["total_rank_as_printed"].to_dict() == {
        "New York": 4, "Shanghai": 9, "Hong Kong": 10, "Tokyo": 8, "Shenzhen": 13, "Paris": 11,
        "Washington D.C.": 12, "Berlin": 26, "Sydney": 25,
    }  # fmt: skip
    assert found["total_as_printed"]["London"] == found["total_as_printed"]["New York"] == 82.746
    assert (
        found["talent_as_printed"]["Guangzhou"] == found["talent_as_printed"]["Shanghai"] == 77.38
    )
    assert (
        found["talent_rank_as_printed"]["Guangzhou"] == found["talent_rank_as_printed"]["Shanghai"]
    )


def test_the_engine_gives_the_published_index_from_the_secondary_scores() -> None:
    nodes = set2024.framework(weights="implied").table
    top = nodes.loc[["0", *set2024.PRIMARY, *set2024.SECONDARY]].reset_index()
    top["direction"] = np.where(top["code"].isin(set2024.SECONDARY), 1.0, np.nan)
    scores = set2024.published_scores({code: code for code in set2024.SECONDARY})
    found = tree_scores(
        scores,
        Framework(top),
        method="arithmetic",
        overrides={},
        min_coverage=0.0,
        coverage="count",
    )
    published = set2024.published_scores({"0": "0"})["0"]
    assert (found["0"] - published).abs().max() <= 0.055
    exact = checks.index_residuals(weights="implied").set_index("unit")["computed"]
    assert found["0"].to_numpy() == pytest.approx(exact[found.index].to_numpy(), abs=1e-9)


def test_the_quality_of_stem_education_is_that_of_pisa_2018() -> None:
    found = checks.pisa_check()
    assert len(found) == 15
    assert found["inside"].all()
    assert found["difference"].abs().max() == pytest.approx(0.0064, abs=5e-5)
    assert (found["difference"].abs() <= 0.005).sum() == 12


def test_the_counts_behind_logarithmic_scores_are_integers() -> None:
    industrial = set2024.edition_table("published/industrial_development")
    companies = industrial.rename(columns={"top1000_companies": "score"})
    options = {"half_score": 0.005, "span": set2024.SPAN}
    counts = scales.recovered_values(companies, transform="log", minimum=2, maximum=73, **options)
    assert sorted(counts["integer"], reverse=True) == [
        73, 68, 65, 42, 31, 25, 21, 19, 16, 16, 15, 10, 9, 5, 4,
    ]  # fmt: skip
    minima = scales.integer_minima(
        companies, transform="log", candidates=range(1, 10), maximum=73, **options
    ).set_index("minimum")
    assert minima.index[minima["without_integer"] == 0].tolist() == [2]
    research = set2024.edition_table("published/scientific_research")
    papers = scales.recovered_values(
        research.rename(columns={"high_quality_output": "score"}),
        transform="log", minimum=133, maximum=2520, **options,
    ).set_index("unit")  # fmt: skip
    known = {"Washington D.C.": 1403, "Los Angeles": 1235, "Beijing": 1188, "London": 1119}
    assert {city: papers.loc[city, "integer"] for city in known} == known
    assert (papers["value"] > 1000).sum() == 7


def test_quoted_values_decide_between_scales() -> None:
    found = scales.implied_minima(
        set2024.scale_anchors(),
        transforms=["linear", "log", "sqrt"],
        half_score=0.005,
        lower_score=60,
        upper_score=100,
    ).set_index(["node", "transform"])
    papers = found.loc[("3.1.1", "log")]
    assert (papers["minimum_low"], papers["minimum_high"]) == pytest.approx(
        (132.909, 133.379), abs=1e-3
    )
    assert not found.loc[("3.1.1", "linear"), "agree"]
    assert found.loc[
        ("2.3.1", "linear"), ["minimum_low", "minimum_high"]
    ].tolist() == pytest.approx([15.364, 16.128], abs=1e-3)
    assert not found.loc[("3.4.2", "linear"), "not_negative"]


def test_scope_regions_and_typology() -> None:
    scope = set2024.city_scope(scope="printed")
    assert len(scope) == 239
    assert scope["unit"].nunique() == 30
    added = set2024.city_scope(scope="msa").iloc[239:]
    assert set(added["unit"]) == {"San Francisco"}
    assert {"Palo Alto", "San Jose", "Mountain View", "Stanford"} <= set(added["principal_city"])
    regions = set2024.regions()
    assert regions["region"].value_counts().to_dict() == {
        "North America": 11, "Europe": 9, "Asia": 8, "Oceania": 2,
    }  # fmt: skip
    ranking = set2024.published_ranking("overall")
    groups = regions.rename(columns={"region": "group"})
    bands = city_patterns.rank_distribution(ranking, groups, bands=[10, 20, 30])
    assert bands["1-10"].to_dict() == {"Asia": 4, "Europe": 1, "North America": 5, "Oceania": 0}


@pytest.mark.parametrize(("research", "industry"), [(76.8, 79.0), (78.3, 80.0)])
def test_the_typology_follows_a_rule_with_two_exceptions(research: float, industry: float) -> None:
    scores = set2024.published_scores({"3.1": "research", "3.2": "technology", "3.3": "industry"})
    rule = {"R": ("research", research), "T": ("technology", 79.0), "I": ("industry", industry)}
    types = city_patterns.strength_types(scores, thresholds=rule)
    named = set2024.edition_table("typology")
    assert len(named) == 18
    exceptions = city_patterns.type_exceptions(types, named)
    assert exceptions.to_numpy().tolist() == [["Seattle", "RI", "RTI"], ["Shenzhen", "TI", "RTI"]]


def test_the_three_dimensions_correlate_as_the_report_says() -> None:
    scores = set2024.published_scores({"1": "E", "2": "T", "3": "S"})
    found = city_patterns.correlations(scores).set_index(["a", "b"])["r"].round(2).to_dict()
    assert found == {("E", "T"): 0.29, ("E", "S"): 0.43, ("T", "S"): 0.78}


def test_the_intervals_are_those_of_the_reference(
    shared: Path, recovered: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    text = dict.fromkeys(["parent_code", "child_code"], str)
    expected = pd.read_csv(shared / "reference" / "set2024" / "implied_weights.csv", dtype=text)
    keys = ["parent_code", "child_code"]
    joined = recovered[0].merge(expected, left_on=["parent", "child"], right_on=keys)
    assert len(joined) == 43
    for ours, theirs, within in (
        ("low", "feasible_low", 1e-4),
        ("high", "feasible_high", 1e-4),
        ("free", "weight_ols", 1e-5),
    ):
        assert joined[ours].to_numpy() == pytest.approx(joined[theirs].to_numpy(), abs=within)
    assert (joined["fraction"] == joined["weight_implied_fraction"]).all()


@pytest.mark.parametrize(("variant", "name"), [("implied", "implied"), ("as_printed", "printed")])
def test_the_residuals_are_those_of_the_reference(variant: str, name: str, shared: Path) -> None:
    text = {"parent_code": str}
    expected = pd.read_csv(shared / "reference" / "set2024" / "residuals.csv", dtype=text)
    expected = expected[expected["weights"] == name]
    keys = ["parent_code", "city"]
    found = checks.score_residuals(weights=variant)
    joined = found.merge(expected, left_on=["parent", "unit"], right_on=keys, suffixes=("", "_ref"))
    assert len(joined) == len(expected)
    # the reference is written with six decimals
    assert (joined["residual"] - joined["residual_ref"]).abs().max() < 1e-6
    assert (joined["inside"].astype(bool) == joined["inside_ref"]).all()


def dotted(section: object, prefix: str = "") -> set[str]:
    """Return the names of all parameters of a nested table."""
    if not isinstance(section, dict):
        return {prefix.removesuffix(".")}
    return {name for key, inner in section.items() for name in dotted(inner, f"{prefix}{key}.")}


def test_every_parameter_of_the_edition_has_one_status() -> None:
    parameters = set2024.parameters()
    status = parameters.pop("status")
    steps = {
        f"step.{step['step']}.{name}"
        for step in parameters.pop("step")
        for name in step
        if name != "step"
    }
    labels = {"name", "title", "publishers", "kind", "year", "framework"}
    needed = (dotted(parameters) | steps) - labels
    marked = [name for names in status.values() for name in names]
    assert sorted(marked) == sorted(needed)


def test_the_recipe_scores_raw_values_as_the_report_does() -> None:
    tree = set2024.framework(weights="implied")
    draws = np.random.default_rng(4)
    cities = set2024.regions()["unit"].to_list()
    raw = pd.DataFrame(
        draws.lognormal(3, 1, (30, 38)).round(3), index=cities, columns=list(tree.leaves)
    )
    result = pipeline.run(
        values.from_matrix(raw, period="2023", source="made up"), tree, set2024.recipe()
    )
    leaves = result.stages["2 normalise"]
    assert leaves.min().to_numpy() == pytest.approx(60.0)
    assert leaves.max().to_numpy() == pytest.approx(100.0)
    logs = np.log(raw["3.1.1"])
    assert leaves["3.1.1"].to_numpy() == pytest.approx(
        (60 + 40 * (logs - logs.min()) / (logs.max() - logs.min()))[leaves.index].to_numpy()
    )
    # the best median rank is the least; three olympiad totals above 16 all score 100
    assert leaves["1.2.1a"].idxmax() == raw["1.2.1a"].idxmin()
    assert (leaves["1.1.3"] == 100).sum() == (raw["1.1.3"] >= 16).sum()
    assert (leaves["3.2.3"] == 100).sum() == 3
    parts = leaves[["3.3.3a", "3.3.3b"]].mean(axis=1)
    assert result.scores["3.3.3"].to_numpy() == pytest.approx(parts.to_numpy())
    total = sum(tree.effective_weights[leaf] * leaves[leaf].to_numpy() for leaf in tree.leaves)
    assert result.scores["0"].to_numpy() == pytest.approx(total)


def test_the_counts_quoted_in_the_text_hold() -> None:
    counts = checks.quoted_counts()
    assert len(counts) == 15
    assert counts["holds"].all()
