from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from hubscan.errors import FrameworkError, InputError
from hubscan.index import printed
from hubscan.index.framework import Framework


def wide(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"unit": ["Oslo", "Rome", "Bonn"], **columns})


def test_a_column_has_the_decimals_of_its_longest_number() -> None:
    cells = printed.printed_cells(wide(a=["71.5", "70", "69.25"]), table="t", nodes={"a": "1"})
    assert cells["decimals"].tolist() == [2, 2, 2]
    assert cells["printed"].tolist() == ["71.5", "70", "69.25"]


@pytest.mark.parametrize("blank", ["", "n/a", "..", "-", " NA "])
def test_what_was_not_printed_is_left_out(blank: str) -> None:
    cells = printed.printed_cells(wide(a=["1", blank, "3"]), table="t", nodes={"a": "1"})
    assert cells["unit"].tolist() == ["Oslo", "Bonn"]


@pytest.mark.parametrize("text", ["1,234.5", "1e3", "5%", "12."])
def test_a_text_that_is_no_decimal_number_is_named(text: str) -> None:
    with pytest.raises(InputError, match=r"t: a: .* is not a decimal number"):
        printed.printed_cells(wide(a=["1", text, "3"]), table="t", nodes={"a": "1"})


def test_a_unit_that_stands_twice_is_named() -> None:
    twice = pd.DataFrame({"unit": ["Oslo", "Oslo"], "a": ["1", "2"]})
    with pytest.raises(InputError, match="t: unit 'Oslo' stands twice"):
        printed.printed_cells(twice, table="t", nodes={"a": "1"})


def test_a_missing_column_is_named_with_what_was_found() -> None:
    with pytest.raises(InputError, match="t: column 'b' is missing; found unit, a"):
        printed.printed_cells(wide(a=["1", "2", "3"]), table="t", nodes={"b": "1"})


@pytest.mark.parametrize(
    ("weight", "exact"),
    [
        ("0.35", Fraction(7, 20)),
        (0.35, Fraction(7, 20)),
        ("2/15", Fraction(2, 15)),
        (2 / 15, Fraction(2, 15)),
        (0.333333333333, Fraction(1, 3)),
        (3, Fraction(3)),
        (Fraction(5, 7), Fraction(5, 7)),
        (0, Fraction(0)),
    ],
)
def test_weights_become_the_fractions_they_mean(weight: object, exact: Fraction) -> None:
    assert printed.exact_weight(weight, "here") == exact


@pytest.mark.parametrize("weight", ["x", -0.1, float("nan"), float("inf"), None, "1/0"])
def test_a_weight_that_is_none_is_an_error(weight: object) -> None:
    with pytest.raises(FrameworkError, match="here: weight"):
        printed.exact_weight(weight, "here")


def test_edges_with_a_child_twice_or_no_weight_are_errors() -> None:
    with pytest.raises(FrameworkError, match="0 has the child a twice"):
        printed.exact_edges(pd.DataFrame({"parent": "0", "child": ["a", "a"], "weight": 1}))
    with pytest.raises(FrameworkError, match="all children of 0 are 0"):
        printed.exact_edges(pd.DataFrame({"parent": "0", "child": ["a", "b"], "weight": 0}))


def test_effective_weights_are_products_of_sibling_shares() -> None:
    edges = pd.DataFrame(
        {
            "parent": ["0", "0", "1", "1", "1"],
            "child": ["1", "2", "1.1", "1.2", "1.3"],
            "weight": ["2", "3", "1", "1", "2"],
        }
    )
    found = printed.effective_edges(edges, parent="0", frontier=["1.1", "1.2", "1.3", "2"])
    assert found["child"].tolist() == ["1.1", "1.2", "1.3", "2"]
    assert found["weight"].tolist() == [
        Fraction(1, 10),
        Fraction(1, 10),
        Fraction(1, 5),
        Fraction(3, 5),
    ]


def test_a_path_that_misses_the_frontier_is_named() -> None:
    edges = pd.DataFrame({"parent": "0", "child": ["1", "2"], "weight": 1})
    with pytest.raises(FrameworkError, match="the path from 0 ends at 2"):
        printed.effective_edges(edges, parent="0", frontier=["1"])


def test_pooled_cells_are_the_finest_printings() -> None:
    coarse = printed.printed_cells(wide(a=["71.5", "70.0", "1.0"]), table="a", nodes={"a": "1"})
    fine = printed.printed_cells(
        pd.DataFrame({"unit": ["Oslo"], "a": ["71.48"]}), table="b", nodes={"a": "1"}
    )
    pooled = printed.pooled_cells(pd.concat([coarse, fine]), table="all")
    assert pooled.set_index("unit")["printed"].to_dict() == {
        "Oslo": "71.48",
        "Rome": "70.0",
        "Bonn": "1.0",
    }
    assert set(pooled["table"]) == {"all"}


def test_the_edges_of_a_framework_are_its_nominal_weights() -> None:
    tree = Framework.from_parents({"a": "T", "b": "T"}, weight={"a": 1.0, "b": 3.0})
    edges = printed.tree_edges(tree)
    assert edges.to_numpy().tolist() == [["T", "a", 1.0], ["T", "b", 3.0]]
