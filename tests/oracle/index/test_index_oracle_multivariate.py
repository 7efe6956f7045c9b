"""Correlations, alpha, components, adequacy and sphericity against the published package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hubscan.index import audit

if TYPE_CHECKING:
    import pandas as pd
    from conftest import Oracle

STAGE = "pipeline/stage_normalised"


def pillars(oracle: Oracle) -> list[str]:
    return [node for node in oracle.framework.inner if node not in {"Conn", "Sust", "Index"}]


def branch(oracle: Oracle, node: str, stage: str = STAGE) -> pd.DataFrame:
    return oracle.units(stage)[list(oracle.framework.children(node))]


@pytest.mark.parametrize("kind", ["pearson", "spearman", "kendall"])
def test_correlations(oracle: Oracle, kind: str) -> None:
    tables = {
        "indicators": oracle.leaves(STAGE),
        "pillars": oracle.units("pipeline/stage_aggregated")[pillars(oracle)],
    }
    for name, table in tables.items():
        expected = oracle.csv(f"multivariate/corr_{name}_{kind}")
        found = audit.correlation_matrix(table, kind=kind)
        ours = [found.loc[row.Var1, row.Var2] for row in expected.itertuples()]
        assert np.allclose(ours, expected["Correlation"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ["pearson", "spearman"])
def test_p_values(oracle: Oracle, kind: str) -> None:
    expected = oracle.csv(f"multivariate/corr_pillars_pvals_{kind}").set_index("v")
    table = oracle.units("pipeline/stage_aggregated")[pillars(oracle)]
    found = audit.correlations(table, kind=kind)
    for row in found.itertuples():
        wanted = expected.loc[row.first, row.second]
        assert row.p_value == pytest.approx(wanted, rel=1e-9, abs=1e-300)
        assert row.p_adjusted >= row.p_value


def test_indicators_and_their_parents(oracle: Oracle) -> None:
    scores = oracle.units("pipeline/stage_aggregated")
    expected = oracle.csv("multivariate/corr_indicator_parent")
    pairs = [(row.Var2, row.Var1) for row in expected.itertuples()]
    found = audit.correlations(scores, kind="pearson", pairs=pairs)
    assert np.allclose(found["correlation"], expected["Correlation"], rtol=0, atol=1e-9)


def test_flags_within_pillars(oracle: Oracle) -> None:
    found = {}
    for node in pillars(oracle):
        for row in audit.correlations(branch(oracle, node), kind="pearson").itertuples():
            found[node, frozenset({row.first, row.second})] = row.correlation
    for name, strong in (("high", lambda r: r > 0.75), ("low", lambda r: r < -0.5)):
        expected = oracle.csv(f"multivariate/corr_flags_{name}")
        wanted = {
            (row.Group, frozenset({row.Ind1, row.Ind2})): row.Corr for row in expected.itertuples()
        }
        ours = {pair: round(r, 3) for pair, r in found.items() if strong(r)}
        assert ours == wanted


def test_alpha(oracle: Oracle) -> None:
    expected = oracle.csv("multivariate/cronbach").set_index("group")
    for node in pillars(oracle):
        raw, standardised = audit.cronbach_alpha(branch(oracle, node))
        assert raw == pytest.approx(expected.loc[node, "alpha_coinr"], abs=1e-9)
        assert raw == pytest.approx(expected.loc[node, "alpha_psych"], abs=1e-9)
        assert standardised == pytest.approx(expected.loc[node, "alpha_std_psych"], abs=1e-9)
        assert len(oracle.framework.children(node)) == expected.loc[node, "k"]
        as_given = branch(oracle, node, "pipeline/stage_raw")
        other = audit.cronbach_alpha(as_given)[1]
        assert other == pytest.approx(expected.loc[node, "alpha_std_raw"], abs=1e-9)


def test_components(oracle: Oracle) -> None:
    expected = oracle.csv("multivariate/pca_eigen")
    for node, rows in expected.groupby("group"):
        eigenvalues, _ = audit.components(branch(oracle, str(node)))
        assert np.allclose(eigenvalues["eigenvalue"], rows["eig"], rtol=0, atol=1e-9)
        assert np.allclose(eigenvalues["share"], rows["prop"], rtol=0, atol=1e-9)
    loadings = oracle.csv("multivariate/pca_pillar_loadings")
    for node, rows in loadings.groupby("group"):
        _, vectors = audit.components(branch(oracle, str(node), "pipeline/stage_aggregated"))
        named = rows.set_index("var").drop(columns="group").dropna(axis=1).loc[vectors.index]
        assert np.allclose(vectors.abs(), named.abs(), rtol=0, atol=1e-9)
    raw = oracle.csv("multivariate/pca_weights").set_index("iCode")["Weight"]
    for node in pillars(oracle):
        _, vectors = audit.components(branch(oracle, node))
        assert np.allclose(vectors[1].abs(), raw.loc[vectors.index].abs(), rtol=0, atol=1e-9)


def test_adequacy_and_sphericity(oracle: Oracle) -> None:
    expected = oracle.csv("multivariate/kmo_bartlett").set_index("group")
    for node in pillars(oracle):
        table = branch(oracle, node)
        assert audit.sampling_adequacy(table) == pytest.approx(expected.loc[node, "KMO"], abs=1e-9)
        chi_square, degrees, p_value = audit.sphericity(table)
        assert chi_square == pytest.approx(expected.loc[node, "bartlett_chisq"], rel=1e-9)
        assert degrees == expected.loc[node, "df"]
        assert p_value == pytest.approx(expected.loc[node, "p"], rel=1e-9)


def test_the_first_component_of_the_better_life_index(oracle: Oracle) -> None:
    scores = oracle.units("compind/bli_norm_minmax")
    eigenvalues, vectors = audit.components(scores)
    standard = (scores - scores.mean()) / scores.std()
    first = standard[list(vectors.index)] @ vectors[1] / np.sqrt(eigenvalues.loc[1, "eigenvalue"])
    expected = oracle.units("compind/bli_factor")["one"].loc[first.index]
    assert np.allclose(first.abs(), expected.abs(), rtol=0, atol=1e-9)


def test_importance_shares_of_the_leaves_sum_to_one(oracle: Oracle) -> None:
    scores = oracle.units("pipeline/stage_aggregated")
    found = audit.importance(scores, oracle.framework, codes=oracle.framework.leaves)
    assert found["covariance_share"].sum() == pytest.approx(1.0, abs=1e-9)
    assert (found["correlation_ratio"].dropna().between(0, 1)).all()
    assert found["effective_weight"].sum() == pytest.approx(1.0, abs=1e-12)
