"""The inputs file: which files hold which indicator, and which of their columns mean what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from hubscan.errors import InputError
from hubscan.validation import Section, validated

if TYPE_CHECKING:
    from collections.abc import Mapping

Paths = str | tuple[str, ...]
Columns = dict[str, str | tuple[str, ...]]

ADDRESS_COLUMNS: Final = (
    "document_id", "sequence", "year", "type", "subjects", "ipc", "applicants", "organisation",
    "address", "city", "region", "country", "latitude", "longitude",
)  # fmt: skip
DOCUMENT_COLUMNS: Final = ("document_id", "year", "type", "subjects", "ipc", "applicants")
COUNT_COLUMNS: Final = (
    "count", "year", "city", "region", "country", "latitude", "longitude", "area",
)  # fmt: skip
AREA_COLUMNS: Final = ("area", "latitude", "longitude", "share", "city", "region", "country")
_NEEDED: Final = {"addresses": ("document_id",), "counts": ("count",)}
_KNOWN: Final = {"addresses": ADDRESS_COLUMNS, "counts": COUNT_COLUMNS}


class Files(Section):
    """Files of one layout, and what their columns mean (ours = theirs)."""

    path: Paths = Field(description="A file, a pattern, or a list of either.")
    format: Literal["csv", "tsv", "parquet"] | None = Field(
        default=None, description="Told by the file's name unless given."
    )
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str = Field(default="utf-8", description="Encoding of text files.")
    columns: Columns = Field(description="Ours = theirs; a list of theirs is summed (count).")
    keep: dict[str, tuple[str, ...]] = Field(
        default={}, description="Their column = the only values kept."
    )
    drop: dict[str, tuple[str, ...]] = Field(
        default={}, description="Their column = values left out."
    )
    constant: dict[str, str] = Field(
        default={}, description="Our column = the one value it has in every row."
    )
    pad: dict[str, Annotated[int, Field(ge=1, le=64)]] = Field(
        default={}, description="Our column = width to which zeros are put before its codes."
    )

    @property
    def paths(self) -> tuple[str, ...]:
        """The files and patterns, always as a list."""
        return (self.path,) if isinstance(self.path, str) else self.path


class Source(Files):
    """One indicator's input: documents with addresses, or counts at places."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    indicator: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    grain: Literal["addresses", "counts"] = Field(
        description="A row is one address of one document, or a count at one place."
    )
    documents: Files | None = Field(
        default=None, description="The documents' own columns, where they have a file."
    )
    areas: Files | None = Field(
        default=None, description="Places of areal counts, with their shares of the area."
    )
    years: tuple[int, int] | None = Field(
        default=None, description="Years to use in place of the edition's window."
    )
    scale_to: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="One factor makes the counts sum to this."
    )
    covers: tuple[str, ...] = Field(
        default=(),
        description="The only economies it covers, if not the world: "
        "counted there, given no world share, left empty elsewhere.",
    )
    every_address: bool = Field(
        default=False,
        description="Take whole addresses where a city is given too: for a provider of streets.",
    )
    snap_km: Annotated[float, Field(gt=0)] | None = Field(
        default=None,
        description="Move a place to the gazetteer's of the same name within so many km.",
    )

    @property
    def tells_years(self) -> bool:
        """Whether rows say of which year they are, so that another window is another sample."""
        own = self.documents.columns if self.documents else {}
        return "year" in {*self.columns, *own}

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        named = {*self.columns, *self.constant}
        named |= set(self.documents.columns if self.documents else ())
        _check_names(self.columns, _KNOWN[self.grain], _NEEDED[self.grain])
        if self.documents:
            _check_names(self.documents.columns, DOCUMENT_COLUMNS, ("document_id",))
        if self.areas:
            _check_names(self.areas.columns, AREA_COLUMNS, ("area", "share"))
            named |= set(self.areas.columns)
        if not ({"latitude", "longitude"} <= named or named & {"city", "address"}):
            msg = "columns name no place: latitude and longitude, city or address must be given"
            raise ValueError(msg)
        if self.grain == "addresses" and "year" not in named:
            msg = "columns name no year: every document needs one"
            raise ValueError(msg)
        return self


class Ties(Files):
    """Ties between places, where the documents themselves do not tell them."""

    indicator: str
    located_by: Files = Field(
        description="Where each item lies: columns item, latitude, longitude."
    )
    labels: Files | None = Field(
        default=None, description="Items' names in the place file: columns item, label, score."
    )
    min_score: float = Field(default=0.0, description="Labels below this score are left out.")
    header: bool = Field(default=True, description="Whether the file's first row names columns.")


class FieldCounts(Files):
    """Counts by place and technology field, where documents do not bear their symbols."""

    located_by: Files = Field(
        description="Where each item lies: columns item, latitude, longitude."
    )


class PopulationInput(Section):
    """A population raster, or the gazetteer's populations."""

    raster: tuple[str, ...] = Field(default=(), description="GeoTIFF tiles.")
    gazetteer: bool = Field(default=False, description="Sum city populations instead: a model.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.raster) == self.gazetteer:
            msg = "population: give either raster tiles or gazetteer = true"
            raise ValueError(msg)
        return self


class ProviderInput(Section):
    """A geocoding service to ask; none is asked unless this is declared."""

    name: str = Field(description="Its name: nominatim, photon, pelias and others.")
    settings: dict[str, str] = Field(
        default={}, description="As the service needs them: domain, scheme, user_agent, api_key."
    )
    per_second: Annotated[float, Field(gt=0)] = Field(
        default=1.0, description="Queries a second at most; public services allow one."
    )
    timeout: Annotated[float, Field(gt=0)] = Field(
        default=10.0, description="Seconds without an answer that count as a failure."
    )
    answers: str = Field(
        default="answers.sqlite",
        description="File in which answers are kept, so none is asked twice.",
    )


class OrganisationsInput(Section):
    """Files that say which organisation a name means."""

    thesaurus: str | None = Field(
        default=None, description="CSV with name and means: a spelling, and what it stands for."
    )
    parents: str | None = Field(
        default=None, description="CSV with name and parent: organisations are counted there."
    )


class Inputs(Section):
    """Everything a run reads, as one file declares it."""

    title: str
    synthetic: bool = Field(default=False, description="Whether the data are modelled.")
    note: str = Field(default="", description="What may be said about results, shown with them.")
    attribution: tuple[str, ...] = Field(default=(), description="Lines due wherever figures show.")
    source: tuple[Source, ...] = Field(min_length=1)
    ties: Ties | None = None
    fields: FieldCounts | None = None
    population: PopulationInput | None = None
    names: str | None = Field(
        default=None,
        description="CSV of names that clusters bear before all others: name, cities, latitudes, "
        "longitudes; the cities of a name, and their degrees, separated by semicolons.",
    )
    overrides: str | None = Field(
        default=None,
        description="CSV of places set by hand, which win: country, region, city, address, "
        "latitude, longitude; a review filled in is one.",
    )
    provider: ProviderInput | None = None
    organisations: OrganisationsInput | None = None
    previous: str | None = Field(default=None, description="Run folder of the previous edition.")

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        names = [source.name for source in self.source]
        for name in names:
            if names.count(name) > 1:
                msg = f"two sources are called {name!r}: each needs a name of its own"
                raise ValueError(msg)
        grains: dict[str, str] = {}
        for source in self.source:
            if grains.setdefault(source.indicator, source.grain) != source.grain:
                msg = f"{source.indicator} comes as addresses and as counts: it must be one of both"
                raise ValueError(msg)
        return self


def inputs_from(content: Mapping[str, Any], *, where: str) -> Inputs:
    """
    Return the declared inputs as a frozen value.

    Parameters
    ----------
    content
        An inputs file, as a TOML reader gives it.
    where
        Its name, to begin sentences with.

    Returns
    -------
    inputs
        The validated value.

    Raises
    ------
    InputError
        With one sentence for each fault.

    Examples
    --------
    >>> columns = {"document_id": "id", "year": "year", "city": "town", "country": "cc"}
    >>> source = {"name": "pct", "indicator": "patents", "grain": "addresses"}
    >>> source |= {"path": "pct.csv", "columns": columns}
    >>> inputs_from({"title": "Mine", "source": [source]}, where="inputs.toml").source[0].paths
    ('pct.csv',)
    """
    return validated(content, Inputs, where=where, error=InputError)


def declared_parts(inputs: Inputs) -> list[tuple[str, Files, bool]]:
    """
    Return all files that an inputs file declares, as parts of one layout.

    Parameters
    ----------
    inputs
        The declared inputs.

    Returns
    -------
    parts
        Name of the part, its files, and whether text files of it name their columns.
    """
    parts: list[tuple[str, Files, bool]] = []
    for source in inputs.source:
        parts.append((source.name, source, True))
        for name, files in (("documents", source.documents), ("areas", source.areas)):
            if files:
                parts.append((f"{source.name}.{name}", files, True))
    if inputs.ties:
        parts.append(("ties", inputs.ties, inputs.ties.header))
        parts.append(("ties.located_by", inputs.ties.located_by, True))
        if inputs.ties.labels:
            parts.append(("ties.labels", inputs.ties.labels, True))
    if inputs.fields:
        parts.append(("fields", inputs.fields, True))
        parts.append(("fields.located_by", inputs.fields.located_by, True))
    return parts


def _check_names(columns: Columns, known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    for name in columns:
        if name not in known:
            msg = f"columns.{name} is not known: known are {', '.join(known)}"
            raise ValueError(msg)
    for name in needed:
        if name not in columns:
            msg = f"columns.{name} is missing: it must be given"
            raise ValueError(msg)
