"""What a run found, as the reports' tables need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

STARRED: Final = {"TW": "TW*"}
"""Codes that the reports print with a note: Taiwan, Province of China."""

SHOWN_AS: Final = {
    "Beijing Oriental Electronics Group": "BOE Technology",
    "Contemporary Amperex Technology Co., Limited": "CATL",
    "Indian Institute of Science - Bangalore": "IISC - Bangalore",
    "Massachusetts Institute of Technology": "MIT",
}
"""Short names of applicants and organisations that the notes of the report of 2025 explain."""

_NEEDED: Final = ("cluster", "rank", "name", "economies", "total_share")


@dataclass(frozen=True)
class Findings:
    """
    The tables of one run from which the reports' tables are made.

    Attributes
    ----------
    ranking
        ``cluster``, ``rank``, ``name``, ``economies`` (label), ``total_share``, and where they are
        known ``count_m``, ``share_m``, ``m_per_million`` by indicator *m*, ``population``,
        ``total_per_million``, ``intensity_rank``, ``old_method_rank``.
    economies
        From :func:`hubscan.report.gii.world_economies.economies`.
    top
        Clusters of the published list.
    separator
        What stands between the codes of a label.
    coverage
        Coverage by country and indicator, from :mod:`hubscan.geocode`; None if there is none.
    change, intensity_change
        ``cluster``, ``rank_before``, ``change`` (positive: improved), by size and by intensity;
        None if nothing is compared.
    applicants, organisations
        Tables ``top_applicants`` and ``top_organisations`` of :mod:`hubscan.profile`, or None.
    shown_as
        Short names of applicants and organisations; by default :data:`SHOWN_AS`.
    """

    ranking: pd.DataFrame
    economies: pd.DataFrame
    top: int
    separator: str = "/"
    coverage: pd.DataFrame | None = None
    change: pd.DataFrame | None = None
    intensity_change: pd.DataFrame | None = None
    applicants: pd.DataFrame | None = None
    organisations: pd.DataFrame | None = None
    shown_as: Mapping[str, str] = field(default_factory=lambda: SHOWN_AS)

    def __post_init__(self) -> None:
        """Check that the ranking has what every table needs."""
        missing = [name for name in _NEEDED if name not in self.ranking]
        if missing:
            msg = f"report: the ranking lacks the columns {', '.join(missing)}"
            raise InputError(msg)


def ordered(findings: Findings) -> pd.DataFrame:
    """
    Return the clusters by rank, with labels as the reports print them.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    clusters
        The ranking, with ``label`` (codes joined by "/", ``TW*`` with its star), ``codes`` (list of
        ISO codes), and ``listed`` (whether the cluster is in the published list).
    """
    table = findings.ranking.sort_values(["rank", "name", "cluster"], ignore_index=True)
    codes = [
        [code.strip().rstrip("*") for code in str(label).split(findings.separator) if code.strip()]
        for label in table["economies"].astype(object).where(table["economies"].notna(), "")
    ]
    labels = ["/".join(STARRED.get(code, code) for code in each) for each in codes]
    return table.assign(
        label=labels, codes=pd.Series(codes, dtype=object), listed=table["rank"] <= findings.top
    )


def leader_of(findings: Findings, clusters: pd.Series[int], *, kind: str) -> pd.Series[str]:
    """
    Return the first applicant or organisation of each cluster, as it is shown; empty if unknown.

    Parameters
    ----------
    findings
        Of a run.
    clusters
        Ids.
    kind
        ``"applicant"`` or ``"organisation"``.

    Returns
    -------
    leaders
        One name for each cluster.
    """
    table = findings.applicants if kind == "applicant" else findings.organisations
    if table is None:
        return pd.Series("", index=clusters.index)
    first = table[table["rank"] == 1].drop_duplicates("cluster").set_index("cluster")[kind]
    named = clusters.map(first).astype(object)
    names = named.where(named.notna(), "").astype(str)
    return names.map(lambda name: findings.shown_as.get(name, name))


def number_of(table: pd.DataFrame, column: str) -> pd.Series[float]:
    """
    Return a column of numbers, all missing if the table has none of that name.

    Parameters
    ----------
    table
        Any table.
    column
        Name of a column.

    Returns
    -------
    numbers
        One for each row.

    Examples
    --------
    >>> number_of(pd.DataFrame({"a": [1]}), "b").tolist()
    [nan]
    """
    if column not in table:
        return pd.Series(np.nan, index=table.index)
    return pd.to_numeric(table[column]).astype("Float64").astype(float)


def changed(table: pd.DataFrame, change: pd.DataFrame | None) -> pd.DataFrame:
    """
    Return clusters with the rank they had before and their change of rank.

    Parameters
    ----------
    table
        With ``cluster``.
    change
        ``cluster``, ``rank_before``, ``change``; or None.

    Returns
    -------
    changed
        The table with ``previous_rank`` and ``rank_change``, missing where nothing is known.
    """
    if change is None:
        return table.assign(previous_rank=np.nan, rank_change=np.nan)
    by_cluster = change.drop_duplicates("cluster").set_index("cluster")
    return table.assign(
        previous_rank=table["cluster"].map(number_of(by_cluster, "rank_before")),
        rank_change=table["cluster"].map(number_of(by_cluster, "change")),
    )


def by_economy(clusters: pd.DataFrame, economies: pd.DataFrame) -> pd.DataFrame:
    """
    Return one row for each cluster and each economy of its label.

    A cross-border cluster is one cluster, and is listed under each of its economies.

    Parameters
    ----------
    clusters
        From :func:`ordered`.
    economies
        Table of economies.

    Returns
    -------
    rows
        The clusters' columns with ``code``, ``economy`` (as printed), ``economy_name``, ``region``,
        ``continent``, ``income_group``; unknown codes keep themselves as names.
    """
    rows = clusters.assign(code=clusters["codes"]).explode("code", ignore_index=True)
    rows = rows[rows["code"].notna()].reset_index(drop=True)
    known = economies.drop_duplicates("economy").set_index("economy")
    found = known.reindex(rows["code"])
    columns = {
        name: found[name].astype(object).where(found[name].notna(), "").to_numpy(object)
        for name in ("region", "continent", "income_group")
    }
    return rows.assign(
        economy=rows["code"].replace(STARRED),
        economy_name=found["name"].fillna(rows["code"].set_axis(found.index)).to_numpy(object),
        **columns,
    )
