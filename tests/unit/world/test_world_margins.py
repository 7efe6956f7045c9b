from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.world.calendar import YEARS, yearly_counts
from hubscan.world.failures import failure_rates, lost_weights
from hubscan.world.margins import cluster_margins, growth_rates
from hubscan.world.published import COVERED, INDICATORS, reference_table, world_table


@pytest.fixture(scope="module")
def margins() -> pd.DataFrame:
    return cluster_margins()


def test_the_published_clusters_have_their_published_counts(margins: pd.DataFrame) -> None:
    table = reference_table("clusters_2025_appendix_table2")
    names = ["pct_applications", "scientific_publications", "vc_deals"]
    for ours, theirs in zip(INDICATORS, names, strict=True):
        np.testing.assert_array_equal(margins[ours][:100], table[theirs])
    shown = (100.0 * margins["total"][:100] - table["total_share"]).abs()
    assert shown.max() < 0.0051


def test_ranks_with_and_without_deals_are_those_published(margins: pd.DataFrame) -> None:
    assert margins["total"].rank(ascending=False).tolist() == list(range(1, 238))
    old = margins["science_technology"].rank(ascending=False)
    assert (
        old[:100].tolist()
        == reference_table("clusters_2025_appendix_table2")["rank_old_methodology"].tolist()
    )


def test_named_clusters_beyond_the_100_have_their_ranks(margins: pd.DataFrame) -> None:
    known = {"Riyadh": 101, "Hyderabad": 102, "Lausanne": 103, "Pune": 112, "Kolkata": 158}
    known |= {"Lahore": 191, "Ulsan": 209, "Ürümqi": 218, "Ljubljana": 225, "Guilin": 229}
    ranks = margins.set_index("cluster")["rank"]
    assert {name: int(ranks[name]) for name in known} == known
    listed = reference_table("clusters_2025_table2_beyond")["cluster_names"].str.split("; ")
    assert set(listed.explode().str.title()) <= set(margins["cluster"].str.title())


def test_every_cluster_has_its_cities() -> None:
    cores, margins = world_table("cores"), cluster_margins()
    assert set(cores["cluster"]) == set(margins["cluster"])
    assert not cores.duplicated("geonameid").any()
    assert (cores[list(INDICATORS)] > 0).all().all()


def test_what_the_clusters_leave_is_positive(margins: pd.DataFrame) -> None:
    left = {name: 1.0 - margins[name].sum() / COVERED[name] for name in INDICATORS}
    assert all(0.1 < part < 0.4 for part in left.values())


def test_growth_leads_back_to_the_previous_ranks(margins: pd.DataFrame) -> None:
    rates = growth_rates(margins)
    before = sum(margins[name] / COVERED[name] * np.exp(-rates[name]) for name in INDICATORS)
    rank = before.rank(ascending=False)[:100]
    assert (rank - margins["previous_rank"][:100]).abs().median() <= 1.0
    assert rank.corr(margins["previous_rank"][:100], method="spearman") > 0.998


def test_windows_hold_the_scaled_totals_and_years_follow_growth() -> None:
    nodes = pd.DataFrame({"patents": [1_209_724.0, 100_000.0], "growth_patents": [0.0, 0.2]})
    counts = yearly_counts(nodes, "patents", scale=0.1)
    assert counts.shape == (2, len(YEARS["patents"]))
    assert counts[:, -5:].sum() == 130_972
    assert counts[1, -5:].sum() == 10_000
    per_year = counts[1] / counts[0]
    np.testing.assert_allclose(np.log(per_year[1:] / per_year[:-1]), 0.2, atol=2e-3)


def test_lost_documents_fall_where_coverage_is_poor() -> None:
    rates = failure_rates("publications")
    assert rates.loc["TR", "lost"] == pytest.approx(0.014)
    assert rates.loc["TR", "missing"] == 0.0
    weights = lost_weights(pd.Series(["TR", "US", "NO"]), "publications")
    assert weights[0] > weights[1]
    assert weights[2] > 0.0
