"""Diagnostics, ties and robustness of a published index of cities, from its printed scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.index import aggregate, audit, ranks, uncertainty
from hubscan.index.framework import Framework
from hubscan.index.recipe import Recipe, Step

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Oracle

MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
ARITHMETIC = Step("aggregate", "arithmetic", MEANS)
TABLES = ("education_level", "talent_development", "st_innovation")
RECIPE = Recipe((ARITHMETIC, Step("rank", "min", {"tolerance": 1e-9})))


@pytest.fixture(scope="module")
def folder(oracle: Oracle) -> Path:
    return oracle.folder.parents[1] / "reference" / "set2024"


@pytest.fixture(scope="module")
def tree(folder: Path) -> Framework:
    nodes = pd.read_csv(folder / "indicator_tree.csv", dtype=str, keep_default_na=False)
    upper = nodes[nodes["level"].isin(["index", "primary", "secondary"])]
    whole = Framework(
        upper.assign(code=upper["key"], weight=upper["weight_implied"])[["code", "weight"]].assign(
            parent=upper["parent"].map(nodes.set_index("code")["key"]).fillna("")
        )
    )
    assert len(whole.leaves) == 9
    return whole


@pytest.fixture(scope="module")
def scores(folder: Path) -> pd.DataFrame:
    tables = [pd.read_csv(folder / f"{name}.csv").set_index("city").iloc[:, 2:] for name in TABLES]
    return pd.concat(tables, axis=1).sort_index()


def test_importance_against_weight(folder: Path, tree: Framework, scores: pd.DataFrame) -> None:
    printed = pd.read_csv(folder / "overall.csv").set_index("city")["total"]
    results = scores.assign(**{tree.root: printed})
    found = audit.importance(results, tree, codes=tree.leaves)
    expected = pd.read_csv(folder / "diagnostics_secondary.csv").set_index("indicator")
    wanted = expected.loc[found.index]
    assert np.allclose(found["effective_weight"], wanted["effective_weight"], rtol=0, atol=1e-9)
    assert np.allclose(found["correlation"], wanted["r_with_total"], rtol=0, atol=1e-4)
    assert np.allclose(found["covariance_share"], wanted["covariance_share"], rtol=0, atol=1e-4)
    matrix = pd.read_csv(folder / "correlations_secondary.csv").set_index("indicator")
    ours = audit.correlation_matrix(scores, kind="pearson").loc[matrix.index, list(matrix)]
    assert np.allclose(ours, matrix, rtol=0, atol=6e-5)


def test_exact_ties_are_ties(folder: Path, tree: Framework) -> None:
    primary = pd.read_csv(folder / "overall.csv").set_index("city")[list(TABLES)]
    talent = pd.read_csv(folder / "talent_development.csv").set_index("city").iloc[:, 2:]
    printed = tree.with_weights(
        {"research_talent": 0.4, "industrial_talent": 0.4, "talent_potential": 0.2}
    )
    small = Framework.from_parents(
        dict.fromkeys(tree.children("talent_development"), "T"),
        weight={code: printed.weights[code] for code in tree.children("talent_development")},
    )
    found = aggregate.tree_scores(talent, small, method="arithmetic", **MEANS)["T"]
    top = Framework.from_parents(
        dict.fromkeys(TABLES, "T"), weight={code: tree.weights[code] for code in TABLES}
    )
    total = aggregate.tree_scores(
        primary.assign(talent_development=found), top, method="arithmetic", **MEANS
    )
    places = ranks.ranks(total, ties="min", tolerance=1e-9)["T"]
    assert places["London"] == places["New York"]
    assert found["Guangzhou"] == pytest.approx(found["Shanghai"], abs=1e-9)
    table = pd.read_csv(folder / "talent_weight_erratum.csv").set_index("city")
    assert (places == table["total_rank_40_40_20"].loc[places.index]).all()


def test_rank_intervals_under_uncertain_weights(
    folder: Path, tree: Framework, scores: pd.DataFrame
) -> None:
    expected = pd.read_csv(folder / "robustness_example.csv").set_index("city")
    effective = tree.effective_weights[list(tree.leaves)].to_dict()
    flat = Framework.from_parents(dict.fromkeys(tree.leaves, "T"), weight=effective)
    factors = [
        uncertainty.WeightNoise("weights", 0.25, codes=()),
        uncertainty.StepLevels("mean", (ARITHMETIC, Step("aggregate", "geometric", MEANS))),
    ]
    model = uncertainty.Model(scores, flat, RECIPE)
    points = uncertainty.sampled(model, factors, number=8192, sample="sobol", seed=1)
    drawn = uncertainty.runs(model, factors, points, allow_inert=(), workers=1)
    found = uncertainty.rank_intervals(drawn, level=0.9).loc[expected.index]
    for ours, theirs in {"lower": "q05", "median": "median", "upper": "q95"}.items():
        assert (found[ours] - expected[theirs]).abs().max() <= 1
    order = expected.sort_values("rank").index
    assert (found.loc[order[:9], "width"] <= 1).all()
    assert tuple(found.loc["Washington D.C.", ["lower", "upper"]]) == (12, 17)
