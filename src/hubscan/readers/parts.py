"""What a reader is: the files it needs, how each is told, and how they become two tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis

    from hubscan.readers.mapping import UserMapping
    from hubscan.readers.sink import Sink
    from hubscan.readers.streams import Head, Member

DOCUMENTS: Final = pa.schema(
    [
        ("document_id", pa.string()),
        ("year", pa.int32()),
        ("date", pa.string()),
        ("type", pa.string()),
        ("subjects", pa.string()),
        ("ipc", pa.string()),
        ("fields", pa.string()),
        ("applicants", pa.string()),
    ]
)
"""One document. Lists of labels are joined by ``; ``; dates are ISO 8601, years publication's."""

ADDRESSES: Final = pa.schema(
    [
        ("document_id", pa.string()),
        ("sequence", pa.int32()),
        ("organisation", pa.string()),
        ("address", pa.string()),
        ("city", pa.string()),
        ("region", pa.string()),
        ("postcode", pa.string()),
        ("country", pa.string()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
    ]
)
"""One listed address of one document; ``address`` is its text as given."""


class Document(NamedTuple):
    """One document, as a reader of records gives it."""

    document_id: str
    year: int | None
    date: str | None = None
    type: str | None = None
    subjects: str | None = None
    ipc: str | None = None
    fields: str | None = None
    applicants: str | None = None


class Address(NamedTuple):
    """One listed address, as a reader of records gives it."""

    organisation: str | None = None
    address: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Opened:
    """A file about to be read, and what the user said about it."""

    member: Member
    head: Head
    encoding: str | None
    mapping: UserMapping | None = None


@dataclass(frozen=True)
class Part:
    """One kind of file of a source."""

    name: str
    sign: Callable[[Head], bool]
    """Whether a file that begins like this is of this kind."""
    staged: Callable[[Opened, Sink], None]
    """Writes the file's rows to the sink."""
    tables: Mapping[str, pa.Schema]
    """What it writes."""
    needed: bool = True
    title: str = ""
    """What to call it in a sentence; its name if empty."""

    @property
    def shown(self) -> str:
        """What to call it in a sentence."""
        return self.title or self.name


@dataclass(frozen=True)
class Assembled:
    """
    The two tables of a source, lazy, every row with its ``reason`` if it was not used.

    Columns are those of :data:`DOCUMENTS` and :data:`ADDRESSES`, and ``reason`` (text; missing for
    a row that is kept).
    """

    documents: ibis.Table
    addresses: ibis.Table
    aside: Mapping[str, ibis.Table] = field(default_factory=dict)
    """Rows that are no addresses of the documents, by reason: only counted, as they are many."""


@dataclass(frozen=True)
class Source:
    """A reader: a source of documents, what to export from it, and how it is read."""

    name: str
    title: str
    indicator: str
    needs: str
    """The files to give, in one sentence."""
    gives: str
    """What is read of them, in one sentence."""
    parts: tuple[Part, ...]
    assembled: Callable[[Mapping[str, Any]], Assembled]
    attribution: str = ""
    document_parts: tuple[str, ...] = ()
    """The parts whose rejected rows are documents."""
    address_parts: tuple[str, ...] = ()
    """The parts whose rejected rows are addresses."""
    encoding: str | None = None
    """Encoding of bytes that are not UTF-8, unless the user names another."""
    bound: Callable[[UserMapping], Source] | None = None
    """Of a source that needs a mapping from the user: the source that a mapping makes of it."""
