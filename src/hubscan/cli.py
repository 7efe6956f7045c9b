"""The command line: parsing, progress and messages; the work is done elsewhere."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hubscan import (
    __version__,
    cli_brief,
    cli_explorer,
    cli_remote,
    cli_repeating,
    cli_robustness,
    cli_sources,
    cli_verify,
)
from hubscan.cli_index import index_app
from hubscan.console import Screen, table
from hubscan.errors import HubscanError, StoreError
from hubscan.extras import left_out, missing, told

if TYPE_CHECKING:
    from hubscan.edition import Edition
    from hubscan.runs import Finished

app = typer.Typer(
    name="hubscan",
    help="Find the world's innovation clusters bottom up, rank them, and say how sure it is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
editions_app = typer.Typer(no_args_is_help=True, help="List, show and compare editions.")
app.add_typer(editions_app, name="editions")
app.add_typer(index_app, name="index")
cli_sources.register(app)
cli_robustness.register(app)
cli_remote.register(app)
app.command("explore")(cli_explorer.explore)
app.add_typer(cli_explorer.export_app, name="export")
app.command("verify")(cli_verify.verify)
app.command("brief")(cli_brief.brief)
app.command("rerun")(cli_repeating.rerun)

_FAULT: Final = 70
_INTERRUPTED: Final = 130
EditionOption = Annotated[
    str, typer.Option("--edition", "-e", help="Name of an edition, or an edition file (TOML).")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one parameter; may be repeated."),
]
OnlyOption = Annotated[
    str | None, typer.Option("--only", help="Indicators to use, by comma; all of the edition's.")
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Run folder to make or replace.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, help="Threads; all processors if unset.")]
MemoryOption = Annotated[
    float | None, typer.Option("--memory-gb", min=0.2, help="Cap on the query engine's memory, GB.")
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Folder that the inputs' paths start from; the file's own if unset."
    ),
]


def _version(wanted: bool) -> None:  # noqa: FBT001 - as the command line calls it
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Results as JSON.")] = False,
    version: Annotated[  # noqa: ARG001 - told before any command is looked for
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    context.obj = Screen(quiet=quiet or as_json, as_json=as_json)


@app.command()
def demo(
    context: typer.Context,
    out: OutOption = Path("demo"),
    scale: Annotated[float, typer.Option(min=0.005, max=1.0, help="Size of the world.")] = 0.02,
    edition: EditionOption = "gii-2025",
    seed: Annotated[int, typer.Option(help="Seed of the synthetic world.")] = 2025,
    threads: ThreadsOption = None,
) -> None:
    """
    Make a synthetic world, rank its clusters, and print them beside the published ranking.

    The world is synthetic: real published margins, modelled micro-data. It needs no input.
    """
    from hubscan import demonstration  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    shown = demonstration.demonstrated(
        out, scale=scale, edition=edition, seed=seed, threads=threads, watcher=screen
    )
    screen.result(shown.summary, [shown.beside_published, shown.recovery])
    if missing("rasters"):
        screen.note(f"no population, so no intensity: {missing('rasters')}")
    _say_where(screen, shown.finished)


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter for each option a user has
    context: typer.Context,
    inputs: Annotated[Path, typer.Option("--inputs", "-i", help="Inputs file (TOML).")],
    out: OutOption = Path("run"),
    edition: EditionOption = "gii-2025",
    changes: SetOption = None,
    only: OnlyOption = None,
    data: DataOption = None,
    threads: ThreadsOption = None,
    memory_gb: MemoryOption = None,
    work: Annotated[Path | None, typer.Option(help="Work folder for finished stages.")] = None,
    engine: Annotated[str, typer.Option(help="Query engine: duckdb or spark.")] = "duckdb",
    master: Annotated[str, typer.Option(help="Spark master; local for this machine.")] = "local",
    *,
    change: Annotated[
        bool, typer.Option("--change", help="Hold the ranking against the edition before.")
    ] = False,
    evidence: Annotated[
        bool, typer.Option(help="Keep what uncertainty and the explorer's sliders start from.")
    ] = True,
    top: Annotated[int, typer.Option(min=0, help="Rows of the ranking to print.")] = 25,
) -> None:
    """
    Run the method on your own inputs: from files to a ranking, footprints and a map.

    A run that was stopped goes on where it was. The run folder changes in one step at the end.
    """
    from hubscan import runs  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    finished = runs.run(
        _edition(edition, changes, only),
        inputs,
        out,
        root=data,
        machine=runs.Machine(
            threads, memory_gb, work, engine, master, evidence=evidence, change=change
        ),
        watcher=screen,
    )
    ranking = finished.results.ranking.head(top)
    screen.result(
        {
            "run": str(finished.folder),
            "clusters": len(finished.results.ranking),
            "warnings": list(finished.results.warnings),
        },
        [_ranking_table(ranking, finished)],
    )
    _say_where(screen, finished, cap_gb=memory_gb)


@app.command()
def figures(
    context: typer.Context,
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to make; RUN/figures if unset.")
    ] = None,
) -> None:
    """Draw the figures and the regional maps of the source reports from a run."""
    from hubscan import reporting, store  # noqa: PLC0415 - heavy; not needed to print help
    from hubscan.read_back import check_folder  # noqa: PLC0415 - as above

    check_folder(run_folder, "run.json")
    screen: Screen = context.obj
    with store.published(out or run_folder / "figures") as fresh:
        names = reporting.write_figures(run_folder, fresh)
    screen.result({"figures": names})
    screen.note(f"{len(names)} figures in {out or run_folder / 'figures'}")


@app.command()
def check(
    context: typer.Context,
    inputs: Annotated[Path, typer.Option("--inputs", "-i", help="Inputs file (TOML).")],
    edition: EditionOption = "gii-2025",
    changes: SetOption = None,
    only: OnlyOption = None,
    data: DataOption = None,
) -> None:
    """Read the inputs without running: files, columns, rows set aside and why."""
    from hubscan import runs  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    checked = runs.checked(
        _edition(edition, changes, only), inputs, root=data, work=Path(".hubscan"), watcher=screen
    )
    rows = [(f.part, f.name, f"{f.size:,}", f"{n:,}") for f, n in checked.files]
    faults = [(r.source, r.reason, f"{r.rows:,}") for r in checked.faults.itertuples()]
    screen.result(
        checked.summary,
        [
            table("Files", ("source", "file", "#bytes", "#rows"), rows),
            table("Rows set aside", ("source", "reason", "#rows"), faults or [("none", "", "")]),
        ],
    )


@app.command()
def world(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to.")] = Path("world"),
    scale: Annotated[float, typer.Option(min=0.001, max=1.0, help="Size of the world.")] = 0.02,
    seed: Annotated[int, typer.Option(help="Seed.")] = 2025,
) -> None:
    """
    Make the synthetic world: documents with addresses, calibrated on the published tables.

    It is synthetic: real published margins, modelled micro-data. The folder holds Parquet files and
    an inputs file to run on.
    """
    from hubscan import demonstration  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    inputs = demonstration.written_world(out, scale=scale, seed=seed, watcher=screen)
    screen.result({"inputs": str(inputs)})
    screen.note(f"Synthetic world in {out}; run it with: hubscan run --inputs {inputs}")


@editions_app.command("list")
def editions_list(context: typer.Context) -> None:
    """List the editions of the package."""
    from hubscan.edition import edition_names, load_edition  # noqa: PLC0415 - not for help

    found = [load_edition(name) for name in edition_names()]
    rows = [(e.name, e.title, e.year, ", ".join(e.indicators)) for e in found]
    content = {"editions": [dict(zip(("name", "title", "year"), r[:3], strict=True)) for r in rows]}
    shown = table("Editions", ("name", "title", "#year", "indicators"), rows)
    context.obj.result(content, [shown])


@editions_app.command("show")
def editions_show(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Edition or file.")]
) -> None:
    """Show every parameter of an edition, and what it rests on."""
    edition = _edition(name)
    rows = [(key, edition.get(key), edition.status_of(key)) for key in edition.keys()]  # noqa: SIM118 - not a mapping
    content = {key: {"value": value, "status": status} for key, value, status in rows}
    context.obj.result(content, [table(edition.title, ("parameter", "value", "status"), rows)])


@editions_app.command("diff")
def editions_diff(
    context: typer.Context,
    one: Annotated[str, typer.Argument(help="Edition or file.")],
    other: Annotated[str, typer.Argument(help="Edition or file.")],
) -> None:
    """Show the parameters in which two editions differ."""
    first, second = _edition(one), _edition(other)
    rows = first.diff(second)
    content = {key: {"one": mine, "other": theirs} for key, mine, theirs in rows}
    shown = table("Differences", ("parameter", one, other), rows)
    context.obj.result(content, [shown])


def main() -> None:
    """Run the command line; exit with the code of the error, if there is one."""
    # what compiles kernels makes millions of objects: to look for cycles as often as Python does by
    # itself takes a tenth of a first run
    gc.set_threshold(100_000, 50, 50)
    screen = Screen(as_json="--json" in sys.argv[1:])
    try:
        with told():
            app()
    except (KeyboardInterrupt, SystemExit) as end:
        # what parses the command line takes an interruption for itself, and says nothing
        code = _INTERRUPTED if isinstance(end, KeyboardInterrupt) else end.code
        if code == _INTERRUPTED:
            screen.fault("stopped; finished stages are kept, results are as before")
        sys.exit(code)
    except Exception as error:
        said, code = _told_of(error)
        if code == _FAULT and os.environ.get("HUBSCAN_TRACE"):
            raise
        screen.fault(said)
        sys.exit(code)


def _told_of(error: Exception) -> tuple[str, int]:
    """Return the sentence on an error, and the code to exit with."""
    if isinstance(error, HubscanError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        what = f"{error.filename or 'file'}: {error.strerror or error}"
        return f"{what}: results are as before", StoreError.exit_code
    if _short_of_memory(error):
        said = "the memory was not enough: use fewer threads or --memory-gb; results stand"
        return said, StoreError.exit_code
    return _unforeseen(error), _FAULT


def _short_of_memory(error: Exception) -> bool:
    """Return whether memory was wanting, for data or for a module that had no room to be read."""
    no_room = isinstance(error, ImportError) and "failed to map segment" in str(error)
    return no_room or isinstance(error, MemoryError)


def _unforeseen(error: Exception) -> str:
    """Return the sentence on an error that nobody thought of: what, where, and what to do."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename]
    ours = [f for f in frames if Path(f.filename).is_relative_to(Path(__file__).parent)]
    last = (ours or frames)[-1]
    said = " ".join(str(error).split())[:200]
    return (
        f"unforeseen {type(error).__name__} ({said}) in {Path(last.filename).name}, line "
        f"{last.lineno}, of hubscan {__version__}: results are as before; please report it with "
        "what HUBSCAN_TRACE=1 shows"
    )


def _edition(name: str, changes: list[str] | None = None, only: str | None = None) -> Edition:
    import tomllib  # noqa: PLC0415 - not needed to print help

    from hubscan.edition import load_edition  # noqa: PLC0415 - heavy; not needed to print help
    from hubscan.errors import EditionError  # noqa: PLC0415 - beside the loader

    edition = load_edition(name)
    for change in changes or []:
        key, found, text = change.partition("=")
        if not found:
            msg = f"--set {change}: KEY=VALUE was needed, such as cluster.radius_km=20"
            raise EditionError(msg)
        value: Any = text
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        edition = edition.replace(key.strip(), value)
    return edition.restricted(only.split(",")) if only else edition


def _ranking_table(ranking: Any, finished: Finished) -> Any:  # noqa: ANN401 - a frame, a table
    indicators = finished.results.edition.indicators
    rows = [
        (
            row["rank"],
            row["name"],
            row["economies"],
            *(_percent(row[f"share_{m}"]) for m in indicators),
            _percent(row["total_share"]),
        )
        for _, row in ranking.iterrows()
    ]
    columns = ("#rank", "cluster", "economies", *(f"#{m} %" for m in indicators), "#total %")
    return table(finished.results.edition.title, columns, rows)


def _percent(share: float | None) -> str:
    return "" if share is None or share != share else f"{100 * share:.2f}"  # noqa: PLR0124 - NaN


def _say_where(screen: Screen, finished: Finished, *, cap_gb: float | None = None) -> None:
    if finished.rejected:
        screen.note(f"{finished.rejected:,} input rows were set aside: see rejected.parquet")
    for warning in finished.results.warnings:
        screen.note(f"Warning: {warning}")
    if finished.spilled_gb:
        screen.note(f"{finished.spilled_gb:g} GB did not fit in memory and went through the disk")
    elif cap_gb is not None:
        screen.note(f"Nothing went through the disk: the query engine kept to {cap_gb:g} GB")
    for sentence in left_out():
        screen.note(sentence)
    made = ["ranking.xlsx", "clusters.geojson", "world.png", "run.json"]
    there = [name for name in made if (finished.folder / name).exists()]
    screen.note(f"Results in {finished.folder}: {', '.join(there)}")


if __name__ == "__main__":
    main()
