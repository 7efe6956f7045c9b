"""From raw values to printed scores and back, with intervals: what scale did an index use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray


class Transform(NamedTuple):
    """A strictly rising transform of raw values and its inverse."""

    forward: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    inverse: Callable[[float], float]


def _linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf  # noqa: PLR2004 - exp(710) overflows


TRANSFORMS: Final[Mapping[str, Transform]] = {
    "linear": Transform(_linear, float),
    "log": Transform(np.log, _exp),
    "log1p": Transform(np.log1p, lambda value: _exp(value) - 1.0),
    "sqrt": Transform(np.sqrt, lambda value: math.copysign(value * value, value)),
}
"""Transforms by name; the square root continues below 0 as an odd function."""

_ROUNDING: Final = 1e-9


def leaf_scores(
    raw: pd.DataFrame, scales: pd.DataFrame, *, lower_score: float, upper_score: float
) -> pd.DataFrame:
    r"""
    Return the scores of raw values on given scales, with the interval that rounding leaves.

    :math:`Y = L + (U - L) (t(x) - t(m)) / (t(M) - t(m))` for the transform t; mirrored for
    direction -1. The interval lets value, minimum and maximum move by their half widths,
    independently.

    Parameters
    ----------
    raw
        Columns ``unit, node, value, half_width`` (half a unit of the last digit known; 0 if exact).
    scales
        One row a node: ``node, transform`` (of :data:`TRANSFORMS`), ``lower, upper`` (raw units),
        ``half_width`` (of both), ``direction`` (1 or -1), ``cap`` (greatest raw value that counts;
        missing = none).
    lower_score, upper_score
        Scores of the worst and the best unit.

    Returns
    -------
    scores
        Columns ``unit, node, computed, low, high``.

    Raises
    ------
    FrameworkError
        If a node has no scale or its transform is unknown.

    Examples
    --------
    >>> raw = pd.DataFrame({"unit": ["Oslo"], "node": "n", "value": [10.0], "half_width": 0.0})
    >>> scales = pd.DataFrame({"node": ["n"], "transform": "log", "lower": 1.0, "upper": 100.0,
    ...                        "half_width": 0.0, "direction": 1, "cap": [float("nan")]})
    >>> leaf_scores(raw, scales, lower_score=60, upper_score=100)["computed"].round(9).tolist()
    [80.0]
    """  # fmt: skip
    joined = raw.merge(scales, on="node", how="left", suffixes=("", "_scale"))
    unknown = joined[~joined["transform"].isin(list(TRANSFORMS))]
    if len(unknown):
        row = unknown.iloc[0]
        msg = (
            f"scales: {row['node']} has transform {row['transform']!r}: must be one of "
            f"{', '.join(TRANSFORMS)}"
        )
        raise FrameworkError(msg)
    value = np.fmin(joined["value"], joined["cap"].astype(float).fillna(math.inf))
    half, both = joined["half_width"], joined["half_width_scale"]
    best, worst = joined["upper"], joined["lower"]
    shares = {
        "computed": _shares(joined, value, worst, best),
        "low": _shares(joined, value - half, worst + both, best + both),
        "high": _shares(joined, value + half, worst - both, best - both),
    }
    falling = joined["direction"].to_numpy(float) < 0
    if falling.any():
        low = np.where(falling, 1 - shares["high"], shares["low"])
        shares["high"] = np.where(falling, 1 - shares["low"], shares["high"])
        shares["computed"] = np.where(falling, 1 - shares["computed"], shares["computed"])
        shares["low"] = low
    span = upper_score - lower_score
    scores = {name: lower_score + span * share for name, share in shares.items()}
    return joined[["unit", "node"]].assign(**scores)


def _shares(
    joined: pd.DataFrame, value: ArrayLike, worst: ArrayLike, best: ArrayLike
) -> NDArray[np.float64]:
    """Return how far each value lies between worst and best, after its transform."""
    triples = np.column_stack((value, worst, best)).astype(float)
    for name in joined["transform"].unique():
        rows = (joined["transform"] == name).to_numpy(bool)
        triples[rows] = TRANSFORMS[name].forward(triples[rows])
    return np.asarray((triples[:, 0] - triples[:, 1]) / (triples[:, 2] - triples[:, 1]))


def implied_minima(
    anchors: pd.DataFrame,
    *,
    transforms: Iterable[str],
    half_score: float,
    lower_score: float,
    upper_score: float,
) -> pd.DataFrame:
    """
    Return the interval of the scale's minimum that quoted raw values allow, for each transform.

    Solving the score formula for the minimum gives t(m) = (t(x) - f t(M)) / (1 - f) with f the
    share of the way from minimum to maximum that the score says. An anchor at ``upper_score`` is
    the maximum; each anchor below it gives an interval; the intervals are intersected.

    Parameters
    ----------
    anchors
        Columns ``node, unit, value, half_width, score``; each node needs an anchor at
        ``upper_score``.
    transforms
        Names out of :data:`TRANSFORMS`.
    half_score
        Half a unit of the last printed digit of the scores.
    lower_score, upper_score
        Scores of the worst and the best unit.

    Returns
    -------
    minima
        Columns ``node, transform, anchors`` (below the maximum), ``minimum_low, minimum_high,
        agree`` (the interval is not empty), ``not_negative`` (and reaches 0 or more). Nodes without
        an anchor below the maximum are left out: one point decides nothing.

    Raises
    ------
    FrameworkError
        If a node has no anchor at ``upper_score``.

    Examples
    --------
    >>> anchors = pd.DataFrame({"node": "n", "unit": ["Oslo", "Rome"], "value": [100.0, 10.0],
    ...                         "half_width": 0.0, "score": [100.0, 80.0]})
    >>> found = implied_minima(anchors, transforms=["linear", "log"], half_score=0.005,
    ...                        lower_score=60, upper_score=100)
    >>> found[["transform", "minimum_low", "minimum_high", "not_negative"]].round(3)
      transform  minimum_low  minimum_high  not_negative
    0    linear      -80.045       -79.955         False
    1       log        0.999         1.001          True
    """  # fmt: skip
    rows = [
        (node, transform, *_implied_minimum(part, transform, half_score, span))
        for span in [(lower_score, upper_score)]
        for node, part in anchors.groupby("node", sort=False)
        for transform in transforms
        if len(part) > 1
    ]
    names = ("node", "transform", "anchors", "minimum_low", "minimum_high", "agree", "not_negative")
    return pd.DataFrame(rows, columns=list(names))


def _implied_minimum(
    anchors: pd.DataFrame, transform: str, half_score: float, span: tuple[float, float]
) -> tuple[Any, ...]:
    """Return number of anchors, least and greatest minimum, and what they say, for one node."""
    lower, upper = span
    top = anchors[anchors["score"] >= upper - half_score]
    if top.empty:
        msg = f"scales: {anchors['node'].iloc[0]} has no anchor at {upper:g}: the maximum is needed"
        raise FrameworkError(msg)
    best = top.iloc[0]
    below = anchors.drop(index=top.index)
    lows: list[float] = []
    highs: list[float] = []
    for side, ends in ((-1.0, lows), (1.0, highs)):
        values = below["value"].to_numpy(float) + side * below["half_width"].to_numpy(float)
        maximum = float(best["value"]) - side * float(best["half_width"])
        shares = (below["score"].to_numpy(float) - side * half_score - lower) / (upper - lower)
        forward, inverse = TRANSFORMS[transform]
        points, peak = forward(values), float(forward(np.array([maximum]))[0])
        ends.extend(inverse(float(end)) for end in (points - shares * peak) / (1.0 - shares))
    low, high = max(lows), min(highs)
    return len(below), low, high, low <= high, low <= high and high >= 0


def recovered_values(
    scores: pd.DataFrame, *, transform: str, minimum: float, maximum: float, half_score: float,
    span: tuple[float, float],
) -> pd.DataFrame:  # fmt: skip
    """
    Return the raw values behind printed scores on a known scale.

    Parameters
    ----------
    scores
        Columns ``unit, score``.
    transform
        Name out of :data:`TRANSFORMS`.
    minimum, maximum
        Raw values that score worst and best.
    half_score
        Half a unit of the last printed digit of the scores.
    span
        Scores of the worst and the best unit.

    Returns
    -------
    values
        Columns ``unit, score, value, low, high, integers`` (how many integers the interval holds)
        and ``integer`` (that integer if there is one only; else missing).

    Examples
    --------
    >>> scores = pd.DataFrame({"unit": ["Boston"], "score": [92.00]})
    >>> recovered_values(scores, transform="linear", minimum=0, maximum=5, half_score=0.005,
    ...                  span=(60, 100))[["value", "low", "high", "integer"]].round(3)
       value    low   high  integer
    0    4.0  3.999  4.001        4
    """  # fmt: skip
    lower, upper = span
    forward, inverse = TRANSFORMS[transform]
    start, end = forward(np.array([minimum, maximum], float))
    rows = []
    for unit, score in zip(scores["unit"], scores["score"].astype(float), strict=True):
        ends = [max(min(s, upper), lower) for s in (score, score - half_score, score + half_score)]
        value, low, high = (
            inverse(float(start + (s - lower) / (upper - lower) * (end - start))) for s in ends
        )
        first, last = math.ceil(low - _ROUNDING), math.floor(high + _ROUNDING)
        rows.append((unit, score, value, low, high, last - first + 1, first))
    names = ["unit", "score", "value", "low", "high", "integers", "integer"]
    table = pd.DataFrame(rows, columns=names)
    only = table["integer"].astype("Int64").where(table["integers"] == 1)
    return table.assign(integer=only)


def integer_minima(
    scores: pd.DataFrame, *, transform: str, candidates: Sequence[float], maximum: float,
    half_score: float, span: tuple[float, float],
) -> pd.DataFrame:  # fmt: skip
    """
    Return how well each candidate minimum turns the scores of a count back into integers.

    Parameters
    ----------
    scores
        Columns ``unit, score``.
    transform
        Name out of :data:`TRANSFORMS`.
    candidates
        Minima to try.
    maximum, half_score, span
        As in :func:`recovered_values`.

    Returns
    -------
    minima
        Columns ``minimum, worst`` (greatest distance of a recovered value from an integer),
        ``without_integer`` (units whose interval holds no integer), in the order of the candidates.

    Examples
    --------
    >>> scores = pd.DataFrame({"unit": ["a", "b"], "score": [92.0, 76.0]})
    >>> integer_minima(scores, transform="linear", candidates=[0, 1], maximum=5,
    ...                half_score=0.005, span=(60, 100)).round(3)
       minimum  worst  without_integer
    0        0    0.0                0
    1        1    0.4                2
    """  # fmt: skip
    rows = []
    for minimum in candidates:
        found = recovered_values(
            scores, transform=transform, minimum=minimum, maximum=maximum,
            half_score=half_score, span=span,
        )  # fmt: skip
        distance = (found["value"] - found["value"].round()).abs().max()
        rows.append((minimum, float(distance), int((found["integers"] == 0).sum())))
    return pd.DataFrame(rows, columns=["minimum", "worst", "without_integer"])
