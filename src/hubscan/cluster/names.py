"""Name clusters after their principal cities."""

from __future__ import annotations

import csv
import functools
import itertools
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import EditionError
from hubscan.proximity import PointTree
from hubscan.schema import MEMBERSHIP, NOISE, validated
from hubscan.sphere import arc_km, chord, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

LIST: Final = "; "
"""What stands between the items of a list in one text."""

_DASH: Final = "\u2013"
_NAMED: Final = ("cluster", "name", "cities", "latitude", "longitude")


class _Official(NamedTuple):
    """An official name and its cities: their names in one text, and where they lie."""

    name: str
    cities: str
    latitude: tuple[float, ...]
    longitude: tuple[float, ...]


@functools.cache
def official_names() -> pd.DataFrame:
    """
    Return the names of the clusters published in 2023 to 2025, and the cities they are made of.

    Returns
    -------
    official
        ``name``, ``economies`` (ISO alpha-2), ``cities``, ``geonameids``, ``latitudes``,
        ``longitudes``: all but the first are lists in one text, separated by semicolons. Newer
        lists first, each in the order of ranks.

    Examples
    --------
    >>> official_names().loc[1, ["cities", "geonameids"]].tolist()
    ['Tokyo; Yokohama', '1850147; 1848354']
    """
    file = resources.files(__package__).joinpath("official_names.csv")
    with file.open(encoding="utf-8") as lines:
        return pd.DataFrame(list(csv.DictReader(lines)))


def city_weights(
    membership: pd.DataFrame, cities: pd.DataFrame, *, reach_km: float
) -> pd.DataFrame:
    """
    Return the weight of the principal cities of each cluster.

    The weight of a place goes to the nearest city, and from a city to the one that serves it: in
    the same country, the city of greatest pull, population * (1 - distance / reach_km), where a
    city's pull on itself is its population. So a suburb or a ward counts for its principal city,
    whether its addresses are spread or all at its centre, while a city of its own right keeps what
    is its own. A city that is itself served passes on what it serves. A city whose own
    centre lies with another cluster serves none of this one's: Kawasaki counts for Tokyo only where
    both are in one cluster.

    Parameters
    ----------
    membership
        Table ``membership``.
    cities
        Cities of a gazetteer: ``geonameid``, ``name``, ``latitude``, ``longitude``, ``country``,
        ``population``.
    reach_km
        Distance at which a city's pull ends, kilometres; greater than 0.

    Returns
    -------
    city_weights
        One row a cluster and city: ``cluster``, ``geonameid``, ``name``, ``country``, ``latitude``,
        ``longitude``, ``weight``; clusters ascending, weights descending.

    Raises
    ------
    EditionError
        If the reach is not greater than 0.

    Examples
    --------
    >>> cities = pd.DataFrame(
    ...     {
    ...         "geonameid": [1, 2],
    ...         "name": ["Kyoto", "Uji"],
    ...         "latitude": [35.02, 34.88],
    ...         "longitude": [135.75, 135.80],
    ...         "country": ["JP", "JP"],
    ...         "population": [1_460_000, 190_000],
    ...     }
    ... )
    >>> membership = pd.DataFrame(
    ...     {
    ...         "place": [7],
    ...         "latitude": [34.88],
    ...         "longitude": [135.80],
    ...         "weight": [9.0],
    ...         "cluster": [1],
    ...         "core": [True],
    ...     }
    ... )
    >>> city_weights(membership, cities, reach_km=30.0)[["name", "weight"]].values.tolist()
    [['Kyoto', 9.0]]
    """
    if not reach_km > 0:
        msg = f"reach_km = {reach_km}: must be greater than 0"
        raise EditionError(msg)
    members = _members(membership)
    towns = cities.reset_index(drop=True)
    tree = PointTree(unit_vectors(towns["latitude"], towns["longitude"]))
    places = unit_vectors(members["latitude"], members["longitude"])
    nearest = tree.nearest(places)[1]
    served, by = _serving(np.unique(nearest), towns, tree, reach_km)
    # a city is looked up once, however many places it serves
    home = _cluster_at(towns.iloc[by], members)
    row = np.searchsorted(served, nearest)
    abroad = home[row] != members["cluster"].to_numpy()
    members["city"] = np.where(abroad, nearest, by[row])
    table = members.groupby(["cluster", "city"])["weight"].sum().reset_index()
    columns = ["geonameid", "name", "country", "latitude", "longitude"]
    table = table.join(towns[columns].astype({"country": "str"}), on="city")
    table = table.sort_values(
        ["cluster", "weight", "geonameid"], ascending=[True, False, True], ignore_index=True
    )
    return table[["cluster", *columns, "weight"]]


def _cluster_at(cities: pd.DataFrame, members: pd.DataFrame) -> NDArray[np.int64]:
    """Return the cluster of the member place nearest to each city."""
    _, rows = _tree(members).nearest(unit_vectors(cities["latitude"], cities["longitude"]))
    return members["cluster"].to_numpy(np.int64)[rows]


def _tree(members: pd.DataFrame) -> PointTree:
    """Return the tree of places."""
    return PointTree(unit_vectors(members["latitude"], members["longitude"]))


def _members(membership: pd.DataFrame) -> pd.DataFrame:
    """Return the places that belong to clusters, in an order that does not depend on the rows'."""
    table = validated(membership, MEMBERSHIP)
    return table[table["cluster"] != NOISE].sort_values("place", ignore_index=True)


def _serving(
    wanted: NDArray[np.int64], cities: pd.DataFrame, tree: PointTree, reach_km: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows of cities, ascending, and the rows of those that serve them in the end."""
    step: dict[int, int] = {}
    fresh = wanted
    while len(fresh):
        by = _one_step(fresh, cities, tree, reach_km)
        step |= dict(zip(fresh.tolist(), by.tolist(), strict=True))
        fresh = np.setdiff1d(by, np.fromiter(step, np.int64))
    ends = wanted.copy()
    while True:
        further = np.array([step[city] for city in ends.tolist()], np.int64)
        if np.array_equal(further, ends):
            return wanted, ends
        ends = further


def _one_step(
    rows: NDArray[np.int64], cities: pd.DataFrame, tree: PointTree, reach_km: float
) -> NDArray[np.int64]:
    """Return the city of greatest pull on each of some cities; the lowest id among equals."""
    country = pd.factorize(cities["country"])[0]
    population, geonameid = cities["population"].to_numpy(), cities["geonameid"].to_numpy()
    served, by, away = tree.within(tree.points[rows], chord(reach_km))
    pull = population[by] * (1.0 - arc_km(away) / reach_km)
    itself = by == rows[served]
    pull[itself] = population[by[itself]]
    home = country[by] == country[rows[served]]
    order = np.lexsort((geonameid[by], ~itself, -pull, served))
    order = order[home[order]]
    first = np.unique(served[order], return_index=True)[1]
    return np.asarray(by[order][first])


def official_matches(
    membership: pd.DataFrame, official: pd.DataFrame, *, within_km: float
) -> pd.DataFrame:
    """
    Return which official names could be given to which clusters.

    A name can be given to a cluster if each of the name's cities has a place of the cluster within
    ``within_km``.

    Parameters
    ----------
    membership
        Table ``membership``.
    official
        ``name``, ``cities``, ``latitudes``, ``longitudes``, as :func:`official_names`; and, where
        some of them come before all others, ``own`` (True for those).
    within_km
        Distance from a city, kilometres.

    Returns
    -------
    matches
        ``cluster``, ``name``, ``cities``, ``latitude``, ``longitude`` of the first city, and
        ``weight`` of the cluster's places within that distance of any of the cities; the user's
        own first, then the heaviest.

    Raises
    ------
    EditionError
        If the distance is negative.
    """
    if not within_km >= 0:
        msg = f"within_km = {within_km}: must be at least 0"
        raise EditionError(msg)
    members = _members(membership)
    tree = _tree(members)
    own = official["own"] if "own" in official else pd.Series(data=False, index=official.index)
    found = [
        (cluster, row.name, row.cities, row.latitude[0], row.longitude[0], weight, first)
        for row, first in zip(_rows(official), own.tolist(), strict=True)
        for cluster, weight in _holding(row, members, tree, within_km)
    ]
    table = pd.DataFrame(found, columns=[*_NAMED, "weight", "own"])
    table = table.sort_values(["own", "weight"], ascending=False, kind="stable", ignore_index=True)
    return table.drop(columns="own")


def _rows(official: pd.DataFrame) -> Iterator[_Official]:
    """Yield the official names with the coordinates of their cities."""
    columns = (official[name].tolist() for name in ("name", "cities", "latitudes", "longitudes"))
    for name, cities, latitudes, longitudes in zip(*columns, strict=True):
        latitude = tuple(float(item) for item in latitudes.split(LIST))
        longitude = tuple(float(item) for item in longitudes.split(LIST))
        yield _Official(name, cities, latitude, longitude)


def _holding(
    official: _Official, members: pd.DataFrame, tree: PointTree, within_km: float
) -> Iterator[tuple[int, float]]:
    """Yield the clusters near all cities of an official name, and their weight near any of them."""
    vectors = unit_vectors(official.latitude, official.longitude)
    found = tree.within(vectors, chord(within_km))
    near = [found.row[found.asked == city] for city in range(len(vectors))]
    cluster, weight = members["cluster"].to_numpy(), members["weight"].to_numpy()
    every = [np.unique(cluster[rows]) for rows in near]
    rows = functools.reduce(np.union1d, near)
    for number in functools.reduce(np.intersect1d, every).tolist():
        yield number, float(weight[rows][cluster[rows] == number].sum())


def cluster_names(
    weights: pd.DataFrame,
    matches: pd.DataFrame,
    *,
    max_cities: int,
    min_of_first: float,
    joiner: str,
) -> pd.DataFrame:
    """
    Return one name a cluster, and no name twice.

    A cluster that can bear an official name does, if it has at least ``min_of_first`` of the weight
    of its first city near the cities of that name; of several, the heaviest, each name once. Any
    other is named after its cities by descending weight: those with at least ``min_of_first`` of
    the first city's weight, at most ``max_cities``. Where two would be called the same, the lighter
    adds further cities, up to ``max_cities``; then its country; then a number.

    Parameters
    ----------
    weights
        From :func:`city_weights`.
    matches
        From :func:`official_matches`; empty to use no official names.
    max_cities
        At most so many cities in a name.
    min_of_first
        Part of the first city's weight that a further city needs, in [0, 1].
    joiner
        What stands between the cities of a name.

    Returns
    -------
    names
        ``cluster``, ``name``, ``cities`` (separated by semicolons), ``latitude`` and ``longitude``
        of the first of them; clusters ascending.

    Raises
    ------
    EditionError
        If a parameter is outside its domain.

    Examples
    --------
    >>> weights = pd.DataFrame(
    ...     {
    ...         "cluster": [1, 1, 2],
    ...         "geonameid": [10, 11, 12],
    ...         "name": ["Köln", "Bonn", "Köln"],
    ...         "country": ["DE", "DE", "XX"],
    ...         "latitude": [50.9, 50.7, 0.0],
    ...         "longitude": [7.0, 7.1, 0.0],
    ...         "weight": [8.0, 3.0, 5.0],
    ...     }
    ... )
    >>> none = pd.DataFrame(
    ...     columns=["cluster", "name", "cities", "latitude", "longitude", "weight"]
    ... )
    >>> cluster_names(weights, none, max_cities=3, min_of_first=0.25, joiner="-")["name"].tolist()
    ['Köln-Bonn', 'Köln']
    """
    if max_cities < 1 or not 0 <= min_of_first <= 1:
        found = f"max_cities = {max_cities}, min_of_first = {min_of_first}"
        msg = f"names: {found}: must be at least 1, and in [0, 1]"
        raise EditionError(msg)
    least = weights.groupby("cluster")["weight"].max() * min_of_first
    given = _given(matches[matches["weight"] >= matches["cluster"].map(least)], joiner)
    taken = set(given["name"])
    rows: list[tuple[int, str, str, float, float]] = []
    for cluster, cities in _by_weight(weights[~weights["cluster"].isin(given["cluster"])]):
        enough = int((cities["weight"] >= least[cluster]).sum())
        proposals = _proposals(cities, min(enough, max_cities), max_cities, joiner)
        name, count = next(proposal for proposal in proposals if proposal[0] not in taken)
        taken.add(name)
        first = cities.iloc[0]
        listed = LIST.join(cities["name"].iloc[:count])
        rows.append((cluster, name, listed, first["latitude"], first["longitude"]))
    table = pd.concat([given, pd.DataFrame(rows, columns=_NAMED)]) if rows else given
    return table.sort_values("cluster", ignore_index=True)


def _given(matches: pd.DataFrame, joiner: str) -> pd.DataFrame:
    """Return the official names given, the heaviest match first, each name and cluster once."""
    given: dict[int, int] = {}
    names: set[str] = set()
    pairs = zip(matches["cluster"].tolist(), matches["name"].tolist(), strict=True)
    for row, (cluster, name) in enumerate(pairs):
        if cluster not in given and name not in names:
            given[cluster] = row
            names.add(name)
    table = matches.iloc[list(given.values())][list(_NAMED)]
    return table.assign(name=table["name"].str.replace(_DASH, joiner, regex=False))


def _by_weight(weights: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    """Return the clusters and their cities, the heaviest cluster first."""
    total = weights.groupby("cluster")["weight"].sum()
    order = total.sort_index().sort_values(ascending=False, kind="stable").index.tolist()
    groups = {cluster: cities for (cluster,), cities in weights.groupby(["cluster"])}
    return [(cluster, groups[cluster]) for cluster in order]


def _proposals(
    cities: pd.DataFrame, enough: int, most: int, joiner: str
) -> Iterator[tuple[str, int]]:
    """Yield names of one cluster, best first, and the number of cities in each; without end."""
    names = cities["name"].tolist()
    for count in range(enough, max(enough, min(most, len(names))) + 1):
        yield joiner.join(names[:count]), count
    plain = f"{joiner.join(names[:enough])} ({cities['country'].iloc[0]})"
    yield plain, enough
    for number in itertools.count(2):
        yield f"{plain} {number}", enough
