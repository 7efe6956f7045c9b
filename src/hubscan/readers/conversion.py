"""From the files of a source to tables that a run reads: found, staged one by one, assembled."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from hubscan import engine
from hubscan.errors import InputError
from hubscan.readers import recognition
from hubscan.readers.judging import judged
from hubscan.readers.parts import Opened
from hubscan.readers.sheets import with_rows
from hubscan.readers.sink import Tally, sink_into, staged_at, tally_from
from hubscan.readers.streams import Member, head, hidden, members
from hubscan.readers.writing import Ingested, Tables, write_folder
from hubscan.store import file_hash, fingerprint, written_whole
from hubscan.watching import StageRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.readers.mapping import UserMapping
    from hubscan.readers.parts import Part, Source
    from hubscan.readers.streams import Head
    from hubscan.watching import Watcher


@dataclass(frozen=True)
class Options:
    """What the user may say about a conversion."""

    encoding: str | None = None
    """Encoding of bytes that are not UTF-8."""
    countries: tuple[str, ...] = ()
    """The only economies whose addresses are kept (ISO 3166 alpha-2); all if there are none."""
    mapping: UserMapping | None = None
    threads: int | None = None
    memory_gb: float | None = None


@dataclass
class StagedFile:
    """One file of a source: what it is, where its staged tables stand, and what was counted."""

    member: Member
    part: Part
    size: int
    sha256: str
    stem: Path
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        """What is recorded of the file."""
        return {
            "file": self.member.name,
            "part": self.part.name,
            "bytes": self.size,
            "sha256": self.sha256,
            **{
                name: self.counts[name] for name in ("rows", "addresses", "replaced_bytes", "notes")
            },
        }


def convert(
    source: Source, paths: Sequence[Path], folder: Path, *, options: Options, watcher: Watcher
) -> Ingested:
    """
    Convert the files of a source to the tables that a run reads.

    Files are staged one by one in a work folder beside the folder, so that a conversion that was
    stopped goes on after the last whole file. The folder's files change at the end, all or none.

    Parameters
    ----------
    source
        The reader.
    paths
        Files, archives, or folders of them.
    folder
        Where tables, ``inputs.toml``, ``ingest.json`` and ``rejected.csv`` go. It may hold other
        indicators; those stay.
    options
        Encoding, economies, mapping, threads and memory.
    watcher
        Who is told how it goes.

    Returns
    -------
    ingested
        What was read, kept and rejected, and why.

    Raises
    ------
    InputError
        If a file is missing, broken, or another export than the one needed.
    """
    source = _bound(source, options)
    _check_encoding(options.encoding)
    work = folder.absolute().parent / ".hubscan"
    spill = work / "spill"
    chosen, passed_over = _chosen(source, paths)
    staged = [_staged(source, *one, options=options, work=work, watcher=watcher) for one in chosen]
    with ExitStack() as stack:
        spill.mkdir(parents=True, exist_ok=True)
        local = stack.enter_context(
            engine.opened(spill=spill, threads=options.threads, memory_gb=options.memory_gb)
        )
        scanned = _scanned(source, staged, local, work)
        watcher.begin("assemble")
        began = time.perf_counter()
        assembled = source.assembled(scanned)
        scratch = stack.enter_context(TemporaryDirectory(prefix="assembled-", dir=work))
        documents, addresses = judged(assembled, local, Path(scratch), countries=options.countries)
        tables = Tables(documents, addresses, local, assembled.aside)
        ingested = Ingested(
            source=source,
            files=[file.content for file in staged],
            passed_over=passed_over,
            documents=_tally(staged, tables.documents_tally(), source.document_parts, "rows"),
            addresses=_tally(staged, tables.addresses_tally(), source.address_parts, "addresses"),
            rejected=[row for file in staged for row in file.counts["listed"]],
            settings=_settings(options),
            unplaced=tables.unplaced(),
        )
        write_folder(ingested, tables, folder)
        seconds = round(time.perf_counter() - began, 3)
        watcher.end(StageRecord("assemble", seconds, ingested.addresses.kept, reused=False))
    return ingested


def _bound(source: Source, options: Options) -> Source:
    """Return the source that the user's mapping makes, where it needs one."""
    if source.bound is None:
        if options.mapping is not None:
            msg = f"{source.title} needs no mapping: a mapping is for hubscan ingest table"
            raise InputError(msg)
        return source
    if options.mapping is None:
        msg = f"{source.title} needs a mapping: name its file with --mapping"
        raise InputError(msg)
    return source.bound(options.mapping)


def _check_encoding(name: str | None) -> None:
    try:
        "".encode(name or "utf-8")
    except (LookupError, ValueError) as error:
        msg = f"--encoding {name}: is not known: cp1252, latin-1 or gb18030 are"
        raise InputError(msg) from error


def _settings(options: Options) -> dict[str, Any]:
    mapping = None if options.mapping is None else options.mapping.model_dump(mode="json")
    return {
        "encoding": options.encoding, "countries": list(options.countries), "mapping": mapping,
    }  # fmt: skip


def _tally(
    staged: Sequence[StagedFile], assembled: Tally, parts: tuple[str, ...], inside: str
) -> Tally:
    """Return the counts of the whole source: rows rejected when staged, then when assembled."""
    total = Tally()
    for file in staged:
        counts = None
        if file.part.name in parts:
            counts = file.counts["rows"]
        elif "documents" in file.part.tables:
            counts = file.counts[inside]
        if counts is not None:
            early = tally_from(counts)
            total.add(Tally(early.rejected.total(), early.rejected))
    total.add(assembled)
    return total


def _chosen(
    source: Source, paths: Sequence[Path]
) -> tuple[list[tuple[Member, Head, Part]], list[str]]:
    """Return the files that the source reads, with the part each is, and those passed over."""
    chosen: list[tuple[Member, Head, Part]] = []
    passed_over: list[tuple[Member, Head]] = []
    for member, named in _members(paths):
        first = with_rows(head(member), member)
        part = next((part for part in source.parts if part.sign(first)), None)
        if part is not None:
            chosen.append((member, first, part))
        elif named:
            raise InputError(recognition.wrong_file(source, member, first))
        else:
            passed_over.append((member, first))
    _check(source, chosen, passed_over, paths)
    return chosen, [member.name for member, _ in passed_over]


def _check(
    source: Source,
    chosen: Sequence[tuple[Member, Head, Part]],
    passed_over: Sequence[tuple[Member, Head]],
    paths: Sequence[Path],
) -> None:
    """Raise if what the source can't be read without is not there."""
    shown = ", ".join(path.name for path in paths)
    if not chosen and passed_over:
        raise InputError(recognition.wrong_file(source, *passed_over[0]))
    if not chosen:
        msg = f"{shown}: no files in it: {source.title} needs: {source.needs}"
        raise InputError(msg)
    there = {part.name for _, _, part in chosen}
    absent = [part.shown for part in source.parts if part.needed and part.name not in there]
    if absent:
        msg = f"{shown}: no {', no '.join(absent)}: {source.title} needs: {source.needs}"
        raise InputError(msg)


def _members(paths: Sequence[Path]) -> list[tuple[Member, bool]]:
    """Return every file given or found in a folder or archive, and whether it was named itself."""
    found: dict[Member, bool] = {}
    for path in paths:
        if not path.exists():
            msg = f"{path}: there is no such file or folder"
            raise InputError(msg)
        named = path.is_file()
        files = [path] if named else sorted(_visible(path))
        for file in files:
            inside = members(file)
            for member in inside:
                found.setdefault(member, named and len(inside) == 1)
    return list(found.items())


def _visible(folder: Path) -> list[Path]:
    every = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in every if not hidden(path.relative_to(folder).as_posix())]


def _staged(  # noqa: PLR0913 - one file, its beginning and its part; then how and where
    source: Source,
    member: Member,
    first: Head,
    part: Part,
    *,
    options: Options,
    work: Path,
    watcher: Watcher,
) -> StagedFile:
    """Return a file staged, now or before."""
    encoding = options.encoding or source.encoding
    sha256 = file_hash(member.path)
    mapping = None if options.mapping is None else options.mapping.model_dump_json()
    key = fingerprint(source.name, part.name, sha256, member.name, encoding, mapping)
    stem = work / f"{part.name}-{key}"
    watcher.begin(member.name)
    began = time.perf_counter()
    reused = staged_at(stem, "").exists()
    if not reused:
        opened = Opened(member, first, encoding, options.mapping)
        with sink_into(stem, part.tables, file=member.name) as sink:
            part.staged(opened, sink)
    counts = json.loads(staged_at(stem, "").read_text(encoding="utf-8"))
    seconds = round(time.perf_counter() - began, 3)
    watcher.end(StageRecord(member.name, seconds, counts["rows"]["kept"], reused))
    return StagedFile(member, part, member.path.stat().st_size, sha256, stem, counts)


def _scanned(
    source: Source, staged: Sequence[StagedFile], local: engine.DuckDB, work: Path
) -> dict[str, Any]:
    """Return the staged tables of all files as lazy ones; empty where a source has no file."""
    schemas = {name: schema for part in source.parts for name, schema in part.tables.items()}
    scanned = {}
    for name, schema in schemas.items():
        paths = [staged_at(f.stem, name) for f in staged if name in f.part.tables]
        if not paths:
            empty = work / f"empty-{fingerprint(str(schema))}.parquet"
            with written_whole(empty) as partial:
                pq.write_table(schema.empty_table(), partial)
            paths = [empty]
        scanned[name] = local.parquet(paths)
    return scanned
