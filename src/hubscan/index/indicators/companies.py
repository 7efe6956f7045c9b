"""Indicators of companies, journals and rankings that need no model of authors or citations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.index.indicators.estimate import (
    ESTIMATES,
    Floats,
    additive_estimates,
    checked,
    flagged,
    ratio,
    standard_errors,
    total,
)
from hubscan.index.indicators.patents import weighted_median

if TYPE_CHECKING:
    from collections.abc import Collection

CNS_ISSNS: Final = frozenset(
    {"00928674", "10974172", "00280836", "14764687", "00368075", "10959203"}
)
"""ISSN (print and electronic) of Cell, Nature and Science, without hyphens."""


def journal_documents(
    documents: pd.DataFrame, *, issns: Collection[str], kinds: Collection[str]
) -> pd.DataFrame:
    """
    Return the documents of given journals and kinds.

    Parameters
    ----------
    documents
        Columns ``document, issn`` (with or without hyphen)``, kind``.
    issns
        ISSN of the journals, as :data:`CNS_ISSNS`.
    kinds
        Document types that count, as ``article`` and ``review``.

    Returns
    -------
    documents
        Column ``document``, each once.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": [1, 2], "issn": ["0028-0836", "1234-5678"],
    ...                      "kind": "article"})
    >>> journal_documents(rows, issns=CNS_ISSNS, kinds=["article"])["document"].tolist()
    [1]
    """  # fmt: skip
    checked(documents, ["document", "issn", "kind"], name="documents")
    plain = {issn.replace("-", "").upper() for issn in issns}
    keys = documents["issn"].fillna("").astype(str).str.replace("-", "").str.upper()
    kept = documents[keys.isin(plain) & documents["kind"].isin(set(kinds))]
    return kept[["document"]].drop_duplicates().sort_values("document", ignore_index=True)


def company_sum(
    companies: pd.DataFrame, *, column: str | None, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the number of companies of each unit, or the sum of one of their columns.

    Parameters
    ----------
    companies
        One row a company: ``company, unit`` and the column, if one is named.
    column
        ``employees`` and the like; None counts the companies. Companies without a number are left
        out and flagged.
    replicates, seed
        Of the bootstrap over companies.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`. Flag ``left_out=k``.

    Examples
    --------
    >>> rows = pd.DataFrame({"company": [1, 2], "unit": "Oslo", "employees": [10, 20]})
    >>> company_sum(rows, column="employees", replicates=0, seed=1)["value"].tolist()
    [30.0]
    """
    checked(companies, ["company", "unit", *([column] if column else [])], name="companies")
    rows = companies.assign(amount=companies[column].astype(float) if column else 1.0)
    parts = rows[rows["amount"].notna()].rename(columns={"company": "observation"})
    found = additive_estimates(parts, total, addends=["amount"], replicates=replicates, seed=seed)
    return _left_out(found, rows[rows["amount"].isna()])


def _left_out(found: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Return estimates with the number of companies left out in each unit as a flag."""
    for unit, number in lost.groupby("unit").size().items():
        found = flagged(found, found["unit"] == unit, f"left_out={number}")
    return found


def sector_employee_share(
    companies: pd.DataFrame, *, sectors: Collection[str], replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the share of employees who work at companies of given sectors.

    Parameters
    ----------
    companies
        Columns ``company, unit, sector, employees``.
    sectors
        Sectors that count as high technology.
    replicates, seed
        Of the bootstrap over companies.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`. Flag ``left_out=k``: companies
        without a number of employees.

    Examples
    --------
    >>> rows = pd.DataFrame({"company": [1, 2], "unit": "Oslo", "sector": ["Software", "Banks"],
    ...                      "employees": [30, 10]})
    >>> sector_employee_share(rows, sectors=["Software"], replicates=0, seed=1)["value"].tolist()
    [0.75]
    """  # fmt: skip
    checked(companies, ["company", "unit", "sector", "employees"], name="companies")
    rows = companies[companies["employees"].notna()]
    parts = rows.assign(
        observation=rows["company"],
        inside=rows["employees"].where(rows["sector"].isin(set(sectors)), 0).astype(float),
    )
    found = additive_estimates(
        parts, ratio, addends=["inside", "employees"], replicates=replicates, seed=seed
    )
    return _left_out(found, companies[companies["employees"].isna()])


def median_intensity(companies: pd.DataFrame, *, replicates: int, seed: int) -> pd.DataFrame:
    """
    Return the median over the companies of each unit of R&D spending over sales.

    Parameters
    ----------
    companies
        Columns ``company, unit, rd, sales``.
    replicates, seed
        Of the bootstrap over companies.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; a median has no numerator, the
        denominator is the number of companies. Flag ``left_out=k``: no spending, or no sales.

    Examples
    --------
    >>> rows = pd.DataFrame({"company": [1, 2], "unit": "Oslo", "rd": [1.0, 3.0], "sales": 10.0})
    >>> median_intensity(rows, replicates=0, seed=1)["value"].tolist()
    [0.2]
    """
    checked(companies, ["company", "unit", "rd", "sales"], name="companies")
    intensity = companies["rd"].astype(float) / companies["sales"].where(companies["sales"] > 0)
    every = companies[companies["unit"].notna()].assign(intensity=intensity)
    rows = every[every["intensity"].notna()]
    rows = rows.sort_values(["unit", "intensity", "company"], ignore_index=True)
    groups = [part.index.to_numpy() for _, part in rows.groupby("unit")]
    owners, distinct = pd.factorize(rows["company"], sort=True)
    values = rows["intensity"].to_numpy(float)

    def medians(times: Floats) -> Floats:
        return np.array([weighted_median(values[g], times[owners][g]) for g in groups])

    spread = standard_errors(medians, len(distinct), replicates=replicates, seed=seed)
    sizes = rows.groupby("unit").size()
    found = pd.DataFrame({"unit": sizes.index, "value": medians(np.ones(len(distinct)))}).assign(
        numerator=np.nan,
        denominator=sizes.to_numpy(float),
        n=sizes.to_numpy(int),
        se=np.nan if spread is None else spread,
        flags="",
    )
    return _left_out(found[list(ESTIMATES)], every[every["intensity"].isna()])


def discipline_growth_index(
    ranks: pd.DataFrame, *, first_year: int, last_year: int
) -> pd.DataFrame:
    """
    Return how far the ranked disciplines of each unit rose, with more for rising near the top.

    The published formula is not known. This reconstruction is the mean of ln(first / last) of the
    median and of the mean rank: equal ratios count equally, so a rise from 4 to 2 counts as much as
    one from 100 to 50.

    Parameters
    ----------
    ranks
        Columns ``unit, year, rank``, one row for each ranked discipline of each university.
    first_year, last_year
        The two rankings compared.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator and denominator are
        the first and the last median rank, n the ranked disciplines of the last year. Flag
        ``reconstruction``; no value where one of the years has no rank.

    Raises
    ------
    InputError
        If a rank is less than 1.

    Examples
    --------
    >>> ranks = pd.DataFrame({"unit": "Oslo", "year": [2020, 2024], "rank": [100, 50]})
    >>> found = discipline_growth_index(ranks, first_year=2020, last_year=2024)
    >>> float(found["value"].iloc[0].round(6))
    0.693147
    """
    checked(ranks, ["unit", "year", "rank"], name="ranks")
    if (ranks["rank"] < 1).any():
        msg = f"ranks: {ranks['rank'].min():g}: a rank is at least 1"
        raise InputError(msg)
    years = ranks[ranks["year"].isin([first_year, last_year])]
    median, mean, size = (
        years.pivot_table(index="unit", columns="year", values="rank", aggfunc=centre).reindex(
            columns=[first_year, last_year]
        )
        for centre in ("median", "mean", "count")
    )
    rises = [np.log(pair[first_year] / pair[last_year]) for pair in (median, mean)]
    return pd.DataFrame(
        {
            "unit": median.index,
            "value": np.mean(rises, axis=0),
            "numerator": median[first_year].to_numpy(float),
            "denominator": median[last_year].to_numpy(float),
            "n": size[last_year].fillna(0).to_numpy(int),
            "se": np.nan,
            "flags": "reconstruction",
        },
        columns=list(ESTIMATES),
    )
