"""Evaluating a recipe at the points of a design: grouped by what differs, vectorised over runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._blocks import StagedBlocks, table_steps
from hubscan.index._engine import weights_of
from hubscan.index._factors import (
    DataReplicates,
    DirichletWeights,
    FrameworkLevels,
    LeafRemoval,
    StepLevels,
    WeightNoise,
    WeightSets,
    levels_of,
    weighted_codes,
)
from hubscan.index._tree import node_rules, tree_arrays
from hubscan.index.aggregate import METHODS as MEANS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from hubscan.index._factors import Factor
    from hubscan.index._tree import NodeRule
    from hubscan.index.framework import Framework
    from hubscan.index.recipe import Recipe

    Array = NDArray[np.float64]
    Rows = NDArray[np.int64]

CHUNK_RUNS = 512
"""Runs evaluated in one piece: small enough to stay in the cache."""


@dataclass(frozen=True)
class Model:
    """
    What an uncertainty analysis varies around.

    Parameters
    ----------
    table
        Raw values of one period: units by leaves, see :func:`hubscan.index.values.matrix`.
    framework
        The tree.
    recipe
        The steps.
    units
        Attributes of the units, if a step needs them.
    """

    table: pd.DataFrame
    framework: Framework
    recipe: Recipe
    units: pd.DataFrame | None = None


class Variant(NamedTuple):
    """Recipe and framework of one combination of levels, and the leaf left out of it."""

    recipe: Recipe
    framework: Framework
    removed: str


def root_scores(model: Model, factors: Sequence[Factor], points: Array, *, workers: int) -> Array:
    """
    Return the score of every unit at every point.

    Parameters
    ----------
    model
        The nominal model.
    factors
        In the order of the coordinates.
    points
        Shape (runs, coordinates), in [0, 1).
    workers
        Threads; the result does not depend on their number.

    Returns
    -------
    scores
        Shape (runs, units); NaN for a unit without a score.
    """
    coordinates = _coordinates(factors, points, model.framework)
    levels = {
        factor.code: levels_of(coordinates[factor.code][:, 0], factor.size(model.framework))
        for factor in factors
        if factor.size(model.framework)
    }
    data = [factor for factor in factors if isinstance(factor, DataReplicates)]
    nominal = StagedBlocks(model.table.to_numpy(float)[None], model.table, model.units)
    scores = np.full((len(points), len(model.table)), np.nan)

    def fill(task: tuple[Variant, Rows]) -> None:
        variant, rows = task
        blocks, which = nominal, np.zeros(len(rows), np.int64)
        if data:
            chosen, which = np.unique(levels[data[0].code][rows], return_inverse=True)
            blocks = StagedBlocks(data[0].tables[chosen], model.table, model.units)
        part = {code: values[rows] for code, values in coordinates.items()}
        scores[rows] = _variant_scores(variant, factors, blocks, which, part)

    tasks = list(_tasks(model, factors, levels, len(points)))
    if not data:  # fill the cache of stages before threads share it
        for variant in {task[0]: None for task in tasks}:
            nominal.after(variant.framework, table_steps(variant.recipe))
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(fill, tasks))
    return scores


def _coordinates(
    factors: Sequence[Factor], points: Array, framework: Framework
) -> dict[str, Array]:
    """Return the columns of the points that belong to each factor."""
    ends = np.cumsum([factor.dimensions(framework) for factor in factors])
    if len({factor.code for factor in factors}) < len(factors):
        message = "uncertainty: two factors have the same code"
        raise FrameworkError(message)
    if points.shape[1] != (ends[-1] if len(ends) else 0):
        message = f"uncertainty: points of {points.shape[1]} coordinates for factors of {ends[-1]}"
        raise FrameworkError(message)
    parts = np.split(points, ends[:-1], axis=1) if len(ends) else []
    return {factor.code: part for factor, part in zip(factors, parts, strict=True)}


def _tasks(
    model: Model, factors: Sequence[Factor], levels: Mapping[str, Rows], runs: int
) -> Iterator[tuple[Variant, Rows]]:
    """Yield variants with the runs they hold for, in pieces."""
    kinds = (StepLevels, FrameworkLevels, LeafRemoval)
    choosing = [factor for factor in factors if isinstance(factor, kinds)]
    keys = np.array([levels[factor.code] for factor in choosing]).T.reshape(runs, len(choosing))
    unique, group = np.unique(keys, axis=0, return_inverse=True)
    for place, key in enumerate(unique):
        variant = _variant(model, choosing, key)
        rows = np.flatnonzero(group.ravel() == place)
        for start in range(0, len(rows), CHUNK_RUNS):
            yield variant, rows[start : start + CHUNK_RUNS]


def _variant(model: Model, choosing: Sequence[Factor], key: Rows) -> Variant:
    recipe, framework, removed = model.recipe, model.framework, ""
    for factor, level in zip(choosing, key, strict=True):
        if isinstance(factor, StepLevels):
            recipe = recipe.with_step(factor.levels[level])
        elif isinstance(factor, FrameworkLevels):
            framework = factor.levels[level]
        elif isinstance(factor, LeafRemoval) and level:
            removed = factor.leaves[level - 1]
    return Variant(recipe, framework, removed)


def _variant_scores(
    variant: Variant,
    factors: Sequence[Factor],
    blocks: StagedBlocks,
    which: Rows,
    coordinates: Mapping[str, Array],
) -> Array:
    """Return the scores of the runs of one variant."""
    tables = blocks.after(variant.framework, table_steps(variant.recipe))
    weights = _weights(variant, blocks, tables)
    drawn = _drawn_weights(variant.framework, factors, weights[which], coordinates)
    tree = variant.framework.without([variant.removed]) if variant.removed else variant.framework
    places = {code: place for place, code in enumerate(blocks.table.columns)}
    rows = which if len(tables) > 1 else slice(0, 1)
    leaves = {leaf: np.ascontiguousarray(tables[rows, :, places[leaf]]) for leaf in tree.leaves}
    varied = {
        code: drawn[:, place, None]
        for place, code in enumerate(variant.framework.codes)
        if code in tree.codes
    }
    arrays = tree_arrays(leaves, tree, _rules(variant, tree), varied, list(blocks.table.index))
    return np.broadcast_to(arrays[tree.root], (len(which), tables.shape[1]))


def _rules(variant: Variant, tree: Framework) -> dict[str, NodeRule]:
    step = variant.recipe.step("aggregate")
    choice = {
        node: text for node, text in step.parameters["overrides"].items() if node in tree.inner
    }
    return node_rules(
        tree,
        MEANS,
        {"*": step.method} | choice,
        step.parameters["min_coverage"],
        step.parameters["coverage"],
    )


def _weights(variant: Variant, blocks: StagedBlocks, tables: Array) -> Array:
    """Return the nominal weights of each table: shape (tables, codes)."""
    tree = variant.framework
    steps = [step for step in variant.recipe if step.step == "weight"]
    if not steps:
        return np.tile(tree.weights.to_numpy(float), (len(tables), 1))
    rows = []
    for table in tables:
        scores = pd.DataFrame(table, index=blocks.table.index, columns=blocks.table.columns)
        own = tree
        for step in steps:
            own = own.with_weights(weights_of(step, scores, own))
        rows.append(own.weights.to_numpy(float))
    return np.array(rows)


def _drawn_weights(
    tree: Framework,
    factors: Sequence[Factor],
    nominal: Array,
    coordinates: Mapping[str, Array],
) -> Array:
    """Return the weights of each run, shape (runs, codes), after the factors that vary them."""
    weights = nominal.copy()
    places = {code: place for place, code in enumerate(tree.codes)}
    for factor in factors:
        if isinstance(factor, WeightNoise | DirichletWeights):
            here = [places[code] for code in weighted_codes(factor.codes, tree)]
            points = coordinates[factor.code]
            weights[:, here] = factor.weights(weights[:, here], points, tree)
        elif isinstance(factor, WeightSets):
            level = levels_of(coordinates[factor.code][:, 0], factor.sets.shape[1])
            here = [places[str(code)] for code in factor.sets.index]
            weights[:, here] = factor.sets.to_numpy(float).T[level]
    return weights
