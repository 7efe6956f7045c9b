from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from hubscan.report.labels import CELL, FORBIDDEN, Ground, Placement, placement

ROWS, COLUMNS = 120, 200


@st.composite
def crowds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, Ground]:
    """Draw markers, sizes of their names, and ground with a forbidden corner."""
    seed = draw(st.integers(0, 2**20))
    names = draw(st.integers(1, 14))
    spread = draw(st.sampled_from([4.0, 20.0, 60.0]))
    random = np.random.default_rng(seed)
    anchors = np.array([200.0, 120.0]) + random.normal(0.0, spread, (names, 2))
    anchors = np.clip(anchors, 5.0, [2.0 * COLUMNS - 5.0, 2.0 * ROWS - 5.0])
    sizes = np.column_stack([random.uniform(20.0, 110.0, names), np.full(names, 10.6)])
    need = np.zeros((ROWS, COLUMNS))
    need[:30, :60] = FORBIDDEN
    return anchors, random.uniform(1.0, 12.0, names), sizes, Ground(need, 0.0, 0.0)


def shapes(found: Placement) -> tuple[np.ndarray, list[shapely.LineString | None]]:
    boxes = shapely.box(*found.boxes[found.fits].T)
    lines = [
        None if np.isnan(line[0]) else shapely.LineString(line.reshape(2, 2))
        for line in found.lines[found.fits]
    ]
    return np.atleast_1d(boxes), lines


@given(crowds())
@settings(max_examples=10, deadline=None)
def test_names_that_fit_are_clear_of_each_other_and_of_lines(
    crowd: tuple[np.ndarray, np.ndarray, np.ndarray, Ground],
) -> None:
    anchors, radii, sizes, ground = crowd
    boxes, lines = shapes(placement(anchors, radii, sizes, ground=ground))
    for one, other in combinations(range(len(boxes)), 2):
        assert not boxes[one].intersects(boxes[other])
        for line, box in ((lines[one], boxes[other]), (lines[other], boxes[one])):
            assert line is None or not line.intersects(box)


@given(crowds())
@settings(max_examples=10, deadline=None)
def test_names_stay_on_the_ground_and_keep_their_size(
    crowd: tuple[np.ndarray, np.ndarray, np.ndarray, Ground],
) -> None:
    anchors, radii, sizes, ground = crowd
    found = placement(anchors, radii, sizes, ground=ground)
    kept = found.boxes[found.fits]
    assert (kept[:, :2] >= 0.0).all()
    assert (kept[:, 2:] <= [CELL * COLUMNS, CELL * ROWS]).all()
    np.testing.assert_allclose(found.boxes[:, 2:] - found.boxes[:, :2], sizes)
    corner = shapely.box(0.0, 0.0, 60 * CELL, 30 * CELL)
    assert not shapely.overlaps(np.atleast_1d(shapely.box(*kept.T)), corner).any()


@given(crowds())
@settings(max_examples=4, deadline=None)
def test_the_same_map_gets_the_same_names(
    crowd: tuple[np.ndarray, np.ndarray, np.ndarray, Ground],
) -> None:
    anchors, radii, sizes, ground = crowd
    first, second = (placement(anchors, radii, sizes, ground=ground) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert_array_equal(one, other)


def test_the_best_name_stands_where_only_one_has_room() -> None:
    need = np.full((60, 100), FORBIDDEN)
    need[20:30, 40:80] = 0.0
    anchors, sizes = np.full((3, 2), [76.0, 50.0]), np.full((3, 2), [60.0, 10.0])
    found = placement(anchors, np.full(3, 2.0), sizes, ground=Ground(need, 0.0, 0.0))
    assert found.fits.tolist() == [True, False, False]


def test_no_names_need_no_places() -> None:
    none = np.empty((0, 2))
    found = placement(none, np.empty(0), none, ground=Ground(np.zeros((5, 5)), 0.0, 0.0))
    assert found.fits.shape == (0,)


def test_a_lonely_name_stands_beside_its_marker_without_a_line() -> None:
    found = placement(
        np.array([[100.0, 100.0]]), np.array([5.0]), np.array([[50.0, 10.0]]),
        ground=Ground(np.zeros((ROWS, COLUMNS)), 0.0, 0.0),
    )  # fmt: skip
    assert found.boxes.tolist() == [[107.5, 95.0, 157.5, 105.0]]
    assert np.isnan(found.lines).all()
