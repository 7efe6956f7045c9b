"""Normalisation by distance: to the best, to a reference unit, to a target, from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._columns import maxima, minima
from hubscan.index._scales import STEP, directed, observed_range, required_column, settled
from hubscan.index._step import silent

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._scales import Directed
    from hubscan.index._step import Outcome
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]


def distance_to_max(
    table: pd.DataFrame,
    framework: Framework,
    *,
    constant: str,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return 1 - (max - x) / (max - min): 1 for the best unit, 0 for the worst.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions.
    constant
        For an indicator with one value: ``error``, ``mid``, ``lower``, ``upper``, ``drop``.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``maximum`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        For a constant indicator under ``error``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, 2.0, 5.0]}, index=["A", "B", "C"])
    >>> tree = Framework.from_parents({"x": "T"})
    >>> distance_to_max(raw, tree, constant="error").table["x"].to_dict()
    {'A': 0.0, 'B': 0.25, 'C': 1.0}
    """
    block = directed(table, framework, "distance_to_max")
    names = ("minimum", "maximum")
    fitted, (low, high) = block.fitted(fitted, names, lambda: observed_range(block))
    flat = ~(high > low)
    scores = 1.0 - (high - block.array) / np.where(flat, 1.0, high - low)
    scores, noticed = settled(scores, flat, block, constant, (0.0, 1.0))
    return block.outcome(scores, fitted, "distance to {maximum} over the range", lambda: noticed)


def distance_to_reference(
    table: pd.DataFrame,
    framework: Framework,
    *,
    reference: str,
    cap: float,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return 1 - (ref - x) / (ref - min): 1 for the reference unit, more for better ones.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions.
    reference
        The reference unit, by code.
    cap
        Greatest score; ``inf`` for none.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``reference`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        If the unit is not in the table, has a missing value, or is itself the worst.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, 3.0, 5.0]}, index=["A", "B", "C"])
    >>> tree = Framework.from_parents({"x": "T"})
    >>> distance_to_reference(raw, tree, reference="B", cap=1).table["x"].to_dict()
    {'A': 0.0, 'B': 1.0, 'C': 1.0}
    """
    block = directed(table, framework, "distance_to_reference")
    names = ("minimum", "reference")
    fitted, (low, ref) = block.fitted(fitted, names, lambda: _reference(block, reference))
    scores = np.minimum(1.0 - (ref - block.array) / (ref - low), cap)
    return block.outcome(scores, fitted, f"distance to {{reference}}, unit {reference}", silent)


def _reference(block: Directed, unit: str) -> tuple[Array, Array]:
    places = [place for place, label in enumerate(block.table.index) if label == unit]
    if len(places) != 1:
        message = f"{STEP}: reference unit {unit!r} stands in {len(places)} rows: must be in one"
        raise FrameworkError(message)
    low, ref = minima(block.array), block.array[places[0]]
    bad = [str(c) for c, ok in zip(block.table.columns, ref > low, strict=True) if not ok]
    if bad:
        message = (
            f"{STEP}: reference unit {unit!r} has no value above the worst in {', '.join(bad)}"
        )
        raise FrameworkError(message)
    return low, ref


def distance_to_target(
    table: pd.DataFrame,
    framework: Framework,
    *,
    cap: float,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return (x - min) / (target - min): 0 for the worst unit, 1 at the target.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Its column ``target`` gives the targets, in raw units; and directions.
    cap
        Greatest score; ``inf`` for none.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``target`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        If an indicator has no target, or every unit has reached it.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, target={"x": 4})
    >>> raw = pd.DataFrame({"x": [2.0, 3.0, 5.0]}, index=["A", "B", "C"])
    >>> distance_to_target(raw, tree, cap=1).table["x"].to_dict()
    {'A': 0.0, 'B': 0.5, 'C': 1.0}
    """
    block = directed(table, framework, "distance_to_target")

    def fit() -> tuple[Array, Array]:
        target = framework.numbers("target", table.columns) * block.directions
        return minima(block.array), required_column(target, block, "target")

    fitted, (low, target) = block.fitted(fitted, ("minimum", "target"), fit)
    reached = [str(c) for c, ok in zip(table.columns, target <= low, strict=True) if ok]
    if reached:
        message = f"{STEP}: every unit has reached the target of {', '.join(reached)}"
        raise FrameworkError(message)
    scores = np.minimum((block.array - low) / (target - low), cap)
    return block.outcome(scores, fitted, "from {minimum} to the target {target}", silent)


def fraction_of_max(
    table: pd.DataFrame, framework: Framework, *, fitted: pd.DataFrame | None = None
) -> Outcome:
    """
    Return x / max where more is better and min / x where less is: 1 for the best unit.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework, positive; NaN = missing.
    framework
        Gives the directions.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``best``, in raw units), ``log``.

    Raises
    ------
    FrameworkError
        For a value that is not positive, naming indicator and unit.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, direction={"x": -1})
    >>> raw = pd.DataFrame({"x": [1.0, 2.0, 4.0]}, index=["A", "B", "C"])
    >>> fraction_of_max(raw, tree).table["x"].to_dict()
    {'A': 1.0, 'B': 0.5, 'C': 0.25}
    """
    block = directed(table, framework, "fraction_of_max")
    raw = block.array * block.directions
    if (raw <= 0).any():
        row, column = np.argwhere(raw <= 0)[0]
        cell = f"{table.columns[column]!r} of unit {table.index[row]!r}"
        message = f"{STEP}, fraction_of_max: {cell} is {raw[row, column]:g}: must be > 0"
        raise FrameworkError(message)
    up = block.directions > 0
    fitted, (best,) = block.fitted(
        fitted, ("best",), lambda: (np.where(up, maxima(raw), minima(raw)),)
    )
    scores = np.where(up, raw / best, best / raw)
    return block.outcome(scores, fitted, "fraction of the best value {best}", silent)
