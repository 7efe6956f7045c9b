"""Printed numbers as exact fractions, and the weighted edges that are said to join them."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import FrameworkError, InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from hubscan.index.framework import Framework

CELLS: Final = ("table", "unit", "node", "printed", "decimals")
"""Columns of the tidy table of printed numbers; its key is table, unit, node."""

BLANK: Final = frozenset({"", "n/a", "na", "nan", "-", "\u2013", ".."})
"""Texts (lower case) that stand for a number that was not printed."""

_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.(?P<decimals>\d+))?")
_LARGEST_DENOMINATOR: Final = 1_000_000


def printed_cells(wide: pd.DataFrame, *, table: str, nodes: Mapping[str, str]) -> pd.DataFrame:
    """
    Return the numbers of one printed table, one row each, as the texts that were printed.

    Every column is taken to be printed with the decimals of its longest number; a table whose
    trailing zeros were lost on the way therefore still has the right rounding.

    Parameters
    ----------
    wide
        One row a unit: the column ``unit`` and one column of texts for each printed node.
    table
        Name of the table.
    nodes
        Column of ``wide`` -> node code.

    Returns
    -------
    cells
        Columns ``table, unit, node, printed, decimals``; cells left blank in print are left out.

    Raises
    ------
    InputError
        If a column is missing, a unit stands twice, or a text is no decimal number.

    Examples
    --------
    >>> wide = pd.DataFrame({"unit": ["Oslo", "Rome"], "score": ["71.5", "70"]})
    >>> printed_cells(wide, table="overall", nodes={"score": "0"})
         table  unit node printed  decimals
    0  overall  Oslo    0    71.5         1
    1  overall  Rome    0      70         1
    """
    _check_columns(wide, ["unit", *nodes], table)
    twice = wide.loc[wide["unit"].duplicated(), "unit"]
    if len(twice):
        msg = f"{table}: unit {twice.iloc[0]!r} stands twice: must stand once"
        raise InputError(msg)
    columns = [_column(wide, column, node, table) for column, node in nodes.items()]
    return pd.concat(columns, ignore_index=True)


def _column(wide: pd.DataFrame, column: str, node: str, table: str) -> pd.DataFrame:
    """Return the cells of one printed column."""
    texts = wide[column].fillna("").astype(str).str.strip()
    present = ~texts.str.lower().isin(BLANK)
    kept = texts[present]
    decimals = [_decimals(text, f"{table}: {column}") for text in kept]
    return pd.DataFrame(
        {
            "table": table,
            "unit": wide.loc[present, "unit"].astype(str),
            "node": node,
            "printed": kept,
            "decimals": max(decimals, default=0),
        }
    )


def _decimals(text: str, place: str) -> int:
    """Return the number of digits after the decimal point of a printed number."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        msg = f"{place}: {text!r} is not a decimal number: write digits with a decimal point"
        raise InputError(msg)
    return len(match["decimals"] or "")


def _check_columns(table: pd.DataFrame, needed: Collection[str], place: str) -> None:
    """Raise if a table lacks a needed column."""
    missing = [column for column in needed if column not in table]
    if missing:
        found = ", ".join(map(str, table.columns))
        msg = f"{place}: column {missing[0]!r} is missing; found {found}"
        raise InputError(msg)


def half_unit(decimals: int) -> Fraction:
    """
    Return half a unit of the last printed digit: the most that rounding can have changed.

    Parameters
    ----------
    decimals
        Digits after the decimal point.

    Returns
    -------
    half
        An exact fraction.

    Examples
    --------
    >>> half_unit(2)
    Fraction(1, 200)
    """
    return Fraction(1, 2 * 10**decimals)


def pooled_cells(cells: pd.DataFrame, *, table: str) -> pd.DataFrame:
    """
    Return one printing of each number, the finest, as if all stood in one table.

    Parameters
    ----------
    cells
        Printed cells of any number of tables.
    table
        Name given to the joint table.

    Returns
    -------
    cells
        One row for each unit and node; of printings with equal decimals, the one in the table
        whose name comes first.

    Examples
    --------
    >>> a = printed_cells(
    ...     pd.DataFrame({"unit": ["Oslo"], "x": ["71.5"]}), table="a", nodes={"x": "1"}
    ... )
    >>> b = printed_cells(
    ...     pd.DataFrame({"unit": ["Oslo"], "x": ["71.48"]}), table="b", nodes={"x": "1"}
    ... )
    >>> pooled_cells(pd.concat([a, b]), table="all")["printed"].tolist()
    ['71.48']
    """
    order = cells.sort_values(["decimals", "table"], ascending=[False, True], kind="stable")
    finest = order.drop_duplicates(["unit", "node"]).sort_values(["node", "unit"])
    return finest.assign(table=table).reset_index(drop=True)


def exact_weight(weight: object, place: str) -> Fraction:
    """
    Return a weight as an exact fraction.

    A text may be a decimal or a fraction (``"2/15"``) and is taken at its word. A float is the
    fraction with a denominator up to a million that lies within 1e-9 of it, so that the float
    nearest to 2/15 means 2/15.

    Parameters
    ----------
    weight
        Text, integer, float or fraction.
    place
        Where it stands, for the message of an error.

    Returns
    -------
    weight
        A fraction, not negative.

    Raises
    ------
    FrameworkError
        If it is no number or negative.

    Examples
    --------
    >>> exact_weight("2/15", "3.3"), exact_weight(2 / 15, "3.3"), exact_weight("0.35", "2")
    (Fraction(2, 15), Fraction(2, 15), Fraction(7, 20))
    """
    try:
        exact = weight if isinstance(weight, Fraction) else Fraction(str(weight))
    except (ValueError, ZeroDivisionError):
        exact = Fraction(-1)
    if exact < 0:
        msg = f"{place}: weight {weight!r}: must be a number, not negative"
        raise FrameworkError(msg)
    near = exact.limit_denominator(_LARGEST_DENOMINATOR)
    return near if abs(near - exact) <= Fraction(1, 10**9) else exact


def exact_edges(edges: pd.DataFrame) -> dict[str, dict[str, Fraction]]:
    """
    Return the weights of a tree as exact fractions, by parent and child.

    Parameters
    ----------
    edges
        Columns ``parent, child, weight``, one row for each child.

    Returns
    -------
    weights
        Parent -> child -> weight, in the order of the rows, as given (not brought to a sum of 1).

    Raises
    ------
    FrameworkError
        If a child stands twice under a parent, or the weights of all its children are 0.

    Examples
    --------
    >>> exact_edges(
    ...     pd.DataFrame({"parent": ["0", "0"], "child": ["a", "b"], "weight": [".4", ".6"]})
    ... )
    {'0': {'a': Fraction(2, 5), 'b': Fraction(3, 5)}}
    """
    _check_columns(edges, ["parent", "child", "weight"], "edges")
    weights: defaultdict[str, dict[str, Fraction]] = defaultdict(dict)
    for parent, child, weight in zip(
        edges["parent"].astype(str), edges["child"].astype(str), edges["weight"], strict=True
    ):
        if child in weights[parent]:
            msg = f"edges: {parent} has the child {child} twice: must have it once"
            raise FrameworkError(msg)
        weights[parent][child] = exact_weight(weight, f"edges: {parent} to {child}")
    for parent, children in weights.items():
        if not sum(children.values()):
            msg = f"edges: the weights of all children of {parent} are 0: one must be greater"
            raise FrameworkError(msg)
    return dict(weights)


def effective_edges(edges: pd.DataFrame, *, parent: str, frontier: Collection[str]) -> pd.DataFrame:
    r"""
    Return the weights with which a node depends on given nodes further down.

    The effective weight is the product of sibling shares :math:`w_i / \\sum w` along the path.

    Parameters
    ----------
    edges
        Columns ``parent, child, weight``.
    parent
        The node above.
    frontier
        Codes of nodes below it; every path down from ``parent`` must meet exactly one of them.

    Returns
    -------
    edges
        Columns ``parent, child, weight``, weights exact fractions that sum to 1.

    Raises
    ------
    FrameworkError
        If a path reaches a leaf without meeting the frontier.

    Examples
    --------
    >>> edges = pd.DataFrame(
    ...     {
    ...         "parent": ["0", "0", "1", "1"],
    ...         "child": ["1", "2", "1.1", "1.2"],
    ...         "weight": ["1/2", "1/2", "2/5", "3/5"],
    ...     }
    ... )
    >>> effective_edges(edges, parent="0", frontier=["1.1", "1.2", "2"])["weight"].tolist()
    [Fraction(1, 5), Fraction(3, 10), Fraction(1, 2)]
    """
    weights = exact_edges(edges)
    wanted = set(frontier)
    found: list[tuple[str, str, Fraction]] = []
    stack = [(parent, Fraction(1))]
    while stack:
        node, share = stack.pop()
        if node in wanted and node != parent:
            found.append((parent, node, share))
            continue
        if node not in weights:
            msg = f"edges: the path from {parent} ends at {node}: must meet one of the nodes asked"
            raise FrameworkError(msg)
        total = sum(weights[node].values())
        below = [(child, share * weight / total) for child, weight in weights[node].items()]
        stack.extend(reversed(below))
    return pd.DataFrame(found, columns=["parent", "child", "weight"])


def tree_edges(tree: Framework) -> pd.DataFrame:
    """
    Return the edges of a framework, as this module and its neighbours take them.

    Parameters
    ----------
    tree
        The framework.

    Returns
    -------
    edges
        Columns ``parent, child, weight`` (nominal), one row for each node below the root.

    Examples
    --------
    >>> from hubscan.index.framework import Framework
    >>> tree = Framework.from_parents({"a": "T", "b": "T"}, weight={"a": 0.4, "b": 0.6})
    >>> tree_edges(tree)["weight"].tolist()
    [0.4, 0.6]
    """
    below = tree.table.loc[lambda nodes: nodes["parent"] != ""]
    return pd.DataFrame(
        {
            "parent": below["parent"].to_list(),
            "child": below.index.to_list(),
            "weight": below["weight"].to_list(),
        }
    )
