"""The commands of ``hubscan index``: published indices checked, indices of one's own built."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hubscan.console import Screen, table

if TYPE_CHECKING:
    from hubscan.indexing import Verified
    from hubscan.indexing_own import Built

index_app = typer.Typer(
    no_args_is_help=True,
    help="Composite indices: reproduce, verify and build them, and say how sure their ranks are.",
)


_WIDE: Final = 34
_FINDINGS: Final = 12


class Variant(StrEnum):
    """Weights of the SET Index 2024: as its scores imply them, or as Table 1.2.1 prints them."""

    IMPLIED = "implied"
    PRINTED = "printed"

    @property
    def column(self) -> str:
        """Name of the variant in the edition."""
        return "as_printed" if self is Variant.PRINTED else "implied"


class Published(StrEnum):
    """Published indices of the package."""

    SET_2024 = "set-2024"


OutOption = Annotated[Path, typer.Option("--out", "-o", help="Index folder to make or replace.")]
WeightsOption = Annotated[
    Variant, typer.Option("--weights", help="Talent weights: 35/35/30 (implied) or 40/40/20.")
]
RunsOption = Annotated[
    int, typer.Option(min=0, help="Draws of the weights for rank intervals; 0 for none.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of the draws.")]
PublishedArgument = Annotated[Published, typer.Argument(help="A published index.")]


@index_app.command("set-2024")
def set_2024(
    context: typer.Context,
    out: OutOption = Path("set-2024"),
    weights: WeightsOption = Variant.IMPLIED,
) -> None:
    """
    Reproduce the SET Index 2024 from its deepest published scores.

    The folder holds scores and ranks at all levels beside the published ones, residuals, recovered
    weights, a workbook of every step, and the figures with their data.
    """
    from hubscan import indexing  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    found = indexing.reproduce_set2024(out, weights=weights.column, watcher=screen)
    ranking = found.ranking
    agree = int((ranking["rank"] == ranking["published_rank"]).sum())
    content = {
        "folder": str(found.folder),
        "weights": weights.value,
        "ranks_as_published": agree,
        "holds": found.verified.holds,
        "outside": len(found.verified.outside),
        "ranking": _records(ranking),
        "type_exceptions": _records(found.exceptions),
    }
    screen.result(content, [_ranking_table(ranking), _summary_table(found.verified)])
    screen.note(_said_of_ranks(agree, len(ranking)) + " " + _verdict(found.verified))
    screen.note(f"Results in {found.folder}: index.xlsx, tables, figures/, run.json")


@index_app.command("verify")
def verify(
    context: typer.Context,
    index: PublishedArgument,
    weights: WeightsOption = Variant.IMPLIED,
) -> None:
    """
    Hold every published score against its published parts, within what rounding allows.

    Exit code 0 if all lie inside, 1 if any lies outside; each of these is listed.
    """
    from hubscan import indexing  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    found = indexing.verified_set2024(weights=weights.column)
    content = {
        "index": index.value,
        "weights": weights.value,
        "holds": found.holds,
        "checked": len(found.residuals),
        "tables": _records(found.summary),
        "outside": _records(found.outside),
    }
    shown = [_summary_table(found)]
    if not found.holds:
        shown.append(_outside_table(found))
    screen.result(content, shown)
    screen.note(_verdict(found))
    if not found.holds:
        raise typer.Exit(1)


@index_app.command("infer")
def infer(context: typer.Context, index: PublishedArgument) -> None:
    """Recover the weights that the published scores follow from, each with its interval."""
    from hubscan import indexing  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    weights, fits = indexing.inferred_set2024()
    content = {
        "index": index.value,
        "weights": _records(weights),
        "fits": _records(fits),
    }
    screen.result(content, [_weights_table(weights)])
    for parent in weights.loc[weights["agrees"].isin([False]), "parent"].unique():
        part = weights[weights["parent"] == parent]
        screen.note(
            f"The report prints {_percents(part['printed'])} for the parts of {parent}; its scores "
            f"follow from {_percents(part['weight'])}, and from none outside the intervals above."
        )


@index_app.command("build")
def build(  # noqa: PLR0913, PLR0917 - one parameter for each option a user has
    context: typer.Context,
    framework: Annotated[Path, typer.Argument(help="Tree of indicators (CSV, XLSX, iMeta).")],
    values: Annotated[Path, typer.Argument(help="Values of the units (CSV, XLSX, iData).")],
    recipe: Annotated[Path, typer.Option("--recipe", "-r", help="Steps (TOML).")],
    out: OutOption = Path("index"),
    runs: RunsOption = 1000,
    seed: SeedOption = 1,
    top: Annotated[int, typer.Option(min=0, help="Rows of the ranking to print.")] = 25,
) -> None:
    """
    Build an index of your own: scores, ranks and their intervals, an audit, a workbook.

    Framework and values are tables, COINr's iMeta and iData, or a workbook of the COIN Tool.
    """
    from hubscan import indexing_own  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    chance = indexing_own.Chance(runs, seed)
    files = (framework, values, recipe)
    _show(screen, indexing_own.build(files, out, chance=chance, watcher=screen), top)


@index_app.command("run")
def run(  # noqa: PLR0913, PLR0917 - one parameter for each option a user has
    context: typer.Context,
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    out: OutOption = Path("index"),
    weights: Annotated[
        str,
        typer.Option(
            "--weights", metavar="NAME=WEIGHT,...", help="By indicator, and intensity; else 1."
        ),
    ] = "",
    top: Annotated[int, typer.Option(min=2, help="Largest clusters to take in.")] = 100,
    runs: RunsOption = 1000,
    seed: SeedOption = 1,
) -> None:
    """
    Build an index over the clusters of a run: shares of each output, and output per inhabitant.

    Each figure is scaled from 0 (least of these clusters) to 100 (greatest); ranks have intervals.
    """
    from hubscan import indexing_own  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    built = indexing_own.build_over_run(
        run_folder, out, weights=_weights(weights), top=top,
        chance=indexing_own.Chance(runs, seed), watcher=screen,
    )  # fmt: skip
    _show(screen, built, 25)


def _weights(text: str) -> dict[str, float]:
    """Return weights by name from a text such as ``patents=1,deals=2``."""
    from hubscan.errors import InputError  # noqa: PLC0415 - beside its use

    found: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError as error:
            msg = f"--weights {part}: NAME=WEIGHT was needed, such as patents=2"
            raise InputError(msg) from error
    return found


def _show(screen: Screen, built: Built, top: int) -> None:
    """Show a finished index: the best units, what the audit found, and where the folder is."""
    found = built.findings
    matters = found[found["verdict"] != "ok"]
    content = {
        "folder": str(built.folder),
        "title": built.title,
        "synthetic": built.synthetic,
        "units": len(built.ranking),
        "fingerprint": built.result.fingerprint,
        "ranking": _records(built.ranking),
        "findings": _records(matters),
        "warnings": len(built.result.warnings),
    }
    rows = [(row.verdict, row.sentence) for row in matters.head(_FINDINGS).itertuples()]
    title = f"Audit: {len(matters)} of {len(found)} checks say more than ok"
    shown = [_own_table(built, top)]
    if len(found):
        shown.append(table(title, ("verdict", "finding"), rows))
    screen.result(content, shown)
    if len(matters) > _FINDINGS:
        screen.note(f"{len(matters) - _FINDINGS} more findings in audit.csv.")
    for note in built.notes:
        screen.note(note)
    screen.note(f"Results in {built.folder}: index.xlsx, tables, figures/, run.json")


def _own_table(built: Built, top: int) -> Any:  # noqa: ANN401 - a table
    """Return the first rows of a ranking, with the interval of each rank if there are any."""
    shown = built.ranking.head(top)
    first = [name for name in ("period", "rank", "unit") if name in shown]
    sure = "lower" in shown
    rows = [
        (
            *("" if row[name] is None else row[name] for name in first),
            "" if row["score"] is None else f"{row['score']:.2f}",
            *([_interval(row["lower"], row["upper"])] if sure else []),
        )
        for row in _records(shown)
    ]
    names = {"rank": "#rank"}
    columns = [names.get(n, n) for n in first] + ["#score"] + (["#±25 %"] if sure else [])
    return table(built.title, columns, rows)


def _interval(lower: float | None, upper: float | None) -> str:
    return "" if lower is None or upper is None else f"{lower:.0f}-{upper:.0f}"


def _ranking_table(ranking: Any) -> Any:  # noqa: ANN401 - a frame, a table
    rows = [
        (
            row.rank, row.unit, f"{row.score:.2f}", f"{row.lower:.0f}-{row.upper:.0f}",
            row.published_rank, f"{row.published_score:.2f}", f"{row.difference:+.3f}",
        )
        for row in ranking.itertuples()
    ]  # fmt: skip
    columns = ("#rank", "city", "#index", "#±25 %", "#published", "#index", "#difference")
    title = "SET Index 2024: computed (with ranks when weights vary by ±25 %) and published"
    return table(title, columns, rows)


def _summary_table(found: Verified) -> Any:  # noqa: ANN401 - a table
    rows = [
        (
            row.table, row.parent, row.checked, f"{row.max_residual:.4f}", f"{row.max_bound:.3f}",
            row.outside, row.verdict,
        )
        for row in found.summary.itertuples()
    ]  # fmt: skip
    columns = (
        "table", "node", "#scores", "#largest residual", "#rounding bound", "#outside", "verdict",
    )  # fmt: skip
    return table("Published scores against their published parts", columns, rows)


def _outside_table(found: Verified) -> Any:  # noqa: ANN401 - a table
    rows = [
        (
            row.table, row.parent, row.unit, f"{row.printed:.2f}", f"{row.computed:.3f}",
            f"{row.residual:+.3f}", f"{row.bound:.3f}", f"{row.times_bound:.1f}",
        )
        for row in found.outside.itertuples()
    ]  # fmt: skip
    columns = (
        "table", "node", "city", "#printed", "#computed", "#residual", "#bound", "#times bound",
    )  # fmt: skip
    return table("Scores outside their bound", columns, rows)


def _weights_table(weights: Any) -> Any:  # noqa: ANN401 - a frame, a table
    rows = [
        (
            row.child, _short(row.name), row.fraction, f"{row.low:.4f} to {row.high:.4f}",
            "" if math.isnan(row.printed) else f"{row.printed:g}",
            {True: "yes", False: "NO"}.get(row.agrees, ""),
        )
        for row in weights.itertuples()
    ]  # fmt: skip
    columns = ("node", "name", "#weight", "#all that fit", "#printed", "agrees")
    return table("Weights that the published scores follow from", columns, rows)


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1].rstrip()}…"


def _verdict(found: Verified) -> str:
    """Return in one sentence whether the published scores hold."""
    checked = int(found.residuals["inside"].notna().sum())
    if found.holds:
        return f"All {checked} published scores lie within the rounding of their parts."
    failing = found.summary.loc[found.summary["verdict"] == "fails", "table"]
    worst = found.outside.iloc[0]
    return (
        f"{len(found.outside)} of {checked} published scores lie outside the rounding of their "
        f"parts, all of them in {', '.join(failing)}; the worst is {worst['unit']}, "
        f"{abs(worst['residual']):.2f} off where {worst['bound']:.3f} is allowed."
    )


def _said_of_ranks(agree: int, total: int) -> str:
    return f"{agree} of {total} ranks are as published."


def _percents(weights: Any) -> str:  # noqa: ANN401 - a series
    return "/".join(f"{100 * weight:.0f}" for weight in weights)


def _records(rows: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a frame
    """Return the rows of a table for JSON: missing numbers are null."""
    found: list[dict[str, Any]] = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return found
