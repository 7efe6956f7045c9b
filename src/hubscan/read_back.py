"""Tables read back from files that hubscan wrote, each fault of a file told in one sentence."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hubscan.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd


def check_folder(folder: Path, *needed: str) -> None:
    """
    Raise InputError, one sentence, if there is no folder of ours, or a file of it is missing.

    Parameters
    ----------
    folder
        What a user gives as a run folder or the folder of an index.
    needed
        Names of the files that it must hold.

    Raises
    ------
    InputError
        If it does not.
    """
    if not folder.is_dir():
        msg = f"there is no run folder at {folder}: give one made by hubscan run, demo or index"
        raise InputError(msg)
    for name in needed:
        if not (folder / name).is_file():
            msg = f"{folder}: has no {name}: give a folder made by hubscan run, demo or index"
            raise InputError(msg)


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return the content of a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: can't be read as JSON: {error}"
        raise StoreError(msg) from error


def run_record(folder: Path) -> dict[str, Any]:
    """Return the provenance of a run; an error if there is none, or it is not one of a run."""
    check_folder(folder, "run.json")
    record = read_json(folder / "run.json")
    if not isinstance(record, dict) or not isinstance(record.get("inputs"), dict):
        msg = f"{folder / 'run.json'}: names no inputs: a folder of hubscan run was needed"
        raise StoreError(msg)
    return record


def about_of(record: Mapping[str, Any]) -> dict[str, str]:
    """
    Return what files made from a run say of it: edition, data, attribution, what is assumed.

    Parameters
    ----------
    record
        From :func:`run_record`; one of an earlier version may say less.

    Returns
    -------
    about
        As every file of the run has it.

    Examples
    --------
    >>> about_of({"inputs": {"title": "Patents", "synthetic": True}})
    {'inputs': 'Patents', 'data': 'SYNTHETIC'}
    """
    told = record.get("about")
    if isinstance(told, dict):
        return {str(key): str(value) for key, value in told.items()}
    # an index has its title beside its inputs
    inputs = record["inputs"] if isinstance(record.get("inputs"), dict) else record
    data = "SYNTHETIC" if inputs.get("synthetic") else "as declared by the user"
    return {"inputs": str(inputs.get("title", "")), "data": data}


def frame_at(
    path: Path, *, columns: Sequence[str] | None = None, categories: Sequence[str] = ()
) -> pd.DataFrame:
    """
    Return the table of a Parquet file.

    Parameters
    ----------
    path
        The file.
    columns
        The columns to read; all if None.
    categories
        Columns of few texts, each of which is held once.

    Returns
    -------
    frame
        Its rows in order.

    Raises
    ------
    StoreError
        If it is not there, not whole, or lacks a column.
    """
    import pandas as pd  # noqa: PLC0415 - heavy; not needed to print help

    with _tables_told(path):
        wanted = None if columns is None else list(columns)
        return pd.read_parquet(path, columns=wanted, read_dictionary=list(categories))


def shapes_at(path: Path) -> pd.DataFrame:
    """
    Return the shapes of a GeoParquet file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    shapes
        Its rows in order.

    Raises
    ------
    StoreError
        If it is not there, not whole, or holds no shapes.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; not needed to print help

    from hubscan.geoparquet import unpacked  # noqa: PLC0415 - as above

    with _tables_told(path):
        return unpacked(pq.read_table(path))


@contextmanager
def _tables_told(path: Path) -> Iterator[None]:
    """Turn the faults of a table's file into one sentence."""
    import pyarrow as pa  # noqa: PLC0415 - heavy; not needed to print help

    try:
        yield
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"{path}: can't be read as a table: {reason}: make its folder again"
        raise StoreError(msg) from error
