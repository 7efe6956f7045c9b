"""The places that a locality may mean, and what its region says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.geocode._listed import listed
from hubscan.geocode.countries import country_codes
from hubscan.geocode.fold import PART, all_folded, parted, trimmed
from hubscan.geocode.gazetteer import OTHER, USUALLY
from hubscan.geocode.regions import LONGEST_ABBREVIATION, is_abbreviation, region_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hubscan.geocode.gazetteer import Gazetteer

CONTRADICTED, OVERRULED, SILENT, HINTED, CONFIRMED = range(5)
"""
What the region says of a place: that it is elsewhere; that it is elsewhere, but the city is so
large that the region must be wrong; nothing; that it is there, probably; that it is there.
"""

IN_TERRITORY: Final = 1000
"""Added to the order of a place in a territory of the country given."""

_ROUND: Final = 100
_UNKNOWN: Final = -1
_NOWHERE: Final = -2


def sought(localities: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """
    Return what is to be looked for.

    A region that is written after the city is taken for the region; a territory that is given as a
    region (Puerto Rico in US) for the country; a region that is no state or province for the city,
    where this is empty; and a state's abbreviation never for a city.

    Parameters
    ----------
    localities
        ``city``, ``region``, ``country``; the index counts from 0.
    gazetteer
        The places.

    Returns
    -------
    sought
        ``city`` and ``region``, texts; ``country``, its number in the gazetteer; ``division``, the
        number of the province that a region hints at by the name of its main city.
    """
    city, given = localities["city"], localities["country"]
    region = localities["region"].where(localities["region"] != "", _regions(city, given))
    country = _with_territories(given, region)
    region = region.mask(country != given, "")
    known = _tested(region_code, country, region)
    short = city.where(city.str.len() <= LONGEST_ABBREVIATION, "")
    city = city.mask(_tested(is_abbreviation, country, short), "")
    number = _numbers(country, gazetteer.cities["country"])
    return pd.DataFrame(
        {
            "city": city.where((city != "") | known, region),
            "region": region,
            "country": np.where(country == "", _UNKNOWN, number),
            "division": _hinted(country, region.mask(known, ""), gazetteer),
        }
    )


def candidates(
    wanted: pd.DataFrame, gazetteer: Gazetteer, *, large_population: int
) -> pd.DataFrame:
    """
    Return the places that bear the names of localities and lie in the right country.

    Parameters
    ----------
    wanted
        From :func:`sought`.
    gazetteer
        The places.
    large_population
        Inhabitants from which a wrong region is likelier than another place of the same name.

    Returns
    -------
    candidates
        ``row`` of the locality, ``city`` (row of the gazetteer's cities), ``order`` of the spelling
        under which it was found (0: the name as given), ``standing`` of the name, ``evidence`` of
        the region, and whether the place is the one that is ``usual`` in the country given. Further
        spellings are there only for localities whose own name has no place that fits.
    """
    left = np.flatnonzero(wanted["city"] != "")
    keys = all_folded(wanted["city"].iloc[left])
    found = [_matches(wanted, gazetteer, keys, left, large_population)]
    for number, respell in enumerate((trimmed, parted), 1):
        fits = (found[-1]["order"] < IN_TERRITORY) & (found[-1]["evidence"] > OVERRULED)
        fitted = np.zeros(len(wanted), bool)
        fitted[found[-1].loc[fits, "row"]] = True
        left = left[~fitted[left]]
        rows, orders, keys = _spellings(wanted["city"], left, respell)
        more = _matches(wanted, gazetteer, keys, rows, large_population)
        more["order"] += number * _ROUND + orders[more["position"]]
        found.append(more)
    return pd.concat(found, ignore_index=True).drop(columns="position")


def _tested(
    test: Callable[[str, str], object], country: pd.Series[str], text: pd.Series[str]
) -> NDArray[np.bool_]:
    """Return whether a test of country and text holds, row by row; never of an empty text."""
    result = np.zeros(len(text), bool)
    told = np.flatnonzero(text != "")
    pairs = zip(country.iloc[told].tolist(), text.iloc[told].tolist(), strict=True)
    result[told] = [bool(test(*pair)) for pair in pairs]
    return result


def _with_territories(country: pd.Series[str], region: pd.Series[str]) -> pd.Series[str]:
    """Return the countries, or the territory of the country that the region is."""
    part_of = {row["code"]: row["part_of"] for row in listed("countries")}
    told = np.flatnonzero(region != "")
    codes = country_codes(region.iloc[told])
    wholes = codes.map(part_of).fillna("")
    codes = codes[(wholes != "") & (wholes == country.iloc[told])]
    result = country.copy()
    result.loc[codes.index] = codes
    return result


def _regions(city: pd.Series[str], country: pd.Series[str]) -> pd.Series[str]:
    """Return the first known region among the parts written after a city."""
    written = city[city.str.contains(PART.pattern, regex=True)]
    first = [
        next((part for part in PART.split(text)[1:] if region_code(code, part)), "")
        for text, code in zip(written.tolist(), country[written.index].tolist(), strict=True)
    ]
    found = pd.Series(first, index=written.index, dtype="str")
    return found.reindex(city.index, fill_value="")


def _numbers(texts: pd.Series[str], categorical: pd.Series[str]) -> NDArray[np.int64]:
    """Return the numbers of texts among the categories of a column; of others, a negative one."""
    found = pd.Index(categorical.cat.categories).get_indexer(pd.Index(texts))
    return np.where(found < 0, _NOWHERE, found).astype(np.int64)


def _divisions(gazetteer: Gazetteer) -> NDArray[np.int64]:
    """Return one number per state or province, of every place of the gazetteer."""
    country, admin1 = gazetteer.cities["country"].cat, gazetteer.cities["admin1"].cat
    codes = country.codes.to_numpy(np.int64)
    return np.asarray(codes * len(admin1.categories) + admin1.codes.to_numpy(np.int64))


def _hinted(
    country: pd.Series[str], region: pd.Series[str], gazetteer: Gazetteer
) -> NDArray[np.int64]:
    """Return the division of the largest city of the country that is named as the region."""
    pairs = pd.DataFrame({"country": country, "region": region})
    distinct = pairs[(region != "") & (country != "")].drop_duplicates(ignore_index=True)
    named = gazetteer.named(all_folded(distinct["region"]))
    given = _numbers(distinct["country"], gazetteer.cities["country"])[named["position"]]
    named = named[given == gazetteer.cities["country"].cat.codes.to_numpy()[named["city"]]]
    named = named.join(gazetteer.cities[["population", "geonameid"]], on="city")
    named = named.sort_values(
        ["position", "population", "geonameid"], ascending=[True, False, True]
    ).drop_duplicates("position")
    distinct["division"] = _UNKNOWN
    distinct.loc[named["position"], "division"] = _divisions(gazetteer)[named["city"]]
    hinted = pairs.merge(distinct, how="left", on=["country", "region"])["division"]
    return hinted.fillna(_UNKNOWN).to_numpy(np.int64)


def _spellings(
    texts: pd.Series[str], rows: NDArray[np.int64], respell: Callable[[str], list[str]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], pd.Series[str]]:
    """Return the further spellings of the texts in some rows: row, order from 0, key."""
    spelled = [
        (row, order, key)
        for row, text in zip(rows.tolist(), texts.iloc[rows].tolist(), strict=True)
        for order, key in enumerate(filter(None, dict.fromkeys(respell(text))))
    ]
    table = pd.DataFrame(spelled, columns=["row", "order", "key"])
    row, order = table["row"].to_numpy(np.int64), table["order"].to_numpy(np.int64)
    return row, order, table["key"].astype("str")


def _matches(
    wanted: pd.DataFrame,
    gazetteer: Gazetteer,
    keys: pd.Series[str],
    rows: NDArray[np.int64],
    large_population: int,
) -> pd.DataFrame:
    """Return the places that bear the names in the right country, and what the region says."""
    named = gazetteer.named(keys)
    given = wanted["country"].to_numpy()[rows[named["position"]]]
    there = gazetteer.cities["country"].cat.codes.to_numpy()[named["city"]]
    own = (given == there) | (given == _UNKNOWN)
    named["row"] = rows[named["position"]]
    named["order"] = np.where(own, 0, IN_TERRITORY)
    named["usual"] = (named["standing"] == USUALLY) & (given != _UNKNOWN)
    part = (given >= 0) & (given == _wholes(gazetteer)[there])
    kept: pd.DataFrame = named[own | part]
    return kept.assign(evidence=_evidence(wanted, gazetteer, kept, large_population))


def _wholes(gazetteer: Gazetteer) -> NDArray[np.int64]:
    """Return for every country of the gazetteer the number of the country it is a territory of."""
    countries = gazetteer.cities["country"]
    part_of = {row["code"]: row["part_of"] for row in listed("countries")}
    codes = [part_of.get(code, "") for code in countries.cat.categories]
    return _numbers(pd.Series(codes, dtype="str"), countries)


def _evidence(
    wanted: pd.DataFrame, gazetteer: Gazetteer, named: pd.DataFrame, large_population: int
) -> NDArray[np.int64]:
    """Return what the region of each row says of a place."""
    row, city = named["row"].to_numpy(), named["city"].to_numpy()
    there, admin1 = gazetteer.cities["country"].cat, gazetteer.cities["admin1"].cat
    number, texts = pd.factorize(wanted["region"])
    pair = there.codes.to_numpy(np.int64)[city] * len(texts) + number[row]
    distinct, inverse = np.unique(pair, return_inverse=True)
    country = there.categories[distinct // max(len(texts), 1)].tolist()
    region = texts[distinct % max(len(texts), 1)].tolist()
    known = [region_code(*pair) for pair in zip(country, region, strict=True)]
    told = _numbers(pd.Series(known, dtype="str"), gazetteer.cities["admin1"])[inverse]
    silent = np.array([code == "" for code in known], bool)[inverse]
    hinted = wanted["division"].to_numpy()[row] == _divisions(gazetteer)[city]
    confirmed = told == admin1.codes.to_numpy()[city]
    large = gazetteer.cities["population"].to_numpy()[city] >= large_population
    own = (named["standing"] > OTHER).to_numpy()
    return np.select(
        [silent & hinted, silent, confirmed, large & own],
        [HINTED, SILENT, CONFIRMED, OVERRULED],
        CONTRADICTED,
    )
