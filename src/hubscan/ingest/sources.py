"""What a run reads of its sources: localities, addresses, counts and document totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.ingest import counts, documents, ties
from hubscan.ingest.rows import canonical, good
from hubscan.ingest.scope import in_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis

    from hubscan.ingest.documents import Scanned
    from hubscan.ingest.inputs import Ties

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
    """The edition's windows and filters of documents."""

    years: Mapping[str, Years]
    publication_types: Sequence[str]
    publication_scope: str
    deals_exclude: Sequence[str]


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


def localities(sources: Sources, *, indicators: Sequence[str]) -> pd.DataFrame:
    """
    Return the distinct city, region and country texts of all sources, numbered.

    Parameters
    ----------
    sources
        The open sources.
    indicators
        Indicators of the edition.

    Returns
    -------
    localities
        Table ``localities`` of :mod:`hubscan.schema`.
    """
    found = [
        sources.frame(documents.listed_localities([one]))
        for one in sources.at("addresses", indicators)
    ]
    for one in sources.at("counts", indicators):
        for files, rows in ((one.source, one.rows), (one.source.areas, one.areas)):
            if files is not None and rows is not None:
                found.append(sources.frame(documents.distinct_localities(rows, files)))
    every = pd.concat(found, ignore_index=True).drop_duplicates()
    return documents.numbered_localities(every)


def addresses(  # noqa: PLR0913 - the windows and filters of an edition
    sources: Sources,
    localities: pd.DataFrame,
    *,
    indicators: Sequence[str],
    years: Mapping[str, Years],
    publication_types: Sequence[str],
    publication_scope: str,
    deals_exclude: Sequence[str],
) -> ibis.Table:
    """
    Return the listed addresses of the documents the edition looks at.

    Parameters
    ----------
    sources
        The open sources.
    localities
        Table ``localities``.
    indicators
        Indicators of the edition.
    years
        First and last year of each indicator.
    publication_types
        Document types kept.
    publication_scope
        Which subjects are kept: see :func:`hubscan.ingest.scope.in_scope`.
    deals_exclude
        Deal types left out.

    Returns
    -------
    addresses
        Table ``addresses`` of :mod:`hubscan.schema`, lazy.
    """
    scanned = sources.at("addresses", indicators)
    chosen = Filters(years, publication_types, publication_scope, deals_exclude)
    wanted = [_wanted(sources, one, chosen) for one in scanned]
    numbers = _lazy(localities)
    return documents.addresses(scanned, wanted, numbers)


def document_totals(
    sources: Sources,
    *,
    indicators: Sequence[str],
    years: Mapping[str, Years],
    publication_types: Sequence[str],
    publication_scope: str,
    deals_exclude: Sequence[str],
) -> pd.DataFrame:
    """
    Return how many documents of each indicator the edition looks at.

    Parameters
    ----------
    sources, indicators, years, publication_types, publication_scope, deals_exclude
        As for :func:`addresses`.

    Returns
    -------
    totals
        ``indicator``, ``documents``; only indicators that come as addresses.
    """
    chosen = Filters(years, publication_types, publication_scope, deals_exclude)
    rows = [
        (one.source.indicator, sources.size(_wanted(sources, one, chosen)))
        for one in sources.at("addresses", indicators)
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
    known = known[[*documents.LOCALITY, "place", "economy"]]
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


def _wanted(sources: Sources, one: Scanned, chosen: Filters) -> ibis.Table:
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
    )


def _out_of_scope(sources: Sources, one: Scanned, publication_scope: str) -> ibis.Table | None:
    """Return the subject texts that leave a publication out; None if there are none."""
    lists = documents.subject_lists(one) if one.source.indicator == "publications" else None
    if lists is None or publication_scope == "none":
        return None
    texts = sources.frame(lists)["subjects"].sort_values(ignore_index=True)
    out = texts[~in_scope(texts, publication_scope=publication_scope)].to_frame("subjects")
    return _lazy(out) if len(out) else None


def _lazy(frame: pd.DataFrame) -> ibis.Table:
    import ibis  # noqa: PLC0415 - heavy; not needed to print help
    import pyarrow as pa  # noqa: PLC0415 - as above

    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
