"""Files fetched from a server that is slow, busy, broken, or changes its mind."""

from __future__ import annotations

import json
import socket
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from hubscan.errors import InputError
from hubscan.remote import Policy, fetch, fetch_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

BODY = bytes(range(256)) * 40
HASH = sha256(BODY).hexdigest()


def patient(waits: list[float] | None = None, **more: Any) -> Policy:  # noqa: ANN401 - of a policy
    kept = [] if waits is None else waits
    told: dict[str, Any] = {"attempts": 3, "first_wait": 1.0, "longest_wait": 30.0, "timeout": 5.0}
    return Policy(**{**told, **more}, sleep=kept.append)


def says(
    code: int, headers: dict[str, str] | None = None, body: bytes = b""
) -> Callable[..., None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def whole(tag: str = '"one"', body: bytes = BODY) -> Callable[..., None]:
    return says(200, {"ETag": tag}, body)


def cut(at: int, tag: str = '"one"') -> Callable[..., None]:
    return says(200, {"ETag": tag, "Content-Length": str(len(BODY))}, BODY[:at])


def rest(request: BaseHTTPRequestHandler) -> None:
    begin = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
    told = f"bytes {begin}-{len(BODY) - 1}/{len(BODY)}"
    says(206, {"Content-Range": told, "ETag": '"one"'}, BODY[begin:])(request)


def test_a_file_comes_whole(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [whole()]
    target = tmp_path / "sub" / "file.zip"
    assert fetch(f"{server.url}/file.zip", target, patient(), sha256=HASH) == HASH
    assert target.read_bytes() == BODY
    assert [path.name for path in target.parent.iterdir()] == ["file.zip"]


def test_a_broken_transfer_goes_on_where_it_stopped(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [cut(3000), rest]
    assert fetch(f"{server.url}/f", tmp_path / "f", patient()) == HASH
    asked = server.requests[1][1]
    assert asked["Range"] == "bytes=3000-"
    assert asked["If-Range"] == '"one"'


def test_a_later_run_goes_on_where_an_earlier_one_gave_up(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [cut(5000), says(500)]
    with pytest.raises(InputError, match="check the connection and run the command again"):
        fetch(f"{server.url}/f", tmp_path / "f", patient())
    assert not (tmp_path / "f").exists()
    server.answers = [rest]
    assert fetch(f"{server.url}/f", tmp_path / "f", patient()) == HASH
    assert server.requests[-1][1]["Range"] == "bytes=5000-"


def test_a_file_that_changed_meanwhile_begins_anew(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    other = BODY[::-1]
    server.answers = [cut(3000), whole('"two"', other)]
    assert fetch(f"{server.url}/f", tmp_path / "f", patient()) == sha256(other).hexdigest()


def test_a_server_without_ranges_sends_all_again(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [cut(3000), whole()]
    assert fetch(f"{server.url}/f", tmp_path / "f", patient()) == HASH


def test_a_partial_file_of_another_address_is_not_gone_on_with(
    server: Any,  # noqa: ANN401 - fixture
    tmp_path: Path,
) -> None:
    server.answers = [cut(3000), says(404)]
    with pytest.raises(InputError, match="404"):
        fetch(f"{server.url}/old", tmp_path / "f", patient())
    server.answers = [whole()]
    assert fetch(f"{server.url}/new", tmp_path / "f", patient()) == HASH
    assert "Range" not in server.requests[-1][1]


def test_a_range_that_is_refused_begins_anew(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [cut(3000), says(416, {"Content-Range": f"bytes */{len(BODY)}"}), whole()]
    assert fetch(f"{server.url}/f", tmp_path / "f", patient()) == HASH


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_ever_more_slowly(
    server: Any,  # noqa: ANN401 - fixture
    tmp_path: Path,
    code: int,
) -> None:
    waits: list[float] = []
    server.answers = [says(code), says(code), says(code), whole()]
    assert fetch(f"{server.url}/f", tmp_path / "f", patient(waits, attempts=4)) == HASH
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_a_server_that_says_when_is_asked_then(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    waits: list[float] = []
    server.answers = [says(429, {"Retry-After": "7"}), whole()]
    fetch(f"{server.url}/f", tmp_path / "f", patient(waits))
    assert waits == [7.0]
    server.requests.clear()
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    server.answers = [says(503, {"Retry-After": past}), whole()]
    fetch(f"{server.url}/f", tmp_path / "f", patient(waits))
    assert waits == [7.0, 0.0]


def test_a_server_that_wants_too_long_is_left_alone(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [says(429, {"Retry-After": "3600"})]
    with pytest.raises(InputError, match=r"asks to wait 3600 s \(HTTP 429\): try again later"):
        fetch(f"{server.url}/f", tmp_path / "f", patient())
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_refusal_is_taken_at_once(server: Any, tmp_path: Path, code: int) -> None:  # noqa: ANN401 - fixture
    server.answers = [says(code)]
    with pytest.raises(InputError, match=f"the server answers {code}"):
        fetch(f"{server.url}/f", tmp_path / "f", patient())
    assert len(server.requests) == 1


def test_a_wrong_hash_leaves_nothing(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [whole()]
    with pytest.raises(InputError, match=f"SHA-256 {HASH}: needed is {'0' * 64}"):
        fetch(f"{server.url}/f", tmp_path / "f", patient(), sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_tries_are_bounded(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    server.answers = [says(500)]
    with pytest.raises(InputError, match=r"in 3 tries \(HTTP 500\)"):
        fetch(f"{server.url}/f", tmp_path / "f", patient())
    assert len(server.requests) == 3


def test_a_server_that_sends_nothing_counts_as_failing(server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - fixture
    import threading  # noqa: PLC0415 - this test only

    free = threading.Event()
    server.answers = [lambda _: free.wait(5.0) and None]
    with pytest.raises(InputError, match="in 2 tries"):
        fetch(f"{server.url}/f", tmp_path / "f", patient(attempts=2, timeout=0.2))
    free.set()


def test_offline_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(InputError, match=r"no file from 127\.0\.0\.1") as caught:
        fetch(f"http://127.0.0.1:{port}/f", tmp_path / "f", patient())
    assert "\n" not in str(caught.value)


def test_other_schemes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must begin with https"):
        fetch("file:///etc/hosts", tmp_path / "f", patient())


def test_json_is_read_and_asked_for_again_where_it_is_none(server: Any) -> None:  # noqa: ANN401 - fixture
    server.answers = [says(200, body=b"<html>"), says(200, body=json.dumps({"a": 1}).encode())]
    assert fetch_json(f"{server.url}/x", patient()) == {"a": 1}
    server.answers = [says(200, body=b"<html>")]
    with pytest.raises(InputError, match="no JSON"):
        fetch_json(f"{server.url}/x", patient())
