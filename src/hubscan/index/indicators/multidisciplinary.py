"""Multidisciplinary score, reconstructed: how unlike the backgrounds of a paper's authors are."""

# The construction behind the published score was not available. This one follows its description:
# variety, balance and distance of subfields between the authors of a paper, not within each of
# them; a single author scores the minimum. The measure is the between-author part of Rao's
# quadratic entropy.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import sparse

from hubscan.errors import InputError
from hubscan.index.indicators.estimate import checked
from hubscan.index.indicators.impact import normalised_impact
from hubscan.index.indicators.researchers import dated

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST: Final = 2
_CHUNK: Final = 100_000


def subfield_similarity(profiles: pd.DataFrame) -> pd.DataFrame:
    """
    Return the cosine similarity of the citation profiles of subfields.

    Parameters
    ----------
    profiles
        Rows subfields, columns subfields (or anything cited): how often the papers of the row cite
        the column; not negative.

    Returns
    -------
    similarity
        Square, rows and columns in the order of the rows; symmetric, positive semi-definite, 1 on
        the diagonal. A subfield that cites nothing is similar to itself only.

    Examples
    --------
    >>> profiles = pd.DataFrame([[1, 0], [1, 1]], index=["a", "b"], columns=["a", "b"])
    >>> float(subfield_similarity(profiles).loc["a", "b"].round(6))
    0.707107
    """
    counts = profiles.to_numpy(float)
    lengths = np.sqrt((counts**2).sum(axis=1))
    units = np.divide(
        counts, lengths[:, None], out=np.zeros_like(counts), where=lengths[:, None] > 0
    )
    similarity = units @ units.T
    np.fill_diagonal(similarity, 1.0)
    return pd.DataFrame(similarity, index=profiles.index, columns=profiles.index)


def earlier_profiles(
    authorships: pd.DataFrame, fields: pd.DataFrame, focal: pd.DataFrame
) -> pd.DataFrame:
    """
    Return the distribution over subfields of each author's documents before each focal one.

    Parameters
    ----------
    authorships
        See :func:`hubscan.index.indicators.researchers.dated` (units are not used).
    fields
        Columns ``document, field``; a document of k subfields counts 1/k in each.
    focal
        Column ``document``: the documents whose authors are looked at.

    Returns
    -------
    profiles
        Columns ``document, author, field, share``; shares of an author sum to 1. Documents of the
        same date are not earlier. Authors without an earlier document have no rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2, 3], "unit": "Oslo",
    ...                      "date": pd.to_datetime(["2017-01-01", "2018-01-01", "2020-01-01"])})
    >>> fields = pd.DataFrame({"document": [1, 2, 2], "field": ["a", "a", "b"]})
    >>> focal = pd.DataFrame({"document": [3]})
    >>> earlier_profiles(rows, fields, focal)[["field", "share"]]
      field  share
    0     a   0.75
    1     b   0.25
    """  # fmt: skip
    written = dated(authorships)[["author", "document", "date"]].drop_duplicates()
    topics = fields[["document", "field"]].drop_duplicates()
    topics = topics.assign(part=1.0 / topics.groupby("document")["field"].transform("size"))
    events = written.merge(topics, on="document").groupby(["author", "field", "date"])["part"]
    steps = events.sum().reset_index().sort_values(["date", "author", "field"], ignore_index=True)
    steps["sum"] = steps.groupby(["author", "field"])["part"].cumsum()
    asked = written[written["document"].isin(set(focal["document"]))]
    wanted = asked.merge(steps[["author", "field"]].drop_duplicates(), on="author")
    wanted = wanted.sort_values(["date", "document", "author", "field"], ignore_index=True)
    found = pd.merge_asof(
        wanted, steps[["author", "field", "date", "sum"]],
        on="date", by=["author", "field"], allow_exact_matches=False,
    )  # fmt: skip
    found = found[found["sum"].notna()]
    whole = found.groupby(["document", "author"])["sum"].transform("sum")
    profiles = found.assign(share=found["sum"] / whole)[["document", "author", "field", "share"]]
    return profiles.sort_values(["document", "author", "field"], ignore_index=True)


def team_diversity(
    profiles: pd.DataFrame, similarity: pd.DataFrame, focal: pd.DataFrame
) -> pd.DataFrame:
    r"""
    Return how different the backgrounds of each document's authors are.

    With P_a the earlier distribution of author a, S the similarity and
    :math:`Q(p) = 1 - p^T S p`: :math:`M = Q(\\bar P) - \\overline{Q(P_a)}
    = \\overline{P_a^T S P_a} - \\bar P^T S \\bar P \\ge 0`.

    Parameters
    ----------
    profiles
        Columns ``document, author, field, share`` (:func:`earlier_profiles`).
    similarity
        Square (:func:`subfield_similarity`), all fields of the profiles.
    focal
        Column ``document``: the documents asked for.

    Returns
    -------
    diversity
        Columns ``document, citations, authors, flag``, one row for each focal document. The
        diversity M stands in the column ``citations``, so that the normalisation by subfield and
        year is that of citations. ``authors`` counts those with earlier documents; with fewer than
        two M is 0 and the flag ``fewer_than_two``.

    Raises
    ------
    InputError
        If the similarity lacks a field.

    References
    ----------
    After the description in the SET Index 2024 report (appendix 1, 3.1.5) and Pinheiro,
    Vignola-Gagné and Campbell (2021), doi 10.1162/qss_a_00137; the construction is ours.

    Examples
    --------
    >>> profiles = pd.DataFrame(
    ...     {"document": 1, "author": [1, 2], "field": ["a", "b"], "share": 1.0}
    ... )
    >>> similarity = pd.DataFrame(np.eye(2), index=["a", "b"], columns=["a", "b"])
    >>> team_diversity(profiles, similarity, pd.DataFrame({"document": [1]}))["citations"].tolist()
    [0.5]
    """
    checked(profiles, ["document", "author", "field", "share"], name="profiles")
    names = [str(name) for name in similarity.index]
    codes = pd.Series(range(len(names)), index=similarity.index)
    columns = profiles["field"].map(codes)
    if columns.isna().any():
        lost = profiles.loc[columns.isna(), "field"].iloc[0]
        msg = f"similarity: field {lost!r} is missing; found {', '.join(names)}"
        raise InputError(msg)
    pairs = profiles.groupby(["document", "author"]).ngroup().to_numpy(int)
    documents, distinct = pd.factorize(profiles["document"], sort=True)
    owners = pd.Series(documents).groupby(pairs).first().to_numpy(int)
    authors = np.bincount(owners, minlength=len(distinct))
    s = similarity.to_numpy(float)
    own = _matrix(profiles["share"], pairs, columns, (len(owners), len(s)))
    mean = _matrix(
        profiles["share"] / authors[documents], documents, columns, (len(distinct), len(s))
    )
    within = np.bincount(owners, weights=_quadratic(own, s), minlength=len(distinct)) / authors
    found = pd.DataFrame(
        {"document": distinct, "citations": within - _quadratic(mean, s), "authors": authors}
    )
    table = focal[["document"]].drop_duplicates().sort_values("document", ignore_index=True)
    table = table.merge(found, on="document", how="left").fillna({"citations": 0.0, "authors": 0})
    few = table["authors"] < _FEWEST
    measured = table["citations"].where(~few, 0.0).clip(lower=0.0)
    return table.assign(
        citations=measured, authors=table["authors"].astype(int),
        flag=np.where(few, "fewer_than_two", ""),
    )  # fmt: skip


def _matrix(
    shares: pd.Series[float], rows: NDArray[np.integer], columns: pd.Series, shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Return a sparse matrix of shares; equal places add up."""
    places = (rows, columns.to_numpy(int))
    return sparse.csr_matrix((shares.to_numpy(float), places), shape=shape)


def _quadratic(p: sparse.csr_matrix, s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p S p for every row, some rows at a time."""
    parts = [
        np.asarray(block.multiply(block @ s).sum(axis=1)).ravel()
        for start in range(0, p.shape[0], _CHUNK)
        for block in [p[start : start + _CHUNK]]
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def normalised_diversity(
    diversity: pd.DataFrame, documents: pd.DataFrame, fields: pd.DataFrame
) -> pd.DataFrame:
    """
    Return each document's diversity over the world mean of its subfields and year.

    The mean over a unit's documents (:func:`hubscan.index.indicators.impact.mean_impact`) is its
    multidisciplinary score; the world scores 1.

    Parameters
    ----------
    diversity
        Columns ``document, citations`` (:func:`team_diversity`) of the documents of the world.
    documents
        Columns ``document, year``.
    fields
        Columns ``document, field``.

    Returns
    -------
    impact
        As :func:`hubscan.index.indicators.impact.normalised_impact`.

    Examples
    --------
    >>> diversity = pd.DataFrame({"document": [1, 2], "citations": [0.1, 0.3]})
    >>> documents = pd.DataFrame({"document": [1, 2], "year": 2020})
    >>> fields = pd.DataFrame({"document": [1, 2], "field": "a"})
    >>> normalised_diversity(diversity, documents, fields)["impact"].round(9).tolist()
    [0.5, 1.5]
    """
    return normalised_impact(documents, fields, diversity, by=["year"], cells="fractional")
