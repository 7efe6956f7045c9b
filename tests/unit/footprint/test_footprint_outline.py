"""Footprints against areas worked out by hand and polygons drawn by other means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from hubscan.errors import InputError
from hubscan.footprint import area_km2, footprints
from hubscan.footprint._trace import traced
from hubscan.sphere import EARTH_RADIUS_KM, coordinates, place_keys

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

GEOD = Geod(ellps="WGS84")
SHAPES = ("planar_degrees", "geodesic")
OUTLINES = ("union", "mask")


def members(latitude: ArrayLike, longitude: ArrayLike, cluster: ArrayLike = 1) -> pd.DataFrame:
    keys = place_keys(latitude, longitude)
    latitude, longitude = coordinates(keys)
    return pd.DataFrame(
        {"place": keys, "latitude": latitude, "longitude": longitude, "cluster": cluster}
    )


def crowd(seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    centres = generator.normal(0, 0.25, (8, 2))
    at = centres[generator.integers(8, size=400)] + generator.normal(0, 0.04, (400, 2))
    return members(48.0 + at[:, 0], 9.0 + at[:, 1])


@pytest.mark.parametrize("outline", OUTLINES)
@pytest.mark.parametrize("latitude", [0.0, 35.68, -60.0])
def test_a_planar_disc_is_a_circle_of_degrees(latitude: float, outline: str) -> None:
    drawn = footprints(
        members([latitude], [20.0]), buffer_deg=0.05, buffer_shape="planar_degrees", outline=outline
    )
    circle = np.pi * 0.05**2
    assert drawn.geometry[0].area == pytest.approx(circle, rel=2e-3)
    # a square degree there, on the ellipsoid, by a library of geodesics
    low, high = latitude - 0.5, latitude + 0.5
    square = GEOD.geometry_area_perimeter(shapely.segmentize(shapely.box(20, low, 21, high), 0.01))
    expected = circle * square[0] / 1e6
    assert drawn["area_km2"][0] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("outline", OUTLINES)
@pytest.mark.parametrize("latitude", [0.0, 60.0, -85.0, 89.97, -90.0])
def test_a_geodesic_disc_is_as_large_everywhere(latitude: float, outline: str) -> None:
    drawn = footprints(
        members([latitude], [179.99]), buffer_deg=0.05, buffer_shape="geodesic", outline=outline
    )
    cap = 2 * np.pi * EARTH_RADIUS_KM**2 * (1 - np.cos(np.radians(0.05)))
    # the ellipsoid's degrees differ from the sphere's by at most 0.7 %, and its areas by 1.3 %
    assert drawn["area_km2"][0] == pytest.approx(cap, rel=0.015)
    assert drawn.geometry[0].is_valid
    west, south, east, north = drawn.geometry[0].bounds
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("outline", OUTLINES)
def test_a_disc_across_the_antimeridian_has_two_parts_of_the_same_area(
    shape: str, outline: str
) -> None:
    options = {"buffer_deg": 0.05, "buffer_shape": shape, "outline": outline}
    across = footprints(members([-17.0], [179.98]), **options)
    elsewhere = footprints(members([-17.0], [20.0]), **options)
    west, east = sorted(across.geometry[0].geoms, key=lambda part: part.bounds[0])
    assert west.bounds[0] == -180.0
    assert east.bounds[2] == 180.0
    assert west.area < east.area
    assert across["area_km2"][0] == pytest.approx(elsewhere["area_km2"][0], rel=1e-3)


def test_the_union_is_what_geos_makes_of_all_buffers() -> None:
    membership = crowd(1)
    drawn = footprints(membership, buffer_deg=0.05, buffer_shape="planar_degrees", outline="union")
    points = shapely.points(membership["longitude"], membership["latitude"])
    inner = shapely.union_all(shapely.buffer(points, 0.05, quad_segs=64))
    outer = shapely.union_all(shapely.buffer(points, 0.05 * 1.0014, quad_segs=64))
    assert drawn.geometry[0].covers(inner)
    assert outer.covers(drawn.geometry[0])


@pytest.mark.parametrize("longitude", [9.0, 179.9])
def test_a_ring_of_places_keeps_its_hole_and_a_filled_one_has_none(longitude: float) -> None:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = 47 + 0.2 * np.sin(angle), longitude + 0.2 * np.cos(angle)
    shift = (ring[1] + 180) % 360 - 180
    options = {"buffer_deg": 0.05, "buffer_shape": "planar_degrees", "outline": "union"}
    open_ring = footprints(members(ring[0], shift), **options)
    assert open_ring.geometry[0].area == pytest.approx(np.pi * (0.25**2 - 0.15**2), rel=0.03)
    across, up = np.meshgrid(np.arange(-0.2, 0.21, 0.02), np.arange(-0.2, 0.21, 0.02))
    inside = across**2 + up**2 < 0.19**2
    filled = members(
        np.r_[ring[0], 47 + up[inside]],
        np.r_[shift, (longitude + across[inside] + 180) % 360 - 180],
    )
    full = footprints(filled, **options)
    assert full.geometry[0].area == pytest.approx(np.pi * 0.25**2, rel=0.03)
    assert sum(len(part.interiors) for part in full.geometry[0].geoms) == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_mask_and_union_agree_to_half_a_cell_on_the_outline(shape: str) -> None:
    membership = crowd(2)
    union, mask = (
        footprints(membership, buffer_deg=0.05, buffer_shape=shape, outline=outline)
        for outline in OUTLINES
    )
    assert mask.geometry[0].is_valid
    assert mask["area_km2"][0] == pytest.approx(union["area_km2"][0], rel=2e-3)
    assert mask.geometry[0].buffer(0.002).covers(union.geometry[0])
    assert union.geometry[0].buffer(0.0011).covers(mask.geometry[0])


def test_noise_covers_nothing_and_clusters_ascend() -> None:
    membership = pd.concat([crowd(3).assign(cluster=2), members([1.0, 50.0], [1.0, 9.0], [-1, 1])])
    drawn = footprints(membership, buffer_deg=0.05, buffer_shape="geodesic", outline="union")
    assert drawn["cluster"].tolist() == [1, 2]
    assert list(drawn.columns) == ["cluster", "geometry", "area_km2"]
    assert {shape.geom_type for shape in drawn["geometry"]} == {"MultiPolygon"}
    polygons = shapely.get_parts(np.array(drawn.geometry))
    rings = shapely.get_rings(polygons)
    shells = shapely.get_exterior_ring(polygons)
    assert shapely.is_ccw(shells).all()
    assert len(rings) >= len(shells)


def test_nothing_has_no_footprint() -> None:
    drawn = footprints(
        crowd(4).assign(cluster=-1), buffer_deg=0.05, buffer_shape="geodesic", outline="union"
    )
    assert len(drawn) == 0
    assert list(drawn.columns) == ["cluster", "geometry", "area_km2"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("buffer_deg", 0.0),
        ("buffer_deg", float("nan")),
        ("buffer_deg", 60.0),
        ("buffer_shape", "square"),
        ("outline", "hull"),
    ],
)
def test_bad_parameters_are_named(parameter: str, value: object) -> None:
    good = {"buffer_deg": 0.05, "buffer_shape": "geodesic", "outline": "union"}
    with pytest.raises(InputError, match=f"footprint: {parameter} = "):
        footprints(crowd(5), **{**good, parameter: value})


def test_a_grid_too_coarse_for_the_discs_is_refused() -> None:
    with pytest.raises(InputError, match=r"at least 0\.002"):
        footprints(crowd(5), buffer_deg=0.001, buffer_shape="geodesic", outline="mask")


def test_members_without_coordinates_are_refused() -> None:
    lost = crowd(5).assign(latitude=np.nan)
    with pytest.raises(InputError, match="without coordinates"):
        footprints(lost, buffer_deg=0.05, buffer_shape="geodesic", outline="union")


def test_areas_are_those_of_geodesics_for_fine_shapes() -> None:
    generator = np.random.default_rng(6)
    for _ in range(20):
        centre = generator.uniform(-170, 170), generator.uniform(-80, 80)
        shape = shapely.Point(centre).buffer(generator.uniform(0.01, 5), quad_segs=200)
        shape = shape.difference(shape.centroid.buffer(0.005))
        expected = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6
        assert area_km2(shape) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_traced_cells_are_the_cells(share: float) -> None:
    generator = np.random.default_rng(7)
    for _ in range(60):
        inside = generator.random(tuple(generator.integers(1, 14, 2))) < share
        polygons = [shapely.Polygon(shell, holes) for shell, holes in traced(inside)]
        if not polygons:
            assert not inside.any()
            continue
        outline = shapely.multipolygons(polygons)
        cells = [shapely.box(x, y, x + 1, y + 1) for y, x in np.argwhere(inside)]
        assert outline.is_valid
        assert outline.area == inside.sum()
        assert shapely.equals(outline, shapely.union_all(cells))
