"""Hold a printed table against the tree it is said to follow, cell by cell, within its rounding."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index.exact_means import METHODS
from hubscan.index.printed import exact_edges, half_unit, tree_edges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hubscan.index.exact_means import Mean
    from hubscan.index.framework import Framework

RESIDUALS: Final = (
    "table", "parent", "unit", "printed", "computed", "low", "high", "residual", "bound", "inside",
    "note",
)  # fmt: skip
"""Columns of the table of residuals; its key is table, parent, unit. ``low`` and ``high`` are the
least and greatest value that the printed children allow."""

MISSING: Final = ("renormalise", "leave_out")
"""What to do about a child that is not printed for one unit: weigh the others, or do not check."""


class Cell(NamedTuple):
    """One printed number and half a unit of its last digit, both exact."""

    value: Fraction
    half: Fraction

    @property
    def low(self) -> Fraction:
        """The least number that prints like this."""
        return self.value - self.half

    @property
    def high(self) -> Fraction:
        """The greatest number that prints like this."""
        return self.value + self.half


def exact_cells(cells: pd.DataFrame) -> dict[str, dict[str, dict[str, Cell]]]:
    """
    Return printed cells as exact numbers, by table, node and unit.

    Parameters
    ----------
    cells
        Columns ``table, unit, node, printed, decimals``.

    Returns
    -------
    exact
        Table -> node -> unit -> :class:`Cell`, in the order of the rows.

    Examples
    --------
    >>> row = {
    ...     "table": ["t"],
    ...     "unit": ["Oslo"],
    ...     "node": ["0"],
    ...     "printed": ["71.5"],
    ...     "decimals": [1],
    ... }
    >>> exact_cells(pd.DataFrame(row))["t"]["0"]["Oslo"].low
    Fraction(1429, 20)
    """
    exact: dict[str, dict[str, dict[str, Cell]]] = {}
    columns = (cells[name] for name in ("table", "node", "unit", "printed", "decimals"))
    for table, node, unit, printed, decimals in zip(*columns, strict=True):
        cell = Cell(Fraction(printed), half_unit(int(decimals)))
        exact.setdefault(table, {}).setdefault(node, {})[unit] = cell
    return exact


def residuals(
    cells: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    method: str,
    overrides: Mapping[str, str],
    missing: str,
) -> pd.DataFrame:
    r"""
    Return every printed parent beside the value its printed children give, and the bound between.

    For the arithmetic mean the residual is :math:`r = Y - \\sum w_i X_i` and the bound
    :math:`b = u_Y / 2 + \\sum w_i u_i / 2` with :math:`u` the unit of the last printed digit; in
    general the bound reaches as far as the mean does when every child moves by half its unit.
    Arithmetic is exact: a residual equal to the bound is inside.

    Parameters
    ----------
    cells
        Printed cells (:func:`hubscan.index.printed.printed_cells`); a parent is checked in every
        table that prints it and at least one of its children.
    edges
        Columns ``parent, child, weight``.
    method
        Name of the mean, one of :data:`hubscan.index.exact_means.METHODS`.
    overrides
        Parent -> name of another mean.
    missing
        ``renormalise`` weighs the printed children alone when a child is not printed for a unit;
        ``leave_out`` does not check that unit, and says so in ``note``.

    Returns
    -------
    residuals
        Columns :data:`RESIDUALS`; ``inside`` is missing where nothing could be checked.

    Raises
    ------
    FrameworkError
        If a method or the rule for missing children is unknown, or a value lies outside the domain
        of a mean.

    Examples
    --------
    >>> from hubscan.index.printed import printed_cells
    >>> wide = pd.DataFrame({"unit": ["Oslo", "Rome"], "y": ["72.0", "80.0"],
    ...                      "a": ["70.0", "80.0"], "b": ["75.0", "81.0"]})
    >>> cells = printed_cells(wide, table="t", nodes={"y": "0", "a": "1", "b": "2"})
    >>> edges = pd.DataFrame({"parent": "0", "child": ["1", "2"], "weight": [".6", ".4"]})
    >>> found = residuals(cells, edges, method="arithmetic", overrides={}, missing="leave_out")
    >>> found[["unit", "computed", "residual", "bound", "inside"]]
       unit  computed  residual  bound  inside
    0  Oslo      72.0       0.0    0.1    True
    1  Rome      80.4      -0.4    0.1   False
    """  # fmt: skip
    _check_choice(missing, MISSING, "missing")
    exact, weights = exact_cells(cells), exact_edges(edges)
    rows: list[tuple[Any, ...]] = []
    for table, nodes in exact.items():
        for parent, children in weights.items():
            mean = METHODS[_check_choice(overrides.get(parent, method), METHODS, "method")]
            known = {child: nodes[child] for child in children if child in nodes}
            if parent not in nodes or not known:
                continue
            for unit, cell in nodes[parent].items():
                printed = {child: column.get(unit) for child, column in known.items()}
                found = _checked(cell, children, printed, mean, missing)
                rows.append((table, parent, unit, *found))
    return _typed(pd.DataFrame(rows, columns=list(RESIDUALS)))


def tree_residuals(
    cells: pd.DataFrame, tree: Framework, *, method: str, missing: str
) -> pd.DataFrame:
    """
    Return every printed parent beside what a framework makes of its printed children.

    Parameters
    ----------
    cells
        Printed cells, their nodes the codes of the framework.
    tree
        Its weights; nodes that name an ``aggregation`` of their own use that mean.
    method
        Mean of the other nodes, one of :data:`hubscan.index.exact_means.METHODS`.
    missing
        As :func:`residuals`.

    Returns
    -------
    residuals
        As :func:`residuals`.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> from hubscan.index.printed import printed_cells
    >>> tree = Framework.from_parents({"a": "T", "b": "T"}, aggregation={"T": "geometric"})
    >>> wide = pd.DataFrame({"unit": ["Oslo"], "T": ["6.0"], "a": ["4.0"], "b": ["9.0"]})
    >>> cells = printed_cells(wide, table="t", nodes={"T": "T", "a": "a", "b": "b"})
    >>> found = tree_residuals(cells, tree, method="arithmetic", missing="leave_out")
    >>> found["inside"].tolist()
    [True]
    """
    own = tree.table["aggregation"]
    overrides = {str(code): str(name) for code, name in own.items() if name}
    return residuals(cells, tree_edges(tree), method=method, overrides=overrides, missing=missing)


def _checked(
    parent: Cell,
    weights: Mapping[str, Fraction],
    printed: Mapping[str, Cell | None],
    mean: Mean,
    missing: str,
) -> tuple[Any, ...]:
    """Return one row of residuals after its key."""
    children = {child: cell for child in weights if (cell := printed.get(child)) is not None}
    absent = [child for child in weights if child not in children]
    note = f"not printed: {', '.join(absent)}" if absent else ""
    shares = [weights[child] for child in children]
    if not children or not sum(shares) or (absent and missing == "leave_out"):
        return float(parent.value), *(math.nan,) * 5, None, note
    computed = mean(shares, [cell.value for cell in children.values()])
    low = mean(shares, [cell.low for cell in children.values()])
    high = mean(shares, [cell.high for cell in children.values()])
    residual = parent.value - computed
    bound = parent.half + (high - computed if residual > 0 else computed - low)
    numbers = (parent.value, computed, low, high, residual, bound)
    return *map(float, numbers), abs(residual) <= bound, note


def _check_choice(name: str, choices: Mapping[str, object] | Sequence[str], what: str) -> str:
    """Return a name if it is one of the choices."""
    if name not in choices:
        msg = f"verify: {what} = {name!r}: must be one of {', '.join(choices)}"
        raise FrameworkError(msg)
    return name


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return residuals with their column types, whatever rows there are."""
    return rows.astype(dict.fromkeys(RESIDUALS[3:9], "float") | {"inside": "boolean"})


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """
    Return one row for each table and parent: how far its residuals reach, and a verdict.

    Parameters
    ----------
    found
        Residuals (:func:`residuals`).

    Returns
    -------
    summary
        Columns ``table, parent, rows, checked, max_residual, rms_residual, max_bound, outside,
        verdict``; the verdict is ``holds`` (no row outside), ``fails``, or ``not checked``.

    Examples
    --------
    >>> found = pd.DataFrame({"table": "t", "parent": "0", "unit": ["Oslo", "Rome"],
    ...     "residual": [0.0, -0.4], "bound": [0.1, 0.1], "inside": [True, False]})
    >>> summary(found)[["rows", "outside", "max_residual", "verdict"]]
       rows  outside  max_residual verdict
    0     2        1           0.4   fails
    """  # fmt: skip
    rows = []
    for (table, parent), part in found.groupby(["table", "parent"], sort=False):
        checked = part[part["inside"].notna()]
        sizes = checked["residual"].abs().to_numpy(float)
        outside = int((~checked["inside"].astype(bool)).sum())
        row = {
            "table": table,
            "parent": parent,
            "rows": len(part),
            "checked": len(checked),
            "max_residual": sizes.max(initial=0.0) if len(sizes) else math.nan,
            "rms_residual": float(np.sqrt(np.mean(sizes**2))) if len(sizes) else math.nan,
            "max_bound": checked["bound"].max(),
            "outside": outside,
            "verdict": ("fails" if outside else "holds") if len(sizes) else "not checked",
        }
        rows.append(row)
    return pd.DataFrame(rows)


def cells_outside(found: pd.DataFrame) -> pd.DataFrame:
    """
    Return the rows outside their bound, the worst first.

    Parameters
    ----------
    found
        Residuals (:func:`residuals`).

    Returns
    -------
    outside
        The same columns and ``times_bound``, the residual in units of the bound.

    Examples
    --------
    >>> found = pd.DataFrame({"table": "t", "parent": "0", "unit": ["Oslo", "Rome"],
    ...     "residual": [0.0, -0.4], "bound": [0.1, 0.1], "inside": [True, False]})
    >>> cells_outside(found)[["unit", "times_bound"]]
       unit  times_bound
    0  Rome          4.0
    """  # fmt: skip
    outside = found[~found["inside"].fillna(value=True).astype(bool)]
    sized = outside.assign(times_bound=(outside["residual"].abs() / outside["bound"]).round(12))
    order = sized.sort_values(
        ["times_bound", "table", "parent", "unit"], ascending=[False, True, True, True]
    )
    return order.reset_index(drop=True)


def agreement(cells: pd.DataFrame) -> pd.DataFrame:
    """
    Return the numbers printed in more than one table, and whether their printings agree.

    Parameters
    ----------
    cells
        Printed cells of several tables.

    Returns
    -------
    agreement
        Columns ``unit, node, table, printed, other_table, other_printed, difference, bound,
        inside``; the bound is the sum of both half units.

    Examples
    --------
    >>> cells = pd.DataFrame({"table": ["a", "b"], "unit": "Oslo", "node": "1",
    ...     "printed": ["71.5", "71.48"], "decimals": [1, 2]})
    >>> agreement(cells)[["difference", "bound", "inside"]]
       difference  bound  inside
    0        0.02  0.055    True
    """  # fmt: skip
    columns = [
        "unit", "node", "table", "printed", "other_table", "other_printed", "difference", "bound",
        "inside",
    ]  # fmt: skip
    return pd.DataFrame(list(_agreements(cells)), columns=columns)


def _agreements(cells: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Yield one row for each pair of printings of one number."""
    for (unit, node), part in cells.groupby(["unit", "node"], sort=False):
        printings = list(zip(part["table"], part["printed"], part["decimals"], strict=True))
        for (table, text, decimals), (other, other_text, other_decimals) in combinations(
            printings, 2
        ):
            difference = Fraction(text) - Fraction(other_text)
            bound = half_unit(decimals) + half_unit(other_decimals)
            sizes = (float(difference), float(bound), abs(difference) <= bound)
            yield (unit, node, table, text, other, other_text, *sizes)
