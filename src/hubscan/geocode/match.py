"""Find the places that localities name in a gazetteer, and decline where nothing decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np
import pandas as pd

from hubscan.errors import EditionError
from hubscan.geocode.candidates import IN_TERRITORY, OVERRULED, SILENT, candidates, sought
from hubscan.geocode.confidence import with_confidence
from hubscan.geocode.gazetteer import OTHER
from hubscan.geocode.regions import region_code
from hubscan.schema import LOCALITIES, LOCATED_LOCALITIES, validated
from hubscan.sphere import great_circle_km, place_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.geocode.gazetteer import Gazetteer

PRECISIONS: Final = ("city", "region")
"""Precisions that can count as located, finest first."""

HOMONYMS: Final = "declined: homonyms"
ELSEWHERE: Final = "declined: in another region"
UNKNOWN: Final = "unknown name"
NO_NAME: Final = "no city given"

RIVALS: Final = 3
"""So many of the places that a locality might have meant are listed."""


class Rules(TypedDict):
    """The parameters by which places are decided, as :func:`located_localities` has them."""

    min_precision: str
    dominance: float
    homonym_km: float
    without_country: float
    unknown_population: int
    large_population: int


def located_localities(  # noqa: PLR0913 - each is a parameter of the edition
    localities: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    min_precision: str,
    dominance: float,
    homonym_km: float,
    without_country: float,
    unknown_population: int,
    large_population: int,
) -> pd.DataFrame:
    """
    Return where localities lie, as far as their city, region and country decide it.

    The city's name is looked up folded; if the country has no such name, further spellings are
    tried (without postal codes, words such as *City* or *-shi*, parts between commas). The country,
    if given, is never left, except for its own territories (Hong Kong in CN). Among several places
    of one name the region decides, then population: the largest is taken if it has ``dominance``
    times the inhabitants of any other that lies more than ``homonym_km`` away. Otherwise the
    locality is declined, and ``method`` says why: a wrong place is worse than none. A place that
    bears the name only among others counts with its population divided by ``dominance``.

    Parameters
    ----------
    localities
        Table ``localities``.
    gazetteer
        The places.
    min_precision
        Coarsest precision that counts as located: ``"city"``, or ``"region"``, where a locality
        whose city is not found stands at the most populous place of its region.
    dominance
        Ratio of populations from which the larger of two homonyms is meant; at least 1.
    homonym_km
        Places of one name that are nearer to each other are one place, kilometres.
    without_country
        Dominance has to be so many times greater where no country is given; at least 1.
    unknown_population
        What a place of unknown or smaller population counts as when homonyms are compared, persons.
    large_population
        From so many inhabitants a wrong region is likelier than another place of the same name.

    Returns
    -------
    located_localities
        Table ``located_localities``, in the order of the localities; with ``latitude``,
        ``longitude`` (degrees, missing where not located), ``confidence``
        (:func:`hubscan.geocode.confidence.with_confidence`) and ``rivals``, the largest other
        places that the locality might have meant, of the same name and country.

    Raises
    ------
    EditionError
        If a parameter is outside its domain.

    Notes
    -----
    Populations come from GeoNames, where a part of a city is a place too: it is found by its own
    name, and never decides against the city because both are near each other.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled
    >>> localities = pd.DataFrame(
    ...     {
    ...         "locality": [1, 2, 3],
    ...         "city": ["London", "London", "Kent"],
    ...         "region": ["", "Ontario", ""],
    ...         "country": ["GB", "CA", "US"],
    ...     }
    ... )
    >>> rules = load_edition("gii-2025").geocode.rules
    >>> found = located_localities(localities, bundled(), **rules)
    >>> found[["precision", "method", "economy"]].values.tolist()
    [['city', 'unique', 'GB'], ['city', 'region', 'CA'], ['country', 'declined: homonyms', 'US']]
    """
    _check(min_precision, dominance, homonym_km, without_country)
    table = validated(localities, LOCALITIES).reset_index(drop=True)
    wanted = sought(table, gazetteer)
    found = candidates(wanted, gazetteer, large_population=large_population)
    needed = dominance * np.where(table["country"] == "", without_country, 1)
    chosen = _chosen(
        found, gazetteer, needed=needed, homonym_km=homonym_km, least=unknown_population
    )
    city = chosen["city"].reindex(table.index, fill_value=-1)
    method = chosen["method"].reindex(table.index).fillna(_declined(wanted, found))
    seats = _region_seats(table[city < 0], gazetteer)
    precision = pd.Series("none", index=table.index, dtype="str")
    precision[table["country"] != ""] = "country"
    precision[seats.index] = "region"
    precision[city >= 0] = "city"
    if min_precision == "region":
        city[seats.index], method[seats.index] = seats, "seat of the region"
    answers = _answers(table, gazetteer, city).assign(precision=precision, method=method)
    rivals = _rivals(found, city, gazetteer)
    return with_confidence(answers.assign(rivals=rivals))[LOCATED_LOCALITIES.names]


def _check(min_precision: str, dominance: float, homonym_km: float, without_country: float) -> None:
    """Raise if a parameter is outside its domain."""
    if min_precision not in PRECISIONS:
        msg = f"min_precision = {min_precision!r}: must be one of {', '.join(PRECISIONS)}"
        raise EditionError(msg)
    if not dominance >= 1:
        msg = f"dominance = {dominance}: must be at least 1"
        raise EditionError(msg)
    if not homonym_km >= 0:
        msg = f"homonym_km = {homonym_km}: must be at least 0"
        raise EditionError(msg)
    if not without_country >= 1:
        msg = f"without_country = {without_country}: must be at least 1"
        raise EditionError(msg)


def _chosen(
    found: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    needed: NDArray[np.float64],
    homonym_km: float,
    least: int,
) -> pd.DataFrame:
    """Return the place each row means: ``city``, -1 if in doubt, and ``method``; by row."""
    fits = _fitting(found)
    columns = ["geonameid", "latitude", "longitude", "population"]
    fits = fits.join(gazetteer.cities[columns], on="city")
    dominance = needed[fits["row"]]
    people = fits["population"].clip(lower=least)
    fits["people"] = people.where(fits["standing"] > OTHER, people / dominance)
    order = ["row", "people", "standing", "geonameid"]
    fits = fits.sort_values(order, ascending=[True, False, False, True])
    first = fits.drop_duplicates("row").set_index("row")
    to = first.loc[fits["row"], ["latitude", "longitude"]].to_numpy()
    away = great_circle_km(fits["latitude"], fits["longitude"], to[:, 0], to[:, 1]) > homonym_km
    rival = fits[away].groupby("row")["people"].max().reindex(first.index)
    doubt = first["people"] < needed[first.index] * rival
    method = _how(first, rival.notna()).mask(doubt, HOMONYMS)
    return pd.DataFrame({"city": first["city"].mask(doubt, -1), "method": method})


def _fitting(found: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates that fit best: by the first spelling that has any, then by region."""
    fits = found[found["evidence"] > OVERRULED]
    large = found[(found["evidence"] == OVERRULED) & ~found["row"].isin(fits["row"])]
    fits = pd.concat([fits, large], ignore_index=True)
    ranks = (fits["order"], -fits["evidence"], -fits["usual"].astype(int))
    for rank in ranks:
        least = rank[fits.index].groupby(fits["row"]).transform("min")
        fits = fits[rank[fits.index] == least]
    return fits


def _how(first: pd.DataFrame, rivals: pd.Series[bool]) -> pd.Series[str]:
    """Return in words how the place of each row was found."""
    evidence, order = first["evidence"], first["order"]
    way = np.select(
        [evidence == OVERRULED, rivals, first["usual"], evidence > SILENT],
        ["size, against the region", "population", "usual", "region"],
        "unique",
    )
    spelling = np.select([order >= IN_TERRITORY, order > 0], ["territory, ", "respelled, "], "")
    return pd.Series(spelling, index=first.index).str.cat(pd.Series(way, index=first.index))


def _declined(wanted: pd.DataFrame, found: pd.DataFrame) -> pd.Series[str]:
    """Return why a locality is not located if none of its candidates fits."""
    elsewhere, empty = wanted.index.isin(found["row"]), wanted["city"] == ""
    why = np.select([elsewhere, empty], [ELSEWHERE, NO_NAME], UNKNOWN)
    return pd.Series(why, index=wanted.index)


def _rivals(found: pd.DataFrame, city: pd.Series[int], gazetteer: Gazetteer) -> pd.Series[str]:
    """Return the largest candidates of each row beside the one chosen, in words."""
    lost = found[["row", "city"]].drop_duplicates()
    lost = lost[lost["city"].to_numpy() != city[lost["row"]].to_numpy()]
    places = gazetteer.cities.loc[lost["city"]].set_axis(lost.index)
    order = np.lexsort((places["geonameid"], -places["population"], lost["row"]))
    lost, places = lost.iloc[order], places.iloc[order]
    first = lost.groupby("row").cumcount() < RIVALS
    lost, places = lost[first], places[first]
    words = gazetteer.worded(places)
    told: dict[int, str] = {}
    for row, word in zip(lost["row"].tolist(), words, strict=True):
        told[row] = f"{told[row]}; {word}" if row in told else word
    rivals = np.full(len(city), "", object)
    rivals[list(told)] = list(told.values())
    return pd.Series(rivals, city.index, dtype="str")


def _region_seats(localities: pd.DataFrame, gazetteer: Gazetteer) -> pd.Series[int]:
    """Return the row of the most populous place of each locality's region, where it is known."""
    pairs = zip(localities["country"].tolist(), localities["region"].tolist(), strict=True)
    codes = [(country, region_code(country, region)) for country, region in pairs]
    rows = [gazetteer.seats.get(code, -1) if code[1] else -1 for code in codes]
    seats = pd.Series(rows, index=localities.index, dtype=np.int64)
    return seats[seats >= 0]


def _answers(table: pd.DataFrame, gazetteer: Gazetteer, city: pd.Series[int]) -> pd.DataFrame:
    """Return key, GeoNames id and economy of the places found; the economy as given elsewhere."""
    found = city >= 0
    places = gazetteer.cities.loc[city[found]].set_axis(city.index[found])
    keys = place_keys(places["latitude"], places["longitude"])
    # not by way of floats: keys have more digits than those hold
    place = pd.Series(pd.NA, index=table.index, dtype="Int64")
    geonameid = place.copy()
    place[found], geonameid[found] = keys, places["geonameid"]
    economy = table["country"].astype("str").copy()
    economy[found] = places["country"].astype("str")
    return pd.DataFrame(
        {
            "locality": table["locality"],
            "place": place,
            "geonameid": geonameid,
            "economy": economy,
        }
    )
