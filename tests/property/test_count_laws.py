"""Laws of counting, held against plain Python on random documents."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import NamedTuple

import hypothesis.strategies as st
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings

from hubscan.count import (
    cluster_documents,
    counts,
    document_clusters,
    economy_counts,
    fractional_counts,
    place_addresses,
)

PLACES = st.integers(0, 9)
ECONOMIES = "FFFGGGCCCC"
DOCUMENTS = st.lists(
    # the places of a document's listed addresses; None is not located
    st.tuples(
        st.sampled_from(["patents", "publications"]),
        st.lists(st.none() | PLACES, min_size=1, max_size=7),
    ),
    min_size=1,
    max_size=12,
)
CLUSTERS = st.lists(st.integers(-1, 3).filter(bool), min_size=10, max_size=10)


class World(NamedTuple):
    """Documents and where their places belong."""

    documents: list[tuple[str, list[int | None]]]
    clusters: list[int]

    @property
    def covered(self) -> Counter[str]:
        """The documents with a located address, by indicator."""
        return Counter(name for name, places in self.documents if set(places) != {None})

    @property
    def assignment(self) -> pd.DataFrame:
        """The cluster of each place."""
        return pd.DataFrame({"place": range(10), "cluster": self.clusters})

    def located(self, *, together: bool) -> pa.Table:
        """Return located addresses: equal ones of a document in one row, or in a row each."""
        rows = []
        for number, (name, places) in enumerate(self.documents):
            found = [place for place in places if place is not None]
            equal = Counter(found).items() if together else [(place, 1) for place in found]
            sizes = len(places), len(found)
            rows += [(name, number, place, ECONOMIES[place], n, *sizes) for place, n in equal]
        kinds = [pa.string(), pa.int64(), pa.int64(), pa.string(), *[pa.int32()] * 3]
        names = ["indicator", "document", "place", "economy", "addresses", "n_listed", "n_located"]
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})


FEW = settings(max_examples=25)
WORLDS = st.builds(World, DOCUMENTS, CLUSTERS)


def reduced(world: World, missing: str = "renormalise") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return addresses at places and documents in clusters, reduced in plain Python."""
    addresses: Counter[tuple[str, int, str, int]] = Counter()
    documents: Counter[tuple[int, str]] = Counter()
    for name, places in world.documents:
        found = [place for place in places if place is not None]
        size = len(places) if missing == "lose" else len(found)
        addresses.update((name, place, ECONOMIES[place], size) for place in found)
        documents.update({(world.clusters[place], name) for place in found})
    return (
        pd.DataFrame(
            [(*key, number) for key, number in addresses.items()],
            columns=["indicator", "place", "economy", "denominator", "addresses"],
        ).astype({"indicator": str, "economy": str}),
        pd.DataFrame(
            [(*key, number) for key, number in documents.items()],
            columns=["cluster", "indicator", "documents"],
        ).astype({"indicator": str}),
    )


def queried(world: World, missing: str, *, together: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the same, reduced by the query engine."""
    located = ibis.memtable(world.located(together=together))
    clusters = ibis.memtable(pa.Table.from_pandas(world.assignment))
    tables = (
        place_addresses(located, missing=missing),
        cluster_documents(document_clusters(located, clusters)),
    )
    one, other = (table.to_pyarrow().to_pandas() for table in tables)
    return one, other


def by_hand(world: World, method: str) -> dict[tuple[int, str], Fraction]:
    """Return the counts, document by document, in exact fractions."""
    found: Counter[tuple[int, str]] = Counter()
    for name, places in world.documents:
        here = Counter(world.clusters[place] for place in places if place is not None)
        size = len(places) if method == "lose" else sum(here.values())
        for cluster, addresses in here.items():
            found[cluster, name] += 1 if method == "full" else Fraction(addresses, size)
    return dict(found)


def as_dict(counted: pd.DataFrame) -> dict[tuple[int, str], float]:
    return {
        (int(cluster), str(name)): float(count)
        for cluster, name, count in counted[["cluster", "indicator", "count"]].itertuples(
            index=False
        )
        if count
    }


@given(WORLDS, st.sampled_from(["renormalise", "lose"]))
@FEW
def test_the_query_engine_reduces_as_python_does(world: World, missing: str) -> None:
    for together in (False, True):
        ours = queried(world, missing, together=together)
        for found, expected in zip(ours, reduced(world, missing), strict=True):
            keys = list(expected.columns)
            assert sorted(found[keys].itertuples(index=False, name=None)) == sorted(
                expected.itertuples(index=False, name=None)
            )


@given(WORLDS)
@FEW
def test_counts_are_what_is_counted_by_hand(world: World) -> None:
    for method, missing, hand in (
        ("fractional", "renormalise", "renormalise"),
        ("fractional", "lose", "lose"),
        ("full", "renormalise", "full"),
    ):
        found = as_dict(counts(*reduced(world, missing), world.assignment, method=method))
        expected = by_hand(world, hand)
        assert found == {
            key: pytest.approx(float(count), rel=1e-14) for key, count in expected.items()
        }


@given(WORLDS)
@FEW
def test_fractions_over_clusters_and_noise_are_the_covered_documents(world: World) -> None:
    places, _ = reduced(world)
    counted = fractional_counts(places, world.assignment)
    for name, number in world.covered.items():
        total = counted.loc[counted["indicator"] == name, "count"].sum()
        assert total == pytest.approx(number, rel=1e-14)


@given(WORLDS)
@FEW
def test_lost_addresses_never_add(world: World) -> None:
    kept, lost = (
        fractional_counts(reduced(world, missing)[0], world.assignment)
        for missing in ("renormalise", "lose")
    )
    assert (lost["count"] <= kept["count"] * (1 + 1e-14)).all()


@given(WORLDS)
@FEW
def test_full_is_at_least_fractional_and_neither_negative(world: World) -> None:
    tables = reduced(world)
    full = counts(*tables, world.assignment, method="full")
    fractional = counts(*tables, world.assignment, method="fractional")
    assert full[["cluster", "indicator"]].equals(fractional[["cluster", "indicator"]])
    assert (full["count"] >= fractional["count"] * (1 - 1e-14)).all()
    assert (fractional["count"] >= 0.0).all()
    # a cluster has a part of a document exactly if it has the document
    assert ((full["count"] > 0) == (fractional["count"] > 0)).all()


@given(WORLDS)
@FEW
def test_economies_add_up_to_the_cluster(world: World) -> None:
    places, _ = reduced(world)
    parts = economy_counts(places, world.assignment)
    sums = parts.groupby(["cluster", "indicator"], as_index=False)["count"].sum()
    whole = fractional_counts(places, world.assignment)
    expected = as_dict(whole)
    assert as_dict(sums) == {key: pytest.approx(value) for key, value in expected.items()}


@given(WORLDS, st.randoms(use_true_random=False), st.booleans())
@FEW
def test_the_order_of_rows_changes_no_bit(
    world: World,
    random: st.DataObject,
    categories: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    tables = reduced(world)
    seed = random.getrandbits(32)
    mixed = [table.sample(frac=1.0, random_state=seed) for table in tables]
    if categories:
        mixed = [table.astype({"indicator": "category"}) for table in mixed]
    assignment = world.assignment.sample(frac=1.0, random_state=seed)
    for method in ("fractional", "full"):
        one = counts(*tables, world.assignment, method=method)
        other = counts(*mixed, assignment, method=method)
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    pd.testing.assert_frame_equal(
        economy_counts(tables[0], world.assignment),
        economy_counts(mixed[0], assignment),
        check_exact=True,
    )


def test_many_rows_in_any_order_give_equal_bytes() -> None:
    rng = np.random.default_rng(11)
    number = 50_000
    places = pd.DataFrame(
        {
            "indicator": rng.choice(["patents", "publications"], number),
            "place": rng.integers(0, 5_000, number),
            "economy": rng.choice(["CN", "FR", "US"], number),
            "denominator": rng.integers(1, 300, number),
            "addresses": rng.integers(1, 1_000, number),
        }
    )
    assignment = pd.DataFrame({"place": range(5_000), "cluster": rng.integers(1, 60, 5_000)})
    expected = fractional_counts(places, assignment)["count"].to_numpy().tobytes()
    for seed in range(5):
        shuffled = places.sample(frac=1.0, random_state=seed)
        found = fractional_counts(shuffled, assignment.sample(frac=1.0, random_state=seed))
        assert found["count"].to_numpy().tobytes() == expected
