"""Files and JSON over HTTP: resumed, retried, checked, and plain about what is wrong."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from hubscan.errors import InputError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK: Final = 1 << 20
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_PARTIAL, _TOO_FAR = 206, 416
_AGENT: Final = "hubscan (open-source software for research on innovation clusters)"


@dataclass(frozen=True)
class Policy:
    """
    How patient a transfer is.

    Attributes
    ----------
    attempts
        Tries in a row without a byte of progress before giving up.
    first_wait, longest_wait
        Seconds before the second try, doubled each time, up to the longest; a server that asks for
        more than the longest is taken at its word, and the transfer gives up.
    timeout
        Seconds without an answer that count as a failure.
    sleep
        Waits; another function in tests.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep


class _PassingError(Exception):
    """A failure that may not happen again, and how long the server asks to wait, seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def fetch(url: str, target: Path, policy: Policy, *, sha256: str = "") -> str:
    """
    Fetch a file, going on where an earlier transfer stopped.

    What has come is kept beside the target as ``.part`` and completed by ``Range`` if the server
    can and the file is still the same; else it begins anew. The target appears only when whole.

    Parameters
    ----------
    url
        ``https`` or ``http``.
    target
        The file to make or replace.
    policy
        How patient to be.
    sha256
        Hash the file must have, hexadecimal; empty if it is not known.

    Returns
    -------
    sha256
        Hash of the file.

    Raises
    ------
    InputError
        If there is no answer, a refusal, or a file with another hash.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    _patiently(lambda: _continued(url, part, policy), policy, url, progress=lambda: _size(part))
    found = _hash(part)
    if sha256 and found != sha256.lower():
        part.unlink()
        _note(part).unlink(missing_ok=True)
        msg = f"fetch {url}: the file has the SHA-256 {found}: needed is {sha256.lower()}"
        raise InputError(msg)
    part.replace(target)
    _note(part).unlink(missing_ok=True)
    return found


def fetch_json(url: str, policy: Policy) -> Any:  # noqa: ANN401 - JSON
    """
    Return a JSON document.

    Parameters
    ----------
    url
        ``https`` or ``http``.
    policy
        How patient to be.

    Returns
    -------
    content
        The document.

    Raises
    ------
    RemoteError
        If there is no answer, a refusal, or no JSON.
    """
    content: list[Any] = []

    def read() -> None:
        with _opened(url, {}, policy) as answer:
            text = answer.read()
        try:
            content.append(json.loads(text))
        except ValueError as error:
            msg = "an answer that is no JSON"
            raise _PassingError(msg) from error

    _patiently(read, policy, url, progress=lambda: 0)
    return content[0]


def _patiently(
    action: Callable[[], None], policy: Policy, url: str, *, progress: Callable[[], int]
) -> None:
    """Run an action again while it fails in passing, and give up when nothing moves."""
    tries, wait, before = 0, policy.first_wait, progress()
    while True:
        try:
            action()
        except _PassingError as error:
            now = progress()
            tries = 1 if now > before else tries + 1
            before = max(now, before)
            asked = error.wait
            if tries >= policy.attempts or (asked is not None and asked > policy.longest_wait):
                raise RemoteError(_given_up(url, str(error), tries, asked)) from error
            policy.sleep(wait if asked is None else max(asked, 0.0))
            wait = policy.first_wait if tries == 1 else min(2 * wait, policy.longest_wait)
        else:
            return


def _given_up(url: str, reason: str, tries: int, asked: float | None) -> str:
    """Return what to say when a transfer has failed for good."""
    host = urlsplit(url).netloc
    if asked is not None:
        return f"fetch {url}: {host} asks to wait {asked:.0f} s ({reason}): try again later"
    return (
        f"fetch {url}: no file from {host} in {tries} tries ({reason}): check the connection and "
        f"run the command again, which goes on where it stopped"
    )


def _opened(url: str, headers: dict[str, str], policy: Policy) -> http.client.HTTPResponse:
    """Open an address, and tell failures that may pass from those that will not."""
    if urlsplit(url).scheme not in ("http", "https"):
        msg = f"fetch {url}: the address must begin with https:// or http://"
        raise InputError(msg)
    request = Request(url, headers={"User-Agent": _AGENT, **headers})  # noqa: S310 - checked above
    try:
        answer: http.client.HTTPResponse = urlopen(request, timeout=policy.timeout)  # noqa: S310 - checked above
    except HTTPError as error:
        error.close()
        if error.code in _PASSING:
            wait = _asked_wait(error.headers.get("Retry-After", ""))
            reason = f"HTTP {error.code}"
            raise _PassingError(reason, wait) from error
        if error.code == _TOO_FAR and "Range" in headers:
            reason = "HTTP 416"
            raise _PassingError(reason, 0.0) from error
        msg = f"fetch {url}: the server answers {error.code} {error.reason}"
        raise RemoteError(msg) from error
    except (URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise _PassingError(str(getattr(error, "reason", error)) or type(error).__name__) from error
    return answer


def _continued(url: str, part: Path, policy: Policy) -> None:
    """Bring a partial file nearer to the whole; raise in passing if it is not whole yet."""
    kept = _size(part)
    validator = _validator(part, url)
    headers = {"Range": f"bytes={kept}-", "If-Range": validator} if validator else {}
    try:
        answer = _opened(url, headers, policy)
    except _PassingError as error:
        if str(error) == "HTTP 416":
            part.unlink()
        raise
    with answer:
        whole = _whole_size(answer)
        same = answer.status == _PARTIAL and _begins_at(answer, kept)
        validator = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        # a weak tag does not promise equal bytes
        strong = "" if validator.startswith("W/") else validator
        _note(part).write_text(f"{url}\n{strong}", encoding="utf-8")
        _append(answer, part, "ab" if same else "wb")
    if whole is not None and _size(part) < whole:
        reason = f"{_size(part)} of {whole} bytes came"
        raise _PassingError(reason)
    if whole is not None and _size(part) > whole:
        part.unlink()
        reason = "more bytes came than were announced"
        raise _PassingError(reason)


def _validator(part: Path, url: str) -> str:
    """Return the tag of the file that a partial one is of; empty if it cannot be gone on with."""
    if not _size(part) or not _note(part).exists():
        return ""
    known, _, validator = _note(part).read_text(encoding="utf-8").partition("\n")
    return validator if known == url else ""


def _append(answer: http.client.HTTPResponse, part: Path, mode: str) -> None:
    """Write what comes to a file, as far as it comes."""
    with part.open(mode) as file:
        try:
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
        except http.client.IncompleteRead as error:
            file.write(error.partial)
            reason = "the connection broke"
            raise _PassingError(reason) from error
        except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
            raise _PassingError(str(error) or type(error).__name__) from error


def _whole_size(answer: http.client.HTTPResponse) -> int | None:
    """Return the size of the whole file, if the server tells it."""
    told = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if answer.status != _PARTIAL:
        told = answer.headers.get("Content-Length", "")
    return int(told) if told.isdigit() else None


def _begins_at(answer: http.client.HTTPResponse, offset: int) -> bool:
    """Return whether an answer holds the bytes from an offset."""
    return answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-")


def _asked_wait(text: str) -> float | None:
    """Return the seconds of a ``Retry-After``, which may be a date."""
    if text.strip().isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max((until - datetime.now(UTC)).total_seconds(), 0.0)


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.of")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
