"""Counts of all 237 clusters: those published, and those beyond the 100 that fit between them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from hubscan.world.published import (
    CLUSTERS,
    COVERED,
    INDICATORS,
    published_clusters,
    ranks_2023,
    with_totals,
    world_table,
)

LEAST_SHARE: Final = 0.00125
"""Shares of patents and publications of the last cluster, above the density that makes a core."""

LISTED_2023: Final = 100
"""Clusters listed in 2023."""

JUST_BELOW: Final = 104.0
"""Rank in 2023 of clusters that were not listed then and would be now."""

FIRST_TOTAL: Final = 0.00416
"""Total of the cluster at rank 101, below the 100th."""

LAST_TOTAL: Final = 0.00128
"""Total of the last cluster."""


def cluster_margins() -> pd.DataFrame:
    """
    Return the counts of every cluster of 2025 in its 2025 windows.

    The 100 published clusters have their published counts. The others take the ranks that the
    published lists leave free: the published ranks without deals fix how many of them lie between
    any two published clusters, and their shares are interpolated there.

    Returns
    -------
    margins
        As :func:`~hubscan.world.published.published_clusters`, 237 rows by rank; those beyond the
        100 have no ``economy`` and no ``population``, and ``published`` tells them apart.

    Examples
    --------
    >>> table = cluster_margins()
    >>> len(table), int((table["total"].diff().dropna() < 0).sum())
    (237, 236)
    """
    published = published_clusters()
    table = pd.concat((published, _beyond(published)), ignore_index=True)
    return table.assign(published=table["rank"] <= len(published))


def _beyond(published: pd.DataFrame) -> pd.DataFrame:
    """Return the clusters beyond the published ones."""
    beyond = world_table("beyond")
    free = np.setdiff1d(np.arange(1, CLUSTERS + 1), published["old_rank"])
    first = beyond["excluded"] == 1
    order = np.argsort(~first.to_numpy(), kind="stable")
    old_rank = np.empty(len(beyond), np.int64)
    old_rank[order] = free
    joint = _shares_at(published, old_rank)
    last = (beyond["rank"].to_numpy() - 101) / (CLUSTERS - 101)
    total = FIRST_TOTAL * (LAST_TOTAL / FIRST_TOTAL) ** last
    table = beyond.assign(
        old_rank=old_rank,
        patents=joint * beyond["patent_part"] * COVERED["patents"],
        publications=joint * (1.0 - beyond["patent_part"]) * COVERED["publications"],
        deals=np.maximum(total - joint, 0.0) * COVERED["deals"],
        previous_rank=beyond["rank"],
        rank_2023=beyond["cluster"].map(ranks_2023()).fillna(0).astype(int),
    )
    return with_totals(table).drop(columns=["patent_part", "excluded"])


def _shares_at(published: pd.DataFrame, old_rank: np.ndarray) -> np.ndarray:
    """Return shares of patents and publications at ranks, log-linear between the published."""
    known = published.sort_values("old_rank")
    ranks = np.append(known["old_rank"], CLUSTERS)
    shares = np.append(known["science_technology"], LEAST_SHARE)
    return np.asarray(np.exp(np.interp(old_rank, ranks, np.log(shares))))


def growth_rates(margins: pd.DataFrame) -> pd.DataFrame:
    """
    Return yearly growth of world shares that leads from the earlier ranks to those of 2025.

    A cluster that ranked r in an earlier edition is taken to have had the share that ranks r now.
    The ranks printed in 2023 set the growth of patents and publications, the previous ranks of
    2025 that of deals, within bounds.

    Parameters
    ----------
    margins
        From :func:`cluster_margins`.

    Returns
    -------
    rates
        Logarithmic yearly rates, a row for each of ``margins``: ``patents``, ``publications``,
        ``deals``.

    Examples
    --------
    >>> rates = growth_rates(cluster_margins())
    >>> bool(rates["patents"].iloc[98] > 0.2)  # Ningde rose from 146 to 99
    True
    """
    joint = np.sort(margins["science_technology"].to_numpy())[::-1]
    total = np.sort(margins["total"].to_numpy())[::-1]
    ranks = np.arange(1, len(margins) + 1)
    now = margins["science_technology"].to_numpy()
    old_rank = margins["old_rank"].to_numpy()
    listed = margins["rank_2023"].to_numpy() > 0
    fell = np.where(old_rank <= LISTED_2023, JUST_BELOW, old_rank)
    then_rank = np.where(listed, margins["rank_2023"], fell)
    then = np.where(then_rank == old_rank, now, np.interp(then_rank, ranks, joint))
    common = np.clip(np.log(now / then) / 2.0, -0.15, 0.15)

    before = np.where(
        margins["previous_rank"] == margins["rank"],
        margins["total"],
        np.interp(margins["previous_rank"], ranks, total),
    )
    venture = margins["deals"].to_numpy() / COVERED["deals"]
    wanted = np.clip((before - now * np.exp(-common)) / np.maximum(venture, 1e-9), 0.82, 1.22)
    deals = -np.log(wanted)
    common = np.clip(-np.log((before - venture * wanted) / now), -0.5, 0.5)
    return pd.DataFrame(dict(zip(INDICATORS, (common, common, deals), strict=True)))
