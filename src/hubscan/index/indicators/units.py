"""Which documents belong to which city or cluster, and which are science and engineering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import InputError
from hubscan.index.indicators.estimate import checked, choice

if TYPE_CHECKING:
    from collections.abc import Collection

COUNTING: Final = ("whole", "fractional")
"""How a document of several units counts: once in each, or by its share of addresses."""

FIELD_RULES: Final = ("any", "all", "share")
"""When a document is one of the sciences: any field is, all are, or by the share that are."""

_NOISE: Final = -1


def document_units(affiliations: pd.DataFrame, *, counting: str) -> pd.DataFrame:
    """
    Return the units of each document and how much of it counts there.

    Parameters
    ----------
    affiliations
        One row for each address of a document: ``document, unit`` (missing = in no unit).
    counting
        ``whole``: 1 in every unit with an address; ``fractional``: addresses in the unit over all
        addresses of the document.

    Returns
    -------
    document_units
        Columns ``document, unit, weight``, sorted by both.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": [1, 1, 1, 2], "unit": ["Oslo", "Oslo", None, "Rome"]})
    >>> document_units(rows, counting="whole")["weight"].tolist()
    [1.0, 1.0]
    >>> document_units(rows, counting="fractional")["weight"].round(3).tolist()
    [0.667, 1.0]
    """
    checked(affiliations, ["document", "unit"], name="affiliations")
    choice(counting, COUNTING, what="counting")
    counts = affiliations.groupby(["document", "unit"], as_index=False).size()
    if counting == "whole":
        return counts.drop(columns="size").assign(weight=1.0)
    listed = affiliations.groupby("document").size()
    return counts.drop(columns="size").assign(
        weight=counts["size"] / counts["document"].map(listed).astype(float)
    )


def science_documents(
    fields: pd.DataFrame, *, sciences: Collection[str], rule: str
) -> pd.DataFrame:
    """
    Return the documents of given fields, and how much of each counts.

    Parameters
    ----------
    fields
        One row for each field of a document: ``document, field``.
    sciences
        The fields asked for (science and engineering: those of the physical, health and life
        sciences).
    rule
        ``any`` field is among them, ``all`` are, or the document counts by the ``share`` that are.

    Returns
    -------
    documents
        Columns ``document, weight``, weight in (0, 1].

    Examples
    --------
    >>> fields = pd.DataFrame({"document": [1, 1, 2], "field": ["physics", "law", "law"]})
    >>> science_documents(fields, sciences=["physics"], rule="share")
       document  weight
    0         1     0.5
    """
    checked(fields, ["document", "field"], name="fields")
    choice(rule, FIELD_RULES, what="rule")
    distinct = fields[["document", "field"]].drop_duplicates()
    shares = distinct["field"].isin(set(sciences)).groupby(distinct["document"]).mean()
    kept = shares[shares == 1.0] if rule == "all" else shares[shares > 0.0]
    weights = kept if rule == "share" else kept * 0.0 + 1.0
    return weights.rename("weight").rename_axis("document").reset_index()


def selected_units(units: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """
    Return the units of selected documents, their weights multiplied.

    Parameters
    ----------
    units
        Columns ``document, unit, weight`` (:func:`document_units`).
    documents
        Column ``document`` and, if they do not count in full, ``weight``.

    Returns
    -------
    units
        The rows of ``units`` whose document is selected.

    Examples
    --------
    >>> units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> selected_units(units, pd.DataFrame({"document": [2], "weight": [0.5]}))
       document  unit  weight
    0         2  Oslo     0.5
    """
    checked(units, ["document", "unit", "weight"], name="document_units")
    counted = documents if "weight" in documents else documents.assign(weight=1.0)
    factors = counted.drop_duplicates("document").set_index("document")["weight"]
    kept = units[units["document"].isin(factors.index)]
    scaled = kept["weight"] * kept["document"].map(factors).astype(float)
    return kept.assign(weight=scaled).reset_index(drop=True)


def scope_units(addresses: pd.DataFrame, scope: pd.DataFrame) -> pd.DataFrame:
    """
    Return addresses with the metropolitan unit whose principal cities include theirs.

    Parameters
    ----------
    addresses
        Columns ``city, country`` (ISO 3166 alpha-2) and any others.
    scope
        Columns ``unit, principal_city, country``; names are compared without regard to case.

    Returns
    -------
    addresses
        The same rows with a column ``unit``, missing where the city is no principal city.

    Raises
    ------
    InputError
        If a principal city of one country belongs to two units.

    Examples
    --------
    >>> scope = pd.DataFrame({"unit": "Boston", "principal_city": ["Cambridge"], "country": "US"})
    >>> addresses = pd.DataFrame({"city": ["cambridge", "Cambridge"], "country": ["US", "GB"]})
    >>> scope_units(addresses, scope)["unit"].tolist()
    ['Boston', nan]
    """
    checked(addresses, ["city", "country"], name="addresses")
    checked(scope, ["unit", "principal_city", "country"], name="scope")
    keyed = scope.assign(
        city_key=scope["principal_city"].str.casefold().str.strip(),
        country_key=scope["country"].str.upper().str.strip(),
    ).drop_duplicates(["unit", "city_key", "country_key"])
    twice = keyed[keyed.duplicated(["city_key", "country_key"])]
    if len(twice):
        row = twice.iloc[0]
        msg = f"scope: {row['principal_city']} ({row['country']}) belongs to more than one unit"
        raise InputError(msg)
    wanted = pd.DataFrame(
        {
            "city_key": addresses["city"].str.casefold().str.strip(),
            "country_key": addresses["country"].str.upper().str.strip(),
        }
    )
    found = wanted.merge(keyed, on=["city_key", "country_key"], how="left")["unit"]
    return addresses.assign(unit=found.to_numpy())


def cluster_units(located: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """
    Return located addresses with the cluster of their place as unit.

    Parameters
    ----------
    located
        Columns ``document, place`` and any others (``hubscan.schema.LOCATED``).
    membership
        Columns ``place, cluster`` (``hubscan.schema.MEMBERSHIP``); -1 is noise.

    Returns
    -------
    addresses
        The same rows with a column ``unit``: the cluster, missing where there is none.

    Examples
    --------
    >>> located = pd.DataFrame({"document": [1, 2, 3], "place": [10, 20, 30]})
    >>> membership = pd.DataFrame({"place": [10, 20], "cluster": [4, -1]})
    >>> cluster_units(located, membership)["unit"].tolist()
    [4, <NA>, <NA>]
    """
    checked(located, ["document", "place"], name="located")
    checked(membership, ["place", "cluster"], name="membership")
    clusters = membership.drop_duplicates("place").set_index("place")["cluster"].astype("Int64")
    units = located["place"].map(clusters).astype("Int64")
    return located.assign(unit=units.where(units != _NOISE))
