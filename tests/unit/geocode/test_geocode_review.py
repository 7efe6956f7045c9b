"""Doubtful localities listed, corrected by hand, found by misspelt names or by institutions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.edition import load_edition
from hubscan.errors import EditionError, InputError
from hubscan.geocode import (
    bundled,
    checked_overrides,
    confidences,
    institution_places,
    located_addresses,
    located_localities,
    located_texts,
    review,
    ror_table,
    with_institutions,
    with_misspelt,
    with_overrides,
)
from hubscan.schema import LOCATED_LOCALITIES, validated
from hubscan.sphere import coordinates

if TYPE_CHECKING:
    from hubscan.geocode.match import Rules
    from hubscan.geocode.texts import Reading

RULES: Rules = load_edition("gii-2025").geocode.rules
READING: Reading = load_edition("gii-2025").geocode.reading


def localities(*texts: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(texts, columns=["city", "region", "country"]).astype("str")
    return table.assign(locality=range(1, len(table) + 1))


def found(table: pd.DataFrame) -> pd.DataFrame:
    return located_localities(table, bundled(), **RULES)


def wishes(**columns: list[str]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    empty = {name: [""] * size for name in ("country", "region", "city", "latitude", "longitude")}
    return pd.DataFrame(empty | columns)


def test_what_most_documents_hang_on_comes_first() -> None:
    table = localities(("Kent", "", "US"), ("Springfield", "", "US"), ("Kyoto", "", "JP"))
    counts = pd.DataFrame({"locality": [1, 3], "documents": [4, 99]})
    asked = review(table, found(table), counts, min_confidence=0.9)
    assert asked[["city", "documents"]].to_numpy().tolist() == [["Kent", 4], ["Springfield", 0]]
    assert (asked[["latitude", "longitude", "note"]] == "").all(axis=None)
    assert asked["rivals"].str.contains("US").all()
    every = review(table, found(table), counts, min_confidence=1.0)
    assert every["city"].tolist() == ["Kyoto", "Kent", "Springfield"]


def test_a_review_filled_in_is_a_file_of_overrides() -> None:
    table = localities(("Kent", "", "US"), ("Springfield", "", "US"), ("Kyoto", "", "JP"))
    counts = pd.DataFrame({"locality": [1], "documents": [4]})
    asked = review(table, found(table), counts, min_confidence=0.9).astype("str")
    asked.loc[0, ["latitude", "longitude"]] = ["41.15", "-81.36"]
    overrides = checked_overrides(asked, where="review.csv")
    assert len(overrides) == 1
    corrected = validated(with_overrides(found(table), table, overrides), LOCATED_LOCALITIES)
    assert corrected["method"].tolist() == ["by hand", "declined: homonyms", "unique"]
    assert corrected.loc[0, ["latitude", "longitude"]].tolist() == [41.15, -81.36]
    north, east = coordinates([corrected.loc[0, "place"]])
    assert (north[0], east[0]) == pytest.approx((41.15, -81.36))
    assert corrected.loc[0, "economy"] == "US"


def test_an_override_wins_over_what_was_found_and_knows_no_case_or_accents() -> None:
    table = localities(("MÜNCHEN", "", "Germany"), ("München", "Bayern", "DE"))
    by_hand = checked_overrides(
        wishes(country=["DE"], city=["munchen"], latitude=["1"], longitude=["2"]), where="o.csv"
    )
    located = located_texts(table, bundled(), reading=READING, fuzzy_min_score=0.0, **RULES)
    assert with_overrides(located, table, by_hand)["method"].tolist() == ["by hand", "region"]


def test_an_override_may_be_of_an_address() -> None:
    table = localities(("", "", "FR"), ("", "", "FR")).assign(address=["Rue X, 1", "Rue Y"])
    by_hand = checked_overrides(
        wishes(country=["FR"], latitude=["1"], longitude=["2"], address=["rue x 1"]), where="o.csv"
    )
    located = located_texts(table, bundled(), reading=READING, fuzzy_min_score=0.0, **RULES)
    assert with_overrides(located, table, by_hand)["place"].notna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (
            {"city": ["x"], "latitude": ["north"], "longitude": ["1"]},
            "line 2: must have a latitude",
        ),
        ({"city": ["x"], "latitude": ["91"], "longitude": ["1"]}, "line 2: must have a latitude"),
        ({"city": ["x"], "latitude": ["1"]}, "line 2: must have a latitude"),
        ({"city": ["x"], "country": ["Narnia"], "latitude": ["1"], "longitude": ["1"]}, "country"),
        ({"country": ["FR"], "latitude": ["1"], "longitude": ["1"]}, "a city, an address or"),
        (
            {"city": ["x", "X"], "latitude": ["1", "2"], "longitude": ["1", "2"]},
            "line 3: must have texts given once only",
        ),
    ],
)
def test_wrong_overrides_are_told_by_line(columns: dict[str, list[str]], why: str) -> None:
    with pytest.raises(InputError, match=f"o.csv: .*{why}"):
        checked_overrides(wishes(**columns), where="o.csv")


def test_overrides_without_a_column_are_told() -> None:
    with pytest.raises(InputError, match="column 'latitude' is missing"):
        checked_overrides(pd.DataFrame({"country": [], "region": [], "city": []}), where="o.csv")


def test_misspelt_names_are_found_only_if_asked_for_and_unambiguous() -> None:
    table = localities(
        ("Eindhovn", "", "NL"), ("Goteburg", "", "SE"), ("Qqqqqqqq", "", "DE"), ("Bxn", "", "DE"),
        ("Eindhovn", "", ""), ("Kyoto", "", "JP"),
    )  # fmt: skip
    before = found(table)
    after = with_misspelt(before, table, bundled(), fuzzy_min_score=85.0, **RULES)
    assert after["geonameid"].fillna(0).tolist() == [2756253, 2711537, 0, 0, 0, 1857910]
    assert after["method"].tolist()[0] == "misspelt, unique"
    assert after["locality"].tolist() == before["locality"].tolist()
    same = with_misspelt(before, table, bundled(), fuzzy_min_score=100.0, **RULES)
    pd.testing.assert_frame_equal(same, before)
    with pytest.raises(EditionError, match="fuzzy_min_score"):
        with_misspelt(before, table, bundled(), fuzzy_min_score=0.0, **RULES)


def test_without_rapidfuzz_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    table = localities(("Eindhovn", "", "NL"))
    with pytest.raises(InputError, match="extra 'geocoding'"):
        with_misspelt(found(table), table, bundled(), fuzzy_min_score=90.0, **RULES)


def test_institutions_place_what_cities_do_not_and_never_across_countries() -> None:
    known = pd.DataFrame(
        {
            "name": ["CERN Laboratory", "Institute X", "Institute X", "ABC"],
            "aliases": ["Organisation européenne pour la recherche nucléaire", "", "", ""],
            "country": ["CH", "FR", "FR", "FR"],
            "latitude": [46.2, 48.0, 43.0, 45.0],
            "longitude": [6.1, 2.0, 5.0, 3.0],
        }
    )
    places = institution_places(known, homonym_km=25.0)
    assert places["key"].tolist() == [
        "cern laboratory", "organisation europeenne pour la recherche nucleaire",
    ]  # fmt: skip
    table = localities(("", "", "CH"), ("", "", "FR"), ("Zug", "", "CH"), ("", "", "FR"))
    named = table.assign(
        organisation=["CERN laboratory", "Cern Laboratory", "CERN Laboratory", "x"]
    )
    located = with_institutions(found(table), named, places)
    assert located["method"].tolist()[:3] == ["institution", "no city given", "unique"]
    assert located.loc[0, "economy"] == "CH"
    assert 0.8 < located.loc[0, "confidence"] < 0.95
    with pytest.raises(InputError, match="latitude"):
        institution_places(known.drop(columns="latitude"), homonym_km=25.0)


def test_both_schemas_of_the_registry_are_read() -> None:
    old = {
        "id": "https://ror.org/1", "name": "A", "aliases": ["B"], "acronyms": ["C"],
        "labels": [{"label": "D"}], "country": {"country_code": "SE"}, "status": "active",
        "addresses": [{"lat": 1, "lng": 2}],
    }  # fmt: skip
    new = {
        "id": "https://ror.org/2", "status": "active",
        "names": [{"value": "F", "types": ["alias"]}, {"value": "E", "types": ["ror_display"]}],
        "locations": [{"geonames_details": {"lat": 3, "lng": 4, "country_code": "NO"}}],
    }  # fmt: skip
    gone = {**new, "status": "withdrawn"}
    nowhere = {**new, "locations": []}
    assert ror_table([old, new, gone, nowhere]).to_numpy().tolist() == [
        ["1", "A", "B|C|D", "SE", 1.0, 2.0],
        ["2", "E", "F", "NO", 3.0, 4.0],
    ]


def test_confidence_falls_back_on_like_ways_and_never_on_a_surer_one() -> None:
    ways = pd.Series(
        ["unique", "respelled, unique", "territory, unique", "misspelt, unique", "organisation, x"]
    )
    sure = confidences(ways)
    assert sure[0] > 0.99
    assert sure[2] == sure[0]
    assert sure[3] < 0.7
    assert 0.6 < sure[4] < 0.8
    assert np.all((sure > 0) & (sure < 1))


def test_what_was_read_from_addresses_can_be_corrected() -> None:
    told = pd.DataFrame({"address": ["Atlantis, GR", "Kyoto, JP"], "country": ["GR", "JP"]})
    table = told.assign(locality=[1, 2], city="", region="").astype({"city": "str"})
    before = located_addresses(table, bundled(), reading=READING, **RULES)
    by_hand = pd.DataFrame({"country": ["GR"], "region": [""], "city": [""]})
    by_hand = by_hand.assign(address="atlantis gr", latitude="36.4", longitude="25.4")
    after = with_overrides(before, table, checked_overrides(by_hand, where="x.csv"))
    assert after["method"].tolist() == ["by hand", "region alone, region"]
    assert after["latitude"].round(1).tolist() == [36.4, 35.0]
