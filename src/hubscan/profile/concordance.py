"""The 35 technology fields of patents: which field an IPC symbol belongs to."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError

NO_FIELD: Final = 0
"""The field of a symbol, or of a document, that the concordance does not name."""

EXTENSIONS: Final = ("predecessor", "drop")

# section, class and subclass; then the main group, either as in ST.8 (0017300000) or as printed
_SYMBOL: Final = re.compile(
    r"^\s*([A-H][0-9]{2}[A-Z])(?:[\s-]*(?:([0-9]{4})[0-9]{2,6}|([0-9]{1,4}))(?![0-9])|(?![0-9A-Z]))"
)
_ALL_BUT: Final = "except "


class _Lookup(NamedTuple):
    """The concordance, unfolded."""

    listed: dict[str, int]
    """Field of each main group that a rule names, under ``G01N 33``."""
    others: dict[str, int]
    """Field of all other main groups of a subclass."""
    bare: dict[str, int]
    """Field of a symbol that ends after its subclass."""


def concordance() -> pd.DataFrame:
    """
    Return the rules by which IPC symbols belong to technology fields.

    Returns
    -------
    rules
        ``subclass`` (four characters), ``main_groups`` (empty: all of them; ``1 3 5-7``: these;
        ``except 33``: all but these), ``field`` (1 to 35), ``name`` and ``sector`` of the field,
        and ``predecessor``: for subclasses and main groups younger than the concordance, what they
        were split from, whose field they take.

    Notes
    -----
    Source: Schmoch (2008), *Concept of a technology classification for country comparisons*,
    report to WIPO. Rules with a predecessor are this project's.

    Examples
    --------
    >>> rules = concordance()
    >>> rules.loc[rules["subclass"] == "G01N", ["main_groups", "field", "name"]].values.tolist()
    [['except 33', 10, 'Measurement'], ['33', 11, 'Analysis of biological materials']]
    """
    path = resources.files("hubscan.profile") / "ipc_fields.csv"
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file, keep_default_na=False)


def field_names() -> pd.DataFrame:
    """
    Return the technology fields.

    Returns
    -------
    fields
        ``field`` (1 to 35), ``name``, ``sector``; by field.

    Examples
    --------
    >>> fields = field_names()
    >>> len(fields), fields["sector"].nunique(), fields["name"].iloc[5]
    (35, 5, 'Computer technology')
    """
    rules = concordance()[["field", "name", "sector"]]
    return rules.drop_duplicates().sort_values("field", ignore_index=True)


def field_of(symbols: pd.Series[str], *, extensions: str) -> pd.Series[int]:
    """
    Return the technology field of each IPC symbol.

    Main groups decide where a subclass is split between fields. A symbol that ends after such a
    subclass takes the field that has most of its main groups.

    Parameters
    ----------
    symbols
        IPC symbols as databases spell them: ``G06F 17/30``, ``G06F  17/30``, ``G06F17/30``,
        ``G06F-017/30``, ``G06F0017300000``, with anything after a blank or a bracket, in either
        case.
    extensions
        What becomes of subclasses and main groups younger than the concordance:
        ``"predecessor"``: they take the field of what they were split from; ``"drop"``: they have
        no field.

    Returns
    -------
    fields
        1 to 35, or 0 for what the concordance does not name; same index.

    Raises
    ------
    InputError
        If ``extensions`` is neither.

    Examples
    --------
    >>> symbols = pd.Series(["G06F 17/30", "G06F0017300000", "G01N 33/68", "G01N 21/64", "X"])
    >>> field_of(symbols, extensions="predecessor").tolist()
    [6, 6, 11, 10, 0]
    >>> field_of(pd.Series(["H10B 12/00"]), extensions="drop").tolist()
    [0]
    """
    if extensions not in EXTENSIONS:
        msg = f"profile: extensions = {extensions!r}: must be one of {', '.join(EXTENSIONS)}"
        raise InputError(msg)
    lookup = _lookup(extensions)
    # each distinct text once: documents share them
    codes, distinct = pd.factorize(symbols, use_na_sentinel=True)
    # a missing text has code -1, the last
    fields = np.array([*(_field(str(text), lookup) for text in distinct), NO_FIELD], np.int64)
    return pd.Series(fields[codes], symbols.index, name="field")


def label_fields(label_texts: pd.DataFrame, *, extensions: str) -> pd.DataFrame:
    """
    Return the technology field of each label that has one.

    Parameters
    ----------
    label_texts
        ``kind``, ``label``, ``text``: symbols are of kind ``ipc``.
    extensions
        As for :func:`field_of`.

    Returns
    -------
    fields
        ``label``, ``field`` (1 to 35); by label.

    Raises
    ------
    InputError
        If ``extensions`` is not known.

    Examples
    --------
    >>> texts = pd.DataFrame(
    ...     {
    ...         "kind": ["ipc", "ipc", "subject"],
    ...         "label": [1, 2, 1],
    ...         "text": ["H04L 5/00", "-", "Art"],
    ...     }
    ... )
    >>> label_fields(texts, extensions="drop").values.tolist()
    [[1, 4]]
    """
    symbols = label_texts.loc[label_texts["kind"] == "ipc", ["label", "text"]]
    fields = field_of(symbols["text"], extensions=extensions).to_numpy()
    table = pd.DataFrame({"label": symbols["label"].to_numpy(np.int64), "field": fields})
    return table.loc[table["field"] != NO_FIELD].sort_values("label", ignore_index=True)


def _field(symbol: str, lookup: _Lookup) -> int:
    """Return the field of one symbol."""
    match = _SYMBOL.match(symbol.upper())
    if match is None:
        return NO_FIELD
    subclass, padded, printed = match.groups()
    group = padded or printed
    if group is None:
        return lookup.bare.get(subclass, NO_FIELD)
    other = lookup.others.get(subclass, NO_FIELD)
    return lookup.listed.get(_key(subclass, int(group)), other)


@cache
def _lookup(extensions: str) -> _Lookup:
    """Return the concordance unfolded: rules that name main groups come before all others."""
    rules = concordance()
    kept = rules if extensions == "predecessor" else rules.loc[rules["predecessor"] == ""]
    listed: dict[str, int] = {}
    others: dict[str, int] = {}
    most: dict[str, tuple[int, int]] = {}
    excepted: set[str] = set()
    for subclass, text, field in zip(kept.subclass, kept.main_groups, kept.field, strict=True):
        groups = [_key(subclass, group) for group in _groups(text.removeprefix(_ALL_BUT))]
        if text.startswith(_ALL_BUT) or not text:
            others[subclass] = int(field)
            excepted.update(groups)
        else:
            listed.update(dict.fromkeys(groups, int(field)))
            most[subclass] = max(most.get(subclass, (0, 0)), (len(groups), int(field)))
    unnamed = dict.fromkeys(sorted(excepted - listed.keys()), NO_FIELD)
    bare = {subclass: field for subclass, (_, field) in most.items()} | others
    return _Lookup(listed | unnamed, others, bare)


def _groups(text: str) -> list[int]:
    """Return the main groups of ``1 3 5-7``."""
    ends = [[int(end) for end in part.split("-")] for part in text.split()]
    return [group for end in ends for group in range(end[0], end[-1] + 1)]


def _key(subclass: str, group: int) -> str:
    return f"{subclass} {group}"
