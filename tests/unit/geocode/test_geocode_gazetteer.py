"""The gazetteer: bundled, and of a user's own table."""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.geocode import Gazetteer, bundled, nearest_cities
from hubscan.geocode.fold import all_folded, folded
from hubscan.geocode.gazetteer import BUNDLED, OTHER, OWN, USUALLY, bundle, unbundled

LARGEST_BYTES = 2_000_000


def geonames() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "geonameid": [30, 10, 20],
            "name": ["Łódź", "Halle (Saale)", "Halle"],
            "latitude": [51.77, 51.48, 52.06],
            "longitude": [19.46, 11.98, 8.36],
            "country": ["PL", "DE", "DE"],
            "admin1": ["74", None, "07"],
            "population": [768_755, 237_865, 21_393],
            "alternatenames": ["Lodz,Lodsch", "Halle,Halle an der Saale", None],
            "feature_code": ["PPLA", "PPL", "PPL"],
        }
    )


def names_of(gazetteer: Gazetteer, geonameid: int) -> dict[str, int]:
    row = gazetteer.cities.index[gazetteer.cities["geonameid"] == geonameid][0]
    names = gazetteer.names[gazetteer.names["city"] == row]
    return dict(zip(names["name"], names["standing"], strict=True))


def test_a_table_of_geonames_becomes_a_gazetteer() -> None:
    gazetteer = Gazetteer.from_geonames(geonames())
    assert names_of(gazetteer, 30) == {"lodz": OWN, "lodsch": OTHER}
    assert names_of(gazetteer, 10) == {
        "halle saale": OWN,
        "halle": OTHER,
        "halle an der saale": OTHER,
    }
    assert gazetteer.cities["admin1"].tolist() == ["74", "", "07"]


def test_places_no_longer_inhabited_are_left_out() -> None:
    table = geonames().assign(feature_code=["PPLH", "PPL", "PPLQ"])
    assert Gazetteer.from_geonames(table).cities["geonameid"].tolist() == [10]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (geonames().drop(columns=["admin1", "population"]), "admin1, population missing"),
        (geonames().assign(geonameid=[1, 1, 2]), "geonameid 1 occurs twice"),
    ],
)
def test_another_table_is_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Gazetteer.from_geonames(table)


def test_the_key_is_that_of_the_content() -> None:
    one, two = Gazetteer.from_geonames(geonames()), Gazetteer.from_geonames(geonames())
    other = Gazetteer.from_geonames(geonames().assign(population=[1, 2, 3]))
    assert one.key == two.key
    assert one.key != other.key


def test_all_places_of_a_name_are_returned() -> None:
    gazetteer = Gazetteer.from_geonames(geonames())
    named = gazetteer.named(pd.Series(["nowhere", "halle", "lodz", "halle"]))
    assert named["position"].tolist() == [1, 1, 2, 3, 3]
    assert named["city"].tolist() == [1, 2, 0, 1, 2]
    assert named["standing"].tolist() == [OTHER, OWN, OWN, OTHER, OWN]
    assert gazetteer.named(pd.Series([], dtype="str")).empty


def test_small_places_can_be_left_out() -> None:
    part = Gazetteer.from_geonames(geonames()).at_least(100_000)
    assert part.cities["geonameid"].tolist() == [30, 10]
    assert part.named(pd.Series(["halle"]))["city"].tolist() == [1]
    assert set(part.names["city"]) == {0, 1}


def test_the_bundled_gazetteer_is_complete_and_consistent() -> None:
    gazetteer = bundled()
    cities, names = gazetteer.cities, gazetteer.names
    assert len(cities) == 234_908
    assert cities["geonameid"].is_unique
    assert cities["latitude"].between(-90, 90).all()
    assert cities["longitude"].between(-180, 180).all()
    assert not cities.isna().any().any()
    assert "NA" in set(cities["country"])
    assert not names.duplicated(["name", "city"]).any()
    assert set(names["standing"]) == {OTHER, OWN, USUALLY}
    groups = (names["name"] != names["name"].shift()).cumsum()
    assert groups.nunique() == names["name"].nunique()
    assert set(names["city"]) == set(cities.index)


def test_the_bundled_names_are_folded_as_texts_are() -> None:
    names = bundled().names["name"].drop_duplicates()
    some = names.iloc[:: len(names) // 50_000]
    assert all_folded(some).tolist() == some.tolist()


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_file_is_small_enough_to_be_tracked(name: str) -> None:
    file = resources.files("hubscan.geocode").joinpath(name)
    assert 100_000 < len(file.read_bytes()) < LARGEST_BYTES


@pytest.mark.parametrize(
    ("name", "country", "geonameid"),
    [
        ("東京", "JP", 1850147),
        ("深圳市", "CN", 1795565),
        ("서울", "KR", 1835848),
        ("Москва", "RU", 524901),
        ("Αθήνα", "GR", 264371),
        ("القاهرة", "EG", 360630),
        ("Cologne", "DE", 2886242),
        ("Bombay", "IN", 1275339),
    ],
)
def test_a_city_is_known_by_its_local_and_foreign_names(
    name: str, country: str, geonameid: int
) -> None:
    gazetteer = bundled()
    named = gazetteer.cities.loc[gazetteer.named(pd.Series([folded(name)]))["city"]]
    assert geonameid in named.loc[named["country"] == country, "geonameid"].tolist()


def test_the_nearest_place_is_found_across_the_antimeridian() -> None:
    table = geonames().assign(latitude=[0.0, 0.0, 10.0], longitude=[-179.9, 170.0, 0.0])
    nearest = nearest_cities(
        [0.0, 9.0], [179.9, 1.0], Gazetteer.from_geonames(table), min_population=0
    )
    assert nearest["geonameid"].tolist() == [30, 20]
    assert nearest["country"].tolist() == ["PL", "DE"]
    assert np.allclose(nearest["distance_km"].iloc[0], 0.2 * 111.19508, rtol=1e-6)


def test_what_is_bundled_comes_back_equal() -> None:
    cities = bundled().cities.iloc[::97].reset_index(drop=True)
    cities["country"] = cities["country"].cat.remove_unused_categories()
    cities["admin1"] = cities["admin1"].cat.remove_unused_categories()
    alternates = pd.Series(["a|b" if k % 3 else "" for k in range(len(cities))], dtype="str")
    again, names = unbundled(bundle(cities, alternates))
    pd.testing.assert_frame_equal(again, cities)
    assert names.tolist() == alternates.tolist()


def test_the_bundled_gazetteer_holds_what_it_always_held() -> None:
    folder = resources.files("hubscan.geocode")
    cities, alternates = unbundled(b"".join(folder.joinpath(f).read_bytes() for f in BUNDLED))
    text = cities.to_csv(index=False) + "\n".join(alternates)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "fba8beb8256a8cb1"
