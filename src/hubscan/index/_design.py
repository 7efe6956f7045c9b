"""Designs: points of the unit cube that say how the factors of each run are set."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._factors import levels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._factors import Factor
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

SAMPLES: Final = ("sobol", "latin", "random")
"""Ways to spread points: scrambled Sobol', Latin hypercube, independent."""


def cube_points(runs: int, dimensions: int, *, sample: str, seed: int) -> Array:
    """
    Return points spread over the unit cube; the same for the same seed.

    Parameters
    ----------
    runs, dimensions
        Shape of the points.
    sample
        One of `SAMPLES`.
    seed
        Of the scrambling or the draws.

    Returns
    -------
    points
        Shape (runs, dimensions), in [0, 1).

    Raises
    ------
    FrameworkError
        For an unknown way to sample.

    Examples
    --------
    >>> points = cube_points(4, 1, sample="sobol", seed=1)
    >>> sorted((points[:, 0] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    if sample not in SAMPLES:
        message = f"uncertainty: sample {sample!r}: must be one of {', '.join(SAMPLES)}"
        raise FrameworkError(message)
    generator = np.random.default_rng(seed)
    if dimensions == 0:
        return np.empty((runs, 0))
    if sample == "random":
        return generator.random((runs, dimensions))
    from scipy.stats import qmc  # noqa: PLC0415 - an extra; independent points need none

    if sample == "latin":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=generator).random(runs))
    power = int(np.ceil(np.log2(max(runs, 1))))
    return np.asarray(qmc.Sobol(dimensions, rng=generator).random_base2(power)[:runs])


def factor_points(
    factors: Sequence[Factor], framework: Framework, *, runs: int, sample: str, seed: int
) -> Array:
    """Return points with the coordinates of all factors; see :func:`cube_points`."""
    width = sum(factor.dimensions(framework) for factor in factors)
    return cube_points(runs, width, sample=sample, seed=seed)


def chosen_points(factors: Sequence[Factor], framework: Framework, levels: pd.DataFrame) -> Array:
    """
    Return the points that choose given levels, to replay a design.

    Parameters
    ----------
    factors
        All with levels.
    framework
        Of the model.
    levels
        One row per run, one column per factor, by code; levels count from 0.

    Returns
    -------
    points
        Shape (runs, factors): the middle of each level.

    Raises
    ------
    FrameworkError
        If a factor has no column or no levels, or a level does not exist.
    """
    columns = []
    for factor in factors:
        size = factor.size(framework)
        if factor.code not in levels or size == 0:
            message = f"uncertainty: no levels to replay for factor {factor.code!r}"
            raise FrameworkError(message)
        given = levels[factor.code].to_numpy(np.int64)
        if ((given < 0) | (given >= size)).any():
            message = f"uncertainty: factor {factor.code!r} has levels 0 to {size - 1} only"
            raise FrameworkError(message)
        columns.append((given + 0.5) / size)
    points = np.array(columns).T
    for place, factor in enumerate(factors):
        found = levels_of(points[:, place], factor.size(framework))
        if not np.array_equal(found, levels[factor.code].to_numpy(np.int64)):
            message = f"uncertainty: factor {factor.code!r} has too many levels for one coordinate"
            raise FrameworkError(message)
    return points


def crossed_points(first: Array, second: Array, widths: Sequence[int]) -> Array:
    """
    Return rows A, B, then for each factor A with the factor's coordinates of B.

    Parameters
    ----------
    first, second
        A and B, shape (n, coordinates).
    widths
        Coordinates of each factor, in order.

    Returns
    -------
    points
        Shape (n (factors + 2), coordinates).
    """
    ends = np.cumsum([0, *widths])
    mixed = []
    for low, high in pairwise(ends):
        rows = first.copy()
        rows[:, low:high] = second[:, low:high]
        mixed.append(rows)
    return np.concatenate([first, second, *mixed])
