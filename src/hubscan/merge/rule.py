"""Which neighbouring clusters are one: close, and tied more strongly than to anything else."""

from __future__ import annotations

from fractions import Fraction
from math import fsum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.schema import CANDIDATE_PAIRS, NOISE
from hubscan.sphere import coordinates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TYPES: Final[dict[str, Any]] = {
    column.name: "Int64"
    if column.nullable
    else {"int": "int64", "float": "float64", "bool": "bool", "text": "str"}[column.kind]
    for column in CANDIDATE_PAIRS
}

Ties = dict[int, dict[int, Fraction]]
"""The tie of each cluster with each of its partners, exact: equal ties must be seen as equal."""


class _Rival(NamedTuple):
    """The strongest other partner of a cluster, and the tie with it."""

    cluster: int | None
    tie: Fraction


TIE_RULES: Final[dict[str, Callable[[bool, bool], bool]]] = {
    "mutual": lambda a_prefers_b, b_prefers_a: a_prefers_b and b_prefers_a,
    "one_way": lambda a_prefers_b, b_prefers_a: a_prefers_b or b_prefers_a,
    "none": lambda _a, _b: True,
}
"""Whether two neighbours are merged, given whether each is the other's strongest partner."""


NOISE_RIVALS: Final[dict[str, Callable[[int], bool]]] = {
    "bucket": lambda partner: partner >= NOISE,
    "places": lambda partner: partner != NOISE,
    "ignore": lambda partner: partner > NOISE,
}
"""Which partners compete: clusters, all noise (-1), single places outside (less than -1)."""


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
        ``"bucket"``: all noise together competes as one partner; ``"places"``: each place outside
        clusters does, by the ties of :func:`hubscan.merge.tie.outside_ties`; ``"ignore"``: it does
        not compete.

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
    near = gaps.loc[gaps["gap_km"] <= max_gap_km].sort_values(["a", "b"])
    strengths = _strengths(ties, near, tie_weights=tie_weights)
    rivals = _without_noise(strengths, noise_rival=noise_rival)
    judged = [
        _judged(int(a), int(b), strengths=strengths, rivals=rivals, tie_rule=tie_rule)
        | {"gap_km": float(gap_km)}
        for a, b, gap_km in zip(near["a"], near["b"], near["gap_km"], strict=True)
    ]
    pairs = pd.DataFrame(judged, columns=CANDIDATE_PAIRS.names).astype(_TYPES)
    return _mapping(_clusters(gaps, ties), pairs.loc[pairs["merged"]]), pairs


def _strengths(ties: pd.DataFrame, near: pd.DataFrame, *, tie_weights: str) -> Ties:
    """Return the ties of the clusters that are near another, as shares of the world's links."""
    linked = ties.loc[ties["links"] > 0].astype({"indicator": str})
    indicators = sorted(linked["indicator"].unique())
    known = ["equal_share", "plain_sum", *indicators]
    if tie_weights not in known and indicators:
        msg = f"merge: tie_weights = {tie_weights!r}: must be one of {', '.join(known)}"
        raise InputError(msg)
    if tie_weights in indicators:
        linked = linked.loc[linked["indicator"] == tie_weights]
    populations = [linked] if tie_weights == "plain_sum" else _by_indicator(linked)
    neighbours = {*near["a"], *near["b"]}
    strengths: Ties = {}
    for links in populations:
        # single places outside are part of all noise together: they count once
        of_world = (links["a"] >= NOISE) & (links["b"] >= NOISE)
        world = Fraction(fsum(links.loc[of_world, "links"]))
        of_near = links.loc[links["a"].isin(neighbours) | links["b"].isin(neighbours)]
        # many pairs have the same number of links: exact division is slow
        shares = {number: Fraction(number) / world for number in of_near["links"].unique()}
        for a, b, number in zip(of_near["a"], of_near["b"], of_near["links"], strict=True):
            share = shares[number]
            for one, other in ((int(a), int(b)), (int(b), int(a))):
                partners = strengths.setdefault(one, {})
                partners[other] = partners[other] + share if other in partners else share
    return strengths


def _by_indicator(linked: pd.DataFrame) -> list[pd.DataFrame]:
    return [rows for _, rows in linked.groupby("indicator", sort=True)]


def _without_noise(strengths: Ties, *, noise_rival: str) -> Ties:
    """Return the ties that compete."""
    if noise_rival not in NOISE_RIVALS:
        msg = f"merge: noise_rival = {noise_rival!r}: must be one of {', '.join(NOISE_RIVALS)}"
        raise InputError(msg)
    competes = NOISE_RIVALS[noise_rival]
    return {
        cluster: {other: tie for other, tie in partners.items() if competes(other)}
        for cluster, partners in strengths.items()
    }


def _judged(a: int, b: int, *, strengths: Ties, rivals: Ties, tie_rule: str) -> dict[str, object]:
    """Return one pair of neighbours, judged."""
    tie = strengths.get(a, {}).get(b, Fraction())
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
        "tie": float(tie),
        "rival_a": rival_a.cluster,
        "rival_tie_a": float(rival_a.tie),
        "rival_b": rival_b.cluster,
        "rival_tie_b": float(rival_b.tie),
        "merged": accepted,
        "reason": f"{'merged' if accepted else 'kept apart'}: {why}",
    }


def _strongest(partners: Mapping[int, Fraction], but: int) -> _Rival:
    """Return the strongest of the partners but one; of equally strong ones, the lowest id."""
    others = [(-tie, cluster) for cluster, tie in partners.items() if cluster != but]
    if not others:
        return _Rival(None, Fraction())
    tie, cluster = min(others)
    return _Rival(cluster, -tie)


def _preference(cluster: int, other: int, rival: _Rival, *, prefers: bool) -> str:
    """Return in words whom a cluster is tied to most strongly."""
    if prefers:
        return f"{other} is the strongest partner of {cluster}"
    if rival.cluster is None:
        return f"{cluster} has no ties"
    name = _named(rival.cluster)
    return f"{cluster} is tied to {name} at least as strongly as to {other}"


def _named(partner: int) -> str:
    """Return a partner in words: a cluster, all noise, or a single place outside clusters."""
    if partner >= NOISE:
        return "noise" if partner == NOISE else str(partner)
    latitude, longitude = coordinates(np.array([NOISE - 1 - partner]))
    return f"the place outside at {latitude[0]:.4f}, {longitude[0]:.4f}"


def _clusters(gaps: pd.DataFrame, ties: pd.DataFrame) -> list[int]:
    """Return the clusters of both tables, ascending."""
    found = {int(cluster) for table in (gaps, ties) for end in "ab" for cluster in table[end]}
    return sorted(cluster for cluster in found if cluster > NOISE)


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
