"""Writing a world: every table as Parquet, through files the caller opens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pyarrow.parquet as pq

from hubscan.world.tables import patent_tables, publication_tables
from hubscan.world.ventures import deal_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    import pyarrow as pa

    from hubscan.world.model import World

    Opener = Callable[[str], BinaryIO]
    Progress = Callable[[str, int], None]

ROW_GROUP: Final = 1_000_000
"""Rows of a row group."""

WAITING: Final = 2
"""Tables that may wait for the writer, so that memory stays bounded."""


def world_tables(world: World, *, raw_addresses: bool) -> Iterator[tuple[str, pa.Table]]:
    """
    Yield every table of a world with the relative path of its file.

    Parameters
    ----------
    world
        The world.
    raw_addresses
        Whether patents carry their addresses as free text too.

    Yields
    ------
    path, table
    """
    yield "deals/deals.parquet", deal_table(world)
    yield from chain(patent_tables(world, raw_addresses=raw_addresses), publication_tables(world))


def write_world(world: World, opened: Opener, *, raw_addresses: bool, progress: Progress) -> None:
    """
    Write every table of a world.

    Parameters
    ----------
    world
        The world.
    opened
        Opens the file of a relative path for writing; it is closed here.
    raw_addresses
        Whether patents carry their addresses as free text too.
    progress
        Called with the path and the number of rows of each file written.

    Examples
    --------
    >>> import io
    >>> from hubscan.geocode import bundled
    >>> from hubscan.world import world
    >>> made = world(bundled().at_least(20_000).cities, scale=0.001, seed=1)
    >>> rows = []
    >>> write_world(
    ...     made,
    ...     lambda _: io.BytesIO(),
    ...     raw_addresses=False,
    ...     progress=lambda path, number: rows.append((path, number)),
    ... )
    >>> rows[0][0], len(rows)
    ('deals/deals.parquet', 29)
    """
    waiting: list[Future[None]] = []
    with ThreadPoolExecutor(1) as pool:
        for path, table in world_tables(world, raw_addresses=raw_addresses):
            waiting.append(pool.submit(_write, opened, path, table))
            progress(path, table.num_rows)
            if len(waiting) > WAITING:
                waiting.pop(0).result()
        for written in waiting:
            written.result()


def _write(opened: Opener, path: str, table: pa.Table) -> None:
    """Write one table."""
    with opened(path) as stream:
        pq.write_table(
            table,
            stream,
            compression="zstd",
            compression_level=1,
            row_group_size=ROW_GROUP,
            dictionary_pagesize_limit=16 << 20,
            use_dictionary=_repetitive(table),
        )


def _repetitive(table: pa.Table) -> list[str]:
    """Return the columns in which few values make up many rows."""
    unique = {"document_id", "latitude", "longitude", "raw_address", "applicants"}
    return [name for name in table.column_names if name not in unique]


def description(*, raw_addresses: bool) -> list[dict[str, Any]]:
    """
    Return what the files of a world are, for the inputs file.

    Parameters
    ----------
    raw_addresses
        Whether patents carry their addresses as free text too.

    Returns
    -------
    files
        For each kind of file: ``indicator``, ``kind`` (``addresses``, ``documents`` or ``deals``),
        ``paths`` (a pattern) and ``columns``.

    Examples
    --------
    >>> [file["paths"] for file in description(raw_addresses=False)][-1]
    'deals/deals.parquet'
    """
    patents = ["document_id", "sequence", "city", "region", "country", "latitude", "longitude"]
    patents += ["raw_address"] if raw_addresses else []
    articles = ["document_id", "sequence", "organisation", "city", "region", "country"]
    rows = [
        ("patents", "addresses", "patents/addresses-*.parquet", patents),
        ("patents", "documents", "patents/documents-*.parquet",
         ["document_id", "year", "ipc", "applicants"]),
        ("publications", "addresses", "publications/addresses-*.parquet", articles),
        ("publications", "documents", "publications/documents-*.parquet",
         ["document_id", "year", "type", "subjects"]),
        ("deals", "deals", "deals/deals.parquet",
         ["document_id", "year", "city", "region", "country", "deal_type"]),
    ]  # fmt: skip
    keys = ("indicator", "kind", "paths", "columns")
    return [dict(zip(keys, row, strict=True)) for row in rows]
