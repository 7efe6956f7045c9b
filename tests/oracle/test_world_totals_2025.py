"""World totals recovered from the published shares, totals and intensities of 2025."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from hubscan.errors import InputError
from hubscan.reference import published
from hubscan.verification import central_totals, feasible_totals
from hubscan.verification.world_totals import INDICATORS, box_and_centre, consistent, equations

if TYPE_CHECKING:
    import pandas as pd


@pytest.fixture
def sizes() -> pd.DataFrame:
    return published("clusters_2025_appendix_table2")


@pytest.fixture
def intensities() -> pd.DataFrame:
    return published("clusters_2025_appendix_table3_intensity")


def test_feasible_intervals(sizes: pd.DataFrame, intensities: pd.DataFrame) -> None:  # A5
    box = feasible_totals(sizes, intensities).set_index("indicator").round(1)
    assert box.loc["patents"].tolist() == [1_309_660.2, 1_309_788.8]
    assert box.loc["publications"].tolist() == [8_197_753.1, 8_202_252.4]
    assert box.loc["deals"].tolist() == [235_191.3, 235_256.7]
    fixture = {"patents": 1_309_724, "publications": 8_199_828, "deals": 235_200}
    for name, total in fixture.items():
        assert box.loc[name, "low"] < total < box.loc[name, "high"]


def test_shares_alone_bound_deals_less(sizes: pd.DataFrame) -> None:  # A5
    low, high = 0.0, np.inf
    for count, share in zip(sizes["vc_deals"], sizes["share_vc"], strict=True):
        # by hand: each printed share bounds the total from both sides
        low = max(low, 100.0 * count / (share + 0.005))
        high = min(high, 100.0 * count / (share - 0.005) if share > 0 else np.inf)
    assert (round(low, 1), round(high, 1)) == (235_191.3, 235_276.8)
    without = sizes.assign(total_share=np.nan)
    box = feasible_totals(without).set_index("indicator")
    assert box.loc["deals"].tolist() == pytest.approx([low, high], rel=1e-9)


def test_the_central_totals_reproduce_every_cell(
    sizes: pd.DataFrame, intensities: pd.DataFrame
) -> None:  # A1, A3
    totals = central_totals(sizes, intensities)
    shares = np.column_stack(
        [100.0 * sizes[count] / totals[name] for name, (count, _) in INDICATORS.items()]
    )
    printed = sizes[[share for _, share in INDICATORS.values()]].to_numpy()
    assert np.abs(shares - printed).max() < 0.005
    assert np.abs(shares.sum(axis=1) - sizes["total_share"]).max() < 0.005
    people = intensities.set_index("cluster")["population"].reindex(sizes["cluster"]).to_numpy()
    printed_intensity = intensities.set_index("cluster")["total_share_per_million"]
    per_head = 1e6 * shares.sum(axis=1) / people
    assert np.abs(per_head - printed_intensity.reindex(sizes["cluster"]).to_numpy()).max() < 0.005
    # unrounded totals are in the printed order
    assert (np.diff(shares.sum(axis=1)) < 0).all()


def test_not_every_corner_of_the_box_is_feasible(sizes: pd.DataFrame) -> None:  # A4
    box = feasible_totals(sizes).set_index("indicator")
    near = {"patents": 1_309_725.0, "publications": 8_200_000.0, "deals": 235_225.0}
    for name, total in near.items():
        assert box.loc[name, "low"] < total < box.loc[name, "high"]
    total = sum(100.0 * sizes[count] / near[name] for name, (count, _) in INDICATORS.items())
    outside = np.abs(total - sizes["total_share"]) >= 0.005
    assert sizes.loc[outside, "cluster"].tolist() == ["Boston–Cambridge"]


def test_misprints_are_left_out_and_do_not_move_the_intervals(
    sizes: pd.DataFrame, intensities: pd.DataFrame
) -> None:
    sizes.loc[3, "pct_applications"] *= 1.1
    sizes.loc[50, "share_vc"] = 9.9
    sizes.loc[60, "share_publications"] += 0.02
    with pytest.raises(InputError, match="no world totals fit"):
        feasible_totals(sizes, intensities)
    given = equations(sizes, intensities)
    kept, fits = consistent(given)
    left_out = given.cells[~fits].sort_values(["cluster", "column"]).to_numpy().tolist()
    assert left_out == [
        ["Beijing", "share_pct"], ["Beijing", "total_share"],
        ["Beijing", "total_share_per_million"], ["Dallas", "share_publications"],
        ["Minneapolis", "share_vc"],
    ]  # fmt: skip
    box, centre = box_and_centre(kept)
    assert box.loc[0, "low"] == pytest.approx(1_309_660.2, abs=0.1)
    assert (box["low"].to_numpy() < centre.to_numpy()).all()
    assert (centre.to_numpy() < box["high"].to_numpy()).all()


def test_the_order_of_rows_changes_nothing(sizes: pd.DataFrame, intensities: pd.DataFrame) -> None:
    mixed = sizes.sample(frac=1.0, random_state=5)
    one, other = feasible_totals(sizes, intensities), feasible_totals(mixed, intensities)
    assert one["low"].tolist() == pytest.approx(other["low"].tolist(), rel=1e-12)


def test_what_is_refused(sizes: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="lacks the columns share_vc"):
        feasible_totals(sizes.drop(columns="share_vc"))
    with pytest.raises(InputError, match="no cluster has a count of deals"):
        feasible_totals(sizes.assign(vc_deals=0.0))
