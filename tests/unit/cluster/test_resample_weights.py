"""Bootstrap weights: distribution, independence, and what they depend on."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import exp, lgamma, log
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.stats import chi2, poisson

from hubscan.cluster.resample import resampled_weights
from hubscan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACES = 20_000
MASK = 2**64 - 1


def drawn(count: int, *, seed: int = 1, replicates: range = range(2)) -> NDArray[np.int64]:
    counts = np.full((1, PLACES), count)
    keys = np.arange(PLACES) * 360_000_017
    return resampled_weights(counts, [1], keys=keys, seed=seed, replicates=replicates)


@pytest.mark.parametrize("count", [1, 2, 7, 60, 255, 256, 257, 1000, 40_000])
def test_mean_and_variance_are_the_count(count: int) -> None:
    numbers = drawn(count).astype(float).ravel()
    n = len(numbers)
    assert abs(numbers.mean() - count) < 4 * np.sqrt(count / n)
    # the variance of a sample variance is (mu4 - sigma^4) / n, and mu4 = count + 3 count^2
    assert abs(numbers.var() - count) < 4 * np.sqrt((count + 2 * count**2) / n)


@pytest.mark.parametrize("count", [1, 3, 20, 256, 300])
def test_the_distribution_is_poisson(count: int) -> None:
    numbers = drawn(count, replicates=range(5)).ravel()
    lowest, highest = poisson.ppf([0.001, 0.999], count).astype(int)
    bins = np.arange(lowest, highest + 2)
    observed = np.bincount(np.clip(numbers, lowest, highest) - lowest, minlength=len(bins) - 1)
    at_most = poisson.cdf(bins[:-1], count)
    at_most[-1] = 1.0
    expected = np.diff(at_most, prepend=0.0) * len(numbers)
    statistic = ((observed - expected) ** 2 / expected).sum()
    assert chi2.sf(statistic, len(expected) - 1) > 1e-4


def test_places_replicates_kinds_and_seeds_are_independent() -> None:
    counts, keys = np.full((2, PLACES), 4), np.arange(PLACES)
    both = [
        resampled_weights(counts[:1], [1], keys=keys, seed=seed, replicates=range(3))
        for seed in (1, 2)
    ]
    mixed = resampled_weights(counts, [1, 1000], keys=keys, seed=1, replicates=range(1))[0]
    columns = np.array([*both[0], *both[1], np.roll(both[0][0], 1), mixed // 1000])
    correlation = np.corrcoef(columns)[np.triu_indices(len(columns), 1)]
    assert np.abs(correlation).max() < 5 / np.sqrt(PLACES)
    np.testing.assert_array_equal(mixed % 1000, both[0][0])


def mixed(state: int) -> int:
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
    return state ^ (state >> 31)


def by_definition(count: int, key: int, seed: int, replicate: int, kind: int) -> int:
    """Return the number as documented: SplitMix64 of the five, inverted, in sums of 256."""
    stream = 0
    for word in (seed, replicate, kind):
        stream = mixed(stream + word + 0x9E3779B97F4A7C15 & MASK)
    state, total = mixed(stream ^ mixed(key & MASK)), 0
    while count > 0:
        mean = min(count, 256)
        chances = [exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(700)]
        state = state + 0x9E3779B97F4A7C15 & MASK
        total += bisect_right(list(accumulate(chances)), (mixed(state) >> 11) / 2**53)
        count -= mean
    return total


def test_each_number_is_a_function_of_seed_replicate_kind_key_and_count() -> None:
    counts = np.array([[0, 1, 5, 256, 700], [3, 0, 64, 1, 2]])
    keys, units = np.array([3, -9, 2**62, 17, 0]), np.array([1000, 147])
    found = resampled_weights(counts, units, keys=keys, seed=-5, replicates=range(8, 10))
    for row, replicate in enumerate((8, 9)):
        for place in range(5):
            expected = sum(
                int(units[kind])
                * by_definition(int(counts[kind, place]), int(keys[place]), -5, replicate, kind)
                for kind in (0, 1)
            )
            assert found[row, place] == expected


def test_rows_threads_and_the_other_replicates_change_nothing() -> None:
    rng = np.random.default_rng(3)
    counts, keys = rng.integers(0, 40, (2, 5000)), rng.permutation(5000) - 2000
    numbers: dict[str, Any] = {"keys": keys, "seed": 7}
    all_of_them = resampled_weights(counts, [3, 5], replicates=range(6), threads=1, **numbers)
    some = resampled_weights(counts, [3, 5], replicates=range(4, 6), threads=2, **numbers)
    np.testing.assert_array_equal(some, all_of_them[4:])
    order = rng.permutation(5000)
    shuffled = resampled_weights(
        counts[:, order], [3, 5], keys=keys[order], seed=7, replicates=range(6)
    )
    np.testing.assert_array_equal(shuffled, all_of_them[:, order])


def test_nothing_is_drawn_from_nothing() -> None:
    assert drawn(0).max() == 0
    empty = resampled_weights(np.empty((1, 0)), [1], keys=[], seed=1, replicates=range(3))
    assert empty.shape == (3, 0)
    assert drawn(1, replicates=range(0)).shape == (0, PLACES)


@pytest.mark.parametrize(
    ("counts", "units", "keys", "sentence"),
    [
        ([[1, -1]], [1], [1, 2], "resample: counts of row 1 is -1, needed an integer from 0"),
        ([[1, 1]], [1, 1], [1, 2], r"units have shape \(2,\), needed \(1,\)"),
        ([[1, 1]], [1], [1], r"keys have shape \(1,\), needed \(2,\)"),
        ([1, 1], [1], [1, 2], r"counts have shape \(2,\), needed 2 dimensions"),
        ([[0.5, 1.0]], [1], [1, 2], "counts are float64, needed integers"),
    ],
)
def test_refuses_what_cannot_be_drawn(
    counts: list[Any], units: list[int], keys: list[int], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        resampled_weights(counts, units, keys=keys, seed=1, replicates=range(1))
