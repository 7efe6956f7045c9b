"""Country and territory codes: every spelling met in exports, to ISO 3166 alpha-2 and back."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import InputError
from hubscan.geocode._listed import listed
from hubscan.geocode.fold import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

HISTORIC: Final[Mapping[str, tuple[str, ...]]] = {
    "BU": ("MM",), "BX": ("BE", "LU", "NL"), "CS": ("CZ", "SK"), "DD": ("DE",), "DY": ("BJ",),
    "FX": ("FR",), "HV": ("BF",), "NH": ("VU",), "RH": ("ZW",), "TP": ("TL",), "VD": ("VN",),
    "YD": ("YE",), "YU": ("BA", "HR", "ME", "MK", "RS", "SI", "XK"), "ZR": ("CD",),
    "AN": ("BQ", "CW", "SX"),
    "SU": (
        "AM", "AZ", "BY", "EE", "GE", "KG", "KZ", "LT", "LV", "MD", "RU", "TJ", "TM", "UA", "UZ",
    ),
}  # fmt: skip
"""Codes no longer in use, and what lies there today; CS is read as Czechoslovakia."""


@functools.cache
def countries() -> pd.DataFrame:
    """
    Return the countries and territories with a code of their own.

    Hong Kong, Macao, Taiwan and Puerto Rico have their own; so has Kosovo (XK), though not by ISO.

    Returns
    -------
    countries
        ``code`` (ISO 3166 alpha-2), ``alpha3``, ``numeric`` (three digits), ``name``, ``part_of``
        (code of the country whose addresses may name it, or empty), ``aliases`` (separated by
        semicolons). Empty texts where there is none.

    Examples
    --------
    >>> countries().set_index("code").loc["NA", ["alpha3", "numeric", "name"]].tolist()
    ['NAM', '516', 'Namibia']
    """
    return pd.DataFrame(listed("countries"))


@functools.cache
def _codes() -> dict[str, str]:
    """Return the code of every folded spelling."""
    codes = {old.casefold(): today[0] for old, today in HISTORIC.items() if len(today) == 1}
    for row in listed("countries"):
        spellings = [row["name"], *row["aliases"].split("; ")]
        spellings += [row["alpha3"], row["numeric"], row["code"]]
        codes |= {folded(spelling): row["code"] for spelling in spellings if spelling}
    return codes


def country_code(text: str) -> str:
    """
    Return the ISO 3166 alpha-2 code of a country, however it is spelled.

    Understood are alpha-2, alpha-3 and numeric codes, English names, the spellings of Web of
    Science and of statistical offices, and codes no longer in use that have one successor.

    Parameters
    ----------
    text
        A country as given.

    Returns
    -------
    code
        Empty if the text names no country, or names one that has several successors (``SU``,
        ``CS``, ``YU``): then only the city can tell.

    Examples
    --------
    >>> [
    ...     country_code(text)
    ...     for text in ("Peoples R China", "Türkiye", "UK", "EL", "NA", "840", "DD")
    ... ]
    ['CN', 'TR', 'GB', 'GR', 'NA', 'US', 'DE']
    >>> [country_code(text) for text in ("SU", "EP", "")]
    ['', '', '']
    """
    return _codes().get(folded(text), "")


def country_codes(texts: pd.Series[str]) -> pd.Series[str]:
    """
    Return the ISO 3166 alpha-2 codes of countries, however they are spelled.

    Parameters
    ----------
    texts
        Countries as given; missing counts as empty.

    Returns
    -------
    codes
        As :func:`country_code`, under the same index.

    Examples
    --------
    >>> country_codes(pd.Series(["England", "Rep of Georgia"])).tolist()
    ['GB', 'GE']
    """
    known = {text: country_code(text) for text in texts.dropna().unique().tolist()}
    return texts.map(known).fillna("").astype("str")


def country_name(code: str) -> str:
    """
    Return the English short name of a country.

    Parameters
    ----------
    code
        ISO 3166 alpha-2 code.

    Returns
    -------
    name
        Its name.

    Raises
    ------
    InputError
        If no country has this code.

    Examples
    --------
    >>> country_name("TR")
    'Türkiye'
    """
    names = {row["code"]: row["name"] for row in listed("countries")}
    if code not in names:
        msg = f"country {code!r}: must be an ISO 3166 alpha-2 code, such as 'FR'"
        raise InputError(msg)
    return names[code]
