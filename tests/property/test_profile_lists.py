"""From lists of labels to labels and fields, against brute force in exact fractions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubscan.profile import field_addresses, label_addresses, numbered_labels

TEXTS = ("A61K", "B60L", "C07D", "G06F", "H04L", "none")
FIELD_OF = {"A61K": 16, "B60L": 32, "C07D": 14, "G06F": 6, "H04L": 6}
"""The field of each text; the last has none, and two share one."""

lists = st.lists(st.lists(st.sampled_from(TEXTS), unique=True, max_size=5), min_size=1, max_size=6)
sums = st.lists(
    # cluster, list, denominator, addresses
    st.tuples(st.sampled_from([-1, 1, 2]), st.integers(0, 5), st.integers(1, 7), st.integers(1, 9)),
    max_size=15,
)
Drawn = tuple[list[list[str]], list[tuple[int, int, int, int]]]
worlds = st.tuples(lists, sums).map(
    lambda drawn: (drawn[0], [row for row in drawn[1] if row[1] < len(drawn[0])])
)


def listed(drawn: Drawn) -> pd.DataFrame:
    rows = [
        ("ipc", number, position, text)
        for number, texts in enumerate(drawn[0])
        for position, text in enumerate(texts, start=1)
    ]
    # a list of the same number of another kind, which is not looked at
    rows.append(("subject", 0, 1, "Optics"))
    return pd.DataFrame(rows, columns=["kind", "label_list", "position", "text"])


def list_sums(drawn: Drawn) -> pd.DataFrame:
    rows = [("ipc", *row) for row in drawn[1]] + [("subject", 1, 0, 1, 100)]
    columns = ["kind", "cluster", "group", "denominator", "addresses"]
    return pd.DataFrame(rows, columns=columns)


def exact(found: pd.DataFrame) -> dict[tuple[int, int], Fraction]:
    """Return counts by cluster and group."""
    assert found.dtypes.astype(str).tolist() == ["int64"] * 4
    assert not found.duplicated(["cluster", "group", "denominator"]).any()
    counts: Counter[tuple[int, int]] = Counter()
    for cluster, group, denominator, addresses in found.itertuples(index=False):
        counts[cluster, group] += Fraction(addresses, denominator)  # type: ignore[assignment]  # a Counter adds fractions too
    return dict(counts)


def by_hand(drawn: Drawn, parts: list[dict[Any, Fraction]]) -> dict[tuple[int, Any], Fraction]:
    """Return counts by cluster and group, from the parts of each list."""
    counts: dict[tuple[int, Any], Fraction] = {}
    for cluster, number, denominator, addresses in drawn[1]:
        for group, part in parts[number].items():
            key = (cluster, group)
            counts[key] = counts.get(key, Fraction(0)) + Fraction(addresses, denominator) * part
    return counts


@pytest.mark.parametrize("counting", ["fractional", "whole"])
@given(worlds)
def test_labels_are_counted_as_defined(counting: str, drawn: Drawn) -> None:
    labels, texts = numbered_labels(listed(drawn))
    number = texts[texts["kind"] == "ipc"].set_index("text")["label"].to_dict()
    assert sorted(number) == sorted(number, key=lambda text: number[text])
    parts = [
        {
            number[text]: Fraction(1, len(each)) if counting == "fractional" else Fraction(1)
            for text in each
        }
        for each in drawn[0]
    ]
    found = label_addresses(list_sums(drawn), labels, kind="ipc", counting=counting)
    assert exact(found) == by_hand(drawn, parts)


def field_parts(texts: list[str], field_counting: str) -> dict[int, Fraction]:
    """Return the part of a list in each field, in the words of the definition."""
    fields = [FIELD_OF[text] for text in texts if text in FIELD_OF]
    if not fields:
        return {}
    if field_counting == "first_ipc":
        return {fields[0]: Fraction(1)}
    counted = Counter(fields) if field_counting == "symbol_share" else Counter(set(fields))
    return {field: Fraction(n, counted.total()) for field, n in counted.items()}


@pytest.mark.parametrize("field_counting", ["equal", "first_ipc", "symbol_share"])
@given(worlds, st.integers(0, 2**32 - 1))
def test_fields_are_counted_as_defined_in_any_order(
    field_counting: str, drawn: Drawn, seed: int
) -> None:
    labels, texts = numbered_labels(listed(drawn))
    symbols = texts[(texts["kind"] == "ipc") & texts["text"].isin(list(FIELD_OF))]
    fields = symbols[["label"]].assign(field=symbols["text"].map(FIELD_OF).astype("int64"))
    tables = list_sums(drawn), labels, fields
    found = field_addresses(*tables, field_counting=field_counting)
    parts = [field_parts(texts, field_counting) for texts in drawn[0]]
    assert exact(found) == by_hand(drawn, parts)
    mixed = (table.sample(frac=1.0, random_state=seed) for table in tables)
    again = field_addresses(*mixed, field_counting=field_counting)
    pd.testing.assert_frame_equal(found, again)


@given(lists)
def test_numbers_and_texts_say_the_same(drawn: list[list[str]]) -> None:
    table = listed((drawn, []))
    labels, texts = numbered_labels(table)
    told = labels.merge(texts, on=["kind", "label"])
    keys = ["kind", "label_list", "position"]
    pd.testing.assert_frame_equal(
        told[[*keys, "text"]].sort_values(keys, ignore_index=True),
        table.sort_values(keys, ignore_index=True),
    )
    assert not texts.duplicated(["kind", "label"]).any()
    assert not texts.duplicated(["kind", "text"]).any()
