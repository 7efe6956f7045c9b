"""Evaluating a recipe at the points of a design: grouped by what differs, vectorised over runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._blocks import StagedBlocks, table_steps
from hubscan.index._engine import STEPS, weights_of
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
    from hubscan.index.recipe import Recipe, Step

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
    nominal = StagedBlocks(model.table.to_numpy(float)[None], model.table, model.units)
    setting = _Setting(model, factors, coordinates, levels, nominal)
    pieces = list(_pieces(setting, len(points)))
    _warmed(setting, pieces)
    scores = np.full((len(points), len(model.table)), np.nan)
    with ThreadPoolExecutor(workers) as pool:
        run = map if workers == 1 else pool.map
        for rows, found in zip(pieces, run(setting.piece_scores, pieces), strict=True):
            scores[rows] = found
    return scores


class _Setting(NamedTuple):
    """A model with the coordinates and levels of every factor in every run."""

    model: Model
    factors: Sequence[Factor]
    coordinates: Mapping[str, Array]
    levels: Mapping[str, Rows]
    nominal: StagedBlocks

    def replicates(self) -> DataReplicates | None:
        """Return the factor that varies the raw values, if there is one."""
        data = [factor for factor in self.factors if isinstance(factor, DataReplicates)]
        if len(data) > 1:
            message = "uncertainty: at most one factor can replace the raw values"
            raise FrameworkError(message)
        return data[0] if data else None

    def piece_scores(self, rows: Rows) -> Array:
        """Return the scores of some runs that share all steps up to the scores of the leaves."""
        blocks, which = self.nominal, np.zeros(len(rows), np.int64)
        data = self.replicates()
        if data is not None:
            chosen, which = np.unique(self.levels[data.code][rows], return_inverse=True)
            blocks = StagedBlocks(data.tables[chosen], self.model.table, self.model.units)
        scores = np.full((len(rows), len(self.model.table)), np.nan)
        for variant, inside in _variants(self, rows):
            part = {code: values[rows[inside]] for code, values in self.coordinates.items()}
            scores[inside] = _variant_scores(variant, self.factors, blocks, which[inside], part)
        return scores


def _warmed(setting: _Setting, pieces: Sequence[Rows]) -> None:
    """Compute the stages that all runs share, before threads share them."""
    if setting.replicates() is None:
        for rows in pieces:
            for variant, _ in _variants(setting, rows[:1]):
                setting.nominal.after(variant.framework, table_steps(variant.recipe))


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


def _pieces(setting: _Setting, runs: int) -> Iterator[Rows]:
    """Yield runs that share all steps up to the scores of the leaves, in pieces."""
    early = [
        factor
        for factor in setting.factors
        if isinstance(factor, FrameworkLevels)
        or (isinstance(factor, StepLevels) and factor.levels[0].step in STEPS)
    ]
    for factor in early:
        if isinstance(factor, FrameworkLevels):
            _same_codes(setting.model.framework, factor)
    for _, rows in _grouped(early, setting.levels, np.arange(runs)):
        for start in range(0, len(rows), CHUNK_RUNS):
            yield rows[start : start + CHUNK_RUNS]


def _same_codes(framework: Framework, factor: FrameworkLevels) -> None:
    for level in factor.levels:
        if level.codes != framework.codes:
            differ = sorted(set(level.codes) ^ set(framework.codes))
            message = f"uncertainty: frameworks of {factor.code!r} differ in {', '.join(differ)}"
            raise FrameworkError(message)


def _grouped(
    factors: Sequence[Factor], levels: Mapping[str, Rows], rows: Rows
) -> Iterator[tuple[Rows, Rows]]:
    """Yield each combination of levels among some runs, and which of them have it."""
    keys = np.array([levels[factor.code][rows] for factor in factors]).T.reshape(len(rows), -1)
    unique, group = np.unique(keys, axis=0, return_inverse=True)
    for place, key in enumerate(unique):
        yield key, np.flatnonzero(group.ravel() == place)


def _variants(setting: _Setting, rows: Rows) -> Iterator[tuple[Variant, Rows]]:
    """Yield recipe and framework of each combination among some runs, with the places of these."""
    kinds = (StepLevels, FrameworkLevels, LeafRemoval)
    choosing = [factor for factor in setting.factors if isinstance(factor, kinds)]
    for key, inside in _grouped(choosing, setting.levels, rows):
        yield _variant(setting.model, choosing, key), inside


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
    tree = _pruned(variant.framework, variant.removed)
    places = {code: place for place, code in enumerate(blocks.table.columns)}
    rows = which if len(tables) > 1 else slice(0, 1)
    leaves = {leaf: np.ascontiguousarray(tables[rows, :, places[leaf]]) for leaf in tree.leaves}
    varied = {
        code: drawn[:, place, None]
        for place, code in enumerate(variant.framework.codes)
        if code in tree.codes
    }
    arrays = tree_arrays(
        leaves,
        tree,
        _rules(variant.recipe.step("aggregate"), tree),
        varied,
        list(blocks.table.index),
    )
    return np.broadcast_to(arrays[tree.root], (len(which), tables.shape[1]))


@lru_cache(maxsize=1024)
def _pruned(framework: Framework, removed: str) -> Framework:
    return framework.without([removed]) if removed else framework


@lru_cache(maxsize=1024)
def _rules(step: Step, tree: Framework) -> dict[str, NodeRule]:
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
