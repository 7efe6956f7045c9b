"""The command ``hubscan rerun``: a run repeated from its folder, byte for byte."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - the command line reads it when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from hubscan.console import table

if TYPE_CHECKING:
    from hubscan.console import Screen


def rerun(
    context: typer.Context,
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder that the inputs lie in; where the run found them."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads; all processors if unset.")
    ] = None,
) -> None:
    """
    Repeat a run from its folder, and compare every byte; the folder is not changed.

    Inputs are held against the hashes in run.json first. Exit code 1 if anything differs.
    """
    from hubscan import repeating  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    found = repeating.repeated(run_folder, data=data, threads=threads, watcher=screen)
    content = {
        "equal": found.equal,
        "same": len(found.same),
        "differing": list(found.differing),
        "missing": list(found.missing),
        "versions": [
            {"name": name, "then": then, "now": now} for name, then, now in found.versions
        ],
    }
    rows = [("equal to the byte", str(len(found.same)))]
    rows += [("differs", name) for name in found.differing]
    rows += [("is missing in the folder", name) for name in found.missing]
    tables = [table("Files", ("", "#files"), rows)]
    if found.versions:
        tables.append(table("Other versions", ("of", "then", "now"), found.versions))
    screen.result(content, tables)
    if not found.equal:
        raise typer.Exit(1)
