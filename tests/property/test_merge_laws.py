"""Laws of merging, and gaps against all distances."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from hubscan.errors import InputError
from hubscan.merge import TIE_RULES, gaps, merged
from hubscan.sphere import coordinates, great_circle_km, place_keys

IDS = st.integers(1, 8)
PAIRS = st.tuples(IDS, IDS).filter(lambda pair: pair[0] < pair[1])
RIVALS = st.tuples(st.integers(-1, 8).filter(bool), IDS).filter(lambda pair: pair[0] < pair[1])
GAPS = st.dictionaries(PAIRS, st.integers(0, 8).map(float), max_size=12)
TIES = st.dictionaries(
    st.tuples(RIVALS, st.sampled_from(["patents", "publications"])),
    # few distinct numbers: equal ties are common
    st.integers(1, 4).map(float),
    max_size=24,
)
OPTIONS = st.fixed_dictionaries(
    {
        "max_gap_km": st.sampled_from([0.0, 3.0, 5.0]),
        "tie_rule": st.sampled_from(sorted(TIE_RULES)),
        "tie_weights": st.sampled_from(["equal_share", "plain_sum"]),
        "noise_rival": st.sampled_from(["bucket", "ignore"]),
    }
)


def gap_table(found: dict[tuple[int, int], float]) -> pd.DataFrame:
    rows = [(*pair, gap_km) for pair, gap_km in found.items()]
    return pd.DataFrame(rows, columns=["a", "b", "gap_km"])


def tie_table(found: dict[tuple[tuple[int, int], str], float]) -> pd.DataFrame:
    rows = [(*pair, indicator, links) for (pair, indicator), links in found.items()]
    return pd.DataFrame(rows, columns=["a", "b", "indicator", "links"])


@given(GAPS, TIES, OPTIONS)
def test_merging_is_idempotent_and_never_adds_clusters(
    near: dict[Any, float], tied: dict[Any, float], options: dict[str, Any]
) -> None:
    mapping, pairs = merged(gap_table(near), tie_table(tied), **options)
    into = dict(zip(mapping["cluster"], mapping["merged_into"], strict=True))
    once = [into.get(cluster, cluster) for cluster in (-1, *range(1, 9))]
    assert [into.get(cluster, cluster) for cluster in once] == once
    assert set(once) <= {-1, *range(1, 9)}
    assert once[0] == -1
    # every merged cluster has the lowest id of its group, and each group is held by merged pairs
    assert all(target <= cluster for cluster, target in into.items())
    accepted = pairs.loc[pairs["merged"]]
    assert all(into[a] == into[b] for a, b in zip(accepted["a"], accepted["b"], strict=True))
    groups = {target for cluster, target in into.items() if cluster != target}
    joined = set(accepted["a"]) | set(accepted["b"])
    assert {c for c, target in into.items() if target in groups} == joined


@given(GAPS, TIES, OPTIONS, st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(
    near: dict[Any, float], tied: dict[Any, float], options: dict[str, Any], seed: int
) -> None:
    one = merged(gap_table(near), tie_table(tied), **options)
    other = merged(
        gap_table(near).sample(frac=1.0, random_state=seed),
        tie_table(tied).sample(frac=1.0, random_state=seed),
        **options,
    )
    for table, again in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(table, again, check_exact=True)


@given(GAPS, TIES, OPTIONS)
def test_mutual_pairs_share_no_cluster_and_stricter_rules_merge_less(
    near: dict[Any, float], tied: dict[Any, float], options: dict[str, Any]
) -> None:
    accepted = {}
    for rule in TIE_RULES:
        _, pairs = merged(gap_table(near), tie_table(tied), **(options | {"tie_rule": rule}))
        rows = pairs.loc[pairs["merged"], ["a", "b"]]
        accepted[rule] = set(rows.itertuples(index=False, name=None))
    assert accepted["mutual"] <= accepted["one_way"] <= accepted["none"]
    ends = [end for pair in accepted["mutual"] for end in pair]
    assert len(ends) == len(set(ends))


@given(GAPS, TIES, OPTIONS)
def test_the_rule_by_hand(
    near: dict[Any, float], tied: dict[Any, float], options: dict[str, Any]
) -> None:
    world: Counter[str] = Counter()
    for (_, name), links in tied.items():
        world[name] += int(links)
    strength: Counter[Any] = Counter()
    for (pair, name), links in tied.items():
        share = 1 if options["tie_weights"] == "plain_sum" else world[name]
        strength[frozenset(pair)] += Fraction(int(links), share)

    def prefers(one: int, other: int) -> bool:
        rivals = set(range(1, 9)) - {one, other}
        if options["noise_rival"] == "bucket":
            rivals |= {-1}
        tie = strength.get(frozenset({one, other}), 0.0)
        # nine decimals: sums of the same fractions in another order are equal
        return all(
            round(tie, 9) > round(strength.get(frozenset({one, rival}), 0.0), 9) for rival in rivals
        )

    _, pairs = merged(gap_table(near), tie_table(tied), **(options | {"tie_rule": "mutual"}))
    expected = {
        (a, b): prefers(a, b) and prefers(b, a)
        for (a, b), gap_km in near.items()
        if gap_km <= options["max_gap_km"]
    }
    found = pairs[["a", "b", "merged"]].itertuples(index=False, name=None)
    assert {(a, b): merge for a, b, merge in found} == expected


SITES = st.lists(
    st.tuples(
        st.sampled_from([(0.0, 180.0), (90.0, 0.0), (-60.0, 10.0), (35.2643897, 45.0)]),
        st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
        st.integers(-1, 4).filter(bool),
    ),
    min_size=1,
    max_size=25,
)


@given(SITES, st.sampled_from([0.0, 5.0, 40.0, 120.0]), st.sampled_from(["places", "footprints"]))
@settings(max_examples=80)
def test_gaps_against_all_distances(sites: list[Any], max_gap_km: float, between: str) -> None:
    latitude = [90.0 - abs(90.0 - (centre[0] + step[0])) for centre, step, _ in sites]
    longitude = [(centre[1] + step[1] + 180.0) % 360.0 - 180.0 for centre, step, _ in sites]
    membership = pd.DataFrame(
        {
            "place": place_keys(latitude, longitude),
            "cluster": [cluster for _, _, cluster in sites],
        }
    ).drop_duplicates("place")
    latitudes, longitudes = coordinates(membership["place"])
    clusters = membership["cluster"].to_numpy()
    discs_km = 2 * 0.05 * np.pi * 6371.0088 / 180 if between == "footprints" else 0.0
    expected = {}
    for a, b in combinations(sorted({*clusters} - {-1}), 2):
        one, other = clusters == a, clusters == b
        apart = great_circle_km(
            latitudes[one][:, None], longitudes[one][:, None], latitudes[other], longitudes[other]
        )
        expected[a, b] = max(0.0, apart.min() - discs_km)
    options: dict[str, Any] = {
        "max_gap_km": max_gap_km,
        "gap_between": between,
        "buffer_deg": 0.05,
    }
    found = gaps(membership, **options)
    pairs = dict(
        zip(found[["a", "b"]].itertuples(index=False, name=None), found["gap_km"], strict=True)
    )
    assert pairs == {
        pair: pytest.approx(gap_km, abs=1e-6)
        for pair, gap_km in expected.items()
        if gap_km <= max_gap_km
    }
    shuffled = gaps(membership.sample(frac=1.0, random_state=2), **options)
    pd.testing.assert_frame_equal(found, shuffled, check_exact=True)


def test_gaps_of_nothing() -> None:
    none = pd.DataFrame({"place": place_keys([0.0], [0.0]), "cluster": [-1]})
    found = gaps(none, max_gap_km=5.0, gap_between="places", buffer_deg=0.05)
    assert found.empty
    assert list(found.columns) == ["a", "b", "gap_km"]
    with pytest.raises(InputError, match="gap_between = 'hulls': must be one of places"):
        gaps(none, max_gap_km=5.0, gap_between="hulls", buffer_deg=0.05)
