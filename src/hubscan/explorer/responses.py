"""Answers as a browser gets them: headers, marks, and what is compressed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

SHORT: Final = 1500
"""Bytes from which an answer is worth compressing."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy of every answer."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers of every answer."""

_LEVEL: Final = 6
_KEPT: Final = 256
_DENSE: Final = ("font/woff2", "image/png", "application/pdf")


def media_type_of(path: str) -> str:
    """
    Return the media type of a file of the page.

    Examples
    --------
    >>> media_type_of("assets/map.mjs"), media_type_of("index.html")
    ('text/javascript', 'text/html')
    """
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2"}
    suffix = Path(path).suffix
    return known.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def answer(
    content: bytes,
    media_type: str,
    request: Request,
    *,
    keep: str,
    extra: Mapping[str, str] | None = None,
) -> Response:
    """Return an answer, or word that the client has it already."""
    from starlette.responses import Response  # noqa: PLC0415 - an optional extra

    mark = f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {**HEADERS, "Cache-Control": keep, "ETag": mark, **(extra or {})}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def kept_answer(content: bytes, media_type: str, request: Request, *, keep: str) -> Response:
    """Return an answer that stays the same: compressed once, not each time that it is given."""
    welcome = "gzip" in request.headers.get("accept-encoding", "")
    extra = {"Vary": "Accept-Encoding"}
    if not welcome or len(content) < SHORT or media_type in _DENSE:
        return answer(content, media_type, request, keep=keep, extra=extra)
    extra["Content-Encoding"] = "gzip"
    return answer(packed(content), media_type, request, keep=keep, extra=extra)


@lru_cache(maxsize=_KEPT)
def packed(content: bytes) -> bytes:
    """Return bytes as gzip has them, always the same."""
    return gzip.compress(content, _LEVEL, mtime=0)


def fault(status: int, sentence: str) -> Response:
    """Return the answer that tells of an error: one sentence, always of the same shape."""
    from starlette.responses import JSONResponse  # noqa: PLC0415 - an optional extra

    again = {"Retry-After": "2"} if status in {429, 503} else {}
    return JSONResponse({"error": sentence}, status_code=status, headers={**HEADERS, **again})
