"""The method on one page: from open inputs to ranked innovation clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscan import cluster, count, footprint, geocode, ingest, merge, rank

if TYPE_CHECKING:
    import geopandas as gpd
    import ibis
    import pandas as pd

    from hubscan.edition import Edition
    from hubscan.geocode import Gazetteer
    from hubscan.ingest import Sources
    from hubscan.footprint import PopulationRaster
    from hubscan.store import Kept, Store


@dataclass(frozen=True)
class Results:
    """What a run found; every table is described in :mod:`hubscan.schema`."""

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


def run(
    edition: Edition,
    sources: Sources,
    store: Store,
    *,
    gazetteer: Kept[Gazetteer],
    raster: Kept[PopulationRaster] | None,
) -> Results:
    """Identify and rank the innovation clusters of one edition, from documents to ranking."""
    keep, indicators = store.keep, edition.indicators
    years = edition.window.years

    # what was produced, and where
    localities = keep("localities", ingest.localities, sources, indicators=indicators)
    found = keep(
        "located_localities",
        geocode.located_localities,
        localities,
        gazetteer,
        **edition.geocode.parameters,
    )
