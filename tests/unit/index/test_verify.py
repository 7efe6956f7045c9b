from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index import exact_means, verify
from hubscan.index.framework import Framework
from hubscan.index.printed import printed_cells

EDGES = pd.DataFrame({"parent": "0", "child": ["1", "2"], "weight": [".6", ".4"]})


def cells(y: str, a: str, b: str, table: str = "t") -> pd.DataFrame:
    wide = pd.DataFrame({"unit": ["Oslo"], "y": [y], "a": [a], "b": [b]})
    return printed_cells(wide, table=table, nodes={"y": "0", "a": "1", "b": "2"})


def found(
    table: pd.DataFrame, edges: pd.DataFrame = EDGES, method: str = "arithmetic", **kw: object
) -> pd.DataFrame:
    options = {"overrides": {}, "missing": "leave_out"} | kw
    return verify.residuals(table, edges, method=method, **options)


def test_the_bound_is_half_a_unit_of_the_parent_and_weighted_half_units_of_the_children() -> None:
    row = found(cells("72.00", "70.0", "75.0")).iloc[0]
    assert row["computed"] == 72.0
    assert row["bound"] == pytest.approx(0.005 + 0.6 * 0.05 + 0.4 * 0.05, abs=1e-15)
    assert (row["low"], row["high"]) == (71.95, 72.05)


@pytest.mark.parametrize(("y", "inside"), [("72.10", True), ("71.90", True), ("72.11", False)])
def test_a_residual_equal_to_the_bound_is_inside(y: str, inside: bool) -> None:  # noqa: FBT001 - a case
    # children of one decimal, parent of two: the bound is 0.055; with one decimal each it is 0.1
    table = cells(y, "70.0", "75.0")
    table["decimals"] = 1
    assert found(table)["inside"].tolist() == [inside]


def test_floating_point_does_not_decide() -> None:
    # 0.1 + 0.2 against 0.3 printed without rounding room: exact arithmetic finds residual 0
    edges = pd.DataFrame({"parent": "0", "child": ["1", "2"], "weight": 1})
    table = cells("0.30", "0.10", "0.20")
    row = found(table, edges, method="sum").iloc[0]
    assert row["residual"] == 0.0


def test_weights_of_any_scale_are_shares_for_means_and_factors_for_sums() -> None:
    edges = EDGES.assign(weight=[6, 4])
    assert found(cells("72.0", "70.0", "75.0"), edges)["computed"].tolist() == [72.0]
    assert found(cells("720.0", "70.0", "75.0"), edges, "sum")["computed"].tolist() == [720.0]


@pytest.mark.parametrize(
    ("method", "value"), [("geometric", 6.0), ("harmonic", 72 / 13), ("arithmetic", 6.5)]
)
def test_means_other_than_the_arithmetic(method: str, value: float) -> None:
    edges = EDGES.assign(weight=1)
    row = found(cells("6.00", "4.00", "9.00"), edges, method).iloc[0]
    assert row["computed"] == pytest.approx(value, abs=1e-12)
    assert row["low"] < row["computed"] < row["high"]


def test_an_override_changes_one_parent_alone() -> None:
    wide = pd.DataFrame(
        {"unit": ["Oslo"], "t": ["6.25"], "y": ["6.00"], "a": ["4.0"], "b": ["9.0"]}
    )
    table = printed_cells(wide, table="t", nodes={"t": "T", "y": "0", "a": "1", "b": "2"})
    edges = pd.DataFrame(
        {"parent": ["T", "T", "0", "0"], "child": ["0", "1", "1", "2"], "weight": 1}
    )
    rows = found(table, edges, overrides={"0": "geometric"}).set_index("parent")["computed"]
    assert rows["T"] == 5.0
    assert rows["0"] == pytest.approx(6.0)


def test_a_child_that_is_not_printed_is_renormalised_or_left_out_and_said() -> None:
    table = cells("70.0", "70.0", "")
    checked = found(table, missing="renormalise").iloc[0]
    assert (checked["computed"], checked["inside"]) == (70.0, True)
    assert checked["note"] == "not printed: 2"
    left = found(table).iloc[0]
    assert left["note"] == "not printed: 2"
    assert pd.isna(left["inside"])


def test_unknown_methods_and_rules_are_named() -> None:
    with pytest.raises(FrameworkError, match="method = 'mode': must be one of arithmetic"):
        found(cells("1", "1", "1"), method="mode")
    with pytest.raises(FrameworkError, match="missing = 'guess': must be one of renormalise"):
        found(cells("1", "1", "1"), missing="guess")


def test_a_mean_outside_its_domain_is_an_error() -> None:
    with pytest.raises(FrameworkError, match="geometric mean of 0"):
        exact_means.geometric([Fraction(1)], [Fraction(0)])


def test_the_summary_counts_rows_and_gives_a_verdict() -> None:
    table = pd.concat([cells("72.0", "70.0", "75.0"), cells("79.0", "70.0", "75.0", "u")])
    summary = verify.summary(found(table)).set_index("table")
    assert summary["verdict"].to_dict() == {"t": "holds", "u": "fails"}
    assert summary.loc["u", "max_residual"] == 7.0
    assert summary["outside"].tolist() == [0, 1]
    nothing = verify.summary(found(cells("70.0", "70.0", "")))
    assert nothing["verdict"].tolist() == ["not checked"]


def test_cells_outside_come_worst_first() -> None:
    table = pd.concat([cells("79.0", "70.0", "75.0"), cells("65.0", "70.0", "75.0", "u")])
    outside = verify.cells_outside(found(table))
    assert outside["table"].tolist() == ["t", "u"]
    assert outside["times_bound"].tolist() == [70.0, 70.0]
    assert outside["residual"].tolist() == [7.0, -7.0]


def test_printings_agree_within_both_half_units() -> None:
    a = cells("71.5", "70.0", "75.0")
    b = cells("71.46", "70.06", "75.00", "u")
    inside = verify.agreement(pd.concat([a, b])).set_index("node")["inside"].to_dict()
    assert inside == {"0": True, "1": False, "2": True}


def test_a_framework_brings_its_weights_and_its_own_means() -> None:
    tree = Framework.from_parents(
        {"0": "T", "3": "T", "1": "0", "2": "0"},
        weight={"1": 3.0},
        aggregation={"0": "harmonic"},
    )
    wide = pd.DataFrame(
        {
            "unit": ["Oslo"],
            "T": ["5.00"],
            "0": ["4.00"],
            "3": ["6.00"],
            "1": ["3.00"],
            "2": ["12.00"],
        }
    )
    table = printed_cells(wide, table="t", nodes={node: node for node in ("T", "0", "3", "1", "2")})
    rows = verify.tree_residuals(table, tree, method="arithmetic", missing="leave_out")
    # T: (4 + 6) / 2 = 5; 0: 4 / (3/3 + 1/12) = 48/13
    assert rows.set_index("parent")["computed"].to_dict() == pytest.approx({"T": 5.0, "0": 48 / 13})
    assert rows.set_index("parent")["inside"].to_dict() == {"T": True, "0": False}
