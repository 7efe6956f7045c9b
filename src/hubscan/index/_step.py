"""What every step takes and returns: a block of columns, fitted parameters, a log of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

WARNING_COLUMNS: Final = ("step", "code", "unit", "severity", "message")
"""Columns of a table of warnings."""

CELL_COLUMNS: Final = ("step", "method", "unit", "indicator", "before", "after", "reason")
"""Columns of a table of changed cells."""


class Warned(NamedTuple):
    """One row of a table of warnings: what a step noticed, where, and how grave it is."""

    step: str
    code: str
    unit: str
    severity: str
    message: str


Noticed: TypeAlias = "Callable[[], Sequence[Warned]]"
"""What a step noticed, written when asked for."""


def silent() -> Sequence[Warned]:
    """Return no warnings."""
    return ()


@dataclass(frozen=True)
class Log:
    """
    What a step did: which cells it changed and why, and what it noticed.

    Parameters
    ----------
    step, method
        Names.
    before, after
        Tables of one shape; only cells that differ are reported.
    reason
        Of a changed cell, from its row and column position.
    noticed
        Called for the warnings, so that a step run in bulk does not write them.
    """

    step: str
    method: str
    before: pd.DataFrame
    after: pd.DataFrame
    reason: Callable[[int, int], str]
    noticed: Noticed

    @property
    def cells(self) -> pd.DataFrame:
        """One row per changed cell: step, method, unit, indicator, before, after, reason."""
        before, after = self.before.to_numpy(float), self.after.to_numpy(float)
        changed = (before != after) & ~(np.isnan(before) & np.isnan(after))
        units, codes = list(self.before.index), list(self.before.columns)
        rows = [
            (
                self.step,
                self.method,
                units[i],
                codes[j],
                before[i, j],
                after[i, j],
                self.reason(i, j),
            )
            for i, j in np.argwhere(changed)
        ]
        return pd.DataFrame(rows, columns=list(CELL_COLUMNS))

    @property
    def warnings(self) -> pd.DataFrame:
        """One row per warning: step, code, unit, severity, message."""
        return pd.DataFrame(list(self.noticed()), columns=list(WARNING_COLUMNS))


class Outcome(NamedTuple):
    """What a step returns: its table, what it fitted (by indicator), and its log."""

    table: pd.DataFrame
    fitted: pd.DataFrame
    log: Log


def block(table: pd.DataFrame, framework: Framework, *, step: str) -> Array:
    """
    Return a table as an array, row by row in memory, its columns checked.

    Raises
    ------
    FrameworkError
        If a column is not a leaf of the framework, or holds something infinite.
    """
    leaves = set(framework.leaves)
    lost = [str(code) for code in dict.fromkeys(table.columns) if code not in leaves]
    if lost:
        message = f"{step}: columns that are not leaves of the framework: {', '.join(lost)}"
        raise FrameworkError(message)
    values = np.ascontiguousarray(table.to_numpy(float))
    if np.isinf(values).any():
        row, column = np.argwhere(np.isinf(values))[0]
        cell = f"{table.columns[column]!r} of {table.index[row]!r}"
        message = f"{step}: {cell} is infinite: must be a number or missing"
        raise FrameworkError(message)
    return values


def rebuilt(values: Array, table: pd.DataFrame) -> pd.DataFrame:
    """Return an array with the labels of the table it came from."""
    return pd.DataFrame(values, index=table.index, columns=table.columns)


def by_code(table: pd.DataFrame, **parameters: NDArray[Any]) -> pd.DataFrame:
    """Return fitted parameters, one row per column of the table."""
    return pd.DataFrame(parameters, index=pd.Index(table.columns, name="code"))


def fitted_numbers(
    fitted: pd.DataFrame, table: pd.DataFrame, names: Iterable[str], *, step: str
) -> list[Array]:
    """
    Return fitted parameters for the columns of a table, by code.

    Raises
    ------
    FrameworkError
        If a parameter or a column was not fitted.
    """
    absent = [name for name in names if name not in fitted]
    absent += [str(code) for code in table.columns if code not in fitted.index]
    if absent:
        message = f"{step}: the fitted parameters do not have {', '.join(absent)}"
        raise FrameworkError(message)
    rows = fitted if fitted.index.equals(table.columns) else fitted.loc[list(table.columns)]
    return [rows[name].to_numpy(float) for name in names]
