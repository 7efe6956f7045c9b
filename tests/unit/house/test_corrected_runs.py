"""Whole runs with what a user may say beside the sources: addresses, places, organisations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan import runs
from hubscan.edition import load_edition
from hubscan.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.edition import Edition

ROWS = """id,year,town,whole,cc,org,who
1,2022,Boston,,US,Acme Inc,Acme Inc
2,2022,Boston,,US,ACME INC.,"Acme, Inc.; ACME INC"
3,2022,,"12 Beacon St, Boston, MA 02108, USA",,Roadrunner,Roadrunner
4,2022,Atlantis,,GR,Atlas,Atlas
5,2022,Atlantis,,GR,Atlas,Atlas
6,2022,atlantis,,GR,Atlas,Atlas
7,2022,Kent,,US,Acme Inc,Acme Inc
"""
INPUTS = """title = "Little"
{more}
[[source]]
name = "pct"
indicator = "patents"
grain = "addresses"
path = "rows.csv"

[source.columns]
document_id = "id"
year = "year"
city = "town"
address = "whole"
country = "cc"
organisation = "org"
applicants = "who"
{after}
"""
BY_HAND = "country,region,city,latitude,longitude\nGreece,,ATLANTIS,36.4,25.4\nUS,,Kent,,\n"


class Nobody:
    """A watcher that takes note of nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


def little(harmonise: str = "declared") -> Edition:
    """Return an edition for a world in which three addresses are a cluster."""
    edition = load_edition("gii-2024").restricted(["patents"])
    edition = edition.replace("cluster.threshold", "weight").replace("cluster.min_weight", 3.0)
    return edition.replace("profile.organisations.harmonise", harmonise)


def run(
    folder: Path, *, more: str = "", after: str = "", edition: Edition | None = None
) -> runs.Finished:
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    inputs = folder / "inputs.toml"
    inputs.write_text(INPUTS.format(more=more, after=after), encoding="utf-8")
    return runs.run(
        edition or little(),
        inputs,
        folder / "run",
        root=None,
        machine=runs.Machine(threads=1),
        watcher=Nobody(),
    )


def counts_of(finished: runs.Finished) -> dict[str, float]:
    ranking = finished.results.ranking
    return dict(zip(ranking["name"], ranking["count_patents"], strict=True))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> runs.Finished:
    """Run the sources alone, once."""
    return run(tmp_path_factory.mktemp("plain"))


def test_an_address_is_read_and_doubts_are_listed(plain: runs.Finished) -> None:
    finished = plain
    assert counts_of(finished) == {"Boston–Cambridge, MA": 3.0}
    review = pd.read_csv(plain.folder / "review.csv", keep_default_na=False)
    assert review[["city", "country", "documents", "method"]].to_numpy().tolist() == [
        ["Atlantis", "GR", 2, "unknown name"],
        ["atlantis", "GR", 1, "unknown name"],
        ["Kent", "US", 1, "declined: homonyms"],
    ]
    assert review["rivals"].str.contains("Kent, WA, US").tolist() == [False, False, True]
    located = finished.results.localities.set_index("address")
    assert located.loc["12 Beacon St, Boston, MA 02108, USA", "method"].startswith("address")
    assert not (plain.folder / "organisation_names.csv").exists()
    described = json.loads((plain.folder / "review.csv.json").read_text("utf-8"))["columns"]
    assert described["latitude"] == "empty: to be filled in"
    assert all(described.values())


def test_places_set_by_hand_win_and_stand_in_the_record(tmp_path: Path) -> None:
    (tmp_path / "hand.csv").write_text(BY_HAND, encoding="utf-8")
    finished = run(tmp_path, more='overrides = "hand.csv"')
    ranking = finished.results.ranking
    assert ranking["count_patents"].tolist() == [3.0, 3.0]
    assert ranking["latitude"].round(1).tolist().count(36.4) == 1
    assert finished.results.review["city"].tolist() == ["Kent"]
    files = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["inputs"]["files"]
    assert [(file["source"], file["file"]) for file in files][1:] == [("overrides", "hand.csv")]
    assert len(files[1]["sha256"]) == 64


def test_wrong_places_by_hand_are_refused(tmp_path: Path) -> None:
    (tmp_path / "hand.csv").write_text(BY_HAND.replace("36.4", "96.4"), encoding="utf-8")
    with pytest.raises(InputError, match=r"hand\.csv: line 2: must have a latitude"):
        run(tmp_path, more='overrides = "hand.csv"')
    with pytest.raises(InputError, match=r"none\.csv: can't be read as a table of overrides"):
        run(tmp_path, more='overrides = "none.csv"')


def leaders(finished: runs.Finished, kind: str) -> dict[str, float]:
    table = finished.results.profiles[f"top_{kind}s"]
    return dict(zip(table[kind], table["count"], strict=True))


def test_names_as_given_unless_something_is_declared(plain: runs.Finished, tmp_path: Path) -> None:
    assert leaders(plain, "applicant") == {
        "Acme Inc": 1.0, "Roadrunner": 1.0, "ACME INC": 0.5, "Acme, Inc.": 0.5,
    }  # fmt: skip
    always = run(tmp_path, edition=little("always"))
    assert leaders(always, "applicant") == {"ACME INC": 2.0, "Roadrunner": 1.0}
    assert counts_of(always) == counts_of(plain)


def test_a_thesaurus_and_parents_decide_under_what_name_is_counted(tmp_path: Path) -> None:
    (tmp_path / "means.csv").write_text("name,means\nAcme,Acme Corporation\n", encoding="utf-8")
    (tmp_path / "own.csv").write_text("name,parent\nAcme Corporation,Birds\n", encoding="utf-8")
    told = run(tmp_path, after='[organisations]\nthesaurus = "means.csv"\nparents = "own.csv"')
    assert leaders(told, "applicant") == {"Birds": 2.0, "Roadrunner": 1.0}
    mapping = pd.read_csv(tmp_path / "run" / "organisation_names.csv").set_index("text")
    shown = mapping.loc["ACME INC.", ["name", "counted_as", "how"]].tolist()
    assert shown == ["Acme Corporation", "Birds", "thesaurus"]
    assert mapping.loc["Roadrunner", "how"] == "alone"
    files = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["inputs"]["files"]
    assert [file["source"] for file in files][1:] == [
        "organisations.thesaurus", "organisations.parents",
    ]  # fmt: skip
