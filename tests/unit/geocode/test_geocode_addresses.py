"""Free-form addresses: what they name, and that doubtful ones are declined."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numba
import numpy as np
import pandas as pd
import pytest

from hubscan.edition import load_edition
from hubscan.geocode import addresses, bundled, located_addresses, located_texts
from hubscan.geocode._compiled import compiled
from hubscan.geocode.addresses import address_readings
from hubscan.geocode.fold import folded
from hubscan.geocode.lexicon import _hashes, _worded, alphabet, reader_of

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.geocode.match import Rules
    from hubscan.geocode.texts import Reading

RULES: Rules = load_edition("gii-2025").geocode.rules
READING: Reading = load_edition("gii-2025").geocode.reading
NUMBERS = {"large_population": 500_000, "suburb_km": 50.0, "suburb_in_region_km": 400.0}


def found(*told: tuple[str, str]) -> pd.DataFrame:
    table = pd.DataFrame(told, columns=["address", "country"]).astype("str")
    table = table.assign(locality=np.arange(len(table)))
    return located_addresses(table, bundled(), reading=READING, **RULES)


@pytest.mark.parametrize(
    ("address", "country", "geonameid"),
    [
        ("Univ Western Ontario, London, ON N6A 5B8, Canada", "", 6058560),
        ("London, Ontario", "CA", 6058560),
        ("London, ON, CA", "", 6058560),
        ("Imperial Coll, London SW7 2AZ, England", "", 2643743),
        ("221B Baker Street, London", "GB", 2643743),
        ("1 University Dr, Orange, CA 92866", "US", 5379513),
        ("Orange, New Jersey, USA", "", 5102213),
        ("Dept Phys, 77 Massachusetts Ave, Cambridge, MA 02139 USA", "", 4931972),
        ("Cavendish Lab, JJ Thomson Avenue, Cambridge CB3 0HE, UK", "", 2653941),
        ("Cambridge", "GB", 2653941),
        ("C/ Colón 1, 46004 Valencia, Spain", "", 2509954),
        ("Universidad de Carabobo, Valencia, Venezuela", "", 3625549),
        ("San José 11501, Costa Rica", "", 3621849),
        ("1234 Main Street San Jose CA 95131 US", "", 5392171),
        ("San Jose, CA", "", 5392171),
        ("Birmingham B15 2TT, United Kingdom", "", 2655603),
        ("Birmingham, AL 35294", "US", 4049979),
        ("Richmond, VA 23284, USA", "", 4781708),
        ("Richmond, British Columbia, Canada", "", 6122085),
        ("Portland, Maine", "US", 4975802),
        ("Portland, OR", "US", 5746545),
        ("Atlanta, Georgia", "", 4180439),
        ("Ilia State University, Tbilisi, Georgia", "", 611717),
        ("Bowling Green, KY 42101 USA.", "", 4285268),
        ("Texas A&M Univ, College Station, TX", "", 4682464),
        ("Penn State, State College, PA 16801", "US", 5213681),
        ("Rue de Lyon 12, 75012 Paris", "FR", 2988507),
        ("75231 Paris Cedex 05", "FR", 2988507),
        ("D-80333 München", "DE", 2867714),
        ("Frankfurt (Oder), Brandenburg, Germany", "", 2925535),
        ("Tsinghua University, Beijing 100084, P.R. China", "", 1816670),
        ("Northwest University, Xi'an, China", "", 1790630),
        ("1-1-1 Umezono, Tsukuba, Ibaraki 305-8568, Japan", "", 2110681),
        ("广东省深圳市南山区", "CN", 1795565),
        ("Clear Water Bay, Kowloon, Hong Kong", "CN", 1819609),
        ("Nanyang Technol Univ, Singapore", "", 1880252),
        ("GLASGOW, UNITED KINGDOM", "", 2648579),
        ("Москва, Россия", "RU", 524901),
        ("General Services Administration, Washington, United States", "", 4140963),
        ("Vimercate, Milano", "IT", 3164083),
        ("Scripps Institution, La Jolla, San Diego, California", "US", 5363943),
    ],
)
def test_an_address_lies_where_it_says(address: str, country: str, geonameid: int) -> None:
    row = found((address, country)).iloc[0]
    assert row["geonameid"] == geonameid, row.to_dict()
    assert row["precision"] == "city"
    assert row["confidence"] >= 0.85
    place = bundled().cities.set_index("geonameid").loc[geonameid]
    assert row["economy"] == place["country"]
    assert row[["latitude", "longitude"]].tolist() == pytest.approx(
        place[["latitude", "longitude"]].tolist(), abs=1e-6
    )


@pytest.mark.parametrize(
    ("address", "country", "precision", "why"),
    [
        ("Springfield, USA", "", "country", "declined: homonyms"),
        ("Cambridge", "", "none", "declined: homonyms"),
        ("Oxford, UK", "US", "country", "declined: the address names another country"),
        ("Hauptstrasse 5, 12345 Nowhereville", "DE", "country", "no city given"),
        ("University of Oxford", "GB", "country", "declined: doubtful, organisation, unique"),
        ("CA 94305", "US", "region", "no city given"),
        ("", "", "none", "no city given"),
        ("", "FR", "country", "no city given"),
        ("12345", "QQ", "country", "no city given"),
        ("London", "QQ", "country", "no city given"),
    ],
)
def test_where_nothing_decides_an_address_is_declined(
    address: str, country: str, precision: str, why: str
) -> None:
    row = found((address, country)).iloc[0]
    assert (row["precision"], row["method"]) == (precision, why)
    assert pd.isna(row["place"])
    assert pd.isna(row["latitude"])
    assert row["confidence"] == 0


def test_what_was_not_believed_and_what_was_not_chosen_is_told() -> None:
    table = found(("University of Oxford", "GB"), ("London, Ontario", "CA"), ("Cambridge", ""))
    assert table["rivals"].iloc[0].startswith("Oxford, ENG, GB (2640729)")
    assert "Cambridge, ENG, GB (2653941)" in table["rivals"].iloc[2]
    assert "Cambridge, MA, US (4931972)" in table["rivals"].iloc[2]


def test_a_country_that_is_given_is_never_left() -> None:
    cities = bundled().cities.sample(400, random_state=3)
    codes = cities["country"].astype("str").sample(frac=1.0, random_state=4).tolist()
    told = [(f"Road 1, {name}", code) for name, code in zip(cities["name"], codes, strict=True)]
    assert found(*told)["economy"].tolist() == codes


def test_each_address_is_read_on_its_own_in_any_order() -> None:
    cities = bundled().cities.sample(300, random_state=5)
    told = [
        (f"Str. 5, {name}, {code}", "") for name, code in cities[["name", "country"]].to_numpy()
    ]
    whole = found(*told)
    backward = found(*told[::-1]).iloc[::-1].reset_index(drop=True)
    columns = [name for name in whole if name != "locality"]
    pd.testing.assert_frame_equal(whole[columns], backward[columns])
    assert found(told[7])[columns].to_numpy().tolist() == [whole.loc[7, columns].tolist()]


def test_reading_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cities = bundled().cities.sample(100, random_state=6)
    texts = pd.Series([f"{name}, x" for name in cities["name"]], dtype="str")
    codes = cities["country"].astype("str").reset_index(drop=True)
    whole = address_readings(texts, codes, bundled(), **NUMBERS)
    monkeypatch.setattr("hubscan.geocode.addresses._CHUNK", 7)
    parts = address_readings(texts, codes, bundled(), **NUMBERS)
    one = whole.distinct.loc[whole.of_address].reset_index(drop=True)
    pd.testing.assert_frame_equal(parts.distinct.loc[parts.of_address].reset_index(drop=True), one)


def test_no_addresses_have_no_readings() -> None:
    none = pd.Series([], dtype="str")
    readings = address_readings(none, none, bundled(), **NUMBERS)
    assert len(readings.of_address) == len(readings.distinct) == 0


def test_the_compiled_fold_agrees_with_the_written_one() -> None:
    names = bundled().cities["name"]
    odd = names[~names.map(str.isascii)]
    texts = [
        *odd,
        "St. Pölten",
        "Xi\u2019an",
        "A&B",
        "東京都",
        "Ça-va",
        "ß",
        "œuvre",
        "\uff34\uff4f",
    ]
    words = _worded()
    assert (_hashes(texts, words) == _hashes([folded(text) for text in texts], words)).all()
    distinct = pd.Index([folded(text) for text in texts]).unique()
    assert len(set(_hashes(distinct, words).tolist())) == len(distinct)
    assert len(alphabet().kind) == 0x10000


def test_very_long_and_broken_texts_are_read_to_their_end() -> None:
    whole_life = "Professor of everything; " * 400 + "Flinders University, Adelaide, Australia"
    assert found((whole_life, "AU")).loc[0, "geonameid"] == 2078025
    assert found(("\U0001f600" * 900 + ", Adelaide", "AU")).loc[0, "geonameid"] == 2078025
    assert found(("," * 5000 + "Adelaide", "AU")).loc[0, "geonameid"] == 2078025


def test_a_city_given_decides_before_the_address_does() -> None:
    table = pd.DataFrame(
        {
            "locality": [4, 9, 2],
            "city": ["Kyoto", "", "Nowhereville"],
            "region": ["", "", "MA"],
            "country": ["Japan", "Japan", "USA"],
            "address": ["Tsukuba, Japan", "Tsukuba", "Cambridge"],
        }
    )
    located = located_texts(table, bundled(), reading=READING, fuzzy_min_score=0.0, **RULES)
    assert located["locality"].tolist() == [4, 9, 2]
    assert located["geonameid"].tolist() == [1857910, 2110681, 4931972]


def test_a_reader_is_made_once_for_a_gazetteer() -> None:
    assert reader_of(bundled()) is reader_of(bundled())


def test_a_part_of_codes_only_names_nothing() -> None:
    """Words beyond those of the part must not be read: this once read memory at random."""
    table = pd.DataFrame({"address": ["1, 1, 1, FR", "12, CA", "7 7 7, Georgia"], "country": ""})
    found = located_addresses(
        table.assign(locality=table.index),
        bundled(),
        reading=READING | {"min_confidence": 0.0},
        **RULES,
    )
    assert found["place"].isna().tolist() == [True, True, True]


def test_pieces_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    cities = bundled().cities.iloc[::997]
    told = (cities["name"] + ", " + cities["country"].astype("str")).reset_index(drop=True)
    given = pd.Series("", index=told.index, dtype="str")
    whole = address_readings(told, given, bundled(), **NUMBERS)
    monkeypatch.setattr(addresses, "_CHUNK", 7)
    pieces = address_readings(told, given, bundled(), **NUMBERS)
    assert pieces.of_address.tolist() == whole.of_address.tolist()
    pd.testing.assert_frame_equal(pieces.distinct, whole.distinct)
    # in the order in which they are met, each once
    first = np.unique(whole.of_address, return_index=True)[1]
    assert (np.diff(first) > 0).all()
    assert not whole.distinct.duplicated().any()


def one_more(number: int) -> int:
    """Return a number and one."""
    return number + 1


def test_kernels_of_another_version_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept with types that are no more must not stop anything."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert compiled(one_more)(1) == 2
    (index,) = tmp_path.rglob("*.nbi")
    index.write_bytes(pickle.dumps(numba.__version__) + b"chubscan.errors\nGone\n.")
    assert compiled(one_more)(2) == 3


@pytest.mark.parametrize(("suburb_in_region_km", "pinned"), [(400.0, True), (1.0, False)])
def test_suburbs_near_their_city_are_meant(suburb_in_region_km: float, pinned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    told, given = pd.Series(["Garching, Munich, Germany"]), pd.Series(["DE"])
    numbers = NUMBERS | {"suburb_in_region_km": suburb_in_region_km, "suburb_km": 1.0}
    read = address_readings(told, given, bundled(), **numbers)
    assert read.distinct["city"].tolist() == ["munich"]
    assert (read.distinct["pin"].iloc[0] >= 0) == pinned
