from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index import pipeline, set2024, values
from hubscan.index.indicators import BATTERY, TABLES, indicator_estimates

CITIES = ["Boston", "Tokyo", "Paris", None]
FIELDS = {"physics": "Physical Sciences", "biology": "Life Sciences", "law": "Social Sciences"}


def papers(draws: np.random.Generator, n: int) -> dict[str, pd.DataFrame]:
    """Return the tables of a small world of papers, whose authors come, move and differ."""
    years = np.sort(draws.integers(2013, 2024, n))
    days = pd.to_timedelta(draws.integers(0, 365, n), unit="D")
    names = draws.choice(list(FIELDS), n, p=[0.45, 0.45, 0.1])
    homes = draws.choice(4, 160, p=[0.4, 0.3, 0.2, 0.1])
    starts = draws.integers(2010, 2022, 160)
    rows = []
    for paper in range(n):
        there = np.flatnonzero(starts <= years[paper])
        for author in draws.choice(there, min(draws.integers(1, 5), len(there)), replace=False):
            home = draws.integers(4) if draws.random() < 0.1 else homes[author]
            homes[author] = home
            rows.append((paper, author, f"i{home}{author % 31}", CITIES[home], author % 3))
    columns = ["document", "author", "institution", "unit", "sector"]
    people = pd.DataFrame(rows, columns=columns)
    sectors = ["academic", "corporate", "hospital"]
    similarity = pd.DataFrame(np.eye(3) * 0.5 + 0.5, index=list(FIELDS), columns=list(FIELDS))
    return {
        "papers": pd.DataFrame(
            {"document": range(n), "year": years, "kind": "article",
             "date": pd.to_datetime(pd.Series(years).astype(str) + "-01-01") + days,
             "issn": np.where(draws.random(n) < 0.1, "0028-0836", "1111-2222")}
        ),
        "fields": pd.DataFrame(
            {"document": range(n), "field": names, "area": [FIELDS[name] for name in names]}
        ),
        "affiliations": people.assign(sector=people["sector"].map(dict(enumerate(sectors)))),
        "citations": pd.DataFrame(
            {"document": range(n), "year": np.minimum(years + 1, 2024),
             "citations": draws.poisson(5, n)}
        ),
        "patent_citations": pd.DataFrame({"document": range(0, n, 5), "office": "US"}),
        "similarity": similarity,
    }  # fmt: skip


def families(draws: np.random.Generator, n: int) -> dict[str, pd.DataFrame]:
    """Return the tables of a small world of patent families."""
    places = draws.choice(CITIES[:3], n, p=[0.5, 0.3, 0.2])
    return {
        "families": pd.DataFrame({"document": range(n), "year": draws.integers(2014, 2024, n)}),
        "symbols": pd.DataFrame(
            {"document": range(n), "symbol": draws.choice(["H04L", "A61K"], n)}
        ),
        "family_units": pd.DataFrame({"document": range(n), "unit": places, "weight": 1.0}),
        "family_citations": pd.DataFrame(
            {"document": draws.integers(0, n, 5 * n), "citing": draws.integers(0, n, 5 * n)}
        ),
        "population": pd.DataFrame(
            {"unit": CITIES[:3], "population": [5e6, 37e6, 12e6], "year": 2022, "scope": "printed"}
        ),
    }


@pytest.fixture(scope="module")
def world() -> dict[str, pd.DataFrame]:
    draws = np.random.default_rng(3)
    return papers(draws, 1200) | families(draws, 600)


@pytest.fixture(scope="module")
def parameters() -> dict[str, object]:
    given = set2024.parameters()["indicators"]
    return given | {"bootstrap": {"replicates": 10, "seed": 1}}


@pytest.fixture(scope="module")
def estimates(world: dict[str, pd.DataFrame], parameters: dict[str, object]) -> pd.DataFrame:
    return indicator_estimates(world, parameters)


def test_every_indicator_is_a_leaf_of_the_framework(estimates: pd.DataFrame) -> None:
    keys = set(estimates["key"])
    assert keys == set(BATTERY)
    codes = set2024.node_codes()
    leaves = set(set2024.framework(weights="implied").leaves)
    assert {codes[key] for key in keys} <= leaves
    assert len(keys) == 18


def test_every_indicator_has_a_value_and_an_error_for_every_city(estimates: pd.DataFrame) -> None:
    counts = estimates.groupby("key")["unit"].agg(set)
    assert all(units == {"Boston", "Tokyo", "Paris"} for units in counts)
    assert estimates["value"].notna().all()
    assert (estimates["se"].notna() & (estimates["se"] >= 0)).all()


def by_key(estimates: pd.DataFrame, key: str) -> pd.Series:
    return estimates[estimates["key"] == key].set_index("unit")["value"]


def test_some_of_them_again_in_plain_python(
    estimates: pd.DataFrame, world: dict[str, pd.DataFrame]
) -> None:
    science = set(world["fields"].query("field != 'law'")["document"])
    window = set(world["papers"].query("2019 <= year <= 2023")["document"]) & science
    here = {
        (row.document, row.unit)
        for row in world["affiliations"].itertuples()
        if row.document in window and isinstance(row.unit, str)
    }
    patented = {(document, unit) for document, unit in here if document % 5 == 0}
    cns = set(world["papers"].query("issn == '0028-0836'")["document"])
    for city in CITIES[:3]:
        mine = [document for document, unit in here if unit == city]
        cited = sum(unit == city for _, unit in patented)
        assert by_key(estimates, "cited_by_patents_share")[city] == pytest.approx(cited / len(mine))
        assert by_key(estimates, "high_quality_output")[city] == len(set(mine) & cns)
        owned = (world["family_units"]["unit"] == city).sum()
        assert by_key(estimates, "pct_families")[city] == owned
        people = world["population"].set_index("unit").loc[city, "population"]
        per_capita = by_key(estimates, "pct_families_per_capita")[city]
        assert per_capita == pytest.approx(owned / people * 10_000)


def test_rows_may_come_in_any_order(
    estimates: pd.DataFrame, world: dict[str, pd.DataFrame], parameters: dict[str, object]
) -> None:
    shuffled = {
        name: table if name == "similarity" else table.sample(frac=1, random_state=5)
        for name, table in world.items()
    }
    pd.testing.assert_frame_equal(indicator_estimates(shuffled, parameters), estimates)


def test_missing_tables_leave_out_the_indicators_that_need_them(
    world: dict[str, pd.DataFrame], parameters: dict[str, object]
) -> None:
    few = {name: world[name] for name in ("families", "family_units", "population")}
    found = indicator_estimates(few, parameters)
    assert set(found["key"]) == {"pct_families", "pct_families_per_capita"}
    assert indicator_estimates({}, parameters).empty


def test_unknown_tables_and_missing_columns_are_named(parameters: dict[str, object]) -> None:
    with pytest.raises(InputError, match="deals: no such table is known; tables are papers"):
        indicator_estimates({"deals": pd.DataFrame()}, parameters)
    with pytest.raises(InputError, match="families: column 'year' is missing"):
        indicator_estimates({"families": pd.DataFrame({"document": [1]})}, parameters)
    assert set(TABLES) >= {name for entry in BATTERY.values() for name in entry.needs}


def test_the_indicators_feed_the_recipe_of_the_edition(estimates: pd.DataFrame) -> None:
    codes = set2024.node_codes()
    wide = estimates.assign(code=estimates["key"].map(codes)).pivot_table(
        index="unit", columns="code", values="value"
    )
    tree = set2024.framework(weights="implied")
    known = tree.without(leaf for leaf in tree.leaves if leaf not in wide.columns)
    # winsorising the two highest of three cities would leave nothing to scale
    known = known.with_column("transform", {"3.2.3": ""})
    result = pipeline.run(
        values.from_matrix(wide, period="2023", source="synthetic"), known, set2024.recipe()
    )
    assert result.scores["0"].between(60, 100).all()
    assert sorted(result.ranks["0"]) == [1.0, 2.0, 3.0]
    low, high = np.log(wide["3.2.1"].min()), np.log(wide["3.2.1"].max())
    expected = 60 + 40 * (np.log(wide["3.2.1"]) - low) / (high - low)
    assert result.scores["3.2.1"].to_dict() == pytest.approx(expected.to_dict())
