"""What the page shows of a composite index: its tree, weights, scores and ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.explorer.plain import plain, records

if TYPE_CHECKING:
    from hubscan.run_folder import RunFolder

_RANKED: Final = (
    "unit", "rank", "score", "lower", "upper", "published_rank", "published_score", "difference",
)  # fmt: skip


def index_summary(folder: RunFolder, number: int) -> dict[str, Any]:
    """Return what an index is: title, edition, whether it is synthetic, files for download."""
    record = folder.record
    return {
        "id": number,
        "folder": folder.path.name,
        "title": record.get("title", folder.path.name),
        "synthetic": bool(record.get("synthetic")),
        "hubscan": record.get("hubscan"),
        "status": record.get("status", {}),
        "downloads": [
            {"name": name, "bytes": path.stat().st_size} for name, path in folder.files().items()
        ],
    }


def index_view(folder: RunFolder, number: int) -> dict[str, Any]:
    """
    Return a composite index.

    Parameters
    ----------
    folder
        The index folder.
    number
        Its id in the API.

    Returns
    -------
    index
        As the API's ``Index``: ``nodes`` (code, parent, name, weight, level), ``units`` (ranks,
        intervals, scores by node).
    """
    scores = folder.table("scores").set_index("unit")
    nodes = _nodes(folder, [str(name) for name in scores.columns])
    return {
        **index_summary(folder, number),
        "nodes": nodes,
        "units": _units(folder, scores),
        "intervals_of": "weights drawn at random around the index's own",
    }


def _nodes(folder: RunFolder, codes: list[str]) -> list[dict[str, Any]]:
    """Return the nodes of the tree that have scores, parents before children."""
    weights = folder.optional("weights")
    known: dict[str, dict[str, Any]] = {}
    if weights is not None and {"child", "parent", "weight"} <= set(weights):
        known = {str(row["child"]): row for row in records(weights)}
    return [
        {
            "code": code,
            "parent": known.get(code, {}).get("parent"),
            "name": known.get(code, {}).get("name") or folder.record.get("title", code),
            "weight": known.get(code, {}).get("weight"),
            "status": known.get(code, {}).get("status"),
        }
        for code in codes
    ]


def _units(folder: RunFolder, scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the units, best first, with their scores by node."""
    extra = _by_unit(folder, "types", ("type", "strengths"))
    groups = _groups(folder)
    rows = records(folder.table("ranking"), _RANKED)
    return [
        {
            **row,
            **extra.get(str(row["unit"]), {}),
            "group": groups.get(str(row["unit"])),
            "scores": {str(k): plain(v) for k, v in scores.loc[row["unit"]].items()},
        }
        for row in rows
    ]


def _by_unit(folder: RunFolder, name: str, columns: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    table = folder.optional(name)
    if table is None or "unit" not in table:
        return {}
    return {str(row.pop("unit")): row for row in records(table, ("unit", *columns))}


def _groups(folder: RunFolder) -> dict[str, str]:
    """Return the group of each unit, as its figures colour them."""
    for name in ("bubble", "scatter"):
        path = folder.path / "figures" / f"{name}.csv"
        if path.is_file():
            table = pd.read_csv(path)
            if {"unit", "group"} <= set(table):
                return dict(zip(table["unit"].astype(str), table["group"].astype(str), strict=True))
    return {}
