"""The world's tables, one year at a time, as a user's own files would look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubscan.world.calendar import YEARS
from hubscan.world.documents import teams
from hubscan.world.draws import generator
from hubscan.world.failures import lost_weights
from hubscan.world.listing import COUNTED, EXTRA, listing
from hubscan.world.owners import applicant_texts, applicants, organisations
from hubscan.world.profiles import field_mixes, subjects, symbols
from hubscan.world.streets import homes, written_addresses
from hubscan.world.texts import distinct_texts, text_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

    from hubscan.world.listing import Listing
    from hubscan.world.model import World

    Whole = NDArray[np.int64]
    Chunk = tuple[str, pa.Table]

LABEL: Final = {"synthetic": "modelled micro-data on real published margins; not real documents"}
"""Metadata of every table."""

STREAMS: Final = {"patents": 1, "publications": 2, "deals": 3}
"""Random streams of the documents."""

SET_ASIDE: Final = 0.04
"""Publications of other types, or of the social sciences alone, on top of those that count."""

_TYPES: Final = ("article", "review", "meeting abstract", "editorial material")
_TYPE_ENDS: Final = (0.3, 0.65, 0.88)
_GARBLED: Final = 40
_NAMELESS: Final = 0.3


@dataclass(frozen=True)
class Names:
    """City, region and country of the sites: distinct texts, and which of them each site has."""

    texts: dict[str, list[str]]
    codes: dict[str, Whole]

    def column(self, name: str, site: Whole, missing: NDArray[np.bool_] | None) -> pa.Array:
        """Return a column of texts for sites."""
        return text_column(self.codes[name][site], self.texts[name], missing)


def site_names(world: World) -> Names:
    """
    Return the texts of the sites of a world.

    Parameters
    ----------
    world
        The world.

    Returns
    -------
    names
    """
    columns = ("city", "region", "country")
    found = {name: distinct_texts(world.sites[name].tolist()) for name in columns}
    return Names(
        {name: texts for name, (texts, _) in found.items()},
        {name: codes for name, (_, codes) in found.items()},
    )


def labelled(columns: dict[str, pa.Array | NDArray[np.generic]]) -> pa.Table:
    """
    Return a table that says of itself that it is synthetic.

    Parameters
    ----------
    columns
        Columns by name.

    Returns
    -------
    table

    Examples
    --------
    >>> sorted(labelled({"a": np.array([1])}).schema.metadata)
    [b'synthetic']
    """
    return pa.table(columns).replace_schema_metadata(LABEL)


def patent_tables(world: World, *, raw_addresses: bool) -> Iterator[Chunk]:
    """
    Yield the tables of patents: addresses, then documents, of each year.

    Parameters
    ----------
    world
        The world.
    raw_addresses
        Whether addresses come with their free text.

    Yields
    ------
    path, table
        Relative path of the file, and its rows by ``document_id`` and ``sequence``.
    """
    names, nodes, sites = site_names(world), world.nodes, world.sites
    at = homes(nodes, sites, scale=world.scale, seed=world.seed)
    owners = applicants(nodes, sites)
    mixes = field_mixes(nodes["cluster"], seed=world.seed)
    for year, first, rows, rng in _years(world, "patents"):
        document = rows.document + first
        main = rows.main[rows.document]
        lost = rows.site < 0
        site = np.where(lost, main, rows.site)
        home = at.drawn(site, rng=rng)
        columns = {
            "document_id": document,
            "sequence": rows.sequence.astype(np.int32),
            "city": names.column("city", site, lost),
            "region": names.column("region", site, lost),
            "country": names.column("country", site, None),
            "latitude": pa.array(at.latitude[home], mask=lost),
            "longitude": pa.array(at.longitude[home], mask=lost),
        }
        if raw_addresses:
            columns["raw_address"] = _raw(world, home, site, lost)
        yield f"patents/addresses-{year}.parquet", labelled(columns)
        node = _nodes(world, rows)
        yield (
            f"patents/documents-{year}.parquet",
            labelled(
                {
                    "document_id": np.arange(len(node)) + first,
                    "year": np.full(len(node), year, np.int16),
                    "ipc": symbols(mixes, node, rng=rng),
                    "applicants": applicant_texts(owners, node, rng=rng),
                }
            ),
        )


def publication_tables(world: World) -> Iterator[Chunk]:
    """
    Yield the tables of publications: addresses, then documents, of each year.

    Parameters
    ----------
    world
        The world.

    Yields
    ------
    path, table
        Relative path of the file, and its rows by ``document_id`` and ``sequence``.
    """
    names, owners = site_names(world), organisations(world.nodes, world.sites, world.seats)
    organisation, place = distinct_texts(owners.names.to_pylist())
    garbled = _garbled(generator(world.seed, STREAMS["publications"], 0))
    for year, first, rows, rng in _years(world, "publications"):
        main = rows.main[rows.document]
        lost = rows.site < 0
        site = np.where(lost, main, rows.site)
        yield (
            f"publications/addresses-{year}.parquet",
            labelled(
                {
                    "document_id": rows.document + first,
                    "sequence": rows.sequence.astype(np.int32),
                    "organisation": text_column(
                        place[owners.drawn(site, at=rng.random(len(site)))], organisation
                    ),
                    "city": _garbled_cities(names, garbled, site, lost, rng),
                    "region": names.column("region", site, lost),
                    "country": names.column("country", site, None),
                }
            ),
        )
        yield f"publications/documents-{year}.parquet", _articles(world, year, first, rows, rng)


def _years(world: World, indicator: str) -> Iterator[tuple[int, int, Listing, Generator]]:
    """Yield year, number of the first document, rows and generator."""
    habits, counts = world.habits[indicator], world.counts[indicator]
    carried = np.zeros(len(world.nodes))
    first = 1
    window = len(YEARS[indicator]) - 5
    abroad, chance = _lost_sites(world, indicator)
    for i, year in enumerate(YEARS[indicator]):
        rng = generator(world.seed, STREAMS[indicator], year)
        carried = np.zeros(len(world.nodes)) if i == window else carried
        made, carried = teams(habits, counts[:, i], carried, rng=rng)
        lost = rng.choice(abroad, int(world.lost[indicator][i]), p=chance)
        extra = round(SET_ASIDE * len(made.home)) if indicator == "publications" else 0
        rows = listing(habits, made, extra=extra, lost=lost, rng=rng)
        yield year, first, rows, rng
        first += len(rows.listed)


def _lost_sites(world: World, indicator: str) -> tuple[Whole, NDArray[np.float64]]:
    """Return a site for each country outside the clusters, and how much is lost there."""
    dense = int((world.nodes["rank"] > 0).sum())
    node = world.sites["node"].to_numpy()
    site = np.searchsorted(node, np.arange(dense, len(world.nodes)))
    weight = lost_weights(world.nodes["country"].iloc[dense:], indicator)
    return site, weight / weight.sum()


def _nodes(world: World, rows: Listing) -> Whole:
    """Return the node of each document, for lost ones that of their country."""
    return np.where(rows.home < 0, world.sites["node"].to_numpy()[rows.main], rows.home)


def _raw(world: World, home: Whole, site: Whole, lost: NDArray[np.bool_]) -> pa.Array:
    """Return the free text of addresses; none where nothing but the country is known."""
    state = world.sites["region"].to_numpy(object)
    city = world.sites["city"].to_numpy(object)
    place = np.where(state == "", city, city + ", " + state)
    texts = pc.take(pa.array(place.tolist()), pa.array(site))
    country = world.sites["country"].to_numpy(object)[site]
    return pc.if_else(pa.array(~lost), written_addresses(home, texts, country), None)


def _garbled(rng: Generator) -> list[str]:
    """Return names of cities that no gazetteer can know."""
    letters = np.array(list("bcdfghjkqvwxz"))
    words = ["".join(rng.choice(letters, rng.integers(7, 12))) for _ in range(_GARBLED)]
    return [word.capitalize() for word in words]


def _garbled_cities(
    names: Names, garbled: list[str], site: Whole, lost: NDArray[np.bool_], rng: Generator
) -> pa.DictionaryArray:
    """Return cities; where the address is lost, a garbled name or none."""
    code = names.codes["city"][site]
    rows = np.flatnonzero(lost)
    code[rows] = len(names.texts["city"]) + rng.integers(0, _GARBLED, len(rows))
    empty = np.zeros(len(site), bool)
    empty[rows] = rng.random(len(rows)) < _NAMELESS
    return text_column(code, [*names.texts["city"], *garbled], empty)


def _articles(world: World, year: int, first: int, rows: Listing, rng: Generator) -> pa.Table:
    """Return the documents of publications."""
    aside = rows.kind == EXTRA
    drawn = np.searchsorted(_TYPE_ENDS, rng.random(len(aside)), side="right")
    code = np.where(aside, drawn, COUNTED)
    return labelled({
        "document_id": np.arange(len(aside)) + first,
        "year": np.full(len(aside), year, np.int16),
        "type": text_column(code, _TYPES),
        "subjects": subjects(
            _nodes(world, rows), aside & (code == 0),
            nodes=len(world.nodes), seed=world.seed, rng=rng,
        ),
    })  # fmt: skip
