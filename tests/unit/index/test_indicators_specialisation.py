from __future__ import annotations

import math

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    document_fields,
    relative_activity,
    researcher_fields,
    top_fields,
)

WRITTEN = pd.DataFrame({"author": [1, 1, 1, 2], "document": [1, 2, 2, 3]})
FIELDS = pd.DataFrame({"document": [1, 2, 2, 3, 3], "field": ["a", "a", "b", "b", "c"]})


def test_researchers_belong_to_fields_by_shares_of_their_documents() -> None:
    found = researcher_fields(WRITTEN, FIELDS, assignment="fractional")
    assert found.to_numpy().tolist() == [
        [1, "a", 0.75],
        [1, "b", 0.25],
        [2, "b", 0.5],
        [2, "c", 0.5],
    ]


def test_or_to_the_most_frequent_field_alone_the_first_of_equal_ones() -> None:
    found = researcher_fields(WRITTEN, FIELDS, assignment="modal")
    assert found.to_numpy().tolist() == [[1, "a", 1.0], [2, "b", 1.0]]
    with pytest.raises(InputError, match="assignment = 'x'"):
        researcher_fields(WRITTEN, FIELDS, assignment="x")


def test_documents_split_evenly_over_their_fields() -> None:
    assert document_fields(FIELDS)["share"].tolist() == [1.0, 0.5, 0.5, 0.5, 0.5]


SHARES = pd.DataFrame({"observation": [1, 2, 3, 4, 5], "field": list("aabbb"), "share": 1.0})


def test_relative_activity_by_hand() -> None:
    # Oslo: 1 of 2 in a; the world: 2 of 5; index (1/2) / (2/5) = 1.25
    members = pd.DataFrame({"observation": [1, 3], "unit": "Oslo", "weight": 1.0})
    found = relative_activity(members, SHARES, replicates=50, seed=1).set_index("field")
    assert found["value"].to_dict() == pytest.approx({"a": 1.25, "b": 0.5 / 0.6})
    assert found.loc["a", ["numerator", "denominator", "n", "share", "world_share"]].tolist() == [
        1.0,
        2.0,
        2,
        0.5,
        0.4,
    ]
    assert (found["se"] > 0).all()


def test_a_field_nobody_in_the_unit_has_is_zero_and_one_nobody_has_is_no_value() -> None:
    members = pd.DataFrame({"observation": [1], "unit": "Oslo", "weight": 1.0})
    shares = pd.concat([SHARES, pd.DataFrame({"observation": [6], "field": ["z"], "share": [0.0]})])
    found = relative_activity(members, shares, replicates=0, seed=1).set_index("field")["value"]
    assert found["b"] == 0.0
    assert math.isnan(found["z"])


def test_members_weigh_and_units_without_members_have_no_rows() -> None:
    members = pd.DataFrame(
        {"observation": [1, 3, 9], "unit": ["Oslo", "Oslo", "Rome"], "weight": [1.0, 0.5, 1.0]}
    )
    found = relative_activity(members, SHARES, replicates=0, seed=1)
    assert set(found["unit"]) == {"Oslo"}
    assert found["numerator"].tolist() == [1.0, 0.5]


def test_the_leading_fields_are_those_with_most_researchers() -> None:
    activity = pd.DataFrame(
        {"unit": "Oslo", "field": list("abcd"), "numerator": [2.0, 5.0, 2.0, 0.0], "value": 1.0}
    )
    found = top_fields(activity, fields=3)
    assert found[["field", "place"]].to_numpy().tolist() == [["b", 1], ["a", 2], ["c", 3]]
    assert len(top_fields(activity, fields=5)) == 3
