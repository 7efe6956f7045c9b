"""How sure a place is: the share of places found in the same way that were right, measured."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.geocode._listed import listed
from hubscan.sphere import coordinates

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW: Final = 20
"""Cases of the labelled sample below which a way of finding places is judged by others."""

SPELLINGS: Final = ("respelled", "territory")
"""First words of ways that may be judged as the same way without them."""


WORDS: Final = ("precision", "method", "economy", "rivals")
"""The columns of located localities that are texts."""


def as_texts(located: pd.DataFrame) -> pd.DataFrame:
    """
    Return located localities whose texts can be changed one by one.

    Parameters
    ----------
    located
        Table ``located_localities``; its texts may be categories.

    Returns
    -------
    located
        The same with plain texts.

    Examples
    --------
    >>> one = pd.DataFrame({"precision": pd.Categorical(["city"])})
    >>> as_texts(one)["precision"].dtype == "str"
    True
    """
    return located.astype({name: "str" for name in WORDS if name in located})


@functools.cache
def measured() -> pd.DataFrame:
    """
    Return how many places found in each way were right on a labelled sample.

    Returns
    -------
    measured
        ``method``, ``located`` (rows of the sample found so), ``right`` (of those, within 25 km).
        The sample is half of a registry of research organisations, chosen by a hash of their ids.
    """
    table = pd.DataFrame(listed("confidence"))
    return table.astype({"located": "int64", "right": "int64"})


def confidences(methods: pd.Series[str]) -> NDArray[np.float64]:
    r"""
    Return how likely the places found in some ways are within 25 km of the truth.

    :math:`(r + 1) / (n + 2)` of :math:`n` places of the labelled sample found in the same way,
    :math:`r` of them right (Laplace's rule). A way with fewer than 20 cases counts as all ways
    that begin alike (``organisation, ...``), and if those are few too, ``respelled`` and
    ``territory`` do not count (``respelled, unique`` as ``unique``). 1/2 if nothing is known.

    Parameters
    ----------
    methods
        Column ``method`` of ``located_localities``.

    Returns
    -------
    confidences
        In (0, 1).

    Examples
    --------
    >>> bool(confidences(pd.Series(["unique"]))[0] > 0.95)
    True
    >>> confidences(pd.Series(["by hearsay"])).tolist()
    [0.5]
    """
    number, distinct = pd.factorize(methods)
    return np.array([_confidence(method) for method in distinct], np.float64)[number]


@functools.cache
def _confidence(method: str) -> float:
    """Return the measured share of places found in a way that were right."""
    table = measured()
    same = table[table["method"] == method]
    if same["located"].sum() < FEW:
        first, _, rest = method.partition(", ")
        same = table[table["method"].str.startswith(f"{first}, ")] if rest else same
        if first in SPELLINGS and same["located"].sum() < FEW:
            return _confidence(rest)
    return float((same["right"].sum() + 1) / (same["located"].sum() + 2))


def with_confidence(located: pd.DataFrame) -> pd.DataFrame:
    """
    Return located localities with their coordinates and how sure they are.

    Parameters
    ----------
    located
        Table ``located_localities``.

    Returns
    -------
    located
        The same with ``latitude``, ``longitude`` (degrees) and ``confidence``, 0 where there is no
        place.
    """
    found = located["place"].notna().to_numpy(bool)
    latitude, longitude = coordinates(located["place"].fillna(0).to_numpy(np.int64))
    return located.assign(
        latitude=np.where(found, latitude, np.nan),
        longitude=np.where(found, longitude, np.nan),
        confidence=np.where(found, confidences(located["method"]), 0.0),
    )
