"""Columns that readers of tables make of other columns, in the query engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

if TYPE_CHECKING:
    from collections.abc import Sequence


def year_of(date: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return the year of dates that begin with it; missing where unknown (9999) or not a year."""
    year = date.cast("string").strip().substr(0, 4).try_cast("int32")
    return ibis.ifelse(year == 9999, ibis.null("int32"), year)  # noqa: PLR2004 - stands for unknown


def number(text: Any, kind: str = "float64") -> Any:  # noqa: ANN401 - an Ibis column
    """Return texts as numbers; missing where they are none."""
    return text.try_cast(kind)


def first_of(*columns: Any) -> Any:  # noqa: ANN401 - Ibis columns
    """Return the first value that is neither missing nor blank."""
    return ibis.coalesce(*(column.strip().nullif("") for column in columns))


def plain_label(text: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return a label that can stand in a list: no semicolon of its own."""
    return text.replace(";", ",").strip().nullif("")


def label_lists(
    rows: ibis.Table, key: str, label: str, order: Sequence[str], *, name: str
) -> ibis.Table:
    """
    Return the labels of each document as one text.

    Parameters
    ----------
    rows
        One label a row.
    key
        The document's column.
    label
        The label's column; semicolons in it become commas.
    order
        Columns to order a document's labels by, before the label itself.
    name
        Name of the list.

    Returns
    -------
    lists
        ``key`` and ``name``: labels joined by ``; ``, each once.
    """
    labelled = rows.select(key, *order, label=plain_label(rows[label]))
    labelled = labelled.filter(labelled.label.notnull() & labelled[key].notnull())
    once = labelled.group_by([key, "label"]).agg(**{name: labelled[name].min() for name in order})
    places = [*(once[name] for name in order), once.label]
    listed = once.group_by(key).agg(listed=once.label.group_concat("; ", order_by=places))
    return listed.rename({name: "listed"})


def sequenced(rows: ibis.Table, key: str, order: Sequence[str]) -> ibis.Table:
    """Return rows with ``sequence``: from 1 within each document, in the order of some columns."""
    place = ibis.row_number().over(group_by=[key], order_by=[rows[name] for name in order])
    return rows.mutate(sequence=(place + 1).cast("int32"))


def no_reason() -> Any:  # noqa: ANN401 - an Ibis value
    """Return the reason of a row that is kept."""
    return ibis.null("string")
