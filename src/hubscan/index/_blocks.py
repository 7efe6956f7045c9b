"""The steps of a recipe on many tables at once: replicates of the raw values, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._engine import COLUMNWISE, STEPS, applied_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.index.framework import Framework
    from hubscan.index.recipe import Recipe, Step

    Array = NDArray[np.float64]


class StagedBlocks:
    """
    Tables of leaves after the steps of recipes, each prefix of steps computed once.

    Parameters
    ----------
    raw
        Shape (replicates, units, leaves).
    table
        Gives the labels of units and leaves.
    units
        Attributes of the units.
    """

    def __init__(self, raw: Array, table: pd.DataFrame, units: pd.DataFrame | None) -> None:
        if isinstance(table.index, pd.MultiIndex):
            message = "uncertainty: the values must be of one period"
            raise FrameworkError(message)
        self.table, self.units = table, units
        self._known: dict[tuple[Framework, tuple[Step, ...]], tuple[Array, NDArray[np.bool_]]] = {}
        self._raw = (raw, np.ones(raw.shape[:2], bool))

    def after(self, framework: Framework, steps: tuple[Step, ...]) -> Array:
        """Return the tables after these steps; rows of units screened out are NaN."""
        return self._state(framework, steps)[0]

    def _state(
        self, framework: Framework, steps: tuple[Step, ...]
    ) -> tuple[Array, NDArray[np.bool_]]:
        if not steps:
            return self._raw
        key = (framework, steps)
        if key not in self._known:
            before = self._state(framework, steps[:-1])
            self._known[key] = self._applied(steps[-1], framework, *before)
        return self._known[key]

    def _applied(
        self, step: Step, framework: Framework, blocks: Array, alive: NDArray[np.bool_]
    ) -> tuple[Array, NDArray[np.bool_]]:
        sideways = step.method in COLUMNWISE[step.step] and step.on_error == "raise"
        if len(blocks) > 1 and sideways:
            return self._stacked(step, framework, blocks, alive), alive
        after = np.full(blocks.shape, np.nan)
        kept = np.zeros_like(alive)
        for place, block in enumerate(blocks):
            rows = np.flatnonzero(alive[place])
            part = pd.DataFrame(block, index=self.table.index, columns=self.table.columns)
            out = applied_step(step, part.iloc[rows], framework, self.units, None).table
            where = self.table.index.get_indexer(out.index)
            after[place, where] = out.to_numpy(float)
            kept[place, where] = True
        return after, kept

    def _stacked(
        self, step: Step, framework: Framework, blocks: Array, alive: NDArray[np.bool_]
    ) -> Array:
        """Return the step applied to all tables as one wide table: columns do not meet."""
        number, units, leaves = blocks.shape
        wide = np.ascontiguousarray(blocks.transpose(1, 0, 2)).reshape(units, number * leaves)
        codes = np.tile(self.table.columns.to_numpy(object), number)
        side_by_side = pd.DataFrame(wide, index=self.table.index, columns=codes)
        out = applied_step(step, side_by_side, framework, self.units, None).table.to_numpy(float)
        after = out.reshape(units, number, leaves).transpose(1, 0, 2).copy()
        after[~alive] = np.nan
        return after


def table_steps(recipe: Recipe) -> tuple[Step, ...]:
    """Return the steps of a recipe that work on the table of leaves."""
    return tuple(step for step in recipe if step.step in STEPS)
