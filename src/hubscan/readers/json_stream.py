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
_LONGEST: Final = 1 << 28
_BETWEEN: Final = " \t\r\n,"


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


def json_lines(text: CleanText) -> Iterator[tuple[int, bytes]]:
    """
    Yield whole lines in blocks.

    Parameters
    ----------
    text
        The stream.

    Yields
    ------
    line, block
        Number of the block's first line, from 1, and its bytes.
    """
    rest, first = b"", 1
    while chunk := text.read(4 * _CHUNK):
        whole, line_feed, rest_of_it = (rest + chunk).rpartition(b"\n")
        rest = rest_of_it
        if line_feed:
            yield first, whole + b"\n"
            first += whole.count(b"\n") + 1
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
        Each is parsed on its own, so that a file may be larger than memory.

    Raises
    ------
    InputError
        If there is no list, or it ends within a record.
    """
    buffer, ended = "", False
    decoder = json.JSONDecoder()
    # a block may end within a character: the wrapper keeps its beginning for the next
    letters = io.TextIOWrapper(io.BufferedReader(text, _CHUNK), "utf-8", newline="\n")
    inside = False
    while True:
        if not ended and len(buffer) < _CHUNK:
            chunk = letters.read(_CHUNK)
            ended = not chunk
            buffer += chunk
        if not inside:
            buffer, inside = _entered(buffer, where), True
        buffer = buffer.lstrip(_BETWEEN)
        if buffer.startswith("]"):
            return
        try:
            record, end = decoder.raw_decode(buffer)
        except ValueError as error:
            chunk = "" if ended or len(buffer) > _LONGEST else letters.read(_CHUNK)
            if not chunk:
                raise _cut_short(text, where) from error
            buffer += chunk
            continue
        buffer = buffer[end:]
        yield record


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


def _cut_short(text: CleanText, where: str) -> InputError:
    line = f"{where}: line {text.lines + 1}"
    return InputError(f"{line}: the list ends within a record, or is no JSON")


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
        if not is_lines(opened.head.text):
            yield from enumerate(listed_records(text, where=opened.member.name), 1)
        for first, block in json_lines(text):
            for number, line in enumerate(block.splitlines(), first):
                try:
                    record = json.loads(line) if line.strip() else None
                except ValueError:
                    sink.reject(number, "the line is no JSON record", line[:300].decode())
                    continue
                if record is not None:
                    yield number, record
