"""Whole runs on a small world: against the edition before, of one region, with own names."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import tomli_w

from hubscan import demonstration, pipeline, previous, reference, runs
from hubscan.edition import Edition, load_edition
from hubscan.profile import matched_clusters
from hubscan.report import gii

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("change")  # one run serves all of them

SCALE = 0.01
SEED = 2025
NAMES = """name,cities,latitudes,longitudes
"Île-de-France, the whole of it",Paris; Versailles,48.8566; 48.8049,2.3522; 2.1204
Silicon Valley,San Jose;San Francisco,37.3382;37.7749,-121.8863;-122.4194
Atlantis,Atlantis,31.0,-40.0
"""


class Nobody:
    """A watcher that keeps nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


@dataclass(frozen=True)
class Made:
    """Runs on one world, each made when it is first asked for."""

    folder: Path
    world: Path

    def run(self, name: str, edition: Edition, *, change: bool, **beside: str) -> runs.Finished:
        """Return a run of an edition, with what an inputs file may name beside its sources."""
        declared = tomllib.loads((self.world / "inputs.toml").read_text("utf-8"))
        inputs = self.world / f"inputs-{name}.toml"
        inputs.write_text(tomli_w.dumps(declared | beside), encoding="utf-8")
        machine = runs.Machine(threads=2, work=self.folder / "work", evidence=False, change=change)
        return runs.run(
            edition, inputs, self.folder / name, root=None, machine=machine, watcher=Nobody()
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make the world once."""
    folder = tmp_path_factory.mktemp("editions")
    inputs = demonstration.written_world(folder / "world", scale=SCALE, seed=SEED, watcher=Nobody())
    (folder / "world" / "names.csv").write_text(NAMES, encoding="utf-8")
    return Made(folder, inputs.parent)


def sampled(name: str) -> Edition:
    return load_edition(name).replace("cluster.threshold", "share")


@pytest.fixture(scope="module")
def of_2025(made: Made) -> runs.Finished:
    """Run 2025 against the year before, computed anew, with names of one's own."""
    return made.run("of-2025", sampled("gii-2025"), change=True, names="names.csv")


@pytest.fixture(scope="module")
def year_before(made: Made) -> runs.Finished:
    """Run the year before by itself."""
    return made.run("before", sampled("gii-2025").year_before(), change=False)


@pytest.fixture(scope="module")
def africa(made: Made) -> runs.Finished:
    """Run the region by its own threshold, which this small world reaches nowhere."""
    return made.run("africa", load_edition("africa-2024"), change=False)


@pytest.fixture(scope="module")
def of_2023(made: Made, year_before: runs.Finished) -> runs.Finished:
    """Run 2023 against a folder, which need not be of the year before."""
    folder = str(year_before.folder)
    return made.run("of-2023", sampled("gii-2023"), change=True, previous=folder)


def change_of(finished: runs.Finished) -> pd.DataFrame:
    assert finished.results.change is not None
    return finished.results.change


def test_changes_are_previous_less_current_ranks(of_2025: runs.Finished) -> None:
    table = change_of(of_2025)
    ranking = of_2025.results.ranking
    assert table[["cluster", "rank"]].equals(ranking[["cluster", "rank"]])
    told = table.dropna(subset=["rank_before"])
    assert len(told) >= 230
    assert (told["rank_before"] - told["rank"]).tolist() == told["rank_change"].tolist()
    assert told["rank_before"].is_unique
    intense = table.dropna(subset=["intensity_rank_change"])
    assert (intense["rank"] <= 100).all()
    assert (intense["rank_before"] <= 100).all()
    listed = (table["rank"] <= 100) & (table["rank_before"] <= 100)
    assert listed.sum() == len(intense)
    assert (table.loc[listed, "status"] == "stays").all()


def test_the_worlds_growth_leads_from_the_published_ranks(of_2025: runs.Finished) -> None:
    printed = reference.published("clusters_2025_appendix_table2").set_index("cluster")
    table = change_of(of_2025).set_index("name")
    both = table.index.intersection(printed.index)
    assert len(both) >= 93
    found = table.loc[both, "rank_before"].astype(float)
    assert found.corr(printed.loc[both, "previous_rank"], method="spearman") > 0.98


def test_leavers_were_listed_and_are_not_any_more(of_2025: runs.Finished) -> None:
    leavers = of_2025.results.leavers
    assert leavers is not None
    entered = (change_of(of_2025)["status"] == "enters").sum()
    assert len(leavers) == entered > 0
    assert leavers["rank_before"].between(1, 100).all()
    assert (leavers["rank"].dropna() > 100).all()


def test_a_folder_of_the_year_before_gives_the_same_changes(
    of_2025: runs.Finished, year_before: runs.Finished
) -> None:
    before = previous.from_folder(year_before.folder)
    change, leavers = pipeline.changes(of_2025.results, before)
    pd.testing.assert_frame_equal(change, change_of(of_2025), check_exact=True)
    assert of_2025.results.leavers is not None
    pd.testing.assert_frame_equal(leavers, of_2025.results.leavers, check_exact=True)


def test_an_inputs_file_may_name_the_folder(
    of_2023: runs.Finished, year_before: runs.Finished
) -> None:
    change, before = change_of(of_2023), year_before.results.ranking.set_index("cluster")
    told = change.dropna(subset=["rank_before"])
    assert len(told) >= 230
    assert set(told["rank_before"]) <= set(before["rank"])
    # states are no part of a name where places are compared
    tokyo = change.set_index("name").loc["Tokyo–Yokohama"]
    by_name = before.reset_index().set_index("name")["rank"]
    assert (tokyo["rank"], tokyo["rank_before"]) == (1, by_name["Tokyo–Yokohama"])
    valley = change.set_index("name").loc["San Jose–San Francisco, CA", "rank_before"]
    assert valley == by_name["San Jose–San Francisco"]


def test_growth_is_that_of_the_two_rankings(
    of_2025: runs.Finished, year_before: runs.Finished
) -> None:
    now, before = of_2025.results, year_before.results
    matches = matched_clusters(before.membership, now.membership, match="overlap")
    total, then = (
        table.set_index("cluster")["total_share"] for table in (now.ranking, before.ranking)
    )
    previous = matches.set_index("b")["a"].map(then)
    expected = (100.0 * (total / previous - 1.0)).reindex(now.ranking["cluster"])
    found = change_of(of_2025).set_index("cluster")["growth_percent"]
    pd.testing.assert_series_equal(
        found.astype(float), expected, check_names=False, check_exact=False, rtol=1e-9
    )


def test_own_names_come_before_all_others(of_2025: runs.Finished) -> None:
    ranking = of_2025.results.ranking
    names = set(ranking["name"])
    assert {"Île-de-France, the whole of it", "Silicon Valley"} <= names
    assert not names & {"Paris", "San Jose–San Francisco", "Atlantis"}
    assert ranking["name"].is_unique
    valley = ranking.set_index("name").loc["Silicon Valley"]
    assert (valley["rank"], valley["economies"]) == (3, "US")


def test_every_listed_cluster_has_its_published_label(of_2025: runs.Finished) -> None:
    printed = reference.published("clusters_2025_appendix_table2").set_index("cluster")["economy"]
    table = of_2025.results.ranking.set_index("name")
    assert (table["economies"].str.len() >= 2).all()
    both = table.index.intersection(printed.index)
    told = pd.DataFrame({"found": table.loc[both, "economies"], "printed": printed[both]})
    told["printed"] = told["printed"].str.replace(" ", "").str.replace("*", "")
    assert told[told["found"] != told["printed"]].to_dict("index") == {}
    first = table["economies"].str.slice(0, 2)
    assert first.equals(table["home_economy"].astype(first.dtype).rename(first.name))


def test_a_region_is_scanned_to_fifty_clusters_of_its_own(africa: runs.Finished) -> None:
    edition, results = africa.results.edition, africa.results
    region = set(edition.regional.economies)
    assert len(region) == 54
    assert len(results.ranking) >= 50
    for label in results.ranking["economies"]:
        assert set(label.split("/")) <= region
    assert set(results.place_addresses["economy"]) <= region
    used = results.density["min_weight"].item()
    assert used < edition.cluster.min_weight
    # the scan went down by whole steps, to six digits
    step = 1 - edition.regional.scan_step
    steps = [edition.cluster.min_weight * step**k for k in range(1, 1000)]
    assert any(used == float(f"{value:.6g}") for value in steps)
    record = json.loads((africa.folder / "run.json").read_text(encoding="utf-8"))
    assert record["density"] == {"min_weight": used}


def test_shares_of_a_region_are_of_the_world(africa: runs.Finished) -> None:
    results = africa.results
    totals = results.totals.set_index("indicator")["covered"]
    for name in ("patents", "publications"):
        share = results.ranking[f"count_{name}"] / totals[name]
        pd.testing.assert_series_equal(
            share, results.ranking[f"share_{name}"], check_names=False, rtol=1e-12
        )
    assert results.ranking["total_share"].sum() < 0.05


def test_the_first_five_of_africa_are_those_published(africa: runs.Finished) -> None:
    printed = reference.published("clusters_2024_table8_africa")
    first = {"Cairo", "Johannesburg", "Cape Town", "Tunis", "Alexandria"}
    assert first <= {name for text in printed["cluster_names"] for name in text.split("; ")}
    assert set(africa.results.ranking["name"].head(5)) == first


def test_names_of_2023_end_with_the_state_in_the_united_states_only(
    of_2023: runs.Finished,
) -> None:
    ranking = of_2023.results.ranking.set_index("name")
    suffixed = ranking.index.str.fullmatch(r".+, [A-Z]{2}")
    home = ranking["home_economy"].to_numpy()
    assert set(home[suffixed]) == {"US"}
    assert list(ranking.index[(home == "US") & ~suffixed]) == []
    printed = reference.published("clusters_2023_top100")
    american = set(printed.loc[printed["economy_iso2"] == "US", "cluster"])
    assert len(american) == 21
    assert len(american & set(ranking.index)) >= 18
    assert {"San Jose–San Francisco, CA", "Boston–Cambridge, MA"} <= set(ranking.index)


@pytest.mark.parametrize("which", ["of_2025", "africa", "of_2023"])
def test_report_tables_are_written_in_three_forms(
    which: str, request: pytest.FixtureRequest
) -> None:
    finished: runs.Finished = request.getfixturevalue(which)
    edition, report = finished.results.edition, finished.folder / "report"
    names = gii.table_names(edition.name)
    assert {path.name for path in report.iterdir()} == {
        *(f"{name}.{form}" for name in names for form in ("csv", "csv.json")),
        "network.vosviewer.json", "tables.md", "tables.xlsx",
    }  # fmt: skip
    text = (report / "tables.md").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(report / "tables.xlsx", read_only=True)
    assert "SYNTHETIC" in text
    assert set(book.sheetnames) == {"About", *(gii.TABLES[name].sheet for name in names)}
    for name in names:
        table = pd.read_csv(report / f"{name}.csv", keep_default_na=False, na_values=[""])
        assert list(table.columns) == [each.name for each in gii.TABLES[name].headings]
        assert f"## {gii.TABLES[name].title}" in text
        assert book[gii.TABLES[name].sheet].max_row == len(table) + 1


def test_the_published_table_of_sizes_is_that_of_the_run(of_2025: runs.Finished) -> None:
    path = of_2025.folder / "report" / "clusters_2025_appendix_table2.csv"
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    assert table["rank"].tolist() == list(range(1, 101))
    ranking: Any = of_2025.results.ranking.head(100)
    assert table["cluster"].tolist() == ranking["name"].tolist()
    assert table["rank_old_methodology"].tolist() == ranking["old_method_rank"].tolist()
    change = change_of(of_2025).head(100)
    assert table["rank_change"].tolist() == change["rank_change"].tolist()
    assert table["previous_rank"].tolist() == change["rank_before"].tolist()


def test_changes_are_tables_of_the_folder(of_2025: runs.Finished, africa: runs.Finished) -> None:
    book = openpyxl.load_workbook(of_2025.folder / "ranking.xlsx", read_only=True)
    assert {"change", "leavers"} <= set(book.sheetnames)
    assert (of_2025.folder / "leavers.csv").is_file()
    assert not (africa.folder / "change.csv").exists()
    clusters = gpd.read_parquet(of_2025.folder / "clusters.parquet")
    assert len(clusters) == len(of_2025.results.ranking)
