"""The method on one page: from open inputs to ranked innovation clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    clusters: gpd.GeoDataFrame
    membership: pd.DataFrame
    counts: pd.DataFrame
    economy_counts: pd.DataFrame
    candidate_pairs: pd.DataFrame
    totals: pd.DataFrame
    coverage: pd.DataFrame
    localities: pd.DataFrame
    place_addresses: pd.DataFrame


def run(
    edition: Edition,
    sources: Sources,
    store: Store,
    *,
    gazetteer: Kept[geocode.Gazetteer],
    people: Kept[footprint.People],
) -> Results:
    """Identify and rank the innovation clusters of one edition, from documents to ranking."""
    e, keep = edition, store.keep
    window = {"indicators": e.indicators, "years": e.window.years}

    # which documents, and where their addresses lie
    texts = keep("localities", ingest.localities, sources, indicators=e.indicators)
    found = keep("found", geocode.located_localities, texts, gazetteer, **e.geocode.parameters)
    listed = keep("addresses", ingest.addresses, sources, texts, **window, **e.ingest.filters)
    located = keep("located", geocode.located, listed, found)
    counted = keep("counted", ingest.counted, sources, texts, found, **window)

    # how much there is in all, and at each place
    documents = keep("documents", ingest.document_totals, sources, **window, **e.ingest.filters)
    n_listed = keep("listed", count.listed_sizes, listed)
    n_located = keep("sizes", count.located_sizes, located)
    totals = keep("totals", count.input_totals, documents, n_listed, n_located, counted)
    of_documents = keep("mass", count.place_addresses, located, missing=e.count.missing)
    mass = keep("place_addresses", count.with_counts, of_documents, counted)

    # where activity is dense, and which neighbours belong together
    dense = keep("dense", cluster.membership, mass, totals, **e.density)
    gaps = keep("gaps", merge.gaps, dense, **e.gap)
    in_clusters = keep("document_clusters", count.document_clusters, located, dense)
    told = keep("told_ties", merge.collaboration_ties, in_clusters)
    place_ties = keep("place_ties", ingest.place_ties, sources)
    given = keep("given_ties", merge.ties_between_places, place_ties, dense)
    ties = keep("ties", merge.all_ties, told, given)
    into, pairs = store.keep_two("merged", merge.merged, gaps, ties, **e.merging)
    members = keep("membership", cluster.renumbered, dense, into)

    # what ground they cover, and who lives there
    ground = keep("footprints", footprint.footprints, members, outline=e.footprint.outline, **e.disc)
    living = keep("population", footprint.population, members, ground, people, **e.population)

    # how much they produce, what they are called, and how they compare
    assigned = keep("assignment", count.assignment, mass, members, **e.boundary)
    whole = keep("whole", count.whole_documents, located, assigned, method=e.count.method)
    counts = keep("counts", count.counts, mass, whole, assigned, method=e.count.method)
    by_economy = keep("economy_counts", count.economy_counts, mass, assigned)
    world = count.world_totals(totals.value, denominator=e.count.denominator)
    identity = keep("identity", cluster.identity, members, by_economy, gazetteer, **e.naming)
    ranking = rank.ranking(counts.value, world, **e.size_rank(sources.partial))
    ranking = rank.intensity(ranking, living.value, **e.rank.intensity.parameters)
    return Results(e, ranking, ground.value)
