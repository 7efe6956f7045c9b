"""Where inventors live: scattered coordinates, and addresses as their countries write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hubscan.world.calendar import YEARS
from hubscan.world.draws import generator
from hubscan.world.geometry import offset
from hubscan.world.published import ADDRESSES, COVERED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

STREAM: Final = 31
"""Random stream of the coordinates."""

HOMES: Final = 0.6
"""Distinct homes for each inventor row of one window."""

POSTCODE: Final = 0.45
"""Part of the homes known to three decimals of a degree only."""

CENTRAL: Final = 0.04
"""Part of the homes at the city's own coordinates."""

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)

_EAST: Final = (
    "Shibaura", "Nakamachi", "Honcho", "Midori", "Sakae", "Asahi", "Hikari", "Minami", "Kita",
    "Higashi", "Nishi", "Ueno", "Aoba", "Izumi", "Matsu", "Sakura",
)  # fmt: skip
_CHINA: Final = (
    "Renmin", "Jiefang", "Zhongshan", "Keyuan", "Xueyuan", "Chuangye", "Gaoxin", "Huanghe",
    "Nanjing", "Beijing", "Wenhua", "Hongqi", "Jinke", "Keji", "Tianhe", "Yanhe",
)  # fmt: skip
_ROMANCE: Final = (
    "Victor Hugo", "de la Gare", "Garibaldi", "Mayor", "San Marco", "de la Paix", "Verdi",
    "del Sol", "Libertad", "Nova", "Central", "das Flores", "du Moulin", "Pasteur", "Roma", "Colon",
)  # fmt: skip
_GERMANIC: Final = (
    "Hauptstrasse", "Bahnhofstrasse", "Goethestrasse", "Schillerstrasse", "Gartenweg",
    "Lindenallee", "Ringstrasse", "Kirchweg", "Parkstrasse", "Talstrasse", "Bergweg", "Am Markt",
    "Waldstrasse", "Mozartstrasse", "Seeweg", "Schulstrasse",
)  # fmt: skip
_ENGLISH: Final = (
    "Oak Street", "Maple Avenue", "Park Road", "Main Street", "Cedar Lane", "Hill Road",
    "Lake Drive", "Church Street", "Elm Court", "High Street", "Mill Road", "Station Road",
    "Washington Avenue", "King Street", "Queen Street", "River Drive",
)  # fmt: skip

_STYLES: Final[dict[str, tuple[str, ...]]] = {
    "east": ("JP",),
    "china": ("CN", "TW", "HK", "MO", "KR", "VN"),
    "romance": ("FR", "IT", "ES", "PT", "BR", "AR", "CL", "MX", "CO", "PE", "RO"),
    "germanic": ("DE", "AT", "CH", "NL", "BE", "SE", "DK", "NO", "FI", "PL", "CZ", "HU"),
}


@dataclass(frozen=True)
class Homes:
    """Homes of inventors, by site."""

    first: Whole
    """Position of the first home of each site."""
    number: Whole
    """Homes of each site."""
    latitude: NDArray[np.float64]
    """Degrees, six decimals."""
    longitude: NDArray[np.float64]
    """Degrees, six decimals."""

    def drawn(self, site: Whole, *, rng: Generator) -> Whole:
        """Return a home at each site (some are far more common than others)."""
        at = rng.random(len(site)) ** 1.7
        return self.first[site] + (at * self.number[site]).astype(np.int64)


def homes(nodes: pd.DataFrame, sites: pd.DataFrame, *, scale: float, seed: int) -> Homes:
    """
    Return homes for the inventors of all years.

    Parameters
    ----------
    nodes
        Count of ``patents`` of each node.
    sites
        ``node``, ``latitude``, ``longitude``, ``radius_km`` and share of the node's ``patents``.
    scale
        Documents made for each document of the world.
    seed
        Seed of the coordinates.

    Returns
    -------
    homes
        Every site has at least one; all lie within the site's radius.

    Examples
    --------
    >>> nodes = pd.DataFrame({"patents": [100.0]})
    >>> sites = pd.DataFrame(
    ...     {"node": [0], "latitude": 48.1, "longitude": 11.6, "radius_km": 3.0, "patents": 1.0}
    ... )
    >>> made = homes(nodes, sites, scale=1.0, seed=1)
    >>> len(made.latitude) > 200, bool(np.abs(made.latitude - 48.1).max() < 3.0 / 111.0)
    (True, True)
    """
    at = sites["node"].to_numpy()
    per_document = ADDRESSES["patents"] / COVERED["patents"] * len(YEARS["patents"]) / 5.0
    rows = sites["patents"].to_numpy() * nodes["patents"].to_numpy()[at]
    number = np.ceil(rows * per_document * scale * HOMES).astype(np.int64)
    number = np.maximum(number, 1)
    rng = generator(seed, STREAM)
    site = np.repeat(np.arange(len(sites)), number)
    radius_km = (0.97 * sites["radius_km"].to_numpy())[site] * rng.random(len(site)) ** 0.75
    radius_km = np.where(rng.random(len(site)) < CENTRAL, 0.0, radius_km)
    angle = 2.0 * np.pi * rng.random(len(site))
    latitude, longitude = offset(
        sites["latitude"].to_numpy()[site],
        sites["longitude"].to_numpy()[site],
        radius_km * np.sin(angle),
        radius_km * np.cos(angle),
    )
    coarse = (rng.random(len(site)) < POSTCODE) & (radius_km > 0.0)
    return Homes(
        np.cumsum(number) - number, number, _rounded(latitude, coarse), _rounded(longitude, coarse)
    )


def _rounded(degrees: NDArray[np.float64], coarse: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return degrees to six decimals, or three."""
    return np.where(coarse, np.round(degrees, 3), np.round(degrees, 6))


def _hashed(home: Whole, salt: int) -> Whole:
    """Return a well-mixed non-negative number for each home."""
    mixed = (home.astype(np.uint64) + np.uint64(salt * 1_000_003)) * _GOLDEN
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(33)).astype(np.int64)


def _number(home: Whole, salt: int, low: int, high: int) -> pa.Array:
    """Return a number in a range for each home, as text."""
    return pc.cast(pa.array(low + _hashed(home, salt) % (high - low)), pa.string())


def _word(home: Whole, salt: int, words: tuple[str, ...]) -> pa.Array:
    """Return a word for each home."""
    return pc.take(pa.array(words), pa.array(_hashed(home, salt) % len(words)))


def _joined(*parts: pa.Array | str) -> pa.Array:
    """Return texts put together."""
    return pc.binary_join_element_wise(*parts, "")


def _east(home: Whole, city: pa.Array) -> pa.Array:
    block = _joined(
        _number(home, 1, 1, 9), "-", _number(home, 2, 1, 30), "-", _number(home, 3, 1, 20)
    )
    code = _joined(_number(home, 4, 100, 999), "-", _number(home, 5, 1000, 9999))
    ward = _joined(_word(home, 6, _EAST), ", ", _word(home, 7, _EAST), "-ku, ")
    return _joined(block, " ", ward, city, " ", code)


def _china(home: Whole, city: pa.Array) -> pa.Array:
    road = _joined("No. ", _number(home, 1, 1, 999), " ", _word(home, 2, _CHINA), " Road, ")
    district = _joined(_word(home, 3, _CHINA), " District, ")
    return _joined(road, district, city, " ", _number(home, 4, 100000, 859999))


def _romance(home: Whole, city: pa.Array) -> pa.Array:
    street = _joined(_number(home, 1, 1, 250), " Rue ", _word(home, 2, _ROMANCE), ", ")
    return _joined(street, _number(home, 3, 10000, 99999), " ", city)


def _germanic(home: Whole, city: pa.Array) -> pa.Array:
    street = _joined(_word(home, 1, _GERMANIC), " ", _number(home, 2, 1, 250), ", ")
    return _joined(street, _number(home, 3, 10000, 99999), " ", city)


def _english(home: Whole, city: pa.Array) -> pa.Array:
    street = _joined(_number(home, 1, 1, 9999), " ", _word(home, 2, _ENGLISH), ", ")
    return _joined(street, city, " ", _number(home, 3, 10000, 99999))


def written_addresses(home: Whole, city: pa.Array, country: NDArray[np.object_]) -> pa.Array:
    """
    Return addresses as free text.

    Parameters
    ----------
    home
        Number of the home; equal homes have equal addresses.
    city
        City, with the state where one is given.
    country
        ISO 3166 alpha-2 code.

    Returns
    -------
    texts
        One for each home.

    Examples
    --------
    >>> written_addresses(np.array([7]), pa.array(["Tokyo"]), np.array(["JP"])).to_pylist()
    ['5-29-11 Matsu, Nakamachi-ku, Tokyo 307-1336, JP']
    """
    code, found = pd.factorize(country)
    known = {name: style for style, names in _STYLES.items() for name in names}
    styles = np.array([known.get(name, "english") for name in found], object)
    writers: dict[str, Callable[[Whole, pa.Array], pa.Array]] = {
        "east": _east, "china": _china, "romance": _romance, "germanic": _germanic,
        "english": _english,
    }  # fmt: skip
    order, written = [], []
    for name, write in writers.items():
        rows = np.flatnonzero((styles == name)[code])
        order.append(rows)
        written.append(write(home[rows], pc.take(city, pa.array(rows))))
    back = np.argsort(np.concatenate(order), kind="stable")
    lines = pc.take(pa.concat_arrays(written), pa.array(back))
    return _joined(lines, ", ", pa.array(country))
