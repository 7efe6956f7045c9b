"""The published lists: the first hundred, the best of each economy, counts, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.report.gii.findings import by_economy, changed, leader_of, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.report.gii.findings import Findings

SHOWN_JOINED: Final = "; "


def top_list(findings: Findings) -> pd.DataFrame:
    """
    Return the published list: rank, cluster, and the names of its economies.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``rank``, ``cluster``, ``economy`` (names joined by "/"), ``economy_iso2`` (label).
    """
    listed = _listed(findings)
    names = findings.economies.drop_duplicates("economy").set_index("economy")["name"]
    shown = ["/".join(str(names.get(code, code)) for code in codes) for codes in listed["codes"]]
    return pd.DataFrame(
        {
            "rank": listed["rank"],
            "cluster": listed["name"],
            "economy": shown,
            "economy_iso2": listed["label"],
        }
    )


def national_list(findings: Findings, *, economy: str) -> pd.DataFrame:
    """
    Return the listed clusters of one economy, cross-border ones among them.

    Parameters
    ----------
    findings
        Of a run.
    economy
        ISO 3166 alpha-2 code.

    Returns
    -------
    table
        ``national_rank``, ``global_rank``, ``cluster``, ``economy`` (names).
    """
    names = top_list(findings)
    inside = [economy in codes for codes in _listed(findings)["codes"]]
    rows = names[pd.Series(inside, dtype=bool, index=names.index)].reset_index(drop=True)
    return pd.DataFrame(
        {
            "national_rank": rows.index + 1,
            "global_rank": rows["rank"],
            "cluster": rows["cluster"],
            "economy": rows["economy"],
        }
    )


def best_by_label(findings: Findings) -> pd.DataFrame:
    """
    Return the best listed cluster of each economy or cross-border region.

    One row for each distinct label: CN/HK and CN are two.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``rank``, ``cluster``, ``economy`` (label), ``rank_change``, ``top_applicant``,
        ``top_organization``.
    """
    best = _listed(findings).drop_duplicates("label", ignore_index=True)
    table = changed(best, findings.change)
    return pd.DataFrame(
        {
            "rank": table["rank"],
            "cluster": table["name"],
            "economy": table["label"],
            "rank_change": table["rank_change"],
            "top_applicant": leader_of(findings, table["cluster"], kind="applicant"),
            "top_organization": leader_of(findings, table["cluster"], kind="organisation"),
        }
    )


def economy_counts(findings: Findings, *, fewest: int) -> pd.DataFrame:
    """
    Return how many listed clusters each economy has, cross-border ones counted for each.

    Parameters
    ----------
    findings
        Of a run.
    fewest
        Economies with fewer clusters are left out.

    Returns
    -------
    table
        ``economy``, ``economy_name``, ``top100_clusters``, ``best_rank``; the most clusters first,
        then the best rank.
    """
    rows = by_economy(_listed(findings), findings.economies)
    counts = rows.groupby(["economy", "economy_name"], as_index=False).agg(
        top100_clusters=("cluster", "nunique"), best_rank=("rank", "min")
    )
    counts = counts[counts["top100_clusters"] >= fewest]
    return counts.sort_values(
        ["top100_clusters", "best_rank", "economy"], ascending=[False, True, True],
        ignore_index=True,
    )  # fmt: skip


def newcomers(findings: Findings, *, order: Sequence[str]) -> pd.DataFrame:
    """
    Return the economies that have clusters beyond the list and none in it.

    Parameters
    ----------
    findings
        Of a run whose ranking goes on beyond the list.
    order
        Columns by which economies with equally many clusters are ordered: ``best_rank`` or
        ``economy_name``.

    Returns
    -------
    table
        ``economy``, ``economy_name``, ``clusters_beyond_top100``, ``cluster_names`` (by rank,
        joined by "; "), ``best_rank``.
    """
    rows = by_economy(ordered(findings), findings.economies)
    present = set(rows.loc[rows["listed"], "code"])
    beyond = rows[~rows["code"].isin(present)]
    table = _named(beyond).rename(columns={"clusters": "clusters_beyond_top100"})
    return table.sort_values(
        ["clusters_beyond_top100", *order, "economy"],
        ascending=[False, *(True for _ in order), True],
        ignore_index=True,
    )


def clusters_by_country(findings: Findings) -> pd.DataFrame:
    """
    Return all listed clusters by economy, as the regional edition of Africa prints them.

    Parameters
    ----------
    findings
        Of a run of a regional edition.

    Returns
    -------
    table
        ``economy_name``, ``economy``, ``cluster_count``, ``cluster_names``: the most clusters
        first, then by name. A cross-border cluster is listed under each of its economies, so the
        counts may add to more than there are clusters.
    """
    table = _named(by_economy(_listed(findings), findings.economies))
    table = table.rename(columns={"clusters": "cluster_count"})
    return table.sort_values(
        ["cluster_count", "economy_name"], ascending=[False, True], ignore_index=True
    )


def _listed(findings: Findings) -> pd.DataFrame:
    """Return the clusters of the published list, by rank."""
    clusters = ordered(findings)
    return clusters[clusters["listed"]].reset_index(drop=True)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Return economies with the number, names and best rank of their clusters."""
    ranked = rows.sort_values(["rank", "name"], kind="stable")
    return ranked.groupby(["economy", "economy_name"], as_index=False).agg(
        clusters=("cluster", "size"), cluster_names=("name", SHOWN_JOINED.join),
        best_rank=("rank", "min"),
    )  # fmt: skip
