"""Rows of documents in one order, and the distinct keys among them, sorting as little as may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEYS: Final = ["indicator", "place", "economy", "denominator"]


def alphabetical(texts: pd.Series[Any]) -> pd.Series[Any]:
    """
    Return texts as categories in alphabetical order, only those that occur.

    Examples
    --------
    >>> told = pd.Series(["b", "a", "b"], dtype=pd.CategoricalDtype(["c", "b", "a"]))
    >>> list(alphabetical(told).cat.categories)
    ['a', 'b']
    """
    if isinstance(texts.dtype, pd.CategoricalDtype):
        occurs = np.bincount(texts.cat.codes + 1, minlength=len(texts.cat.categories) + 1)[1:] > 0
        used = sorted(texts.cat.categories[occurs])
        return cast("pd.Series[Any]", texts.cat.set_categories(used))
    return texts.astype(str).astype("category")


def in_their_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by indicator, document, place and economy; files have them nearly so."""
    kinds = rows["indicator"].cat.codes.to_numpy()
    if (np.diff(kinds) < 0).any():
        rows = rows.iloc[np.argsort(kinds, kind="stable")]
    names = ("indicator", "document", "place", "economy")
    keys = [_numbers(rows[name]) for name in names]
    same = np.ones(max(len(rows) - 1, 0), np.bool_)
    sorted_so_far = True
    for key in keys:
        step = np.diff(key)
        sorted_so_far = sorted_so_far and not (same & (step < 0)).any()
        same &= step == 0
    if not sorted_so_far:
        rows = rows.iloc[np.lexsort(keys[::-1])]
    return rows.reset_index(drop=True)


def _numbers(column: pd.Series[Any]) -> NDArray[np.int64]:
    """Return a column's whole numbers, or those of its categories."""
    coded = isinstance(column.dtype, pd.CategoricalDtype)
    return np.asarray(column.cat.codes if coded else column, np.int64)


def ranked_values(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return distinct values in order and the row of each value among them, sorting only those."""
    row, distinct = pd.factorize(values, sort=True)
    return np.asarray(distinct, np.int64), row


def grouped_keys(
    rows: pd.DataFrame, places: tuple[NDArray[np.int64], NDArray[np.intp]], column: str
) -> tuple[pd.DataFrame, NDArray[np.int32]]:
    """Return the distinct keys of rows in order, and the key of each row."""
    kinds, economies = rows["indicator"].cat, rows["economy"].cat
    split, parts = ranked_values(rows[column].to_numpy(np.int64))
    sizes = (len(kinds.categories), len(places[0]), len(economies.categories), len(split))
    codes = (kinds.codes.to_numpy(), places[1], economies.codes.to_numpy(), parts)
    # one number a key: there are far fewer keys than rows, and only keys are sorted
    keys, group = ranked_values(np.ravel_multi_index(codes, sizes) if len(rows) else places[1])
    kind, place, economy, part = np.unravel_index(keys, sizes) if len(rows) else (keys,) * 4
    first = pd.DataFrame(
        {
            "indicator": pd.Categorical.from_codes(kind, kinds.categories),
            "place": places[0][place],
            "economy": pd.Categorical.from_codes(economy, economies.categories),
            "denominator": split[part].astype(np.int32),
        }
    )
    return first[_KEYS], group.astype(np.int32)
