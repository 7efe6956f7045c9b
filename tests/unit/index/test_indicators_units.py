from __future__ import annotations

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    cluster_units,
    document_units,
    science_documents,
    scope_units,
    selected_units,
)

ADDRESSES = pd.DataFrame(
    {"document": [1, 1, 1, 1, 2], "unit": ["Oslo", "Oslo", "Rome", None, None]}
)


def test_whole_counting_counts_a_document_once_in_every_unit() -> None:
    found = document_units(ADDRESSES, counting="whole")
    assert found.to_numpy().tolist() == [[1, "Oslo", 1.0], [1, "Rome", 1.0]]


def test_fractional_counting_splits_a_document_over_all_its_addresses() -> None:
    found = document_units(ADDRESSES, counting="fractional")
    assert found.to_numpy().tolist() == [[1, "Oslo", 0.5], [1, "Rome", 0.25]]


@pytest.mark.parametrize(
    ("rule", "documents"),
    [("any", {1: 1.0, 2: 1.0}), ("all", {1: 1.0}), ("share", {1: 1.0, 2: 0.5})],
)
def test_what_is_science(rule: str, documents: dict[int, float]) -> None:
    fields = pd.DataFrame(
        {"document": [1, 2, 2, 2, 3], "field": ["physics", "law", "physics", "physics", "law"]}
    )
    found = science_documents(fields, sciences=["physics", "biology"], rule=rule)
    assert dict(zip(found["document"], found["weight"], strict=True)) == documents


def test_selected_documents_multiply_their_weights() -> None:
    units = pd.DataFrame({"document": [1, 2], "unit": ["Oslo", "Oslo"], "weight": [0.5, 1.0]})
    half = pd.DataFrame({"document": [1, 9], "weight": [0.5, 1.0]})
    assert selected_units(units, half)["weight"].tolist() == [0.25]
    assert selected_units(units, half[["document"]])["weight"].tolist() == [0.5]


def test_a_principal_city_names_its_unit_in_its_own_country_alone() -> None:
    scope = pd.DataFrame(
        {
            "unit": ["Boston", "London"],
            "principal_city": ["Cambridge", "London"],
            "country": ["US", "GB"],
        }
    )
    addresses = pd.DataFrame(
        {"city": ["CAMBRIDGE ", "Cambridge", "london", None], "country": ["us", "GB", "gb", "GB"]}
    )
    found = scope_units(addresses, scope)["unit"]
    assert found.isna().tolist() == [False, True, False, True]
    assert found.dropna().tolist() == ["Boston", "London"]


def test_a_city_of_two_units_is_named() -> None:
    scope = pd.DataFrame({"unit": ["A", "B"], "principal_city": ["Kent", "Kent"], "country": "US"})
    addresses = pd.DataFrame({"city": ["Kent"], "country": ["US"]})
    with pytest.raises(InputError, match=r"scope: Kent \(US\) belongs to more than one unit"):
        scope_units(addresses, scope)


def test_clusters_are_units_and_noise_is_none() -> None:
    located = pd.DataFrame({"document": [1, 1, 2], "place": [10, 30, 20], "economy": "NO"})
    membership = pd.DataFrame({"place": [10, 20], "cluster": [4, -1]})
    units = cluster_units(located, membership)
    assert units["unit"].isna().tolist() == [False, True, True]
    assert document_units(units, counting="fractional").to_numpy().tolist() == [[1, 4, 0.5]]
