"""The framework: structure, faults in sentences, changes by code."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import FrameworkError
from hubscan.index.framework import Framework, framework_faults

UNEVEN = {"1": "T", "2": "T", "3": "T", "1.1": "1", "1.2": "1", "1.2a": "1.2", "1.2b": "1.2"}


def test_uneven_depth() -> None:
    tree = Framework.from_parents(UNEVEN, weight={"1": 2, "1.2": 3})
    assert tree.root == "T"
    assert tree.codes == ("T", "1", "1.1", "1.2", "1.2a", "1.2b", "2", "3")
    assert tree.leaves == ("1.1", "1.2a", "1.2b", "2", "3")
    assert tree.inner == ("1.2", "1", "T")
    assert tree.children("1") == ("1.1", "1.2")
    assert tree.ancestors("1.2a") == ("1.2", "1", "T")
    assert tree.branch_leaves("1") == ("1.1", "1.2a", "1.2b")
    effective = tree.effective_weights
    assert effective["1.2a"] == pytest.approx(2 / 4 * 3 / 4 * 1 / 2)
    assert effective[list(tree.leaves)].sum() == pytest.approx(1)


def test_the_order_of_rows_means_nothing() -> None:
    tree = Framework.from_parents(UNEVEN, weight={"1.2": 3})
    shuffled = Framework(tree.table.sample(frac=1, random_state=4))
    assert shuffled == tree
    assert shuffled.codes == tree.codes
    assert hash(shuffled) == hash(tree)


def test_codes_count_their_digits() -> None:
    tree = Framework.from_parents(dict.fromkeys(["1.10", "1.9", "1.2"], "1"))
    assert tree.leaves == ("1.2", "1.9", "1.10")


@pytest.mark.parametrize(
    ("columns", "sentences"),
    [
        ({"code": ["T", "a"], "parent": ["", ""], "weight": [1, 1]}, ["exactly one root"]),
        (
            {"code": ["a", "b"], "parent": ["b", "a"], "weight": [1, 1]},
            ["nodes without a parent: none", "'a' is its own ancestor", "'b' is its own ancestor"],
        ),
        (
            {"code": ["T", "a", "b"], "parent": ["", "T", "x"], "weight": [1, np.nan, -2]},
            ["parent 'x' of 'b' is not a code", "'a' has no weight", "weight of 'b' is -2"],
        ),
        (
            {"code": ["T", "a", "b"], "parent": ["", "T", "T"], "weight": [1, 0, 0]},
            ["all children of 'T' have weight 0"],
        ),
        (
            {
                "code": ["T", "a", "b"],
                "parent": ["", "T", "T"],
                "weight": [1, 1, 1],
                "direction": [-1, 2, ""],
                "lower": ["", 5, ""],
                "upper": ["", 1, ""],
                "target": [3, "", ""],
                "aggregation": ["", "", "geometric"],
                "min_coverage": [1.5, "", ""],
            },
            [
                "direction of leaf 'a' is 2: must be 1 or -1",
                "bounds of leaf 'a' are 5 and 1: lower must be below upper",
                "direction of leaf 'b' is nan: must be 1 or -1",
                "leaf 'b' names aggregation 'geometric'",
                "direction of 'T' is -1: only a leaf can count downwards",
                "node 'T' has children and a target",
                "min_coverage of 'T' is 1.5: must be between 0 and 1",
            ],
        ),
        (
            {"code": ["T", "a", "b"], "parent": ["", "T", "T"], "weight": [1, "heavy", "light"]},
            ["weight of 'a' is 'heavy': must be a number", "weight of 'b' is 'light'"],
        ),
        (
            {"code": ["T", "a", "a", ""], "parent": ["", "T", "T", "T"], "weight": [1, 1, 1, 1]},
            ["code 'a' stands in more than one row", "row 4 has no code"],
        ),
    ],
)
def test_every_fault_is_one_sentence(
    columns: dict[str, list[object]], sentences: list[str]
) -> None:
    table = pd.DataFrame(columns)
    found = framework_faults(table)
    for sentence in sentences:
        assert sum(sentence in fault for fault in found) == 1
    with pytest.raises(FrameworkError) as caught:
        Framework(table)
    assert all(fault in str(caught.value) for fault in found)


def test_columns_that_must_be_there() -> None:
    with pytest.raises(FrameworkError, match="no column parent, weight; found"):
        Framework(pd.DataFrame({"code": ["T"]}))


def test_a_file_may_carry_several_sets_of_weights() -> None:
    text = "code,parent,name,printed,implied,note\nT,,Total,,,x\n1,T,One,.4,.35,\n2,T,Two,.6,.65,\n"
    tree = Framework.from_csv(io.StringIO(text), weights="implied")
    assert tree.weights.to_dict() == {"T": 1.0, "1": 0.35, "2": 0.65}
    assert tree.texts("name", ["2", "1", "2"]) == ["Two", "One", "Two"]
    with pytest.raises(FrameworkError, match="no column 'other' for the weights"):
        Framework.from_csv(io.StringIO(text), weights="other")


def test_changes_return_another_framework() -> None:
    tree = Framework.from_parents(UNEVEN)
    heavier = tree.with_weights({"2": 5})
    assert tree.weights["2"] == 1
    assert heavier.weights["2"] == 5
    assert heavier != tree
    assert tree.with_column("target", {"2": 9}).numbers("target", ["2", "3"])[0] == 9
    assert tree.without(["1.2"]).leaves == ("1.1", "2", "3")
    assert tree.without(["1.2a", "1.2b"]).leaves == ("1.1", "2", "3")
    with pytest.raises(FrameworkError, match="'x' is not one of its codes"):
        tree.with_weights({"x": 1})
    with pytest.raises(FrameworkError, match="'x' is not one of its codes"):
        tree.children("x")


def test_a_copy_of_the_table_is_handed_out() -> None:
    tree = Framework.from_parents(UNEVEN)
    copy = tree.table
    copy["weight"] = 7.0
    assert (tree.weights == 1).all()
    assert "8 nodes, 5 leaves" in repr(tree)
