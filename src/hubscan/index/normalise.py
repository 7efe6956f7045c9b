"""Normalisation: indicators of any unit on one scale, on which more is better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._columns import means, standard_deviations
from hubscan.index._distances import (
    distance_to_max,
    distance_to_reference,
    distance_to_target,
    fraction_of_max,
)
from hubscan.index._orders import borda, percent_rank, rank
from hubscan.index._scales import (
    STEP,
    directed,
    directed_bounds,
    observed_range,
    outside_bounds,
    required_column,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._scales import Directed
    from hubscan.index._step import Outcome
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]


def min_max(
    table: pd.DataFrame,
    framework: Framework,
    *,
    span: tuple[float, float],
    bounds: str,
    constant: str,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    r"""
    Return indicators scaled to a range: :math:`l + (x - \min) / (\max - \min) (u - l)`.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives directions and bounds.
    span
        The range (l, u) of the scores, for example (60, 100).
    bounds
        ``observed``: the least and greatest value; ``declared``: the framework's ``lower`` and
        ``upper`` where it has them, else the observed ones.
    constant
        For an indicator with one value: ``error``, ``mid``, ``lower``, ``upper``, ``drop``.
    fitted
        Parameters of an earlier call, to apply them to other units.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``maximum`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        For a constant indicator under ``error``, and an unknown word.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, direction={"x": -1})
    >>> raw = pd.DataFrame({"x": [1.0, 3.0, 2.0]}, index=["A", "B", "C"])
    >>> outcome = min_max(raw, tree, span=(60, 100), bounds="observed", constant="error")
    >>> outcome.table["x"].to_dict()
    {'A': 100.0, 'B': 60.0, 'C': 80.0}
    """
    block = directed(table, framework, "min_max")
    names = ("minimum", "maximum")
    fitted, (low, high) = block.fitted(fitted, names, lambda: _bounds(framework, block, bounds))
    return _scaled(block, fitted, (low, high), span, constant)


def _bounds(framework: Framework, block: Directed, kind: str) -> tuple[Array, Array]:
    if kind not in {"observed", "declared"}:
        message = f"{STEP}: bounds = {kind!r}: must be 'observed' or 'declared'"
        raise FrameworkError(message)
    low, high = observed_range(block)
    if kind == "observed":
        return low, high
    lower, upper = directed_bounds(framework, block)
    return np.where(np.isnan(lower), low, lower), np.where(np.isnan(upper), high, upper)


def _scaled(
    block: Directed,
    fitted: pd.DataFrame,
    limits: tuple[Array, Array],
    span: tuple[float, float],
    constant: str,
) -> Outcome:
    """Return the linear map of the limits onto the span."""
    low, high = limits
    flat = ~(high > low)
    width = np.where(flat, 1.0, high - low)
    scores = span[0] + (block.array - low) / width * (span[1] - span[0])
    scores, noticed = settled(scores, flat, block, constant, span)
    said = f"[{{minimum}}, {{maximum}}] after direction to [{span[0]:g}, {span[1]:g}]"
    return block.outcome(
        scores, fitted, said, lambda: noticed + outside_bounds(scores, span, block)
    )


def z_score(
    table: pd.DataFrame,
    framework: Framework,
    *,
    mean: float,
    sd: float,
    constant: str,
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return indicators with a given mean and standard deviation: m + s (x - mean) / sd, ddof 1.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Gives the directions.
    mean, sd
        Of the scores, for example 0 and 1, or 100 and 10.
    constant
        For an indicator with one value: ``error``, ``mid`` (the mean), ``drop``; ``lower`` and
        ``upper`` are one standard deviation off.
    fitted
        Parameters of an earlier call, to apply them to other units.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``mean`` and ``sd`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        For a constant indicator under ``error``.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> raw = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=["A", "B", "C"])
    >>> tree = Framework.from_parents({"x": "T"})
    >>> z_score(raw, tree, mean=100, sd=10, constant="error").table["x"].to_dict()
    {'A': 90.0, 'B': 100.0, 'C': 110.0}
    """
    block = directed(table, framework, "z_score")
    fitted, (centre, spread) = block.fitted(fitted, ("mean", "sd"), lambda: _mean_sd(block))
    flat = ~(spread > 0)
    scores = mean + sd * ((block.array - centre) / np.where(flat, 1.0, spread))
    scores, noticed = settled(scores, flat, block, constant, (mean - sd, mean + sd))
    said = f"mean {{mean}}, sd {{sd}} after direction to mean {mean:g}, sd {sd:g}"
    return block.outcome(scores, fitted, said, lambda: noticed)


def _mean_sd(block: Directed) -> tuple[Array, Array]:
    """Return mean and standard deviation; exactly 0 where all values are equal."""
    low, high = observed_range(block)
    spread = standard_deviations(block.array, ddof=1)
    return means(block.array), np.where(high > low, spread, 0.0)


def scaled(
    table: pd.DataFrame,
    framework: Framework,
    *,
    span: tuple[float, float],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return indicators scaled from their theoretical range, beyond it if they lie beyond it.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Its columns ``lower`` and ``upper`` give the ranges, in raw units; and directions.
    span
        The scores of the two ends, for example (0, 100); (70, 130) for an adjusted
        Mazziotta-Pareto index.
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``maximum`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        If an indicator has no declared range.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, lower={"x": 1}, upper={"x": 7})
    >>> raw = pd.DataFrame({"x": [1.0, 4.0]}, index=["A", "B"])
    >>> scaled(raw, tree, span=(0, 100)).table["x"].to_dict()
    {'A': 0.0, 'B': 50.0}
    """
    return _declared_range(table, framework, "scaled", span, fitted)


def goalposts(
    table: pd.DataFrame,
    framework: Framework,
    *,
    span: tuple[float, float],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return indicators scaled between declared goalposts, values beyond a post set to its score.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        Its columns ``lower`` and ``upper`` give the goalposts, in raw units; and directions.
    span
        The scores of the two posts, for example (0, 100).
    fitted
        Parameters of an earlier call.

    Returns
    -------
    outcome
        ``table``, ``fitted`` (``minimum`` and ``maximum`` after direction), ``log``.

    Raises
    ------
    FrameworkError
        If an indicator has no goalposts.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T"}, lower={"x": 20}, upper={"x": 85})
    >>> raw = pd.DataFrame({"x": [10.0, 52.5, 85.0]}, index=["A", "B", "C"])
    >>> goalposts(raw, tree, span=(0, 1)).table["x"].to_dict()
    {'A': 0.0, 'B': 0.5, 'C': 1.0}
    """
    return _declared_range(table, framework, "goalposts", span, fitted)


def _declared_range(
    table: pd.DataFrame,
    framework: Framework,
    method: str,
    span: tuple[float, float],
    fitted: pd.DataFrame | None,
) -> Outcome:
    block = directed(table, framework, method)

    def fit() -> tuple[Array, Array]:
        low, high = directed_bounds(framework, block)
        return required_column(low, block, "bounds"), required_column(high, block, "bounds")

    fitted, (low, high) = block.fitted(fitted, ("minimum", "maximum"), fit)
    share = (block.array - low) / (high - low)
    if method == "goalposts":
        share = np.clip(share, 0.0, 1.0)
    scores = span[0] + share * (span[1] - span[0])
    said = f"[{{minimum}}, {{maximum}}] after direction to [{span[0]:g}, {span[1]:g}]"
    return block.outcome(scores, fitted, said, lambda: outside_bounds(scores, span, block))


METHODS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "borda": borda,
    "distance_to_max": distance_to_max,
    "distance_to_reference": distance_to_reference,
    "distance_to_target": distance_to_target,
    "fraction_of_max": fraction_of_max,
    "goalposts": goalposts,
    "min_max": min_max,
    "percent_rank": percent_rank,
    "rank": rank,
    "scaled": scaled,
    "z_score": z_score,
}
"""Methods of normalisation by name."""

COLUMNWISE: Final = frozenset(METHODS)
"""Methods that scale each column by itself, so that many tables can stand side by side."""
