"""Weights found by optimisation of the correlations between nodes and the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint, minimize
from scipy.stats import qmc

from hubscan.errors import FrameworkError
from hubscan.index._tree import tree_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from hubscan.index._tree import NodeRule
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

STARTS_LOG2 = 2
"""Binary logarithm of the number of spread starting points."""

STEP = 1e-6
"""Step of the finite differences."""


class Problem(NamedTuple):
    """Scores of the leaves, the tree with its rules, and the nodes whose weights are sought."""

    leaves: Mapping[str, Array]
    framework: Framework
    rules: Mapping[str, NodeRule]
    codes: tuple[str, ...]


def correlations_with_root(problem: Problem, weights: Array) -> Array:
    """
    Return the correlation of each sought node with the index.

    Parameters
    ----------
    problem
        See :class:`Problem`.
    weights
        Shape (runs, codes).

    Returns
    -------
    correlations
        Shape (runs, codes), over the units that have both scores.
    """
    tree = problem.framework
    given = {code: np.array(tree.weights[code]) for code in tree.codes}
    for place, code in enumerate(problem.codes):
        given[code] = weights[:, place, None]
    units = list(range(len(next(iter(problem.leaves.values())))))
    scores = tree_arrays(problem.leaves, tree, problem.rules, given, units)
    root = np.broadcast_to(scores[tree.root], (len(weights), len(units)))
    columns = [np.broadcast_to(scores[code], root.shape) for code in problem.codes]
    return np.stack([_correlation(column, root) for column in columns], axis=1)


def _correlation(first: Array, second: Array) -> Array:
    common = ~np.isnan(first) & ~np.isnan(second)
    number = common.sum(axis=1, keepdims=True)
    a, b = (np.where(common, x, 0.0) for x in (first, second))
    a = np.where(common, a - a.sum(axis=1, keepdims=True) / number, 0.0)
    b = np.where(common, b - b.sum(axis=1, keepdims=True) / number, 0.0)
    norm = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.where(norm > 0, norm, np.inf))


def optimised_weights(problem: Problem, loss: Callable[[Array], Array]) -> Array:
    """
    Return the weights, non-negative and of sum 1 within siblings, of the least loss found.

    The loss maps correlations (runs, codes) to (runs,). Sequential quadratic programming from
    equal weights, from each weight raised, and from points spread evenly; the first of equally
    good results counts, so the answer does not depend on chance.
    """
    groups = _sibling_groups(problem)

    def value(points: Array) -> Array:
        return loss(correlations_with_root(problem, points))

    def gradient(point: Array) -> Array:
        moves = point + STEP * np.eye(len(point))
        back = np.maximum(point - STEP * np.eye(len(point)), 0.0)
        run = (moves - back).diagonal()
        ends = value(np.concatenate([moves, back]))
        return (ends[: len(point)] - ends[len(point) :]) / run

    sums = LinearConstraint(np.array(groups, float), 1.0, 1.0)
    best, least = None, np.inf
    for start in _starts(groups):
        found = minimize(  # type: ignore[call-overload]  # the stubs want arrays typed by dimension
            lambda point: float(value(point[None, :])[0]),
            start,
            jac=gradient,
            method="SLSQP",
            bounds=[(0.0, 1.0)] * len(start),
            constraints=sums,
            tol=1e-14,
            options={"maxiter": 500},
        )
        point = _onto_simplices(found.x, groups)
        reached = float(value(point[None, :])[0])
        if reached < least - 1e-12:
            best, least = point, reached
    if best is None:
        message = "weight: the correlations with the index are not defined"
        raise FrameworkError(message)
    return best


def _sibling_groups(problem: Problem) -> list[NDArray[np.bool_]]:
    parents = [problem.framework.parent(code) for code in problem.codes]
    for parent in dict.fromkeys(parents):
        missing = set(problem.framework.children(parent)) - set(problem.codes)
        if missing:
            message = (
                f"weight: {', '.join(sorted(missing))} must be optimised with the other "
                f"children of {parent!r}: weights are identified among all siblings only"
            )
            raise FrameworkError(message)
    return [np.array([p == parent for p in parents]) for parent in dict.fromkeys(parents)]


def _starts(groups: Sequence[NDArray[np.bool_]]) -> list[Array]:
    width = len(groups[0])
    equal = np.ones(width)
    raised = [equal + 4.0 * np.eye(width)[k] for k in range(width)]
    spread = qmc.Sobol(width, scramble=False).random_base2(STARTS_LOG2)[1:]
    return [_onto_simplices(start, groups) for start in [equal, *raised, *spread]]


def _onto_simplices(point: Array, groups: Sequence[NDArray[np.bool_]]) -> Array:
    kept = np.maximum(point, 0.0)
    for group in groups:
        kept[group] /= kept[group].sum()
    return kept
