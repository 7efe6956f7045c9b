"""Providers asked slowly, once each, through geopy; their answers kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from hubscan.edition import load_edition
from hubscan.errors import InputError
from hubscan.geocode import bundled, located_localities, located_texts
from hubscan.remote import (
    PROVIDERS,
    Candidate,
    address_queries,
    asked,
    city_queries,
    opened_provider,
    with_provider,
)
from hubscan.remote.cache import Answers
from hubscan.remote.inquiry import Pace

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

BODIES = {
    "nominatim": [
        {"lat": "48.85", "lon": "2.35", "display_name": "Paris", "addresstype": "city",
         "address": {"country_code": "fr"}},
    ],
    "photon": {"features": [
        {"geometry": {"coordinates": [2.35, 48.85]},
         "properties": {"name": "Paris", "type": "city", "countrycode": "FR"}},
    ]},
    "pelias": {"features": [
        {"geometry": {"coordinates": [2.35, 48.85]},
         "properties": {"name": "Paris", "layer": "locality", "country_a": "FRA"}},
    ]},
    "geonames": {"geonames": [
        {"lat": "48.85", "lng": "2.35", "name": "Paris", "countryName": "France",
         "adminName1": "Ile-de-France", "countryCode": "FR", "fcode": "PPLC"},
    ]},
    "arcgis": {"candidates": [
        {"address": "Paris", "location": {"x": 2.35, "y": 48.85},
         "attributes": {"Type": "City", "Country": "FRA"}},
    ]},
}  # fmt: skip


def says(content: object) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        body = json.dumps(content).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def settings(name: str, url: str) -> dict[str, str]:
    told = {"scheme": "http", "domain": url.removeprefix("http://")}
    own = {"geonames": {"username": "me"}, "nominatim": {"user_agent": "hubscan-tests"}}
    return told | own.get(name, {})


def test_every_provider_has_a_case() -> None:
    assert set(BODIES) == set(PROVIDERS)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_each_service_answers_in_our_words(name: str, server: Any) -> None:  # noqa: ANN401 - fixture
    server.answers = [says(BODIES[name])]
    ask = opened_provider(name, timeout=5.0, **settings(name, server.url))
    assert not server.requests
    (found,) = ask("Paris", "FR")
    assert (found.latitude, found.longitude, found.precision) == (48.85, 2.35, "city")
    assert found.country == "FR"
    query = parse_qs(urlsplit(server.requests[0][0]).query)
    assert ["Paris"] in query.values()


@pytest.mark.parametrize(
    ("name", "told", "why"),
    [("google", {}, "must be one of"), ("nominatim", {}, "nominatim"), ("pelias", {}, "domain")],
)
def test_what_cannot_be_opened_is_told(name: str, told: dict[str, str], why: str) -> None:
    with pytest.raises(InputError, match=why):
        opened_provider(name, timeout=1.0, **told)


class Clock:
    """A clock that moves only when told to wait."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self.now += seconds

    def pace(self, **more: Any) -> Pace:  # noqa: ANN401 - of a pace
        """Return a pace by this clock."""
        return Pace(sleep=self.sleep, clock=lambda: self.now, **more)


def paris(query: str, country: str) -> list[Candidate]:
    return [] if query == "nothing" else [Candidate(1.0, 2.0, country, "street", query)]


def test_nothing_is_asked_twice_in_any_run(tmp_path: Path) -> None:
    calls: list[str] = []

    def ask(query: str, country: str) -> list[Candidate]:
        calls.append(query)
        return paris(query, country)

    queries = [("a", "FR"), ("nothing", ""), ("a", "FR"), ("a", "DE")]
    for _ in range(2):
        with Answers(tmp_path / "answers.sqlite") as answers:
            found = asked(queries, ("x", ask), answers, pace=Clock().pace(), date="2026-11-21")
    assert calls == ["a", "nothing", "a"]
    assert found["nothing", ""] == []
    assert found["a", "DE"] == [Candidate(1.0, 2.0, "DE", "street", "a")]


def test_queries_keep_their_distance_in_time(tmp_path: Path) -> None:
    clock = Clock()
    queries = [(str(number), "") for number in range(4)]
    with Answers(tmp_path / "a.sqlite") as answers:
        asked(queries, ("x", paris), answers, pace=clock.pace(per_second=2.0), date="")
    assert clock.waits == [0.0, 0.5, 0.5, 0.5]


def test_a_failing_provider_is_asked_again_then_given_up_and_gone_on_with(tmp_path: Path) -> None:
    from geopy.exc import GeocoderRateLimited, GeocoderUnavailable  # noqa: PLC0415 - an extra

    failures: list[Exception] = [
        GeocoderUnavailable("down"), GeocoderRateLimited("slow down", retry_after=9),
    ]  # fmt: skip

    def ask(query: str, country: str) -> list[Candidate]:
        if query == "b" and failures:
            raise failures.pop(0)
        return paris(query, country)

    clock = Clock()
    with Answers(tmp_path / "a.sqlite") as answers:
        pace = clock.pace(attempts=2, per_second=1e9)
        with pytest.raises(InputError, match="run again to go on"):
            asked([("a", ""), ("b", "")], ("x", ask), answers, pace=pace, date="")
        assert answers.get("x", "a", "") is not None
        failures.insert(0, GeocoderRateLimited("slow down", retry_after=9))
        found = asked([("a", ""), ("b", "")], ("x", ask), answers, pace=pace, date="")
    assert found["b", ""][0].label == "b"
    assert max(clock.waits) == 9


def test_another_file_is_no_file_of_answers(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"something else entirely" * 99)
    with pytest.raises(InputError, match="not a file of answers"):
        Answers(tmp_path / "a.sqlite")


def test_answers_are_taken_where_they_are_fine_enough_and_in_the_country() -> None:
    localities = pd.DataFrame(
        {"locality": [1, 2, 3, 4], "city": ["x"] * 4, "region": "", "country": ["FR"] * 3 + [""]}
    ).astype({"region": "str"})
    found = located_localities(localities, bundled(), **load_edition("gii-2025").geocode.rules)
    queries = localities.assign(query=["q1", "q2", "q3", "q4"])
    far, near = (
        Candidate(1.0, 2.0, "US", "point", "far"),
        Candidate(3.0, 4.0, "FR", "street", "near"),
    )
    coarse = Candidate(5.0, 6.0, "FR", "region", "coarse")
    offered = {
        ("q1", "FR"): [far, near], ("q2", "FR"): [coarse], ("q3", "FR"): [far], ("q4", ""): [far],
    }  # fmt: skip
    table = with_provider(found, queries, offered, name="x", min_precision="city")
    assert table["place"].notna().tolist() == [True, False, False, True]
    assert table["precision"].tolist() == ["street", "country", "country", "point"]
    assert table.loc[0, ["latitude", "longitude", "method", "rivals"]].tolist() == [
        3.0, 4.0, "provider x", "far",
    ]  # fmt: skip
    assert table["economy"].tolist() == ["FR", "FR", "FR", "US"]


def test_the_order_of_the_reports(tmp_path: Path) -> None:
    """The address is asked for, then the gazetteer looks, then the city is asked for."""
    table = pd.DataFrame(
        {
            "locality": [1, 2, 3],
            "address": ["5 High St", "", ""],
            "city": ["Bath", "Kyoto", "Nowhereville"],
            "region": ["", "", "Cambs"],
            "country": ["GB", "JP", "GB"],
        }
    )
    known = {
        "5 High St, Bath": [Candidate(51.38, -2.36, "GB", "street", "High St")],
        "Nowhereville, Cambs": [Candidate(52.4, 0.26, "GB", "city", "Nowhereville")],
    }
    calls: list[str] = []

    def ask(query: str, country: str) -> list[Candidate]:
        calls.append(f"{query} {country}")
        return known.get(query, [])

    located = located_texts(table, bundled(), **load_edition("gii-2025").geocode.parameters)
    with Answers(tmp_path / "a.sqlite") as answers:
        for precision in ("street", "city"):
            queries = (
                address_queries(table) if precision == "street" else city_queries(table, located)
            )
            pairs = list(zip(queries["query"], queries["country"], strict=True))
            found = asked(pairs, ("x", ask), answers, pace=Clock().pace(), date="2026-11-21")
            located = with_provider(located, queries, found, name="x", min_precision=precision)
    assert calls == ["5 High St, Bath GB", "Nowhereville, Cambs GB"]
    assert located["precision"].tolist() == ["street", "city", "city"]
    assert located["method"].tolist() == ["provider x", "unique", "provider x"]
    assert located["geonameid"].fillna(0).tolist() == [0, 1857910, 0]
