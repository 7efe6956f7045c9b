"""Uncertainty: what ranks become when weights, methods and data are varied within reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._design import chosen_points, factor_points
from hubscan.index._factors import (
    DataReplicates,
    DirichletWeights,
    Factor,
    FrameworkLevels,
    LeafRemoval,
    StepLevels,
    WeightNoise,
    WeightSets,
    levels_of,
    noisy_tables,
)
from hubscan.index._inert import inert_factors
from hubscan.index._rank_summaries import (
    acceptability,
    rank_confidence_sets,
    rank_intervals,
    superiority,
    top_probability,
)
from hubscan.index._ranking import ranked
from hubscan.index._runs import Model, root_scores

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "DataReplicates",
    "DirichletWeights",
    "Factor",
    "FrameworkLevels",
    "LeafRemoval",
    "Model",
    "Runs",
    "StepLevels",
    "WeightNoise",
    "WeightSets",
    "acceptability",
    "chosen",
    "noisy_tables",
    "rank_confidence_sets",
    "rank_intervals",
    "runs",
    "sampled",
    "superiority",
    "top_probability",
]


@dataclass(frozen=True)
class Runs:
    """
    Scores and ranks of the index under many settings.

    ``scores`` and ``ranks``: runs by units. ``nominal_scores`` and ``nominal_ranks``: of the
    recipe as it is. ``points``: the design. ``levels``: the level of each factor that has levels,
    by run.
    """

    scores: pd.DataFrame
    ranks: pd.DataFrame
    nominal_scores: pd.Series[float]
    nominal_ranks: pd.Series[float]
    points: Array
    levels: pd.DataFrame


def sampled(
    model: Model, factors: Sequence[Factor], *, number: int, sample: str, seed: int
) -> Array:
    """
    Return points at which the factors are set, spread over all they can be.

    Parameters
    ----------
    model
        Values, framework and recipe to vary.
    factors
        What varies.
    number
        Points; powers of two spread best.
    sample
        ``sobol`` (scrambled Sobol' points), ``latin`` or ``random``.
    seed
        Equal seeds give equal points.

    Returns
    -------
    points
        Shape (number, coordinates of all factors), in [0, 1). A factor with k levels takes level
        floor(k u), whatever the other points are.

    Raises
    ------
    FrameworkError
        For an unknown way to sample.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.recipe import Recipe, Step
    >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
    >>> recipe = Recipe(
    ...     (Step("aggregate", "arithmetic", means), Step("rank", "min", {"tolerance": 1e-9}))
    ... )
    >>> table = pd.DataFrame({"x": [1.0, 3.0], "y": [2.0, 1.0]}, index=["A", "B"])
    >>> model = Model(table, Framework.from_parents({"x": "T", "y": "T"}), recipe)
    >>> noise = WeightNoise("weights", 0.5, codes=())
    >>> sampled(model, [noise], number=8, sample="sobol", seed=1).shape
    (8, 2)
    """
    return factor_points(factors, model.framework, runs=number, sample=sample, seed=seed)


def chosen(model: Model, factors: Sequence[Factor], levels: pd.DataFrame) -> Array:
    """
    Return the points that set the factors to given levels, to replay a design.

    Parameters
    ----------
    model, factors
        As for :func:`sampled`; every factor has levels.
    levels
        One row per run, one column per factor, by code; levels count from 0.

    Returns
    -------
    points
        Shape (runs, factors).

    Raises
    ------
    FrameworkError
        If a factor has no levels or no column, or a level does not exist.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> removal = LeafRemoval("removed", ("x",))
    >>> chosen(Model(None, tree, None), [removal], pd.DataFrame({"removed": [0, 1]})).tolist()
    [[0.25], [0.75]]
    """
    return chosen_points(factors, model.framework, levels)


def runs(
    model: Model,
    factors: Sequence[Factor],
    points: Array,
    *,
    allow_inert: Collection[str],
    workers: int,
) -> Runs:
    """
    Return scores and ranks with the factors set as the points say.

    Parameters
    ----------
    model
        Values, framework and recipe to vary.
    factors
        What varies.
    points
        From :func:`sampled`, :func:`chosen` or :func:`hubscan.index.sensitivity.crossed`.
    allow_inert
        Codes of factors that may change nothing.
    workers
        Threads; the result has the same bytes for any number.

    Returns
    -------
    runs
        See :class:`Runs`.

    Raises
    ------
    FrameworkError
        If a factor changes nothing, naming the step that swallows it; and whatever a step of the
        recipe cannot do.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.recipe import Recipe, Step
    >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
    >>> mean = Step("aggregate", "arithmetic", means)
    >>> recipe = Recipe((mean, Step("rank", "min", {"tolerance": 1e-9})))
    >>> table = pd.DataFrame({"x": [1.0, 4.0], "y": [2.0, 0.5]}, index=["A", "B"])
    >>> model = Model(table, Framework.from_parents({"x": "T", "y": "T"}), recipe)
    >>> factor = StepLevels("mean", (mean, Step("aggregate", "min", means)))
    >>> points = chosen(model, [factor], pd.DataFrame({"mean": [0, 1]}))
    >>> runs(model, [factor], points, allow_inert=(), workers=1).ranks["A"].tolist()
    [2.0, 1.0]
    """
    inert = {code: why for code, why in inert_factors(model, factors) if code not in allow_inert}
    if inert:
        said = "; ".join(f"factor {code!r} changes nothing: {why}" for code, why in inert.items())
        message = f"uncertainty: {said}"
        raise FrameworkError(message)
    last = model.recipe.step("rank")
    ties, tolerance = last.method, float(last.parameters["tolerance"])
    units = model.table.index
    scores = root_scores(model, factors, points, workers=workers)
    nominal = root_scores(model, [], np.empty((1, 0)), workers=1)
    order = pd.RangeIndex(len(points), name="run")
    own = ranked(nominal, ties=ties, tolerance=tolerance)[0]
    return Runs(
        scores=pd.DataFrame(scores, index=order, columns=units),
        ranks=pd.DataFrame(ranked(scores, ties=ties, tolerance=tolerance), order, units),
        nominal_scores=pd.Series(nominal[0], index=units, name="score"),
        nominal_ranks=pd.Series(own, index=units, name="rank"),
        points=points,
        levels=_levels(model, factors, points),
    )


def _levels(model: Model, factors: Sequence[Factor], points: Array) -> pd.DataFrame:
    found, place = {}, 0
    for factor in factors:
        size = factor.size(model.framework)
        if size:
            found[factor.code] = levels_of(points[:, place], size)
        place += factor.dimensions(model.framework)
    return pd.DataFrame(found, index=pd.RangeIndex(len(points), name="run"))
