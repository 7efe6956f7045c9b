"""Reading what is to be verified: a published table as CSV or Excel, or a run folder."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from hubscan.edition import load_edition
from hubscan.errors import InputError
from hubscan.read_back import check_folder, frame_at, run_record
from hubscan.report.gii import TABLES, Findings, economies, table_names
from hubscan.report.gii.world_economies import in_force
from hubscan.workbooks import checked_workbook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

MISSING: Final = ("", "n.a.", "N.A.", "NaN", "nan")
"""Cells that mean: not known. Codes of economies are never read so: Namibia's is NA."""

_EXCEL: Final = (".xlsx", ".xlsm")
_FEWEST: Final = 2


class Run(NamedTuple):
    """A run's report tables, unrounded, by name; its edition; whether its data are synthetic."""

    tables: dict[str, pd.DataFrame]
    edition: str
    synthetic: bool


def read_table(path: Path, *, against: str) -> tuple[str, pd.DataFrame]:
    """
    Return a table from a file under the names of a published table's columns.

    Headings may be those of the report or the names in :mod:`hubscan.reference`; of a workbook the
    sheet with the most of them is read. Thousands separators and per-cent signs are dropped.

    Parameters
    ----------
    path
        CSV (UTF-8) or Excel.
    against
        Name of a published table, or of an edition: then that of its tables which shares the most
        columns with the file.

    Returns
    -------
    name, table
        Name of the published table, and the columns it shares with the file.

    Raises
    ------
    InputError
        If the file can't be read, nothing of that name is published, or no columns are shared.
    """
    sheets = _sheets(path)
    names = [against] if against in TABLES else [
        name for name in TABLES if TABLES[name].edition == against
    ]  # fmt: skip
    if not names:
        known = sorted({table.edition for table in TABLES.values() if table.edition})
        msg = f"verify: nothing is published as {against!r}: known are {', '.join(known)}"
        raise InputError(msg)
    shared = [
        (len(_shared(sheet, name)), name, place)
        for name in names
        for place, sheet in enumerate(sheets)
    ]
    most, name, place = max(shared, key=lambda each: each[0])
    if most < _FEWEST:
        needed = ", ".join(each.heading for each in TABLES[names[0]].headings)
        msg = f"{path.name}: shares no columns with {names[0]}: some of {needed} are needed"
        raise InputError(msg)
    return name, _typed(sheets[place], name)


def read_run(folder: Path) -> Run:
    """
    Return the report tables of a run folder.

    Parameters
    ----------
    folder
        A run folder of hubscan.

    Returns
    -------
    run
        See :class:`Run`.

    Raises
    ------
    InputError
        If it is no run folder.
    """
    check_folder(folder, "run.json", "edition.toml", "ranking.parquet")
    edition = load_edition(folder / "edition.toml")
    profiles = folder / "profiles"
    findings = Findings(
        frame_at(folder / "ranking.parquet"),
        economies(as_of=in_force(edition.year)),
        top=edition.rank.top,
        separator=edition.report.label_separator,
        coverage=_optional(folder / "coverage.parquet"),
        change=_optional(folder / "change.parquet"),
        intensity_change=_optional(folder / "intensity_change.parquet"),
        applicants=_optional(profiles / "top_applicants.parquet"),
        organisations=_optional(profiles / "top_organisations.parquet"),
    )
    name = edition.name
    synthetic = bool(run_record(folder)["inputs"].get("synthetic"))
    tables = {table: _unrounded(table, findings) for table in table_names(name)}
    return Run(tables, name, synthetic)


def published_for(run: Run, *, against: str) -> dict[str, pd.DataFrame]:
    """
    Return the tables of a run that are held against an edition, under their published names.

    Parameters
    ----------
    run
        From :func:`read_run`.
    against
        Name of an edition or of one published table.

    Returns
    -------
    tables
        By name; a table of what the run does not know at all (populations, clusters beyond the
        list) is empty, and left out.

    Raises
    ------
    InputError
        If the run has no such table.
    """
    wanted = [against] if against in TABLES else [
        name for name in table_names(against) if TABLES[name].edition == against
    ]  # fmt: skip
    found = {name: run.tables[name] for name in wanted if name in run.tables}
    if not found:
        msg = f"verify: a run of {run.edition} has no tables of {against!r}"
        raise InputError(msg)
    return {name: table for name, table in found.items() if len(table)}


def checked_columns(columns: Collection[str], tables: Collection[str]) -> None:
    """
    Raise InputError if some columns are in none of the published tables that are compared.

    Parameters
    ----------
    columns
        Names.
    tables
        Names of published tables.

    Raises
    ------
    InputError
        With the names of the columns that there are.
    """
    known = {each.name for name in tables for each in TABLES[name].headings}
    unknown = sorted(set(columns) - known)
    if unknown:
        msg = (
            f"verify: no published table has the columns {', '.join(unknown)}: "
            f"known are {', '.join(sorted(known))}"
        )
        raise InputError(msg)


def _unrounded(name: str, findings: Findings) -> pd.DataFrame:
    """Return a report table before rounding, with exactly its columns."""
    table = TABLES[name].made(findings)
    return table[[each.name for each in TABLES[name].headings]].reset_index(drop=True)


def _optional(path: Path) -> pd.DataFrame | None:
    return frame_at(path) if path.is_file() else None


def _sheets(path: Path) -> list[pd.DataFrame]:
    """Return the sheets of a file as texts."""
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: {error.strerror or error}: a CSV file, a workbook or a run was needed"
        raise InputError(msg) from error
    options: Mapping[str, Any] = {"dtype": str, "keep_default_na": False, "na_values": [*MISSING]}
    try:
        if path.suffix.lower() in _EXCEL:
            book = checked_workbook(content, where=path.name)
            return list(pd.read_excel(book, sheet_name=None, **options).values())
        return [pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", **options)]
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError, KeyError, OSError) as error:
        msg = f"{path.name}: can't be read as a table: {error}"
        raise InputError(msg) from error


def _folded(heading: str) -> str:
    """Return a heading without case, signs and references to notes."""
    bare = re.sub(r"\([a-z]\)", "", str(heading).casefold())
    return re.sub(r"[^a-z0-9%]+", " ", bare).strip()


def _shared(sheet: pd.DataFrame, name: str) -> dict[str, str]:
    """Return the columns of a sheet that a published table has, by the name there."""
    known = {_folded(each.heading): each.name for each in TABLES[name].headings}
    known |= {_folded(each.name): each.name for each in TABLES[name].headings}
    found: dict[str, str] = {}
    for column in map(str, sheet.columns):
        target = known.get(_folded(column))
        if target is not None:
            found.setdefault(target, column)
    return found


def _typed(sheet: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the shared columns of a sheet, numbers as numbers."""
    columns = _shared(sheet, name)
    table: dict[str, pd.Series[Any]] = {}
    for heading in TABLES[name].headings:
        if heading.name not in columns:
            continue
        texts = sheet[columns[heading.name]]
        if heading.form == "text":
            table[heading.name] = texts.fillna("").str.strip()
            continue
        bare = texts.str.replace(",", "").str.rstrip("%").str.strip()
        numbers = pd.to_numeric(bare, errors="coerce")
        wrong = numbers.isna() & texts.notna()
        if wrong.any():
            where, value = int(wrong.to_numpy().argmax()) + 1, texts[wrong].iloc[0]
            msg = f"verify: {heading.name}, row {where}: {value!r}: must be a number or n.a."
            raise InputError(msg)
        table[heading.name] = numbers.astype(float)
    return pd.DataFrame(table)
