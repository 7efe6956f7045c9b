"""The built page: a folder in a checkout, one archive in an installed package."""

from __future__ import annotations

import io
import tarfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hubscan.errors import StoreError

if TYPE_CHECKING:
    from importlib.abc import Traversable

ARCHIVE: Final = "page.tar.xz"
"""What a wheel holds: page and worker share much of their code, which is then kept once."""


def page_files() -> dict[str, bytes]:
    """
    Return the built page, by path.

    Returns
    -------
    files
        ``index.html`` and its script, worker, style and fonts.

    Raises
    ------
    StoreError
        If the page was not built.
    """
    return files_at(resources.files("hubscan.explorer"))


def files_at(home: Traversable) -> dict[str, bytes]:
    """Return the page that was built in a folder's ``assets``, or packed beside them."""
    archive = home / ARCHIVE
    with resources.as_file(home / "assets") as folder:
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        }
    if not found and archive.is_file():
        with tarfile.open(fileobj=io.BytesIO(archive.read_bytes()), mode="r:xz") as packed:
            found = {
                one.name: stream.read() for one in packed if (stream := packed.extractfile(one))
            }
    if "index.html" not in found:
        msg = "explorer: the page was not built: run make web in a checkout, or install the wheel"
        raise StoreError(msg)
    return found
