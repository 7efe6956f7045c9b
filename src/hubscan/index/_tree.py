"""Scores bottom up through a tree, for one set of weights or for a batch of runs at once."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._means import OutsideDomainError, weighted_sums
from hubscan.index._methods import known, parsed_method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

COVERAGE_TOLERANCE = 1e-12
"""Coverage this little below the required share counts as reaching it."""


class NodeRule(NamedTuple):
    """How one node is computed: its method, and the coverage below which it is missing."""

    method: Callable[..., Array]
    parameters: dict[str, float]
    label: str
    min_coverage: float
    coverage: str


def node_rules(
    framework: Framework,
    methods: Mapping[str, Callable[..., Array]],
    choice: Mapping[str, str],
    min_coverage: float,
    coverage: str,
) -> dict[str, NodeRule]:
    """
    Return the rule of every node with children.

    Parameters
    ----------
    framework
        Its ``aggregation`` and ``min_coverage`` columns override the general choice.
    methods
        Registry of methods.
    choice
        Method as text by node; the entry ``*`` is the general one.
    min_coverage
        Share of the children that must be present.
    coverage
        ``count`` or ``weight``: what the share is of.
    """
    if coverage not in {"count", "weight"}:
        message = f"aggregate: coverage {coverage!r}: must be 'count' or 'weight'"
        raise FrameworkError(message)
    lost = sorted(set(choice) - set(framework.inner) - {"*"})
    if lost:
        message = f"aggregate: overrides name {', '.join(lost)}: not a node with children"
        raise FrameworkError(message)
    rules = {}
    labels = framework.texts("aggregation", framework.inner)
    limits = framework.numbers("min_coverage", framework.inner)
    for node, declared, limit in zip(framework.inner, labels, limits, strict=True):
        label = choice.get(node) or declared or choice["*"]
        least = min_coverage if np.isnan(limit) else float(limit)
        rules[node] = NodeRule(*_bound(methods, label, node), label, least, coverage)
    return rules


def _bound(
    methods: Mapping[str, Callable[..., Array]], label: str, node: str
) -> tuple[Callable[..., Array], dict[str, float]]:
    """Return method and parameters of a label, checked against the signature."""
    name, given = parsed_method(label)
    method = known(methods, name, step=f"aggregate, node {node!r}")
    try:
        parameters = {key: float(value) for key, value in given.items()}
        inspect.signature(method).bind((), (), **parameters)
    except (TypeError, ValueError) as error:
        needed = ", ".join(list(inspect.signature(method).parameters)[2:]) or "none"
        message = f"aggregate, node {node!r}: {label!r} takes these numbers: {needed}"
        raise FrameworkError(message) from error
    return method, parameters


def tree_arrays(
    leaves: Mapping[str, Array],
    framework: Framework,
    rules: Mapping[str, NodeRule],
    weights: Mapping[str, Array],
    units: Sequence[object],
) -> dict[str, Array]:
    """
    Return the scores of all nodes.

    Parameters
    ----------
    leaves
        Scores by leaf, of shape (units,) or (runs, units).
    framework
        The tree.
    rules
        By node; see :func:`node_rules`.
    weights
        By code, of shape () or (runs, 1).
    units
        Names, for messages.

    Raises
    ------
    FrameworkError
        Naming node, unit and child: a child outside the domain of a method, weights that sum to 0.
    """
    scores = dict(leaves)
    for node in framework.inner:
        children = framework.children(node)
        try:
            scores[node] = parent_scores(
                [scores[child] for child in children],
                [np.asarray(weights[child], float) for child in children],
                rules[node],
            )
        except OutsideDomainError as fault:
            where = _first(fault.outside, units)
            child = children[fault.child]
            value = np.broadcast_to(scores[child], fault.outside.shape)[fault.outside].flat[0]
            message = (
                f"node {node!r}, {rules[node].label}: child {child!r} of unit {where!r} "
                f"is {value:g}: must be {fault.needed}"
            )
            raise FrameworkError(message) from None
        except ZeroWeightError as fault:
            where = _first(fault.units, units)
            message = f"node {node!r}: the children present in unit {where!r} all have weight 0"
            raise FrameworkError(message) from None
    return scores


class ZeroWeightError(FrameworkError):
    """Units whose present children all have weight 0."""

    def __init__(self, units: NDArray[np.bool_]) -> None:
        super().__init__("aggregate: the present children all have weight 0")
        self.units = units


def parent_scores(children: Sequence[Array], weights: Sequence[Array], rule: NodeRule) -> Array:
    """
    Return the scores of one node from its children; see :func:`tree_arrays`.

    A child of weight 0 counts as absent, in every method.
    """
    counted = [
        np.where(weight == 0, np.nan, child) if np.any(weight == 0) else child
        for child, weight in zip(children, weights, strict=True)
    ]
    lost = _all_missing(counted) & ~_all_missing(children)
    if lost.any():
        raise ZeroWeightError(lost)
    kept = [place for place, weight in enumerate(weights) if np.any(weight != 0)]
    counted, weights = [counted[k] for k in kept], [weights[k] for k in kept]
    try:
        score = rule.method(counted, weights, **rule.parameters)
    except OutsideDomainError as fault:
        raise OutsideDomainError(kept[fault.child], fault.outside, fault.needed) from None
    if rule.min_coverage <= 0 or not any(np.isnan(child).any() for child in counted):
        return score
    share = _coverage(counted, weights, rule.coverage)
    return np.where(share < rule.min_coverage - COVERAGE_TOLERANCE, np.nan, score)


def _coverage(children: Sequence[Array], weights: Sequence[Array], kind: str) -> Array:
    """Return the share of the children that is present, by number or by weight."""
    counted = [np.asarray(weight != 0, float) for weight in weights] if kind == "count" else weights
    present = [np.where(np.isnan(child), np.nan, 1.0) for child in children]
    _, mass = weighted_sums(present, counted)
    return mass / sum(counted)


def _all_missing(children: Sequence[Array]) -> NDArray[np.bool_]:
    missing = np.isnan(children[0])
    for child in children[1:]:
        if not missing.any():
            return np.asarray(missing)
        missing = missing & np.isnan(child)
    return np.asarray(missing)


def _first(outside: NDArray[np.bool_], units: Sequence[object]) -> object:
    """Return the first unit, on the last axis, that is marked anywhere."""
    return units[int(np.argmax(outside.reshape(-1, outside.shape[-1]).any(axis=0)))]
