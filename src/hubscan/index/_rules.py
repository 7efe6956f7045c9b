"""Fitting and applying the treatment of every column, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hubscan.errors import FrameworkError
from hubscan.index._columns import maxima, minima, moments
from hubscan.index._methods import known, parsed_method
from hubscan.index._step import Log, Outcome, Warned, block, by_code, rebuilt
from hubscan.index._transforms import PARAMETERS, TRANSFORMS, Fit, Transform, TransformDomainError
from hubscan.index._winsorise import Limits, passes, winsorised_limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.index._columns import Moments
    from hubscan.index.framework import Framework

    Array = NDArray[np.float64]
    Labels = NDArray[np.object_]

STEP: Final = "treat"
NEEDS_RANGE: Final = frozenset({"log_ct", "log_ct_plus", "log_gii", "boxcox", "boxcox_likeliest"})
"""Transforms that say nothing of a constant column, which is then left as it is."""


def transform_of(label: str) -> tuple[Transform, dict[str, float]]:
    """
    Return the transform a label names, and its numbers.

    Raises
    ------
    FrameworkError
        If there is no such transform or its numbers are not the ones it needs.
    """
    name, given = parsed_method(label)
    transform = known(TRANSFORMS, name, step=STEP)
    numbers = {key: value for key, value in given.items() if isinstance(value, float)}
    if set(numbers) != set(given) or set(numbers) != set(transform.numbers):
        needed = ", ".join(transform.numbers) or "none"
        message = f"{STEP}: {label!r} takes these numbers: {needed}"
        raise FrameworkError(message)
    return transform, numbers


def fitted_labels(
    values: Array, table: pd.DataFrame, framework: Framework, labels: Labels
) -> pd.DataFrame:
    """Return the fitted parameters of one transform per column, without limits."""
    open_ended = np.full(values.shape[1], np.inf)
    rows = _fitted_transforms(values, labels, framework.numbers("direction", table.columns))
    return by_code(table, lower_limit=-open_ended, upper_limit=open_ended, **rows)


def fitted_rule(
    values: Array,
    table: pd.DataFrame,
    framework: Framework,
    exempt: NDArray[np.bool_],
    rule: tuple[tuple[float, float], float, str],
) -> pd.DataFrame:
    """Return the fitted parameters of the rule of skewness and kurtosis, with its diagnostics."""
    thresholds, max_points, second = rule
    second, _, where = (part.strip() for part in second.partition(" on "))
    if where not in {"", "original", "winsorised"}:
        message = f"{STEP}: second method on {where!r}: must be 'original' or 'winsorised'"
        raise FrameworkError(message)
    judged = np.where(exempt, np.nan, values)
    before = moments(judged)
    limits = winsorised_limits(judged, *thresholds, max_points)
    again = ~passes(limits.shape, *thresholds) | limits.flat
    dropped = again & (limits.flat | (where != "winsorised"))
    lower = np.where(dropped, -np.inf, limits.lower)
    upper = np.where(dropped, np.inf, limits.upper)
    labels = np.where(again, second, "none").astype(object)
    limited = np.clip(values, lower, upper)
    rows = _fitted_transforms(limited, labels, framework.numbers("direction", table.columns))
    shapes = _diagnostics(before, limits, again, thresholds) | {"exempt": exempt}
    return by_code(table, lower_limit=lower, upper_limit=upper, **rows, **shapes)


def _diagnostics(
    before: Moments,
    limits: Limits,
    again: NDArray[np.bool_],
    thresholds: tuple[float, float],
) -> dict[str, NDArray[Any]]:
    return {
        "skewness_before": before.skewness,
        "kurtosis_before": before.kurtosis,
        "passed_before": passes(before, *thresholds),
        "points": limits.points,
        "skewness_winsorised": limits.shape.skewness,
        "kurtosis_winsorised": limits.shape.kurtosis,
        "flat": limits.flat,
        "second": again,
        "skewness_threshold": np.full(len(again), thresholds[0]),
        "kurtosis_threshold": np.full(len(again), thresholds[1]),
    }


def _fitted_transforms(values: Array, labels: Labels, directions: Array) -> dict[str, NDArray[Any]]:
    constant = ~(maxima(values) > minima(values))
    labels = labels.copy()
    needs = np.array([parsed_method(str(label))[0] in NEEDS_RANGE for label in labels])
    labels[needs & constant] = "none"
    fit = Fit(*(np.full(len(labels), np.nan) for _ in PARAMETERS))
    for label in sorted(set(labels)):
        transform, numbers = transform_of(label)
        here = np.flatnonzero(labels == label)
        found = transform.fit(values[:, here], directions[here], **numbers)
        for whole, part in zip(fit, found, strict=True):
            whole[here] = part
    return {"transform": labels, **fit._asdict()}


def applied(
    table: pd.DataFrame, framework: Framework, fitted: pd.DataFrame, method: str
) -> Outcome:
    """
    Return a table limited and transformed with fitted parameters.

    Raises
    ------
    FrameworkError
        For a value outside the domain of its transform, naming indicator and unit.
    """
    values = block(table, framework, step=STEP)
    rows = fitted if fitted.index.equals(table.columns) else _rows_of(fitted, table)
    lower, upper = (rows[name].to_numpy(float) for name in ("lower_limit", "upper_limit"))
    treated = np.clip(values, lower, upper)
    fit = Fit(*(rows[name].to_numpy(float) for name in PARAMETERS))
    labels = rows["transform"].to_numpy(object)
    for label in sorted(set(labels) - {"none"}):
        here = np.flatnonzero(labels == label)
        part = Fit(*(column[here] for column in fit))
        try:
            treated[:, here] = transform_of(label)[0].apply(treated[:, here], part)
        except TransformDomainError as fault:
            row, column = np.argwhere(fault.outside)[0]
            cell = f"{table.columns[here[column]]!r} of unit {table.index[row]!r}"
            found = values[row, here[column]]
            message = f"{STEP}, {label}: {cell} is {found:g}: must be {fault.needed}"
            raise FrameworkError(message) from None
    after = rebuilt(treated, table)
    log = Log(
        STEP, method, table, after, _Reason(rows, values), lambda: list(_noticed(rows, treated))
    )
    return Outcome(after, fitted, log)


def _rows_of(fitted: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    absent = [str(code) for code in table.columns if code not in fitted.index]
    if absent:
        message = f"{STEP}: the fitted parameters do not have {', '.join(absent)}"
        raise FrameworkError(message)
    return fitted.loc[list(table.columns)]


class _Reason:
    """Says why a cell was changed, from the fitted parameters of its column."""

    def __init__(self, rows: pd.DataFrame, values: Array) -> None:
        self.rows, self.values = rows, values

    def __call__(self, row: int, column: int) -> str:
        fitted = self.rows.iloc[column]
        value = self.values[row, column]
        said = []
        if value > fitted["upper_limit"]:
            said.append(f"winsorised: above {fitted['upper_limit']:.12g}")
        if value < fitted["lower_limit"]:
            said.append(f"winsorised: below {fitted['lower_limit']:.12g}")
        if fitted["transform"] != "none":
            said.append(str(fitted["transform"]))
        return "; ".join(said)


def _noticed(rows: pd.DataFrame, treated: Array) -> Iterator[Warned]:
    """Yield what the rule noticed: undefined shapes, flat columns, second methods that fail."""
    if "second" not in rows:
        return
    thresholds = rows[["skewness_threshold", "kurtosis_threshold"]].to_numpy()[:1].ravel()
    failing = ~passes(moments(treated), *thresholds)
    for place, (code, row) in enumerate(rows.iterrows()):
        untested = np.isnan(row["skewness_before"]) and not row["exempt"]
        if untested and (~np.isnan(treated[:, place])).any():
            message = "skewness is not defined (too few or equal values): passes untested"
            yield Warned(STEP, str(code), "", "note", message)
        if row["flat"]:
            message = "winsorising would leave a constant: limits discarded, second method applied"
            yield Warned(STEP, str(code), "", "warning", message)
        if row["second"] and failing[place]:
            message = f"still fails the rule after {row['transform']!r}; its result is kept"
            yield Warned(STEP, str(code), "", "warning", message)
