"""Organisations with known coordinates, and the localities that they place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.geocode.confidence import as_texts, with_confidence
from hubscan.geocode.countries import country_codes
from hubscan.geocode.fold import all_folded
from hubscan.sphere import great_circle_km, place_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BY_INSTITUTION: Final = "institution"
"""The ``method`` of localities that an organisation's name places."""

INSTITUTION_COLUMNS: Final = ("name", "aliases", "country", "latitude", "longitude")
"""Columns of a table of institutions; aliases are separated by ``|``."""


def ror_table(records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """
    Return the organisations of a dump of the Research Organization Registry.

    Parameters
    ----------
    records
        Its JSON records, of the schema 2 (``names``, ``locations[].geonames_details``) or 1
        (``name``, ``aliases``, ``acronyms``, ``labels``, ``addresses``, ``country``).

    Returns
    -------
    table
        ``ror_id``, and ``INSTITUTION_COLUMNS``; withdrawn records and those without coordinates
        are left out.

    Examples
    --------
    >>> place = {"lat": 52.2, "lng": 0.12, "country_code": "GB"}
    >>> names = [{"value": "University of Cambridge", "types": ["ror_display"]}]
    >>> location = {"geonames_details": place}
    >>> record = {"id": "https://ror.org/013meh722", "names": names, "locations": [location]}
    >>> ror_table([record])[["name", "country"]].values.tolist()
    [['University of Cambridge', 'GB']]
    """
    rows = [row for record in records if (row := _of_ror(record)) is not None]
    return pd.DataFrame(rows, columns=["ror_id", *INSTITUTION_COLUMNS])


def institution_places(table: pd.DataFrame, *, homonym_km: float) -> pd.DataFrame:
    """
    Return where institutions lie, by folded name and country.

    Parameters
    ----------
    table
        ``INSTITUTION_COLUMNS``, coordinates in degrees.
    homonym_km
        Institutions of one name farther apart than this, kilometres, are in doubt and left out.

    Returns
    -------
    places
        ``country``, ``key`` (folded name), ``latitude``, ``longitude``; each country and key once,
        in their order. Acronyms (no more than five letters) are no names.

    Raises
    ------
    InputError
        If a column is missing.
    """
    missing = [name for name in INSTITUTION_COLUMNS if name not in table]
    if missing:
        msg = f"institutions: {', '.join(missing)} missing: needed are {INSTITUTION_COLUMNS}"
        raise InputError(msg)
    every = table["name"].fillna("") + "|" + table["aliases"].fillna("")
    names = table.assign(key=every.str.split("|"), country=country_codes(table["country"]))
    names = names.explode("key", ignore_index=True)
    names["key"] = all_folded(names["key"].astype("str"))
    names = names[names["key"].str.len() > 5]  # noqa: PLR2004 - letters of acronyms
    names = names.sort_values(["country", "key", "latitude", "longitude"], ignore_index=True)
    first = names.groupby(["country", "key"])[["latitude", "longitude"]].transform("first")
    away = great_circle_km(
        names["latitude"], names["longitude"], first["latitude"], first["longitude"]
    )
    far = pd.Series(away > homonym_km).groupby([names["country"], names["key"]]).transform("any")
    places = names[~far.to_numpy(bool)].drop_duplicates(["country", "key"])
    return places[["country", "key", "latitude", "longitude"]].reset_index(drop=True)


def with_institutions(
    located: pd.DataFrame, localities: pd.DataFrame, places: pd.DataFrame
) -> pd.DataFrame:
    """
    Return located localities, those not located placed by the organisation they name.

    Parameters
    ----------
    located
        Table ``located_localities``.
    localities
        The localities they were found from, in the same order, with ``organisation`` (text, may be
        empty) and ``country``.
    places
        From :func:`institution_places`.

    Returns
    -------
    located
        The same table; places added have the precision ``city`` and the method ``institution``.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled, located_localities
    >>> told = {"locality": [1], "city": [""], "region": [""], "country": ["GB"]}
    >>> table = pd.DataFrame(told)
    >>> rules = load_edition("gii-2025").geocode.rules
    >>> found = located_localities(table, bundled(), **rules)
    >>> known = pd.DataFrame(
    ...     {"name": ["University of Cambridge"], "aliases": [""], "country": ["GB"]}
    ... ).assign(latitude=52.2, longitude=0.12)
    >>> where = institution_places(known, homonym_km=25.0)
    >>> named = table.assign(organisation="university of cambridge")
    >>> with_institutions(found, named, where)[["latitude", "method"]].values.tolist()
    [[52.2, 'institution']]
    """
    table = as_texts(located).reset_index(drop=True)
    keys = pd.MultiIndex.from_arrays(
        [
            country_codes(localities["country"]).to_numpy(object),
            all_folded(localities["organisation"].fillna("").astype("str")).to_numpy(object),
        ]
    )
    known = pd.MultiIndex.from_frame(places[["country", "key"]])
    order = known.get_indexer(keys)
    rows = np.flatnonzero((order >= 0) & table["place"].isna().to_numpy(bool))
    chosen = places.iloc[order[rows]]
    table.loc[rows, "place"] = place_keys(chosen["latitude"], chosen["longitude"])
    table.loc[rows, ["precision", "method"]] = ["city", BY_INSTITUTION]
    table.loc[rows, "economy"] = chosen["country"].to_numpy()
    return with_confidence(table).set_axis(located.index, axis=0)


def _of_ror(record: Mapping[str, Any]) -> tuple[str, str, str, str, float, float] | None:
    """Return one organisation of the registry, or nothing if it has no place or was withdrawn."""
    if record.get("status", "active") != "active":
        return None
    if "names" in record:
        shown = [n["value"] for n in record["names"] if "ror_display" in n.get("types", [])]
        every = [name["value"] for name in record["names"]]
        places = [place.get("geonames_details", {}) for place in record.get("locations", [])]
        code = places[0].get("country_code", "") if places else ""
    else:
        shown = [record["name"]]
        labels = [label["label"] for label in record.get("labels", [])]
        every = [*shown, *record.get("aliases", []), *record.get("acronyms", []), *labels]
        places = record.get("addresses", [])
        code = record.get("country", {}).get("country_code", "")
    if not places or places[0].get("lat") is None or not every:
        return None
    name = (shown or every)[0]
    aliases = "|".join(dict.fromkeys(other for other in every if other != name))
    latitude, longitude = float(places[0]["lat"]), float(places[0]["lng"])
    return record["id"].rpartition("/")[2], name, aliases, code, latitude, longitude
