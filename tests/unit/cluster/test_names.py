"""Clusters named after the cities that serve their places."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.cluster.names import city_weights, cluster_names, official_matches, official_names
from hubscan.errors import EditionError
from hubscan.geocode import bundled
from hubscan.schema import NOISE
from hubscan.sphere import great_circle_km, place_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

DASH = "\u2013"
NUMBERS = {"max_cities": 3, "min_of_first": 0.25, "joiner": DASH}
NONE = pd.DataFrame(columns=["cluster", "name", "cities", "latitude", "longitude", "weight"])


def around(centres: Sequence[int], cluster: int, radius_km: float) -> pd.DataFrame:
    """Return the gazetteer's places around some of its cities, as heavy as they are populous."""
    cities = bundled().cities
    seats = cities.set_index("geonameid").loc[list(centres)]
    near = np.zeros(len(cities), bool)
    for latitude, longitude in zip(seats["latitude"], seats["longitude"], strict=True):
        gap = great_circle_km(cities["latitude"], cities["longitude"], latitude, longitude)
        near |= gap <= radius_km
    places = cities[near & (cities["population"] > 0)]
    return pd.DataFrame(
        {
            "place": place_keys(places["latitude"], places["longitude"]),
            "latitude": places["latitude"],
            "longitude": places["longitude"],
            "weight": places["population"].astype(float),
            "cluster": cluster,
            "core": True,
        }
    ).drop_duplicates("place", ignore_index=True)


def scattered(membership: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the places torn into five each, about 3 km from where they were."""
    generator = np.random.default_rng(seed)
    table = membership.loc[membership.index.repeat(5)].reset_index(drop=True)
    table["weight"] /= 5
    for column in ("latitude", "longitude"):
        table[column] += generator.normal(0.0, 0.02, len(table))
    table["place"] = place_keys(table["latitude"], table["longitude"])
    return table.drop_duplicates("place", ignore_index=True)


def automatic(membership: pd.DataFrame) -> list[str]:
    weights = city_weights(membership, bundled().cities, reach_km=30.0)
    return cluster_names(weights, NONE, **NUMBERS)["name"].tolist()


def official(membership: pd.DataFrame) -> list[str]:
    weights = city_weights(membership, bundled().cities, reach_km=30.0)
    matches = official_matches(membership, official_names(), within_km=15.0)
    return cluster_names(weights, matches, **NUMBERS)["name"].tolist()


@pytest.mark.parametrize(
    ("centres", "name"),
    [
        ([1850147], "Tokyo"),
        ([1853909, 1859171, 1857910], f"Osaka{DASH}Kyoto"),
        ([5128581], "New York City"),
        ([2643743], "London"),
        ([2988507], "Paris"),
        ([1816670], "Beijing"),
        ([1835848], "Seoul"),
        ([1273294], "Delhi"),
        ([2950159], "Berlin"),
        ([4140963, 4347778], f"Washington{DASH}Baltimore"),
        ([2907911, 2873891], f"Mannheim{DASH}Heidelberg"),
    ],
)
def test_suburbs_and_wards_count_for_their_city(centres: list[int], name: str) -> None:
    membership = around(centres, 1, 20.0)
    assert automatic(membership) == [name]
    assert automatic(scattered(membership, 1)) == [name]


@pytest.mark.parametrize(
    ("centres", "name"),
    [
        ([1850147, 1848354], f"Tokyo{DASH}Yokohama"),
        ([4930956], f"Boston{DASH}Cambridge"),
        ([5392171, 5391959], f"San Jose{DASH}San Francisco"),
        ([2886242], "Cologne"),
        ([1821274], f"Macau{DASH}Zhuhai"),
        ([2661604], "Basel"),
    ],
)
def test_official_names_are_given_where_their_cities_are(centres: list[int], name: str) -> None:
    assert official(around(centres, 1, 20.0)) == [name]


def test_an_official_name_needs_all_its_cities() -> None:
    assert official(around([1796236], 1, 20.0)) == ["Shanghai"]
    assert official(around([1886760], 1, 20.0)) == ["Suzhou"]
    assert official(around([1796236, 1886760], 1, 20.0)) == [f"Shanghai{DASH}Suzhou"]


def test_an_official_name_is_not_given_for_a_small_part() -> None:
    membership = around([1796236], 1, 20.0)
    wuxi = around([1790923], 1, 3.0).assign(weight=1.0)
    assert official(pd.concat([membership, wuxi], ignore_index=True)) == ["Shanghai"]


def test_of_two_clusters_the_heavier_bears_the_official_name() -> None:
    members = around([2950159], 1, 20.0)
    members["cluster"] = np.where(members["longitude"] > 13.5, 2, 1)
    assert official(members)[0] == "Berlin"
    assert len(set(official(members))) == 2


def test_all_published_clusters_of_2025_get_their_names() -> None:
    table = official_names().iloc[:100]
    parts = [
        around([int(item) for item in ids.split("; ")], number, 6.0)
        for number, ids in enumerate(table["geonameids"], 1)
    ]
    membership = pd.concat(parts, ignore_index=True).drop_duplicates("place")
    assert official(membership) == table["name"].tolist()


def test_the_order_of_rows_and_noise_change_nothing() -> None:
    table = pd.concat([around([2950159], 2, 20.0), around([2988507], 1, 20.0)], ignore_index=True)
    noise = around([2643743], NOISE, 20.0)
    shuffled = pd.concat([noise, table]).sample(frac=1.0, random_state=5, ignore_index=True)
    first = city_weights(table, bundled().cities, reach_km=30.0)
    again = city_weights(shuffled, bundled().cities, reach_km=30.0)
    pd.testing.assert_frame_equal(first, again)
    assert official(table) == official(shuffled) == ["Paris", "Berlin"]


def test_weights_are_kept() -> None:
    membership = around([1853909], 1, 40.0)
    weights = city_weights(membership, bundled().cities, reach_km=30.0)
    assert weights["weight"].sum() == pytest.approx(membership["weight"].sum())
    assert (weights["weight"].diff().dropna() <= 0).all()
    assert weights["geonameid"].is_unique


def cities(*rows: tuple[str, float, int, str]) -> pd.DataFrame:
    """Return cities on the equator: name, longitude in kilometres, population, country."""
    table = pd.DataFrame(rows, columns=["name", "km", "population", "country"])
    return table.assign(
        geonameid=np.arange(len(table)), latitude=0.0, longitude=table["km"] / 111.19508
    )


def served(table: pd.DataFrame, reach_km: float) -> dict[str, str]:
    """Return the city that serves each city, where all are in one cluster."""
    membership = pd.DataFrame(
        {
            "place": place_keys(table["latitude"], table["longitude"]),
            "latitude": table["latitude"],
            "longitude": table["longitude"],
            "cluster": 1,
            "core": True,
        }
    )
    serving = {}
    for name in table["name"]:
        membership["weight"] = (table["name"] == name).astype(float)
        weights = city_weights(membership, table, reach_km=reach_km)
        serving[name] = weights.loc[weights["weight"] > 0, "name"].item()
    return serving


def test_a_city_serves_what_its_pull_exceeds() -> None:
    table = cities(
        ("Great", 0, 1_000_000, "XX"),
        ("Suburb", 15, 499_000, "XX"),
        ("Rival", -15, 501_000, "XX"),
        ("Abroad", 5, 10_000, "YY"),
        ("Far", 31, 900, "XX"),
    )
    assert served(table, 30.0) == {
        "Great": "Great",
        "Suburb": "Great",  # pull 500,000 there
        "Rival": "Rival",
        "Abroad": "Abroad",
        "Far": "Great",  # served by Suburb, which Great serves
    }
    assert served(table, 10.0)["Suburb"] == "Suburb"


def test_a_city_of_another_cluster_serves_none_of_this_one() -> None:
    table = cities(("Great", 0, 1_000_000, "XX"), ("Suburb", 15, 499_000, "XX"))
    membership = pd.DataFrame(
        {
            "place": place_keys(table["latitude"], table["longitude"]),
            "latitude": table["latitude"],
            "longitude": table["longitude"],
            "weight": 1.0,
            "cluster": [1, 2],
            "core": True,
        }
    )
    weights = city_weights(membership, table, reach_km=30.0)
    assert weights[["cluster", "name"]].to_numpy().tolist() == [[1, "Great"], [2, "Suburb"]]
    together = city_weights(membership.assign(cluster=1), table, reach_km=30.0)
    assert together[["name", "weight"]].to_numpy().tolist() == [["Great", 2.0]]


def test_among_equal_pulls_the_lowest_id_serves_and_a_city_stays_its_own() -> None:
    table = cities(("A", 0, 100, "XX"), ("B", 10, 10, "XX"), ("C", 20, 100, "XX"))
    assert served(table, 30.0) == {"A": "A", "B": "A", "C": "C"}


def weights_of(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["cluster", "name", "country", "weight"])
    return table.assign(geonameid=np.arange(len(table)), latitude=1.0, longitude=2.0)


def test_no_two_clusters_share_a_name() -> None:
    weights = weights_of(
        (1, "Cambridge", "US", 10.0),
        (1, "Somerville", "US", 1.0),
        (2, "Cambridge", "GB", 20.0),
        (3, "Cambridge", "GB", 5.0),
        (4, "Cambridge", "GB", 4.0),
    )
    names = cluster_names(weights, NONE, max_cities=3, min_of_first=0.25, joiner="-")
    assert names["name"].tolist() == [
        "Cambridge-Somerville",
        "Cambridge",
        "Cambridge (GB)",
        "Cambridge (GB) 2",
    ]
    assert names["cities"].tolist() == [
        "Cambridge; Somerville",
        "Cambridge",
        "Cambridge",
        "Cambridge",
    ]
    alone = cluster_names(weights, NONE, max_cities=1, min_of_first=0.25, joiner="-")
    assert alone["name"].tolist()[:2] == ["Cambridge (US)", "Cambridge"]


def test_further_cities_need_their_part_of_the_first() -> None:
    weights = weights_of(
        (1, "A", "XX", 8.0), (1, "B", "XX", 2.0), (1, "C", "XX", 1.99), (1, "D", "XX", 1.0)
    )
    for least, most, name in (
        (0.25, 3, "A-B"),
        (0.1, 3, "A-B-C"),
        (0.1, 9, "A-B-C-D"),
        (0.1, 1, "A"),
    ):
        names = cluster_names(weights, NONE, max_cities=most, min_of_first=least, joiner="-")
        assert names["name"].tolist() == [name]


def test_an_official_name_takes_the_joiner_and_the_place_of_its_first_city() -> None:
    weights = weights_of((1, "A", "XX", 8.0))
    match = pd.DataFrame([(1, f"B{DASH}C", "B; C", 5.0, 6.0, 2.0)], columns=list(NONE.columns))
    names = cluster_names(weights, match, max_cities=3, min_of_first=0.25, joiner="-")
    assert names.to_numpy().tolist() == [[1, "B-C", "B; C", 5.0, 6.0]]
    light = match.assign(weight=1.9)
    assert cluster_names(weights, light, **NUMBERS)["name"].tolist() == ["A"]


@pytest.mark.parametrize("numbers", [{"max_cities": 0}, {"min_of_first": 1.5}])
def test_numbers_outside_their_domain_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(EditionError, match="must be at least 1, and in"):
        cluster_names(weights_of((1, "A", "XX", 8.0)), NONE, **{**NUMBERS, **numbers})


def test_distances_outside_their_domain_are_refused() -> None:
    membership = around([2950159], 1, 5.0)
    with pytest.raises(EditionError, match=r"reach_km = 0.0: must be greater than 0"):
        city_weights(membership, bundled().cities, reach_km=0.0)
    with pytest.raises(EditionError, match=r"within_km = -1.0: must be at least 0"):
        official_matches(membership, official_names(), within_km=-1.0)


def test_the_official_table_agrees_with_the_gazetteer_and_the_lists() -> None:
    table = official_names()
    gazetteer = bundled().cities.set_index("geonameid")
    assert table["name"].is_unique
    assert len(table) == 178
    neighbours = {"CN": {"CN", "HK", "MO"}}
    for row in table.to_dict("records"):
        lists = [row[column].split("; ") for column in list(table.columns)[2:]]
        assert len({len(items) for items in lists}) == 1
        places = gazetteer.loc[[int(item) for item in lists[1]]]
        assert [f"{value:.5f}" for value in places["latitude"]] == lists[2]
        assert [f"{value:.5f}" for value in places["longitude"]] == lists[3]
        allowed = set().union(
            *(neighbours.get(code, {code}) for code in row["economies"].split("; "))
        )
        assert set(places["country"]) <= allowed
        spots = list(zip(places["latitude"], places["longitude"], strict=True))
        assert all(great_circle_km(*one, *two) < 150 for one, two in pairwise(spots))


def test_every_published_name_of_2025_is_in_the_official_table() -> None:
    file = resources.files("hubscan.reference.gii") / "clusters_2025_appendix_table2.csv"
    with file.open(encoding="utf-8") as lines:
        printed = pd.read_csv(lines, keep_default_na=False)
    table = official_names().iloc[: len(printed)]
    assert table["name"].tolist() == printed["cluster"].tolist()
    labels = printed["economy"].str.replace("*", "").str.replace("/", "; ")
    shared = table["economies"] == labels.to_numpy()
    assert shared.all()
