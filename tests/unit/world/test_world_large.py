"""A tenth of the world: every cluster is found, and its counts are the published ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan import world as synthetic
from hubscan.cluster.density import density_clusters
from hubscan.edition import load_edition
from hubscan.geocode import bundled
from hubscan.geocode.match import located_localities
from hubscan.sphere import coordinates, place_keys
from hubscan.world.published import COVERED, DENSITY_SHARE

if TYPE_CHECKING:
    import pyarrow as pa

    from hubscan.world import World

SCALE = 0.1

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tenth(cities: pd.DataFrame) -> World:
    return synthetic.world(cities, scale=SCALE, seed=1)


@pytest.fixture(scope="module")
def located(tenth: World) -> dict[str, pd.DataFrame]:
    """Return the located addresses of the 2025 windows, of every type; texts by the geocoder."""
    parts: dict[str, list[pd.DataFrame]] = {"patents": [], "publications": [], "deals": []}
    years = {"patents": range(2020, 2025), "publications": range(2019, 2024)}
    for path, table in synthetic.world_tables(tenth, raw_addresses=False):
        kind, _, year = path.removesuffix(".parquet").partition("-")
        name, _, what = kind.partition("/")
        if what == "addresses" and int(year) in years[name]:
            parts[name].append(_coordinates(table))
        if name == "deals":
            parts[name].append(_coordinates(_counted(table)))
    return {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}


def _counted(deals: pa.Table) -> pa.Table:
    """Return the deals that count in 2025."""
    table = deals.to_pandas()
    kept = table["year"].between(2019, 2023) & ~table["deal_type"].isin(["accelerator", "debt"])
    return deals.filter(kept.to_numpy())


def _coordinates(table: pa.Table) -> pd.DataFrame:
    """Return document, place and number of located addresses of the rows that can be located."""
    if "latitude" in table.column_names:
        rows = table.select(["document_id", "latitude", "longitude"]).to_pandas().dropna()
    else:
        rows = _geocoded(table.select(["document_id", "city", "region", "country"]).to_pandas())
    size = rows.groupby("document_id")["document_id"].transform("size")
    keys = place_keys(rows["latitude"], rows["longitude"])
    return pd.DataFrame({"document_id": rows["document_id"], "place": keys, "size": size})


def _geocoded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the coordinates that the geocoder finds for their texts."""
    text = rows[["city", "region", "country"]].astype("str").fillna("").replace("nan", "")
    distinct = text.drop_duplicates().reset_index(drop=True)
    distinct.insert(0, "locality", np.arange(len(distinct)))
    found = located_localities(distinct, bundled(), **load_edition("gii-2025").geocode.rules)
    where = bundled().cities.set_index("geonameid")[["latitude", "longitude"]]
    where = where.reindex(found["geonameid"].fillna(-1).astype(np.int64)).reset_index(drop=True)
    keyed = pd.concat((distinct.reset_index(drop=True), where), axis=1).drop(columns="locality")
    at = text.merge(keyed, how="left", on=["city", "region", "country"])
    return rows.assign(
        latitude=at["latitude"].to_numpy(), longitude=at["longitude"].to_numpy()
    ).dropna(subset=["latitude"])


def test_every_cluster_is_found_with_its_counts(
    tenth: World, located: dict[str, pd.DataFrame]
) -> None:
    shaping = [located["patents"], located["publications"]]
    weight = pd.concat([p["place"].value_counts(normalize=True) for p in shaping], axis=1)
    weight = weight.fillna(0.0).sum(axis=1).sort_index()
    fixed = np.rint(weight.to_numpy() * 1e12).astype(np.int64)
    latitude, longitude = coordinates(weight.index)
    found = density_clusters(
        latitude, longitude, fixed, radius_km=15.0, min_weight=round(DENSITY_SHARE * 1e12),
        border_rule="nearest_core", include_self=True,
    )  # fmt: skip
    label = pd.Series(found.labels, index=weight.index)
    assert label.max() + 1 == 246

    core = tenth.truth[tenth.truth["kind"] == "core"]
    at = label.reindex(place_keys(core["latitude"], core["longitude"])).to_numpy()
    areas = pd.Series(at, core.index).groupby(core["node"]).agg(["min", "max"])
    assert (areas["min"] == areas["max"]).all()
    assert areas["min"].is_unique
    rank = pd.Series(core["rank"].to_numpy(), at).groupby(level=0).first()

    total = pd.Series(0.0, tenth.margins["rank"])
    for name, rows in located.items():
        count = (1.0 / rows["size"]).groupby(label.reindex(rows["place"]).map(rank).to_numpy())
        got = count.sum().reindex(total.index, fill_value=0.0)
        extra = 1.04 if name == "publications" else 1.0  # types are not filtered here
        wanted = tenth.margins.set_index("rank")[name] * SCALE * extra
        tolerance = {"patents": 2.0, "publications": 0.02 * wanted + 12.0, "deals": 1.0}[name]
        assert ((got - wanted).abs() <= tolerance).all(), name
        total = total + got / COVERED[name] / SCALE / extra
    ranking = total.rank(ascending=False)
    assert ranking[:10].tolist() == list(range(1, 11))
    assert (
        ranking[:100].corr(pd.Series(ranking.index[:100], ranking.index[:100]), "spearman") > 0.995
    )
