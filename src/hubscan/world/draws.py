"""Whole numbers and draws that keep totals: apportionment, stratified uniforms, table look-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import ArrayLike, NDArray


def generator(seed: int, *stream: int) -> Generator:
    """
    Return the random generator of one stream of a seed; streams do not depend on one another.

    Parameters
    ----------
    seed
        The seed of the world.
    stream
        Numbers that name the stream.

    Returns
    -------
    generator

    Examples
    --------
    >>> bool(generator(1, 2).random() == generator(1, 2).random())
    True
    >>> bool(generator(1, 2).random() == generator(1, 3).random())
    False
    """
    return np.random.default_rng(np.random.SeedSequence([seed, *stream]))


def apportioned(shares: ArrayLike, total: int) -> NDArray[np.int64]:
    """
    Return whole numbers in proportion to shares that add up to a total (largest remainders).

    Parameters
    ----------
    shares
        Non-negative, not all zero.
    total
        What the whole numbers add up to.

    Returns
    -------
    numbers
        Each within one of its exact quota; equal remainders favour the earlier.

    Examples
    --------
    >>> apportioned([1.0, 1.0, 2.5], 9)
    array([2, 2, 5])
    """
    quota = np.asarray(shares, float)
    quota = quota * (total / quota.sum())
    numbers = np.floor(quota).astype(np.int64)
    order = np.argsort(numbers - quota, kind="stable")
    numbers[order[: total - int(numbers.sum())]] += 1
    return np.asarray(numbers, np.int64)


def apportioned_rows(shares: NDArray[np.float64], totals: ArrayLike) -> NDArray[np.int64]:
    """
    Return :func:`apportioned` of each row of shares with its own total.

    Parameters
    ----------
    shares
        Array of shape (rows, columns); no row is all zero.
    totals
        One whole number a row.

    Returns
    -------
    numbers
        Array of the shape of ``shares``.

    Examples
    --------
    >>> apportioned_rows(np.array([[1.0, 1.0], [3.0, 1.0]]), [3, 5])
    array([[2, 1],
           [4, 1]])
    """
    whole = np.asarray(totals, np.int64)
    quota = shares * (whole / shares.sum(axis=1))[:, None]
    numbers = np.floor(quota).astype(np.int64)
    order = np.argsort(numbers - quota, axis=1, kind="stable")
    place = np.argsort(order, axis=1, kind="stable")
    return np.asarray(numbers + (place < (whole - numbers.sum(axis=1))[:, None]))


def stratified(rng: Generator, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Return uniforms spread evenly within each of several groups, in random order.

    Every group of m holds exactly one number in each of the intervals [i/m, (i+1)/m), so whatever
    is drawn from them has the right mean in every group, not just on average.

    Parameters
    ----------
    rng
        Generator.
    sizes
        Size of each group; the groups follow one another.

    Returns
    -------
    uniforms
        In [0, 1), one for each member.

    Examples
    --------
    >>> u = stratified(np.random.default_rng(1), np.array([4, 2]))
    >>> sorted((u[:4] * 4).astype(int).tolist()), sorted((u[4:] * 2).astype(int).tolist())
    ([0, 1, 2, 3], [0, 1])
    """
    stratum = _strata(rng, sizes)
    return (stratum + rng.random(len(stratum))) / np.repeat(sizes, sizes)


def systematic(rng: Generator, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Return uniforms at equal steps within each of several groups, in random order.

    As :func:`stratified`, but the steps within a group are all equal: whatever has a part p of a
    group of m is drawn floor(m p) or ceil(m p) times.

    Parameters
    ----------
    rng
        Generator.
    sizes
        Size of each group; the groups follow one another.

    Returns
    -------
    uniforms
        In [0, 1), one for each member.

    Examples
    --------
    >>> u = systematic(np.random.default_rng(1), np.array([4]))
    >>> np.diff(np.sort(u)).round(9).tolist()
    [0.25, 0.25, 0.25]
    """
    phase = np.repeat(rng.random(len(sizes)), sizes)
    return (_strata(rng, sizes) + phase) / np.repeat(sizes, sizes)


def _strata(rng: Generator, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers from 0 within each group, in random order."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.argsort(group + rng.random(len(group)), kind="stable") - start


def cumulated(weights: ArrayLike, groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """
    Return cumulated shares within groups, raised by the number of the group.

    With u in [0, 1), ``np.searchsorted(cumulated(...), group + u, side="right")`` draws a member of
    that group in proportion to its weight.

    Parameters
    ----------
    weights
        Non-negative; every group that is drawn from has a positive one.
    groups
        Number of the group of each, ascending.

    Returns
    -------
    cumulated
        Ascending; the last of group g is g + 1.

    Examples
    --------
    >>> cumulated([1.0, 3.0, 2.0], np.array([0, 0, 1]))
    array([0.25, 1.  , 2.  ])
    """
    weight = np.asarray(weights, float)
    ends = np.flatnonzero(np.append(np.diff(groups) > 0, [True]))
    running = np.cumsum(weight)
    before = np.zeros(int(groups[-1]) + 1)
    before[groups[ends[1:]]] = running[ends[:-1]]
    totals = np.bincount(groups, weight)
    share = (running - before[groups]) / np.where(totals > 0.0, totals, 1.0)[groups]
    share[ends] = 1.0
    return np.asarray(np.clip(share, 0.0, 1.0) + groups)


def drawn(
    cumulated_shares: NDArray[np.float64],
    groups: NDArray[np.int64],
    uniforms: NDArray[np.float64],
) -> NDArray[np.int64]:
    """
    Return the member of its group that each uniform falls on.

    Parameters
    ----------
    cumulated_shares
        From :func:`cumulated`.
    groups
        The group to draw from, one for each draw.
    uniforms
        In [0, 1).

    Returns
    -------
    members
        Positions among the members.

    Examples
    --------
    >>> table = cumulated([1.0, 3.0, 2.0], np.array([0, 0, 1]))
    >>> drawn(table, np.array([0, 0, 1]), np.array([0.1, 0.3, 0.9]))
    array([0, 1, 2])
    """
    just_below = np.nextafter(groups + 1.0, 0.0)
    at = np.minimum(groups + uniforms, just_below)
    return np.asarray(np.searchsorted(cumulated_shares, at, side="right"), np.int64)
