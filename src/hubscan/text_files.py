"""Delimited text files of any encoding, turned into Parquet of text columns."""

from __future__ import annotations

import codecs
import csv
import gzip
from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError
from hubscan.ingest.rows import plain_name
from hubscan.store import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.engine import DuckDB

_NATIVE_ENCODINGS: Final = ("utf-8", "utf-16", "latin-1")
_LONGEST_LINE: Final = 16_000_000


def text_as_table(
    path: Path, target: Path, *, delimiter: str, encoding: str, header: bool, local: DuckDB
) -> list[tuple[int, str]]:
    """
    Turn a delimited text file into Parquet, whatever its encoding.

    Parameters
    ----------
    path
        The text file, compressed or not.
    target
        The Parquet file to write, whole or not at all; every column a text.
    delimiter
        One character.
    encoding
        As Python names it.
    header
        Whether the first row names the columns.
    local
        The engine that reads it.

    Returns
    -------
    faults
        Line number and description of each line that could not be read; they are left out.

    Raises
    ------
    InputError
        If the encoding is not known, or not the file's, or the file is empty.
    """
    native = codecs.lookup(encoding).name if _is_codec(encoding) else ""
    if not native:
        msg = (
            f"{path.name}: encoding {encoding!r} is not known: utf-8, latin-1 or cp1252 was needed"
        )
        raise InputError(msg)
    known = {codecs.lookup(name).name: name for name in _NATIVE_ENCODINGS}
    with written_whole(target) as partial:
        source, read_as = path, known.get(native)
        if read_as is None:
            source, read_as = partial.with_suffix(".utf8"), "utf-8"
            _transcoded(path, source, encoding)
        try:
            columns = _column_names(source, delimiter=delimiter, encoding=read_as, header=header)
            faults = local.stage_text(
                source,
                partial,
                columns=columns,
                delimiter=delimiter,
                encoding=read_as,
                header=header,
            )
        finally:
            if source != path:
                source.unlink(missing_ok=True)
        for line, fault in faults:
            if "unicode" in fault.lower() or "utf-8" in fault.lower():
                msg = (
                    f"{path.name}: line {line} is not {encoding}: declare the file's encoding, "
                    'such as encoding = "latin-1"'
                )
                raise InputError(msg)
    return faults


def _column_names(path: Path, *, delimiter: str, encoding: str, header: bool) -> list[str]:
    """Return the names in a text file's first row; column0, column1 … if it has no header."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding=encoding, newline="", errors="replace") as text:
            line = text.readline(_LONGEST_LINE)
        first = next(csv.reader([line], delimiter=delimiter), [])
    except (UnicodeError, csv.Error, OSError, EOFError) as error:
        msg = f"{path.name}: line 1 can't be read as {encoding}: {error}"
        raise InputError(msg) from error
    if "\ufffd" in line:
        msg = f"{path.name}: line 1 is not {encoding}: declare the file's encoding"
        raise InputError(msg)
    if not any(first):
        msg = f"{path.name}: the file is empty: a header and rows were needed"
        raise InputError(msg)
    if not header:
        return [f"column{k}" for k in range(len(first))]
    plain = [plain_name(name) for name in first]
    for name in first:
        if plain.count(plain_name(name)) > 1:
            msg = f"{path.name}: two columns are called {name!r}: each needs a name of its own"
            raise InputError(msg)
    return first


def _transcoded(path: Path, target: Path, encoding: str) -> None:
    try:
        with (
            path.open(encoding=encoding, newline="") as text,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := text.read(1 << 20):
                out.write(chunk)
    except UnicodeDecodeError as error:
        msg = f"{path.name}: byte {error.start} is not {encoding}: declare the file's encoding"
        raise InputError(msg) from error


def _is_codec(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        return False
    return True
