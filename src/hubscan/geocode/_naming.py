"""Compiled: find the names of places among the words of addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.geocode._compiled import (
    ADMIN1,
    AFFIX,
    AMID,
    AMONG,
    ANYWHERE,
    BLOCKED,
    CITY,
    CODE,
    EAST,
    FILLER,
    KIND,
    LAST,
    LETTERS,
    LONGEST,
    LOOKED_UP,
    NAME,
    NAMES,
    NORTH,
    NOTHING,
    NOWHERE,
    ORGANISATION,
    PEOPLE,
    PLAIN,
    SEGMENT,
    STREET_AFTER,
    STREET_BEFORE,
    SUBURB_IN_REGION_KM,
    SUBURB_KM,
    THERE,
    inlined,
)
from hubscan.geocode._scanning import look_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.geocode._compiled import Known

ABBREVIATION: Final = 3
"""Letters of names that may be abbreviations, at most."""

_DEGREE: Final = 1e-6
_KM_PER_DEGREE: Final = 111.2


@inlined
def number(known: Known, row: int, column: int) -> int:
    """Return a number that is known, as wide as all that is reckoned with."""
    return int(np.int64(known.rows[row, column]))


@inlined
def entry_of(known: Known, words: NDArray[np.int64], begin: int, end: int) -> int:
    """Return the row of the name that some words make up, or none."""
    if not words[begin, LOOKED_UP]:
        look_up(known, words, begin)
    return int(words[begin, NAMES + end - begin - 1])


@inlined
def largest_of(known: Known, name: int, country: int, admin1: int) -> int:
    """Return the row of the most populous place of a name in a country and region."""
    for k in range(name + 1, number(known, name, LAST)):
        there = number(known, k, THERE)
        if country in (ANYWHERE, there) and (admin1 < 0 or number(known, k, ADMIN1) == admin1):
            return k
    return NOWHERE


@inlined
def people_of(known: Known, name: int, country: int, admin1: int) -> int:
    """Return the inhabitants of the largest place of a name in a country and region, or -1."""
    largest = largest_of(known, name, country, admin1)
    return number(known, largest, PEOPLE) if largest >= 0 else -1


@inlined
def block_streets(words: NDArray[np.int64], n: int) -> None:
    """Mark the words that make up names of streets."""
    for k in range(n):
        words[k, BLOCKED] = 0
    for k in range(n):
        if words[k, KIND] == STREET_AFTER:
            j = k
            while j >= 0 and words[j, SEGMENT] == words[k, SEGMENT] and words[j, KIND] != CODE:
                words[j, BLOCKED] = 1
                j -= 1
        elif words[k, KIND] == STREET_BEFORE:
            j = k
            while j < n and words[j, SEGMENT] == words[k, SEGMENT] and words[j, KIND] != CODE:
                words[j, BLOCKED] = 1
                j += 1


@inlined
def _nameable(words: NDArray[np.int64], begin: int, end: int) -> bool:
    """Return whether some words in a row can be a name."""
    speaks = False
    for k in range(begin, end):
        kind = words[k, KIND]
        if kind == CODE or words[k, BLOCKED]:
            return False
        speaks |= kind == PLAIN
    return speaks


@inlined
def _best(
    known: Known, words: NDArray[np.int64], begin: int, end: int, country: int, admin1: int
) -> tuple[int, int]:
    """Return the longest name of a fitting place in a stretch, the largest of equals; its words."""
    for n in range(min(LONGEST, end - begin), 0, -1):
        best, most = NOWHERE, -1
        for first in range(end - n, begin - 1, -1):
            if not _nameable(words, first, first + n):
                continue
            entry = entry_of(known, words, first, first + n)
            if entry < 0 or number(known, entry, NAME) < 0 or number(known, entry, LETTERS) <= 2:  # noqa: PLR2004 - letters
                continue
            people = people_of(known, entry, country, admin1)
            if people > most:
                best, most = entry, people
        if best >= 0:
            return best, n
    return NOWHERE, 0


@inlined
def start_of(words: NDArray[np.int64], end: int) -> int:
    """Return where the segment begins whose last word stands before a position."""
    begin = end - 1
    while begin > 0 and words[begin - 1, SEGMENT] == words[end - 1, SEGMENT]:
        begin -= 1
    return begin


@inlined
def uncoded(words: NDArray[np.int64], end: int) -> int:
    """Return a position with the codes before it left out."""
    while end > 0 and words[end - 1, KIND] == CODE:
        end -= 1
    return end


@inlined
def of_organisation(words: NDArray[np.int64], begin: int, end: int) -> bool:
    """Return whether a segment holds a word of organisations."""
    found = False
    for k in range(begin, end):
        found |= words[k, KIND] == ORGANISATION
    return found


@inlined
def _alone(
    known: Known, words: NDArray[np.int64], begin: int, end: int, place: tuple[int, int]
) -> int:
    """Return the name that a segment is as a whole, such as College Station, if it fits."""
    organised = of_organisation(words, begin, end)
    while begin < end and words[begin, KIND] == CODE:
        begin += 1
    end = uncoded(words, end)
    if end <= begin or end - begin > LONGEST or (organised and end - begin == 1):
        return NOWHERE
    entry = entry_of(known, words, begin, end)
    if entry < 0 or number(known, entry, LETTERS) <= ABBREVIATION:
        return NOWHERE
    people = people_of(known, entry, place[0], place[1])
    return entry if people >= 0 else NOWHERE


@inlined
def _plain(words: NDArray[np.int64], begin: int, end: int) -> int:
    """Return how many words of a segment could be names, alone."""
    count = 0
    for k in range(begin, end):
        count += words[k, KIND] not in (CODE, AFFIX, FILLER) and not words[k, BLOCKED]
    return count


@inlined
def searched(
    known: Known,
    words: NDArray[np.int64],
    end: int,
    place: tuple[int, int],
    named: bool,  # noqa: FBT001 - compiled
) -> tuple[int, int, int]:
    """Return the first name from the right that fits, where its segment begins, and its way."""
    while end > 0:
        begin = start_of(words, end)
        entry, n = NOWHERE, 0
        if named or not of_organisation(words, begin, end):
            entry, n = _best(known, words, begin, end, place[0], place[1])
        if entry < 0:
            entry, n = _alone(known, words, begin, end, place), end - begin
        if entry >= 0:
            return entry, begin, AMONG if n >= _plain(words, begin, end) else AMID
        end = begin
    return NOWHERE, 0, NOTHING


@inlined
def finer(
    known: Known, words: NDArray[np.int64], end: int, place: tuple[int, int], name: int
) -> int:
    """Return the place that the segment before names alone, if it lies near the one found."""
    end = uncoded(words, end)
    near = largest_of(known, name, place[0], place[1])
    if end == 0 or near < 0:
        return NOWHERE
    begin = start_of(words, end)
    while begin < end and words[begin, KIND] == CODE:
        begin += 1
    if end - begin > LONGEST or not _nameable(words, begin, end):
        return NOWHERE
    entry = entry_of(known, words, begin, end)
    if entry < 0 or number(known, entry, NAME) < 0 or entry == name:
        return NOWHERE
    narrow = np.cos(np.radians(number(known, near, NORTH) * _DEGREE))
    for k in range(entry + 1, number(known, entry, LAST)):
        north = (number(known, k, NORTH) - number(known, near, NORTH)) * _DEGREE
        east = (number(known, k, EAST) - number(known, near, EAST)) * _DEGREE * narrow
        away = _KM_PER_DEGREE * np.hypot(north, east)
        same = number(known, k, THERE) == number(known, near, THERE)
        reach = known.limits[SUBURB_KM]
        if number(known, k, ADMIN1) == number(known, near, ADMIN1):
            reach = known.limits[SUBURB_IN_REGION_KM]
        if same and away <= reach:
            return number(known, k, CITY)
    return NOWHERE
