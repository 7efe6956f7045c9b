"""Laws of finding localities: order does not matter, the country holds, a name finds its place."""

from __future__ import annotations

import hypothesis.strategies as st
import ibis
import numpy as np
import pandas as pd
from hypothesis import given, settings

from hubscan import evidence_files
from hubscan.edition import load_edition
from hubscan.geocode import (
    at_places,
    bundled,
    coverage_counts,
    document_countries,
    document_sizes,
    evidence,
    in_order,
    located,
    located_localities,
)
from hubscan.geocode.countries import countries
from hubscan.geocode.fold import folded, parted, trimmed
from hubscan.numbered import economy_numbers
from hubscan.sphere import coordinates, great_circle_km

CODES = sorted(set(bundled().cities["country"]))
RULES = load_edition("gii-2025").geocode.rules
TEXTS = st.text(max_size=30)
ADDITIONS = st.sampled_from(["", " City", ", MA", " 12345", " Cedex 05", "-shi", " (x)", "; y"])


@st.composite
def localities(draw: st.DrawFn) -> pd.DataFrame:
    """Draw cities of the gazetteer, or any text, with any region, and a country or none."""
    cities = bundled().cities
    rows = draw(st.lists(st.integers(0, len(cities) - 1), min_size=1, max_size=12))
    names = [
        draw(TEXTS) if draw(st.integers(0, 4)) == 0 else name + draw(ADDITIONS)
        for name in cities["name"].iloc[rows].tolist()
    ]
    countries = [
        draw(st.sampled_from([country, country, country, "", draw(st.sampled_from(CODES))]))
        for country in cities["country"].iloc[rows].tolist()
    ]
    regions = [draw(st.sampled_from(["", "", "CA", "Bavaria", "Osaka", "x"])) for _ in rows]
    table = pd.DataFrame({"city": names, "region": regions, "country": countries}).astype("str")
    return table.assign(locality=np.arange(len(table)))


def found(table: pd.DataFrame, dominance: float = 5.0) -> pd.DataFrame:
    return located_localities(table, bundled(), **RULES | {"dominance": dominance})


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    key = folded(text)
    assert folded(key) == key
    assert folded(text.upper()) == folded(folded(text.upper()))
    for respelled in (*trimmed(text), *parted(text)):
        assert folded(respelled) == respelled


@settings(max_examples=12)
@given(localities(), st.randoms(use_true_random=False))
def test_each_locality_is_located_on_its_own(table: pd.DataFrame, random: object) -> None:
    whole = found(table).set_index("locality")
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis types its randoms loosely
    shuffled = found(table.iloc[order]).set_index("locality")
    pd.testing.assert_frame_equal(shuffled.loc[whole.index], whole)
    alone = found(table.iloc[:1]).set_index("locality")
    pd.testing.assert_frame_equal(alone, whole.iloc[:1])


@settings(max_examples=12)
@given(localities())
def test_the_country_given_is_never_left_but_for_its_territories(table: pd.DataFrame) -> None:
    located = found(table).merge(table, on="locality")
    part_of = countries().set_index("code")["part_of"]
    given = located[(located["country"] != "") & located["place"].notna()]
    own = given["economy"] == given["country"]
    assert (own | (given["economy"].map(part_of) == given["country"])).all()
    unlocated = located[located["place"].isna()]
    assert (unlocated["economy"] == unlocated["country"]).all()
    assert unlocated["geonameid"].isna().all()
    assert (located["method"] != "").all()


@settings(max_examples=12)
@given(localities(), st.floats(1.0, 30.0), st.floats(1.0, 30.0))
def test_more_dominance_declines_more_and_moves_none_farther_than_one_place_reaches(
    table: pd.DataFrame, one: float, two: float
) -> None:
    strict, lenient = found(table, max(one, two)), found(table, min(one, two))
    kept = strict["place"].notna()
    assert lenient.loc[kept, "place"].notna().all()
    one_way, other = (
        coordinates(each.loc[kept, "place"].to_numpy("int64")) for each in (lenient, strict)
    )
    assert (great_circle_km(*one_way, *other) <= 25.0).all()


@settings(max_examples=10)
@given(st.lists(st.integers(0, 234_907), min_size=1, max_size=20, unique=True))
def test_a_city_of_the_gazetteer_is_never_unknown(rows: list[int]) -> None:
    cities = bundled().cities.iloc[rows]
    table = pd.DataFrame({"city": cities["name"], "country": cities["country"].astype("str")})
    table = table.assign(region="", locality=cities["geonameid"]).astype({"region": "str"})
    table = table.reset_index(drop=True)
    answers = found(table)
    alone = answers[answers["method"] == "unique"]
    assert alone["economy"].tolist() == table.loc[alone.index, "country"].tolist()
    assert answers["method"].ne("unknown name").all()


@st.composite
def address_tables(draw: st.DrawFn) -> pd.DataFrame:
    """Draw addresses of documents, some located."""
    places = st.one_of(st.none(), st.integers(1, 5))
    few, economies = st.integers(0, 2), st.integers(0, 3)
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=8))
    rows = [
        (0, document, draw(places), 1, draw(economies), draw(few))
        for document, size in enumerate(sizes)
        for _ in range(size)
    ]
    names = ["indicator", "document", "place", "locality", "economy", "organisation"]
    return pd.DataFrame(rows, columns=names).astype({"place": "Int64"})


@settings(max_examples=20)
@given(address_tables())
def test_located_agrees_with_the_definition(listed: pd.DataFrame) -> None:
    # by the definition, an address at a time
    expected = listed[listed["place"].notna()].astype({"place": "int64"})
    counts = expected.groupby("document").size()
    expected = expected.assign(
        n_listed=expected["document"].map(listed.groupby("document").size()),
        n_located=expected["document"].map(counts),
    )
    lazy = ibis.memtable(listed)
    sizes = document_sizes(lazy)
    at = located(at_places(lazy), sizes)
    key = ["document", "place", "economy", "organisation"]
    columns = ["indicator", *key, "n_listed", "n_located"]
    rows = expected[columns].sort_values(key).to_numpy().tolist()
    assert at.to_pandas()[columns].sort_values(key).to_numpy().tolist() == rows
    # the evidence says the same of equal rows at once, by names
    economies = economy_numbers(pd.DataFrame({"economy": ["AA", "BB", "CC"]}))
    told = evidence_files.named(
        evidence(in_order(lazy).to_pyarrow()), economies=economies, indicators=["patents"]
    ).to_pandas()
    assert not told.duplicated([*columns]).any()
    again = told.loc[told.index.repeat(told["addresses"])]
    again = again.assign(economy=again["economy"].astype(str).map(["", "AA", "BB", "CC"].index))
    assert set(told["indicator"]) <= {"patents"}
    assert again.assign(indicator=0)[columns].sort_values(key).to_numpy().tolist() == rows


@settings(max_examples=20)
@given(address_tables())
def test_coverage_agrees_with_the_definition(listed: pd.DataFrame) -> None:
    lazy = ibis.memtable(listed)
    counts = coverage_counts(document_countries(lazy), document_sizes(lazy)).to_pandas()
    found = counts.set_index("country")[["addresses", "located", "documents", "covered"]]
    for country, rows in [(-1, listed), *listed.groupby("economy")]:
        placed = rows[rows["place"].notna()]
        assert found.loc[country].tolist() == [
            len(rows),
            len(placed),
            rows["document"].nunique(),
            placed["document"].nunique(),
        ]
    assert len(found) == 1 + listed["economy"].nunique()
