"""Compiled: fold the bytes of addresses, split them into words and segments, and hash those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.geocode._compiled import (
    CODE,
    HASH,
    KIND,
    LONGEST,
    LOOKED_UP,
    NAMES,
    NO_HASH,
    NOWHERE,
    PLAIN,
    SEGMENT,
    Alphabet,
    Known,
    Vocabulary,
    compiled,
    inlined,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BYTES: Final = 2000
_WORDS: Final = _BYTES + 2
_PRIME: Final = np.uint64(0x100000001B3)
_BASIS: Final = np.uint64(0xCBF29CE484222325)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_S29, _S32 = np.uint64(29), np.uint64(32)
_ONE, _SIX, _SIXTY_THREE = np.uint64(1), np.uint64(6), np.uint64(63)
_ASCII, _TWO, _THREE, _FOUR = 0x80, 0xC0, 0xE0, 0xF0
_BMP: Final = 0x10000
_SPACE: Final = 32
BREAK, LETTER, SILENT = 1, 2, 3
"""Classes of characters: that part segments, that make up words, that are passed over."""


@inlined
def mixed(value: np.uint64) -> np.uint64:
    """Return a number whose bits all depend on all bits of another, and never 0."""
    value = (value ^ (value >> _S32)) * _MIX
    value = value ^ (value >> _S29)
    return value if value != NO_HASH else _MIX


@inlined
def slot(hashes: NDArray[np.uint64], value: np.uint64) -> int:
    """Return where a hash stands in a table, or where it would."""
    mask = len(hashes) - 1
    at = int(np.int64(value & np.uint64(mask)))
    while hashes[at] != NO_HASH and hashes[at] != value:
        at = (at + 1) & mask
    return at


@compiled
def fill(hashes: NDArray[np.uint64], values: NDArray[np.uint64], slots: NDArray[np.int64]) -> None:
    """Put values into a table of hashes, and down the slot of each."""
    for k in range(len(values)):
        slots[k] = slot(hashes, values[k])
        hashes[slots[k]] = values[k]


@inlined
def _letter(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Return the code point at a byte of a UTF-8 text, and how many bytes it takes."""
    lead = int(data[at])
    if lead < _ASCII:
        return lead, 1
    if lead < _THREE and at + 1 < end:
        return ((lead & 31) << 6) | (int(data[at + 1]) & 63), 2
    if lead < _FOUR and at + 2 < end:
        rest = ((int(data[at + 1]) & 63) << 6) | (int(data[at + 2]) & 63)
        return ((lead & 15) << 12) | rest, 3
    return _BMP, 4 if lead >= _FOUR else 1


@inlined
def _closed(
    vocabulary: Vocabulary,
    words: NDArray[np.int64],
    n: int,
    value: np.uint64,
    coded: bool,  # noqa: FBT001 - compiled code takes no keywords
) -> int:
    """Close the word that is being read, and return how many there are."""
    value = mixed(value)
    words[n, KIND] = CODE if coded else PLAIN
    words[n, LOOKED_UP] = 0
    if not coded:
        at = slot(vocabulary.hashes, value)
        if vocabulary.hashes[at] == value:
            words[n, KIND] = vocabulary.kinds[at]
        for k in range(0, len(vocabulary.spelled), 2):
            if vocabulary.spelled[k] == value:
                value = vocabulary.spelled[k + 1]
    words[n, HASH] = np.int64(value)
    return n + 1


@inlined
def scanned(  # noqa: C901, PLR0912, PLR0915 - one pass over bytes, compiled
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    alphabet: Alphabet,
    vocabulary: Vocabulary,
    words: NDArray[np.int64],
) -> int:
    """Fold a text, split it into words and segments, and return the number of words."""
    n, segment, value, length, coded, dash = 0, 0, _BASIS, 0, False, False
    at = begin
    if end - begin > _BYTES:
        at = end - _BYTES
        while at < end and _ASCII <= data[at] < _TWO:
            at += 1
    while at < end:
        point, size = _letter(data, at, end)
        if point >= _BMP:
            for k in range(at, min(at + size, end)):
                value = (value ^ np.uint64(data[k])) * _PRIME
            length += 1
            at += size
            continue
        kind = alphabet.kind[point]
        if kind == SILENT:
            at += size
            continue
        if kind == LETTER:
            dash = False
            for k in range(alphabet.start[point], alphabet.start[point + 1]):
                byte = alphabet.folded[k]
                if byte == _SPACE:
                    if length:
                        words[n, SEGMENT] = segment
                        n = _closed(vocabulary, words, n, value, coded)
                    value, length, coded = _BASIS, 0, False
                else:
                    value = (value ^ np.uint64(byte)) * _PRIME
                    length += 1
                    coded |= 48 <= byte <= 57  # noqa: PLR2004 - digits
        else:
            if length:
                words[n, SEGMENT] = segment
                n = _closed(vocabulary, words, n, value, coded)
            value, length, coded = _BASIS, 0, False
            # a dash between spaces parts segments, one inside a word does not
            spaced = point == _SPACE
            if kind == BREAK or (dash and spaced):
                segment += 1
            dash = (point in (45, 0x2013)) and at > begin and data[at - 1] == _SPACE
        at += size
    if length:
        words[n, SEGMENT] = segment
        n = _closed(vocabulary, words, n, value, coded)
    words[n, SEGMENT] = NOWHERE
    return n


@compiled
def fill_hashes(
    hashes: NDArray[np.uint64],
    words: NDArray[np.int64],
    texts: tuple[NDArray[np.uint8], NDArray[np.int64]],
    alphabet: Alphabet,
    vocabulary: Vocabulary,
) -> None:
    """Put down the hash of each text, all words taken together; 0 for texts without words."""
    data, offsets = texts
    for k in range(len(hashes)):
        n = scanned(data, offsets[k], offsets[k + 1], alphabet, vocabulary, words)
        hashes[k] = joined(words, 0, n) if n else NO_HASH


def fresh() -> NDArray[np.int64]:
    """Return room for the words of one address."""
    return np.zeros((_WORDS, NAMES + LONGEST), np.int64)


@inlined
def joined(words: NDArray[np.int64], begin: int, end: int) -> np.uint64:
    """Return the hash of some words in a row."""
    value = np.uint64(words[begin, HASH])
    for k in range(begin + 1, end):
        value = mixed(value * _PRIME + np.uint64(words[k, HASH]))
    return value


@inlined
def _bit(maybe: NDArray[np.uint64], value: np.uint64) -> tuple[int, np.uint64]:
    """Return the word and the bit of a hash in the table that says which hashes may be known."""
    at = (value >> _S32) & np.uint64(64 * len(maybe) - 1)
    return int(np.int64(at >> _SIX)), _ONE << (at & _SIXTY_THREE)


@compiled
def mark(
    maybe: NDArray[np.uint64],
    words: NDArray[np.int64],
    texts: tuple[NDArray[np.uint8], NDArray[np.int64]],
    alphabet: Alphabet,
    vocabulary: Vocabulary,
) -> None:
    """Put the hashes of names and of their first words into the table of which may be known."""
    data, offsets = texts
    for k in range(len(offsets) - 1):
        n = scanned(data, offsets[k], offsets[k + 1], alphabet, vocabulary, words)
        for last in range(1, n + 1):
            at, bit = _bit(maybe, joined(words, 0, last))
            maybe[at] |= bit


@inlined
def _row_of(slots: NDArray[np.uint64], value: np.uint64) -> int:
    """Return the row of the name that has a hash, or none."""
    mask = len(slots) - 1
    at = int(np.int64(value & np.uint64(mask)))
    while slots[at, 0] != NO_HASH and slots[at, 0] != value:
        at = (at + 1) & mask
    return int(np.int64(slots[at, 1])) if slots[at, 0] == value else NOWHERE


@compiled
def look_up(known: Known, words: NDArray[np.int64], first: int) -> None:
    """Look up the names that begin at a word and lie within its segment."""
    value = np.uint64(words[first, HASH])
    words[first, LOOKED_UP] = 1
    for k in range(LONGEST):
        words[first, NAMES + k] = NOWHERE
    for k in range(LONGEST):
        last = first + k
        # a name neither spans segments nor holds a code; after the last word no segment goes on
        same = words[last, SEGMENT] == words[first, SEGMENT]
        if not same or words[last, KIND] == CODE:
            break
        if k:
            value = mixed(value * _PRIME + np.uint64(words[last, HASH]))
        place, bit = _bit(known.maybe, value)
        if not known.maybe[place] & bit:
            break
        words[first, NAMES + k] = _row_of(known.slots, value)
