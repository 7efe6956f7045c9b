"""What a cluster's output is about: fields or subjects, their shares and specialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.profile._sums import LEAST, counted, texts_of
from hubscan.profile.concordance import field_names
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray


def field_profile(field_sums: pd.DataFrame) -> pd.DataFrame:
    r"""
    Return each cluster's technology fields, with shares and specialisation.

    .. math::

        s_{ck} = \frac{N_c(k)}{\sum_j N_c(j)}, \qquad q_{ck} = \frac{s_{ck}}{s_{wk}}

    with :math:`s_{wk}` the share of field *k* in all classified documents, noise included. The
    location quotient :math:`q` is also known as revealed technology advantage.

    Parameters
    ----------
    field_sums
        From :func:`hubscan.profile.reduction.field_addresses`.

    Returns
    -------
    field_profile
        A row for each cluster with classified documents and each of the 35 fields, by cluster and
        field: ``cluster``, ``field``, ``name``, ``sector``, ``count`` (documents), ``share`` (of
        the cluster's classified documents), ``world_share``, ``specialisation`` (missing where
        the world has nothing in the field).

    Examples
    --------
    >>> sums = {"cluster": [1, 1, -1], "group": [4, 6, 6], "denominator": [1, 1, 1]}
    >>> table = field_profile(pd.DataFrame(sums | {"addresses": [3, 1, 4]}))
    >>> table.loc[table["count"] > 0, ["field", "count", "share", "specialisation"]]
       field  count  share  specialisation
    3      4    3.0   0.75             2.0
    5      6    1.0   0.25             0.4
    """
    names = field_names().rename(columns={"field": "group"})
    table = _profile(field_sums, names)
    return table.rename(columns={"group": "field"})


def subject_profile(subject_sums: pd.DataFrame, label_texts: pd.DataFrame) -> pd.DataFrame:
    """
    Return each cluster's subjects, with shares and specialisation, as :func:`field_profile`.

    Parameters
    ----------
    subject_sums
        From :func:`hubscan.profile.reduction.label_addresses`.
    label_texts
        ``kind``, ``label``, ``text``: subjects are of kind ``subject``.

    Returns
    -------
    subject_profile
        A row for each cluster with documents that have a subject, and each subject that occurs,
        by cluster and subject: ``cluster``, ``subject``, ``count``, ``share``, ``world_share``,
        ``specialisation``.

    Raises
    ------
    InputError
        If a subject has no text.

    Examples
    --------
    >>> sums = {"cluster": [1, -1], "group": [2, 1], "denominator": [1, 1], "addresses": [3, 1]}
    >>> texts = {"kind": ["subject"] * 2, "label": [1, 2], "text": ["Optics", "Oncology"]}
    >>> subject_profile(pd.DataFrame(sums), pd.DataFrame(texts)).values.tolist()
    [[1, 'Oncology', 3.0, 1.0, 0.75, 1.3333333333333333], [1, 'Optics', 0.0, 0.0, 0.25, 0.0]]
    """
    occurring = np.unique(subject_sums["group"].to_numpy(np.int64))
    subjects = texts_of(occurring, label_texts, kind="subject")
    names = pd.DataFrame({"group": occurring, "subject": subjects})
    table = _profile(subject_sums, names.sort_values("subject", ignore_index=True))
    return table.drop(columns="group")


def concentration(group_sums: pd.DataFrame, cluster_sums: pd.DataFrame) -> pd.DataFrame:
    r"""
    Return how concentrated each cluster's fields or subjects are, and how much has none.

    .. math:: H_c = \sum_k s_{ck}^2

    the Herfindahl-Hirschman index of the shares: 1 if all is in one field, 1/35 if all 35 have
    the same.

    Parameters
    ----------
    group_sums
        From :func:`hubscan.profile.reduction.field_addresses` or
        :func:`~hubscan.profile.reduction.label_addresses`.
    cluster_sums
        From :func:`hubscan.profile.reduction.cluster_addresses`, of the same indicator.

    Returns
    -------
    concentration
        A row for noise (-1) and each cluster, by cluster: ``cluster``, ``count`` (documents),
        ``classified`` (those with a field or subject), ``unclassified``, ``hhi`` (missing where
        nothing is classified).

    Examples
    --------
    >>> whole = {"cluster": [1], "denominator": [1], "addresses": [5]}
    >>> parts = {"cluster": [1, 1], "group": [4, 6], "denominator": [1, 1], "addresses": [3, 1]}
    >>> concentration(pd.DataFrame(parts), pd.DataFrame(whole))
       cluster  count  classified  unclassified    hhi
    0        1    5.0         4.0           1.0  0.625
    """
    table = counted(cluster_sums, by=["cluster"])
    clusters = table["cluster"].to_numpy(np.int64)
    groups = np.unique(group_sums["group"].to_numpy(np.int64))
    counts = _grid(counted(group_sums, by=["cluster", "group"]), clusters, groups)
    classified = _row_sums(counts)
    rest = table["count"].to_numpy(float) - classified
    squares = _row_sums(counts**2)
    return table.assign(
        classified=classified,
        # what is left of a difference of equals is rounding, not documents
        unclassified=np.where(np.abs(rest) < LEAST, 0.0, rest),
        hhi=_over(squares, classified**2),
    )


def listed_fields(field_sums: pd.DataFrame, clusters: Collection[int]) -> pd.DataFrame:
    """
    Return the technology fields of some clusters taken together, such as the first hundred.

    Parameters
    ----------
    field_sums
        As for :func:`field_profile`.
    clusters
        Ids of the clusters.

    Returns
    -------
    listed_fields
        All 35 fields, by field: ``field``, ``name``, ``sector``, ``count`` (documents), ``share``
        (of what is classified in these clusters), ``world_share``, ``specialisation``, as for
        :func:`field_profile`.

    Examples
    --------
    >>> sums = {"cluster": [1, 2, 3], "group": [4, 6, 6], "denominator": [1, 1, 1]}
    >>> table = listed_fields(pd.DataFrame(sums | {"addresses": [3, 1, 9]}), [1, 2])
    >>> table.loc[table["count"] > 0, ["field", "share"]].values.tolist()
    [[4.0, 0.75], [6.0, 0.25]]
    """
    return field_profile(_together(field_sums, clusters)).drop(columns="cluster")


def listed_subjects(
    subject_sums: pd.DataFrame, label_texts: pd.DataFrame, clusters: Collection[int]
) -> pd.DataFrame:
    """
    Return the subjects of some clusters taken together, as :func:`listed_fields`.

    Parameters
    ----------
    subject_sums, label_texts
        As for :func:`subject_profile`.
    clusters
        Ids of the clusters.

    Returns
    -------
    listed_subjects
        ``subject``, ``count``, ``share``, ``world_share``, ``specialisation``, by subject.

    Raises
    ------
    InputError
        If a subject has no text.

    Examples
    --------
    >>> sums = {"cluster": [1, 2, -1], "group": [2, 2, 1], "denominator": [1, 1, 1]}
    >>> texts = {"kind": ["subject"] * 2, "label": [1, 2], "text": ["Optics", "Oncology"]}
    >>> sums = pd.DataFrame(sums | {"addresses": [3, 1, 1]})
    >>> listed_subjects(sums, pd.DataFrame(texts), [1, 2])["share"].tolist()
    [1.0, 0.0]
    """
    together = _together(subject_sums, clusters)
    return subject_profile(together, label_texts).drop(columns="cluster")


def _together(group_sums: pd.DataFrame, clusters: Collection[int]) -> pd.DataFrame:
    """Return sums with some clusters made one, and all else noise."""
    inside = group_sums["cluster"].isin(list(clusters))
    return group_sums.assign(cluster=np.where(inside, 1, NOISE))


def _profile(group_sums: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return counts, shares and location quotients of clusters and groups, on their grid."""
    groups = names["group"].to_numpy(np.int64)
    counts = counted(group_sums, by=["cluster", "group"])
    clusters = np.unique(counts.loc[counts["cluster"] != NOISE, "cluster"].to_numpy(np.int64))
    inside = _grid(counts, clusters, groups)
    shares = _over(inside, _row_sums(inside)[:, None])
    world = counted(group_sums, by=["group"]).assign(cluster=NOISE)
    everywhere = _grid(world, np.array([NOISE]), groups)
    world_shares = _over(everywhere, _row_sums(everywhere)[:, None])
    table = names.loc[np.tile(np.arange(len(groups)), len(clusters))].reset_index(drop=True)
    table.insert(0, "cluster", np.repeat(clusters, len(groups)))
    return table.assign(
        count=inside.ravel(),
        share=shares.ravel(),
        world_share=np.tile(world_shares[0], len(clusters)),
        specialisation=_over(shares, world_shares).ravel(),
    )


def _grid(
    counts: pd.DataFrame, clusters: NDArray[np.int64], groups: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return counts as a matrix of clusters by groups; rows of other clusters are left out."""
    known = counts.loc[counts["cluster"].isin(clusters) & counts["group"].isin(groups)]
    matrix = np.zeros((len(clusters), len(groups)))
    rows = pd.Index(clusters).get_indexer(pd.Index(known["cluster"]))
    columns = pd.Index(groups).get_indexer(pd.Index(known["group"]))
    matrix[rows, columns] = known["count"].to_numpy(float)
    return matrix


def _row_sums(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sums of rows, added from left to right."""
    return np.cumsum(matrix, axis=1)[:, -1] if matrix.shape[1] else np.zeros(len(matrix))


def _over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quotients; missing where there is nothing to divide by."""
    nothing = np.broadcast_to(whole == 0, np.broadcast_shapes(part.shape, whole.shape))
    return np.where(nothing, np.nan, part / np.where(whole == 0, 1.0, whole))
