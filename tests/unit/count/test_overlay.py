"""Laying places over clusters: every boundary against plain geometry, ties, edges of the map."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from hubscan.count import overlay_assignment
from hubscan.errors import InputError
from hubscan.sphere import coordinates, great_circle_km, place_keys

KM_PER_DEGREE = 111.195
OPTIONS: dict[str, Any] = {
    "vc_boundary": "footprint",
    "buffer_deg": 0.05,
    "buffer_shape": "planar_degrees",
    "radius_km": 15.0,
}


def members(*rows: tuple[float, float, int]) -> pd.DataFrame:
    latitude, longitude, cluster = zip(*rows, strict=True)
    return pd.DataFrame({"place": place_keys(latitude, longitude), "cluster": cluster})


def overlaid(
    seats: list[tuple[float, float]], membership: pd.DataFrame, **changes: object
) -> list[int]:
    """Return the cluster of each seat, in the order given."""
    keys = place_keys(*zip(*seats, strict=True))
    found = overlay_assignment(pd.DataFrame({"place": keys}), membership, **(OPTIONS | changes))
    clusters: list[int] = found.set_index("place")["cluster"].loc[keys].tolist()
    return clusters


def test_a_planar_disc_is_closed_and_narrows_on_the_ground() -> None:
    oslo = members((60.0, 10.0, 1))
    seats = [(60.05, 10.0), (60.050001, 10.0), (60.0, 10.05), (60.0, 10.050001), (60.03, 10.04)]
    assert overlaid(seats, oslo) == [1, -1, 1, -1, 1]
    # on the ground a twentieth of a degree of longitude is half as far at 60 degrees north
    east = [(60.0, 10.099), (60.0, 10.101), (60.0499, 10.0), (60.0501, 10.0)]
    assert overlaid(east, oslo, buffer_shape="geodesic") == [1, -1, 1, -1]


def test_a_radius_is_in_kilometres() -> None:
    seats = [(0.0, 14.9 / KM_PER_DEGREE), (0.0, 15.1 / KM_PER_DEGREE)]
    assert overlaid(seats, members((0.0, 0.0, 4)), vc_boundary="radius") == [4, -1]


@pytest.mark.parametrize("boundary", ["footprint", "radius"])
@pytest.mark.parametrize("shape", ["planar_degrees", "geodesic"])
def test_discs_cross_the_antimeridian(boundary: str, shape: str) -> None:
    west = members((0.0, -179.99, 1), (0.0, 179.9, 2))
    found = overlaid([(0.0, 179.99), (0.0, 180.0)], west, vc_boundary=boundary, buffer_shape=shape)
    assert found == [1, 1]


def test_the_nearest_member_decides_and_then_the_lower_id() -> None:
    pair = members((0.0, 0.0, 7), (0.0, 0.04, 3), (0.0, 0.08, 5))
    assert overlaid([(0.0, 0.019999), (0.0, 0.02), (0.0, 0.020001)], pair) == [7, 3, 3]
    ring = members((0.03, 0.0, 9), (-0.03, 0.0, 4), (0.0, 0.03, 8), (0.0, -0.03, 6))
    assert overlaid([(0.0, 0.0)], ring) == [4]
    assert overlaid([(0.0, 0.0)], ring, buffer_shape="geodesic") == [4]
    # outside every disc, nearness counts for nothing
    assert overlaid([(0.0, 0.2)], ring) == [-1]


def test_noise_places_have_no_boundary() -> None:
    assert overlaid([(0.0, 0.0)], members((0.0, 0.0, -1), (9.0, 9.0, 1))) == [-1]


def test_repeated_seats_and_empty_tables() -> None:
    one = members((0.0, 0.0, 1))
    twice = pd.DataFrame({"place": np.repeat(one["place"], 2)})
    assert overlay_assignment(twice, one, **OPTIONS).to_numpy().tolist() == [
        [one["place"].item(), 1]
    ]
    for boundary in ("footprint", "hull", "radius"):
        options = OPTIONS | {"vc_boundary": boundary}
        assert overlay_assignment(one[:0], one, **options).empty
        assert overlay_assignment(one, one[:0], **options)["cluster"].tolist() == [-1]


def test_a_hull_contains_what_lies_between_its_places() -> None:
    square = members((1.0, 179.0, 1), (1.0, -179.0, 1), (-1.0, 179.0, 1), (-1.0, -179.0, 1))
    inside, outside = [(0.0, 180.0), (0.9, 179.1)], [(0.0, 178.9), (1.1, 180.0)]
    assert overlaid(inside + outside, square, vc_boundary="hull") == [1, 1, -1, -1]
    pole = members((89.0, 0.0, 2), (89.0, 120.0, 2), (89.0, -120.0, 2))
    assert overlaid([(90.0, 0.0), (89.2, 60.0)], pole, vc_boundary="hull") == [2, -1]


def test_edges_of_a_hull_are_great_circles() -> None:
    # the great circle from (60, 0) to (60, 90) rises above 60 degrees half way
    triangle = members((60.0, 0.0, 1), (60.0, 90.0, 1), (50.0, 45.0, 1))
    assert overlaid([(66.0, 45.0), (69.0, 45.0)], triangle, vc_boundary="hull") == [1, -1]


def test_members_of_a_hull_that_is_a_line_or_a_point_are_inside() -> None:
    line = members((0.0, 0.0, 1), (0.013, 0.017, 1), (0.026, 0.034, 1), (5.0, 5.0, 2))
    seats = [(0.0, 0.0), (0.013, 0.017), (5.0, 5.0), (5.0, 5.001)]
    assert overlaid(seats, line, vc_boundary="hull") == [1, 1, 2, -1]


def test_in_two_hulls_the_nearest_member_decides() -> None:
    two = members(
        (0.0, 0.0, 5), (0.0, 1.0, 5), (1.0, 0.0, 5), (1.0, 1.0, 5),
        (0.1, 0.1, 3), (0.1, 0.9, 3), (0.9, 0.5, 3),
    )  # fmt: skip
    seats = [(0.2, 0.2), (0.5, 0.5), (0.02, 0.5), (1.0, 0.0), (0.1, 0.1)]
    assert overlaid(seats, two, vc_boundary="hull") == [3, 3, 5, 5, 3]


def test_a_hull_wider_than_a_hemisphere_is_refused() -> None:
    with pytest.raises(InputError, match="cluster 1 is wider than a hemisphere"):
        overlaid(
            [(0.0, 0.0)],
            members((0.0, 0.0, 1), (0.0, 120.0, 1), (0.0, -120.0, 1)),
            vc_boundary="hull",
        )


def test_what_is_refused() -> None:
    one = members((0.0, 0.0, 1))
    with pytest.raises(InputError, match="vc_boundary = 'box': must be one of footprint, hull"):
        overlaid([(0.0, 0.0)], one, vc_boundary="box")
    with pytest.raises(InputError, match="buffer_shape = 'square': must be one of planar"):
        overlaid([(0.0, 0.0)], one, buffer_shape="square")


# coordinates on a coarse grid about the antimeridian: ties and edges of discs are common
GRID = st.tuples(st.integers(-6, 6), st.integers(-6, 6))


def on_the_map(cells: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return grid cells as coordinates, 0.01 degree apart, about 70 north and 180 east."""
    north, east = np.array(cells).T
    return 70.0 + north / 100.0, (180.0 + east / 100.0 + 180.0) % 360.0 - 180.0


@given(
    st.dictionaries(GRID, st.integers(1, 3), min_size=1, max_size=8),
    st.lists(GRID, min_size=1, max_size=8, unique=True),
    st.sampled_from([0.01, 0.02, 0.05, 0.07]),
)
@settings(max_examples=60)
def test_discs_against_all_distances(
    sites: dict[tuple[int, int], int], seats: list[tuple[int, int]], reach: float
) -> None:
    clusters = np.array(list(sites.values()))
    membership = pd.DataFrame({"place": place_keys(*on_the_map(list(sites))), "cluster": clusters})
    keys = place_keys(*on_the_map(seats))
    apart = np.array(seats)[:, None] - np.array(list(sites))[None]
    planar = np.square(apart).sum(axis=2)
    site_at, seat_at = coordinates(membership["place"]), coordinates(keys)
    ground = great_circle_km(seat_at[0][:, None], seat_at[1][:, None], *site_at)
    # on the ground no two rounded places are exactly as far apart as the disc is wide
    wide = reach + 0.0001
    for shape, buffer_deg, distance, limit in (
        ("planar_degrees", reach, planar, round(reach * 100) ** 2),
        ("geodesic", wide, ground.round(9), wide * np.pi * 6371.0088 / 180.0),
    ):
        expected = [
            min(clusters[row == row.min()]) if row.min() <= limit else -1 for row in distance
        ]
        found = overlay_assignment(
            pd.DataFrame({"place": keys}),
            membership.sample(frac=1.0, random_state=1),
            **(OPTIONS | {"buffer_deg": buffer_deg, "buffer_shape": shape}),
        )
        assert found.set_index("place")["cluster"].loc[keys].tolist() == expected
