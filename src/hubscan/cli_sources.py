"""The commands ``hubscan sources`` and ``hubscan ingest``: what can be read, and reading it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscan.console import Screen, table

if TYPE_CHECKING:
    from hubscan.readers import Ingested


def sources(context: typer.Context) -> None:
    """List the sources that ``hubscan ingest`` reads, and the files that each needs."""
    from hubscan.readers import SOURCES  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    content = {
        one.name: {
            "title": one.title,
            "indicator": one.indicator,
            "needs": one.needs,
            "gives": one.gives,
        }
        for one in SOURCES
    }
    rows = [(one.name, one.indicator, f"{one.title}: {one.needs}") for one in SOURCES]
    shown = table("Sources", ("source", "indicator", "files to give"), rows)
    screen.result({"sources": content}, [shown])


def ingest(  # noqa: PLR0913, PLR0917 - one parameter for each option a user has
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="A source, as hubscan sources lists them.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, archives, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("inputs"),
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="What the columns mean (TOML).")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Encoding of bytes that are not UTF-8.")
    ] = None,
    country: Annotated[
        list[str] | None,
        typer.Option("--country", help="Keep addresses of this economy only; may be repeated."),
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; all if unset.")] = None,
    memory_gb: Annotated[
        float | None, typer.Option("--memory-gb", min=0.2, help="Cap on memory, GB.")
    ] = None,
) -> None:
    """
    Convert the files of a source to the tables that ``hubscan run`` reads.

    A folder may take one source for each indicator. A conversion that was stopped goes on after
    the last whole file.
    """
    from hubscan import readers  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    options = readers.Options(
        encoding=encoding,
        countries=_economies(country or []),
        mapping=None if mapping is None else readers.read_mapping(mapping),
        threads=threads,
        memory_gb=memory_gb,
    )
    done = readers.convert(
        readers.source_named(source), paths, out, options=options, watcher=screen
    )
    counts = {"documents": done.documents.content(), "addresses": done.addresses.content()}
    screen.result(
        {"folder": str(out), **counts, "notes": done.notes}, [_counts(done), _reasons(done)]
    )
    for text, number in done.notes.items():
        screen.note(f"{number:,} {text}")
    if done.passed_over:
        screen.note(f"{len(done.passed_over)} files are not of this source: see ingest.json")
    screen.note(f"Run it with: hubscan run --inputs {out / 'inputs.toml'}")


def register(app: typer.Typer) -> None:
    """Add the commands to a command line."""
    app.command("sources")(sources)
    app.command("ingest")(ingest)


def _economies(names: list[str]) -> tuple[str, ...]:
    """Return the codes of economies, however they are spelled."""
    from hubscan.errors import InputError  # noqa: PLC0415 - beside its use
    from hubscan.geocode import country_code  # noqa: PLC0415 - heavy; not needed to print help

    for name in names:
        if not country_code(name):
            msg = f"--country {name}: is no economy: a code or English name was needed"
            raise InputError(msg)
    return tuple(sorted({country_code(name) for name in names}))


def _counts(done: Ingested) -> Any:  # noqa: ANN401 - a table
    rows = [
        (name, f"{tally.read:,}", f"{tally.kept:,}", f"{tally.rejected.total():,}")
        for name, tally in (("documents", done.documents), ("addresses", done.addresses))
    ]
    return table(done.source.title, ("rows", "#read", "#kept", "#rejected"), rows)


def _reasons(done: Ingested) -> Any:  # noqa: ANN401 - a table
    rows = [
        (name, reason, f"{number:,}")
        for name, tally in (("documents", done.documents), ("addresses", done.addresses))
        for reason, number in tally.rejected.most_common()
    ]
    return table("Rejected", ("rows", "reason", "#number"), rows or [("none", "", "")])
