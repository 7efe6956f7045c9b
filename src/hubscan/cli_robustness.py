"""The commands of uncertainty: intervals, sweeps, comparisons, and why a rank is what it is."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hubscan.console import Screen, table

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 25
_DOCUMENTS: Final = 10

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of everything that is drawn.")]


class Unit(StrEnum):
    """What is drawn as a whole."""

    DOCUMENT = "document"
    YEAR = "year"
    ORGANISATION = "organisation"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("uncertainty")(uncertainty)
    app.command("sweep")(sweep)
    app.command("compare")(compare)
    app.command("explain")(explain)


def uncertainty(  # noqa: PLR0913, PLR0917 - one parameter for each option a user has
    context: typer.Context,
    run: RunArgument,
    replicates: Annotated[int, typer.Option(min=2, help="Bootstrap replicates.")] = 200,
    by: Annotated[Unit, typer.Option(help="What is drawn as a whole.")] = Unit.DOCUMENT,
    seed: SeedOption = 1,
    level: Annotated[float, typer.Option(help="Level of intervals.")] = 0.9,
    rows: Annotated[
        int, typer.Option(min=0, help="Rows for assumptions, a power of two; 0 for none.")
    ] = 64,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes; changes no result.", show_default="one a processor"),
    ] = None,
    work: Annotated[Path | None, typer.Option(help="Work folder for finished blocks.")] = None,
) -> None:
    """
    Say how sure the ranks and boundaries of a run are; results go to RUN/uncertainty.

    Documents are drawn anew and the whole method run again, and choices that the sources leave open
    are varied. A study that was stopped goes on where it was.
    """
    from hubscan.robustness import figures, studies, study_files  # noqa: PLC0415 - heavy; not needed for help

    screen: Screen = context.obj
    plan = studies.Plan(replicates, by.value, seed, level, rows)
    kept = work or run.absolute().parent / ".hubscan"
    opened, found = studies.studied(
        run.absolute(), plan, work=kept, workers=workers or os.cpu_count() or 1, watcher=screen
    )
    folder = study_files.write_study(opened, found, plan, figures=figures.study_figures)
    shown = found.intervals.head(_SHOWN)
    columns = ("rank", "name", "median", "lower", "upper", "joint_lower", "joint_upper", "group")
    tables = [_shown("Ranks, and how sure they are", shown, columns)]
    if found.assumed is not None:
        parts = ("factor", "levels", "first", "total", "total_lower", "total_upper")
        tables.append(_shown("Which unknown choice moves ranks", found.assumed.factors, parts))
    screen.result({"folder": str(folder), **study_files.record_of(found)}, tables)
    screen.note(f"Results in {folder}: rank_intervals, outranking, isolines, figures, run.json")


def sweep(
    context: typer.Context,
    run: RunArgument,
    vary: Annotated[
        list[str],
        typer.Option("--vary", metavar="KEY=FIRST:LAST:STEP", help="May be repeated."),
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="RUN/sweep if unset.")] = None,
    work: Annotated[Path | None, typer.Option(help="Work folder for finished blocks.")] = None,
) -> None:
    """
    Run the method on a run's evidence under every combination of values of some parameters.

    Values are FIRST:LAST:STEP, or separated by commas. A sweep that was stopped goes on where it
    was.
    """
    from hubscan.errors import InputError  # noqa: PLC0415 - beside its use
    from hubscan.robustness import swept_runs  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.robustness.sweep import steps  # noqa: PLC0415 - heavy; not needed for help

    screen: Screen = context.obj
    varied = {}
    for text in vary:
        key, found, values = text.partition("=")
        if not found:
            msg = f"--vary {text}: KEY=FIRST:LAST:STEP was needed, such as merge.max_gap_km=3:5:1"
            raise InputError(msg)
        varied[key.strip()] = steps(values)
    kept = work or run.absolute().parent / ".hubscan"
    swept = swept_runs.swept_run(run.absolute(), varied, out, work=kept, watcher=screen)
    columns = (*varied, "clusters", "merges", "adjusted_rand", "rank_shift", "top_10", "top_100")
    screen.result(
        {"folder": str(swept.folder), "settings": swept.table.to_dict("records")},
        [
            _shown("Settings", swept.table, columns),
            _shown(
                "Where the first clusters do not change",
                swept.region,
                tuple(map(str, swept.region)),
            ),
        ],
    )
    screen.note(f"Results in {swept.folder}: settings, ranks, steady_region, heat maps")


def compare(
    context: typer.Context,
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Earliest first.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write to.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Ranks shown.")] = 50,
) -> None:
    """
    Say what became of each cluster between runs, and why its rank changed.

    The parts of a change add up: method, boundary, own output, others' output.
    """
    from hubscan.robustness import comparisons  # noqa: PLC0415 - heavy; not needed for help

    screen: Screen = context.obj
    found = comparisons.compared([each.absolute() for each in runs], out, top=top, watcher=screen)
    columns = (
        "after", "name", "before", "change", "indicators", "method", "boundary", "own", "others",
    )  # fmt: skip
    short = found.changes.rename(columns={"own_output": "own", "others_output": "others"})
    moved = found.fates[found.fates["fate"] != "same"]
    series = found.series
    through = tuple(name for name in map(str, found.through) if name != "id")
    screen.result(
        {
            "changes": found.changes.to_dict("records"),
            "fates": moved.astype(object).where(moved.notna(), None).to_dict("records"),
            "series": series.astype(object).where(series.notna(), None).to_dict("records"),
        },
        [
            _shown("Change of rank, and why", short.head(top), columns),
            _shown(
                "Clusters that did not simply go on",
                moved,
                ("from", "to", "fate", "name_a", "name_b"),
            ),
            _shown("Ranks through the runs", found.through.head(top), through),
        ],
    )


def explain(
    context: typer.Context,
    cluster: Annotated[str, typer.Argument(help="Name or id of a cluster.")],
    run: Annotated[Path, typer.Option("--run", "-r", help="The run folder.")],
    documents: Annotated[
        Path | None, typer.Option(help="File (CSV) for the documents that are counted.")
    ] = None,
) -> None:
    """Say why a cluster has its rank, and what would move it by one."""
    from hubscan.report import tables  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.robustness import comparisons  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.store import written_whole  # noqa: PLC0415 - heavy; not needed for help

    screen: Screen = context.obj
    found = comparisons.explained(run.absolute(), cluster)
    listed = {**found.tables, "documents": found.tables["documents"].head(_DOCUMENTS)}
    if documents is not None:
        with written_whole(documents) as partial:
            partial.write_text(tables.csv_text(found.tables["documents"]), encoding="utf-8")
    content = {name: part.to_dict("records") for name, part in listed.items()}
    titles = [_said(found.summary)]
    shown = [
        _shown(name.replace("_", " "), part, tuple(map(str, part))) for name, part in listed.items()
    ]
    screen.result({**found.summary, **content}, [*titles, *shown])
    number, where = len(found.tables["documents"]), documents or "--documents FILE.csv"
    screen.note(f"{number:,} documents are counted, under the ids of their sources: {where}")


def _said(summary: dict[str, Any]) -> Any:  # noqa: ANN401 - a table of the screen
    rows = [("total", f"{100 * summary['total_share']:.4f} %", "", "")]
    rows += [
        (name, f"{100 * part['share']:.4f} %", f"{part['counted']:,.2f}", f"{part['documents']:,}")
        for name, part in summary["indicators"].items()
    ]
    boundary = summary["boundary"]
    rows += [(name.replace("_", " "), "", _number(value), "") for name, value in boundary.items()]
    title = f"{summary['rank']}  {summary['name']} ({summary['economies']})"
    return table(title, ("what", "#share of the world", "#counted", "#documents"), rows)


def _shown(title: str, content: pd.DataFrame, columns: tuple[str, ...]) -> Any:  # noqa: ANN401 - a table of the screen
    numbers = content[list(columns)]
    heads = [f"#{name}" if numbers[name].dtype.kind in "iufb" else name for name in columns]
    rows = [[_number(value) for value in row] for row in numbers.itertuples(index=False)]
    return table(title, [head.replace("_", " ") for head in heads], rows)


def _number(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.4g}"  # noqa: PLR0124 - NaN
    return "" if value is None or str(value) == "<NA>" else str(value)
