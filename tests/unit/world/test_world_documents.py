from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubscan.world.documents import Habits, fractional_counts, group_sizes, teams
from hubscan.world.draws import cumulated, generator
from hubscan.world.flows import collaboration_flows
from hubscan.world.listing import COUNTED, EXTRA, LOST, listing
from hubscan.world.teams import team_sizes

NODES = 5


@pytest.fixture(scope="module")
def flows() -> np.ndarray:
    table = pd.DataFrame({
        "country": ["AA", "AA", "BB", "AA", "BB"], "latitude": [0.0, 0.4, 30.0, 5.0, 35.0],
        "longitude": [0.0, 0.0, 40.0, 9.0, 45.0], "rank": [1, 1, 2, 0, 0], "parts": [2, 2, 1, 1, 1],
    })  # fmt: skip
    return collaboration_flows(table, np.array([300.0, 200.0, 250.0, 400.0, 350.0]))


@pytest.fixture(scope="module")
def habits(flows: np.ndarray) -> Habits:
    return Habits(
        sizes=team_sizes(mean=3.5, spread=0.7, largest=200, tail=0.01),
        joint=0.4,
        together=0.7,
        missing=np.full(NODES, 0.05),
        sites=cumulated(np.ones(2 * NODES), np.repeat(np.arange(NODES), 2)),
        flows=cumulated(flows.ravel(), np.repeat(np.arange(NODES), NODES)),
        nodes=NODES,
    )


def test_flows_are_balanced_and_the_parts_of_a_cluster_tied(flows: np.ndarray) -> None:
    counts = np.array([300.0, 200.0, 250.0, 400.0, 350.0])
    joint = counts[:, None] * flows
    np.testing.assert_allclose(joint, joint.T, rtol=1e-6)
    np.testing.assert_allclose(joint.sum(axis=0), counts)
    outside = joint[:2, 3:].sum(axis=1)
    assert (joint[0, 1] > 1.5 * outside).all()
    assert flows[2, 2] == 0.0


@given(st.lists(st.integers(0, 300), min_size=NODES, max_size=NODES), st.integers(0, 99))
def test_fractional_counts_are_those_wanted_to_a_document(
    habits: Habits, counts: list[int], seed: int
) -> None:
    wanted = np.array(counts)
    made, left = teams(habits, wanted, np.zeros(NODES), rng=generator(seed))
    got = fractional_counts(made, NODES)
    assert len(made.home) == wanted.sum()
    assert got.sum() == pytest.approx(wanted.sum())
    np.testing.assert_allclose(got - wanted, left, atol=1e-9)


def test_what_is_left_over_is_made_up_next_year(habits: Habits) -> None:
    wanted = np.array([300, 200, 250, 400, 350])
    carried, total = np.zeros(NODES), np.zeros(NODES)
    for year in range(5):
        made, carried = teams(habits, wanted, carried, rng=generator(3, year))
        total += fractional_counts(made, NODES)
    assert np.abs(total - 5 * wanted).max() < 1.0


def test_groups_hold_all_partners(habits: Habits) -> None:
    made, _ = teams(habits, np.full(NODES, 400), np.zeros(NODES), rng=generator(5))
    document, addresses = group_sizes(made)
    assert addresses.min() >= 1
    np.testing.assert_array_equal(np.bincount(document, addresses, len(made.home)), made.away)
    assert (made.listed - made.away >= 1).all()
    assert (made.located >= 1).all()


def test_rows_have_the_fractions_of_their_documents(habits: Habits) -> None:
    made, _ = teams(habits, np.full(NODES, 300), np.zeros(NODES), rng=generator(7))
    rows = listing(habits, made, extra=30, lost=np.zeros(20, np.int64), rng=generator(8))
    assert np.bincount(rows.kind).tolist() == [1500, 30, 20]
    counted = (rows.kind == COUNTED)[rows.document] & (rows.site >= 0)
    located = np.bincount(rows.document[counted], minlength=len(rows.kind))
    share = 1.0 / located[rows.document[counted]]
    got = np.bincount(rows.site[counted] // 2, share, NODES)
    np.testing.assert_allclose(got, fractional_counts(made, NODES), atol=1e-9)
    assert (rows.site[(rows.kind == LOST)[rows.document]] == -1).all()
    assert (rows.kind == EXTRA).sum() == 30
    assert rows.sequence[:3].min() == 1
    assert rows.listed.sum() == len(rows.site)


def test_team_sizes_do_not_depend_on_the_node(habits: Habits) -> None:
    made, _ = teams(habits, np.full(NODES, 4000), np.zeros(NODES), rng=generator(9))
    means = np.bincount(made.home, made.listed) / np.bincount(made.home)
    np.testing.assert_allclose(means, 3.5, rtol=0.03)
