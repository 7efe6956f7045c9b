"""What an explorer opens: run folders of clusters, and folders of composite indices."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hubscan.read_back import check_folder, frame_at, read_json, shapes_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from hubscan.edition import Edition

DOWNLOADS: Final = {
    "ranking.csv": "text/csv",
    "ranking.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ranking.parquet": "application/vnd.apache.parquet",
    "ranking.csv.json": "application/json",
    "counts.csv": "text/csv",
    "economies.csv": "text/csv",
    "coverage.csv": "text/csv",
    "merging.csv": "text/csv",
    "clusters.geojson": "application/geo+json",
    "clusters.gpkg": "application/geopackage+sqlite3",
    "clusters.parquet": "application/vnd.apache.parquet",
    "network.vosviewer.json": "application/json",
    "world.png": "image/png",
    "world.svg": "image/svg+xml",
    "edition.toml": "application/toml",
    "run.json": "application/json",
    "index.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "scores.csv": "text/csv",
    "ranks.csv": "text/csv",
    "weights.csv": "text/csv",
}
"""Files of a folder that may be downloaded, and their media types; nothing else is ever served."""

MADE_BY: Final = {
    "profiles": "`hubscan run` writes it; this folder was made without profiles",
    "change": "`hubscan run` with a run to compare with writes it",
    "uncertainty": "`hubscan uncertainty RUN` writes it",
    "evidence": "`hubscan run` writes it; this folder was made without the evidence",
}
"""The command that makes an optional table, by the first part of its name."""


_LABELS: Final = {
    "patents": "Patents",
    "publications": "Publications",
    "deals": "Venture deals",
}


def indicator_label(name: str) -> str:
    """
    Return what people call an indicator.

    Examples
    --------
    >>> indicator_label("deals"), indicator_label("trade_marks")
    ('Venture deals', 'Trade marks')
    """
    return _LABELS.get(name, name.replace("_", " ").capitalize())


@dataclass(frozen=True)
class RunFolder:
    """A run folder: its provenance, and its tables, read once when they are first asked for."""

    path: Path
    record: Mapping[str, Any]
    _read: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def holds(self, name: str) -> bool:
        """Return whether the folder has a Parquet table of this name."""
        return (self.path / f"{name}.parquet").is_file()

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the folder; its name may contain a subfolder."""
        if name not in self._read:
            self._read[name] = frame_at(self.path / f"{name}.parquet")
        found: pd.DataFrame = self._read[name]
        return found

    def rows(
        self, name: str, *, columns: Sequence[str] | None = None, categories: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Return a long table, or some columns of it: read anew, and not kept here."""
        path = self.path / f"{name}.parquet"
        return frame_at(path, columns=columns, categories=categories)

    def optional(self, name: str) -> pd.DataFrame | None:
        """Return a table of the folder, or None if it is not there."""
        return self.table(name) if self.holds(name) else None

    def made(self, name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is made
        """Return what was made of the folder's tables, made when it is first asked for."""
        with self._turn:
            if name not in self._read:
                self._read[name] = make()
            return self._read[name]

    def shapes(self) -> pd.DataFrame:
        """Return the footprints."""
        if "shapes" not in self._read:
            self._read["shapes"] = shapes_at(self.path / "clusters.parquet")
        found: pd.DataFrame = self._read["shapes"]
        return found

    def edition(self) -> Edition:
        """Return the edition of the run, validated against this version of hubscan."""
        from hubscan.edition import load_edition  # noqa: PLC0415 - heavy; not for help

        if "edition" not in self._read:
            self._read["edition"] = load_edition(self.path / "edition.toml")
        found: Edition = self._read["edition"]
        return found

    def missing(self, name: str) -> str:
        """Return one sentence on a table that is not there, and on what makes it."""
        made = MADE_BY.get(name.partition("/")[0], "`hubscan run` writes it")
        return f"This run has no {name}.parquet: {made}."

    def files(self) -> dict[str, Path]:
        """Return the files that may be downloaded, by name; no link that leads outside."""
        home = self.path.resolve()
        found: dict[str, Path] = {}
        for name in DOWNLOADS:
            for path in (self.path / name, self.path / "report" / name):
                if path.is_file() and path.resolve().is_relative_to(home):
                    found.setdefault(name, path)
        return found

    @property
    def indicators(self) -> list[str]:
        """The indicators that the run counts, in the order of its ranking."""
        names = [str(name) for name in self.table("ranking")]
        return [name.removeprefix("count_") for name in names if name.startswith("count_")]

    @property
    def study_level(self) -> float | None:
        """The level of the rank intervals; None if the run holds no study of uncertainty."""
        path = self.path / "uncertainty" / "run.json"
        if not (path.is_file() and self.holds("uncertainty/rank_intervals")):
            return None
        level = read_json(path).get("plan", {}).get("level")
        return None if level is None else float(level)

    @property
    def is_index(self) -> bool:
        """Whether the folder holds a composite index."""
        return self.record.get("kind") == "index"


def opened_runs(paths: Sequence[Path]) -> list[RunFolder]:
    """
    Return the folders at some paths, runs and indices told apart by their ``run.json``.

    Parameters
    ----------
    paths
        Run folders of ``hubscan run``, index folders of ``hubscan index``.

    Returns
    -------
    folders
        In the order given.

    Raises
    ------
    InputError
        If a path is no such folder.
    """
    return [_opened(path) for path in paths]


def _opened(path: Path) -> RunFolder:
    check_folder(path, "run.json")
    record = read_json(path / "run.json")
    folder = RunFolder(path, record if isinstance(record, dict) else {})
    needed = ("ranking", "scores") if folder.is_index else ("ranking", "clusters", "membership")
    check_folder(path, *(f"{name}.parquet" for name in needed))
    return folder
