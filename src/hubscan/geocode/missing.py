"""Addresses that documents do not give: counted by country, and imputed where that is wished."""

from __future__ import annotations

from typing import Final

import pandas as pd

FROM_FAMILY: Final = "imputed from family"
FROM_APPLICANT: Final = "imputed from the applicant's seat"
GIVEN: Final = "given"
"""How a person's address is known."""

NOWHERE: Final = ""
"""The method of a person whose address is not known."""

_TEXTS: Final = ("address", "city", "region")


def missing_addresses(persons: pd.DataFrame) -> pd.DataFrame:
    """
    Return how many persons have no address, by country.

    Parameters
    ----------
    persons
        ``document``, ``country`` (empty if unknown), and any of ``address``, ``city``, ``region``,
        texts; one row a person and document.

    Returns
    -------
    missing
        ``country``, ``persons``, ``missing`` (of those, with none of the texts), ``documents``,
        ``without`` (of those, all of whose persons in the country have none), by country.

    Examples
    --------
    >>> told = {"document": [1, 1, 2], "country": ["JP", "JP", "JP"], "address": ["", "Kyoto", ""]}
    >>> missing_addresses(pd.DataFrame(told)).values.tolist()
    [['JP', 3, 2, 2, 1]]
    """
    table = persons.assign(silent=_silent(persons))
    documents = table.groupby(["country", "document"])["silent"].all().reset_index()
    of_country = table.groupby("country")["silent"]
    counts = pd.DataFrame({"persons": of_country.size(), "missing": of_country.sum()})
    whole = documents.groupby("country")["silent"]
    counts = counts.assign(documents=whole.size(), without=whole.sum())
    return counts.reset_index().astype({"missing": "int64", "without": "int64"})


def imputed_addresses(
    persons: pd.DataFrame, families: pd.DataFrame, applicants: pd.DataFrame
) -> pd.DataFrame:
    """
    Return persons' addresses, missing ones taken from another document of the family.

    A person without an address gets that of the person of the same number in another document of
    the same family, if all such documents with one agree; else the address that all applicants of
    the document share in the person's country. Nothing is imputed across countries that are given.

    Parameters
    ----------
    persons
        ``document``, ``person`` (number of the person, the same in all documents), ``country``,
        and any of ``address``, ``city``, ``region``.
    families
        ``document``, ``family``: which documents protect one invention.
    applicants
        ``document``, ``country``, and texts as ``persons``; may have no rows.

    Returns
    -------
    persons
        The same rows and order, texts and countries filled in, with ``method``: ``given``,
        ``imputed from family``, ``imputed from the applicant's seat``, or empty.

    Examples
    --------
    >>> told = {"document": [1, 2], "person": [7, 7], "country": ["", "DE"], "city": ["", "Jena"]}
    >>> family = pd.DataFrame({"document": [1, 2], "family": [5, 5]})
    >>> none = pd.DataFrame({"document": [], "country": [], "city": []})
    >>> filled = imputed_addresses(pd.DataFrame(told), family, none)
    >>> filled[["country", "city", "method"]].values.tolist()
    [['DE', 'Jena', 'imputed from family'], ['DE', 'Jena', 'given']]
    """
    table = persons.merge(families, on="document", how="left").set_axis(persons.index, axis=0)
    silent = _silent(persons)
    method = pd.Series(GIVEN, index=persons.index, dtype="str").mask(silent, NOWHERE)
    told = table[~silent]
    filled = _filled(table[silent], told.dropna(subset=["family"]), ["family", "person"])
    rest = table[silent & ~persons.index.isin(filled.index)]
    seats = applicants[~_silent(applicants)] if len(applicants) else applicants
    by_seat = _filled(rest, seats, ["document"])
    method[filled.index], method[by_seat.index] = FROM_FAMILY, FROM_APPLICANT
    columns = ["country", *(name for name in _TEXTS if name in persons)]
    result = persons.copy()
    for part in (filled, by_seat):
        result.loc[part.index, columns] = part[columns]
    return result.assign(method=method)


def _silent(persons: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows have none of the texts."""
    texts = [name for name in _TEXTS if name in persons]
    blank: pd.Series[bool] = (persons[texts].fillna("") == "").all(axis=1)
    return blank


def _filled(lacking: pd.DataFrame, told: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the rows that lack an address and for which all that is told agrees, filled in."""
    texts = ["country", *(name for name in _TEXTS if name in told and name in lacking)]
    known = told[[*keys, *texts]].drop_duplicates()
    wanted = lacking[[*keys, "country"]].rename(columns={"country": "own"})
    joined = wanted.reset_index(names="row").merge(known, on=keys)
    joined = joined[(joined["own"] == "") | (joined["own"] == joined["country"])]
    joined = joined[~joined["row"].duplicated(keep=False)]
    return joined.set_index("row")[texts]
