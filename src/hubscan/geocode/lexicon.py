"""The names that free-form addresses hold, hashed for the compiled reader."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from hubscan.geocode._compiled import (
    AFFIX,
    CODE,
    COUNTRY,
    FILLER,
    FIRST,
    LAST,
    LETTERS,
    NAME,
    ORGANISATION,
    REGIONS,
    STREET_AFTER,
    STREET_BEFORE,
    Alphabet,
    Known,
    Lexicon,
)
from hubscan.geocode._listed import listed
from hubscan.geocode._scanning import BREAK, LETTER, SILENT, filled, hashed, mark
from hubscan.geocode.fold import SPELLED_OUT, folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hubscan.geocode.gazetteer import Gazetteer

KINDS: Final = {
    "organisation": ORGANISATION,
    "street after": STREET_AFTER,
    "street before": STREET_BEFORE,
    "affix": AFFIX,
    "filler": FILLER,
    "code": CODE,
}
"""Kinds of words in the list ``words``; a word of two kinds is of the first."""

_BMP: Final = 0x10000
_MANY: Final = 9
_SURROGATES: Final = range(0xD800, 0xE000)
_PARTS: Final = ",;/|()[]\n\r\t\u3001\uff0c\uff1b\uff08\uff09"
_BEFORE_REGION: Final = (
    "state of", "province of", "prov", "provincia de", "provincia di", "estado de",
)  # fmt: skip
_AFTER_REGION: Final = (
    "state", "province", "prov", "prefecture", "region", "sheng", "shi", "si", "do", "fu", "ken",
    "oblast", "krai", "county", "canton", "voivodeship", "autonomous region",
)  # fmt: skip


class Reader(NamedTuple):
    """What the compiled reader reads by, and what its numbers stand for."""

    alphabet: Alphabet
    lexicon: Lexicon
    known: Known
    names: pd.Index[str]
    countries: pd.Index[str]
    regions: tuple[dict[str, str], ...]


@functools.lru_cache(maxsize=4)
def reader_of(gazetteer: Gazetteer) -> Reader:
    """
    Return what free-form addresses are read by: names of places, regions and countries.

    Parameters
    ----------
    gazetteer
        The places.

    Returns
    -------
    reader
        Tables of hashes and of the places, countries and regions behind them; made once for a
        gazetteer, then kept.

    Examples
    --------
    >>> from hubscan.geocode import bundled
    >>> reader = reader_of(bundled())
    >>> len(reader.names) > 400_000
    True
    """
    names, start = gazetteer.spellings
    countries = pd.Index(gazetteer.cities["country"].cat.categories)
    # some countries have no place, but are not another one either
    countries = countries.append(pd.Index([row["code"] for row in listed("countries")])).unique()
    regions = listed("regions")
    lexicon, of_names, rows = _named(names, countries, regions)
    held = of_names[:, NAME] >= 0
    of_names[held, FIRST] = start[of_names[held, NAME]]
    of_names[held, LAST] = start[of_names[held, NAME] + 1]
    places, areas = _ground(gazetteer, regions)
    part_of = {row["code"]: row["part_of"] for row in listed("countries")}
    whole = _indices(countries, [part_of.get(code, "") for code in countries])
    known = Known(of_names, places, np.column_stack([rows, areas[rows]]), whole)
    return Reader(alphabet(), lexicon, known, names, countries, regions)


@functools.cache
def alphabet() -> Alphabet:
    """
    Return how single characters fold, as :func:`hubscan.geocode.fold.folded` folds texts.

    Returns
    -------
    alphabet
        Class and folded bytes of every character of the basic plane; others stay as they are.
    """
    kind = np.zeros(_BMP, np.uint8)
    texts = [b""] * _BMP
    for point in range(_BMP):
        letter = chr(point)
        if point in _SURROGATES or letter in _PARTS:
            kind[point] = BREAK if letter in _PARTS else 0
            continue
        # between two letters, so that what is silent is told from what parts words
        between = folded(f"x{letter}x")[1:-1] if point != ord("_") else " "
        kind[point] = 0 if between == " " else LETTER if between else SILENT
        texts[point] = between.encode() if kind[point] == LETTER else b""
    start = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    return Alphabet(kind, start, np.frombuffer(b"".join(texts), np.uint8))


def buffers(
    texts: Sequence[str] | pd.Series[str] | pd.Index[str],
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """
    Return the bytes of texts one after the other, and where each begins.

    Parameters
    ----------
    texts
        Texts; missing ones count as empty.

    Returns
    -------
    bytes_and_offsets
        UTF-8 bytes; one offset a text and a last one.
    """
    array = pa.array(texts, pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    _, offsets, content = array.buffers()
    first = array.offset
    begins = np.frombuffer(offsets, np.int64)[first : first + len(array) + 1]
    # a buffer of no bytes has no address
    held = np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
    return (held if len(held) else np.zeros(1, np.uint8)), begins


def _table(size: int) -> NDArray[np.uint64]:
    """Return an empty table of hashes, at most a third of which will be filled."""
    return np.zeros(1 << max(4, int(np.ceil(np.log2(3 * size + 1)))), np.uint64)


def _bare() -> Lexicon:
    """Return a lexicon that knows no names and no kinds of words."""
    none = np.zeros(16, np.uint64)
    numbers = np.zeros(16, np.int32)
    return Lexicon(none, none, numbers, none, numbers.astype(np.uint8), np.zeros(0, np.uint64))


def _hashes(texts: Sequence[str] | pd.Index[str], lexicon: Lexicon) -> NDArray[np.uint64]:
    """Return the hashes of texts, as they would stand in an address."""
    return hashed(*buffers(texts), alphabet(), lexicon)


def _worded() -> Lexicon:
    """Return a lexicon that knows kinds of words and what is spelled out, but no names."""
    bare = _bare()
    spelled = [text for pair in SPELLED_OUT.items() for text in pair]
    kinds: dict[str, int] = {}
    for row in listed("words"):
        for word in row["words"].split():
            kinds.setdefault(word, KINDS[row["kind"]])
    table = _table(len(kinds))
    slots = filled(table, _hashes(list(kinds), bare))
    numbers = np.zeros(len(table), np.uint8)
    numbers[slots] = list(kinds.values())
    return bare._replace(word_hashes=table, word_kinds=numbers, spelled=_hashes(spelled, bare))


def _named(
    names: pd.Index[str], countries: pd.Index[str], regions: tuple[dict[str, str], ...]
) -> tuple[Lexicon, NDArray[np.int64], NDArray[np.int64]]:
    """Return the names of places, countries and regions, hashed, and what is known of each."""
    of_country, of_region = _country_spellings(countries), _region_spellings(regions)
    texts = pd.Index([*names, *of_country, *of_region]).unique()
    lexicon, entry = _hashed(texts)
    known = np.full((len(texts) + 1, 6), -1, np.int64)
    known[:, [FIRST, LAST]] = 0
    known[entry[: len(names)][::-1], NAME] = np.arange(len(names), dtype=np.int32)[::-1]
    at = entry[texts.get_indexer(pd.Index(list(of_country)))]
    known[at, COUNTRY] = list(of_country.values())
    # two letters of another script are a name, two Latin ones an abbreviation
    known[:-1, LETTERS] = [len(text) if text.isascii() else _MANY for text in texts]
    lists: list[list[int]] = [[] for _ in texts]
    at = entry[texts.get_indexer(pd.Index(list(of_region)))]
    for number, rows in zip(at.tolist(), of_region.values(), strict=True):
        lists[number] = sorted({*lists[number], *rows})
    known[:, REGIONS] = np.cumsum([0, *map(len, lists)])
    return lexicon, known, np.array([row for rows in lists for row in rows], np.int64)


def _hashed(texts: pd.Index[str]) -> tuple[Lexicon, NDArray[np.int32]]:
    """Return a lexicon of names, and the number of each: of equal hashes, that of the first."""
    worded = _worded()
    hashes = _hashes(texts, worded)
    table = _table(len(texts))
    slots = filled(table, hashes)
    entries = np.full(len(table), -1, np.int32)
    entries[slots[::-1]] = np.arange(len(texts), dtype=np.int32)[::-1]
    maybe = np.zeros(len(table) // 16, np.uint64)
    mark(maybe, *buffers(texts), alphabet(), worded)
    return worded._replace(maybe=maybe, hashes=table, entries=entries), entries[slots]


def _country_spellings(countries: pd.Index[str]) -> dict[str, int]:
    """Return the number of the country of every folded spelling."""
    spelled = {}
    for row in listed("countries"):
        number = countries.get_indexer(pd.Index([row["code"]]))[0]
        for text in (*row["aliases"].split("; "), row["name"], row["alpha3"], row["code"]):
            if text and number >= 0:
                spelled[folded(text)] = int(number)
    return spelled


def _region_spellings(regions: tuple[dict[str, str], ...]) -> dict[str, list[int]]:
    """Return the rows of the regions of every folded spelling."""
    spelled: dict[str, list[int]] = {}
    for number, row in enumerate(regions):
        texts = {row["name"], *row["aliases"].split("; ")} - {""}
        texts |= {folded(text) for text in texts}
        longer = [f"{before} {row['name']}" for before in _BEFORE_REGION]
        longer += [f"{row['name']} {after}" for after in _AFTER_REGION]
        for key in {folded(text) for text in (*texts, *longer)}:
            spelled.setdefault(key, []).append(number)
    return spelled


def _ground(
    gazetteer: Gazetteer, regions: tuple[dict[str, str], ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of each name, side by side, and the country and number of each region."""
    cities, rows = gazetteer.cities, gazetteer.names["city"].to_numpy()
    country, admin1 = cities["country"].cat, cities["admin1"].cat
    there = country.codes.to_numpy(np.int64)
    degrees = cities[["latitude", "longitude"]].to_numpy(np.float64)
    columns = (
        np.arange(len(cities)),
        there,
        admin1.codes.to_numpy(np.int64),
        cities["population"].to_numpy(np.int64),
        np.round(degrees * 1e6).astype(np.int64),
    )
    areas = (
        _indices(country.categories, [row["country"] for row in regions]),
        _indices(admin1.categories, [row["admin1"] for row in regions]),
    )
    return np.column_stack(columns).astype(np.int64)[rows], np.column_stack(areas)


def _indices(categories: pd.Index[str], texts: list[str]) -> NDArray[np.int64]:
    """Return the numbers of texts among categories; -3 of others, which equals no country."""
    found = categories.get_indexer(pd.Index(texts))
    return np.where(found < 0, -3, found).astype(np.int64)
