"""Collaboration of a city: diversity of its partners, and of universities with companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from hubscan.index.indicators.estimate import (
    ESTIMATES,
    Floats,
    additive_estimates,
    checked,
    choice,
    ratio,
    standard_errors,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

Diversity: TypeAlias = "Callable[[Floats, Floats, Floats], Floats]"
"""From partner cities, partner institutions and pairs of document and city, to one value a unit."""

LOCAL: Final = ("anywhere", "corporate", "academic")
"""Which side of a collaboration must sit in the unit itself."""

_PAIR: Final = 2


def partner_pairs(affiliations: pd.DataFrame, *, partners: Collection[str] | None) -> pd.DataFrame:
    """
    Return the partners of each unit on its documents with institutions of other units.

    Parameters
    ----------
    affiliations
        Columns ``document, institution, unit``; every city counts as a unit. Rows without a unit
        are left out: an institution at an unknown place is no partner city.
    partners
        Units that count as partners; None: all.

    Returns
    -------
    pairs
        Columns ``unit, document, partner, institution``: for each unit and each of its documents
        the institutions of other units.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": 1, "institution": ["x", "y"], "unit": ["Oslo", "Rome"]})
    >>> partner_pairs(rows, partners=None)["partner"].tolist()
    ['Rome', 'Oslo']
    """
    checked(affiliations, ["document", "institution", "unit"], name="affiliations")
    known = affiliations.loc[affiliations["unit"].notna(), ["document", "institution", "unit"]]
    known = known[known["institution"].notna()].drop_duplicates()
    home = known[["document", "unit"]].drop_duplicates()
    away = known.rename(columns={"unit": "partner"})
    if partners is not None:
        away = away[away["partner"].isin(set(partners))]
    pairs = home.merge(away, on="document")
    pairs = pairs[pairs["unit"] != pairs["partner"]]
    columns = ["unit", "document", "partner", "institution"]
    return pairs[columns].sort_values(columns, ignore_index=True)


def collaboration_diversity(pairs: pd.DataFrame, *, replicates: int, seed: int) -> pd.DataFrame:
    r"""
    Return the diversity of partners as printed: ln(partner cities) / ln(partner institutions).

    The printed formula refers to Margalef's index, but is not it; see :func:`margalef_diversity`.

    Parameters
    ----------
    pairs
        Columns ``unit, document, partner, institution`` (:func:`partner_pairs`).
    replicates, seed
        Of the bootstrap over documents. Numbers of distinct partners fall when documents are drawn
        with repetition, so the standard error is that of a somewhat smaller set.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator = partner cities,
        denominator = partner institutions, n = documents. No value with one institution or none; 0
        with one city.

    Examples
    --------
    >>> pairs = pd.DataFrame({"unit": "Oslo", "document": [1, 2, 3, 4], "institution": list("abcd"),
    ...                       "partner": ["Rome", "Rome", "Bonn", "Bonn"]})
    >>> collaboration_diversity(pairs, replicates=0, seed=1)["value"].tolist()
    [0.5]
    """  # fmt: skip

    def value(cities: Floats, institutions: Floats, _: Floats) -> Floats:
        many = institutions > 1
        below = np.log(institutions, out=np.full(len(cities), np.nan), where=many)
        return np.where(many, np.log(np.maximum(cities, 1.0)), np.nan) / below

    return _diversity(pairs, value, replicates=replicates, seed=seed)


def margalef_diversity(pairs: pd.DataFrame, *, replicates: int, seed: int) -> pd.DataFrame:
    """
    Return Margalef's index of partners: (S - 1) / ln N.

    S partner cities are the species, N pairs of document and partner city the individuals.

    Parameters
    ----------
    pairs
        Columns ``unit, document, partner, institution`` (:func:`partner_pairs`).
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator = S, denominator = N.
        No value for N of 1 or less.

    References
    ----------
    Death (2008), Margalef's index, doi 10.1016/b978-008045405-4.00117-8.

    Examples
    --------
    >>> pairs = pd.DataFrame({"unit": "Oslo", "document": [1, 2, 3, 4], "institution": list("abcd"),
    ...                       "partner": ["Rome", "Rome", "Bonn", "Bonn"]})
    >>> found = margalef_diversity(pairs, replicates=0, seed=1)
    >>> float(found["value"].iloc[0].round(6)), found["denominator"].tolist()
    (0.721348, [4.0])
    """  # fmt: skip

    def value(cities: Floats, _: Floats, individuals: Floats) -> Floats:
        many = individuals > 1
        below = np.log(individuals, out=np.full(len(cities), np.nan), where=many)
        return (cities - 1.0) / below

    found = _diversity(pairs, value, replicates=replicates, seed=seed)
    individuals = pairs.drop_duplicates(["unit", "document", "partner"]).groupby("unit").size()
    return found.assign(denominator=found["unit"].map(individuals).astype(float))


def _diversity(
    pairs: pd.DataFrame, value: Diversity, *, replicates: int, seed: int
) -> pd.DataFrame:
    """Return estimates of a function of partner cities, partner institutions and pairs."""
    checked(pairs, ["unit", "document", "partner", "institution"], name="pairs")
    units, names = pd.factorize(pairs["unit"], sort=True)
    documents, distinct = pd.factorize(pairs["document"], sort=True)
    rows = pairs.assign(unit=units, document=documents)
    meetings = rows.drop_duplicates(["unit", "document", "partner"])
    cities, institutions = _groups(rows, "partner"), _groups(rows, "institution")

    def counts(times: Floats) -> tuple[Floats, Floats, Floats]:
        drawn = times[documents] > 0
        weights = times[meetings["document"].to_numpy(int)]
        return (
            _present(cities, drawn, len(names)),
            _present(institutions, drawn, len(names)),
            np.bincount(meetings["unit"], weights=weights, minlength=len(names)).astype(float),
        )

    plain = counts(np.ones(len(distinct)))
    spread = standard_errors(
        lambda times: value(*counts(times)), len(distinct), replicates=replicates, seed=seed
    )
    table = pd.DataFrame({"unit": names, "value": value(*plain), "numerator": plain[0]})
    return table.assign(
        denominator=plain[1],
        n=rows.groupby("unit")["document"].nunique().to_numpy(int),
        se=np.nan if spread is None else spread,
        flags="",
    )[list(ESTIMATES)]


def _groups(rows: pd.DataFrame, column: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of each row's pair of unit and partner, and the unit of each pair."""
    pairs = rows.groupby(["unit", column]).ngroup().to_numpy().astype(np.int64)
    owners = np.empty(pairs.max(initial=-1) + 1, np.int64)
    owners[pairs] = rows["unit"].to_numpy().astype(np.int64)
    return pairs, owners


def _present(
    groups: tuple[NDArray[np.int64], NDArray[np.int64]], drawn: NDArray[np.bool_], units: int
) -> Floats:
    """Return how many distinct partners of each unit have a drawn row."""
    pairs, owners = groups
    seen = np.bincount(pairs, weights=drawn, minlength=len(owners)) > 0
    return np.bincount(owners, weights=seen, minlength=units).astype(float)


def academic_corporate_documents(affiliations: pd.DataFrame, *, local: str) -> pd.DataFrame:
    """
    Return which documents of each unit universities and companies wrote together.

    Such a document has an author at an academic and another author at a corporate institution;
    hospitals and government are neither. One author with both affiliations is no collaboration.

    Parameters
    ----------
    affiliations
        Columns ``document, author, unit, sector``; ``academic`` and ``corporate`` are sectors,
        others may occur.
    local
        ``anywhere``: the two may sit anywhere; ``corporate`` or ``academic``: that side must sit in
        the unit.

    Returns
    -------
    documents
        Columns ``document, unit, joint`` (0 or 1), one row for each document of each unit.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": 1, "author": [1, 2], "unit": ["Oslo", "Rome"],
    ...                      "sector": ["academic", "corporate"]})
    >>> academic_corporate_documents(rows, local="anywhere")["joint"].tolist()
    [1.0, 1.0]
    >>> academic_corporate_documents(rows, local="corporate")["joint"].tolist()
    [0.0, 1.0]
    """  # fmt: skip
    checked(affiliations, ["document", "author", "unit", "sector"], name="affiliations")
    choice(local, LOCAL, what="local")
    two = affiliations[affiliations["sector"].isin(["academic", "corporate"])]
    sides = two.groupby("document")["sector"].nunique() == _PAIR
    people = two.groupby("document")["author"].nunique() >= _PAIR
    joint = set(sides.index[sides & people])
    units = affiliations.loc[affiliations["unit"].notna(), ["document", "unit"]].drop_duplicates()
    together = units["document"].isin(joint)
    if local != "anywhere":
        here = two.loc[two["sector"] == local, ["document", "unit"]].drop_duplicates()
        pairs = pd.MultiIndex.from_frame(here)
        together &= pd.MultiIndex.from_frame(units).isin(pairs)
    table = units.assign(joint=together.astype(float))
    return table.sort_values(["document", "unit"], ignore_index=True)


def academic_corporate_share(
    documents: pd.DataFrame, document_units: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the share of each unit's documents that universities and companies wrote together.

    Parameters
    ----------
    documents
        Columns ``document, unit, joint`` (:func:`academic_corporate_documents`).
    document_units
        Columns ``document, unit, weight``, all documents of the window.
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "joint": [1.0, 0.0]})
    >>> units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> academic_corporate_share(documents, units, replicates=0, seed=1)["value"].tolist()
    [0.5]
    """
    checked(documents, ["document", "unit", "joint"], name="documents")
    joined = document_units.merge(documents, on=["document", "unit"], how="left")
    parts = joined.rename(columns={"document": "observation"})
    parts = parts.assign(joint=parts["weight"] * parts["joint"].fillna(0.0))
    return additive_estimates(
        parts, ratio, addends=["joint", "weight"], replicates=replicates, seed=seed
    )


def academic_partners(affiliations: pd.DataFrame, *, partners: int) -> pd.DataFrame:
    """
    Return the academic institutions with which the companies of each unit publish most.

    Parameters
    ----------
    affiliations
        Columns ``document, author, institution, unit, sector``.
    partners
        How many of each unit.

    Returns
    -------
    partners
        Columns ``unit, institution, documents, companies, rank``: joint documents of the academic
        institution (wherever it is) and any company in the unit, by different authors, and with
        how many companies. Equal numbers in the order of the names, with the same rank.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": [1, 1, 2, 2], "author": [1, 2, 1, 2], "unit": "Oslo",
    ...                      "institution": ["Acme", "UiO", "Acme", "UiO"],
    ...                      "sector": ["corporate", "academic"] * 2})
    >>> academic_partners(rows, partners=3)[["institution", "documents", "companies"]]
      institution  documents  companies
    0         UiO          2          1
    """  # fmt: skip
    columns = ["document", "author", "institution", "unit", "sector"]
    known = checked(affiliations, columns, name="affiliations")[columns].drop_duplicates()
    here = known[(known["sector"] == "corporate") & known["unit"].notna()]
    there = known[known["sector"] == "academic"].drop(columns="unit")
    met = here.merge(there, on="document", suffixes=("_company", ""))
    met = met[met["author_company"] != met["author"]]
    counts = met.groupby(["unit", "institution"]).agg(
        documents=("document", "nunique"), companies=("institution_company", "nunique")
    )
    table = counts.reset_index().sort_values(
        ["unit", "documents", "institution"], ascending=[True, False, True], kind="stable"
    )
    ranks = table.groupby("unit")["documents"].rank(method="min", ascending=False).astype(int)
    return table.assign(rank=ranks).groupby("unit").head(partners).reset_index(drop=True)
