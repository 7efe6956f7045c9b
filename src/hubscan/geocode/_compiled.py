"""Compile the kernels that read addresses, and name the tables they read by."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_Function = TypeVar("_Function", bound="Callable[..., Any]")

PLAIN, CODE, ORGANISATION, STREET_AFTER, STREET_BEFORE, AFFIX, FILLER = range(7)
"""Kinds of words: postal codes and numbers; words of organisations; words that stand after or
before the name of a street; words for kinds of places; words that never are a name alone."""

NOTHING, AMONG, AS_REGION, IN_NAME, CONFLICT, AMID = range(6)
"""Where the city was found: nowhere; as a part of the address; as the name of a region or country;
in the name of an organisation; the address names another country than the one given; amid other
words of a part of the address."""

NOWHERE: Final = -1
ANYWHERE: Final = -1
FORMER: Final = -2
"""A country given that has no place in the gazetteer."""

NAME, COUNTRY, LETTERS, LAST, REGIONS, LAST_REGION = range(6)
"""What is known of a name."""

CITY, THERE, ADMIN1, PEOPLE, NORTH, EAST = range(6)
LARGE, SUBURB_KM, SUBURB_IN_REGION_KM = range(3)
"""What is known of a place."""

KIND, SEGMENT, BLOCKED, LOOKED_UP, HASH, NAMES = range(6)
"""What is noted of a word: its kind, its segment, whether it is part of the name of a street,
whether names that begin there were looked up; its hash; and those names, by number of words."""

LONGEST: Final = 7
"""Words in a name, at most."""

NO_HASH: Final = np.uint64(0)
"""Stands in tables of hashes where there is none."""

# arrays are only lent: counting who holds them would take a third of the time
_LENT: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_KERNEL: Final[dict[str, Any]] = {**_LENT, "cache": True, "no_cfunc_wrapper": True}
_STEP: Final[dict[str, Any]] = {**_LENT, "forceinline": True, "no_cpython_wrapper": True}
_SOURCES: Final = sha256(
    b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("_[a-z]*.py")))
).hexdigest()


class Alphabet(NamedTuple):
    """How characters fold: class, and where the folded bytes of each begin."""

    kind: NDArray[np.uint8]
    start: NDArray[np.int32]
    folded: NDArray[np.uint8]


class Vocabulary(NamedTuple):
    """The words that tell what a segment is, hashed, and those that are spelled out."""

    hashes: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    spelled: NDArray[np.uint64]


class Known(NamedTuple):
    """
    The names that addresses hold, and what they stand for.

    Few and wide tables, since every one that is handed on costs time. ``maybe`` has a bit for each
    hash of a name or its first words; ``slots`` the hash of each name and its row in ``rows``. In
    there, what is known of a name (``NAME``, its number in the gazetteer; ``COUNTRY``;
    ``LETTERS``; its regions, from ``REGIONS`` to before ``LAST_REGION``) is followed by its places,
    to before ``LAST``, the largest first: ``CITY``, ``THERE`` (country), ``ADMIN1``, ``PEOPLE``,
    ``NORTH`` and ``EAST`` (millionths of a degree). What is asked for most stands together: names
    of large cities come first. Of each region named: its row, its country and its number there. Of
    each country: the one it is a territory of. ``limits`` are the numbers by which is decided:
    ``LARGE`` (inhabitants), ``SUBURB_KM``, ``SUBURB_IN_REGION_KM``.
    """

    maybe: NDArray[np.uint64]
    slots: NDArray[np.uint64]
    rows: NDArray[np.int32]
    regions: NDArray[np.int64]
    whole: NDArray[np.int64]
    limits: NDArray[np.float64]


def inlined(function: _Function) -> _Function:
    """Return a step that is compiled into the kernels that call it."""
    return cast("_Function", njit(**_STEP)(function))


def compiled(function: _Function) -> _Function:
    """Return a function compiled on its first call, its machine code kept on disk."""
    kernel = njit(**_KERNEL)(function)
    # Numba keeps code for as long as the file of the kernel is the same, but steps and constants
    # from other files are compiled into it
    cache_file = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
    if cache_file is not None:
        cache_file._source_stamp = _SOURCES  # noqa: SLF001 - Numba has no public way to say so
        try:
            cache_file._load_index()  # noqa: SLF001 - as above
        except (AttributeError, ImportError):
            # kept by another version, with types that are no more
            cache_file.flush()
    return cast("_Function", kernel)
