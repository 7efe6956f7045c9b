"""A run repeated from its folder: inputs held against their hashes, results against their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import tomli_w

from hubscan import runs
from hubscan.edition import load_edition
from hubscan.errors import InputError, StoreError
from hubscan.ingest.inputs import inputs_from
from hubscan.read_back import read_json, run_record
from hubscan.store import file_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.watching import Watcher

RECORD: Final = "run.json"
OF_THE_MOMENT: Final = ("machine", "stages", "versions", "platform", "hubscan")
"""Parts of the record that say how a run went; they differ from run to run."""

LATER: Final = ("figures", "uncertainty", "sweep", "index", "briefs")
"""Folders that other commands put into a run folder."""

_SHOWN: Final = 5


@dataclass(frozen=True)
class Repeated:
    """What a repeated run gave: files equal to the byte, differing, gone, or new; and versions."""

    same: tuple[str, ...]
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    """Files that the repeated run wrote and the folder lacks."""
    versions: tuple[tuple[str, str, str], ...]
    """Name, then and now, of what has another version than when the run was made."""

    @property
    def equal(self) -> bool:
        """Whether every byte is the same."""
        return not self.differing and not self.missing


def repeated(folder: Path, *, data: Path | None, threads: int | None, watcher: Watcher) -> Repeated:
    """
    Run again what a run folder records, elsewhere, and compare every byte.

    Parameters
    ----------
    folder
        A folder of ``hubscan run`` or ``hubscan demo``; it is not changed.
    data
        Where the inputs lie; where the run found them if None.
    threads
        Threads; all processors if None.
    watcher
        Who is told how it goes.

    Returns
    -------
    repeated
        What is equal, and what is not.

    Raises
    ------
    InputError
        If an input is missing or has changed.
    StoreError
        If the record is not whole, or the edition beside it is not the one recorded.
    """
    record = run_record(folder)
    root = _root(folder, record, data)
    check_inputs(record, root)
    edition = load_edition(folder / "edition.toml")
    if edition.model_dump(mode="json") != record.get("edition"):
        msg = f"{folder}: edition.toml is not the edition in {RECORD}: one of them was changed"
        raise StoreError(msg)
    with TemporaryDirectory(prefix=f".{folder.name}.again-", dir=folder.absolute().parent) as name:
        scratch = Path(name)
        declared = inputs_from(_declared(record), where=RECORD)
        inputs_file = scratch / "inputs.toml"
        content = declared.model_dump(mode="json", exclude_none=True)
        inputs_file.write_text(tomli_w.dumps(content), encoding="utf-8")
        used = record.get("machine", {})
        machine = runs.Machine(
            threads=threads,
            work=scratch / "work",
            engine=used.get("engine", "duckdb"),
            evidence=(folder / "evidence.parquet").exists(),
            change=(folder / "change.parquet").exists(),
        )
        again = scratch / "run"
        runs.run(edition, inputs_file, again, root=root, machine=machine, watcher=watcher)
        return compared(folder, again)


def check_inputs(record: Mapping[str, Any], root: Path) -> None:
    """
    Raise if a file that a run read is missing or is not what it was.

    Parameters
    ----------
    record
        Content of ``run.json``.
    root
        The folder that the files' names start from.

    Raises
    ------
    InputError
        With the first files that are missing or changed.
    """
    faults = []
    for file in record["inputs"].get("files", ()):
        path = root / file["file"]
        if not path.is_file():
            faults.append(f"{file['file']} is missing")
        elif path.stat().st_size != file["bytes"] or file_hash(path) != file["sha256"]:
            faults.append(f"{file['file']} has changed")
    if faults:
        more = len(faults) - _SHOWN
        shown = ", ".join(faults[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        msg = f"{root}: {shown}: the run can only be repeated on the inputs it had (--data FOLDER)"
        raise InputError(msg)


def compared(folder: Path, again: Path) -> Repeated:
    """
    Return how the files of two run folders differ.

    Parameters
    ----------
    folder
        The run as it was; what later commands put there is not looked at.
    again
        The same run, made anew.

    Returns
    -------
    repeated
        File by file; of ``run.json``, what does not say how the run went.
    """
    old, new = _files(folder), _files(again)
    same: list[str] = []
    differing: list[str] = []
    for name in sorted(old & new):
        (same if _equal(folder / name, again / name) else differing).append(name)
    extra = [name for name in sorted(old - new) if name.partition("/")[0] not in LATER]
    then, now = (run_record(where).get("versions", {}) for where in (folder, again))
    versions = [
        (name, str(then.get(name, "not known")), str(now.get(name, "not known")))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    return Repeated(
        tuple(same), tuple(sorted([*differing, *extra])), tuple(sorted(new - old)), tuple(versions)
    )


def _equal(one: Path, other: Path) -> bool:
    if one.name != RECORD:
        return one.stat().st_size == other.stat().st_size and file_hash(one) == file_hash(other)
    return _lasting(read_json(one)) == _lasting(read_json(other))


def _lasting(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without what says how the run went, and where its inputs lay."""
    kept = {name: value for name, value in record.items() if name not in OF_THE_MOMENT}
    inputs = {name: value for name, value in kept["inputs"].items() if name != "folder"}
    return {**kept, "inputs": inputs}


def _files(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files}


def _root(folder: Path, record: Mapping[str, Any], data: Path | None) -> Path:
    """Return where the inputs lie."""
    if data is not None:
        return data
    recorded = record["inputs"].get("folder")
    if recorded is None:
        msg = f"{folder}: {RECORD} does not say where the inputs lie: give --data FOLDER"
        raise InputError(msg)
    return folder.absolute() / str(recorded)


def _declared(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declared inputs as an inputs file would have them."""
    found = _without_none(record["inputs"].get("declared", {}))
    if not isinstance(found, dict) or found.get("provider"):
        msg = (
            f"{RECORD}: a provider located addresses, and may answer otherwise now: such a run "
            "can't be repeated from its folder"
        )
        raise InputError(msg)
    return found


def _without_none(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value
