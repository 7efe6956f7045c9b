"""The explorer as a small web application: read-only, on this machine, asking no network."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from hubscan.errors import HubscanError, InputError
from hubscan.explorer.limits import MOST_BYTES, MOST_PATH
from hubscan.explorer.page import page_files
from hubscan.explorer.printing import can_print
from hubscan.explorer.questions import Desk, QuestionError, read_question
from hubscan.explorer.resources import PREFIX, library
from hubscan.explorer.responses import SHORT, answer, fault, kept_answer, media_type_of, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from hubscan.explorer.resources import Library
    from hubscan.run_folder import RunFolder

FRAMING: Final = "http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:*"
"""Pages that may show the explorer in a frame, where it is asked to be shown in a notebook."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1", "[::1]")
_SOON: Final = 0.1
_FRAMED: Final = f"frame-ancestors {FRAMING}".encode()
_INSTALL: Final = "the explorer needs starlette and uvicorn: pip install 'hubscan[explorer]'"


def application(
    folders: Sequence[RunFolder], *, hosts: Sequence[str] = LOOPBACK, framed: bool = False
) -> Starlette:
    """
    Return the explorer of some folders as an ASGI application.

    Parameters
    ----------
    folders
        Run folders and index folders.
    hosts
        Host names that requests may be addressed to; others are refused, so that no page of the
        web can reach in under a name of its own.
    framed
        Whether pages of this machine, such as a notebook, may show it in a frame.

    Returns
    -------
    application
        GET answers are those of :func:`hubscan.explorer.resources.library` and the page; the one
        POST is the what-if question.

    Raises
    ------
    InputError
        If Starlette is not installed.
    StoreError
        If the page was not built.
    """
    try:
        from starlette.applications import Starlette  # noqa: PLC0415 - an optional extra
        from starlette.middleware import Middleware  # noqa: PLC0415 - as above
        from starlette.middleware.gzip import GZipMiddleware  # noqa: PLC0415 - as above
        from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415 - as above
        from starlette.routing import Route  # noqa: PLC0415 - as above
    except ImportError as error:
        raise InputError(_INSTALL) from error

    answers = library(folders, live=True, briefs=can_print())
    page = page_files()
    desks = [Desk(folder) for folder in folders if not folder.is_index]
    warm = partial(_warmed, answers, page, desks)
    threading.Thread(target=warm, daemon=True, name="explorer-warm").start()
    return Starlette(
        routes=[
            *(
                Route(
                    f"/api/v1/runs/{{run}}/what-if{end}",
                    partial(_asked, desks, part),
                    methods=["POST"],
                )
                for end, part in (("", "ranking"), ("/footprints", "footprints"))
            ),
            Route("/{path:path}", partial(_given, answers, page), methods=["GET"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(GZipMiddleware, minimum_size=SHORT, compresslevel=5),
            *([Middleware(Framed)] if framed else []),
        ],
        exception_handlers={404: _not_found, 405: _not_allowed, 500: _failed},
    )


class Framed:
    """Lets pages of this machine show an application in a frame; its policy is as strict else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with another policy on frames."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, value.replace(b"frame-ancestors 'none'", _FRAMED))
                    for name, value in message["headers"]
                    if name.lower() != b"x-frame-options"
                ]
            await send(message)

        await self.app(scope, receive, sent)


async def _given(answers: Library, page: Mapping[str, bytes], request: Request) -> Response:
    """Answer a GET: a resource of the API, or a file of the page."""
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - an optional extra

    path = request.path_params["path"] or "index.html"
    if len(request.url.path) + len(request.url.query) > MOST_PATH:
        return fault(414, f"the address must have at most {MOST_PATH} letters")
    if path in page:
        kept = "public, max-age=31536000, immutable" if "/" in path else "no-cache"
        media_type = media_type_of(path)
        return kept_answer(page[path], media_type, request, keep=kept)
    if path not in answers.resources:
        return fault(404, "there is nothing at this address; /api/v1/openapi.json lists what is")
    try:
        content = await run_in_threadpool(answers.content, path)
    except QuestionError as error:
        return fault(error.status, str(error))
    except (HubscanError, OSError) as error:
        return fault(503, str(error))
    resource = answers.resources[path]
    to_save = partial(answer, extra={"Content-Disposition": "attachment"})
    answered = to_save if resource.is_file else kept_answer
    return answered(content, resource.media_type, request, keep="no-cache")


async def _asked(desks: Sequence[Desk], part: str, request: Request) -> Response:
    """Answer a question; stop working on it when the client has gone."""
    number = request.path_params["run"]
    if not (number.isascii() and number.isdigit() and int(number[:6]) < len(desks)):
        return fault(404, "there is no run of this number")
    try:
        body = await _shortanswer(request)
        changes = read_question(body, request.headers.get("content-type", ""))
        work = partial(desks[int(number)].answer, changes, part=part)
        content = await _watched(work, request)
    except QuestionError as error:
        return fault(error.status, str(error))
    except HubscanError as error:
        return fault(422, str(error))
    return answer(content, "application/json", request, keep="no-store")


async def _shortanswer(request: Request) -> bytes:
    """Return the body, read no further than a question may go."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise QuestionError(413, f"the body must have at most {MOST_BYTES} bytes")
    return body


async def _watched(work: Callable[[threading.Event], bytes], request: Request) -> bytes:
    import anyio  # noqa: PLC0415 - comes with starlette
    from anyio import to_thread  # noqa: PLC0415 - as above

    unwanted = threading.Event()

    async def watch() -> None:
        while not unwanted.is_set():
            if await request.is_disconnected():
                unwanted.set()
            await anyio.sleep(_SOON)

    found: bytes | HubscanError | QuestionError = QuestionError(499, "the question was taken back")
    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            found = await to_thread.run_sync(work, unwanted)
        except (HubscanError, QuestionError) as error:
            found = error
        unwanted.set()
        group.cancel_scope.cancel()
    if isinstance(found, Exception):
        raise found
    return found


async def _not_found(_: Request, __: Exception) -> Response:
    return fault(404, "there is nothing at this address; /api/v1/openapi.json lists what is")


async def _not_allowed(_: Request, __: Exception) -> Response:
    return fault(405, "this address answers another method")


async def _failed(_: Request, __: Exception) -> Response:
    return fault(500, "the explorer failed on this request; the run folder is as before")


def _warmed(answers: Library, page: Mapping[str, bytes], desks: Sequence[Desk]) -> None:
    """Make what the first view needs before it is asked for, and compile what questions need."""
    first = (
        "index.json", "base-small.json", "runs/0/ranking.json", "runs/0/footprints.geojson",
        "runs/0/points.bin", "base.json",
    )  # fmt: skip
    for content in page.values():
        packed(content)
    for path in first:
        with suppress(HubscanError, OSError, KeyError):
            packed(answers.content(PREFIX + path))
    for desk in desks[:1]:
        with suppress(HubscanError, OSError, QuestionError):
            desk.answer({}, threading.Event(), part="ranking")
