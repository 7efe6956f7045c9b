"""The method on one page: from open inputs to ranked innovation clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscan import cluster, count, footprint, geocode, ingest, merge, profile, rank
from hubscan.store import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import ibis
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
    place_ties: pd.DataFrame
    profiles: Mapping[str, pd.DataFrame]
    evidence: ibis.Table


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
    chosen = {"filters": ingest.Filters(**window, **e.ingest.filters)}

    # which documents, and where their addresses lie
    spelt = keep("spellings", ingest.locality_spellings, sources, indicators=e.indicators)
    texts = keep("localities", ingest.localities, spelt)
    found = keep("found", geocode.located_texts, texts, gazetteer, **e.geocode.parameters)
    named = keep("organisations", ingest.organisation_spellings, sources, indicators=e.indicators)
    listed = keep("addresses", ingest.addresses, sources, spelt, named, **chosen)
    by_country = keep("document_countries", geocode.document_countries, listed, found)
    sizes = keep("document_sizes", geocode.document_sizes, by_country)
    located = keep("located", geocode.located, listed, found, sizes)
    counted = keep("counted", ingest.counted, sources, texts, found, **window)

    # how much there is in all, and at each place
    documents = keep("documents", ingest.document_totals, sources, **chosen)
    in_all = keep("sizes", count.size_totals, sizes)
    totals = keep("totals", count.input_totals, documents, in_all, counted)
    by_country = keep("country_counts", geocode.coverage_counts, by_country, sizes)
    by_country = keep("coverage", count.coverage_with_counts, by_country, counted)
    of_documents = keep("mass", count.place_addresses, located, missing=e.count.missing)
    mass = keep("place_addresses", count.with_counts, of_documents, counted)

    # where activity is dense, and which neighbours belong together
    dense = keep("dense", cluster.membership, mass, totals, **e.density)
    gaps = keep("gaps", merge.gaps, dense, **e.gap)
    shaping = e.weights.shaped_by
    inside = keep("document_economies", count.document_economies, located, dense, indicators=shaping)
    told = keep("told_ties", merge.collaboration_ties, inside)
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
    described = _described(ranking, names.value, labels, partial=sources.partial)

    # what they are made of, and with whom they work
    now = keep("numbers", cluster.numbers, dense, members)
    inside = store.derived("document_members", count.renamed, inside, now)
    composition = _profiles(e, sources, store, located, inside, members, named, described)
    return Results(
        edition=e,
        ranking=described,
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
        place_ties=place_ties.value,
        profiles=composition,
        evidence=located.value,
    )


def _profiles(  # noqa: PLR0913, PLR0917 - a second page of the method: what comes in is the first
    edition: Edition,
    sources: Sources,
    store: Store,
    located: Kept[ibis.Table],
    inside: Kept[ibis.Table],
    members: Kept[pd.DataFrame],
    organisations: Kept[pd.DataFrame],
    clusters: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Return what clusters are made of: fields and subjects, leaders, partners."""
    e, keep, shaping = edition, store.keep, edition.weights.shaped_by
    chosen = {"filters": ingest.Filters(e.indicators, e.window.years, **e.ingest.filters)}
    shared = {"counting": "fractional", "missing": e.count.missing}
    leading = {"counting": e.profile.organisations.counting, "missing": e.count.missing}
    home = store.given(
        "homes", profile.homes(clusters, home_economy=e.profile.home_economy)
    )

    lists = keep("label_lists", ingest.label_lists, sources, indicators=shaping)
    borne = keep("document_lists", ingest.document_lists, sources, lists, **chosen)
    of_lists, of_kind = profile.list_addresses, ("ipc", "subject")
    by_organisation = profile.organisation_addresses
    reduced = profile.Reduced(
        *map(
            store.in_memory,
            (
                keep("shares", profile.cluster_addresses, inside, **shared),
                keep("lists", of_lists, inside, borne, kinds=of_kind, **shared),
                keep("whole_shares", profile.cluster_addresses, inside, **leading),
                keep("applicants", of_lists, inside, borne, kinds=("applicant",), **leading),
                keep("by_organisation", by_organisation, located, members, **leading),
                keep("foreign", profile.foreign_documents, inside, home),
                keep("links", profile.economy_links, inside),
                keep("pairs", profile.cluster_pairs, inside),
            ),
        )
    )
    labels, texts = profile.numbered_labels(ingest.listed_labels(lists.value))
    named = profile.Named(labels, profile.with_organisations(texts, organisations.value))
    listed = clusters.loc[clusters["rank"] <= e.rank.top, "cluster"]
    return profile.profiles(reduced, named, clusters, listed, **e.composition)


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
