"""Counts at places, for inputs without documents, and areal counts spread over places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.ingest.rows import canonical, good
from hubscan.ingest.texts import PARTS
from hubscan.sphere import coordinates, great_circle_km, place_keys

if TYPE_CHECKING:
    import ibis
    from numpy.typing import NDArray

    from hubscan.ingest.documents import Scanned

UNIT: Final = 10_000
"""Counts are held as integers of 1/10,000 document, so that their sums are exact."""

UNLOCATED: Final = -1
"""The place of counts that could not be located."""


def counted_rows(scanned: Scanned, *, years: tuple[int, int]) -> ibis.Table:
    """
    Return the usable rows of a source of counts, within its years if it names any.

    Parameters
    ----------
    scanned
        A source whose rows are counts.
    years
        First and last year, both included; used if the source has a year and no years of its own.

    Returns
    -------
    rows
        The source's columns under our names.
    """
    rows = good(canonical(scanned.rows, scanned.source, where=scanned.source.name))
    if "year" in rows.columns:
        first, last = scanned.source.years or years
        rows = rows.filter(rows.year.between(first, last)).drop("year")
    return rows


def spread(rows: pd.DataFrame, areas: pd.DataFrame, *, where: str) -> pd.DataFrame:
    """
    Return areal counts spread over the places inside each area.

    .. math:: n_i = n_a s_i

    Parameters
    ----------
    rows
        ``area``, ``count``.
    areas
        ``area``, ``share`` and the place's columns; the shares of an area sum to 1.
    where
        The source's name, to begin sentences with.

    Returns
    -------
    rows
        The place's columns and ``count``; areas without a place are left out.

    Raises
    ------
    InputError
        If no area of the one is in the other.

    Examples
    --------
    >>> counts = pd.DataFrame({"area": ["06085"], "count": [10.0]})
    >>> places = pd.DataFrame(
    ...     {
    ...         "area": ["06085"] * 2,
    ...         "share": [0.75, 0.25],
    ...         "latitude": [37.3, 37.4],
    ...         "longitude": [-121.9, -122.1],
    ...     }
    ... )
    >>> spread(counts, places, where="patents")["count"].tolist()
    [7.5, 2.5]
    """
    joined = rows.merge(areas, on="area")
    if joined.empty and not rows.empty:
        msg = f"{where}: no area of the counts is in the table of areas: the same codes are needed"
        raise InputError(msg)
    joined["count"] *= joined.pop("share")
    return joined.drop(columns="area").reset_index(drop=True)


def scaled(rows: pd.DataFrame, *, scale_to: float | None) -> pd.DataFrame:
    """Return rows whose counts sum to ``scale_to``; the same rows if it is None."""
    if scale_to is None:
        return rows
    total = float(np.sort(rows["count"].to_numpy()).sum())
    return rows.assign(count=rows["count"] * (scale_to / total))


def count_addresses(
    rows: pd.DataFrame, localities: pd.DataFrame, *, indicator: str, snap_km: float | None
) -> pd.DataFrame:
    """
    Return counts at places in the shape of addresses at places, in exact units.

    Parameters
    ----------
    rows
        ``count``, and any of ``latitude``, ``longitude``, ``country``, ``region``, ``city``.
    localities
        ``country``, ``region``, ``city`` (texts) with the ``place`` and ``economy`` found.
    indicator
        What is counted.
    snap_km
        Give up a row's own coordinates for the place found, if that is within so many kilometres.

    Returns
    -------
    place_addresses
        Table ``place_addresses`` with denominator :data:`UNIT`; ``place`` is :data:`UNLOCATED`
        for counts that have no place.

    Examples
    --------
    >>> rows = pd.DataFrame({"count": [2.5], "city": ["Kobe"], "country": ["JP"]})
    >>> known = pd.DataFrame(
    ...     {"country": ["JP"], "region": [""], "city": ["Kobe"], "place": [7], "economy": ["JP"]}
    ... )
    >>> count_addresses(rows, known, indicator="patents", snap_km=None)[
    ...     ["place", "addresses"]
    ... ].values.tolist()
    [[7, 25000]]
    """
    texts = pd.DataFrame({name: _text(rows, name) for name in PARTS})
    found = texts.merge(localities, on=list(PARTS), how="left", validate="many_to_one")
    place: NDArray[np.int64] = np.array(found["place"].astype("Int64").fillna(UNLOCATED), np.int64)
    if "latitude" in rows:
        own = rows["latitude"].notna().to_numpy() & ~_snapped(rows, place, snap_km)
        place[own] = place_keys(rows["latitude"].to_numpy()[own], rows["longitude"].to_numpy()[own])
    every = pd.DataFrame(
        {
            "indicator": indicator,
            "place": place,
            "economy": found["economy"].fillna("").astype(str),
            "addresses": np.rint(rows["count"].to_numpy(float) * UNIT).astype(np.int64),
        }
    )
    keys = ["indicator", "place", "economy"]
    summed = every.groupby(keys, sort=True, as_index=False)["addresses"].sum()
    summed.insert(3, "denominator", np.int32(UNIT))
    filled: pd.DataFrame = summed[summed["addresses"] > 0].reset_index(drop=True)
    return filled


def _snapped(
    rows: pd.DataFrame, place: NDArray[np.int64], snap_km: float | None
) -> NDArray[np.bool_]:
    if snap_km is None:
        return np.zeros(len(rows), bool)
    latitude, longitude = coordinates(np.where(place == UNLOCATED, 0, place))
    away = great_circle_km(rows["latitude"], rows["longitude"], latitude, longitude)
    return np.asarray((place != UNLOCATED) & (away <= snap_km))


def _text(rows: pd.DataFrame, name: str) -> pd.Series[str]:
    return rows[name].fillna("").astype(str) if name in rows else pd.Series("", rows.index)
