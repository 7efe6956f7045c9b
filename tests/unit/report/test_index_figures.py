from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.report import index_charts, index_figures, index_style

SCORES = pd.DataFrame(
    {
        "index": [85.83, 79.15, 73.67],
        "research": [93.2, 70.0, 71.0],
        "technology": [81.5, 85.6, np.nan],
        "industry": [86.5, 72.9, 79.0],
    },
    index=["Boston", "Tokyo", "Austin"],
)
GROUPED = SCORES.assign(group=["North America", "Asia", "North America"])
RESIDUALS = pd.DataFrame(
    {"table": "t", "parent": ["0", "0", "1"], "unit": ["a", "b", "a"],
     "residual": [0.0, 2.25, 0.01], "bound": 0.055,
     "inside": pd.array([True, False, True], dtype="boolean")}
)  # fmt: skip
TOP = pd.DataFrame(
    {"unit": ["Oslo", "Oslo"], "field": ["Medicine", "Physics"], "place": [1, 2],
     "share": [0.4, 0.1], "value": [1.5, 9.0]}
)  # fmt: skip
SOURCES = pd.DataFrame(
    {"unit": ["Oslo", "Oslo"], "origin": ["Rome", "Bonn"], "researchers": [120.0, 400.0],
     "width": np.log([120.0, 400.0])}
)  # fmt: skip
COMPLETE = SCORES.dropna()
TYPES = pd.DataFrame({"unit": ["Boston", "Tokyo"], "type": ["all", "technology"]})

DRAWINGS = {
    "heat_map": lambda: index_figures.heat_map(SCORES, title="T", caption="c"),
    "scatter": lambda: index_figures.scatter(
        GROUPED, [("index", "research"), ("research", "industry")], title="T", caption="c"
    ),
    "bubble": lambda: index_figures.bubble(
        GROUPED, ("research", "technology", "industry"), title="T", caption="c"
    ),
    "rank_bars": lambda: index_figures.rank_bars(
        pd.DataFrame({"1-10": [4, 0], "11-20": [3, 2]}, index=["Asia", "Oceania"]),
        title="T", caption="c",
    ),
    "correlation_map": lambda: index_figures.correlation_map(
        SCORES.corr(), title="T", caption="c"
    ),
    "typology": lambda: index_charts.typology(
        COMPLETE[["research", "technology", "industry"]], TYPES, exceptions=TYPES.iloc[1:],
        title="T", caption="c",
    ),
    "residual_chart": lambda: index_charts.residual_chart(RESIDUALS, title="T", caption="c"),
    "activity_chart": lambda: index_charts.activity_chart(TOP, title="T", caption="c"),
    "flow_chart": lambda: index_charts.flow_chart(SOURCES, title="T", caption="c"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("form", ["svg", "png"])
def test_equal_tables_give_equal_bytes_again_and_whatever_the_users_settings(
    name: str, form: str
) -> None:
    first = DRAWINGS[name]()
    content = index_style.figure_bytes(first, form=form)
    assert content == index_style.figure_bytes(first, form=form)
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": "other", "axes.grid": True}):
        assert content == index_style.figure_bytes(DRAWINGS[name](), form=form)
    assert len(content) > 1000


@pytest.mark.parametrize("name", DRAWINGS)
def test_title_and_caption_stand_on_every_figure(name: str) -> None:
    figure = DRAWINGS[name]()
    assert figure.get_suptitle() == "T"
    assert figure.get_supxlabel() == "c"


def test_drawing_leaves_the_users_settings_alone() -> None:
    before = dict(mpl.rcParams)
    index_style.figure_bytes(DRAWINGS["bubble"](), form="svg")
    assert dict(mpl.rcParams) == before


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(InputError, match="form = 'gif': must be one of svg, png, pdf"):
        index_style.figure_bytes(DRAWINGS["heat_map"](), form="gif")


def test_a_heat_map_writes_what_each_column_needs_and_hatches_what_is_missing() -> None:
    axes = DRAWINGS["heat_map"]().axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert texts[:6] == ["85.83", "79.15", "73.67", "93.2", "70.0", "71.0"]
    assert texts.count("") == 1
    assert [patch.get_hatch() for patch in axes.patches] == ["////"]


def test_letters_read_on_their_ground() -> None:
    assert index_style.ink_on((0.0, 0.1, 0.4)) == "white"
    assert index_style.ink_on((0.9, 0.95, 1.0)) == index_style.INK


def test_a_scatter_plot_names_every_unit_and_states_the_correlation() -> None:
    axes = DRAWINGS["scatter"]().axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["Austin", "Boston", "Tokyo"]
    r = np.corrcoef(SCORES["index"], SCORES["research"])[0, 1]
    assert axes.get_title(loc="left") == f"r = {r:.2f} (n = 3)"


def test_the_interval_of_a_correlation_is_fishers() -> None:
    draws = np.random.default_rng(1).normal(size=(30, 2))
    table = pd.DataFrame(draws, columns=["a", "b"], index=[f"u{i}" for i in range(30)])
    figure = index_figures.scatter(table, [("a", "b")], title="", caption="")
    r = np.corrcoef(draws.T)[0, 1]
    half = 1.959964 / np.sqrt(27)
    low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
    title = figure.axes[0].get_title(loc="left")
    assert title == f"r = {r:.2f}, 95 %: {low:.2f} to {high:.2f} (n = 30)"


def test_names_do_not_cover_each_other_where_there_is_room() -> None:
    figure = index_style.blank_figure(4, 4, title="", caption="")
    axes = figure.add_subplot()
    points = np.array([[0.5, 0.5], [0.51, 0.5], [0.5, 0.51]])
    axes.scatter(points[:, 0], points[:, 1])
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    index_style.name_points(axes, points, ["one", "two", "three"], size=6)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_too_many_groups_are_an_error() -> None:
    table = pd.DataFrame({"a": range(9), "b": range(9), "group": [str(i) for i in range(9)]})
    with pytest.raises(InputError, match="9 groups: at most 8 can be told apart"):
        index_figures.scatter(table, [("a", "b")], title="", caption="")


def test_units_without_all_three_scores_have_no_bubble() -> None:
    axes = DRAWINGS["bubble"]().axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["Boston", "Tokyo"]


def test_residuals_beyond_the_bound_are_counted() -> None:
    axes = DRAWINGS["residual_chart"]().axes[0]
    assert [text.get_text() for text in axes.texts] == ["1 of 2 outside"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0 t", "1 t"]


def test_sources_stand_in_the_order_of_what_leaves_them() -> None:
    axes = DRAWINGS["flow_chart"]().axes[0]
    assert [text.get_text().strip() for text in axes.texts] == ["Bonn", "Rome", "Oslo"]


def test_exceptions_are_ringed() -> None:
    axes = DRAWINGS["typology"]().axes[0]
    assert len(axes.collections[-1].get_offsets()) == 1
