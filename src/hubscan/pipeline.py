"""The method on one page: from open inputs to ranked innovation clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubscan import cluster, count, footprint, geocode, ingest, merge, rank

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from hubscan.edition import Edition
    from hubscan.ingest import Sources
    from hubscan.store import Kept, Store


@dataclass(frozen=True)
class Results:
    """What a run found; the tables are described in :mod:`hubscan.schema`."""

    edition: Edition
    ranking: pd.DataFrame
    clusters: pd.DataFrame
    footprints: gpd.GeoDataFrame
    membership: pd.DataFrame
    counts: pd.DataFrame
    economy_counts: pd.DataFrame
    candidate_pairs: pd.DataFrame
    totals: pd.DataFrame
    coverage: pd.DataFrame
    located_localities: pd.DataFrame
    place_addresses: pd.DataFrame


def run(
    edition: Edition,
    sources: Sources,
    store: Store,
    *,
    gazetteer: Kept[geocode.Gazetteer],
    raster: Kept[footprint.PopulationRaster] | None,
) -> Results:
    """Identify and rank the innovation clusters of one edition, from documents to ranking."""
    located = _located(edition, sources, store, gazetteer)
    clustered = _clustered(edition, sources, store, located)
    return _ranked(edition, store, located, clustered, gazetteer, raster)


@dataclass(frozen=True)
class Located:
    """Where the documents were produced: addresses at places, and how many there are."""

    localities: Kept[pd.DataFrame]
    addresses: Kept[Any]
    place_addresses: Kept[pd.DataFrame]
    totals: Kept[pd.DataFrame]
    coverage: Kept[pd.DataFrame]


def _located(
    edition: Edition, sources: Sources, store: Store, gazetteer: Kept[geocode.Gazetteer]
) -> Located:
    """Turn listed addresses into places: what was produced, and where."""
    keep, framed = store.keep, store.framed
    scope = {"indicators": edition.indicators, "years": edition.window.years}
    filters = {
        "publication_types": edition.ingest.publication_types,
        "deals_exclude": edition.ingest.deals_exclude,
    }
    texts = keep("localities", ingest.localities, sources, indicators=edition.indicators)
    found = keep(
        "located_localities",
        geocode.located_localities,
        texts,
        gazetteer,
        **edition.geocode.parameters,
    )
    listed = keep("addresses", ingest.addresses, sources, texts, **scope, **filters)
    addresses = keep(
        "located",
        geocode.located,
        listed.value_of("addresses"),
        store.lazy(found, ["locality", "place", "economy"]),
    )
    counted = keep("counted", ingest.counted, sources, texts, found, **scope)
    mass = keep("mass", count.place_addresses, addresses, missing=edition.count.missing)
    totals = keep(
        "totals",
        count.input_totals,
        keep("documents", ingest.document_totals, sources, **scope, **filters),
        framed(keep("listed_sizes", count.listed_sizes, listed)),
        framed(keep("located_sizes", count.located_sizes, addresses)),
        counted,
    )
    return Located(
        found, addresses, keep("place_addresses", count.with_counts, framed(mass), counted), totals, totals
    )
