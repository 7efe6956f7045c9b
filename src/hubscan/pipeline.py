"""The method on one page: from open inputs to ranked innovation clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from hubscan import (
    asking,
    cluster,
    count,
    footprint,
    geocode,
    ingest,
    merge,
    numbered,
    organisations,
    profile,
    rank,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis
    import pandas as pd

    from hubscan.beside import OwnOrganisations
    from hubscan.edition import Edition
    from hubscan.ingest import Sources
    from hubscan.store import Kept, Store


@dataclass(frozen=True)
class Results:
    """What a run found; the tables are described in :mod:`hubscan.schema`."""

    edition: Edition
    ranking: pd.DataFrame
    footprints: pd.DataFrame
    membership: pd.DataFrame
    counts: pd.DataFrame
    economy_counts: pd.DataFrame
    candidate_pairs: pd.DataFrame
    totals: pd.DataFrame
    country_counts: pd.DataFrame
    coverage: pd.DataFrame
    localities: pd.DataFrame
    review: pd.DataFrame
    place_addresses: pd.DataFrame
    place_ties: pd.DataFrame
    density: pd.DataFrame
    profiles: Mapping[str, pd.DataFrame]
    documents: Kept[ibis.Table]
    evidence: tuple[Kept[ibis.Table], Kept[ibis.Table], Kept[pd.DataFrame]]
    organisation_names: pd.DataFrame | None = None
    change: pd.DataFrame | None = None
    leavers: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """A ranking, and what it was made from that profiles are made from too."""

    results: Results
    home: Kept[pd.DataFrame]
    made_of: tuple[Any, ...]
    economies: Kept[pd.DataFrame]
    of_labels: tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame]


@dataclass(frozen=True)
class World:
    """What the method needs besides the sources: where places are, their names, and people.

    If the user declares them: places set by hand, a geocoding service, and what names of
    organisations mean.
    """

    gazetteer: Kept[geocode.Gazetteer]
    official: Kept[pd.DataFrame]
    people: Kept[footprint.People]
    by_hand: Kept[pd.DataFrame] | None = None
    provider: asking.Provider | None = None
    organisations: OwnOrganisations | None = None


def ranked(  # noqa: PLR0915 - the method on one page
    edition: Edition, sources: Sources, store: Store, world: World, *, profiled: bool = False
) -> Ranked:
    """
    Identify and rank the innovation clusters of one edition, from documents to ranking.

    If they are to be profiled, what profiles are made from is begun as soon as clusters are known.
    """
    e, keep, derived = edition, store.keep, store.derived
    every = {"indicators": e.indicators}
    window = {"indicators": e.indicators, "years": e.window.years}
    filters = ingest.Filters(e.indicators, e.window.years, **e.ingest.filters)
    unit, shaping = e.count.fraction_unit, e.weights.shaped_by
    number_of = numbered.indicator_numbers(e.indicators)
    shaping_numbers = {"indicators": [number_of[name] for name in shaping]}
    gazetteer, region = world.gazetteer, {"economies": e.regional.economies}

    # which documents, and where their addresses lie
    spelt = keep("spellings", ingest.locality_spellings, sources, indicators=e.indicators)
    texts = keep("localities", ingest.localities, spelt)
    store.ahead("label_lists", ingest.label_lists, sources, indicators=e.indicators)
    store.ahead("organisations", ingest.organisation_spellings, sources, indicators=e.indicators)
    found = _located(e, texts, store, world)
    lists = keep("label_lists", ingest.label_lists, sources, indicators=e.indicators)
    named, meant = _organisations(e, sources, lists, store, own=world.organisations)
    of_labels = (lists.value, meant.value if meant else None, named.value)
    if profiled:
        store.background.begin("labels", partial(_named, *of_labels), aside=True)
    looked_at = keep("documents", ingest.wanted_documents, sources, lists, filters=filters)
    economies = keep("economies", numbered.economy_numbers, found)
    placed = keep("placed_spellings", geocode.placed_spellings, spelt, found, economies)
    of_all = {"unit": unit, "indicators": e.indicators}
    listed = keep("addresses", ingest.addresses, sources, looked_at, placed, named, **of_all)
    sizes = keep("document_sizes", geocode.document_sizes, listed)
    at_places = derived("at_places", geocode.at_places, listed)
    located = derived("located", geocode.located, at_places, sizes)
    doubt = {"min_confidence": e.geocode.min_confidence}
    hanging = keep("doubtful", geocode.doubtful_documents, listed, found, **doubt)
    review = keep("review", geocode.review, texts, found, hanging, **doubt)
    counted = keep("counted", ingest.counted, sources, texts, found, **window)

    def told(kept: Kept[Any]) -> Kept[pd.DataFrame]:
        """Return a table with names of indicators and codes of economies for their numbers."""
        return derived("named", numbered.named, kept, economies, **every)

    # how much there is in all, and at each place
    mass = derived("mass", count.place_addresses, located, missing=e.count.missing)
    of_countries = derived("document_countries", geocode.document_countries, listed)
    store.ahead("place_addresses", numbered.named, mass, economies, **every)
    store.ahead("country_counts", geocode.coverage_counts, of_countries, sizes)
    number = keep("document_totals", ingest.document_totals, looked_at, sources, **every)
    in_all = told(keep("sizes", count.size_totals, sizes))
    totals = keep("totals", count.input_totals, number, in_all, counted)
    of_documents = keep("place_addresses", numbered.named, mass, economies, **every)
    mass = derived("all_places", count.with_counts, of_documents, counted, **region)

    def of_region(*, of: str) -> Kept[pd.DataFrame]:
        """Return the totals of a region, or the world's, which need no counts by country."""
        if not e.regional.economies:
            return totals
        return keep("universe", count.universe, totals, by_country(), mass, **region, of=of)

    def by_country() -> Kept[pd.DataFrame]:
        """Return how much is located in each country."""
        found = told(keep("country_counts", geocode.coverage_counts, of_countries, sizes))
        return keep("coverage", count.coverage_with_counts, found, counted)

    # where activity is dense, and which neighbours belong together
    universe = of_region(of=e.regional.weights_universe)
    density = keep("density", cluster.density_used, mass, universe, **e.scan)
    used = {**e.density, **cluster.threshold(density.value)}
    dense = keep("dense", cluster.membership, mass, universe, **used)
    gaps = keep("gaps", merge.gaps, dense, **e.gap)
    inside = keep(
        "document_economies", count.document_economies, at_places, dense, sizes, **shaping_numbers
    )
    of_documents = told(keep("told_ties", merge.collaboration_ties, inside))
    place_ties = keep("place_ties", ingest.place_ties, sources)
    given = keep("given_ties", merge.ties_between_places, place_ties, dense)
    rivals = e.rivals | shaping_numbers
    outside = keep("outside_ties", merge.outside_ties, at_places, inside, dense, gaps, **rivals)
    given = keep("further_ties", merge.all_ties, told(outside), given)
    ties = keep("ties", merge.all_ties, of_documents, given)
    into, pairs = store.keep_two("merged", merge.merged, gaps, ties, **e.merging)
    members = keep("membership", cluster.renumbered, dense, into)
    now = keep("numbers", cluster.numbers, dense, members)
    inside = derived("document_members", count.renamed, inside, now)
    borne = derived("document_lists", ingest.document_lists, looked_at)
    made_of = (inside, located, members, (looked_at, borne))
    if profiled:
        _sums(e, *made_of, begin=store.ahead)

    # what they are called, what ground they cover, and who lives there
    naming = e.cluster.names.parameters
    names = keep("names", cluster.named, members, gazetteer, world.official, **naming)
    ground = keep(
        "footprints", footprint.footprints, members, outline=e.footprint.outline, **e.disc
    )
    living = keep("population", footprint.population, members, ground, world.people, **e.living)

    # how much they produce, and how they compare
    assigned = keep("assignment", count.assignment, mass, members, **e.boundary)
    method = {"method": e.count.method}
    whole = told(keep("whole", count.whole_documents, located, assigned, **method, **every))
    there, its = store.keep_two("gathered", count.gathered, mass, assigned)
    counts = keep("counts", count.counts, there, whole, its, **method)
    by_economy = keep("economy_counts", count.economy_counts, there, its)
    countries, shared = by_country(), of_region(of=e.regional.shares)
    in_world = count.world_totals(shared.value, denominator=e.count.denominator)
    ranking = rank.ranking(counts.value, in_world, **e.size_rank(sources.partial))
    ranking = rank.intensity(ranking, living.value, **e.rank.intensity.parameters)
    ranking = rank.with_old_method(ranking, indicators=e.rank.old_method)
    of_totals = in_world.drop(list(sources.partial))
    labels = cluster.economy_labels(by_economy.value, of_totals, **e.labels)
    results = Results(
        edition=e,
        ranking=_described(ranking, names.value, labels, e, partial=sources.partial),
        footprints=ground.value,
        membership=members.value,
        counts=counts.value,
        economy_counts=by_economy.value,
        candidate_pairs=pairs.value,
        totals=totals.value,
        country_counts=countries.value,
        coverage=geocode.coverage(countries.value, ranked_by=shaping, top=e.report.coverage_top),
        localities=texts.value.merge(found.value, on="locality"),
        review=review.value,
        place_addresses=mass.value,
        place_ties=place_ties.value,
        density=density.value,
        profiles={},
        documents=looked_at,
        evidence=(listed, sizes, economies),
        organisation_names=meant.value if meant else None,
    )
    home_economy = e.profile.home_economy
    home = store.given("homes", profile.homes(results.ranking, home_economy=home_economy))
    home = derived("numbered_homes", numbered.numbered, home, economies)
    if profiled:
        store.ahead("foreign", profile.foreign_documents, inside, home)
    return Ranked(results, home, made_of, economies, of_labels)


def _located(
    edition: Edition, texts: Kept[pd.DataFrame], store: Store, world: World
) -> Kept[pd.DataFrame]:
    """Return where localities lie: by the gazetteer, a service if one is declared, and by hand."""
    rules = edition.geocode.parameters
    found = store.keep("found", geocode.located_texts, texts, world.gazetteer, **rules)
    if world.provider:
        found = store.keep("answered", asking.with_answers, found, texts, world.provider)
    if world.by_hand:
        found = store.keep("corrected", geocode.with_overrides, found, texts, world.by_hand)
    return found


def _organisations(
    edition: Edition,
    sources: Sources,
    lists: Kept[pd.DataFrame],
    store: Store,
    *,
    own: OwnOrganisations | None,
) -> tuple[Kept[pd.DataFrame], Kept[pd.DataFrame] | None]:
    """Return how organisations are spelt; and if that is wanted, what their names mean."""
    e, keep = edition, store.keep
    named = keep("organisations", ingest.organisation_spellings, sources, indicators=e.indicators)
    rule = e.profile.organisations.harmonise
    if rule == "never" or (rule == "declared" and own is None):
        return named, None
    listed = keep("listed_labels", ingest.listed_labels, lists)
    told = own._asdict() if own else {"thesaurus": {}, "parents": {}}
    names = keep("organisation_names", organisations.organisation_names, named, listed, **told)
    counted = organisations.with_counted_organisations
    return keep("counted_organisations", counted, named, names), names


def _sums(
    edition: Edition,
    inside: Kept[ibis.Table],
    located: Kept[ibis.Table],
    members: Kept[pd.DataFrame],
    documents: tuple[Kept[ibis.Table], Kept[ibis.Table]],
    *,
    begin: Callable[..., Any],
) -> dict[str, Any]:
    """Begin, or return, the sums over documents that profiles are made from."""
    e, (looked_at, borne) = edition, documents
    shared = {"counting": "fractional", "missing": e.count.missing}
    leading = {"counting": e.profile.organisations.counting, "missing": e.count.missing}
    of_lists, of_kind = profile.list_addresses, ("ipc", "subject")
    by_name = profile.organisation_addresses
    return {
        "shares": begin("shares", profile.cluster_addresses, inside, **shared),
        "lists": begin("lists", of_lists, inside, borne, kinds=of_kind, **shared),
        "whole": begin("shares", profile.cluster_addresses, inside, **leading),
        "applicants": begin("applicants", of_lists, inside, borne, kinds=("applicant",), **leading),
        "organisations": begin("by_organisation", by_name, located, members, **leading),
        "links": begin("links", profile.economy_links, inside),
        "pairs": begin("pairs", profile.cluster_pairs, inside),
        "years": begin("years", profile.year_addresses, inside, looked_at, **shared),
    }


def profiled(sources: Sources, store: Store, found: Ranked) -> Results:
    """Return results with what clusters are made of: fields and subjects, leaders, partners."""
    e, keep = found.results.edition, store.keep
    clusters, (inside, _, members, _) = found.results.ranking, found.made_of
    named = store.background.result("labels") or _named(*found.of_labels)
    by_field = keep("field_counts", ingest.field_counts, sources)

    def told(kept: Kept[Any]) -> pd.DataFrame:
        """Return a sum with names of indicators and codes of economies for their numbers."""
        table = store.in_memory(kept)
        return numbered.named(table, found.economies.value, indicators=e.indicators)

    sums = {name: told(kept) for name, kept in _sums(e, *found.made_of, begin=keep).items()}
    fields = keep("fields", count.field_sums, by_field, members, boundary=e.inside)
    # begun last, for it follows from the ranking
    sums["foreign"] = told(keep("foreign", profile.foreign_documents, inside, found.home))
    reduced = profile.Reduced(**sums, fields=fields.value)
    listed = clusters.loc[clusters["rank"] <= e.rank.top, "cluster"]
    with store.watched("profiles") as noted:
        profiles = profile.profiles(reduced, named, clusters, listed, **e.composition)
        noted.rows = len(clusters)
    return replace(found.results, profiles=profiles)


def _named(
    lists: pd.DataFrame, names: pd.DataFrame | None, spellings: pd.DataFrame
) -> profile.Named:
    """Return what the numbers of labels and lists stand for."""
    listed_labels = ingest.listed_labels(lists)
    if names is not None:
        listed_labels = organisations.with_counted_applicants(listed_labels, names)
    labels, texts = profile.numbered_labels(listed_labels)
    return profile.Named(labels, profile.with_organisations(texts, spellings))


@dataclass(frozen=True)
class Before:
    """An earlier run that a ranking is held against."""

    ranking: pd.DataFrame
    membership: pd.DataFrame


def changes(results: Results, before: Before) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return how each cluster stands against an earlier run, and which clusters left the list.

    Parameters
    ----------
    results
        The run.
    before
        The earlier run, or a published list (then ``rank.change.match`` must be ``name``).

    Returns
    -------
    change
        See :func:`hubscan.rank.changes`, with ``growth_percent``.
    leavers
        See :func:`hubscan.rank.leavers`.
    """
    e, ranking = results.edition, results.ranking
    shaping = e.weights.shaped_by
    by_name = e.rank.change.match == "name"
    pair = (before.ranking, ranking) if by_name else (before.membership, results.membership)
    matches = profile.matched_clusters(*pair, match=e.rank.change.match)
    choice = {"top": e.rank.top, "na_beyond": e.rank.change.na_beyond}
    change = rank.changes(ranking, before.ranking, matches, **choice)
    if "total_share" in before.ranking:
        basis = e.profile.growth_basis
        grown = profile.growth(
            ranking, before.ranking, matches, growth_basis=basis, indicators=shaping
        )
        change = change.assign(growth_percent=grown["growth_percent"].to_numpy())
    return change, rank.leavers(ranking, before.ranking, matches, top=e.rank.top)


def _described(
    ranking: pd.DataFrame,
    names: pd.DataFrame,
    labels: pd.DataFrame,
    edition: Edition,
    *,
    partial: Mapping[str, tuple[str, ...]],
) -> pd.DataFrame:
    """Return the ranking with names and labels, empty where an indicator says nothing."""
    table = ranking.merge(names, on="cluster").merge(labels, on="cluster", how="left")
    table = cluster.with_given_labels(table, edition.cluster.economies.overrides)
    for indicator, covers in partial.items():
        outside = ~table["home_economy"].isin(covers)
        table.loc[outside, f"count_{indicator}"] = None
        table[f"share_{indicator}"] = None
    first = ["rank", "cluster", "name", "economies"]
    return table[[*first, *(name for name in table if name not in first)]]
