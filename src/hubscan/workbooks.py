"""Workbooks that others made, looked at before anything in them is unpacked."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from hubscan.errors import InputError

MOST_TEXT: Final = 1 << 28
"""Unpacked bytes of a workbook's shared texts, which are all held in memory at once."""

MOST_BYTES: Final = 1 << 32
"""Unpacked bytes of all parts of a workbook; a full sheet of twenty columns has a quarter."""


def checked_workbook(content: bytes, *, where: str) -> io.BytesIO:
    """
    Return a workbook ready to be opened, if it unpacks to no more than can be held.

    Parameters
    ----------
    content
        The file's bytes.
    where
        The file's name, to begin sentences with.

    Returns
    -------
    stream
        The same bytes.

    Raises
    ------
    InputError
        If it is no workbook, or unpacks to far more than a workbook holds.
    """
    stream = io.BytesIO(content)
    try:
        with zipfile.ZipFile(stream) as packed:
            sizes = {entry.filename: entry.file_size for entry in packed.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        msg = f"{where}: can't be read as a workbook: {error}: save it again"
        raise InputError(msg) from error
    text = sum(size for name, size in sizes.items() if name.lower().endswith("strings.xml"))
    if text > MOST_TEXT or sum(sizes.values()) > MOST_BYTES:
        size = sum(sizes.values()) / 1e9
        msg = f"{where}: the workbook unpacks to {size:.1f} GB: save its sheet as CSV"
        raise InputError(msg)
    stream.seek(0)
    return stream
