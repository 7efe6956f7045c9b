from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan import reference
from hubscan.errors import FrameworkError
from hubscan.index import infer, verify
from hubscan.index.printed import printed_cells

TRUE = [0.35, 0.35, 0.30]


def table(weights: list[float], rows: int, decimals: int, seed: int = 7) -> pd.DataFrame:
    """Return printed cells of a parent whose children have the given weights."""
    draws = np.random.default_rng(seed)
    children = np.round(draws.uniform(60, 100, (rows, len(weights))), 4)
    parents = children @ np.array(weights)
    wide = pd.DataFrame({"unit": [f"u{i}" for i in range(rows)]})
    wide["y"] = [f"{value:.{decimals}f}" for value in parents]
    for place in range(len(weights)):
        wide[f"x{place}"] = [f"{value:.{decimals}f}" for value in children[:, place]]
    nodes = {"y": "P"} | {f"x{place}": f"c{place}" for place in range(len(weights))}
    return printed_cells(wide, table="t", nodes=nodes)


def edges(n: int) -> pd.DataFrame:
    return pd.DataFrame({"parent": "P", "child": [f"c{place}" for place in range(n)]})


def inferred(cells: pd.DataFrame, n: int, **options: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    given = {"total": 1.0, "widest": 0.05, "max_denominator": 20} | options
    return infer.implied_weights(cells, edges(n), **given)


def test_weights_are_recovered_exactly_with_bounds_around_them() -> None:
    weights, fits = inferred(table(TRUE, 30, 1), 3)
    assert weights["fraction"].tolist() == ["7/20", "7/20", "3/10"]
    assert weights["status"].tolist() == ["exact"] * 3
    assert (weights["low"] <= TRUE).all()
    assert (weights["high"] >= TRUE).all()
    assert (weights["high"] - weights["low"] < 0.02).all()
    assert fits.loc[0, ["rows", "rank", "outside", "solutions", "excess"]].tolist() == [
        30,
        3,
        0,
        1,
        0,
    ]


def test_the_interval_holds_every_weight_that_fits_and_no_other() -> None:
    # one row, two children: |Y - w X1 - (1 - w) X2| <= h; the interval is known in closed form
    wide = pd.DataFrame({"unit": ["a"], "y": ["80.0"], "p": ["70.0"], "q": ["90.0"]})
    cells = printed_cells(wide, table="t", nodes={"y": "P", "p": "c0", "q": "c1"})
    weights, _ = inferred(cells, 2)
    # 80 = 90 - 20 w within 0.05 + 0.05: w between 0.495 and 0.505
    assert weights["low"].tolist() == pytest.approx([0.495, 0.495], abs=1e-6)
    assert weights["high"].tolist() == pytest.approx([0.505, 0.505], abs=1e-6)


def test_standard_errors_are_those_of_rounding() -> None:
    # the spread of the fitted weights over tables with other roundings, against the formula
    fitted = np.array(
        [inferred(table(TRUE, 30, 1, seed), 3)[0]["fitted"].to_numpy() for seed in range(25)]
    )
    stated = inferred(table(TRUE, 30, 1), 3)[0]["standard_error"].to_numpy()
    assert fitted.std(axis=0, ddof=1) == pytest.approx(stated, rel=0.5)


def test_too_few_rows_are_not_identified_rather_than_guessed() -> None:
    weights, fits = inferred(table(TRUE, 1, 1), 3)
    assert weights["status"].tolist() == ["not identified"] * 3
    assert weights["weight"].isna().all()
    assert fits.loc[0, "verdict"] == "not identified"


def test_children_that_move_together_are_not_identified() -> None:
    wide = pd.DataFrame({"unit": list("abc"), "y": ["70.0", "80.0", "90.0"]})
    wide["p"] = wide["q"] = wide["y"]
    cells = printed_cells(wide, table="t", nodes={"y": "P", "p": "c0", "q": "c1"})
    weights, fits = inferred(cells, 2)
    assert set(weights["status"]) == {"not identified"}
    assert fits.loc[0, "rank"] == 1
    assert np.isinf(fits.loc[0, "condition"])
    assert weights["standard_error"].isna().all()


def test_a_missing_child_makes_the_rest_infeasible() -> None:
    cells = table(TRUE, 30, 2)
    weights, fits = inferred(cells[cells["node"] != "c2"], 2)
    assert set(weights["status"]) == {"infeasible"}
    assert fits.loc[0, "excess"] > 1.0


def test_a_misprint_makes_the_weights_infeasible_by_about_its_size() -> None:
    cells = table(TRUE, 30, 2)
    row = cells.index[cells["node"] == "P"][4]
    cells.loc[row, "printed"] = f"{float(cells.loc[row, 'printed']) + 3:.2f}"
    _, fits = inferred(cells, 3)
    assert 0.5 < fits.loc[0, "excess"] < 3.0
    assert fits.loc[0, "verdict"] == "infeasible"


def test_weights_that_are_no_simple_fractions_are_estimated() -> None:
    weights, fits = inferred(table([0.4123, 0.5877], 30, 3), 2, max_denominator=20)
    assert set(weights["status"]) == {"estimated"}
    assert weights["weight"].tolist() == pytest.approx([0.4123, 0.5877], abs=1e-3)
    assert weights["fraction"].tolist() == ["", ""]
    assert fits.loc[0, "outside"] == 0


def test_hundredths_are_tried_after_simple_fractions() -> None:
    weights, _ = inferred(table([0.37, 0.63], 30, 3), 2)
    assert weights["fraction"].tolist() == ["37/100", "63/100"]


def test_a_weight_of_zero_is_found() -> None:
    weights, _ = inferred(table([0.4, 0.6, 0.0], 30, 2), 3)
    assert weights["fraction"].tolist() == ["2/5", "3/5", "0"]


def test_nothing_is_known_of_the_sum_of_a_total() -> None:
    published = reference.published("clusters_2025_appendix_table2").astype(str)
    wide = published.rename(columns={"cluster": "unit"})
    names = {"total_share": "P", "share_pct": "c0", "share_publications": "c1", "share_vc": "c2"}
    cells = printed_cells(wide, table="gii-2025", nodes=names)
    weights, fits = inferred(cells, 3, total=None)
    assert weights["fraction"].tolist() == ["1", "1", "1"]
    assert fits.loc[0, ["rows", "outside"]].tolist() == [100, 0]
    summed = verify.residuals(
        cells, edges(3).assign(weight=1), method="sum", overrides={}, missing="leave_out"
    )
    assert verify.summary(summed)["verdict"].tolist() == ["holds"]
    assert summed["residual"].abs().max() == pytest.approx(0.01)


def test_a_table_without_a_family_is_an_error() -> None:
    with pytest.raises(FrameworkError, match="no table prints a parent with all its children"):
        inferred(table(TRUE, 5, 1), 4)


def test_the_order_of_rows_changes_nothing() -> None:
    cells = table(TRUE, 30, 1)
    a = inferred(cells, 3)[0].set_index("child")
    b = inferred(cells.sample(frac=1, random_state=1), 3)[0].set_index("child")
    assert a["fraction"].to_dict() == b["fraction"].to_dict()
    assert a["low"].to_numpy() == pytest.approx(b["low"].to_numpy(), abs=1e-6)
