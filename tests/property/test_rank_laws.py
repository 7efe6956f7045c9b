"""Laws of ranking: permutations, units, monotony."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis import given

from hubscan.rank import intensity, ranking

INDICATORS = ["patents", "publications", "deals"]
# counts in hundredths and totals that are powers of two: sums of shares are exact
COUNTS = st.lists(st.tuples(*[st.integers(0, 4_000)] * len(INDICATORS)), min_size=1, max_size=12)
WORLD = pd.Series(dict(zip(INDICATORS, [2.0**20, 2.0**18, 2.0**16], strict=True)))
OPTIONS: dict[str, Any] = {
    "weights": dict.fromkeys(INDICATORS, 1.0),
    "aggregation": "sum",
    "on": "unrounded",
    "ties": "min",
}


def table(counts: list[tuple[int, ...]]) -> pd.DataFrame:
    rows = [
        (cluster, name, float(count))
        for cluster, row in enumerate(counts, start=1)
        for name, count in zip(INDICATORS, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["cluster", "indicator", "count"])


def rank_by_cluster(counts: pd.DataFrame, world: pd.Series, **changes: object) -> list[int]:
    found = ranking(counts, world, **(OPTIONS | changes))
    ranked: list[int] = found.sort_values("cluster")["rank"].tolist()
    return ranked


@given(COUNTS)
def test_ranks_are_one_and_the_number_of_larger_totals(counts: list[tuple[int, ...]]) -> None:
    # in units of the smallest share, totals are integers
    totals = [a + 4 * b + 16 * c for a, b, c in counts]
    expected = [1 + sum(other > own for other in totals) for own in totals]
    assert rank_by_cluster(table(counts), WORLD) == expected


@given(COUNTS, st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(counts: list[tuple[int, ...]], seed: int) -> None:
    one = ranking(table(counts), WORLD, **OPTIONS)
    other = ranking(table(counts).sample(frac=1.0, random_state=seed), WORLD[::-1], **OPTIONS)
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one["rank"].is_monotonic_increasing
    assert one["total_share"].is_monotonic_decreasing


@given(COUNTS, st.sampled_from(INDICATORS), st.integers(-8, 8))
def test_the_unit_of_an_indicator_changes_no_rank(
    counts: list[tuple[int, ...]], name: str, power: int
) -> None:
    before = table(counts)
    factor = np.where(before["indicator"] == name, 2.0**power, 1.0)
    world = WORLD * np.where(WORLD.index == name, 2.0**power, 1.0)
    after = before.assign(count=before["count"] * factor)
    for aggregation in ("sum", "geometric"):
        assert rank_by_cluster(after, world, aggregation=aggregation) == rank_by_cluster(
            before, WORLD, aggregation=aggregation
        )


@given(COUNTS, st.sampled_from(INDICATORS), st.integers(0, 11), st.integers(1, 500))
def test_more_output_never_costs_a_place(
    counts: list[tuple[int, ...]], name: str, which: int, more: int
) -> None:
    cluster = which % len(counts)
    grown = [list(row) for row in counts]
    grown[cluster][INDICATORS.index(name)] += more
    before = rank_by_cluster(table(counts), WORLD)
    after = rank_by_cluster(table([tuple(row) for row in grown]), WORLD)
    assert after[cluster] <= before[cluster]
    assert all(
        new >= old for k, (old, new) in enumerate(zip(before, after, strict=True)) if k != cluster
    )


@given(COUNTS, st.lists(st.integers(1, 10**7), min_size=12, max_size=12), st.integers(1, 12))
def test_intensity_ranks_are_of_the_universe(
    counts: list[tuple[int, ...]], people: list[int], universe: int
) -> None:
    size = ranking(table(counts), WORLD, **OPTIONS)
    population = pd.DataFrame({"cluster": range(1, 13), "population": people}).astype(float)
    found = intensity(size, population, universe=universe, per=1e6)
    inside = found["rank"] <= universe
    assert found["intensity_rank"].isna().tolist() == (~inside).tolist()
    values = found.loc[inside, "total_per_million"].to_numpy()
    assert found.loc[inside, "intensity_rank"].tolist() == [
        1 + int((values > own).sum()) for own in values
    ]
    columns = list(size.columns)
    pd.testing.assert_frame_equal(found[columns], size, check_exact=True)
