"""Records of JSON files as a stream: one a line, or in a list of an answer of an API."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

from hubscan.errors import InputError
from hubscan.readers.streams import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import CleanText

_LIST: Final = re.compile(r'"(?:results|data|works|records)"\s*:\s*\[')
_CHUNK: Final = 1 << 20
_LONGEST: Final = 1 << 26
"""Letters of one record, or bytes of one line; more is no record, and would fill the memory."""

_BETWEEN: Final = " \t\r\n,"
_OVERLAP: Final = 100
_HALF: Final = re.compile("[\ud800-\udfff]")


def is_lines(text: str) -> bool:
    r"""
    Return whether a file that begins like this holds one record a line.

    Examples
    --------
    >>> is_lines('{"id": 1}\n{"id": 2}\n'), is_lines('{"meta": {},\n "results": [')
    (True, False)
    """
    first, line_feed, _ = text.lstrip().partition("\n")
    if not first.startswith("{") or _LIST.search(first[:5000]):
        return False
    if not line_feed:
        return not _LIST.search(first)
    try:
        json.loads(first)
    except ValueError:
        return False
    return True


def json_lines(text: CleanText, *, where: str) -> Iterator[tuple[int, bytes]]:
    """
    Yield whole lines in blocks.

    Parameters
    ----------
    text
        The stream.
    where
        The file's name, to begin sentences with.

    Yields
    ------
    line, block
        Number of the block's first line, from 1, and its bytes.

    Raises
    ------
    InputError
        If a line is too long to be a record.
    """
    rest, first = b"", 1
    # a long line is read in ever larger pieces, so that it is not copied once for each
    while chunk := text.read(max(4 * _CHUNK, len(rest))):
        whole, line_feed, rest = (rest + chunk).rpartition(b"\n")
        if line_feed:
            yield first, whole + b"\n"
            first += whole.count(b"\n") + 1
        if len(rest) > _LONGEST:
            msg = f"{where}: line {first}: is longer than {_LONGEST:,} bytes: one record was needed"
            raise InputError(msg)
    if rest.strip():
        yield first, rest


def listed_records(text: CleanText, *, where: str) -> Iterator[dict[str, Any]]:
    """
    Yield the records of a list: of ``results`` or ``data``, or the file's own.

    Parameters
    ----------
    text
        The stream.
    where
        The file's name, to begin sentences with.

    Yields
    ------
    record
        Each is parsed on its own, so that a file may be larger than memory; those of answers that
        stand one after another in one file, too.

    Raises
    ------
    InputError
        If there is no list, or it ends within a record.
    """
    # a block may end within a character: the wrapper keeps its beginning for the next
    letters = io.TextIOWrapper(io.BufferedReader(text, _CHUNK), "utf-8", newline="\n")
    buffer: str | None = _entered(letters.read(_CHUNK), where)
    while buffer is not None:
        buffer = buffer.lstrip(_BETWEEN) or letters.read(_CHUNK).lstrip(_BETWEEN)
        if buffer.startswith("]"):
            buffer = _next_list(buffer[1:], letters)
            continue
        try:
            record, buffer = _next_record(buffer, letters)
        except (ValueError, RecursionError) as error:
            line = f"{where}: line {text.lines + 1}"
            msg = f"{line}: the list ends within a record, or is no JSON"
            raise InputError(msg) from error
        yield record


def _next_record(buffer: str, letters: io.TextIOWrapper) -> tuple[Any, str]:
    """Return the record that a text begins with, and what follows; ValueError if there is none."""
    while True:
        try:
            record, end = json.JSONDecoder().raw_decode(buffer)
        except ValueError:
            # twice as much each time: a record is not parsed once for each piece of it
            more = "" if len(buffer) > _LONGEST else letters.read(max(_CHUNK, len(buffer)))
            if not more:
                raise
            buffer += more
        else:
            return record, buffer[end:]


def _next_list(buffer: str, letters: io.TextIOWrapper) -> str | None:
    """Return what follows the beginning of another list: answers may stand one after another."""
    while not (found := _LIST.search(buffer)):
        chunk = letters.read(_CHUNK)
        if not chunk:
            return None
        buffer = buffer[-_OVERLAP:] + chunk
    return buffer[found.end() :]


def _entered(buffer: str, where: str) -> str:
    """Return what follows the beginning of the list."""
    plain = buffer.lstrip()
    if plain.startswith("["):
        return plain[1:]
    found = _LIST.search(buffer)
    if found:
        return buffer[found.end() :]
    if plain.startswith("{"):
        return plain + "]"
    msg = f"{where}: is not JSON with a list of results: save the answers of the API as they come"
    raise InputError(msg)


def json_records(opened: Opened, sink: Sink) -> Iterator[tuple[int, dict[str, Any]]]:
    """
    Yield the records of a JSON file, one a line or in a list, with their numbers.

    Parameters
    ----------
    opened
        The file.
    sink
        Takes lines that are no JSON record.

    Yields
    ------
    number, record
    """
    with clean_text(opened.member, fallback=opened.encoding) as text:
        where = opened.member.name
        if not is_lines(opened.head.text):
            for number, record in enumerate(listed_records(text, where=where), 1):
                yield from _if_record(number, record, str(record), sink)
            return
        for first, block in json_lines(text, where=where):
            for number, line in enumerate(block.splitlines(), first):
                if line.strip():
                    yield from _if_record(number, _parsed(line), line.decode(), sink)


def _parsed(line: bytes) -> object:
    """Return what a line holds; None if that is no JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _if_record(
    number: int, record: object, text: str, sink: Sink
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give a record, or reject what is none."""
    if not isinstance(record, dict):
        sink.reject(number, "the line is no JSON record", text[:300])
        return
    # halves of letters, which JSON can name and no file can hold, become question marks
    plain = json.dumps(record, ensure_ascii=False)
    whole = json.loads(plain.encode(errors="replace")) if _HALF.search(plain) else record
    yield number, whole
