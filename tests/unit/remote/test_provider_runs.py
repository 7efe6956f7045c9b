"""A run asks a geocoding service if one is declared, in the order of the reports, and only then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hubscan import runs
from hubscan.edition import load_edition
from hubscan.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

pytest.importorskip("geopy")

ROWS = """id,year,town,whole,cc
1,2022,Kyoto,"5 Kawaramachi, Kyoto",JP
2,2022,Kyoto,,JP
3,2022,Nowhereville,,GB
4,2022,Kyoto,,JP
"""
INPUTS = """title = "Little"

[provider]
name = "nominatim"
settings = {{ domain = "{domain}", scheme = "http", user_agent = "secret" }}
per_second = 1000.0

[[source]]
name = "pct"
indicator = "patents"
grain = "addresses"
path = "rows.csv"
every_address = true

[source.columns]
document_id = "id"
year = "year"
city = "town"
address = "whole"
country = "cc"
"""


class Nobody:
    """A watcher that takes note of nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


def found(
    latitude: str, longitude: str, code: str, kind: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    place = {"lat": latitude, "lon": longitude, "display_name": "There", "addresstype": kind}
    body = json.dumps([place | {"address": {"country_code": code}}]).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def run(folder: Path, server: Any) -> runs.Finished:  # noqa: ANN401 - fixture
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    domain = urlsplit(server.url).netloc
    (folder / "inputs.toml").write_text(INPUTS.format(domain=domain), encoding="utf-8")
    edition = load_edition("gii-2024").restricted(["patents"])
    edition = edition.replace("cluster.threshold", "weight").replace("cluster.min_weight", 2.0)
    machine = runs.Machine(threads=1)
    return runs.run(
        edition,
        folder / "inputs.toml",
        folder / "run",
        root=None,
        machine=machine,
        watcher=Nobody(),
    )


def test_the_address_is_asked_first_and_the_city_last(tmp_path: Path, server: Any) -> None:  # noqa: ANN401 - fixture
    server.answers = [found("35.01", "135.77", "jp", "road"), found("52.4", "0.26", "gb", "town")]
    located = run(tmp_path, server).results.localities.set_index(["city", "address"])
    asked = [parse_qs(urlsplit(path).query)["q"][0] for path, *_ in server.requests]
    assert asked == ["5 Kawaramachi, Kyoto, Kyoto", "Nowhereville"]
    assert located["precision"].to_dict() == {
        ("Nowhereville", ""): "city",
        ("Kyoto", ""): "city",
        ("Kyoto", "5 Kawaramachi, Kyoto"): "street",
    }
    assert located["method"].to_list() == [
        "provider nominatim", "unique", "provider nominatim",
    ]  # fmt: skip
    # settings may hold keys: they are not told
    record = (tmp_path / "run" / "run.json").read_text("utf-8")
    assert "secret" not in record
    assert "user_agent" in record


def test_a_service_that_is_not_known_is_refused(tmp_path: Path, server: Any) -> None:  # noqa: ANN401 - fixture
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    told = INPUTS.replace("nominatim", "nobody").format(domain=urlsplit(server.url).netloc)
    (tmp_path / "inputs.toml").write_text(told, encoding="utf-8")
    with pytest.raises(ValueError, match="provider 'nobody': must be one of"):
        runs.run(
            load_edition("gii-2024").restricted(["patents"]),
            tmp_path / "inputs.toml",
            tmp_path / "run",
            root=None,
            machine=runs.Machine(threads=1),
            watcher=Nobody(),
        )
    assert not server.requests


def test_an_error_of_the_network_is_an_error_of_ours() -> None:
    assert RemoteError.exit_code == 8
