"""Which cluster of one run is which of the next, and how its rank moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hubscan.profile import matched_clusters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.run_folder import RunFolder

LISTED: Final = 100
"""Tracks are kept of clusters that were once among so many."""


def rank_history(folders: Sequence[RunFolder], numbers: Sequence[int]) -> dict[str, Any]:
    """
    Return the ranks of clusters over several runs, clusters told to be the same by common mass.

    Each run is matched with the next, in the order given; a cluster is matched at most once, so
    that of two clusters that were one, the greater part is its successor.

    Parameters
    ----------
    folders
        Run folders, in the order in which they are to be shown.
    numbers
        Their ids in the API.

    Returns
    -------
    history
        ``runs``: ids; ``tracks``: ``name``, and by run ``ids`` and ``ranks`` (null where absent).
    """
    tracks: list[dict[str, Any]] = []
    current: dict[int, dict[str, Any]] = {}
    for position, folder in enumerate(folders):
        before = _carried(folders[position - 1], folder, current) if position else {}
        current = {}
        table = folder.table("ranking")
        for cluster, rank, name in zip(table["cluster"], table["rank"], table["name"], strict=True):
            track = before.get(int(cluster))
            if track is None:
                track = {"ids": [None] * len(folders), "ranks": [None] * len(folders)}
                tracks.append(track)
            track["name"] = str(name)
            track["ids"][position], track["ranks"][position] = int(cluster), int(rank)
            current[int(cluster)] = track
    kept = [t for t in tracks if any(r is not None and r <= LISTED for r in t["ranks"])]
    return {"runs": list(numbers), "tracks": kept}


def _carried(
    one: RunFolder, other: RunFolder, tracks: dict[int, dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Return the tracks of one run under the ids of the next."""
    matches = matched_clusters(one.table("membership"), other.table("membership"), match="overlap")
    pairs = zip(matches["a"].tolist(), matches["b"].tolist(), strict=True)
    return {int(b): tracks[int(a)] for a, b in pairs if int(a) in tracks}
