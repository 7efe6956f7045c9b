"""Optimised weights against the published package, and where it goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.index import weight

if TYPE_CHECKING:
    from conftest import Oracle

    from hubscan.index.framework import Framework

ABOVE = {"Conn", "Sust", "Index"}
STAGE = "pipeline/stage_normalised"


def pillars(oracle: Oracle) -> list[str]:
    return [node for node in oracle.framework.inner if node not in ABOVE]


def correlations(oracle: Oracle, tree: Framework) -> dict[str, float]:
    leaves = oracle.leaves(STAGE)
    found = weight.index_correlations(leaves, tree, codes=pillars(oracle), aggregation="arithmetic")
    return {str(code): float(value) for code, value in found.items()}


def test_the_correlations_behind_the_published_weights(oracle: Oracle) -> None:
    given = oracle.csv("weights/optweights_infomax_L2").set_index("iCode")["Weight"]
    found = correlations(oracle, oracle.framework.with_weights(given))
    expected = oracle.csv("weights/optweights_infomax_L2_corr").set_index("iCode")["obtained"]
    # the package kept correlations of the optimiser's last step but one
    assert all(abs(found[code] - expected[code]) <= 2e-6 for code in expected.index)


def test_the_greatest_sum_of_correlations(oracle: Oracle) -> None:
    found = weight.most_correlated(
        oracle.leaves(STAGE),
        oracle.framework,
        codes=pillars(oracle),
        aggregation="arithmetic",
    )
    reached = sum(correlations(oracle, oracle.framework.with_weights(found)).values())
    assert abs(reached - 4.59344118) <= 1e-8
    assert (found >= 0).all()


def imbalance(shares: dict[str, float]) -> float:
    values = np.array(list(shares.values()))
    return float(((values / values.sum() - 1 / len(values)) ** 2).mean())


def test_balanced_correlations_without_negative_weights(oracle: Oracle) -> None:
    assert abs(imbalance(correlations(oracle, oracle.framework)) - 4.870e-3) <= 1e-6
    found = weight.balanced(
        oracle.leaves(STAGE),
        oracle.framework,
        codes=pillars(oracle),
        targets={},
        aggregation="arithmetic",
    )
    assert (found >= 0).all()
    assert imbalance(correlations(oracle, oracle.framework.with_weights(found))) <= 1.01 * 9.662e-4


def test_targets_belong_to_codes_not_to_positions(oracle: Oracle) -> None:
    found = weight.balanced(
        oracle.leaves(STAGE),
        oracle.framework,
        codes=pillars(oracle),
        targets={"Physical": 2.0},
        aggregation="arithmetic",
    )
    shares = correlations(oracle, oracle.framework.with_weights(found))
    assert max(shares, key=lambda code: shares[code]) == "Physical"
    assert (found >= 0).all()


def test_components_give_weights_that_are_never_negative(oracle: Oracle) -> None:
    raw = oracle.csv("multivariate/pca_weights")
    leaves = list(oracle.framework.leaves)
    raw = raw[raw["iCode"].isin(leaves)].set_index("iCode")["Weight"]
    assert int((raw < 0).sum()) == 16
    first = weight.principal_components(
        oracle.leaves(STAGE),
        oracle.framework,
        nodes=pillars(oracle),
        aggregation="arithmetic",
        least_eigenvalue=np.inf,
    )
    for pillar in pillars(oracle):
        codes = list(oracle.framework.children(pillar))
        expected = raw[codes] ** 2 / (raw[codes] ** 2).sum()
        assert np.allclose(first[codes], expected, rtol=0, atol=1e-9)
    every = weight.principal_components(
        oracle.leaves(STAGE),
        oracle.framework,
        nodes=[],
        aggregation="arithmetic",
        least_eigenvalue=1.0,
    )
    assert (every >= 0).all()
