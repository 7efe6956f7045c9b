"""Runs in Python: opened, made and studied in a few words, as plain tables and footprints."""

from __future__ import annotations

import threading
import time
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import shapely

from hubscan import demonstration, runs
from hubscan.briefs import Press, material_of
from hubscan.console import Screen
from hubscan.edition import Edition, load_edition
from hubscan.errors import InputError
from hubscan.explorer import server, serving
from hubscan.extras import need
from hubscan.robustness import figures, studies, study_files, swept_runs
from hubscan.run_folder import RunFolder, opened_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

_HOST: Final = "127.0.0.1"
_START_S: Final = 20.0


def _geographic(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a table with shapes as people's geographic software wants it."""
    need("gis")
    import geopandas as gpd  # noqa: PLC0415 - an extra

    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


class Explorer:
    """
    The explorer served in the background, on this machine only.

    In a notebook it shows itself in a frame. It ends with :meth:`stop`, or with Python.

    Parameters
    ----------
    folders
        Run folders and index folders.
    height
        Of the frame, dots.

    Raises
    ------
    InputError
        If the extra ``explorer`` is not installed, or the server does not start.
    """

    def __init__(self, folders: Sequence[RunFolder], *, height: int = 640) -> None:
        self._height = height
        self._server = serving.web_server(server.application(folders, framed=True))
        listening = serving.listening_socket(_HOST, 0)
        self.address = serving.address_of(listening, _HOST)
        """Where a browser finds it."""
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, daemon=True, name="explorer"
        )
        self._thread.start()
        end = time.monotonic() + _START_S
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                msg = f"{self.address}: the explorer did not start"
                raise InputError(msg)
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop serving; a second time does nothing."""
        self._server.should_exit = True
        self._thread.join(_START_S)

    def _repr_html_(self) -> str:
        link = escape(self.address, quote=True)
        return (
            f'<iframe src="{link}" width="100%" height="{self._height}" style="border:0" '
            f'title="hubscan explorer"></iframe><p><a href="{link}">{link}</a></p>'
        )

    def __repr__(self) -> str:
        """Return where it is."""
        return f"Explorer at {self.address}"


class Run:
    """
    A run folder in Python: its tables as plain data frames, its footprints as shapes.

    Parameters
    ----------
    folder
        The run folder, opened.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        """The run folder, as other parts of hubscan take it."""

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def record(self) -> Mapping[str, Any]:
        """Its provenance: inputs with hashes, parameters, versions."""
        return self.folder.record

    @property
    def edition(self) -> Edition:
        """The edition it was made with."""
        return self.folder.edition()

    @property
    def ranking(self) -> pd.DataFrame:
        """One row a cluster, best first; shares are in [0, 1]."""
        return self.table("ranking").sort_values(["rank", "cluster"], ignore_index=True)

    @property
    def footprints(self) -> gpd.GeoDataFrame:
        """The ground of each cluster, WGS84, with the columns of the ranking."""
        return _geographic(self.folder.shapes())

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Every place as a point: ``weight``, ``cluster`` (-1 outside clusters), ``core``."""
        table = self.table("membership")
        return _geographic(
            table.assign(geometry=shapely.points(table["longitude"], table["latitude"]))
        )

    @property
    def intervals(self) -> pd.DataFrame:
        """How sure each rank is; see :meth:`uncertainty`, which makes it."""
        return self.table("uncertainty/rank_intervals")

    @property
    def tables(self) -> list[str]:
        """Names of all tables of the folder, for :meth:`table`."""
        found = sorted(self.path.rglob("*.parquet"))
        return [path.relative_to(self.path).with_suffix("").as_posix() for path in found]

    def table(self, name: str) -> pd.DataFrame:
        """
        Return a table of the folder; changing it changes nothing else.

        Parameters
        ----------
        name
            One of :attr:`tables`, such as ``counts`` or ``profiles/field_profile``.

        Raises
        ------
        InputError
            If the folder has no such table.
        """
        found = self.folder.optional(name) if name in self.tables else None
        if found is None:
            raise InputError(self.folder.missing(name))
        return found.copy()

    def brief(self, cluster: int) -> bytes:
        """
        Return the brief of a cluster as PDF.

        Parameters
        ----------
        cluster
            A number of the ranking's column ``cluster``.

        Raises
        ------
        InputError
            If typst is not installed, or there is no such cluster.
        """
        return Press(material_of(self.folder)).pdf(cluster)

    def explore(self, *others: Run, height: int = 640) -> Explorer:
        """
        Serve the explorer in the background; a notebook shows it below the cell.

        Parameters
        ----------
        others
            Further runs, such as later editions.
        height
            Of the frame, dots.

        Returns
        -------
        explorer
            Call its ``stop()`` when it has been looked at.
        """
        return Explorer([self.folder, *(each.folder for each in others)], height=height)

    def uncertainty(self, *, replicates: int, seed: int, level: float = 0.9) -> pd.DataFrame:
        """
        Draw documents anew, and return how sure each rank is.

        Parameters
        ----------
        replicates
            How often.
        seed
            Of what is drawn.
        level
            Of the intervals.

        Returns
        -------
        intervals
            As ``uncertainty/rank_intervals`` of the folder, which is written.
        """
        plan = studies.Plan(replicates, "document", seed, level, 0)
        work = self.path.absolute().parent / ".hubscan"
        screen = Screen(quiet=True)
        opened, found = studies.studied(
            self.path.absolute(), plan, work=work, workers=1, watcher=screen
        )
        study_files.write_study(opened, found, plan, figures=figures.study_figures)
        return open_run(self.path).intervals

    def sweep(self, **varied: Sequence[Any]) -> pd.DataFrame:
        """
        Run the method under every combination of values, and return what becomes of the clusters.

        Parameters
        ----------
        varied
            Values by parameter, its dots written as two underscores:
            ``cluster__radius_km=[10, 15, 20]``.

        Returns
        -------
        settings
            One row a combination; the folder ``sweep`` of the run holds the ranks as well.
        """
        by_key = {name.replace("__", "."): list(values) for name, values in varied.items()}
        folder = self.path.absolute()
        work = folder.parent / ".hubscan"
        swept = swept_runs.swept_run(folder, by_key, None, work=work, watcher=Screen(quiet=True))
        return swept.table

    def __repr__(self) -> str:
        """Return the run in a line."""
        title = self.record.get("inputs", {}).get("title", "")
        return f"Run of {len(self.table('ranking')):,} clusters in {self.path}: {title}"


def open_run(folder: str | Path) -> Run:
    """
    Open a run folder.

    Parameters
    ----------
    folder
        A folder that ``hubscan run`` or ``hubscan demo`` has made.

    Returns
    -------
    run
        See :class:`Run`.

    Raises
    ------
    InputError
        If it is no such folder.
    """
    opened = opened_runs([Path(folder)])[0]
    if opened.is_index:
        msg = f"{folder}: holds an index: a folder of hubscan run was needed"
        raise InputError(msg)
    return Run(opened)


def make_demo(folder: str | Path = "demo", *, scale: float = 0.02, seed: int = 2025) -> Run:
    """
    Make a synthetic world and rank its clusters.

    Parameters
    ----------
    folder
        The run folder to make or replace.
    scale
        Documents made for each document of the world, from 0.005 to 1.
    seed
        Of the world.

    Returns
    -------
    run
        What it shows is synthetic: real published margins, modelled documents.
    """
    demonstration.demonstrated(
        Path(folder),
        scale=scale,
        edition="gii-2025",
        seed=seed,
        threads=None,
        watcher=Screen(quiet=True),
    )
    return open_run(folder)


def make_run(inputs: str | Path, folder: str | Path, *, edition: Edition | str) -> Run:
    """
    Run the method on the inputs that a file declares.

    Parameters
    ----------
    inputs
        An inputs file (TOML).
    folder
        The run folder to make or replace.
    edition
        An edition, its name, or an edition file.

    Returns
    -------
    run
        See :class:`Run`.

    Raises
    ------
    HubscanError
        With one sentence on what was found and what was needed; the old folder still stands.
    """
    chosen = load_edition(edition) if isinstance(edition, str) else edition
    runs.run(
        chosen,
        Path(inputs),
        Path(folder),
        root=None,
        machine=runs.Machine(),
        watcher=Screen(quiet=True),
    )
    return open_run(folder)
