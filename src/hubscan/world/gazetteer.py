"""Cities whose name leads back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def findable_cities(cities: pd.DataFrame) -> pd.DataFrame:
    """
    Return a gazetteer with a mark on the cities that their name and country lead back to.

    In the United States a state is given with the city, elsewhere the country alone, so that of
    several cities of one name only the most populous can be meant.

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
    ...         "geonameid": [1, 2, 3],
    ...         "name": ["Jena", "jena", "Ulm"],
    ...         "country": "DE",
    ...         "admin1": ["15", "01", "01"],
    ...         "population": [9, 1, 5],
    ...     }
    ... )
    >>> findable_cities(cities)["findable"].tolist()
    [True, False, True]
    """
    table = cities.sort_values("geonameid", ignore_index=True)
    state = table["admin1"].where(table["country"] == "US", "").fillna("")
    key = table["name"].str.casefold() + "|" + state + "|" + table["country"]
    leading = table.assign(key=key).sort_values("population", ascending=False, kind="stable")
    findable = _first_of_each(leading["key"].to_numpy(), leading.index.to_numpy())
    clean = ~table["name"].str.contains(r"[;,|\"]", regex=True).to_numpy()
    return table.assign(findable=findable & clean & (table["population"] > 0).to_numpy())


def _first_of_each(keys: NDArray[np.object_], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return, by row, whether it is the first with its key."""
    codes = {key: row for key, row in zip(keys[::-1], rows[::-1], strict=True)}
    first = np.zeros(len(rows), bool)
    first[list(codes.values())] = True
    return first
