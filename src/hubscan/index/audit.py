"""The audit of an index: is it coherent, balanced, complete, and does it say what it claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._audit_checks import CHECKS, Finding
from hubscan.index._correlation import correlation_matrix, correlations
from hubscan.index._importance import correlation_ratio, importance
from hubscan.index._structure import (
    alpha_if_deleted,
    components,
    cronbach_alpha,
    sampling_adequacy,
    sphericity,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hubscan.index.pipeline import Result

__all__ = [
    "CHECKS",
    "USUAL_LIMITS",
    "alpha_if_deleted",
    "components",
    "correlation_matrix",
    "correlation_ratio",
    "correlations",
    "cronbach_alpha",
    "findings",
    "importance",
    "sampling_adequacy",
    "sphericity",
]

USUAL_LIMITS: Final[Mapping[str, float]] = {
    "coverage": 2 / 3,
    "not_observed": 0.1,
    "treated": 0.1,
    "redundant": 0.92,
    "opposed": 0.0,
    "parent": 0.3,
    "alpha": 0.7,
    "kmo": 0.5,
    "bartlett": 0.05,
    "first_component": 0.5,
    "importance": 2.0,
    "silent": 0.05,
    "compensation": 0.05,
    "gap": 0.005,
    "removal": 2.0,
    "doubt": 0.25,
}
"""
Limits in common use: shares of values (coverage, not observed, treated), correlations (redundant,
opposed, parent), coefficients (alpha, KMO, share of the first component), a p-value (Bartlett), a
factor between importance and weight, an R2 (silent), a share of the best score (compensation), a
score (gap), places (removal), a share of the units (doubt).
"""


def findings(result: Result, *, limits: Mapping[str, float], checks: Sequence[str]) -> pd.DataFrame:
    """
    Return what an audit of an index finds, one row per finding.

    Parameters
    ----------
    result
        Of a recipe; see :func:`hubscan.index.pipeline.run`.
    limits
        By name, all of `USUAL_LIMITS`.
    checks
        Names in `CHECKS`; all if empty.

    Returns
    -------
    findings
        Columns ``check``, ``node`` (or unit), ``value``, ``threshold``, ``verdict`` (``ok``, or
        what is the matter), ``sentence``.

    Raises
    ------
    FrameworkError
        For an unknown check and a limit that is not given.

    Examples
    --------
    >>> from hubscan.index import values
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.pipeline import run
    >>> from hubscan.index.recipe import Recipe, Step
    >>> means = {"overrides": {}, "min_coverage": 0, "coverage": "count"}
    >>> recipe = Recipe(
    ...     (Step("aggregate", "arithmetic", means), Step("rank", "min", {"tolerance": 1e-9}))
    ... )
    >>> wide = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 2, 3]}, index=["A", "B", "C"])
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> result = run(values.from_matrix(wide, period="2023", source=""), tree, recipe)
    >>> findings(result, limits=USUAL_LIMITS, checks=["siblings"])["sentence"].tolist()
    ['x and y say nearly the same (r = 1.00).']
    """
    lost = sorted(set(checks) - set(CHECKS)) + sorted(set(USUAL_LIMITS) - set(limits))
    if lost:
        message = f"audit: no check or limit {', '.join(lost)}"
        raise FrameworkError(message)
    rows = [finding for name in (checks or CHECKS) for finding in CHECKS[name](result, limits)]
    return pd.DataFrame(rows, columns=list(Finding._fields))
