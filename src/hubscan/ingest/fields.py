"""Counts by place and technology field, where documents do not tell their symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import InputError
from hubscan.ingest.declared import declared_columns
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from hubscan.ingest.inputs import FieldCounts

FIELDS: Final = 35
"""Technology fields of the concordance; 0 stands for none."""

NO_FIELDS: Final = pd.DataFrame(
    {
        "place": pd.Series([], dtype="int64"),
        "field": pd.Series([], dtype="int64"),
        "count": pd.Series([], dtype="int64"),
    }
)


def field_counts(
    counts: pd.DataFrame, located_by: pd.DataFrame, declared: FieldCounts
) -> pd.DataFrame:
    """
    Return counts by place and technology field.

    Parameters
    ----------
    counts
        The rows of the file of counts: an item (a city or area), a field, a whole number.
    located_by
        The rows of the file that tells where each item lies.
    declared
        What the columns mean: ``item``, ``field``, ``count``; and ``item``, ``latitude``,
        ``longitude`` of the other file.

    Returns
    -------
    field_counts
        ``place``, ``field`` (1 to 35), ``count``, by place and field; field 0 and items without
        coordinates are left out.

    Raises
    ------
    InputError
        If a column is missing, a field or count is no such number, or no item has a place.

    Examples
    --------
    >>> from hubscan.ingest.inputs import FieldCounts
    >>> where = {"path": "w.csv", "columns": {n: n for n in ("item", "latitude", "longitude")}}
    >>> columns = {name: name for name in ("item", "field", "count")}
    >>> declared = FieldCounts(path="f.csv", columns=columns, located_by=where)
    >>> counts = pd.DataFrame({"item": ["A", "A"], "field": ["4", "0"], "count": ["3", "9"]})
    >>> places = pd.DataFrame({"item": ["A"], "latitude": ["48.86"], "longitude": ["2.35"]})
    >>> field_counts(counts, places, declared)[["field", "count"]].values.tolist()
    [[4, 3]]
    """
    named = declared_columns(counts, declared, ("item", "field", "count"), where="fields")
    coordinates = ("item", "latitude", "longitude")
    places = declared_columns(
        located_by, declared.located_by, coordinates, where="fields.located_by"
    )
    where = places.assign(
        latitude=pd.to_numeric(places["latitude"], errors="coerce"),
        longitude=pd.to_numeric(places["longitude"], errors="coerce"),
    ).dropna()
    where = where.assign(place=place_keys(where["latitude"], where["longitude"]))
    numbers = named.assign(
        field=_whole(named["field"], most=FIELDS, name="field"),
        count=_whole(named["count"], most=None, name="count"),
    )
    place_of = where.drop_duplicates("item").set_index("item")["place"]
    found = numbers.assign(place=numbers["item"].map(place_of)).dropna(subset="place")
    found = found[found["field"] > 0].astype({"place": "int64"})
    if found.empty:
        msg = "fields: no counted item has a place: the same names are needed in both files"
        raise InputError(msg)
    summed: pd.DataFrame = found.groupby(["place", "field"], as_index=False)[["count"]].sum()
    return summed


def _whole(values: pd.Series[str], *, most: int | None, name: str) -> pd.Series[int]:
    """Return whole numbers from 0, or name the first row that has none."""
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = numbers.isna() | (numbers < 0) | (numbers % 1 != 0)
    if most is not None:
        wrong |= numbers > most
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        needed = "0 or more" if most is None else f"from 0 to {most}"
        found = f"{name} = {values.iloc[row]!r}"
        msg = f"fields: row {row + 2}: {found}: a whole number {needed} was needed"
        raise InputError(msg)
    return numbers.astype("int64")
