"""Rows of the user's files under our column names, each with the reason why it can't be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hubscan.ingest.inputs import Files

FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2100
_TEXTS: Final = ("document_id", "type", "subjects", "address", "city", "region", "country", "area")
_PLACE: Final = ("city", "latitude")
_NUMBERS: Final = ("latitude", "longitude", "share")


def canonical(
    raw: ibis.Table, files: Files, *, where: str, spelt: Sequence[str] = ()
) -> ibis.Table:
    """
    Return a file's rows under our column names, with ``reason`` where a row can't be used.

    Texts are trimmed, and empty ones are missing. Headers match whatever their case, quotes and
    surrounding blanks.

    Parameters
    ----------
    raw
        The file's rows under its own names.
    files
        What the columns mean, and which rows to keep or drop.
    where
        The source's name, to begin sentences with.
    spelt
        Our text columns that are wanted untrimmed too, as ``spelt_`` and their name, missing where
        the file has nothing; ``address`` only where the row has neither a city nor coordinates.

    Returns
    -------
    rows
        One column for each of ``files.columns``, and ``reason`` (text; missing for a good row).

    Raises
    ------
    InputError
        If a column named in the inputs file is not in the data.
    """
    found = {plain_name(name): name for name in raw.columns}
    needed = [name for theirs in files.columns.values() for name in _several(theirs)]
    absent = [n for n in (*needed, *files.keep, *files.drop) if plain_name(n) not in found]
    if absent:
        has = ", ".join(name for name in raw.columns if name != "file_row_number")
        msg = f"{where}: no column {', '.join(map(repr, absent))}: the file has {has}"
        raise InputError(msg)
    chosen = _chosen(raw, files, found)
    columns: dict[str, Any] = {}
    faults: list[tuple[Any, Any]] = []
    for ours, theirs in files.columns.items():
        values = [chosen[found[plain_name(name)]] for name in _several(theirs)]
        columns[ours], fault = _read(ours, values, files.pad.get(ours))
        faults += fault
    faults += _place_faults(columns)
    columns |= {ours: ibis.literal(value) for ours, value in files.constant.items()}
    columns |= {f"spelt_{ours}": _spelt(chosen, files, found, ours) for ours in spelt}
    reason = ibis.cases(*faults, else_=ibis.null("string")) if faults else ibis.null("string")
    extra = {n: chosen[n] for n in ("file_row_number",) if n in chosen.columns}
    return chosen.select(**columns, **extra, reason=reason)


def spellings(raw: ibis.Table, files: Files, names: Sequence[str], *, where: str) -> ibis.Table:
    """
    Return the distinct combinations of some of our text columns, and how they are spelt.

    Spellings are gathered before anything is made of them: they are few, rows are many.

    Parameters
    ----------
    raw
        The file's rows under its own names.
    files
        What the columns mean, and which rows to keep or drop.
    names
        Our columns; those that the file does not have are left out.
    where
        The source's name, to begin sentences with.

    Returns
    -------
    spellings
        The columns of ``names``, empty where a file has nothing but blanks; and each as
        ``spelt_`` and its name, as the file has it, empty where it has nothing.
    """
    wanted = (*names, "latitude") if "address" in names and "address" in files.columns else names
    ours = {name: files.columns[name] for name in wanted if name in files.columns}
    constant = {name: value for name, value in files.constant.items() if name in names}
    narrow = files.model_copy(update={"columns": ours, "constant": constant})
    spelt = canonical(raw, narrow, where=where, spelt=names)
    told = [f"spelt_{name}" for name in names]
    once = spelt.select(*told).distinct()
    once = once.mutate(**{name: once[name].fill_null("") for name in told}).distinct()
    texts: dict[str, Any] = {
        name: _padded(_text(once[f"spelt_{name}"]), files.pad.get(name)).fill_null("")
        for name in names
    }
    return once.mutate(**texts)


def good(rows: ibis.Table) -> ibis.Table:
    """Return the usable rows of :func:`canonical`, without the reason."""
    return rows.filter(rows.reason.isnull()).drop("reason")


def faulty(rows: ibis.Table) -> ibis.Table:
    """
    Return the unusable rows of :func:`canonical` as ``row``, ``reason`` and ``values``.

    ``row`` counts from 1; it is there if the table carries ``file_row_number``.
    """
    bad = rows.filter(rows.reason.notnull())
    return bad.select(row=bad.file_row_number + 1, reason=bad.reason, values=_shown(bad))


def _chosen(raw: ibis.Table, files: Files, found: dict[str, str]) -> ibis.Table:
    for name, kept in files.keep.items():
        raw = raw.filter(_text(raw[found[plain_name(name)]]).isin(kept))
    for name, dropped in files.drop.items():
        column = _text(raw[found[plain_name(name)]])
        raw = raw.filter(column.isnull() | column.notin(dropped))
    return raw


def _read(ours: str, values: list[Any], width: int | None) -> tuple[Any, list[tuple[Any, Any]]]:
    """Return a column as we want it, and the tests of what makes a row unusable."""
    first = values[0]
    if ours == "count":
        numbers = [_number(value) for value in values]
        total = sum(number.fill_null(0.0) for number in numbers)
        faults = [
            fault
            for value, number in zip(values, numbers, strict=True)
            for fault in (_not_read("count", value, number, "a number"), _negative(number))
        ]
        return total, faults
    if ours in _NUMBERS:
        number = _number(first)
        read_as_one = first.type().is_numeric()
        return number, [] if read_as_one else [
            _not_read(ours, first, number, "a number in degrees")
        ]
    if ours == "year":
        return _year_read(first)
    if ours == "document_id" and first.type().is_integer():
        return first, [(first.isnull(), "document_id is empty: every row needs one")]
    text = _padded(_text(first), width)
    needed = ours in ("document_id", "area")
    return text, [(text.isnull(), f"{ours} is empty: every row needs one")] if needed else []


def _year_read(value: Any) -> tuple[Any, list[tuple[Any, Any]]]:  # noqa: ANN401 - an Ibis column
    if value.type().is_temporal():
        year = value.year().cast("int32")
    elif value.type().is_numeric():
        year = value.cast("int32")
    else:
        text = _text(value)
        whole = (text.length() == 4) | text.substr(4, 1).isin(("-", "/", "."))  # noqa: PLR2004 - four digits
        year = ibis.ifelse(whole, text.substr(0, 4), ibis.null("string")).try_cast("int32")
    shown = value.cast("string")
    # what is read as a number has no blanks to look for: no text is made of every row
    missing = value.isnull() if value.type().is_numeric() else _text(value).isnull()
    span = f"from {FIRST_YEAR} to {LAST_YEAR} was needed"
    return year, [
        (missing, "year is missing: every document needs one"),
        (year.isnull(), _quoted("year", shown, "is not a year: four digits were needed")),
        (~year.between(FIRST_YEAR, LAST_YEAR), _quoted("year", shown, f"is impossible: {span}")),
    ]


def _place_faults(columns: dict[str, Any]) -> list[tuple[Any, Any]]:
    if not {"latitude", "longitude"} <= set(columns):
        return []
    latitude, longitude = columns["latitude"], columns["longitude"]
    half = latitude.isnull() != longitude.isnull()
    return [
        (half, "one of latitude and longitude is missing: both or neither were needed"),
        (latitude.isnan() | longitude.isnan(), "latitude or longitude is not a number"),
        (latitude.abs() > 90, _quoted("latitude", latitude.cast("string"), "is beyond a pole")),  # noqa: PLR2004 - degrees
        (longitude.abs() > 180, _quoted("longitude", longitude.cast("string"), "is beyond 180")),  # noqa: PLR2004 - degrees
        ((latitude == 0) & (longitude == 0), "coordinates are 0, 0: a place was needed"),
    ]


def _number(value: Any) -> Any:  # noqa: ANN401 - an Ibis column
    return value.cast("float64") if value.type().is_numeric() else _text(value).try_cast("float64")


def _text(value: Any) -> Any:  # noqa: ANN401 - an Ibis column
    return value.cast("string").strip().nullif("")


def _padded(text: Any, width: int | None) -> Any:  # noqa: ANN401 - Ibis columns
    return text.lpad(width, "0") if width else text


def _spelt(chosen: ibis.Table, files: Files, found: dict[str, str], ours: str) -> Any:  # noqa: ANN401 - an Ibis column
    """Return one of our text columns as the file has it, missing where it has nothing."""
    if ours in files.constant:
        return ibis.literal(files.constant[ours])
    if ours not in files.columns:
        return ibis.literal("")
    theirs = _several(files.columns[ours])[0]
    text = chosen[found[plain_name(theirs)]].cast("string")
    if ours != "address" or getattr(files, "every_address", False):
        return text
    # a whole address is asked only where nothing else says the place
    known = [_several(files.columns[name])[0] for name in _PLACE if name in files.columns]
    for name in known:
        blank = chosen[found[plain_name(name)]].cast("string").fill_null("").strip() == ""
        text = ibis.ifelse(blank, text, "")
    return ibis.literal("") if "city" in files.constant else text


def _not_read(ours: str, value: Any, read: Any, needed: str) -> tuple[Any, Any]:  # noqa: ANN401 - Ibis columns
    shown = value.cast("string")
    unread = read.isnull() & shown.notnull() & (shown.strip() != "")
    return unread, _quoted(ours, shown, f"is not {needed}")


def _negative(number: Any) -> tuple[Any, Any]:  # noqa: ANN401 - an Ibis column
    bad = (number < 0) | number.isnan() | number.isinf()
    return bad, _quoted("count", number.cast("string"), "is not a count: 0 or more was needed")


def _quoted(ours: str, shown: Any, verdict: str) -> Any:  # noqa: ANN401 - an Ibis column
    return ibis.literal(f"{ours} '") + shown + ibis.literal(f"' {verdict}")


def _shown(rows: ibis.Table) -> Any:  # noqa: ANN401 - an Ibis column
    parts: Iterable[Any] = (
        ibis.literal(f"{name}=") + rows[name].cast("string").fill_null("")
        for name in rows.columns
        if name not in ("reason", "file_row_number")
    )
    return ibis.literal("; ").join(list(parts))


def _several(theirs: str | tuple[str, ...]) -> tuple[str, ...]:
    return (theirs,) if isinstance(theirs, str) else theirs


def plain_name(name: str) -> str:
    """
    Return the name of a column as it is compared: no blanks, quotes or byte-order mark, any case.

    Examples
    --------
    >>> plain_name('\ufeff "Document ID" ')
    'document id'
    """
    return name.strip("\ufeff \t\"'").casefold()
