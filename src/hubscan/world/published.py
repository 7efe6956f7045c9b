"""What is published of the clusters: counts, ranks, populations and names."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import numpy as np
import pandas as pd

INDICATORS: Final = ("patents", "publications", "deals")
"""The indicators of the world, in order."""

COVERED: Final = {"patents": 1_309_724, "publications": 8_199_828, "deals": 235_200}
"""Documents of the 2025 windows with a located address: the denominators behind the shares."""

LISTED: Final = {"patents": 1_329_669, "publications": 8_208_036, "deals": 236_046}
"""Documents of the 2025 windows: those covered, over the published coverage."""

ADDRESSES: Final = {"patents": 4_271_953, "publications": 28_625_102}
"""Addresses of those documents."""

LOCATED: Final = {"patents": 0.984, "publications": 0.997}
"""Share of the addresses that can be located at city level."""

DENSITY_SHARE: Final = 4_500 / 4_203_602
"""Density that makes a place core: 4,500 of the located inventor addresses, as a share."""

RADIUS_KM: Final = 15.0
"""Radius within which that density is reached."""

CLUSTERS: Final = 237
"""Clusters found in 2025, after merging."""

ISO2: Final = {
    "China": "CN", "United States of America": "US", "Japan": "JP", "Germany": "DE",
    "Republic of Korea": "KR", "United Kingdom": "GB", "France": "FR", "Italy": "IT", "India": "IN",
    "Canada": "CA", "Spain": "ES", "Netherlands": "NL", "Australia": "AU", "Brazil": "BR",
    "Switzerland": "CH", "Sweden": "SE", "Russian Federation": "RU", "Türkiye": "TR",
    "Israel": "IL", "Poland": "PL",
}  # fmt: skip
"""Codes of the economies of the coverage table."""


def reference_table(name: str) -> pd.DataFrame:
    """
    Return one of the published tables that ship with the package.

    Parameters
    ----------
    name
        File name without extension.

    Returns
    -------
    table
        Only empty cells are missing (no code is read as missing).

    Examples
    --------
    >>> len(reference_table("clusters_2025_appendix_table2"))
    100
    """
    path = files("hubscan") / "reference" / "gii" / f"{name}.csv"
    with path.open(encoding="utf-8") as stream:
        return pd.read_csv(stream, keep_default_na=False, na_values=[""])


def world_table(name: str) -> pd.DataFrame:
    """
    Return one of the tables this package adds: cities of the clusters, or clusters beyond the 100.

    Parameters
    ----------
    name
        ``cores``, ``beyond`` or ``economies``.

    Returns
    -------
    table
        Only empty cells are missing.

    Examples
    --------
    >>> world_table("beyond")["rank"].tolist() == list(range(101, 238))
    True
    """
    with (files("hubscan.world") / f"{name}.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream, keep_default_na=False, na_values=[""])


def plain_names(names: pd.Series[str]) -> pd.Series[str]:
    """
    Return names of clusters without the state or province some editions add.

    Parameters
    ----------
    names
        Names as printed.

    Returns
    -------
    names
        Names as printed in 2025.

    Examples
    --------
    >>> plain_names(pd.Series(["San Diego, CA", "Paris"])).tolist()
    ['San Diego', 'Paris']
    """
    return names.str.replace(r", [A-Z]{2}$", "", regex=True)


def published_clusters() -> pd.DataFrame:
    """
    Return the published margins of the 100 leading clusters of 2025.

    Returns
    -------
    clusters
        One row a cluster, by rank, with ``rank``, ``cluster``, ``economy``; the counts ``patents``,
        ``publications`` and ``deals`` (documents); ``population`` (persons); ``previous_rank``,
        ``old_rank`` (without deals, among all clusters), ``rank_2023`` (0 if not listed);
        ``total`` and ``science_technology`` (sums of world shares).

    Examples
    --------
    >>> table = published_clusters()
    >>> table.loc[3, "cluster"], round(float(table.loc[3, "total"]), 4)
    ('Beijing', 0.1071)
    """
    table = reference_table("clusters_2025_appendix_table2").rename(
        columns={
            "pct_applications": "patents",
            "scientific_publications": "publications",
            "vc_deals": "deals",
            "rank_old_methodology": "old_rank",
        }
    )
    intensity = reference_table("clusters_2025_appendix_table3_intensity")
    table["population"] = table["cluster"].map(intensity.set_index("cluster")["population"])
    table["rank_2023"] = table["cluster"].map(ranks_2023()).fillna(0).astype(int)
    table = with_totals(table)
    kept = ["rank", "cluster", "economy", *INDICATORS, "population", "previous_rank", "old_rank"]
    return table[[*kept, "rank_2023", "total", "science_technology"]]


def ranks_2023() -> dict[str, int]:
    """
    Return the ranks printed in 2023 (patents and publications only).

    Returns
    -------
    ranks
        Rank by name.

    Examples
    --------
    >>> ranks_2023()["Seoul"]
    3
    """
    table = reference_table("clusters_2023_top100")
    return dict(zip(plain_names(table["cluster"]), table["rank"].astype(int), strict=True))


def with_totals(clusters: pd.DataFrame) -> pd.DataFrame:
    """
    Return clusters with the sums of their world shares.

    Parameters
    ----------
    clusters
        With the counts of the three indicators.

    Returns
    -------
    clusters
        A copy with ``science_technology`` (patents and publications) and ``total`` (all three).

    Examples
    --------
    >>> table = pd.DataFrame({"patents": [1309.724], "publications": [0.0], "deals": [235.2]})
    >>> with_totals(table)[["science_technology", "total"]].round(6).to_numpy().tolist()
    [[0.001, 0.002]]
    """
    share = {name: clusters[name] / COVERED[name] for name in INDICATORS}
    joint = share["patents"] + share["publications"]
    return clusters.assign(science_technology=joint, total=joint + share["deals"])


def leaders() -> pd.DataFrame:
    """
    Return the leading applicant and organisation of clusters, the latest that was printed.

    Returns
    -------
    leaders
        Indexed by cluster: ``applicant``, ``organisation``.

    Examples
    --------
    >>> leaders().loc["Munich"].tolist()
    ['BMW', 'Technical University of Munich']
    """
    wanted = (
        "clusters_2025_table1_top_by_economy",
        "clusters_2025_table3_intensity_top10",
        "clusters_2024_table9_intensity_top25",
        "clusters_2024_table5_top_by_economy",
    )
    tables = []
    for name in wanted:
        table = reference_table(name)
        columns = ["cluster", "top_applicant", table.filter(like="top_").columns[-1]]
        tables.append(table[columns].set_axis(["cluster", "applicant", "organisation"], axis=1))
    table = pd.concat(tables)
    table["cluster"] = plain_names(table["cluster"])
    return table.drop_duplicates("cluster").set_index("cluster")


def economy_addresses() -> pd.DataFrame:
    """
    Return the addresses of the 20 leading economies, indexed by code.

    Returns
    -------
    addresses
        Columns ``patents``, ``publications``, ``deals``.

    Examples
    --------
    >>> int(economy_addresses().loc["JP", "patents"])
    532296
    """
    table = reference_table("clusters_2025_appendix_table1_geocoding")
    table = table[table["country"] != "World Total"]
    columns = {"pct_addresses": "patents", "pub_addresses": "publications", "vc_addresses": "deals"}
    index = pd.Index(table["country"].map(ISO2), name="country")
    return table.rename(columns=columns)[list(INDICATORS)].set_index(index).astype(np.float64)
