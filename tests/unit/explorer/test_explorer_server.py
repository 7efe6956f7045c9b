"""The server: what is there is answered, anything else is a clean refusal in one sentence."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest

from hubscan.errors import StoreError
from hubscan.explorer import export, limits, printing, questions, resources, server
from hubscan.explorer.openapi import document
from hubscan.explorer.resources import library
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hubscan.run_folder import RunFolder

PAGE = {
    "index.html": b'<html><head><script type="module" crossorigin src="./assets/index-1.js">'
    b'</script><link rel="stylesheet" crossorigin href="./assets/index-1.css"></head>'
    b"<body><p>page</p></body></html>",
    "assets/index-1.js": b'const a = "</script><!--";',
    "assets/index-1.css": b"@font-face{src:url(./inter.woff2)}",
    "assets/inter.woff2": b"font",
    "assets/maplibre-gl-worker-1.mjs": b"worker",
}


class Client:
    """Asks the application itself, without a socket."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - an ASGI application
        self.transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def request(self, method: str, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """Send one request, its path as it stands."""

        async def sent() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport) as client:
                return await client.request(method, f"http://127.0.0.1{path}", **content)

        return anyio.run(sent)

    def get(self, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """Ask for what is at an address."""
        return self.request("GET", path, **content)

    def post(self, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """Ask a question."""
        return self.request("POST", path, **content)


@pytest.fixture(scope="module", autouse=True)
def _page() -> Iterator[None]:
    """Stand in for the built page: these tests are about the server."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(server, "page_files", lambda: dict(PAGE))
        patched.setattr(export, "page_files", lambda: dict(PAGE))
        yield


@pytest.fixture(scope="module")
def client(run_path: Path) -> Client:
    """Return a client of the four towns."""
    return Client(server.application(opened_runs([run_path])))


def test_every_listed_address_answers_with_a_strict_policy(client: Client, run_path: Path) -> None:
    for path, resource in library(
        opened_runs([run_path]), live=True, briefs=True
    ).resources.items():
        found = client.get(f"/{path}")
        assert found.status_code == 200
        assert found.headers["content-type"].startswith(resource.media_type)
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert found.headers["x-content-type-options"] == "nosniff"
    assert client.get("/").content == PAGE["index.html"]


def test_an_answer_that_the_client_has_is_not_sent_again(client: Client) -> None:
    first = client.get("/api/v1/runs/0/ranking.json")
    again = client.get(
        "/api/v1/runs/0/ranking.json", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_compressed_once_says_the_same_as_what_is_not(client: Client) -> None:
    for path in ("/api/v1/base-small.json", "/api/v1/runs/0/ranking.json"):
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert (packed.content, packed.headers["vary"]) == (plain.content, "Accept-Encoding")
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
        assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/runs/0/files/membership.parquet",
        "/api/v1/runs/0/files/../run.json",
        "/api/v1/runs/0/files/..%2f..%2fsecret",
        "/api/v1/runs/0/files/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/api/v1/runs/-1/ranking.json",
        "/api/v1/runs/1/ranking.json",
        "/api/v1/runs/0/clusters/999.json",
        "/api/v1/runs/0/clusters/1.json%00",
        "/assets/",
        "/api/v1/",
        "/%ff%fe",
        "//etc/passwd",
    ],
)
def test_no_path_leaves_the_lists(client: Client, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert "there is nothing at this address" in found.json()["error"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_reading_is_all_there_is(client: Client, method: str) -> None:
    found = client.request(method, "/api/v1/runs/0/ranking.json")
    assert found.status_code == 405
    assert "access-control-allow-origin" not in found.headers


def test_long_addresses_and_foreign_hosts_are_refused(client: Client) -> None:
    assert client.get("/" + "a" * limits.MOST_PATH).status_code == 414
    assert client.get("/?q=" + "a" * limits.MOST_PATH).status_code == 414
    # a page of the web that reaches in under a name of its own
    found = client.get("/api/v1/index.json", headers={"host": "evil.example"})
    assert found.status_code == 400


def asked(client: Client, body: Any, run: str = "0", **headers: str) -> Any:  # noqa: ANN401 - JSON
    """Ask a question; the body may be anything, as anybody may send anything."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = {"content-type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return client.post(f"/api/v1/runs/{run}/what-if", content=content, headers=kind)


def test_questions_are_answered_and_footprints_follow(client: Client) -> None:
    found = asked(client, {"cluster.radius_km": 30})
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    ids = {row["id"] for row in found.json()["clusters"]}
    shapes = client.post("/api/v1/runs/0/what-if/footprints", json={"cluster.radius_km": 30}).json()
    assert {one["id"] for one in shapes["features"]} == ids


@pytest.mark.parametrize(
    ("body", "run", "status"),
    [
        ({"cluster.radius_km": -3}, "0", 422),
        ({"cluster.min_share": 1.0}, "0", 422),
        ({"anything": 1}, "0", 422),
        (b"not json", "0", 400),
        (b"x" * 5000, "0", 413),
        (b"x" * 5_000_000, "0", 413),
        ({}, "7", 404),
        ({}, "-1", 404),
        ({}, "%D9%A1", 404),
        ({}, "9" * 400, 404),
    ],
)
def test_hostile_questions_get_a_clean_refusal(
    client: Client,
    body: Any,  # noqa: ANN401 - anything may be sent
    run: str,
    status: int,
) -> None:
    found = asked(client, body, run)
    assert found.status_code == status
    assert set(found.json()) == {"error"}
    assert "Traceback" not in found.text
    assert "\n" not in found.json()["error"]


def test_a_form_of_another_page_can_not_ask(client: Client) -> None:
    found = asked(client, {}, content_type="text/plain")
    assert found.status_code == 415


def test_the_description_names_every_address_and_only_those(run_path: Path) -> None:
    described = document()
    assert described["openapi"].startswith("3.1")
    patterns = [
        re.compile("^" + re.sub(r"\\\{\w+\\\}", r"[\\w.-]+", re.escape(path)) + "$")
        for path in described["paths"]
    ]
    real = [
        f"/{path}" for path in library(opened_runs([run_path]), live=True, briefs=True).resources
    ]
    assert all(any(pattern.match(path) for pattern in patterns) for path in real)
    text = json.dumps(described)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in described["components"]["schemas"]
    ranges = described["components"]["schemas"]["Question"]["properties"]
    assert ranges["cluster.radius_km"]["maximum"] == 60


def test_a_site_is_the_page_and_every_answer(run_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    folders = opened_runs([run_path])
    for _ in range(2):  # the second replaces the first
        export.write_site(folders, target)
    contents = json.loads((target / "api/v1/index.json").read_text("utf-8"))
    assert contents["live"] is False
    assert (target / "assets/inter.woff2").read_bytes() == b"font"
    assert (target / "api/v1/runs/0/files/ranking.csv").read_bytes() == (
        run_path / "ranking.csv"
    ).read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"has files but no run\.json"):
        export.write_site(folders, other)
    assert (other / "mine.txt").read_text("utf-8") == "mine"


def test_one_file_holds_everything_and_allows_nothing_else(run_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    export.write_page(opened_runs([run_path]), target)
    first = target.read_bytes()
    export.write_page(opened_runs([run_path]), target)
    assert target.read_bytes() == first
    text = first.decode()
    assert "src=" not in text
    assert "default-src &#x27;none&#x27;; script-src &#x27;sha256-" in text
    assert "url(data:font/woff2;base64,Zm9udA==)" in text
    assert 'const a = "<\\/script><\\!--";' in text
    assert text.count("</script>") == text.count("<script")


def test_briefs_are_made_when_asked_for(client: Client) -> None:
    contents = client.get("/api/v1/index.json").json()
    assert (contents["briefs"], contents["no_briefs"]) == (True, "")
    rows = client.get("/api/v1/runs/0/ranking.json").json()["clusters"]
    found = client.get(f"/api/v1/runs/0/briefs/{rows[0]['brief']}.pdf")
    assert found.headers["content-type"] == "application/pdf"
    assert found.headers["content-disposition"] == "attachment"
    assert found.content.startswith(b"%PDF")
    assert client.get("/api/v1/runs/0/briefs/nowhere.pdf").status_code == 404


def test_too_many_briefs_at_a_time_are_refused(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = printing.Printer(run_folder, [])
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: object, cluster: int) -> bytes:
        begun.set()
        assert go_on.wait(10)
        return str(cluster).encode()

    monkeypatch.setattr(printing.briefs.Press, "pdf", slow)
    made: list[bytes] = []
    asking = [
        threading.Thread(target=lambda: made.append(printer.brief(1)))
        for _ in range(limits.MOST_WAITING)
    ]
    for thread in asking:
        thread.start()
    assert begun.wait(10)
    end = time.monotonic() + 10
    while printer._room._value and time.monotonic() < end:  # noqa: SLF001 - until all are inside
        time.sleep(0.01)
    with pytest.raises(questions.QuestionError, match="too many briefs"):
        printer.brief(1)
    go_on.set()
    for thread in asking:
        thread.join(10)
    assert made == [b"1"] * limits.MOST_WAITING


def test_without_typst_the_page_says_what_is_needed(
    run_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "can_print", lambda: False)
    monkeypatch.setattr(resources, "can_print", lambda: False)
    asked = Client(server.application(opened_runs([run_path])))
    contents = asked.get("/api/v1/index.json").json()
    assert contents["briefs"] is False
    assert contents["no_briefs"] == "Briefs need typst: pip install 'hubscan[briefs]'."


def test_a_site_holds_briefs_if_it_is_asked_to(run_path: Path, tmp_path: Path) -> None:
    folders = opened_runs([run_path])
    export.write_site(folders, tmp_path / "with", briefs=True)
    made = sorted(path.name for path in (tmp_path / "with/api/v1/runs/0/briefs").iterdir())
    assert made[:2] == ["de-alpha.pdf", "de-beta.pdf"]
    export.write_site(folders, tmp_path / "without")
    assert not (tmp_path / "without/api/v1/runs/0/briefs").exists()
    contents = json.loads((tmp_path / "without/api/v1/index.json").read_text("utf-8"))
    assert contents["no_briefs"].startswith("This export holds no briefs")
