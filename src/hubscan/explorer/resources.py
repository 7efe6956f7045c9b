"""Everything the API answers with GET, by path: one list for the server and for both exports."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hubscan import __version__
from hubscan.briefs import file_names
from hubscan.explorer import ground, index_views, profile_views, run_views
from hubscan.explorer.openapi import document
from hubscan.explorer.plain import json_bytes
from hubscan.explorer.printing import PDF, Printer, can_print, earlier_runs
from hubscan.rank_history import rank_history
from hubscan.run_folder import DOWNLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubscan.run_folder import RunFolder

PREFIX: Final = "api/v1/"
"""Where the API begins; its version changes when an answer changes its meaning."""

JSON: Final = "application/json"
BINARY: Final = "application/octet-stream"


@dataclass(frozen=True)
class Resource:
    """One answer: its media type, how it is made, and whether it is a file to save."""

    media_type: str
    make: Callable[[], bytes]
    is_file: bool = False


@dataclass
class Library:
    """
    The answers by path, each made once when it is first asked for.

    Only paths of this list exist: nothing a client writes ever becomes the name of a file.
    """

    resources: dict[str, Resource]
    _made: dict[str, bytes] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def content(self, path: str) -> bytes:
        """Return the body of an answer; files for download are read anew each time."""
        resource = self.resources[path]
        if resource.is_file:
            return resource.make()
        with self._lock:
            if path not in self._made:
                self._made[path] = resource.make()
            return self._made[path]


def library(folders: Sequence[RunFolder], *, live: bool, briefs: bool = False) -> Library:
    """
    Return everything the API answers about some folders.

    Parameters
    ----------
    folders
        Run folders and index folders, in the order in which they are to be shown.
    live
        Whether a server stands behind the page, which can answer questions.
    briefs
        Whether the briefs of all clusters are among the files. A server makes them when they are
        asked for, if it can; a folder of files holds them all, if it is asked to.

    Returns
    -------
    library
        By path, without a leading slash.
    """
    runs = [folder for folder in folders if not folder.is_index]
    indices = [folder for folder in folders if folder.is_index]
    found = {
        "index.json": _json(partial(_contents, runs, indices, live=live, briefs=briefs)),
        "openapi.json": _json(document),
        "base.json": _json(ground.base_map),
        "base-small.json": _json(ground.small_base_map),
        "history.json": _json(partial(_history, runs)),
    }
    for number, folder in enumerate(runs):
        found |= _of_run(folder, number)
        if briefs:
            found |= _briefs(folder, number, runs)
    for number, folder in enumerate(indices):
        found[f"indices/{number}/index.json"] = _json(
            partial(index_views.index_view, folder, number)
        )
        found |= _files(folder, f"indices/{number}")
    return Library({PREFIX + path: resource for path, resource in found.items()})


def _of_run(folder: RunFolder, number: int) -> dict[str, Resource]:
    home = f"runs/{number}"
    found = {
        f"{home}/summary.json": _json(partial(run_views.summary, folder, number)),
        f"{home}/ranking.json": _json(partial(run_views.ranking, folder)),
        f"{home}/quality.json": _json(partial(run_views.quality, folder)),
        f"{home}/ties.json": _json(partial(profile_views.ties, folder)),
        f"{home}/footprints.geojson": Resource(
            DOWNLOADS["clusters.geojson"], partial(_outlines, folder)
        ),
        f"{home}/points.bin": Resource(BINARY, partial(_points, folder)),
    }
    isolines = folder.path / "uncertainty" / "isolines.geojson"
    if isolines.is_file():
        found[f"{home}/isolines.geojson"] = Resource(
            DOWNLOADS["clusters.geojson"], isolines.read_bytes
        )
    for cluster in folder.table("ranking")["cluster"].tolist():
        found[f"{home}/clusters/{int(cluster)}.json"] = _json(
            partial(profile_views.cluster_profile, folder, int(cluster))
        )
    return found | _files(folder, home)


def _briefs(folder: RunFolder, number: int, runs: Sequence[RunFolder]) -> dict[str, Resource]:
    """Return the briefs of a run, none of them made yet."""
    printer = Printer(folder, earlier_runs(folder, runs))
    return {
        f"runs/{number}/briefs/{name}.pdf": Resource(
            PDF, partial(printer.brief, cluster), is_file=True
        )
        for cluster, name in file_names(folder.table("ranking")).items()
    }


def _files(folder: RunFolder, home: str) -> dict[str, Resource]:
    return {
        f"{home}/files/{name}": Resource(DOWNLOADS[name], path.read_bytes, is_file=True)
        for name, path in folder.files().items()
    }


def _contents(
    runs: Sequence[RunFolder], indices: Sequence[RunFolder], *, live: bool, briefs: bool
) -> dict[str, Any]:
    return {
        "api": 1,
        "hubscan": __version__,
        "live": live,
        "briefs": briefs,
        "no_briefs": "" if briefs else _why_no_briefs(live=live),
        "runs": [run_views.summary(folder, k) for k, folder in enumerate(runs)],
        "indices": [index_views.index_summary(folder, k) for k, folder in enumerate(indices)],
    }


def _why_no_briefs(*, live: bool) -> str:
    if not live:
        return "This export holds no briefs: `hubscan brief` makes them, and so does a server."
    return "" if can_print() else "Briefs need typst: pip install 'hubscan[briefs]'."


def _history(runs: Sequence[RunFolder]) -> dict[str, Any]:
    return rank_history(runs, range(len(runs)))


def _outlines(folder: RunFolder) -> bytes:
    return json_bytes(ground.outlines(folder.shapes()))


def _points(folder: RunFolder) -> bytes:
    from hubscan.explorer.what_if import points_of  # noqa: PLC0415 - heavy; only a map needs it

    return points_of(folder).packed()


def _json(make: Callable[[], Any]) -> Resource:
    return Resource(JSON, lambda: json_bytes(make()))
