"""The ranking by economy, by region and by income: what the reports' texts look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from hubscan.report.gii.findings import by_economy, ordered
from hubscan.report.gii.world_economies import MIDDLE

if TYPE_CHECKING:
    from hubscan.report.gii.findings import Findings


def economy_view(findings: Findings) -> pd.DataFrame:
    """
    Return every economy with its clusters in the list and beyond it.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``economy``, ``economy_name``, ``region``, ``income_group``, ``clusters_listed``,
        ``clusters_beyond``, ``best_rank``, ``best_cluster``; a cross-border cluster is counted for
        each of its economies. Most listed clusters first.
    """
    rows = by_economy(ordered(findings), findings.economies).sort_values("rank", kind="stable")
    keys = ["economy", "economy_name", "region", "income_group"]
    table = rows.assign(beyond=~rows["listed"]).groupby(keys, as_index=False, sort=True).agg(
        clusters_listed=("listed", "sum"), clusters_beyond=("beyond", "sum"),
        best_rank=("rank", "min"), best_cluster=("name", "first"),
    )  # fmt: skip
    return table.sort_values(
        ["clusters_listed", "best_rank", "economy"], ascending=[False, True, True],
        ignore_index=True,
    )  # fmt: skip


def region_view(findings: Findings) -> pd.DataFrame:
    """
    Return the regions of the world with their clusters in the list and beyond it.

    A cluster belongs to the region of its first economy, so that the counts add up.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``region``, ``clusters_listed``, ``clusters_beyond``, ``total_share`` (per cent, of all its
        clusters together), ``best_rank``, ``best_cluster``; an unknown region is empty.
    """
    rows = _by_home(findings).sort_values("rank", kind="stable")
    table = rows.assign(beyond=~rows["listed"]).groupby("region", as_index=False).agg(
        clusters_listed=("listed", "sum"), clusters_beyond=("beyond", "sum"),
        total_share=("total_share", "sum"), best_rank=("rank", "min"),
        best_cluster=("name", "first"),
    )  # fmt: skip
    table["total_share"] *= 100.0
    return table.sort_values(
        ["clusters_listed", "best_rank"], ascending=[False, True], ignore_index=True
    )


def middle_income_view(findings: Findings) -> pd.DataFrame:
    """
    Return the clusters of middle-income economies, in the list and beyond it.

    A cross-border cluster is shown if any of its economies is a middle-income one: Singapore is
    shared with Malaysia.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``rank``, ``cluster``, ``economy`` (label), ``middle_income`` (names of its middle-income
        economies), ``income_group`` (of the first of them), ``listed`` (yes or no).
    """
    rows = by_economy(ordered(findings), findings.economies)
    middle = rows[rows["income_group"].isin(MIDDLE)]
    table = middle.groupby(["rank", "cluster"], as_index=False, sort=True).agg(
        name=("name", "first"), label=("label", "first"), listed=("listed", "first"),
        middle_income=("economy_name", "; ".join), income_group=("income_group", "first"),
    )  # fmt: skip
    return pd.DataFrame(
        {
            "rank": table["rank"],
            "cluster": table["name"],
            "economy": table["label"],
            "middle_income": table["middle_income"],
            "income_group": table["income_group"],
            "listed": table["listed"].map({True: "yes", False: "no"}),
        }
    )


def extended_view(findings: Findings) -> pd.DataFrame:
    """
    Return the clusters beyond the published list, by rank.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``rank``, ``cluster``, ``economy`` (label), ``total_share`` (per cent).
    """
    clusters = ordered(findings)
    beyond = clusters[~clusters["listed"]].reset_index(drop=True)
    return pd.DataFrame(
        {
            "rank": beyond["rank"],
            "cluster": beyond["name"],
            "economy": beyond["label"],
            "total_share": 100.0 * beyond["total_share"],
        }
    )


def _by_home(findings: Findings) -> pd.DataFrame:
    """Return clusters with region and income group of the first economy of their label."""
    clusters = ordered(findings)
    first = clusters.assign(codes=clusters["codes"].map(lambda codes: codes[:1] or [""]))
    return by_economy(first, findings.economies)
