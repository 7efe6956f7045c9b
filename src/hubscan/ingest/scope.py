"""Which publications are science and technology, by their subjects."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

SCIENCE_AREAS: Final = ("Life Sciences & Biomedicine", "Physical Sciences", "Technology")
"""The broad areas that are science and technology; social sciences, arts and humanities are not."""

_BETWEEN: Final = ";"
_NOT_LETTERS: Final = re.compile(r"[^\w]+")


def subject_areas() -> pd.DataFrame:
    """
    Return the subjects whose area is known.

    Returns
    -------
    subjects
        ``subject`` (a Web of Science category or research area), ``research_area`` it belongs to,
        and that area's broad ``area``; by subject.

    Examples
    --------
    >>> subjects = subject_areas().set_index("subject")
    >>> subjects.loc["Chemistry, Medicinal"].tolist()
    ['Pharmacology & Pharmacy', 'Life Sciences & Biomedicine']
    """
    path = resources.files("hubscan.ingest") / "subjects.csv"
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file, keep_default_na=False)


def in_scope(subject_lists: pd.Series[str], *, publication_scope: str) -> pd.Series[bool]:
    """
    Return whether publications with these subjects are looked at.

    Subjects that are not known count as science and technology: only what is known to be social
    sciences, arts or humanities is left out (see :func:`unknown_subjects`). Publications without
    any subject are always looked at.

    Parameters
    ----------
    subject_lists
        Subjects joined by semicolons, in any spelling of case, dashes and ``&``: best each
        distinct list once, whatever the number of publications.
    publication_scope
        ``"any_st"``: at least one subject is science or technology; ``"all_st"``: all are;
        ``"none"``: every publication is looked at.

    Returns
    -------
    in_scope
        True or False, same index.

    Raises
    ------
    InputError
        If ``publication_scope`` is not known.

    Examples
    --------
    >>> lists = pd.Series(["Linguistics", "Linguistics; Optics", "Optics", None])
    >>> in_scope(lists, publication_scope="any_st").tolist()
    [False, True, True, True]
    >>> in_scope(lists, publication_scope="all_st").tolist()
    [False, False, True, True]
    """
    if publication_scope not in SCOPES:
        msg = (
            f"ingest: publication_scope = {publication_scope!r}: must be one of {', '.join(SCOPES)}"
        )
        raise InputError(msg)
    wanted = _SCOPES[publication_scope]
    codes, distinct = pd.factorize(subject_lists, use_na_sentinel=True)
    # a missing list has code -1, the last
    kept = np.array([*(wanted(_sciences(str(text))) for text in distinct), True], bool)
    return pd.Series(kept[codes], subject_lists.index, name="in_scope")


def unknown_subjects(subject_lists: pd.Series[str]) -> list[str]:
    """
    Return the subjects whose area is not known, to be told to the user.

    Parameters
    ----------
    subject_lists
        As for :func:`in_scope`.

    Returns
    -------
    subjects
        Each once, as first spelt, in alphabetical order.

    Examples
    --------
    >>> unknown_subjects(pd.Series(["Optics; Alchemy", "alchemy", None]))
    ['Alchemy']
    """
    found: dict[str, str] = {}
    for text in sorted(subject_lists.dropna().unique()):
        for subject in _subjects(str(text)):
            if _folded(subject) not in _science():
                found.setdefault(_folded(subject), subject)
    return sorted(found.values())


_SCOPES: Final[dict[str, Callable[[list[bool]], bool]]] = {
    "any_st": lambda sciences: any(sciences) or not sciences,
    "all_st": all,
    "none": lambda _: True,
}
SCOPES: Final = tuple(_SCOPES)
"""Which publications are looked at, by whether each of their subjects is science."""


def _sciences(text: str) -> list[bool]:
    """Return whether each subject of a list is science or technology, as far as is known."""
    return [_science().get(_folded(subject), True) for subject in _subjects(text)]


def _subjects(text: str) -> list[str]:
    """Return the subjects of a list."""
    return [part.strip() for part in text.split(_BETWEEN) if part.strip()]


@cache
def _science() -> dict[str, bool]:
    """Return whether each known subject is science or technology, under its folded name."""
    known = subject_areas()
    science = known["area"].isin(SCIENCE_AREAS)
    return {
        _folded(name): bool(is_so) for name, is_so in zip(known["subject"], science, strict=True)
    }


def _folded(subject: str) -> str:
    """Return a subject in lower-case words, with ``and`` for ``&``."""
    return _NOT_LETTERS.sub(" ", subject.replace("&", " and ")).casefold().strip()
