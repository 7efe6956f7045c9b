"""Densities found by scanning: against a membership made at each threshold in turn."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from hubscan.cluster import density_used, membership, threshold
from hubscan.errors import InputError
from hubscan.sphere import place_keys

DENSITY: dict[str, Any] = {
    "shaped_by": ["patents", "publications"],
    "density_basis": "inventor",
    "totals_basis": "geocoded",
    "min_weight": 100.0,
    "min_share": None,
    "radius_km": 15.0,
    "border_rule": "nearest_core",
    "include_self": True,
}
# one row of places on the equator, a little less than 0.1 degrees (11.1 km) apart
WORLD = pd.DataFrame({"indicator": ["patents", "publications"], "unit": 1, "located": [1000, 5000]})


def addresses(longitudes: list[float], patents: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": "patents",
            "place": place_keys(np.zeros(len(longitudes)), longitudes),
            "economy": "KE",
            "denominator": 1,
            "addresses": patents,
        }
    )


def used(table: pd.DataFrame, density: dict[str, Any], **changes: Any) -> dict[str, float | None]:  # noqa: ANN401 - values of parameters
    choice = {"rule": "scan", "target_clusters": 2, "scan_step": 0.1} | changes
    return threshold(density_used(table, WORLD, density=density, **choice))


def clusters_at(table: pd.DataFrame, density: dict[str, Any]) -> int:
    """Return how many clusters a membership has; none if it says that there are none."""
    try:
        return int(membership(table, WORLD, **density)["cluster"].max())
    except InputError:
        return 0


def by_trial(
    table: pd.DataFrame, density: dict[str, Any], name: str, *, target: int, step: float
) -> float | None:
    """Return the first of the thresholds that gives enough clusters, by trying each."""
    first, k = float(density[name]), 0
    # below the least weight of a place, every place is core
    while (value := first * (1 - step) ** k) > first / 200:
        tried = float(f"{value:.6g}") if k else first
        if clusters_at(table, density | {name: tried}) >= target:
            return tried
        k += 1
    return None


def test_a_given_density_is_used_as_it_is() -> None:
    table = addresses([0.0], [5])
    assert used(table, DENSITY, rule="given") == {"min_weight": 100.0, "min_share": None}
    share = DENSITY | {"min_weight": None, "min_share": 0.0010705104812492715}
    assert used(table, share, rule="given") == {
        "min_weight": None, "min_share": 0.0010705104812492715,
    }  # fmt: skip


def test_a_threshold_that_gives_enough_clusters_is_not_touched() -> None:
    table = addresses([0.0, 10.0], [500, 400])
    share = DENSITY | {"min_weight": None, "min_share": 0.12345678901}
    assert used(table, share) == {"min_weight": None, "min_share": 0.12345678901}


def test_the_threshold_is_lowered_step_by_step() -> None:
    # 100, 90, 81, 72.9, 65.61, 59.049: the second cluster has 60 inventors
    table = addresses([0.0, 10.0], [120, 60])
    assert used(table, DENSITY) == {"min_weight": 59.049, "min_share": None}
    assert used(addresses([0.0, 10.0], [120, 59]), DENSITY)["min_weight"] == 53.1441


def test_six_digits_are_kept() -> None:
    # 100 * 0.97 ** 9 = 76.02310586...
    table = addresses([0.0, 10.0], [120, 77])
    assert used(table, DENSITY, scan_step=0.03)["min_weight"] == 76.0231


def test_the_number_of_clusters_may_fall_again() -> None:
    # the ends reach 41, their neighbours 42, the middle 3: when it becomes core it joins both sides
    table = addresses([0.0, 0.13, 0.26, 0.39, 0.52], [40, 1, 1, 1, 40])
    numbers = [clusters_at(table, DENSITY | {"min_weight": value}) for value in (43.0, 42.0, 3.0)]
    assert numbers == [0, 2, 1]
    assert used(table, DENSITY)["min_weight"] == 38.742
    assert used(table, DENSITY, target_clusters=1)["min_weight"] == 38.742
    # a stride that is too long passes over the window
    with pytest.raises(InputError, match="no density gives 2 clusters: the region holds 5 places"):
        used(table, DENSITY, scan_step=0.98)


@settings(max_examples=15)
@given(
    patents=st.lists(st.integers(1, 130), min_size=1, max_size=7),
    gaps=st.lists(st.sampled_from([0.05, 0.1, 0.13, 0.5]), min_size=7, max_size=7),
    target=st.integers(1, 4),
    step=st.sampled_from([0.1, 0.2, 0.5]),
)
def test_scanning_is_trying_each_threshold(
    patents: list[int], gaps: list[float], target: int, step: float
) -> None:
    table = addresses(np.cumsum(gaps)[: len(patents)].tolist(), patents)
    expected = by_trial(table, DENSITY, "min_weight", target=target, step=step)
    try:
        found = used(table, DENSITY, target_clusters=target, scan_step=step)["min_weight"]
    except InputError:
        found = None
    assert found == expected


@pytest.mark.parametrize("basis", ["inventor", "half", "pooled"])
def test_shares_are_scanned_as_weights_are(basis: str) -> None:
    table = addresses([0.0, 10.0, 20.0], [120, 61, 33])
    density = DENSITY | {"density_basis": basis, "min_weight": None, "min_share": 0.1}
    found = used(table, density, target_clusters=3, scan_step=0.2)
    # 0.1 * 0.8 ** 5 = 0.032768 <= 33 / 1000 < 0.04096
    assert found == {"min_weight": None, "min_share": 0.032768}
    assert found["min_share"] == by_trial(table, density, "min_share", target=3, step=0.2)


def test_the_density_found_gives_the_clusters_wanted() -> None:
    rng = np.random.default_rng(50)
    table = addresses((np.arange(60) * 2.0 - 60.0).tolist(), rng.integers(1, 60, 60).tolist())
    found = used(table, DENSITY, target_clusters=50, scan_step=0.01)
    assert clusters_at(table, DENSITY | found) >= 50
    assert found["min_weight"] is not None
    assert clusters_at(table, DENSITY | {"min_weight": found["min_weight"] / 0.99}) < 50


def test_the_order_of_rows_changes_nothing() -> None:
    table = addresses([0.0, 10.0, 20.0], [120, 61, 33])
    mixed = table.sample(frac=1.0, random_state=3)
    assert used(mixed, DENSITY, target_clusters=3) == used(table, DENSITY, target_clusters=3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rule": "guess"}, "density = 'guess': must be one of given, scan"),
        ({"scan_step": 0.0}, r"scan_step = 0\.0: must be greater than 0 and less than 1"),
        ({"scan_step": 1.0}, r"scan_step = 1\.0: must be greater than 0 and less than 1"),
        ({"target_clusters": 9}, r"holds 1 places; ask for fewer clusters with regional\.target"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        used(addresses([0.0], [5]), DENSITY, **changes)
