from __future__ import annotations

import pandas as pd
import pytest

from hubscan.index.misprints import misprints
from hubscan.index.printed import printed_cells

EDGES = pd.DataFrame(
    {
        "parent": ["T", "T", "0", "0"],
        "child": ["0", "3", "1", "2"],
        "weight": [".5", ".5", ".6", ".4"],
    }
)
# truth: 1 = 85.0, 2 = 75.0, 0 = 81.0, 3 = 64.2, T = 72.6
TRUE = {"T": "72.6", "0": "81.0", "1": "85.0", "2": "75.0", "3": "64.2"}


def table(**changed: str) -> pd.DataFrame:
    numbers = TRUE | {key.removeprefix("n"): text for key, text in changed.items()}
    wide = pd.DataFrame({"unit": ["Oslo"], **{node: [text] for node, text in numbers.items()}})
    return printed_cells(wide, table="t", nodes={node: node for node in numbers})


def test_a_consistent_table_has_none() -> None:
    assert misprints(table(), EDGES).empty


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"n1": "58.0"}, "two digits swapped"),
        ({"n2": "76.0"}, "one digit"),
        ({"n3": "-64.2"}, "sign"),
        ({"n1": "8.5"}, "decimal point"),
    ],
)
def test_the_slip_is_named_and_the_number_restored(changed: dict[str, str], kind: str) -> None:
    found = misprints(table(**changed), EDGES)
    node = next(iter(changed)).removeprefix("n")
    first = found[found["kind"] == kind].set_index("node")
    assert node in first.index
    if kind != "one digit":
        assert first.loc[node, "suggested"] == TRUE[node]


def test_a_parent_in_two_failing_relations_is_the_only_single_explanation() -> None:
    found = misprints(table(n0="18.0"), EDGES)
    assert found["node"].tolist() == ["0"]
    assert found["suggested"].tolist() == ["81.0"]
    assert found["kind"].tolist() == ["two digits swapped"]


def test_two_slips_have_no_single_explanation() -> None:
    assert misprints(table(n1="58.0", n3="99.9"), EDGES).empty


def test_a_child_of_weight_zero_explains_nothing() -> None:
    edges = pd.DataFrame({"parent": "0", "child": ["1", "2"], "weight": [1, 0]})
    assert "2" not in misprints(table(n1="99.0"), edges)["node"].tolist()
