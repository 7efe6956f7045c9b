"""People on the ground of clusters, against cells counted one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from hubscan.errors import InputError
from hubscan.footprint import Cells, RasterArray, footprints, population, population_raster
from hubscan.footprint._coverage import covered
from hubscan.sphere import coordinates, great_circle_km, place_keys

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul")  # raised inside rasterio
RULES = {"cell_rule": "centre", "overlap": "nearest"}
PLANAR = {"buffer_deg": 0.05, "buffer_shape": "planar_degrees"}
GEODESIC = {"buffer_deg": 0.05, "buffer_shape": "geodesic"}
STEP = 1 / 120


def members(latitude: ArrayLike, longitude: ArrayLike, cluster: ArrayLike = 1) -> pd.DataFrame:
    keys = place_keys(latitude, longitude)
    latitude, longitude = coordinates(keys)
    return pd.DataFrame(
        {"place": keys, "latitude": latitude, "longitude": longitude, "cluster": cluster}
    )


def grid(values: NDArray[np.float64], west: float, north: float) -> RasterArray:
    return RasterArray((Cells(values, (west, north), (STEP, STEP), "EPSG:4326"),))


def persons(membership: pd.DataFrame, people: Any, disc: dict, **rules: str) -> list[float]:  # noqa: ANN401 - raster, cities or none
    drawn = footprints(membership, **disc, outline="union")
    found = population(membership, drawn, people, **disc, **{**RULES, **rules})
    assert found["cluster"].tolist() == sorted(set(membership["cluster"]) - {-1})
    return found["population"].tolist()


def centres(shape: tuple[int, int], west: float, north: float) -> tuple[NDArray, NDArray]:
    latitude = north - STEP * (np.arange(shape[0]) + 0.5)
    longitude = west + STEP * (np.arange(shape[1]) + 0.5)
    return np.meshgrid(latitude, longitude, indexing="ij")


def two_crowds(seed: int, latitude: float) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    generator = np.random.default_rng(seed)
    at = np.concatenate([generator.normal((0.5, x), 0.09, (25, 2)) for x in (0.45, 0.7)])
    membership = members(latitude + at[:, 0], 10 + at[:, 1], np.repeat([2, 5], 25))
    return membership, np.round(generator.gamma(0.5, 900, (140, 160)), 3)


@pytest.mark.parametrize("latitude", [0.0, 52.0, -71.0])
@pytest.mark.parametrize("overlap", ["nearest", "both"])
def test_planar_discs_hold_the_cells_within_degrees(latitude: float, overlap: str) -> None:
    membership, values = two_crowds(1, latitude)
    north = latitude + 1.1
    y, x = (each.ravel() for each in centres(values.shape, 9.8, north))
    distance = np.array(
        [
            np.hypot(
                y[:, None] - own["latitude"].to_numpy(), x[:, None] - own["longitude"].to_numpy()
            ).min(axis=1)
            for _, own in membership.groupby("cluster")
        ]
    )
    inside = distance <= 0.05
    assert inside.all(axis=0).sum() > 20
    if overlap == "nearest":
        inside &= distance == distance.min(axis=0)
    expected = (inside * values.ravel()).sum(axis=1)
    found = persons(membership, grid(values, 9.8, north), PLANAR, overlap=overlap)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("latitude", [0.0, 60.0, 85.0])
def test_geodesic_discs_hold_the_cells_within_kilometres(latitude: float) -> None:
    membership, values = two_crowds(2, latitude)
    north = latitude + 1.1
    y, x = (each.ravel() for each in centres(values.shape, 9.8, north))
    distance = np.array(
        [
            great_circle_km(
                y[:, None], x[:, None], own["latitude"].to_numpy(), own["longitude"].to_numpy()
            ).min(axis=1)
            for _, own in membership.groupby("cluster")
        ]
    )
    inside = (distance <= np.pi * 6371.0088 * 0.05 / 180) & (distance == distance.min(axis=0))
    expected = (inside * values.ravel()).sum(axis=1)
    assert persons(membership, grid(values, 9.8, north), GEODESIC) == pytest.approx(expected)


@pytest.mark.parametrize("disc", [PLANAR, GEODESIC])
@pytest.mark.parametrize("rule", ["centre", "area_weighted"])
def test_the_antimeridian_divides_nobody(disc: dict, rule: str) -> None:
    membership = members([-17.0, -17.05], [179.98, -179.97])
    west = Cells(np.full((60, 40), 2.0), (-180.0, -16.8), (STEP, STEP), "EPSG:4326")
    # a raster of the whole Earth may run on by some columns and repeat the other side
    east = Cells(np.full((60, 42), 2.0), (180 - 40 * STEP, -16.8), (STEP, STEP), "EPSG:4326")
    across = persons(membership, RasterArray((west, east)), disc, cell_rule=rule)
    elsewhere = members([-17.0, -17.05], [19.98, 20.03])
    whole = persons(elsewhere, grid(np.full((60, 90), 2.0), 19.7, -16.8), disc, cell_rule=rule)
    assert across == pytest.approx(whole, rel=1e-9 if rule == "area_weighted" else 0.03)


def test_area_weights_of_one_person_a_cell_are_the_area() -> None:
    membership, values = two_crowds(3, 48.0)
    ones = np.ones_like(values)
    drawn = footprints(membership, **PLANAR, outline="union")
    both = persons(
        membership, grid(ones, 9.8, 49.1), PLANAR, cell_rule="area_weighted", overlap="both"
    )
    assert both == pytest.approx(shapely.area(drawn.geometry) / STEP**2, rel=1e-9)
    shared = persons(membership, grid(ones, 9.8, 49.1), PLANAR, cell_rule="area_weighted")
    assert sum(shared) == pytest.approx(shapely.union_all(drawn.geometry).area / STEP**2, rel=1e-9)
    assert all(np.array(shared) < np.array(both))


def test_people_of_disjoint_footprints_add_up() -> None:
    membership, values = two_crowds(4, 48.0)
    raster = grid(values, 9.8, 49.1)
    apart = persons(membership, raster, PLANAR)
    together = persons(membership.assign(cluster=1), raster, PLANAR)
    assert sum(apart) == pytest.approx(together[0], rel=1e-12)


def test_a_cluster_beyond_the_raster_has_no_known_population() -> None:
    membership = members([48.0, 48.0, 60.0], [10.0, 11.2, 10.0], [1, 1, 2])
    found = persons(membership, grid(np.ones((240, 240)), 9.0, 49.0), PLANAR)
    assert np.isnan(found).tolist() == [True, True]
    inside = membership.assign(cluster=[1, 3, 2])
    assert np.isnan(persons(inside, grid(np.ones((240, 240)), 9.0, 49.0), PLANAR)).tolist() == [
        False,
        True,
        True,
    ]


def test_cells_without_data_hold_nobody() -> None:
    values = np.ones((120, 120))
    values[:, 60:] = np.nan
    found = persons(members([48.0], [10.5]), grid(values, 10.0, 48.5), PLANAR)
    full = persons(members([48.0], [10.5]), grid(np.ones((120, 120)), 10.0, 48.5), PLANAR)
    assert found[0] == full[0] / 2


def test_without_a_source_the_population_is_missing() -> None:
    assert np.isnan(persons(members([1.0, 2.0], [3.0, 4.0], [1, 2]), None, PLANAR)).all()


@pytest.mark.parametrize(("overlap", "expected"), [("nearest", [107, 20]), ("both", [127, 20])])
def test_cities_count_whole_where_their_centre_lies(overlap: str, expected: list[int]) -> None:
    membership = members([0.0, 0.0], [-179.98, 179.94], [1, 2])
    cities = pd.DataFrame(
        {
            "latitude": [0.0, 0.0, 0.0, 1.0],
            # 0.02 from the first; 0.035 from the second and 0.045 from the first; 0.02; nowhere
            "longitude": [-179.96, 179.975, 180.0, 0.0],
            "population": [100, 20, 7, 5000],
        }
    )
    assert persons(membership, cities, PLANAR, overlap=overlap) == expected


@pytest.mark.parametrize("fault", ["missing", "empty"])
def test_bad_cities_are_refused(fault: str) -> None:
    cities = pd.DataFrame({"latitude": [0.0], "longitude": [0.0], "population": [np.nan]})
    if fault == "missing":
        cities = cities.drop(columns="population")
    with pytest.raises(InputError, match=r"footprint: cities: .* missing"):
        persons(members([0.0], [0.0]), cities, PLANAR)


def written(path: Path, values: NDArray, corner: tuple[float, float], **options: Any) -> Path:  # noqa: ANN401 - of rasterio
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:4326",
        "transform": from_origin(*corner, STEP, STEP),
        **options,
    }
    with rasterio.open(path, "w", **profile) as tile:
        tile.write(values, 1)
    return path


@pytest.mark.parametrize(
    ("kind", "nodata"), [("float64", -200.0), ("float32", np.nan), ("uint32", 4294967295)]
)
def test_files_are_read_by_their_own_mark_of_no_data(
    tmp_path: Path, kind: str, nodata: float
) -> None:
    membership, values = two_crowds(5, 48.0)
    whole = np.round(values)
    whole[60:70, 80:90] = np.nan
    marked = np.where(np.isnan(whole), nodata, whole).astype(kind)
    tiles = [
        written(tmp_path / "west.tif", marked[:, :70], (9.8, 49.1), nodata=nodata),
        written(tmp_path / "east.tif", marked[:, 70:], (9.8 + 70 * STEP, 49.1), nodata=nodata),
    ]
    found = persons(membership, population_raster(tiles), PLANAR)
    assert found == persons(membership, grid(whole, 9.8, 49.1), PLANAR)


def test_people_counted_twice_are_refused(tmp_path: Path) -> None:
    ones = np.ones((20, 20))
    tiles = [
        written(tmp_path / "a.tif", ones, (9.0, 49.0)),
        written(tmp_path / "b.tif", ones, (9.1, 49.0)),
    ]
    with pytest.raises(InputError, match=r"b\.tif: overlaps a\.tif"):
        population_raster(tiles)


def test_a_missing_mark_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", np.full((60, 60), -200.0), (9.8, 48.3))
    with pytest.raises(InputError, match="-200 persons in a cell"):
        persons(members([48.0], [10.0]), population_raster([path]), PLANAR)


def test_a_grid_without_straight_parallels_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", np.ones((5, 5)), (4e6, 3e6), crs="EPSG:3035")
    with pytest.raises(InputError, match="needed WGS84 or World Mollweide"):
        population_raster([path])


def test_what_is_no_raster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("people")
    with pytest.raises(InputError, match=r"a\.tif: can't be read as a raster"):
        population_raster([tmp_path / "a.tif"])


def test_covered_parts_are_those_of_intersections() -> None:
    generator = np.random.default_rng(8)
    for _ in range(30):
        points = shapely.points(generator.uniform(-1, 8, (6, 2)))
        shape = shapely.union_all(shapely.buffer(points, generator.uniform(0.1, 1.5, 6)))
        shape = shape.difference(shapely.Point(generator.uniform(0, 6, 2)).buffer(0.8))
        found = covered(shape, (5, 7))
        for row, column in np.ndindex(5, 7):
            cell = shapely.box(column, row, column + 1, row + 1)
            assert found[row, column] == pytest.approx(shape.intersection(cell).area, abs=1e-9)


@pytest.mark.parametrize(("parameter", "value"), [("cell_rule", "any"), ("overlap", "none")])
def test_unknown_rules_are_named(parameter: str, value: str) -> None:
    with pytest.raises(InputError, match=f"footprint: {parameter} = "):
        persons(members([0.0], [0.0]), None, PLANAR, **{parameter: value})
