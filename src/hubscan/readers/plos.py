"""Affiliations of open articles: one row for each author and affiliation, as in the PLOS sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hubscan.readers.mapping import Described, UserMapping
from hubscan.readers.own_table import mapped_source

_MAPPING: Final = UserMapping(
    source=Described(
        indicator="publications",
        title="Affiliations of open articles",
        attribution="The authors of the articles; each by its DOI, CC BY.",
        unit="distinct",
    ),
    columns={
        "document_id": "doi",
        "year": "year",
        "type": "article_type",
        "address": "affiliation",
    },
    values={"type": {"research-article": "article"}},
)

SOURCE: Final = replace(
    mapped_source(_MAPPING),
    name="affiliations",
    needs="CSV with the columns doi, article_type, year, author_number, affiliation",
    gives="distinct affiliations of articles",
)
