"""Active researchers of each unit: how many, how much cited, how young."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.index.indicators.estimate import (
    ESTIMATES,
    Floats,
    additive_estimates,
    checked,
    choice,
    ratio,
    standard_errors,
    total,
)
from hubscan.index.indicators.patents import weighted_median
from hubscan.index.indicators.units import COUNTING

AGES: Final = ("difference", "inclusive")
"""Academic age: year of the latest less year of the first document, or one more."""


@dataclass(frozen=True)
class Activity:
    """Who counts as active: enough documents in a window of years, enough of them recent."""

    window_years: int
    recent_years: int
    min_documents: int
    min_recent: int


def dated(authorships: pd.DataFrame) -> pd.DataFrame:
    """
    Return authorships unchanged if they have their columns and real dates.

    Parameters
    ----------
    authorships
        One row for each unit an author gives on a document: ``author, document, date``
        (datetime64; where only years are known, the first of January)``, unit`` (missing = none of
        the units).

    Returns
    -------
    authorships
        The same object.

    Raises
    ------
    InputError
        If a column is missing, dates are no dates, or a date is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": [1], "document": [1], "date": [2020], "unit": ["Oslo"]})
    >>> dated(rows)
    Traceback (most recent call last):
    ...
    hubscan.errors.InputError: authorships: date is int64: must be datetime64, without gaps
    """
    checked(authorships, ["author", "document", "date", "unit"], name="authorships")
    dates = authorships["date"]
    if not pd.api.types.is_datetime64_any_dtype(dates) or dates.isna().any():
        msg = f"authorships: date is {dates.dtype}: must be datetime64, without gaps"
        raise InputError(msg)
    return authorships


def active_researchers(
    authorships: pd.DataFrame, *, last_year: int, activity: Activity, counting: str
) -> pd.DataFrame:
    """
    Return the active researchers and the unit of each: that of the latest document.

    Active is who has at least ``min_documents`` documents in the window of ``window_years`` up to
    ``last_year`` and at least ``min_recent`` in its last ``recent_years``.

    Parameters
    ----------
    authorships
        See :func:`dated`; of science and engineering documents.
    last_year
        Last year of the window.
    activity
        Who counts as active.
    counting
        Several units on the latest document (or on documents of the same latest date): ``whole``
        counts the researcher in each, ``fractional`` by 1/k.

    Returns
    -------
    active
        Columns ``author, unit, weight``; the unit is missing for researchers elsewhere.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2, 3], "unit": ["Rome", "Rome", "Oslo"],
    ...                      "date": pd.to_datetime(["2019-01-01", "2020-01-01", "2023-01-01"])})
    >>> rule = Activity(window_years=5, recent_years=3, min_documents=3, min_recent=1)
    >>> active_researchers(rows, last_year=2023, activity=rule, counting="whole")
       author  unit  weight
    0       1  Oslo     1.0
    """  # fmt: skip
    choice(counting, COUNTING, what="counting")
    years = dated(authorships)["date"].dt.year
    window = authorships[years.between(last_year - activity.window_years + 1, last_year)]
    recent = window[window["date"].dt.year > last_year - activity.recent_years]
    enough = _at_least(window, activity.min_documents) & _at_least(recent, activity.min_recent)
    latest = latest_units(window[window["author"].isin(enough)])
    if counting == "whole":
        latest = latest.assign(share=1.0)
    return latest.rename(columns={"share": "weight"})


def _at_least(authorships: pd.DataFrame, documents: int) -> set[object]:
    """Return the authors with at least so many documents."""
    counts = authorships.groupby("author")["document"].nunique()
    return set(counts.index[counts >= documents])


def latest_units(authorships: pd.DataFrame) -> pd.DataFrame:
    """
    Return the units of each author's latest documents, in equal shares.

    Parameters
    ----------
    authorships
        See :func:`dated`.

    Returns
    -------
    units
        Columns ``author, unit, share``; the shares of an author sum to 1; none of the units is one
        place of its own.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2, 2], "unit": ["Rome", "Oslo", None],
    ...                      "date": pd.to_datetime(["2019-01-01", "2020-01-01", "2020-01-01"])})
    >>> latest_units(rows)["share"].tolist()
    [0.5, 0.5]
    """  # fmt: skip
    last = dated(authorships).groupby("author")["date"].transform("max")
    rows = authorships.loc[authorships["date"] == last, ["author", "unit"]].drop_duplicates()
    rows = rows.sort_values(["author", "unit"], ignore_index=True)
    return rows.assign(share=1.0 / rows.groupby("author")["author"].transform("size"))


def researcher_count(active: pd.DataFrame, *, replicates: int, seed: int) -> pd.DataFrame:
    """
    Return the number of active researchers of each unit.

    Parameters
    ----------
    active
        Columns ``author, unit, weight`` (:func:`active_researchers`).
    replicates, seed
        Of the bootstrap over researchers.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Examples
    --------
    >>> active = pd.DataFrame({"author": [1, 2], "unit": ["Oslo", None], "weight": 1.0})
    >>> researcher_count(active, replicates=0, seed=1)[["unit", "value"]]
       unit  value
    0  Oslo    1.0
    """
    parts = active.rename(columns={"author": "observation"})
    return additive_estimates(parts, total, addends=["weight"], replicates=replicates, seed=seed)


def h_indices(authorships: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """
    Return the h-index of each author: the most h such that h documents have h citations or more.

    Parameters
    ----------
    authorships
        Columns ``author, document`` (all documents of the author up to the census).
    counted
        Columns ``document, citations``; a document that is not there has none.

    Returns
    -------
    h
        Columns ``author, h``.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2, 3, 4]})
    >>> counted = pd.DataFrame({"document": [1, 2, 3, 4], "citations": [10, 3, 3, 1]})
    >>> h_indices(rows, counted)
       author  h
    0       1  3
    """
    checked(authorships, ["author", "document"], name="authorships")
    cited = checked(counted, ["document", "citations"], name="counted")
    rows = authorships[["author", "document"]].drop_duplicates()
    rows = rows.merge(cited.drop_duplicates("document"), on="document", how="left")
    rows = rows.assign(citations=rows["citations"].fillna(0))
    rows = rows.sort_values(["author", "citations"], ascending=[True, False], kind="stable")
    place = rows.groupby("author").cumcount() + 1
    reached = (rows["citations"] >= place).groupby(rows["author"]).sum()
    return reached.rename("h").reset_index()


def median_h_index(
    active: pd.DataFrame, h: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the median h-index of each unit's active researchers.

    Parameters
    ----------
    active
        Columns ``author, unit, weight`` (:func:`active_researchers`).
    h
        Columns ``author, h`` (:func:`h_indices`).
    replicates, seed
        Of the bootstrap over researchers.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; of an even number of
        researchers the mean of the two middle ones. A median has no numerator; the denominator is
        the number of researchers.

    Examples
    --------
    >>> active = pd.DataFrame({"author": [1, 2, 3, 4], "unit": "Oslo", "weight": 1.0})
    >>> h = pd.DataFrame({"author": [1, 2, 3, 4], "h": [1, 4, 7, 30]})
    >>> median_h_index(active, h, replicates=0, seed=1)["value"].tolist()
    [5.5]
    """
    present = active[active["unit"].notna()]
    rows = present.merge(checked(h, ["author", "h"], name="h"), on="author")
    rows = rows.sort_values(["unit", "h", "author"], ignore_index=True)
    groups = [part.index.to_numpy() for _, part in rows.groupby("unit")]
    observations, distinct = pd.factorize(rows["author"], sort=True)
    values, weights = rows["h"].to_numpy(float), rows["weight"].to_numpy(float)

    def medians(times: Floats) -> Floats:
        counted = weights * times[observations]
        return np.array([weighted_median(values[g], counted[g]) for g in groups])

    found = researcher_count(rows, replicates=0, seed=seed)
    spread = standard_errors(medians, len(distinct), replicates=replicates, seed=seed)
    return found.assign(
        value=medians(np.ones(len(distinct))),
        denominator=found["numerator"],
        numerator=np.nan,
        se=np.nan if spread is None else spread,
    )[list(ESTIMATES)]


def academic_ages(authorships: pd.DataFrame, *, last_year: int, age: str) -> pd.DataFrame:
    """
    Return the academic age of each author at the end of a year.

    Parameters
    ----------
    authorships
        See :func:`dated`; all science and engineering documents of the authors.
    last_year
        Documents after it are not looked at.
    age
        ``difference``: year of the latest less year of the first document; ``inclusive``: 1 more.

    Returns
    -------
    ages
        Columns ``author, first_year, latest_year, age``.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2], "unit": "Oslo",
    ...                      "date": pd.to_datetime(["2018-05-01", "2023-02-01"])})
    >>> academic_ages(rows, last_year=2023, age="difference")["age"].tolist()
    [5]
    """  # fmt: skip
    choice(age, AGES, what="age")
    years = dated(authorships)["date"].dt.year
    seen = years[years <= last_year].groupby(authorships["author"])
    ages = pd.DataFrame({"first_year": seen.min(), "latest_year": seen.max()})
    ages["age"] = ages["latest_year"] - ages["first_year"] + (1 if age == "inclusive" else 0)
    return ages.rename_axis("author").reset_index()


def young_researchers(
    active: pd.DataFrame, ages: pd.DataFrame, *, oldest_years: int
) -> pd.DataFrame:
    """
    Return the active researchers whose academic age is not above a limit.

    Parameters
    ----------
    active
        Columns ``author, unit, weight`` (:func:`active_researchers`).
    ages
        Columns ``author, age`` (:func:`academic_ages` at the same last year).
    oldest_years
        5 in the SET Index 2024.

    Returns
    -------
    young
        The rows of ``active`` that are young; two of them, some years apart, make a growth
        (:func:`hubscan.index.indicators.growth.stock_growth`).

    Examples
    --------
    >>> active = pd.DataFrame({"author": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> ages = pd.DataFrame({"author": [1, 2], "age": [5, 6]})
    >>> young_researchers(active, ages, oldest_years=5)["author"].tolist()
    [1]
    """
    checked(ages, ["author", "age"], name="ages")
    young = set(ages.loc[ages["age"] <= oldest_years, "author"])
    return active[active["author"].isin(young)].reset_index(drop=True)


def researcher_share(
    part: pd.DataFrame, active: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the share of some researchers among the active ones of each unit.

    Parameters
    ----------
    part
        Columns ``author, unit, weight``: the young, or those who came from elsewhere.
    active
        Columns ``author, unit, weight``: all of them, ``part`` included.
    replicates, seed
        Of the bootstrap over researchers.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Examples
    --------
    >>> active = pd.DataFrame({"author": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> researcher_share(active.iloc[:1], active, replicates=0, seed=1)["value"].tolist()
    [0.5]
    """
    all_of_them = active.assign(part=0.0)
    some = part.assign(part=part["weight"], weight=0.0)
    parts = pd.concat([all_of_them, some]).rename(columns={"author": "observation"})
    return additive_estimates(
        parts, ratio, addends=["part", "weight"], replicates=replicates, seed=seed
    )
