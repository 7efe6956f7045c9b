"""The published figures of each cluster: shares, totals, intensities, and geocoding coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.report.gii.findings import changed, leader_of, number_of, ordered

if TYPE_CHECKING:
    from hubscan.report.gii.findings import Findings

PRINTED: Final = {
    "patents": ("pct_applications", "share_pct", "pct_per_million"),
    "publications": ("scientific_publications", "share_publications", "publications_per_million"),
    "deals": ("vc_deals", "share_vc", "vc_deals_per_million"),
}
"""Columns of the printed tables by indicator: count, share in per cent, documents per million."""

COVERAGE: Final = {
    "publications": ("pub_addresses", "pub_city_accuracy_pct", "pub_covered_pct"),
    "patents": ("pct_addresses", "pct_city_accuracy_pct", "pct_applications_covered_pct"),
    "deals": ("vc_addresses", "vc_city_accuracy_pct", "vc_deals_covered_pct"),
}
"""Columns of the coverage table by indicator: addresses, per cent located, per cent covered."""

_COUNTRY_NAMES: Final = {
    "US": "United States of America",
    "NL": "Netherlands",
    "world": "World Total",
}
_FIRST: Final = 10


def size_table(findings: Findings) -> pd.DataFrame:
    """
    Return the list with counts, world shares, totals, and ranks before and under the old method.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        Columns of Appendix IV Table 2 of 2025; shares and totals in per cent.
    """
    clusters = ordered(findings)
    clusters = changed(clusters[clusters["listed"]].reset_index(drop=True), findings.change)
    columns: dict[str, pd.Series[float]] = {}
    for indicator, (count, share, _) in PRINTED.items():
        columns[count] = number_of(clusters, f"count_{indicator}")
        columns[share] = 100.0 * number_of(clusters, f"share_{indicator}")
    return _identified(clusters, "rank").assign(
        **columns,
        total_share=100.0 * clusters["total_share"],
        previous_rank=clusters["previous_rank"],
        rank_change=clusters["rank_change"],
        rank_old_methodology=number_of(clusters, "old_method_rank"),
    )


def intensity_table(findings: Findings) -> pd.DataFrame:
    """
    Return the list by intensity, with population and figures per million inhabitants.

    Parameters
    ----------
    findings
        Of a run with population.

    Returns
    -------
    table
        Columns of Appendix IV Table 3 of 2025; totals in percentage points of world share per
        million inhabitants. Empty if the run has no intensity.
    """
    clusters = changed(_by_intensity(findings), findings.intensity_change)
    columns = {
        per_million: number_of(clusters, f"{indicator}_per_million")
        for indicator, (_, _, per_million) in PRINTED.items()
    }
    return _identified(clusters, "rank_per_capita").assign(
        population=number_of(clusters, "population"),
        **columns,
        total_share_per_million=number_of(clusters, "total_per_million"),
        rank_change=clusters["rank_change"],
    )


def most_intense(findings: Findings, *, first: int) -> pd.DataFrame:
    """
    Return the first clusters by intensity with their leading applicant and organisation.

    Parameters
    ----------
    findings
        Of a run with population.
    first
        So many clusters.

    Returns
    -------
    table
        ``rank_per_capita``, ``cluster``, ``economy``, ``top_applicant``,
        ``top_scientific_organization``.
    """
    clusters = _by_intensity(findings)
    clusters = clusters[clusters["rank_per_capita"] <= first].reset_index(drop=True)
    return _identified(clusters, "rank_per_capita").assign(
        top_applicant=leader_of(findings, clusters["cluster"], kind="applicant"),
        top_scientific_organization=leader_of(findings, clusters["cluster"], kind="organisation"),
    )


def first_ten(findings: Findings) -> pd.DataFrame:
    """
    Return the ten largest clusters with their world shares.

    Parameters
    ----------
    findings
        Of a run.

    Returns
    -------
    table
        ``rank``, ``cluster``, ``share_publications_pct``, ``share_pct_filings_pct``,
        ``share_vc_deals_pct``: per cent, to be rounded to one decimal from the unrounded value.
    """
    clusters = ordered(findings).head(_FIRST)
    return pd.DataFrame(
        {
            "rank": clusters["rank"],
            "cluster": clusters["name"],
            "share_publications_pct": 100.0 * number_of(clusters, "share_publications"),
            "share_pct_filings_pct": 100.0 * number_of(clusters, "share_patents"),
            "share_vc_deals_pct": 100.0 * number_of(clusters, "share_deals"),
        }
    )


def leaders_by_indicator(findings: Findings, *, first: int) -> pd.DataFrame:
    """
    Return the first clusters by each indicator alone.

    Parameters
    ----------
    findings
        Of a run.
    first
        So many clusters of each indicator.

    Returns
    -------
    table
        ``indicator``, ``place`` (equal shares share the better one), ``cluster``, ``economy``,
        ``share`` (per cent of the world).
    """
    clusters = ordered(findings)
    parts = []
    for indicator in ("publications", "patents", "deals"):
        share = 100.0 * number_of(clusters, f"share_{indicator}")
        place = share.rank(ascending=False, method="min")
        part = pd.DataFrame(
            {
                "indicator": indicator,
                "place": place,
                "cluster": clusters["name"],
                "economy": clusters["label"],
                "share": share,
            }
        )
        parts.append(part[place <= first].sort_values(["place", "cluster"], kind="stable"))
    return pd.concat(parts, ignore_index=True)


def coverage_table(findings: Findings) -> pd.DataFrame:
    """
    Return how many addresses were located and how many documents that covers, by country.

    Parameters
    ----------
    findings
        Of a run; without a coverage table the result is empty.

    Returns
    -------
    table
        Columns of Appendix IV Table 1 of 2025: ``country``, and for each indicator the number of
        addresses, the per cent located at city level, the per cent of documents covered. An
        indicator that is not in the run has missing values.
    """
    names = [name for group in COVERAGE.values() for name in group]
    if findings.coverage is None:
        return pd.DataFrame({"country": [], **{name: [] for name in names}}, dtype=float)
    rows = findings.coverage
    countries = rows.drop_duplicates("country")
    known = findings.economies.drop_duplicates("economy").set_index("economy")["name"]
    shown = [
        _COUNTRY_NAMES.get(code, str(known.get(code, name)))
        for code, name in zip(countries["country"], countries["name"], strict=True)
    ]
    table = pd.DataFrame({"country": shown}, index=countries["country"])
    for indicator, group in COVERAGE.items():
        part = rows[rows["indicator"] == indicator].set_index("country")
        sources = ("addresses", "accuracy_percent", "covered_percent")
        for name, source in zip(group, sources, strict=True):
            table[name] = part[source].reindex(table.index).astype(float)
    return table.reset_index(drop=True)


def _identified(clusters: pd.DataFrame, rank: str) -> pd.DataFrame:
    """Return rank, name and label of clusters."""
    return pd.DataFrame(
        {rank: clusters[rank], "cluster": clusters["name"], "economy": clusters["label"]}
    )


def _by_intensity(findings: Findings) -> pd.DataFrame:
    """Return the clusters that have a rank by intensity, by it."""
    clusters = ordered(findings)
    ranks = number_of(clusters, "intensity_rank")
    compared = clusters.assign(rank_per_capita=ranks)[~np.isnan(ranks)]
    return compared.sort_values(["rank_per_capita", "rank"], ignore_index=True)
