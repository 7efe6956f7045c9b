"""Open what an inputs file declares: find the files, hash them, make text files scannable."""

from __future__ import annotations

import glob
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from hubscan.errors import InputError
from hubscan.ingest.documents import REPEAT_KEYS, Scanned
from hubscan.ingest.inputs import Inputs, declared_parts, inputs_from
from hubscan.ingest.rejects import rejected, repeats
from hubscan.ingest.rows import canonical, good
from hubscan.ingest.sources import Sources
from hubscan.store import file_hash, fingerprint, json_text, written_whole
from hubscan.text_files import text_as_table
from hubscan.validation import toml_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis

    from hubscan.engine import DuckDB, Engine
    from hubscan.ingest.inputs import Files
    from hubscan.store import Store

_APART: Final = {
    "title", "note", "attribution", "overrides", "provider", "organisations",
}  # fmt: skip
"""What is declared and says nothing of the sources."""

_DELIMITERS: Final = {"csv": ",", "tsv": "\t"}
_SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "tsv",
    ".parquet": "parquet",
}


@dataclass(frozen=True)
class OpenFile:
    """One input file: what it is, and the Parquet file its rows are read from."""

    part: str
    name: str
    size: int
    sha256: str
    rows_at: Path
    unreadable: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Opened:
    """
    The declared inputs, opened: the sources to read, and what each file is.

    ``repeated`` are the parts in which keys occur twice that must not.
    """

    inputs: Inputs
    sources: Sources
    files: dict[str, tuple[OpenFile, ...]]
    rasters: tuple[Path, ...]
    repeated: set[str]


def read_inputs(path: Path) -> Inputs:
    """
    Return the declared inputs of a file.

    Parameters
    ----------
    path
        A TOML file.

    Returns
    -------
    inputs
        The validated value.

    Raises
    ------
    InputError
        If the file can't be read or contradicts itself.
    """
    try:
        content = toml_content(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        msg = f"{path}: can't be read as an inputs file: {why}: a file in TOML was needed"
        raise InputError(msg) from error
    return inputs_from(content, where=path.name)


def opened_inputs(inputs: Inputs, root: Path, *, local: DuckDB, store: Store) -> Opened:
    """
    Open the declared inputs.

    Parameters
    ----------
    inputs
        What is declared.
    root
        The folder that paths start from.
    local
        The engine that turns text files into Parquet.
    store
        Where those are kept after the first read; its engine will scan the files.

    Returns
    -------
    opened
        Lazy rows, file by file hashed.

    Raises
    ------
    InputError
        If a file is missing, empty, or not what its declaration says.
    """
    parts = [(*one, _found(one[1].paths, one[0], root)) for one in declared_parts(inputs)]
    hashed = _hashed([path for *_, paths in parts for path in paths])
    files: dict[str, tuple[OpenFile, ...]] = {}
    for part, declared, header, paths in parts:
        files[part] = tuple(
            _open(path, part, declared, root, hashed[path], header=header, local=local, store=store)
            for path in paths
        )
    rasters: tuple[Path, ...] = ()
    if inputs.population:
        rasters = tuple(_found(inputs.population.raster, "population", root))
    hashes = {part: sorted(file.sha256 for file in opened) for part, opened in files.items()}
    hashes["population"] = sorted(file_hash(path) for path in rasters)
    engine = store.engine
    repeated = {
        part: bool(keys)
        and not _ascending(files[part], declared, keys)
        and _repeated(local, _every(files[part], local), declared, part, keys)
        for part, declared, keys in _declared_rows(inputs)
    }
    scanned = tuple(
        Scanned(
            source,
            engine.parquet([file.rows_at for file in files[source.name]]),
            _scan(f"{source.name}.documents", files, engine),
            _scan(f"{source.name}.areas", files, engine),
            each_once=not repeated.get(f"{source.name}.documents", True),
        )
        for source in inputs.source
    )
    small = {p: _rows(p, files) for p in files if p.split(".")[0] in ("ties", "fields")}
    declared_as = inputs.model_dump(mode="json", exclude=_APART)
    key = fingerprint(_without_paths(declared_as), hashes)
    sources = Sources(scanned, engine.frame, key, small, inputs.ties, inputs.fields)
    return Opened(inputs, sources, files, rasters, {part for part in repeated if repeated[part]})


def rejected_rows(opened: Opened, engine: DuckDB) -> ibis.Table:
    """
    Return every input row set aside, with file, row and reason.

    Parameters
    ----------
    opened
        The open inputs.
    engine
        The query engine that scans them.

    Returns
    -------
    rejected
        Table ``rejected`` of :mod:`hubscan.schema`, lazy.
    """
    import ibis  # noqa: PLC0415 - heavy; not needed to print help

    parts = [engine.table(_unreadable(opened))]
    for part, files, keys in _declared_rows(opened.inputs):
        every = _every(opened.files[part], engine)
        faulty = _any(engine, canonical(every, files, where=part).reason.notnull())  # noqa: PD004 - Ibis, not pandas
        twice = part in opened.repeated
        for file in opened.files[part] if faulty or twice else ():
            rows = engine.numbered_parquet(file.rows_at)
            names = {"source": part, "file": file.name}
            parts.append(rejected(rows, files, **names))
            if twice:
                parts.append(repeats(rows, files, keys=keys, **names))
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return every.order_by(["source", "file", "row", "reason"])


def _declared_rows(inputs: Inputs) -> Iterator[tuple[str, Files, tuple[str, ...]]]:
    """Yield each part whose rows may be faulty, with the keys that must not repeat in it."""
    for source in inputs.source:
        sequenced = source.grain == "addresses" and "sequence" in source.columns
        yield source.name, source, REPEAT_KEYS if sequenced else ()
        if source.documents:
            yield f"{source.name}.documents", source.documents, ("document_id",)
        if source.areas:
            yield f"{source.name}.areas", source.areas, ()


def _every(files: tuple[OpenFile, ...], engine: Engine) -> ibis.Table:
    return engine.parquet([file.rows_at for file in files])


def _any(engine: DuckDB, column: Any) -> bool:  # noqa: ANN401 - an Ibis column
    """Return whether any value of a column is true."""
    table = column.name("found").as_table()
    return bool(engine.frame(table.filter(table.found).limit(1)).shape[0])


def _ascending(files: tuple[OpenFile, ...], declared: Files, keys: tuple[str, ...]) -> bool:
    """Return whether a whole number tells rows apart and only grows: then none occurs twice."""
    last = None
    for file in files if len(keys) == 1 else ():
        column = declared.columns.get(keys[0])
        schema = pq.read_schema(file.rows_at)
        if column not in schema.names or not pa.types.is_integer(schema.field(column).type):
            return False
        numbers = pq.read_table(file.rows_at, columns=[column]).column(0)
        if numbers.null_count or not len(numbers):
            return False
        values = numbers.to_numpy()
        if (last is not None and values[0] <= last) or not (values[1:] > values[:-1]).all():
            return False
        last = values[-1]
    return last is not None


def _repeated(
    engine: DuckDB, rows: ibis.Table, files: Files, part: str, keys: tuple[str, ...]
) -> bool:
    """Return whether any combination of keys occurs twice, without looking for where."""
    usable = good(canonical(rows, files, where=part))
    sizes = usable.group_by(list(keys)).agg(occurrences=usable.count())
    return bool(engine.frame(sizes.filter(sizes.occurrences > 1).limit(1)).shape[0])


def _unreadable(opened: Opened) -> pd.DataFrame:
    """Return the lines of text files that could not be split into columns."""
    rows = [
        (part, file.name, line - 1, f"line {line} can't be read: {fault}", "")
        for part, files in opened.files.items()
        for file in files
        for line, fault in file.unreadable
    ]
    frame = pd.DataFrame(rows, columns=["source", "file", "row", "reason", "values"])
    texts = dict.fromkeys(["source", "file", "reason", "values"], "str")
    return frame.astype({**texts, "row": "int64"})


def _rows(part: str, files: dict[str, tuple[OpenFile, ...]]) -> pd.DataFrame:
    """Return all rows of a small part of the inputs."""
    frames = [pd.read_parquet(file.rows_at) for file in files[part]]
    return pd.concat(frames, ignore_index=True)


def _scan(part: str, files: dict[str, tuple[OpenFile, ...]], engine: Engine) -> ibis.Table | None:
    return _every(files[part], engine) if part in files else None


def _found(patterns: tuple[str, ...], part: str, root: Path) -> list[Path]:
    found: list[Path] = []
    for pattern in patterns:
        matches = sorted(Path(name) for name in glob.glob(str(root / pattern), recursive=True))  # noqa: PTH207 - absolute patterns too
        matches = [path for path in matches if path.is_file()]
        if not matches:
            msg = f"{part}: no file matches {pattern!r} in {root}"
            raise InputError(msg)
        found += [path for path in matches if path not in found]
    return found


def _hashed(paths: list[Path]) -> dict[Path, str]:
    """Return the hash of each file; they are read side by side."""
    with ThreadPoolExecutor() as readers:
        return dict(zip(paths, readers.map(file_hash, paths), strict=True))


def _open(  # noqa: PLR0913 - one file needs its declaration, its folder and both machines
    path: Path,
    part: str,
    files: Files,
    root: Path,
    sha256: str,
    *,
    header: bool,
    local: DuckDB,
    store: Store,
) -> OpenFile:
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    size = path.stat().st_size
    kind = files.format or _told_by(path, part)
    if kind == "parquet":
        _check_parquet(path, part, shown=path.name)
        return OpenFile(part, name, size, sha256, path, ())
    delimiter = files.delimiter or _DELIMITERS[kind]
    rows_at = store.work / f"text-{fingerprint(sha256, delimiter, files.encoding, header)}.parquet"
    faults_at = rows_at.with_suffix(".faults.json")
    if not rows_at.exists():
        faults = text_as_table(
            path,
            rows_at,
            delimiter=delimiter,
            encoding=files.encoding,
            header=header,
            local=local,
        )
        with written_whole(faults_at) as partial:
            partial.write_text(json_text({"faults": faults}), encoding="utf-8")
    faults = json.loads(faults_at.read_text(encoding="utf-8"))["faults"]
    if not faults:
        _check_parquet(rows_at, part, shown=path.name)
    return OpenFile(part, name, size, sha256, rows_at, tuple((n, text) for n, text in faults))


def _told_by(path: Path, part: str) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in (".gz", ".zst")]
    if suffixes and suffixes[-1] in _SUFFIXES:
        return _SUFFIXES[suffixes[-1]]
    msg = f"{part}: {path.name}: format is not told by the name: give format = csv, tsv or parquet"
    raise InputError(msg)


def _check_parquet(path: Path, part: str, *, shown: str) -> None:
    import pyarrow as pa  # noqa: PLC0415 - heavy; not needed to print help
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; not needed to print help

    try:
        rows = pq.read_metadata(path).num_rows
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{part}: {shown}: is not a Parquet file: {str(error).splitlines()[0]}"
        raise InputError(msg) from error
    if rows == 0:
        msg = f"{part}: {shown}: the file has no rows"
        raise InputError(msg)


def _without_paths(declared: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Return a declaration without its paths: content counts, not where it lies."""
    if isinstance(declared, dict):
        return {k: _without_paths(v) for k, v in declared.items() if k not in ("path", "raster")}
    if isinstance(declared, list):
        return [_without_paths(item) for item in declared]
    return declared
