"""Codes of states and provinces at the end of names, as the reports of some years print them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.sphere import unit_vectors

SUFFIXED: Final = {"none": (), "us": ("US",), "us_ca": ("US", "CA")}
"""The countries whose names end with a state, by ``state_suffix``."""

_PROVINCES: Final = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON",
    "09": "PE", "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
"""Postal codes of Canadian provinces, by their GeoNames code."""


def with_states(clusters: pd.DataFrame, cities: pd.DataFrame, *, state_suffix: str) -> pd.DataFrame:
    """
    Return clusters whose names end with the state or province of their last city.

    Parameters
    ----------
    clusters
        ``name``, ``cities`` (separated by semicolons), ``latitude``, ``longitude``.
    cities
        Cities of a gazetteer: ``name``, ``latitude``, ``longitude``, ``country``, ``admin1``.
    state_suffix
        ``"none"``; ``"us"``: names in the United States; ``"us_ca"``: and in Canada.

    Returns
    -------
    clusters
        The same table.

    Raises
    ------
    InputError
        If ``state_suffix`` is not known.

    Examples
    --------
    >>> cities = {"name": ["Cambridge"] * 2, "latitude": [52.2, 42.4], "longitude": [0.1, -71.1]}
    >>> cities = pd.DataFrame(cities | {"country": ["GB", "US"], "admin1": ["ENG", "MA"]})
    >>> told = {"name": ["Boston–Cambridge"], "cities": ["Boston; Cambridge"]}
    >>> told = pd.DataFrame(told | {"latitude": [42.36], "longitude": [-71.06]})
    >>> with_states(told, cities, state_suffix="us")["name"].item()
    'Boston–Cambridge, MA'
    """
    if state_suffix not in SUFFIXED:
        msg = f"names: state_suffix = {state_suffix!r}: must be one of {', '.join(SUFFIXED)}"
        raise InputError(msg)
    if not SUFFIXED[state_suffix]:
        return clusters
    last = clusters["cities"].str.split("; ").str[-1]
    same = cities[cities["name"].isin(set(last))]
    states = [
        _state(same[same["name"] == name], vector, SUFFIXED[state_suffix])
        for name, vector in zip(
            last, unit_vectors(clusters["latitude"], clusters["longitude"]), strict=True
        )
    ]
    return clusters.assign(name=clusters["name"] + pd.Series(states, clusters.index, dtype="str"))


def _state(cities: pd.DataFrame, centre: np.ndarray, countries: tuple[str, ...]) -> str:
    """Return what to add to a name whose last city is the nearest of its namesakes."""
    if not len(cities):
        return ""
    vectors = unit_vectors(cities["latitude"], cities["longitude"])
    nearest = cities.iloc[int(np.argmax(vectors @ centre))]
    if str(nearest["country"]) not in countries:
        return ""
    code = str(nearest["admin1"])
    return f", {_PROVINCES.get(code, code)}" if code else ""
