"""Laws of uncertainty: parts add up, what cannot matter has index 0, ids last, ranks are ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from hubscan.robustness.agreement import adjusted_rand, variation_of_information
from hubscan.robustness.assumptions import Factor, design, distinct_settings, rank_shares
from hubscan.robustness.decomposition import PARTS, States, rank_change_parts
from hubscan.robustness.identity import fates, lasting_ids, series_of_clusters
from hubscan.robustness.intervals import Drawn, alike, confidence_sets, outranking
from hubscan.robustness.published import separable_ranks

SIZE = st.integers(2, 12)
SHARES = st.integers(0, 40).map(lambda number: number / 64.0)


@st.composite
def states(draw: st.DrawFn) -> States:
    size = draw(SIZE)
    order = st.permutations(list(range(1, size + 1)))
    totals = st.lists(SHARES, min_size=size, max_size=size)
    ranks = [np.array(draw(order), float) for _ in range(3)]
    return States(*ranks, *(np.array(draw(totals)) for _ in range(3)))


@given(states())
def test_parts_of_a_change_of_rank_add_up_exactly(given_: States) -> None:
    parts = rank_change_parts(given_)
    assert (parts[list(PARTS)].sum(axis=1) == parts["change"]).all()
    assert (parts["before"] - parts["after"] == parts["change"]).all()


@given(states())
def test_who_alone_changes_output_moves_by_its_own(given_: States) -> None:
    late = given_.early.copy()
    late[0] += 1.0
    parts = rank_change_parts(given_._replace(shared_late=late))
    assert parts.loc[0, "others_output"] == 0.0
    assert (parts.loc[1:, "own_output"] == 0.0).all()


def test_a_cluster_without_a_past_has_no_parts() -> None:
    ranks, late = np.array([1.0, np.nan]), np.array([2.0, 3])
    parts = rank_change_parts(States(ranks, ranks, ranks, np.array([2.0, 0.0]), late, late))
    assert parts["after"].tolist() == [2, 1]
    assert parts.loc[1, list(PARTS)].isna().all()


@given(st.integers(0, 1000), st.sampled_from([4, 8, 16]))
def test_a_choice_that_changes_no_rank_has_index_zero_and_width_zero(seed: int, rows: int) -> None:
    factors = [Factor("moves", (0, 1)), Factor("inert", ("a", "b", "c")), Factor("also", (0, 1))]
    settings = design(factors, rows=rows, seed=seed)
    ranks = np.array(
        [[1.0 + s["moves"], 2.0 - s["moves"], 3.0 + s["also"] * s["moves"]] for s in settings]
    )
    ranking = pd.DataFrame({"cluster": [1, 2, 3], "rank": [1, 2, 3]})
    found = rank_shares(ranks, factors, ranking, resamples=20, level=0.9, seed=seed)
    bounds = ["first", "first_lower", "first_upper", "total", "total_lower", "total_upper"]
    for table in (found.factors, found.clusters):
        inert = table[table["factor"] == "inert"]
        assert (inert[bounds] == 0.0).all(axis=None)
    assert found.factors.set_index("factor").loc["moves", "total"] > 0.0


def test_sobol_shares_of_a_sum_are_those_of_its_variances() -> None:
    factors = [Factor("big", (0, 1)), Factor("small", (0, 1))]
    settings = design(factors, rows=2048, seed=3)
    ranks = np.array([[1.0 + 2.0 * s["big"] + s["small"]] for s in settings])
    ranking = pd.DataFrame({"cluster": [1], "rank": [1]})
    found = rank_shares(ranks, factors, ranking, resamples=10, level=0.9, seed=1)
    for table in (found.factors, found.clusters):
        share = table.set_index("factor")
        assert abs(share.loc["big", "first"] - 0.8) < 0.03
        assert abs(share.loc["small", "total"] - 0.2) < 0.03


def test_settings_that_recur_are_found_once() -> None:
    settings = design([Factor("a", (1, 2)), Factor("b", ("x", "y"))], rows=16, seed=1)
    distinct, where = distinct_settings(settings)
    assert len(distinct) == 4
    assert [distinct[at] for at in where] == settings


LABELS = st.lists(st.integers(0, 3), min_size=3, max_size=30)


@given(LABELS)
def test_rand_index_is_that_of_a_peer(labels: list[int]) -> None:
    other = [(label + position) % 3 for position, label in enumerate(labels)]
    ours = adjusted_rand(labels, other, np.ones(len(labels)))
    assert abs(ours - adjusted_rand_score(labels, other)) < 1e-9
    assert adjusted_rand(labels, labels, np.ones(len(labels))) == 1.0


@given(LABELS)
def test_variation_of_information_is_a_metric(labels: list[int]) -> None:
    ones = np.ones(len(labels))
    halves, all_alone = [x // 2 for x in labels], list(range(len(labels)))
    assert variation_of_information(labels, labels, ones) == 0.0
    there = variation_of_information(labels, halves, ones)
    assert abs(there - variation_of_information(halves, labels, ones)) < 1e-12
    detour = variation_of_information(labels, all_alone, ones)
    detour += variation_of_information(all_alone, halves, ones)
    assert there <= detour + 1e-9


def membership(clusters: list[int]) -> pd.DataFrame:
    """Return places 1, 2, … of falling weight with their clusters."""
    number = len(clusters)
    weight = 1.0 + np.arange(number, 0, -1.0)
    return pd.DataFrame({"place": np.arange(1, number + 1), "weight": weight, "cluster": clusters})


@given(st.lists(st.sampled_from([-1, 1, 2, 3, 4]), min_size=4, max_size=40))
def test_clusters_that_only_grow_keep_their_ids(before: list[int]) -> None:
    # what was noise joins the cluster of its left neighbour; no two clusters meet
    after = before.copy()
    for position in range(1, len(after)):
        if after[position] == -1:
            after[position] = after[position - 1]
    renamed = [each if each == -1 else 10 - each for each in after]
    if all(each == -1 for each in before):
        return
    ids = lasting_ids(membership(before), membership(renamed))
    for b in set(before) - {-1}:
        assert ids[10 - b] == b


def test_split_merge_birth_and_death_are_named() -> None:
    before = membership([1, 1, 1, 1, 2, 2, 3, -1, -1, 4])
    after = membership([1, 1, 5, 5, 2, 2, 2, 6, 6, -1])
    table = fates(before, after, part=0.2)
    named = {
        (str(a), str(b)): fate
        for a, b, fate in zip(table["a"], table["b"], table["fate"], strict=True)
    }
    assert named == {
        ("1", "1"): "same",
        ("1", "5"): "split",
        ("2", "2"): "same",
        ("3", "2"): "merge",
        ("4", "<NA>"): "death",
        ("<NA>", "6"): "birth",
    }


def test_new_clusters_never_have_an_id_that_was_used() -> None:
    runs = [membership([1, 2]), membership([1, -1]), membership([1, 2])]
    ranking = pd.DataFrame({"cluster": [1, 2], "rank": [1, 2], "total_share": [0.2, 0.1]})
    series = series_of_clusters(runs, [ranking, ranking.head(1), ranking], ["a", "b", "c"])
    assert series[series["run"] == "c"]["id"].tolist() == [1, 3]


@st.composite
def drawn_ranks(draw: st.DrawFn) -> Drawn:
    size, number = draw(st.integers(2, 6)), draw(st.integers(3, 12))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    totals = np.sort(chance.random(size))[::-1] + 0.1 * chance.standard_normal((number, size))
    ranks = 1 + (totals[:, None, :] > totals[:, :, None]).sum(axis=2)
    return Drawn(np.arange(1, size + 1), ranks, totals, np.ones((number, size), bool))


@given(drawn_ranks())
def test_outranking_is_a_probability_and_its_opposite(found: Drawn) -> None:
    probability = outranking(found)
    np.testing.assert_allclose(probability + probability.T, 1.0)
    groups = alike(probability, level=0.95)
    assert groups["group"].is_monotonic_increasing
    assert (groups["alike_from"] <= np.arange(1, len(groups) + 1)).all()
    assert (groups["alike_to"] >= np.arange(1, len(groups) + 1)).all()


@given(drawn_ranks())
def test_joint_sets_hold_the_rank_and_each_own_set(found: Drawn) -> None:
    scores = found.totals.mean(axis=0)
    ranking = pd.DataFrame({"cluster": found.clusters, "total_share": scores})
    sets = confidence_sets(ranking, found, level=0.9)
    rank = 1 + (scores[None, :] > scores[:, None]).sum(axis=1)
    assert (sets["joint_lower"] <= sets["own_lower"]).all()
    assert (sets["joint_upper"] >= sets["own_upper"]).all()
    assert (sets["own_lower"] <= rank).all()
    assert (sets["own_upper"] >= rank).all()


@given(st.lists(st.tuples(SHARES, SHARES), min_size=2, max_size=8), st.integers(0, 1000))
def test_ranks_that_hold_for_all_weights_hold_for_any(
    shares: list[tuple[float, float]], seed: int
) -> None:
    table = pd.DataFrame(shares, columns=["x", "y"])
    total = table.sum(axis=1)
    table.insert(0, "rank", total.rank(ascending=False, method="first").astype(int))
    table.insert(0, "name", [str(k) for k in range(len(table))])
    sure = separable_ranks(table, half_digit=0.0, weight_range=0.25)
    weights = np.random.default_rng(seed).uniform(0.75, 1.25, 2)
    totals = table[["x", "y"]].to_numpy() @ weights
    worst = (totals[None, :] >= totals[:, None] - 1e-12).sum(axis=1)
    best = 1 + (totals[None, :] > totals[:, None] + 1e-12).sum(axis=1)
    assert (sure["best"] <= best).all()
    assert (worst <= sure["worst"]).all()
