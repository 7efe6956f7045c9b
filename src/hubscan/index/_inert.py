"""Factors that change nothing, and the step that swallows each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.index._blocks import StagedBlocks, table_steps
from hubscan.index._design import cube_points
from hubscan.index._factors import StepLevels
from hubscan.index._runs import root_scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from hubscan.index._factors import Factor
    from hubscan.index._runs import Model
    from hubscan.index.recipe import Recipe

    Array = NDArray[np.float64]

PROBES: Final = 16
"""Settings of one factor tried, the others as in the recipe."""

TOLERANCE: Final = 1e-12
"""Scores that differ by less, relative to the greatest, do not differ."""


def inert_factors(model: Model, factors: Sequence[Factor]) -> Iterator[tuple[str, str]]:
    """
    Yield code and reason of each factor whose settings all give the scores of the first.

    Parameters
    ----------
    model
        The nominal model.
    factors
        Each is tried alone, the others as in the recipe.

    Yields
    ------
    code, reason
        The reason names the step after which its settings are no longer told apart.
    """
    for factor in factors:
        scores = root_scores(model, [factor], _probes(model, factor), workers=1)
        if not _differs(scores):
            yield factor.code, _swallowed(model, factor)


def _probes(model: Model, factor: Factor) -> Array:
    size = factor.size(model.framework)
    if not size:
        width = factor.dimensions(model.framework)
        return cube_points(PROBES, width, sample="sobol", seed=0)
    chosen = np.unique(np.linspace(0, size - 1, min(size, PROBES)).round())
    return ((chosen + 0.5) / size)[:, None]


def _differs(tables: Array) -> bool:
    """Return whether any table of a stack differs from the first."""
    gone = np.isnan(tables)
    if (gone != gone[:1]).any():
        return True
    filled = np.nan_to_num(tables)
    return bool(np.abs(filled - filled[:1]).max() > TOLERANCE * max(1e-300, np.abs(filled).max()))


def _swallowed(model: Model, factor: Factor) -> str:
    """Return which step no longer tells the settings of a factor apart."""
    if not isinstance(factor, StepLevels):
        return "the aggregate step gives the same scores for all its settings"
    recipes = [model.recipe.with_step(level) for level in factor.levels]
    seen = False
    blocks = StagedBlocks(model.table.to_numpy(float)[None], model.table, model.units)
    for place, step in enumerate(table_steps(model.recipe), start=1):
        stages = np.concatenate([_stage(blocks, model, recipe, place) for recipe in recipes])
        differs = _differs(stages)
        if step.step == factor.levels[0].step and not differs:
            return f"its levels give the same table after the {step.step} step"
        if seen and not differs:
            return f"the {step.step} step swallows what its levels differ by"
        seen = seen or differs
    return "the aggregate step gives the same scores for all its levels"


def _stage(blocks: StagedBlocks, model: Model, recipe: Recipe, place: int) -> Array:
    return blocks.after(model.framework, table_steps(recipe)[:place])
