"""Sensitivity: which uncertain choice moves the ranks, by Sobol' indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index import uncertainty
from hubscan.index._design import crossed_points, cube_points

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from hubscan.index._factors import Factor
    from hubscan.index._runs import Model
    from hubscan.index.uncertainty import Runs

    Array = NDArray[np.float64]


def _centred(first: Array, second: Array, mixed: Array) -> Array:
    """Return mean((y_B - f0)(y_AB - y_A)) / V, f0 the mean of both samples."""
    centre = _pooled(first, second).mean(axis=-1, keepdims=True)
    return np.asarray(((second - centre) * (mixed - first)).mean(axis=-1))


def _jansen(first: Array, second: Array, mixed: Array) -> Array:
    """Return V - mean((y_B - y_AB)^2) / 2, over V."""
    variance = _pooled(first, second).var(axis=-1, ddof=1)
    return np.asarray(variance - ((second - mixed) ** 2).mean(axis=-1) / 2.0)


def _uncentred(first: Array, second: Array, mixed: Array) -> Array:
    """Return mean(y_B (y_AB - y_A)) / V: noisy when the mean is far from 0."""
    return np.asarray((second * (mixed - first)).mean(axis=-1))


ESTIMATORS: Final[dict[str, Callable[[Array, Array, Array], Array]]] = {
    "centred": _centred,
    "jansen": _jansen,
    "coinr": _uncentred,
}
"""Estimators of the first-order variance; ``coinr`` is there to compare with that package."""


def crossed(
    model: Model, factors: Sequence[Factor], *, number: int, sample: str, seed: int
) -> Array:
    """
    Return the points that Sobol' indices need: A, B, and A with each factor from B.

    Parameters
    ----------
    model
        Values, framework and recipe to vary.
    factors
        What varies; all coordinates of a factor are exchanged together.
    number
        Rows n of A and of B; powers of two spread best.
    sample
        ``sobol``, ``latin`` or ``random``.
    seed
        Equal seeds give equal points.

    Returns
    -------
    points
        Shape (n (factors + 2), coordinates).

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.uncertainty import LeafRemoval, Model
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> model = Model(None, tree, None)
    >>> crossed(model, [LeafRemoval("r", ("x",))], number=4, sample="sobol", seed=1).shape
    (12, 1)
    """
    widths = [factor.dimensions(model.framework) for factor in factors]
    both = cube_points(number, 2 * sum(widths), sample=sample, seed=seed)
    return crossed_points(both[:, : sum(widths)], both[:, sum(widths) :], widths)


def mean_rank_shift(runs: Runs) -> Array:
    """
    Return the mean absolute difference between the ranks of a run and the nominal ones.

    Parameters
    ----------
    runs
        See :class:`hubscan.index.uncertainty.Runs`.

    Returns
    -------
    shift
        One number per run; units without a rank in the run or in the recipe are left out.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> ranks = pd.DataFrame({"A": [1.0, 2.0], "B": [2.0, 1.0]})
    >>> nominal = pd.Series({"A": 1.0, "B": 2.0})
    >>> mean_rank_shift(SimpleNamespace(ranks=ranks, nominal_ranks=nominal)).tolist()
    [0.0, 1.0]
    """
    return np.asarray((runs.ranks - runs.nominal_ranks).abs().mean(axis=1), float)


def indices(
    outputs: Array,
    factors: Sequence[str],
    *,
    estimator: str,
    resamples: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    r"""
    Return first-order and total Sobol' indices, with bootstrap bounds.

    :math:`S_i = \overline{(y_B - f_0)(y_{A_B^i} - y_A)} / V` and
    :math:`S_{Ti} = \overline{(y_A - y_{A_B^i})^2} / 2V`, with f0 and V the mean and the variance
    (ddof 1) of the outputs at A and B together.

    Parameters
    ----------
    outputs
        One number per point of :func:`crossed`, in its order.
    factors
        Codes.
    estimator
        Of the first order: ``centred``, ``jansen``, or ``coinr`` (not centred).
    resamples
        Bootstrap samples of rows, taken jointly; 0 for no bounds.
    level
        Share of the samples between the bounds, for example 0.9.
    seed
        Of the bootstrap.

    Returns
    -------
    indices
        By factor: ``first``, ``first_lower``, ``first_upper``, ``total``, ``total_lower``,
        ``total_upper``, ``first_above_total`` (a sign of too few points). All 0 if nothing varies.

    Raises
    ------
    FrameworkError
        For an unknown estimator, missing outputs, or a number of outputs that does not fit.

    Examples
    --------
    >>> a, b = np.array([0.0, 0, 1, 1]), np.array([0.0, 1, 0, 1])
    >>> found = indices(
    ...     np.concatenate([a, b, b]), ["x"], estimator="centred", resamples=0, level=0.9, seed=1
    ... )
    >>> found["total"].round(3).tolist()
    [0.875]
    """
    if estimator not in ESTIMATORS:
        message = f"sensitivity: estimator {estimator!r}: there are {', '.join(ESTIMATORS)}"
        raise FrameworkError(message)
    blocks = len(factors) + 2
    if len(outputs) % blocks or np.isnan(outputs).any():
        message = f"sensitivity: {len(outputs)} outputs: needs a multiple of {blocks}, none missing"
        raise FrameworkError(message)
    rows = np.asarray(outputs, float).reshape(blocks, -1)
    first, total = _indices(rows, estimator)
    table = pd.DataFrame(index=pd.Index(list(factors), name="factor"))
    samples = _resampled(rows, estimator, resamples, seed)
    for name, own, drawn in (("first", first, samples[0]), ("total", total, samples[1])):
        table[name] = own
        low, high = (1.0 - level) / 2.0, (1.0 + level) / 2.0
        bounds = (
            np.quantile(drawn, [low, high], axis=1) if resamples else np.full((2, len(own)), np.nan)
        )
        table[f"{name}_lower"], table[f"{name}_upper"] = bounds
    table["first_above_total"] = table["first"] > table["total"]
    return table


def _indices(rows: Array, estimator: str) -> tuple[Array, Array]:
    """Return both indices of every factor; rows are A, B, then one for each factor."""
    first, second, mixed = rows[0], rows[1], rows[2:]
    variance = _pooled(first, second).var(axis=-1, ddof=1)
    safe = np.where(variance > 0, variance, np.inf)
    main = np.stack([ESTIMATORS[estimator](first, second, row) for row in mixed])
    whole = np.stack([((first - row) ** 2).mean(axis=-1) / 2.0 for row in mixed])
    return main / safe, whole / safe


def _resampled(rows: Array, estimator: str, resamples: int, seed: int) -> tuple[Array, Array]:
    """Return both indices of every factor in bootstrap samples: shape (factors, samples)."""
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, rows.shape[1], (resamples, rows.shape[1]))
    return _indices(rows[:, drawn], estimator) if resamples else (rows[2:, :0], rows[2:, :0])


def _pooled(first: Array, second: Array) -> Array:
    return np.concatenate([first, second], axis=-1)


def converged(
    model: Model,
    factors: Sequence[Factor],
    *,
    half_width: float,
    most: int,
    seed: int,
    allow_inert: Collection[str],
) -> tuple[pd.DataFrame, int]:
    """
    Return Sobol' indices of the mean rank shift from as many points as precision needs.

    Centred estimator on scrambled Sobol' points, 90 % bounds from 500 bootstrap samples; the
    number of rows starts at 128 and doubles until no index is less certain than asked for.

    Parameters
    ----------
    model
        Values, framework and recipe to vary.
    factors
        What varies.
    half_width
        Greatest half-width of a bootstrap interval, for example 0.05.
    most
        Rows at which to stop in any case.
    seed
        Of points and bootstrap.
    allow_inert
        Codes of factors that may change nothing.

    Returns
    -------
    indices
        See :func:`indices`.
    rows
        Rows of A that were needed.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.recipe import Recipe, Step
    >>> from hubscan.index.uncertainty import Model, WeightNoise
    >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
    >>> recipe = Recipe(
    ...     (Step("aggregate", "arithmetic", means), Step("rank", "min", {"tolerance": 1e-9}))
    ... )
    >>> table = pd.DataFrame({"x": [1.0, 3.0], "y": [2.0, 1.0]}, index=["A", "B"])
    >>> model = Model(table, Framework.from_parents({"x": "T", "y": "T"}), recipe)
    >>> table, rows = converged(
    ...     model,
    ...     [WeightNoise("w", 0.5, codes=())],
    ...     half_width=1,
    ...     most=128,
    ...     seed=1,
    ...     allow_inert=(),
    ... )
    >>> table.index.tolist(), rows
    (['w'], 128)
    """
    number = 128
    while True:
        points = crossed(model, factors, number=number, sample="sobol", seed=seed)
        runs = uncertainty.runs(model, factors, points, allow_inert=allow_inert, workers=1)
        table = indices(
            mean_rank_shift(runs),
            [factor.code for factor in factors],
            estimator="centred",
            resamples=500,
            level=0.9,
            seed=seed,
        )
        spread = [table[f"{name}_upper"] - table[f"{name}_lower"] for name in ("first", "total")]
        if max(width.max() for width in spread) / 2.0 <= half_width or 2 * number > most:
            return table, number
        number *= 2
