"""The table of a framework: its columns, their types, and the order of its nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXT_COLUMNS: Final = (
    "name", "parent", "unit", "denominator", "transform", "source", "period", "kind", "key",
    "aggregation",
)  # fmt: skip
"""Columns of a framework that hold text; empty where nothing is said."""

NUMBER_COLUMNS: Final = ("weight", "direction", "lower", "upper", "target", "min_coverage")
"""Columns of a framework that hold numbers; NaN where nothing is said."""

COLUMNS: Final = (
    "name", "parent", "weight", "direction", "unit", "denominator", "transform", "lower", "upper",
    "target", "source", "period", "kind", "key", "aggregation", "min_coverage",
)  # fmt: skip
"""The columns of :attr:`Framework.table`, in order, after the index ``code``."""


def code_order(code: str) -> tuple[tuple[str | int, ...], str]:
    """
    Return the sort key of a code: digits count as numbers, so ``1.2`` comes before ``1.10``.

    Parameters
    ----------
    code
        Any text.

    Returns
    -------
    key
        Comparable with the key of any other code.

    Examples
    --------
    >>> sorted(["1.10", "1.2", "1"], key=code_order)
    ['1', '1.2', '1.10']
    """
    parts = re.split(r"(\d+)", code)
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts)), code


def typed_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return the known columns with their types, indexed by code."""
    rows = table.reset_index() if table.index.name == "code" else table
    absent = [name for name in ("code", "parent", "weight") if name not in rows]
    if absent:
        message = f"framework: no column {', '.join(absent)}; found {list(map(str, rows.columns))}"
        raise FrameworkError(message)
    columns = pd.DataFrame(index=pd.Index(_texts(rows["code"]), name="code", dtype=object))
    for name in COLUMNS:
        given = rows.get(name)
        columns[name] = _texts(given, len(rows)) if name in TEXT_COLUMNS else _numbers(given, rows)
    inner = columns.index.isin(set(columns["parent"]))
    if "direction" not in rows:
        columns.loc[~inner, "direction"] = 1.0
    columns.loc[(columns["parent"] == "") & columns["weight"].isna(), "weight"] = 1.0
    return columns


def _texts(given: pd.Series | None, n: int = 0) -> np.ndarray:
    if given is None:
        return np.full(n, "", dtype=object)
    return given.astype(object).where(given.notna(), "").map(str).map(str.strip).to_numpy(object)


def _numbers(given: pd.Series | None, rows: pd.DataFrame) -> np.ndarray:
    if given is None:
        return np.full(len(rows), np.nan)
    blank = given.isna() | (given.astype(str).str.strip() == "")
    numbers = pd.to_numeric(given.where(~blank), errors="coerce")
    for code, value in zip(rows["code"], given.where(~blank & numbers.isna()), strict=True):
        if value == value:  # noqa: PLR0124 - NaN differs from itself
            message = f"framework: {given.name} of {code!r} is {value!r}: must be a number"
            raise FrameworkError(message)
    return numbers.to_numpy(float)


def children_by_parent(columns: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the children of each inner node, by code order."""
    groups: dict[str, list[str]] = {}
    for code, parent in columns["parent"].items():
        if parent:
            groups.setdefault(parent, []).append(str(code))
    return {parent: tuple(sorted(codes, key=code_order)) for parent, codes in groups.items()}


def depth_first(code: str, children: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield a node and its descendants, a parent before its children."""
    yield code
    for child in children.get(code, ()):
        yield from depth_first(child, children)
