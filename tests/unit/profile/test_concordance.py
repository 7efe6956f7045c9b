"""IPC symbols fall into WIPO's 35 technology fields, however they are spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.profile import concordance, field_names, field_of, label_fields

if TYPE_CHECKING:
    from pathlib import Path

SPLIT = {"H04N": {2, 3, 4}, "G01N": {10, 11}, "A61K": {14, 16}, "C13B": {18, 29}}
SPLIT |= {"B01D": {23, 24}, "E01F": {24, 35}}
YOUNGER = {"G06V": 6, "G16B": 6, "G16C": 6, "G16Y": 6, "G16Z": 6, "B64U": 32}
YOUNGER |= dict.fromkeys(["H10B", "H10D", "H10F", "H10H", "H10K", "H10N"], 8)


def fields(*symbols: str, extensions: str = "predecessor") -> list[int]:
    return field_of(pd.Series(symbols), extensions=extensions).tolist()


def test_there_are_35_fields_in_5_sectors() -> None:
    names = field_names()
    assert names["field"].tolist() == list(range(1, 36))
    assert names["name"].is_unique
    sectors = names.groupby("sector", sort=False)["field"].agg(["min", "max"])
    assert sectors.to_dict("index") == {
        "Electrical engineering": {"min": 1, "max": 8},
        "Instruments": {"min": 9, "max": 13},
        "Chemistry": {"min": 14, "max": 24},
        "Mechanical engineering": {"min": 25, "max": 32},
        "Other fields": {"min": 33, "max": 35},
    }


def test_the_rules_hold_650_subclasses_of_which_six_are_split() -> None:
    rules = concordance()
    assert rules["subclass"].str.fullmatch("[A-H][0-9]{2}[A-Z]").all()
    old = rules.loc[rules["predecessor"] == ""]
    assert old["subclass"].nunique() == 650
    several = old.groupby("subclass")["field"].agg(set)
    assert {name: found for name, found in several.items() if len(found) > 1} == SPLIT
    assert not rules.duplicated(["subclass", "main_groups"]).any()
    whole = rules.loc[rules["main_groups"] == "", "subclass"]
    assert whole.is_unique
    assert not set(whole) & set(SPLIT)


def test_subclasses_fall_where_another_coding_of_the_concordance_has_them(shared: Path) -> None:
    theirs = pd.read_csv(
        shared / "data" / "fields-metro" / "ipc_subclass_field35.csv", keep_default_na=False
    )
    assert len(theirs) == 650
    ours = field_of(theirs["ipc_subclass"], extensions="drop")
    assert ours.tolist() == theirs["field"].tolist()
    named = theirs[["field", "field_name", "sector"]].drop_duplicates()
    joined = named.merge(field_names(), on="field", suffixes=("_theirs", ""))
    assert (joined["field_name"] == joined["name"]).all()
    assert (joined["sector_theirs"] == joined["sector"]).all()
    # the one field that needs main groups
    assert set(range(1, 36)) - set(theirs["field"]) == {11}


@pytest.mark.parametrize(
    "symbol",
    [
        "G06F 17/30",
        "G06F  17/30",
        "G06F17/30",
        "g06f 17/30",
        "G06F-017/30",
        "G06F0017300000",
        "G06F0017/30",
        "  G06F 17/30 (2006.01) ",
        "G06F 17/30 [I]",
        "G06F 17",
        "G06F",
    ],
)
def test_every_spelling_is_computer_technology(symbol: str) -> None:
    assert fields(symbol) == [6]


def test_main_groups_decide_where_a_subclass_is_split() -> None:
    found = {
        "G01N 33/68": 11,
        "G01N0033680000": 11,
        "G01N 3/30": 10,
        "G01N 21/64": 10,
        "A61K 8/34": 14,
        "A61K 9/00": 16,
        "A61K 31/519": 16,
        "H04N 1/00": 3,
        "H04N 21/40": 4,
        "H04N 5/232": 2,
        "H04N 101/00": 2,
        "C13B 5/00": 29,
        "C13B 50/00": 18,
        "B01D 53/04": 24,
        "B01D 45/00": 24,
        "B01D 44/00": 23,
        "B01D 61/02": 23,
        "E01F 8/00": 24,
        "E01F 9/00": 35,
    }
    assert fields(*found) == list(found.values())


def test_gaps_of_the_concordance_have_no_field() -> None:
    # B01D except 45-53 is one field, 45-47 and 49-53 another: 48 is in none
    assert fields("B01D 48/00", "H04N 2/00", "C13B 60/00", "A61R 1/00", "H04N 29/00") == [0] * 5


@pytest.mark.parametrize("text", ["", "-", "G06", "G06FOO", "Z99Z 1/00", "G06F12345678901"])
def test_what_is_no_symbol_has_no_field(text: str) -> None:
    assert fields(text) == [0]


def test_a_bare_split_subclass_takes_the_field_with_most_of_its_groups() -> None:
    assert fields("G01N", "A61K", "B01D", "E01F", "H04N", "C13B") == [10, 16, 23, 35, 2, 18]


@pytest.mark.parametrize(("subclass", "field"), YOUNGER.items())
def test_younger_subclasses_follow_their_predecessor_or_have_no_field(
    subclass: str, field: int
) -> None:
    assert fields(f"{subclass} 10/00", extensions="predecessor") == [field]
    assert fields(f"{subclass} 10/00", extensions="drop") == [0]


def test_younger_main_groups_follow_their_predecessor_or_have_no_field() -> None:
    assert fields("H04N 23/60", "H04N 25/00", extensions="predecessor") == [2, 2]
    assert fields("H04N 23/60", "H04N 25/00", extensions="drop") == [0, 0]


def test_missing_symbols_have_no_field_and_the_index_is_kept() -> None:
    symbols = pd.Series(["H04L 5/00", None, "H04L 5/00"], index=[7, 5, 3])
    found = field_of(symbols, extensions="drop")
    assert found.to_dict() == {7: 4, 5: 0, 3: 4}


def test_labels_without_a_field_are_left_out() -> None:
    texts = pd.DataFrame(
        {
            "kind": ["ipc", "subject", "ipc", "ipc"],
            "label": [3, 1, 2, 1],
            "text": ["H04L 5/00", "H04L 5/00", "nothing", "G06F 3/01"],
        }
    )
    assert label_fields(texts, extensions="drop").to_numpy().tolist() == [[1, 6], [3, 4]]


def test_an_unknown_extension_is_told() -> None:
    with pytest.raises(InputError, match="extensions = 'keep': must be one of predecessor, drop"):
        fields("H04L 5/00", extensions="keep")


def test_the_ten_largest_fields_of_2023_are_named_as_published() -> None:
    published = {
        "Computer technology": 11.6,
        "Digital communication": 11.4,
        "Electrical machinery, apparatus, energy": 6.5,
        "Medical technology": 6.5,
        "Audio-visual technology": 4.7,
        "Measurement": 4.6,
        "Pharmaceuticals": 4.3,
        "Semiconductors": 3.6,
        "Transport": 3.4,
        "Biotechnology": 3.3,
    }
    assert round(sum(published.values()), 1) == 59.9
    assert set(published) <= set(field_names()["name"])
