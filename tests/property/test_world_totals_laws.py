"""Laws of inferring world totals and of holding tables against each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from hubscan.verification.rank_checks import rank_bounds
from hubscan.verification.rounding import half_units
from hubscan.verification.world_totals import INDICATORS, box_and_centre, consistent, equations

SEEDS = st.integers(0, 2**32 - 1)


def a_world(seed: int, clusters: int = 30) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return a published table of sizes made from true world totals, and these."""
    rng = np.random.default_rng(seed)
    totals = {name: float(rng.uniform(1e5, 1e7)) for name in INDICATORS}
    table = pd.DataFrame({"cluster": [f"City {place}" for place in range(clusters)]})
    total = np.zeros(clusters)
    for name, (count, share) in INDICATORS.items():
        counts = totals[name] * rng.dirichlet(np.full(clusters + 20, 0.5))[:clusters]
        table[count] = [float(f"{float(f'{each:.6g}'):.2f}") for each in counts]
        shares = 100.0 * table[count] / totals[name]
        table[share] = shares.round(2)
        total += shares.to_numpy()
    return table.assign(total_share=total.round(2)), totals


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_true_totals_lie_in_the_box_and_the_centre_fits_all(seed: int) -> None:
    table, totals = a_world(seed)
    kept, fits = consistent(equations(table))
    assert fits.all()
    box, centre = box_and_centre(kept)
    bounds = box.set_index("indicator")
    for name, total in totals.items():
        assert (
            bounds.loc[name, "low"] * (1 - 1e-9) <= total <= bounds.loc[name, "high"] * (1 + 1e-9)
        )
        assert bounds.loc[name, "low"] <= centre[name] <= bounds.loc[name, "high"]
    residual = kept.matrix @ (1.0 / centre.to_numpy()) - kept.printed
    assert (np.abs(residual) <= kept.half * (1 + 1e-6)).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(0, 29), st.sampled_from(list(INDICATORS)), st.floats(1.0, 30.0))
def test_one_wrong_share_is_the_one_left_out(
    seed: int, row: int, indicator: str, excess: float
) -> None:
    table, _ = a_world(seed)
    share = INDICATORS[indicator][1]
    table.loc[row, share] += excess
    given_equations = equations(table)
    _, fits = consistent(given_equations)
    out = given_equations.cells[~fits].to_numpy().tolist()
    assert out == [[f"City {row}", share]]


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 5)), min_size=1, max_size=40))
def test_bounds_of_ranks_hold_the_true_rank(rows: list[tuple[float, float]]) -> None:
    low = np.array([value for value, _ in rows])
    high = low + np.array([width for _, width in rows])
    best, worst = rank_bounds(low, high)
    assert (best <= worst).all()
    for true in (low, high, (low + high) / 2):
        ranks = 1 + np.array([(true > each).sum() for each in true])
        assert (best <= ranks).all()
        assert (ranks <= worst).all()


@given(st.floats(1.0, 9e8))
def test_a_printed_count_lies_within_half_a_unit_of_what_is_counted(count: float) -> None:
    printed = float(f"{float(f'{count:.6g}'):.2f}")
    half = half_units([printed], form="count")[0]
    # twice rounded: below a thousand the two decimals are the coarser rounding
    assert abs(count - printed) <= half * (1 + 1e-6) + (0.005 if count < 1000 else 0.0)
