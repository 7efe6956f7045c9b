"""Which neighbouring clusters are one: close, and tied more strongly than to anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.schema import CANDIDATE_PAIRS, NOISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TYPES: Final[dict[str, Any]] = {
    column.name: "Int64"
    if column.nullable
    else {"int": "int64", "float": "float64", "bool": "bool", "text": "str"}[column.kind]
    for column in CANDIDATE_PAIRS
}

Ties = dict[int, dict[int, float]]
"""The tie of each cluster with each of its partners."""


class _Rival(NamedTuple):
    """The strongest other partner of a cluster, and the tie with it."""

    cluster: int | None
    tie: float


TIE_RULES: Final[dict[str, Callable[[bool, bool], bool]]] = {
    "mutual": lambda a_prefers_b, b_prefers_a: a_prefers_b and b_prefers_a,
    "one_way": lambda a_prefers_b, b_prefers_a: a_prefers_b or b_prefers_a,
    "none": lambda _a, _b: True,
}
"""Whether two neighbours are merged, given whether each is the other's strongest partner."""


def merged(
    gaps: pd.DataFrame,
    ties: pd.DataFrame,
    *,
    max_gap_km: float,
    tie_rule: str,
    tie_weights: str,
    noise_rival: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""
    Return which clusters are merged into which, and how each pair of neighbours was judged.

    Two clusters are merged if the gap between them is at most ``max_gap_km`` and their tie is
    stronger than the tie of either with any other cluster, or with noise. With
    :math:`\ell_m(a, b)` the documents of indicator *m* that join *a* and *b*, and
    :math:`\Lambda_m` the total of such links in the world (of all pairs of clusters, and of
    clusters and noise), the tie is a share of links:

    .. math:: L(a, b) = \sum_m \ell_m(a, b) / \Lambda_m

    All pairs are judged once, on the unmerged clusters. Pairs that share a cluster merge all
    together.

    Parameters
    ----------
    gaps
        ``a``, ``b``, ``gap_km``, from :func:`hubscan.merge.gap.gaps`, complete up to
        ``max_gap_km``.
    ties
        Table ``ties``; the order of rows does not matter.
    max_gap_km
        Greatest gap, kilometres, inclusive.
    tie_rule
        ``"mutual"``: each must be the other's strongest partner; ``"one_way"``: one of them must
        be; ``"none"``: ties are not looked at and the gap alone decides. Strongest is strict: two
        partners with the same tie are neither's strongest.
    tie_weights
        ``"equal_share"``: the sum above; ``"plain_sum"``: :math:`\sum_m \ell_m / \sum_m
        \Lambda_m`; or the name of an indicator: only its links.
    noise_rival
        ``"bucket"``: all noise together competes as one partner; ``"ignore"``: it does not compete.

    Returns
    -------
    mapping
        ``cluster``, ``merged_into``: for every cluster of the two tables, the lowest id among those
        it is merged with (its own if none).
    candidate_pairs
        Table ``candidate_pairs``: every pair within ``max_gap_km``, by ``a``, then ``b``.

    Raises
    ------
    InputError
        If a rule is not known, or ``tie_weights`` names an indicator without ties.

    Examples
    --------
    >>> gaps = pd.DataFrame({"a": [1], "b": [2], "gap_km": [3.0]})
    >>> ties = pd.DataFrame(
    ...     {
    ...         "a": [1, -1, -1],
    ...         "b": [2, 1, 2],
    ...         "indicator": ["patents"] * 3,
    ...         "links": [50.0, 30.0, 20.0],
    ...     }
    ... )
    >>> mapping, pairs = merged(
    ...     gaps,
    ...     ties,
    ...     max_gap_km=5.0,
    ...     tie_rule="mutual",
    ...     tie_weights="equal_share",
    ...     noise_rival="bucket",
    ... )
    >>> mapping["merged_into"].tolist()
    [1, 1]
    >>> print(pairs["reason"].item())
    merged: each is the other's strongest partner
    """
    if tie_rule not in TIE_RULES:
        msg = f"merge: tie_rule = {tie_rule!r}: must be one of {', '.join(TIE_RULES)}"
        raise InputError(msg)
    strengths = _strengths(ties, tie_weights=tie_weights)
    rivals = _without_noise(strengths, noise_rival=noise_rival)
    near = gaps.loc[gaps["gap_km"] <= max_gap_km].sort_values(["a", "b"])
    judged = [
        _judged(int(a), int(b), strengths=strengths, rivals=rivals, tie_rule=tie_rule)
        | {"gap_km": float(gap_km)}
        for a, b, gap_km in zip(near["a"], near["b"], near["gap_km"], strict=True)
    ]
    pairs = pd.DataFrame(judged, columns=CANDIDATE_PAIRS.names).astype(_TYPES)
    return _mapping(_clusters(gaps, ties), pairs.loc[pairs["merged"]]), pairs


def reassigned(assignment: pd.DataFrame, mapping: pd.DataFrame) -> pd.DataFrame:
    """
    Return places with the clusters they belong to after merging.

    Parameters
    ----------
    assignment
        Any table with ``cluster``.
    mapping
        From :func:`merged`. Clusters it does not name, and noise, stay as they are.

    Returns
    -------
    assignment
        The same table with ``cluster`` replaced.

    Examples
    --------
    >>> assignment = pd.DataFrame({"place": [7, 8, 9], "cluster": [1, 2, -1]})
    >>> mapping = pd.DataFrame({"cluster": [1, 2], "merged_into": [1, 1]})
    >>> reassigned(assignment, mapping)["cluster"].tolist()
    [1, 1, -1]
    """
    rows = pd.Index(mapping["cluster"]).get_indexer(pd.Index(assignment["cluster"]))
    old = assignment["cluster"].to_numpy(np.int64)
    new = np.append(mapping["merged_into"].to_numpy(np.int64), NOISE)[rows]
    return assignment.assign(cluster=np.where(rows >= 0, new, old))


def _strengths(ties: pd.DataFrame, *, tie_weights: str) -> Ties:
    """Return the tie of each cluster with each other, as a share of the world's links."""
    rows = ties.assign(indicator=ties["indicator"].astype(str))
    rows = rows.sort_values(["a", "b", "indicator"])
    known = ["equal_share", "plain_sum", *sorted(rows["indicator"].unique())]
    if tie_weights not in known and len(rows):
        msg = f"merge: tie_weights = {tie_weights!r}: must be one of {', '.join(known)}"
        raise InputError(msg)
    if tie_weights == "plain_sum":
        # one population of links: summed before they are divided
        rows = rows.groupby(["a", "b"], as_index=False)["links"].sum().assign(indicator="")
    elif tie_weights != "equal_share":
        rows = rows.loc[rows["indicator"] == tie_weights]
    linked = rows.loc[rows["links"] > 0]
    worlds = linked.groupby("indicator")["links"].transform("sum")
    shares = (linked["links"] / worlds).groupby([linked["a"], linked["b"]]).sum()
    strengths: Ties = {}
    for one, other, share in shares.reset_index().itertuples(index=False):
        strengths.setdefault(int(one), {})[int(other)] = float(share)
        strengths.setdefault(int(other), {})[int(one)] = float(share)
    return strengths


def _without_noise(strengths: Ties, *, noise_rival: str) -> Ties:
    """Return the ties that compete."""
    if noise_rival == "places":
        msg = "merge: noise_rival = 'places' is not available: must be one of bucket, ignore"
        raise InputError(msg)
    if noise_rival not in {"bucket", "ignore"}:
        msg = f"merge: noise_rival = {noise_rival!r}: must be one of bucket, ignore"
        raise InputError(msg)
    if noise_rival == "bucket":
        return strengths
    return {
        cluster: {other: tie for other, tie in partners.items() if other != NOISE}
        for cluster, partners in strengths.items()
    }


def _judged(a: int, b: int, *, strengths: Ties, rivals: Ties, tie_rule: str) -> dict[str, object]:
    """Return one pair of neighbours, judged."""
    tie = strengths.get(a, {}).get(b, 0.0)
    rival_a, rival_b = _strongest(rivals.get(a, {}), b), _strongest(rivals.get(b, {}), a)
    a_prefers_b, b_prefers_a = tie > rival_a.tie, tie > rival_b.tie
    accepted = TIE_RULES[tie_rule](a_prefers_b, b_prefers_a)
    if tie_rule == "none":
        why = "they are near, and ties are not looked at"
    elif a_prefers_b and b_prefers_a:
        why = "each is the other's strongest partner"
    else:
        why = "; ".join(
            _preference(cluster, other, rival, prefers=prefers)
            for cluster, other, rival, prefers in (
                (a, b, rival_a, a_prefers_b),
                (b, a, rival_b, b_prefers_a),
            )
        )
    return {
        "a": a,
        "b": b,
        "tie": tie,
        "rival_a": rival_a.cluster,
        "rival_tie_a": rival_a.tie,
        "rival_b": rival_b.cluster,
        "rival_tie_b": rival_b.tie,
        "merged": accepted,
        "reason": f"{'merged' if accepted else 'kept apart'}: {why}",
    }


def _strongest(partners: Mapping[int, float], but: int) -> _Rival:
    """Return the strongest of the partners but one; of equally strong ones, the lowest id."""
    others = [(-tie, cluster) for cluster, tie in partners.items() if cluster != but]
    if not others:
        return _Rival(None, 0.0)
    tie, cluster = min(others)
    return _Rival(cluster, -tie)


def _preference(cluster: int, other: int, rival: _Rival, *, prefers: bool) -> str:
    """Return in words whom a cluster is tied to most strongly."""
    if prefers:
        return f"{other} is the strongest partner of {cluster}"
    if rival.cluster is None:
        return f"{cluster} has no ties"
    name = "noise" if rival.cluster == NOISE else str(rival.cluster)
    return f"{cluster} is tied to {name} at least as strongly as to {other}"


def _clusters(gaps: pd.DataFrame, ties: pd.DataFrame) -> list[int]:
    """Return the clusters of both tables, ascending."""
    found = {int(cluster) for table in (gaps, ties) for end in "ab" for cluster in table[end]}
    return sorted(found - {NOISE})


def _mapping(clusters: list[int], accepted: pd.DataFrame) -> pd.DataFrame:
    """Return each cluster with the lowest id it is joined to by accepted pairs."""
    into = {cluster: cluster for cluster in clusters}

    def lowest(cluster: int) -> int:
        while into[cluster] != cluster:
            cluster = into[cluster]
        return cluster

    for a, b in zip(accepted["a"], accepted["b"], strict=True):
        low, high = sorted((lowest(int(a)), lowest(int(b))))
        into[high] = low
    return pd.DataFrame(
        {
            "cluster": np.array(clusters, np.int64),
            "merged_into": np.array([lowest(cluster) for cluster in clusters], np.int64),
        }
    )
