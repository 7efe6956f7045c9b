"""What briefs are written from: the tables of one run folder, read once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.briefs.letters import Letters
from hubscan.briefs.wording import NOT_KNOWN, known
from hubscan.errors import InputError
from hubscan.rank_history import rank_history
from hubscan.report.gii import economies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hubscan.run_folder import RunFolder

_LAST: Final = "9999-12-31"
_NEEDED: Final = ("cluster", "rank", "name", "latitude", "longitude", "total_share")


@dataclass(frozen=True)
class Material:
    """
    A run folder and what its briefs share: names, the letters that can be printed, past ranks.

    Attributes
    ----------
    folder
        The run folder.
    ranking
        By rank.
    shapes
        Footprints with the centres of the ranking.
    names, economy_names
        Of clusters by number, of economies by code.
    past
        Ranks of each cluster in earlier runs: name of the edition and rank, earliest first.
    """

    folder: RunFolder
    ranking: pd.DataFrame
    shapes: pd.DataFrame
    names: Mapping[int, str]
    economy_names: Mapping[str, str]
    past: Mapping[int, list[tuple[str, int]]]
    letters: Letters = field(default_factory=Letters)

    def rows(self, name: str, cluster: int) -> pd.DataFrame:
        """Return a table's rows of one cluster; an empty table if the run has none."""
        table = self.folder.optional(name)
        return pd.DataFrame() if table is None else table[table["cluster"] == cluster]

    def name_of(self, cluster: int) -> str:
        """Return a cluster's name as it can be printed."""
        given = self.names.get(cluster, "")
        return self.letters.readable(given, instead=f"Cluster {cluster}")

    def towns(self, cluster: int) -> dict[str, tuple[float, float]]:
        """Return where the named localities of a cluster lie: latitude and longitude, degrees."""
        table = self.folder.optional("localities")
        if table is None:
            return {}
        inside = self.rows("membership", cluster)["place"]
        found = table[table["place"].isin(inside)].drop_duplicates("city")
        spots = zip(found["latitude"].astype(float), found["longitude"].astype(float), strict=True)
        return dict(zip(found["city"].astype(str), spots, strict=True))

    def economy(self, code: object) -> str:
        """Return an economy's name; its code if it has none."""
        text = self.letters.readable(code, instead=NOT_KNOWN)
        return self.economy_names.get(text, text)

    def interval(self, cluster: int) -> Mapping[str, Any]:
        """Return what the study of uncertainty says of a cluster; empty if there is none."""
        found = self.rows("uncertainty/rank_intervals", cluster)
        row = {} if found.empty else {str(k): v for k, v in found.iloc[0].items()}
        return row if known(row.get("lower")) else {}


def material_of(folder: RunFolder, *, earlier: Sequence[RunFolder] = ()) -> Material:
    """
    Return what the briefs of a run are written from.

    Parameters
    ----------
    folder
        The run folder.
    earlier
        Run folders of earlier editions, the earliest first.

    Returns
    -------
    material
        See :class:`Material`.

    Raises
    ------
    InputError
        If a folder holds a composite index, or a ranking without what a brief needs.
    """
    for each in (folder, *earlier):
        if each.is_index:
            msg = f"{each.path}: holds an index: briefs are written from a folder of hubscan run"
            raise InputError(msg)
    ranking = folder.table("ranking")
    missing = [name for name in _NEEDED if name not in ranking]
    if missing:
        msg = f"{folder.path}: ranking has no column {', '.join(missing)}: run it again"
        raise InputError(msg)
    ranking = ranking.sort_values(["rank", "cluster"], ignore_index=True)
    where = ranking[["cluster", "latitude", "longitude"]]
    shapes = folder.shapes()[["cluster", "geometry"]].merge(where, on="cluster")
    names = economies(as_of=_LAST).set_index("economy")["name"]
    return Material(
        folder=folder,
        ranking=ranking,
        shapes=shapes,
        names={int(c): str(n) for c, n in zip(ranking["cluster"], ranking["name"], strict=True)},
        economy_names={str(code): str(name) for code, name in names.items()},
        past=_past([*earlier, folder]),
    )


def _past(folders: Sequence[RunFolder]) -> dict[int, list[tuple[str, int]]]:
    """Return the ranks of the last run's clusters in the runs before."""
    if len(folders) == 1:
        return {}
    titles = [str(each.record.get("edition", {}).get("name", each.path.name)) for each in folders]
    found = {}
    for track in rank_history(folders, range(len(folders)))["tracks"]:
        if track["ids"][-1] is not None:
            ranks = zip(titles[:-1], track["ranks"][:-1], strict=True)
            found[track["ids"][-1]] = [(title, rank) for title, rank in ranks if rank is not None]
    return found
