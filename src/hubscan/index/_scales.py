"""What every normalisation shares: directed columns, fitted parameters, constants, the log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._columns import maxima, minima
from hubscan.index._step import (
    Log,
    Outcome,
    Warned,
    block,
    by_code,
    fitted_numbers,
    rebuilt,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._step import Noticed
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

STEP: Final = "normalise"
CONSTANT: Final = ("error", "mid", "lower", "upper", "drop")
"""What to do with an indicator that has one value only."""


@dataclass(frozen=True)
class Directed:
    """A table as an array in which more is always better, with its labels."""

    array: Array
    directions: Array
    table: pd.DataFrame
    method: str

    def outcome(self, scores: Array, fitted: pd.DataFrame, said: str, noticed: Noticed) -> Outcome:
        """Return the outcome of the step; ``said`` is the reason, with names of parameters."""
        after = rebuilt(scores, self.table)
        reason = _Reason(fitted, said, self.table)
        log = Log(STEP, self.method, self.table, after, reason, noticed)
        return Outcome(after, fitted, log)

    def fitted(
        self, given: pd.DataFrame | None, names: Sequence[str], fit: Callable[[], Sequence[Array]]
    ) -> tuple[pd.DataFrame, list[Array]]:
        """Return the parameters as a table and as arrays: those given, or fitted now."""
        if given is not None:
            return given, fitted_numbers(given, self.table, names, step=STEP)
        found = list(fit())
        return by_code(self.table, **dict(zip(names, found, strict=True))), found


def directed(table: pd.DataFrame, framework: Framework, method: str) -> Directed:
    """Return a table multiplied by the directions of its indicators."""
    directions = framework.numbers("direction", table.columns)
    return Directed(block(table, framework, step=STEP) * directions, directions, table, method)


def directed_bounds(framework: Framework, block: Directed) -> tuple[Array, Array]:
    """Return the declared bounds of each column after its direction; NaN where not declared."""
    lower = framework.numbers("lower", block.table.columns) * block.directions
    upper = framework.numbers("upper", block.table.columns) * block.directions
    down = block.directions < 0
    return np.where(down, upper, lower), np.where(down, lower, upper)


def required_column(values: Array, block: Directed, what: str) -> Array:
    """Return declared values, or raise naming the indicators that have none."""
    absent = [str(code) for code, value in zip(block.table, values, strict=True) if value != value]  # noqa: PLR0124 - NaN differs from itself
    if absent:
        message = f"{STEP}, {block.method}: the framework gives no {what} for {', '.join(absent)}"
        raise FrameworkError(message)
    return values


def observed_range(block: Directed) -> tuple[Array, Array]:
    """Return the least and the greatest value of each column."""
    return minima(block.array), maxima(block.array)


def settled(
    scores: Array,
    flat: NDArray[np.bool_],
    block: Directed,
    policy: str,
    levels: tuple[float, float],
) -> tuple[Array, list[Warned]]:
    """
    Return scores with constant columns set as the policy says, and a warning for each.

    Parameters
    ----------
    scores
        Normalised values.
    flat
        Which columns are constant.
    block
        Where they come from.
    policy
        ``error``, ``mid``, ``lower``, ``upper`` or ``drop`` (missing for everyone).
    levels
        The scores that ``lower`` and ``upper`` stand for; ``mid`` is their mean.
    """
    if policy not in CONSTANT:
        message = f"{STEP}: constant = {policy!r}: must be one of {', '.join(CONSTANT)}"
        raise FrameworkError(message)
    noticed = []
    present = ~np.isnan(block.array)
    for place in map(int, np.flatnonzero(flat & present.any(axis=0))):
        code = str(block.table.columns[place])
        found = block.array[present[:, place], place][0] * block.directions[place]
        if policy == "error":
            message = f"{STEP}, {block.method}: {code!r} is {found:g} everywhere: cannot be scaled"
            raise FrameworkError(message)
        text = f"is {found:g} everywhere: scores set by policy {policy!r}"
        noticed.append(Warned(STEP, code, "", "warning", text))
    if not flat.any():
        return scores, noticed
    low, high = levels
    level = {"lower": low, "upper": high, "mid": (low + high) / 2, "drop": np.nan, "error": np.nan}
    return np.where(flat & present, level[policy], scores), noticed


def outside_bounds(scores: Array, levels: tuple[float, float], block: Directed) -> list[Warned]:
    """Return a warning for each score beyond its range: its value lies outside declared bounds."""
    low, high = levels
    slack = 1e-9 * (high - low)
    beyond = np.argwhere((scores < low - slack) | (scores > high + slack))
    return [
        Warned(
            STEP,
            str(block.table.columns[column]),
            str(block.table.index[row]),
            "warning",
            f"score {scores[row, column]:g} lies outside [{low:g}, {high:g}]: "
            f"the value is outside the fitted bounds",
        )
        for row, column in beyond
    ]


class _Reason:
    """Says how a cell was scaled, with the parameters of its column filled in."""

    def __init__(self, fitted: pd.DataFrame, said: str, table: pd.DataFrame) -> None:
        self.fitted, self.said, self.table = fitted, said, table

    @cached_property
    def sentences(self) -> dict[object, str]:
        """One sentence for each column, written when the first is asked for."""
        names = [str(name) for name in self.fitted.columns]
        found = {}
        for code, *numbers in self.fitted.itertuples(name=None):
            filled = {name: f"{x:.12g}" for name, x in zip(names, numbers, strict=True)}
            found[code] = self.said.format(**filled)
        return found

    def __call__(self, row: int, column: int) -> str:
        del row
        return self.sentences[self.table.columns[column]]
