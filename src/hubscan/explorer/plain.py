"""Tables as JSON: missing values are null, numbers are short, equal tables give equal bytes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGITS: Final = 8
"""Significant digits of numbers in answers; files keep them all."""


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """
    Return a value as JSON can hold it.

    Examples
    --------
    >>> plain(np.float64(0.123456789123)), plain(pd.NA), plain(np.int32(3)), plain(float("nan"))
    (0.12345679, None, 3, None)
    """
    if isinstance(value, (np.bool_, bool)):
        return bool(value)
    if isinstance(value, (np.integer, int)):
        return int(value)
    if isinstance(value, (np.floating, float)):
        number = float(value)
        return float(f"{number:.{DIGITS}g}") if math.isfinite(number) else None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value if isinstance(value, (str, list, dict)) else str(value)


def records(table: pd.DataFrame, columns: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """
    Return the rows of a table as JSON objects.

    Parameters
    ----------
    table
        Any table.
    columns
        Columns to keep, those it has; all if None.

    Returns
    -------
    rows
        One object a row.

    Examples
    --------
    >>> records(pd.DataFrame({"a": [1], "b": [None]}), ["a", "b", "c"])
    [{'a': 1, 'b': None}]
    """
    kept = [name for name in (table.columns if columns is None else columns) if name in table]
    rows = zip(*(table[name].tolist() for name in kept), strict=True)
    return [{name: plain(v) for name, v in zip(kept, row, strict=True)} for row in rows]


def json_bytes(content: object) -> bytes:
    """Return JSON in UTF-8, compact; NaN and infinity are refused."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()
