"""Cities whose name leads back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.published import world_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DOMINANCE: Final = 6.0
"""How many times the inhabitants of its namesakes a city needs, to be the one that is meant."""

LEAST_PEOPLE: Final = 1_000
"""Inhabitants that a smaller place counts as."""


def findable_cities(cities: pd.DataFrame) -> pd.DataFrame:
    """
    Return a gazetteer with a mark on the cities that their name and country lead back to.

    In the United States a state is given with the city, elsewhere the country alone, so that of
    several cities of one name only one that is far more populous than the others can be meant.
    Names are compared without accents, case, spaces and marks. Cities that another place of the
    country also goes by, listed in ``shadowed.csv``, are not findable either.

    Parameters
    ----------
    cities
        ``geonameid``, ``name``, ``latitude``, ``longitude``, ``country``, ``admin1``,
        ``population``.

    Returns
    -------
    cities
        By ``geonameid``, with ``findable``.

    Examples
    --------
    >>> import pandas as pd
    >>> cities = pd.DataFrame(
    ...     {
    ...         "geonameid": [1, 2, 3, 4],
    ...         "name": ["Jena", "Jéna", "Ulm", "ulm"],
    ...         "country": "DE",
    ...         "admin1": "",
    ...         "population": [9_000, 100, 5_000, 4_000],
    ...     }
    ... )
    >>> findable_cities(cities)["findable"].tolist()
    [True, False, False, False]
    """
    text = ["name", "country", "admin1"]
    table = cities.sort_values("geonameid", ignore_index=True).astype(dict.fromkeys(text, "str"))
    state = table["admin1"].where(table["country"] == "US", "").fillna("")
    key = _plain(table["name"]) + "|" + state + "|" + table["country"]
    group = key.factorize()[0]
    people = np.maximum(table["population"].to_numpy(np.int64), LEAST_PEOPLE)
    first, second = _two_largest(group, people)
    alone = (people == first[group]) & (people >= DOMINANCE * second[group])
    clean = ~table["name"].str.contains(r'[;,|"(/]', regex=True).to_numpy()
    clear = ~table["geonameid"].isin(world_table("shadowed")["geonameid"]).to_numpy()
    return table.assign(findable=alone & clean & clear & (table["population"] > 0).to_numpy())


def _plain(names: pd.Series[str]) -> pd.Series[str]:
    """Return names without accents, case, spaces and marks."""
    bare = names.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    return bare.str.casefold().str.replace(r"[^a-z0-9]", "", regex=True)


def _two_largest(
    group: NDArray[np.int64], people: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the largest and the second largest number of each group (0 if it has one)."""
    order = np.lexsort((-people, group))
    start = np.flatnonzero(np.diff(group[order], prepend=-1))
    size = np.diff(np.append(start, len(order)))
    following = np.minimum(start + 1, len(order) - 1)
    return people[order[start]], np.where(size > 1, people[order[following]], 0)
