"""Indicators of patent families: numbers, per capita, technology impact, high-impact families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.index.indicators.estimate import additive_estimates, checked, choice, flagged, total
from hubscan.index.indicators.impact import mean_impact

if TYPE_CHECKING:
    from hubscan.index.indicators.estimate import Floats

LEVELS: Final = {"class": 3, "subclass": 4}
"""Characters of an IPC or CPC symbol that make a field, by level."""

SKEWED: Final = ("median", "trimmed_mean")
"""Columns that stand beside the mean of a very skewed indicator."""


def patent_fields(symbols: pd.DataFrame, *, level: str) -> pd.DataFrame:
    """
    Return the technology classes of each patent family.

    Parameters
    ----------
    symbols
        Columns ``document`` (the family)``, symbol`` (IPC or CPC, as ``H04L 27/26``).
    level
        ``class`` (three characters, ``H04``) or ``subclass`` (four, ``H04L``).

    Returns
    -------
    fields
        Columns ``document, field``, each pair once, sorted.

    Raises
    ------
    InputError
        If a symbol is too short for the level.

    Examples
    --------
    >>> symbols = pd.DataFrame({"document": [1, 1], "symbol": ["H04L 27/26", "H04W 4/00"]})
    >>> patent_fields(symbols, level="class")
       document field
    0         1   H04
    """
    checked(symbols, ["document", "symbol"], name="symbols")
    length = LEVELS[choice(level, LEVELS, what="level")]
    texts = symbols["symbol"].str.strip().str.upper()
    short = texts[texts.str.len() < length]
    if len(short):
        msg = f"symbols: {short.iloc[0]!r} is too short: a {level} has {length} characters"
        raise InputError(msg)
    fields = pd.DataFrame({"document": symbols["document"], "field": texts.str[:length]})
    return fields.drop_duplicates().sort_values(["document", "field"], ignore_index=True)


def citing_families(citations: pd.DataFrame, families: pd.DataFrame) -> pd.DataFrame:
    """
    Return how many other families cite each family, each counted once.

    Parameters
    ----------
    citations
        Columns ``document`` (the cited family)``, citing`` (the citing family); any repetition.
    families
        Column ``document``: the families asked for.

    Returns
    -------
    counted
        Columns ``document, citations``, one row for each family.

    Examples
    --------
    >>> citations = pd.DataFrame({"document": [1, 1, 1, 1], "citing": [2, 2, 3, 1]})
    >>> citing_families(citations, pd.DataFrame({"document": [1, 2]}))
       document  citations
    0         1          2
    1         2          0
    """
    checked(citations, ["document", "citing"], name="citations")
    others = citations[citations["document"] != citations["citing"]]
    counts = others.drop_duplicates(["document", "citing"]).groupby("document").size()
    asked = pd.Index(sorted(set(families["document"])), name="document")
    return counts.reindex(asked, fill_value=0).rename("citations").reset_index()


def document_count(document_units: pd.DataFrame, *, replicates: int, seed: int) -> pd.DataFrame:
    """
    Return the number of documents of each unit: granted families, papers of given journals.

    Parameters
    ----------
    document_units
        Columns ``document, unit, weight``.
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Examples
    --------
    >>> units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": [1.0, 0.5]})
    >>> document_count(units, replicates=0, seed=1)["value"].tolist()
    [1.5]
    """
    checked(document_units, ["document", "unit", "weight"], name="document_units")
    parts = document_units.rename(columns={"document": "observation"})
    return additive_estimates(parts, total, addends=["weight"], replicates=replicates, seed=seed)


def per_capita(
    estimates: pd.DataFrame, population: pd.DataFrame, *, people: float, scope: str
) -> pd.DataFrame:
    """
    Return estimates per so many people.

    Parameters
    ----------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.
    population
        Columns ``unit, population, year, scope`` (what ground is counted, in words).
    people
        10,000 in the SET Index 2024.
    scope
        The ground the numerator covers; another one is flagged.

    Returns
    -------
    estimates
        Value and standard error divided by population / people; the denominator is the population.
        Flags: ``population_of=year``, ``other_scope``, ``no_population`` (then no value).

    Examples
    --------
    >>> counts = pd.DataFrame({"unit": ["Oslo"], "value": 50.0, "numerator": 50.0,
    ...                        "denominator": float("nan"), "n": 50, "se": 7.0, "flags": ""})
    >>> people = pd.DataFrame({"unit": ["Oslo"], "population": 100000, "year": 2020,
    ...                        "scope": "county"})
    >>> per_capita(counts, people, people=10000, scope="city")[["value", "se", "flags"]]
       value   se                           flags
    0    5.0  0.7  population_of=2020 other_scope
    """  # fmt: skip
    checked(population, ["unit", "population", "year", "scope"], name="population")
    counted = population.drop_duplicates("unit").set_index("unit")
    people_there = estimates["unit"].map(counted["population"]).astype(float)
    rate = people / people_there.where(people_there > 0)
    found = estimates.assign(
        value=estimates["value"] * rate, se=estimates["se"] * rate, denominator=people_there
    )
    for year in sorted(counted["year"].unique()):
        rows = found["unit"].map(counted["year"]) == year
        found = flagged(found, rows, f"population_of={year}")
    scopes = found["unit"].map(counted["scope"])
    found = flagged(found, scopes.notna() & (scopes != scope), "other_scope")
    return flagged(found, rate.isna(), "no_population")


def technology_impact(
    impact: pd.DataFrame,
    document_units: pd.DataFrame,
    *,
    trim: float,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """
    Return the mean normalised citation impact of each unit's families, beside robust centres.

    A few families can carry the mean (Amsterdam's 19.96 in the SET Index 2024), so the median and a
    trimmed mean stand beside it.

    Parameters
    ----------
    impact
        Columns ``document, impact`` (:func:`hubscan.index.indicators.impact.normalised_impact` over
        cells of technology class and earliest application year).
    document_units
        Columns ``document, unit, weight``.
    trim
        Share of the families (by weight) cut off at each end for the trimmed mean.
    replicates, seed
        Of the bootstrap over families.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES` and :data:`SKEWED`.

    Examples
    --------
    >>> impact = pd.DataFrame({"document": range(4), "impact": [0.0, 1.0, 2.0, 97.0]})
    >>> units = pd.DataFrame({"document": range(4), "unit": "Oslo", "weight": 1.0})
    >>> technology_impact(impact, units, trim=0.25, replicates=0, seed=1)[
    ...     ["value", "median", "trimmed_mean"]
    ... ]
       value  median  trimmed_mean
    0   25.0     1.5           1.5
    """
    found = mean_impact(impact, document_units, replicates=replicates, seed=seed)
    joined = document_units.merge(impact[["document", "impact"]].dropna(), on="document")
    ordered = joined.sort_values(["impact", "document"])
    centres = {
        unit: _centres(part["impact"].to_numpy(float), part["weight"].to_numpy(float), trim)
        for unit, part in ordered.groupby("unit")
    }
    for place, name in enumerate(SKEWED):
        found[name] = [centres[unit][place] for unit in found["unit"]]
    return found


def _centres(values: Floats, weights: Floats, trim: float) -> tuple[float, float]:
    """Return weighted median and trimmed mean of values in ascending order."""
    ends = np.cumsum(weights)
    low, high = trim * ends[-1], (1.0 - trim) * ends[-1]
    kept = np.clip(np.minimum(ends, high) - np.maximum(ends - weights, low), 0.0, None)
    trimmed = float((kept * values).sum() / kept.sum()) if kept.sum() > 0 else np.nan
    return weighted_median(values, weights), trimmed


def weighted_median(values: Floats, weights: Floats) -> float:
    """
    Return the median of values that count more or less than once.

    Parameters
    ----------
    values
        In ascending order.
    weights
        Not negative.

    Returns
    -------
    median
        The value at which half of the weight is reached; the mean of two neighbours if the half
        falls between them; NaN without weight.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 2.0]))
    5.5
    """
    kept = weights > 0
    values, ends = values[kept], np.cumsum(weights[kept])
    if not len(values):
        return np.nan
    half = ends[-1] / 2.0
    place = int(np.searchsorted(ends, half * (1.0 - _ROUNDING)))
    between = abs(ends[place] - half) <= _ROUNDING * half and place + 1 < len(values)
    return float((values[place] + values[place + 1]) / 2.0 if between else values[place])


_ROUNDING: Final = 1e-12
