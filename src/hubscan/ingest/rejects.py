"""Rows set aside: which, from which file, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from hubscan.ingest.rows import canonical, faulty, good

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.ingest.inputs import Files


def rejected(numbered: ibis.Table, files: Files, *, source: str, file: str) -> ibis.Table:
    """
    Return the rows of one file that can't be used.

    Parameters
    ----------
    numbered
        The file's rows with ``file_row_number``, from 0.
    files
        What its columns mean.
    source, file
        Names to report.

    Returns
    -------
    rejected
        Table ``rejected`` of :mod:`hubscan.schema`.
    """
    rows = canonical(numbered, files, where=source)
    names = {"source": ibis.literal(source), "file": ibis.literal(file)}
    bad = faulty(rows)
    return bad.select(**names, row=bad.row, reason=bad.reason, values=bad["values"])


def without_repeats(rows: ibis.Table, keys: Sequence[str]) -> ibis.Table:
    """
    Return rows with each combination of keys once: the first in the order of all values.

    Parameters
    ----------
    rows
        Usable rows.
    keys
        Columns that together must not repeat, such as document and sequence.

    Returns
    -------
    rows
        The same columns.
    """
    order = [rows[name] for name in rows.columns]
    place = ibis.row_number().over(group_by=list(keys), order_by=order)
    numbered = rows.mutate(repeat=place)
    return numbered.filter(numbered.repeat == 0).drop("repeat")


def repeats(
    numbered: ibis.Table, files: Files, *, keys: Sequence[str], source: str, file: str
) -> ibis.Table:
    """
    Return the rows of one file whose keys were given before in it.

    Parameters
    ----------
    numbered
        The file's rows with ``file_row_number``, from 0.
    files
        What its columns mean.
    keys
        Columns that together must not repeat.
    source, file
        Names to report.

    Returns
    -------
    rejected
        Table ``rejected``; every occurrence after the first in the order of all values.
    """
    rows = good(canonical(numbered, files, where=source))
    sizes = rows.group_by(list(keys)).agg(occurrences=rows.count())
    several = rows.join(sizes.filter(sizes.occurrences > 1), list(keys))
    values = [several[name] for name in rows.columns if name != "file_row_number"]
    place = ibis.row_number().over(group_by=list(keys), order_by=[*values, several.file_row_number])
    later = several.mutate(repeat=place)
    later = later.filter(later.repeat > 0)
    named = ibis.literal(" and ").join(
        [ibis.literal(f"{key} '") + later[key].cast("string") + ibis.literal("'") for key in keys]
    )
    return later.select(
        source=ibis.literal(source),
        file=ibis.literal(file),
        row=later.file_row_number + 1,
        reason=named + ibis.literal(" occurs before: it must be unique"),
        values=named,
    )
