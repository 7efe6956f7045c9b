"""Imputation from other indicators: nearest neighbours, expectation-maximisation, draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._fill import STEP, branches_of, filled
from hubscan.index._impute_matrix import (
    conditional_draws,
    conditional_means,
    fitted_normal,
    neighbour_means,
)
from hubscan.index._step import block, by_code, rebuilt

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._step import Outcome
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]

TOLERANCE = 1e-9
"""Movement of standardised parameters at which expectation-maximisation stops."""

MOST_STEPS = 1000
"""Steps of expectation-maximisation, at most."""

RETRIES = 100
"""Bootstrap samples tried until every column has two values."""


def nearest_neighbours(
    table: pd.DataFrame,
    framework: Framework,
    *,
    neighbours: int,
    branches: Sequence[str],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return missing values as the mean over the most similar units that have them.

    Similarity is the root mean square difference over the indicators both units have, each
    scaled to its range; units equally near are taken in the order of the rows.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the branches.
    neighbours
        Number of units averaged.
    branches
        Nodes whose leaves belong together; a leaf below none of them belongs to its parent. Give
        the root to use all indicators.
    fitted
        Not used: neighbours are looked for in the table.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (empty), ``log``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 1.1, 9.0], "y": [None, 4.0, 8.0]}, index=list("ABC"))
    >>> nearest_neighbours(raw, tree, neighbours=1, branches=["T"]).table["y"].tolist()
    [4.0, 4.0, 8.0]
    """
    values = block(table, framework, step=STEP)
    guesses = np.full(values.shape, np.nan)
    for places in branches_of(table, framework, branches):
        guesses[:, places] = neighbour_means(values[:, places], neighbours)
    kept = by_code(table) if fitted is None else fitted
    reason = f"mean of the {neighbours} nearest units"
    return filled(table, values, guesses, kept, ("nearest_neighbours", lambda _r, _c: reason))


def em(
    table: pd.DataFrame,
    framework: Framework,
    *,
    ridge: float,
    branches: Sequence[str],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return missing values as expected under a multivariate normal distribution of each branch.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the branches.
    ridge
        Added to the variances of the standardised indicators, for example 0.01.
    branches
        Nodes whose leaves belong together; a leaf below none of them belongs to its parent.
    fitted
        Not used: the distribution is fitted to the table.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (empty), ``log``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [2.0, 4, 6, None]}, index=list("ABCD"))
    >>> em(raw, tree, ridge=1e-6, branches=[]).table["y"].round(2).tolist()
    [2.0, 4.0, 6.0, 8.0]
    """
    values = block(table, framework, step=STEP)
    guesses = np.full(values.shape, np.nan)
    for places in branches_of(table, framework, branches):
        part = _fittable(values[:, places], [str(table.columns[k]) for k in places])
        normal = fitted_normal(part, ridge=ridge, tolerance=TOLERANCE, most_steps=MOST_STEPS)
        guesses[:, places] = conditional_means(part, normal)
    kept = by_code(table) if fitted is None else fitted
    reason = f"expected given the unit's other values, ridge {ridge:g}"
    return filled(table, values, guesses, kept, ("em", lambda _row, _column: reason))


def em_draws(
    table: pd.DataFrame,
    framework: Framework,
    *,
    ridge: float,
    branches: Sequence[str],
    generator: np.random.Generator,
    draws: int,
) -> list[pd.DataFrame]:
    """
    Return completed tables for multiple imputation, to feed an uncertainty analysis.

    Each draw fits the distribution to a bootstrap sample of the units, so that the uncertainty of
    its parameters counts, and then draws the missing values given the present ones.

    Parameters
    ----------
    table, framework, ridge, branches
        As for :func:`em`.
    generator
        Source of randomness.
    draws
        Number of tables.

    Returns
    -------
    tables
        Observed values as they were, missing ones drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [2.0, 4, 7, None]}, index=list("ABCD"))
    >>> generator = np.random.default_rng(1)
    >>> first, second = em_draws(raw, tree, ridge=0.01, branches=[], generator=generator, draws=2)
    >>> first["y"].equals(second["y"]), first["x"].equals(second["x"])
    (False, True)
    """
    values = block(table, framework, step=STEP)
    groups = branches_of(table, framework, branches)
    tables = []
    for _ in range(draws):
        drawn = np.full(values.shape, np.nan)
        for places in groups:
            part = _fittable(values[:, places], [str(table.columns[k]) for k in places])
            sample = _bootstrap(part, generator)
            normal = fitted_normal(sample, ridge=ridge, tolerance=TOLERANCE, most_steps=MOST_STEPS)
            drawn[:, places] = conditional_draws(part, normal, generator)
        tables.append(rebuilt(np.where(np.isnan(values), drawn, values), table))
    return tables


def _fittable(values: Array, codes: list[str]) -> Array:
    counted = (~np.isnan(values)).sum(axis=0)
    empty = [code for code, number in zip(codes, counted, strict=True) if number == 0]
    if empty:
        message = f"{STEP}, em: no unit has a value of {', '.join(empty)}"
        raise FrameworkError(message)
    return values


def _bootstrap(values: Array, generator: np.random.Generator) -> Array:
    """Return rows drawn with replacement, with at least two values in every column."""
    least = np.minimum(2, (~np.isnan(values)).sum(axis=0))
    sample = values
    for _ in range(RETRIES):
        sample = values[generator.integers(0, len(values), len(values))]
        if ((~np.isnan(sample)).sum(axis=0) >= least).all():
            break
    return sample
