"""
Means of the children of a node, over any leading axes.

Every function takes the children as a sequence of arrays and their weights as another; arrays
broadcast, the last axis runs over the units, NaN is missing, and weights of missing children are
left out. Children are added one after another, so a result has the same bits alone as in a batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class OutsideDomainError(FrameworkError):
    """A child has values its mean is not defined for; the caller names node and unit."""

    def __init__(self, child: int, outside: NDArray[np.bool_], needed: str) -> None:
        super().__init__(f"aggregate: child {child} must be {needed}")
        self.child, self.outside, self.needed = child, outside, needed


def required(
    children: Sequence[Array], within: Callable[[Array], NDArray[np.bool_]], needed: str
) -> None:
    """Raise for the first child with a present value that is not within the domain."""
    for position, child in enumerate(children):
        outside = ~np.isnan(child) & ~within(child)
        if outside.any():
            raise OutsideDomainError(position, outside, needed)


def weighted_sums(children: Sequence[Array], weights: Sequence[Array]) -> tuple[Array, Array]:
    """Return the sums of w x and of w over the present children."""
    total = np.zeros(())
    mass = np.zeros(())
    for child, weight in zip(children, weights, strict=True):
        absent = np.isnan(child)
        if absent.any():
            total = total + np.where(absent, 0.0, weight * child)
            mass = mass + np.where(absent, 0.0, weight)
        else:
            total = total + weight * child
            mass = mass + weight
    return total, mass


def arithmetic(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the weighted arithmetic mean; NaN where nothing is present."""
    total, mass = weighted_sums(children, weights)
    return _quotient(total, mass)


def geometric(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the weighted geometric mean of positive children."""
    required(children, lambda x: x > 0, "> 0")
    total, mass = weighted_sums([np.log(child) for child in children], weights)
    return np.exp(_quotient(total, mass))


def harmonic(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the weighted harmonic mean of positive children."""
    required(children, lambda x: x > 0, "> 0")
    total, mass = weighted_sums([1.0 / child for child in children], weights)
    return _quotient(mass, total)


def power(children: Sequence[Array], weights: Sequence[Array], *, p: float) -> Array:
    """Return the weighted power mean; the geometric one at p = 0."""
    if p == 0:
        return geometric(children, weights)
    if p < 0:
        required(children, lambda x: x > 0, "> 0")
    else:
        required(children, lambda x: x >= 0, ">= 0")
    total, mass = weighted_sums([child**p for child in children], weights)
    return _quotient(total, mass) ** (1.0 / p)


def minimum(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the worst present child; weights do not count."""
    del weights
    return np.asarray(np.fmin.reduce(np.broadcast_arrays(*children)))


def maximum(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the best present child; weights do not count."""
    del weights
    return np.asarray(np.fmax.reduce(np.broadcast_arrays(*children)))


def median(children: Sequence[Array], weights: Sequence[Array]) -> Array:
    """Return the lower weighted median: the first child that reaches half of the weight."""
    values, masses = stacked(children, weights)
    masses = np.where(np.isnan(values), 0.0, masses)
    order = np.argsort(values, axis=-1, kind="stable")
    values = np.take_along_axis(values, order, axis=-1)
    below = np.cumsum(np.take_along_axis(masses, order, axis=-1), axis=-1)
    half = below[..., -1:] * (0.5 - 1e-12)
    first = np.argmax(below >= half, axis=-1)[..., None]
    return np.asarray(np.take_along_axis(values, first, axis=-1)[..., 0])


def stacked(children: Sequence[Array], weights: Sequence[Array]) -> tuple[Array, Array]:
    """Return children and weights as two arrays of one shape, the children on the last axis."""
    together = np.broadcast_arrays(*children, *weights)
    half = len(children)
    return np.stack(together[:half], axis=-1), np.stack(together[half:], axis=-1)


def _quotient(total: Array, mass: Array) -> Array:
    """Return total / mass, NaN where there is no mass."""
    nothing = mass == 0
    return np.asarray(np.where(nothing, np.nan, total / np.where(nothing, 1.0, mass)))
