"""Compiled: read addresses from right to left, and say which city, region and country they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.geocode._compiled import (
    ANYWHERE,
    AS_REGION,
    CONFLICT,
    COUNTRY,
    FORMER,
    IN_NAME,
    LARGE,
    LAST_REGION,
    LETTERS,
    LONGEST,
    NAME,
    NOTHING,
    NOWHERE,
    REGIONS,
    compiled,
    inlined,
)
from hubscan.geocode._naming import (
    ABBREVIATION,
    block_streets,
    entry_of,
    finer,
    number,
    of_organisation,
    people_of,
    searched,
    start_of,
    uncoded,
)
from hubscan.geocode._scanning import scanned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hubscan.geocode._compiled import Alphabet, Known, Vocabulary

    Reading = tuple[int, int, int, int, int, int]
    """Name, country, region, pin (row of a place), where it was found, how well."""

UNSURE, FOUND, CONFIRMED = 1, 2, 3


@inlined
def _region(known: Known, words: NDArray[np.int64], end: int, country: int) -> int:
    """Return how many of the last words name a region of a country; 0 if none do."""
    begin = start_of(words, end)
    for n in range(min(LONGEST, end - begin), 0, -1):
        entry = entry_of(known, words, end - n, end)
        if entry < 0 or of_organisation(words, begin, end - n):
            continue
        for k in range(number(known, entry, REGIONS), number(known, entry, LAST_REGION)):
            there = int(known.regions[k, 1])
            if country in (ANYWHERE, there):
                return n
    return 0


@compiled
def _in_region(known: Known, words: NDArray[np.int64], end: int, country: int) -> Reading:
    """Return the reading of an address whose last words name a region, if they do."""
    n = _region(known, words, end, country)
    nothing = (NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0)
    if n == 0:
        return nothing
    entry = entry_of(known, words, end - n, end)
    best, most = nothing, -1
    for k in range(number(known, entry, REGIONS), number(known, entry, LAST_REGION)):
        region = int(known.regions[k, 0])
        there = int(known.regions[k, 1])
        if country not in (ANYWHERE, there):
            continue
        place = (there, int(known.regions[k, 2]))
        found, begin, way = searched(known, words, end - n, place, False)  # noqa: FBT003 - compiled
        if found >= 0:
            people = people_of(known, found, place[0], place[1])
            if people > most:
                pin = finer(known, words, begin, place, found)
                best, most = (found, there, region, pin, way, CONFIRMED), people
        elif most < 0 and best[5] < FOUND:
            best = _by_region(known, words, end - n, (entry, country, k))
    return best


@compiled
def _by_region(
    known: Known, words: NDArray[np.int64], end: int, told: tuple[int, int, int]
) -> Reading:
    """Return the reading of an address with no city but, perhaps, the region's own or a name's."""
    entry, country, at = told
    region = int(known.regions[at, 0])
    there = int(known.regions[at, 1])
    place = (there, int(known.regions[at, 2]))
    spelled_out = number(known, entry, LETTERS) > ABBREVIATION
    if spelled_out and people_of(known, entry, place[0], place[1]) >= 0:
        return entry, there, region, NOWHERE, AS_REGION, FOUND
    found, _, _ = searched(known, words, end, place, True)  # noqa: FBT003 - compiled
    if found >= 0:
        return found, there, region, NOWHERE, IN_NAME, UNSURE
    where = there if country != ANYWHERE else country
    return NOWHERE, where, region, NOWHERE, NOTHING, 0


@compiled
def _within(  # noqa: C901, PLR0911 - the answers in their order
    known: Known, words: NDArray[np.int64], end: int, country: int
) -> Reading:
    """Return the reading of an address in a country, or in any."""
    end = uncoded(words, end)
    if end == 0:
        return NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0
    best = _in_region(known, words, end, country)
    if best[5] >= FOUND:
        return best
    if best[2] >= 0 and country != ANYWHERE:
        n = _region(known, words, end, country)
        entry = entry_of(known, words, end - n, end)
        # a city may bear the name of a region that it is not in, such as Washington
        large = number(known, entry, LETTERS) > ABBREVIATION
        if large and people_of(known, entry, country, NOWHERE) >= known.limits[LARGE]:
            return entry, country, NOWHERE, NOWHERE, AS_REGION, FOUND
        return best
    place = (country, NOWHERE)
    found, begin, way = searched(known, words, end, place, False)  # noqa: FBT003 - compiled
    if found >= 0:
        pin = NOWHERE
        if country != ANYWHERE:
            pin = finer(known, words, begin, place, found)
        return found, country, NOWHERE, pin, way, FOUND
    if country == ANYWHERE:
        return NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0
    found, _, _ = searched(known, words, end, place, True)  # noqa: FBT003 - compiled
    if found >= 0:
        return found, country, NOWHERE, NOWHERE, IN_NAME, UNSURE
    return NOWHERE, country, NOWHERE, NOWHERE, NOTHING, 0


@inlined
def _country(known: Known, words: NDArray[np.int64], end: int) -> int:
    """Return how many of the last words name a country; 0 if none do."""
    begin = start_of(words, end)
    for n in range(min(LONGEST, end - begin), 0, -1):
        entry = entry_of(known, words, end - n, end)
        if entry >= 0 and number(known, entry, COUNTRY) >= 0:
            return n
    return 0


@compiled
def _read(  # noqa: C901, PLR0911 - the answers in their order
    known: Known, words: NDArray[np.int64], n: int, given: int
) -> Reading:
    """Return the reading of one address."""
    end = uncoded(words, n)
    length = _country(known, words, end) if end else 0
    if length == 0:
        return _within(known, words, end, given)
    entry = entry_of(known, words, end - length, end)
    told = number(known, entry, COUNTRY)
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
    elif people_of(known, entry, given, NOWHERE) >= 0:
        return _within(known, words, end, given)
    else:
        return NOWHERE, given, NOWHERE, NOWHERE, CONFLICT, 0
    best = _within(known, words, end - length, country)
    if best[0] < 0 and people_of(known, entry, country, NOWHERE) >= 0:
        return entry, country, best[2], NOWHERE, AS_REGION, FOUND
    return best


@compiled
def read(
    found: NDArray[np.int32],
    words: NDArray[np.int64],
    texts: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    alphabet: Alphabet,
    vocabulary: Vocabulary,
    known: Known,
) -> None:
    """
    Put down how addresses read: name, country, region, pin and where it was found, one row each.

    ``texts`` are their bytes, where each begins, and the number of the country given with each,
    ``ANYWHERE`` or ``FORMER``; ``words`` is room for those of one address.
    """
    data, offsets, given = texts
    for k in range(len(given)):
        for j in range(4):
            found[k, j] = NOWHERE
        found[k, 4] = NOTHING
        if given[k] == FORMER:
            found[k, 1] = FORMER
            continue
        n = scanned(data, offsets[k], offsets[k + 1], alphabet, vocabulary, words)
        block_streets(words, n)
        reading = _read(known, words, n, int(given[k]))
        for j in range(5):
            found[k, j] = reading[j]
        if reading[0] >= 0:
            found[k, 0] = known.rows[reading[0], NAME]
