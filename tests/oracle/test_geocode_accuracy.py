"""Accuracy on labelled real addresses: a half that was looked at, a half that was only scored."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.edition import load_edition
from hubscan.geocode import bundled, country_name, located_addresses, located_texts
from hubscan.geocode.countries import countries
from hubscan.sphere import great_circle_km

if TYPE_CHECKING:
    from hubscan.geocode.match import Rules
    from hubscan.geocode.texts import Reading

KEY = (
    Path(__file__).resolve().parents[2].parent
    / "shared/data/organisations-ror/ror_sample_20000.csv.gz"
)
pytestmark = pytest.mark.usefixtures("shared")  # the answer key lies there
RULES: Rules = load_edition("gii-2025").geocode.rules
READING: Reading = load_edition("gii-2025").geocode.reading
HALVES = ("seen", "unseen")


@cache
def key() -> pd.DataFrame:
    table = pd.read_csv(KEY, keep_default_na=False).rename(columns={"subdivision": "region"})
    seen = [sha256(text.encode()).digest()[0] % 2 == 0 for text in table["ror_id"]]
    return table.assign(half=np.where(seen, "seen", "unseen"), locality=np.arange(len(table)))


def scored(found: pd.DataFrame) -> pd.DataFrame:
    table = key().join(found.drop(columns="locality").reset_index(drop=True))
    away = great_circle_km(table["lat"], table["lng"], table["latitude"], table["longitude"])
    located = table["place"].notna()
    return table.assign(located=located, right=located & (away <= 25.0))


@cache
def by_city() -> pd.DataFrame:
    columns = ["locality", "city", "region", "country"]
    return scored(
        located_texts(key()[columns], bundled(), reading=READING, fuzzy_min_score=0.0, **RULES)
    )


@cache
def by_address(*, country: bool) -> pd.DataFrame:
    table = key()
    parts = table["name"].str.cat(table["city"], sep=", ")
    parts = parts.where(table["region"] == "", parts.str.cat(table["region"], sep=", "))
    texts = parts.str.cat(table["country"].map(country_name), sep=", ")
    told = table[["locality"]].assign(address=texts, country=table["country"] if country else "")
    return scored(located_addresses(told, bundled(), reading=READING, **RULES))


@pytest.mark.parametrize("half", HALVES)
def test_cities_with_countries(half: str) -> None:
    table = by_city()[by_city()["half"] == half]
    assert table["located"].mean() >= 0.95
    assert table.loc[table["located"], "right"].mean() >= 0.99
    assert (table.loc[table["located"], "economy"] == table.loc[table["located"], "country"]).all()


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("country", [True, False])
def test_whole_addresses(half: str, *, country: bool) -> None:
    table = by_address(country=country)
    table = table[table["half"] == half]
    assert table["located"].mean() >= 0.95
    assert table.loc[table["located"], "right"].mean() >= 0.985


def test_the_country_is_never_wrong_when_it_is_given() -> None:
    part_of = countries().set_index("code")["part_of"]
    for table in (by_city(), by_address(country=True)):
        own = table["economy"] == table["country"]
        assert (own | (table["economy"].map(part_of) == table["country"])).all()


def test_confidence_is_what_the_half_not_looked_at_bears_out() -> None:
    every = pd.concat([by_city(), by_address(country=True), by_address(country=False)])
    every = every[every["located"] & (every["half"] == "unseen")]
    groups = every.groupby("method").agg(
        rows=("right", "size"), right=("right", "mean"), confidence=("confidence", "mean")
    )
    large = groups[groups["rows"] >= 200]
    assert len(large) >= 5
    assert (large["right"] - large["confidence"]).abs().max() <= 0.04
    assert abs(every["right"].mean() - every["confidence"].mean()) <= 0.01


def test_every_group_of_countries_is_right_when_located() -> None:
    table = by_address(country=True).query("half == 'unseen' and located")
    sizes = table.groupby("country")["right"].agg(["size", "mean"]).query("size >= 150")
    assert len(sizes) >= 8
    assert (sizes["mean"] >= 0.97).all()
