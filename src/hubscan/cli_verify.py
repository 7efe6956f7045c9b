"""The command ``hubscan verify``: published tables and runs held against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hubscan.console import Screen, table

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 40
_WIDE: Final = 44
_COMPARISON: Final = "comparison"
_EDITIONS: Final = ("gii-2023", "gii-2024", "gii-2025")

TargetArgument = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="A published edition (gii-2025), a run folder, or a table (CSV, XLSX).",
    ),
]
AgainstOption = Annotated[
    str | None,
    typer.Option(
        "--against", metavar="NAME", help="Edition or published table to hold it against."
    ),
]
ToleranceOption = Annotated[
    float,
    typer.Option(min=0.0, help="Relative room beyond rounding; of ranks, relative to the list."),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="NAME,...", help="Columns to compare; all if unset."),
]
CsvOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="CSV file to write everything found to.")
]


def verify(
    context: typer.Context,
    target: TargetArgument,
    against: AgainstOption = None,
    tolerance: ToleranceOption = 0.0,
    columns: ColumnsOption = None,
    out: CsvOption = None,
) -> None:
    """
    Hold a published edition against itself, or a run or a table against what is published.

    Every cell outside its rounding is listed with the interval it should lie in; misprints are
    named. Exit code 0 if all holds, 1 if anything lies outside.
    """
    from hubscan.verification import FAILING  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    itself = target in _EDITIONS and against is None and not Path(target).exists()
    chosen = None if columns is None else [name.strip() for name in columns.split(",")]
    faults, summary = (
        _of_edition(target) if itself else _compared(target, against, tolerance, chosen)
    )
    failing = faults[faults["kind"].isin(FAILING)]
    content = {
        "target": target,
        "against": against,
        "holds": failing.empty,
        "outside": len(failing),
        "faults": _records(faults),
        "summary": _records(summary),
    }
    shown = [_summary_table(summary)] if len(summary) else []
    screen.result(content, [*shown, _fault_table(faults)])
    if out is not None:
        _write(faults, out)
        screen.note(f"All {len(faults)} rows in {out}.")
    if Path(target).is_dir():
        screen.note("Counts can only agree if the run has the reports' inputs; shares may always.")
    screen.note(_verdict(target, faults, len(failing)))
    if len(failing):
        raise typer.Exit(1)


def _of_edition(target: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the faults of a published edition, and how many each check found."""
    import pandas as pd  # noqa: PLC0415 - as above

    from hubscan.verification import CHECKS  # noqa: PLC0415 - as above
    from hubscan.verification.checking import faults_by_check  # noqa: PLC0415 - as above
    from hubscan.verification.faults import fault_table  # noqa: PLC0415 - as above

    found = faults_by_check(target)
    rows = [(name, CHECKS[target][name].meaning, len(faults)) for name, faults in found.items()]
    faults = fault_table(fault for each in found.values() for fault in each)
    return faults, pd.DataFrame(rows, columns=["check", "meaning", "found"])


def _compared(
    target: str, against: str | None, tolerance: float, columns: list[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cells of a run or a table outside a published one, and a row a column."""
    import pandas as pd  # noqa: PLC0415 - as above

    from hubscan.verification import compared_faults, compared_summary  # noqa: PLC0415 - as above
    from hubscan.verification.reading import (  # noqa: PLC0415 - as above
        checked_columns,
        published_for,
        read_run,
        read_table,
    )

    path = Path(target)
    if path.is_dir():
        run = read_run(path)
        tables = published_for(run, against=against or run.edition)
    else:
        name, found = read_table(path, against=against or _EDITIONS[-1])
        tables = {name: found}
    checked_columns(columns or (), tables)
    faults, summaries = [], []
    for name, found in tables.items():
        faults.append(compared_faults(found, against=name, tolerance=tolerance, columns=columns))
        summaries.append(
            compared_summary(found, against=name, tolerance=tolerance, columns=columns)
        )
    return pd.concat(faults, ignore_index=True), pd.concat(summaries, ignore_index=True)


def _write(faults: pd.DataFrame, out: Path) -> None:
    from hubscan.report.tables import csv_text  # noqa: PLC0415 - as above
    from hubscan.store import written_whole  # noqa: PLC0415 - as above

    with written_whole(out) as path:
        path.write_text(csv_text(faults), encoding="utf-8")


def _summary_table(summary: Any) -> Any:  # noqa: ANN401 - a frame, a table
    if "check" in summary:
        checks = [(row.check, row.meaning, row.found) for row in summary.itertuples()]
        return table("Checks", ("check", "what must hold", "#found"), checks)
    rows = [
        (
            _sheet(row.table), row.column, row.compared, row.outside,
            _number(row.largest_difference), _number(row.rank_correlation),
        )
        for row in summary.itertuples()
    ]  # fmt: skip
    columns = ("table", "column", "#compared", "#outside", "#largest difference", "#Spearman")
    return table("Cells compared with the published ones", columns, rows)


def _fault_table(faults: Any) -> Any:  # noqa: ANN401 - a frame, a table
    rows = [
        (
            row.kind, _sheet(row.table) if row.check == _COMPARISON else row.check, _short(row.row),
            _short(row.column), _short(row.found), _short(row.expected),
            _interval(row.low, row.high),
        )
        for row in faults.head(_SHOWN).itertuples()
    ]  # fmt: skip
    columns = ("kind", "where", "row", "column", "found", "expected", "#allowed")
    hidden = len(faults) - _SHOWN
    more = f" (the first {_SHOWN}; --out or --json for all)" if hidden > 0 else ""
    return table(f"Found: {len(faults)}{more}", columns, rows)


def _verdict(target: str, faults: pd.DataFrame, failing: int) -> str:
    """Return in one sentence whether everything holds."""
    if not failing:
        return f"{target}: every cell compared lies within its rounding."
    counts = faults["kind"].value_counts()
    said = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    return f"{target}: {failing} cells or statements do not hold (by kind: {said})."


def _interval(low: float, high: float) -> str:
    """Return bounds as a text; a missing one is open."""
    known = [f"{bound:,.8g}" for bound in (low, high) if bound == bound]  # noqa: PLR0124 - NaN is not itself
    if len(known) == 1:
        return f"{'at least' if low == low else 'at most'} {known[0]}"  # noqa: PLR0124 - as above
    return known[0] if low == high else " to ".join(known)


def _number(value: float) -> str:
    return "" if value != value else f"{value:.6g}"  # noqa: PLR0124 - NaN is not itself


def _sheet(name: str) -> str:
    """Return the short title of a published table."""
    from hubscan.report.gii import TABLES  # noqa: PLC0415 - as above

    return TABLES[name].sheet


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1].rstrip()}…"


def _records(rows: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a frame
    """Return the rows of a table for JSON: missing numbers are null."""
    found: list[dict[str, Any]] = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return found
