"""An edition: every number of the method, typed, frozen, and marked by what it rests on."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from hubscan.errors import EditionError
from hubscan.validation import Section, suggestion, validated

if TYPE_CHECKING:
    from collections.abc import Iterator

Status = Literal["documented", "inferred", "assumed"]
"""What a number rests on: a source text, a deduction from published figures, or our choice."""

STATUSES: Final[tuple[Status, ...]] = ("documented", "inferred", "assumed")

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


class Geocode(Section):
    """How addresses become places."""

    min_precision: Literal["city", "region"] = Field(
        description="The coarsest precision that counts as located."
    )


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


class Economies(Section):
    """Which economies a cluster is labelled with."""

    label_min_share: Share = Field(description="Part of the cluster's output an economy needs.")
    label_measure: Literal["total", "any_indicator"] = Field(
        description="Output measured by the total of shares, or by any one indicator."
    )
    label_order: Literal["share", "alphabetic"] = Field(description="Order of the codes.")


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
    noise_rival: Literal["bucket", "ignore"] = Field(
        description="Whether all places outside clusters, taken together, compete."
    )


class Count(Section):
    """How documents are counted."""

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


class Rank(Section):
    """How clusters are ordered."""

    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(
        description="Weight of each indicator's world share in the total."
    )
    aggregation: Literal["sum", "geometric"] = Field(description="How shares make a total.")
    on: Literal["unrounded", "displayed"] = Field(description="Which totals are ranked.")
    top: Whole = Field(description="Length of the published list.")
    intensity: Intensity


class Report(Section):
    """How results are shown; changes no number."""

    rank_bands: tuple[int, ...] = Field(description="Upper ends of the rank bands on maps.")
    noise_min: Whole = Field(description="Fewest addresses at a grey point on maps.")
    noise_round_deg: Positive = Field(
        description="Grid on which grey points are gathered, degrees."
    )
    label_separator: str = Field(description="What stands between the economies of a label.")


class Edition(Section):
    """
    Everything that distinguishes one edition from another; a value that is never changed in place.

    Examples
    --------
    >>> edition = load_edition("gii-2025")
    >>> edition.cluster.radius_km
    15.0
    >>> edition.replace("cluster.radius_km", 20.0).diff(edition)
    [('cluster.radius_km', 20.0, 15.0)]
    """

    name: str
    title: str
    year: int
    indicators: tuple[str, ...] = Field(min_length=1)
    window: Window
    ingest: Ingest
    geocode: Geocode
    weights: Weights
    cluster: Cluster
    footprint: Footprint
    merge: Merge
    count: Count
    rank: Rank
    report: Report
    status: dict[Status, tuple[str, ...]]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for where, found in (
            ("window.years", set(self.window.years)),
            ("rank.weights", set(self.rank.weights)),
            ("weights.shaped_by + count.overlaid", {*self.weights.shaped_by, *self.count.overlaid}),
        ):
            if found != set(self.indicators):
                msg = f"{where} names {sorted(found)}: must name {sorted(self.indicators)}"
                raise ValueError(msg)
        marked = [key for keys in self.status.values() for key in keys]
        for key in (*self.keys(), *marked):
            if marked.count(key) != 1 or key not in self.keys():
                msg = f"status: {key} is marked {marked.count(key)} times: must be marked once"
                raise ValueError(msg)
        return self

    def keys(self) -> list[str]:
        """Return the dotted key of every parameter, in the order of the file."""
        return [key for key, _ in _flat(self)]

    def get(self, key: str) -> Any:  # noqa: ANN401 - a parameter is a number, a text or a list
        """Return the value of a dotted key."""
        values = dict(_flat(self))
        if key not in values:
            msg = f"{self.name}: there is no parameter {key}: {suggestion(key, list(values))}"
            raise EditionError(msg)
        return values[key]

    def status_of(self, key: str) -> Status:
        """Return what the value of a dotted key rests on."""
        self.get(key)
        return next(status for status, keys in self.status.items() if key in keys)

    def replace(self, key: str, value: object) -> Edition:
        """
        Return the same edition with one parameter changed, and marked as assumed.

        Parameters
        ----------
        key
            Dotted key, such as ``cluster.radius_km``.
        value
            The new value.

        Returns
        -------
        edition
            A new, validated value.

        Raises
        ------
        EditionError
            If there is no such key, or the value is outside its domain.
        """
        if self.get(key) == value:
            return self
        content = self.model_dump()
        section = content
        *path, last = key.split(".")
        for part in path:
            section = section[part]
        section[last] = value
        marks = {s: tuple(k for k in self.status.get(s, ()) if k != key) for s in STATUSES}
        content["status"] = {**marks, "assumed": (*marks["assumed"], key)}
        return validated(content, Edition, where=self.name, error=EditionError)

    def diff(self, other: Edition) -> list[tuple[str, Any, Any]]:
        """Return the keys whose values differ, with this edition's value and the other's."""
        mine, theirs = dict(_flat(self)), dict(_flat(other))
        keys = [*mine, *(key for key in theirs if key not in mine)]
        return [(k, mine.get(k), theirs.get(k)) for k in keys if mine.get(k) != theirs.get(k)]


def _flat(section: Section, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _flat(value, f"{prefix}{name}.")
        elif prefix or name == "indicators":
            yield f"{prefix}{name}", value


def edition_names() -> list[str]:
    """
    Return the names of the cluster editions in the package.

    Examples
    --------
    >>> "gii-2025" in edition_names()
    True
    """
    folder = resources.files("hubscan") / "editions"
    return sorted(
        item.name.removesuffix(".toml")
        for item in folder.iterdir()
        if item.name.endswith(".toml") and not item.name.startswith("set-")
    )


def load_edition(name: str | Path) -> Edition:
    """
    Return an edition of the package by its name, or an edition file of the user's.

    Parameters
    ----------
    name
        ``gii-2025`` and the like, or the path of a TOML file.

    Returns
    -------
    edition
        The validated, immutable edition.

    Raises
    ------
    EditionError
        If there is no such edition, or a parameter is missing, unknown or outside its domain.

    Examples
    --------
    >>> load_edition("gii-2024").indicators
    ('patents', 'publications')
    """
    path = Path(name)
    try:
        if str(name) in edition_names():
            text = (resources.files("hubscan") / "editions" / f"{name}.toml").read_text("utf-8")
        else:
            text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(edition_names())
        msg = f"edition {str(name)!r} is neither a readable file nor one of {known}"
        raise EditionError(msg) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"{path.name}: not valid TOML: {error}"
        raise EditionError(msg) from error
    return validated(content, Edition, where=path.name.removesuffix(".toml"), error=EditionError)
