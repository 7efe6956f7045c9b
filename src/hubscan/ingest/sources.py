"""What a run reads of its sources: localities, addresses, counts and document totals."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.ingest import counts, documents, fields, labels, listed, texts, ties
from hubscan.ingest import rows as rows_
from hubscan.ingest.rows import canonical, good
from hubscan.ingest.scope import in_scope

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
    Return how city, region and country are spelt in all sources, numbered by what they say.

    Parameters
    ----------
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    spellings
        ``source``, ``spelt_country``, ``spelt_region``, ``spelt_city``, ``country``, ``region``,
        ``city``, ``locality``: see :func:`hubscan.ingest.texts.numbered_spellings`.
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
    locality_spellings: pd.DataFrame,
    organisation_spellings: pd.DataFrame,
    *,
    unit: str,
    filters: Filters,
) -> ibis.Table:
    """
    Return the listed addresses of the documents the edition looks at.

    Parameters
    ----------
    sources
        The open sources.
    locality_spellings, organisation_spellings
        From the functions of these names.
    unit
        ``"listed"`` or ``"distinct"``: see :func:`hubscan.ingest.listed.listed_addresses`.
    filters
        The edition's windows and filters.

    Returns
    -------
    addresses
        Table ``addresses`` of :mod:`hubscan.schema`, lazy.
    """
    scanned = sources.at("addresses", filters.indicators)
    wanted = [_wanted(sources, one, filters) for one in scanned]
    places = locality_spellings[["source", *texts.spelt(texts.LOCALITY), "locality"]]
    named = organisation_spellings[["source", *texts.spelt(texts.ORGANISATION), "number"]]
    return listed.listed_addresses(scanned, wanted, _lazy(places), _lazy(named), unit=unit)


def document_lists(sources: Sources, label_lists: pd.DataFrame, *, filters: Filters) -> ibis.Table:
    """
    Return the lists of labels that the documents the edition looks at bear.

    Parameters
    ----------
    sources
        The open sources.
    label_lists
        From :func:`label_lists`.
    filters
        The edition's windows and filters.

    Returns
    -------
    document_lists
        ``indicator``, ``document``, ``kind``, ``label_list``, lazy.
    """
    scanned = sources.at("addresses", filters.indicators)
    wanted = [_wanted(sources, one, filters) for one in scanned]
    return labels.document_lists(scanned, wanted, _lazy(label_lists))


def document_ids(sources: Sources, *, filters: Filters) -> ibis.Table:
    """
    Return the documents the edition looks at, with their sources' ids and their years.

    Parameters
    ----------
    sources
        The open sources.
    filters
        The edition's windows and filters.

    Returns
    -------
    documents
        Table ``documents`` of :mod:`hubscan.schema`, lazy.
    """
    scanned = sources.at("addresses", filters.indicators)
    wanted = [_wanted(sources, one, filters, ("year",)) for one in scanned]
    return documents.told_documents(scanned, wanted)


def document_totals(sources: Sources, *, filters: Filters) -> pd.DataFrame:
    """
    Return how many documents of each indicator the edition looks at.

    Parameters
    ----------
    sources
        The open sources.
    filters
        The edition's windows and filters.

    Returns
    -------
    totals
        ``indicator``, ``documents``; only indicators that come as addresses.
    """
    rows = [
        (one.source.indicator, sources.size(_wanted(sources, one, filters).distinct()))
        for one in sources.at("addresses", filters.indicators)
    ]
    found = pd.DataFrame(rows, columns=["indicator", "documents"])
    found = found.astype({"indicator": "str", "documents": "int64"})
    summed: pd.DataFrame = found.groupby("indicator", as_index=False)[["documents"]].sum()
    return summed


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
    known = localities.merge(located_localities[["locality", "place", "economy"]], on="locality")
    known = known[[*texts.LOCALITY, "place", "economy"]]
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


def _wanted(
    sources: Sources, one: Scanned, chosen: Filters, columns: Sequence[str] = ()
) -> ibis.Table:
    """Return the documents of a source that the edition's window and filters leave."""
    types_are_kept, types = {
        "publications": ("kept", chosen.publication_types),
        "deals": ("left_out", chosen.deals_exclude),
    }.get(one.source.indicator, ("any", ()))
    return documents.windowed_documents(
        one,
        _out_of_scope(sources, one, chosen.publication_scope),
        years=chosen.years[one.source.indicator],
        types=types,
        types_are_kept=types_are_kept,
        columns=columns,
    )


def _out_of_scope(sources: Sources, one: Scanned, publication_scope: str) -> ibis.Table | None:
    """Return the subject texts that leave a publication out; None if there are none."""
    if one.source.indicator != "publications" or publication_scope == "none":
        return None
    lists = documents.document_texts(one, "subjects")
    if lists is None:
        return None
    told = sources.frame(lists)["subjects"].sort_values(ignore_index=True)
    out = told[~in_scope(told, publication_scope=publication_scope)].to_frame("subjects")
    return _lazy(out) if len(out) else None


def _lazy(frame: pd.DataFrame) -> ibis.Table:
    import ibis  # noqa: PLC0415 - heavy; not needed to print help
    import pyarrow as pa  # noqa: PLC0415 - as above

    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
