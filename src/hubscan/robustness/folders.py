"""Run folders read back: the run as a base for replicates, and tables written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hubscan import store
from hubscan.edition import load_edition
from hubscan.errors import StoreError
from hubscan.read_back import about_of, check_folder, frame_at, run_record
from hubscan.robustness.bootstrap import Base, base_of
from hubscan.robustness.evidence import evidence_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

_COLUMNS: Final = (
    "indicator", "document", "place", "economy", "organisation", "n_listed", "n_located",
    "addresses",
)  # fmt: skip
_NEEDED: Final = (
    "run.json", "edition.toml", "evidence.parquet", "documents.parquet",
    "place_addresses.parquet", "totals.parquet", "place_ties.parquet", "country_counts.parquet",
    "ranking.parquet",
)  # fmt: skip
_TOLD: Final = ("indicator", "document")


@dataclass(frozen=True)
class OpenedRun:
    """A run folder, read: its base, its ranking with names, and its provenance."""

    folder: Path
    base: Base
    ranking: pd.DataFrame
    record: Mapping[str, Any]

    @property
    def names(self) -> pd.DataFrame:
        """``cluster``, ``name``, ``economies`` of the ranked clusters."""
        return self.ranking[["cluster", "name", "economies"]]

    @property
    def about(self) -> dict[str, str]:
        """What every table of the run is about."""
        return about_of(self.record)

    @property
    def mark(self) -> str:
        """The fingerprint of what replicates follow from: edition, evidence and version."""
        files = [store.file_hash(self.folder / name) for name in sorted(_NEEDED) if _is_table(name)]
        return store.fingerprint("robustness", self.base.edition.model_dump(mode="json"), files)


def opened_run(folder: Path) -> OpenedRun:
    """
    Return a run folder read back, its results found anew from its evidence.

    Parameters
    ----------
    folder
        A run folder.

    Returns
    -------
    run
        See :class:`OpenedRun`.

    Raises
    ------
    InputError
        If a file is missing.
    StoreError
        If the results found anew are not those of the folder.
    """
    check_folder(folder, *_NEEDED)
    record = run_record(folder)
    located = frame_at(folder / "evidence.parquet", columns=_COLUMNS)
    years = frame_at(folder / "documents.parquet", columns=[*_TOLD, "year"])
    evidence = evidence_of(
        located.merge(years, on=list(_TOLD), how="left", validate="many_to_one"),
        frame_at(folder / "place_addresses.parquet"),
        frame_at(folder / "totals.parquet"),
        frame_at(folder / "place_ties.parquet"),
        frame_at(folder / "country_counts.parquet"),
    )
    base = base_of(
        load_edition(folder / "edition.toml"), evidence, partial=record.get("partial", ())
    )
    ranking = frame_at(folder / "ranking.parquet")
    shared = ["cluster", "rank", "total_share"]
    if not base.found.ranking[shared].astype(float).equals(ranking[shared].astype(float)):
        msg = f"{folder}: its ranking does not follow from its evidence: run it again"
        raise StoreError(msg)
    return OpenedRun(folder, base, ranking, record)


def with_names(table: pd.DataFrame, names: pd.DataFrame, *, key: str = "cluster") -> pd.DataFrame:
    """
    Return a table with the name of each cluster behind its id.

    Parameters
    ----------
    table
        With a column of cluster ids.
    names
        ``cluster``, ``name``.
    key
        The column of ids.

    Returns
    -------
    table
        With a further column ``name``, or ``name_`` and the key.

    Examples
    --------
    >>> import pandas as pd
    >>> names = pd.DataFrame({"cluster": [1], "name": ["Oslo"]})
    >>> with_names(pd.DataFrame({"a": [1]}), names, key="a").to_numpy().tolist()
    [[1, 'Oslo']]
    """
    found = table[key].map(names.set_index("cluster")["name"])
    at = int(np.flatnonzero(table.columns == key)[0]) + 1
    named = table.copy()
    named.insert(at, "name" if key == "cluster" else f"name_{key}", found)
    return named


def with_source_ids(documents: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """
    Return documents of a run with the ids by which their sources know them.

    Parameters
    ----------
    documents
        ``indicator``, ``document`` (its number in the run), and others.
    folder
        The run folder.

    Returns
    -------
    documents
        By indicator, source and number: ``indicator``, ``source``, ``document_id``, ``year``, and
        the other columns in place of the number.
    """
    told = frame_at(folder / "documents.parquet")
    found = documents.merge(told, on=list(_TOLD), how="left", validate="one_to_one")
    found = found.sort_values(["indicator", "source", "document"], ignore_index=True)
    first = ["indicator", "source", "document_id", "year"]
    return found[[*first, *(name for name in found if name not in {*first, "document"})]]


def _is_table(name: str) -> bool:
    return name.endswith(".parquet") and name != "ranking.parquet"
