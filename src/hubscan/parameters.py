"""The sections of an edition: each parameter's type, domain and meaning."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from hubscan.validation import Section

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(ge=1)]
Years = tuple[int, int]


class Window(Section):
    """Which documents are looked at."""

    years: dict[str, Years] = Field(
        description="First and last year of each indicator, both included."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for indicator, (first, last) in self.years.items():
            if first > last:
                msg = f"years.{indicator} = [{first}, {last}]: the first must not be after the last"
                raise ValueError(msg)
        return self


class Ingest(Section):
    """Which documents count as patents, publications and deals."""

    publication_types: tuple[str, ...] = Field(
        description="Document types kept, in lower case; applies where the source gives a type."
    )
    publication_scope: Literal["any_st", "all_st", "none"] = Field(
        description="Keep an article with at least one science or technology subject, "
        "with only such subjects, or whatever its subjects."
    )
    deals_exclude: tuple[str, ...] = Field(
        description="Deal types left out, in lower case; applies where the source gives a type."
    )

    @property
    def filters(self) -> dict[str, Any]:
        """The parameters that choose documents by type and subject."""
        return self.parameters


_READING: Final = ("min_confidence", "suburb_km", "suburb_in_region_km")


class Geocode(Section):
    """How addresses become places."""

    min_precision: Literal["city", "region"] = Field(
        description="The coarsest precision that counts as located."
    )
    dominance: Annotated[float, Field(ge=1)] = Field(
        description="Of two places of one name, the one so many times as populous is meant."
    )
    homonym_km: Positive = Field(
        description="Places of one name nearer than this are one place, kilometres."
    )
    without_country: Annotated[float, Field(ge=1)] = Field(
        description="Dominance has to be so many times greater where no country is given."
    )
    unknown_population: Whole = Field(
        description="What a place of unknown or smaller population counts as, persons."
    )
    large_population: Whole = Field(
        description="From so many inhabitants a wrong region is likelier than another place."
    )
    min_confidence: Share = Field(
        description="Readings of whole addresses that are right less often are declined; "
        "of all texts, those less sure are listed for review."
    )
    suburb_km: Positive = Field(
        description="A place named before its city is meant if it lies within so far, kilometres."
    )
    suburb_in_region_km: Positive = Field(
        description="The same where both lie in one region, kilometres."
    )
    fuzzy_min_score: Annotated[float, Field(ge=0, le=100)] = Field(
        description="Likeness from which an unknown name is taken for another, of 100; "
        "0 compares no names."
    )

    @property
    def rules(self) -> dict[str, Any]:
        """The parameters by which places of one name are decided."""
        apart = ("fuzzy_min_score", *_READING)
        return {key: value for key, value in super().parameters.items() if key not in apart}

    @property
    def reading(self) -> dict[str, Any]:
        """The parameters by which whole addresses are read."""
        return {key: value for key, value in super().parameters.items() if key in _READING}

    @property
    def parameters(self) -> dict[str, Any]:
        """All of them, as locating texts takes them."""
        return {
            **self.rules,
            "reading": self.reading,
            "fuzzy_min_score": self.fuzzy_min_score,
        }


class Weights(Section):
    """The mass of a place, which shapes clusters and never counts output."""

    shaped_by: tuple[str, ...] = Field(
        min_length=1, description="Indicators that shape clusters; the first is the unit of mass."
    )
    density_basis: Literal["inventor", "half", "pooled", "author", "raw"] = Field(
        description="Scale on which the indicators are made equal."
    )
    totals: Literal["geocoded", "all"] = Field(
        description="Addresses that make up an indicator's world total."
    )


class Names(Section):
    """How a cluster is named after its cities."""

    max_cities: Whole = Field(description="At most so many cities in a name.")
    min_of_first: Share = Field(description="A further city needs this part of the first's weight.")
    joiner: str = Field(description="What stands between the cities of a name.")
    reach_km: Positive = Field(
        description="Distance at which a city's pull on its suburbs ends, kilometres."
    )
    official_within_km: Positive = Field(
        description="An official name needs a place of the cluster so near each of its cities."
    )
    state_suffix: Literal["none", "us", "us_ca"] = Field(
        description="Whether names in the United States, and in Canada, end with the state's code."
    )


class Economies(Section):
    """Which economies a cluster is labelled with."""

    label_min_share: Share = Field(description="Part of the cluster's output an economy needs.")
    label_measure: Literal["total", "any_indicator"] = Field(
        description="Output measured by the total of shares, or by any one indicator."
    )
    label_order: Literal["share", "alphabetic"] = Field(description="Order of the codes.")
    overrides: dict[str, str] = Field(
        description="Name of a cluster = the label it is given, whatever its shares."
    )


class Cluster(Section):
    """Weighted density clustering on the sphere (DBSCAN)."""

    radius_km: Positive = Field(description="Neighbourhood radius, kilometres, inclusive.")
    threshold: Literal["weight", "share"] = Field(
        description="Whether min_weight or min_share is the density threshold."
    )
    min_weight: Positive = Field(
        description="Mass within the radius that makes a place a core place, inventor-equivalents."
    )
    min_share: Positive = Field(
        description="The same as a sum of world shares of addresses, for samples and regions."
    )
    border_rule: Literal["nearest_core", "lowest_id", "noise"] = Field(
        description="Where a place goes that is in reach of core places of two clusters."
    )
    include_self: bool = Field(description="Whether a place counts in its own neighbourhood.")
    names: Names
    economies: Economies


class Population(Section):
    """People in a footprint."""

    cell_rule: Literal["centre", "area_weighted"] = Field(
        description="A raster cell counts if its centre lies inside, or by the area inside."
    )
    overlap: Literal["nearest", "both"] = Field(
        description="A cell in two footprints goes to the nearest member place, or to both."
    )


class Footprint(Section):
    """The ground a cluster covers."""

    buffer_deg: Positive = Field(description="Radius of the disc around each place, degrees.")
    buffer_shape: Literal["planar_degrees", "geodesic"] = Field(
        description="A circle in longitude and latitude degrees, or on the ground."
    )
    outline: Literal["union", "mask"] = Field(
        description="Exact union of discs, or cells of a 0.001 degree grid."
    )
    population: Population


class Merge(Section):
    """Which neighbouring clusters are one."""

    max_gap_km: Positive = Field(description="Greatest distance between the edges, kilometres.")
    gap_between: Literal["places", "footprints"] = Field(description="What the edge is.")
    tie_rule: Literal["mutual", "one_way", "none"] = Field(
        description="Each is the other's strongest partner; one of them is; or the gap decides."
    )
    tie_weights: str = Field(
        description="How indicators are pooled: equal_share, plain_sum, or one indicator."
    )
    noise_rival: Literal["bucket", "places", "ignore"] = Field(
        description="Places outside clusters compete all together, each for itself, or not at all."
    )


class Count(Section):
    """How documents are counted."""

    fraction_unit: Literal["listed", "distinct"] = Field(
        description="A document is shared among the addresses it lists, or among distinct ones."
    )
    method: Literal["fractional", "full"] = Field(
        description="A document is shared among its addresses, or counts whole wherever it has one."
    )
    missing: Literal["renormalise", "lose"] = Field(
        description="A document is shared among located addresses, or among all."
    )
    denominator: Literal["covered", "all"] = Field(
        description="World total: documents with a located address, or all of the window."
    )
    overlaid: tuple[str, ...] = Field(
        description="Indicators laid over finished clusters instead of shaping them."
    )
    vc_boundary: Literal["footprint", "hull", "radius"] = Field(
        description="The boundary that overlaid documents must fall in."
    )


class Intensity(Section):
    """Output per inhabitant."""

    universe: Whole = Field(description="Only so many clusters, by size, are ranked by intensity.")
    per: Positive = Field(description="Inhabitants per unit of intensity.")


class Change(Section):
    """How a cluster stands against the edition before."""

    previous_basis: Literal["recomputed", "published"] = Field(
        description="Last year's data ranked with this year's method, or the published list."
    )
    match: Literal["overlap", "name"] = Field(
        description="Which cluster was which: by the weight of common places, or by name."
    )
    na_beyond: Whole = Field(
        description="No change of intensity rank is told beyond this previous rank by size."
    )


class Rank(Section):
    """How clusters are ordered."""

    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(
        description="Weight of each indicator's world share in the total."
    )
    aggregation: Literal["sum", "geometric"] = Field(description="How shares make a total.")
    on: Literal["unrounded", "displayed"] = Field(description="Which totals are ranked.")
    top: Whole = Field(description="Length of the published list.")
    old_method: tuple[str, ...] = Field(
        description="Indicators of the method before, by which clusters are ranked as well."
    )
    intensity: Intensity
    change: Change


class Regional(Section):
    """An edition of one region only; of the world if no economy is named."""

    economies: tuple[str, ...] = Field(description="Economies of the region, ISO 3166 alpha-2.")
    density: Literal["given", "scan"] = Field(
        description="The density threshold of the edition, or lowered until enough clusters appear."
    )
    target_clusters: Whole = Field(description="So many clusters are wanted of a scan.")
    scan_step: Annotated[float, Field(gt=0, lt=1)] = Field(
        description="Part by which a scan lowers the threshold each time."
    )
    weights_universe: Literal["region", "world"] = Field(
        description="Indicators weigh by their addresses in the region, or in the world."
    )
    shares: Literal["world", "region"] = Field(description="Shares are of the world or the region.")


class Fields(Section):
    """How patents are shared among technology fields."""

    field_counting: Literal["equal", "first_ipc", "symbol_share"] = Field(
        description="Equally among its distinct fields, to that of its first symbol, or by symbols."
    )
    extensions: Literal["predecessor", "drop"] = Field(
        description="Subclasses younger than the concordance: the field they came from, or none."
    )


class Leaders(Section):
    """How top applicants and organisations are counted."""

    counting: Literal["fractional", "whole"] = Field(
        description="What a document gives to a cluster is shared among them, or counts for each."
    )
    top: Whole = Field(description="So many of each cluster are kept.")
    harmonise: Literal["declared", "always", "never"] = Field(
        description="Spellings of one name are one organisation: where the inputs file says "
        "what names mean, always, or never."
    )


class Profile(Section):
    """What each cluster is made of."""

    home_economy: Literal["main", "all_labels"] = Field(
        description="Partners abroad are outside the first economy of the label, or outside all."
    )
    growth_basis: Literal["share_sum", "mean_rate", "plain_sum"] = Field(
        description="Growth of the total share, mean of the growth of counts, or of their sum."
    )
    fields: Fields
    organisations: Leaders


class Report(Section):
    """How results are shown; changes no number."""

    rank_bands: tuple[int, ...] = Field(description="Upper ends of the rank bands on maps.")
    noise_min: Whole = Field(description="Fewest addresses at a grey point on maps.")
    noise_round_deg: Positive = Field(
        description="Grid on which grey points are gathered, degrees."
    )
    coverage_top: Whole = Field(description="Countries in the coverage table.")
    label_separator: str = Field(description="What stands between the economies of a label.")
