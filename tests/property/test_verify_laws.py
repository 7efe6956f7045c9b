from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hubscan.index import infer, verify
from hubscan.index.misprints import misprints
from hubscan.index.printed import effective_edges, printed_cells

FEW = settings(max_examples=12)
LEAVES = ("1.1", "1.2", "2")


@st.composite
def printed_tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    """Return cells rounded from a known tree of two levels, its edges, and the decimals used."""
    weights = draw(st.lists(st.integers(1, 9), min_size=4, max_size=4))
    decimals = {node: draw(st.integers(0, 3)) for node in ("0", "1", *LEAVES)}
    n = draw(st.integers(2, 8))
    scores = draw(
        st.lists(st.tuples(*[st.integers(60_000, 100_000) for _ in LEAVES]), min_size=n, max_size=n)
    )
    edges = pd.DataFrame(
        {"parent": ["0", "0", "1", "1"], "child": ["1", "2", "1.1", "1.2"], "weight": weights}
    )
    rows = []
    for unit, leaves in enumerate(scores):
        true = {leaf: Fraction(value, 1000) for leaf, value in zip(LEAVES, leaves, strict=True)}
        for parent, a, b, wa, wb in (("1", "1.1", "1.2", 2, 3), ("0", "1", "2", 0, 1)):
            wa_, wb_ = weights[wa], weights[wb]
            true[parent] = (wa_ * true[a] + wb_ * true[b]) / (wa_ + wb_)
        texts = {node: f"{float(round(true[node], d)):.{d}f}" for node, d in decimals.items()}
        rows.append({"unit": f"u{unit}"} | texts)
    nodes = {node: node for node in decimals}
    return printed_cells(pd.DataFrame(rows), table="t", nodes=nodes), edges, decimals


def checked(cells: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    return verify.residuals(cells, edges, method="arithmetic", overrides={}, missing="leave_out")


@FEW
@given(printed_tables())
def test_a_table_rounded_from_a_known_tree_holds(
    case: tuple[pd.DataFrame, pd.DataFrame, dict[str, int]],
) -> None:
    cells, edges, decimals = case
    cells["decimals"] = cells["node"].map(decimals)
    assert checked(cells, edges)["inside"].all()
    deep = effective_edges(edges, parent="0", frontier=LEAVES)
    assert checked(cells, deep)["inside"].all()
    assert misprints(cells, edges).empty


@FEW
@given(printed_tables(), st.sampled_from([-1, 1]))
def test_a_parent_moved_by_more_than_two_bounds_fails_and_is_named(
    case: tuple[pd.DataFrame, pd.DataFrame, dict[str, int]], sign: int
) -> None:
    cells, edges, decimals = case
    cells["decimals"] = cells["node"].map(decimals)
    before = checked(cells, edges).query("parent == '0' and unit == 'u0'").iloc[0]
    row = cells.index[(cells["node"] == "0") & (cells["unit"] == "u0")][0]
    step = 10.0 ** -decimals["0"]
    moved = sign * (np.ceil(2.1 * before["bound"] / step) * step)
    cells.loc[row, "printed"] = f"{float(cells.loc[row, 'printed']) + moved:.{decimals['0']}f}"
    outside = verify.cells_outside(checked(cells, edges))
    assert outside[["parent", "unit"]].to_numpy().tolist() == [["0", "u0"]]
    assert "0" in misprints(cells, edges)["node"].tolist()


@FEW
@given(st.lists(st.integers(0, 20), min_size=2, max_size=4), st.integers(0, 1000))
def test_random_multiples_of_a_twentieth_are_recovered_from_fifteen_rounded_rows(
    twentieths: list[int], seed: int
) -> None:
    assume(sum(twentieths[:-1]) <= 20)
    twentieths[-1] = 20 - sum(twentieths[:-1])
    draws = np.random.default_rng(seed)
    children = draws.uniform(60, 100, (15, len(twentieths))).round(2)
    parents = children @ np.array(twentieths) / 20
    wide = pd.DataFrame(
        {"unit": [f"u{row}" for row in range(15)], "y": [f"{y:.2f}" for y in parents]}
    )
    for place in range(len(twentieths)):
        wide[f"x{place}"] = [f"{x:.2f}" for x in children[:, place]]
    nodes = {"y": "P"} | {f"x{place}": f"c{place}" for place in range(len(twentieths))}
    edges = pd.DataFrame(
        {"parent": "P", "child": [f"c{place}" for place in range(len(twentieths))]}
    )
    cells = printed_cells(wide, table="t", nodes=nodes)
    weights, fits = infer.implied_weights(cells, edges, total=1, widest=0.05, max_denominator=20)
    assert [Fraction(text) for text in weights["fraction"]] == [Fraction(k, 20) for k in twentieths]
    assert fits.loc[0, "outside"] == 0
