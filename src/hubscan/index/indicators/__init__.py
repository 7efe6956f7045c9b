"""Indicators of cities and clusters computed from documents, people and companies."""

from hubscan.index.indicators.battery import (
    BATTERY,
    TABLES,
    indicator_estimates,
)
from hubscan.index.indicators.collaboration import (
    academic_corporate_documents,
    academic_corporate_share,
    academic_partners,
    collaboration_diversity,
    margalef_diversity,
    partner_pairs,
)
from hubscan.index.indicators.companies import (
    CNS_ISSNS,
    company_sum,
    discipline_growth_index,
    journal_documents,
    median_intensity,
    sector_employee_share,
)
from hubscan.index.indicators.estimate import (
    ESTIMATES,
)
from hubscan.index.indicators.growth import (
    cagr,
    document_growth,
    loglinear_growth,
    stock_growth,
)
from hubscan.index.indicators.impact import (
    cited_by_patents_share,
    mean_impact,
    normalised_impact,
    top_count,
    top_marks,
    top_share,
    window_citations,
)
from hubscan.index.indicators.mobility import (
    flow_matrix,
    inflow_share,
    inflows,
    main_sources,
)
from hubscan.index.indicators.multidisciplinary import (
    earlier_profiles,
    normalised_diversity,
    subfield_similarity,
    team_diversity,
)
from hubscan.index.indicators.patents import (
    citing_families,
    document_count,
    patent_fields,
    per_capita,
    technology_impact,
)
from hubscan.index.indicators.researchers import (
    Activity,
    academic_ages,
    active_researchers,
    h_indices,
    latest_units,
    median_h_index,
    researcher_count,
    researcher_share,
    young_researchers,
)
from hubscan.index.indicators.specialisation import (
    document_fields,
    relative_activity,
    researcher_fields,
    top_fields,
)
from hubscan.index.indicators.top_authors import (
    top_author_count,
    top_author_marks,
)
from hubscan.index.indicators.units import (
    cluster_units,
    document_units,
    science_documents,
    scope_units,
    selected_units,
)

__all__ = [
    "BATTERY",
    "CNS_ISSNS",
    "ESTIMATES",
    "TABLES",
    "Activity",
    "academic_ages",
    "academic_corporate_documents",
    "academic_corporate_share",
    "academic_partners",
    "active_researchers",
    "cagr",
    "cited_by_patents_share",
    "citing_families",
    "cluster_units",
    "collaboration_diversity",
    "company_sum",
    "discipline_growth_index",
    "document_count",
    "document_fields",
    "document_growth",
    "document_units",
    "earlier_profiles",
    "flow_matrix",
    "h_indices",
    "indicator_estimates",
    "inflow_share",
    "inflows",
    "journal_documents",
    "latest_units",
    "loglinear_growth",
    "main_sources",
    "margalef_diversity",
    "mean_impact",
    "median_h_index",
    "median_intensity",
    "normalised_diversity",
    "normalised_impact",
    "partner_pairs",
    "patent_fields",
    "per_capita",
    "relative_activity",
    "researcher_count",
    "researcher_fields",
    "researcher_share",
    "science_documents",
    "scope_units",
    "sector_employee_share",
    "selected_units",
    "stock_growth",
    "subfield_similarity",
    "team_diversity",
    "technology_impact",
    "top_author_count",
    "top_author_marks",
    "top_count",
    "top_fields",
    "top_marks",
    "top_share",
    "window_citations",
    "young_researchers",
]
