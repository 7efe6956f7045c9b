"""A gazetteer: populated places, their names folded, and where they lie."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hubscan.errors import InputError
from hubscan.geocode._listed import listed
from hubscan.geocode._packed import from_planes, from_steps, packed, planes, steps, unpacked
from hubscan.geocode.fold import all_folded

if TYPE_CHECKING:
    from numpy.typing import NDArray

ATTRIBUTION: Final = "GeoNames (https://www.geonames.org), CC BY 4.0"
"""To be printed wherever places of the gazetteer are shown."""

GEONAMES_COLUMNS: Final = (
    "geonameid", "name", "latitude", "longitude", "country", "admin1", "population",
    "alternatenames",
)  # fmt: skip
"""Columns that :meth:`Gazetteer.from_geonames` needs."""

OTHER, OWN, USUALLY = range(3)
"""Standing of a name: one of others, the place's own, and what is usually meant by it."""

SEPARATOR: Final = "|"
"""What stands between the alternate names of one place in the bundled file."""

BUNDLED: Final = ("gazetteer-1.bin", "gazetteer-2.bin", "gazetteer-3.bin")
"""The pieces of what :func:`bundle` made, none of them large."""

_DEGREE: Final = 100_000
_TURN: Final = 360 * _DEGREE
_GONE: Final = ("PPLH", "PPLQ", "PPLW", "PPLCH")
_STANDINGS: Final = {"part": OTHER, "usual": USUALLY}


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """
    Populated places and the folded names by which they are found.

    Beside the names of GeoNames it knows wards of large cities and places of science by name, and
    which of some homonyms is usually meant where no region is given.

    Attributes
    ----------
    cities
        One row a place: ``geonameid`` (unique), ``name``, ``latitude``, ``longitude`` (degrees),
        ``country`` (ISO alpha-2) and ``admin1`` (GeoNames code of the state or province), both
        categorical, ``population`` (persons; 0 if unknown). The index counts from 0.
    names
        One row a folded name and place, the places of one name side by side: ``name``, ``city``
        (row of ``cities``), ``standing`` (``OTHER``, ``OWN``, ``USUALLY``).

    Examples
    --------
    >>> places = Gazetteer.from_geonames(
    ...     pd.DataFrame(
    ...         {
    ...             "geonameid": [2886242],
    ...             "name": ["Köln"],
    ...             "latitude": [50.93333],
    ...             "longitude": [6.95],
    ...             "country": ["DE"],
    ...             "admin1": ["07"],
    ...             "population": [1024621],
    ...             "alternatenames": ["Cologne,Kolonia"],
    ...         }
    ...     )
    ... )
    >>> list(places.names["name"])
    ['koln', 'cologne', 'kolonia']
    """

    cities: pd.DataFrame
    names: pd.DataFrame

    @classmethod
    def from_geonames(cls, table: pd.DataFrame) -> Gazetteer:
        """
        Return a gazetteer of a GeoNames table.

        Parameters
        ----------
        table
            The columns ``geonameid``, ``name``, ``latitude``, ``longitude``, ``country``,
            ``admin1``, ``population`` and ``alternatenames`` (separated by commas) of a GeoNames
            dump; with ``feature_code``, places that are no longer inhabited are left out.

        Returns
        -------
        gazetteer
            Its places.

        Raises
        ------
        InputError
            If a column is missing, an id occurs twice, or a place lies nowhere.
        """
        missing = [column for column in GEONAMES_COLUMNS if column not in table]
        if missing:
            msg = f"gazetteer: {', '.join(missing)} missing: a GeoNames table has these columns"
            raise InputError(msg)
        if "feature_code" in table:
            table = table[~table["feature_code"].isin(_GONE)]
        table = table.reset_index(drop=True)
        if table["geonameid"].duplicated().any():
            twice = table.loc[table["geonameid"].duplicated(), "geonameid"].iloc[0]
            msg = f"gazetteer: geonameid {twice} occurs twice: ids must be unique"
            raise InputError(msg)
        _check_degrees(table)
        places = table[list(GEONAMES_COLUMNS[:-1])].assign(
            country=table["country"].astype("category"),
            admin1=table["admin1"].fillna("").astype("category"),
        )
        others = _split(table["alternatenames"].fillna("").astype("str"), ",")
        others["name"] = all_folded(others["name"])
        others = pd.concat([others, _added(places)], ignore_index=True)
        return cls(places, _names(places["name"], others))

    @functools.cached_property
    def key(self) -> str:
        """A fingerprint of the content: equal gazetteers have equal keys."""
        digest = hashlib.sha256()
        for table in (self.cities, self.names):
            digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
        return digest.hexdigest()

    @functools.cached_property
    def seats(self) -> dict[tuple[str, str], int]:
        """The row of the most populous place of each country and state or province."""
        order = np.lexsort((self.cities["geonameid"], -self.cities["population"]))
        seats = self.cities.iloc[order].drop_duplicates(["country", "admin1"])
        keys = zip(seats["country"].tolist(), seats["admin1"].tolist(), strict=True)
        return dict(zip(keys, seats.index.tolist(), strict=True))

    @functools.cached_property
    def spellings(self) -> tuple[pd.Index[str], NDArray[np.int64]]:
        """The distinct names, and where each begins among ``names``."""
        first = np.flatnonzero(~self.names["name"].duplicated().to_numpy())
        return pd.Index(self.names["name"].iloc[first]), np.append(first, len(self.names))

    def named(self, keys: pd.Series[str]) -> pd.DataFrame:
        """
        Return every place that bears one of some names.

        Parameters
        ----------
        keys
            Folded names (:func:`hubscan.geocode.fold.folded`).

        Returns
        -------
        named
            ``position`` of the name among the keys, ascending, ``city`` (row of ``cities``) and
            ``standing``.
        """
        spellings, starts = self.spellings
        found = spellings.get_indexer(pd.Index(keys))
        hit = np.flatnonzero(found >= 0)
        begin = starts[found[hit]]
        count = starts[found[hit] + 1] - begin
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        at = np.repeat(begin, count) + step
        return pd.DataFrame(
            {
                "position": np.repeat(hit, count),
                "city": self.names["city"].to_numpy()[at],
                "standing": self.names["standing"].to_numpy()[at],
            }
        )

    def place_names(self, geonameids: NDArray[np.int64]) -> list[str]:
        """
        Return places in words: name, state or province, country, GeoNames id.

        Parameters
        ----------
        geonameids
            Ids of places of the gazetteer.

        Returns
        -------
        place_names
            One text a place.
        """
        rows = pd.Index(self.cities["geonameid"]).get_indexer(pd.Index(geonameids))
        return self.worded(self.cities.iloc[rows])

    @staticmethod
    def worded(places: pd.DataFrame) -> list[str]:
        """Return rows of ``cities`` in words: name, state or province, country, GeoNames id."""
        parts = (places["name"], places["admin1"], places["country"], places["geonameid"])
        told = zip(*(part.tolist() for part in parts), strict=True)
        return [f"{name}, {admin1}, {country} ({number})" for name, admin1, country, number in told]

    def at_least(self, population: int) -> Gazetteer:
        """
        Return the part of the gazetteer with larger places.

        Parameters
        ----------
        population
            Persons; places of unknown population count as 0.

        Returns
        -------
        gazetteer
            Places of at least so many inhabitants.
        """
        kept = (self.cities["population"] >= population).to_numpy()
        names = self.names[kept[self.names["city"]]]
        return Gazetteer(
            self.cities[kept].reset_index(drop=True),
            names.assign(city=(np.cumsum(kept) - 1)[names["city"]]).reset_index(drop=True),
        )


@functools.cache
def bundled() -> Gazetteer:
    """
    Return the gazetteer that comes with the package: GeoNames places of 500 inhabitants or more.

    Returns
    -------
    gazetteer
        Read once, then kept.

    Examples
    --------
    >>> places = bundled()
    >>> len(places.cities) > 200_000
    True
    """
    folder = resources.files(__package__)
    cities, alternates = unbundled(b"".join(folder.joinpath(f).read_bytes() for f in BUNDLED))
    others = pd.concat([_split(alternates, SEPARATOR), _added(cities)])
    return Gazetteer(cities, _names(cities["name"], others))


def bundle(cities: pd.DataFrame, alternates: pd.Series[str]) -> bytes:
    """
    Return places and their alternate names as one small file.

    Parameters
    ----------
    cities
        As :class:`Gazetteer` has them, coordinates in hundred-thousandths of a degree at most.
    alternates
        One text a place: its folded alternate names, separated by :data:`SEPARATOR`.

    Returns
    -------
    content
        For :func:`unbundled`.
    """
    regions = cities["country"].astype(str) + SEPARATOR + cities["admin1"].astype(str)
    first = np.flatnonzero(regions != regions.shift())
    lengths = np.diff(first, append=len(cities))
    runs = [f"{regions[k]}{SEPARATOR}{n}" for k, n in zip(first, lengths, strict=True)]
    texts = cities["name"] + SEPARATOR + alternates
    latitude, longitude = (
        (cities[name] * _DEGREE).round().to_numpy(np.int64) for name in ("latitude", "longitude")
    )
    return packed(
        {
            "texts": "\n".join(texts).encode(),
            "regions": "\n".join(runs).encode(),
            "geonameid": steps(cities["geonameid"].to_numpy(np.int64)),
            "latitude": steps(latitude),
            "longitude": planes(longitude + _TURN),
            "population": planes(cities["population"].to_numpy(np.int64)),
        }
    )


def unbundled(content: bytes) -> tuple[pd.DataFrame, pd.Series[str]]:
    """Return the places and the alternate names of a file made by :func:`bundle`."""
    streams = unpacked(content)
    runs = [line.split(SEPARATOR) for line in streams["regions"].decode().split("\n")]
    lengths = [int(length) for _, _, length in runs]
    texts = pa.array(streams["texts"].decode().split("\n"), pa.string())
    # the first separator ends the name: later ones stand between the alternates
    parts = pc.split_pattern(texts, SEPARATOR, max_splits=1)
    names, alternates = (
        pd.Series(pc.list_element(parts, k).to_numpy(zero_copy_only=False), dtype="str")
        for k in (0, 1)
    )
    cities = pd.DataFrame(
        {
            "geonameid": from_steps(streams["geonameid"]),
            "name": names,
            "latitude": from_steps(streams["latitude"]) / _DEGREE,
            "longitude": (from_planes(streams["longitude"]) - _TURN) / _DEGREE,
            "country": pd.Categorical(np.repeat([run[0] for run in runs], lengths)),
            "admin1": pd.Categorical(np.repeat([run[1] for run in runs], lengths)),
            "population": from_planes(streams["population"]),
        }
    )
    return cities, alternates


def _check_degrees(table: pd.DataFrame) -> None:
    """Raise if a place lies nowhere."""
    for column, most in (("latitude", 90.0), ("longitude", 180.0)):
        wrong = ~(table[column].abs() <= most)
        if wrong.any():
            place = table.loc[wrong, "geonameid"].iloc[0]
            found = table.loc[wrong, column].iloc[0]
            msg = f"gazetteer: place {place}: {column} = {found}: from -{most:g} to {most:g} needed"
            raise InputError(msg)


def _added(cities: pd.DataFrame) -> pd.DataFrame:
    """Return the names that GeoNames lacks: wards, and which homonym is usually meant."""
    rows = dict(zip(cities["geonameid"].tolist(), cities.index.tolist(), strict=True))
    names = [
        (name, rows[geonameid], _STANDINGS[place["kind"]])
        for place in listed("places")
        if (geonameid := int(place["geonameid"])) in rows
        for name in place["names"].split("; ")
    ]
    table = pd.DataFrame(names, columns=["name", "city", "standing"])
    return table.astype({"city": np.int64, "standing": np.int64}).assign(
        name=all_folded(table["name"])
    )


def _split(lists: pd.Series[str], separator: str) -> pd.DataFrame:
    """Return the other names of places, from one text a place."""
    split = pc.split_pattern(pa.array(lists, pa.string()), separator)
    names = pd.Series(pc.list_flatten(split).to_numpy(zero_copy_only=False), dtype="str")
    cities = pc.list_parent_indices(split).to_numpy().astype(np.int64)
    table = pd.DataFrame({"name": names, "city": cities, "standing": OTHER})
    return table[table["name"] != ""].reset_index(drop=True)


def _names(own: pd.Series[str], others: pd.DataFrame) -> pd.DataFrame:
    """Return the folded names of places, those of one spelling side by side, each place once."""
    names = pd.concat([all_folded(own), others["name"]], ignore_index=True)
    cities = np.concatenate([np.arange(len(own)), others["city"]])
    standing = np.concatenate([np.full(len(own), OWN), others["standing"]]).astype(np.int8)
    spelling, distinct = pd.factorize(names)
    order = np.lexsort((-standing, cities, spelling))
    spelling, cities = spelling[order], cities[order]
    twice = (np.diff(spelling, prepend=-1) == 0) & (np.diff(cities, prepend=-1) == 0)
    return pd.DataFrame(
        {
            "name": distinct.take(spelling[~twice]),
            "city": cities[~twice],
            "standing": standing[order][~twice],
        }
    )
