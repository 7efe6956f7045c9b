"""Doubtful localities, the worst first, and corrections by hand, which win."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.geocode.confidence import as_texts, with_confidence
from hubscan.geocode.countries import country_codes
from hubscan.geocode.fold import all_folded
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

BY_HAND: Final = "by hand"
"""The ``method`` of localities that an override places."""

OVERRIDE_COLUMNS: Final = ("country", "region", "city", "address", "latitude", "longitude", "note")
"""Columns of a file of overrides; ``address`` may be left out, and so may ``note``."""

_TEXTS: Final = ("country", "region", "city", "address")


def review(
    localities: pd.DataFrame,
    located: pd.DataFrame,
    address_counts: pd.DataFrame,
    *,
    min_confidence: float,
) -> pd.DataFrame:
    """
    Return the localities to look at by hand: not located, or less sure than asked for.

    Parameters
    ----------
    localities
        Table ``localities``, with or without ``address``.
    located
        Table ``located_localities`` with ``confidence`` and ``rivals``.
    address_counts
        ``locality``, ``documents``: how many documents depend on it; others count as 0.
    min_confidence
        Places at least so sure are not listed, in [0, 1].

    Returns
    -------
    review
        The columns of an overrides file, empty where there is something to fill in; ``documents``,
        ``confidence``, ``method`` and ``rivals``. Most documents first, then by text.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled, located_localities
    >>> told = {"locality": [1, 2], "city": ["Kent", "Kyoto"], "region": [""] * 2}
    >>> table = pd.DataFrame(told | {"country": ["US", "JP"]})
    >>> rules = load_edition("gii-2025").geocode.rules
    >>> found = located_localities(table, bundled(), **rules)
    >>> counts = pd.DataFrame({"locality": [1, 2], "documents": [7, 9]})
    >>> asked = review(table, found, counts, min_confidence=0.8)
    >>> asked[["city", "documents", "method"]].values.tolist()
    [['Kent', 7, 'declined: homonyms']]
    """
    texts = ["locality", *(name for name in _TEXTS if name in localities)]
    table = (
        localities[texts]
        .merge(located[["locality", "place", "confidence", "method", "rivals"]], on="locality")
        .merge(address_counts[["locality", "documents"]], on="locality", how="left")
    )
    table = table[table["place"].isna() | (table["confidence"] < min_confidence)]
    table = table.assign(
        documents=table["documents"].fillna(0).astype("int64"),
        address=table.get("address", ""),
        latitude="",
        longitude="",
        note="",
    )
    # where nothing is told and no document hangs on it, there is nothing to look at
    told = (table[[name for name in _TEXTS if name in table]] != "").any(axis=1)
    table = table[told | (table["documents"] > 0)]
    order = ["documents", "country", "region", "city", "address"]
    table = table.sort_values(order, ascending=[False, True, True, True, True], ignore_index=True)
    return table[[*OVERRIDE_COLUMNS, "documents", "confidence", "method", "rivals"]]


def checked_overrides(table: pd.DataFrame, *, where: str) -> pd.DataFrame:
    """
    Return a table of overrides if it is one.

    Parameters
    ----------
    table
        Texts by column, as read from a file, nothing taken for missing; rows with neither latitude
        nor longitude are left out, so that a review may be filled in as far as one likes.
    where
        What the table is called in messages.

    Returns
    -------
    overrides
        ``country`` (ISO alpha-2), ``region``, ``city``, ``address`` (folded), ``latitude`` and
        ``longitude`` (degrees), ``note``.

    Raises
    ------
    InputError
        If a column is missing, a coordinate is none, a country is unknown, or two rows contradict
        each other.

    Examples
    --------
    >>> told = {"country": ["Greece"], "region": [""], "city": ["Atlantis"]}
    >>> table = pd.DataFrame(told | {"latitude": ["36.4"], "longitude": ["25.4"]})
    >>> checked_overrides(table, where="overrides.csv")["country"].tolist()
    ['GR']
    """
    for column in ("country", "region", "city", "latitude", "longitude"):
        if column not in table:
            msg = f"{where}: column {column!r} is missing; needed are {', '.join(OVERRIDE_COLUMNS)}"
            raise InputError(msg)
    table = table.assign(**{name: "" for name in ("address", "note") if name not in table})
    table = table[[*OVERRIDE_COLUMNS]].fillna("").astype("str").reset_index(drop=True)
    table = table[(table["latitude"] != "") | (table["longitude"] != "")]
    codes = country_codes(table["country"])
    lines = (table.index + 2).to_numpy()
    _refuse(lines[((codes == "") & (table["country"] != "")).to_numpy(bool)], where, "its country")
    texts = {name: all_folded(table[name]) for name in ("region", "city", "address")}
    degrees = {
        name: pd.to_numeric(table[name], errors="coerce") for name in ("latitude", "longitude")
    }
    wrong = ~(degrees["latitude"].abs() <= 90) | ~(degrees["longitude"].abs() <= 180)  # noqa: PLR2004 - degrees
    _refuse(
        lines[wrong.to_numpy(bool)], where, "a latitude in [-90, 90] and longitude in [-180, 180]"
    )
    checked = table.assign(country=codes, **texts, **degrees)
    _refuse(lines[checked.duplicated(list(_TEXTS)).to_numpy(bool)], where, "texts given once only")
    nothing = (checked[["city", "address", "region"]] == "").all(axis=1)
    _refuse(lines[nothing.to_numpy(bool)], where, "a city, an address or a region")
    return checked.reset_index(drop=True)


def with_overrides(
    located: pd.DataFrame, localities: pd.DataFrame, overrides: pd.DataFrame
) -> pd.DataFrame:
    """
    Return located localities, those that overrides name at the places these give.

    An override holds for the localities of its texts, however accented or capitalised: country,
    region and city, and the address where it gives one.

    Parameters
    ----------
    located
        Table ``located_localities``.
    localities
        Table ``localities`` they were found from, in the same order.
    overrides
        From :func:`checked_overrides`.

    Returns
    -------
    located
        The same table; what was placed by hand has precision ``point``, the method ``by hand``,
        the confidence 1 and no GeoNames id.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled, located_localities
    >>> told = {"locality": [1], "city": ["Atlantis"], "region": [""], "country": ["GR"]}
    >>> table = pd.DataFrame(told)
    >>> rules = load_edition("gii-2025").geocode.rules
    >>> found = located_localities(table, bundled(), **rules)
    >>> wishes = table.drop(columns="locality").assign(latitude="36.4", longitude="25.4")
    >>> by_hand = checked_overrides(wishes, where="overrides.csv")
    >>> corrected = with_overrides(found, table, by_hand)
    >>> corrected[["latitude", "method", "confidence"]].values.tolist()
    [[36.4, 'by hand', 1.0]]
    """
    keys = _keys(localities)
    wanted = overrides.set_index([*_TEXTS])[["latitude", "longitude"]]
    order = wanted.index.get_indexer(pd.MultiIndex.from_frame(keys))
    rows = np.flatnonzero(order >= 0)
    chosen = wanted.iloc[order[rows]]
    table = as_texts(located).reset_index(drop=True)
    table.loc[rows, "place"] = place_keys(chosen["latitude"], chosen["longitude"])
    table.loc[rows, "geonameid"] = pd.NA
    table.loc[rows, ["precision", "method"]] = ["point", BY_HAND]
    table.loc[rows, "economy"] = keys["country"].iloc[rows].to_numpy()
    table = with_confidence(table)
    table.loc[rows, "confidence"] = 1.0
    return table.set_axis(located.index, axis=0)


def _keys(localities: pd.DataFrame) -> pd.DataFrame:
    """Return the texts of localities as overrides have them."""
    table = localities.reset_index(drop=True)
    address = (
        table["address"].fillna("")
        if "address" in table
        else table["city"].mask(table.index >= 0, "")
    )
    texts = {"region": table["region"], "city": table["city"], "address": address.astype("str")}
    keys = {name: all_folded(text) for name, text in texts.items()}
    return pd.DataFrame({"country": country_codes(table["country"]), **keys})[[*_TEXTS]]


def _refuse(lines: NDArray[np.int64], where: str, needed: str) -> None:
    """Raise if there are lines that lack what is needed."""
    if len(lines):
        shown = ", ".join(map(str, lines[:5]))
        msg = f"{where}: line {shown}: must have {needed}"
        raise InputError(msg)
