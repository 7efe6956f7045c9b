"""The table of a framework: its columns, their types, and the order of its nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

TEXT_COLUMNS: Final = (
    "name", "parent", "unit", "denominator", "transform", "source", "period", "kind", "key",
    "aggregation",
)  # fmt: skip
"""Columns of a framework that hold text; empty where nothing is said."""

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


def typed_columns(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """
    Return the known columns with their types, indexed by code, and what could not be read.

    Raises
    ------
    FrameworkError
        If a column without which nothing can be said is absent.
    """
    rows = table.reset_index() if table.index.name == "code" else table
    absent = [name for name in ("code", "parent", "weight") if name not in rows]
    if absent:
        message = f"framework: no column {', '.join(absent)}; found {list(map(str, rows.columns))}"
        raise FrameworkError(message)
    codes = [_text(entry) for entry in rows["code"]]
    faults: list[str] = []
    columns: dict[str, NDArray[Any]] = {}
    for name in COLUMNS:
        entries = rows[name].tolist() if name in rows else [""] * len(rows)
        texts = [_text(entry) for entry in entries]
        if name in TEXT_COLUMNS:
            columns[name] = np.array(texts, dtype=object)
        else:
            columns[name] = np.array([_number(text) for text in texts], dtype=float)
            faults += [
                f"{name} of {code!r} is {text!r}: must be a number"
                for code, text, value in zip(codes, texts, columns[name], strict=True)
                if text and text.lower() != "nan" and np.isnan(value)
            ]
    typed = pd.DataFrame(columns, index=pd.Index(codes, name="code", dtype=object))
    if "direction" not in rows:
        typed.loc[~typed.index.isin(set(typed["parent"])), "direction"] = 1.0
    typed.loc[(typed["parent"] == "") & typed["weight"].isna(), "weight"] = 1.0
    return typed, faults


def _text(entry: Any) -> str:  # noqa: ANN401 - whatever stands in a cell
    return "" if pd.isna(entry) else str(entry).strip()


def _number(text: str) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


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
