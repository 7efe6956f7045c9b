"""A gazetteer from a dump of GeoNames, read piece by piece and kept small."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from hubscan.errors import InputError
from hubscan.geocode.gazetteer import GEONAMES_COLUMNS, Gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterator

DUMP_COLUMNS: Final = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature_class",
    "feature_code", "country", "cc2", "admin1", "admin2", "admin3", "admin4", "population",
    "elevation", "dem", "timezone", "modification_date",
)  # fmt: skip
"""Columns of ``allCountries.txt``, ``cities500.txt`` and the like: no header, tabs, no quotes."""

POPULATED: Final = "P"
"""Feature class of cities, towns and villages."""

_KEPT: Final = (*GEONAMES_COLUMNS, "feature_code")
_INTEGERS: Final = ("geonameid", "population")
_FLOATS: Final = ("latitude", "longitude")


def gazetteer_from_dump(path: str, *, min_population: int) -> Gazetteer:
    """
    Return a gazetteer of a dump of GeoNames, or of its compact form.

    Parameters
    ----------
    path
        ``allCountries.txt``, ``cities500.txt`` or the dump of one country, unpacked; or a file
        written by :func:`write_compact`.
    min_population
        Smaller places are left out, and so are those of unknown population unless it is 0.

    Returns
    -------
    gazetteer
        Its populated places.

    Raises
    ------
    InputError
        If the file is not there or is no dump.
    """
    file = Path(path)
    if not file.is_file():
        msg = f"gazetteer {path}: no such file; 'hubscan fetch geonames-cities500' gets one"
        raise InputError(msg)
    if file.suffix == ".parquet":
        kept = _compact(file, min_population)
    else:
        kept = pa.concat_tables(list(_populated(file, min_population)) or [_no_rows()])
    if kept.num_rows == 0:
        msg = f"gazetteer {path}: no populated place of at least {min_population} inhabitants"
        raise InputError(msg)
    return Gazetteer.from_geonames(pd.DataFrame(kept.to_pandas()))


def write_compact(path: str, target: str, *, min_population: int) -> int:
    """
    Write the populated places of a dump as Parquet, piece by piece.

    Parameters
    ----------
    path
        The dump, unpacked.
    target
        The file to write, ending in ``.parquet``; one that is there is replaced.
    min_population
        Smaller places are left out.

    Returns
    -------
    places
        How many were written.

    Raises
    ------
    InputError
        If the dump is not there or is none.
    """
    if not Path(path).is_file():
        msg = f"gazetteer {path}: no such file"
        raise InputError(msg)
    written = 0
    part = Path(f"{target}.part")
    with pq.ParquetWriter(part, _no_rows().schema, compression="zstd") as writer:
        for table in _populated(Path(path), min_population):
            writer.write_table(table)
            written += table.num_rows
    part.replace(target)
    return written


def _types() -> dict[str, pa.DataType]:
    """Return the type of every column kept."""
    types = dict.fromkeys((*_KEPT, "feature_class"), pa.string())
    types |= dict.fromkeys(_INTEGERS, pa.int64())
    return types | dict.fromkeys(_FLOATS, pa.float64())


def _no_rows() -> pa.Table:
    """Return a table of no places."""
    types = _types()
    return pa.schema([(name, types[name]) for name in _KEPT]).empty_table()


def _compact(file: Path, min_population: int) -> pa.Table:
    """Return the places of a compact gazetteer."""
    try:
        table = pq.read_table(file, columns=list(_KEPT)).cast(_no_rows().schema)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        msg = f"gazetteer {file}: not a whole file of 'hubscan gazetteer' ({reason})"
        raise InputError(msg) from error
    return table.filter(pc.field("population") >= min_population)


def _populated(file: Path, min_population: int) -> Iterator[pa.Table]:
    """Return the populated places of a dump, piece by piece."""
    try:
        reader = pacsv.open_csv(
            file,
            read_options=pacsv.ReadOptions(column_names=list(DUMP_COLUMNS), block_size=1 << 24),
            parse_options=pacsv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=pacsv.ConvertOptions(
                include_columns=list(_types()),
                column_types=_types(),
                strings_can_be_null=False,
                null_values=[""],
            ),
        )
        for batch in reader:
            table = pa.Table.from_batches([batch])
            wanted = (pc.field("feature_class") == POPULATED) & (
                pc.field("population") >= min_population
            )
            yield table.filter(wanted).select(list(_KEPT))
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        msg = f"gazetteer {file}: not a GeoNames dump of {len(DUMP_COLUMNS)} columns ({reason})"
        raise InputError(msg) from error
