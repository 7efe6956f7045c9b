from __future__ import annotations

import re
from importlib import resources
from itertools import combinations
from typing import TYPE_CHECKING

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from matplotlib import _pylab_helpers
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

import hubscan.cluster
import hubscan.reference
from hubscan.errors import InputError
from hubscan.report import basemap, map_key, maps
from hubscan.report.plane import Plane, region_plane, world_plane

if TYPE_CHECKING:
    from pathlib import Path

BANDS = (25, 50, 75, 100)
TEXTS = {
    "title": "Innovation clusters of the world, 2025",
    "subtitle": "Demonstration · Synthetic data: modelled documents on published margins",
    "caption": " ".join(["Data: the published tables of the Global Innovation Index 2025."] * 6),
}


@pytest.fixture(scope="module")
def clusters() -> gpd.GeoDataFrame:
    """Return the hundred published clusters of 2025, at their published cities."""
    names = pd.read_csv(resources.files(hubscan.cluster) / "official_names.csv")
    table = pd.read_csv(
        resources.files(hubscan.reference) / "gii" / "clusters_2025_appendix_table2.csv"
    ).merge(names, left_on="cluster", right_on="name", validate="one_to_one")
    latitude, longitude = (
        [np.mean([float(part) for part in text.split(";")]) for text in table[column].astype(str)]
        for column in ("latitudes", "longitudes")
    )
    columns = {
        "cluster": np.arange(1, 101),
        "rank": table["rank"],
        "name": table["name"],
        "latitude": latitude,
        "longitude": longitude,
        "total_share": table["total_share"] / 100.0,
    }
    ground = shapely.buffer(shapely.points(longitude, latitude), 0.3, quad_segs=4)
    return gpd.GeoDataFrame(columns, geometry=ground, crs=4326)


@pytest.fixture(scope="module")
def noise() -> pd.DataFrame:
    random = np.random.default_rng(3)
    latitude, longitude = random.uniform(-50, 70, 3000), random.uniform(-180, 180, 3000)
    return pd.DataFrame(
        {"latitude": latitude.round(1), "longitude": longitude.round(1), "addresses": 5}
    )


@pytest.fixture(scope="module")
def world(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> mpl.figure.Figure:
    return maps.world_map(clusters, noise, **TEXTS, rank_bands=BANDS, labelled=30)


def boxes_of_texts(figure: mpl.figure.Figure) -> dict[str, shapely.Polygon]:
    """Return what matplotlib itself says each text covers, points."""
    with mpl.rc_context({"figure.dpi": 72}):
        renderer = FigureCanvasAgg(figure).get_renderer()
        scale = 72.0 / figure.dpi
        boxes = {}
        for place, text in enumerate(figure.axes[0].texts):
            box = text.get_window_extent(renderer)
            boxes[f"{place} {text.get_text()}"] = shapely.box(
                box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale
            )
    return boxes


def words(figure: mpl.figure.Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


# the base map


def test_the_base_map_is_small_and_valid() -> None:
    packed = resources.files("hubscan.report").joinpath("basemap.json.gz").read_bytes()
    assert len(packed) < 400_000
    ground = basemap.base_map()
    assert shapely.is_valid(ground.land).all()
    assert (shapely.get_type_id(ground.borders) == shapely.GeometryType.LINESTRING).all()


def test_land_covers_as_much_as_the_land_of_the_earth() -> None:
    # 148.9 million km2 (CIA World Factbook); the base map counts lakes as land
    globe = pyproj.Geod(ellps="WGS84")
    area_km2 = sum(
        abs(globe.geometry_area_perimeter(part)[0]) / 1e6 for part in basemap.base_map().land
    )
    assert area_km2 == pytest.approx(148.9e6, rel=0.02)


@pytest.mark.parametrize(
    ("latitude", "longitude", "dry"),
    [
        (48.86, 2.35, True),
        (35.7, 139.5, True),
        (-1.29, 36.82, True),
        (-33.9, 151.0, True),
        (66.0, 188.0, True),  # Chukotka, beyond the antimeridian
        (-17.8, 178.0, True),  # Fiji
        (0.0, -30.0, False),
        (42.0, 51.0, False),  # the Caspian
        (0.0, 185.0, False),
        (-45.0, 80.0, False),
    ],
)
def test_land_and_sea_are_where_they_are(latitude: float, longitude: float, *, dry: bool) -> None:
    assert shapely.intersects_xy(basemap.base_map().land, longitude, latitude).any() == dry


def test_no_line_jumps_across_the_map() -> None:
    ground = basemap.base_map()
    for shape in (*ground.land, *ground.borders):
        for line in shapely.get_rings(shape) if shape.geom_type == "Polygon" else [shape]:
            points = shapely.get_coordinates(line)
            steps = np.abs(np.diff(points, axis=0))
            assert (steps[points[:-1, 1] > -60.0, 0] < 15.0).all()


def test_the_border_of_49_degrees_north_is_drawn() -> None:
    here = shapely.Point(-110.0, 49.0)
    assert shapely.distance(basemap.base_map().borders, here).min() < 0.02


def test_around_keeps_area_whichever_turn_shapes_are_written_in() -> None:
    box = np.array([shapely.box(-10, 0, 10, 5), shapely.box(350, 0, 370, 5)])
    parts = basemap.around(box, extent=(-180.0, -90.0, 180.0, 90.0))
    assert shapely.area(parts).tolist() == pytest.approx([100.0, 100.0])
    assert shapely.equals(parts[0], parts[1])


# the planes


def equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    """Return Equal Earth on a sphere as published (Savric, Patterson, Jenny 2018), metres."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = np.arcsin(np.sqrt(3.0) / 2.0 * np.sin(np.radians(latitude)))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    x = 2.0 * np.sqrt(3.0) * np.radians(longitude) * np.cos(t) / (3.0 * slope)
    y = a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t
    return 6_371_008.8 * x, 6_371_008.8 * y


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0, 0), (48.9, 2.3), (-33.9, 151.2), (40.7, -74.0), (70, 178)]
)
def test_the_world_is_in_equal_earth(latitude: float, longitude: float) -> None:
    found = world_plane().points(np.array([latitude]), np.array([longitude]))[0]
    assert found == pytest.approx(equal_earth(latitude, longitude - 11.0), abs=0.5)


def test_east_of_the_bering_strait_is_in_the_west() -> None:
    plane = world_plane()
    x = plane.points(np.array([66.0, 66.0]), np.array([-170.0, -168.0]))[:, 0]
    assert x[0] > 0.0 > x[1]


def test_the_edges_of_the_world_are_on_the_map() -> None:
    latitude = np.linspace(-57.9, 83.9, 400)
    for longitude in (-169.0, 190.9999, -169.0001):
        found = world_plane().points(latitude, np.full(400, longitude))
        assert not np.isnan(found).any()


def test_the_antarctic_is_off_the_map() -> None:
    assert np.isnan(world_plane().points(np.array([-77.8]), np.array([166.7]))).all()


REGIONS = {
    "East Asia": (100.0, 18.0, 146.0, 46.0),
    "North America": (-125.0, 25.0, -68.0, 50.0),
    "Europe": (-11.0, 36.0, 32.0, 61.0),
    "Pacific": (165.0, -45.0, -150.0, -10.0),
}


@pytest.mark.parametrize("extent", REGIONS.values(), ids=REGIONS)
@pytest.mark.parametrize("aspect", [0.8, 2.3])
def test_a_region_shows_its_whole_extent(
    extent: tuple[float, float, float, float], aspect: float
) -> None:
    west, south, east, north = extent
    plane = region_plane(extent, aspect=aspect)
    left, bottom, right, top = plane.bounds
    assert (right - left) / (top - bottom) == pytest.approx(aspect)
    across = np.linspace(west, east + (360.0 if east < west else 0.0), 30)
    for latitude in (south, (south + north) / 2, north):
        inside = plane.points(np.full(30, latitude) - 1e-9 * np.sign(latitude), across)
        assert not np.isnan(inside[2:-2]).any()


def test_a_region_keeps_areas() -> None:
    plane: Plane = region_plane(REGIONS["Europe"], aspect=1.5)
    bern = shapely.box(7.0, 46.5, 8.0, 47.0)
    flat = plane.shapes(np.array([bern]))[0].area
    radius = 6_371_008.8
    band = np.sin(np.radians(47.0)) - np.sin(np.radians(46.5))
    assert flat == pytest.approx(radius**2 * np.radians(1.0) * band, rel=1e-4)


def test_a_region_over_the_antimeridian_shows_both_sides() -> None:
    plane = region_plane(REGIONS["Pacific"], aspect=1.5)
    flat = plane.points(np.array([-36.8, -13.8]), np.array([174.8, -171.8]))
    assert flat[0, 0] < flat[1, 0]
    away = np.hypot(*(flat[0] - flat[1])) / 1000.0
    _, _, metres = pyproj.Geod("+a=6371008.8 +b=6371008.8").inv(174.8, -36.8, -171.8, -13.8)
    assert away == pytest.approx(metres / 1000.0, rel=0.05)


@pytest.mark.parametrize(
    "extent", [(0, 10, 10, 5), (0, 0, 0, 10), (-90, -20, 90, 20), (0, 80, 10, 95)]
)
def test_an_extent_that_is_none_is_refused(extent: tuple[float, float, float, float]) -> None:
    with pytest.raises(InputError, match="extent"):
        region_plane(extent, aspect=1.5)


# the key


def lightness(colour: str) -> float:
    """Return CIE L* of a colour."""
    shade = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(shade <= 0.04045, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116.0 * float(np.cbrt(luminance)) - 16.0


def test_bands_are_told_apart_by_lightness_alone() -> None:
    steps = [lightness(colour) for colour in map_key.palette(4)]
    assert np.diff(steps).min() > 15.0


def test_more_bands_than_colours_still_ascend() -> None:
    steps = [lightness(colour) for colour in map_key.palette(7)]
    assert len(set(map_key.palette(7))) == 7
    assert np.diff(steps).min() > 4.0


def test_numbers_read_on_the_sea() -> None:
    def luminance(colour: str) -> float:
        return ((lightness(colour) + 16.0) / 116.0) ** 3

    for colour in map_key.number_colours([*map_key.palette(4), map_key.BEYOND]):
        assert (luminance("#e6ecef") + 0.05) / (luminance(colour) + 0.05) > 4.5


# the world map


def test_no_text_covers_another_and_none_is_cut_off(world: mpl.figure.Figure) -> None:
    boxes = boxes_of_texts(world)
    assert len(boxes) > 70
    page = shapely.box(0.0, 0.0, 1152.0, 648.0)
    assert [text for text, box in boxes.items() if not page.contains(box)] == []
    overlaps = [
        (one, other)
        for (one, first), (other, second) in combinations(boxes.items(), 2)
        if first.intersection(second).area > 0.5
    ]
    assert overlaps == []


def test_the_leading_clusters_are_named_with_their_ranks(
    world: mpl.figure.Figure, clusters: gpd.GeoDataFrame
) -> None:
    written = words(world)
    for rank, name in zip(clusters["rank"][:30], clusters["name"][:30], strict=True):
        at = written.index(name)
        assert written[at - 1] == str(rank)
    assert not set(clusters["name"][30:]) & set(written)
    assert not any("No room" in text for text in written)


def circles_of(figure: mpl.figure.Figure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return centres, radii and fills of the circles of clusters, points."""
    drawn = next(layer for layer in figure.axes[0].collections if layer.get_zorder() == 7)
    rows = slice(1, None, 2)
    radii = np.sqrt(drawn.get_sizes()[rows]) / 2.0
    return np.asarray(drawn.get_offsets())[rows], radii, drawn.get_facecolors()[rows]


def test_no_name_covers_the_circle_of_a_named_cluster(world: mpl.figure.Figure) -> None:
    centres, radii, _ = circles_of(world)
    discs = shapely.buffer(shapely.points(centres), radii)
    named = discs[np.argsort(-radii, kind="stable")[:20]]
    numbers = {str(rank) for rank in range(1, 31)}
    for text, box in boxes_of_texts(world).items():
        if text.split(" ", 1)[1] in numbers and box.bounds[1] > 100.0:
            assert shapely.area(shapely.intersection(named, box)).max() < 1.0


def test_circles_grow_in_area_with_the_share(
    world: mpl.figure.Figure, clusters: gpd.GeoDataFrame
) -> None:
    _, radii, fills = circles_of(world)
    share = np.sort(clusters["total_share"].to_numpy())[::-1]
    large = share > share[0] * (map_key.SMALLEST / radii[0]) ** 2
    assert (radii[large] ** 2 / radii[0] ** 2) == pytest.approx(share[large] / share[0])
    first = np.asarray(mpl.colors.to_rgb(map_key.palette(4)[0]))
    assert (np.abs(fills[:, :3] - first).max(axis=1) < 0.01).sum() == 25


def test_clusters_beyond_the_last_band_are_small_and_pale(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame
) -> None:
    figure = maps.world_map(clusters, noise, **TEXTS, rank_bands=(10, 20), labelled=5)
    _, radii, fills = circles_of(figure)
    pale = np.abs(fills[:, :3] - mpl.colors.to_rgb(map_key.BEYOND)).max(axis=1) < 0.01
    assert pale.sum() == 80
    assert (radii[pale] == map_key.SMALLEST).all()
    assert "21 and beyond" in words(figure)


def test_a_synthetic_world_says_so_twice(world: mpl.figure.Figure) -> None:
    assert "SYNTHETIC DATA" in words(world)
    assert TEXTS["subtitle"] in words(world)


def test_a_real_world_wears_no_tag(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> None:
    texts = {**TEXTS, "subtitle": "Documents of 2019-2024"}
    figure = maps.world_map(clusters[:3], noise, **texts, rank_bands=BANDS, labelled=3)
    assert "SYNTHETIC DATA" not in words(figure)


def test_the_caption_names_the_base_map_and_disclaims_its_borders(
    world: mpl.figure.Figure,
) -> None:
    written = " ".join(words(world))
    assert "Natural Earth" in written
    assert "no opinion" in written


def test_what_lies_beyond_the_edges_is_counted(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame
) -> None:
    south = pd.DataFrame({"latitude": [-77.8], "longitude": [166.7], "addresses": [9]})
    figure = maps.world_map(
        clusters[:3], pd.concat([noise, south]), **TEXTS, rank_bands=BANDS, labelled=3
    )
    assert "Beyond the edges: 1 place." in " ".join(words(figure))


def test_names_without_room_are_listed_by_rank(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame
) -> None:
    crowd = clusters.assign(latitude=35.0, longitude=135.0, name="A name so long it needs the sea")
    figure = maps.world_map(crowd, noise, **TEXTS, rank_bands=BANDS, labelled=24)
    written = words(figure)
    named = written.count("A name so long it needs the sea")
    first = next(at for at, text in enumerate(written) if text.startswith("No room for"))
    listed = re.findall(r"\d+", " ".join(written[first : written.index("Rank")]))
    assert 10 < named < 24
    assert len(listed) == 24 - named


def test_an_empty_world_is_still_a_map(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> None:
    figure = maps.world_map(clusters[:0], noise[:0], **TEXTS, rank_bands=BANDS, labelled=30)
    assert TEXTS["title"] in words(figure)


def test_a_dollar_in_a_name_is_a_dollar(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> None:
    rich = clusters[:1].assign(name="$_{x}$ & <Co>")
    figure = maps.world_map(rich, noise, **TEXTS, rank_bands=BANDS, labelled=1)
    assert "$_{x}$ & <Co>" in words(figure)


# regions


@pytest.mark.parametrize("region", ["East Asia", "North America", "Europe"])
def test_regions_are_as_tidy_as_the_world(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame, region: str
) -> None:
    figure = maps.region_map(
        clusters, noise, extent=REGIONS[region], **TEXTS, rank_bands=BANDS, labelled=25
    )
    boxes = boxes_of_texts(figure)
    assert any("km" in text for text in boxes)
    page = shapely.box(0.0, 0.0, 1152.0, 648.0)
    assert all(page.contains(box) for box in boxes.values())
    for (one, first), (other, second) in combinations(boxes.items(), 2):
        assert first.intersection(second).area < 0.5, (one, other)


def test_a_region_names_its_own_best(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> None:
    figure = maps.region_map(
        clusters, noise, extent=REGIONS["Europe"], **TEXTS, rank_bands=BANDS, labelled=2
    )
    assert {"London", "Paris"} < set(words(figure))
    assert "Beijing" not in words(figure)
    assert "Munich" not in words(figure)


# files


def content(figure: mpl.figure.Figure, path: Path) -> bytes:
    maps.save(figure, path)
    return path.read_bytes()


@pytest.mark.parametrize("form", ["png", "svg"])
def test_equal_tables_in_any_order_give_equal_files(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame, tmp_path: Path, form: str
) -> None:
    look = {**TEXTS, "rank_bands": BANDS, "labelled": 8}
    first = maps.world_map(clusters[:30], noise, **look)
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": None, "savefig.dpi": 50}):
        second = maps.world_map(
            clusters[:30].sample(frac=1, random_state=1),
            noise.sample(frac=1, random_state=2),
            **look,
        )
        again = content(second, tmp_path / f"b.{form}")
    assert content(first, tmp_path / f"a.{form}") == again
    assert content(first, tmp_path / f"c.{form}") == again


def test_an_image_has_3200_by_1800_dots(world: mpl.figure.Figure, tmp_path: Path) -> None:
    maps.save(world, tmp_path / "world.png")
    with Image.open(tmp_path / "world.png") as image:
        assert image.size == (3200, 1800)
        assert image.convert("RGB").getpixel((2, 2)) == (255, 254, 251)
        assert "Software" not in image.info


def test_a_vector_file_is_small_and_undated(world: mpl.figure.Figure, tmp_path: Path) -> None:
    text = content(world, tmp_path / "world.svg")
    assert len(text) < 2_000_000
    assert b"dc:date" not in text
    assert b"<image" in text  # the grey dots alone are an image


def test_a_file_of_another_kind_is_refused(world: mpl.figure.Figure, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must end in one of"):
        maps.save(world, tmp_path / "world.bmp")


def test_figures_leave_no_global_state(world: mpl.figure.Figure) -> None:
    assert isinstance(world.canvas, FigureCanvasAgg)
    assert not _pylab_helpers.Gcf.figs


# what is refused


def test_missing_columns_are_named(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="map: clusters: columns rank, name are missing"):
        maps.world_map(
            clusters.drop(columns=["rank", "name"]), noise, **TEXTS, rank_bands=BANDS, labelled=3
        )


@pytest.mark.parametrize(
    ("column", "value"),
    [("latitude", 91.0), ("longitude", np.nan), ("total_share", -0.1), ("rank", 0)],
)
def test_values_off_the_globe_are_refused(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame, column: str, value: float
) -> None:
    wrong = clusters[:5].copy()
    wrong[column] = wrong[column].astype(float)
    wrong.loc[wrong.index[2], column] = value
    with pytest.raises(InputError, match=f"map: clusters: {column} = .* in row 3"):
        maps.world_map(wrong, noise, **TEXTS, rank_bands=BANDS, labelled=3)


def test_footprints_in_metres_are_refused(clusters: gpd.GeoDataFrame, noise: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"must be EPSG:4326"):
        maps.world_map(clusters.to_crs(3857), noise, **TEXTS, rank_bands=BANDS, labelled=3)


def test_a_cluster_without_a_footprint_is_drawn_all_the_same(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame
) -> None:
    bare = clusters[:2].copy()
    bare.geometry = [None, shapely.Polygon()]
    figure = maps.world_map(bare, noise, **TEXTS, rank_bands=BANDS, labelled=2)
    assert len(circles_of(figure)[0]) == 2


@pytest.mark.parametrize("bands", [(), (25, 25), (50, 25), (0, 25)])
def test_bands_must_ascend(
    clusters: gpd.GeoDataFrame, noise: pd.DataFrame, bands: tuple[int, ...]
) -> None:
    with pytest.raises(InputError, match="rank_bands"):
        maps.world_map(clusters, noise, **TEXTS, rank_bands=bands, labelled=3)
