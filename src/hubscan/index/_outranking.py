"""Outranking: how much of the weight says that one unit is better than another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TOLERANCE = 1e-12
"""Outranking within this of one half is a draw: sums of weights carry rounding errors."""


def outranking(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """
    Return o with o[i, j] the weight share of common criteria where i beats j; ties count half.

    The criteria of a pair are those present in both; without any, o = 1/2. The diagonal is 0.

    Parameters
    ----------
    children
        Arrays of shape (..., units); NaN = missing.
    weights
        One for each child, of shape (...,) or (..., 1).

    Returns
    -------
    o
        Shape (..., units, units); o + o transposed = 1 off the diagonal.
    """
    ahead = np.zeros(())
    mass = np.zeros(())
    for child, weight in zip(children, weights, strict=True):
        mine, other = child[..., :, None], child[..., None, :]
        both = ~np.isnan(mine) & ~np.isnan(other)
        share = np.asarray(weight)[..., None]
        ahead = ahead + share * np.where(both, (mine > other) + 0.5 * (mine == other), 0.0)
        mass = mass + share * both
    none = mass == 0
    matrix = np.where(none, 0.5, ahead / np.where(none, 1.0, mass))
    units = matrix.shape[-1]
    matrix[..., np.arange(units), np.arange(units)] = 0.0
    return matrix


def copeland(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the units each unit outranks less those that outrank it; NaN with nothing present."""
    matrix = outranking(children, weights)
    margin = matrix - 0.5
    signs = np.where(np.abs(margin) <= TOLERANCE, 0.0, np.sign(margin))
    units = signs.shape[-1]
    signs[..., np.arange(units), np.arange(units)] = 0.0
    absent = np.all([np.isnan(child) for child in np.broadcast_arrays(*children)], axis=0)
    signs = np.where(absent[..., None, :], 0.0, signs)
    return np.where(absent, np.nan, signs.sum(axis=-1))
