"""How many addresses documents list: many small teams, few very large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


LARGE: Final = 12
"""Size at which the tail of large teams begins."""


def team_sizes(*, mean: float, spread: float, largest: int, tail: float) -> NDArray[np.float64]:
    """
    Return the cumulated distribution of the number of addresses of a document.

    Sizes follow a lognormal distribution cut into whole numbers from 1, with a Pareto tail of
    index 1 (density falling as the square of the size) from ``LARGE`` upwards.

    Parameters
    ----------
    mean
        Mean number of addresses.
    spread
        Standard deviation of the logarithm.
    largest
        Largest number.
    tail
        Part of the documents that the tail adds.

    Returns
    -------
    cumulated
        Of sizes 1, 2, ...; ``1 + np.searchsorted(cumulated, u, side="right")`` draws a size.

    Examples
    --------
    >>> cumulated = team_sizes(mean=3.2, spread=0.7, largest=120, tail=0.003)
    >>> chance = np.diff(cumulated, prepend=0.0)
    >>> round(float(chance @ np.arange(1, 121)), 6)
    3.2
    """
    sizes = np.arange(1, largest + 1)
    heavy = np.where(sizes >= LARGE, 1.0 / sizes.astype(float) ** 2, 0.0)
    heavy /= heavy.sum()

    def chances(centre: float) -> NDArray[np.float64]:
        light = np.exp(-((np.log(sizes) - centre) ** 2) / (2.0 * spread**2)) / sizes
        return np.asarray((1.0 - tail) * light / light.sum() + tail * heavy)

    low, high = -6.0, 6.0
    for _ in range(80):
        centre = (low + high) / 2.0
        low, high = (centre, high) if chances(centre) @ sizes < mean else (low, centre)
    cumulated = np.cumsum(chances(low))
    cumulated[-1] = 1.0
    return cumulated


def team_size(cumulated: NDArray[np.float64], uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Return the team sizes at given points of their distribution.

    Parameters
    ----------
    cumulated
        From :func:`team_sizes`.
    uniforms
        In [0, 1).

    Returns
    -------
    sizes
        At least 1.

    Examples
    --------
    >>> team_size(np.array([0.5, 0.8, 1.0]), np.array([0.0, 0.6, 0.9]))
    array([1, 2, 3])
    """
    return 1 + np.searchsorted(cumulated, uniforms, side="right")
