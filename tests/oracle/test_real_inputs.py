"""The run on open real data: the assembly is exact, and what can't be said is left empty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import runs
from hubscan.edition import load_edition

if TYPE_CHECKING:
    from hubscan.pipeline import Results

HOUSE = Path(__file__).resolve().parents[2]


class Nobody:
    """A watcher that does nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run the example on the real inputs."""
    folder = tmp_path_factory.mktemp("real") / "run"
    edition = load_edition("gii-2025").replace("cluster.threshold", "share")
    finished = runs.run(
        edition,
        HOUSE / "examples" / "real-world" / "inputs.toml",
        folder,
        root=shared / "data",
        machine=runs.Machine(threads=2),
        watcher=Nobody(),
    )
    return finished.results


def test_the_assembly_is_exact(real: Results) -> None:
    totals = real.totals.set_index("indicator")
    assert totals.loc["patents", "documents"] == pytest.approx(4_885_599, abs=0.5)
    assert totals.loc["publications", "documents"] == 25_727_829
    assert totals.loc["deals", "documents"] == 19_626
    patents = real.place_addresses[real.place_addresses["indicator"] == "patents"]
    american = patents.loc[patents["economy"] == "US", "addresses"].sum() / 10_000
    assert american == pytest.approx(723_180, abs=0.5)


def test_fields_are_those_the_cities_are_known_for(real: Results) -> None:
    names = real.ranking.set_index("cluster")["name"]
    fields = real.profiles["field_profile"].assign(at=lambda table: table["cluster"].map(names))
    first = fields.sort_values("share", ascending=False).drop_duplicates("at").set_index("at")
    assert first.loc["Stuttgart", "name"] == "Transport"
    assert first.loc["Basel", "name"] == "Pharmaceuticals"
    assert first.loc["San Jose–San Francisco", "name"] == "Computer technology"
    # of 7,441,712 counted, 343 have no field, some areas no place, and others lie in no cluster
    assert 0.8 * 7_441_369 < fields["count"].sum() < 7_441_369


def test_deals_of_one_country_are_no_world_share(real: Results) -> None:
    ranking = real.ranking.set_index("name")
    assert ranking["share_deals"].isna().all()
    assert pd.isna(ranking.loc["Beijing", "count_deals"])
    assert ranking.loc["San Jose–San Francisco", "count_deals"] > 5_000
    both = ranking["share_patents"] + ranking["share_publications"]
    assert (ranking["total_share"] - both).abs().max() < 1e-12


def test_great_cities_are_found(real: Results) -> None:
    first = set(real.ranking.head(25)["name"])
    assert {"Beijing", "London", "Paris", "Seoul", "Boston–Cambridge"} <= first
