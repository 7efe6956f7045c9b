"""Files as they come: archives opened, text decoded and cleaned, always as a stream."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import tarfile
import threading
import time
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD_BYTES: Final = 1 << 16
"""Bytes of a file that are looked at to tell what it is."""

_CHUNK: Final = 1 << 20
_NOTICE: Final = 0.2
"""Seconds in which whoever reads ahead, and has room to, has asked for more."""
_LEAVE: Final = 0.02
"""Seconds in which another thread leaves Python once it has been told that there is no more."""
_BAD_BYTE: Final = re.compile("[\udc80-\udcff]")
_BROKEN: Final = (EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x1f\x8b", "gzip"),
)


@dataclass(frozen=True)
class Member:
    """One readable file: on its own, or inside an archive."""

    path: Path
    inside: str = ""

    @property
    def name(self) -> str:
        """The name to show."""
        return f"{self.path.name}: {self.inside}" if self.inside else self.path.name

    @property
    def plain_name(self) -> str:
        """The file's own name, without folders and without the suffix of a packed file."""
        return (self.inside or self.path.name).rsplit("/", 1)[-1].removesuffix(".gz")

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """
        Open the file's own bytes, unpacked.

        Raises
        ------
        InputError
            If the file, or the archive, is broken.
        """
        with ExitStack() as stack:
            try:
                yield self._unpacked(stack)
            except _BROKEN as error:
                msg = f"{self.name}: the archive is broken or cut short: {error}: copy it again"
                raise InputError(msg) from error

    def _unpacked(self, stack: ExitStack) -> IO[bytes]:
        if not self.inside:
            stream: IO[bytes] = stack.enter_context(self.path.open("rb"))
        elif zipfile.is_zipfile(self.path):
            archive = stack.enter_context(zipfile.ZipFile(self.path))
            stream = stack.enter_context(archive.open(self.inside))
        else:
            packed = stack.enter_context(tarfile.open(self.path))  # noqa: SIM115 - the stack closes it
            found = packed.extractfile(self.inside)
            stream = cast("IO[bytes]", found)
        if (self.inside or self.path.name).lower().endswith(".gz"):
            unpacked = gzip.open(stream)  # noqa: SIM115 - the stack closes it
            stream = cast("IO[bytes]", stack.enter_context(unpacked))
        return stream


@dataclass(frozen=True)
class Head:
    """The beginning of a file, by which it is told what it is."""

    name: str
    kind: str
    """``text``, ``empty``, ``binary``, or what its first bytes say (``xlsx``, ``parquet``, …)."""
    text: str

    @property
    def first_line(self) -> str:
        """The first line that is not blank."""
        return next((line for line in self.text.splitlines() if line.strip()), "")


def members(path: Path) -> list[Member]:
    """
    Return the files in a file: itself, or what an archive holds.

    Parameters
    ----------
    path
        A file.

    Returns
    -------
    members
        By name.

    Raises
    ------
    InputError
        If an archive is broken.
    """
    name = path.name.lower()
    try:
        if name.endswith((".tar.gz", ".tgz", ".tar")):
            with tarfile.open(path) as packed:
                inside = [member.name for member in packed if member.isfile()]
        elif zipfile.is_zipfile(path) and not name.endswith(".xlsx"):
            with zipfile.ZipFile(path) as archive:
                inside = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        elif name.endswith(".zip"):
            msg = f"{path.name}: the archive is broken or cut short: copy it again"
            raise InputError(msg)
        else:
            return [Member(path)]
    except _BROKEN as error:
        msg = f"{path.name}: the archive is broken or cut short: {error}: copy it again"
        raise InputError(msg) from error
    if "xl/workbook.xml" in inside:
        return [Member(path)]
    shown = (name for name in inside if not hidden(name))
    return [Member(path, name) for name in sorted(shown)]


def hidden(name: str) -> bool:
    """Return whether a path names a file that no source writes: hidden ones, leftovers of macOS."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part)


def head(member: Member) -> Head:
    """
    Return the beginning of a file.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    head
        Decoded as UTF-8 (or UTF-16 with its mark); what can't be decoded is replaced.
    """
    with member.opened() as stream:
        first = stream.read(HEAD_BYTES)
    kind = _kind(member, first)
    if kind != "text":
        return Head(member.plain_name, kind, "")
    text = first.decode(_encoding(first), errors="replace").replace("\r\n", "\n")
    return Head(member.plain_name, kind, text.replace("\r", "\n"))


def _kind(member: Member, first: bytes) -> str:
    if not first.strip():
        return "empty"
    for magic, kind in _MAGIC:
        if first.startswith(magic):
            workbook = kind == "zip" and member.plain_name.lower().endswith((".xlsx", ".xlsm"))
            return "xlsx" if workbook else kind
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "text"
    return "binary" if b"\0" in first else "text"


def _encoding(first: bytes) -> str:
    return next((name for mark, name in _MARKS if first.startswith(mark)), "utf-8")


class CleanText(io.RawIOBase):
    r"""
    A stream of UTF-8 bytes, whatever the file's encoding, its mark and its ends of line.

    Bytes that are not UTF-8 are read in the fallback encoding, or replaced by U+FFFD, and counted
    in ``replaced``. Lone carriage returns become line feeds where the file ends its lines so.

    Examples
    --------
    >>> stream = CleanText(io.BytesIO(b"\xef\xbb\xbfK\xc3\xb6ln\rBonn"), fallback=None)
    >>> stream.read().decode()
    'Köln\nBonn'
    >>> stream = CleanText(io.BytesIO(b"K\xf6ln"), fallback="latin-1")
    >>> stream.read().decode(), stream.replaced
    ('Köln', 1)
    """

    def __init__(self, raw: IO[bytes], *, fallback: str | None) -> None:
        super().__init__()
        self._raw = raw
        self._fallback = fallback
        self.replaced = 0
        self.lines = 0
        self.quotes = 0
        self.ends_line = True
        self._reading = threading.Lock()
        self._told_the_end = threading.Event()
        first = raw.read(HEAD_BYTES)
        encoding = _encoding(first)
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._lone_returns = b"\r" in first and b"\n" not in first
        self._pending = memoryview(self._clean(first, final=len(first) < HEAD_BYTES))
        self._ended = len(first) < HEAD_BYTES

    replaced: int
    """Bytes that were not of the encoding."""
    lines: int
    """Line feeds given out so far."""
    quotes: int
    """Double quotes given out so far."""
    ends_line: bool
    """Whether the last byte given out is a line feed."""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer."""
        with self._reading:
            size = self._read_into(memoryview(cast("bytearray", buffer)))
        if not size:
            self._told_the_end.set()
        return size

    def stop(self) -> None:
        """
        Give out nothing from now on, and wait until who reads ahead in a thread has been told so.

        A thread of Arrow's that comes to Python for bytes while the interpreter ends would abort
        the process, or wait for it without end.
        """
        if self._told_the_end.is_set():
            return
        with self._reading:
            self._ended, self._pending = True, memoryview(b"")
        self._told_the_end.wait(_NOTICE)
        time.sleep(_LEAVE)

    def _read_into(self, view: memoryview) -> int:
        while not self._pending and not self._ended:
            chunk = self._raw.read(_CHUNK)
            self._ended = not chunk
            self._pending = memoryview(self._clean(chunk, final=self._ended))
        size = min(len(view), len(self._pending))
        view[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        given = bytes(view[:size])
        self.lines += given.count(b"\n")
        self.quotes += given.count(b'"')
        self.ends_line = given.endswith(b"\n") if given else self.ends_line
        return size

    def _clean(self, chunk: bytes, *, final: bool) -> bytes:
        text = self._decoder.decode(chunk, final)
        if self._lone_returns:
            text = text.replace("\r", "\n")
        try:
            return text.encode()
        except UnicodeEncodeError:
            return _BAD_BYTE.sub(self._replacement, text).encode(errors="replace")

    def _replacement(self, found: re.Match[str]) -> str:
        self.replaced += 1
        if self._fallback is None:
            return "\ufffd"
        return bytes([ord(found[0]) - 0xDC00]).decode(self._fallback, errors="replace")


@contextmanager
def clean_text(member: Member, *, fallback: str | None) -> Iterator[CleanText]:
    """
    Open a file as clean UTF-8.

    Parameters
    ----------
    member
        The file.
    fallback
        Encoding of bytes that are not UTF-8; None to replace them.

    Yields
    ------
    text
        The stream.
    """
    with member.opened() as raw:
        yield CleanText(raw, fallback=fallback)
