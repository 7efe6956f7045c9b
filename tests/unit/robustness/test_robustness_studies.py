"""Sweeps, explanations and the published table by example; commands on a run folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from hubscan import console, rank
from hubscan.edition import load_edition
from hubscan.errors import EditionError, InputError
from hubscan.report import uncertainty as charts
from hubscan.report.index_style import figure_bytes
from hubscan.robustness import explain
from hubscan.robustness.assumptions import unknown_choices
from hubscan.robustness.folders import opened_run
from hubscan.robustness.published import published_analysis, published_shares, unrounded_shares
from hubscan.robustness.sweep import set_to, settings, steady_region, steps

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3:5:1", [3.0, 4.0, 5.0]),
        ("0.1:0.3:0.1", [0.1, 0.2, 0.3]),
        ("15", [15.0]),
        ("mutual, none", ["mutual", "none"]),
        ("true,false", [True, False]),
    ],
)
def test_values_of_a_sweep(text: str, values: list[object]) -> None:
    assert steps(text) == values


@pytest.mark.parametrize("text", ["3:5", "5:3:1", "1:2:0", "a:b:c", "0:1:1e-9"])
def test_values_of_a_sweep_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="sweep"):
        steps(text)


def test_settings_are_every_combination() -> None:
    every = settings({"a": [1, 2, 3], "b": ["x", "y"]})
    assert len(every) == 6
    assert every[0] == {"a": 1, "b": "x"}


def test_a_setting_changes_an_edition_and_is_checked() -> None:
    edition = load_edition("gii-2025")
    assert set_to(edition, {"cluster.radius_km": 20.0, "rank.top": 50.0}).rank.top == 50
    with pytest.raises(EditionError):
        set_to(edition, {"cluster.radius": 20.0})


def test_the_steady_region_is_where_the_members_stay() -> None:
    table = pd.DataFrame(
        {"radius": [13.0, 14.0, 15.0], "top_10": [0.9, 1.0, 1.0], "order_10": [False, False, True]}
    )
    (row,) = steady_region(table, keys=["radius"], top=10).to_dict("records")
    assert (row["lowest"], row["highest"], row["settings"], row["same_order"]) == (
        "14.0",
        "15.0",
        2,
        1,
    )


def test_unknown_choices_are_those_the_edition_marks() -> None:
    edition = load_edition("gii-2025")
    factors = {factor.key: factor.levels for factor in unknown_choices(edition)}
    assert factors["merge.max_gap_km"] == (3.0, 5.0)
    assert set(factors["cluster.border_rule"]) == {"nearest_core", "lowest_id", "noise"}
    assert set(factors["merge.noise_rival"]) == {"bucket", "places", "ignore"}
    assert "cluster.radius_km" not in factors
    assert not any(key.startswith("regional") for key in factors)
    africa = {factor.key for factor in unknown_choices(load_edition("africa-2024"))}
    assert africa >= {"regional.shares", "regional.weights_universe"}
    for key, levels in factors.items():
        assert edition.get(key) in levels


def test_the_documents_that_move_a_cluster_do_move_it() -> None:
    counts = pd.DataFrame(
        {
            "cluster": [1, 2, 3] * 2,
            "indicator": ["patents"] * 3 + ["deals"] * 3,
            "count": [900.0, 500.0, 450.0, 30.0, 50.0, 12.0],
        }
    )
    weights = {"patents": 1.0, "deals": 1.0}
    options = {"aggregation": "sum", "on": "unrounded", "ties": "min"}

    def ranked(table: pd.DataFrame, world: dict[str, float]) -> pd.DataFrame:
        return rank.ranking(table, pd.Series(world), weights=weights, **options)

    world = {"patents": 10_000.0, "deals": 900.0}
    table = explain.moves(ranked(counts, world), world, 3, weights=weights)
    for row in table[table["towards"] == "up"].itertuples():
        for further, expected in ((row.documents, (1, 2)), (row.documents - 1, (3,))):
            more = counts.copy()
            mine = (more["cluster"] == 3) & (more["indicator"] == row.indicator)
            more.loc[mine, "count"] += further
            wider = world | {row.indicator: world[row.indicator] + further}
            now = ranked(more, wider).set_index("cluster")["rank"]
            assert now[3] in expected


def test_a_cluster_is_found_by_name_or_id() -> None:
    ranking = pd.DataFrame({"cluster": [1, 2, 3], "name": ["San Diego", "San Jose", "Zürich"]})
    assert explain.cluster_called(ranking, "ZURICH") == 3
    assert explain.cluster_called(ranking, "2") == 2
    with pytest.raises(InputError, match="San Diego, San Jose"):
        explain.cluster_called(ranking, "san")
    with pytest.raises(InputError, match="did you mean Zürich"):
        explain.cluster_called(ranking, "Zürch")
    with pytest.raises(InputError, match="ids go from 1 to 3"):
        explain.cluster_called(ranking, "9")


def test_the_published_ranking_follows_from_its_shares() -> None:
    exact = unrounded_shares()
    total = exact[exact.columns[2:]].sum(axis=1)
    assert (rank.ranks(total, ties="min") == exact["rank"]).all()
    printed = published_shares()
    assert np.abs(printed.iloc[:, 2:].to_numpy() - exact.iloc[:, 2:].to_numpy()).max() <= 0.005


def test_what_the_published_table_can_tell() -> None:
    table = published_analysis(weight_range=0.25, draws=2000, level=0.9, seed=1)
    assert table["rank"].tolist() == list(range(1, 101))
    assert table.loc[table["separable"], "name"].tolist() == ["New York City", "London"]
    for name in ("rounding", "weights"):
        assert (table["best"] <= table[f"{name}_best"]).all()
        assert (table["worst"] >= table[f"{name}_worst"]).all()
    assert (table["best"] <= table["lower"]).all()
    assert (table["upper"] <= table["worst"]).all()
    # groups with equal printed totals can't be told apart by what is printed (fact A7)
    groups = [(21, 22), (43, 44), (65, 67), (97, 100)]
    for first, last in groups:
        part = table[table["rank"].between(first, last)]
        assert (part["rounding_worst"] - part["rounding_best"] >= last - first).all()


def test_equal_figures_are_equal_files() -> None:
    ranks = pd.DataFrame(
        {"name": ["Oslo", "Rome"], "rank": [1, 2], "lower": [1, 1], "upper": [2, 2]}
    )
    files = [
        figure_bytes(charts.interval_chart(ranks, title="Ranks", caption="made up"), form="svg")
        for _ in range(2)
    ]
    assert files[0] == files[1]
    swept = pd.DataFrame({"a": [1.0, 1.0, 2.0, 2.0], "b": ["x", "y"] * 2, "rank": [1, 2, 3, 4]})
    figure = charts.setting_map(swept, value="rank", title="", caption="")
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "2", "3", "4"]
    failed = swept.assign(rank=[1.0, np.nan, 3.0, 4.0], same=[True, False, False, False])
    figure = charts.setting_map(failed, value="rank", framed="same", title="", caption="")
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "–", "3", "4"]
    (frame,) = figure.axes[0].patches
    assert (frame.get_x(), frame.get_y()) == (-0.46, -0.46)


def test_long_titles_and_captions_are_not_cut_off() -> None:
    swept = pd.DataFrame({"a": [1.0, 2.0], "rank": [1, 2]})
    said = "What the sweep of this parameter does to the first hundred clusters, as a share of them"
    figure = charts.setting_map(swept, value="rank", title=said, caption=3 * said)
    figure.draw_without_rendering()
    inside = figure.bbox
    for text in figure.texts:
        box = text.get_window_extent()
        assert inside.x0 <= box.x0 < box.x1 <= inside.x1
        assert inside.y0 <= box.y0 < box.y1 <= inside.y1


def test_a_folder_that_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run"):
        opened_run(tmp_path)


def command_line() -> typer.Typer:
    from hubscan.cli_robustness import register  # noqa: PLC0415 - beside its use

    app = typer.Typer()

    @app.callback()
    def _options(context: typer.Context) -> None:
        context.obj = console.Screen(quiet=True, as_json=True)

    register(app)
    return app


def test_commands_say_what_they_do() -> None:
    for name in ("uncertainty", "sweep", "compare", "explain"):
        shown = CliRunner().invoke(command_line(), [name, "--help"])
        assert shown.exit_code == 0, shown.output


@pytest.mark.slow
def test_commands_on_a_run_folder(tmp_path: Path, watcher: object) -> None:
    from hubscan import demonstration  # noqa: PLC0415 - heavy; for the long run only

    run = tmp_path / "run"
    demonstration.demonstrated(
        run, scale=0.005, edition="gii-2025", seed=1, threads=2, watcher=watcher
    )
    app = command_line()

    def told(*arguments: str) -> dict[str, object]:
        shown = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert shown.exit_code == 0, shown.output
        return dict(json.loads(shown.stdout))

    swept = told("sweep", str(run), "--vary", "cluster.radius_km=15:16:1")
    assert len(swept["settings"]) == 2
    assert swept["settings"][0]["adjusted_rand"] == 1.0
    assert (run / "sweep" / "clusters.svg").is_file()

    found = told("uncertainty", str(run), "--replicates", "10", "--rows", "2")
    assert found["intervals"][0]["rank"] == 1
    held = (run / "uncertainty" / "rank_intervals.csv").read_bytes()
    told("uncertainty", str(run), "--replicates", "10", "--rows", "2")
    assert (run / "uncertainty" / "rank_intervals.csv").read_bytes() == held

    same = told("compare", str(run), str(run), "--out", str(tmp_path / "compared"))
    assert all(row["change"] == 0 for row in same["changes"])
    assert same["fates"] == []
    assert (tmp_path / "compared" / "ranks.png").is_file()

    first = told("explain", "1", "--run", str(run))
    assert first["cluster"] == 1
