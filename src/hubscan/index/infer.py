"""Recover unpublished weights from printed tables, with the bounds that rounding leaves."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog, nnls

from hubscan.errors import FrameworkError
from hubscan.index.verify import exact_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from hubscan.index.verify import Cell

WEIGHTS: Final = (
    "table", "parent", "child", "weight", "fraction", "low", "high", "fitted", "free",
    "standard_error", "status",
)  # fmt: skip
"""Columns of the table of recovered weights; its key is table, parent, child."""

FITS: Final = (
    "table", "parent", "children", "rows", "rank", "condition", "free_total", "excess",
    "max_residual", "rms_residual", "max_bound", "outside", "solutions", "verdict",
)  # fmt: skip
"""Columns of the table of fits; its key is table, parent."""

_SLACK: Final = 1e-6
_MOST_COMBINATIONS: Final = 100_000
_HUNDREDTHS: Final = 100


class System(NamedTuple):
    """The complete rows of one parent in one table: printed parents, children, half units."""

    parents: tuple[Cell, ...]
    children: tuple[tuple[Cell, ...], ...]

    @property
    def y(self) -> NDArray[np.float64]:
        """Printed parents, shape (rows,)."""
        return np.array([float(cell.value) for cell in self.parents])

    @property
    def x(self) -> NDArray[np.float64]:
        """Printed children, shape (rows, children)."""
        return np.array([[float(cell.value) for cell in row] for row in self.children])

    @property
    def half_y(self) -> NDArray[np.float64]:
        """Half units of the parents, shape (rows,)."""
        return np.array([float(cell.half) for cell in self.parents])

    @property
    def half_x(self) -> NDArray[np.float64]:
        """Half units of the children, shape (rows, children)."""
        return np.array([[float(cell.half) for cell in row] for row in self.children])

    def residuals(self, weights: Sequence[Fraction]) -> list[tuple[Fraction, Fraction]]:
        """Return the exact residual and bound of each row under given weights."""
        return [
            (
                parent.value - sum(w * c.value for w, c in zip(weights, row, strict=True)),
                parent.half + sum(w * c.half for w, c in zip(weights, row, strict=True)),
            )
            for parent, row in zip(self.parents, self.children, strict=True)
        ]


def implied_weights(
    cells: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    total: float | None,
    widest: float,
    max_denominator: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""
    Return the weights with which printed parents follow from printed children, and how they fit.

    For every parent whose children stand in the same table: the weights of free least squares and
    of least squares under :math:`w \\ge 0, \\sum w = T`; the interval of each weight over all
    weights with :math:`|Y - Xw| \\le h_Y + \\sum w_i h_i` in every row (two linear programmes a
    weight, :math:`h` half a unit of the last printed digit); and the simplest fractions in those
    intervals that put every row inside its bound, in exact arithmetic. The standard error is that
    of rounding alone, :math:`\\sigma^2 = (h_Y^2 + \\sum w_i^2 h_i^2) / 3` with covariance
    :math:`\\sigma^2 (G - G 1 1^T G / 1^T G 1)`, :math:`G = (X^T X)^{-1}`.

    Parameters
    ----------
    cells
        Printed cells (:func:`hubscan.index.printed.printed_cells`).
    edges
        Columns ``parent, child``; weights, if there are any, are not looked at.
    total
        What the weights of siblings sum to: 1 for a mean; None if nothing is known of the sum, as
        for a table whose last column may add the others up.
    widest
        Width of interval above which a weight counts as not identified.
    max_denominator
        Largest common denominator tried for simple fractions; hundredths are tried after it.

    Returns
    -------
    weights
        Columns :data:`WEIGHTS`. ``status`` is ``exact`` (``weight`` is the unique simplest
        fraction), ``estimated`` (``weight`` is the constrained fit), ``not identified`` or
        ``infeasible`` (no ``weight``).
    fits
        Columns :data:`FITS`. ``excess`` is the least by which all bounds must grow for any weights
        to fit; above 0 the children, or a printed cell, are not what the tree says. ``outside``
        counts the rows outside at the weights given; ``solutions`` the combinations of simple
        fractions that fit at the common denominator of the simplest.

    Raises
    ------
    FrameworkError
        If no table prints a parent with all its children for any unit.

    Examples
    --------
    >>> from hubscan.index.printed import printed_cells
    >>> wide = pd.DataFrame({"unit": ["Oslo", "Rome", "Bonn"], "y": ["72.00", "84.00", "63.60"],
    ...                      "a": ["70.0", "90.0", "60.0"], "b": ["75.0", "75.0", "69.0"]})
    >>> cells = printed_cells(wide, table="t", nodes={"y": "0", "a": "1", "b": "2"})
    >>> edges = pd.DataFrame({"parent": "0", "child": ["1", "2"]})
    >>> weights, fits = implied_weights(cells, edges, total=1, widest=0.05, max_denominator=20)
    >>> weights[["child", "weight", "fraction", "status"]]
      child  weight fraction status
    0     1     0.6      3/5  exact
    1     2     0.4      2/5  exact
    """  # fmt: skip
    found = [
        _inferred(system, children, (table, parent), (total, widest, max_denominator))
        for table, parent, children, system in _systems(cells, edges)
    ]
    if not found:
        msg = "infer: no table prints a parent with all its children: nothing to infer from"
        raise FrameworkError(msg)
    weights = pd.concat([rows for rows, _ in found], ignore_index=True)
    return weights, pd.DataFrame([fit for _, fit in found], columns=list(FITS))


def _systems(
    cells: pd.DataFrame, edges: pd.DataFrame
) -> Iterator[tuple[str, str, tuple[str, ...], System]]:
    """Yield each table and parent all of whose children are printed, with its complete rows."""
    families: dict[str, list[str]] = {}
    for parent, child in zip(edges["parent"], edges["child"], strict=True):
        families.setdefault(parent, []).append(child)
    for table, nodes in exact_cells(cells).items():
        for parent, children in families.items():
            if parent in nodes and all(child in nodes for child in children):
                system = _system(nodes, parent, children)
                if system.parents:
                    yield table, parent, tuple(children), system


def _system(
    nodes: Mapping[str, Mapping[str, Cell]], parent: str, children: Sequence[str]
) -> System:
    """Return the rows of one parent in which every child is printed."""
    units = [unit for unit in nodes[parent] if all(unit in nodes[child] for child in children)]
    rows = (tuple(nodes[child][unit] for child in children) for unit in units)
    return System(tuple(nodes[parent][unit] for unit in units), tuple(rows))


def _inferred(
    system: System,
    children: Sequence[str],
    key: tuple[str, str],
    options: tuple[float | None, float, int],
) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    """Return the weights of one parent and its row of the table of fits."""
    total, widest, max_denominator = options
    excess = _least_excess(system, total)
    feasible = excess <= _SLACK
    intervals = (
        _intervals(system, total, excess) if feasible else np.full((len(children), 2), math.nan)
    )
    identified = feasible and bool(((intervals[:, 1] - intervals[:, 0]) <= widest).all())
    snapped = _simplest(system, intervals, total, max_denominator) if identified else []
    fitted = _fitted(system, total)
    best = list(snapped[0]) if len(snapped) == 1 else [Fraction(float(w)) for w in fitted]
    status = _status(feasible=feasible, identified=identified, solutions=len(snapped))
    free, rank, condition = _free(system)
    rows = pd.DataFrame(
        {
            "table": key[0],
            "parent": key[1],
            "child": list(children),
            "weight": [float(w) if identified else math.nan for w in best],
            "fraction": [str(w) if len(snapped) == 1 else "" for w in best],
            "low": intervals[:, 0],
            "high": intervals[:, 1],
            "fitted": fitted,
            "free": free,
            "standard_error": _standard_errors(system, fitted, total),
            "status": status,
        },
        columns=list(WEIGHTS),
    )
    sizes = [(float(abs(r)), float(b), abs(r) <= b) for r, b in system.residuals(best)]
    fit = (
        *key, len(children), len(system.parents), rank, condition, float(np.sum(free)), excess,
        max((size for size, _, _ in sizes), default=math.nan),
        math.sqrt(math.fsum(size**2 for size, _, _ in sizes) / max(len(sizes), 1)),
        max((bound for _, bound, _ in sizes), default=math.nan),
        sum(not inside for _, _, inside in sizes), len(snapped), status,
    )  # fmt: skip
    return rows, fit


def _status(*, feasible: bool, identified: bool, solutions: int) -> str:
    """Return what can be said of the weights of one parent."""
    if not feasible:
        return "infeasible"
    if not identified:
        return "not identified"
    return "exact" if solutions == 1 else "estimated"


def _constraints(system: System) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return A and b of the inequalities A w <= b: every row inside its bound."""
    a = np.vstack((-(system.x + system.half_x), system.x - system.half_x))
    b = np.concatenate((system.half_y - system.y, system.half_y + system.y))
    return a, b


def _least_excess(system: System, total: float | None) -> float:
    """Return the least t >= 0 such that some weights leave no row outside its bound by more."""
    a, b = _constraints(system)
    cost = np.append(np.zeros(a.shape[1]), 1.0)
    equation = np.append(np.ones(a.shape[1]), 0.0)
    least = _least(cost, np.column_stack((a, -np.ones(len(b)))), b, _sums(equation, total))
    return max(least, 0.0)


def _intervals(system: System, total: float | None, excess: float) -> NDArray[np.float64]:
    """Return the least and greatest value of each weight over all weights that fit, (k, 2)."""
    a, b = _constraints(system)
    unit = np.eye(a.shape[1])
    sums = _sums(np.ones(a.shape[1]), total)
    widened = b + excess + _SLACK / 10
    return np.array(
        [[_least(e, a, widened, sums), -_least(-e, a, widened, sums)] for e in unit], float
    )


def _sums(
    equation: NDArray[np.float64], total: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the equation that holds the sum of the weights, if anything is known of it."""
    return None if total is None else (equation[None, :], np.array([total]))


def _least(
    cost: NDArray[np.float64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    sums: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> float:
    """Return the least cost over w >= 0 with A w <= b and the sum held; -inf if unbounded."""
    left, right = (None, None) if sums is None else sums
    found = linprog(cost, A_ub=a, b_ub=b, A_eq=left, b_eq=right, method="highs")
    return -math.inf if found.status or found.fun is None else float(found.fun)


def _fitted(system: System, total: float | None) -> NDArray[np.float64]:
    """
    Return the least-squares weights that are not negative and sum to the total.

    With a total T the residual is Xw - Y = Dw for columns D = X - Y/T, so the task is the point of
    least norm in the convex hull of those columns; non-negative least squares on [D; 1] w = [0; T]
    finds its direction exactly.
    """
    if total is None:
        return np.asarray(nnls(system.x, system.y)[0])
    differences = system.x - system.y[:, None] / total
    stacked = np.vstack((differences, np.ones(system.x.shape[1])))
    found = np.asarray(nnls(stacked, np.append(np.zeros(len(system.parents)), total))[0])
    return np.asarray(found * total / found.sum())


def _free(system: System) -> tuple[NDArray[np.float64], int, float]:
    """Return the weights of free least squares, and rank and condition number of the children."""
    found, _, rank, singular = np.linalg.lstsq(system.x, system.y, rcond=None)
    short = rank < system.x.shape[1]
    condition = math.inf if short else float(singular[0] / singular[-1])
    return np.asarray(found, float), int(rank), condition


def _standard_errors(
    system: System, weights: NDArray[np.float64], total: float | None
) -> NDArray[np.float64]:
    """Return the standard error that rounding alone gives each weight; NaN if not of full rank."""
    x = system.x
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return np.full(x.shape[1], math.nan)
    g = np.linalg.inv(x.T @ x)
    g1 = g.sum(axis=1)
    held = 0.0 if total is None else np.outer(g1, g1) / g1.sum()
    variance = (np.mean(system.half_y**2) + np.mean(system.half_x**2, axis=0) @ weights**2) / 3.0
    return np.asarray(np.sqrt(np.clip(np.diag(g - held) * variance, 0.0, None)))


def _simplest(
    system: System, intervals: NDArray[np.float64], total: float | None, max_denominator: int
) -> list[tuple[Fraction, ...]]:
    """Return the fractions that fit, at the least common denominator at which any do."""
    for denominator in [*range(1, max_denominator + 1), _HUNDREDTHS]:
        choices = [
            range(
                math.ceil((low - _SLACK) * denominator),
                math.floor((high + _SLACK) * denominator) + 1,
            )
            for low, high in intervals
        ]
        if math.prod(map(len, choices)) > _MOST_COMBINATIONS:
            continue
        grid = (
            tuple(Fraction(n, denominator) for n in numerators)
            for numerators in itertools.product(*choices)
            if total is None or sum(numerators) == round(total * denominator)
        )
        fits = [w for w in grid if all(abs(r) <= b for r, b in system.residuals(w))]
        if fits:
            return fits
    return []
