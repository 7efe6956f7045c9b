"""Means that look at the balance of the children: Mazziotta-Pareto, mean-min, ordered weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._means import arithmetic, minimum, stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def mpi_plus(children: Sequence[Array], weights: Sequence[Array], *, ddof: float) -> Array:
    """Return M + S cv: imbalance adds, for phenomena where more is worse."""
    mean, penalty = _mean_penalty(children, weights, ddof)
    return mean + penalty


def mpi_minus(children: Sequence[Array], weights: Sequence[Array], *, ddof: float) -> Array:
    """Return M - S cv: imbalance is penalised."""
    mean, penalty = _mean_penalty(children, weights, ddof)
    return mean - penalty


def _mean_penalty(
    children: Sequence[Array], weights: Sequence[Array], ddof: float
) -> tuple[Array, Array]:
    """Return the mean over the present children and S cv = S^2 / M."""
    mean = arithmetic(children, weights)
    spread = arithmetic([(child - mean) ** 2 for child in children], weights)
    count = sum((~np.isnan(child)).astype(float) for child in children)
    with np.errstate(divide="ignore", invalid="ignore"):
        return mean, np.where(count > ddof, spread * count / (count - ddof) / mean, np.nan)


def mean_min(
    children: Sequence[Array], weights: Sequence[Array], *, alpha: float, beta: float
) -> Array:
    """Return M - alpha (sqrt((M - min)^2 + beta^2) - beta): the worst child holds the mean back."""
    mean = arithmetic(children, weights)
    gap = mean - minimum(children, weights)
    return mean - alpha * (np.sqrt(gap**2 + beta**2) - beta)


def owa_top(children: Sequence[Array], weights: Sequence[Array], *, best: float) -> Array:
    """Return the mean of the given number of best children; NaN with fewer present."""
    ordered = _descending(children, weights)
    return _mean_of(ordered[: int(best)], int(best))


def owa_bottom(children: Sequence[Array], weights: Sequence[Array], *, worst: float) -> Array:
    """Return the mean of the given number of worst children; NaN with fewer present."""
    negated = _descending([-child for child in children], weights)
    return -_mean_of(negated[: int(worst)], int(worst))


def owa(children: Sequence[Array], weights: Sequence[Array], **order: float) -> Array:
    """Return sum v_k x_(k), x sorted from best to worst; weights v1, v2, ... sum to 1."""
    ordered = _descending(children, weights)
    shares = [float(order.get(f"v{k}", np.nan)) for k in range(1, len(children) + 1)]
    if len(order) != len(children) or not np.isclose(sum(shares), 1.0, rtol=0, atol=1e-9):
        found = ", ".join(f"{key}={value:g}" for key, value in order.items())
        message = f"owa({found}): needs v1 to v{len(children)}, one a child, with sum 1"
        raise FrameworkError(message)
    return np.asarray(sum(share * child for share, child in zip(shares, ordered, strict=True)))


def _descending(children: Sequence[Array], weights: Sequence[Array]) -> list[Array]:
    """Return the present children of each unit from best to worst, then NaN."""
    values, _ = stacked(children, weights)
    ordered = -np.sort(-values, axis=-1)
    return [ordered[..., k] for k in range(len(children))]


def _mean_of(children: list[Array], count: int) -> Array:
    if not 0 < count <= len(children):
        message = f"ordered mean of {count} children: there are {len(children)}"
        raise FrameworkError(message)
    return np.asarray(sum(children) / count)
