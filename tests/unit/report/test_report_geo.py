"""Footprints as files, read back by other software, and equal byte by byte."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from hubscan.footprint import footprints
from hubscan.report import geo
from hubscan.sphere import coordinates, place_keys

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"edition": "gii-2025", "attribution": "© somebody – 2025"}


@pytest.fixture(scope="module")
def clusters() -> gpd.GeoDataFrame:
    """Three footprints: a crowd, a ring with a hole, and one across the antimeridian."""
    generator = np.random.default_rng(1)
    crowd = generator.normal((48.0, 9.0), 0.1, (200, 2))
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.column_stack((35 + 0.2 * np.sin(angle), 139 + 0.2 * np.cos(angle)))
    across = np.array([[-17.0, 179.98], [-17.02, -179.99]])
    keys = place_keys(*np.concatenate([crowd, ring, across]).T)
    latitude, longitude = coordinates(keys)
    membership = pd.DataFrame(
        {
            "place": keys,
            "latitude": latitude,
            "longitude": longitude,
            "cluster": np.repeat([3, 1, 2], [200, 40, 2]),
        }
    )
    drawn = footprints(membership, buffer_deg=0.05, buffer_shape="planar_degrees", outline="union")
    names = ["Tokyo–Yokohama", 'a "quoted" name', None]
    columns = {"name": names, "total_share": [0.1, np.nan, 1 / 3]}
    return drawn.assign(**columns, change=pd.array([1, None, -2], dtype="Int64"))


def test_geojson_follows_rfc_7946(clusters: gpd.GeoDataFrame) -> None:
    text = geo.geojson_text(clusters, about=ABOUT)
    content = json.loads(text)
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    assert content["hubscan"] == ABOUT
    assert [feature["id"] for feature in content["features"]] == [1, 2, 3]
    first, second, third = (feature["properties"] for feature in content["features"])
    assert first == {
        "cluster": 1,
        "area_km2": clusters["area_km2"][0],
        "name": "Tokyo–Yokohama",
        "total_share": 0.1,
        "change": 1,
    }
    assert second["total_share"] is None
    assert second["change"] is None
    assert third["name"] is None
    assert content["features"][1]["geometry"]["type"] == "MultiPolygon"
    for feature in content["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid
        parts = shapely.get_parts(shape)
        assert shapely.is_ccw(shapely.get_exterior_ring(parts)).all()
        for part in parts:
            assert not any(shapely.is_ccw(ring) for ring in part.interiors)
        points = shapely.get_coordinates(shape)
        assert (np.abs(points) <= (180, 90)).all()
        assert (points == np.round(points, 5)).all()


def test_geojson_keeps_the_shapes_to_a_metre(clusters: gpd.GeoDataFrame) -> None:
    content = json.loads(geo.geojson_text(clusters, about=ABOUT))
    back = gpd.GeoDataFrame.from_features(content["features"])
    for before, after in zip(clusters.geometry, back.geometry, strict=True):
        assert shapely.hausdorff_distance(before, after) < 1.5e-5
        assert before.area == pytest.approx(after.area, rel=1e-4)
        assert shapely.get_num_geometries(before) == shapely.get_num_geometries(after)
    text = geo.geojson_text(clusters, about=ABOUT)
    assert "00000000" not in text.split('"geometry"')[1]


def test_geojson_is_read_by_gdal(clusters: gpd.GeoDataFrame, tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(geo.geojson_text(clusters, about=ABOUT), "utf-8")
    back = gpd.read_file(tmp_path / "a.geojson")
    assert back["name"].tolist()[:2] == clusters["name"].tolist()[:2]
    assert back.crs == "EPSG:4326"


def test_a_geopackage_holds_its_layers_and_styles(
    clusters: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    places = gpd.GeoDataFrame(
        {"place": [1, 2]}, geometry=gpd.points_from_xy([9.0, 10.0], [48.0, 49.0]), crs=4326
    )
    for name in ("a", "b"):
        geo.write_geopackage(
            {"clusters": clusters, "places": places},
            tmp_path / f"{name}.gpkg",
            about={"edition": "x"},
        )
    one, other = ((tmp_path / f"{name}.gpkg").read_bytes() for name in ("a", "b"))
    assert one == other
    back = gpd.read_file(tmp_path / "a.gpkg", layer="clusters")
    assert back.crs == "EPSG:4326"
    assert shapely.equals(back.geometry.array, clusters.geometry.array).all()
    assert len(gpd.read_file(tmp_path / "a.gpkg", layer="places")) == 2
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        dates = database.execute("select distinct last_change from gpkg_contents").fetchall()
        styles = database.execute("select f_table_name, styleQML from layer_styles").fetchall()
    assert dates == [("2000-01-01T00:00:00.000Z",)]
    assert dict(styles)["clusters"].startswith("<!DOCTYPE qgis")
    assert "SimpleMarker" in dict(styles)["places"]


def test_geoparquet_is_1_1_with_boxes_and_what_it_is_about(
    clusters: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        geo.write_geoparquet(clusters, tmp_path / f"{name}.parquet", about=ABOUT)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    metadata = pq.read_schema(tmp_path / "a.parquet").metadata
    described = json.loads(metadata[b"geo"])
    assert described["version"] == "1.1.0"
    assert described["columns"]["geometry"]["encoding"] == "WKB"
    assert described["columns"]["geometry"]["covering"]["bbox"]
    assert json.loads(metadata[b"hubscan"]) == ABOUT
    back = gpd.read_parquet(tmp_path / "a.parquet")
    assert shapely.equals_identical(back.geometry.array, clusters.geometry.array).all()
