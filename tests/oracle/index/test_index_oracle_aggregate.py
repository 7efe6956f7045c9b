"""Aggregation against the published package on its own example index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hubscan.index import aggregate
from hubscan.index.framework import Framework

if TYPE_CHECKING:
    import pandas as pd
    from conftest import Agrees, Oracle

PLAIN = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("agg_amean", "arithmetic"),
        ("agg_gmean", "geometric"),
        ("agg_hmean", "harmonic"),
        ("agg_genmean_p-1", "power(p=-1)"),
        ("agg_genmean_p0.5", "power(p=0.5)"),
        ("agg_genmean_p2", "power(p=2)"),
        ("agg_genmean_p3", "power(p=3)"),
    ],
)
def test_one_mean_throughout(oracle: Oracle, assert_agrees: Agrees, name: str, method: str) -> None:
    leaves = oracle.leaves("normalise/norm_minmax_1_100")
    found = aggregate.tree_scores(leaves, oracle.framework, method=method, **PLAIN)
    assert_agrees(found, oracle.units(f"aggregate/{name}"))


def test_a_method_for_each_level(oracle: Oracle, assert_agrees: Agrees) -> None:
    leaves = oracle.leaves("normalise/norm_minmax_1_100")
    levels = {"Conn": "geometric", "Sust": "geometric", "Index": "harmonic"}
    found = aggregate.tree_scores(
        leaves, oracle.framework, method="arithmetic", **PLAIN | {"overrides": levels}
    )
    assert_agrees(found, oracle.units("aggregate/agg_mixed_amean_gmean_hmean"))


def test_a_method_for_each_node_declared_in_the_framework(
    oracle: Oracle, assert_agrees: Agrees
) -> None:
    tree = oracle.framework.with_column(
        "aggregation", {"Conn": "geometric", "Sust": "geometric", "Index": "harmonic"}
    )
    leaves = oracle.leaves("normalise/norm_minmax_1_100")
    found = aggregate.tree_scores(leaves, tree, method="arithmetic", **PLAIN)
    assert_agrees(found, oracle.units("aggregate/agg_mixed_amean_gmean_hmean"))


def test_copeland_at_the_top(oracle: Oracle, assert_agrees: Agrees) -> None:
    leaves = oracle.leaves("normalise/norm_minmax_1_100")
    found = aggregate.tree_scores(
        leaves,
        oracle.framework,
        method="arithmetic",
        **PLAIN | {"overrides": {"Index": "copeland"}},
    )
    assert_agrees(found, oracle.units("aggregate/agg_copeland_top"), 0.0 + 1e-12)


def pillars(oracle: Oracle) -> list[str]:
    return [node for node in oracle.framework.inner if node not in {"Conn", "Sust", "Index"}]


def test_outranking_of_the_pillars(oracle: Oracle, assert_agrees: Agrees) -> None:
    scores = oracle.units("aggregate/agg_amean")[pillars(oracle)]
    found = aggregate.outranking_matrix(scores, dict.fromkeys(scores, 1.0))
    assert_agrees(found, oracle.units("aggregate/outrank_matrix_pillars"), 1e-12)
    summary = oracle.csv("aggregate/outrank_summary").iloc[0]
    dominant = int((found.to_numpy() > 1 - 1e-12).sum())
    assert dominant == summary["nDominant"] == 71
    units = len(found)
    assert dominant / (units * (units - 1)) * 2 == pytest.approx(summary["fracDominant"], abs=1e-12)


def test_copeland_of_the_pillars(oracle: Oracle) -> None:
    scores = oracle.units("aggregate/agg_amean")[pillars(oracle)]
    tree = Framework.from_parents(dict.fromkeys(scores, "T"))
    found = aggregate.tree_scores(scores, tree, method="copeland", **PLAIN)["T"]
    expected = oracle.units("aggregate/copeland_pillars")["copeland"]
    assert (found == expected.loc[found.index]).all()


@pytest.mark.parametrize(
    ("name", "least"), [("missing_agg_amean", 0.0), ("missing_agg_amean_thresh0.8", 0.8)]
)
def test_means_over_present_children(
    oracle: Oracle, assert_agrees: Agrees, name: str, least: float
) -> None:
    leaves = oracle.leaves("aggregate/missing_stage_normalised")
    assert int(leaves.isna().sum().sum()) == 25
    found = aggregate.tree_scores(
        leaves, oracle.framework, method="arithmetic", **PLAIN | {"min_coverage": least}
    )
    assert_agrees(found, oracle.units(f"aggregate/{name}"))


def test_the_base_recipe(oracle: Oracle, assert_agrees: Agrees) -> None:
    leaves = oracle.leaves("pipeline/stage_normalised")
    found = aggregate.tree_scores(leaves, oracle.framework, method="arithmetic", **PLAIN)
    assert_agrees(found, oracle.units("pipeline/stage_aggregated"))
    assert found["Index"].nlargest(5).index.tolist() == ["CHE", "NLD", "DNK", "NOR", "BEL"]


def flat(oracle: Oracle, name: str, method: str) -> pd.Series:
    scores = oracle.units(name)
    tree = Framework.from_parents(dict.fromkeys(scores, "T"))
    return aggregate.tree_scores(scores, tree, method=method, **PLAIN)["T"]


@pytest.mark.parametrize(
    ("name", "source", "bounds", "at_one"),
    [
        ("bli_bod_unconstrained", "bli_norm_minmax", (0, 1), 15),
        ("bli_bod_share_0.05_0.20_on_60_100", "bli_norm_60_100", (0.05, 0.2), 7),
    ],
)
def test_benefit_of_the_doubt(
    oracle: Oracle, name: str, source: str, bounds: tuple[float, float], at_one: int
) -> None:
    expected = oracle.units(f"compind/{name}")
    found = flat(oracle, f"compind/{source}", f"bod(lower={bounds[0]}, upper={bounds[1]})")
    assert (found - expected["bod"].loc[found.index]).abs().max() <= 1e-9
    assert int((found > 1 - 1e-9).sum()) == at_one


def test_the_shares_behind_the_doubt_keep_their_bounds(oracle: Oracle) -> None:
    scores = oracle.units("compind/bli_norm_60_100")
    score, shares, peers = aggregate.benefit_of_the_doubt(scores, lower=0.05, upper=0.2)
    assert shares.min().min() >= 0.05 - 1e-9
    assert shares.max().max() <= 0.2 + 1e-9
    assert np.allclose(shares.sum(axis=1), 1, rtol=0, atol=1e-9)
    best = score > 1 - 1e-9
    assert peers.any(axis=1).all()
    assert not peers.loc[:, ~best].any().any()


def test_mazziotta_pareto(oracle: Oracle) -> None:
    expected = oracle.units("compind/bli_mpi_samplesd")
    for column, method in {"mpi_neg": "mpi_plus(ddof=1)", "mpi_pos": "mpi_minus(ddof=1)"}.items():
        found = flat(oracle, "compind/bli_norm_z100_10", method)
        assert (found - expected[column].loc[found.index]).abs().max() <= 1e-9 * 100


def test_ordered_weights(oracle: Oracle) -> None:
    expected = oracle.units("compind/bli_owa_3")
    three = {"at_least_3": "owa_top(best=3)", "more_than_3": "owa_bottom(worst=3)"}
    for column, method in three.items():
        found = flat(oracle, "compind/bli_norm_minmax", method)
        assert (found - expected[column].loc[found.index]).abs().max() <= 1e-12
