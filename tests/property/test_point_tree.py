"""A tree of points answers what looking at every pair of points answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubscan.proximity import PointTree

# few distinct coordinates, so that there are ties and equal points
COORDINATE = st.sampled_from([0.0, 0.5, 1.0, 2.25, 7.0, 9.5])


def clouds(axes: int, *, least: int) -> st.SearchStrategy[np.ndarray]:
    rows = st.lists(st.tuples(*[COORDINATE] * axes), min_size=least, max_size=60)
    return rows.map(lambda points: np.array(points, float).reshape(-1, axes))


def squares(points: np.ndarray, asked: np.ndarray, around: tuple[float, ...]) -> np.ndarray:
    """Return the squares of all distances, by sight."""
    apart = np.abs(asked[:, None, :] - points[None, :, :])
    turn = np.asarray(around)
    apart = np.where((turn > 0) & (apart > turn / 2), turn - apart, apart)
    return (apart**2).sum(axis=2)


@pytest.mark.parametrize("around", [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)])
@given(points=clouds(2, least=1), asked=clouds(2, least=0))
def test_the_nearest_is_the_first_of_the_nearest(
    around: tuple[float, float], points: np.ndarray, asked: np.ndarray
) -> None:
    distance, row = PointTree(points, around=around).nearest(asked)
    expected = squares(points, asked, around)
    assert row.tolist() == [int(np.argmin(each)) for each in expected]
    assert distance.tolist() == np.sqrt(expected.min(axis=1)).tolist() if len(asked) else True


@given(points=clouds(3, least=1), asked=clouds(3, least=0), reach=COORDINATE)
def test_pairs_in_reach_are_all_pairs_in_reach(
    points: np.ndarray, asked: np.ndarray, reach: float
) -> None:
    found = PointTree(points).within(asked, reach)
    expected = squares(points, asked, (0.0, 0.0, 0.0))
    assert list(zip(found.asked, found.row, strict=True)) == list(
        zip(*np.nonzero(expected <= reach**2), strict=True)
    )
    assert found.distance.tolist() == np.sqrt(expected[found.asked, found.row]).tolist()


def test_what_is_out_of_reach_is_infinitely_far() -> None:
    distance, row = PointTree([[0.0, 0.0]]).nearest([[0.0, 1.0], [0.0, 1.5]], within=1.0)
    assert (distance.tolist(), row.tolist()) == ([1.0, np.inf], [0, -1])


def test_many_points_are_answered_alike_in_threads_and_alone() -> None:
    drawn = np.random.default_rng(3).normal(size=(9000, 3))
    tree = PointTree(drawn)
    distance, row = tree.nearest(drawn[::-1])
    assert not distance.any()
    assert row.tolist() == list(range(8999, -1, -1))
