"""Weights of places: the author's weight of 2025, every basis, exactness, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from hubscan.cluster.weights import BASES, PlaceWeights, place_weights
from hubscan.errors import InputError
from hubscan.sphere import coordinates, place_keys

INVENTORS, AUTHORS = 4_203_602, 28_539_227
PARIS, LYON = place_keys([48.8566, 45.764], [2.3522, 4.8357]).tolist()
OPTIONS: dict[str, Any] = {
    "shaped_by": ["patents", "publications"],
    "density_basis": "inventor",
    "min_weight": 4500.0,
    "min_share": None,
    "totals_basis": "geocoded",
}


def addresses(*rows: tuple[str, int, int]) -> pd.DataFrame:
    """Return addresses at places from indicator, place and number."""
    return pd.DataFrame(
        [(indicator, place, "FR", 3, number) for indicator, place, number in rows],
        columns=["indicator", "place", "economy", "denominator", "addresses"],
    )


def totals(patents: int, publications: int, *, unit: int = 1, listed: int = 1) -> pd.DataFrame:
    located = np.array([patents, publications])
    return pd.DataFrame(
        {
            "indicator": ["patents", "publications"],
            "unit": unit,
            "located": located,
            "addresses": located * listed,
        }
    )


WORLD = totals(INVENTORS, AUTHORS)


def weigh(table: pd.DataFrame, world: pd.DataFrame = WORLD, **changes: object) -> PlaceWeights:
    return place_weights(table, world, **(OPTIONS | changes))


@pytest.mark.parametrize(
    ("indicator", "number", "core"),
    [
        ("patents", 4_500, True),
        ("patents", 4_499, False),
        ("publications", 30_552, True),
        ("publications", 30_551, False),
    ],
)
def test_core_of_inventors_or_authors_alone_2025(
    indicator: str, number: int, *, core: bool
) -> None:
    weights = weigh(addresses((indicator, PARIS, number)))
    assert (weights.places["weight"].item() >= weights.threshold) is core


def test_authors_weight_2025() -> None:
    weights = weigh(addresses(("publications", PARIS, 1)))
    assert weights.inventor_equivalents.item() == pytest.approx(0.147292, abs=5e-7)
    # the common divisor of the two totals is 1: the test is n_P N_S + n_S N_P >= 4500 N_S
    assert (weights.places["weight"].item(), weights.threshold) == (INVENTORS, 4500 * AUTHORS)
    assert weights.unit == AUTHORS


@pytest.mark.parametrize(
    ("basis", "patent", "publication", "total"),
    [
        ("inventor", 1.0, 0.2, 200.0),
        ("half", 0.5, 0.1, 100.0),
        ("pooled", 3.0, 0.6, 600.0),
        ("author", 5.0, 1.0, 1000.0),
        ("raw", 1.0, 1.0, 600.0),
    ],
)
def test_every_basis(basis: str, patent: float, publication: float, total: float) -> None:
    table = addresses(("patents", PARIS, 1), ("patents", LYON, 99), ("publications", LYON, 500))
    world = totals(100, 500)
    weights = weigh(table, world, density_basis=basis)
    assert dict(zip(weights.places["place"], weights.inventor_equivalents, strict=True)) == {
        PARIS: patent,
        LYON: pytest.approx(99 * patent + 500 * publication),
    }
    assert weights.inventor_equivalents.sum() == pytest.approx(total)
    assert weights.threshold == 4500 * weights.unit


def test_all_bases_are_tested() -> None:
    assert set(BASES) == {"inventor", "half", "pooled", "author", "raw"}


@pytest.mark.parametrize("basis", ["inventor", "half", "pooled", "author"])
def test_a_share_is_the_same_threshold_on_every_basis(basis: str) -> None:
    # 0.25 of all patents and 0.25 of all publications are a sum of shares of 0.5
    table = addresses(("patents", PARIS, 25), ("publications", PARIS, 125))
    world = totals(100, 500)
    equal = weigh(table, world, density_basis=basis, min_weight=None, min_share=0.5)
    assert equal.places["weight"].item() == equal.threshold


def test_the_share_of_2025_is_4500_inventors() -> None:
    share = 4500 / INVENTORS
    assert share == pytest.approx(0.0010705, abs=5e-8)
    for number, core in ((4_500, True), (4_499, False)):
        weights = weigh(addresses(("patents", PARIS, number)), min_weight=None, min_share=share)
        assert (weights.places["weight"].item() >= weights.threshold) is core


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_share_computed_in_floats_is_reached(number: int, patents: int, articles: int) -> None:
    table = addresses(("patents", PARIS, number))
    world = totals(patents, articles)
    weights = weigh(table, world, min_weight=None, min_share=number / patents)
    assert weights.places["weight"].item() == weights.threshold


def test_thresholds_are_read_as_decimals() -> None:
    # 0.1 as a binary fraction lies above one tenth: 10 x 0.01 would not reach it
    table = addresses(("patents", PARIS, 10))
    weights = weigh(table, totals(100, 100), min_weight=None, min_share=0.1)
    assert weights.places["weight"].item() == weights.threshold


def test_all_addresses_as_totals() -> None:
    table = addresses(("publications", PARIS, 1))
    world = pd.DataFrame(
        {
            "indicator": ["patents", "publications"],
            "unit": 1,
            "located": [100, 100],
            "addresses": [100, 400],
        }
    )
    assert weigh(table, world).inventor_equivalents.item() == 1.0
    assert weigh(table, world, totals_basis="all").inventor_equivalents.item() == 0.25


def test_counts_in_units_weigh_what_documents_weigh() -> None:
    documents = addresses(("patents", PARIS, 7), ("publications", PARIS, 11))
    counts = documents.assign(denominator=10_000, addresses=documents["addresses"] * 10_000)
    one = weigh(documents, totals(100, 500))
    other = weigh(counts, totals(1_000_000, 5_000_000, unit=10_000))
    assert one.inventor_equivalents.tolist() == other.inventor_equivalents.tolist()
    assert Fraction(one.threshold) / one.unit == Fraction(other.threshold) / other.unit


def test_places_are_gathered_and_sorted_and_others_left_out() -> None:
    table = pd.concat(
        [
            addresses(("publications", PARIS, 1), ("patents", PARIS, 1), ("deals", LYON, 5)),
            addresses(("patents", PARIS, 2)).assign(denominator=1, economy="DE"),
            addresses(("patents", LYON, 4)),
        ]
    )
    weights = weigh(table, totals(10, 10))
    assert weights.places["place"].tolist() == [LYON, PARIS]
    assert weights.inventor_equivalents.tolist() == [4.0, 4.0]
    latitude, longitude = coordinates([LYON, PARIS])
    assert weights.places["latitude"].tolist() == latitude.tolist()
    assert weights.places["longitude"].tolist() == longitude.tolist()
    assert weights.places["weight"].dtype == np.int64
    shuffled = weigh(table.sample(frac=1.0, random_state=3), totals(10, 10))
    pd.testing.assert_frame_equal(weights.places, shuffled.places)


def test_one_indicator_and_three() -> None:
    table = addresses(("patents", PARIS, 2), ("publications", PARIS, 5), ("marks", PARIS, 8))
    world = pd.DataFrame(
        {
            "indicator": ["marks", "patents", "publications"],
            "unit": 1,
            "located": [40, 10, 50],
            "addresses": 1,
        }
    )
    assert weigh(table, world, shaped_by=["patents"]).inventor_equivalents.tolist() == [2.0]
    alone = weigh(table, world, shaped_by=["patents"], density_basis="author")
    assert alone.inventor_equivalents.tolist() == [2.0]
    three = weigh(table, world, shaped_by=["patents", "publications", "marks"])
    assert three.inventor_equivalents.tolist() == [2.0 + 5.0 / 5.0 + 8.0 / 4.0]


def test_no_places() -> None:
    weights = weigh(addresses().astype({"place": "int64", "addresses": "int64"}))
    assert weights.places.empty
    assert weights.threshold == 4500 * AUTHORS


@given(
    numbers=st.lists(st.tuples(st.integers(0, 10**5), st.integers(0, 10**5)), min_size=1),
    world=st.tuples(st.integers(1, 10**8), st.integers(1, 10**8)),
    basis=st.sampled_from(sorted(BASES)),
    least=st.integers(1, 10**5),
)
def test_weights_of_documents_are_exact(
    numbers: list[tuple[int, int]], world: tuple[int, int], basis: str, least: int
) -> None:
    table = addresses(
        *(("patents", PARIS + i, patents) for i, (patents, _) in enumerate(numbers)),
        *(("publications", PARIS + i, articles) for i, (_, articles) in enumerate(numbers)),
    )
    weights = weigh(table, totals(*world), density_basis=basis, min_weight=float(least))
    size = {
        "inventor": Fraction(world[0]),
        "half": Fraction(world[0], 2),
        "pooled": Fraction(sum(world), 2),
        "author": Fraction(world[1]),
    }.get(basis)
    one, other = (1, 1) if size is None else (size / world[0], size / world[1])
    expected = [patents * one + articles * other for patents, articles in numbers]
    assert [Fraction(int(w)) / weights.unit for w in weights.places["weight"]] == expected
    for mass, weight in zip(expected, weights.places["weight"], strict=True):
        assert (mass >= least) == (weight >= weights.threshold)


def test_weights_too_fine_for_64_bits_are_rounded_a_little() -> None:
    rng = np.random.default_rng(7)
    unit, places = 10_000, 2_000
    patents = rng.integers(1, 10**9, places)
    articles = rng.integers(1, 10**10, places)
    world = totals(int(patents.sum()), int(articles.sum()), unit=unit)
    table = pd.concat(
        pd.DataFrame(
            {
                "indicator": indicator,
                "place": np.arange(places),
                "economy": "FR",
                "denominator": unit,
                "addresses": numbers,
            }
        )
        for indicator, numbers in (("patents", patents), ("publications", articles))
    )
    weights = weigh(table, world)
    ratio = Fraction(int(patents.sum()), int(articles.sum()))
    exact = [(int(p) + int(a) * ratio) / unit for p, a in zip(patents, articles, strict=True)]
    for weight, mass in zip(weights.places["weight"], exact, strict=True):
        assert abs(int(weight) - mass * weights.unit) <= Fraction(1, 2)
    total = sum(exact, start=Fraction())
    found = Fraction(int(weights.places["weight"].sum())) / weights.unit
    assert abs(found / total - 1) < Fraction(1, 10**8)
    assert 2**61 < int(weights.places["weight"].sum()) <= 2**62 + places


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"density_basis": "authors"}, "density_basis = 'authors': must be one of inventor, half"),
        ({"totals_basis": "some"}, "totals = 'some': must be one of geocoded, all"),
        ({"min_share": 0.1}, "min_weight and min_share: both given"),
        ({"min_weight": None}, "min_weight and min_share: neither given"),
        ({"min_weight": 0.0}, "threshold = 0.0: must be a number greater than 0"),
        ({"min_weight": float("nan")}, "threshold = nan: must be"),
        ({"min_weight": float("inf")}, "threshold = inf: must be"),
        ({"shaped_by": []}, "shaped_by is empty"),
        ({"shaped_by": ["marks"]}, "marks has no addresses"),
        (
            {"min_weight": None, "min_share": 0.1, "density_basis": "raw"},
            "raw weights have no common share",
        ),
    ],
)
def test_what_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        weigh(addresses(("patents", PARIS, 1)), **changes)


def test_an_indicator_without_addresses_is_refused() -> None:
    with pytest.raises(InputError, match="publications has no addresses"):
        weigh(addresses(("patents", PARIS, 1)), totals(10, 0))
