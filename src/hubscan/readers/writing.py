"""The folder that a run reads: tables, inputs file, record of the conversion, rejected rows."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from hubscan import __version__
from hubscan.errors import InputError
from hubscan.ingest.inputs import ADDRESS_COLUMNS, DOCUMENT_COLUMNS, inputs_from
from hubscan.read_back import read_json
from hubscan.readers.parts import ADDRESSES, DOCUMENTS
from hubscan.readers.sink import LISTED, Tally
from hubscan.report.tables import harmless
from hubscan.store import json_text, written_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import ibis

    from hubscan.engine import DuckDB
    from hubscan.readers.parts import Source

ROW_GROUP: Final = 500_000
"""Rows of a row group of the tables."""

_REJECTED: Final = ("source", "file", "row", "reason", "values")
_HEADING: Final = (
    "# Written by hubscan ingest, and made anew by it: change a copy, not this file.\n"
)
_ALWAYS: Final = ("document_id", "sequence", "city", "region", "country", "year")


@dataclass(frozen=True)
class Tables:
    """Both tables of a source, every row with the reason why it is not kept."""

    documents: ibis.Table
    addresses: ibis.Table
    engine: DuckDB
    aside: Mapping[str, ibis.Table]
    """Rows that are only counted as rejected addresses, by reason."""

    def documents_tally(self) -> Tally:
        """Count the documents."""
        return self._tally(self.documents)

    def addresses_tally(self) -> Tally:
        """Count the addresses."""
        tally = self._tally(self.addresses)
        for reason, rows in self.aside.items():
            number = self._size(rows)
            tally.add(Tally(number, Counter({reason: number} if number else {})))
        return tally

    def _tally(self, table: ibis.Table) -> Tally:
        counts = self.engine.frame(table.group_by("reason").agg(rows=table.count()))
        tally = Tally(int(counts["rows"].sum()))
        for row in counts.dropna(subset=["reason"]).sort_values("reason").itertuples():
            tally.rejected[str(row.reason)] += int(str(row.rows))
        return tally

    def unplaced(self) -> dict[str, int]:
        """Count what is kept and can't be located: it lowers the coverage of a run."""
        documents = self.documents.filter(self.documents.reason.isnull()).select("document_id")
        addresses = self.addresses.filter(self.addresses.reason.isnull())
        nowhere = addresses.filter(
            addresses.city.isnull() & addresses.latitude.isnull() & addresses.address.isnull()
        )
        return {
            "documents without an address": self._size(
                documents.anti_join(addresses, "document_id")
            ),
            "addresses without a city, coordinates or text": self._size(nowhere),
        }

    def _size(self, table: ibis.Table) -> int:
        return int(self.engine.frame(table.agg(rows=table.count()))["rows"].iloc[0])

    def rejected(self) -> list[dict[str, Any]]:
        """Return the first rejected rows of each reason, in the order of documents."""
        rows: list[dict[str, Any]] = []
        for name, table in (("documents", self.documents), ("addresses", self.addresses)):
            for reason in self._tally(table).rejected:
                of_it = table.filter(table.reason == reason)
                of_it = of_it.order_by([*dict.fromkeys((*_order(table), *table.columns))])
                shown = self.engine.frame(of_it.limit(LISTED)).astype(object)
                for values in shown.where(shown.notna(), None).to_dict("records"):
                    text = "; ".join(
                        f"{k}={v}" for k, v in values.items() if v is not None and k != "reason"
                    )
                    rows.append({"file": name, "row": None, "reason": reason, "values": text})
        return rows


@dataclass(frozen=True)
class Ingested:
    """What a conversion read, kept and rejected."""

    source: Source
    files: list[dict[str, Any]]
    passed_over: list[str]
    documents: Tally
    addresses: Tally
    rejected: list[dict[str, Any]]
    settings: dict[str, Any]
    unplaced: dict[str, int]
    """Documents kept without an address, and addresses kept without anything to locate them by."""

    @property
    def notes(self) -> dict[str, int]:
        """What else there is to know, and of how many rows or bytes."""
        found: Counter[str] = Counter(self.unplaced)
        for file in self.files:
            found.update(file["notes"])
            found["bytes that were not of the encoding"] += file["replaced_bytes"]
        return {text: number for text, number in found.items() if number}

    def content(self, columns: dict[str, list[str]]) -> dict[str, Any]:
        """Return the record of the conversion, for JSON."""
        return {
            "source": self.source.name,
            "title": self.source.title,
            "attribution": self.source.attribution,
            "settings": self.settings,
            "documents": self.documents.content(),
            "addresses": self.addresses.content(),
            "notes": self.notes,
            "columns": columns,
            "files": self.files,
            "passed_over": self.passed_over,
        }


def write_folder(ingested: Ingested, tables: Tables, folder: Path) -> None:
    """
    Write what a run reads, beside the other indicators of the folder.

    Parameters
    ----------
    ingested
        What was counted.
    tables
        The tables.
    folder
        The folder to write to.

    Raises
    ------
    InputError
        If nothing is left to write, or the folder holds the indicator from another source.
    StoreError
        If it can't be written; the old files still stand.
    """
    source, indicator = ingested.source, ingested.source.indicator
    if not ingested.documents.kept or not ingested.addresses.kept:
        raise InputError(_nothing(ingested))
    record = _record(folder, source)
    rejected = _rejected_before(folder, source) + [
        {"source": source.name, **row} for row in (*ingested.rejected, *tables.rejected())
    ]
    with ExitStack() as stack:
        # contexts end in reverse order: tables are in place before the files that speak of them
        counts = stack.enter_context(written_whole(folder / "ingest.json"))
        inputs = stack.enter_context(written_whole(folder / "inputs.toml"))
        faults = stack.enter_context(written_whole(folder / "rejected.csv"))
        columns = {}
        for name, table, schema in (
            ("documents", tables.documents, DOCUMENTS),
            ("addresses", tables.addresses, ADDRESSES),
        ):
            path = folder / f"{indicator}-{name}.parquet"
            partial = stack.enter_context(written_whole(path))
            columns[name] = _write_kept(tables.engine, table, partial, schema)
        record["sources"][indicator] = ingested.content(columns)
        record["sources"] = dict(sorted(record["sources"].items()))
        declared = _inputs(record)
        inputs_from(declared, where="inputs.toml")
        counts.write_text(json_text(record), encoding="utf-8")
        inputs.write_text(_HEADING + tomli_w.dumps(declared), encoding="utf-8")
        _write_csv(faults, rejected)


def _nothing(ingested: Ingested) -> str:
    """Return the sentence on a conversion that leaves nothing."""
    which = "documents" if not ingested.documents.kept else "addresses"
    tally = ingested.documents if which == "documents" else ingested.addresses
    why = ", ".join(f"{n:,}: {reason}" for reason, n in tally.rejected.most_common(3))
    read = f"of {tally.read:,} {which} read none is left ({why or 'there were none'})"
    return f"{ingested.source.title}: {read}: {ingested.source.needs}"


def _record(folder: Path, source: Source) -> dict[str, Any]:
    """Return the record of the folder so far."""
    path = folder / "ingest.json"
    if not path.exists():
        return {"hubscan": __version__, "sources": {}}
    record: dict[str, Any] = read_json(path)
    before = record["sources"].get(source.indicator)
    if before is not None and before["source"] != source.name:
        msg = (
            f"{folder}: has {source.indicator} from {before['title']} already: "
            "give another folder with --out"
        )
        raise InputError(msg)
    return {**record, "hubscan": __version__}


def _write_kept(engine: DuckDB, table: ibis.Table, path: Path, schema: pa.Schema) -> list[str]:
    """Write the rows kept, in order; return the columns that hold anything."""
    kept = table.filter(table.reason.isnull()).select(*schema.names)
    sorted_at = path.with_name(f"{path.name}.sorted")
    filled: set[str] = set()
    try:
        engine.write(kept.order_by(_order(kept)), sorted_at)
        with (
            pq.ParquetFile(sorted_at) as rows,
            pq.ParquetWriter(path, schema, compression="zstd") as writer,
        ):
            for batch in rows.iter_batches(ROW_GROUP):
                writer.write_table(pa.Table.from_batches([batch]).cast(schema))
                filled |= {n for n in schema.names if batch.column(n).null_count < len(batch)}
    finally:
        sorted_at.unlink(missing_ok=True)
    return [name for name in schema.names if name in filled]


def _order(table: ibis.Table) -> list[str]:
    keys = ("document_id", "sequence", "organisation", "address", "city", "year", "type")
    return [name for name in keys if name in table.columns]


def _inputs(record: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs file of a folder's record."""
    sources = record["sources"]
    titles = dict.fromkeys(one["title"] for one in sources.values())
    due = dict.fromkeys(one["attribution"] for one in sources.values() if one["attribution"])
    return {
        "title": ", ".join(titles),
        "attribution": list(due),
        "source": [_declared(indicator, one) for indicator, one in sources.items()],
    }


def _declared(indicator: str, one: dict[str, Any]) -> dict[str, Any]:
    """Return the declaration of one indicator: its columns under their own names."""
    columns = one["columns"]
    return {
        "name": one["source"],
        "indicator": indicator,
        "grain": "addresses",
        "path": f"{indicator}-addresses.parquet",
        "columns": _known(columns["addresses"], ADDRESS_COLUMNS, ADDRESSES),
        "documents": {
            "path": f"{indicator}-documents.parquet",
            "columns": _known(columns["documents"], DOCUMENT_COLUMNS, DOCUMENTS),
        },
    }


def _known(filled: list[str], known: tuple[str, ...], schema: pa.Schema) -> dict[str, str]:
    """Return the columns to declare: those that hold anything and that a run reads."""
    return {
        name: name for name in schema.names if name in known and (name in filled or name in _ALWAYS)
    }


def _rejected_before(folder: Path, source: Source) -> list[dict[str, Any]]:
    """Return the rejected rows of the folder's other sources."""
    path = folder / "rejected.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as text:
        return [row for row in csv.DictReader(text) if row["source"] != source.name]


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, _REJECTED, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            texts = {name: harmless(row[name]) for name in ("file", "reason", "values")}
            writer.writerow({**row, **texts})
