"""One Parquet file from tables that come one after the other, equal rows giving equal bytes."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

GROUP: Final = 1 << 20
"""Rows of a row group."""

_GROWING: Final = "document"
_VARIED: Final = (_GROWING, "place", "organisation")


@dataclass
class ParquetRows:
    """
    A Parquet file that is written while the next of its tables is made.

    Attributes
    ----------
    target
        The file.
    about
        Kept in its metadata under the key ``hubscan``.
    then
        What is made of each table before it is written, if anything.
    rows
        How many were written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> with TemporaryDirectory() as folder:
    ...     with ParquetRows(Path(folder) / "rows.parquet", "two tables") as written:
    ...         written.add(pa.table({"document": [1, 2]}))
    ...         written.add(pa.table({"document": [3]}))
    ...     pq.read_table(Path(folder) / "rows.parquet").column("document").to_pylist()
    [1, 2, 3]
    """

    target: Path
    about: str
    then: Callable[[pa.Table], pa.Table] | None = None
    rows: int = 0
    _writer: Any = None
    _line: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))
    _under_way: Future[None] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *fault: object) -> None:
        """Write what is left, and close the file."""
        try:
            self._done()
        finally:
            self._line.shutdown()
            if self._writer is not None:
                self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Have a table written; the one before is by then."""
        self._done()
        self._under_way = self._line.submit(self._write, table)

    def _write(self, table: pa.Table) -> None:
        made = table if self.then is None else self.then(table)
        if self._writer is None:
            import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; not needed to print help

            schema = made.schema.remove_metadata()
            # numbers that only grow take least room, and least time, as differences; a list of
            # the values of a column that has very many is made for nothing
            self._writer = pq.ParquetWriter(
                self.target,
                schema,
                compression="zstd",
                store_schema=False,
                use_dictionary=[name for name in schema.names if name not in _VARIED],
                column_encoding={
                    name: "DELTA_BINARY_PACKED" for name in schema.names if name == _GROWING
                },
            )
            self._writer.add_key_value_metadata({"hubscan": self.about})
        self._writer.write_table(made.replace_schema_metadata(None), GROUP)
        self.rows += len(made)

    def _done(self) -> None:
        """Wait for what is under way."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()
