"""Counts from integer sums: integers are added first and divided last, in one order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST: Final = 1e-6
"""Counts smaller than this are rounding: the least true one is one over a document's addresses."""


def counted(sums: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """
    Return counts by keys from sums of addresses by keys and denominator.

    Parameters
    ----------
    sums
        The keys, ``denominator`` and ``addresses``, all integers, in any order and number.
    by
        The keys.

    Returns
    -------
    counts
        The keys and ``count``: quotients added from the least denominator up; by keys.

    Examples
    --------
    >>> sums = pd.DataFrame(
    ...     {"cluster": [1, 1, 1], "denominator": [4, 2, 4], "addresses": [1, 1, 2]}
    ... )
    >>> counted(sums, by=["cluster"])
       cluster  count
    0        1   1.25
    """
    keys = [*by, "denominator"]
    columns = [sums[key].to_numpy(np.int64) for key in keys]
    firsts, totals = summed(columns, sums["addresses"].to_numpy(np.int64))
    changes = _changes(firsts[:-1])
    # bincount adds one after the other, in the order of the rows
    counts = np.bincount(np.cumsum(changes) - 1, weights=totals / firsts[-1], minlength=0)
    named = {key: column[changes] for key, column in zip(by, firsts, strict=False)}
    return pd.DataFrame({**named, "count": counts})


def summed(
    columns: Sequence[NDArray[np.int64]], addresses: NDArray[np.int64]
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """
    Return each combination of keys once, in their order, and the sum of its addresses.

    Parameters
    ----------
    columns
        Keys, whole numbers, of one length.
    addresses
        One number for each row.

    Returns
    -------
    columns
        The keys of the combinations.
    sums
        One for each.

    Examples
    --------
    >>> columns, sums = summed([np.array([5, 1, 5])], np.array([2, 3, 4]))
    >>> columns[0].tolist(), sums.tolist()
    ([1, 5], [3, 6])
    """
    order = _order(columns)
    ordered = [column[order] for column in columns]
    begins = np.flatnonzero(_changes(ordered))
    if not len(begins):
        return ordered, addresses
    return [column[begins] for column in ordered], np.add.reduceat(addresses[order], begins)


def _order(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.intp]:
    """Return the rows in the order of their keys, by one number for all if it holds them."""
    if not len(columns[0]):
        return np.zeros(0, np.intp)
    lowest = [int(column.min()) for column in columns]
    ranges = [int(column.max()) - low + 1 for column, low in zip(columns, lowest, strict=True)]
    if math.prod(ranges) > np.iinfo(np.int64).max:
        return np.lexsort(columns[::-1])
    key = np.zeros(len(columns[0]), np.int64)
    for column, low, width in zip(columns, lowest, ranges, strict=True):
        key = key * width + (column - low)
    return np.argsort(key)


def texts_of(
    labels: NDArray[np.int64], label_texts: pd.DataFrame, *, kind: str
) -> NDArray[np.object_]:
    """
    Return the texts of labels of one kind.

    Parameters
    ----------
    labels
        Their numbers.
    label_texts
        ``kind``, ``label``, ``text``.
    kind
        The kind.

    Returns
    -------
    texts
        One for each label.

    Raises
    ------
    InputError
        If a label has no text, or two.

    Examples
    --------
    >>> texts = pd.DataFrame({"kind": ["subject"], "label": [1], "text": ["Optics"]})
    >>> texts_of(np.array([1, 1]), texts, kind="subject").tolist()
    ['Optics', 'Optics']
    """
    known = label_texts.loc[label_texts["kind"] == kind]
    numbers = pd.Index(known["label"].to_numpy(np.int64))
    if not numbers.is_unique:
        twice = int(numbers[numbers.duplicated()][0])
        msg = f"profile: {kind} {twice} has two texts: each label needs one"
        raise InputError(msg)
    rows = numbers.get_indexer(pd.Index(labels))
    if (rows < 0).any():
        missing = int(labels[rows < 0][0])
        msg = f"profile: {kind} {missing} has no text: each label needs one"
        raise InputError(msg)
    return np.asarray(known["text"].astype(str).to_numpy(object)[rows])


def _changes(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Return where sorted rows differ from the row before; the first always does."""
    changes = np.zeros(len(columns[0]), dtype=bool)
    changes[:1] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return changes
