"""What a brief says is what the run folder holds, and it says what is not known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from hubscan import briefs
from hubscan.briefs.content import brief_content
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.run_folder import RunFolder


def said(folder: RunFolder, cluster: int, *before: RunFolder) -> dict[str, Any]:
    """Return the content of a brief."""
    return brief_content(briefs.material_of(folder, earlier=before), cluster, most=10)


def test_figures_are_those_of_the_ranking(run_folder: RunFolder) -> None:
    ranking = run_folder.table("ranking").set_index("cluster")
    for cluster, row in ranking.iterrows():
        content = said(run_folder, int(str(cluster)))
        assert content["name"] == row["name"]
        cards = {card["of"]: card["value"] for card in content["cards"]}
        assert cards["Rank"] == str(row["rank"])
        assert cards["Total of shares"] == f"{100 * row['total_share']:.2f}%"
        for line, indicator in zip(content["figures"], run_folder.indicators, strict=True):
            share = f"share_{indicator}"
            assert line[2] == f"{100 * row[share]:.2f}%"
            assert line[3] == str(1 + int((ranking[share] > row[share]).sum()))


def test_what_the_run_does_not_hold_is_said(run_folder: RunFolder) -> None:
    content = said(run_folder, 1)
    for part in ("applicants", "organisations", "fields", "partners", "subjects"):
        assert content[part]["rows"] == []
        assert (
            content[part]["none"].endswith("known in this cluster.")
            or "No ties" in (content[part]["none"])
        )
    assert "not held against an earlier edition" in content["trend"]["sentence"]
    note = dict(content["method"])
    assert note["Ranks"].startswith("No study of uncertainty")
    assert note["Inputs"].startswith("SYNTHETIC DATA")
    assert "32 assumed" in note["Parameters"] or "assumed; the run folder" in note["Parameters"]
    assert content["cards"][0]["note"].startswith("of ")


def test_intervals_and_changes_are_told_where_they_are_known(
    another_run: Callable[..., Path],
) -> None:
    path = another_run("with")
    (path / "uncertainty").mkdir()
    pd.DataFrame({"cluster": [1], "median": [1], "lower": [1], "upper": [3]}).to_parquet(
        path / "uncertainty" / "rank_intervals.parquet"
    )
    (path / "uncertainty" / "run.json").write_text(json.dumps({"plan": {"level": 0.9}}), "utf-8")
    pd.DataFrame(
        {"cluster": [1, 2], "rank_before": [4, None], "growth_percent": [12.34, None]}
    ).to_parquet(path / "change.parquet")
    folder = opened_runs([path])[0]
    first, second = said(folder, 1), said(folder, 2)
    rank = int(folder.table("ranking").set_index("cluster").loc[1, "rank"])
    assert first["cards"][0]["note"] == "90% interval 1–3"
    assert first["trend"]["ranks"] == [4, rank]
    assert f"{4 - rank:+d}." in first["trend"]["sentence"]
    assert "+12.3%" in first["trend"]["sentence"]
    assert second["trend"]["sentence"] == "It has no predecessor in the edition before."


def test_ranks_of_earlier_runs_are_told(another_run: Callable[..., Path]) -> None:
    before, now = opened_runs([another_run("before"), another_run("now")])
    ranks = now.table("ranking").set_index("cluster")["rank"]
    content = said(now, 2, before)
    assert content["trend"]["ranks"] == [ranks[2], ranks[2]]
    assert content["trend"]["sentence"].endswith(": 0.")


def test_economies_are_shares_of_the_cluster(another_run: Callable[..., Path]) -> None:
    path = another_run("economies")
    table = pd.DataFrame(
        {
            "cluster": [1, 1, 1],
            "indicator": ["patents", "patents", "deals"],
            "economy": ["DE", "AT", "DE"],
            "count": [3.0, 1.0, 5.0],
        }
    )
    table.to_parquet(path / "economies.parquet")
    rows = {row[0]: row[1:] for row in said(opened_runs([path])[0], 1)["economies_table"]["rows"]}
    indicators = opened_runs([path])[0].indicators
    assert rows["Germany"][indicators.index("patents")] == "75.0%"
    assert rows["Austria"][indicators.index("patents")] == "25.0%"
    assert rows["Germany"][indicators.index("deals")] == "100.0%"


def test_the_map_escapes_names_and_crosses_the_antimeridian(
    another_run: Callable[..., Path],
) -> None:
    path = another_run("map")
    table = pd.read_parquet(path / "ranking.parquet")
    # the town on the antimeridian
    town = int(table.loc[table["longitude"] > 179, "cluster"].item())
    table.loc[table["cluster"] == town, "name"] = '<script>"&'
    table.to_parquet(path / "ranking.parquet", index=False)
    svg = said(opened_runs([path])[0], town)["map"]["svg"]
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    # a footprint of some ten kilometres on a map of some sixty: no line across the sheet
    assert "km</text>" in svg
    assert "nan" not in svg


@pytest.mark.parametrize("cluster", [1, 2])
def test_content_is_plain_json(run_folder: RunFolder, cluster: int) -> None:
    assert json.loads(json.dumps(said(run_folder, cluster), allow_nan=False))


def test_counts_stand_under_their_years_and_outside_the_window_is_blank(
    another_run: Callable[..., Path],
) -> None:
    path = another_run("yearly")
    (path / "profiles").mkdir()
    rows = [
        (1, "patents", 2020, 5.0),
        (1, "patents", 2024, 1234567.0),
        (1, "publications", 2019, 2),
    ]
    table = pd.DataFrame(rows, columns=["cluster", "indicator", "year", "count"])
    table.to_parquet(path / "profiles" / "yearly_counts.parquet")
    yearly = said(opened_runs([path])[0], 1)["trend"]["yearly"]
    assert yearly["heads"] == ["2019", "2020", "2021", "2022", "2023", "2024"]
    by_name = {row[0]: row[1:] for row in yearly["rows"]}
    assert by_name["Patents"] == ["", "5", "0", "0", "0", "1.23m"]
    assert by_name["Publications"] == ["2", "0", "0", "0", "0", ""]
