"""Localities found in the gazetteer, and declined where nothing decides."""

from __future__ import annotations

import pandas as pd
import pytest

from hubscan.edition import load_edition
from hubscan.errors import EditionError, SchemaError
from hubscan.geocode import Gazetteer, bundled, located_localities
from hubscan.schema import LOCATED_LOCALITIES, validated
from hubscan.sphere import place_keys

LONDON_GB, LONDON_CA = 2643743, 6058560

RULES = load_edition("gii-2025").geocode.rules


def localities(*texts: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(texts, columns=["city", "region", "country"]).astype("str")
    return table.assign(locality=range(1, len(table) + 1))


def found(*texts: tuple[str, str, str], min_precision: str = "city") -> pd.DataFrame:
    table = located_localities(
        localities(*texts),
        bundled(),
        **RULES | {"min_precision": min_precision},
    )
    return validated(table, LOCATED_LOCALITIES)


@pytest.mark.parametrize(
    ("city", "region", "country", "geonameid"),
    [
        ("London", "", "GB", LONDON_GB),
        ("London", "", "CA", LONDON_CA),
        ("London", "Ontario", "CA", LONDON_CA),
        ("Cambridge", "", "GB", 2653941),
        ("Cambridge", "MA", "US", 4931972),
        ("Cambridge, MA 02139", "", "US", 4931972),
        ("Orange", "CA", "US", 5379513),
        ("Orange", "New Jersey", "US", 5102213),
        ("Valencia", "", "ES", 2509954),
        ("Valencia", "", "VE", 3625549),
        ("San José", "", "CR", 3621849),
        ("San Jose", "CA", "US", 5392171),
        ("Birmingham", "", "GB", 2655603),
        ("Birmingham", "AL", "US", 4049979),
        ("Kent", "OH", "US", 5159537),
        ("Kent", "WA", "US", 5799625),
        ("Portland", "ME", "US", 4975802),
        ("Frankfurt", "", "DE", 2925533),
        ("Frankfurt", "Brandenburg", "DE", 2925535),
        ("Halle", "", "DE", 2911522),
        ("Halle", "North Rhine-Westphalia", "DE", 2911520),
        ("Newcastle", "", "GB", 2641673),
        ("Suzhou", "", "CN", 1886760),
        ("Suzhou", "Anhui", "CN", 1793743),
        ("Windhoek", "", "NA", 3352136),
        ("Zuerich", "", "CH", 2657896),
        ("Muenchen", "", "DE", 2867714),
        ("Malmoe", "", "SE", 2692969),
        ("Goettingen", "", "DE", 2918632),
        ("KRAKOW", "", "PL", 3094802),
        ("St. Louis", "MO", "US", 4407066),
        ("Saint Louis", "Missouri", "US", 4407066),
        ("75231 Paris Cedex 05", "", "FR", 2988507),
        ("D-80333 München", "", "DE", 2867714),
        ("東京", "", "JP", 1850147),
        ("东莞市", "", "CN", 1812545),
        ("广东省深圳市南山区", "", "CN", 1795565),
        ("서울", "", "KR", 1835848),
        ("Санкт-Петербург", "", "RU", 498817),
        ("Chūō Ku", "Osaka", "JP", 1853909),
        ("Chuo-ku", "Tokyo", "JP", 1850147),
        ("Kita-ku", "Kyoto", "JP", 1857910),
        ("Hong Kong", "", "CN", 1819729),
        ("San Juan", "PR", "US", 4568127),
        ("", "Zagreb", "HR", 3186886),
        ("Hyderabad", "Andhra Pradesh", "IN", 1269843),
        ("London", "", "", LONDON_GB),
        ("Cambridge", "MA", "", 4931972),
        ("Zug", "", "CH", 2657908),
    ],
)
def test_a_locality_is_the_place_it_names(
    city: str, region: str, country: str, geonameid: int
) -> None:
    row = found((city, region, country)).iloc[0]
    assert row["geonameid"] == geonameid, row.to_dict()
    assert row["precision"] == "city"
    place = bundled().cities.set_index("geonameid").loc[geonameid]
    assert row["place"] == place_keys([place["latitude"]], [place["longitude"]])[0]
    assert row["economy"] == place["country"]


@pytest.mark.parametrize(
    ("city", "region", "country", "precision", "why"),
    [
        ("Kent", "", "US", "country", "declined: homonyms"),
        ("Springfield", "", "US", "country", "declined: homonyms"),
        ("Taizhou", "", "CN", "country", "declined: homonyms"),
        ("Neustadt", "", "DE", "country", "declined: homonyms"),
        ("Valencia", "", "", "none", "declined: homonyms"),
        ("Cambridge", "", "", "none", "declined: homonyms"),
        ("Hyderabad", "", "", "none", "declined: homonyms"),
        ("Rutherford", "California", "US", "region", "declined: in another region"),
        ("Atlantis", "", "GR", "country", "unknown name"),
        ("", "", "GR", "country", "no city given"),
        ("", "", "", "none", "no city given"),
        ("", "Bavaria", "DE", "region", "no city given"),
        ("CA", "CA", "US", "region", "no city given"),
        ("New York", "", "FR", "country", "unknown name"),
        ("Berlin", "", "QQ", "country", "unknown name"),
    ],
)
def test_where_nothing_decides_a_locality_is_declined_with_a_reason(
    city: str, region: str, country: str, precision: str, why: str
) -> None:
    row = found((city, region, country)).iloc[0]
    assert (row["precision"], row["method"]) == (precision, why)
    assert pd.isna(row["place"])
    assert pd.isna(row["geonameid"])
    assert row["economy"] == country


def test_the_method_says_what_decided() -> None:
    table = found(
        ("Eindhoven", "", "NL"),
        ("London", "ON", "CA"),
        ("Boston", "", "US"),
        ("Suzhou", "", "CN"),
        ("Eindhoven 5612", "", "NL"),
        ("Hong Kong", "", "CN"),
        ("Mumbai", "Gujarat", "IN"),
    )
    assert table["method"].tolist() == [
        "unique",
        "region",
        "population",
        "usual",
        "respelled, unique",
        "territory, unique",
        "size, against the region",
    ]


def test_a_region_that_names_the_main_city_of_a_province_hints_at_it() -> None:
    table = found(("La Unión", "Cali", "CO"), ("La Unión", "Pasto", "CO"), ("La Unión", "", "CO"))
    assert table["geonameid"].fillna(0).tolist() == [3676928, 3676934, 0]
    assert table["method"].tolist() == ["region", "region", "declined: homonyms"]


def test_a_part_of_a_city_does_not_decide_against_the_city() -> None:
    table = pd.DataFrame(
        {
            "geonameid": [1, 2, 3],
            "name": ["Alpha", "Alpha", "Alpha"],
            "latitude": [10.0, 10.05, 20.0],
            "longitude": [10.0, 10.0, 10.0],
            "country": ["XX", "XX", "XX"],
            "admin1": ["1", "1", "2"],
            "population": [100_000, 90_000, 10_000],
            "alternatenames": ["", "", ""],
        }
    )
    gazetteer = Gazetteer.from_geonames(table)
    text = localities(("Alpha", "", "XX"))
    near = located_localities(text, gazetteer, **RULES)
    assert near["geonameid"].tolist() == [1]
    strict = located_localities(text, gazetteer, **RULES | {"homonym_km": 1.0})
    assert strict["method"].tolist() == ["declined: homonyms"]


@pytest.mark.parametrize(
    ("population", "dominance", "method"),
    [
        (50_000, 5.0, "population"),
        (49_999, 5.0, "declined: homonyms"),
        (2_001, 5.0, "declined: homonyms"),
        (10_000, 1.0, "population"),
    ],
)
def test_dominance_is_inclusive(population: int, dominance: float, method: str) -> None:
    table = pd.DataFrame(
        {
            "geonameid": [1, 2],
            "name": ["Alpha", "Alpha"],
            "latitude": [10.0, 20.0],
            "longitude": [10.0, 10.0],
            "country": ["XX", "XX"],
            "admin1": ["1", "2"],
            "population": [population, 10_000],
            "alternatenames": ["", ""],
        }
    )
    found = located_localities(
        localities(("Alpha", "", "XX")),
        Gazetteer.from_geonames(table),
        **RULES | {"dominance": dominance},
    )
    assert found["method"].tolist() == [method]


def alphas(*places: tuple[str, int]) -> Gazetteer:
    """Return a gazetteer of places of one name, far apart, of some countries and populations."""
    number = range(1, len(places) + 1)
    table = pd.DataFrame(
        {
            "geonameid": number,
            "name": "Alpha",
            "latitude": [10.0 * each for each in number],
            "longitude": 10.0,
            "country": [country for country, _ in places],
            "admin1": [str(each) for each in number],
            "population": [population for _, population in places],
            "alternatenames": "",
        }
    )
    return Gazetteer.from_geonames(table)


@pytest.mark.parametrize(("without_country", "located"), [(2.0, False), (1.0, True)])
def test_without_a_country_more_dominance_is_needed(without_country: float, located: bool) -> None:  # noqa: FBT001 - a case
    rules = RULES | {"without_country": without_country}
    text = localities(("Alpha", "", ""))
    table = located_localities(text, alphas(("XX", 42_000), ("YY", 6_000)), **rules)
    assert table["place"].notna().tolist() == [located]


@pytest.mark.parametrize(("unknown_population", "located"), [(1000, False), (100, True)])
def test_places_of_unknown_population_count_as_small_ones(
    unknown_population: int,
    located: bool,  # noqa: FBT001 - a case
) -> None:
    rules = RULES | {"unknown_population": unknown_population}
    text = localities(("Alpha", "", "XX"))
    table = located_localities(text, alphas(("XX", 4_000), ("XX", 0)), **rules)
    assert table["place"].notna().tolist() == [located]


def test_a_large_city_stands_against_its_region() -> None:
    text = localities(("Munich", "Hesse", "DE"))
    assert located_localities(text, bundled(), **RULES)["geonameid"].tolist() == [2867714]
    rules = RULES | {"large_population": 100_000_000}
    declined = located_localities(text, bundled(), **rules)
    assert declined["method"].tolist() == ["declined: in another region"]


def test_a_region_counts_as_located_where_that_is_wanted() -> None:
    table = found(
        ("", "Bavaria", "DE"), ("Atlantis", "Ontario", "CA"), ("", "", "DE"), min_precision="region"
    )
    assert table["precision"].tolist() == ["region", "region", "country"]
    assert table["geonameid"].tolist()[:2] == [2867714, 6167865]
    assert table["method"].tolist()[:2] == ["seat of the region"] * 2
    assert table["place"].isna().tolist() == [False, False, True]


def test_nothing_in_nothing_out() -> None:
    table = localities(("x", "", "")).iloc[:0]
    table = located_localities(table, bundled(), **RULES)
    assert table.empty
    assert table.columns.tolist() == LOCATED_LOCALITIES.names


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"min_precision": "street"}, "min_precision = 'street': must be one of city, region"),
        ({"dominance": 0.5}, "dominance = 0.5: must be at least 1"),
        ({"dominance": float("nan")}, "dominance = nan: must be at least 1"),
        ({"homonym_km": -1.0}, "homonym_km = -1.0: must be at least 0"),
    ],
)
def test_numbers_outside_their_domain_are_refused(choice: dict[str, object], message: str) -> None:
    numbers = RULES | choice
    with pytest.raises(EditionError, match=message):
        located_localities(localities(("Rome", "", "IT")), bundled(), **numbers)


def test_a_table_that_is_no_localities_is_refused() -> None:
    table = localities(("Rome", "", "IT")).drop(columns="region")
    with pytest.raises(SchemaError, match="'region' is missing"):
        located_localities(table, bundled(), **RULES)
