"""What can be wrong with a framework table, each fault as one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    Rows: TypeAlias = Mapping[str, Mapping[str, Any]]

LEAF_ONLY = ("denominator", "transform", "lower", "upper", "target", "kind")
"""Columns that describe an indicator and mean nothing at a node with children."""


def code_faults(codes: list[str]) -> Iterator[str]:
    """Yield one sentence for each empty or repeated code."""
    seen: set[str] = set()
    for row, code in enumerate(codes):
        if not code:
            yield f"row {row + 1} has no code: every node needs one"
        elif code in seen:
            yield f"code {code!r} stands in more than one row: codes must be unique"
        seen.add(code)


def tree_faults(parents: Mapping[str, str]) -> Iterator[str]:
    """Yield one sentence for each lost parent, cycle, and root too many or too few."""
    roots = [code for code, parent in parents.items() if not parent]
    if len(roots) != 1:
        found = ", ".join(map(repr, roots)) or "none"
        yield f"nodes without a parent: {found}; a framework has exactly one root"
    for code, parent in parents.items():
        if parent and parent not in parents:
            yield f"parent {parent!r} of {code!r} is not a code of the framework"
    for code in parents:
        if _in_cycle(code, parents):
            yield f"node {code!r} is its own ancestor: a framework has no cycles"


def _in_cycle(code: str, parents: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    node = parents.get(code, "")
    while node and node not in seen:
        if node == code:
            return True
        seen.add(node)
        node = parents.get(node, "")
    return False


def weight_faults(rows: Rows) -> Iterator[str]:
    """Yield one sentence for each weight that is missing or negative, and each set of zeros."""
    siblings: dict[str, list[float]] = {}
    for code, row in rows.items():
        if row["parent"]:
            siblings.setdefault(row["parent"], []).append(row["weight"])
            if not np.isfinite(row["weight"]):
                yield f"node {code!r} has no weight: give a number >= 0"
            elif row["weight"] < 0:
                yield f"weight of {code!r} is {row['weight']:g}: weights must be >= 0"
    for parent, weights in siblings.items():
        if all(weight == 0 for weight in weights):
            yield f"all children of {parent!r} have weight 0: at least one must count"


def leaf_faults(rows: Rows) -> Iterator[str]:
    """Yield one sentence for each leaf without direction or with bounds that contradict."""
    for code, row in rows.items():
        if row["direction"] not in {1.0, -1.0}:
            yield f"direction of leaf {code!r} is {row['direction']:g}: must be 1 or -1"
        if row["lower"] >= row["upper"]:
            bounds = f"{row['lower']:g} and {row['upper']:g}"
            yield f"bounds of leaf {code!r} are {bounds}: lower must be below upper"
        if row["aggregation"]:
            yield f"leaf {code!r} names aggregation {row['aggregation']!r}: it has no children"


def inner_faults(rows: Rows) -> Iterator[str]:
    """Yield one sentence for each node with children that carries what only a leaf can have."""
    for code, row in rows.items():
        if np.isfinite(row["direction"]) and row["direction"] != 1:
            yield f"direction of {code!r} is {row['direction']:g}: only a leaf can count downwards"
        for column in LEAF_ONLY:
            if row[column] == row[column] and row[column] != "":
                yield f"node {code!r} has children and a {column}: only a leaf has one"
        if not 0 <= row["min_coverage"] <= 1 and np.isfinite(row["min_coverage"]):
            share = row["min_coverage"]
            yield f"min_coverage of {code!r} is {share:g}: must be between 0 and 1"


def table_faults(table: pd.DataFrame) -> list[str]:
    """Return what is wrong with typed columns, in a fixed order of checks."""
    codes = [str(code) for code in table.index]
    faults = list(code_faults(codes))
    if faults:
        return faults
    columns = {str(name): table[name].tolist() for name in table}
    rows: Rows = {
        code: {name: entries[place] for name, entries in columns.items()}
        for place, code in enumerate(codes)
    }
    inner = {row["parent"] for row in rows.values()} - {""}
    return [
        *tree_faults({code: row["parent"] for code, row in rows.items()}),
        *weight_faults(rows),
        *leaf_faults({code: row for code, row in rows.items() if code not in inner}),
        *inner_faults({code: row for code, row in rows.items() if code in inner}),
    ]
