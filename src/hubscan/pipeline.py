"""The method on one page: from open inputs to ranked innovation clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscan import cluster, count, footprint, geocode, ingest, merge, rank
from hubscan.store import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from hubscan.edition import Edition
    from hubscan.ingest import Sources
    from hubscan.store import Store


@dataclass(frozen=True)
class Results:
    """What a run found; the tables are described in :mod:`hubscan.schema`."""

    edition: Edition
    ranking: pd.DataFrame
    footprints: gpd.GeoDataFrame
    membership: pd.DataFrame
    counts: pd.DataFrame
    economy_counts: pd.DataFrame
    candidate_pairs: pd.DataFrame
    totals: pd.DataFrame
    coverage: pd.DataFrame
    localities: pd.DataFrame
    place_addresses: pd.DataFrame


def run(  # noqa: PLR0915 - the method on one page
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
    found = keep("found", geocode.located_texts, texts, gazetteer, **e.geocode.parameters)
    listed = keep("addresses", ingest.addresses, sources, texts, **window, **e.ingest.filters)
    located = keep("located", geocode.located, listed, found)
    counted = keep("counted", ingest.counted, sources, texts, found, **window)

    # how much there is in all, and at each place
    documents = keep("documents", ingest.document_totals, sources, **window, **e.ingest.filters)
    n_listed = keep("listed", count.listed_sizes, listed)
    n_located = keep("sizes", count.located_sizes, located)
    totals = keep("totals", count.input_totals, documents, n_listed, n_located, counted)
    by_country = keep("country_counts", geocode.coverage_counts, listed, found)
    by_country = keep("coverage", count.coverage_with_counts, by_country, counted)
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

    # what they are called, what ground they cover, and who lives there
    official = Kept(cluster.official_names(), "published names", 0)
    names = keep("names", cluster.named, members, gazetteer, official, **e.cluster.names.parameters)
    ground = keep(
        "footprints", footprint.footprints, members, outline=e.footprint.outline, **e.disc
    )
    living = keep("population", footprint.population, members, ground, people, **e.living)

    # how much they produce, and how they compare
    assigned = keep("assignment", count.assignment, mass, members, **e.boundary)
    whole = keep("whole", count.whole_documents, located, assigned, method=e.count.method)
    counts = keep("counts", count.counts, mass, whole, assigned, method=e.count.method)
    by_economy = keep("economy_counts", count.economy_counts, mass, assigned)
    world = count.world_totals(totals.value, denominator=e.count.denominator)
    ranking = rank.ranking(counts.value, world, **e.size_rank(sources.partial))
    ranking = rank.intensity(ranking, living.value, **e.rank.intensity.parameters)
    labels = cluster.economy_labels(by_economy.value, world.drop(list(sources.partial)), **e.labels)
    return Results(
        edition=e,
        ranking=_described(ranking, names.value, labels, partial=sources.partial),
        footprints=ground.value,
        membership=members.value,
        counts=counts.value,
        economy_counts=by_economy.value,
        candidate_pairs=pairs.value,
        totals=totals.value,
        coverage=geocode.coverage(
            by_country.value, ranked_by=e.weights.shaped_by, top=e.report.coverage_top
        ),
        localities=texts.value.merge(found.value, on="locality"),
        place_addresses=mass.value,
    )


def _described(
    ranking: pd.DataFrame,
    names: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    partial: Mapping[str, tuple[str, ...]],
) -> pd.DataFrame:
    """Return the ranking with names and labels, empty where an indicator says nothing."""
    table = ranking.merge(names, on="cluster").merge(labels, on="cluster", how="left")
    for indicator, covers in partial.items():
        outside = ~table["home_economy"].isin(covers)
        table.loc[outside, f"count_{indicator}"] = None
        table[f"share_{indicator}"] = None
    first = ["rank", "cluster", "name", "economies"]
    return table[[*first, *(name for name in table if name not in first)]]
