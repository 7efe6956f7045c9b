"""Benefit of the doubt: each unit scored with the weights that suit it best."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linprog

from hubscan.errors import FrameworkError
from hubscan.index._means import required, stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TOLERANCE = 1e-10
"""Feasibility tolerance of HiGHS, as tight as it takes them: scores agree to about 1e-12."""

PEER_TOLERANCE = 1e-9
"""A unit is a peer if, under another's weights, it reaches the frontier within this."""


class Frontier(NamedTuple):
    """Solution of the programmes: score (n,), shares (n, criteria), peers (n, n) as booleans."""

    score: Array
    shares: Array
    peers: NDArray[np.bool_]


def frontier(values: Array, lower: float, upper: float) -> Frontier:
    """
    Return max sum w x_i over w >= 0 with sum w x_k <= 1 for all units k, for each unit i.

    Parameters
    ----------
    values
        Shape (units, criteria), >= 0, complete; columns of zeros say nothing.
    lower, upper
        Bounds of the share of each criterion in the unit's own score; 0 and 1 for none.

    Returns
    -------
    frontier
        Score in [0, 1] (0 where a criterion that must have a share is 0), pie shares (not unique
        when several weights reach the same score), and which units stand on the frontier under
        those weights.

    Raises
    ------
    FrameworkError
        If the bounds of the shares contradict each other.
    """
    criteria = values.shape[1]
    if lower * criteria > 1 or upper * criteria < 1:
        message = f"bod: {criteria} shares in [{lower:g}, {upper:g}] cannot sum to 1"
        raise FrameworkError(message)
    scale = np.max(values, axis=0)
    scaled = values / np.where(scale > 0, scale, 1.0)
    solutions = [_best_weights(scaled, unit, lower, upper) for unit in range(len(scaled))]
    weights = np.array(solutions)
    parts = weights * scaled
    score = parts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        shares = parts / score[:, None]
    return Frontier(score, shares, weights @ scaled.T > 1.0 - PEER_TOLERANCE)


def _best_weights(values: Array, unit: int, lower: float, upper: float) -> Array:
    own = values[unit]
    rows, limits = values, np.ones(len(values))
    if lower > 0 or upper < 1:
        part = np.diag(own)
        total = np.tile(own, (len(own), 1))
        rows = np.vstack([values, lower * total - part, part - upper * total])
        limits = np.concatenate([limits, np.zeros(2 * len(own))])
    solution = linprog(
        -own,
        A_ub=rows,
        b_ub=limits,
        method="highs",
        options={
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
        },
    )
    if not solution.success:
        message = f"bod: the programme of unit {unit} was not solved: {solution.message}"
        raise FrameworkError(message)
    return np.asarray(solution.x)


def bod(
    children: Sequence[Array], weights: Sequence[Array], *, lower: float, upper: float
) -> Array:
    """Return benefit-of-the-doubt scores; units with a missing child are NaN and no yardstick."""
    required(children, lambda x: x >= 0, ">= 0")
    values, _ = stacked(children, weights)
    scores = np.full(values.shape[:-1], np.nan)
    for run in np.ndindex(values.shape[:-2]):
        complete = ~np.isnan(values[run]).any(axis=-1)
        if complete.any():
            scores[run][complete] = frontier(values[run][complete], lower, upper).score
    return scores
