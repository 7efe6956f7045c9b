"""Columns of texts with few distinct values, encoded the same way every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def distinct_texts(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """
    Return the distinct texts, sorted, and which of them each text is.

    Parameters
    ----------
    texts
        Texts.

    Returns
    -------
    distinct
        Each once.
    codes
        Position in ``distinct`` of each text.

    Examples
    --------
    >>> distinct_texts(["b", "a", "b"])
    (['a', 'b'], array([1, 0, 1]))
    """
    values, codes = np.unique(np.array(texts, object).astype(str), return_inverse=True)
    return values.tolist(), codes.astype(np.int64)


def text_column(
    codes: NDArray[np.int64], texts: Sequence[str], missing: NDArray[np.bool_] | None = None
) -> pa.DictionaryArray:
    """
    Return a column of texts that holds just the texts that occur.

    Parameters
    ----------
    codes
        Position in ``texts`` of each row's text.
    texts
        Distinct texts.
    missing
        Rows without a text.

    Returns
    -------
    column
        Dictionary-encoded.

    Examples
    --------
    >>> column = text_column(np.array([2, 0, 2]), ["a", "b", "c"])
    >>> column.to_pylist(), column.dictionary.to_pylist()
    (['c', 'a', 'c'], ['a', 'c'])
    """
    used = np.zeros(len(texts), bool)
    used[codes if missing is None else codes[~missing]] = True
    place = (np.cumsum(used) - 1).astype(np.int32)
    present = [text for text, kept in zip(texts, used, strict=True) if kept]
    return pa.DictionaryArray.from_arrays(
        pa.array(np.maximum(place[codes], 0), mask=missing), pa.array(present, pa.string())
    )
