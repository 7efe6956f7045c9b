"""Laws of profiles: what is shared adds up, sets say the same, and order changes nothing."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hubscan.count import document_economies
from hubscan.profile import (
    cluster_addresses,
    cluster_links,
    cluster_pairs,
    concentration,
    economy_links,
    field_addresses,
    field_profile,
    foreign_documents,
    label_addresses,
    leaders,
    list_addresses,
    matched_clusters,
    network,
)

ENDS = ((1, "CH"), (1, "FR"), (1, ""), (2, "FR"), (3, "US"), (-1, "FR"), (-1, "US"), (-1, ""))
"""Cluster and economy of each place."""

SYMBOLS = {1: 6, 2: 6, 3: 4, 4: 8, 5: 0}
"""Field of each label; 0 is none."""

CHOICE = {"counting": "fractional", "missing": "renormalise"}
COUNTING = ("equal", "first_ipc", "symbol_share")


class Document(NamedTuple):
    """One document: the places of its addresses, addresses not located, and its symbols."""

    places: list[int]
    lost: int
    symbols: list[int]


documents = st.lists(
    st.builds(
        Document,
        st.lists(st.integers(0, len(ENDS) - 1), min_size=1, max_size=7),
        st.integers(0, 2),
        st.lists(st.sampled_from(sorted(SYMBOLS)), unique=True, max_size=5),
    ),
    min_size=1,
    max_size=12,
)
few = settings(max_examples=12)


def table(rows: list[dict[str, Any]], order: np.random.Generator | None = None) -> ibis.Table:
    """Return rows as a lazy table, in any order."""
    if order is not None:
        rows = [rows[k] for k in order.permutation(len(rows))]
    return ibis.memtable(pa.Table.from_pylist(rows))


def located(made: list[Document], order: np.random.Generator | None = None) -> ibis.Table:
    rows = [
        {
            "indicator": "patents",
            "document": number,
            "place": place,
            "economy": ENDS[place][1],
            "addresses": many,
            "n_listed": len(document.places) + document.lost,
            "n_located": len(document.places),
        }
        for number, document in enumerate(made)
        for place, many in Counter(document.places).items()
    ]
    return table(rows, order)


def economies_of(made: list[Document], order: np.random.Generator | None = None) -> ibis.Table:
    inside = [{"place": k, "cluster": c} for k, (c, _) in enumerate(ENDS) if c > 0]
    rows = located(made, order)
    sizes = rows.select("indicator", "document", "n_listed", "n_located").distinct()
    return document_economies(rows, table(inside, order), sizes, indicators=["patents"])


def symbol_lists(made: list[Document]) -> list[tuple[int, ...]]:
    """Return the distinct lists of symbols."""
    return sorted({tuple(document.symbols) for document in made if document.symbols})


def lists_of(made: list[Document], order: np.random.Generator | None = None) -> ibis.Table:
    """Return the lists that documents bear, of each of two kinds."""
    numbers = {symbols: k for k, symbols in enumerate(symbol_lists(made))}
    rows = [
        {
            "indicator": "patents",
            "document": number,
            "kind": kind,
            "label_list": numbers[tuple(document.symbols)],
        }
        for number, document in enumerate(made)
        for kind in ("ipc", "applicant")
        if document.symbols
    ]
    none = {"indicator": "none", "document": 0, "kind": "ipc", "label_list": 0}
    return table([*rows, none], order)


def labels(made: list[Document]) -> pd.DataFrame:
    """Return the labels of the lists."""
    rows = [
        (kind, number, position, label)
        for number, symbols in enumerate(symbol_lists(made))
        for position, label in enumerate(symbols, start=1)
        for kind in ("ipc", "applicant")
    ]
    return pd.DataFrame(rows, columns=["kind", "label_list", "position", "label"])


def label_fields() -> pd.DataFrame:
    known = {label: field for label, field in SYMBOLS.items() if field}
    return pd.DataFrame({"label": list(known), "field": list(known.values())})


def list_sums(
    made: list[Document], counting: str = "fractional", order: np.random.Generator | None = None
) -> pd.DataFrame:
    """Return what clusters have of lists, in any order."""
    found: pd.DataFrame = list_addresses(
        economies_of(made, order),
        lists_of(made, order),
        kinds=("ipc", "applicant"),
        counting=counting,
        missing="renormalise",
    ).to_pandas()
    return found if order is None else found.iloc[order.permutation(len(found))]


def field_sums(made: list[Document], field_counting: str) -> pd.DataFrame:
    return field_addresses(
        list_sums(made), labels(made), label_fields(), field_counting=field_counting
    )


def exact(sums: pd.DataFrame, *keys: str) -> dict[Any, Fraction]:
    """Return counts as fractions, by keys."""
    found: dict[Any, Fraction] = {}
    for row in sums.to_dict("records"):
        key = tuple(int(row[name]) for name in keys)
        part = Fraction(int(row["addresses"]), int(row["denominator"]))
        found[key] = found.get(key, Fraction(0)) + part
    return found


def part_in(document: Document, cluster: int) -> Fraction:
    inside = sum(ENDS[place][0] == cluster for place in document.places)
    return Fraction(inside, len(document.places))


def parts_of(document: Document, field_counting: str) -> dict[int, Fraction]:
    """Return the part of a document in each field, by the words of the definition."""
    fields = [SYMBOLS[label] for label in document.symbols if SYMBOLS[label]]
    if not fields:
        return {}
    if field_counting == "first_ipc":
        return {fields[0]: Fraction(1)}
    counted = Counter(fields) if field_counting == "symbol_share" else Counter(set(fields))
    return {field: Fraction(n, counted.total()) for field, n in counted.items()}


@few
@given(documents, st.sampled_from(COUNTING))
def test_fields_are_counted_as_defined(made: list[Document], field_counting: str) -> None:
    sums = field_sums(made, field_counting)
    expected: dict[tuple[int, int], Fraction] = {}
    for document in made:
        for cluster in (-1, 1, 2, 3):
            for field, part in parts_of(document, field_counting).items():
                amount = part_in(document, cluster) * part
                if amount:
                    key = (cluster, field)
                    expected[key] = expected.get(key, Fraction(0)) + amount
    assert exact(sums, "cluster", "group") == expected


@few
@given(documents, st.sampled_from(COUNTING))
def test_fields_and_what_has_none_add_up_to_the_cluster(
    made: list[Document], field_counting: str
) -> None:
    parts = field_sums(made, field_counting)
    whole = cluster_addresses(economies_of(made), **CHOICE).to_pandas()
    found = concentration(parts, whole)
    assert (found["classified"] + found["unclassified"]).to_numpy() == pytest.approx(found["count"])
    assert found["count"].sum() == pytest.approx(len(made))
    without = sum(not any(SYMBOLS[k] for k in document.symbols) for document in made)
    assert found["unclassified"].sum() == pytest.approx(without)
    known = found["hhi"].dropna()
    assert known.between(1 / 35 - 1e-12, 1 + 1e-12).all()


@few
@given(documents)
def test_shares_sum_to_one_and_specialisation_averages_one(made: list[Document]) -> None:
    assume(any(SYMBOLS[k] for document in made for k in document.symbols))
    sums = field_sums(made, "equal")
    profile = field_profile(sums)
    assert profile.groupby("cluster")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert (profile["specialisation"].isna() == (profile["world_share"] == 0)).all()
    mean = (profile["specialisation"] * profile["world_share"]).groupby(profile["cluster"]).sum()
    assert mean.to_numpy() == pytest.approx(1.0)
    # the world as one cluster is specialised in nothing
    world = field_profile(sums.assign(cluster=1))
    assert world["specialisation"].dropna().to_numpy() == pytest.approx(1.0)


@few
@given(documents)
def test_whole_counts_are_never_less_than_fractional_ones(made: list[Document]) -> None:
    found = [
        exact(
            label_addresses(
                list_sums(made, counting), labels(made), kind="applicant", counting=counting
            ),
            "cluster",
            "group",
        )
        for counting in ("fractional", "whole")
    ]
    assert found[0].keys() == found[1].keys()
    assert all(found[0][key] <= found[1][key] for key in found[0])
    assert sum(found[1].values()) == sum(
        len({ENDS[k][0] for k in document.places}) * len(document.symbols) for document in made
    )


@few
@given(
    documents, st.sampled_from([{1: {"CH"}, 2: {"FR"}, 3: {"US"}}, {1: {"CH", "FR"}, 3: {"FR"}}])
)
def test_foreign_documents_and_links_are_counted_as_sets(
    made: list[Document], home: dict[int, set[str]]
) -> None:
    documents_in = economies_of(made)
    homes = table(
        [{"cluster": c, "economy": e} for c, codes in home.items() for e in sorted(codes)]
    )
    foreign = foreign_documents(documents_in, homes).to_pandas()
    links = economy_links(documents_in).to_pandas()
    whole: Counter[int] = Counter()
    abroad: Counter[int] = Counter()
    linked: Counter[tuple[int, str]] = Counter()
    for document in made:
        ends = {ENDS[k] for k in document.places}
        for cluster in {c for c, _ in ends} - {-1}:
            whole[cluster] += 1
            abroad[cluster] += any(e and e not in home.get(cluster, set()) for _, e in ends)
            linked.update((cluster, e) for e in {e for c, e in ends if c != cluster})
    found = foreign.set_index("cluster")
    assert found["documents"].to_dict() == dict(whole)
    assert found["foreign"].to_dict() == {cluster: abroad[cluster] for cluster in whole}
    assert {(r.cluster, r.economy): r.links for r in links.itertuples()} == dict(linked)


@few
@given(documents)
def test_links_of_clusters_are_seen_alike_from_both_ends(made: list[Document]) -> None:
    pairs = cluster_pairs(economies_of(made)).to_pandas()
    expected: Counter[tuple[int, int]] = Counter()
    for document in made:
        clusters = sorted({ENDS[k][0] for k in document.places})
        expected.update((a, b) for a in clusters for b in clusters if a < b)
    assert {(r.a, r.b): r.links for r in pairs.itertuples()} == dict(expected)
    links = cluster_links(pairs)
    seen = {(r.cluster, r.partner): r.links for r in links.itertuples()}
    assert all(seen[b, a] == n for (a, b), n in seen.items() if b > 0)
    shares = links.groupby("cluster")["share"].sum()
    assert shares.to_numpy() == pytest.approx(1.0)
    sizes: Counter[int] = Counter(
        c for document in made for c in {ENDS[k][0] for k in document.places} if c > 0
    )
    named = pd.DataFrame(
        {"indicator": "patents", "cluster": list(sizes), "documents": list(sizes.values())}
    )
    assert network(pairs, named)["salton"].between(0, 1).all()


def _all_tables(made: list[Document], order: np.random.Generator | None) -> list[pd.DataFrame]:
    """Return every table of a profile, from rows in any order."""

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        return frame if order is None else frame.iloc[order.permutation(len(frame))]

    sums, named = list_sums(made, order=order), shuffled(labels(made))
    fields = shuffled(
        field_addresses(sums, named, shuffled(label_fields()), field_counting="symbol_share")
    )
    applicants = shuffled(label_addresses(sums, named, kind="applicant", counting="fractional"))
    inside = economies_of(made, order)
    whole = shuffled(cluster_addresses(inside, **CHOICE).to_pandas())
    pairs = shuffled(cluster_pairs(inside).to_pandas())
    texts = pd.DataFrame({"kind": "applicant", "label": [1, 2, 3, 4, 5], "text": list("edcba")})
    return [
        field_profile(fields),
        concentration(fields, whole),
        leaders(applicants, whole, shuffled(texts), kind="applicant", top=2),
        cluster_links(pairs),
    ]


@few
@given(documents, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_bit(made: list[Document], seed: int) -> None:
    plain = _all_tables(made, None)
    mixed = _all_tables(made, np.random.default_rng(seed))
    for one, other in zip(plain, mixed, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


memberships = st.dictionaries(
    st.integers(1, 30), st.tuples(st.integers(1, 9), st.integers(-1, 5)), min_size=1, max_size=20
).map(
    lambda places: pd.DataFrame(
        {
            "place": list(places),
            "weight": [float(weight) for weight, _ in places.values()],
            # there is no cluster 0
            "cluster": [cluster or 6 for _, cluster in places.values()],
        }
    )
)


@given(memberships, st.permutations(range(1, 7)), st.integers(0, 2**32 - 1))
def test_a_run_matches_itself_under_any_numbers(
    run: pd.DataFrame, numbers: list[int], seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(run))
    renamed = run.assign(
        cluster=[-1 if c == -1 else 10 + numbers[c - 1] for c in run["cluster"]]
    ).iloc[order]
    found = matched_clusters(run, renamed, match="overlap")
    assert set(found["a"]) == set(run["cluster"]) - {-1}
    assert all(10 + numbers[a - 1] == b for a, b in zip(found["a"], found["b"], strict=True))
    assert (found["share_a"] == 1.0).all()
    assert (found["share_b"] == 1.0).all()


@given(memberships, memberships)
def test_matches_are_one_to_one_and_leave_nothing_to_match(
    one: pd.DataFrame, other: pd.DataFrame
) -> None:
    found = matched_clusters(one, other, match="overlap")
    assert found["a"].is_unique
    assert found["b"].is_unique
    assert (found["overlap"] > 0).all()
    assert found[["share_a", "share_b"]].to_numpy().max(initial=0.0) <= 1.0
    # nothing that is left has anything in common
    left_a = one.loc[~one["cluster"].isin([*found["a"], -1]), "place"]
    left_b = other.loc[~other["cluster"].isin([*found["b"], -1]), "place"]
    assert not set(left_a) & set(left_b)
