"""The command verify: exit codes, JSON, files and messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import tomli_w
import typer
from typer.testing import CliRunner, Result

from hubscan.cli_verify import verify
from hubscan.console import Screen
from hubscan.edition import load_edition
from hubscan.errors import InputError
from hubscan.reference import published
from hubscan.report.gii import TABLES, headed, printed
from hubscan.report.tables import csv_text

if TYPE_CHECKING:
    from pathlib import Path

FIGURE_1 = "clusters_2025_figure1_top10"
TABLE_2 = "clusters_2025_appendix_table2"
TABLE_3 = "clusters_2025_appendix_table3_intensity"


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(verify)
    return CliRunner().invoke(app, arguments, obj=Screen(quiet=True, as_json=True))


def test_the_edition_of_2025_does_not_hold(tmp_path: Path) -> None:
    out = tmp_path / "faults.csv"
    shown = run("gii-2025", "--out", str(out))
    assert shown.exit_code == 1
    content = json.loads(shown.stdout)
    assert not content["holds"]
    misprints = [each for each in content["faults"] if each["kind"] == "misprint"]
    assert [(each["row"], each["found"], each["expected"]) for each in misprints] == [
        ("Toronto", "39", "40"), ("Atlanta", "40", "41"),
    ]  # fmt: skip
    counts = {each["check"]: each["found"] for each in content["summary"]}
    assert counts["figures"] == counts["ranks"] == counts["rank changes"] == 0
    written = pd.read_csv(out, keep_default_na=False)
    assert len(written) == len(content["faults"]) == sum(counts.values())


def test_people_see_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    app = typer.Typer()
    app.command()(verify)
    shown = CliRunner().invoke(app, ["gii-2023"], obj=Screen())
    assert shown.exit_code == 1
    assert "us-dallas.pdf" in shown.output


def test_a_published_table_holds_against_itself(tmp_path: Path) -> None:
    file = tmp_path / "figure1.csv"
    headings = TABLES[FIGURE_1].headings
    file.write_text(csv_text(printed(published(FIGURE_1), headings)), encoding="utf-8")
    # with the report's own headings and per-cent signs; the table is recognised by its columns
    shown = run(str(file), "--against", "gii-2025")
    assert shown.exit_code == 0, shown.output
    content = json.loads(shown.stdout)
    assert content["holds"]
    assert {each["table"] for each in content["summary"]} == {FIGURE_1}
    assert sum(each["compared"] for each in content["summary"]) == 40


def test_a_cell_outside_is_listed_with_what_is_allowed(tmp_path: Path) -> None:
    table = published(TABLE_2)
    table.loc[7, "share_vc"] += 0.02
    file = tmp_path / "mine.xlsx"
    shown_table = headed(table, TABLES[TABLE_2].headings)
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"about": ["x"]}).to_excel(book, sheet_name="About", index=False)
        shown_table.to_excel(book, sheet_name="Table", index=False)
    shown = run(str(file), "--against", TABLE_2)
    assert shown.exit_code == 1
    faults = json.loads(shown.stdout)["faults"]
    assert len(faults) == 1
    assert faults[0]["row"] == "London"
    assert faults[0]["column"] == "share_vc"
    printed_share = published(TABLE_2).loc[7, "share_vc"]
    assert float(faults[0]["expected"]) == printed_share
    assert faults[0]["low"] == pytest.approx(printed_share - 0.005, abs=1e-6)
    # a tolerance of 1 % lets it pass
    assert run(str(file), "--against", TABLE_2, "--tolerance", "0.01").exit_code == 0


def test_the_misprinted_table_does_not_hold(tmp_path: Path) -> None:
    file = tmp_path / "table3.csv"
    file.write_text(csv_text(published(TABLE_3)), encoding="utf-8")
    shown = run(str(file), "--against", TABLE_3)
    assert shown.exit_code == 1
    faults = json.loads(shown.stdout)["faults"]
    assert [(each["row"], each["found"], each["expected"]) for each in faults] == [
        ("Toronto", "39", "40"), ("Atlanta", "40", "41"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "against", "sentence"),
    [
        ("a,b\n1,2\n", FIGURE_1, "shares no columns with clusters_2025_figure1_top10"),
        ("rank,cluster\nfirst,Oslo\n", FIGURE_1, "rank, row 1: 'first': must be a number"),
        ("rank,cluster\n1,Oslo\n", "gii-1999", "nothing is published as 'gii-1999'"),
        ("", FIGURE_1, "can't be read as a table"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: str, against: str, sentence: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text(content, encoding="utf-8")
    shown = run(str(file), "--against", against)
    assert isinstance(shown.exception, InputError)
    assert sentence in str(shown.exception)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    shown = run(str(tmp_path / "none.csv"))
    assert isinstance(shown.exception, InputError)
    assert "a CSV file, a workbook or a run was needed" in str(shown.exception)
    shown = run(str(tmp_path))
    assert "has no run.json: give a folder made by hubscan run" in str(shown.exception)


def run_folder(folder: Path, *, shift: float = 0.0) -> Path:
    """Return a run folder that found the published figures of 2025."""
    table = published(TABLE_2)
    people = published(TABLE_3).set_index("cluster")
    order = people.reindex(table["cluster"])
    ranking = pd.DataFrame(
        {
            "cluster": table["rank"],
            "rank": table["rank"],
            "name": table["cluster"],
            "economies": table["economy"].str.rstrip("*"),
            "total_share": table["total_share"] / 100.0 + shift,
            "count_patents": table["pct_applications"],
            "share_patents": table["pct_applications"] / 1_309_724.0,
            "population": order["population"].to_numpy(),
            "total_per_million": order["total_share_per_million"].to_numpy(),
            "intensity_rank": order["rank_corrected"].to_numpy(),
        }
    )
    folder.mkdir()
    ranking.to_parquet(folder / "ranking.parquet")
    (folder / "run.json").write_text('{"inputs": {"synthetic": true}}', encoding="utf-8")
    edition = load_edition("gii-2025").replace("report.label_separator", "/")
    content = tomli_w.dumps(edition.model_dump(mode="json"))
    (folder / "edition.toml").write_text(content, encoding="utf-8")
    return folder


def test_a_run_is_held_against_one_table(tmp_path: Path) -> None:
    shown = run(str(run_folder(tmp_path / "run")), "--against", TABLE_2)
    assert shown.exit_code == 0, shown.output
    content = json.loads(shown.stdout)
    compared = {each["column"]: each["outside"] for each in content["summary"]}
    assert compared == dict.fromkeys(
        ["rank", "economy", "pct_applications", "share_pct", "total_share"], 0
    )
    # what the run does not know is said, and is no fault
    assert {each["column"] for each in content["faults"]} == {
        "scientific_publications", "vc_deals", "share_publications", "share_vc", "previous_rank",
        "rank_change", "rank_old_methodology",
    }  # fmt: skip


def test_a_run_is_held_against_all_tables_of_its_edition(tmp_path: Path) -> None:
    shown = run(str(run_folder(tmp_path / "run", shift=2e-4)))
    content = json.loads(shown.stdout)
    assert shown.exit_code == 1
    outside = [each for each in content["faults"] if each["kind"] == "outside"]
    assert {(each["table"], each["column"]) for each in outside} == {(TABLE_2, "total_share")}
    assert len(outside) == 100
    misprints = [each["row"] for each in content["faults"] if each["check"] == "misprint in print"]
    assert misprints == ["Toronto", "Atlanta"]
    # 5 % more is allowed, so the smallest totals still lie within
    widened = run(str(tmp_path / "run"), "--tolerance", "0.05")
    assert widened.exit_code == 0


def test_a_run_has_no_tables_of_another_edition(tmp_path: Path) -> None:
    shown = run(str(run_folder(tmp_path / "run")), "--against", "gii-2023")
    assert isinstance(shown.exception, InputError)
    assert "a run of gii-2025 has no tables of 'gii-2023'" in str(shown.exception)


def test_only_the_chosen_columns_are_compared(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", shift=2e-4)
    shown = run(str(folder), "--against", TABLE_2, "--columns", "rank, share_pct")
    assert shown.exit_code == 0, shown.output
    content = json.loads(shown.stdout)
    assert [each["column"] for each in content["summary"]] == ["rank", "share_pct"]
    assert content["faults"] == []
    shown = run(str(folder), "--columns", "beauty")
    assert isinstance(shown.exception, InputError)
    assert "no published table has the columns beauty" in str(shown.exception)
