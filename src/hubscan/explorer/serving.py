"""The explorer on a socket: for the command line, and beside a notebook."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from hubscan.errors import InputError

if TYPE_CHECKING:
    from starlette.applications import Starlette


def listening_socket(host: str, port: int) -> socket.socket:
    """
    Return a socket that listens.

    Parameters
    ----------
    host, port
        Where; port 0 for any free one.

    Raises
    ------
    InputError
        If the address is taken or not of this machine.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # from now on a browser that comes before the server is kept waiting, not sent away
        listening.listen()
    except OSError as error:
        listening.close()
        msg = f"{host}:{port}: {error.strerror or error}: choose another port"
        raise InputError(msg) from error
    return listening


def address_of(listening: socket.socket, host: str) -> str:
    """Return the address of a listening socket, for a browser."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}/"


def web_server(app: Starlette) -> Any:  # noqa: ANN401 - uvicorn has the type, and is optional
    """
    Return a server of an application, not started yet.

    Parameters
    ----------
    app
        From :func:`hubscan.explorer.server.application`.

    Returns
    -------
    server
        Its ``run(sockets=[...])`` serves until ``should_exit`` is set.

    Raises
    ------
    InputError
        If uvicorn is not installed.
    """
    try:
        import uvicorn  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        msg = "the explorer needs starlette and uvicorn: pip install 'hubscan[explorer]'"
        raise InputError(msg) from error
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=64,
        timeout_keep_alive=15,
    )
    return uvicorn.Server(settings)
