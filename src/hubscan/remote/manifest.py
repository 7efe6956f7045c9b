"""What was fetched, from where, when, under which licence: kept beside the files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "manifest.json"
"""Name of the file in the folder of what was fetched."""


@dataclass(frozen=True)
class Entry:
    """One file that was fetched: name, file, address, bytes, hash, licence, attribution, date."""

    name: str
    file: str
    url: str
    size: int
    sha256: str
    licence: str
    attribution: str
    date: str


def read_manifest(folder: Path) -> tuple[Entry, ...]:
    """
    Return what a folder's manifest lists.

    Parameters
    ----------
    folder
        The folder; one without a manifest lists nothing.

    Returns
    -------
    entries
        In the order of names.

    Raises
    ------
    InputError
        If the manifest is none.
    """
    path = folder / MANIFEST
    if not path.exists():
        return ()
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Entry(**entry) for entry in listed["files"])
    except (ValueError, TypeError, KeyError) as error:
        msg = f"{path}: not a manifest of fetched files ({error}): move it away and fetch again"
        raise InputError(msg) from error


def with_entry(entries: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """
    Return entries with another one, in place of that of the same name.

    Parameters
    ----------
    entries
        What there is.
    entry
        What is new.

    Returns
    -------
    entries
        In the order of names.
    """
    others = [other for other in entries if other.name != entry.name]
    return tuple(sorted([*others, entry], key=lambda each: each.name))


def write_manifest(folder: Path, entries: tuple[Entry, ...]) -> None:
    """
    Write a folder's manifest, whole or not at all.

    Parameters
    ----------
    folder
        The folder.
    entries
        What it lists.
    """
    text = json.dumps({"files": [asdict(entry) for entry in entries]}, indent=2, ensure_ascii=False)
    part = folder / f"{MANIFEST}.part"
    part.write_text(f"{text}\n", encoding="utf-8")
    part.replace(folder / MANIFEST)
