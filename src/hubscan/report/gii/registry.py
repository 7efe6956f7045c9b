"""Every table of the reports, under the name of its published counterpart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from hubscan.report.gii import lists, measures, views
from hubscan.report.gii.layout import Heading, rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from hubscan.report.gii.findings import Findings

_RANK: Final = Heading("rank", "Rank", "whole")
_PER_CAPITA: Final = Heading("rank_per_capita", "Rank per-capita", "whole")
_CLUSTER: Final = Heading("cluster", "Cluster name", "text")
_ECONOMY: Final = Heading("economy", "Economy", "text")
_NAME: Final = Heading("economy_name", "Economy name", "text")
_CHANGE: Final = Heading("rank_change", "Rank change", "whole")
_APPLICANT: Final = Heading("top_applicant", "Top applicant", "text")
_ORGANISATION: Final = Heading("top_organization", "Top organization", "text")
_SCIENTIFIC: Final = Heading("top_scientific_organization", "Top scientific organization", "text")
_BEYOND: Final = (
    _ECONOMY,
    _NAME,
    Heading("clusters_beyond_top100", "Clusters beyond top 100", "whole"),
    Heading("cluster_names", "Cluster name(s)", "text"),
)
_INTENSE: Final = (_PER_CAPITA, _CLUSTER, _ECONOMY, _APPLICANT, _SCIENTIFIC)
_COVERAGE: Final = (
    Heading("country", "Country", "text"),
    Heading("pub_addresses", "Scientific publications: Number of addresses", "whole"),
    Heading(
        "pub_city_accuracy_pct",
        "Scientific publications: City-level address accuracy (%)",
        "percent",
    ),
    Heading("pub_covered_pct", "Scientific publications: Publications covered (%)", "percent"),
    Heading("pct_addresses", "PCT applications: Number of addresses", "whole"),
    Heading(
        "pct_city_accuracy_pct", "PCT applications: City-level address accuracy (%)", "percent"
    ),
    Heading(
        "pct_applications_covered_pct", "PCT applications: Applications covered (%)", "percent"
    ),
    Heading("vc_addresses", "Venture Capital deals: Number of addresses", "whole"),
    Heading(
        "vc_city_accuracy_pct", "Venture Capital deals: City-level address accuracy (%)", "percent"
    ),
    Heading("vc_deals_covered_pct", "Venture Capital deals: Deals covered (%)", "percent"),
)
_SIZE: Final = (
    _CLUSTER,
    _RANK,
    _ECONOMY,
    Heading("pct_applications", "PCT applications", "count"),
    Heading("scientific_publications", "Scientific publications", "count"),
    Heading("vc_deals", "Venture Capital Deals", "count"),
    Heading("share_pct", "Share of global PCT applications", "share"),
    Heading("share_publications", "Share of global scientific publications", "share"),
    Heading("share_vc", "Share of global venture capital deals", "share"),
    Heading("total_share", "Total", "share"),
    Heading("previous_rank", "Previous rank (a)", "whole"),
    Heading("rank_change", "Rank change (a)", "whole"),
    Heading("rank_old_methodology", "Rank old methodology (b)", "whole"),
)
_INTENSITY: Final = (
    _CLUSTER,
    _PER_CAPITA,
    _ECONOMY,
    Heading("population", "Estimated cluster population", "amount"),
    Heading("pct_per_million", "PCT applications per capita (a)", "amount"),
    Heading("publications_per_million", "Scientific publications per capita (a)", "amount"),
    Heading("vc_deals_per_million", "Venture Capital deals per capita (a)", "amount"),
    Heading("total_share_per_million", "Total innovation intensity share per capita (a)", "share"),
    Heading("rank_change", "Rank change (b)", "whole"),
)
_LISTED: Final = Heading("clusters_listed", "Top 100 clusters", "whole")
_UNLISTED: Final = Heading("clusters_beyond", "Clusters beyond top 100", "whole")
_BEST: Final = (
    Heading("best_rank", "Best rank", "whole"),
    Heading("best_cluster", "Best cluster", "text"),
)


@dataclass(frozen=True)
class ReportTable:
    """
    One table of a report.

    Attributes
    ----------
    name
        Of the published table in :mod:`hubscan.reference`, or of a view.
    title
        As published.
    edition
        The edition that prints it; empty for views, which every edition has.
    sheet
        Name of its sheet in a workbook, at most 31 letters.
    made
        The function that makes it from findings, unrounded.
    headings
        Its columns.
    """

    name: str
    title: str
    edition: str
    sheet: str
    made: Callable[[Findings], pd.DataFrame]
    headings: tuple[Heading, ...]


_ALL: Final = (
    ReportTable(
        "clusters_2023_top100", "Top 100 Science and Technology Cluster briefs 2023", "gii-2023",
        "2023 top 100", lists.top_list,
        (_RANK, Heading("cluster", "Cluster", "text"), _ECONOMY,
         Heading("economy_iso2", "Economy code", "text")),
    ),
    ReportTable(
        "clusters_2023_china24", "Science and technology clusters of China 2023", "gii-2023",
        "2023 China", partial(lists.national_list, economy="CN"),
        (Heading("national_rank", "National rank", "whole"),
         Heading("global_rank", "Global rank", "whole"),
         Heading("cluster", "Cluster", "text"), _ECONOMY),
    ),
    ReportTable(
        "clusters_2024_table5_top_by_economy",
        "Table 5 Top S&T cluster by economy or cross-border region ranked among the top 100, 2024",
        "gii-2024", "2024 Table 5", lists.best_by_label,
        (_RANK, _CLUSTER, _ECONOMY, _CHANGE, _APPLICANT, _ORGANISATION),
    ),
    ReportTable(
        "clusters_2024_table6_counts",
        "Table 6 Economies with three or more top 100 S&T clusters, 2024",
        "gii-2024", "2024 Table 6", partial(lists.economy_counts, fewest=3),
        (_ECONOMY, _NAME, Heading("top100_clusters", "Top 100 clusters", "whole")),
    ),
    ReportTable(
        "clusters_2024_table7_beyond",
        "Table 7 Top S&T clusters in extended ranking, economies not covered by the top 100 S&T "
        "clusters, 2024",
        "gii-2024", "2024 Table 7", partial(lists.newcomers, order=("economy_name",)), _BEYOND,
    ),
    ReportTable(
        "clusters_2024_table8_africa", "Table 8 Top science or S&T clusters within Africa",
        "africa-2024", "2024 Table 8", lists.clusters_by_country,
        (_NAME, _ECONOMY, Heading("cluster_count", "Cluster count", "whole"),
         Heading("cluster_names", "Clusters names", "text")),
    ),
    ReportTable(
        "clusters_2024_table9_intensity_top25",
        "Table 9 Top 25 S&T clusters by S&T intensity, 2024",
        "gii-2024", "2024 Table 9", partial(measures.most_intense, first=25), _INTENSE,
    ),
    ReportTable(
        "clusters_2025_figure1_top10",
        "Figure 1 Top 10 innovation clusters, and their footprint, 2025",
        "gii-2025", "2025 Figure 1", measures.first_ten,
        (_RANK, _CLUSTER,
         Heading("share_publications_pct", "Global share of publications", "tenths"),
         Heading("share_pct_filings_pct", "Global share of PCT filings", "tenths"),
         Heading("share_vc_deals_pct", "Global share of VC deals", "tenths")),
    ),
    ReportTable(
        "clusters_2025_table1_top_by_economy",
        "Table 1 Top innovation cluster by economy or cross-border region ranked among the top "
        "100, 2025",
        "gii-2025", "2025 Table 1", lists.best_by_label,
        (_RANK, _CLUSTER, _ECONOMY, _APPLICANT, _ORGANISATION),
    ),
    ReportTable(
        "clusters_2025_table2_beyond",
        "Table 2 Selected innovation clusters in extended ranking: economies beyond the top 100 "
        "innovation clusters, 2025",
        "gii-2025", "2025 Table 2", partial(lists.newcomers, order=("best_rank",)), _BEYOND,
    ),
    ReportTable(
        "clusters_2025_table3_intensity_top10",
        "Table 3 Top innovation clusters, by intensity, 2025",
        "gii-2025", "2025 Table 3", partial(measures.most_intense, first=10), _INTENSE,
    ),
    ReportTable(
        "clusters_2025_appendix_table1_geocoding",
        "Appendix IV - Table 1: Summary of geocoding results, 2025",
        "gii-2025", "2025 Appendix IV Table 1", measures.coverage_table, _COVERAGE,
    ),
    ReportTable(
        "clusters_2025_appendix_table2", "Appendix IV - Table 2: Top 100 innovation clusters, 2025",
        "gii-2025", "2025 Appendix IV Table 2", measures.size_table, _SIZE,
    ),
    ReportTable(
        "clusters_2025_appendix_table3_intensity",
        "Appendix IV - Table 3: Innovation intensity ranking, 2025",
        "gii-2025", "2025 Appendix IV Table 3", measures.intensity_table, _INTENSITY,
    ),
    ReportTable(
        "clusters_by_economy", "Clusters by economy", "", "By economy", views.economy_view,
        (_ECONOMY, _NAME, Heading("region", "Region", "text"),
         Heading("income_group", "Income group", "text"), _LISTED, _UNLISTED, *_BEST),
    ),
    ReportTable(
        "clusters_by_region", "Clusters by region of the world", "", "By region",
        views.region_view,
        (Heading("region", "Region", "text"), _LISTED, _UNLISTED,
         Heading("total_share", "Total", "share"), *_BEST),
    ),
    ReportTable(
        "clusters_in_middle_income_economies", "Clusters in middle-income economies", "",
        "Middle-income economies", views.middle_income_view,
        (_RANK, _CLUSTER, _ECONOMY, Heading("middle_income", "Middle-income economies", "text"),
         Heading("income_group", "Income group", "text"),
         Heading("listed", "In the top 100", "text")),
    ),
    ReportTable(
        "economies_beyond_the_list",
        "Clusters beyond the top 100 of economies that have none in it", "", "Beyond the list",
        partial(lists.newcomers, order=("best_rank",)),
        (*_BEYOND, Heading("best_rank", "Best rank", "whole")),
    ),
    ReportTable(
        "clusters_beyond_the_list",
        "Extended ranking: clusters beyond the top 100",
        "",
        "Extended ranking",
        views.extended_view,
        (_RANK, _CLUSTER, _ECONOMY, Heading("total_share", "Total", "share")),
    ),
    ReportTable(
        "leaders_by_indicator", "Top 10 clusters by publications, patents or VC deals", "",
        "Top 10 by indicator", partial(measures.leaders_by_indicator, first=10),
        (Heading("indicator", "Indicator", "text"), Heading("place", "Place", "whole"), _CLUSTER,
         _ECONOMY, Heading("share", "Global share (%)", "share")),
    ),
    ReportTable(
        "economy_cluster_counts", "Economies with two or more top 100 clusters", "",
        "Economies", partial(lists.economy_counts, fewest=2),
        (_ECONOMY, _NAME, Heading("top100_clusters", "Top 100 clusters", "whole"),
         Heading("best_rank", "Best rank", "whole")),
    ),
)  # fmt: skip

TABLES: Final = {table.name: table for table in _ALL}
"""Every table by name."""


def table_names(edition: str) -> tuple[str, ...]:
    """
    Return the tables that an edition prints, the views after them.

    Parameters
    ----------
    edition
        Name of an edition; one of the user's own has the tables of ``gii-2025``.

    Returns
    -------
    names
        Keys of :data:`TABLES`.

    Examples
    --------
    >>> table_names("gii-2023")[:2]
    ('clusters_2023_top100', 'clusters_2023_china24')
    """
    known = {table.edition for table in _ALL if table.edition}
    wanted = edition if edition in known else "gii-2025"
    own = [table.name for table in _ALL if table.edition == wanted]
    return (*own, *(table.name for table in _ALL if not table.edition))


def report_tables(findings: Findings, *, edition: str) -> dict[str, pd.DataFrame]:
    """
    Return the tables that an edition prints, rounded as it prints them.

    Computation is unrounded up to here. What a run does not know (populations, ranks before,
    applicants) is missing in the tables, and tables of nothing else are empty.

    Parameters
    ----------
    findings
        Of a run.
    edition
        As for :func:`table_names`.

    Returns
    -------
    tables
        By name; columns as in :mod:`hubscan.reference`. :func:`hubscan.report.gii.layout.headed`
        puts the report's headings over them, with :attr:`ReportTable.headings`.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.report.gii import Findings, economies
    >>> clusters = {"cluster": [1], "rank": [1], "name": ["Oslo"], "economies": ["NO"]}
    >>> ranking = pd.DataFrame({**clusters, "total_share": [0.25]})
    >>> findings = Findings(ranking, economies(as_of="2024-07-01"), top=100)
    >>> tables = report_tables(findings, edition="gii-2023")
    >>> tables["clusters_2023_top100"].values.tolist()
    [[1, 'Oslo', 'Norway', 'NO']]
    """
    chosen = (TABLES[name] for name in table_names(edition))
    return {table.name: rounded(table.made(findings), table.headings) for table in chosen}
