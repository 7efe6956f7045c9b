"""Runs of editions with other indicators and windows: parts of a change add up, events are told."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.robustness import comparisons
from hubscan.robustness.decomposition import PARTS, rank_change
from hubscan.robustness.folders import opened_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EDITIONS = ("gii-2023", "gii-2024", "gii-2025")


@pytest.mark.parametrize(
    ("first", "last"),
    [("gii-2023", "gii-2024"), ("gii-2024", "gii-2025"), ("gii-2025", "gii-2023")],
)
def test_parts_add_up_whatever_the_indicators(
    first: str, last: str, run_of: Callable[..., Path]
) -> None:
    one, other = (opened_run(run_of(name)) for name in (first, last))
    changes = rank_change(one.base, other.base).dropna(subset=["before"])
    assert len(changes) > 8
    assert (changes[list(PARTS)].sum(axis=1) == changes["change"]).all()
    assert (changes["before"] - changes["after"] == changes["change"]).all()
    same = one.base.edition.indicators == other.base.edition.indicators
    assert (changes["indicators"] == 0.0).all() == same
    before = one.ranking.set_index("cluster")["rank"]
    assert (before.reindex(changes["cluster_before"]).to_numpy() == changes["before"]).all()


def test_one_input_with_deals_and_without_differs_by_indicators_alone(
    run_of: Callable[..., Path],
) -> None:
    windows = (("window.years", {"patents": (2020, 2024), "publications": (2019, 2023)}),)
    one, other = (opened_run(run_of(*each)) for each in (("gii-2024", windows), ("gii-2025",)))
    changes = rank_change(one.base, other.base)
    assert (changes[["method", "boundary", "own_output", "others_output"]] == 0.0).all(axis=None)
    assert (changes["indicators"] == changes["change"]).all()
    assert changes["indicators"].abs().max() > 0.0


def test_regions_are_not_compared_with_the_world(run_of: Callable[..., Path]) -> None:
    africa = (("regional.target_clusters", 20),)
    one, other = (opened_run(run_of(*each)) for each in (("africa-2024", africa), ("gii-2025",)))
    with pytest.raises(InputError, match="runs are of different regions"):
        rank_change(one.base, other.base)


def test_a_series_names_what_happened_between_three_runs(
    run_of: Callable[..., Path], tmp_path: Path, watcher: object
) -> None:
    nearer = (("merge.max_gap_km", 3.0),)
    folders = [run_of("gii-2025"), run_of("gii-2025", nearer), run_of("gii-2025")]
    found = comparisons.compared(folders, tmp_path / "out", top=10, watcher=watcher)
    fates, series = found.fates, found.series
    titles = list(dict.fromkeys(series["run"]))
    assert list(dict.fromkeys(zip(fates["from"], fates["to"], strict=True))) == list(
        pairwise(titles)
    )
    assert series.groupby("id")["run"].agg(list).map(lambda runs: runs == sorted(runs)).all()
    ended = series[series["rank"].isna()]
    assert len(ended) == (fates["fate"].isin(["merge", "death"])).sum() > 0
    assert ended["event"].str.contains("merged into|death").all()
    begun = series[
        (series["run"] != titles[0])
        & ~series["id"].isin(series.loc[series["run"] == titles[0], "id"])
    ].drop_duplicates("id")
    assert begun["event"].str.contains("split from|birth").all()
    assert len(begun) > 0
    kept = series.dropna(subset=["rank"]).groupby(["run", "cluster"]).size()
    assert (kept == 1).all()
    written = pd.read_csv(tmp_path / "out" / "series.csv")
    assert written["event"].notna().sum() == (series["event"] != "").sum()
