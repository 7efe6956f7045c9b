"""Running one step of a recipe on a table: method, leaves, rows to fit on, errors."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index import aggregate, denominate, impute, normalise, screen, treat, weight
from hubscan.index._methods import known, parsed_method
from hubscan.index._ranking import TIES
from hubscan.index._step import Log, Outcome, Warned, by_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from hubscan.index.framework import Framework
    from hubscan.index.recipe import Step

STEPS: Final[dict[str, Mapping[str, Callable[..., Outcome]]]] = {
    "screen": screen.METHODS,
    "denominate": denominate.METHODS,
    "impute": impute.METHODS,
    "treat": treat.METHODS,
    "normalise": normalise.METHODS,
}
"""Steps that turn a table of leaves into another, with their methods."""

COLUMNWISE: Final = {
    "screen": screen.COLUMNWISE,
    "denominate": denominate.COLUMNWISE,
    "impute": impute.COLUMNWISE,
    "treat": treat.COLUMNWISE,
    "normalise": normalise.COLUMNWISE,
}
"""Methods that treat each column by itself."""

GIVEN: Final = {"table", "scores", "framework", "units", "fitted"}
"""Arguments of methods that the engine supplies."""


def step_faults(step: Step) -> Iterator[str]:
    """Yield what is wrong with a step: an unknown name, a parameter too many or too few."""
    where = f"recipe, {step.step} {step.method!r}"
    if step.on_error not in {"raise", "warn"}:
        yield f"{where}: on_error = {step.on_error!r}: must be 'raise' or 'warn'"
    if step.step not in {*STEPS, "weight", "aggregate", "rank"}:
        yield f"recipe: no step {step.step!r}"
        return
    needed = _parameters(step)
    if needed is None:
        yield f"{where}: no such method"
        return
    for name in sorted(needed - set(step.parameters)):
        yield f"{where}: {name} is not given"
    for name in sorted(set(step.parameters) - needed):
        yield f"{where}: has no parameter {name!r}"


def _parameters(step: Step) -> set[str] | None:
    """Return the parameters a step needs, or nothing if its method is unknown."""
    if step.step == "rank":
        return {"tolerance"} if step.method in TIES else None
    if step.step == "aggregate":
        known_method = parsed_method(step.method)[0] in aggregate.METHODS
        return {"overrides", "min_coverage", "coverage"} if known_method else None
    methods: Mapping[str, Callable[..., Any]] = (
        weight.METHODS if step.step == "weight" else STEPS[step.step]
    )
    if step.method not in methods:
        return None
    return set(inspect.signature(methods[step.method]).parameters) - GIVEN


def applied_step(
    step: Step,
    table: pd.DataFrame,
    framework: Framework,
    units: pd.DataFrame | None,
    fitted: pd.DataFrame | None,
) -> Outcome:
    """
    Return the outcome of one step.

    Parameters
    ----------
    step
        One of the steps in `STEPS`.
    table
        One row per unit, columns leaves of the framework; a code may stand in several columns if
        the method is columnwise.
    framework
        The tree.
    units
        Attributes of the units, if the method needs them.
    fitted
        Parameters to apply instead of fitting.

    Raises
    ------
    FrameworkError
        Whatever the method raises, unless the step says ``on_error="warn"``.
    """
    chosen = _chosen(step, table, framework)
    part = table if chosen.all() else table.loc[:, chosen]
    try:
        outcome = _outcome(step, part, framework, units, fitted)
    except FrameworkError as error:
        if step.on_error == "raise":
            raise
        warned = Warned(step.step, "", "", "error", f"step left out: {error}")
        log = Log(step.step, step.method, part, part, lambda _r, _c: "", lambda: [warned])
        outcome = Outcome(part, by_code(part), log)
    if chosen.all():
        return outcome
    if len(outcome.table) < len(table):
        return outcome._replace(table=table.loc[outcome.table.index])
    whole = table.to_numpy(float, copy=True)
    whole[:, chosen] = outcome.table.to_numpy(float)
    return outcome._replace(table=pd.DataFrame(whole, index=table.index, columns=table.columns))


def _outcome(
    step: Step,
    part: pd.DataFrame,
    framework: Framework,
    units: pd.DataFrame | None,
    fitted: pd.DataFrame | None,
) -> Outcome:
    method = known(STEPS[step.step], step.method, step=step.step)
    settings: dict[str, Any] = dict(step.parameters)
    if "units" in inspect.signature(method).parameters:
        if units is None:
            message = f"{step.step}, {step.method}: needs the attributes of the units"
            raise FrameworkError(message)
        settings["units"] = units
    if step.fit_on == "all" or fitted is not None:
        return method(part, framework, **settings, fitted=fitted)
    periods = _periods(part, step)
    if step.fit_on != "each period":
        base = method(part[periods == step.fit_on], framework, **settings, fitted=None)
        return method(part, framework, **settings, fitted=base.fitted)
    return _by_period(part, periods, lambda rows: method(rows, framework, **settings, fitted=None))


def _by_period(
    part: pd.DataFrame, periods: NDArray[np.object_], run: Callable[[pd.DataFrame], Outcome]
) -> Outcome:
    """Return the outcomes of the periods, each by itself, as one."""
    outcomes = {str(period): run(part[periods == period]) for period in dict.fromkeys(periods)}
    after = pd.concat([one.table for one in outcomes.values()]).loc[part.index]
    fitted = pd.concat({period: one.fitted for period, one in outcomes.items()})
    logs = [one.log for one in outcomes.values()]
    place = {
        label: (k, i) for k, log in enumerate(logs) for i, label in enumerate(log.before.index)
    }

    def reason(row: int, column: int) -> str:
        which, inside = place[part.index[row]]
        return logs[which].reason(inside, column)

    log = Log(
        logs[0].step,
        logs[0].method,
        part,
        after,
        reason,
        lambda: [warned for one in logs for warned in one.noticed()],
    )
    return Outcome(after, fitted, log)


def _periods(part: pd.DataFrame, step: Step) -> NDArray[np.object_]:
    if not isinstance(part.index, pd.MultiIndex):
        message = f"{step.step}: fit_on = {step.fit_on!r}, but the values have one period only"
        raise FrameworkError(message)
    periods = part.index.get_level_values(0).to_numpy(object)
    if step.fit_on not in {*periods, "each period"}:
        message = f"{step.step}: fit_on = {step.fit_on!r} is not a period of the values"
        raise FrameworkError(message)
    return np.asarray(periods)


def _chosen(step: Step, table: pd.DataFrame, framework: Framework) -> NDArray[np.bool_]:
    """Return which columns a step applies to."""
    chosen = np.ones(table.shape[1], bool)
    for column, entries in step.where.items():
        own = list(table.columns) if column == "code" else framework.texts(column, table.columns)
        chosen &= np.array([text in set(entries) for text in own], bool)
    return chosen


def weights_of(step: Step, table: pd.DataFrame, framework: Framework) -> pd.Series[float]:
    """Return the nominal weights of a weighting step."""
    method = known(weight.METHODS, step.method, step="weight")
    return method(table, framework, **dict(step.parameters))
