"""Normalisation against the published packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.index import normalise
from hubscan.index.framework import Framework

if TYPE_CHECKING:
    from conftest import Agrees, Oracle

INPUT = "pipeline/stage_treated"


@pytest.mark.parametrize(
    ("name", "method", "parameters"),
    [
        ("pipeline/stage_normalised", "min_max", {"span": (0, 100)}),
        ("normalise/norm_minmax_60_100", "min_max", {"span": (60, 100)}),
        ("normalise/norm_minmax_1_100", "min_max", {"span": (1, 100)}),
        ("normalise/norm_zscore_0_1", "z_score", {"mean": 0, "sd": 1}),
        ("normalise/norm_zscore_10_2", "z_score", {"mean": 10, "sd": 2}),
        ("normalise/norm_rank", "rank", {}),
        ("normalise/norm_borda", "borda", {}),
        ("normalise/norm_prank", "percent_rank", {}),
        ("normalise/norm_dist2max", "distance_to_max", {}),
        (
            "normalise/norm_dist2ref_u5_cap",
            "distance_to_reference",
            {"reference": "BGR", "cap": 1.0},
        ),
        ("normalise/norm_dist2targ_iMeta", "distance_to_target", {"cap": np.inf}),
    ],
)
def test_normalised(
    oracle: Oracle, assert_agrees: Agrees, name: str, method: str, parameters: dict[str, object]
) -> None:
    extra = {"min_max": {"bounds": "observed", "constant": "error"}}
    extra |= {key: {"constant": "error"} for key in ("z_score", "distance_to_max")}
    settings = extra.get(method, {}) | parameters
    table = oracle.leaves(INPUT)
    outcome = normalise.METHODS[method](table, oracle.framework, **settings)
    assert_agrees(outcome.table, oracle.leaves(name))
    again = normalise.METHODS[method](table, oracle.framework, **settings, fitted=outcome.fitted)
    assert again.table.equals(outcome.table)


def directed_bounds(oracle: Oracle, lower: pd.Series[float], upper: pd.Series[float]) -> Framework:
    """Return the framework with bounds given after direction."""
    sign = oracle.framework.directions
    low, high = lower * sign, upper * sign
    down = sign < 0
    table = oracle.framework.with_column("lower", low.where(~down, high))
    return table.with_column("upper", high.where(~down, low))


def test_theoretical_range(oracle: Oracle, assert_agrees: Agrees) -> None:
    codes = list(oracle.framework.leaves)
    tree = directed_bounds(oracle, pd.Series(0.0, codes), pd.Series(100.0, codes))
    outcome = normalise.scaled(oracle.leaves(INPUT), tree, span=(0, 100))
    assert_agrees(outcome.table, oracle.leaves("normalise/norm_scaled_0_100"))


def test_goalposts(oracle: Oracle, assert_agrees: Agrees) -> None:
    table = oracle.leaves(INPUT)
    directed = table * oracle.framework.directions
    lower, upper = directed.quantile(0.1), directed.quantile(0.9)
    upper = upper.where(upper > lower, lower + 1)
    tree = directed_bounds(oracle, lower, upper)
    outcome = normalise.goalposts(table, tree, span=(0, 100))
    assert_agrees(outcome.table, oracle.leaves("normalise/norm_goalposts_q10_q90"))


def test_fraction_of_the_best(oracle: Oracle, assert_agrees: Agrees) -> None:
    table = oracle.leaves(INPUT)
    tree = oracle.framework.with_column("direction", dict.fromkeys(table, 1.0))
    outcome = normalise.fraction_of_max(table - table.min() + 1, tree)
    assert_agrees(outcome.table, oracle.leaves("normalise/norm_fracmax_shifted_min1"))


@pytest.mark.parametrize(
    ("name", "method", "parameters"),
    [
        ("bli_norm_minmax", "min_max", {"span": (0, 1), "bounds": "observed"}),
        ("bli_norm_60_100", "min_max", {"span": (60, 100), "bounds": "observed"}),
        ("bli_norm_z100_10", "z_score", {"mean": 100, "sd": 10}),
    ],
)
def test_the_better_life_index(
    oracle: Oracle, assert_agrees: Agrees, name: str, method: str, parameters: dict[str, object]
) -> None:
    table = oracle.units("compind/data_BLI_2017")
    tree = Framework.from_parents(dict.fromkeys(table, "T"))
    outcome = normalise.METHODS[method](table, tree, constant="error", **parameters)
    assert_agrees(outcome.table, oracle.units(f"compind/{name}"))


def test_missing_values_stay_missing(oracle: Oracle, assert_agrees: Agrees) -> None:
    table = oracle.units("aggregate/missing_stage_treated")[list(oracle.framework.leaves)]
    outcome = normalise.min_max(
        table, oracle.framework, span=(0, 100), bounds="observed", constant="error"
    )
    assert_agrees(outcome.table, oracle.units("aggregate/missing_stage_normalised"))
