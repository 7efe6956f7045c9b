"""What a brief says, as plain text and numbers: the template only lays it out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hubscan.briefs.cluster_map import Named, map_text, near_to
from hubscan.briefs.letters import Letters
from hubscan.briefs.method_note import method_note
from hubscan.briefs.sections import lists
from hubscan.briefs.wording import (
    NOT_KNOWN,
    compact,
    known,
    millions,
    percent,
    ratio,
    signed,
    span,
    whole,
)
from hubscan.run_folder import indicator_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from hubscan.briefs.material import Material

ROOMY: Final = 8
"""Rows of the longest lists below which lines stand closer."""

AROUND: Final = 2
"""Clusters before and after in the ranking that a brief shows."""

_LABEL, _OWN_LABEL = 6.6, 8.0
_CITIES: Final = 6
_MOST_YEARS: Final = 6


def brief_content(material: Material, cluster: int, *, most: int) -> dict[str, Any]:
    """
    Return what the brief of one cluster says.

    Parameters
    ----------
    material
        Of the run.
    cluster
        Which of its clusters; must be in the ranking.
    most
        Rows of the longest lists.

    Returns
    -------
    content
        For the template; JSON can hold it.
    """
    # a brief calls upon the fonts that its own letters need, whatever was written before it
    material = replace(material, letters=Letters())
    row = material.ranking[material.ranking["cluster"] == cluster].iloc[0]
    record = material.folder.record
    name = material.name_of(cluster)
    content = {
        "name": name,
        "economies": _economies_of(material, row),
        "edition": _edition(material),
        "synthetic": bool(record.get("inputs", {}).get("synthetic")),
        "cards": _cards(material, row),
        "figures": _figures(material, row),
        "map": _map(material, cluster, name),
        "around": _around(material, row),
        "trend": _trend(material, row),
        **lists(material, cluster, most=most),
    }
    content["tight"] = most < ROOMY
    content["method"] = method_note(material)
    content["fonts"] = list(material.letters.families)
    content["left_out"] = material.letters.left_out > 0
    return content


def _edition(material: Material) -> str:
    edition = material.folder.record.get("edition", {})
    return material.letters.readable(edition.get("title") or edition.get("name", ""), instead="")


def _economies_of(material: Material, row: pd.Series[Any]) -> str:
    given = row.get("economies")
    codes = [code.strip() for code in given.split("/")] if isinstance(given, str) else []
    return " · ".join(material.economy(code) for code in codes)


def _cards(material: Material, row: pd.Series[Any]) -> list[dict[str, str]]:
    """Return the six leading figures: what, how much, and what to know about it."""
    shapes = material.folder.shapes().set_index("cluster")
    area = shapes["area_km2"].get(row["cluster"]) if "area_km2" in shapes else None
    intensity = row.get("intensity_rank")
    per_million = row.get("total_per_million")
    rated = "only the largest are ranked"
    if known(per_million):
        rated = f"{ratio(per_million)}% share per million"
    elif not known(row.get("population")):
        rated = "population not known"
    interval = material.interval(int(row["cluster"]))
    if known(interval.get("intensity_lower")):
        told = span(interval["intensity_lower"], interval["intensity_upper"])
        rated = f"{_level(material)} interval {told} · {rated}"
    return [
        {"of": "Rank", "value": whole(row["rank"]), "note": _how_sure(material, row)},
        {
            "of": "Total of shares",
            "value": percent(row["total_share"]),
            "note": f"over {_shares_known(material, row)} indicators",
        },
        {
            "of": "Rank by intensity",
            "value": whole(intensity) if known(intensity) else NOT_KNOWN,
            "note": rated,
        },
        {
            "of": "Population, million",
            "value": millions(row.get("population")),
            "note": "inhabitants of its ground",
        },
        {
            "of": "Area, km²",
            "value": whole(area),
            "note": f"{whole(row.get('places'))} places in it",
        },
    ]


def _shares_known(material: Material, row: pd.Series[Any]) -> int:
    return sum(known(row.get(f"share_{name}")) for name in material.folder.indicators)


def _how_sure(material: Material, row: pd.Series[Any]) -> str:
    interval = material.interval(int(row["cluster"]))
    if not interval:
        return f"of {len(material.ranking):,} clusters"
    return f"{_level(material)} interval {span(interval['lower'], interval['upper'])}"


def _level(material: Material) -> str:
    """Return the level of the intervals, as the study's record has it."""
    level = material.folder.study_level
    return f"{100 * level:.0f}%" if level else "rank"


def _figures(material: Material, row: pd.Series[Any]) -> list[list[str]]:
    """Return one row an indicator: count, share of the world, rank by it, per million people."""
    rows = []
    for indicator in material.folder.indicators:
        shares = material.ranking.get(f"share_{indicator}")
        counts = material.ranking[f"count_{indicator}"]
        by = shares if shares is not None and known(row.get(f"share_{indicator}")) else counts
        mine = row[str(by.name)]
        place = int((by.astype(float) > float(mine)).sum()) + 1 if known(mine) else None
        rows.append(
            [
                indicator_label(indicator),
                whole(row[f"count_{indicator}"]),
                percent(row.get(f"share_{indicator}")),
                whole(place),
                whole(row.get(f"{indicator}_per_million")) if known(mine) else NOT_KNOWN,
            ]
        )
    return rows


def _map(material: Material, cluster: int, name: str) -> dict[str, str]:
    cities = _cities(material, cluster)
    own = material.shapes[material.shapes["cluster"] == cluster].iloc[0]
    others = material.ranking[material.ranking["cluster"] != cluster]
    others = others[near_to(others, own)]
    told = [
        Named(material.name_of(int(c)), float(latitude), float(longitude), _LABEL, strong=False)
        for c, latitude, longitude in zip(
            others["cluster"], others["latitude"], others["longitude"], strict=True
        )
    ]
    svg = map_text(material.shapes, material.folder.table("membership"), cluster, [*cities, *told])
    return {
        "svg": svg,
        "alt": f"Map of {name}: the ground of the cluster, its places, and its neighbours.",
    }


def _cities(material: Material, cluster: int) -> list[Named]:
    """Return the cities that the cluster is named after, where they lie."""
    row = material.ranking[material.ranking["cluster"] == cluster].iloc[0]
    named = str(row.get("cities", "") or "").split("; ")[:_CITIES]
    known_at = material.towns(cluster)
    found = [
        Named(material.letters.readable(city, instead=""), *known_at[city], _OWN_LABEL, strong=True)
        for city in named
        if city in known_at
    ]
    if found:
        return found
    centre = float(row["latitude"]), float(row["longitude"])
    return [Named(material.name_of(cluster), *centre, _OWN_LABEL, strong=True)]


def _around(material: Material, row: pd.Series[Any]) -> list[dict[str, Any]]:
    """Return the clusters next to one in the ranking, with their intervals."""
    ranking = material.ranking
    at = int((ranking["cluster"] == row["cluster"]).to_numpy().argmax())
    first = max(0, min(at - AROUND, len(ranking) - 2 * AROUND - 1))
    shown = ranking.iloc[first : first + 2 * AROUND + 1]
    rows = []
    for _, each in shown.iterrows():
        interval = material.interval(int(each["cluster"]))
        rows.append(
            {
                "rank": whole(each["rank"]),
                "name": material.name_of(int(each["cluster"])),
                "total": percent(each["total_share"]),
                "interval": span(interval["lower"], interval["upper"]) if interval else "",
                "own": bool(each["cluster"] == row["cluster"]),
            }
        )
    return rows


def _trend(material: Material, row: pd.Series[Any]) -> dict[str, Any]:
    """Return the ranks over editions, and one sentence on them."""
    cluster, rank = int(row["cluster"]), int(row["rank"])
    found = material.rows("change", cluster)
    change = {} if found.empty else {str(k): v for k, v in found.iloc[0].items()}
    past = list(material.past.get(cluster, ()))
    if not past and known(change.get("rank_before")):
        past = [("before", int(change["rank_before"]))]
    edition = str(material.folder.record.get("edition", {}).get("name", "now"))
    steps = [*past, (edition, rank)] if past else []
    return {
        "steps": [[name, whole(place)] for name, place in steps],
        "ranks": [place for _, place in steps],
        "yearly": _yearly(material, cluster),
        "sentence": _moved(material, past, rank, change, cluster),
    }


def _yearly(material: Material, cluster: int) -> dict[str, Any]:
    """Return the counts by year, each indicator in the years of its own window."""
    table = material.rows("profiles/yearly_counts", cluster)
    if table.empty:
        return {"heads": [], "rows": []}
    years = list(range(int(table["year"].min()), int(table["year"].max()) + 1))[-_MOST_YEARS:]
    rows = []
    for indicator in material.folder.indicators:
        of = table[table["indicator"] == indicator].set_index("year")["count"]
        if of.empty:
            continue
        window = _window(material, indicator) or (of.index.min(), of.index.max())
        shown = [
            compact(of.get(year, 0.0)) if window[0] <= year <= window[1] else "" for year in years
        ]
        rows.append([indicator_label(indicator), *shown])
    return {"heads": [str(year) for year in years], "rows": rows}


def _window(material: Material, indicator: str) -> tuple[int, int] | None:
    windows = material.folder.record.get("edition", {}).get("window", {}).get("years", {})
    found = windows.get(indicator)
    return None if found is None else (int(found[0]), int(found[1]))


def _moved(
    material: Material,
    past: list[tuple[str, int]],
    rank: int,
    change: Mapping[str, Any],
    cluster: int,
) -> str:
    if past:
        by = past[-1][1] - rank
        grown = change.get("growth_percent")
        way = f"Rank change since {past[-1][0]}: {signed(by)}."
        if past[-1][0] == "before":
            way = f"Rank change since the edition before: {signed(by)}."
        return f"{way} Growth of output: {signed(grown, decimals=1)}%." if known(grown) else way
    if change or (material.past and cluster not in material.past):
        return "It has no predecessor in the edition before."
    return "This run was not held against an earlier edition, so no change is told."
