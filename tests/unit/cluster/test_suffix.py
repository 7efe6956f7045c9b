"""States at the end of names, as the lists of 2023 and 2024 print them."""

from __future__ import annotations

import pandas as pd
import pytest

from hubscan import reference
from hubscan.cluster.suffix import SUFFIXED, with_states
from hubscan.errors import InputError
from hubscan.geocode import bundled

# name, cities, centre
CLUSTERS = pd.DataFrame(
    [
        ("San Diego", "San Diego", 32.9, -117.1),
        ("Boston–Cambridge", "Boston; Cambridge", 42.36, -71.06),
        ("Cambridge", "Cambridge", 52.2, 0.12),
        ("Toronto", "Toronto", 43.7, -79.4),
        ("Vancouver", "Vancouver", 49.25, -123.1),
        ("Montréal", "Montréal", 45.5, -73.6),
        ("Washington, DC–Baltimore", "Washington; Baltimore", 39.1, -76.9),
        ("San Diego–Tijuana", "San Diego; Tijuana", 32.6, -117.1),
        ("Munich", "Munich", 48.1, 11.6),
        ("Nowhere", "Nowhere", 0.0, 0.0),
    ],
    columns=["name", "cities", "latitude", "longitude"],
)
CITIES = pd.DataFrame(
    [
        ("San Diego", 32.72, -117.16, "US", "CA"),
        ("San Diego", 10.26, -67.95, "VE", "07"),
        ("Boston", 42.36, -71.06, "US", "MA"),
        ("Cambridge", 42.37, -71.11, "US", "MA"),
        ("Cambridge", 52.2, 0.12, "GB", "ENG"),
        ("Cambridge", 43.36, -80.31, "CA", "08"),
        ("Toronto", 43.7, -79.42, "CA", "08"),
        ("Vancouver", 49.25, -123.12, "CA", "02"),
        ("Vancouver", 45.64, -122.66, "US", "WA"),
        ("Montréal", 45.51, -73.59, "CA", "10"),
        ("Washington", 38.9, -77.04, "US", "DC"),
        ("Baltimore", 39.29, -76.61, "US", "MD"),
        ("Tijuana", 32.53, -117.04, "MX", "02"),
        ("Munich", 48.14, 11.58, "DE", "02"),
    ],
    columns=["name", "latitude", "longitude", "country", "admin1"],
)


def named(state_suffix: str) -> list[str]:
    return with_states(CLUSTERS, CITIES, state_suffix=state_suffix)["name"].tolist()


def test_none_changes_nothing() -> None:
    assert with_states(CLUSTERS, CITIES, state_suffix="none") is CLUSTERS


def test_names_of_the_united_states_end_with_the_state_of_their_last_city() -> None:
    assert named("us") == [
        "San Diego, CA",
        "Boston–Cambridge, MA",
        "Cambridge",
        "Toronto",
        "Vancouver",
        "Montréal",
        "Washington, DC–Baltimore, MD",
        "San Diego–Tijuana",
        "Munich",
        "Nowhere",
    ]


def test_names_of_canada_end_with_the_postal_code_of_the_province() -> None:
    by_country = dict(zip(CLUSTERS["name"], named("us_ca"), strict=True))
    assert by_country["Toronto"] == "Toronto, ON"
    assert by_country["Vancouver"] == "Vancouver, BC"
    assert by_country["Montréal"] == "Montréal, QC"
    assert by_country["San Diego"] == "San Diego, CA"
    assert by_country["Cambridge"] == "Cambridge"


def test_everything_but_names_stays() -> None:
    table = with_states(CLUSTERS, CITIES, state_suffix="us_ca")
    columns = ["cities", "latitude", "longitude"]
    pd.testing.assert_frame_equal(table[columns], CLUSTERS[columns])
    assert with_states(CLUSTERS.iloc[:0], CITIES, state_suffix="us").empty


def test_published_names_of_2024_follow_from_those_of_2025() -> None:
    """The 2024 table of the most intense prints states, with the cities of 2025's names."""
    printed = reference.published("clusters_2024_table9_intensity_top25")
    printed = printed[printed["economy"].isin(["US", "CA"])]["cluster"].tolist()
    assert len(printed) == 8
    bare = [name.rpartition(", ")[0] for name in printed]
    cities = bundled().cities.astype({"country": str, "admin1": str})
    rows = []
    for name in bare:
        first, last = name.split("–")[0], name.split("–")[-1]
        here = cities[(cities["name"] == first) & cities["country"].isin(["US", "CA"])]
        best = here.sort_values("population").iloc[-1]
        rows.append((name, f"{first}; {last}", best["latitude"], best["longitude"]))
    told = pd.DataFrame(rows, columns=["name", "cities", "latitude", "longitude"])
    assert with_states(told, cities, state_suffix="us_ca")["name"].tolist() == printed


def test_an_unknown_choice_is_told() -> None:
    assert list(SUFFIXED) == ["none", "us", "us_ca"]
    with pytest.raises(InputError, match="state_suffix = 'all': must be one of none, us, us_ca"):
        named("all")
