"""Ranking by example: totals, ties, intensity, changes, and the printed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.rank import (
    AGGREGATIONS,
    displayed,
    intensity,
    old_method_rank,
    rank_change,
    ranking,
    ranks,
)
from hubscan.rank.display import rounded

WORLD = pd.Series({"patents": 100.0, "deals": 10.0, "publications": 1000.0})
OPTIONS: dict[str, Any] = {
    "weights": {"patents": 1.0, "deals": 1.0},
    "aggregation": "sum",
    "on": "unrounded",
    "ties": "min",
}


def counted(**columns: list[float]) -> pd.DataFrame:
    """Return counts of clusters 1, 2, ... by indicator, with noise."""
    rows = [
        (cluster, name, count)
        for name, values in columns.items()
        for cluster, count in enumerate(values, start=1)
    ]
    noise = [(-1, name, 1e6) for name in columns]
    return pd.DataFrame(rows + noise, columns=["cluster", "indicator", "count"])


def test_totals_and_columns() -> None:
    table = ranking(
        counted(publications=[9.0, 9.0], patents=[10.0, 20.0], deals=[3.0, 1.0]), WORLD, **OPTIONS
    )
    assert list(table.columns) == [
        "cluster", "rank", "total_share",
        "count_patents", "share_patents", "count_deals", "share_deals",
    ]  # fmt: skip
    assert table.to_numpy().tolist() == [
        [1, 1, 0.1 + 0.3, 10.0, 0.1, 3.0, 0.3],
        [2, 2, 0.2 + 0.1, 20.0, 0.2, 1.0, 0.1],
    ]


def test_weights() -> None:
    counts = counted(patents=[10.0, 20.0], deals=[3.0, 1.0])
    table = ranking(counts, WORLD, **(OPTIONS | {"weights": {"patents": 2.0, "deals": 0.5}}))
    assert table[["cluster", "total_share"]].to_numpy().tolist() == [
        [2, 2.0 * 0.2 + 0.5 * 0.1],
        [1, 2.0 * 0.1 + 0.5 * 0.3],
    ]


def test_geometric_means() -> None:
    counts = counted(patents=[10.0, 40.0, 90.0], deals=[9.0, 4.0, 0.0])
    table = ranking(counts, WORLD, **(OPTIONS | {"aggregation": "geometric"}))
    assert table["cluster"].tolist() == [2, 1, 3]
    assert table["total_share"].tolist() == pytest.approx([0.4, 0.3, 0.0])
    weights = {"patents": 3.0, "deals": 1.0}
    table = ranking(counts, WORLD, **(OPTIONS | {"aggregation": "geometric", "weights": weights}))
    by_cluster = table.set_index("cluster")["total_share"]
    assert by_cluster[1] == pytest.approx((0.1**3 * 0.9) ** 0.25)


def test_all_aggregations_are_tested() -> None:
    assert set(AGGREGATIONS) == {"sum", "geometric"}


@pytest.mark.parametrize(
    ("ties", "expected"), [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("dense", [1, 2, 2, 3])]
)
def test_equal_totals(ties: str, expected: list[int]) -> None:
    counts = counted(patents=[5.0, 10.0, 5.0, 1.0])
    options = OPTIONS | {"weights": {"patents": 1.0}, "ties": ties}
    table = ranking(counts, WORLD, **options)
    assert table["rank"].tolist() == expected
    assert table["cluster"].tolist() == [2, 1, 3, 4]


def test_displayed_totals_tie_where_computed_ones_do_not() -> None:
    counts = counted(patents=[10.001, 10.002, 10.02])
    options = OPTIONS | {"weights": {"patents": 1.0}}
    assert ranking(counts, WORLD, **options)["cluster"].tolist() == [3, 2, 1]
    shown = ranking(counts, WORLD, **(options | {"on": "displayed"}))
    assert shown[["cluster", "rank"]].to_numpy().tolist() == [[3, 1], [1, 2], [2, 2]]
    # what is shown orders, what is computed stays
    assert shown["total_share"].tolist() == pytest.approx([0.1002, 0.10001, 0.10002], rel=1e-12)


def test_what_does_not_occur_counts_as_none() -> None:
    counts = counted(patents=[5.0, 4.0]).iloc[:-1]
    table = ranking(counts, WORLD, **OPTIONS)
    assert table["count_deals"].tolist() == [0.0, 0.0]
    assert table["share_deals"].tolist() == [0.0, 0.0]
    nothing = ranking(counts, WORLD * [1.0, 0.0, 1.0], **OPTIONS)
    assert nothing["share_deals"].tolist() == [0.0, 0.0]


def test_no_clusters() -> None:
    table = ranking(counted(patents=[], deals=[]), WORLD, **OPTIONS)
    assert table.empty
    people = pd.DataFrame({"cluster": [1], "population": [1.0]})
    assert intensity(table, people, universe=100, per=1e6).empty


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"aggregation": "mean"}, "aggregation = 'mean': must be one of sum, geometric"),
        ({"on": "shown"}, "on = 'shown': must be one of unrounded, displayed"),
        ({"ties": "average"}, "ties = 'average': must be one of min, max, dense"),
        ({"weights": {"patents": 0.0}}, "must be at least 0, and one of them greater"),
        ({"weights": {"patents": -1.0, "deals": 2.0}}, "must be at least 0"),
        ({"weights": {"marks": 1.0}}, "the world total of marks is nan"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        ranking(counted(patents=[1.0], deals=[1.0]), WORLD, **(OPTIONS | changes))


def test_a_world_without_what_clusters_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"the world total of deals is 0\.0"):
        ranking(counted(patents=[1.0], deals=[1.0]), WORLD * [1.0, 0.0, 1.0], **OPTIONS)


def test_old_method() -> None:
    table = ranking(counted(patents=[10.0, 30.0, 30.0], deals=[9.0, 1.0, 0.0]), WORLD, **OPTIONS)
    assert table["cluster"].tolist() == [1, 2, 3]
    assert old_method_rank(table, indicators=["patents"]).tolist() == [3, 1, 1]
    assert old_method_rank(table, indicators=["patents", "deals"]).tolist() == [1, 2, 3]


def test_intensity_is_ranked_within_the_universe() -> None:
    table = ranking(counted(patents=[40.0, 30.0, 20.0, 10.0], deals=[0.0] * 4), WORLD, **OPTIONS)
    people = pd.DataFrame({"cluster": [4, 3, 2, 1], "population": [1.0, 1e6, 0.0, 8e6]})
    per_head = intensity(table, people, universe=3, per=1e6)
    assert per_head["cluster"].tolist() == [1, 2, 3, 4]
    assert per_head["population"].tolist() == [8e6, 0.0, 1e6, 1.0]
    assert per_head["total_per_million"].to_numpy() == pytest.approx(
        [5.0, np.nan, 20.0, np.nan], nan_ok=True
    )
    assert per_head["patents_per_million"].to_numpy() == pytest.approx(
        [5.0, np.nan, 20.0, np.nan], nan_ok=True
    )
    assert per_head["intensity_rank"].tolist() == [2, pd.NA, 1, pd.NA]
    # people of a cluster that is not in the table are not known
    fewer = intensity(table, people.iloc[:2], universe=100, per=1e3)
    assert fewer["population"].isna().tolist() == [True, True, False, False]
    assert fewer["total_per_million"].iloc[2] == pytest.approx(0.02)
    assert fewer["intensity_rank"].tolist() == [pd.NA, pd.NA, 2, 1]


def test_negative_populations_are_refused() -> None:
    table = ranking(counted(patents=[1.0], deals=[1.0]), WORLD, **OPTIONS)
    people = pd.DataFrame({"cluster": [1], "population": [-200.0]})
    with pytest.raises(InputError, match=r"cluster 1 has a population of -200\.0"):
        intensity(table, people, universe=100, per=1e6)


def test_changes_of_rank() -> None:
    previous = pd.Series({7: 19, 8: 3, 9: 1})
    changes = rank_change(previous, pd.Series({8: 5, 7: 18, 6: 1, 9: 1}))
    assert changes.index.tolist() == [8, 7, 6, 9]
    assert changes.tolist() == [-2, 1, pd.NA, 0]


def test_ranks_of_many_values() -> None:
    values = np.random.default_rng(3).integers(0, 50, 300).astype(float)
    expected = [1 + int((values > each).sum()) for each in values]
    assert ranks(values, ties="min").tolist() == expected


def test_rounding_is_that_of_the_exact_value() -> None:
    # 2.675 is stored as 2.67499999...; 0.125 exactly, and goes to the even digit
    assert rounded([2.675, 0.125, -1.005], decimals=2).tolist() == [2.67, 0.12, -1.0]


def test_the_printed_form() -> None:
    table = pd.DataFrame(
        {
            "cluster": [1, 2],
            "name": ["Oulu", "Porto"],
            "rank": [1, 2],
            "total_share": [0.14282, 1e-6],
            "count_patents": [117542.4, 0.0049],
            "share_patents": [0.089746, 0.0],
            "population": [6248247.83, np.nan],
            "total_per_million": [1.8401, np.nan],
            "patents_per_million": [8132.3, np.nan],
            "intensity_rank": pd.array([1, pd.NA], dtype="Int64"),
            "rank_change": pd.array([-3, pd.NA], dtype="Int64"),
        }
    )
    before = table.copy()
    shown = displayed(table)
    assert shown.iloc[0].tolist() == [
        1, "Oulu", "1", "14.28", "117,542.00", "8.97", "6,248,247.83", "1.84", "8,132.30", "1",
        "-3",
    ]  # fmt: skip
    assert shown.iloc[1].tolist() == [
        2, "Porto", "2", "0.00", "0.00", "0.00", "n.a.", "n.a.", "n.a.", "n.a.", "n.a.",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table, before)
