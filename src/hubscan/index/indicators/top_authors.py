"""Most cited authors: who they are by field, and how many each unit has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.index.indicators.estimate import checked
from hubscan.index.indicators.impact import top_count, top_marks
from hubscan.index.indicators.specialisation import researcher_fields

if TYPE_CHECKING:
    import pandas as pd


def top_author_marks(
    authorships: pd.DataFrame,
    fields: pd.DataFrame,
    counted: pd.DataFrame,
    *,
    top_share: float,
    ties: str,
) -> pd.DataFrame:
    """
    Return how much of each author belongs to the most cited share of the authors of a field.

    An author belongs to the field of most of the documents and is ranked there by the citations of
    all documents, each counted in full. Where a published list of top scientists is at hand, it
    takes the place of this table.

    Parameters
    ----------
    authorships
        Columns ``author, document``.
    fields
        Columns ``document, field``.
    counted
        Columns ``document, citations``; a document that is not there has none.
    top_share
        0.02 for the top 2 %.
    ties
        As :func:`hubscan.index.indicators.impact.top_marks`.

    Returns
    -------
    marks
        Columns ``author, citations, mark``, mark in [0, 1]; authors without a field are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"author": [1, 1, 2], "document": [1, 2, 3]})
    >>> fields = pd.DataFrame({"document": [1, 2, 3], "field": "a"})
    >>> counted = pd.DataFrame({"document": [1, 2, 3], "citations": [4, 5, 8]})
    >>> top_author_marks(rows, fields, counted, top_share=0.5, ties="fraction")["mark"].tolist()
    [1.0, 0.0]
    """
    rows = checked(authorships, ["author", "document"], name="authorships")
    rows = rows[["author", "document"]].drop_duplicates()
    cited = rows.merge(counted[["document", "citations"]], on="document", how="left")
    totals = cited["citations"].fillna(0).groupby(cited["author"]).sum()
    people = totals.rename("citations").rename_axis("document").reset_index().assign(year=0)
    topics = researcher_fields(rows, fields, assignment="modal")
    topics = topics.rename(columns={"observation": "document"})[["document", "field"]]
    marks = top_marks(people, topics, people, by=["year"], top_share=top_share, ties=ties)
    marks = marks.merge(people[["document", "citations"]], on="document")
    return marks.rename(columns={"document": "author"})[["author", "citations", "mark"]]


def top_author_count(
    marks: pd.DataFrame, residents: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the number of most cited authors of each unit.

    Parameters
    ----------
    marks
        Columns ``author, mark`` (:func:`top_author_marks`, or a list with mark 1).
    residents
        Columns ``author, unit, weight``: current units
        (:func:`hubscan.index.indicators.researchers.latest_units`, its share as weight).
    replicates, seed
        Of the bootstrap over authors.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`; the denominator is the number
        of authors there.

    Examples
    --------
    >>> import pandas as pd
    >>> marks = pd.DataFrame({"author": [1, 2], "mark": [1.0, 0.0]})
    >>> residents = pd.DataFrame({"author": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> top_author_count(marks, residents, replicates=0, seed=1)["value"].tolist()
    [1.0]
    """
    checked(marks, ["author", "mark"], name="marks")
    there = residents.rename(columns={"author": "document"})
    named = marks.rename(columns={"author": "document"})
    return top_count(named, there, replicates=replicates, seed=seed)
