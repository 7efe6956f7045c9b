"""Read free-form addresses: which city, region and country each names, in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.geocode._compiled import ANYWHERE, FORMER
from hubscan.geocode._numbering import WIDTH, number_rows, place_rows
from hubscan.geocode._reading import read
from hubscan.geocode._scanning import fresh
from hubscan.geocode.lexicon import buffers, reader_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.geocode.gazetteer import Gazetteer

WAYS: Final = (
    "nowhere", "address", "region alone", "organisation", "another country", "amid words",
)  # fmt: skip
"""Where an address names its city: not at all; as one of its parts; as the name of its region or
country; in the name of an organisation; that it names another country than the one given; and
among other words of one of its parts."""

_CHUNK: Final = 1 << 17


class Readings(NamedTuple):
    """
    What addresses say: few distinct readings, and which of them each address has.

    Attributes
    ----------
    of_address
        Row of ``distinct``, one an address.
    distinct
        ``city``, ``region``, ``country`` (ISO alpha-2), texts, empty if the address does not name
        them; ``pin``, the row of the gazetteer's place where the address says which of several is
        meant, else -1; ``way``, one of ``WAYS``.
    """

    of_address: NDArray[np.int64]
    distinct: pd.DataFrame


def address_readings(
    addresses: pd.Series[str],
    countries: pd.Series[str],
    gazetteer: Gazetteer,
    *,
    large_population: int,
    suburb_km: float,
    suburb_in_region_km: float,
) -> Readings:
    """
    Return which city, region and country free-form addresses name.

    An address is read from right to left: a country, a region of it, then, segment by segment
    between commas, the longest name of a place that lies there; of names equally long the one of
    the more populous place. Numbers, postal codes and names of streets are passed over, segments
    that name an organisation are looked at last. A name of a suburb that stands alone before the
    city counts as the place if it lies near it. The country given is never left, but
    for its territories; an address that names another is not read.

    Parameters
    ----------
    addresses
        Addresses in any script.
    countries
        ISO alpha-2 codes given beside them; empty if none is, then the address itself is asked.
    gazetteer
        The places.
    large_population
        A city of so many inhabitants may bear the name of a region that it is not in.
    suburb_km, suburb_in_region_km
        How far from the city a suburb may lie, kilometres: elsewhere, and in the same region.

    Returns
    -------
    readings
        The distinct readings and the number of the one each address has.

    Notes
    -----
    Names are compared by hashes of 64 bits: of a thousand million addresses, one may be misread.
    What stands more than 2,000 bytes before the end of an address is not read.

    Examples
    --------
    >>> from hubscan.geocode import bundled
    >>> told = address_readings(
    ...     pd.Series(["Dept Phys, 77 Massachusetts Ave, Cambridge, MA 02139 USA"]),
    ...     pd.Series([""]),
    ...     bundled(),
    ...     large_population=500_000,
    ...     suburb_km=50.0,
    ...     suburb_in_region_km=400.0,
    ... )
    >>> told.distinct.loc[told.of_address, ["city", "region", "country"]].to_numpy().tolist()
    [['cambridge', 'Massachusetts', 'US']]
    """
    reader = reader_of(gazetteer)
    content, offsets = buffers(addresses)
    codes, spelled = pd.factorize(countries)
    known = reader.countries.get_indexer(pd.Index(spelled))
    known = np.where(known < 0, np.int64(FORMER), known)
    given = np.where(np.asarray(spelled == "", bool), np.int64(ANYWHERE), known)[codes]
    words, found = fresh(), np.empty((min(_CHUNK, len(given)), WIDTH), np.int32)
    names = reader.known._replace(
        limits=np.array([large_population, suburb_km, suburb_in_region_km], float)
    )
    distinct, of_address = _Distinct(), np.empty(len(given), np.int64)
    for first in range(0, len(given), _CHUNK):
        piece = slice(first, min(first + _CHUNK, len(given)))
        rows = found[: piece.stop - first]
        texts = (content, offsets[first : piece.stop + 1], given[piece])
        read(rows, words, texts, reader.alphabet, reader.vocabulary, names)
        distinct.number(rows, of_address[piece])
    every = distinct.rows[: distinct.count]
    region = every[:, 2]
    table = pd.DataFrame(
        {
            "city": _taken(reader.names, every[:, 0]),
            "region": _taken(pd.Index([row["name"] for row in reader.regions]), region),
            "country": _taken(reader.countries, every[:, 1]),
            "pin": every[:, 3].astype(np.int64),
            "way": pd.Series(WAYS, dtype="str").take(every[:, 4]).to_numpy(),
        }
    )
    texts_of = ["city", "region", "country", "way"]
    return Readings(of_address, table.astype(dict.fromkeys(texts_of, "str")))


def _taken(texts: pd.Index[str], rows: NDArray[np.int32]) -> NDArray[np.object_]:
    """Return the texts of some rows, empty where there is none."""
    with_none = np.append(texts.to_numpy(object), "")
    return with_none[np.where(rows < 0, len(texts), rows)]


class _Distinct:
    """Distinct readings, in the order in which they were first met; room for more is made."""

    def __init__(self) -> None:
        self.rows = np.empty((0, WIDTH), np.int32)
        self.count = 0
        self._slots = np.empty(0, np.int32)

    def number(self, found: NDArray[np.int32], numbers: NDArray[np.int64]) -> None:
        """Put down the number of each reading, new ones added."""
        needed = self.count + len(found)
        if needed > len(self.rows):
            rows = np.empty((2 * needed, WIDTH), np.int32)
            rows[: self.count] = self.rows[: self.count]
            self.rows = rows
            self._slots = np.full(1 << (4 * needed).bit_length(), -1, np.int32)
            place_rows(rows, self._slots, self.count)
        self.count = number_rows(found, numbers, self.rows, self._slots, self.count)
