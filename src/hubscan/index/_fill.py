"""What every imputation shares: observed cells untouched, the log, and the branches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._step import Log, Outcome, Warned, rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

STEP: Final = "impute"


def filled(
    table: pd.DataFrame,
    values: Array,
    guesses: Array,
    fitted: pd.DataFrame,
    said: tuple[str, Callable[[int, int], str]],
) -> Outcome:
    """Return the outcome with guesses in the missing cells only; warns of cells still missing."""
    method, reason = said
    complete = np.where(np.isnan(values), guesses, values)
    after = rebuilt(complete, table)

    def noticed() -> list[Warned]:
        return list(_still_missing(complete, table, method))

    return Outcome(after, fitted, Log(STEP, method, table, after, reason, noticed))


def _still_missing(complete: Array, table: pd.DataFrame, method: str) -> Iterator[Warned]:
    for row, column in np.argwhere(np.isnan(complete)):
        message = f"{method} has nothing to impute from: the cell stays missing"
        code, unit = str(table.columns[column]), str(table.index[row])
        yield Warned(STEP, code, unit, "warning", message)


def groups_of(table: pd.DataFrame, units: pd.DataFrame, by: str) -> pd.Series[str]:
    """
    Return the group of each row, NaN without one.

    Raises
    ------
    FrameworkError
        If there is no such column of attributes.
    """
    if by not in units:
        message = f"{STEP}: the units have no column {by!r}; there are {list(map(str, units))}"
        raise FrameworkError(message)
    return units[by].reindex(table.index)


def branches_of(
    table: pd.DataFrame, framework: Framework, branches: Sequence[str]
) -> list[list[int]]:
    """
    Return the column positions that belong together: those below one of the given nodes.

    Leaves below none of them belong to their parent; without nodes, all do.
    """
    groups: dict[str, list[int]] = {}
    for place, code in enumerate(table.columns):
        line = framework.ancestors(str(code))
        home = next((node for node in line if node in branches), line[0])
        groups.setdefault(home, []).append(place)
    lost = sorted(set(branches) - set(framework.inner))
    if lost:
        message = f"{STEP}: branches name {', '.join(lost)}: not a node with children"
        raise FrameworkError(message)
    return list(groups.values())


def years_of(table: pd.DataFrame, method: str) -> tuple[list[str], Array]:
    """
    Return unit and year of each row of a panel.

    Raises
    ------
    FrameworkError
        If the rows are not indexed by period and unit, or a period is not a year.
    """
    if not isinstance(table.index, pd.MultiIndex):
        message = f"{STEP}, {method}: needs values of several periods, indexed by period and unit"
        raise FrameworkError(message)
    years = pd.to_numeric(pd.Series(table.index.get_level_values(0)), errors="coerce")
    if years.isna().any():
        message = f"{STEP}, {method}: periods must be years"
        raise FrameworkError(message)
    return list(map(str, table.index.get_level_values(1))), years.to_numpy(float)
