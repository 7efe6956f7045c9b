"""What the command line shows: progress by stage, tables, messages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.status import Status

    from hubscan.watching import StageRecord


@dataclass
class Screen:
    """
    Where messages go: people read them on standard error, programs read JSON on standard output.

    ``quiet`` leaves out progress, ``as_json`` turns results into one JSON document.
    """

    quiet: bool = False
    as_json: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    _status: Status | None = None
    _under_way: list[str] = field(default_factory=list)

    def begin(self, stage: str) -> None:
        """Show that a stage has begun, beside those under way."""
        self._under_way.append(_words(stage))
        self._show_what_is_under_way()

    def _show_what_is_under_way(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
        if self._under_way and not self.quiet and self.err.is_terminal:
            self._status = self.err.status(f"{', '.join(self._under_way)} …")
            self._status.start()

    def end(self, record: StageRecord) -> None:
        """Show what a stage took."""
        self._under_way = [name for name in self._under_way if name != _words(record.stage)]
        self._show_what_is_under_way()
        if not self.quiet:
            how = "kept from before" if record.reused else f"{record.seconds:7.2f} s"
            peak = "" if record.peak_gb is None else f"  {record.peak_gb:6.2f} GB"
            self.err.print(f"  {_words(record.stage):<24}{record.rows:>12,} rows  {how:>16}{peak}")

    def note(self, text: str) -> None:
        """Show a message to a person."""
        if not self.quiet and not self.as_json:
            self.err.print(text)

    def result(self, content: dict[str, Any], tables: Iterable[Table] = ()) -> None:
        """Show a command's result: as tables to a person, as JSON to a program."""
        if self.as_json:
            self.out.print_json(json.dumps(content, ensure_ascii=False, default=str))
            return
        for table in tables:
            self.out.print(table)

    def fault(self, text: str) -> None:
        """Show an error, as one sentence."""
        if self.as_json:
            self.out.print_json(json.dumps({"error": text}, ensure_ascii=False))
        self.err.print(f"[bold red]error[/] {_escaped(text)}")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return a table for the screen; columns whose name begins with '#' are right-aligned."""
    shown = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in columns:
        right = name.startswith("#")
        shown.add_column(name.lstrip("#"), justify="right" if right else "left", no_wrap=right)
    for row in rows:
        shown.add_row(*(_escaped(str(cell)) for cell in row))
    return shown


def _words(stage: str) -> str:
    return stage.replace("_", " ")


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
