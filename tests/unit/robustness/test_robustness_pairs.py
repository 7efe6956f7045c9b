"""Pairs of clusters that documents join: summed in one pass, or in parts, as by hand."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from hubscan.robustness import links
from hubscan.robustness.evidence import Multiplicity, evidence_of
from hubscan.robustness.outcome import Memory
from hubscan.schema import NOISE


def drawn(rows: int, documents: int, places: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "indicator": draw.choice(["patents", "publications"], rows),
            "document": draw.integers(0, documents, rows),
            "place": draw.integers(0, places, rows),
            "economy": draw.choice(["FR", "DE", "IT"], rows),
        }
    ).drop_duplicates(["indicator", "document", "place"])
    size = table.groupby(["indicator", "document"])["place"].transform("size")
    return table.assign(n_listed=size + 1, n_located=size, addresses=1)


def by_hand(
    table: pd.DataFrame, cluster: dict[int, int], times: dict[tuple[str, int], int]
) -> dict[tuple[str, int, int], int]:
    sums: Counter[tuple[str, int, int]] = Counter()
    for (indicator, document), rows in table.groupby(["indicator", "document"]):
        there = sorted({cluster.get(place, NOISE) for place in rows["place"]})
        for a, b in combinations(there, 2):
            sums[indicator, a, b] += times[indicator, document]
    return {pair: number for pair, number in sums.items() if number}


@pytest.mark.parametrize("most", [1 << 24, 1])
def test_pairs_are_those_of_each_document(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_MOST_SUMS", most)
    table = drawn(3000, 700, 60, seed=4)
    given = table.sample(frac=1.0, random_state=1)
    held = evidence_of(given, table.iloc[:0], pd.DataFrame(), pd.DataFrame())
    repeats = np.random.default_rng(5).integers(0, 3, len(held.documents))
    cluster = {place: 1 + place % 11 for place in range(45)}
    inside = pd.DataFrame({"place": list(cluster), "cluster": list(cluster.values())})
    found = links.ties(
        held,
        Multiplicity(repeats, held.once.counts),
        inside,
        indicators=["patents", "publications"],
    )
    keys = zip(held.documents["indicator"], held.documents["document"], strict=True)
    expected = by_hand(table, cluster, dict(zip(keys, repeats.tolist(), strict=True)))
    told = zip(found["indicator"], found["a"], found["b"], found["links"], strict=True)
    assert {(name, a, b): number for name, a, b, number in told} == expected
    assert found.equals(found.sort_values(["indicator", "a", "b"], ignore_index=True))


def test_evidence_is_the_same_in_any_order_and_with_texts_told_once() -> None:
    table = drawn(2000, 500, 50, seed=9)
    nothing = (table.iloc[:0], pd.DataFrame(), pd.DataFrame())
    held = evidence_of(table, *nothing)
    coded = table.astype(
        {"indicator": "category", "economy": pd.CategoricalDtype(["ZZ", "IT", "FR", "DE"])}
    )
    again = evidence_of(coded.sort_values("document", kind="stable"), *nothing)
    pd.testing.assert_frame_equal(held.rows, again.rows)
    parameters = {"missing": "lose", "economies": (), "indicators": ["patents", "publications"]}
    counted = held.place_addresses(held.once, **parameters)
    keys = ["indicator", "place", "economy", "n_listed"]
    plain = table.groupby(keys, as_index=False)["addresses"].sum()
    assert counted.astype({"indicator": str, "economy": str}).to_numpy().tolist() == (
        plain.to_numpy().tolist()
    )


def test_what_is_kept_for_good_is_not_made_again() -> None:
    made: list[int] = []

    def squared(*, number: int) -> int:
        made.append(number)
        return number**2

    memory = Memory()
    first = memory.keep("squared", squared, number=3)
    memory.keep_for_good()
    for number in range(100, 300):
        memory.keep("squared", squared, number=number)
    assert memory.keep("squared", squared, number=3) == first
    assert made.count(3) == 1
    memory.keep("squared", squared, number=100)
    assert made.count(100) == 2
