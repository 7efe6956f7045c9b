"""The query engine: the only module that names one. DuckDB through Ibis, spilling to disk."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubscan.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import ibis
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class Engine:
    """
    A connection to a query engine.

    Build one with :func:`opened`; its methods are all that the rest of hubscan asks of an engine.
    """

    connection: Any
    spill: Path

    def parquet(self, paths: Sequence[Path]) -> ibis.Table:
        """Return Parquet files of one layout as a lazy table."""
        return self.connection.read_parquet([str(path) for path in paths])

    def numbered_parquet(self, path: Path) -> ibis.Table:
        """Return one Parquet file with the number of each row, from 0, as ``file_row_number``."""
        return self.connection.read_parquet(str(path), file_row_number=True)

    def table(self, frame: pd.DataFrame | pa.Table) -> ibis.Table:
        """Return a small table as a lazy one."""
        import ibis  # noqa: PLC0415 - heavy; not needed to print help

        return ibis.memtable(frame)

    def frame(self, table: ibis.Table) -> pd.DataFrame:
        """Return a lazy table in memory."""
        with self._sentences():
            frame: pd.DataFrame = self.connection.to_pyarrow(table).to_pandas()
        return frame

    def write(self, table: ibis.Table, path: Path) -> int:
        """Write a lazy table to a Parquet file and return its number of rows."""
        import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; not needed to print help

        with self._sentences():
            self.connection.to_parquet(table, str(path), compression="zstd")
        return int(pq.read_metadata(path).num_rows)

    def stage_text(
        self,
        path: Path,
        target: Path,
        *,
        columns: Sequence[str],
        delimiter: str,
        encoding: str,
        header: bool,
    ) -> list[tuple[int, str]]:
        """
        Turn one delimited text file into Parquet, every column as text, rows in order.

        Parameters
        ----------
        path
            The text file.
        target
            The Parquet file to write.
        columns
            Names of the columns, in order.
        delimiter
            One character.
        encoding
            ``utf-8``, ``utf-16`` or ``latin-1``.
        header
            Whether the first row names the columns, and so is passed over.

        Returns
        -------
        faults
            Line number and description of each line that could not be read; they are left out.

        Raises
        ------
        InputError
            If the file can't be read at all.
        """
        reader = (
            "read_csv(?, delim=?, encoding=?, header=?, columns=?, auto_detect=false, quote='\"', "
            "escape='\"', store_rejects=true, rejects_table='faulty', "
            "rejects_scan='faulty_scan', "
            "null_padding=false, strict_mode=true, max_line_size=16000000)"
        )
        with self._sentences(path.name):
            run = self.connection.con.cursor()
            run.execute("DROP TABLE IF EXISTS faulty").fetchall()
            run.execute("DROP TABLE IF EXISTS faulty_scan").fetchall()
            run.execute("SET preserve_insertion_order=true").fetchall()
            run.execute(
                f"COPY (SELECT * FROM {reader}) TO ? (FORMAT parquet, COMPRESSION zstd)",  # noqa: S608 - constant
                [
                    str(path),
                    delimiter,
                    encoding,
                    header,
                    dict.fromkeys(columns, "VARCHAR"),
                    str(target),
                ],
            ).fetchall()
            found = run.execute(
                "SELECT line, min(error_message) FROM faulty GROUP BY line ORDER BY line"
            ).fetchall()
            run.execute("SET preserve_insertion_order=false").fetchall()
        return [(int(line), str(message).splitlines()[0]) for line, message in found]

    @contextmanager
    def _sentences(self, where: str = "query engine") -> Iterator[None]:
        """Turn the engine's errors into ours."""
        import duckdb  # noqa: PLC0415 - heavy; not needed to print help

        try:
            yield
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            msg = f"{where}: {str(error).splitlines()[0]} (spill folder {self.spill})"
            raise StoreError(msg) from error
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            msg = f"{where}: {str(error).splitlines()[0]}"
            raise InputError(msg) from error


@contextmanager
def opened(*, spill: Path, threads: int | None, memory_gb: float | None) -> Iterator[Engine]:
    """
    Open the query engine for the length of a ``with`` block.

    Parameters
    ----------
    spill
        Folder for what does not fit in memory.
    threads
        Number of threads; all processors if None.
    memory_gb
        Cap on the engine's memory, GB; DuckDB's own rule (80 % of the machine) if None.

    Yields
    ------
    engine
        The open engine.
    """
    import ibis  # noqa: PLC0415 - heavy; not needed to print help

    connection = ibis.duckdb.connect(threads=threads or os.cpu_count() or 1)
    settings = {"temp_directory": str(spill), "preserve_insertion_order": "false"}
    if memory_gb is not None:
        settings["memory_limit"] = f"{memory_gb}GB"
    for name, value in settings.items():
        literal = value.replace("'", "''")
        connection.con.execute(f"SET {name} = '{literal}'").fetchall()
    try:
        yield Engine(connection, spill)
    finally:
        connection.disconnect()
