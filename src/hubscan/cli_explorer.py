"""The commands that show a run: ``hubscan explore``, ``hubscan export site`` and ``html``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from hubscan.console import Screen

export_app = typer.Typer(
    no_args_is_help=True, help="Export a run as pages that need no hubscan to look at."
)

RunsArgument = Annotated[
    list[Path], typer.Argument(help="Run folders and index folders, in the order to be shown.")
]
_MEGA: Final = 1e6
_LOCAL: Final = ("127.0.0.1", "localhost")


def explore(
    context: typer.Context,
    runs: RunsArgument,
    host: Annotated[str, typer.Option(help="Address to listen at; this machine only.")] = _LOCAL[0],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any free one.")] = 8000,
) -> None:
    """
    Show runs in the browser: ranking, map, profiles, comparison, what-if questions.

    Nothing is asked of any network. Several runs can be given: editions, or an index.
    """
    from hubscan.explorer import server  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.run_folder import opened_runs  # noqa: PLC0415 - as above

    screen: Screen = context.obj
    hosts = (*server.LOOPBACK, host)
    app = server.application(opened_runs(runs), hosts=hosts)
    if host not in server.LOOPBACK:
        screen.note(f"Anybody who reaches {host} can read these runs.")
    _serve(app, host, port, screen)


@export_app.command("site")
def export_site(
    context: typer.Context,
    runs: RunsArgument,
    out: Annotated[Path, typer.Argument(help="Folder to make or replace.")],
    *,
    briefs: Annotated[
        bool, typer.Option("--briefs", help="With the brief of every cluster, PDF.")
    ] = False,
) -> None:
    """Write the explorer as a folder of static files, for any web server."""
    from hubscan.explorer import export  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.run_folder import opened_runs  # noqa: PLC0415 - as above

    screen: Screen = context.obj
    size = export.write_site(opened_runs(runs), out, briefs=briefs)
    screen.result({"site": str(out), "bytes": size})
    screen.note(f"{size / _MEGA:.1f} MB in {out}; put it on any web server, it needs no hubscan")


@export_app.command("html")
def export_html(
    context: typer.Context,
    runs: RunsArgument,
    out: Annotated[Path, typer.Argument(help="File to make or replace.")],
) -> None:
    """Write the explorer as one HTML file that opens from disk."""
    from hubscan.explorer import export  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.run_folder import opened_runs  # noqa: PLC0415 - as above

    screen: Screen = context.obj
    size = export.write_page(opened_runs(runs), out)
    screen.result({"page": str(out), "bytes": size})
    screen.note(f"{size / _MEGA:.1f} MB in {out}; open it in a browser, it needs no network")


def _serve(app: Starlette, host: str, port: int, screen: Screen) -> None:
    """Serve until stopped, telling where."""
    from hubscan.explorer import serving  # noqa: PLC0415 - heavy; not needed for help

    server = serving.web_server(app)
    listening = serving.listening_socket(host, port)
    address = serving.address_of(listening, host)
    screen.result({"address": address})
    screen.note(f"Explorer at {address} (stop with Ctrl-C)")
    server.run(sockets=[listening])
