"""Compiled: read addresses from right to left, and say which city, region and country they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.geocode._compiled import (
    ADMIN1,
    AMONG,
    ANYWHERE,
    AS_REGION,
    CITY,
    CODE,
    CONFLICT,
    COUNTRY,
    FORMER,
    IN_NAME,
    LETTERS,
    LONGEST,
    NAME,
    NOTHING,
    NOWHERE,
    ORGANISATION,
    PEOPLE,
    PLAIN,
    REGIONS,
    STREET_AFTER,
    STREET_BEFORE,
    THERE,
    compiled,
    inlined,
)
from hubscan.geocode._scanning import fresh, name, scanned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.geocode._compiled import Alphabet, Known, Lexicon, Words

    Reading = tuple[int, int, int, int, int, int]
    """Name, country, region, pin (row of a place), where it was found, how well."""

_ABBREVIATION: Final = 3
_NEAR_KM: Final = 50.0
_KM_PER_DEGREE: Final = 111.2
UNSURE, FOUND, CONFIRMED = 1, 2, 3


@inlined
def _entry(words: Words, begin: int, end: int) -> int:
    """Return the number of the name that some words make up, or none."""
    return np.int64(words.names[begin * LONGEST + end - begin - 1])


@compiled
def _people(known: Known, name: int, country: int, admin1: int) -> int:
    """Return the inhabitants of the largest place of a name in a country and region, or -1."""
    most = np.int64(-1)
    for k in range(known.start[name], known.start[name + 1]):
        there = np.int64(known.places[k, THERE])
        own = country in (ANYWHERE, there) or known.whole[there] == country
        if own and (admin1 < 0 or known.places[k, ADMIN1] == admin1):
            most = max(most, known.places[k, PEOPLE])
    return most


@compiled
def _block(words: Words, n: int) -> None:
    """Mark the words that make up names of streets."""
    for k in range(n):
        words.blocked[k] = 0
    for k in range(n):
        if words.kind[k] == STREET_AFTER:
            j = k
            while j >= 0 and words.segment[j] == words.segment[k] and words.kind[j] != CODE:
                words.blocked[j] = 1
                j -= 1
        elif words.kind[k] == STREET_BEFORE:
            j = k
            while j < n and words.segment[j] == words.segment[k] and words.kind[j] != CODE:
                words.blocked[j] = 1
                j += 1


@inlined
def _nameable(words: Words, begin: int, end: int) -> bool:
    """Return whether some words in a row can be a name."""
    speaks = False
    for k in range(begin, end):
        kind = words.kind[k]
        if kind == CODE or words.blocked[k]:
            return False
        speaks |= kind == PLAIN
    return speaks


@compiled
def _best(  # noqa: PLR0913 - compiled
    known: Known, words: Words, begin: int, end: int, country: int, admin1: int
) -> tuple[int, int]:
    """Return the longest name of a fitting place in a stretch, the largest of equals; its words."""
    for n in range(min(LONGEST, end - begin), 0, -1):
        best, most = NOWHERE, np.int64(-1)
        for first in range(end - n, begin - 1, -1):
            if not _nameable(words, first, first + n):
                continue
            entry = _entry(words, first, first + n)
            if entry < 0 or known.names[entry, NAME] < 0 or known.names[entry, LETTERS] <= 2:  # noqa: PLR2004 - letters
                continue
            people = _people(known, np.int64(known.names[entry, NAME]), country, admin1)
            if people > most:
                best, most = entry, people
        if best >= 0:
            return best, n
    return NOWHERE, 0


@inlined
def _start(words: Words, end: int) -> int:
    """Return where the segment begins whose last word stands before a position."""
    begin = end - 1
    while begin > 0 and words.segment[begin - 1] == words.segment[end - 1]:
        begin -= 1
    return begin


@inlined
def _uncoded(words: Words, end: int) -> int:
    """Return a position with the codes before it left out."""
    while end > 0 and words.kind[end - 1] == CODE:
        end -= 1
    return end


@inlined
def _of_organisation(words: Words, begin: int, end: int) -> bool:
    """Return whether a segment holds a word of organisations."""
    for k in range(begin, end):
        if words.kind[k] == ORGANISATION:
            return True
    return False


@compiled
def _alone(  # noqa: PLR0913 - compiled
    known: Known, words: Words, begin: int, end: int, place: tuple[int, int]
) -> int:
    """Return the name that a segment is as a whole, such as College Station, if it fits."""
    while begin < end and words.kind[begin] == CODE:
        begin += 1
    end = _uncoded(words, end)
    if not 1 < end - begin <= LONGEST:
        return NOWHERE
    for k in range(begin, end):
        if words.kind[k] == CODE:
            return NOWHERE
    entry = _entry(words, begin, end)
    if entry < 0 or known.names[entry, NAME] < 0:
        return NOWHERE
    people = _people(known, np.int64(known.names[entry, NAME]), place[0], place[1])
    return entry if people >= 0 else NOWHERE


@compiled
def _searched(  # noqa: PLR0913 - compiled
    known: Known, words: Words, end: int, place: tuple[int, int], named: bool  # noqa: FBT001 - compiled
) -> tuple[int, int]:
    """Return the first name from the right that fits, and where its segment begins."""
    while end > 0:
        begin = _start(words, end)
        if named or not _of_organisation(words, begin, end):
            entry, _ = _best(known, words, begin, end, place[0], place[1])
        else:
            entry = _alone(known, words, begin, end, place)
        if entry >= 0:
            return entry, begin
        end = begin
    return NOWHERE, 0


@compiled
def _largest(known: Known, name: int, country: int, admin1: int) -> int:
    """Return the row of the most populous place of a name in a country and region."""
    best, most = NOWHERE, np.int64(-1)
    for k in range(known.start[name], known.start[name + 1]):
        there = np.int64(known.places[k, THERE])
        own = country in (ANYWHERE, there) or known.whole[there] == country
        if own and (admin1 < 0 or known.places[k, ADMIN1] == admin1) and known.places[k, PEOPLE] > most:
            best, most = k, known.places[k, PEOPLE]
    return best


@compiled
def _finer(  # noqa: PLR0913 - compiled
    known: Known, words: Words, end: int, place: tuple[int, int], name: int
) -> int:
    """Return the place that the segment before names alone, if it lies near the one found."""
    end = _uncoded(words, end)
    near = _largest(known, name, place[0], place[1])
    if end == 0 or near < 0:
        return NOWHERE
    begin = _start(words, end)
    while begin < end and words.kind[begin] == CODE:
        begin += 1
    if end - begin > LONGEST or not _nameable(words, begin, end):
        return NOWHERE
    entry = _entry(words, begin, end)
    if entry < 0 or known.names[entry, NAME] < 0 or known.names[entry, NAME] == name:
        return NOWHERE
    best, most = NOWHERE, np.int64(-1)
    finer = np.int64(known.names[entry, NAME])
    narrow = np.cos(np.radians(known.degrees[near, 0]))
    for k in range(known.start[finer], known.start[finer + 1]):
        north = np.float64(known.degrees[k, 0]) - np.float64(known.degrees[near, 0])
        east = (np.float64(known.degrees[k, 1]) - np.float64(known.degrees[near, 1])) * narrow
        away = _KM_PER_DEGREE * np.hypot(north, east)
        same = known.places[k, THERE] == known.places[near, THERE]
        if same and away <= _NEAR_KM and known.places[k, PEOPLE] > most:
            best, most = np.int64(known.places[k, CITY]), known.places[k, PEOPLE]
    return best


@compiled
def _region(known: Known, words: Words, end: int, country: int) -> int:
    """Return how many of the last words name a region of a country; 0 if none do."""
    begin = _start(words, end)
    for n in range(min(LONGEST, end - begin), 0, -1):
        entry = _entry(words, end - n, end)
        if entry < 0 or _of_organisation(words, begin, end - n):
            continue
        for k in range(known.names[entry, REGIONS], known.names[entry + 1, REGIONS]):
            there = np.int64(known.areas[known.regions[k], 0])
            if country in (ANYWHERE, there):
                return n
    return 0


@compiled
def _in_region(
    known: Known, words: Words, end: int, country: int
) -> Reading:
    """Return the reading of an address whose last words name a region, if they do."""
    n = _region(known, words, end, country)
    nothing = (NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0)
    if n == 0:
        return nothing
    entry = _entry(words, end - n, end)
    best, most = nothing, np.int64(-1)
    for k in range(known.names[entry, REGIONS], known.names[entry + 1, REGIONS]):
        region = np.int64(known.regions[k])
        there = np.int64(known.areas[region, 0])
        if country not in (ANYWHERE, there):
            continue
        place = (there, np.int64(known.areas[region, 1]))
        found, begin = _searched(known, words, end - n, place, False)  # noqa: FBT003 - compiled
        if found >= 0:
            name = np.int64(known.names[found, NAME])
            people = _people(known, name, place[0], place[1])
            if people > most:
                pin = _finer(known, words, begin, place, name)
                best, most = (name, there, region, pin, AMONG, CONFIRMED), people
        elif most < 0 and best[5] < FOUND:
            best = _by_region(known, words, end - n, (entry, country, region))
    return best


@compiled
def _by_region(
    known: Known, words: Words, end: int, told: tuple[int, int, int]
) -> Reading:
    """Return the reading of an address with no city but, perhaps, the region's own or a name's."""
    entry, country, region = told
    there = np.int64(known.areas[region, 0])
    place = (there, np.int64(known.areas[region, 1]))
    name = np.int64(known.names[entry, NAME])
    if name >= 0 and known.names[entry, LETTERS] > _ABBREVIATION:
        if _people(known, name, place[0], place[1]) >= 0:
            return name, there, region, NOWHERE, AS_REGION, FOUND
    found, _ = _searched(known, words, end, place, True)  # noqa: FBT003 - compiled
    if found >= 0:
        return np.int64(known.names[found, NAME]), there, region, NOWHERE, IN_NAME, UNSURE
    known = there if country != ANYWHERE else country
    return NOWHERE, known, region, NOWHERE, NOTHING, 0


@compiled
def _within(known: Known, words: Words, end: int, country: int) -> Reading:
    """Return the reading of an address in a country, or in any."""
    end = _uncoded(words, end)
    if end == 0:
        return NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0
    best = _in_region(known, words, end, country)
    if best[5] >= FOUND or (best[2] >= 0 and country != ANYWHERE):
        return best
    place = (country, NOWHERE)
    found, begin = _searched(known, words, end, place, False)  # noqa: FBT003 - compiled
    if found >= 0:
        name = np.int64(known.names[found, NAME])
        pin = NOWHERE
        if country != ANYWHERE:
            pin = _finer(known, words, begin, place, name)
        return name, country, NOWHERE, pin, AMONG, FOUND
    if country == ANYWHERE:
        return NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0
    found, _ = _searched(known, words, end, place, True)  # noqa: FBT003 - compiled
    if found >= 0:
        return np.int64(known.names[found, NAME]), country, NOWHERE, NOWHERE, IN_NAME, UNSURE
    return NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0


@compiled
def _country(known: Known, words: Words, end: int) -> int:
    """Return how many of the last words name a country; 0 if none do."""
    begin = _start(words, end)
    for n in range(min(LONGEST, end - begin), 0, -1):
        entry = _entry(words, end - n, end)
        if entry >= 0 and known.names[entry, COUNTRY] >= 0:
            return n
    return 0


@compiled
def _read(known: Known, words: Words, n: int, given: int) -> Reading:
    """Return the reading of one address."""
    end = _uncoded(words, n)
    length = _country(known, words, end) if end else 0
    if length == 0:
        return _within(known, words, end, given)
    entry = _entry(words, end - length, end)
    told = np.int64(known.names[entry, COUNTRY])
    name = np.int64(known.names[entry, NAME])
    if given != told and _region(known, words, end, given) == length:
        # a state or a country, such as CA and Georgia: the state if it has such a city
        best = _within(known, words, end, given)
        if given >= 0:
            return best
        other = _within(known, words, end - length, told)
        if best[5] == CONFIRMED and other[5] < CONFIRMED:
            return best
    if given in (ANYWHERE, told) or known.whole[told] == given:
        country = told
    elif known.whole[given] == told:
        country = given
    elif name >= 0 and _people(known, name, given, NOWHERE) >= 0:
        return _within(known, words, end, given)
    else:
        return NOWHERE, given, NOWHERE, NOWHERE, CONFLICT, 0
    best = _within(known, words, end - length, country)
    if best[0] < 0 and name >= 0 and _people(known, name, country, NOWHERE) >= 0:
        return name, country, best[2], NOWHERE, AS_REGION, FOUND
    return best


@compiled
def readings(  # noqa: PLR0913 - compiled
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    given: NDArray[np.int16],
    alphabet: Alphabet,
    lexicon: Lexicon,
    known: Known,
) -> NDArray[np.int32]:
    """
    Return how addresses read: name, country, region, pin and where it was found, one row each.

    ``given`` holds the number of the country given with each, ``ANYWHERE`` or ``FORMER``.
    """
    words = fresh()
    found = np.full((len(given), 5), NOWHERE, np.int32)
    for k in range(len(given)):
        found[k, 4] = NOTHING
        if given[k] == FORMER:
            found[k, 1] = FORMER
            continue
        n = scanned(data, offsets[k], offsets[k + 1], alphabet, lexicon, words)
        name(lexicon, words, n)
        _block(words, n)
        reading = _read(known, words, n, np.int64(given[k]))
        for j in range(5):
            found[k, j] = reading[j]
    return found
