"""
Innovation clusters with pandas, scikit-learn and geopandas, as an analyst would write it today.

The same rules as the edition gii-2025 with a threshold in shares, in the tools that are at hand for
each step. Geocoding is lent: a table of distinct city, region and country with their coordinates
stands for a gazetteer that is ready to be joined. Nothing here comes from hubscan.
"""

from __future__ import annotations

from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.mask import mask
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import DBSCAN
from sklearn.neighbors import BallTree

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EARTH_KM: Final = 6371.0088
RADIUS_KM: Final = 15.0
MIN_SHARE: Final = 0.0010705104812492715
BUFFER_DEG: Final = 0.05
MAX_GAP_KM: Final = 5.0
YEARS: Final = {"patents": (2020, 2024), "publications": (2019, 2023), "deals": (2019, 2023)}
ARTICLE: Final = "article"
NOT_VENTURE: Final = ("accelerator", "debt")
SCIENCE: Final = ("Life Sciences & Biomedicine", "Physical Sciences", "Technology")
LOCALITY: Final = ["city", "region", "country"]
DOCUMENT: Final = ["indicator", "document_id"]
NOISE: Final = -1


def read_files(world: Path, pattern: str, columns: list[str]) -> pd.DataFrame:
    """Return the rows of all Parquet files of a pattern."""
    files = sorted(world.glob(pattern))
    rows = pd.concat([pd.read_parquet(file, columns=columns) for file in files], ignore_index=True)
    # a missing text is an empty one; categories differ between files, and are of no use then
    texts = rows.columns.intersection(LOCALITY)
    return rows.assign(**{name: rows[name].astype("str").fillna("") for name in texts})


def wanted_articles(world: Path, subjects: pd.DataFrame) -> pd.Series[int]:
    """Return the articles of the window with a subject of science or technology, or with none."""
    names = ["document_id", "year", "type", "subjects"]
    papers = read_files(world, "publications/documents-*.parquet", names)
    papers = papers[papers["year"].between(*YEARS["publications"]) & (papers["type"] == ARTICLE)]
    known = subjects.set_index(subjects["subject"].str.casefold())["area"].isin(SCIENCE)
    lists = papers["subjects"].astype("str").fillna("")
    single = lists.drop_duplicates().str.split(";").explode().str.strip().str.casefold()
    science = (single == "") | single.map(known).fillna(value=True).astype(bool)
    wanted = science.groupby(level=0).any()
    return papers.loc[lists.map(dict(zip(lists[wanted.index], wanted, strict=True))), "document_id"]


def addresses(world: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return the addresses of all documents of the windows and types, the three kinds together."""
    deals = read_files(world, "deals/*.parquet", ["document_id", "year", *LOCALITY, "deal_type"])
    venture = deals["year"].between(*YEARS["deals"]) & ~deals["deal_type"].isin(NOT_VENTURE)
    filed = read_files(world, "patents/documents-*.parquet", ["document_id", "year"])
    filed = filed[filed["year"].between(*YEARS["patents"])]
    inventors = read_files(
        world,
        "patents/addresses-*.parquet",
        ["document_id", *LOCALITY, "latitude", "longitude"],
    )
    authors = read_files(world, "publications/addresses-*.parquet", ["document_id", *LOCALITY])
    parts = {
        "patents": inventors[inventors["document_id"].isin(filed["document_id"])],
        "publications": authors[authors["document_id"].isin(wanted_articles(world, subjects))],
        "deals": deals.loc[venture, ["document_id", *LOCALITY]],
    }
    every = pd.concat([part.assign(indicator=name) for name, part in parts.items()])
    every["indicator"] = every["indicator"].astype("category")
    return every.reset_index(drop=True)


def geocoded(addresses: pd.DataFrame, gazetteer: pd.DataFrame) -> pd.DataFrame:
    """Return the addresses that have coordinates, of their own or of their city."""
    joined = addresses.merge(gazetteer, on=LOCALITY, how="left", suffixes=("", "_city"))
    for axis in ("latitude", "longitude"):
        joined[axis] = joined[axis].fillna(joined[f"{axis}_city"]).round(6)
    located = joined.loc[joined["latitude"].notna(), [*DOCUMENT, "latitude", "longitude"]]
    located["place"] = located.groupby(["latitude", "longitude"], sort=False).ngroup()
    located["n"] = located.groupby(DOCUMENT, observed=True)["place"].transform("size")
    return located.reset_index(drop=True)


def places(located: pd.DataFrame) -> pd.DataFrame:
    """Return the places with inventors or authors, and their weight in author-scaled inventors."""
    shaping = located[located["indicator"] != "deals"]
    listed = shaping.groupby(["place", "indicator"], observed=True).size().unstack(fill_value=0)  # noqa: PD010 - of a grouped series, not a pivot
    where = shaping.drop_duplicates("place").set_index("place")[["latitude", "longitude"]]
    inventors, authors = int(listed["patents"].sum()), int(listed["publications"].sum())
    weight = listed["patents"] * authors + listed["publications"] * inventors
    table = where.join(weight.rename("weight")).reset_index()
    return table.assign(threshold=ceil(MIN_SHARE * inventors * authors))


def clusters(places: pd.DataFrame) -> pd.DataFrame:
    """Return the places with their density cluster; a border place goes with the nearest core."""
    radians = np.radians(places[["latitude", "longitude"]].to_numpy())
    found = DBSCAN(
        eps=RADIUS_KM / EARTH_KM,
        min_samples=int(places["threshold"].iloc[0]),
        metric="haversine",
        algorithm="ball_tree",
    ).fit(radians, sample_weight=places["weight"].to_numpy(float))
    labels, core = found.labels_.copy(), found.core_sample_indices_
    border = np.setdiff1d(np.flatnonzero(labels >= 0), core)
    if len(border):
        tree = BallTree(radians[core], metric="haversine")
        labels[border] = labels[core[tree.query(radians[border], return_distance=False)[:, 0]]]
    return places.assign(cluster=labels)


def linked(located: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Return how many documents join each two clusters; all noise is one."""
    cluster = located["place"].map(clusters.set_index("place")["cluster"])
    documents = located[DOCUMENT].assign(cluster=cluster.fillna(NOISE).astype(np.int32))
    documents = documents.drop_duplicates()
    pairs = documents.merge(documents, on=DOCUMENT)
    pairs = pairs[pairs["cluster_x"] < pairs["cluster_y"]]
    keys = ["indicator", "cluster_x", "cluster_y"]
    return pairs.groupby(keys, observed=True).size().rename("links").reset_index()


def ties(links: pd.DataFrame, number: int) -> NDArray[np.float64]:
    """Return the tie of each two clusters as a share of the world's links; noise comes last."""
    share = links["links"] / links.groupby("indicator", observed=True)["links"].transform("sum")
    strength = np.zeros((number + 1, number + 1))
    np.add.at(strength, (links["cluster_x"], links["cluster_y"]), share)
    return strength + strength.T


def near_pairs(clusters: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the pairs of clusters with places no further apart than the largest gap."""
    found = []
    members = dict(list(clusters[clusters["cluster"] != NOISE].groupby("cluster")))
    boxes = {k: (m["latitude"].min(), m["latitude"].max()) for k, m in members.items()}
    margin = np.degrees(MAX_GAP_KM / EARTH_KM)
    radians = {k: np.radians(m[["latitude", "longitude"]].to_numpy()) for k, m in members.items()}
    trees = {k: BallTree(sites, metric="haversine") for k, sites in radians.items()}
    for a, b in combinations(sorted(members), 2):
        if max(boxes[a][0], boxes[b][0]) > min(boxes[a][1], boxes[b][1]) + margin:
            continue
        middle = radians[b][:1]
        if trees[a].query(middle)[0][0, 0] > 1000.0 / EARTH_KM:
            continue  # no cluster is a thousand kilometres long
        few, many = sorted((a, b), key=lambda k: len(radians[k]))
        if trees[many].query(radians[few])[0].min() * EARTH_KM <= MAX_GAP_KM:
            found.append((a, b))
    return found


def merged(clusters: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the places with clusters that are near and tied above all to each other made one."""
    number = int(clusters["cluster"].max()) + 1
    tie = ties(links, number)
    joined = []
    for a, b in near_pairs(clusters):
        rivals = max(np.delete(tie[a], [a, b]).max(), np.delete(tie[b], [a, b]).max())
        if tie[a, b] > rivals:
            joined.append((a, b))
    a, b = np.array(joined, int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(number, number))
    _, into = connected_components(graph, directed=False)
    inside = clusters["cluster"] != NOISE
    cluster = clusters["cluster"].where(~inside, into[clusters["cluster"]])
    return clusters.assign(cluster=cluster)


def points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table of coordinates with points, in plain degrees as the rule wants them."""
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["longitude"], table["latitude"])
    )


def footprints(members: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the union of the discs around the places of each cluster."""
    inside = points(members.loc[members["cluster"] != NOISE])
    discs = inside[["cluster", "geometry"]].set_geometry(inside.buffer(BUFFER_DEG))
    ground = discs.dissolve("cluster").set_crs("EPSG:4326").reset_index()
    return ground.assign(area_km2=ground.to_crs("EPSG:6933").area / 1e6)


def population(footprints: gpd.GeoDataFrame, world: Path) -> pd.DataFrame:
    """Return the people in the raster cells whose centre lies in each footprint."""
    people = []
    with rasterio.open(world / "population.tif") as raster:
        for shape in footprints.geometry:
            cells, _ = mask(raster, [shape], crop=True, filled=False)
            people.append(float(cells.filled(0.0).sum(dtype=np.float64)))
    return pd.DataFrame({"cluster": footprints["cluster"], "population": people})


def with_deals(located: pd.DataFrame, members: pd.DataFrame) -> pd.Series[int]:
    """Return the cluster of every address; of a deal, that of the nearest place within reach."""
    cluster = located["place"].map(members.set_index("place")["cluster"])
    cluster = cluster.fillna(NOISE).astype(np.int64)
    deals = points(located.loc[located["indicator"] == "deals", ["latitude", "longitude"]])
    inside = points(members[members["cluster"] != NOISE])[["cluster", "geometry"]]
    nearest = gpd.sjoin_nearest(deals, inside, max_distance=BUFFER_DEG)["cluster"]
    cluster[deals.index] = NOISE
    found = nearest.groupby(level=0).min()
    cluster[found.index] = found
    return cluster


def ranking(located: pd.DataFrame, members: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Return the clusters by their share of the world's documents, best first."""
    fraction = located.assign(cluster=with_deals(located, members), share=1.0 / located["n"])
    keys = ["cluster", "indicator"]
    counts = fraction.groupby(keys, observed=True)["share"].sum().unstack(fill_value=0.0)  # noqa: PD010 - of a grouped series, not a pivot
    world: Any = located.drop_duplicates(DOCUMENT)["indicator"].value_counts()
    counts = counts.drop(index=NOISE, errors="ignore").reindex(population["cluster"]).fillna(0.0)
    table = counts.assign(total_share=sum(counts[name] / world[name] for name in YEARS))
    table = table.join(population.set_index("cluster"))
    table["rank"] = table["total_share"].rank(method="min", ascending=False).astype(int)
    return table.sort_values(["rank"]).reset_index()
