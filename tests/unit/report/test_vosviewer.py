"""The network file is VOSviewer's JSON format, and says what the profiles say."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from hubscan.report.vosviewer import network_text

NUMBER = {"type": "number"}
WHOLE = {"type": "integer", "minimum": 1}
# the members that the format's own examples bear, as its manual describes them
FORMAT = {
    "type": "object",
    "required": ["network"],
    "additionalProperties": False,
    "properties": {
        "network": {
            "type": "object",
            "required": ["items", "links"],
            "additionalProperties": False,
            "properties": {
                "items": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["id", "label", "x", "y"],
                        "additionalProperties": False,
                        "properties": {
                            "id": {"type": "integer"},
                            "label": {"type": "string", "minLength": 1},
                            "x": NUMBER,
                            "y": NUMBER,
                            "cluster": WHOLE,
                            "weights": {
                                "type": "object",
                                "additionalProperties": {"type": "number", "minimum": 0},
                            },
                        },
                    },
                },
                "links": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["source_id", "target_id", "strength"],
                        "additionalProperties": False,
                        "properties": {
                            "source_id": {"type": "integer"},
                            "target_id": {"type": "integer"},
                            "strength": {"type": "number", "exclusiveMinimum": 0},
                        },
                    },
                },
            },
        },
        "config": {"type": "object"},
        "info": {"type": "object"},
    },
}


@pytest.fixture
def ranking() -> pd.DataFrame:
    """Return three clusters, one of them without known deals."""
    return pd.DataFrame(
        {
            "cluster": [7, 9, 4],
            "name": ["Oslo", "Suva <&>", "東京"],
            "latitude": [59.9, -18.1, 35.7],
            "longitude": [10.8, 178.4, 139.7],
            "total_share": [0.02, 0.01, 0.3],
            "home_economy": ["NO", None, "NO"],
            "count_patents": [4.0, 2.0, 100.5],
            "count_deals": [1.0, np.nan, 2.0],
        }
    )


@pytest.fixture
def network() -> pd.DataFrame:
    """Return ties, some of them with places outside clusters."""
    rows = [
        ("patents", 7, 9, 3),
        ("publications", 7, 9, 4),
        ("patents", 4, 7, 1),
        ("patents", -1, 4, 9),
    ]
    return pd.DataFrame(rows, columns=["indicator", "a", "b", "links"])


def read(ranking: pd.DataFrame, network: pd.DataFrame) -> dict[str, Any]:
    """Return the content of the file."""
    text = network_text(ranking, network, about={"note": "<b>a</b>"})
    found: dict[str, Any] = json.loads(text)
    return found


def test_it_is_the_format(ranking: pd.DataFrame, network: pd.DataFrame) -> None:
    content = read(ranking, network)
    jsonschema.validate(content, FORMAT)
    known = {item["id"] for item in content["network"]["items"]}
    ends = [(link["source_id"], link["target_id"]) for link in content["network"]["links"]]
    assert all(a in known and b in known and a != b for a, b in ends)
    assert len({frozenset(pair) for pair in ends}) == len(ends)
    assert "<b>" not in content["info"]["description"]


def test_ties_are_added_up_and_noise_is_left_out(
    ranking: pd.DataFrame, network: pd.DataFrame
) -> None:
    content = read(ranking, network)["network"]
    strengths = {(k["source_id"], k["target_id"]): k["strength"] for k in content["links"]}
    assert strengths == {(4, 7): 1, (7, 9): 7}
    weights = {item["id"]: item["weights"] for item in content["items"]}
    assert (weights[7]["Ties"], weights[7]["Joint documents"]) == (2, 8)
    assert weights[4]["Joint documents"] == 1
    assert weights[4]["Total share, %"] == 30.0
    assert "Deals" not in weights[7]


def test_clusters_lie_as_on_the_map_and_rows_may_come_in_any_order(
    ranking: pd.DataFrame, network: pd.DataFrame
) -> None:
    at = {item["id"]: (item["x"], item["y"]) for item in read(ranking, network)["network"]["items"]}
    assert at[7][0] < at[4][0] < at[9][0]
    assert at[9][1] < 0 < at[4][1] < at[7][1]
    assert all(abs(x) <= 1 and abs(y) <= 1 for x, y in at.values())
    shuffled = network_text(ranking, network.iloc[::-1], about={})
    assert shuffled == network_text(ranking, network, about={})
