"""Ranks by intensity in replicates: redone by hand, and held against the run's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hubscan.robustness.bootstrap import Replicates, replicates
from hubscan.robustness.folders import opened_run
from hubscan.robustness.intensity import intensity_intervals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTHING = pd.DataFrame()


def only(ranks: pd.DataFrame, number: int) -> Replicates:
    sizes = pd.DataFrame({"replicate": range(number)})
    return Replicates(ranks, NOTHING, NOTHING, sizes)


def test_the_run_itself_has_its_own_ranks_by_intensity(run_of: Callable[..., Path]) -> None:
    run = opened_run(run_of())
    ranks = run.ranking[["cluster", "rank", "total_share"]].assign(replicate=0)
    parameters = run.base.edition.rank.intensity.parameters
    found = intensity_intervals(run.ranking, only(ranks, 1), **parameters, level=0.9)
    expected = run.ranking.dropna(subset=["intensity_rank"]).set_index("cluster")["intensity_rank"]
    assert len(found) == len(expected) > 5
    for name in ("rank", "median", "lower", "upper"):
        assert (found[f"intensity_{name}"].to_numpy() == expected[found["cluster"]]).all()
    assert (found["intensity_found"] == 1.0).all()


def test_ranks_by_intensity_are_those_of_output_over_fixed_inhabitants(
    run_of: Callable[..., Path],
) -> None:
    run = opened_run(run_of())
    drawn = replicates(run.base, numbers=range(21), unit="document", seed=2)
    people = run.ranking.set_index("cluster")["population"].astype(float)
    parameters = {"universe": 9, "per": 1e6}
    table = intensity_intervals(run.ranking, drawn, **parameters, level=0.9)
    by_hand = {cluster: [] for cluster in table["cluster"]}
    for number in range(21):
        mine = drawn.ranks[drawn.ranks["replicate"] == number].set_index("cluster")
        mine = mine[(mine["rank"] <= 9) & (people.reindex(mine.index) > 0)]
        value = (mine["total_share"] / people.reindex(mine.index)).sort_values(ascending=False)
        order = list(value.index)
        for cluster, ranks in by_hand.items():
            ranks.append(order.index(cluster) + 1 if cluster in order else len(order) + 1)
    for row in table.itertuples():
        ranks = np.sort(by_hand[row.cluster])
        found = (row.intensity_lower, row.intensity_median, row.intensity_upper)
        assert found == (ranks[1], ranks[10], ranks[19])


def test_without_people_there_are_no_rows() -> None:
    ranking = pd.DataFrame({"cluster": [1], "rank": [1], "total_share": [1.0]})
    ranks = ranking.assign(replicate=0)
    found = intensity_intervals(ranking, only(ranks, 1), universe=100, per=1e6, level=0.9)
    assert not len(found)
    assert "intensity_lower" in found
