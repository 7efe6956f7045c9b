"""A recipe: the ordered, frozen steps from values to ranks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Self

from hubscan import __version__
from hubscan.errors import FrameworkError
from hubscan.index._engine import step_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hubscan.index.framework import Framework

LAST: Final = ("weight", "aggregate", "rank")
"""Steps that come after all others, in this order."""


@dataclass(frozen=True)
class Step:
    """
    One step of a recipe.

    Parameters
    ----------
    step
        One of ``screen``, ``denominate``, ``impute``, ``treat``, ``normalise``, ``weight``,
        ``aggregate``, ``rank``.
    method
        Name in the ``METHODS`` of that module; for ``aggregate`` a method as text, for ``rank``
        the rule for ties.
    parameters
        Keyword arguments of the method; plain values only.
    where
        Restricts the step to leaves: entries by framework column, or by ``code``.
    fit_on
        Rows the parameters are fitted on: ``all``, ``each period``, or one period.
    on_error
        ``raise``, or ``warn`` to leave the table as it was and write a warning row.

    Examples
    --------
    >>> Step("treat", "winsorised", {"max_points": 5}).replace(max_points=3).parameters
    {'max_points': 3}
    """

    step: str
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fit_on: str = "all"
    on_error: str = "raise"

    def replace(self, **parameters: object) -> Step:
        """Return the step with other parameters."""
        return replace(self, parameters={**self.parameters, **parameters})

    def described(self) -> dict[str, object]:
        """Return the step as plain values, for the fingerprint and for comparison."""
        return {
            "step": self.step,
            "method": self.method,
            "parameters": dict(self.parameters),
            "where": {column: sorted(entries) for column, entries in self.where.items()},
            "fit_on": self.fit_on,
            "on_error": self.on_error,
        }

    def __hash__(self) -> int:
        """Return a hash over the description."""
        return hash(_canonical(self.described()))


@dataclass(frozen=True)
class Recipe:
    """
    The ordered steps from values to ranks.

    Parameters
    ----------
    steps
        At least ``aggregate`` and ``rank``, these two last, weights just before them.

    Raises
    ------
    FrameworkError
        Naming every unknown step, method and parameter, and every step out of order.

    Examples
    --------
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
    ...         {"step": "rank", "method": "min", "tolerance": 1e-9},
    ...     ]
    ... )
    >>> [step.step for step in recipe.steps]
    ['normalise', 'aggregate', 'rank']
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Check the steps."""
        faults = [fault for step in self.steps for fault in step_faults(step)]
        names = [step.step for step in self.steps]
        tail = [name for name in names if name in LAST]
        if names[len(names) - len(tail) :] != tail or tail != sorted(tail, key=LAST.index):
            faults.append("recipe: weight, aggregate and rank come last, in this order")
        if any(names.count(name) != 1 for name in ("aggregate", "rank")):
            faults.append("recipe: needs one aggregate and one rank step")
        if faults:
            raise FrameworkError("; ".join(faults))

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """
        Return a recipe from tables as a TOML file holds them.

        Parameters
        ----------
        rows
            One per step: ``step``, ``method``, optional ``where``, ``fit_on``, ``on_error``; every
            other entry is a parameter of the method.

        Returns
        -------
        recipe
            See :class:`Recipe`.

        Raises
        ------
        FrameworkError
            As :class:`Recipe`, and for a row without ``step`` or ``method``.

        Examples
        --------
        >>> Recipe.from_rows([{"step": "rank"}])
        Traceback (most recent call last):
        ...
        hubscan.errors.FrameworkError: recipe: step 1 has no method
        """
        own = {"step", "method", "where", "fit_on", "on_error"}
        steps = []
        for place, row in enumerate(rows, start=1):
            for name in ("step", "method"):
                if name not in row:
                    message = f"recipe: step {place} has no {name}"
                    raise FrameworkError(message)
            settings = {key: value for key, value in row.items() if key in own}
            given = {key: value for key, value in row.items() if key not in own}
            steps.append(Step(**settings, parameters=given))
        return cls(tuple(steps))

    def step(self, name: str) -> Step:
        """Return the only step of that name."""
        found = [step for step in self.steps if step.step == name]
        if len(found) != 1:
            message = f"recipe: has {len(found)} steps {name!r}, one was asked for"
            raise FrameworkError(message)
        return found[0]

    def with_step(self, step: Step) -> Recipe:
        """
        Return the recipe with one step replaced by another of the same kind.

        Among several of that kind, the one for the same leaves; among several of these, the one
        of the same method.

        Parameters
        ----------
        step
            Takes the place.

        Returns
        -------
        recipe
            Another recipe.

        Raises
        ------
        FrameworkError
            If it is not clear which step is meant.

        Examples
        --------
        >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
        >>> mean = Step("aggregate", "arithmetic", means)
        >>> recipe = Recipe((mean, Step("rank", "min", {"tolerance": 0})))
        >>> recipe.with_step(Step("rank", "max", {"tolerance": 0})).step("rank").method
        'max'
        """
        found = [place for place, own in enumerate(self.steps) if own.step == step.step]
        for same in ("where", "method"):
            if len(found) > 1:
                wanted = getattr(step, same)
                found = [place for place in found if getattr(self.steps[place], same) == wanted]
        if len(found) != 1:
            message = f"recipe: {len(found)} steps {step.step!r} could be replaced, not one"
            raise FrameworkError(message)
        return Recipe((*self.steps[: found[0]], step, *self.steps[found[0] + 1 :]))

    def fingerprint(self, framework: Framework) -> str:
        """Return the SHA-256 over steps, framework and version of the package."""
        nodes = framework.table.reset_index().to_dict("split", index=False)
        steps = [step.described() for step in self.steps]
        text = _canonical({"steps": steps, "framework": nodes, "version": __version__})
        return hashlib.sha256(text.encode()).hexdigest()

    def __iter__(self) -> Iterator[Step]:
        """Iterate over the steps."""
        return iter(self.steps)


def _canonical(described: object) -> str:
    """Return one text for equal values, whatever the order of their keys."""
    return json.dumps(described, sort_keys=True, default=_plain, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset | tuple):
        return sorted(map(str, value)) if isinstance(value, set | frozenset) else list(value)
    message = f"recipe: {value!r} is not a plain value (text, number, list, table)"
    raise FrameworkError(message)
