"""Screening: which units have enough values to be scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index._step import Log, Outcome, Warned, block

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from hubscan.index.framework import Framework

STEP: Final = "screen"
TOLERANCE: Final = 1e-12
"""Coverage this little below a threshold reaches it."""


def coverage(table: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """
    Return the share of present leaves below every node.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.

    Returns
    -------
    coverage
        One row per unit, one column per node with children, in [0, 1].

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, None], "y": [1.0, 2.0]}, index=["A", "B"])
    >>> coverage(raw, tree)["T"].to_dict()
    {'A': 1.0, 'B': 0.5}
    """
    present = table.reindex(columns=list(framework.leaves)).notna()
    shares = {
        node: present[list(framework.branch_leaves(node))].mean(axis=1)
        for node in reversed(framework.inner)
    }
    return pd.DataFrame(shares, index=table.index)


def summary(table: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """
    Return how complete each unit is.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.

    Returns
    -------
    summary
        Columns ``missing``, ``zero``, ``missing_or_zero`` (numbers), ``coverage`` (share present),
        ``non_zero`` (share of the present values that are not 0).

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [0.0], "y": [None]}, index=["A"], dtype=float)
    >>> summary(raw, tree).loc["A"].to_dict()
    {'missing': 1.0, 'zero': 1.0, 'missing_or_zero': 2.0, 'coverage': 0.5, 'non_zero': 0.0}
    """
    values = table.reindex(columns=list(framework.leaves)).to_numpy(float)
    missing = np.isnan(values).sum(axis=1)
    zero = (values == 0).sum(axis=1)
    present = values.shape[1] - missing
    with np.errstate(invalid="ignore"):
        columns = {
            "missing": missing,
            "zero": zero,
            "missing_or_zero": missing + zero,
            "coverage": present / values.shape[1],
            "non_zero": 1.0 - zero / present,
        }
    return pd.DataFrame(columns, index=table.index)


def by_coverage(
    table: pd.DataFrame,
    framework: Framework,
    *,
    thresholds: Mapping[str, float],
    force_in: Sequence[str],
    force_out: Sequence[str],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return the units whose branches all have enough leaves; reaching a threshold is enough.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    thresholds
        Least coverage by node; ``*`` stands for the root.
    force_in, force_out
        Units kept, or dropped, whatever their coverage.
    fitted
        Units of an earlier call.

    Returns
    -------
    outcome
        ``table`` of the units kept, ``fitted`` (one row per unit: ``kept``, ``reason``), ``log``
        with a warning for each unit dropped or forced.

    Raises
    ------
    FrameworkError
        For a node that is not in the framework, a unit that is not in the table, a unit forced
        both ways.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, None], "y": [1.0, 2.0]}, index=["A", "B"])
    >>> kept = by_coverage(raw, tree, thresholds={"*": 0.6}, force_in=[], force_out=[])
    >>> list(kept.table.index), kept.log.warnings["message"].tolist()
    (['A'], ['dropped: coverage of T 0.5 < 0.6'])
    """
    reasons = dict.fromkeys(table.index, "")
    shares = coverage(table, framework)
    for node, least in thresholds.items():
        code = framework.root if node == "*" else node
        for unit, share in zip(table.index, shares[_inner(code, framework)], strict=True):
            if share < least - TOLERANCE:
                reasons[unit] += f"; coverage of {code} {share:.4g} < {least:.4g}"
    return _screened(table, framework, reasons, (force_in, force_out), fitted)


def by_zeros(
    table: pd.DataFrame,
    framework: Framework,
    *,
    threshold: float,
    force_in: Sequence[str],
    force_out: Sequence[str],
    fitted: pd.DataFrame | None = None,
) -> Outcome:
    """
    Return the units with enough values that are not zero.

    Parameters
    ----------
    table
        One row per unit, columns leaves of the framework; NaN = missing.
    framework
        The tree.
    threshold
        Least share of non-zero values among the present ones, for example 0.05.
    force_in, force_out
        Units kept, or dropped, whatever their values.
    fitted
        Units of an earlier call.

    Returns
    -------
    outcome
        As :func:`by_coverage`.

    Raises
    ------
    FrameworkError
        For a forced unit that is not in the table.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"x": "T", "y": "T"})
    >>> raw = pd.DataFrame({"x": [1.0, 0.0], "y": [1.0, 0.0]}, index=["A", "B"])
    >>> list(by_zeros(raw, tree, threshold=0.05, force_in=[], force_out=[]).table.index)
    ['A']
    """
    shares = summary(table, framework)["non_zero"]
    reasons = {
        unit: f"; share of non-zero values {share:.4g} < {threshold:.4g}"
        if share < threshold - TOLERANCE
        else ""
        for unit, share in zip(table.index, shares, strict=True)
    }
    return _screened(table, framework, reasons, (force_in, force_out), fitted)


def _inner(code: str, framework: Framework) -> str:
    if code not in framework.inner:
        message = f"{STEP}: threshold for {code!r}: not a node with children"
        raise FrameworkError(message)
    return code


def _screened(
    table: pd.DataFrame,
    framework: Framework,
    reasons: Mapping[object, str],
    forced: tuple[Sequence[str], Sequence[str]],
    fitted: pd.DataFrame | None,
) -> Outcome:
    block(table, framework, step=STEP)
    if fitted is None:
        fitted = _decided(table, reasons, forced)
    kept = table.index.map(lambda unit: _kept(fitted, unit)).to_numpy(bool)
    after = table[kept]
    rows = [
        Warned(STEP, "", str(unit), "warning", row["reason"])
        for unit, row in fitted.iterrows()
        if row["reason"]
    ]
    log = Log(STEP, "screened", table[kept], after, lambda _row, _column: "", lambda: rows)
    return Outcome(after, fitted, log)


def _decided(
    table: pd.DataFrame, reasons: Mapping[object, str], forced: tuple[Sequence[str], Sequence[str]]
) -> pd.DataFrame:
    force_in, force_out = map(set, forced)
    names = {_unit(label) for label in table.index}
    faults = [
        *(f"forced unit {u!r} is not in the table" for u in sorted((force_in | force_out) - names)),
        *(f"unit {u!r} is forced both in and out" for u in sorted(force_in & force_out)),
    ]
    if faults:
        raise FrameworkError(f"{STEP}: " + "; ".join(faults))
    rows = []
    for label in table.index:
        unit, reason = _unit(label), reasons[label].removeprefix("; ")
        kept = unit in force_in or (not reason and unit not in force_out)
        said = f"{'kept' if kept else 'dropped'}: {reason or 'forced'}"
        rows.append((kept, said if reason or unit in force_out else ""))
    return pd.DataFrame(rows, columns=["kept", "reason"], index=table.index)


def _unit(label: object) -> str:
    return str(label[-1]) if isinstance(label, tuple) else str(label)


def _kept(fitted: pd.DataFrame, unit: Hashable) -> bool:
    if unit not in fitted.index:
        message = f"{STEP}: unit {unit!r} was not among the screened ones"
        raise FrameworkError(message)
    return bool(fitted.loc[[unit], "kept"].iloc[0])


METHODS: Final[Mapping[str, Callable[..., Outcome]]] = {
    "by_coverage": by_coverage,
    "by_zeros": by_zeros,
}
"""Methods of screening by name; two steps, one after the other, screen by both."""

COLUMNWISE: Final[frozenset[str]] = frozenset()
"""Screening looks across columns."""
