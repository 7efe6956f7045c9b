"""Who leads a cluster: the applicants and organisations with most of its output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.errors import InputError
from hubscan.profile._sums import counted, texts_of
from hubscan.schema import NOISE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_SAME_DECIMALS: Final = 9


def leaders(
    label_sums: pd.DataFrame,
    cluster_sums: pd.DataFrame,
    label_texts: pd.DataFrame,
    *,
    kind: str,
    top: int,
) -> pd.DataFrame:
    r"""
    Return the first applicants or organisations of each cluster, with counts and shares.

    .. math:: s_{c}(x) = N_c(x) / N_c

    with :math:`N_c(x)` what *x* has of the cluster's documents, and :math:`N_c` all of them.

    Parameters
    ----------
    label_sums
        From :func:`hubscan.profile.reduction.label_addresses` (applicants, by the inventors in the
        cluster, wherever the applicant has its seat) or
        :func:`~hubscan.profile.reduction.organisation_addresses` (by addresses in the cluster).
    cluster_sums
        From :func:`hubscan.profile.reduction.cluster_addresses`, of the same indicator and
        counted alike.
    label_texts
        ``kind``, ``label``, ``text``.
    kind
        The kind of labels: ``applicant``, ``organisation``.
    top
        So many of each cluster are kept.

    Returns
    -------
    leaders
        By cluster and rank: ``cluster``, ``rank`` (from 1; equal counts are ordered by name),
        the name, under ``kind``, ``count`` (documents), ``share`` (of all the cluster's documents,
        those without a name included).

    Raises
    ------
    InputError
        If ``top`` is less than 1, a label has no text, or a cluster no documents.

    Examples
    --------
    >>> import pandas as pd
    >>> sums = {"cluster": [1, 1, 1], "group": [7, 8, 9], "denominator": [2, 1, 1]}
    >>> whole = {"cluster": [1], "denominator": [1], "addresses": [4]}
    >>> texts = {"kind": ["applicant"] * 3, "label": [7, 8, 9], "text": ["A", "Z", "B"]}
    >>> leaders(
    ...     pd.DataFrame(sums | {"addresses": [1, 1, 1]}),
    ...     pd.DataFrame(whole),
    ...     pd.DataFrame(texts),
    ...     kind="applicant",
    ...     top=2,
    ... )
       cluster  rank applicant  count  share
    0        1     1         B    1.0   0.25
    1        1     2         Z    1.0   0.25
    """
    if top < 1:
        msg = f"profile: top = {top}: must be at least 1"
        raise InputError(msg)
    counts = counted(label_sums, by=["cluster", "group"])
    counts = counts.loc[counts["cluster"] != NOISE]
    nearly = _front(counts, top=top)
    names = texts_of(nearly["group"].to_numpy(np.int64), label_texts, kind=kind)
    nearly = nearly.assign(name=names, tied=_tied(nearly))
    ordered = nearly.sort_values(["cluster", "tied", "name"], ascending=[True, False, True])
    rank = ordered.groupby("cluster").cumcount().to_numpy(np.int64) + 1
    first = ordered.assign(rank=rank).loc[rank <= top]
    whole = counted(cluster_sums, by=["cluster"]).set_index("cluster")["count"]
    share = first["count"].to_numpy(float) / _of(first["cluster"], whole)
    table = first.assign(share=share).rename(columns={"name": kind})
    return table[["cluster", "rank", kind, "count", "share"]].reset_index(drop=True)


def _front(counts: pd.DataFrame, *, top: int) -> pd.DataFrame:
    """Return the rows of each cluster that may be among its first, ties included."""
    tied = _tied(counts)
    ordered = counts.assign(tied=tied).sort_values(["cluster", "tied"], ascending=[True, False])
    position = ordered.groupby("cluster").cumcount()
    last = ordered.loc[position == top - 1].set_index("cluster")["tied"]
    least = ordered["cluster"].map(last).fillna(0.0)
    return ordered.loc[ordered["tied"] >= least, ["cluster", "group", "count"]]


def _tied(counts: pd.DataFrame) -> pd.Series[float]:
    """Return counts by which rows are ordered: 1/3 + 1/6 and 1/2 are the same."""
    return counts["count"].round(_SAME_DECIMALS)


def _of(clusters: pd.Series[int], whole: pd.Series[float]) -> NDArray[np.float64]:
    """Return each cluster's documents."""
    found = clusters.map(whole)
    if found.isna().any():
        cluster = int(clusters[found.isna()].iloc[0])
        msg = f"profile: cluster {cluster} has leaders but no documents: counts must be of one run"
        raise InputError(msg)
    return np.asarray(found, np.float64)
