"""Readers of records: one document at a time, with its addresses."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import ibis

from hubscan.errors import InputError
from hubscan.readers.parts import Assembled, Part
from hubscan.readers.sink import RECORD_TABLES
from hubscan.readers.streams import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hubscan.readers.parts import Opened
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head

AGAIN: Final = "the document occurs before, in this file or another"
COPY: Final = "its document occurs before, in this file or another"
LONGEST_LINE: Final = 16_000_000
"""Letters of a line, or of all lines of a record; more is neither."""

_YEAR: Final = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


def records_part(
    name: str, sign: Callable[[Head], bool], records: Callable[[Opened, Sink], None], *, title: str
) -> Part:
    """
    Return a part whose files hold records.

    Parameters
    ----------
    name
        Its name.
    sign
        Whether a file that begins like this is one.
    records
        Gives the file's records to the sink.
    title
        What to call it in a sentence.

    Returns
    -------
    part
    """
    return Part(name, sign, records, RECORD_TABLES, needed=False, title=title)


def assembled_records(tables: Mapping[str, ibis.Table]) -> Assembled:
    """
    Return documents and addresses of readers of records, each document once.

    Parameters
    ----------
    tables
        ``documents`` and ``addresses``, with the file and row each came from.

    Returns
    -------
    assembled
        Of a document that was exported twice, the first copy in the order of files and rows.
    """
    listed, addresses = tables["documents"], tables["addresses"]
    order = ibis.row_number().over(group_by="document_id", order_by=[listed.file, listed.row])
    numbered = listed.mutate(copy=order)
    documents = numbered.mutate(reason=ibis.cases((numbered.copy > 0, AGAIN), else_=_NONE))
    first = numbered.filter(numbered.copy == 0).select("document_id", "file", "row", found=True)
    joined = addresses.left_join(first, ["document_id", "file", "row"])
    reason = ibis.cases((joined.found.isnull(), COPY), else_=_NONE)
    return Assembled(
        documents.drop("copy", "file", "row"),
        joined.select(*addresses.columns, reason=reason).drop("file", "row"),
    )


_NONE: Final = ibis.null("string")


@contextmanager
def text_lines(opened: Opened, sink: Sink) -> Iterator[Iterable[str]]:
    """
    Open a file as lines of text.

    Parameters
    ----------
    opened
        The file.
    sink
        Counts bytes that were replaced.

    Yields
    ------
    lines
        Each with its line feed.

    Raises
    ------
    InputError
        While they are read, if one is longer than :data:`LONGEST_LINE`.
    """
    with clean_text(opened.member, fallback=opened.encoding) as clean:
        try:
            letters = io.TextIOWrapper(io.BufferedReader(clean, 1 << 20), "utf-8", newline="\n")
            yield _short_lines(letters, opened.member.name)
        finally:
            sink.replaced += clean.replaced


def _short_lines(letters: io.TextIOWrapper, where: str) -> Iterator[str]:
    """Give lines; raise if one is so long that it is none, and would fill the memory."""
    number = 0
    while line := letters.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            msg = f"{where}: line {number} has more than {LONGEST_LINE:,} letters: is it a text?"
            raise InputError(msg)
        yield line


def year_in(text: str | None) -> int | None:
    """
    Return the first year that a text names; None if it names none.

    Examples
    --------
    >>> year_in("FEB 2026"), year_in("2024-03-01"), year_in("n/a"), year_in("9999-12-31")
    (2026, 2024, None, None)
    """
    found = _YEAR.search(text or "")
    return int(found[0]) if found else None


def joined(labels: Iterable[str | None]) -> str | None:
    """
    Return labels as one text, each once, in order; None if there are none.

    Examples
    --------
    >>> joined(["H01L 21/02", "", "A; B", "H01L 21/02"])
    'H01L 21/02; A, B'
    """
    plain = (" ".join((label or "").replace(";", ",").split()) for label in labels)
    return "; ".join(dict.fromkeys(label for label in plain if label)) or None


def not_a_record(opened: Opened, line: int, found: str, needed: str) -> InputError:
    """Return the error of a file that is not what its first lines promised."""
    shown = " ".join(found.split())[:80]
    return InputError(f"{opened.member.name}: line {line} is {shown!r}: {needed}")
