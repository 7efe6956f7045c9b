from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError, InputError
from hubscan.index import bridges, coin_tool, pipeline, set2024, values
from hubscan.index._levels import level_table, without_passes
from hubscan.index.framework import Framework

if TYPE_CHECKING:
    from pathlib import Path

UNEVEN = Framework.from_parents(
    {"1": "T", "2": "T", "1.1": "1", "1.2": "1", "1.1.1": "1.1", "1.1.2": "1.1"},
    weight={"1": 0.3, "2": 0.7, "1.1": 2.0, "1.2": 3.0},
    direction={"1.2": -1.0},
    unit={"2": "score"},
    denominator={"2": "people"},
    target={"1.2": 9.0},
)
VALUES = pd.DataFrame(
    [[1.0, 2.0, 3.0, 4.0], [5.0, np.nan, 7.0, 8.0]],
    index=["NOR", "ITA"],
    columns=["1.1.1", "1.1.2", "1.2", "2"],
)
UNITS = pd.DataFrame(
    {"name": ["Norway", "Italy"], "region": ["North", "South"], "people": [5.0, 59.0]},
    index=["NOR", "ITA"],
)


def test_edges_that_skip_levels_get_nodes_that_hand_on() -> None:
    levels = level_table(UNEVEN).set_index("code")
    assert levels["level"].to_dict() == {
        "1.1.1": 1, "1.1.2": 1, "1.2": 1, "2": 1, "1.1": 2, "1.2_L2": 2, "2_L2": 2, "1": 3,
        "2_L3": 3, "T": 4,
    }  # fmt: skip
    assert levels.loc["2", ["parent", "weight"]].tolist() == ["2_L2", 1.0]
    assert levels.loc["2_L3", ["parent", "weight"]].tolist() == ["T", 0.7]
    back = without_passes(level_table(UNEVEN).drop(columns="level")).set_index("code")
    assert back.loc["2"].tolist() == ["T", 0.7]
    assert set(back.index) == set(UNEVEN.codes)


def test_a_node_that_only_looks_like_one_put_in_stays() -> None:
    nodes = pd.DataFrame(
        {"code": ["x", "a_L2", "T"], "parent": ["a_L2", "T", ""], "weight": [1.0, 0.3, 1.0]}
    )
    assert without_passes(nodes)["code"].tolist() == ["x", "a_L2", "T"]


def test_coinr_tables_hold_what_coinr_asks_for() -> None:
    idata, imeta = bridges.coinr_tables(UNEVEN, VALUES, UNITS)
    assert list(idata)[:4] == ["uCode", "uName", "region", "people"]
    assert idata["uName"].tolist() == ["Norway", "Italy"]
    assert set(idata) - {"uCode", "uName"} <= set(imeta["iCode"])
    assert not set(imeta.loc[imeta["Type"] == "Aggregate", "iCode"]) & set(idata)
    kinds = imeta.set_index("iCode")["Type"].to_dict()
    assert (kinds["region"], kinds["people"]) == ("Group", "Denominator")
    assert imeta["iCode"].str[0].str.isalpha().all()
    levels = imeta.dropna(subset="Level").set_index("iCode")
    below = levels[levels["Parent"] != ""]
    assert (levels.loc[below["Parent"], "Level"].to_numpy() - below["Level"].to_numpy() == 1).all()


def test_a_framework_survives_the_way_to_coinr_and_back() -> None:
    idata, imeta = bridges.coinr_tables(UNEVEN, VALUES, UNITS)
    again = bridges.coinr_framework(imeta)
    names = bridges.coinr_codes(UNEVEN)
    assert set(again.codes) == set(names.values())
    for code, name in names.items():
        assert again.effective_weights[name] == pytest.approx(UNEVEN.effective_weights[code])
    assert again.directions["n_1.2"] == -1.0
    assert again.table.loc["n_1.2", "target"] == 9.0
    assert again.table.loc["n_2", "denominator"] == "people"
    values, units = bridges.coinr_values(idata, imeta)
    back = values.rename(columns={name: code for code, name in names.items()})
    pd.testing.assert_frame_equal(back[list(VALUES)], VALUES, check_names=False)
    assert units["name"].tolist() == ["Norway", "Italy"]


def test_a_panel_is_indexed_by_period_and_unit() -> None:
    idata = pd.DataFrame({"uCode": ["a", "a"], "Time": [2019, 2020], "x": [1.0, 2.0]})
    imeta = pd.DataFrame({"iCode": ["x"], "Type": ["Indicator"]})
    values, _ = bridges.coinr_values(idata, imeta)
    assert values.index.names == ["period", "unit"]
    assert values["x"].tolist() == [1.0, 2.0]


def test_missing_columns_and_codes_that_meet_are_named() -> None:
    with pytest.raises(FrameworkError, match="iMeta: column 'Level' is missing"):
        bridges.coinr_framework(pd.DataFrame({"iCode": []}))
    with pytest.raises(InputError, match="iData: column 'x' is missing"):
        bridges.coinr_values(
            pd.DataFrame({"uCode": ["a"]}), pd.DataFrame({"iCode": ["x"], "Type": ["Indicator"]})
        )
    with pytest.raises(FrameworkError, match="becomes 'a_b', which is taken"):
        bridges.coinr_codes(Framework.from_parents({"a_b": "T", "a b": "T"}))


def test_the_asem_tables_are_read_and_written_back(shared: Path) -> None:
    folder = shared / "oracle" / "composite" / "inputs"
    read = {"keep_default_na": False, "na_values": [""]}
    imeta = pd.read_csv(folder / "asem_iMeta.csv", **read)
    idata = pd.read_csv(folder / "asem_iData.csv", **read)
    tree = bridges.coinr_framework(imeta)
    values, units = bridges.coinr_values(idata, imeta)
    assert (len(tree.leaves), values.shape, int(values.isna().sum().sum())) == (49, (51, 49), 63)
    again_idata, again_imeta = bridges.coinr_tables(tree, values, units)
    assert bridges.coinr_framework(again_imeta) == tree
    again, _ = bridges.coinr_values(again_idata, again_imeta)
    pd.testing.assert_frame_equal(again, values[again.columns], check_exact=True)
    assert set(again_imeta["iCode"]) == set(imeta["iCode"])


def test_a_coin_tool_workbook_survives_the_way_there_and_back() -> None:
    tree = set2024.framework(weights="implied")
    draws = np.random.default_rng(1).random((3, 38)).round(6)
    values = pd.DataFrame(draws, index=["A", "B", "C"], columns=list(tree.leaves))
    values.iloc[1, 4] = np.nan
    names = pd.Series({"A": "x", "B": "y", "C": "z"})
    content = coin_tool.coin_tool_workbook(tree, values, names)
    again, table, found = coin_tool.coin_tool_tables(content)
    assert again.codes == tree.codes
    assert again.effective_weights.to_numpy() == pytest.approx(tree.effective_weights.to_numpy())
    assert again.directions.tolist() == tree.directions.tolist()
    pd.testing.assert_frame_equal(table, values)
    assert found.to_dict() == names.to_dict()
    assert content == coin_tool.coin_tool_workbook(tree, values, names)


def test_a_tree_that_is_too_deep_and_a_file_that_is_none_are_errors() -> None:
    chain = {str(place): str(place - 1) for place in range(1, 7)} | {"x": "3"}
    deep = Framework.from_parents(chain)
    with pytest.raises(InputError, match="6 levels above the indicators: it holds 4"):
        coin_tool.coin_tool_workbook(deep, pd.DataFrame(index=["A"]), pd.Series({"A": "a"}))
    with pytest.raises(InputError, match="not a workbook"):
        coin_tool.coin_tool_tables(b"PK but not really")
    empty = bridges.workbook({"Database": pd.DataFrame(), "Framework": pd.DataFrame()}, about={})
    with pytest.raises(InputError, match="no indicator code in row 16"):
        coin_tool.coin_tool_tables(empty)


def read_back(content: bytes) -> dict[str, pd.DataFrame]:
    return pd.read_excel(io.BytesIO(content), sheet_name=None, keep_default_na=False)


def test_every_step_has_a_sheet_and_the_first_says_what_it_is() -> None:
    tables = {
        "raw": pd.DataFrame({"unit": ["a"], "1.1": [0.25], "note": ["=1+1"], "gone": [np.nan]}),
        "scores": pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="unit")),
        "long [name] that is/too long for any sheet": pd.DataFrame({"x": [True]}),
    }
    content = bridges.workbook(tables, about={"edition": "set-2024"})
    sheets = read_back(content)
    assert list(sheets) == ["About", "raw", "scores", "long  name  that is too long fo"]
    assert sheets["About"].to_numpy().tolist() == [["edition", "set-2024"]]
    assert sheets["raw"].iloc[0].tolist() == ["a", 0.25, "=1+1", ""]
    assert sheets["scores"]["unit"].tolist() == ["a", "b"]
    assert sheets["long  name  that is too long fo"]["x"].tolist() == [True]


def test_equal_tables_give_equal_bytes_without_dates_of_the_day() -> None:
    table = {"t": pd.DataFrame({"x": [1.5]})}
    content = bridges.workbook(table, about={})
    assert content == bridges.workbook(table, about={})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"2000-01-01" in archive.read("docProps/core.xml")
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_names_that_meet_are_an_error() -> None:
    table = pd.DataFrame({"x": [1]})
    with pytest.raises(InputError, match="the name 'about' is taken"):
        bridges.workbook({"about": table}, about={})


def test_a_run_of_the_edition_becomes_a_workbook_of_all_its_steps() -> None:
    tree = set2024.framework(weights="implied")
    draws = np.random.default_rng(2).lognormal(2, 1, (6, 38)).round(3)
    raw = pd.DataFrame(draws, index=list("abcdef"), columns=list(tree.leaves))
    result = pipeline.run(
        values.from_matrix(raw, period="2023", source="made up"), tree, set2024.recipe()
    )
    tables = bridges.result_tables(result)
    content = bridges.workbook(tables, about={"recipe": result.fingerprint})
    sheets = read_back(content)
    assert list(sheets) == [
        "About", "framework", "recipe", "raw", "1 treat", "2 normalise", "scores", "ranks",
        "1 treat fitted", "2 normalise fitted", "changed cells", "warnings",
    ]  # fmt: skip
    assert sheets["About"].iloc[0].tolist() == ["recipe", result.fingerprint]
    assert sheets["scores"].set_index("unit")["0"].to_dict() == pytest.approx(
        result.scores["0"].to_dict()
    )
    assert sheets["framework"]["code"].astype(str).tolist() == list(tree.codes)
