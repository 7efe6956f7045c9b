"""An edition: every number of the method, typed, frozen, and marked by what it rests on."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from pydantic import Field, model_validator

from hubscan.errors import EditionError
from hubscan.parameters import (
    Cluster,
    Count,
    Footprint,
    Geocode,
    Ingest,
    Merge,
    Profile,
    Rank,
    Regional,
    Report,
    Weights,
    Window,
)
from hubscan.validation import Section, suggestion, toml_content, validated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Status = Literal["documented", "inferred", "assumed"]
"""What a number rests on: a source text, a deduction from published figures, or our choice."""

STATUSES: Final[tuple[Status, ...]] = ("documented", "inferred", "assumed")


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
    regional: Regional
    profile: Profile
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
        known, times = self.keys(), Counter(marked)
        for key in (*known, *marked):
            if times[key] != 1 or key not in known:
                msg = f"status: {key} is marked {times[key]} times: must be marked once"
                raise ValueError(msg)
        return self

    @property
    def density(self) -> dict[str, Any]:
        """The parameters of weights and density clustering, with one of the two thresholds."""
        absolute = self.cluster.threshold == "weight"
        return {
            "shaped_by": self.weights.shaped_by,
            "density_basis": self.weights.density_basis,
            "totals_basis": self.weights.totals,
            "min_weight": self.cluster.min_weight if absolute else None,
            "min_share": None if absolute else self.cluster.min_share,
            "radius_km": self.cluster.radius_km,
            "border_rule": self.cluster.border_rule,
            "include_self": self.cluster.include_self,
        }

    @property
    def disc(self) -> dict[str, Any]:
        """The parameters of the disc around each place."""
        return {
            "buffer_deg": self.footprint.buffer_deg,
            "buffer_shape": self.footprint.buffer_shape,
        }

    @property
    def living(self) -> dict[str, Any]:
        """The parameters by which people are counted in footprints."""
        return {**self.disc, **self.footprint.population.parameters}

    @property
    def gap(self) -> dict[str, Any]:
        """The parameters of the distance between clusters."""
        return {
            "max_gap_km": self.merge.max_gap_km,
            "gap_between": self.merge.gap_between,
            "buffer_deg": self.footprint.buffer_deg,
        }

    @property
    def merging(self) -> dict[str, Any]:
        """The parameters of the merge rule."""
        rule = self.merge.parameters
        del rule["gap_between"]
        return rule

    @property
    def rivals(self) -> dict[str, Any]:
        """The parameters by which places outside clusters compete for partners."""
        rule = {"max_gap_km": self.merge.max_gap_km, "noise_rival": self.merge.noise_rival}
        return {**rule, "indicators": self.weights.shaped_by}

    @property
    def scan(self) -> dict[str, Any]:
        """The parameters by which a regional edition finds its density."""
        return {
            "density": self.density,
            "rule": self.regional.density,
            "target_clusters": self.regional.target_clusters,
            "scan_step": self.regional.scan_step,
        }

    def year_before(self) -> Edition:
        """Return this edition with every window a year earlier: the same method on last year."""
        earlier = {name: (first - 1, last - 1) for name, (first, last) in self.window.years.items()}
        before = self.replace("window.years", earlier)
        return before.model_copy(update={"year": self.year - 1, "name": f"{self.name}-before"})

    def size_rank(self, partial: Collection[str]) -> dict[str, Any]:
        """
        Return the parameters of the ranking by size.

        Indicators that cover a part of the world have no world share: they weigh nothing.
        """
        return {
            "weights": {m: 0.0 if m in partial else w for m, w in self.rank.weights.items()},
            "aggregation": self.rank.aggregation,
            "on": self.rank.on,
            "ties": "min",
        }

    @property
    def labels(self) -> dict[str, Any]:
        """The parameters of the label of economies."""
        rule = self.cluster.economies.parameters
        del rule["overrides"]
        return {**rule, "separator": self.report.label_separator}

    @property
    def inside(self) -> dict[str, Any]:
        """The parameters of the boundary that counts at places must fall in."""
        rule = self.boundary
        return {key: rule[key] for key in rule if key not in ("shaped_by", "overlaid")}

    @property
    def composition(self) -> dict[str, Any]:
        """The parameters of profiles."""
        leading = self.profile.organisations.parameters
        del leading["harmonise"]
        return {
            "home_economy": self.profile.home_economy,
            **self.profile.fields.parameters,
            **leading,
        }

    @property
    def boundary(self) -> dict[str, Any]:
        """The parameters by which places are counted in clusters."""
        return {
            "shaped_by": self.weights.shaped_by,
            "overlaid": self.count.overlaid,
            "vc_boundary": self.count.vc_boundary,
            "radius_km": self.cluster.radius_km,
            **self.disc,
        }

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

    def restricted(self, indicators: Collection[str]) -> Edition:
        """
        Return the same edition for some of its indicators only.

        Parameters
        ----------
        indicators
            Names among the edition's indicators.

        Returns
        -------
        edition
            A new value; the parameters that change are marked as assumed.

        Raises
        ------
        EditionError
            If the edition has no such indicator, or none that shapes clusters is left.

        Examples
        --------
        >>> load_edition("gii-2025").restricted(["patents"]).rank.weights
        {'patents': 1.0}
        """
        for name in indicators:
            if name not in self.indicators:
                msg = f"{self.name}: no indicator {name!r}: {suggestion(name, self.indicators)}"
                raise EditionError(msg)
        kept = tuple(name for name in self.indicators if name in indicators)
        if kept == self.indicators:
            return self
        content = self.model_dump()
        content["indicators"] = kept
        content["window"]["years"] = {m: self.window.years[m] for m in kept}
        content["weights"]["shaped_by"] = tuple(m for m in self.weights.shaped_by if m in kept)
        content["count"]["overlaid"] = tuple(m for m in self.count.overlaid if m in kept)
        content["rank"]["weights"] = {m: self.rank.weights[m] for m in kept}
        changed = ("indicators", "weights.shaped_by", "count.overlaid", "rank.weights")
        marks = {s: tuple(k for k in self.status.get(s, ()) if k not in changed) for s in STATUSES}
        content["status"] = {**marks, "assumed": (*marks["assumed"], *changed)}
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
        content = toml_content(text)
    except ValueError as error:
        msg = f"{path.name}: not valid TOML: {error}"
        raise EditionError(msg) from error
    return validated(content, Edition, where=path.name.removesuffix(".toml"), error=EditionError)
