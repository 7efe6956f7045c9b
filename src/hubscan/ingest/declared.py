"""Small tables of an inputs file under our own column names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.ingest.inputs import Files


def declared_columns(
    rows: pd.DataFrame, files: Files, needed: Sequence[str], *, where: str
) -> pd.DataFrame:
    """
    Return the columns of a small table under our names.

    Parameters
    ----------
    rows
        The file's rows under its own names.
    files
        What the columns mean.
    needed
        Our columns that must be there.
    where
        Begins the sentence if one is not.

    Returns
    -------
    rows
        The columns of ``needed``.

    Raises
    ------
    InputError
        If a column is not declared, or not in the file.
    """
    for ours in needed:
        theirs = files.columns.get(ours)
        if theirs not in rows.columns:
            found = ", ".join(map(str, rows.columns))
            msg = f"{where} has no column {theirs!r} for {ours}: the file has {found}"
            raise InputError(msg)
    return pd.DataFrame({ours: rows[files.columns[ours]] for ours in needed})
