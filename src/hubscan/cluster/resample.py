"""Bootstrap weights of places: counts drawn anew, the same whatever row order or threads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._check import whole_numbers
from hubscan.cluster._compiled import compiled, inlined, over_stretches, usable_threads

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_GREATEST_MEAN: Final = 256
"""Counts up to this are drawn at once, greater ones as a sum."""

_GUIDES: Final = 256
_GOLDEN: Final = 0x9E3779B97F4A7C15


class Quantiles(NamedTuple):
    """
    Poisson distributions of mean 0 to 256, to be inverted.

    ``at_most[m, k]`` is the probability of k or less at mean m; ``guide[m, j]``, where the search
    begins, is the least k for which that exceeds j / 256.
    """

    at_most: NDArray[np.float64]
    guide: NDArray[np.int16]


def resampled_weights(
    counts: ArrayLike,
    units: ArrayLike,
    *,
    keys: ArrayLike,
    seed: int,
    replicates: range,
    threads: int | None = None,
) -> NDArray[np.int64]:
    r"""
    Return the weights of places after drawing their addresses anew (Poisson bootstrap).

    Every address counts a Poisson(1) number of times, so a place with :math:`n_j` addresses of kind
    j, each of weight :math:`u_j`, weighs :math:`\sum_j u_j N_j` with independent
    :math:`N_j \sim \mathrm{Poisson}(n_j)`. This is the usual bootstrap but for the total, which
    varies by its own standard error.

    Parameters
    ----------
    counts
        Addresses of each place, shape (kinds, places), non-negative integers.
    units
        Weight of an address of each kind, shape (kinds,), non-negative integers.
    keys
        An integer for each place, different for each, such as
        :func:`hubscan.sphere.place_keys`: equal keys draw equal numbers.
    seed
        Any integer of 64 bits.
    replicates
        Numbers of the replicates to draw. A replicate depends on its number and not on which
        others are drawn, so they can be drawn a few at a time.
    threads
        Processors to use; all that the process may use if None.

    Returns
    -------
    weights
        Int64, shape (replicates, places), for
        :meth:`hubscan.cluster.density.Neighbourhood.clusters_by_weighting`.

    Raises
    ------
    InputError
        If a count or unit is not a non-negative integer, or shapes do not match.

    Notes
    -----
    Each number is a function of (seed, replicate, kind, key, count) alone: SplitMix64 as a
    counter-based generator, inverted through the distribution function. Counts above 256 are drawn
    as sums, which is exact. The time grows with places and, slowly, with counts: some thirty
    nanoseconds of a processor for a place, and as much again for every further 256 addresses.

    Examples
    --------
    >>> weights = resampled_weights(
    ...     [[1, 0, 5], [0, 2, 40]], [1000, 147], keys=[11, 12, 13], seed=1, replicates=range(2)
    ... )
    >>> weights.shape
    (2, 3)
    >>> bool((weights[:, 0] % 1000 == 0).all() and (weights[:, 1] % 147 == 0).all())
    True
    """
    listed = whole_numbers(counts, name="counts", dimensions=2, where="resample")
    unit = whole_numbers(units, name="units", shape=listed.shape[:1], where="resample")
    key = whole_numbers(keys, name="keys", shape=listed.shape[1:], least=-(2**63), where="resample")
    streams = np.array(
        [
            [_stream(seed, replicate, kind) for kind in range(len(listed))]
            for replicate in replicates
        ],
        np.uint64,
    ).reshape(len(replicates), len(listed))
    weights = np.zeros((len(replicates), listed.shape[1]), np.int64)
    over_stretches(
        _draw_stretch,
        listed.shape[1],
        (listed, unit, key, streams),
        _quantiles(),
        weights,
        threads=usable_threads() if threads is None else max(1, threads),
    )
    return weights


def _stream(seed: int, replicate: int, kind: int) -> int:
    """Return the 64 bits that tell a replicate and kind of address from all others."""
    state = 0
    for word in (seed, replicate, kind):
        state = _mixed_integer((state + word + _GOLDEN) % 2**64)
    return state


def _mixed_integer(state: int) -> int:
    """Return the output function of SplitMix64, of a Python integer."""
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % 2**64
    return state ^ (state >> 31)


@inlined
def _mixed(state: np.uint64) -> np.uint64:
    """Return the output function of SplitMix64."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@cache
def _quantiles() -> Quantiles:
    """Return the distributions, as far as 53 bits can tell."""
    longest = int(_GREATEST_MEAN + 12 * np.sqrt(_GREATEST_MEAN) + 30)
    number, mean = np.arange(1, longest), np.arange(_GREATEST_MEAN + 1.0)[:, None]
    ratios = np.hstack((np.exp(-mean), mean / number))
    at_most = np.cumprod(ratios, axis=1).cumsum(axis=1)
    at_most[:, -1] = 2.0
    levels = np.arange(_GUIDES) / _GUIDES
    guide = np.array([np.searchsorted(row, levels, side="right") for row in at_most], np.int16)
    return Quantiles(at_most, guide)


@compiled
def _draw_stretch(
    given: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]],
    quantiles: Quantiles,
    weights: NDArray[np.int64],
    begin: int,
    end: int,
) -> None:
    """Add the weights drawn for a stretch of places."""
    counts, units, keys, streams = given
    at_most, guide = quantiles.at_most, quantiles.guide
    for replicate in range(weights.shape[0]):
        for kind in range(counts.shape[0]):
            stream, unit = streams[replicate, kind], units[kind]
            for row in range(begin, end):
                left = counts[kind, row]
                if left == 0:
                    continue
                state = stream ^ _mixed(np.uint64(keys[row]))
                state, drawn = _mixed(state), 0
                while left > 0:
                    mean = min(left, _GREATEST_MEAN)
                    state += np.uint64(_GOLDEN)
                    drawn += _inverted(at_most, guide, mean, _mixed(state))
                    left -= mean
                weights[replicate, row] += unit * drawn


@inlined
def _inverted(
    at_most: NDArray[np.float64], guide: NDArray[np.int16], mean: int, bits: np.uint64
) -> int:
    """Return the Poisson number at the level given by 53 random bits."""
    level = np.float64(bits >> np.uint64(11)) * 2.0**-53
    number = int(guide[mean, int(level * _GUIDES)])
    while at_most[mean, number] <= level:
        number += 1
    return number
