"""What the page shows of a run: its summary, its ranking, its quality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hubscan.briefs import file_names
from hubscan.explorer.plain import plain, records
from hubscan.run_folder import indicator_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from hubscan.run_folder import RunFolder

OPTIONAL: Final = (
    "profiles/field_profile",
    "profiles/top_applicants",
    "profiles/top_organisations",
    "profiles/collaboration",
    "profiles/cluster_links",
    "profiles/network",
    "uncertainty/rank_intervals",
    "uncertainty/membership_probability",
    "change",
    "evidence",
)
"""Tables that a run may lack; a view without its table says so in a sentence."""

SHOWN_REJECTED: Final = 500
"""Rows set aside that an answer lists; the file holds all."""

_BOUNDS: Final = ("lower", "median", "upper")
_SHIFTED: Final = {
    "rank_before": "previous_rank",
    "rank_change": "change",
    "intensity_rank_before": "previous_intensity_rank",
    "intensity_rank_change": "intensity_change",
    "status": "status",
}
"""Columns of ``change``, and what the API calls them."""

_PER_CENT: Final = 100.0


def summary(folder: RunFolder, number: int) -> dict[str, Any]:
    """
    Return what a run is: edition, inputs, indicators, parameters with their status, provenance.

    Parameters
    ----------
    folder
        The run folder.
    number
        Its place among the folders opened, from 0; its id in addresses of the API.

    Returns
    -------
    summary
        As the API's ``Summary``.
    """
    record, edition = folder.record, folder.record.get("edition", {})
    inputs = record.get("inputs", {})
    return {
        "id": number,
        "folder": folder.path.name,
        "edition": {k: edition.get(k) for k in ("name", "title", "year")},
        "title": inputs.get("title", folder.path.name),
        "synthetic": bool(inputs.get("synthetic")),
        "note": " ".join(str(inputs.get("note", "")).split()),
        "attribution": list(inputs.get("attribution", ())),
        "indicators": _indicators(folder, edition, record.get("partial", {})),
        "aggregation": edition.get("rank", {}).get("aggregation", "sum"),
        "rank_bands": edition.get("report", {}).get("rank_bands", [25, 50, 75, 100]),
        "interval_level": folder.study_level,
        "clusters": len(folder.table("ranking")),
        "places": len(folder.table("membership")),
        "parameters": list(_parameters(edition)),
        "hubscan": record.get("hubscan"),
        "versions": record.get("versions", {}),
        "files": inputs.get("files", []),
        "stages": record.get("stages", []),
        "rejected_rows": record.get("rejected_rows", 0),
        "missing": {name: folder.missing(name) for name in OPTIONAL if not folder.holds(name)},
        "downloads": [
            {"name": name, "bytes": path.stat().st_size} for name, path in folder.files().items()
        ],
    }


def ranking(folder: RunFolder) -> dict[str, Any]:
    """
    Return the ranking: every number of the table, with intervals and changes where they are known.

    Parameters
    ----------
    folder
        The run folder.

    Returns
    -------
    ranking
        ``clusters``: one object a cluster, best first.
    """
    table = folder.table("ranking")
    shapes = folder.shapes()
    if "area_km2" in shapes:
        table = table.merge(shapes[["cluster", "area_km2"]], on="cluster", how="left")
    names = file_names(table)
    rows = [{**ranked_cluster(row), "brief": names[row["cluster"]]} for row in records(table)]
    _with_intervals(rows, folder.optional("uncertainty/rank_intervals"))
    _with_change(rows, folder.optional("change"))
    return {"clusters": rows}


def ranked_cluster(row: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return one row of a ranking, with the columns of its indicators gathered.

    Examples
    --------
    >>> row = {"cluster": 3, "rank": 1, "share_deals": 0.2, "count_deals": 7, "total_share": 0.2}
    >>> ranked_cluster(row)
    {'id': 3, 'rank': 1, 'total': 0.2, 'counts': {'deals': 7}, 'shares': {'deals': 0.2}}
    """
    parts: dict[str, dict[str, Any]] = {"counts": {}, "shares": {}, "per_million": {}}
    kept = {"id": row["cluster"]}
    named = {"total_share": "total", "total_per_million": "intensity"}
    for name, value in row.items():
        if name.startswith("count_"):
            parts["counts"][name.removeprefix("count_")] = value
        elif name.startswith("share_"):
            parts["shares"][name.removeprefix("share_")] = value
        elif name.endswith("_per_million") and name not in named:
            parts["per_million"][name.removesuffix("_per_million")] = value
        elif name != "cluster":
            kept[named.get(name, name)] = value
    return kept | {name: part for name, part in parts.items() if part}


def quality(folder: RunFolder) -> dict[str, Any]:
    """
    Return what is known of the inputs' quality: coverage, totals, rows set aside, merges judged.

    Parameters
    ----------
    folder
        The run folder.

    Returns
    -------
    quality
        ``coverage``, ``totals``, ``merging``, ``rejected`` (the first of them), ``reasons``.
    """
    tables = {name: folder.optional(name) for name in ("coverage", "totals", "merging")}
    rejected = folder.optional("rejected")
    found = {name: [] if table is None else records(table) for name, table in tables.items()}
    if rejected is None or rejected.empty:
        return {**found, "rejected": [], "reasons": []}
    reasons = rejected.groupby(["source", "reason"], as_index=False).agg(rows=("reason", "size"))
    reasons = reasons.sort_values(["rows", "source", "reason"], ascending=[False, True, True])
    return {
        **found,
        "rejected": records(rejected.head(SHOWN_REJECTED)),
        "reasons": records(reasons),
    }


def _indicators(
    folder: RunFolder, edition: Mapping[str, Any], partial: Mapping[str, Any]
) -> list[dict[str, Any]]:
    weights = edition.get("rank", {}).get("weights", {})
    totals = folder.optional("totals")
    sums = {} if totals is None else {row["indicator"]: row for row in records(totals)}
    return [
        {
            "name": name,
            "label": indicator_label(name),
            "weight": weights.get(name, 0.0),
            "partial": list(partial.get(name, ())),
            "years": edition.get("window", {}).get("years", {}).get(name),
            **{k: v for k, v in sums.get(name, {}).items() if k != "indicator"},
        }
        for name in folder.indicators
    ]


def _parameters(edition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    status = {key: name for name, keys in edition.get("status", {}).items() for key in keys}
    sections = {k: v for k, v in edition.items() if k not in ("status", "name", "title", "year")}
    for key, value in _flat(sections, status):
        yield {"key": key, "value": value, "status": status.get(key, "")}


def _flat(
    section: Mapping[str, Any], known: Mapping[str, str], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield dotted keys and values; a mapping that is itself a parameter stays whole."""
    for name, value in section.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in known:
            yield from _flat(value, known, f"{key}.")
        else:
            yield key, value


def _with_intervals(rows: list[dict[str, Any]], table: pd.DataFrame | None) -> None:
    """Add the intervals of ranks to rows."""
    if table is None:
        return
    found = {row["cluster"]: row for row in records(table)}
    for row in rows:
        if one := found.get(row["id"]):
            row["interval"] = [plain(one.get(name)) for name in _BOUNDS]
            by_intensity = [plain(one.get(f"intensity_{name}")) for name in _BOUNDS]
            if by_intensity[0] is not None:
                row["intensity_interval"] = by_intensity


def _with_change(rows: list[dict[str, Any]], table: pd.DataFrame | None) -> None:
    """Add ranks of the run before, and changes, to rows."""
    if table is None or "cluster" not in table:
        return
    found = {row["cluster"]: row for row in records(table)}
    for row in rows:
        one = found.get(row["id"], {})
        row.update({new: one[old] for old, new in _SHIFTED.items() if old in one})
        if one.get("growth_percent") is not None:
            row["growth"] = one["growth_percent"] / _PER_CENT
