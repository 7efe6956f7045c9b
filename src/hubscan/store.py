"""The only module that touches the disk: stage tables kept, results published whole."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import inspect
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from hubscan import __version__
from hubscan.background import Background
from hubscan.errors import StoreError
from hubscan.read_back import frame_at, shapes_at
from hubscan.watching import Noted, StageRecord, Watcher, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import ibis
    import pandas as pd

    from hubscan.engine import Engine

_RENAME_EXCHANGE: Final = 2
_FORMS: Final = ("bulk", "frame", "shapes")
_FORM_OF: Final = {"Table": "bulk", "DataFrame": "frame"}
Value = TypeVar("Value")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Kept(Generic[Value]):
    """A stage's result and the fingerprint of everything it follows from."""

    value: Value
    key: str
    rows: int
    path: Path | None = None


@dataclass
class Store:
    """
    The work folder of runs: each stage's result under the fingerprint of what it follows from.

    A result is written beside its place and renamed into it, so that it is there whole or not at
    all; a run that was stopped finds the finished stages again.
    """

    work: Path
    engine: Engine
    watcher: Watcher
    records: list[StageRecord] = field(default_factory=list)
    background: Background = field(default_factory=Background)

    def keep(
        self, stage: str, function: Callable[..., Value], *tables: object, **parameters: object
    ) -> Kept[Value]:
        """
        Return a stage's result, made now or found from before.

        Parameters
        ----------
        stage
            Its name; begins the file's name.
        function
            Makes the result: a lazy table, a data frame or a geographic one. Its annotations say
            which tier its tables are wanted in: ``ibis.Table`` or ``pd.DataFrame``.
        tables
            What it is called with: results kept earlier, or values that JSON can tell apart.
        parameters
            Its keyword arguments; a kept result among them is passed by its value.

        Returns
        -------
        kept
            The value as read back from its file, with the fingerprint of function, tables and
            parameters.
        """
        key = fingerprint(stage, *_marks(function, tables, parameters))
        begun: Kept[Value] | None = self.background.result(f"{stage}-{key}")
        return begun or self._kept(f"{stage}-{key}", function, tables, parameters)

    def ahead(
        self, stage: str, function: Callable[..., Any], *tables: object, **parameters: object
    ) -> None:
        """Begin a stage in the background that :meth:`keep` is going to be asked for."""
        name = f"{stage}-{fingerprint(stage, *_marks(function, tables, parameters))}"
        self.background.begin(name, lambda: self._kept(name, function, tables, parameters))

    def _kept(
        self,
        name: str,
        function: Callable[..., Value],
        tables: Sequence[object],
        parameters: Mapping[str, object],
    ) -> Kept[Value]:
        """Return a stage's result, made now or found from before."""
        stage, _, key = name.rpartition("-")
        with self.watched(stage) as noted:
            path = self._found(name)
            noted.reused = path is not None
            if path is None:
                path = self._written(self._made(function, tables, parameters), self.work / name)
            value, noted.rows = self._read(path)
        return Kept(value, key, noted.rows, path)

    def watched(self, stage: str) -> AbstractContextManager[Noted]:
        """Measure what is done in a ``with`` block as a stage of its own."""
        return watched(stage, self.watcher, self.records)

    def keep_two(
        self,
        stage: str,
        function: Callable[..., tuple[Value, Other]],
        *tables: object,
        **parameters: object,
    ) -> tuple[Kept[Value], Kept[Other]]:
        """Return both results of a small stage that gives two, made anew each time."""
        first, second = self._made(function, tables, parameters)
        key = fingerprint(stage, *_marks(function, tables, parameters))
        return Kept(first, f"{key}.1", len(first)), Kept(second, f"{key}.2", len(second))

    def derived(
        self, stage: str, function: Callable[..., Value], *tables: object, **parameters: object
    ) -> Kept[Value]:
        """Return a lazy result that is quicker made again than kept; it has no number of rows."""
        made = self._made(function, tables, parameters)
        return Kept(made, fingerprint(stage, *_marks(function, tables, parameters)), 0)

    def given(self, stage: str, frame: pd.DataFrame) -> Kept[pd.DataFrame]:
        """Return a small table that needs no keeping, told apart by its content."""
        return Kept(frame, fingerprint(stage, frame.to_csv(index=False)), len(frame))

    def in_memory(self, kept: Kept[Any]) -> pd.DataFrame:
        """Return a kept table in memory, lazy or not; what lies on the disk needs no engine."""
        if kept.path is not None and _form(kept.value) == "bulk":
            return frame_at(kept.path)
        return cast("pd.DataFrame", self._in_tier(kept.value, "pd.DataFrame"))

    def _made(
        self,
        function: Callable[..., Any],
        tables: Sequence[object],
        parameters: Mapping[str, object],
    ) -> Any:  # noqa: ANN401 - whatever the stage gives
        """Call a stage, each table in the tier its annotation asks for."""
        bound = inspect.signature(function).bind(*map(_value, tables), **_values(parameters))
        for argument, value in bound.arguments.items():
            wanted = bound.signature.parameters[argument].annotation
            bound.arguments[argument] = self._in_tier(value, wanted)
        return function(*bound.args, **bound.kwargs)

    def _in_tier(self, value: Any, wanted: object) -> Any:  # noqa: ANN401 - any value of a stage
        """Return a table in the tier a stage's annotation asks for; other values as they are."""
        kind = next((k.__name__ for k in type(value).__mro__ if k.__name__ in _FORM_OF), None)
        if wanted in ("ibis.Table", "Table") and kind == "DataFrame":
            return self.engine.table(value)
        if wanted == "pd.DataFrame" and kind == "Table":
            return self.engine.frame(value)
        return value

    def _found(self, name: str) -> Path | None:
        paths = [self.work / f"{name}.{form}.parquet" for form in _FORMS]
        return next((path for path in paths if path.exists()), None)

    def _written(self, made: object, stem: Path) -> Path:
        form = _form(made)
        path = stem.with_name(f"{stem.name}.{form}.parquet")
        with written_whole(path) as partial:
            if form == "bulk":
                self.engine.write(cast("ibis.Table", made), partial)
            elif form == "shapes":
                import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; not needed to print help

                from hubscan.geoparquet import packed  # noqa: PLC0415 - as above

                pq.write_table(
                    packed(cast("pd.DataFrame", made), boxes=False), partial, compression="lz4"
                )
            else:
                cast("pd.DataFrame", made).to_parquet(partial, index=False, compression="lz4")
        return path

    def _read(self, path: Path) -> tuple[Any, int]:
        form = path.name.split(".")[-2]
        if form == "bulk":
            import pyarrow.dataset as ds  # noqa: PLC0415 - heavy; not needed to print help

            return self.engine.parquet([path]), int(ds.dataset(path).count_rows())
        table = shapes_at(path) if form == "shapes" else frame_at(path)
        return table, len(table)


def _form(made: object) -> str:
    for kind in type(made).__mro__:
        if kind.__name__ in _FORM_OF:
            is_geographic = kind.__name__ == "DataFrame" and "geometry" in cast(
                "pd.DataFrame", made
            )
            return "shapes" if is_geographic else _FORM_OF[kind.__name__]
    msg = f"a stage gave {type(made).__name__}: a table was needed"
    raise TypeError(msg)


def _mark(table: object) -> object:
    """Return what tells a value apart: its key if it carries one, or the value itself."""
    if isinstance(key := getattr(table, "key", None), str):
        return key
    if isinstance(table, (list, tuple)):
        return [_mark(item) for item in table]
    if isinstance(table, Mapping):
        return {str(key): _mark(item) for key, item in table.items()}
    if table is None or isinstance(table, (str, int, float, bool)):
        return table
    msg = f"{type(table).__name__} can't be told apart: a kept result or a plain value was needed"
    raise TypeError(msg)


def _marks(
    function: Callable[..., Any], tables: Sequence[object], parameters: Mapping[str, object]
) -> tuple[str, list[object], dict[str, object]]:
    name = f"{function.__module__}.{function.__qualname__}"
    return name, [_mark(table) for table in tables], {k: _mark(v) for k, v in parameters.items()}


def _value(table: object) -> object:
    return table.value if isinstance(table, Kept) else table


def _values(parameters: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in parameters.items()}


def fingerprint(*parts: object) -> str:
    """
    Return a short name for a value: equal for equal values and the same code of hubscan.

    Examples
    --------
    >>> fingerprint("places", {"radius_km": 15.0}) == fingerprint("places", {"radius_km": 15.0})
    True
    >>> fingerprint("places", {"radius_km": 15.0}) == fingerprint("places", {"radius_km": 16.0})
    False
    """
    text = json.dumps([_code_hash(), parts], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@functools.cache
def _code_hash() -> str:
    """Return a hash of the package's modules: a change of code makes stages anew."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """
    Give a path to write to; what was written takes its place at the end, or not at all.

    Parameters
    ----------
    path
        Where the file is to stand; its folder is made if need be.

    Yields
    ------
    partial
        A path in the same folder, with the same suffix.

    Raises
    ------
    StoreError
        If the folder can't be written to or is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".partial" + path.suffix, path.stem + ".", path.parent)
        os.close(handle)
        partial = Path(name)
        try:
            yield partial
            _synced(partial)
            partial.replace(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True) if partial.is_dir() else partial.unlink(
                missing_ok=True
            )
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        msg = f"{path}: {error.strerror or error}: nothing was changed"
        raise StoreError(msg) from error


@contextmanager
def published(folder: Path) -> Iterator[Path]:
    """
    Give an empty folder to fill; it takes the place of the run folder at the end, or not at all.

    Where the system can exchange two folders in one step (Linux, macOS), there is no moment at
    which neither the old results nor the new ones are there. Elsewhere the old folder steps aside
    for an instant, and comes back on the next call if the process was stopped just then.

    Parameters
    ----------
    folder
        The run folder.

    Yields
    ------
    fresh
        The folder to fill.

    Raises
    ------
    StoreError
        If the folder exists and is no run folder, or can't be replaced.
    """
    folder = folder.absolute()
    aside = folder.with_name(f".{folder.name}.old")
    recovered(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / "run.json").exists():
        msg = f"{folder}: has files but no run.json: give an empty folder or a run folder"
        raise StoreError(msg)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(".partial", f".{folder.name}.", folder.parent))
    fresh.chmod(0o755)
    try:
        yield fresh
        for path in sorted(fresh.rglob("*")):
            if path.is_file():
                _synced(path)
        if not folder.exists():
            fresh.rename(folder)
        elif not _exchanged(fresh, folder):
            folder.rename(aside)
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def recovered(folder: Path) -> None:
    """Bring back a run folder that stepped aside and was never replaced; clear stale partials."""
    aside = folder.with_name(f".{folder.name}.old")
    if aside.exists() and not folder.exists():
        aside.rename(folder)
    for stale in folder.parent.glob(f".{folder.name}.*.partial"):
        shutil.rmtree(stale, ignore_errors=True)


def json_text(content: Mapping[str, Any]) -> str:
    """Return JSON as hubscan writes it: indented, UTF-8, ending in a line feed."""
    return json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n"


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False where the system can't."""
    if sys.platform == "win32":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):
        here = -100
        return bool(libc.renameat2(here, first, here, second, _RENAME_EXCHANGE) == 0)
    if hasattr(libc, "renamex_np"):
        return bool(libc.renamex_np(first, second, _RENAME_EXCHANGE) == 0)
    return False


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
