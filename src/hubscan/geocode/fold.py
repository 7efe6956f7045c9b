"""Fold place names to one spelling, and strip what addresses add to them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_APOSTROPHES: Final = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2018\u2019\u2032\uff07"
_LETTERS: Final = {
    **dict.fromkeys(_APOSTROPHES, ""),
    "æ": "ae", "đ": "d", "ð": "d", "ə": "a", "ħ": "h", "\u0131": "i", "ĸ": "k", "ł": "l", "ŋ": "n",
    "œ": "oe", "ø": "o", "ŧ": "t", "þ": "th", "&": " and ",
}  # fmt: skip
"""Letters that Unicode does not decompose, and signs that stand inside words."""

SPELLED_OUT: Final = {
    "st": "saint", "ste": "sainte", "sta": "santa", "sto": "santo", "skt": "sankt",
    "mt": "mount", "ft": "fort", "pt": "port",
}  # fmt: skip
"""Words that stand shortened in names of places."""

_MARKS: Final = re.compile("[\u0300-\u036f]")
_OTHER: Final = re.compile(r"[\W_]+")
_TABLE: Final = str.maketrans(_LETTERS)
_PLAIN: Final = "^[a-z]+( [a-z]+)*$"
_SPELLED: Final = rf"\b({'|'.join(SPELLED_OUT)})\b"

PART: Final = re.compile(
    "[,;/|()\\[\\]\n\u3001\uff0c\uff1b\uff08\uff09]| [-\u2013&] | (?:and|et|und|y) "
)
"""What stands between the parts of a text that names more than a city."""

_BRACKETS: Final = re.compile(r"[(\[\uff08\u3010][^)\]\uff09\u3011]*[)\]\uff09\u3011]")
_CEDEX: Final = re.compile(r"\bc[eé]dex\b.*", re.IGNORECASE | re.DOTALL)
_POSTAL: Final = re.compile(r"(?:\b[a-z]{1,3}[-\s]{0,3})?\b\w*\d\w*(?:-\w*\d\w*)*", re.IGNORECASE)

_BEFORE: Final = re.compile(
    r"^(?:(?:the |greater |metropolitan |science )?"
    r"(?:city|town|municipality|district|borough|county|village) of"
    r"|greater|metropolitan|ville de|ciudad de|cidade de|citta di|comune di|kota|kabupaten|gmina"
    r"|landkreis|stadt|gemeente|g|gor|near|nr) (?=\w)"
)
_AFTER: Final = re.compile(
    r" (?:(?:metropolitan |special |municipal )?(?:city|municipality|district|area|county)"
    r"|town|township|village|borough|prefecture|shi|ku|gun|cho|machi|mura|son|si|gu|dong|eup|myeon"
    r"|do|qu|xian|diqu|sheng|shiqu|kommune|raion|bei [a-z]+|d ?[cf]|[a-z]|nv|sv)$"
)
HAN: Final = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
_UNIT: Final = re.compile("(?<=.[省県都道府市區区縣县郡町村시도구군])(?=.)")
_UNIT_END: Final = re.compile("(?<=.)[省県都府市區区縣县郡町村시구군]$")
_TWO_VOWELS: Final = re.compile(r"ae|oe|ue")
_LONG_VOWELS: Final = re.compile(r"ou|oo|uu|oh(?![aeiou])")


def folded(text: str) -> str:
    """
    Return a name in one spelling: lower case, no marks, no punctuation, Saint spelled out.

    Letters without a decomposition are replaced by their nearest Latin letters; apostrophes go,
    any other sign is a space; Han, kana and Hangul stay.

    Parameters
    ----------
    text
        A name in any script.

    Returns
    -------
    key
        Its folded form; folding it again changes nothing.

    Examples
    --------
    >>> [folded(name) for name in ("St. Pölten", "Xi'an", "Łódź", "Gif-sur-Yvette", "東京都")]
    ['saint polten', 'xian', 'lodz', 'gif sur yvette', '東京都']
    """
    lower = text.casefold()
    if not lower.isascii():
        lower = _MARKS.sub("", unicodedata.normalize("NFKD", lower)).casefold()
        lower = unicodedata.normalize("NFC", lower)
    words = _OTHER.sub(" ", lower.translate(_TABLE)).split()
    return " ".join([SPELLED_OUT.get(word, word) for word in words])


def all_folded(texts: pd.Series[str]) -> pd.Series[str]:
    """
    Return the folded forms of many names; the same as :func:`folded` one by one, but faster.

    Parameters
    ----------
    texts
        Names, none missing.

    Returns
    -------
    keys
        One a name, in order, under the same index.

    Examples
    --------
    >>> import pandas as pd
    >>> all_folded(pd.Series(["Bonn", "Köln"])).tolist()
    ['bonn', 'koln']
    """
    lower = pc.utf8_lower(pa.array(texts, pa.string()))
    plain = pc.and_not(
        pc.match_substring_regex(lower, _PLAIN), pc.match_substring_regex(lower, _SPELLED)
    )
    keys = lower.to_numpy(zero_copy_only=False)
    odd = ~plain.to_numpy(zero_copy_only=False).astype(bool)
    keys[odd] = [folded(text) for text in texts[odd]]
    return pd.Series(keys, index=texts.index, dtype="str")


def trimmed(text: str) -> list[str]:
    """
    Return a name without what addresses add to it.

    Postal codes, ``Cedex`` and brackets go; then words such as *City*, *District*, *-shi*, *-ku*.

    Parameters
    ----------
    text
        A name as given, not folded.

    Returns
    -------
    keys
        Folded, the more faithful first.

    Examples
    --------
    >>> trimmed("75231 Paris Cedex 05"), trimmed("Kawasaki-shi")
    (['paris', 'paris'], ['kawasaki shi', 'kawasaki'])
    """
    bare = folded(_POSTAL.sub(" ", _CEDEX.sub("", _BRACKETS.sub(" ", text))))
    return [bare, _without_kind(bare)]


def parted(text: str) -> list[str]:
    """
    Return the names among the parts of a text, and their spellings in other transcriptions.

    Parameters
    ----------
    text
        A text as given, such as a city and its district.

    Returns
    -------
    keys
        Folded: each part between commas, from the left; the units of a name in Han or Hangul;
        vowels doubled in transcription made one.

    Examples
    --------
    >>> list(dict.fromkeys(parted("Takatsu-ku, Kawasaki")))
    ['takatsu', 'takatsu ku', 'kawasaki', 'takatsu ku kawasaki']
    >>> list(dict.fromkeys(parted("Duesseldorf")))
    ['duesseldorf', 'dusseldorf']
    """
    bare = _POSTAL.sub(" ", _CEDEX.sub("", text))
    parts = [folded(part) for part in (*PART.split(bare), bare)]
    keys = [key for part in parts for key in (_without_kind(part), part)]
    keys += [unit for part in parts for unit in _units(part)]
    for vowels in (_TWO_VOWELS, _LONG_VOWELS):
        keys += [vowels.sub(lambda pair: pair[0][0], _without_kind(part)) for part in parts]
    return keys


def _without_kind(key: str) -> str:
    """Return a folded name without words for the kind of place it is."""
    return _AFTER.sub("", _BEFORE.sub("", key, count=1)) if " " in key else key


def _units(key: str) -> list[str]:
    """Return the units written together in one Han or Hangul name: cities first, then largest."""
    if not HAN.search(key):
        return []
    units = sorted(_UNIT.split(key.replace(" ", "")), key=lambda unit: unit[-1:] not in "市시")
    return units + [_UNIT_END.sub("", unit) for unit in units]
