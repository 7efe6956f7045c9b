"""The method of a composite index on one page: values in, scores, ranks and every stage out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from hubscan.index import aggregate, ranks, values
from hubscan.index._engine import STEPS, applied_step, weights_of
from hubscan.index._step import CELL_COLUMNS, WARNING_COLUMNS, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hubscan.index.framework import Framework
    from hubscan.index.recipe import Recipe, Step


@dataclass(frozen=True)
class Result:
    """
    Everything a run made.

    ``stages``: the table of leaves after every step, by name (``raw``, then ``1 screen`` and so
    on). ``scores`` and ``ranks``: units by nodes. ``framework``: with the weights used.
    ``fitted``: parameters by stage. ``cells``: one row per change of a cell, with the reason.
    ``warnings``: rows. ``flags``: of the raw values.
    """

    recipe: Recipe
    framework: Framework
    stages: Mapping[str, pd.DataFrame]
    scores: pd.DataFrame
    ranks: pd.DataFrame
    fitted: Mapping[str, pd.DataFrame]
    cells: pd.DataFrame
    warnings: pd.DataFrame
    flags: pd.DataFrame

    @property
    def fingerprint(self) -> str:
        """SHA-256 over steps, framework and version of the package: equal means equal results."""
        return self.recipe.fingerprint(self.framework)


def run(
    tidy_values: pd.DataFrame,
    framework: Framework,
    recipe: Recipe,
    *,
    units: pd.DataFrame | None = None,
    fitted: Mapping[str, pd.DataFrame] | None = None,
) -> Result:
    """
    Return the scores and ranks of a recipe, with every stage on the way.

    Parameters
    ----------
    tidy_values
        See :func:`hubscan.index.values.tidy`.
    framework
        The tree.
    recipe
        The steps.
    units
        Attributes of the units (groups, denominators), indexed by unit, or by period and unit as
        the values are; needed by some steps.
    fitted
        ``fitted`` of an earlier result: its parameters are applied instead of fitted, so that
        further units or years stand on the same scale. Units are screened anew.

    Returns
    -------
    result
        See :class:`Result`.

    Raises
    ------
    FrameworkError
        Whatever a step cannot do, with step, indicator and unit.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.recipe import Recipe, Step
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> wide = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [5.0, 9.0, 4.0]}, index=["A", "B", "C"])
    >>> recipe = Recipe(
    ...     (
    ...         Step("normalise", "rank"),
    ...         Step(
    ...             "aggregate",
    ...             "arithmetic",
    ...             {"overrides": {}, "min_coverage": 0, "coverage": "count"},
    ...         ),
    ...         Step("rank", "min", {"tolerance": 1e-9}),
    ...     )
    ... )
    >>> result = run(values.from_matrix(wide, period="2023", source=""), tree, recipe)
    >>> result.ranks["T"].to_dict()
    {'A': 3.0, 'B': 1.0, 'C': 2.0}
    """
    table, flags = values.tables(tidy_values, framework)
    frozen = dict(fitted or {})
    stages, logs, kept = {"raw": table}, [], {}
    for name, step in _named(recipe):
        if step.step in STEPS:
            given = None if step.step == "screen" else frozen.get(name)
            table, kept[name], log = applied_step(step, table, framework, units, given)
            stages[name] = table
            logs.append(log)
        elif step.step == "weight":
            found = frozen.get(name)
            kept[name] = weights_of(step, table, framework).to_frame() if found is None else found
            framework = framework.with_weights(kept[name]["weight"])
    means, last = recipe.step("aggregate"), recipe.step("rank")
    scores = aggregate.tree_scores(table, framework, method=means.method, **means.parameters)
    return Result(
        recipe,
        framework,
        stages,
        scores,
        ranks.ranks(scores, ties=last.method, **last.parameters),
        kept,
        pd.concat([_NO_CELLS, *(log.cells for log in logs)], ignore_index=True),
        pd.concat(
            [*(log.warnings for log in logs), _unscored(scores, framework)], ignore_index=True
        ),
        flags,
    )


def replayed(result: Result) -> pd.DataFrame:
    """
    Return the raw values with every change of the audit trail made again, in order.

    Parameters
    ----------
    result
        A result; only its raw stage and its cells are read.

    Returns
    -------
    table
        Equal to the last stage of the result, cell by cell.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.recipe import Recipe
    >>> recipe = Recipe.from_rows(
    ...     [
    ...         {"step": "normalise", "method": "rank"},
    ...         {
    ...             "step": "aggregate",
    ...             "method": "arithmetic",
    ...             "overrides": {},
    ...             "min_coverage": 0,
    ...             "coverage": "count",
    ...         },
    ...         {"step": "rank", "method": "min", "tolerance": 0},
    ...     ]
    ... )
    >>> wide = pd.DataFrame({"x": [5.0, 7.0]}, index=["A", "B"])
    >>> tidy_values = values.from_matrix(wide, period="2023", source="")
    >>> result = run(tidy_values, Framework.from_parents({"x": "T"}), recipe)
    >>> replayed(result).equals(result.stages["1 normalise"])
    True
    """
    table = result.stages["raw"].copy()
    rows = {label: place for place, label in enumerate(table.index)}
    columns = {label: place for place, label in enumerate(table.columns)}
    array = table.to_numpy(float, copy=True)
    for unit, indicator, after in result.cells[["unit", "indicator", "after"]].itertuples(
        index=False
    ):
        array[rows[unit], columns[indicator]] = after
    last = list(result.stages.values())[-1]
    return pd.DataFrame(array, index=table.index, columns=table.columns).loc[last.index]


_NO_CELLS = pd.DataFrame(columns=list(CELL_COLUMNS))


def _named(recipe: Recipe) -> Iterator[tuple[str, Step]]:
    """Yield each step with its name in the result: its place and what it is."""
    for place, step in enumerate(recipe, start=1):
        yield f"{place} {step.step}", step


def _unscored(scores: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return a warning for every node above the leaves a unit has no score at."""
    rows = [
        Warned("aggregate", str(node), str(unit), "warning", "no score: too little is present")
        for node in framework.inner
        for unit in scores.index[scores[node].isna()]
    ]
    return pd.DataFrame(rows, columns=list(WARNING_COLUMNS))
