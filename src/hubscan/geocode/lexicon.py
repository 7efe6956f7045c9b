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
    LAST,
    LAST_REGION,
    LETTERS,
    NAME,
    ORGANISATION,
    PEOPLE,
    REGIONS,
    STREET_AFTER,
    STREET_BEFORE,
    Alphabet,
    Known,
    Vocabulary,
)
from hubscan.geocode._listed import listed
from hubscan.geocode._scanning import BREAK, LETTER, SILENT, fill, fill_hashes, fresh, mark
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
    vocabulary: Vocabulary
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
    places = _places(gazetteer, start)
    # what is asked for most stands together
    order = np.argsort(-places[start[:-1], PEOPLE], kind="stable")
    of_country, of_region = _country_spellings(countries), _region_spellings(regions)
    texts = pd.Index([*names[order], *of_country, *of_region]).unique()
    named = _named(texts, order, of_country, of_region)
    table, rows = _placed(named, start, places)
    areas = _areas(gazetteer, regions)[named.regions]
    part_of = {row["code"]: row["part_of"] for row in listed("countries")}
    whole = _indices(countries, [part_of.get(code, "") for code in countries])
    known = Known(
        *_hashed(texts, rows), table, np.column_stack([named.regions, areas]), whole, np.zeros(3)
    )
    return Reader(alphabet(), _worded(), known, names, countries, regions)


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


class _Named(NamedTuple):
    """What is known of names but their places; the row each text has; rows of regions named."""

    known: NDArray[np.int32]
    row: NDArray[np.int64]
    regions: NDArray[np.int64]


def _bare() -> Vocabulary:
    """Return a vocabulary that knows no kinds of words."""
    none = np.zeros(16, np.uint64)
    return Vocabulary(none, none.astype(np.uint8), np.zeros(0, np.uint64))


def _hashes(texts: Sequence[str] | pd.Index[str], vocabulary: Vocabulary) -> NDArray[np.uint64]:
    """Return the hashes of texts, as they would stand in an address."""
    hashes = np.zeros(len(texts), np.uint64)
    fill_hashes(hashes, fresh(), buffers(texts), alphabet(), vocabulary)
    return hashes


def _slots(table: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return where hashes stand in a table once they are put there."""
    slots = np.empty(len(hashes), np.int64)
    fill(table, hashes, slots)
    return slots


@functools.cache
def _worded() -> Vocabulary:
    """Return the vocabulary: kinds of words, and what is spelled out."""
    bare = _bare()
    spelled = [text for pair in SPELLED_OUT.items() for text in pair]
    kinds: dict[str, int] = {}
    for row in listed("words"):
        for word in row["words"].split():
            kinds.setdefault(word, KINDS[row["kind"]])
    table = _table(len(kinds))
    slots = _slots(table, _hashes(list(kinds), bare))
    numbers = np.zeros(len(table), np.uint8)
    numbers[slots] = list(kinds.values())
    return Vocabulary(table, numbers, _hashes(spelled, bare))


def _named(
    texts: pd.Index[str],
    order: NDArray[np.int64],
    of_country: dict[str, int],
    of_region: dict[str, list[int]],
) -> _Named:
    """Return what is known of each text; ``order`` has the numbers of the names among them."""
    hashes = pd.Index(_hashes(texts, _worded()))
    # of equal hashes, that of the first
    first = np.flatnonzero(~hashes.duplicated())
    row = first[hashes[first].get_indexer(hashes)]
    known = np.full((len(texts), 6), -1, np.int32)
    known[row[: len(order)][::-1], NAME] = order[::-1]
    at = row[texts.get_indexer(pd.Index(list(of_country)))]
    known[at, COUNTRY] = list(of_country.values())
    # two letters of another script are a name, two Latin ones an abbreviation
    known[:, LETTERS] = [len(text) if text.isascii() else _MANY for text in texts]
    lists: list[list[int]] = [[] for _ in texts]
    at = row[texts.get_indexer(pd.Index(list(of_region)))]
    for number, rows in zip(at.tolist(), of_region.values(), strict=True):
        lists[number] = sorted({*lists[number], *rows})
    ends = np.cumsum([0, *map(len, lists)])
    known[:, REGIONS], known[:, LAST_REGION] = ends[:-1], ends[1:]
    return _Named(known, row, np.array([row for rows in lists for row in rows], np.int64))


def _placed(
    named: _Named, start: NDArray[np.int64], places: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return what is known of each name, its places behind it; and where each text's name is."""
    known, held = named.known, named.known[:, NAME] >= 0
    begin, count = np.zeros((2, len(known)), np.int64)
    begin[held] = start[known[held, NAME]]
    count[held] = start[known[held, NAME] + 1] - begin[held]
    at = np.cumsum(1 + count) - count - 1
    known[:, LAST] = at + 1 + count
    table = np.empty((len(known) + count.sum(), known.shape[1]), np.int32)
    table[at] = known
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    table[np.repeat(at + 1, count) + step] = places[np.repeat(begin, count) + step]
    return table, at[named.row]


def _hashed(
    texts: pd.Index[str], rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return which hashes may be known, and those of names with the row of each."""
    table = _table(len(texts))
    slots = _slots(table, _hashes(texts, _worded()))
    told = np.zeros(len(table), np.uint64)
    told[slots] = rows
    maybe = np.zeros(len(table) // 16, np.uint64)
    mark(maybe, fresh(), buffers(texts), alphabet(), _worded())
    return maybe, np.column_stack([table, told])


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


def _places(gazetteer: Gazetteer, start: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the places of each name, side by side, the largest first."""
    cities, rows = gazetteer.cities, gazetteer.names["city"].to_numpy()
    degrees = cities[["latitude", "longitude"]].to_numpy(np.float64)
    columns = (
        np.arange(len(cities)),
        cities["country"].cat.codes.to_numpy(np.int64),
        cities["admin1"].cat.codes.to_numpy(np.int64),
        cities["population"].to_numpy(np.int64),
        np.round(degrees * 1e6).astype(np.int64),
    )
    places = np.column_stack(columns).astype(np.int32)[rows]
    name = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.lexsort((-places[:, PEOPLE], name))
    return np.asarray(places[order], np.int32)


def _areas(gazetteer: Gazetteer, regions: tuple[dict[str, str], ...]) -> NDArray[np.int64]:
    """Return the country and number of each region."""
    country, admin1 = gazetteer.cities["country"].cat, gazetteer.cities["admin1"].cat
    columns = (
        _indices(country.categories, [row["country"] for row in regions]),
        _indices(admin1.categories, [row["admin1"] for row in regions]),
    )
    return np.column_stack(columns)


def _indices(categories: pd.Index[str], texts: list[str]) -> NDArray[np.int64]:
    """Return the numbers of texts among categories; -3 of others, which equals no country."""
    found = categories.get_indexer(pd.Index(texts))
    return np.where(found < 0, -3, found).astype(np.int64)
