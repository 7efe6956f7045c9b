"""A table held against its published counterpart, cell by cell, within what rounding allows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.profile.matching import namesakes
from hubscan.reference import published
from hubscan.report.gii import TABLES
from hubscan.verification.faults import Fault, fault_table, text_of
from hubscan.verification.rounding import SLACK, half_units

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from hubscan.report.gii import Heading

KEYS: Final = ("cluster", "country", "economy", "economy_name")
"""What identifies a row: the first of these that the published table has."""

SUMMARY: Final = (
    "table",
    "column",
    "compared",
    "outside",
    "largest_difference",
    "rank_correlation",
)

_CORRECTED: Final = {"rank_per_capita": "rank_corrected"}
_CHECK: Final = "comparison"


def compared_faults(
    table: pd.DataFrame,
    *,
    against: str,
    tolerance: float,
    columns: Collection[str] | None = None,
) -> pd.DataFrame:
    """
    Return the cells of a table that lie outside what its published counterpart allows.

    A number may differ by half a unit of the last printed digit, and by ``tolerance`` times the
    printed number; a rank or a change of rank by ``tolerance`` times the length of the list,
    rounded up. Clusters are matched by name, whatever their dashes, diacritics and state codes.

    Parameters
    ----------
    table
        With the columns of the published table; numbers rounded or not.
    against
        Name of a published table, one of :data:`hubscan.report.gii.TABLES`.
    tolerance
        Relative, at least 0; 0 for rounding alone.
    columns
        Names of the columns to compare, of those that the published table has; None for all.
        Counts of a smaller world, for one, can't agree, while shares can.

    Returns
    -------
    faults
        Columns :data:`hubscan.verification.faults.FAULTS`: ``outside`` for numbers,
        ``contradiction`` for texts and for rows that only one of the two has, ``remark`` for
        columns that the table does not have, and for misprints of the published table where the
        found rank is the right one.

    Raises
    ------
    InputError
        If the published table is not known, the tolerance is negative, or the key is missing.

    Examples
    --------
    >>> from hubscan.reference import published
    >>> table = published("clusters_2025_figure1_top10")
    >>> name = "clusters_2025_figure1_top10"
    >>> len(compared_faults(table, against=name, tolerance=0.0))
    0
    >>> table.loc[0, "share_pct_filings_pct"] = 9.1
    >>> compared_faults(table, against=name, tolerance=0.0)[["row", "found", "expected"]]
                                row found expected
    0  Shenzhen–Hong Kong–Guangzhou   9.1        9
    """
    if not tolerance >= 0:
        msg = f"verify: tolerance = {tolerance}: must be at least 0"
        raise InputError(msg)
    theirs = _published(against)
    ours, matched = _matched(table, theirs, against)
    faults = list(_unmatched(table, theirs, matched, against))
    for heading in _compared(theirs, against, columns):
        if _absent(table, heading.name):
            faults.append(
                Fault("remark", _CHECK, against, "", heading.name, "not in the table", "compared")
            )
            continue
        printed = theirs[heading.name].to_numpy()[matched["b"]]
        rows = matched[["key", "b"]].assign(
            found=ours[heading.name].to_numpy(), printed=printed, true=printed
        )
        if heading.name in _CORRECTED and _CORRECTED[heading.name] in theirs:
            rows["true"] = theirs[_CORRECTED[heading.name]].to_numpy()[matched["b"]]
        of_cells = _text_faults if heading.form == "text" else _number_faults
        faults += of_cells(rows, heading, against, (tolerance, len(theirs)))
    return fault_table(faults)


def compared_summary(
    table: pd.DataFrame,
    *,
    against: str,
    tolerance: float,
    columns: Collection[str] | None = None,
) -> pd.DataFrame:
    """
    Return for each column how many cells were compared, how many lie outside, and how far.

    Parameters
    ----------
    table, against, tolerance, columns
        As for :func:`compared_faults`.

    Returns
    -------
    summary
        Columns :data:`SUMMARY`: the largest difference in the units of the column, Spearman's
        correlation for ranks; missing for texts.
    """
    theirs = _published(against)
    ours, matched = _matched(table, theirs, against)
    faults = compared_faults(table, against=against, tolerance=tolerance, columns=columns)
    outside = faults[faults["kind"].isin(["outside", "contradiction"])]["column"].value_counts()
    rows = []
    for heading in _compared(theirs, against, columns):
        if _absent(table, heading.name):
            continue
        largest, correlation = math.nan, math.nan
        if heading.form != "text":
            pairs = np.column_stack(
                [
                    _numbers(ours[heading.name]),
                    _numbers(theirs[heading.name])[matched["b"]],
                ]
            )
            pairs = pairs[~np.isnan(pairs).any(axis=1)]
            largest = float(np.abs(pairs[:, 0] - pairs[:, 1]).max()) if len(pairs) else math.nan
            if heading.name.startswith("rank") and "change" not in heading.name:
                correlation = _spearman(pairs)
        count = int(outside.get(heading.name, 0))
        rows.append((against, heading.name, len(matched), count, largest, correlation))
    return pd.DataFrame(rows, columns=list(SUMMARY))


def _published(against: str) -> pd.DataFrame:
    """Return a published table that has headings."""
    if against not in TABLES or not TABLES[against].edition:
        known = ", ".join(name for name, table in TABLES.items() if table.edition)
        msg = f"verify: there is no published table {against!r}: known are {known}"
        raise InputError(msg)
    return published(against)


def _compared(theirs: pd.DataFrame, against: str, columns: Collection[str] | None) -> list[Heading]:
    """Return the columns that are compared: the chosen ones, or all, but for the key."""
    found = [each for each in TABLES[against].headings if each.name in theirs]
    chosen = {each.name for each in found} if columns is None else set(columns)
    return [each for each in found if each.name in chosen and each.name != _key(theirs)]


def _absent(table: pd.DataFrame, name: str) -> bool:
    """Return whether a table knows nothing of a column."""
    return name not in table or bool((table[name].isna() | (table[name].astype(str) == "")).all())


def _key(theirs: pd.DataFrame) -> str:
    return next(name for name in KEYS if name in theirs)


def _matched(
    table: pd.DataFrame, theirs: pd.DataFrame, against: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return our rows that have a counterpart, in its order, and the numbers of both with names."""
    key = _key(theirs)
    if key not in table:
        msg = f"verify: {against}: the column {key!r} is needed to match rows"
        raise InputError(msg)
    mine = pd.DataFrame({"cluster": np.arange(len(table)), "name": table[key].astype(str)})
    yours = pd.DataFrame({"cluster": np.arange(len(theirs)), "name": theirs[key].astype(str)})
    found = namesakes(mine, yours).sort_values("b", ignore_index=True)
    keys = theirs[key].to_numpy(object)[found["b"].to_numpy(int)]
    ours = table.iloc[found["a"].to_numpy(int)].reset_index(drop=True)
    return ours, found[["a", "b"]].assign(key=keys)


def _unmatched(
    table: pd.DataFrame, theirs: pd.DataFrame, matched: pd.DataFrame, against: str
) -> Iterator[Fault]:
    """Yield the rows that only one of the two tables has."""
    key = _key(theirs)
    for place in sorted(set(range(len(theirs))) - set(matched["b"])):
        yield Fault("contradiction", _CHECK, against, str(theirs[key].iloc[place]), key,
                    "not found", "listed")  # fmt: skip
    for place in sorted(set(range(len(table))) - set(matched["a"])):
        yield Fault("contradiction", _CHECK, against, str(table[key].iloc[place]), key,
                    "listed", "not published")  # fmt: skip


def _text_faults(
    rows: pd.DataFrame, heading: Heading, against: str, _: tuple[float, int]
) -> Iterator[Fault]:
    """Yield the texts of one column that differ."""
    for row in rows.itertuples(index=False):
        if _folded(row.found) != _folded(row.printed):
            yield Fault("contradiction", _CHECK, against, str(row.key), heading.name,
                        text_of(row.found), text_of(row.printed))  # fmt: skip


def _number_faults(
    rows: pd.DataFrame, heading: Heading, against: str, allowance: tuple[float, int]
) -> Iterator[Fault]:
    """Yield the numbers of one column that differ by more than is allowed."""
    found, printed, true = (_numbers(rows[name]) for name in ("found", "printed", "true"))
    room = _room(printed, heading, *allowance)
    low, high = true - room, true + room
    missing = np.isnan(found) & np.isnan(printed)
    inside = missing | ((low <= found) & (found <= high))
    misprinted = inside & ~missing & (true != printed)
    for place in np.flatnonzero(~inside | misprinted):
        key, expected = str(rows["key"].iloc[place]), text_of(float(true[place]))
        if misprinted[place]:
            note = f"the published table is misprinted: {expected} is right"
            yield Fault("remark", "misprint in print", against, key, heading.name,
                        text_of(float(printed[place])), expected, low[place], high[place], note,
                        )  # fmt: skip
        else:
            yield Fault("outside", _CHECK, against, key, heading.name,
                        text_of(float(found[place])), expected, low[place], high[place],
                        )  # fmt: skip


def _room(
    printed: np.ndarray[Any, Any], heading: Heading, tolerance: float, length: int
) -> np.ndarray[Any, Any]:
    """Return how far a number may lie from the printed one."""
    size = np.nan_to_num(np.abs(printed))
    if heading.form == "whole" and "rank" in heading.name:
        return np.full(len(printed), float(math.ceil(tolerance * length)))
    half = 0.0 if heading.form == "whole" else half_units(size, form=heading.form)
    return np.asarray(half + tolerance * size + SLACK * np.maximum(size, 1.0), float)


def _numbers(values: pd.Series[Any]) -> np.ndarray[Any, Any]:
    return pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)


def _folded(value: Any) -> str:  # noqa: ANN401 - a cell
    """Return a text without what differs between printings: dashes, spaces, order in lists."""
    text = "" if pd.isna(value) else str(value)
    parts = text.replace("-", "–").replace(" / ", "/").split("; ")
    return "; ".join(sorted(" ".join(part.split()).casefold() for part in parts))


def _spearman(pairs: np.ndarray[Any, Any]) -> float:
    """Return Spearman's correlation; missing for fewer than two pairs or without variation."""
    ranks = [pd.Series(pairs[:, side]).rank().to_numpy(float) for side in (0, 1)]
    if len(pairs) < 2 or not (ranks[0].std() > 0 and ranks[1].std() > 0):  # noqa: PLR2004 - a correlation needs two
        return math.nan
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
