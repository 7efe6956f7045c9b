"""Dense spots of the world: each cluster is one, or two that a narrow gap parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.sphere import unit_vectors
from hubscan.world.published import COVERED, INDICATORS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def named_cores(cores: pd.DataFrame, cities: pd.DataFrame, margins: pd.DataFrame) -> pd.DataFrame:
    """
    Return the principal cities of the clusters, with the gazetteer's names and places.

    Parameters
    ----------
    cores
        ``cluster``, ``part``, ``city``, ``geonameid``, ``country``, ``latitude``, ``longitude``,
        relative weights by indicator, ``seat``.
    cities
        Gazetteer: ``geonameid``, ``name``, ``latitude``, ``longitude``, ``country``, ``admin1``,
        ``population``. Cities it lacks keep the name and place of ``cores``.
    margins
        Clusters, with ``rank`` and ``cluster``.

    Returns
    -------
    cores
        In the order of rank and part (within a part, the order of ``cores``), with ``node``, the
        number of the part from 0, ``rank``, and ``region`` (state, United States only).

    Examples
    --------
    >>> import pandas as pd
    >>> cores = pd.DataFrame(
    ...     [("B", 1, "Bonn", 7, "DE", 50.7, 7.1), ("A", 1, "Ulm", 8, "DE", 48.4, 10.0)],
    ...     columns=["cluster", "part", "city", "geonameid", "country", "latitude", "longitude"],
    ... )
    >>> cities = cores.assign(name=["Bonn am Rhein", "Ulm"], admin1="01", population=1)
    >>> margins = pd.DataFrame({"rank": [1, 2], "cluster": ["A", "B"]})
    >>> named_cores(cores, cities, margins)[["node", "city"]].to_numpy().tolist()
    [[0, 'Ulm'], [1, 'Bonn am Rhein']]
    """
    known = cities.set_index("geonameid")[["name", "latitude", "longitude", "admin1"]]
    found = known.reindex(cores["geonameid"]).reset_index(drop=True)
    rank = cores["cluster"].map(margins.set_index("cluster")["rank"])
    american = cores["country"] == "US"
    table = cores.assign(
        city=found["name"].fillna(cores["city"]),
        latitude=found["latitude"].fillna(cores["latitude"]),
        longitude=found["longitude"].fillna(cores["longitude"]),
        region=found["admin1"].where(american, "").fillna(""),
        rank=rank,
    )
    table = table.sort_values(["rank", "part"], kind="stable", ignore_index=True)
    return table.assign(node=table.groupby(["rank", "part"]).ngroup())


def dense_nodes(cores: pd.DataFrame, margins: pd.DataFrame, growth: pd.DataFrame) -> pd.DataFrame:
    """
    Return one row for each dense spot, with the counts it shall have.

    Parameters
    ----------
    cores
        From :func:`named_cores`.
    margins
        Counts of the clusters in the 2025 windows.
    growth
        Yearly rates, a row for each of ``margins``.

    Returns
    -------
    nodes
        Indexed by ``node``: ``rank``, ``cluster``, ``part``, ``parts``; ``country``, ``latitude``,
        ``longitude`` of its first city; counts and rates (``growth_patents`` ...) by indicator;
        ``mass``, its world shares of patents and publications together.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.world.margins import cluster_margins, growth_rates
    >>> from hubscan.world.published import world_table
    >>> margins = cluster_margins()
    >>> cities = pd.DataFrame(
    ...     columns=["geonameid", "name", "latitude", "longitude", "admin1", "country"]
    ... )
    >>> cores = named_cores(world_table("cores"), cities, margins)
    >>> len(dense_nodes(cores, margins, growth_rates(margins)))
    246
    """
    weight = list(INDICATORS)
    whole = cores.groupby("rank")[weight].transform("sum")
    part = cores.assign(**(cores[weight] / whole)).groupby("node")[weight].sum()
    leading = cores[weight].sum(axis=1).groupby(cores["node"]).idxmax()
    nodes = cores.loc[leading].set_index("node")
    row = nodes["rank"].to_numpy() - 1
    kept = ["rank", "cluster", "part", "country", "latitude", "longitude"]
    counts = {name: margins[name].to_numpy()[row] * part[name] for name in INDICATORS}
    rates = {f"growth_{name}": growth[name].to_numpy()[row] for name in INDICATORS}
    nodes = nodes[kept].assign(**counts, **rates)
    mass = sum(nodes[name] / COVERED[name] for name in INDICATORS[:2])
    return nodes.assign(mass=mass, parts=nodes.groupby("rank")["part"].transform("max"))


def seats(cores: pd.DataFrame) -> pd.Series[int]:
    """
    Return the city of each cluster where its leading organisation sits.

    Parameters
    ----------
    cores
        From :func:`named_cores`, with ``seat`` 1 where it is known, else 0.

    Returns
    -------
    seats
        Position in ``cores`` by rank; the city with most publications if none is marked.

    Examples
    --------
    >>> import pandas as pd
    >>> cores = pd.DataFrame({"rank": [1, 1, 2], "publications": [9, 5, 7], "seat": [0, 1, 0]})
    >>> seats(cores).to_dict()
    {1: 1, 2: 2}
    """
    return (cores["publications"] + 1e9 * cores["seat"]).groupby(cores["rank"]).idxmax()


def vectors(table: pd.DataFrame) -> NDArray[np.float64]:
    """
    Return the unit vectors of the coordinates of a table.

    Parameters
    ----------
    table
        With ``latitude`` and ``longitude``, degrees.

    Returns
    -------
    vectors
        Array of shape (n, 3).

    Examples
    --------
    >>> import pandas as pd
    >>> vectors(pd.DataFrame({"latitude": [90.0], "longitude": [0.0]})).round(9)
    array([[0., 0., 1.]])
    """
    return unit_vectors(table["latitude"].to_numpy(float), table["longitude"].to_numpy(float))
