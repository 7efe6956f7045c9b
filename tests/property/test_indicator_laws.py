from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubscan.index.indicators import (
    Activity,
    active_researchers,
    cagr,
    collaboration_diversity,
    document_units,
    earlier_profiles,
    flow_matrix,
    inflow_share,
    inflows,
    mean_impact,
    normalised_impact,
    partner_pairs,
    relative_activity,
    subfield_similarity,
    team_diversity,
    top_count,
    top_marks,
)

FEW = settings(max_examples=10)
FIELDS = ("a", "b", "c", "d")
CITIES = ("Oslo", "Rome", "Bonn", None)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return documents, their fields and their citations."""
    n = draw(st.integers(2, 25))
    years = draw(st.lists(st.sampled_from([2019, 2020]), min_size=n, max_size=n))
    topics = draw(st.lists(st.sets(st.sampled_from(FIELDS), min_size=1), min_size=n, max_size=n))
    cited = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    documents = pd.DataFrame({"document": range(n), "year": years})
    pairs = [(document, field) for document, names in enumerate(topics) for field in sorted(names)]
    fields = pd.DataFrame(pairs, columns=["document", "field"])
    return documents, fields, pd.DataFrame({"document": range(n), "citations": cited})


@st.composite
def careers(draw: st.DrawFn) -> pd.DataFrame:
    """Return authorships of a few authors over some years, in three cities and elsewhere."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(1, 6),
                st.integers(1, 12),
                st.integers(2014, 2023),
                st.sampled_from(CITIES),
            ),
            min_size=1,
            max_size=60,
        )
    )
    table = pd.DataFrame(rows, columns=["author", "document", "year", "unit"])
    table["year"] = table.groupby("document")["year"].transform("first")
    dates = pd.to_datetime(table["year"].astype(str) + "-06-30")
    return table.assign(date=dates).drop(columns="year").drop_duplicates(ignore_index=True)


@FEW
@given(worlds())
def test_the_mean_impact_of_the_world_is_one(
    world: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    documents, fields, cited = world
    impact = normalised_impact(documents, fields, cited, by=["year"], cells="fractional")
    assert impact["impact"].mean() == pytest.approx(1.0, abs=1e-12)


@FEW
@given(worlds(), st.floats(0.01, 0.99))
def test_exactly_the_share_asked_for_is_top(
    world: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], share: float
) -> None:
    documents, fields, cited = world
    found = {
        ties: top_marks(documents, fields, cited, by=["year"], top_share=share, ties=ties)["mark"]
        for ties in ("fraction", "strict", "inclusive")
    }
    assert found["fraction"].sum() == pytest.approx(share * len(documents), abs=1e-9)
    assert (found["strict"] <= found["fraction"] + 1e-9).all()
    assert (found["fraction"] <= found["inclusive"] + 1e-9).all()
    assert found["fraction"].between(0, 1 + 1e-12).all()


@FEW
@given(worlds(), st.integers(0, 10))
def test_the_order_of_rows_changes_nothing(
    world: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], seed: int
) -> None:
    documents, fields, cited = world
    units = documents[["document"]].assign(unit="Oslo", weight=1.0)
    results = []
    for tables in (world, [table.sample(frac=1, random_state=seed) for table in world]):
        impact = normalised_impact(*tables, by=["year"], cells="fractional")
        marks = top_marks(*tables, by=["year"], top_share=0.3, ties="fraction")
        results.append(
            (
                mean_impact(impact, units, replicates=5, seed=1),
                top_count(marks, units.sample(frac=1, random_state=seed), replicates=5, seed=1),
            )
        )
    for first, second in zip(*results, strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    del fields, cited


@FEW
@given(careers())
def test_fractional_counts_never_exceed_whole_ones_and_sum_to_the_documents_located(
    table: pd.DataFrame,
) -> None:
    whole = document_units(table, counting="whole").set_index(["document", "unit"])["weight"]
    parts = document_units(table, counting="fractional").set_index(["document", "unit"])["weight"]
    assert (parts <= whole).all()
    assert (parts > 0).all()
    everywhere = document_units(table.assign(unit=table["unit"].fillna("?")), counting="fractional")
    assert everywhere["weight"].sum() == pytest.approx(table["document"].nunique())


@FEW
@given(careers(), st.sampled_from(["whole", "fractional"]))
def test_flows_balance_and_shares_are_shares(table: pd.DataFrame, counting: str) -> None:
    rule = Activity(window_years=5, recent_years=3, min_documents=1, min_recent=1)
    active = active_researchers(table, last_year=2023, activity=rule, counting=counting)
    flows = inflows(table, active, first_year=2019, via="any")
    matrix = flow_matrix(flows)
    assert matrix.to_numpy().sum() == pytest.approx(flows["weight"].sum())
    assert np.diag(matrix.to_numpy()).sum() == 0
    shares = inflow_share(flows, active, replicates=0, seed=1).set_index("unit")
    assert shares["value"].between(0, 1).all()
    for unit, row in shares.iterrows():
        inflow = matrix[unit].sum() if unit in matrix else 0.0
        assert row["numerator"] == pytest.approx(inflow)
    direct = inflows(table, active, first_year=2019, via="direct")
    assert len(direct) <= len(flows)


@FEW
@given(careers(), st.randoms(use_true_random=False))
def test_team_diversity_is_never_negative_and_nothing_for_one_author(
    table: pd.DataFrame, chance: object
) -> None:
    draws = np.random.default_rng(abs(hash(str(chance))) % 1000)
    documents = sorted(set(table["document"]))
    fields = pd.DataFrame({"document": documents, "field": draws.choice(FIELDS, len(documents))})
    counts = pd.DataFrame(draws.integers(0, 9, (4, 4)), index=list(FIELDS), columns=list(FIELDS))
    similarity = subfield_similarity(counts)
    focal = pd.DataFrame({"document": documents})
    found = team_diversity(earlier_profiles(table, fields, focal), similarity, focal)
    assert found["citations"].between(0, 1).all()
    assert (found.loc[found["authors"] < 2, "citations"] == 0).all()
    alone = table[table["author"] == table["author"].iloc[0]]
    single = team_diversity(earlier_profiles(alone, fields, focal), similarity, focal)
    assert (single["citations"] == 0).all()


@FEW
@given(
    st.lists(
        st.tuples(st.sampled_from(FIELDS), st.sampled_from(["Oslo", "Rome", "Bonn"])),
        min_size=2,
        max_size=40,
    )
)
def test_activity_averages_to_one_over_units_that_make_up_the_world(
    rows: list[tuple[str, str]],
) -> None:
    shares = pd.DataFrame(
        {"observation": range(len(rows)), "field": [field for field, _ in rows], "share": 1.0}
    )
    members = pd.DataFrame(
        {"observation": range(len(rows)), "unit": [unit for _, unit in rows], "weight": 1.0}
    )
    found = relative_activity(members, shares, replicates=0, seed=1)
    means = found.assign(part=found["value"] * found["denominator"]).groupby("field")
    assert (means["part"].sum() / means["denominator"].sum()).to_numpy() == pytest.approx(1.0)


@FEW
@given(careers())
def test_diversity_lies_between_nothing_and_one_if_institutions_have_one_city(
    table: pd.DataFrame,
) -> None:
    located = table.dropna(subset="unit")
    named = located.assign(institution=located["unit"] + located["author"].astype(str))
    pairs = partner_pairs(named, partners=None)
    found = collaboration_diversity(pairs, replicates=0, seed=1)
    assert found["value"].dropna().between(0, 1 + 1e-12).all()


@FEW
@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0.1, 1e3), st.integers(1, 12))
def test_growth_does_not_depend_on_the_unit(
    first: float, last: float, scale: float, periods: int
) -> None:
    def rate(factor: float) -> float:
        counts = pd.DataFrame(
            {"unit": "a", "year": [0, periods], "value": [first * factor, last * factor]}
        )
        return float(cagr(counts, first_year=0, last_year=periods, small_base=0)["value"].iloc[0])

    assert rate(scale) == pytest.approx(rate(1.0), rel=1e-9, abs=1e-12)


@FEW
@given(st.floats(-0.9, 3), st.integers(1, 12))
def test_years_of_growth_return_their_rate(growth: float, periods: int) -> None:
    counts = pd.DataFrame(
        {"unit": "a", "year": [0, periods], "value": [50, 50 * (1 + growth) ** periods]}
    )
    found = cagr(counts, first_year=0, last_year=periods, small_base=10)
    assert found["value"].iloc[0] == pytest.approx(growth, rel=1e-9, abs=1e-9)
