"""What a file is that a source can't read, and which export to make instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hubscan.ingest.rows import plain_name
from hubscan.readers.delimited import header

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubscan.readers.parts import Source
    from hubscan.readers.streams import Head, Member


@dataclass(frozen=True)
class Unusable:
    """A kind of file that no reader can use, and what to do instead."""

    what: str
    sign: Callable[[Head], bool]
    instead: str


def _kind(kind: str) -> Callable[[Head], bool]:
    return lambda head: head.kind == kind


def _begins(pattern: str) -> Callable[[Head], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda head: head.kind == "text" and bool(compiled.match(head.text.lstrip("\ufeff \n")))


def _columns(*has: str, lacks: str = "", delimiter: str = ",") -> Callable[[Head], bool]:
    def signed(head: Head) -> bool:
        if head.kind != "text":
            return False
        names = {plain_name(name) for name in header(head, delimiter)}
        return names >= set(has) and lacks not in names

    return signed


UNUSABLE: Final = (
    Unusable("an empty file", _kind("empty"), "make the export again"),
    Unusable("a 7z archive", _kind("7z"), "unpack it first"),
    Unusable("an Excel file of the old kind (.xls)", _kind("xls"), "save or export it as CSV"),
    Unusable("a PDF", _kind("pdf"), "a table or a text export is needed"),
    Unusable(
        "a web page", _begins(r"<!doctype html|<html"), "the download failed: sign in and repeat it"
    ),
    Unusable(
        "a Lens patents CSV, which has no addresses and so can't be clustered",
        _columns("lens id", "jurisdiction"),
        "save the answers of the Lens patent API (JSON), whose inventors have addresses",
    ),
    Unusable(
        "a Lens scholarly CSV, which has no affiliations",
        _columns("lens id", "publication type"),
        "look its DOIs up in OpenAlex and give the works (JSON)",
    ),
    Unusable(
        "a Scopus CSV without affiliations",
        _columns("eid", lacks="affiliations"),
        "export it again with Affiliations ticked under Bibliographical information",
    ),
    Unusable(
        "a Web of Science tab-delimited export without addresses (C1)",
        _columns("pt", "au", lacks="c1", delimiter="\t"),
        "export it again with record content Full Record",
    ),
    Unusable(
        "a BibTeX file", _begins(r"@[a-z]+\s*\{"), "export plain text, tab-delimited or CSV instead"
    ),
    Unusable("an RIS file", _begins(r"TY  - "), "export plain text, tab-delimited or CSV instead"),
    Unusable("a file of numbers, not of text", _kind("binary"), "a text or table was needed"),
)
"""Files that no reader can use."""


def wrong_file(source: Source, member: Member, head: Head) -> str:
    """
    Return the sentence on a file that is not of a source.

    Parameters
    ----------
    source
        The source that was asked for.
    member
        The file.
    head
        Its beginning.

    Returns
    -------
    sentence
        What it is, if that can be told, and what to do.
    """
    from hubscan.readers.registry import SOURCES  # noqa: PLC0415 - it imports the readers

    for other in SOURCES:
        for part in other.parts:
            if other.name != source.name and other.bound is None and part.sign(head):
                return (
                    f"{member.name}: is {part.shown} of {other.title}: read it with "
                    f"hubscan ingest {other.name}"
                )
    for kind in UNUSABLE:
        if kind.sign(head):
            return f"{member.name}: is {kind.what}: {kind.instead}"
    shown = " ".join(head.first_line.split())[:80]
    return (
        f"{member.name}: is not a file of {source.title} (it begins {shown!r}): {source.needs}; "
        "any other table is read with hubscan ingest table and a mapping"
    )
