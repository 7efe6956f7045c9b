"""States and provinces: their names and abbreviations, to the codes of the gazetteer."""

from __future__ import annotations

import functools
import re
from typing import Final

import pandas as pd

from hubscan.geocode._listed import listed
from hubscan.geocode.fold import folded

LONGEST_ABBREVIATION: Final = 3
"""Letters of the abbreviation of a state or province, at most."""

_KIND: Final = re.compile(
    r"^(?:(?:autonomous |free |city |federal )?(?:state|province|region|republic|prefecture|canton"
    r"|community|principality|county) of (?:the )?|provincia (?:de|di) |estado de |region (?:de )?"
    r"|kanton |canton (?:de )?|land )"
    r"|(?: (?:state|province|region|oblast|krai|voivodeship|wojewodztwo|prefecture|county|canton"
    r"|autonomous region|zizhiqu|sheng|shi|si|do|ken|fu|to|city|lan|republic))+$"
)


@functools.cache
def regions() -> pd.DataFrame:
    """
    Return the states and provinces of the countries whose addresses usually name them.

    Returns
    -------
    regions
        ``country``, ``admin1`` (GeoNames code), ``name``, ``aliases`` (separated by semicolons),
        ``seat`` (GeoNames id of a principal city, by which the code can be checked).

    Examples
    --------
    >>> regions().query("country == 'CA' and admin1 == '08'")[["name", "aliases"]].values.tolist()
    [['Ontario', 'ON; Ont']]
    """
    return pd.DataFrame(listed("regions")).astype({"seat": "int64"})


@functools.cache
def _codes() -> dict[tuple[str, str], str]:
    """Return the code of every country and folded spelling."""
    return {
        (row["country"], folded(spelling)): row["admin1"]
        for row in listed("regions")
        for spelling in (*row["aliases"].split("; "), row["name"])
        if spelling
    }


@functools.lru_cache(maxsize=1 << 17)
def region_code(country: str, text: str) -> str:
    """
    Return the GeoNames code of a state or province, however it is spelled.

    Parameters
    ----------
    country
        ISO alpha-2 code.
    text
        The region as given.

    Returns
    -------
    admin1
        Empty if unknown.

    Examples
    --------
    >>> region_code("US", "Massachusetts"), region_code("CA", "Ont."), region_code("DE", "Bayern")
    ('MA', '08', '02')
    >>> region_code("FR", "Ontario")
    ''
    """
    key = folded(text)
    return _codes().get((country, key)) or _codes().get((country, _KIND.sub("", key)), "")


@functools.cache
def _abbreviations() -> frozenset[tuple[str, str]]:
    """Return the country and folded spelling of every short alias that is not a name itself."""
    names = {(row["country"], folded(row["name"])) for row in listed("regions")}
    short = {pair for pair in _codes() if len(pair[1]) <= LONGEST_ABBREVIATION}
    return frozenset({pair for pair in short - names if pair[1].isascii()})


def is_abbreviation(country: str, text: str) -> bool:
    """
    Return whether a text is the abbreviation of a state or province, and so no city.

    Parameters
    ----------
    country
        ISO alpha-2 code.
    text
        A text given as a city.

    Returns
    -------
    is_abbreviation
        Whether it is.

    Examples
    --------
    >>> is_abbreviation("CA", "QC"), is_abbreviation("CH", "Zug"), is_abbreviation("KR", "서울")
    (True, False, False)
    """
    return len(text) <= LONGEST_ABBREVIATION and (country, folded(text)) in _abbreviations()
