"""Name the printed cell that, changed alone, would make a unit's numbers consistent."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from hubscan.index.printed import exact_edges
from hubscan.index.verify import exact_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hubscan.index.verify import Cell

KINDS: Final = ("two digits swapped", "one digit", "sign", "decimal point", "another number")
"""How a suggested number differs from the printed one, the likeliest slip first."""

MISPRINTS: Final = ("table", "unit", "node", "printed", "suggested", "low", "high", "kind")
"""Columns of the table of suspected misprints."""

_MOST_SUGGESTIONS: Final = 1_000
_PAIR: Final = 2


class Relation(NamedTuple):
    """A parent and its children as printed for one unit, with their shares (parent: -1)."""

    cells: Mapping[str, Cell]
    shares: Mapping[str, Fraction]

    def holds(self) -> bool:
        """Return whether the parent lies within the rounding of its children."""
        pairs = [(self.shares[node], cell) for node, cell in self.cells.items()]
        residual = sum((share * cell.value for share, cell in pairs), Fraction(0))
        bound = sum((abs(share) * cell.half for share, cell in pairs), Fraction(0))
        return abs(residual) <= bound

    def implied(self, node: str) -> tuple[Fraction, Fraction]:
        """Return the interval in which one cell must print for the relation to hold."""
        others = [(self.shares[n], cell) for n, cell in self.cells.items() if n != node]
        rest = sum((share * cell.value for share, cell in others), Fraction(0))
        room = sum((abs(share) * cell.half for share, cell in others), Fraction(0))
        own = self.shares[node]
        middle, width = -rest / own, room / abs(own) + self.cells[node].half
        return middle - width, middle + width


def misprints(cells: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """
    Return the single cells that would explain every failure of a unit in one table.

    A cell is named if some number in its place brings all relations of the table in which it takes
    part inside their bounds, and no other relation of the unit fails there. Relations are weighted
    arithmetic means of the children printed beside their parent.

    Parameters
    ----------
    cells
        Printed cells (:func:`hubscan.index.printed.printed_cells`).
    edges
        Columns ``parent, child, weight``.

    Returns
    -------
    misprints
        Columns :data:`MISPRINTS`, by table and unit, the likeliest slip first: of the numbers that
        fit (between ``low`` and ``high``) ``suggested`` is the one nearest in kind
        (:data:`KINDS`), then in value. A unit that fails without a row here has more than one slip,
        or other weights.

    Examples
    --------
    >>> from hubscan.index.printed import printed_cells
    >>> wide = pd.DataFrame({"unit": ["Oslo"], "y": ["81.0"], "a": ["58.0"], "b": ["75.0"]})
    >>> cells = printed_cells(wide, table="t", nodes={"y": "0", "a": "1", "b": "2"})
    >>> edges = pd.DataFrame({"parent": "0", "child": ["1", "2"], "weight": [".6", ".4"]})
    >>> misprints(cells, edges)[["node", "printed", "suggested", "kind"]]
      node printed suggested                kind
    0    1    58.0      85.0  two digits swapped
    1    0    81.0      64.8      another number
    2    2    75.0     115.5      another number
    """
    rows = [
        (table, unit, *row)
        for table, nodes in exact_cells(cells).items()
        for unit, relations in _relations(nodes, exact_edges(edges)).items()
        for row in _suspects(relations)
    ]
    found = pd.DataFrame(rows, columns=[*MISPRINTS, "distance"])
    order = found.assign(kind=pd.Categorical(found["kind"], KINDS, ordered=True)).sort_values(
        ["table", "unit", "kind", "distance", "node"]
    )
    return order.astype({"kind": "object"})[list(MISPRINTS)].reset_index(drop=True)


def _relations(
    nodes: Mapping[str, Mapping[str, Cell]], edges: Mapping[str, Mapping[str, Fraction]]
) -> dict[str, list[Relation]]:
    """Return the relations of each unit of one table in which every child is printed."""
    found: defaultdict[str, list[Relation]] = defaultdict(list)
    for parent, weights in edges.items():
        family = [parent, *weights]
        if any(node not in nodes for node in family):
            continue
        total = sum(weights.values())
        shares = {child: weight / total for child, weight in weights.items() if weight}
        shares[parent] = Fraction(-1)
        for unit in nodes[parent]:
            if all(unit in nodes[node] for node in family):
                found[unit].append(Relation({node: nodes[node][unit] for node in shares}, shares))
    return dict(found)


def _suspects(relations: list[Relation]) -> Iterator[tuple[Any, ...]]:
    """Yield the cells that explain every failure among the relations of one unit."""
    failing = [relation for relation in relations if not relation.holds()]
    if not failing:
        return
    common = set.intersection(*(set(relation.cells) for relation in failing))
    for node in sorted(common):
        intervals = [relation.implied(node) for relation in relations if node in relation.cells]
        low, high = max(a for a, _ in intervals), min(b for _, b in intervals)
        cell = failing[0].cells[node]
        suggested = _suggestion(cell, low, high)
        if suggested is not None:
            kind, number = suggested
            texts = (_text(cell.value, cell.half), _text(number, cell.half))
            distance = float(abs(number - cell.value))
            yield node, *texts, float(low), float(high), kind, distance


def _suggestion(cell: Cell, low: Fraction, high: Fraction) -> tuple[str, Fraction] | None:
    """Return the number between two bounds that is the likeliest slip away from a printed one."""
    unit = 2 * cell.half
    first, last = math.ceil(low / unit), math.floor(high / unit)
    if last < first:
        return None
    middle = round((low + high) / 2 / unit)
    near = range(max(first, middle - _MOST_SUGGESTIONS), min(last, middle + _MOST_SUGGESTIONS) + 1)
    printed = cell.value / unit
    ranked = [
        (KINDS.index(_kind(int(printed), n)), abs(n - printed), abs(n - middle), n) for n in near
    ]
    kind, _, _, number = min(ranked)
    if KINDS[kind] == "another number":
        number = min(max(middle, first), last)
    return KINDS[kind], number * unit


def _kind(printed: int, other: int) -> str:
    """Return how two numbers, as counts of their printing unit, differ in their digits."""
    if printed == -other:
        return "sign"
    a, b = str(abs(printed)), str(abs(other))
    if a.strip("0") == b.strip("0"):
        return "decimal point"
    width = max(len(a), len(b))
    places = [i for i in range(width) if a.zfill(width)[i] != b.zfill(width)[i]]
    if len(places) == 1 and printed * other > 0:
        return "one digit"
    pair = len(a) == len(b) and sorted(a) == sorted(b) and a != b and len(places) < _PAIR + 1
    return "two digits swapped" if pair and printed * other > 0 else "another number"


def _text(number: Fraction, half: Fraction) -> str:
    """Return a number as it would be printed with its half unit."""
    decimals = len(str((1 / (2 * half)).numerator)) - 1
    return f"{float(number):.{decimals}f}"
