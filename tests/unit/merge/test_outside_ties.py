"""Single places outside clusters as rivals, where all noise together would decide otherwise."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.merge import all_ties, collaboration_ties, merged, outside_ties
from hubscan.merge.tie import OUTSIDE
from hubscan.schema import NOISE

PLACES = {11: 1, 21: 2, 31: 3}  # places of clusters; all others are outside
GAPS = pd.DataFrame({"a": [1, 1], "b": [2, 3], "gap_km": [3.0, 5.1]})
RULE: dict[str, Any] = {
    "max_gap_km": 5.0,
    "tie_rule": "mutual",
    "tie_weights": "equal_share",
}


def frames(*documents: tuple[int, ...], indicator: str = "patents") -> tuple[pd.DataFrame, ...]:
    """Return the tables ``located`` and by document and cluster of documents at places."""
    located = pd.DataFrame(
        [
            (indicator, number, place, 1, len(places))
            for number, places in enumerate(documents)
            for place in places
        ],
        columns=["indicator", "document", "place", "addresses", "n_located"],
    )
    located["cluster"] = located["place"].map(PLACES).fillna(NOISE).astype("int64")
    keys = ["indicator", "document", "cluster", "n_located"]
    inside = located.groupby(keys, as_index=False)["addresses"].sum()
    return located.drop(columns="cluster"), inside


def ties(located: pd.DataFrame, inside: pd.DataFrame, *, noise_rival: str) -> pd.DataFrame:
    """Return all ties that a run would look at."""
    by_document = _bulk(inside)
    further = outside_ties(
        _bulk(located),
        by_document,
        _bulk(pd.DataFrame(list(PLACES.items()), columns=["place", "cluster"])),
        GAPS,
        max_gap_km=RULE["max_gap_km"],
        noise_rival=noise_rival,
        indicators=["patents", "publications"],
    )
    return all_ties(collaboration_ties(by_document).to_pandas(), further.to_pandas())


def _bulk(table: pd.DataFrame) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pandas(table, preserve_index=False))


def verdict(*documents: tuple[int, ...], noise_rival: str) -> pd.Series[Any]:
    found = ties(*frames(*documents), noise_rival=noise_rival)
    mapping, pairs = merged(GAPS, found, noise_rival=noise_rival, **RULE)
    assert not (mapping["cluster"] < NOISE).any() or noise_rival == "places"
    return pairs.iloc[0]


# three documents join clusters 1 and 2; four join 1 with the world outside, each elsewhere
SCATTERED = [(11, 21)] * 3 + [(11, 91), (11, 92), (11, 93), (11, 94)]
# the same, but all four with one place
GATHERED = [(11, 21)] * 3 + [(11, 91)] * 4


@pytest.mark.parametrize(
    ("documents", "noise_rival", "together"),
    [
        (SCATTERED, "bucket", False),
        (SCATTERED, "places", True),
        (SCATTERED, "ignore", True),
        (GATHERED, "bucket", False),
        (GATHERED, "places", False),
        (GATHERED, "ignore", True),
    ],
)
def test_scattered_partners_compete_together_or_one_by_one(
    documents: list[tuple[int, ...]], noise_rival: str, *, together: bool
) -> None:
    pair = verdict(*documents, noise_rival=noise_rival)
    assert bool(pair["merged"]) is together
    # seven links in the world: three with each other, four with what is outside
    assert pair["tie"] == pytest.approx(3 / 7)
    rival = {"bucket": 4 / 7, "ignore": 0.0}.get(noise_rival)
    expected = (1 / 7 if documents is SCATTERED else 4 / 7) if rival is None else rival
    assert pair["rival_tie_a"] == pytest.approx(expected)


def test_the_strongest_single_place_is_named_by_its_key() -> None:
    pair = verdict(*GATHERED, noise_rival="places")
    assert pair["rival_a"] == OUTSIDE - 91
    assert verdict(*GATHERED, noise_rival="bucket")["rival_a"] == NOISE


def test_a_document_counts_once_for_each_place_outside() -> None:
    # a document at two places outside is one link with all noise, and one with each place
    found = ties(*frames((11, 91, 92), (11, 11, 91), (21, 91)), noise_rival="places")
    links = {
        (int(a), int(b)): n for a, b, n in zip(found["a"], found["b"], found["links"], strict=True)
    }
    assert links == {
        (NOISE, 1): 2.0,
        (NOISE, 2): 1.0,
        (OUTSIDE - 91, 1): 2.0,
        (OUTSIDE - 92, 1): 1.0,
        (OUTSIDE - 91, 2): 1.0,
    }


def test_only_neighbours_are_looked_at() -> None:
    # 3 has no neighbour within 5 km
    found = ties(*frames((31, 91), (31, 92), (11, 93)), noise_rival="places")
    assert set(found.loc[found["a"] < NOISE, "b"]) == {1}


def test_indicators_are_told_apart() -> None:
    # document 0 of either indicator is another document
    one, other = frames((11, 91)), frames((21, 92), indicator="publications")
    located, inside = (pd.concat(pair, ignore_index=True) for pair in zip(one, other, strict=True))
    found = ties(located, inside, noise_rival="places")
    single = found[found["a"] < NOISE]
    assert single[["a", "b", "indicator"]].to_numpy().tolist() == [
        [OUTSIDE - 92, 2, "publications"],
        [OUTSIDE - 91, 1, "patents"],
    ]


@pytest.mark.parametrize(("looked_at", "expected"), [([0, 1], {91, 92}), ([1], {92}), ([], set())])
def test_indicators_are_looked_at_by_number_too(looked_at: list[int], expected: set[int]) -> None:
    tables = [frames((11, place)) for place in (91, 92, 93)]
    located, inside = (
        pd.concat([one.assign(indicator=k) for k, one in enumerate(each)], ignore_index=True)
        for each in zip(*tables, strict=True)
    )
    clusters = _bulk(pd.DataFrame(list(PLACES.items()), columns=["place", "cluster"]))
    found = outside_ties(
        _bulk(located),
        _bulk(inside),
        clusters,
        GAPS,
        max_gap_km=5.0,
        noise_rival="places",
        indicators=looked_at,
    ).to_pandas()
    assert set(OUTSIDE - found["a"]) == expected


@pytest.mark.parametrize("noise_rival", ["bucket", "ignore"])
def test_nothing_is_looked_for_unless_places_compete(noise_rival: str) -> None:
    found = ties(*frames(*SCATTERED), noise_rival=noise_rival)
    assert found["a"].min() == NOISE
