"""Screening, denomination, imputation and ranks against the published package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hubscan.index import denominate, impute, ranks, screen

if TYPE_CHECKING:
    import pandas as pd
    from conftest import Agrees, Oracle


def raw(oracle: Oracle) -> pd.DataFrame:
    return oracle.units("inputs/asem_iData")[list(oracle.framework.leaves)].sort_index()


def test_the_raw_stage(oracle: Oracle, assert_agrees: Agrees) -> None:
    assert_agrees(raw(oracle), oracle.leaves("pipeline/stage_raw"), 0.0)
    assert int(raw(oracle).isna().sum().sum()) == 63


def test_denominated(oracle: Oracle, assert_agrees: Agrees) -> None:
    outcome = denominate.by_denominator(
        raw(oracle), oracle.framework, units=oracle.attributes, scale={}
    )
    assert_agrees(outcome.table, oracle.leaves("pipeline/stage_denominated"))
    per = outcome.fitted["denominator"] != ""
    assert int(per.sum()) == 17


@pytest.mark.parametrize(
    ("name", "method", "group"),
    [
        ("impute/impute_mean", "mean", ""),
        ("impute/impute_median", "median", ""),
        ("impute/impute_median_grp_GDPpc", "group_median", "GDPpc_group"),
        ("pipeline/stage_imputed", "group_mean", "EurAsia_group"),
        ("pipeline/stage_screened", "group_mean", "EurAsia_group"),
        ("impute/impute_row_mean_by_pillar", "branch_mean", ""),
    ],
)
def test_imputed(oracle: Oracle, assert_agrees: Agrees, name: str, method: str, group: str) -> None:
    table = oracle.leaves("pipeline/stage_denominated")
    options: dict[str, object] = {"units": oracle.attributes, "by": group} if group else {}
    if method == "branch_mean":
        options["branches"] = []
    outcome = impute.METHODS[method](table, oracle.framework, **options)
    assert_agrees(outcome.table, oracle.leaves(name))
    seen = table.notna().to_numpy()
    assert np.array_equal(outcome.table.to_numpy()[seen], table.to_numpy()[seen])
    assert len(outcome.log.cells) == int(table.isna().sum().sum())


def test_completeness_of_the_units(oracle: Oracle) -> None:
    expected = oracle.units("pipeline/avail_summary")
    found = screen.summary(raw(oracle), oracle.framework).loc[expected.index]
    columns = {
        "missing": "N_missing",
        "zero": "N_zero",
        "missing_or_zero": "N_miss_or_zero",
        "coverage": "Dat_Avail",
        "non_zero": "Non_Zero",
    }
    for ours, theirs in columns.items():
        assert (found[ours] == expected[theirs]).all()


def test_completeness_of_the_branches(oracle: Oracle) -> None:
    expected = oracle.units("pipeline/avail_bygroup")
    found = screen.coverage(raw(oracle), oracle.framework).loc[expected.index]
    assert np.allclose(found[list(expected)], expected, rtol=0, atol=1e-15)


def test_screened(oracle: Oracle, assert_agrees: Agrees) -> None:
    rule = {"thresholds": {"*": 0.9}, "force_in": [], "force_out": []}
    table = oracle.leaves("pipeline/stage_denominated")
    outcome = screen.by_coverage(table, oracle.framework, **rule)
    assert_agrees(outcome.table, oracle.units("aggregate/missing_stage_screened"))
    assert outcome.table.shape == (46, 49)
    assert int(outcome.table.isna().sum().sum()) == 25
    complete = screen.by_coverage(oracle.leaves("pipeline/stage_imputed"), oracle.framework, **rule)
    summary = oracle.units("pipeline/screen_summary")
    assert complete.fitted["kept"].all()
    assert (summary["Included"].astype(str).str.upper() == "TRUE").all()
    found = screen.summary(oracle.leaves("pipeline/stage_imputed"), oracle.framework)
    wanted = summary.loc[found.index]
    assert (found["zero"] == wanted["N_zero"]).all()
    assert np.allclose(found["non_zero"], wanted["Non_Zero"], rtol=0, atol=1e-15)


def test_ranks(oracle: Oracle) -> None:
    scores = oracle.units("pipeline/stage_aggregated")
    expected = oracle.units("pipeline/results_aggs_ranks")
    found = ranks.ranks(scores, ties="min", tolerance=1e-9)
    assert (found.loc[expected.index, list(expected)] == expected).all().all()
    full = oracle.units("pipeline/results_full_scores")
    table = ranks.ranking(scores, by="Index", columns=["Conn"], ties="min", tolerance=1e-9)
    assert list(table.index) == list(full.index)
    assert (table["rank"] == full["Rank"]).all()


def test_ranks_within_groups(oracle: Oracle) -> None:
    scores = oracle.units("pipeline/stage_aggregated")
    expected = oracle.units("pipeline/results_aggs_groupranks")
    groups = oracle.attributes["GDPpc_group"]
    found = ranks.group_ranks(scores, groups, ties="min", tolerance=1e-9)
    ranked = expected.drop(columns="GDPpc_group")
    assert (found.loc[ranked.index, list(ranked)] == ranked).all().all()


def test_lineage_and_effective_weights(oracle: Oracle) -> None:
    for row in oracle.csv("pipeline/lineage").itertuples(index=False):
        assert oracle.framework.ancestors(row.Indicator) == tuple(row[1:])
    expected = oracle.csv("pipeline/eff_weights").set_index("iCode")["EffWeight"]
    found = oracle.framework.effective_weights
    assert np.allclose(found, expected.loc[found.index], rtol=0, atol=1e-15)


def test_which_indicators_go_with_size(oracle: Oracle) -> None:
    expected = oracle.csv("multivariate/denom_corr")
    found = denominate.correlated_denominators(raw(oracle), oracle.attributes, threshold=0.7)
    strong = {
        (row.indicator, row.denominator): row.correlation
        for row in found[found["denominator"] != "Time"].itertuples()
    }
    wanted = {(row[0], row[1]): row[2] for row in expected.itertuples(index=False)}
    assert set(strong) == set(wanted)
    assert all(abs(strong[pair] - wanted[pair]) <= 1e-9 for pair in wanted)
