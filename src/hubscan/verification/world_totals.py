"""World totals that the published shares follow from, by linear programming over their rounding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from hubscan.errors import InputError
from hubscan.verification.rounding import HALF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INDICATORS: Final = {
    "patents": ("pct_applications", "share_pct"),
    "publications": ("scientific_publications", "share_publications"),
    "deals": ("vc_deals", "share_vc"),
}
"""Columns of count and share of each indicator in the published table of sizes."""

_MILLION: Final = 1e6
_HUNDRED: Final = 100.0
_FOUND: Final = 0
_TOUCH: Final = 1e-7


@dataclass(frozen=True)
class Equations:
    """
    What every printed share, total and intensity says of the world totals.

    With :math:`x_m = 1/W_m` each is linear: ``matrix @ (x * scale) = printed``, within ``half``.

    Attributes
    ----------
    matrix
        A row for each printed cell, a column for each indicator.
    printed
        The printed numbers.
    half
        Half a unit of their last digit.
    scale
        World totals of about the right size, by which the unknowns are scaled.
    cells
        ``cluster`` and ``column`` of each row.
    """

    matrix: Floats
    printed: Floats
    half: Floats
    scale: Floats
    cells: pd.DataFrame


def equations(sizes: pd.DataFrame, intensities: pd.DataFrame | None = None) -> Equations:
    r"""
    Return what the printed shares, totals and intensities say of the world totals.

    .. math:: s_{cm} = 100 \, N_{cm} x_m, \quad T_c = \sum_m s_{cm}, \quad I_c = 10^6 \, T_c / H_c

    Parameters
    ----------
    sizes
        Appendix IV Table 2 of 2025 (``clusters_2025_appendix_table2``) or a table of its columns.
    intensities
        Appendix IV Table 3 (population and totals per million), joined by cluster; or None.

    Returns
    -------
    equations
        Counts and populations are taken as printed; cells with missing numbers are left out.

    Raises
    ------
    InputError
        If a column is missing, or no cluster has a positive count and share of some indicator.
    """
    needed = ["cluster", "total_share", *(name for pair in INDICATORS.values() for name in pair)]
    missing = [name for name in needed if name not in sizes]
    if missing:
        msg = f"verify: the table of sizes lacks the columns {', '.join(missing)}"
        raise InputError(msg)
    counts = sizes[[count for count, _ in INDICATORS.values()]].to_numpy(float)
    parts = [
        _share_rows(sizes, counts, place, share)
        for place, (_, share) in enumerate(INDICATORS.values())
    ]
    parts.append((_HUNDRED * counts, sizes["total_share"], "total_share"))
    if intensities is not None:
        joined = intensities.drop_duplicates("cluster").set_index("cluster")
        joined = joined.reindex(sizes["cluster"])
        per_head = _MILLION * _HUNDRED / joined["population"].to_numpy(float)
        printed = joined["total_share_per_million"]
        parts.append((counts * per_head[:, None], printed, "total_share_per_million"))
    return _gathered(sizes["cluster"].tolist(), parts, _scale(sizes))


def feasible_totals(sizes: pd.DataFrame, intensities: pd.DataFrame | None = None) -> pd.DataFrame:
    r"""
    Return the interval of each world total within which all printed figures are possible.

    The least and the greatest :math:`W_m` such that some :math:`W` puts every printed share, total
    and intensity within half a unit of its last digit. These are projections: not every
    combination inside the box fits all cells.

    Parameters
    ----------
    sizes, intensities
        As for :func:`equations`.

    Returns
    -------
    totals
        ``indicator``, ``low``, ``high`` (documents).

    Raises
    ------
    InputError
        If no world totals fit all printed figures.

    Examples
    --------
    >>> from hubscan.reference import published
    >>> table = published("clusters_2025_appendix_table2")
    >>> feasible_totals(table).round(1).values.tolist()[0]
    ['patents', 1309660.2, 1309788.8]
    """
    return _box(equations(sizes, intensities))


def central_totals(
    sizes: pd.DataFrame, intensities: pd.DataFrame | None = None
) -> pd.Series[float]:
    """
    Return the world totals that lie deepest inside the rounding of all printed figures.

    Parameters
    ----------
    sizes, intensities
        As for :func:`equations`.

    Returns
    -------
    totals
        Documents by indicator: those with the greatest least distance, in half units, from any
        bound.

    Raises
    ------
    InputError
        If no world totals fit all printed figures.
    """
    return _centre(equations(sizes, intensities))


def consistent(given: Equations) -> tuple[Equations, NDArray[np.bool_]]:
    """
    Return the printed figures that some world totals fit, and which they are.

    As long as some figures cannot be fitted, all are moved by as little as possible in sum (in half
    units of their last digits), and the one that moves most is left out: a misprint among many good
    cells is thus found without knowing the totals.

    Parameters
    ----------
    given
        All printed figures.

    Returns
    -------
    kept
        The figures that fit.
    fits
        For each row whether it is kept.
    """
    fits = np.ones(len(given.printed), dtype=bool)
    while fits.any():
        moves = _moves(_part(given, fits))
        if moves.max() <= _TOUCH:
            break
        fits[np.flatnonzero(fits)[moves.argmax()]] = False
    return _part(given, fits), fits


def _part(given: Equations, chosen: NDArray[np.bool_]) -> Equations:
    """Return some of the rows."""
    return Equations(
        given.matrix[chosen], given.printed[chosen], given.half[chosen], given.scale,
        given.cells[chosen].reset_index(drop=True),
    )  # fmt: skip


def _moves(given: Equations) -> Floats:
    """Return by how many half units beyond its rounding each figure moves, least in sum."""
    rows, unknowns = given.matrix.shape
    matrix, limits = _limits(given)
    widened = np.hstack([matrix, -np.tile(np.eye(rows), (2, 1))])
    cost = np.concatenate([np.zeros(unknowns), np.ones(rows)])
    return _solved(cost, widened, limits)[unknowns:]


def box_and_centre(given: Equations) -> tuple[pd.DataFrame, pd.Series[float]]:
    """
    Return feasible interval and central value of each world total.

    Parameters
    ----------
    given
        Printed figures that some world totals fit.

    Returns
    -------
    box, centre
        As :func:`feasible_totals` and :func:`central_totals`.
    """
    return _box(given), _centre(given)


def _share_rows(
    sizes: pd.DataFrame, counts: Floats, place: int, share: str
) -> tuple[Floats, pd.Series[float], str]:
    """Return the rows of the shares of one indicator."""
    rows = np.zeros_like(counts)
    rows[:, place] = _HUNDRED * counts[:, place]
    return rows, sizes[share], share


def _scale(sizes: pd.DataFrame) -> Floats:
    """Return about what the world totals are: all counts over all shares."""
    found = []
    for name, (count, share) in INDICATORS.items():
        total = _HUNDRED * float(sizes[count].sum()) / max(float(sizes[share].sum()), HALF["share"])
        if not total > 0:
            msg = f"verify: no cluster has a count of {name}: some are needed to infer world totals"
            raise InputError(msg)
        found.append(total)
    return np.array(found)


def _gathered(
    clusters: Sequence[str],
    parts: Sequence[tuple[Floats, pd.Series[float], str]],
    scale: Floats,
) -> Equations:
    """Return equations of all parts, without those in which a number is missing."""
    matrix = np.vstack([rows for rows, _, _ in parts])
    printed = np.concatenate([values.to_numpy(float) for _, values, _ in parts])
    cells = pd.DataFrame(
        [(cluster, column) for _, _, column in parts for cluster in clusters],
        columns=["cluster", "column"],
    )
    known = ~(np.isnan(printed) | np.isnan(matrix).any(axis=1))
    half = np.full(len(printed), HALF["share"])
    return Equations(
        matrix[known], printed[known], half[known], scale, cells[known].reset_index(drop=True)
    )


def _limits(given: Equations) -> tuple[Floats, Floats]:
    """Return the two-sided rounding of all cells as rows of upper bounds, in half units."""
    scaled = given.matrix / given.half[:, None] / given.scale
    target = given.printed / given.half
    return np.vstack([scaled, -scaled]), np.concatenate([target + 1.0, 1.0 - target])


def _box(given: Equations) -> pd.DataFrame:
    """Return the least and the greatest of each world total."""
    matrix, limits = _limits(given)
    rows = []
    for place, name in enumerate(INDICATORS):
        ends = []
        for sign in (-1.0, 1.0):
            cost = np.zeros(len(INDICATORS))
            cost[place] = sign
            ends.append(given.scale[place] / _solved(cost, matrix, limits)[place])
        rows.append((name, ends[0], ends[1]))
    return pd.DataFrame(rows, columns=["indicator", "low", "high"])


def _centre(given: Equations) -> pd.Series[float]:
    """Return the world totals farthest from all bounds."""
    matrix, limits = _limits(given)
    widened = np.hstack([matrix, np.ones((len(matrix), 1))])
    cost = np.zeros(len(INDICATORS) + 1)
    cost[-1] = -1.0
    solved = _solved(cost, widened, limits)
    totals = given.scale / solved[: len(INDICATORS)]
    return pd.Series(totals, index=list(INDICATORS), name="total")


def _solved(cost: Floats, matrix: Floats, limits: Floats) -> Floats:
    """Return where a linear function of non-negative unknowns is least under upper bounds."""
    solved = linprog(cost, matrix, limits, bounds=[(0.0, None)] * len(cost))
    if solved.status != _FOUND:
        msg = "verify: no world totals fit all printed shares, totals and intensities"
        raise InputError(msg)
    return np.asarray(solved.x, float)
