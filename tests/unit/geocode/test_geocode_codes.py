"""Codes of countries and of states and provinces."""

from __future__ import annotations

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.geocode import bundled, country_code, country_codes, country_name
from hubscan.geocode.countries import HISTORIC, countries
from hubscan.geocode.fold import folded
from hubscan.geocode.regions import region_code, regions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Peoples R China", "CN"),
        ("China, Hong Kong SAR", "HK"),
        ("Macao", "MO"),
        ("Taiwan (Province of China)", "TW"),
        ("Puerto Rico", "PR"),
        ("Türkiye", "TR"),
        ("Turkiye", "TR"),
        ("TURKEY", "TR"),
        ("UK", "GB"),
        ("England", "GB"),
        ("North Ireland", "GB"),
        ("EL", "GR"),
        ("NA", "NA"),
        ("Namibia", "NA"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Korea, Rep.", "KR"),
        ("South Korea", "KR"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Cote Ivoire", "CI"),
        ("Dem Rep Congo", "CD"),
        ("Congo", "CG"),
        ("U Arab Emirates", "AE"),
        ("usa", "US"),
        ("USA", "US"),
        ("840", "US"),
        ("036", "AU"),
        ("Viet Nam", "VN"),
        ("Macedonia, FYR", "MK"),
        ("Kosovo", "XK"),
        ("DD", "DE"),
        ("ZR", "CD"),
        ("Georgia", "GE"),
    ],
)
def test_a_country_is_known_however_it_is_spelled(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "SU", "YU", "CS", "BX", "EP", "WO", "N/A", "nowhere"])
def test_what_is_no_country_has_no_code(text: str) -> None:
    assert country_code(text) == ""


def test_every_code_and_name_goes_both_ways() -> None:
    table = countries()
    assert len(table) == 250
    for column in ("code", "alpha3", "numeric", "name"):
        given = table[table[column] != ""]
        assert country_codes(given[column]).tolist() == given["code"].tolist()
        assert not given[column].duplicated().any()
    assert [country_name(code) for code in table["code"]] == table["name"].tolist()


def test_no_spelling_means_two_countries() -> None:
    owner: dict[str, str] = {}
    for row in countries().to_dict("records"):
        spellings = [row["name"], row["alpha3"], row["numeric"], row["code"]]
        for spelling in filter(None, [*spellings, *row["aliases"].split("; ")]):
            assert owner.setdefault(folded(spelling), row["code"]) == row["code"], spelling


def test_codes_come_in_the_order_and_index_of_the_texts() -> None:
    texts = pd.Series(["Scotland", None, "Peru", "Scotland"], index=[5, 3, 9, 1])
    assert country_codes(texts).to_dict() == {5: "GB", 3: "", 9: "PE", 1: "GB"}


def test_an_unknown_code_has_no_name() -> None:
    with pytest.raises(InputError, match="'UK': must be an ISO 3166 alpha-2 code"):
        country_name("UK")


def test_historic_codes_lead_to_present_ones() -> None:
    today = set(countries()["code"])
    assert all(set(codes) <= today for codes in HISTORIC.values())
    assert not set(HISTORIC) & today


def test_territories_name_a_country_that_is_none_itself() -> None:
    table = countries().set_index("code")["part_of"]
    wholes = table[table != ""]
    assert wholes[["HK", "MO", "PR", "RE"]].tolist() == ["CN", "CN", "US", "FR"]
    assert (table[wholes] == "").all()
    assert table["TW"] == ""


@pytest.mark.parametrize(
    ("country", "text", "code"),
    [
        ("US", "MA", "MA"),
        ("US", "Massachusetts", "MA"),
        ("US", "State of Washington", "WA"),
        ("US", "D.C.", "DC"),
        ("CA", "Québec", "10"),
        ("CA", "ON", "08"),
        ("DE", "Bayern", "02"),
        ("DE", "State of Berlin", "16"),
        ("FR", "Rhône-Alpes", "84"),
        ("IT", "Lombardia", "09"),
        ("JP", "Kanagawa-ken", "19"),
        ("JP", "大阪府", "32"),
        ("CN", "Guangdong Sheng", "30"),
        ("IN", "Orissa", "21"),
        ("GB", "Scotland", "SCT"),
        ("BR", "SP", "27"),
        ("FR", "MA", ""),
        ("", "MA", ""),
        ("US", "", ""),
    ],
)
def test_a_region_is_known_however_it_is_spelled(country: str, text: str, code: str) -> None:
    assert region_code(country, text) == code


def test_the_seat_of_every_region_lies_in_it() -> None:
    table = regions()
    seats = bundled().cities.set_index("geonameid").loc[table["seat"], ["country", "admin1"]]
    assert seats["country"].astype(str).tolist() == table["country"].tolist()
    assert seats["admin1"].astype(str).tolist() == table["admin1"].tolist()
    assert not table.duplicated(["country", "admin1"]).any()
    assert table.groupby("country").size()[["US", "CA", "JP", "DE"]].tolist() == [51, 13, 47, 16]
