"""Every table that crosses a stage: its columns, their types and units, and its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOISE: Final = -1
"""The cluster id of places that belong to no cluster."""


@dataclass(frozen=True)
class Column:
    """One column: its name, type (``int``, ``float``, ``text``, ``bool``), unit and meaning."""

    name: str
    kind: str
    unit: str
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row is, its key and its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        """Iterate over the columns."""
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]


_INDICATOR = Column("indicator", "text", "", "patents, publications, deals, or the user's own")
_PLACE = Column("place", "int", "", "key of a distinct coordinate (sphere.place_keys)")
_LATITUDE = Column("latitude", "float", "degrees", "WGS84 latitude")
_LONGITUDE = Column("longitude", "float", "degrees", "WGS84 longitude, [-180, 180)")
_CLUSTER = Column("cluster", "int", "", "cluster id, from 1; -1 is noise")
_ECONOMY = Column("economy", "text", "", "ISO 3166 alpha-2 code; empty if unknown")
_ORGANISATION = Column("organisation", "int", "", "number of the organisation named; 0 for none")

_INDICATOR_NUMBER = Column("indicator", "int", "", "number of the indicator, by name (numbered)")
_ECONOMY_NUMBER = Column("economy", "int", "", "number of the economy; 0 if unknown (numbered)")
_DOCUMENT = Column("document", "int", "", "number of the document, of all indicators")

ADDRESSES: Final = Table(
    "addresses",
    "one listed address of a document of the window",
    (),
    (
        _INDICATOR_NUMBER,
        _DOCUMENT,
        Column("place", "int", "", "key of its place, if it is located", nullable=True),
        Column("locality", "int", "", "number of the text that places it; -1: own coordinates"),
        _ECONOMY_NUMBER,
        _ORGANISATION,
    ),
)
LOCALITIES: Final = Table(
    "localities",
    "one distinct text of city, region and country among the addresses",
    ("locality",),
    (
        Column("locality", "int", "", "number, in the order of country, region, city"),
        Column("city", "text", "", "city as given; may be empty"),
        Column("region", "text", "", "state or province as given; may be empty"),
        Column("country", "text", "", "ISO 3166 alpha-2 code; empty if unknown"),
    ),
)
LOCATED_LOCALITIES: Final = Table(
    "located_localities",
    "one locality and where it lies, if found",
    ("locality",),
    (
        Column("locality", "int", "", "number of the locality"),
        Column("place", "int", "", "key of the place found", nullable=True),
        Column("precision", "text", "", "point, street, city, region, country or none"),
        Column("method", "text", "", "how it was found, or why it was not"),
        Column("geonameid", "int", "", "GeoNames id of the place found", nullable=True),
        _ECONOMY,
        Column("rivals", "text", "", "other places it might have meant, the largest first"),
        Column("latitude", "float", "degrees", "WGS84 latitude of the place", nullable=True),
        Column("longitude", "float", "degrees", "WGS84 longitude of the place", nullable=True),
        Column("confidence", "float", "", "share of places found so that were right; 0 for none"),
    ),
)
REVIEW: Final = Table(
    "review",
    "one locality to look at by hand; filled in, it is a row of overrides",
    (),
    (
        Column("country", "text", "", "country as given"),
        Column("region", "text", "", "region as given"),
        Column("city", "text", "", "city as given"),
        Column("address", "text", "", "whole address, where nothing else says the place"),
        Column("latitude", "text", "degrees", "empty: to be filled in"),
        Column("longitude", "text", "degrees", "empty: to be filled in"),
        Column("note", "text", "", "empty: for remarks"),
        Column("documents", "int", "documents", "documents with an address there"),
        Column("confidence", "float", "", "share of places found so that were right; 0 for none"),
        Column("method", "text", "", "how it was found, or why it was not"),
        Column("rivals", "text", "", "places it might have meant, the largest first"),
    ),
)
DOCUMENT_SIZES: Final = Table(
    "document_sizes",
    "one document of the window that lists addresses",
    ("indicator", "document"),
    (
        _INDICATOR_NUMBER,
        _DOCUMENT,
        Column("n_listed", "int", "addresses", "addresses the document lists"),
        Column("n_located", "int", "addresses", "of those, located"),
    ),
)
DOCUMENTS: Final = Table(
    "documents",
    "one document of the window",
    ("indicator", "document"),
    (
        _INDICATOR,
        _DOCUMENT,
        Column("source", "text", "", "the source in the inputs file"),
        Column("document_id", "text", "", "the id that the source gives it"),
        Column("year", "int", "", "first of its years within the window"),
    ),
)
LOCATED: Final = Table(
    "located",
    "one located address of a document of the window",
    (),
    (
        _INDICATOR_NUMBER,
        _DOCUMENT,
        _PLACE,
        _ECONOMY_NUMBER,
        _ORGANISATION,
        Column("addresses", "int", "addresses", "how many they are"),
        Column("n_listed", "int", "addresses", "addresses the document lists"),
        Column("n_located", "int", "addresses", "of those, located"),
    ),
)
PLACE_ADDRESSES: Final = Table(
    "place_addresses",
    "addresses at one place, of documents of one indicator that share a denominator",
    ("indicator", "place", "economy", "denominator"),
    (
        _INDICATOR,
        _PLACE,
        _ECONOMY,
        Column("denominator", "int", "addresses", "addresses among which each document is split"),
        Column(
            "addresses", "int", "addresses", "addresses there (of counts: units of 1/denominator)"
        ),
    ),
)
TOTALS: Final = Table(
    "totals",
    "one indicator of the whole input set",
    ("indicator",),
    (
        _INDICATOR,
        Column("unit", "int", "", "address units in one address (1, or the quantum of counts)"),
        Column("documents", "float", "documents", "documents of the window"),
        Column("covered", "float", "documents", "of those, with a located address"),
        Column("addresses", "int", "address units", "listed addresses"),
        Column("located", "int", "address units", "of those, located"),
    ),
)
PLACES: Final = Table(
    "places",
    "one distinct coordinate that shapes clusters",
    ("place",),
    (
        _PLACE,
        _LATITUDE,
        _LONGITUDE,
        Column(
            "weight", "int", "fixed point", "mass in fixed point; shapes clusters, never counts"
        ),
    ),
)
MEMBERSHIP: Final = Table(
    "membership",
    "one place that shapes clusters, and its cluster",
    ("place",),
    (
        _PLACE,
        _LATITUDE,
        _LONGITUDE,
        Column("weight", "float", "inventor-equivalents", "mass of the place"),
        _CLUSTER,
        Column("core", "bool", "", "whether the place is a core place"),
    ),
)
TIES: Final = Table(
    "ties",
    "one pair of clusters (a < b; noise is -1) joined by documents of one indicator",
    ("a", "b", "indicator"),
    (
        Column("a", "int", "", "cluster id; -1 is noise"),
        Column("b", "int", "", "cluster id, greater than a"),
        _INDICATOR,
        Column("links", "float", "documents", "documents with an address in both"),
    ),
)
CANDIDATE_PAIRS: Final = Table(
    "candidate_pairs",
    "one pair of neighbouring clusters, judged for merging",
    ("a", "b"),
    (
        Column("a", "int", "", "cluster id before merging"),
        Column("b", "int", "", "cluster id before merging, greater than a"),
        Column("gap_km", "float", "km", "least distance between the two"),
        Column("tie", "float", "share of links", "their tie"),
        Column(
            "rival_a",
            "int",
            "",
            "a's strongest rival; -1 noise, below a single place",
            nullable=True,
        ),
        Column("rival_tie_a", "float", "share of links", "tie of a with that partner"),
        Column(
            "rival_b",
            "int",
            "",
            "b's strongest rival; -1 noise, below a single place",
            nullable=True,
        ),
        Column("rival_tie_b", "float", "share of links", "tie of b with that partner"),
        Column("merged", "bool", "", "whether the two were merged"),
        Column("reason", "text", "", "why, in words"),
    ),
)
CLUSTERS: Final = Table(
    "clusters",
    "one cluster",
    ("cluster",),
    (
        _CLUSTER,
        Column("name", "text", "", "its principal cities, joined by en dashes"),
        Column("economies", "text", "", "economies with enough of its output, by share"),
        _LATITUDE,
        _LONGITUDE,
        Column("places", "int", "places", "distinct places in it"),
        Column("weight", "float", "inventor-equivalents", "mass of its places"),
        Column("area_km2", "float", "km2", "geodesic area of its footprint"),
    ),
)
COUNTS: Final = Table(
    "counts",
    "one cluster (or noise) and one indicator",
    ("cluster", "indicator"),
    (_CLUSTER, _INDICATOR, Column("count", "float", "documents", "documents counted there")),
)
ECONOMY_COUNTS: Final = Table(
    "economy_counts",
    "one cluster (or noise), one indicator and one economy of the addresses",
    ("cluster", "indicator", "economy"),
    (_CLUSTER, _INDICATOR, _ECONOMY, Column("count", "float", "documents", "documents counted")),
)
REJECTED: Final = Table(
    "rejected",
    "one input row set aside",
    ("source", "file", "row"),
    (
        Column("source", "text", "", "the source in the inputs file"),
        Column("file", "text", "", "the file"),
        Column("row", "int", "", "number of the row, from 1 after the header", nullable=True),
        Column("reason", "text", "", "what was found and what was needed"),
        Column("values", "text", "", "the row as JSON"),
    ),
)

TABLES: Final = {
    table.name: table
    for table in (
        ADDRESSES, LOCALITIES, LOCATED_LOCALITIES, DOCUMENT_SIZES, DOCUMENTS, LOCATED,
        PLACE_ADDRESSES, TOTALS, PLACES, MEMBERSHIP, TIES, CANDIDATE_PAIRS, CLUSTERS, COUNTS,
        ECONOMY_COUNTS, REJECTED, REVIEW,
    )
}  # fmt: skip
"""Every table by name."""

_KINDS: Final[dict[str, Callable[[pd.Series[Any]], bool]]] = {
    "int": pd.api.types.is_integer_dtype,
    "float": pd.api.types.is_float_dtype,
    "bool": pd.api.types.is_bool_dtype,
    "text": lambda s: pd.api.types.is_string_dtype(s) or isinstance(s.dtype, pd.CategoricalDtype),
}


def validated(table: pd.DataFrame, described: Table) -> pd.DataFrame:
    """
    Return a table unchanged if it is what its description says.

    Parameters
    ----------
    table
        The table to check; further columns are allowed.
    described
        Its description.

    Returns
    -------
    table
        The same object.

    Raises
    ------
    SchemaError
        If a column is missing, of another type, or empty where it must not be.

    Examples
    --------
    >>> counts = pd.DataFrame({"cluster": [1], "indicator": ["patents"], "count": [2.5]})
    >>> validated(counts, COUNTS).shape
    (1, 3)
    >>> validated(counts.drop(columns="count"), COUNTS)
    Traceback (most recent call last):
    ...
    hubscan.errors.SchemaError: counts: column 'count' is missing; found cluster, indicator
    """
    for column in described:
        if column.name not in table:
            found = ", ".join(map(str, table.columns))
            msg = f"{described.name}: column {column.name!r} is missing; found {found}"
            raise SchemaError(msg)
        values = table[column.name]
        if len(values) and not _KINDS[column.kind](values) and not column.nullable:
            msg = (
                f"{described.name}: column {column.name!r} is {values.dtype}: must be {column.kind}"
            )
            raise SchemaError(msg)
        if not column.nullable and values.isna().any():
            msg = f"{described.name}: column {column.name!r} has missing values"
            raise SchemaError(msg)
    return table
