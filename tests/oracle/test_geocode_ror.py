"""Localities against the Research Organization Registry (CC0; GeoNames ids, CC BY 4.0)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hubscan.edition import load_edition
from hubscan.geocode import bundled, located_localities
from hubscan.sphere import coordinates, great_circle_km

KEY = (
    Path(__file__).resolve().parents[2].parent
    / "shared/data/organisations-ror/ror_sample_20000.csv.gz"
)
pytestmark = pytest.mark.usefixtures("shared")  # the answer key lies there


def answers(*, region: bool, country: bool) -> pd.DataFrame:
    key = pd.read_csv(KEY, keep_default_na=False)
    key = key.rename(columns={"subdivision": "region"}).assign(truth=key["country"])
    key["region"] = key["region"] if region else ""
    key["country"] = key["country"] if country else ""
    texts = ["country", "region", "city"]
    localities = key[texts].drop_duplicates().sort_values(texts, ignore_index=True)
    localities["locality"] = range(len(localities))
    found = located_localities(localities, bundled(), **load_edition("gii-2025").geocode.rules)
    table = key.merge(localities, on=texts).merge(found, on="locality")
    place = table["place"].fillna(0).astype("int64")
    table["error_km"] = great_circle_km(table["lat"], table["lng"], *coordinates(place))
    return table.assign(located=table["place"].notna())


def test_with_region_and_country() -> None:
    table = answers(region=True, country=True)
    hits = table[table["located"]]
    assert len(table) == 20_000
    assert table["located"].mean() >= 0.95
    assert (hits["error_km"] <= 25).mean() >= 0.99
    assert (hits["geonames_id"] == hits["geonameid"]).mean() >= 0.95
    assert (hits["economy"] == hits["truth"]).all()


def test_without_region() -> None:
    table = answers(region=False, country=True)
    hits = table[table["located"]]
    assert table["located"].mean() >= 0.93
    assert (hits["error_km"] <= 25).mean() >= 0.98
    assert (hits["economy"] == hits["truth"]).all()


def test_without_country_more_is_declined_and_little_is_wrong() -> None:
    table = answers(region=False, country=False)
    hits = table[table["located"]]
    assert 0.8 <= table["located"].mean() <= 0.9
    assert (hits["error_km"] <= 25).mean() >= 0.98
    assert (hits["economy"] == hits["truth"]).mean() >= 0.99
