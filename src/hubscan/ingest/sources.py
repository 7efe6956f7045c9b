"""What a run reads of its sources: localities, addresses, counts and document totals."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.ingest import counts, fields, labels, listed, texts, ties
from hubscan.ingest import rows as rows_
from hubscan.ingest.rows import canonical, good
from hubscan.numbered import indicator_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis

    from hubscan.ingest.documents import Scanned
    from hubscan.ingest.inputs import FieldCounts, Files, Ties

Years = tuple[int, int]

NO_COUNTS: Final = pd.DataFrame(
    {
        "indicator": pd.Series([], dtype="str"),
        "place": pd.Series([], dtype="int64"),
        "economy": pd.Series([], dtype="str"),
        "denominator": pd.Series([], dtype="int32"),
        "addresses": pd.Series([], dtype="int64"),
    }
)
NO_TIES: Final = pd.DataFrame(
    {
        "indicator": pd.Series([], dtype="str"),
        "place_a": pd.Series([], dtype="int64"),
        "place_b": pd.Series([], dtype="int64"),
        "strength": pd.Series([], dtype="float64"),
    }
)


@dataclass(frozen=True)
class Filters:
    """The edition's indicators, their windows, and what is filtered out."""

    indicators: Sequence[str]
    years: Mapping[str, Years]
    publication_types: Sequence[str]
    publication_scope: str
    deals_exclude: Sequence[str]

    @property
    def key(self) -> str:
        """What tells these filters from others."""
        return json.dumps(asdict(self), sort_keys=True)

    def types(self, indicator: str) -> dict[str, Any]:
        """Return which types of an indicator's documents are wanted, or not wanted."""
        if indicator == "publications":
            return {"types_are_kept": "kept", "types": self.publication_types}
        if indicator == "deals":
            return {"types_are_kept": "left_out", "types": self.deals_exclude}
        return {"types_are_kept": "any", "types": ()}


@dataclass(frozen=True)
class Sources:
    """
    The open sources of a run, and the fingerprint of their content.

    ``frame`` brings a lazy table into memory: the engine's, lent to stages that need small tables.
    """

    scanned: tuple[Scanned, ...]
    frame: Callable[[ibis.Table], pd.DataFrame]
    key: str
    small: Mapping[str, pd.DataFrame]
    ties: Ties | None
    fields: FieldCounts | None = None

    @property
    def partial(self) -> dict[str, tuple[str, ...]]:
        """The indicators that cover only some economies, and which."""
        return {
            one.source.indicator: one.source.covers for one in self.scanned if one.source.covers
        }

    def size(self, table: ibis.Table) -> int:
        """Return the number of rows of a lazy table."""
        return int(self.frame(table.agg(rows=table.count()))["rows"].iloc[0])

    def at(self, grain: str, indicators: Sequence[str]) -> list[Scanned]:
        """Return the sources of some indicators whose rows are addresses, or counts."""
        return [
            one
            for one in self.scanned
            if one.source.grain == grain and one.source.indicator in indicators
        ]


def locality_spellings(sources: Sources, *, indicators: Sequence[str]) -> pd.DataFrame:
    """
    Return how places are spelt in all sources, numbered by what the texts say.

    Parameters
    ----------
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    spellings
        ``source``, ``spelt_country``, ``spelt_region``, ``spelt_city``, ``spelt_address``,
        ``country``, ``region``, ``city``, ``address``, ``locality``: see
        :func:`hubscan.ingest.texts.numbered_spellings`.
    """
    found = {}
    for one in sources.at("addresses", indicators) + sources.at("counts", indicators):
        name = one.source.name
        parts: list[tuple[ibis.Table | None, Files | None]] = [(one.rows, one.source)]
        parts.append((one.areas, one.source.areas))
        tables = [
            sources.frame(rows_.spellings(rows, files, texts.LOCALITY, where=name))
            for rows, files in parts
            if rows is not None and files is not None
        ]
        found[name] = pd.concat(tables, ignore_index=True).drop_duplicates()
    return texts.numbered_spellings(found, texts.LOCALITY, number="locality", first=0)


def organisation_spellings(sources: Sources, *, indicators: Sequence[str]) -> pd.DataFrame:
    """
    Return how the organisations that addresses name are spelt, numbered by what they say.

    Parameters
    ----------
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    spellings
        ``source``, ``spelt_organisation``, ``organisation``, ``number`` (from 1; 0 stands for
        none).
    """
    found = {
        one.source.name: sources.frame(
            rows_.spellings(one.rows, one.source, texts.ORGANISATION, where=one.source.name)
        )
        for one in sources.at("addresses", indicators)
    }
    # the empty text is always there, and the first: it stands for none
    found[""] = pd.DataFrame({"organisation": [""], "spelt_organisation": [""]})
    return texts.numbered_spellings(found, texts.ORGANISATION, number="number", first=0)


def label_lists(sources: Sources, *, indicators: Sequence[str]) -> pd.DataFrame:
    """
    Return the distinct lists of labels that documents bear, numbered.

    Parameters
    ----------
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    lists
        ``kind``, ``label_list``, ``text``: see :func:`hubscan.ingest.labels.numbered_lists`.
    """
    lists: dict[str, list[pd.DataFrame]] = {}
    for one in sources.at("addresses", indicators):
        for kind, table in labels.label_texts(one).items():
            lists.setdefault(kind, []).append(sources.frame(table))
    return labels.numbered_lists(lists)


def addresses(
    sources: Sources,
    documents: ibis.Table,
    locality_spellings: pd.DataFrame,
    organisation_spellings: pd.DataFrame,
    *,
    unit: str,
    indicators: Sequence[str],
) -> ibis.Table:
    """
    Return the listed addresses of the documents the edition looks at.

    Parameters
    ----------
    sources
        The open sources.
    documents
        Table ``documents``.
    locality_spellings
        From :func:`locality_spellings`, with ``place`` and ``economy`` (its number).
    organisation_spellings
        From the function of this name.
    unit
        ``"listed"`` or ``"distinct"``: see :func:`hubscan.ingest.listed.listed_addresses`.
    indicators
        Indicators of the edition.

    Returns
    -------
    addresses
        Table ``addresses`` of :mod:`hubscan.schema`, lazy.
    """
    scanned = sources.at("addresses", indicators)
    where = ["locality", "place", "economy"]
    places = locality_spellings[["source", *texts.spelt(texts.LOCALITY), *where]]
    named = organisation_spellings[["source", *texts.spelt(texts.ORGANISATION), "number"]]
    known = (documents, lazy(places), lazy(named))
    return listed.listed_addresses(
        scanned, *known, unit=unit, numbers=indicator_numbers(indicators)
    )


def counted(
    sources: Sources,
    localities: pd.DataFrame,
    located_localities: pd.DataFrame,
    *,
    indicators: Sequence[str],
    years: Mapping[str, Years],
) -> pd.DataFrame:
    """
    Return all counts at places, in the shape of addresses at places.

    Parameters
    ----------
    sources
        The open sources.
    localities, located_localities
        Tables of these names.
    indicators
        Indicators of the edition.
    years
        First and last year of each indicator.

    Returns
    -------
    place_addresses
        Table ``place_addresses``, with place -1 for what has no place.
    """
    parsed = localities[localities["address"] == ""]
    known = parsed.merge(located_localities[["locality", "place", "economy"]], on="locality")
    known = known[[*texts.PARTS, "place", "economy"]]
    parts = []
    for one in sources.at("counts", indicators):
        rows = sources.frame(counts.counted_rows(one, years=years[one.source.indicator]))
        if one.areas is not None and one.source.areas is not None:
            areas = sources.frame(
                good(canonical(one.areas, one.source.areas, where=one.source.name))
            )
            rows = counts.spread(rows, areas, where=one.source.name)
        rows = counts.scaled(rows, scale_to=one.source.scale_to)
        parts.append(
            counts.count_addresses(
                rows, known, indicator=one.source.indicator, snap_km=one.source.snap_km
            )
        )
    if not parts:
        return NO_COUNTS.copy()
    every = pd.concat(parts, ignore_index=True)
    keys = ["indicator", "place", "economy", "denominator"]
    summed: pd.DataFrame = every.groupby(keys, sort=True, as_index=False)[["addresses"]].sum()
    return summed


def place_ties(sources: Sources) -> pd.DataFrame:
    """Return the declared ties between places: see :func:`hubscan.ingest.ties.place_ties`."""
    if sources.ties is None:
        return NO_TIES.copy()
    small = sources.small
    return ties.place_ties(
        small["ties"], small["ties.located_by"], small.get("ties.labels"), sources.ties
    )


def field_counts(sources: Sources) -> pd.DataFrame:
    """Return counts by place and field: see :func:`hubscan.ingest.fields.field_counts`."""
    if sources.fields is None:
        return fields.NO_FIELDS.copy()
    small = sources.small
    return fields.field_counts(small["fields"], small["fields.located_by"], sources.fields)


def lazy(frame: pd.DataFrame) -> ibis.Table:
    """Return a small table as a lazy one."""
    import ibis  # noqa: PLC0415 - heavy; not needed to print help
    import pyarrow as pa  # noqa: PLC0415 - as above

    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
