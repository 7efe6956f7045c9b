"""All indicators of an edition from one set of document tables, by their names in the framework."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd

from hubscan.errors import InputError
from hubscan.index.indicators import (
    collaboration,
    companies,
    growth,
    impact,
    mobility,
    multidisciplinary,
    patents,
    researchers,
    units,
)
from hubscan.index.indicators.estimate import ESTIMATES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "papers": ("document", "year", "date", "kind", "issn"),
    "fields": ("document", "field", "area"),
    "affiliations": ("document", "author", "institution", "unit", "sector"),
    "citations": ("document", "year", "citations"),
    "patent_citations": ("document", "office"),
    "similarity": (),
    "families": ("document", "year"),
    "symbols": ("document", "symbol"),
    "family_units": ("document", "unit", "weight"),
    "family_citations": ("document", "citing"),
    "population": ("unit", "population", "year", "scope"),
}
"""Tables and their columns. ``papers`` and ``families`` (granted ones; the year is that of the
earliest application) are the world's; addresses outside the units have no ``unit``. ``area`` is the
broad area of a field, which says what is science and engineering; ``similarity`` is square, by
field."""


@dataclass(frozen=True)
class Prepared:
    """
    Document tables and parameters, with what several indicators share worked out once.

    Parameters
    ----------
    tables
        Name -> table (:data:`TABLES`).
    parameters
        The section ``indicators`` of an edition.
    """

    tables: Mapping[str, pd.DataFrame]
    parameters: Mapping[str, Any]

    @property
    def bootstrap(self) -> dict[str, int]:
        """Replicates and seed."""
        return dict(self.parameters["bootstrap"])

    @cached_property
    def science(self) -> pd.DataFrame:
        """The science and engineering papers of the world, with their weights."""
        areas = self.tables["fields"][["document", "area"]].rename(columns={"area": "field"})
        chosen = units.science_documents(
            areas, sciences=self.parameters["sciences"], rule=self.parameters["science_rule"]
        )
        return self.tables["papers"].merge(chosen, on="document")

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """Those of the window."""
        years: tuple[int, int] = self.parameters["papers"]
        return self.science[self.science["year"].between(years[0], years[1])]

    @cached_property
    def paper_units(self) -> pd.DataFrame:
        """The units of the papers of the window."""
        counting = self.parameters["counting"]
        everywhere = units.document_units(self.tables["affiliations"], counting=counting)
        return units.selected_units(everywhere, self.chosen[["document", "weight"]])

    @cached_property
    def affiliations(self) -> pd.DataFrame:
        """The affiliations on the papers of the window."""
        rows = self.tables["affiliations"]
        return rows[rows["document"].isin(self.chosen["document"])]

    @cached_property
    def authorships(self) -> pd.DataFrame:
        """Who wrote which science paper where and when, up to the end of the window."""
        dates = self.science.set_index("document")["date"]
        rows = self.tables["affiliations"][["author", "document", "unit"]]
        rows = rows.assign(date=pd.to_datetime(rows["document"].map(dates))).dropna(subset="date")
        written: pd.DataFrame = rows[rows["date"].dt.year <= self.parameters["papers"][1]]
        return written.drop_duplicates()

    def active(self, last_year: int) -> pd.DataFrame:
        """Return the researchers active at the end of a year."""
        return researchers.active_researchers(
            self.authorships,
            last_year=last_year,
            activity=researchers.Activity(**self.parameters["active"]),
            counting=self.parameters["counting"],
        )

    @cached_property
    def active_now(self) -> pd.DataFrame:
        """The researchers active at the end of the window."""
        return self.active(self.parameters["papers"][1])

    def young(self, last_year: int) -> pd.DataFrame:
        """Return the young among the researchers active at the end of a year."""
        rule = self.parameters["young"]
        ages = researchers.academic_ages(self.authorships, last_year=last_year, age=rule["age"])
        active = self.active(last_year)
        return researchers.young_researchers(active, ages, oldest_years=rule["oldest_years"])

    def cited(self, following_years: int | None) -> pd.DataFrame:
        """Return the citations of every paper of the world, within a window or up to the census."""
        return impact.window_citations(
            self.tables["papers"],
            self.tables["citations"],
            following_years=following_years,
            census_year=self.parameters["census_year"],
        )

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The citations of every paper within the window of the impact."""
        return self.cited(self.parameters["impact"]["following_years"])

    @cached_property
    def top_papers(self) -> pd.DataFrame:
        """How much of each paper is among the most cited of the world."""
        rule = self.parameters["top"]
        return impact.top_marks(
            self.tables["papers"], self.tables["fields"], self.counted, by=rule["by"],
            top_share=rule["papers_share"], ties=rule["ties"],
        )  # fmt: skip

    @cached_property
    def family_units(self) -> pd.DataFrame:
        """The units of the families of the window."""
        families = self.tables["families"]
        begin, end = self.parameters["patents"]
        inside = families[families["year"].between(begin, end)]
        return units.selected_units(self.tables["family_units"], inside[["document"]])

    @cached_property
    def classes(self) -> pd.DataFrame:
        """The technology classes of every family."""
        level = self.parameters["patent"]["level"]
        return patents.patent_fields(self.tables["symbols"], level=level)

    @cached_property
    def family_citations(self) -> pd.DataFrame:
        """How many families cite each family."""
        return patents.citing_families(self.tables["family_citations"], self.tables["families"])


class Indicator(NamedTuple):
    """A function of prepared tables, and the tables it needs."""

    needs: tuple[str, ...]
    estimates: Callable[[Prepared], pd.DataFrame]


def indicator_estimates(
    tables: Mapping[str, pd.DataFrame], parameters: Mapping[str, Any]
) -> pd.DataFrame:
    """
    Return every indicator that the given tables allow.

    Parameters
    ----------
    tables
        Name -> table, as :data:`TABLES` describes them; those that are missing leave out the
        indicators that need them.
    parameters
        The section ``indicators`` of an edition
        (:func:`hubscan.index.set2024.parameters`).

    Returns
    -------
    estimates
        Column ``key`` (name of the leaf in the framework) and
        :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Raises
    ------
    InputError
        If a table is unknown or lacks a column.

    Examples
    --------
    >>> tables = {"families": pd.DataFrame({"document": [1, 2], "year": [2015, 2030]}),
    ...           "family_units": pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": 1.0})}
    >>> parameters = {"patents": [2014, 2023], "bootstrap": {"replicates": 0, "seed": 1}}
    >>> indicator_estimates(tables, parameters)[["key", "unit", "value"]]
                key  unit  value
    0  pct_families  Oslo    1.0
    """  # fmt: skip
    for name, table in tables.items():
        missing = [column for column in TABLES.get(name, ()) if column not in table]
        if name not in TABLES or missing:
            what = f"column {missing[0]!r} is missing" if missing else "no such table is known"
            msg = f"{name}: {what}; tables are {', '.join(TABLES)}"
            raise InputError(msg)
    prepared = Prepared(tables, parameters)
    found = [
        indicator.estimates(prepared).assign(key=key)
        for key, indicator in BATTERY.items()
        if set(indicator.needs) <= set(tables)
    ]
    columns = ["key", *ESTIMATES]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _researchers_total(given: Prepared) -> pd.DataFrame:
    return researchers.researcher_count(given.active_now, **given.bootstrap)


def _researchers_median_h(given: Prepared) -> pd.DataFrame:
    h = researchers.h_indices(given.tables["affiliations"], given.cited(None))
    return researchers.median_h_index(given.active_now, h, **given.bootstrap)


def _young_share(given: Prepared) -> pd.DataFrame:
    young = given.young(given.parameters["papers"][1])
    return researchers.researcher_share(young, given.active_now, **given.bootstrap)


def _young_growth(given: Prepared) -> pd.DataFrame:
    begin, end = given.parameters["papers"]
    small_base = given.parameters["small_base"]
    return growth.stock_growth(
        given.young(begin), given.young(end), periods=end - begin, small_base=small_base,
        **given.bootstrap,
    )  # fmt: skip


def _inflow_share(given: Prepared) -> pd.DataFrame:
    first_year, via = given.parameters["papers"][0], given.parameters["inflow"]["via"]
    flows = mobility.inflows(given.authorships, given.active_now, first_year=first_year, via=via)
    return mobility.inflow_share(flows, given.active_now, **given.bootstrap)


def _institutions_growth(given: Prepared) -> pd.DataFrame:
    years = given.tables["papers"].set_index("document")["year"]
    rows = given.tables["affiliations"].dropna(subset=["unit", "institution"])
    rows = rows.assign(year=rows["document"].map(years))
    distinct = rows.drop_duplicates(["unit", "year", "institution"])
    counts = distinct.groupby(["unit", "year"]).size().rename("value").reset_index()
    begin, end = given.parameters["institutions"]
    small_base = given.parameters["small_base"]
    return growth.cagr(counts, first_year=begin, last_year=end, small_base=small_base)


def _journal_papers(given: Prepared) -> pd.DataFrame:
    kinds = given.parameters["journals"]["kinds"]
    papers = given.tables["papers"]
    journals = companies.journal_documents(papers, issns=companies.CNS_ISSNS, kinds=kinds)
    counted = units.selected_units(given.paper_units, journals)
    return patents.document_count(counted, **given.bootstrap)


def _fwci(given: Prepared) -> pd.DataFrame:
    rule, tables = given.parameters["impact"], given.tables
    found = impact.normalised_impact(
        tables["papers"], tables["fields"], given.counted, by=rule["by"], cells=rule["cells"]
    )
    return impact.mean_impact(found, given.paper_units, **given.bootstrap)


def _top_papers_count(given: Prepared) -> pd.DataFrame:
    return impact.top_count(given.top_papers, given.paper_units, **given.bootstrap)


def _top_papers_growth(given: Prepared) -> pd.DataFrame:
    begin, end = given.parameters["papers"]
    small_base = given.parameters["small_base"]
    return growth.document_growth(
        given.top_papers, given.paper_units, years=(begin, end), small_base=small_base,
        **given.bootstrap,
    )  # fmt: skip


def _cited_by_patents(given: Prepared) -> pd.DataFrame:
    offices = given.parameters["patent"]["citing_offices"]
    cited = given.tables["patent_citations"]
    return impact.cited_by_patents_share(
        given.paper_units, cited, offices=offices, **given.bootstrap
    )


def _multidisciplinary(given: Prepared) -> pd.DataFrame:
    fields = given.tables["fields"]
    profiles = multidisciplinary.earlier_profiles(given.authorships, fields, given.chosen)
    diversity = multidisciplinary.team_diversity(profiles, given.tables["similarity"], given.chosen)
    score = multidisciplinary.normalised_diversity(diversity, given.chosen, fields)
    return impact.mean_impact(score, given.paper_units, **given.bootstrap)


def _academic_corporate(given: Prepared) -> pd.DataFrame:
    local = given.parameters["collaboration"]["local"]
    joint = collaboration.academic_corporate_documents(given.affiliations, local=local)
    return collaboration.academic_corporate_share(joint, given.paper_units, **given.bootstrap)


def _diversity(given: Prepared) -> pd.DataFrame:
    partners = given.parameters["collaboration"]["partners"]
    chosen = None if partners == "all" else partners
    pairs = collaboration.partner_pairs(given.affiliations, partners=chosen)
    return collaboration.collaboration_diversity(pairs, **given.bootstrap)


def _families(given: Prepared) -> pd.DataFrame:
    return patents.document_count(given.family_units, **given.bootstrap)


def _families_per_capita(given: Prepared) -> pd.DataFrame:
    rule, population = given.parameters["patent"], given.tables["population"]
    return patents.per_capita(
        _families(given), population, people=rule["people"], scope=rule["scope"]
    )


def _technology_impact(given: Prepared) -> pd.DataFrame:
    by, cells = given.parameters["patent"]["by"], given.parameters["impact"]["cells"]
    found = impact.normalised_impact(
        given.tables["families"], given.classes, given.family_citations, by=by, cells=cells
    )
    trim = given.parameters["patent"]["trim"]
    return patents.technology_impact(found, given.family_units, trim=trim, **given.bootstrap)


def _high_impact_growth(given: Prepared) -> pd.DataFrame:
    rule, by = given.parameters["top"], given.parameters["patent"]["by"]
    marks = impact.top_marks(
        given.tables["families"], given.classes, given.family_citations, by=by,
        top_share=rule["families_share"], ties=rule["ties"],
    )  # fmt: skip
    begin, end = given.parameters["patents"]
    small_base = given.parameters["small_base"]
    return growth.document_growth(
        marks, given.family_units, years=(begin, end), small_base=small_base, **given.bootstrap
    )


_WRITTEN: Final = ("papers", "fields", "affiliations")
_CITED: Final = (*_WRITTEN, "citations")
_GRANTED: Final = ("families", "family_units")
_CLASSED: Final = (*_GRANTED, "symbols", "family_citations")

BATTERY: Final[Mapping[str, Indicator]] = {
    "research_institutions_growth": Indicator(("papers", "affiliations"), _institutions_growth),
    "researchers_total": Indicator(_WRITTEN, _researchers_total),
    "researchers_median_h": Indicator(_CITED, _researchers_median_h),
    "young_researcher_share": Indicator(_WRITTEN, _young_share),
    "young_researcher_growth": Indicator(_WRITTEN, _young_growth),
    "inflow_share": Indicator(_WRITTEN, _inflow_share),
    "high_quality_output": Indicator(_WRITTEN, _journal_papers),
    "top1pct_papers": Indicator(_CITED, _top_papers_count),
    "top1pct_papers_cagr": Indicator(_CITED, _top_papers_growth),
    "academic_impact": Indicator(_CITED, _fwci),
    "cited_by_patents_share": Indicator((*_WRITTEN, "patent_citations"), _cited_by_patents),
    "multidisciplinary_score": Indicator((*_WRITTEN, "similarity"), _multidisciplinary),
    "academic_corporate_share": Indicator(_WRITTEN, _academic_corporate),
    "collaboration_diversity": Indicator(_WRITTEN, _diversity),
    "pct_families": Indicator(_GRANTED, _families),
    "pct_families_per_capita": Indicator((*_GRANTED, "population"), _families_per_capita),
    "patent_technology_impact": Indicator(_CLASSED, _technology_impact),
    "high_impact_patents_growth": Indicator(_CLASSED, _high_impact_growth),
}
"""Indicators computed from documents, by the key of their leaf in the SET framework."""
