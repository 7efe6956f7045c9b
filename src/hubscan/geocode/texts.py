"""Where texts lie, whatever they give: city, region and country, or a whole address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np
import pandas as pd

from hubscan.geocode.addresses import address_readings
from hubscan.geocode.confidence import WORDS, as_texts, with_confidence
from hubscan.geocode.countries import country_codes
from hubscan.geocode.fold import HAN
from hubscan.geocode.match import Rules, located_localities
from hubscan.geocode.misspelt import with_misspelt
from hubscan.schema import LOCALITIES, validated
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.geocode.gazetteer import Gazetteer

ANOTHER_COUNTRY: Final = "declined: the address names another country"
SUBURB: Final = "address, suburb of the city"
_CATEGORIES: Final = dict.fromkeys(WORDS, "category")

DOUBTFUL: Final = "declined: doubtful"


class Reading(TypedDict):
    """The parameters by which whole addresses are read, as :func:`located_addresses` has them."""

    min_confidence: float
    suburb_km: float
    suburb_in_region_km: float


def located_texts(
    localities: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    reading: Reading,
    fuzzy_min_score: float,
    **parameters: Unpack[Rules],
) -> pd.DataFrame:
    """
    Return where localities lie, whatever the spelling of their countries.

    What a locality gives as city decides first; where that finds nothing, its ``address`` is read
    (:func:`located_addresses`); what is left may be compared with names that are alike
    (:func:`hubscan.geocode.with_misspelt`).

    Parameters
    ----------
    localities
        Table ``localities``, with countries as given; if it has a column ``address`` (text, may be
        empty), with whole addresses.
    gazetteer
        The places.
    reading, **parameters
        As for :func:`located_addresses`.
    fuzzy_min_score
        As for :func:`hubscan.geocode.with_misspelt`; 0 compares no names.

    Returns
    -------
    located_localities
        As :func:`hubscan.geocode.located_localities`. A country that is not known counts as not
        given.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled
    >>> localities = pd.DataFrame(
    ...     {"locality": [1], "city": ["Wuhan"], "region": [""], "country": ["Peoples R China"]}
    ... )
    >>> rules = load_edition("gii-2025").geocode.parameters
    >>> located_texts(localities, bundled(), **rules)["economy"].tolist()
    ['CN']
    """
    table = localities.assign(country=country_codes(localities["country"])).reset_index(drop=True)
    found = located_localities(table, gazetteer, **parameters)
    if "address" in table:
        found = _with_addresses(found, table, gazetteer, reading, **parameters)
    if fuzzy_min_score == 0:
        return found
    return with_misspelt(found, table, gazetteer, fuzzy_min_score=fuzzy_min_score, **parameters)


def _with_addresses(
    found: pd.DataFrame,
    table: pd.DataFrame,
    gazetteer: Gazetteer,
    reading: Reading,
    **parameters: Unpack[Rules],
) -> pd.DataFrame:
    """Return located localities, those without a city where their addresses say."""
    left = (found["precision"] != "city") & (table["address"].fillna("") != "")
    if not left.any():
        return found
    read = located_addresses(table[left], gazetteer, reading=reading, **parameters)
    # an address that is not found says less than a city that is not, and than a region that is
    silent = found.loc[left, "place"].isna() & (table.loc[left, "city"] == "")
    better = read["place"].notna().to_numpy(bool) | silent.to_numpy(bool)
    return _replaced(found, np.flatnonzero(left)[better], read[better])


def located_addresses(
    localities: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    reading: Reading,
    **parameters: Unpack[Rules],
) -> pd.DataFrame:
    """
    Return where free-form addresses lie.

    Each is read from right to left (:func:`hubscan.geocode.address_readings`); where what it says
    lies is then decided as for any locality, homonyms included. Addresses in Han or Hangul, which
    do not part words, are taken apart by their units.

    Parameters
    ----------
    localities
        ``locality``, ``address``, ``country`` (ISO alpha-2 or empty) and, if there is one,
        ``region``, which is read as the last part of the address.
    gazetteer
        The places.
    reading
        ``min_confidence``: readings that are right less often are declined, in [0, 1], and
        ``rivals`` then begins with the place that was not believed; ``suburb_km`` and
        ``suburb_in_region_km``: see :func:`hubscan.geocode.address_readings`.
    **parameters
        As for :func:`hubscan.geocode.located_localities`.

    Returns
    -------
    located_localities
        As :func:`hubscan.geocode.located_localities`, in the order of the localities, texts as
        categories; ``method`` begins with where the address names its city: ``address``,
        ``region alone``, ``organisation``, ``amid words``.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled
    >>> told = "Dept Phys, 77 Massachusetts Ave, Cambridge, MA 02139 USA"
    >>> table = pd.DataFrame({"locality": [1], "address": [told], "country": [""]})
    >>> geocode = load_edition("gii-2025").geocode
    >>> found = located_addresses(table, bundled(), reading=geocode.reading, **geocode.rules)
    >>> found[["economy", "precision", "method"]].to_numpy().tolist()
    [['US', 'city', 'address, region']]
    """
    texts = _with_regions(localities)
    readings = address_readings(
        texts,
        localities["country"].reset_index(drop=True),
        gazetteer,
        large_population=parameters["large_population"],
        suburb_km=reading["suburb_km"],
        suburb_in_region_km=reading["suburb_in_region_km"],
    )
    distinct = readings.distinct
    table = distinct.assign(locality=np.arange(len(distinct)))
    found = located_localities(table[LOCALITIES.names], gazetteer, **parameters)
    found = _believed(_with_ways(found, distinct, gazetteer), gazetteer, reading["min_confidence"])
    # many addresses have few texts: each is kept once
    result = found.astype(_CATEGORIES).take(readings.of_address).reset_index(drop=True)
    result["locality"] = localities["locality"].to_numpy()
    result = _with_countries(result, localities["country"].reset_index(drop=True))
    return _with_units(result, texts, gazetteer, **parameters)


def _with_countries(result: pd.DataFrame, given: pd.Series[str]) -> pd.DataFrame:
    """Return located addresses; one that says nothing leaves the country as it was given."""
    silent = (result["economy"] == "") & (given != "")
    if not silent.any():
        return result
    economy = result["economy"].astype("str").mask(silent, given)
    precision = result["precision"].astype("str").mask(silent, "country")
    return result.assign(economy=economy, precision=precision).astype(_CATEGORIES)


def _with_regions(localities: pd.DataFrame) -> pd.Series[str]:
    """Return addresses, each followed by its region where one is given."""
    texts = localities["address"].fillna("").astype("str").reset_index(drop=True)
    if "region" not in localities:
        return texts
    region = localities["region"].reset_index(drop=True)
    return texts.where(region == "", texts.str.cat(region, sep=", "))


def _with_ways(found: pd.DataFrame, distinct: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the places of readings, with where the address named them, and suburbs pinned."""
    method = distinct["way"].str.cat(found["method"], sep=", ")
    method = method.where(found["place"].notna(), found["method"])
    table = found.assign(method=method.mask(distinct["way"] == "another country", ANOTHER_COUNTRY))
    pinned = (distinct["pin"] >= 0).to_numpy(bool)
    places = gazetteer.cities.loc[distinct.loc[pinned, "pin"]]
    table.loc[pinned, "place"] = place_keys(places["latitude"], places["longitude"])
    table.loc[pinned, "geonameid"] = places["geonameid"].to_numpy()
    table.loc[pinned, ["precision", "method"]] = ["city", SUBURB]
    table.loc[pinned, "economy"] = places["country"].astype("str").to_numpy()
    return with_confidence(table)


def _believed(found: pd.DataFrame, gazetteer: Gazetteer, min_confidence: float) -> pd.DataFrame:
    """Return located localities, those too seldom right declined, with the place as a rival."""
    doubtful = found["place"].notna() & (found["confidence"] < min_confidence)
    rows = np.flatnonzero(doubtful)
    names = gazetteer.place_names(found["geonameid"].iloc[rows].to_numpy(np.int64))
    told = pd.Series(names, index=rows, dtype="str")
    rivals = found["rivals"].iloc[rows]
    table = found.copy()
    table.loc[rows, "rivals"] = told.where(rivals == "", told + "; " + rivals)
    table["method"] = found["method"].mask(doubtful, f"{DOUBTFUL}, " + found["method"])
    table.loc[rows, ["place", "geonameid"]] = pd.NA
    region = (found["economy"] != "") & doubtful
    table["precision"] = found["precision"].mask(doubtful, "none").mask(region, "country")
    return with_confidence(table)


def _with_units(
    result: pd.DataFrame, texts: pd.Series[str], gazetteer: Gazetteer, **parameters: Unpack[Rules]
) -> pd.DataFrame:
    """Return located addresses, those in Han or Hangul that were not found taken apart by units."""
    lost = texts[result["place"].isna().to_numpy(bool)]
    left = lost.index[lost.str.contains(HAN.pattern, regex=True)].to_numpy(np.int64)
    if len(left) == 0:
        return result
    country = result["economy"][left].astype("str")
    table = pd.DataFrame({"city": texts[left], "country": country})
    table = validated(table.assign(region="", locality=left).astype({"region": "str"}), LOCALITIES)
    found = located_localities(table, gazetteer, **parameters).set_axis(left)
    found["method"] = ("address, " + found["method"]).where(found["place"].notna(), found["method"])
    found["locality"] = result["locality"][left]
    return _replaced(result, left, with_confidence(found)).astype(_CATEGORIES)


def _replaced(table: pd.DataFrame, rows: NDArray[np.int64], others: pd.DataFrame) -> pd.DataFrame:
    """Return a table, whose index counts from 0, with others in place of some of its rows."""
    if len(rows) == 0:
        return table
    table, others = as_texts(table), as_texts(others[list(table)])
    kept = ~table.index.isin(rows)
    joined = pd.concat([table[kept], others.set_axis(rows, axis=0)])
    return joined.sort_index()


def placed_spellings(
    locality_spellings: pd.DataFrame, located_localities: pd.DataFrame, economies: pd.DataFrame
) -> pd.DataFrame:
    """
    Return how localities are spelt, and where they lie.

    Parameters
    ----------
    locality_spellings
        ``source``, spelt columns and others, ``locality``.
    located_localities
        Table of this name.
    economies
        ``number``, ``economy``: from :func:`hubscan.numbered.economy_numbers`.

    Returns
    -------
    spellings
        The same with ``place`` (missing if not located) and ``economy`` (its number).
    """
    where = located_localities[["locality", "place", "economy"]].astype({"place": "Int64"})
    known = where.merge(economies, on="economy", how="left", validate="many_to_one")
    known = known[["locality", "place"]].assign(economy=known["number"].astype("int16"))
    return locality_spellings.merge(known, on="locality", how="left", validate="many_to_one")
