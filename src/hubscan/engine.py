"""The query engines: the only module that names them. DuckDB by default, Spark as an option."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Protocol

from hubscan.errors import InputError, StoreError
from hubscan.parquet_rows import ParquetRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import ibis
    import pandas as pd
    import pyarrow as pa

ENGINES: Final = ("duckdb", "spark")
_LONGEST_LINE: Final = 16_000_000
_AT_HAND: Final = "2GB"
_OF_STAGES: Final = {
    "parquet_version": "v2",
    "compression": "uncompressed",
    "dictionary_size_limit": 1,
}


class Engine(Protocol):
    """What hubscan asks of a query engine."""

    def parquet(self, paths: Sequence[Path]) -> ibis.Table:
        """Return Parquet files of one layout as a lazy table."""
        ...

    def table(self, frame: pd.DataFrame) -> ibis.Table:
        """Return a small table as a lazy one."""
        ...

    def frame(self, table: ibis.Table) -> pd.DataFrame:
        """Return a lazy table in memory; the order of its rows is the query's, or none."""
        ...

    def write(self, table: ibis.Table, path: Path) -> None:
        """Write a lazy table as Parquet: a file, or a folder of files."""
        ...


@dataclass(frozen=True)
class DuckDB:
    """DuckDB in this process: larger than memory, spilling to a folder."""

    connection: Any
    spill: Path
    one_at_a_time: RLock = field(default_factory=RLock)

    def parquet(self, paths: Sequence[Path]) -> ibis.Table:
        """Return Parquet files of one layout as a lazy table."""
        with self.one_at_a_time:
            return self.connection.read_parquet([_rows_at(path) for path in paths])

    def numbered_parquet(self, path: Path) -> ibis.Table:
        """Return one Parquet file with the number of each row, from 0, as ``file_row_number``."""
        with self.one_at_a_time:
            return self.connection.read_parquet(str(path), file_row_number=True)

    def table(self, frame: pd.DataFrame) -> ibis.Table:
        """Return a small table as a lazy one."""
        return _memtable(frame)

    def frame(self, table: ibis.Table) -> pd.DataFrame:
        """Return a lazy table in memory."""
        with self.one_at_a_time, _sentences("query engine", self.spill):
            frame: pd.DataFrame = self.connection.to_pyarrow(table).to_pandas()
        return frame

    def write(self, table: ibis.Table, path: Path) -> None:
        """Write a lazy table to one Parquet file."""
        with self.one_at_a_time, _sentences("query engine", self.spill):
            # what stages hand on is read soon and kept for a while: quick before small. Its tables
            # are numbers: to pack their differences takes half the time of LZ4 and no more room
            # in all; looking for values that repeat would take the same time again
            self.connection.to_parquet(table, str(path), **_OF_STAGES)

    def write_rows(
        self,
        parts: Iterable[ibis.Table],
        target: Path,
        *,
        about: str,
        then: Callable[[pa.Table], pa.Table] | None = None,
    ) -> int:
        """
        Write the rows of ordered lazy tables, one after the other, to one Parquet file.

        Equal rows give equal bytes, however many threads there are; no part need fit in memory
        twice.

        Parameters
        ----------
        parts
            Tables of one layout, each in order.
        target
            The file to write.
        about
            Kept in the file's metadata under the key ``hubscan``.
        then
            What is made of each part in memory before it is written.

        Returns
        -------
        rows
            Their number.
        """
        with ParquetRows(target, about, then) as written:
            for part in parts:
                with self.one_at_a_time, _sentences("query engine", self.spill):
                    rows = self.connection.to_pyarrow(part)
                # other queries may go on while these are written
                written.add(rows)
        return written.rows

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
            "rejects_scan='faulty_scan', null_padding=false, strict_mode=true, "
            f"max_line_size={_LONGEST_LINE})"
        )
        types = dict.fromkeys(columns, "VARCHAR")
        given = [str(path), delimiter, encoding, header, types, str(target)]
        copy = f"COPY (SELECT * FROM {reader}) TO ? (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - constant
        faults = "SELECT line, min(error_message) FROM faulty GROUP BY line ORDER BY line"
        with self.one_at_a_time, _sentences(path.name, self.spill):
            run = self.connection.con.cursor()
            run.execute("DROP TABLE IF EXISTS faulty").fetchall()
            run.execute("DROP TABLE IF EXISTS faulty_scan").fetchall()
            run.execute("SET preserve_insertion_order=true").fetchall()
            run.execute(copy, given).fetchall()
            found = run.execute(faults).fetchall()
            run.execute("SET preserve_insertion_order=false").fetchall()
        return [(int(line), str(message).splitlines()[0]) for line, message in found]


def _rows_at(path: Path) -> str:
    """Return what DuckDB reads: a file, or all files of a folder that Spark wrote."""
    return str(path / "*.parquet") if path.is_dir() else str(path)


@dataclass(frozen=True)
class Spark:
    """Apache Spark through Ibis, for inputs that already live on a cluster."""

    connection: Any
    one_at_a_time: RLock = field(default_factory=RLock)

    def parquet(self, paths: Sequence[Path]) -> ibis.Table:
        """Return Parquet files of one layout as a lazy table."""
        with self.one_at_a_time:
            tables = [self.connection.read_parquet(str(path)) for path in paths]
        first, *others = tables
        return first.union(*others) if others else first

    def table(self, frame: pd.DataFrame) -> ibis.Table:
        """Return a small table as a lazy one."""
        return _memtable(frame)

    def frame(self, table: ibis.Table) -> pd.DataFrame:
        """Return a lazy table in memory."""
        with self.one_at_a_time:
            frame: pd.DataFrame = self.connection.to_pyarrow(table).to_pandas()
        return frame

    def write(self, table: ibis.Table, path: Path) -> None:
        """Write a lazy table to a folder of Parquet files."""
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        with self.one_at_a_time:
            self.connection.to_parquet(table, str(path), mode="overwrite")


@contextmanager
def opened(*, spill: Path, threads: int | None, memory_gb: float | None) -> Iterator[DuckDB]:
    """
    Open DuckDB for the length of a ``with`` block.

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
    settings = {
        "temp_directory": str(spill),
        "preserve_insertion_order": "false",
    }
    if memory_gb is not None:
        settings["memory_limit"] = f"{memory_gb}GB"
    for name, value in settings.items():
        literal = value.replace("'", "''")
        connection.con.execute(f"SET {name} = '{literal}'").fetchall()
    _without_progress_bar(connection)
    if memory_gb is None:
        _with_memory_at_hand(connection)
    try:
        yield DuckDB(connection, spill)
    finally:
        connection.disconnect()


def _without_progress_bar(connection: Any) -> None:  # noqa: ANN401 - an Ibis backend
    """Have no progress printed among the results."""
    import duckdb  # noqa: PLC0415 - heavy; not needed to print help

    # in a notebook that lacks the package that draws it, there is none, and it can't be set
    with suppress(duckdb.InvalidInputException):
        connection.con.execute("SET enable_progress_bar = false").fetchall()


def _with_memory_at_hand(connection: Any) -> None:  # noqa: ANN401 - an Ibis backend
    """Have memory kept from one stage to the next: asking the system for it anew takes long."""
    import duckdb  # noqa: PLC0415 - heavy; not needed to print help

    # older engines have no such setting
    with suppress(duckdb.CatalogException):
        connection.con.execute(f"SET block_allocator_memory = '{_AT_HAND}'").fetchall()


@contextmanager
def spark_opened(*, master: str, threads: int | None, memory_gb: float | None) -> Iterator[Spark]:
    """
    Open Spark for the length of a ``with`` block.

    Parameters
    ----------
    master
        Address of the cluster, such as ``spark://host:7077``; ``local`` for this machine.
    threads
        Threads of a local master, and partitions of a shuffle; all processors if None.
    memory_gb
        Memory of the driver, GB; Spark's own default if None.

    Yields
    ------
    engine
        The open engine.

    Raises
    ------
    InputError
        If PySpark or Java is not installed.
    """
    try:
        import ibis  # noqa: PLC0415 - heavy; not needed to print help
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "engine spark needs PySpark and Java 17: install hubscan with its extra 'spark'"
        raise InputError(msg) from error
    count = threads or os.cpu_count() or 1
    builder = SparkSession.builder.appName("hubscan")
    builder = builder.master(f"local[{count}]" if master == "local" else master)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(4 * count),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
    }
    if master == "local":
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    if memory_gb is not None:
        settings["spark.driver.memory"] = f"{max(1, round(memory_gb))}g"
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield Spark(ibis.pyspark.connect(session))
    finally:
        session.stop()


def _memtable(frame: pd.DataFrame) -> ibis.Table:
    import ibis  # noqa: PLC0415 - heavy; not needed to print help
    import pyarrow as pa  # noqa: PLC0415 - as above

    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))


@contextmanager
def _sentences(where: str, spill: Path) -> Iterator[None]:
    """Turn DuckDB's errors into ours."""
    import duckdb  # noqa: PLC0415 - heavy; not needed to print help

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        msg = f"{where}: {str(error).splitlines()[0]} (spill folder {spill})"
        raise StoreError(msg) from error
    except (
        duckdb.InvalidInputException,
        duckdb.ConversionException,
        duckdb.OutOfRangeException,
    ) as error:
        msg = f"{where}: {str(error).splitlines()[0]}"
        raise InputError(msg) from error
