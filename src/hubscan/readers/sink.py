"""Where the rows of one file go: staged tables, and a count of what was read and rejected."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from hubscan.readers.parts import ADDRESSES, DOCUMENTS
from hubscan.store import json_text, written_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hubscan.readers.parts import Address, Document

LISTED: Final = 1_000
"""Rejected rows that are written out for each file and reason; the rest is only counted."""

ROWS: Final = 100_000
"""Rows that are held before they are written."""

RECORD_TABLES: Final = {
    "documents": DOCUMENTS.append(pa.field("file", pa.string())).append(
        pa.field("row", pa.int64())
    ),
    "addresses": ADDRESSES.append(pa.field("file", pa.string())).append(
        pa.field("row", pa.int64())
    ),
}
"""Tables of readers of records: file and row tell copies of one document apart."""


@dataclass
class Tally:
    """How many rows were read, and how many of them were not kept, by reason."""

    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """Rows read and not rejected."""
        return self.read - self.rejected.total()

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.read += other.read
        self.rejected.update(other.rejected)

    def content(self) -> dict[str, Any]:
        """Return the counts for JSON."""
        return {
            "read": self.read,
            "kept": self.kept,
            "rejected": dict(sorted(self.rejected.items())),
        }


def tally_from(content: Mapping[str, Any]) -> Tally:
    """Return a tally from its JSON."""
    return Tally(content["read"], Counter(content["rejected"]))


@dataclass
class Sink:
    """
    Takes the rows of one file.

    Tables are written as Parquet; ``rows`` counts the rows (or records) of the file, ``addresses``
    the addresses inside its records, if it has records.
    """

    file: str
    writers: Mapping[str, pq.ParquetWriter]
    rows: Tally = field(default_factory=Tally)
    addresses: Tally = field(default_factory=Tally)
    listed: list[dict[str, Any]] = field(default_factory=list)
    replaced: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    """What else there is to know of rows that were kept, and of how many."""
    _held: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    _listed_for: Counter[str] = field(default_factory=Counter)

    def write(self, table: str, batch: pa.RecordBatch | pa.Table) -> None:
        """Write rows to a staged table."""
        writer = self.writers[table]
        rows = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
        writer.write_table(rows.select(writer.schema.names).cast(writer.schema))

    def keep(self, row: int, document: Document, addresses: Sequence[Address]) -> None:
        """Keep one record: a document and its addresses, in the order listed."""
        self.rows.read += 1
        self.addresses.read += len(addresses)
        mark = (self.file, row)
        self._hold("documents", (*document, *mark))
        for sequence, address in enumerate(addresses, 1):
            self._hold("addresses", (document.document_id, sequence, *address, *mark))

    def keep_distinct(self, row: int, document: Document, addresses: Sequence[Address]) -> None:
        """Keep one record with its distinct addresses; repeated ones are counted as rejected."""
        once = list(dict.fromkeys(addresses))
        repeated = len(addresses) - len(once)
        if repeated:
            self.addresses.read += repeated
            self.addresses.rejected[REPEATED] += repeated
        self.keep(row, document, once)

    def reject(self, row: int | None, reason: str, values: object = None) -> None:
        """Count one row (or record) as rejected, and list it."""
        self.rows.read += 1
        self.rows.rejected[reason] += 1
        self.list_row(row, reason, values)

    def list_row(self, row: int | None, reason: str, values: object) -> None:
        """Write a rejected row out, unless many of its kind were."""
        self._listed_for[reason] += 1
        if self._listed_for[reason] > LISTED:
            return
        text = values if isinstance(values, str) else json.dumps(values, ensure_ascii=False)
        self.listed.append({"file": self.file, "row": row, "reason": reason, "values": text[:2000]})

    def flush(self) -> None:
        """Write what is held."""
        for table, rows in self._held.items():
            schema = RECORD_TABLES[table]
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array(list(column), kind)
                for column, kind in zip(columns, schema.types, strict=True)
            ]
            if arrays:
                self.write(table, pa.Table.from_arrays(arrays, schema=schema))
        self._held.clear()

    def content(self) -> dict[str, Any]:
        """Return what was counted and listed, for JSON."""
        return {
            "rows": self.rows.content(),
            "addresses": self.addresses.content(),
            "replaced_bytes": self.replaced,
            "notes": dict(sorted(self.notes.items())),
            "listed": self.listed,
        }

    def _hold(self, table: str, row: tuple[Any, ...]) -> None:
        held = self._held.setdefault(table, [])
        held.append(row)
        if len(held) >= ROWS:
            self.flush()


REPEATED: Final = "the document lists this address before"


@contextmanager
def sink_into(stem: Path, tables: Mapping[str, pa.Schema], *, file: str) -> Iterator[Sink]:
    """
    Give a sink; what it took stands in files at the end, or not at all.

    Parameters
    ----------
    stem
        Path of the files without their suffixes: ``.TABLE.parquet``, and ``.json`` for the counts,
        which is written last.
    tables
        The tables and their columns.
    file
        The file's name to show.

    Yields
    ------
    sink
        Takes the rows.
    """
    with ExitStack() as stack:
        # contexts end in reverse order: the counts, by which a finished file is told, come last
        counts = stack.enter_context(written_whole(staged_at(stem, "")))
        writers = {}
        for name, schema in tables.items():
            partial = stack.enter_context(written_whole(staged_at(stem, name)))
            writers[name] = stack.enter_context(
                pq.ParquetWriter(partial, schema, compression="zstd", compression_level=1)
            )
        sink = Sink(file, writers)
        yield sink
        sink.flush()
        counts.write_text(json_text(sink.content()), encoding="utf-8")


def staged_at(stem: Path, table: str) -> Path:
    """Return where a staged table stands; where the counts stand if it has no name."""
    return stem.with_name(f"{stem.name}.{table}.parquet" if table else f"{stem.name}.json")
