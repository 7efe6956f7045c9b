from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubscan.world.draws import (
    apportioned,
    apportioned_rows,
    cumulated,
    drawn,
    generator,
    stratified,
    systematic,
)
from hubscan.world.teams import team_size, team_sizes

SHARES = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30).filter(lambda x: sum(x) > 1e-3)
SIZES = st.lists(st.integers(0, 9), min_size=1, max_size=20).map(np.array)


@given(SHARES, st.integers(0, 10_000))
def test_apportionment_keeps_the_total_and_stays_within_one_of_the_quota(
    shares: list[float], total: int
) -> None:
    numbers = apportioned(shares, total)
    quota = np.array(shares) / sum(shares) * total
    assert numbers.sum() == total
    assert np.abs(numbers - quota).max() < 1.0 + 1e-6


def test_rows_are_apportioned_one_by_one() -> None:
    shares = np.array([[0.2, 0.5, 0.3], [5.0, 5.0, 1.0]])
    both = apportioned_rows(shares, [7, 13])
    assert both.tolist() == [
        apportioned(shares[0], 7).tolist(),
        apportioned(shares[1], 13).tolist(),
    ]


@given(SIZES, st.integers(0, 5))
def test_each_stratum_of_each_group_holds_one_uniform(sizes: np.ndarray, seed: int) -> None:
    for draw in (stratified, systematic):
        uniforms = draw(generator(seed), sizes)
        for group in np.split(uniforms, np.cumsum(sizes)[:-1]):
            strata = np.floor(np.sort(group) * len(group)).astype(int)
            assert strata.tolist() == list(range(len(group)))


@given(st.floats(0.01, 0.99), st.integers(1, 200), st.integers(0, 5))
def test_systematic_draws_hit_a_part_as_often_as_they_must(
    part: float, size: int, seed: int
) -> None:
    hits = int((systematic(generator(seed), np.array([size])) < part).sum())
    assert abs(hits - part * size) < 1.0 + 1e-9


def test_draws_follow_weights_within_groups() -> None:
    groups = np.array([0, 0, 0, 1, 1])
    table = cumulated([1.0, 0.0, 3.0, 1.0, 1.0], groups)
    even = (np.arange(1000) + 0.5) / 1000
    counts = [np.bincount(drawn(table, np.full(1000, g), even), minlength=5) for g in (0, 1)]
    assert counts[0].tolist() == [250, 0, 750, 0, 0]
    assert counts[1].tolist() == [0, 0, 0, 500, 500]
    assert drawn(table, np.array([0]), np.array([1.0 - 1e-17])).tolist() == [2]


@pytest.mark.parametrize(("mean", "largest"), [(3.213, 150), (3.489, 500)])
def test_team_sizes_have_their_mean_and_a_heavy_tail(mean: float, largest: int) -> None:
    cumulated_sizes = team_sizes(mean=mean, spread=0.7, largest=largest, tail=0.01)
    sizes = team_size(cumulated_sizes, (np.arange(1_000_000) + 0.5) / 1_000_000)
    assert sizes.mean() == pytest.approx(mean, abs=1e-3)
    assert sizes.min() == 1
    assert sizes.max() > 0.95 * largest
    assert (sizes > 50).mean() > 5 * np.exp(-50 / mean)
