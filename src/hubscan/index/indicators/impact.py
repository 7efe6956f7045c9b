"""Citation impact: normalised by field, type and year; top shares; papers cited by patents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.index.indicators.estimate import (
    additive_estimates,
    checked,
    choice,
    flagged,
    ratio,
    total,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

CELLS: Final = ("fractional", "whole")
"""How a document of k fields counts in the world mean of each: 1/k, or once."""

TIES: Final = ("fraction", "strict", "inclusive")
"""What becomes of documents at the threshold of a top class."""


def window_citations(
    documents: pd.DataFrame,
    citations: pd.DataFrame,
    *,
    following_years: int | None,
    census_year: int,
) -> pd.DataFrame:
    """
    Return the citations of each document from its own year to the end of its citation window.

    Parameters
    ----------
    documents
        Columns ``document, year``.
    citations
        Columns ``document, year`` (of the citing documents)``, citations``.
    following_years
        Years after the year of publication that count (3: a window of four years); None: all up to
        the census.
    census_year
        Last year of citations; a window that would end later ends here.

    Returns
    -------
    counted
        Columns ``document, citations``, one row for each document, 0 where there are none.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": [1, 2], "year": [2019, 2023]})
    >>> citations = pd.DataFrame({"document": 1, "year": [2018, 2019, 2022, 2023], "citations": 1})
    >>> window_citations(documents, citations, following_years=3, census_year=2024)
       document  citations
    0         1          2
    1         2          0
    """
    checked(documents, ["document", "year"], name="documents")
    checked(citations, ["document", "year", "citations"], name="citations")
    published = documents.drop_duplicates("document").set_index("document")["year"]
    start = citations["document"].map(published)
    end = pd.Series(census_year, index=citations.index)
    if following_years is not None:
        end = (start + following_years).clip(upper=census_year)
    inside = citations[(citations["year"] >= start) & (citations["year"] <= end)]
    sums = inside.groupby("document")["citations"].sum().reindex(published.index, fill_value=0)
    return sums.sort_index().reset_index()


def normalised_impact(
    documents: pd.DataFrame,
    fields: pd.DataFrame,
    counted: pd.DataFrame,
    *,
    by: Sequence[str],
    cells: str,
) -> pd.DataFrame:
    r"""
    Return the citations of each document over those expected of its field, type and year.

    The expectation of a cell (field and the columns ``by``) is the world mean of citations there;
    that of a document of several fields is the harmonic mean :math:`|F| / \\sum 1/e_f`. With
    ``fractional`` cells the mean impact of the world is exactly 1.

    Parameters
    ----------
    documents
        The world: ``document`` and the columns ``by``.
    fields
        One row for each field of a document: ``document, field``.
    counted
        Columns ``document, citations``.
    by
        Columns of ``documents`` that with the field make a cell, as ``["kind", "year"]``.
    cells
        ``fractional`` counts a document of k fields 1/k in each cell's mean, ``whole`` once.

    Returns
    -------
    impact
        Columns ``document, citations, expected, impact``, one row for each document; no impact
        where nothing is expected or the document has no field.

    References
    ----------
    The field-weighted citation impact as the SET Index 2024 report defines it (appendix 1, 3.1.3).

    Examples
    --------
    >>> documents = pd.DataFrame({"document": [1, 2, 3], "year": 2020})
    >>> fields = pd.DataFrame({"document": [1, 2, 3, 3], "field": ["a", "a", "a", "b"]})
    >>> counted = pd.DataFrame({"document": [1, 2, 3], "citations": [2, 4, 6]})
    >>> found = normalised_impact(documents, fields, counted, by=["year"], cells="fractional")
    >>> found["expected"].round(3).tolist(), float(found["impact"].mean().round(12))
    ([3.6, 3.6, 4.5], 1.0)
    """
    checked(documents, ["document", *by], name="documents")
    checked(counted, ["document", "citations"], name="counted")
    choice(cells, CELLS, what="cells")
    rows = _field_rows(documents, fields, counted, by)
    weight = rows["share"] if cells == "fractional" else rows["share"] * 0.0 + 1.0
    sums = pd.DataFrame({"mass": weight, "cited": weight * rows["citations"]}).groupby(
        [rows[column] for column in ("field", *by)]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = sums["cited"].transform("sum") / sums["mass"].transform("sum")
        harmonic = 1.0 / (rows["share"] / expected).groupby(rows["document"]).sum()
    world = documents[["document"]].drop_duplicates().sort_values("document")
    joined = world.merge(counted[["document", "citations"]], on="document", how="left")
    joined["citations"] = joined["citations"].fillna(0)
    joined["expected"] = joined["document"].map(harmonic).astype(float)
    impact = joined["citations"] / joined["expected"].where(joined["expected"] > 0)
    return joined.assign(impact=impact).reset_index(drop=True)


def _field_rows(
    documents: pd.DataFrame, fields: pd.DataFrame, counted: pd.DataFrame, by: Sequence[str]
) -> pd.DataFrame:
    """Return one row for each field of each document, in a fixed order, with its share 1/k."""
    distinct = checked(fields, ["document", "field"], name="fields")
    rows = distinct[["document", "field"]].drop_duplicates()
    rows = rows.assign(share=1.0 / rows.groupby("document")["field"].transform("size"))
    rows = rows.merge(documents[["document", *by]].drop_duplicates("document"), on="document")
    rows = rows.merge(counted[["document", "citations"]], on="document", how="left")
    rows["citations"] = rows["citations"].fillna(0.0)
    return rows.sort_values(["document", "field"], ignore_index=True)


def mean_impact(
    impact: pd.DataFrame, document_units: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the mean normalised impact of the documents of each unit (FWCI for papers).

    Parameters
    ----------
    impact
        Columns ``document, impact`` (:func:`normalised_impact`).
    document_units
        Columns ``document, unit, weight``.
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; numerator = sum of impacts,
        denominator = documents with an impact. Flag ``left_out=k``: k documents have none.

    Examples
    --------
    >>> impact = pd.DataFrame({"document": [1, 2, 3], "impact": [3.0, 1.0, None]})
    >>> units = pd.DataFrame({"document": [1, 2, 3], "unit": "Oslo", "weight": 1.0})
    >>> mean_impact(impact, units, replicates=0, seed=1)[["value", "n", "flags"]]
       value  n       flags
    0    2.0  2  left_out=1
    """
    checked(impact, ["document", "impact"], name="impact")
    joined = document_units.merge(impact[["document", "impact"]], on="document")
    present = joined[joined["impact"].notna()].rename(columns={"document": "observation"})
    parts = present.assign(cited=present["weight"] * present["impact"])
    found = additive_estimates(
        parts, ratio, addends=["cited", "weight"], replicates=replicates, seed=seed
    )
    lost = joined[joined["impact"].isna()].groupby("unit").size()
    for unit, number in lost.items():
        found = flagged(found, found["unit"] == unit, f"left_out={number}")
    return found


def top_marks(
    documents: pd.DataFrame,
    fields: pd.DataFrame,
    counted: pd.DataFrame,
    *,
    by: Sequence[str],
    top_share: float,
    ties: str,
) -> pd.DataFrame:
    """
    Return how much of each document belongs to the most cited share of its cells.

    In a cell (field and the columns ``by``; a document of k fields counts 1/k in each) documents
    above the threshold count in full; those at it share what is left, so that exactly the share
    asked for is top in every cell and in the world. Over several fields the mark is the mean.

    Parameters
    ----------
    documents
        The world: ``document, year`` and the columns ``by``.
    fields
        Columns ``document, field``.
    counted
        Columns ``document, citations``.
    by
        Columns of ``documents`` that with the field make a cell, as ``["year"]``.
    top_share
        0.01 for the top 1 %.
    ties
        ``fraction`` as above; ``strict``: documents at the threshold count 0 unless all of them
        fit; ``inclusive``: they count 1.

    Returns
    -------
    marks
        Columns ``document, year, mark``, mark in [0, 1]; documents without a field are left out.

    References
    ----------
    Waltman and Schreiber (2013) on ties in percentile-based indicators.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": [1, 2, 3, 4], "year": 2020})
    >>> fields = pd.DataFrame({"document": [1, 2, 3, 4], "field": "a"})
    >>> counted = pd.DataFrame({"document": [1, 2, 3, 4], "citations": [9, 5, 5, 1]})
    >>> top_marks(documents, fields, counted, by=["year"], top_share=0.5, ties="fraction")[
    ...     "mark"
    ... ].tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    checked(documents, ["document", "year", *by], name="documents")
    choice(ties, TIES, what="ties")
    rows = _field_rows(documents, fields, counted, by)
    cell = ["field", *by]
    levels = rows.groupby([*cell, "citations"])["share"].sum().reset_index()
    levels = levels.sort_values("citations", ascending=False, kind="stable")
    sums = levels.groupby(cell)["share"]
    above = sums.cumsum() - levels["share"]
    room = (top_share * sums.transform("sum") - above) / levels["share"]
    marks = {
        "fraction": room.clip(0.0, 1.0),
        "strict": (room >= 1.0 - _ROUNDING).astype(float),
        "inclusive": (room > _ROUNDING).astype(float),
    }
    joined = rows.merge(levels.assign(mark=marks[ties]), on=[*cell, "citations"], how="left")
    weighted = joined["mark"] * rows["share"]
    found = weighted.groupby(rows["document"]).sum().rename("mark").reset_index()
    years = documents.drop_duplicates("document").set_index("document")["year"]
    return found.assign(year=found["document"].map(years))[["document", "year", "mark"]]


_ROUNDING: Final = 1e-12


def top_count(
    marks: pd.DataFrame, document_units: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the number of top documents of each unit.

    Parameters
    ----------
    marks
        Columns ``document, mark`` (:func:`top_marks`).
    document_units
        Columns ``document, unit, weight``.
    replicates, seed
        Of the bootstrap over documents.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; the denominator is the number
        of documents.

    Examples
    --------
    >>> marks = pd.DataFrame({"document": [1, 2], "mark": [1.0, 0.5]})
    >>> units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> top_count(marks, units, replicates=0, seed=1)["value"].tolist()
    [1.5]
    """
    parts = _marked(marks, document_units)
    return additive_estimates(
        parts, total, addends=["marked", "weight"], replicates=replicates, seed=seed
    )


def top_share(
    marks: pd.DataFrame, document_units: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the share of top documents among the documents of each unit.

    Parameters
    ----------
    marks
        Columns ``document, mark`` (:func:`top_marks`).
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
    >>> marks = pd.DataFrame({"document": [1, 2], "mark": [1.0, 0.5]})
    >>> units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> top_share(marks, units, replicates=0, seed=1)["value"].tolist()
    [0.75]
    """
    parts = _marked(marks, document_units)
    return additive_estimates(
        parts, ratio, addends=["marked", "weight"], replicates=replicates, seed=seed
    )


def _marked(marks: pd.DataFrame, document_units: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of an estimate of marked documents."""
    checked(marks, ["document", "mark"], name="marks")
    checked(document_units, ["document", "unit", "weight"], name="document_units")
    joined = document_units.merge(marks[["document", "mark"]], on="document")
    joined = joined.rename(columns={"document": "observation"})
    return joined.assign(marked=joined["weight"] * joined["mark"])


def cited_by_patents_share(
    document_units: pd.DataFrame,
    patent_citations: pd.DataFrame,
    *,
    offices: Collection[str],
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """
    Return the share of each unit's papers that a patent document of given offices cites.

    Parameters
    ----------
    document_units
        Columns ``document, unit, weight``, the papers of the window.
    patent_citations
        One row for each citation of a paper: ``document, office`` (of the citing patent document).
    offices
        Offices that count: ``WO, US, EP, JP, GB`` in the SET Index 2024.
    replicates, seed
        Of the bootstrap over papers.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Examples
    --------
    >>> units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> cited = pd.DataFrame({"document": [1, 1, 2], "office": ["US", "EP", "CN"]})
    >>> cited_by_patents_share(units, cited, offices=["US", "EP"], replicates=0, seed=1)[
    ...     "value"
    ... ].tolist()
    [0.5]
    """
    checked(patent_citations, ["document", "office"], name="patent_citations")
    cited = set(patent_citations.loc[patent_citations["office"].isin(set(offices)), "document"])
    hits = document_units["document"].isin(cited).astype(float)
    marks = document_units[["document"]].assign(mark=hits).drop_duplicates("document")
    return top_share(marks, document_units, replicates=replicates, seed=seed)
