"""What is found wrong: one row a printed cell or statement, with what would have been right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: Final = ("misprint", "outside", "contradiction", "variant", "remark")
"""
Kinds of faults, the gravest first. ``misprint``: the printed cell is wrong and the tables tell what
is right; ``outside``: a number does not follow from its parts within their rounding;
``contradiction``: two tables, or a text and a table, say different things; ``variant``: one thing
printed in several ways; ``remark``: true as printed, but easily misread.
"""

FAILING: Final = ("misprint", "outside", "contradiction")
"""Kinds for which a verification fails."""

FAULTS: Final = (
    "kind", "check", "table", "row", "column", "found", "expected", "low", "high", "note",
)  # fmt: skip
"""Columns of a table of faults."""


class Fault(NamedTuple):
    """One printed cell or statement, and what would have been right; bounds are inclusive."""

    kind: str
    check: str
    table: str
    row: str
    column: str
    found: str
    expected: str
    low: float = math.nan
    high: float = math.nan
    note: str = ""


def fault_table(faults: Iterable[Fault]) -> pd.DataFrame:
    """
    Return faults as a table, the gravest first, else in the order of the checks.

    Parameters
    ----------
    faults
        Any number of them.

    Returns
    -------
    table
        Columns :data:`FAULTS`.

    Examples
    --------
    >>> faults = [
    ...     Fault("remark", "c", "t", "Oslo", "rank", "1", ""),
    ...     Fault("misprint", "c", "t", "Rome", "rank", "2", "3"),
    ... ]
    >>> fault_table(faults)["row"].tolist()
    ['Rome', 'Oslo']
    """
    rows = sorted(faults, key=lambda fault: KINDS.index(fault.kind))
    table = pd.DataFrame(rows, columns=list(FAULTS))
    return table.astype({"low": float, "high": float})


def text_of(value: Any) -> str:  # noqa: ANN401 - a cell of any kind
    """
    Return a cell as text: whole numbers without a point, missing values as "n.a.".

    Parameters
    ----------
    value
        A number, a text, or nothing.

    Returns
    -------
    text
        Up to ten significant digits.

    Examples
    --------
    >>> text_of(3.0), text_of(0.25), text_of(None), text_of("Oslo")
    ('3', '0.25', 'n.a.', 'Oslo')
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "n.a."
    return value if isinstance(value, str) else f"{float(value):.10g}"
