"""The mapping from names as given to organisations: thesaurus, registry, spelling, parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.organisations.spelling import bare_name, bare_names

if TYPE_CHECKING:
    from collections.abc import Mapping

BY_THESAURUS: Final = "thesaurus"
BY_REGISTRY: Final = "registry"
BY_SPELLING: Final = "spelling"
ALONE: Final = "alone"
"""How a name was mapped: by the user's list, by a registry, because it differs from others in
spelling only, or not at all."""

_MAPPED: Final = ("text", "country", "name", "registry_id", "how")


def checked_thesaurus(table: pd.DataFrame, *, where: str) -> dict[str, str]:
    """
    Return which name stands for which, from a table of two columns.

    Parameters
    ----------
    table
        ``name`` and ``means``, texts: a spelling, and the organisation it means.
    where
        What the table is called in messages.

    Returns
    -------
    thesaurus
        By bare name, the organisation; a chain of entries leads to its end.

    Raises
    ------
    InputError
        If a column is missing, a name means two things, or a chain comes back to its beginning.

    Examples
    --------
    >>> told = pd.DataFrame({"name": ["IBM Corp", "Big Blue"], "means": ["I.B.M.", "IBM"]})
    >>> checked_thesaurus(told, where="thesaurus.csv")["big blue"]
    'I.B.M.'
    """
    return _followed(_pairs(table, "name", "means", where=where), where=where)


def checked_parents(table: pd.DataFrame, *, where: str) -> dict[str, str]:
    """
    Return which organisation belongs to which in the end, from a table of two columns.

    Parameters
    ----------
    table
        ``name`` and ``parent``, texts.
    where
        What the table is called in messages.

    Returns
    -------
    parents
        By bare name, the topmost parent.

    Raises
    ------
    InputError
        As for :func:`checked_thesaurus`.

    Examples
    --------
    >>> told = {"name": ["DeepMind", "Google"], "parent": ["Google LLC", "Alphabet"]}
    >>> checked_parents(pd.DataFrame(told), where="parents.csv")["deepmind"]
    'Alphabet'
    """
    return _followed(_pairs(table, "name", "parent", where=where), where=where)


def harmonised_names(
    names: pd.DataFrame, *, thesaurus: Mapping[str, str], registry: pd.DataFrame
) -> pd.DataFrame:
    """
    Return which organisation each name as given means.

    A name in the thesaurus means what that says; else a name that a registry has once in the
    country means that organisation; else all names of one bare form are one, called as it is most
    often written (of equals the shortest, then the first of the alphabet). Nothing is guessed:
    names that merely look alike stay apart.

    Parameters
    ----------
    names
        ``text``, ``country`` (ISO alpha-2, or empty), ``documents`` (how often it is named).
    thesaurus
        From :func:`checked_thesaurus`; may be empty.
    registry
        ``registry_id``, ``name``, ``aliases`` (separated by ``|``), ``country``; may have no rows.

    Returns
    -------
    mapping
        ``text``, ``country``, ``name``, ``registry_id`` (empty where it is none's), ``how``, one
        row each distinct text and country, in their order, whatever the order of ``names``.

    Examples
    --------
    >>> told = pd.DataFrame(
    ...     {
    ...         "text": ["Siemens AG", "SIEMENS A.G.", "Bosch"],
    ...         "country": ["DE", "DE", "DE"],
    ...         "documents": [9, 2, 1],
    ...     }
    ... )
    >>> none = pd.DataFrame(columns=["registry_id", "name", "aliases", "country"], dtype="str")
    >>> harmonised_names(told, thesaurus={}, registry=none)[["text", "name", "how"]].values.tolist()
    [['Bosch', 'Bosch', 'alone'], ['SIEMENS A.G.', 'Siemens AG', 'spelling'], ['Siemens AG',
      'Siemens AG', 'spelling']]
    """
    columns = ["text", "country", "documents"]
    sums = names[columns].groupby(["text", "country"])["documents"].sum()
    table = sums.reset_index().sort_values(["text", "country"], ignore_index=True)
    table["key"] = bare_names(table["text"].astype("str"))
    table = table.merge(_written(table), on="key", how="left")
    table = table.merge(_registered(registry), on=["key", "country"], how="left")
    means = table["key"].map(dict(thesaurus))
    known = table["registry_name"].notna()
    name = table["written"].mask(known, table["registry_name"]).mask(means.notna(), means)
    how = np.select(
        [means.notna(), known, table["spellings"] > 1],
        [BY_THESAURUS, BY_REGISTRY, BY_SPELLING],
        ALONE,
    )
    number = table["registry_id"].where(means.isna(), "").fillna("")
    table = table.assign(name=name.astype("str"), how=how, registry_id=number.astype("str"))
    mapping: pd.DataFrame = table[[*_MAPPED]].astype({"how": "str"})
    return mapping


def rolled_up(mapping: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
    """
    Return a mapping with the topmost parent of each organisation beside it.

    Parameters
    ----------
    mapping
        From :func:`harmonised_names`.
    parents
        From :func:`checked_parents`.

    Returns
    -------
    mapping
        The same with ``parent``: the topmost one, or the organisation itself.

    Examples
    --------
    >>> mapped = pd.DataFrame({"text": ["Google Inc"], "name": ["Google"]})
    >>> rolled_up(mapped, {"google": "Alphabet"})["parent"].tolist()
    ['Alphabet']
    """
    parent = bare_names(mapping["name"]).map(dict(parents))
    return mapping.assign(parent=parent.where(parent.notna(), mapping["name"]).astype("str"))


def _written(table: pd.DataFrame) -> pd.DataFrame:
    """Return how each bare name is most often written, and in how many ways."""
    counts = table.groupby(["key", "text"])["documents"].sum().reset_index()
    counts["letters"] = counts["text"].str.len()
    order = ["key", "documents", "letters", "text"]
    counts = counts.sort_values(order, ascending=[True, False, True, True])
    groups = counts.groupby("key")["text"]
    return pd.DataFrame({"written": groups.first(), "spellings": groups.size()}).reset_index()


def _registered(registry: pd.DataFrame) -> pd.DataFrame:
    """Return the organisations of a registry by bare name and country, ambiguous ones left out."""
    every = registry["name"].fillna("") + "|" + registry["aliases"].fillna("")
    table = registry.assign(key=every.astype("str").str.split("|")).explode("key")
    table = table[table["key"].fillna("").str.strip() != ""]
    table = table.assign(key=bare_names(table["key"].astype("str")))
    table = table.drop_duplicates(["key", "country", "registry_id"])
    table = table[~table.duplicated(["key", "country"], keep=False)]
    return table.rename(columns={"name": "registry_name"})[
        ["key", "country", "registry_name", "registry_id"]
    ]


def _pairs(table: pd.DataFrame, key: str, value: str, *, where: str) -> dict[str, str]:
    """Return a table of two columns as pairs; raise if a key has two values."""
    for column in (key, value):
        if column not in table:
            msg = f"{where}: column {column!r} is missing; needed are {key!r} and {value!r}"
            raise InputError(msg)
    texts = table[[key, value]].fillna("").astype("str")
    if (texts == "").any(axis=None):
        line = int(np.flatnonzero((texts == "").any(axis=1))[0]) + 2
        msg = f"{where}: line {line}: must have a {key} and a {value}"
        raise InputError(msg)
    pairs: dict[str, str] = {}
    keys = bare_names(texts[key]).tolist()
    for line, (bare, told) in enumerate(zip(keys, texts[value].tolist(), strict=True), 2):
        if pairs.setdefault(bare, told) != told:
            msg = f"{where}: line {line}: {bare!r} is {pairs[bare]!r} already: must be one only"
            raise InputError(msg)
    return pairs


def _followed(pairs: dict[str, str], *, where: str) -> dict[str, str]:
    """Return pairs that lead to the end of their chain; raise if one has none."""
    ends = {}
    for start, told in pairs.items():
        seen, end = {start}, told
        while (key := bare_name(end)) in pairs:
            further = pairs[key]
            # an entry may say how its own name is written
            if bare_name(further) == key:
                end = further
                break
            if key in seen:
                msg = f"{where}: {start!r} leads back to {key!r}: a chain must have an end"
                raise InputError(msg)
            seen.add(key)
            end = further
        ends[start] = end
    return ends
