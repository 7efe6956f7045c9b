"""One spelling of a name of an organisation: no case, no marks, no legal form."""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

_BRACKETS: Final = re.compile(r"[(\[\uff08][^)\]\uff09]*[)\]\uff09]")
_MARKS: Final = re.compile("[\u0300-\u036f]")
_OTHER: Final = re.compile(r"[\W_]+")
_APOSTROPHES: Final = re.compile("['`\u00b4\u2018\u2019\u02bc]")
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "đ": "d", "ð": "d", "\u0131": "i", "ł": "l", "œ": "oe", "ø": "o", "þ": "th"}
)
_LOCAL: Final = ("株式会社", "有限会社", "有限公司", "股份有限公司", "주식회사", "(株)")
_SHORT: Final = {
    "univ": "university", "inst": "institute", "dept": "department", "lab": "laboratory",
    "labs": "laboratories", "natl": "national", "intl": "international", "ctr": "center",
    "hosp": "hospital", "sch": "school", "coll": "college", "acad": "academy",
    "assoc": "association", "centre": "center",
}  # fmt: skip
"""Words that are often shortened, or spelled in two ways."""


@functools.cache
def _forms() -> tuple[str, ...]:
    """Return the legal forms, folded, the longest first."""
    file = resources.files(__package__).joinpath("legal_forms.csv")
    with file.open(encoding="utf-8") as lines:
        forms = {_folded(row["form"]) for row in csv.DictReader(lines)}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _folded(text: str) -> str:
    """Return a text in lower case without marks and signs."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKD", text.casefold()))
    plain = unicodedata.normalize("NFC", _MARKS.sub("", plain)).translate(_LETTERS)
    return " ".join(_OTHER.sub(" ", plain.replace("&", " and ")).split())


@functools.lru_cache(maxsize=1 << 18)
def bare_name(text: str) -> str:
    """
    Return what two spellings of one organisation have in common.

    Brackets go, then case, marks and signs; *the* before and legal forms after the name; common
    shortened words are written out. A name that is nothing but a legal form stays.

    Parameters
    ----------
    text
        A name as given.

    Returns
    -------
    key
        Its bare form; the bare form of that is the same.

    Examples
    --------
    >>> [bare_name(text) for text in ("Siemens AG", "SIEMENS A.G.", "Siemens Aktiengesellschaft")]
    ['siemens', 'siemens', 'siemens']
    >>> bare_name("The Univ. of Tōkyō (Japan)"), bare_name("Orion Pharma Co., Ltd.")
    ('university of tokyo', 'orion pharma')
    """
    for form in _LOCAL:
        text = text.replace(form, " ")
    whole = _folded(text)
    key = _folded(_BRACKETS.sub(" ", text)) or whole
    while True:
        shorter = _without_form(key).removeprefix("the ")
        if not shorter or shorter == key:
            break
        key = shorter
    return " ".join([_SHORT.get(word, word) for word in key.split()])


def bare_names(texts: pd.Series[str]) -> pd.Series[str]:
    """
    Return the bare forms of many names, each distinct one made once.

    Parameters
    ----------
    texts
        Names, none missing.

    Returns
    -------
    keys
        As :func:`bare_name`, under the same index.

    Examples
    --------
    >>> import pandas as pd
    >>> bare_names(pd.Series(["Pentair Ltd", "PENTAIR, Inc."])).tolist()
    ['pentair', 'pentair']
    """
    known = {text: bare_name(text) for text in texts.unique().tolist()}
    return texts.map(known).astype("str")


def _without_form(key: str) -> str:
    """Return a folded name without the legal form at its end, if it is not all of it."""
    for form in _forms():
        if key.endswith(f" {form}"):
            return key.removesuffix(f" {form}")
    return key
